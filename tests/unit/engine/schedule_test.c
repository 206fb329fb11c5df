// SPDX-License-Identifier: MIT
// Recurring work: downtime, clock changes, changed expressions, and one that still runs when the next is due.
#include "engine_rig.h"

#define DIGEST(options, body)                                            \
    "usher.flow('digest', function(o)\n" body "\nreturn o.missed end)\n" \
    "usher.schedule { 'daily', flow = 'digest', " options " }\n"

// What was decided, oldest first: "02-25 09:00 ran".
static const char *decisions(struct rig *r)
{
    struct buf rows;
    const char *text = "";
    buf_init(&rows, 1u << 20);
    assert_int_equal(record_from_json(text_of(rig_list(r, "occurrences", "{}")), &rows, NULL), 0);
    for (struct record_iter it = record_each((struct record){(uint8_t *)rows.data, rows.len});
         record_next(&it);) {
        struct text decision = record_get_text(it.value, "decision");
        struct instant nominal = {record_get_int(it.value, "nominal", 0)};
        text = rig_print(r, "%s %.*s\n%s", rig_time(nominal), (int)decision.len, decision.data, text);
    }
    buf_release(&rows);
    return text;
}

// The first one runs, then usher is down over three, and begins again half an hour after the third.
static struct rig *down_over_three(const char *script)
{
    struct rig *r = rig_with("2021-02-25 08:00", script);
    rig_run_until(r, "2021-02-25 10:00");
    rig_kill(r);
    rig_clock(r, "2021-02-28 09:30");
    rig_begin(r);
    rig_run_until(r, "2021-02-28 10:00");
    return r;
}

static void missed_latest_runs_once_and_is_told_how_many_were_missed(void **state)
{
    struct rig *r = down_over_three(DIGEST("every = 'day 09:00'", ""));
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 missed\n02-27 09:00 missed\n02-28 09:00 ran\n");
    assert_text(rig_result(r, "digest", "2021-02-28 09:00Z"), "3");
    assert_int_equal(rig_count(r, "done"), 2);
    rig_end(r);
}

static void missed_each_runs_all_of_them_oldest_first(void **state)
{
    struct rig *r = down_over_three(DIGEST("every = 'day 09:00', missed = 'each'", ""));
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n02-27 09:00 ran\n02-28 09:00 ran\n");
    assert_text(rig_result(r, "digest", "2021-02-26 09:00Z"), "0");
    assert_int_equal(rig_count(r, "done"), 4);
    rig_end(r);
}

static void missed_none_lists_all_that_are_late_and_runs_none(void **state)
{
    struct rig *r = down_over_three(DIGEST("every = 'day 09:00', missed = 'none', late = '10 min'", ""));
    assert_text(decisions(r),
        "02-25 09:00 ran\n02-26 09:00 missed\n02-27 09:00 missed\n02-28 09:00 missed\n");
    assert_int_equal(rig_count(r, "done"), 1);
    rig_run_until(r, "2021-03-01 10:00"); // and goes on as before
    assert_holds_words(decisions(r), "03-01 09:00 ran\n");
    rig_end(r);
}

static void missed_each_makes_up_for_fifty_at_most_and_lists_the_rest(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        DIGEST("every = '15 minutes', zone = 'UTC', missed = 'each'", ""));
    rig_settle(r);
    rig_kill(r);
    rig_clock(r, "2021-02-26 08:01"); // 96 later
    rig_begin(r);
    rig_settle(r);
    int ran = 0, missed = 0;
    for (const char *at = decisions(r); (at = strstr(at, " ran\n")); at++) ran++;
    for (const char *at = decisions(r); (at = strstr(at, " missed\n")); at++) missed++;
    assert_true(ran >= 50 && ran <= 51);
    assert_int_equal(ran + missed, 97 - (strstr(decisions(r), "02-25 08:00") == NULL));
    rig_end(r);
}

// ---- clock changes --------------------------------------------------------------------------------------

