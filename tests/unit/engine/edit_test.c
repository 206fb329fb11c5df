// SPDX-License-Identifier: MIT
// The script changes while 400 guests sleep: nine edits, each played to the end. What must hold for each: no
// mail at a wrong time, nobody stuck, nothing twice, nobody left out.
#include "engine_rig.h"

#define GUESTS 400

// One flow per guest: an invitation, then for each line of `plan` a moment and a mail. The event is on the
// 25th at 08:00 UTC unless `starts` says otherwise.
#define STORY(starts, plan)                                                                                 \
    "local starts <const> = usher.time.at('" starts "', 'UTC')\n"                                           \
    "local function mail(name, guest, was)\n"                                                               \
    "  usher.mail { name, to = guest .. '@x.example', as = guest, subject = 's', text = 't', was = was }\n" \
    "end\n"                                                                                                 \
    "local function at(name, days, guest, late, was)\n"                                                     \
    "  local moment = usher.time.shift(starts, days .. ' days')\n"                                          \
    "  if usher.due(name, moment, { late = late or 'within 2h', was = was }) then mail(name, guest, was) "  \
    "end\n"                                                                                                 \
    "end\n"                                                                                                 \
    "usher.flow('guest', function(guest)\n" plan "end)\n"                                                   \
    "for i = 1, " N " do usher.start('guest', { key = 'P' .. i, input = 'P' .. i }) end\n"

#define N "400"
#define INVITE "mail('invite', guest)\n"
#define REM7 "at('rem7', -7, guest)\n"
#define REM3 "at('rem3', -3, guest)\n"
#define REM1 "at('rem1', -1, guest)\n"
#define SURVEY "at('survey', 1, guest)\n"

static const char before[] = STORY("2021-02-25 08:00", INVITE REM7 REM1 SURVEY);

// How many mails of that name left at that time.
static int sent(struct rig *r, const char *name, const char *time)
{
    int n = 0;
    char step[64];
    for (const struct rig_effect *e = r->effects; e; e = e->next) {
        snprintf(step, sizeof step, "mail:%s/%s", name, e->key);
        n += strcmp(e->step, step) == 0 && (!time || strcmp(rig_time(e->at), time) == 0);
    }
    return n;
}

// Every guest got exactly these mails, each at its time: pairs of name and time, then NULL.
static void assert_mails(struct rig *r, ...)
{
    va_list ap;
    int all = 0;
    va_start(ap, r);
    for (const char *name, *time; (name = va_arg(ap, const char *)); all++) {
        time = va_arg(ap, const char *);
        if (sent(r, name, time) != GUESTS || sent(r, name, NULL) != GUESTS)
            fail_msg("'%s': %d mails, %d of them at %s", name, sent(r, name, NULL), sent(r, name, time),
                time);
    }
    va_end(ap);
    assert_int_equal(r->effects_n, all * GUESTS);
    char counts[64];
    snprintf(counts, sizeof counts, "[{\"n\":%d,\"state\":\"done\"}]", GUESTS);
    assert_text(rig_list(r, "counts", "{}"), counts);
}

// The story so far, up to that time; then the edit.
static struct rig *edited(const char *when, const char *after)
{
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", before);
    rig_begin(r);
    rig_run_until(r, when);
    assert_holds_words(rig_reload(r, "test.lua", after, NULL), "\"applied\":true");
    return r;
}

