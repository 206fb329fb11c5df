// SPDX-License-Identifier: MIT
// Scripts that change while flows sleep, scripts of one name, and starts that were made before.
#include "engine_rig.h"

static const char before[] = //
    "local text <const> = usher.file('text.txt')\n"
    "usher.flow('guest', function(name)\n"
    "  usher.sleep('1 day', 'first')\n"
    "  return name .. ' ' .. text\n"
    "end)\n"
    "usher.start('guest', { key = 'P1', input = 'Karma' })\n";

static const char after[] = //
    "local starts <const> = usher.time.at('2021-02-27 08:00', 'UTC')\n"
    "usher.flow('guest', function(name)\n"
    "  usher.due('first', starts)\n" // of another kind: those that sleep can't go on with it
    "  return name .. ' new'\n"
    "end)\n"
    "usher.start('guest', { key = 'P1', input = 'Karma' })\n"
    "usher.start('guest', { key = 'P2', input = 'Sonam' })\n";

static struct rig *changed(bool on_disk)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = on_disk;
    rig_write(r, "test.lua", before);
    rig_write(r, "text.txt", "old");
    rig_begin(r);
    rig_run_until(r, "2021-02-25 12:00");
    rig_kill(r);
    rig_write(r, "test.lua", after);
    rig_write(r, "text.txt", "of somebody else");
    rig_begin(r);
    return r;
}

static void flows_of_a_changed_script_go_on_with_their_version_from_the_database_alone(void **state)
{
    struct rig *r = changed(true);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"Karma old\"");
    assert_text(rig_result(r, "guest", "P2"), "\"Sonam new\"");
    rig_end(r);
}

static void they_still_do_after_further_restarts(void **state)
{
    struct rig *r = changed(false);
    for (int i = 0; i < 3; i++) {
        rig_settle(r);
        rig_restart(r);
    }
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"Karma old\"");
    assert_text(rig_result(r, "guest", "P2"), "\"Sonam new\"");
    rig_end(r);
}

static void a_script_that_is_changed_back_is_the_version_that_it_was(void **state)
{
    struct rig *r = changed(false);
    rig_settle(r);
    rig_kill(r);
    rig_write(r, "test.lua", before);
    rig_write(r, "text.txt", "old");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"Karma old\"");
    assert_text(rig_result(r, "guest", "P2"), "\"Sonam new\""); // began with the version in between
    assert_int_equal(r->engine->last_script, 2);
    rig_end(r);
}

static void a_file_beside_the_script_is_part_of_its_version(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", before);
    rig_write(r, "text.txt", "old");
    rig_begin(r);
    rig_settle(r);
    rig_kill(r);
    rig_write(r, "text.txt", "new");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"Karma new\"");
    assert_int_equal(r->engine->last_script, 2);
    rig_end(r);
}

static void a_script_that_lost_a_flow_ends_those_that_sleep(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", before);
    rig_write(r, "text.txt", "old");
    rig_begin(r);
    rig_settle(r);
    rig_kill(r);
    rig_write(r, "test.lua", "usher.flow('other', function() end)\n");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_state(r, "guest", "P1"), "cancelled");
    assert_text(rig_why(r, "guest", "P1"), "the script has no 'guest' any more");
    rig_end(r);
}

static void a_start_that_was_made_before_starts_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function() usher.sleep('1h') return 'once' end)\n"
        "usher.on('start', function() usher.start('guest', { key = 'P1' }) end)\n"
        "usher.flow('starter', function() usher.start('guest', { key = 'P1' }) end)\n"
        "usher.start('guest', { key = 'P1' })\nusher.start('guest', { key = 'P1' })\n"
        "usher.start('starter', { key = 'S' })\n");
    rig_settle(r);
    rig_call(r, "start", "{}");
    rig_restart(r);
    rig_run(r);
    rig_call(r, "start", "{}"); // nor when it has ended
    rig_run(r);
    assert_text(rig_list(r, "counts", "{}"), "[{\"n\":2,\"state\":\"done\"}]");
    assert_text(rig_history(r, "guest", "P1"), "sleep:1h open\nsleep:1h done\n");
    rig_end(r);
}

static void two_scripts_of_one_id_are_refused_with_both_in_words(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "a.lua", "usher.describe { id = 'hlb-2021' }\n");
    rig_write(r, "b.lua", "usher.describe { id = 'hlb-2021' }\n");
    const char *said = rig_try_begin(r);
    assert_non_null(said);
    assert_holds_words(said, "b.lua: ");
    assert_holds_words(said, "'hlb-2021'");
    rig_end(r);
}

static void two_scripts_of_two_ids_keep_their_flows_and_books_apart(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    static const char one[] = //
        "usher.flow('f', function()\n"
        "  usher.decide('a', function() usher.book('b'):set('one', 1) end) usher.sleep('1h') return 'one'\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n";
    static const char two[] = //
        "usher.flow('f', function() return usher.decide('n', function() return usher.book('b'):count() end) "
        "end)\n"
        "usher.start('f', { key = 'P1' })\n";
    rig_write(r, "one.lua", one);
    rig_write(r, "two.lua", two);
    rig_begin(r);
    rig_settle(r);
    rig_restart(r);
    rig_run(r);
    assert_text(rig_list(r, "counts", "{\"event\":\"one\"}"), "[{\"n\":1,\"state\":\"done\"}]");
    const char *flows = rig_list(r, "flows", "{\"event\":\"two\"}");
    assert_holds_words(flows, "\"result\":0");
    rig_end(r);
}

static void a_script_that_names_no_such_flow_is_refused(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", "usher.flow('guest', function() end)\nusher.start('gest', { key = 'P1' })\n");
    const char *said = rig_try_begin(r);
    assert_non_null(said);
    assert_holds_words(said, "'gest'");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_of_a_changed_script_go_on_with_their_version_from_the_database_alone),
        cmocka_unit_test(they_still_do_after_further_restarts),
        cmocka_unit_test(a_script_that_is_changed_back_is_the_version_that_it_was),
        cmocka_unit_test(a_file_beside_the_script_is_part_of_its_version),
        cmocka_unit_test(a_script_that_lost_a_flow_ends_those_that_sleep),
        cmocka_unit_test(a_start_that_was_made_before_starts_nothing),
        cmocka_unit_test(two_scripts_of_one_id_are_refused_with_both_in_words),
        cmocka_unit_test(two_scripts_of_two_ids_keep_their_flows_and_books_apart),
        cmocka_unit_test(a_script_that_names_no_such_flow_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
