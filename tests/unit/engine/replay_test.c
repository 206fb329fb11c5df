// SPDX-License-Identifier: MIT
// A flow is forgotten and comes back: to the same place, or it stops before anything leaves.
#include "engine_rig.h"

#include "lua/api.h"

// ---- what is detected ---------------------------------------------------------------------------------

// What raw `pairs` would be: an answer that depends on the process and not on the journal.
static int life_of_leak;

static int leaky(lua_State *L)
{
    lua_pushinteger(L, life_of_leak);
    return 1;
}

static void leaky_library(lua_State *L, int env)
{
    api_open(L, env);
    lua_pushstring(L, "leaky");
    lua_pushcfunction(L, leaky);
    lua_rawset(L, env);
}

static struct rig *leaky_rig(const char *script)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    sandbox_set_library(leaky_library);
    life_of_leak = 1;
    rig_write(r, "test.lua", script);
    rig_begin(r);
    return r;
}

static void a_leaky_function_is_detected_before_any_effect(void **state)
{
    struct rig *r = leaky_rig( //
        "usher.flow('f', function()\n"
        "  local names = leaky() == 1 and { 'ant', 'bee' } or { 'bee', 'ant' }\n"
        "  for _, name in ipairs(names) do\n"
        "    if name == 'ant' then usher.sleep('1h', 'ant')\n"
        "    else\n"
        "      usher.mail { 'bee', to = 'a@x.example', subject = 's', text = 't' } usher.sleep('1h', 'x')\n"
        "    end\n"
        "  end\n"
        "end)\n"
        "usher.flow('innocent', function() usher.sleep('2h') return 'fine' end)\n"
        "usher.start('f', { key = 'P1' })\nusher.start('innocent', { key = 'P1' })\n");
    rig_settle(r);
    life_of_leak = 2;
    rig_restart(r);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "diverged");
    const char *why = rig_why(r, "f", "P1");
    assert_holds_words(why, "'sleep:ant' (line 4)");
    assert_holds_words(why, "'mail:bee' (line 6)");
    assert_int_equal(r->effects_n, 0);
    assert_text(rig_result(r, "innocent", "P1"), "\"fine\"");
    rig_end(r);
}

static void a_pure_step_that_differs_names_both_lines_too(void **state)
{
    struct rig *r = leaky_rig( //
        "usher.flow('f', function()\n"
        "  if leaky() == 1 then\n"
        "    usher.sleep('1h', 'nap')\n"
        "  else\n"
        "    usher.decide('seat', function() return 1 end)\n"
        "  end\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n");
    rig_settle(r);
    life_of_leak = 2;
    rig_restart(r);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "diverged");
    assert_holds_words(rig_why(r, "f", "P1"), "'sleep:nap' (line 3)");
    assert_holds_words(rig_why(r, "f", "P1"), "'decide:seat' (line 5)");
    rig_end(r);
}

static void a_step_that_is_not_asked_for_any_more_is_detected(void **state)
{
    struct rig *r = leaky_rig( //
        "usher.flow('f', function()\n"
        "  if leaky() == 1 then usher.sleep('1h', 'nap') end\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n");
    rig_settle(r);
    life_of_leak = 2;
    rig_restart(r);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "diverged");
    assert_holds_words(rig_why(r, "f", "P1"), "'sleep:nap'");
    assert_holds_words(rig_why(r, "f", "P1"), "line 2");
    rig_end(r);
}

// ---- what flows may not share -----------------------------------------------------------------------------

static void a_shared_variable_that_a_flow_changes_stops_that_flow_alone(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "local counter = 0\n"
        "usher.flow('f', function(change)\n"
        "  if change then counter = counter + 1 end\n"
        "  usher.sleep('1h')\n"
        "  return counter\n"
        "end)\n"
        "usher.start('f', { key = 'a', input = true })\nusher.start('f', { key = 'b', input = false })\n");
    rig_run(r);
    assert_text(rig_state(r, "f", "a"), "failed");
    assert_holds_words(rig_why(r, "f", "a"), "counter");
    assert_text(rig_result(r, "f", "b"), "0");
    rig_end(r);
}

static void a_shared_table_that_a_flow_changes_raises_at_that_line(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "local seats = { n = 3 }\n"
        "usher.flow('f', function(change)\n"
        "  if change then\n"
        "    seats.n = 2\n"
        "  end\n"
        "  usher.sleep('1h')\n"
        "  return seats.n\n"
        "end)\n"
        "usher.start('f', { key = 'a', input = true })\nusher.start('f', { key = 'b', input = false })\n");
    rig_run(r);
    assert_text(rig_state(r, "f", "a"), "failed");
    assert_holds_words(rig_why(r, "f", "a"), "test.lua:4");
    assert_text(rig_result(r, "f", "b"), "3");
    rig_end(r);
}

static void an_iterator_that_the_top_level_shares_is_a_shared_variable(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "local function counter() local n = 0 return function() n = n + 1 return n end end\n"
        "local next_number = counter()\n"
        "usher.flow('f', function() local n = next_number() usher.sleep('1h') return n end)\n"
        "usher.start('f', { key = 'a' })\nusher.start('f', { key = 'b' })\n");
    rig_run(r);
    assert_int_equal(rig_count(r, "failed"), 2); // neither sees a number that the other has counted
    assert_holds_words(rig_why(r, "f", "a"), "'n'");
    rig_end(r);
}

// ---- forgetting ---------------------------------------------------------------------------------------