static void an_event_postponed_by_two_weeks_moves_every_reminder_that_is_pending(void **state)
{
    struct rig *r = edited("2021-02-22 08:00", STORY("2021-03-11 08:00", INVITE REM7 REM1 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "03-10 08:00", "survey",
        "03-12 08:00", NULL);
    rig_end(r);
}

static void an_event_moved_two_days_earlier_moves_them_too(void **state)
{
    struct rig *r = edited("2021-02-15 08:00", STORY("2021-02-23 08:00", INVITE REM7 REM1 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-16 08:00", "rem1", "02-22 08:00", "survey",
        "02-24 08:00", NULL);
    rig_end(r);
}

static void a_reminder_added_before_its_time_is_sent_to_all(void **state)
{
    struct rig *r = edited("2021-02-20 08:00", STORY("2021-02-25 08:00", INVITE REM7 REM3 REM1 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem3", "02-22 08:00", "rem1",
        "02-24 08:00", "survey", "02-26 08:00", NULL);
    rig_end(r);
}

static void a_reminder_added_after_its_time_is_skipped_and_says_why(void **state)
{
    struct rig *r = edited("2021-02-23 08:00", STORY("2021-02-25 08:00", INVITE REM7 REM3 REM1 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    assert_holds_words(rig_history(r, "guest", "P7"),
        "due:rem3 skipped: skipped: 24 h 0 min late, which is later than allowed");
    rig_end(r);
}

static void a_reminder_removed_after_it_was_sent_changes_nothing(void **state)
{
    struct rig *r = edited("2021-02-20 08:00", STORY("2021-02-25 08:00", INVITE REM1 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void a_reminder_removed_while_it_is_pending_is_not_sent(void **state)
{
    struct rig *r = edited("2021-02-20 08:00", STORY("2021-02-25 08:00", INVITE REM7 SURVEY));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "survey", "02-26 08:00", NULL);
    rig_end(r);
}

static void a_reminder_put_back_is_not_sent_again(void **state)
{
    struct rig *r = edited("2021-02-20 08:00", STORY("2021-02-25 08:00", INVITE REM1 SURVEY));
    rig_run_until(r, "2021-02-21 08:00");
    assert_holds_words(rig_reload(r, "test.lua", before, NULL), "\"applied\":true");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void a_renamed_reminder_that_says_so_keeps_its_place(void **state)
{
    struct rig *r = edited("2021-02-20 08:00",
        STORY("2021-02-25 08:00", "mail('invitation', guest, 'invite')\n" REM7
                                  "at('tomorrow', -1, guest, 'within 2h', 'rem1')\n" SURVEY));
    rig_run_until(r, "2021-02-21 08:00");
    rig_restart(r); // the new names are in the history now: `was` may go
    assert_holds_words(rig_reload(r, "test.lua",
                           STORY("2021-02-25 08:00",
                               "mail('invitation', guest)\n" REM7 "at('tomorrow', -1, guest)\n" SURVEY),
                           NULL),
        "\"applied\":true");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "tomorrow", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void an_invitation_renamed_without_saying_so_sends_nothing_and_needs_an_answer(void **state)
{
    static const char renamed[] = STORY("2021-02-25 08:00", "mail('invitation', guest)\n" REM7 REM1 SURVEY);
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", before);
    rig_begin(r);
    rig_run_until(r, "2021-02-20 08:00");
    const char *outline = rig_reload(r, "test.lua", renamed, NULL);
    assert_holds_words(outline, "\"needs\":400");
    assert_holds_words(outline, "\"applied\":false");
    assert_holds_words(outline, "mail 'invitation' (line 3) is new, and would stand before things that have");
    assert_int_equal(r->effects_n, 2 * GUESTS);
    rig_reload(r, "test.lua", renamed, "{\"apply\": true, \"skip\": [\"invitation\"]}");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void an_answer_for_one_of_two_is_none_for_the_other(void **state)
{
    static const char more[] = STORY("2021-02-25 08:00",
        INVITE "mail('map', guest)\nmail('menu', guest)\n" REM7 REM1 SURVEY);
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", before);
    rig_begin(r);
    rig_run_until(r, "2021-02-20 08:00");
    const char *outline = rig_reload(r, "test.lua", more, "{\"apply\": true, \"skip\": [\"map\"]}");
    assert_holds_words(outline, "mail 'menu' (line 3) is new");
    assert_holds_words(outline, "\"needs\":400");
    rig_reload(r, "test.lua", more, "{\"apply\": true, \"skip\": [\"map\", \"menu\"]}");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void what_is_new_before_known_things_in_a_branch_needs_an_answer(void **state)
{
#define BRANCHED(first)       \
    STORY("2021-02-25 08:00", \
        first "usher.join(usher.spawn('b', function()\n" INVITE REM7 REM1 "end))\n" SURVEY)
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", BRANCHED(""));
    rig_begin(r);
    rig_run_until(r, "2021-02-20 08:00");
    assert_holds_words(rig_reload(r, "test.lua", BRANCHED("mail('map', guest)\n"), NULL), "\"needs\":400");
    rig_run(r);
    assert_int_equal(r->effects_n, 4 * GUESTS);
    rig_end(r);
}

static void what_is_new_before_known_things_is_sent_when_a_person_says_so(void **state)
{
    static const char more[] = STORY("2021-02-25 08:00", INVITE "mail('map', guest)\n" REM7 REM1 SURVEY);
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", before);
    rig_begin(r);
    rig_run_until(r, "2021-02-20 08:00");
    assert_holds_words(rig_reload(r, "test.lua", more, "{\"apply\": true, \"send\": [\"map\"]}"),
        "\"applied\":true");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "map", "02-20 08:00", "rem1",
        "02-24 08:00", "survey", "02-26 08:00", NULL);
    rig_end(r);
}

static void flows_that_are_held_for_an_answer_go_on_when_it_is_given(void **state)
{
    static const char more[] = STORY("2021-02-25 08:00", INVITE "mail('map', guest)\n" REM7 REM1 SURVEY);
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", before);
    rig_begin(r);
    rig_run_until(r, "2021-02-20 08:00");
    rig_reload(r, "test.lua", more, "{\"apply\": true, \"hold\": true}");
    assert_int_equal(rig_count(r, "held"), GUESTS);
    rig_restart(r);
    rig_run_until(r, "2021-02-23 08:00");
    assert_int_equal(r->effects_n, 2 * GUESTS);
    rig_reload(r, "test.lua", STORY("2021-02-25 08:00", INVITE "mail('map', guest)\n" REM7 REM1 SURVEY "\n"),
        "{\"apply\": true, \"skip\": [\"map\"]}");
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

static void a_text_that_changes_is_the_text_of_what_is_still_to_be_sent(void **state)
{
    struct rig *r = edited("2021-02-20 08:00",
        STORY("2021-02-25 08:00", INVITE REM7 REM1 SURVEY "-- a word\n"));
    rig_run(r);
    assert_mails(r, "invite", "02-08 08:00", "rem7", "02-18 08:00", "rem1", "02-24 08:00", "survey",
        "02-26 08:00", NULL);
    rig_end(r);
}

// ---- one flow that goes through a list --------------------------------------------------------------------

#define LOOP(list, each)                              \
    "local guests = " list "\n"                       \
    "usher.flow('all', function()\n"                  \
    "  usher.sleep('1 day', 'night')\n" each "end)\n" \
    "usher.start('all', { key = 'x' })\n"
#define ONE_AFTER_THE_OTHER                                                                   \
    "  for _, g in ipairs(guests) do\n"                                                       \
    "    usher.mail { 'hello', to = g .. '@x.example', as = g, subject = 's', text = 't' }\n" \
    "    usher.sleep('1h', 'after ' .. g)\n"                                                  \
    "  end\n"

static struct rig *looped(const char *when, const char *after)
{
    struct rig *r = rig_new("2021-02-08 08:00");
    rig_write(r, "test.lua", LOOP("{ 'B', 'C', 'D' }", ONE_AFTER_THE_OTHER));
    rig_begin(r);
    rig_run_until(r, when);
    assert_holds_words(rig_reload(r, "test.lua", after, "{\"apply\": true, \"send\": [\"hello\"]}"),
        "\"applied\":true");
    rig_run(r);
    return r;
}

static void a_list_that_grows_in_front_mails_each_once(void **state)
{
    struct rig *r = looped("2021-02-09 09:30", LOOP("{ 'A', 'B', 'C', 'D' }", ONE_AFTER_THE_OTHER));
    assert_text(rig_effects(r), "02-09 08:00 x mail:hello/B\n02-09 09:00 x mail:hello/C\n"
                                "02-09 09:30 x mail:hello/A\n02-09 11:30 x mail:hello/D\n");
    rig_end(r);
}

static void a_list_in_another_order_mails_each_once(void **state)
{
    struct rig *r = looped("2021-02-09 09:30", LOOP("{ 'D', 'C', 'B' }", ONE_AFTER_THE_OTHER));
    assert_text(rig_effects(r), "02-09 08:00 x mail:hello/B\n02-09 09:00 x mail:hello/C\n"
                                "02-09 09:30 x mail:hello/D\n");
    assert_text(rig_state(r, "all", "x"), "done");
    rig_end(r);
}

// ---- one flow that goes through 400 people ----------------------------------------------------------------

#define CROWD(list)                                                                           \
    "local guests = {}\n" list "usher.flow('all', function()\n"                               \
    "  for _, g in ipairs(guests) do\n"                                                       \
    "    usher.mail { 'hello', to = g .. '@x.example', as = g, subject = 's', text = 't' }\n" \
    "    usher.sleep('1m', 'after ' .. g)\n"                                                  \
    "  end\n"                                                                                 \
    "end)\nusher.start('all', { key = 'x' })\n"

// After 200 of them the list is another one: everybody on it has one mail in the end.
static void assert_each_once(const char *after, int people)
{
    struct rig *r = rig_with("2021-02-08 08:00", CROWD("for i = 1, 400 do guests[i] = 'P' .. i end\n"));
    rig_run_until(r, "2021-02-08 11:19:30"); // the 200th was written to half a minute ago
    assert_int_equal(r->effects_n, 200);
    rig_restart(r);
    assert_holds_words(rig_reload(r, "test.lua", after, "{\"apply\": true, \"send\": [\"hello\"]}"),
        "\"applied\":true");
    rig_run(r);
    assert_int_equal(r->effects_n, people);
    for (const struct rig_effect *e = r->effects; e; e = e->next) {
        for (const struct rig_effect *other = e->next; other; other = other->next)
            assert_string_not_equal(e->step, other->step);
    }
    assert_text(rig_state(r, "all", "x"), "done");
    rig_end(r);
}

static void a_list_of_400_turned_round_in_the_middle_writes_to_each_once(void **state)
{
    assert_each_once(CROWD("for i = 1, 400 do guests[i] = 'P' .. 401 - i end\n"), 400);
}

static void a_list_of_400_that_grows_in_front_in_the_middle_writes_to_each_once(void **state)
{
    assert_each_once(CROWD("for i = 0, 400 do guests[i + 1] = 'P' .. i end\n"), 401);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_postponed_by_two_weeks_moves_every_reminder_that_is_pending),
        cmocka_unit_test(an_event_moved_two_days_earlier_moves_them_too),
        cmocka_unit_test(a_reminder_added_before_its_time_is_sent_to_all),
        cmocka_unit_test(a_reminder_added_after_its_time_is_skipped_and_says_why),
        cmocka_unit_test(a_reminder_removed_after_it_was_sent_changes_nothing),
        cmocka_unit_test(a_reminder_removed_while_it_is_pending_is_not_sent),
        cmocka_unit_test(a_reminder_put_back_is_not_sent_again),
        cmocka_unit_test(a_renamed_reminder_that_says_so_keeps_its_place),
        cmocka_unit_test(an_invitation_renamed_without_saying_so_sends_nothing_and_needs_an_answer),
        cmocka_unit_test(an_answer_for_one_of_two_is_none_for_the_other),
        cmocka_unit_test(what_is_new_before_known_things_in_a_branch_needs_an_answer),
        cmocka_unit_test(what_is_new_before_known_things_is_sent_when_a_person_says_so),
        cmocka_unit_test(flows_that_are_held_for_an_answer_go_on_when_it_is_given),
        cmocka_unit_test(a_text_that_changes_is_the_text_of_what_is_still_to_be_sent),
        cmocka_unit_test(a_list_that_grows_in_front_mails_each_once),
        cmocka_unit_test(a_list_in_another_order_mails_each_once),
        cmocka_unit_test(a_list_of_400_turned_round_in_the_middle_writes_to_each_once),
        cmocka_unit_test(a_list_of_400_that_grows_in_front_in_the_middle_writes_to_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
