// SPDX-License-Identifier: MIT
// The clock of the day: cues that follow it, who is told a new time; a crash anywhere changes neither.
#include "engine_rig.h"

// Three speakers, 08:00 to 09:00 UTC, each with a cue ten minutes before; a photo without a time in between.
static const char script[] =
    "event 'day' { title = 'Day', when = 'Thu 25 Feb 2021 08:00-09:00 UTC', from = 'o@x.example' }\n"
    "people { { key = 'a', name = 'Ann', mail = 'a@x.example', role = 'speaker' },\n"
    "  { key = 'b', name = 'Bo', mail = 'b@x.example', role = 'speaker' },\n"
    "  { key = 'c', name = 'Cy', mail = 'c@x.example', role = 'speaker' } }\n"
    "programme { { '08:00-08:10', 'First', by = 'a' }, { 'Photo' }, { '08:10-08:30', 'Second', by = 'b' },\n"
    "  { '08:30-09:00', 'Third', by = 'c' } }\n"
    "cue 'next' { at = '10 minutes before', subject = '{item}', text = '{item_when}' }\n"
    "local steer, clock = require 'usher.show_steer', require 'usher.show_clock'\n"
    "usher.on('press', function(r) return steer.press(r.word, r.n, 'host') or 'pressed' end)\n"
    "usher.on('n', function() return clock.state().n end)\n"
    "usher.on('day', function()\n"
    "  local plan, list = clock.plan(usher.now()), {}\n"
    "  for i, one in ipairs(plan.list) do\n"
    "    list[i] = (one.starts and usher.time.format(one.starts, 'UTC', '%H:%M') or '-') ..\n"
    "      (one.phase == 'now' and '*' or '') end\n"
    "  return table.concat(list, ' ') .. ' end ' .. usher.time.format(plan.ends, 'UTC', '%H:%M') end)\n";

static void press(struct rig *r, const char *word)
{
    int n = atoi(rig_call(r, "n", "{}"));
    assert_text(rig_call(r, "press", rig_print(r, "{\"word\":\"%s\",\"n\":%d}", word, n)), "\"pressed\"");
}

static void without_a_press_cues_come_by_the_programme(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run(r);
    assert_text(rig_effects(r), "02-25 07:50 a mail:mail/a\n"
                                "02-25 08:00 b mail:mail/b\n"
                                "02-25 08:20 c mail:mail/c\n");
    rig_end(r);
}

static void five_minutes_later_moves_what_has_not_begun(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run_until(r, "2021-02-25 08:04");
    assert_text(rig_call(r, "day", "{}"), "\"08:00* - 08:10 08:30 end 09:00\"");
    press(r, "later");
    assert_text(rig_call(r, "day", "{}"), "\"08:00* - 08:15 08:35 end 09:05\"");
    rig_run(r);
    assert_text(rig_effects(r), "02-25 07:50 a mail:mail/a\n"
                                "02-25 08:00 b mail:mail/b\n"
                                "02-25 08:04:40 b/3/1 mail:new-time/b\n" // had been told 08:10
                                "02-25 08:25 c mail:mail/c\n");
    rig_end(r);
}

static void whoever_speaks_now_is_left_alone(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run_until(r, "2021-02-25 08:12");
    press(r, "later");
    rig_run(r);
    assert_null(strstr(rig_effects(r), "08:12:40")); // Second began at 08:10
    assert_holds_words(rig_effects(r), "02-25 08:25 c mail:mail/c\n");
    rig_end(r);
}

static void several_presses_are_told_as_one_time(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run_until(r, "2021-02-25 08:04");
    press(r, "later");
    rig_run_until(r, "2021-02-25 08:04:10");
    press(r, "later");
    rig_run_until(r, "2021-02-25 08:04:20");
    press(r, "earlier");
    rig_run(r);
    assert_int_equal(r->effects_n, 4);
    assert_holds_words(rig_effects(r), "02-25 08:04:40 b/3/1 mail:new-time/b\n");
    assert_holds_words(rig_result(r, "new time", "b/3/2"), "they know the time");
    rig_end(r);
}

static void next_begins_the_item_and_the_rest_follows(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run_until(r, "2021-02-25 08:12"); // by the clock Second is on; in the room First still speaks
    press(r, "later");
    press(r, "back");
    rig_run_until(r, "2021-02-25 08:27");
    press(r, "next"); // Third, three minutes before its time
    assert_text(rig_call(r, "day", "{}"), "\"08:00 - 08:10 08:27* end 08:57\"");
    press(r, "next");
    assert_text(rig_call(r, "day", "{}"), "\"08:00 - 08:10 08:27 end 08:57\"");
    rig_end(r);
}

