// SPDX-License-Identifier: MIT
// A new version takes the place of the one that runs: in one commit, whatever is under way, whenever it dies.
#include "engine_rig.h"

#define STORY(more)                                                                                  \
    "usher.flow('guest', function(g)\n"                                                              \
    "  usher.mail { 'invite', to = g.mail, as = g.key, subject = 's', text = 't' }\n"                \
    "  if usher.due('rem', usher.time.at('2021-02-24 08:00', 'UTC'), { late = 'within 2h' }) then\n" \
    "    usher.mail { 'rem', to = g.mail, as = g.key, subject = 's', text = 't' }\n"                 \
    "  end\n" more "end)\n"                                                                          \
    "for _, key in ipairs { 'P1', 'P2', 'P3', 'P4', 'P5' } do\n"                                     \
    "  usher.start('guest', { key = key, input = { key = key, mail = key .. '@x.example' } })\n"     \
    "end\n"

#define MORE                                                                         \
    "  if usher.due('bye', usher.time.at('2021-02-26 08:00', 'UTC')) then\n"         \
    "    usher.mail { 'bye', to = g.mail, as = g.key, subject = 's', text = 't' }\n" \
    "  end\n"

static const char whole[] = //
    "02-08 08:00 P1 mail:invite/P1\n02-08 08:00 P2 mail:invite/P2\n02-08 08:00 P3 mail:invite/P3\n"
    "02-08 08:00 P4 mail:invite/P4\n02-08 08:00 P5 mail:invite/P5\n"
    "02-24 08:00 P1 mail:rem/P1\n02-24 08:00 P2 mail:rem/P2\n02-24 08:00 P3 mail:rem/P3\n"
    "02-24 08:00 P4 mail:rem/P4\n02-24 08:00 P5 mail:rem/P5\n"
    "02-26 08:00 P1 mail:bye/P1\n02-26 08:00 P2 mail:bye/P2\n02-26 08:00 P3 mail:bye/P3\n"
    "02-26 08:00 P4 mail:bye/P4\n02-26 08:00 P5 mail:bye/P5\n";

// Every flow that lives runs on one and the same version.
static void assert_on_one_version(struct rig *r)
{
    const char *scripts = rig_list(r, "scripts", "{\"event\": \"test\"}");
    assert_true(strstr(scripts, "\"unfinished\":5") != NULL);
    assert_true(strstr(scripts, "\"unfinished\":0") != NULL || strstr(scripts, "\"id\":2") == NULL);
}

static struct rig *asleep(void)
{
    struct rig *r = rig_with("2021-02-08 08:00", STORY(""));
    rig_run_until(r, "2021-02-20 08:00");
    return r;
}

static void a_kill_at_every_boundary_leaves_each_flow_on_one_version_and_nothing_is_sent_twice(void **state)
{
    for (int64_t boundary = 1, deaths = 1; deaths; boundary++) {
        struct rig *r = asleep();
        virtual_crash_at(r->world, virtual_boundaries(r->world) + boundary);
        rig_reload(r, "test.lua", STORY(MORE), NULL);
        deaths = r->deaths;
        rig_settle(r);
        assert_on_one_version(r);
        rig_run(r);
        assert_text(rig_effects(r), whole);
        if (deaths == 0) assert_true(boundary > 4); // they were all looked at
        rig_end(r);
    }
}

// The mails have begun, and the other side has not answered.
static void tick_until_under_way(struct rig *r)
{
    for (int i = 0; i < 10 && r->effects_n < 5; i++) engine_tick(r->engine);
    assert_int_equal(engine_under_way(r->engine), 5);
}

static void a_mail_that_is_on_its_way_arrives_once_and_is_heard_of_by_the_new_version(void **state)
{
    struct rig *r = rig_with("2021-02-08 08:00", STORY(""));
    tick_until_under_way(r);
    assert_holds_words(rig_reload(r, "test.lua", STORY(MORE), NULL), "\"applied\":true");
    assert_int_equal(engine_under_way(r->engine), 0);
    rig_run(r);
    assert_text(rig_effects(r), whole);
    rig_end(r);
}

