// SPDX-License-Identifier: MIT
// Keys, branches, and who runs when inside one flow.
#include "engine_rig.h"

#define ONE_FLOW "usher.start('f', { key = 'P1' })\n"

static void the_same_step_asked_twice_gets_a_number(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  usher.sleep('1h', 'nap') usher.sleep('1h', 'nap')\n"
        "  usher.mail { 'hello', to = 'a@x.example', subject = 's', text = 't', as = 'P1' }\n"
        "  usher.mail { 'hello', to = 'b@x.example', subject = 's', text = 't', as = 'P2' }\n"
        "  usher.mail { 'hello', to = 'a@x.example', subject = 's', text = 't', as = 'P1' }\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_history(r, "f", "P1"),
        "sleep:nap open\nsleep:nap done\nsleep:nap#2 open\nsleep:nap#2 done\n"
        "mail:hello/P1 started\nmail:hello/P1 done\n"
        "mail:hello/P2 started\nmail:hello/P2 done\n"
        "mail:hello/P1#2 started\nmail:hello/P1#2 done\n");
    struct rig_effect *first = r->effects, *third = first->next->next;
    assert_string_not_equal(first->message_id, third->message_id); // two mails, although of one name
    rig_end(r);
}

static void one_name_in_two_branches_is_two_steps(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local function nap() usher.sleep('1h', 'nap') end\n"
        "  local a, b = usher.spawn('a', nap), usher.spawn('b', function() usher.join(usher.spawn('c', nap)) "
        "end)\n"
        "  usher.join(a, b)\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_history(r, "f", "P1"),
        "a|sleep:nap open\nb>c|sleep:nap open\na|sleep:nap done\nb>c|sleep:nap done\n");
    assert_text(rig_state(r, "f", "P1"), "done");
    rig_end(r);
}

static void branches_run_in_the_order_of_their_creation(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local order = {}\n"
        "  local function add(name, nap)\n"
        "    order[#order + 1] = name usher.sleep(nap, 'nap') order[#order + 1] = name\n"
        "  end\n"
        "  local a = usher.spawn('a', add, 'a', '2h')\n"
        "  local b = usher.spawn('b', add, 'b', '1h')\n"
        "  local c = usher.spawn('c', add, 'c', '1h')\n"
        "  order[#order + 1] = 'main'\n"
        "  usher.join(a, b, c)\n"
        "  return table.concat(order, ' ')\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "\"main a b c b c a\"");
    rig_end(r);
}

static void each_knows_its_branches_by_key_and_not_by_place(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "local guests <const> = { { id = 'P7' }, { id = 'P2' }, { id = 'P5' } }\n"
        "usher.flow('f', function()\n"
        "  usher.each(guests, { by = 'id' }, function(g) usher.sleep('1h', 'nap') end)\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    const char *history = rig_history(r, "f", "P1");
    assert_holds_words(history, "P7|sleep:nap open\nP2|sleep:nap open\nP5|sleep:nap open\n");
    assert_text(rig_state(r, "f", "P1"), "done");
    rig_end(r);
}

static void each_keeps_to_its_maximum(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  usher.each({ 'a', 'b', 'c' }, { max = 2 }, function(x) usher.sleep('1h', 'nap') end)\n"
        "  return usher.now()\n"
        "end)\n" ONE_FLOW);
    rig_settle(r);
    assert_text(rig_history(r, "f", "P1"), "a|sleep:nap open\nb|sleep:nap open\n");
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), rig_print(r, "%lld", (long long)rig_at("2021-02-25 10:00").ms));
    rig_end(r);
}

static void two_items_of_one_key_are_refused(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  usher.each({ 'a', 'a' }, nil, function(x) usher.sleep('1h', 'nap') end)\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "failed");
    assert_holds_words(rig_why(r, "f", "P1"), "test.lua:2: usher.each: two items are known by 'a'");
    rig_end(r);
}

static void an_error_in_a_branch_is_raised_at_its_join(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local b = usher.spawn('b', function() usher.sleep('1h') error('no hall') end)\n"
        "  local fine, why = pcall(usher.join, b)\n"
        "  usher.sleep('1h', 'after')\n"
        "  return why\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "done");
    assert_holds_words(rig_result(r, "f", "P1"), "no hall");
    rig_end(r);
}