static void a_sleeping_flow_costs_no_memory_and_comes_back(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function(input)\n"
        "  local seen = { input.name }\n"
        "  for i = 1, 3 do usher.sleep('1 day', 'day') seen[#seen + 1] = i end\n"
        "  return seen\n"
        "end)\n"
        "for i = 1, 20 do usher.start('f', { key = 'P' .. i, input = { name = 'n' .. i } }) end\n");
    rig_settle(r);
    assert_int_equal(r->engine->warm_n, 0);
    assert_int_equal(rig_count(r, "waiting"), 20);
    rig_run_until(r, "2021-02-26 08:00");
    assert_int_equal(r->engine->warm_n, 0);
    rig_run(r);
    assert_text(rig_result(r, "f", "P20"), "[\"n20\",1,2,3]");
    rig_end(r);
}

static void a_flow_that_wakes_soon_stays_in_memory(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.flow('f', function() usher.sleep('10 s') return 1 end)\nusher.start('f', { key = 'P1' })\n");
    rig_settle(r);
    assert_int_equal(r->engine->warm_n, 1);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "1");
    assert_int_equal(r->engine->warm_n, 0);
    rig_end(r);
}

static void what_is_derived_is_the_same_in_every_life(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local function all() return usher.random('dice', 1, 1000000) .. usher.uuid('u') .. "
        "usher.token('t') end\n"
        "  local kept = usher.decide('before', function() return 0 end)\n"
        "  local before, now = all(), usher.now()\n"
        "  usher.sleep('1 day')\n"
        "  return { before == all(), now, usher.now(), usher.decide('kept', function() return before end) == "
        "before }\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n");
    rig_settle(r);
    rig_restart(r);
    rig_run_until(r, "2021-02-25 20:00");
    rig_restart(r);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"),
        rig_print(r, "[true,%lld,%lld,true]", (long long)rig_at("2021-02-25 08:00").ms,
            (long long)rig_at("2021-02-26 08:00").ms));
    rig_end(r);
}

static void an_error_that_a_flow_catches_is_the_same_in_every_life(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local function try(...) local fine, why = pcall(...) return why end\n"
        "  local said = {\n"
        "    try(usher.decide, 'raises', function() error('never again', 0) end),\n"
        "    try(usher.decide, 'unkept', function() return print end),\n"
        "    try(usher.start, 'f', { key = 'x', input = { print } }),\n"
        "    try(usher.signal, 'f', 'x', 'rsvp', print),\n"
        "    try(usher.mail, { 'm', to = 'nobody', subject = 's', text = 't' }),\n"
        "    try(usher.sleep, 'a while'),\n"
        "  }\n"
        "  usher.sleep('1h', 'nap')\n"
        "  return said\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n");
    rig_settle(r);
    const char *first_life = rig_history(r, "f", "P1");
    rig_restart(r);
    rig_run(r);
    assert_text(rig_why(r, "f", "P1"), "");
    assert_text(rig_history(r, "f", "P1"), rig_print(r, "%ssleep:nap done\n", first_life));
    assert_holds_words(rig_result(r, "f", "P1"), "[\"never again\",\"usher.decide 'unkept': ");
    rig_end(r);
}

static void a_thousand_flows_that_one_flow_starts_all_run(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function(i) usher.sleep('1h') return i end)\n"
        "usher.flow('all', function()\n"
        "  for i = 1, 2500 do usher.start('guest', { key = 'P' .. i, input = i }) end\n"
        "  return 'started'\n"
        "end)\n"
        "usher.start('all', { key = 'A' })\n");
    rig_settle(r);
    assert_text(rig_result(r, "all", "A"), "\"started\"");
    assert_int_equal(rig_count(r, "waiting"), 2500);
    rig_run(r);
    assert_int_equal(rig_count(r, "done"), 2501);
    assert_text(rig_result(r, "guest", "P2500"), "2500");
    rig_end(r);
}

static void a_thousand_flows_survive_a_crash_in_the_middle_of_their_start(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua",
        "usher.flow('guest', function(i) usher.sleep('1h') return i end)\n"
        "usher.flow('all', function() for i = 1, 1500 do usher.start('guest', { key = 'P' .. i }) end end)\n"
        "usher.start('all', { key = 'A' })\n");
    virtual_crash_at(r->world, 6);
    rig_begin(r);
    rig_run(r);
    assert_int_equal(r->deaths, 1);
    assert_int_equal(rig_count(r, "done"), 1501);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leaky_function_is_detected_before_any_effect),
        cmocka_unit_test(a_pure_step_that_differs_names_both_lines_too),
        cmocka_unit_test(a_step_that_is_not_asked_for_any_more_is_detected),
        cmocka_unit_test(a_shared_variable_that_a_flow_changes_stops_that_flow_alone),
        cmocka_unit_test(a_shared_table_that_a_flow_changes_raises_at_that_line),
        cmocka_unit_test(an_iterator_that_the_top_level_shares_is_a_shared_variable),
        cmocka_unit_test(a_sleeping_flow_costs_no_memory_and_comes_back),
        cmocka_unit_test(a_flow_that_wakes_soon_stays_in_memory),
        cmocka_unit_test(what_is_derived_is_the_same_in_every_life),
        cmocka_unit_test(an_error_that_a_flow_catches_is_the_same_in_every_life),
        cmocka_unit_test(a_thousand_flows_that_one_flow_starts_all_run),
        cmocka_unit_test(a_thousand_flows_survive_a_crash_in_the_middle_of_their_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