// The photo has no time: it is on from a press until the next, and what follows waits for that.
static void an_item_without_a_time_lasts_until_somebody_presses_on(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:00", script);
    rig_run_until(r, "2021-02-25 08:08");
    press(r, "next");
    rig_run_until(r, "2021-02-25 08:13");
    assert_text(rig_call(r, "day", "{}"), "\"08:00 08:08* 08:10 08:30 end 09:00\"");
    press(r, "next");
    assert_text(rig_call(r, "day", "{}"), "\"08:00 08:08 08:13* 08:33 end 09:03\"");
    rig_run(r);
    assert_holds_words(rig_effects(r), "02-25 08:23 c mail:mail/c\n");
    rig_end(r);
}

static void a_button_pressed_twice_counts_once(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:30", script);
    for (int i = 0; i < 3; i++) rig_call(r, "press", "{\"word\":\"later\",\"n\":0}");
    assert_text(rig_call(r, "n", "{}"), "1");
    assert_text(rig_call(r, "day", "{}"), "\"08:05 - 08:15 08:35 end 09:05\"");
    rig_end(r);
}

static void a_mistake_is_taken_back_before_anybody_hears_of_it(void **state)
{
    struct rig *r = rig_with("2021-02-25 07:30", script);
    rig_settle(r);
    press(r, "next"); // half an hour too early: the cue of Second is overdue at once
    rig_run_until(r, "2021-02-25 07:30:15");
    press(r, "back");
    rig_run(r);
    assert_text(rig_effects(r), "02-25 07:50 a mail:mail/a\n"
                                "02-25 08:00 b mail:mail/b\n"
                                "02-25 08:20 c mail:mail/c\n");
    rig_end(r);
}

static void the_clock_is_moved_on_the_day_only(void **state)
{
    struct rig *r = rig_with("2021-02-24 07:30", script);
    assert_holds_words(rig_call(r, "press", "{\"word\":\"later\",\"n\":0}"), "on the day only");
    assert_holds_words(rig_call(r, "press", "{\"word\":\"faster\",\"n\":0}"), "no button");
    rig_end(r);
}

// Somebody presses until the page shows that it was heard.
static void press_until_heard(struct rig *r, const char *word, int n)
{
    for (int tries = 0; tries < 5 && atoi(rig_call(r, "n", "{}")) <= n; tries++)
        rig_call(r, "press", rig_print(r, "{\"word\":\"%s\",\"n\":%d}", word, n));
    assert_int_equal(atoi(rig_call(r, "n", "{}")), n + 1);
}

static struct rig *play(int64_t boundary)
{
    struct rig *r = rig_new("2021-02-25 07:30");
    rig_write(r, "test.lua", script);
    virtual_crash_at(r->world, boundary);
    rig_begin(r);
    rig_run_until(r, "2021-02-25 07:48");
    press_until_heard(r, "later", 0); // before any cue
    rig_run_until(r, "2021-02-25 08:08");
    press_until_heard(r, "later", 1); // two have had theirs
    rig_run_until(r, "2021-02-25 08:08:10");
    press_until_heard(r, "later", 2);
    rig_run(r);
    return r;
}

// The mails in order, each once: a cue that was under way in a crash is sent again, on purpose.
static const char *mails_of(struct rig *r)
{
    const char *text = "";
    for (struct rig_effect *x = r->effects; x; x = x->next) {
        const char *line = rig_print(r, "%s %s\n", x->key, x->step);
        if (!strstr(text, line)) text = rig_print(r, "%s%s", text, line);
    }
    return text;
}

static void a_crash_anywhere_tells_everybody_the_right_time(void **state)
{
    struct rig *calm = play(0);
    int64_t boundaries = virtual_boundaries(calm->world);
    print_message("%d boundaries\n%s", (int)boundaries, rig_effects(calm));
    assert_text(rig_effects(calm), "02-25 07:55 a mail:mail/a\n"
                                   "02-25 08:05 b mail:mail/b\n"
                                   "02-25 08:08:40 b/3/2 mail:new-time/b\n"
                                   "02-25 08:35 c mail:mail/c\n");
    for (int64_t boundary = 1; boundary <= boundaries; boundary++) {
        struct rig *r = play(boundary);
        if (strcmp(mails_of(r), mails_of(calm)) != 0)
            fail_msg("crash at %d:\n%s", (int)boundary, rig_effects(r));
        assert_text(rig_call(r, "day", "{}"), rig_call(calm, "day", "{}"));
        rig_end(r);
    }
    rig_end(calm);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_press_cues_come_by_the_programme),
        cmocka_unit_test(five_minutes_later_moves_what_has_not_begun),
        cmocka_unit_test(whoever_speaks_now_is_left_alone),
        cmocka_unit_test(several_presses_are_told_as_one_time),
        cmocka_unit_test(next_begins_the_item_and_the_rest_follows),
        cmocka_unit_test(an_item_without_a_time_lasts_until_somebody_presses_on),
        cmocka_unit_test(a_button_pressed_twice_counts_once),
        cmocka_unit_test(a_mistake_is_taken_back_before_anybody_hears_of_it),
        cmocka_unit_test(the_clock_is_moved_on_the_day_only),
        cmocka_unit_test(a_crash_anywhere_tells_everybody_the_right_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