static void half_past_two_runs_once_where_the_clock_jumps_over_it(void **state)
{
    struct rig *r = rig_with("2027-03-12 12:00",
        DIGEST("cron = '30 2 * * *', zone = 'America/New_York'", ""));
    rig_run_until(r, "2027-03-16 00:00"); // 02:30 does not exist on the 14th: 03:30 (UTC-4) is taken
    assert_text(decisions(r), "03-13 07:30 ran\n03-14 07:30 ran\n03-15 06:30 ran\n");
    rig_end(r);
}

static void half_past_one_runs_once_where_it_happens_twice(void **state)
{
    struct rig *r = rig_with("2027-11-05 12:00",
        DIGEST("cron = '30 1 * * *', zone = 'America/New_York'", ""));
    rig_run_until(r, "2027-11-09 00:00"); // twice on the 7th: the first (UTC-4) is taken
    assert_text(decisions(r), "11-06 05:30 ran\n11-07 05:30 ran\n11-08 06:30 ran\n");
    rig_end(r);
}

static void half_past_two_runs_once_on_the_day_that_has_it_once_and_an_hour_more(void **state)
{
    struct rig *r = rig_with("2027-11-05 12:00",
        DIGEST("cron = '30 2 * * *', zone = 'America/New_York'", ""));
    rig_run_until(r, "2027-11-09 00:00");
    assert_text(decisions(r), "11-06 06:30 ran\n11-07 07:30 ran\n11-08 07:30 ran\n");
    rig_end(r);
}