static void a_mail_that_is_on_its_way_and_no_longer_wanted_keeps_its_version_until_it_is_heard_of(
    void **state)
{
    struct rig *r = rig_with("2021-02-08 08:00", STORY(""));
    tick_until_under_way(r);
    const char *said = rig_reload(r, "test.lua", "usher.flow('other', function() end)\n", NULL);
    assert_holds_words(said, "\"fate\":\"stays\"");
    assert_holds_words(said, "the script has no 'guest' any more, and something of it is on its way");
    rig_restart(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 10); // what began goes on as it began
    assert_int_equal(rig_count(r, "done"), 5);
    rig_end(r);
}

static void a_plan_that_is_no_longer_true_is_not_carried_out(void **state)
{
    struct rig *r = asleep();
    const char *plan = rig_reload(r, "test.lua", STORY(MORE), "{}");
    assert_holds_words(plan, "\"applied\":false");
    char request[96];
    const char *digest = strstr(plan, "\"digest\":\"") + 10;
    snprintf(request, sizeof request, "{\"apply\": true, \"digest\": \"%.16s\"}", digest);
    rig_run_until(r, "2021-02-25 08:00");
    assert_holds_words(rig_reload(r, "test.lua", STORY(MORE), request), "\"stale\":true");
    rig_run(r);
    assert_int_equal(r->effects_n, 10);
    rig_end(r);
}

static void a_plan_that_still_holds_is_carried_out(void **state)
{
    struct rig *r = asleep();
    const char *plan = rig_reload(r, "test.lua", STORY(MORE), "{}");
    char request[96];
    snprintf(request, sizeof request, "{\"apply\": true, \"digest\": \"%.16s\"}",
        strstr(plan, "\"digest\":\"") + 10);
    rig_run_until(r, "2021-02-21 08:00");
    assert_holds_words(rig_reload(r, "test.lua", STORY(MORE), request), "\"applied\":true");
    rig_run(r);
    assert_text(rig_effects(r), whole);
    rig_end(r);
}

static void the_same_script_means_nothing(void **state)
{
    struct rig *r = asleep();
    assert_holds_words(rig_reload(r, "test.lua", STORY(""), NULL), "\"same\":true");
    rig_end(r);
}

static void a_script_that_does_not_load_changes_nothing(void **state)
{
    struct rig *r = asleep();
    assert_holds_words(rig_reload(r, "test.lua", "usher.flow('guest', \n", NULL), "error: test.lua:2:");
    rig_run(r);
    assert_int_equal(r->effects_n, 10);
    rig_end(r);
}

static void a_version_that_fails_for_a_flow_needs_an_answer(void **state)
{
    static const char broken[] = STORY("  error('no such room')\n");
    struct rig *r = asleep();
    rig_run_until(r, "2021-02-24 08:00");
    struct rig *sleeps = rig_with("2021-02-08 08:00", STORY("  usher.sleep('9 days', 'rest')\n"));
    rig_run_until(sleeps, "2021-02-25 08:00");
    const char *said = rig_reload(sleeps, "test.lua", broken, NULL);
    assert_holds_words(said, "the new version fails for it: test.lua:6: no such room");
    assert_holds_words(said, "\"needs\":5");
    assert_holds_words(rig_reload(sleeps, "test.lua", broken, "{\"apply\": true, \"all_stay\": true}"),
        "\"applied\":true");
    rig_run(sleeps);
    assert_int_equal(rig_count(sleeps, "done"), 5);
    rig_end(sleeps);
    rig_end(r);
}

static void a_corrected_address_is_used_from_then_on(void **state)
{
    static const char other[] = //
        "usher.flow('guest', function(g)\n"
        "  usher.mail { 'invite', to = g.mail, as = g.key, subject = 's', text = 't' }\n"
        "  usher.due('rem', usher.time.at('2021-02-24 08:00', 'UTC'))\n"
        "  return g.mail\n"
        "end)\n"
        "usher.start('guest', { key = 'P1', input = { key = 'P1', mail = 'new@x.example' } })\n";
    struct rig *r = asleep();
    assert_holds_words(rig_reload(r, "test.lua", other, "{\"apply\": true, \"end_gone\": true}"),
        "\"applied\":true");
    rig_restart(r);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"new@x.example\"");
    assert_int_equal(r->effects_n, 5); // nobody was invited again
    assert_text(rig_why(r, "guest", "P2"), "it is no longer started by the script");
    rig_end(r);
}

