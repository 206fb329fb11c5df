// SPDX-License-Identifier: MIT
// Scripts that never end, eat memory or set off a pattern bomb: that turn is dropped, the others go on.
#include "engine_rig.h"

// Beside the hostile flow a patient one; both wake at the same minute, the hostile one first.
#define BESIDE(body)                                                                         \
    "usher.flow('bad', function()\n"                                                         \
    "  usher.sleep('1h', 'before')\n"                                                        \
    "  usher.decide('seat', function() usher.book('b'):set('bad', 1) end)\n"                 \
    "  usher.start('child', { key = 'C' })\n" body "\n"                                      \
    "  usher.mail { 'never', to = 'a@x.example', subject = 's', text = 't' }\n"              \
    "end)\n"                                                                                 \
    "usher.flow('child', function() end)\n"                                                  \
    "usher.flow('good', function() usher.sleep('1h') usher.sleep('1h') return 'fine' end)\n" \
    "usher.on('count', function() return usher.book('b'):count() end)\n"                     \
    "usher.start('bad', { key = 'B' })\n"                                                    \
    "for i = 1, 5 do usher.start('good', { key = 'P' .. i }) end\n"

static void assert_stopped(const char *script, const char *words)
{
    struct rig *r = rig_with("2021-02-25 08:00", script);
    rig_run(r);
    assert_text(rig_state(r, "bad", "B"), "over-budget");
    assert_holds_words(rig_why(r, "bad", "B"), words);
    assert_text(rig_history(r, "bad", "B"), "sleep:before open\n"); // nothing of the turn was written
    assert_text(rig_state(r, "child", "C"), "none");
    assert_text(rig_call(r, "count", "{}"), "0");
    assert_int_equal(r->effects_n, 0);
    for (int i = 1; i <= 5; i++) assert_text(rig_result(r, "good", rig_print(r, "P%d", i)), "\"fine\"");
    rig_restart(r); // it is not tried again by itself
    rig_run(r);
    assert_text(rig_state(r, "bad", "B"), "over-budget");
    rig_end(r);
}

static void an_endless_loop_is_stopped(void **state)
{
    assert_stopped(BESIDE("while true do end"), "computed too long");
}

static void an_endless_loop_inside_pcall_is_stopped(void **state)
{
    assert_stopped(BESIDE("while true do pcall(function() while true do end end) end"), "computed too long");
}

static void an_endless_recursion_that_is_caught_again_and_again_is_stopped(void **state)
{
    assert_stopped(BESIDE("local function f() return pcall(f) end while true do f() end"),
        "computed too long");
}

static void a_text_that_doubles_is_stopped(void **state)
{
    assert_stopped(BESIDE("local s = 'x' while true do s = s .. s end"), "memory");
}

static void a_table_that_grows_is_stopped(void **state)
{
    assert_stopped(BESIDE("local t = {} for i = 1, math.maxinteger do t[i] = { i } end"), "memory");
}

static void a_pattern_bomb_is_stopped(void **state)
{
    assert_stopped(BESIDE("string.find(('a'):rep(200), ('a*'):rep(4) .. 'b')"), "computed too long");
}

static void a_sort_with_a_comparison_that_never_agrees_is_stopped(void **state)
{
    assert_stopped(BESIDE("local t = {} for i = 1, 20000 do t[i] = i end while true do table.sort(t, "
                          "function() return true end) end"),
        "computed too long");
}

static void a_loop_of_steps_is_held_at_the_limit_of_steps(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('bad', function() while true do usher.decide('again', function() return 1 end) end end)\n"
        "usher.flow('good', function() usher.sleep('1h') return 'fine' end)\n"
        "usher.start('bad', { key = 'B' })\nusher.start('good', { key = 'P' })\n");
    rig_run(r);
    assert_text(rig_state(r, "bad", "B"), "held");
    assert_holds_words(rig_why(r, "bad", "B"), "10,000 steps");
    assert_text(rig_result(r, "good", "P"), "\"fine\"");
    rig_end(r);
}

static void a_flow_that_makes_branches_without_end_is_stopped(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('bad', function() while true do usher.spawn('b', function() end) end end)\n"
        "usher.start('bad', { key = 'B' })\n");
    rig_run(r);
    assert_text(rig_state(r, "bad", "B"), "failed");
    assert_holds_words(rig_why(r, "bad", "B"), "1000 branches");
    rig_end(r);
}

static void a_handler_that_never_ends_changes_nothing_and_says_so(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->live = true; // a rehearsal's handlers may take longer: they write reports
    rig_write(r, "test.lua",
        "usher.on('bad', function() usher.book('b'):set('x', 1) while true do end end)\n"
        "usher.on('count', function() return usher.book('b'):count() end)\n");
    rig_begin(r);
    assert_holds_words(rig_call(r, "bad", "{}"), "computed too long");
    assert_text(rig_call(r, "count", "{}"), "0");
    // A long request gives more time, and an end to it as well.
    assert_holds_words(rig_call(r, "bad", rig_print(r, "{\"file\": \"%070000d\"}", 7)), "computed too long");
    assert_text(rig_call(r, "count", "{}"), "0");
    rig_end(r);
}

static void a_decision_that_never_ends_stops_its_flow(void **state)
{
    assert_stopped(BESIDE("pcall(usher.decide, 'bad', function() while true do end end)"),
        "computed too long");
}

static void a_top_level_that_never_ends_is_refused(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", "while true do end\n");
    const char *said = rig_try_begin(r);
    assert_non_null(said);
    assert_holds_words(said, "computed too long");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_endless_loop_is_stopped),
        cmocka_unit_test(an_endless_loop_inside_pcall_is_stopped),
        cmocka_unit_test(an_endless_recursion_that_is_caught_again_and_again_is_stopped),
        cmocka_unit_test(a_text_that_doubles_is_stopped),
        cmocka_unit_test(a_table_that_grows_is_stopped),
        cmocka_unit_test(a_pattern_bomb_is_stopped),
        cmocka_unit_test(a_sort_with_a_comparison_that_never_agrees_is_stopped),
        cmocka_unit_test(a_loop_of_steps_is_held_at_the_limit_of_steps),
        cmocka_unit_test(a_flow_that_makes_branches_without_end_is_stopped),
        cmocka_unit_test(a_handler_that_never_ends_changes_nothing_and_says_so),
        cmocka_unit_test(a_decision_that_never_ends_stops_its_flow),
        cmocka_unit_test(a_top_level_that_never_ends_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