static void a_clock_that_is_set_back_runs_nothing_twice(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", ""));
    rig_run_until(r, "2021-02-25 09:30");
    rig_clock(r, "2021-02-25 08:30");
    rig_run_until(r, "2021-02-25 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n");
    rig_clock(r, "2021-02-25 08:30");
    rig_restart(r);
    rig_run_until(r, "2021-02-26 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
    rig_end(r);
}

static void a_clock_that_is_set_forward_misses_nothing_that_is_not_late(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", ""));
    rig_run_until(r, "2021-02-25 08:30");
    rig_clock(r, "2021-02-25 09:30");
    rig_settle(r);
    assert_text(decisions(r), "02-25 09:00 ran\n");
    rig_end(r);
}

// ---- changes ------------------------------------------------------------------------------------------

static void a_changed_expression_never_reaches_back(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", ""));
    rig_run_until(r, "2021-02-25 10:00");
    rig_kill(r);
    rig_clock(r, "2021-02-26 12:00");
    rig_write(r, "test.lua", DIGEST("every = 'day 11:00'", ""));
    rig_begin(r);
    rig_run_until(r, "2021-02-27 12:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-27 11:00 ran\n"); // not 11:00 of the 25th and 26th
    rig_kill(r);
    rig_write(r, "test.lua", DIGEST("every = 'day 11:00', zone = 'Asia/Thimphu'", ""));
    rig_begin(r);
    rig_run_until(r, "2021-02-28 06:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-27 11:00 ran\n02-28 05:00 ran\n");
    rig_end(r);
}

static void a_schedule_that_is_new_does_not_begin_in_the_past(void **state)
{
    struct rig *r = rig_with("2021-02-25 09:00:30", DIGEST("every = 'day 09:00'", ""));
    rig_run_until(r, "2021-02-25 23:00");
    assert_text(decisions(r), "");
    rig_end(r);
}

static void other_words_of_a_script_leave_a_schedule_where_it_was(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", ""));
    rig_run_until(r, "2021-02-25 10:00");
    rig_kill(r);
    rig_clock(r, "2021-02-26 10:00");
    rig_write(r, "test.lua", DIGEST("every = 'day 09:00'", "-- a remark") "-- another");
    rig_begin(r);
    rig_settle(r);
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
    rig_end(r);
}

// ---- one that still runs ----------------------------------------------------------------------------------

#define LONG "usher.sleep('30 hours')"

static void overlap_skip_is_a_row_and_no_run(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", LONG));
    rig_run_until(r, "2021-02-27 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 overlap\n02-27 09:00 ran\n");
    rig_end(r);
}

static void overlap_skip_holds_over_a_restart(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", LONG));
    rig_run_until(r, "2021-02-25 10:00");
    rig_restart(r);
    rig_run_until(r, "2021-02-26 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 overlap\n");
    rig_end(r);
}

static void overlap_queue_runs_after_the_one_before_it(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00', overlap = 'queue'", LONG));
    rig_run_until(r, "2021-02-26 14:00");
    assert_text(decisions(r), "02-25 09:00 ran\n");
    rig_run_until(r, "2021-02-26 16:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
    assert_text(rig_state(r, "digest", "2021-02-25 09:00Z"), "done");
    assert_text(rig_state(r, "digest", "2021-02-26 09:00Z"), "waiting");
    rig_end(r);
}

static void overlap_replace_ends_the_one_before_it(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00', overlap = 'replace'", LONG));
    rig_run_until(r, "2021-02-26 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
    assert_text(rig_state(r, "digest", "2021-02-25 09:00Z"), "cancelled");
    assert_text(rig_state(r, "digest", "2021-02-26 09:00Z"), "waiting");
    rig_end(r);
}

static void overlap_replace_holds_over_a_restart(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00', overlap = 'replace'", LONG));
    rig_run_until(r, "2021-02-25 10:00");
    rig_restart(r);
    rig_run_until(r, "2021-02-26 10:00");
    assert_text(rig_state(r, "digest", "2021-02-25 09:00Z"), "cancelled");
    assert_text(rig_state(r, "digest", "2021-02-26 09:00Z"), "waiting");
    rig_end(r);
}

static void an_occurrence_that_failed_is_in_nobodys_way(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", DIGEST("every = 'day 09:00'", "error('no')"));
    rig_run_until(r, "2021-02-26 10:00");
    assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
    rig_end(r);
}

static void a_crash_around_an_occurrence_neither_loses_nor_repeats_it(void **state)
{
    for (int64_t boundary = 1;; boundary++) {
        struct rig *r = rig_new("2021-02-25 08:00");
        rig_write(r, "test.lua", DIGEST("every = 'day 09:00'", "usher.sleep('1h')"));
        virtual_crash_at(r->world, boundary);
        rig_begin(r);
        rig_run_until(r, "2021-02-26 12:00");
        assert_text(decisions(r), "02-25 09:00 ran\n02-26 09:00 ran\n");
        assert_int_equal(rig_count(r, "done"), 2);
        bool crashed = r->deaths > 0;
        rig_end(r);
        if (!crashed) break;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missed_latest_runs_once_and_is_told_how_many_were_missed),
        cmocka_unit_test(missed_each_runs_all_of_them_oldest_first),
        cmocka_unit_test(missed_none_lists_all_that_are_late_and_runs_none),
        cmocka_unit_test(missed_each_makes_up_for_fifty_at_most_and_lists_the_rest),
        cmocka_unit_test(half_past_two_runs_once_where_the_clock_jumps_over_it),
        cmocka_unit_test(half_past_one_runs_once_where_it_happens_twice),
        cmocka_unit_test(half_past_two_runs_once_on_the_day_that_has_it_once_and_an_hour_more),
        cmocka_unit_test(a_clock_that_is_set_back_runs_nothing_twice),
        cmocka_unit_test(a_clock_that_is_set_forward_misses_nothing_that_is_not_late),
        cmocka_unit_test(a_changed_expression_never_reaches_back),
        cmocka_unit_test(a_schedule_that_is_new_does_not_begin_in_the_past),
        cmocka_unit_test(other_words_of_a_script_leave_a_schedule_where_it_was),
        cmocka_unit_test(overlap_skip_is_a_row_and_no_run),
        cmocka_unit_test(overlap_skip_holds_over_a_restart),
        cmocka_unit_test(overlap_queue_runs_after_the_one_before_it),
        cmocka_unit_test(overlap_replace_ends_the_one_before_it),
        cmocka_unit_test(overlap_replace_holds_over_a_restart),
        cmocka_unit_test(an_occurrence_that_failed_is_in_nobodys_way),
        cmocka_unit_test(a_crash_around_an_occurrence_neither_loses_nor_repeats_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