static void whoever_is_no_longer_started_is_listed_and_goes_on(void **state)
{
    struct rig *r = asleep();
    const char *said = rig_reload(r, "test.lua",
        "usher.flow('guest', function(g)\n"
        "  usher.mail { 'invite', to = g.mail, as = g.key, subject = 's', text = 't' }\n"
        "  usher.due('rem', usher.time.at('2021-02-24 08:00', 'UTC'))\n"
        "end)\n"
        "usher.start('guest', { key = 'P1', input = { key = 'P1', mail = 'P1@x.example' } })\n",
        NULL);
    assert_holds_words(said, "\"gone\":[{");
    rig_run(r);
    assert_int_equal(rig_count(r, "done"), 5);
    rig_end(r);
}

static void a_flow_that_is_renamed_and_says_so_is_not_started_again(void **state)
{
    struct rig *r = rig_with("2021-02-08 08:00",
        "usher.flow('rem', function() usher.sleep('9 days') return usher.token('x') end)\n"
        "usher.flow('said', function() return usher.token('x') end)\n"
        "usher.start('rem', { key = 'P1' })\nusher.start('said', { key = 'P1' })\n");
    rig_run_until(r, "2021-02-09 08:00");
    const char *before = rig_result(r, "said", "P1");
    rig_reload(r, "test.lua",
        "usher.flow('reminder', function() usher.sleep('9 days') return usher.token('x') end, { was = 'rem' "
        "})\n"
        "usher.flow('told', function() return 'again' end, { was = 'said' })\n"
        "usher.start('reminder', { key = 'P1' })\nusher.start('told', { key = 'P1' })\n",
        NULL);
    rig_run(r);
    assert_text(rig_list(r, "counts", "{}"), "[{\"n\":2,\"state\":\"done\"}]");
    assert_text(rig_result(r, "told", "P1"), before);
    assert_text(rig_state(r, "rem", "P1"), "none");
    rig_end(r);
}

static void a_flow_that_an_edit_ended_is_there_again_when_it_is_put_back(void **state)
{
    struct rig *r = asleep();
    rig_reload(r, "test.lua", "usher.flow('other', function() end)\n", NULL);
    rig_run_until(r, "2021-02-21 08:00");
    assert_int_equal(rig_count(r, "cancelled"), 5);
    assert_holds_words(rig_reload(r, "test.lua", STORY(MORE), NULL), "\"applied\":true");
    rig_run(r);
    assert_text(rig_effects(r), whole);
    rig_end(r);
}

static void the_version_in_force_is_the_one_that_runs_after_a_restart_also_when_it_is_an_older_one(
    void **state)
{
    struct rig *r = asleep();
    rig_reload(r, "test.lua", STORY(MORE), NULL);
    rig_reload(r, "test.lua", STORY(""), NULL);
    rig_restart(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 10);
    assert_int_equal(rig_count(r, "done"), 5);
    rig_end(r);
}

static void a_changed_script_that_needs_an_answer_does_not_run_after_a_restart(void **state)
{
    struct rig *r = asleep();
    rig_kill(r);
    rig_write(r, "test.lua",
        "usher.flow('guest', function(g)\n"
        "  usher.mail { 'welcome', to = g.mail, as = g.key, subject = 's', text = 't' }\n"
        "  usher.mail { 'invite', to = g.mail, as = g.key, subject = 's', text = 't' }\n"
        "end)\nusher.start('guest', { key = 'P1', input = { key = 'P1', mail = 'P1@x.example' } })\n");
    rig_begin(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 10); // the version before went on
    rig_end(r);
}

static void the_words_of_the_new_version_hear_of_it_in_the_same_commit(void **state)
{
    static const char before[] = "usher.describe { id = 'test', title = 'old' }\n";
    static const char after[] = //
        "usher.describe { id = 'test', title = 'new' }\n"
        "usher.flow('tell', function(input) return input end)\n"
        "usher.on('reloaded', function(r)\n"
        "  usher.start('tell', { key = 'x', input = r.was.title .. ' ' .. r.now.title .. ' ' .. "
        "r.answers.say })\n"
        "  return {}\n"
        "end)\n";
    struct rig *r = rig_with("2021-02-08 08:00", before);
    rig_reload(r, "test.lua", after, "{\"apply\": true, \"answers\": {\"say\": \"yes\"}}");
    assert_text(rig_result(r, "tell", "x"), "\"old new yes\"");
    rig_end(r);
}