static void an_error_that_nobody_joins_fails_the_flow(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  usher.spawn('b', function() usher.sleep('1h') error('no hall') end)\n"
        "  usher.sleep('2h', 'longer')\n"
        "end)\n"
        "usher.flow('other', function() usher.sleep('3h') return 'well' end)\n"
        "usher.start('other', { key = 'P1' })\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "failed");
    assert_holds_words(rig_why(r, "f", "P1"), "test.lua:2: no hall");
    assert_text(rig_result(r, "other", "P1"), "\"well\""); // nobody else minds
    rig_end(r);
}

static void results_of_branches_come_out_of_join(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local a = usher.spawn('a', function() usher.sleep('2h') return 'one', 'two' end)\n"
        "  local b = usher.spawn('b', function(x) return x end, 'three')\n"
        "  local x, y = usher.join(a)\n"
        "  local p, q = usher.join(a, b)\n"
        "  return { x, y, p, q }\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "[\"one\",\"two\",\"one\",\"three\"]");
    rig_end(r);
}

static void first_is_won_by_the_earliest_in_time_and_then_by_name(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local a = usher.first('a', { zebra = { after = '1h' }, ant = { after = '1h' }, cow = { after = "
        "'2h' } })\n"
        "  local b = usher.first('b', { ant = { after = '2h' }, zebra = { after = '1h' } })\n"
        "  return a .. ' ' .. b\n"
        "end)\n" ONE_FLOW);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "\"ant zebra\"");
    rig_end(r);
}

static void first_after_downtime_is_won_by_the_earlier_moment(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  return (usher.first('a', { ant = { after = '3h' }, zebra = { after = '2h' } }))\n"
        "end)\n" ONE_FLOW);
    rig_settle(r);
    rig_kill(r);
    rig_clock(r, "2021-03-01 08:00"); // both have passed
    rig_begin(r);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "\"zebra\"");
    rig_end(r);
}

// Whatever happens between two steps, a flow that was forgotten comes back to the same place.
static void a_flow_with_branches_comes_back_to_the_same_place(void **state)
{
    static const char script[] = //
        "usher.flow('f', function()\n"
        "  local order = {}\n"
        "  usher.each({ 'a', 'b', 'c', 'd' }, nil, function(x)\n"
        "    for _, nap in ipairs { '1h', '90 min', '1h' } do\n"
        "      usher.sleep(nap, nap) order[#order + 1] = x\n"
        "    end\n"
        "  end)\n"
        "  return table.concat(order)\n"
        "end)\n" ONE_FLOW;
    struct rig *quiet = rig_with("2021-02-25 08:00", script),
               *restless = rig_with("2021-02-25 08:00", script);
    rig_run(quiet);
    for (int hour = 9; hour < 13; hour++) {
        rig_run_until(restless, rig_print(restless, "2021-02-25 %02d:10", hour));
        rig_restart(restless);
    }
    rig_run(restless);
    assert_text(rig_history(restless, "f", "P1"), rig_history(quiet, "f", "P1"));
    assert_text(rig_result(restless, "f", "P1"), rig_result(quiet, "f", "P1"));
    rig_end(quiet);
    rig_end(restless);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_step_asked_twice_gets_a_number),
        cmocka_unit_test(one_name_in_two_branches_is_two_steps),
        cmocka_unit_test(branches_run_in_the_order_of_their_creation),
        cmocka_unit_test(each_knows_its_branches_by_key_and_not_by_place),
        cmocka_unit_test(each_keeps_to_its_maximum),
        cmocka_unit_test(two_items_of_one_key_are_refused),
        cmocka_unit_test(an_error_in_a_branch_is_raised_at_its_join),
        cmocka_unit_test(an_error_that_nobody_joins_fails_the_flow),
        cmocka_unit_test(results_of_branches_come_out_of_join),
        cmocka_unit_test(first_is_won_by_the_earliest_in_time_and_then_by_name),
        cmocka_unit_test(first_after_downtime_is_won_by_the_earlier_moment),
        cmocka_unit_test(a_flow_with_branches_comes_back_to_the_same_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