static void words_that_fail_leave_everything_as_it_was(void **state)
{
    static const char failing[] = STORY(MORE "") "usher.on('reloaded', function() error('no room') end)\n";
    struct rig *r = asleep();
    assert_holds_words(rig_reload(r, "test.lua", failing, NULL),
        "error: the script's handler 'reloaded': test.lua:");
    rig_run(r);
    assert_int_equal(r->effects_n, 10);
    rig_end(r);
}

static void words_that_ask_are_answered_before_anything_changes(void **state)
{
    static const char asking[] = STORY(MORE) //
        "usher.on('reloaded', function(r)\n"
        "  usher.start('guest', { key = 'P6', input = { key = 'P6', mail = 'P6@x.example' } })\n"
        "  if not (r.answers and r.answers.sure) then return { asks = { { text = 'sure?', n = 5 } } } end\n"
        "  return { notes = { 'fine' } }\n"
        "end)\n";
    struct rig *r = asleep();
    const char *said = rig_reload(r, "test.lua", asking, NULL);
    assert_holds_words(said, "\"applied\":false");
    assert_holds_words(said, "\"needs\":1");
    assert_holds_words(said, "\"text\":\"sure?\"");
    assert_int_equal(rig_count(r, "waiting"), 5);
    rig_restart(r); // the file asks as well, and the version before goes on
    assert_on_one_version(r);
    said = rig_reload(r, "test.lua", asking, "{\"apply\": true, \"answers\": {\"sure\": true}}");
    assert_holds_words(said, "\"applied\":true");
    assert_holds_words(said, "\"notes\":[\"fine\"]");
    assert_int_equal(rig_count(r, "waiting"), 6);
    rig_run(r);
    assert_int_equal(r->effects_n, 18);
    rig_end(r);
}

static void a_schedule_goes_on_where_it_was(void **state)
{
    static const char before[] = "usher.flow('tick', function() end)\n"
                                 "usher.schedule { 'daily', every = 'day 09:00', flow = 'tick' }\n";
    static const char after[] = "usher.flow('tick', function() end)\n"
                                "usher.schedule { 'daily', every = 'day 07:00', flow = 'tick' }\n";
    struct rig *r = rig_with("2021-02-08 08:00", before);
    rig_run_until(r, "2021-02-09 08:00");
    assert_holds_words(rig_reload(r, "test.lua", after, NULL), "\"applied\":true");
    rig_run_until(r, "2021-02-11 08:00");
    assert_int_equal(rig_count(r, "done"), 3); // the 8th at 09:00, then the 10th and the 11th at 07:00
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kill_at_every_boundary_leaves_each_flow_on_one_version_and_nothing_is_sent_twice),
        cmocka_unit_test(a_mail_that_is_on_its_way_arrives_once_and_is_heard_of_by_the_new_version),
        cmocka_unit_test(
            a_mail_that_is_on_its_way_and_no_longer_wanted_keeps_its_version_until_it_is_heard_of),
        cmocka_unit_test(a_plan_that_is_no_longer_true_is_not_carried_out),
        cmocka_unit_test(a_plan_that_still_holds_is_carried_out),
        cmocka_unit_test(the_same_script_means_nothing),
        cmocka_unit_test(a_script_that_does_not_load_changes_nothing),
        cmocka_unit_test(a_version_that_fails_for_a_flow_needs_an_answer),
        cmocka_unit_test(a_corrected_address_is_used_from_then_on),
        cmocka_unit_test(whoever_is_no_longer_started_is_listed_and_goes_on),
        cmocka_unit_test(a_flow_that_is_renamed_and_says_so_is_not_started_again),
        cmocka_unit_test(a_flow_that_an_edit_ended_is_there_again_when_it_is_put_back),
        cmocka_unit_test(
            the_version_in_force_is_the_one_that_runs_after_a_restart_also_when_it_is_an_older_one),
        cmocka_unit_test(a_changed_script_that_needs_an_answer_does_not_run_after_a_restart),
        cmocka_unit_test(the_words_of_the_new_version_hear_of_it_in_the_same_commit),
        cmocka_unit_test(words_that_fail_leave_everything_as_it_was),
        cmocka_unit_test(words_that_ask_are_answered_before_anything_changes),
        cmocka_unit_test(a_schedule_goes_on_where_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
