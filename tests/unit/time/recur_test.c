// SPDX-License-Identifier: MIT
#include "time/cron.h"
#include "time/recur.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const struct zone *zone(const char *name)
{
    const struct zone *z = zone_find(text_of(name), NULL);
    assert_non_null(z);
    return z;
}

static void assert_firings(const char *expr, const char *place, const char *after, const char *const *walls,
    int n)
{
    struct cron c;
    struct moment m;
    char text[WALL_TEXT_MAX];
    assert_int_equal(cron_parse(text_of(expr), &c, NULL), 0);
    assert_int_equal(moment_resolve(text_of(after), text_of(place), TEXT(""), &m, NULL), 0);
    for (int i = 0; i < n; i++) {
        assert_int_equal(cron_next(&c, m.zone, m.at, &m.at, NULL), 0);
        assert_string_equal(wall_print(zone_local(m.zone, m.at).wall, text), walls[i]);
    }
}

static void a_fixed_time_in_a_gap_moves_forward_once(void **state)
{
    const char *const walls[] = {"2027-03-14 03:30", "2027-03-15 02:30"};
    assert_firings("30 2 * * *", "America/New_York", "2027-03-13 12:00", walls, 2);
}

static void times_around_a_gap_stay_in_order(void **state)
{
    const char *const walls[] = {"2027-03-14 01:30", "2027-03-14 03:00", "2027-03-14 03:30",
        "2027-03-15 01:00"};
    assert_firings("0,30 1-3 * * *", "America/New_York", "2027-03-14 01:00", walls, 4);
}

static void a_fixed_time_in_an_overlap_fires_once(void **state)
{
    const char *const walls[] = {"2027-11-07 01:30", "2027-11-08 01:30"};
    assert_firings("30 1 * * *", "America/New_York", "2027-11-06 12:00", walls, 2);
}

static void a_wildcard_follows_the_clock_through_both_passes(void **state)
{
    const char *const walls[] = {"2027-11-07 01:00", "2027-11-07 01:30", "2027-11-07 01:00",
        "2027-11-07 01:30", "2027-11-07 02:00"};
    assert_firings("*/30 * * * *", "America/New_York", "2027-11-07 00:30", walls, 5);
}

static void two_day_fields_match_either(void **state)
{
    const char *const walls[] = {"2021-02-05 09:00", "2021-02-12 09:00", "2021-02-13 09:00"};
    assert_firings("0 9 13 * FRI", "UTC", "2021-02-01 00:00", walls, 3);
}

static void wrong_expressions_are_refused(void **state)
{
    const char *const wrong[] = {"", "* * * *", "* * * * * *", "60 * * * *", "* 24 * * *", "* * 0 * *",
        "* * * 13 *", "* * * * 8", "5-1 * * * *", "5-0 * * * *", "*/0 * * * *", "5/15 * * * *",
        "1,,2 * * * *", "@daily", "* * L * *", "* * * * mond", "-1 * * * *", "* * * * 5#2", "1- * * * *",
        "** * * * *"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct cron c;
        struct err e = {0};
        assert_int_equal(cron_parse(text_of(wrong[i]), &c, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
}

// Every Sunday 12 March is the day on which New York's clocks jump from 02:00 to 03:00.
static void a_wildcard_rule_whose_readings_are_all_in_gaps_says_so(void **state)
{
    struct cron c;
    struct err e = {0};
    struct instant next;
    assert_int_equal(cron_parse(TEXT("* 2 12 3 */42"), &c, NULL), 0);
    assert_int_equal(cron_next(&c, zone("America/New_York"), (struct instant){1804999000000}, &next, &e),
        -ERR_INPUT);
    assert_int_equal(cron_next(&c, zone("Asia/Thimphu"), (struct instant){1804999000000}, &next, &e), 0);
}

static void what_never_fires_says_so(void **state)
{
    struct cron c;
    struct err e = {0};
    struct instant next;
    assert_int_equal(cron_parse(TEXT("0 0 30 2 *"), &c, NULL), 0);
    assert_int_equal(cron_next(&c, zone("Asia/Thimphu"), (struct instant){0}, &next, &e), -ERR_INPUT);
    assert_string_equal(e.text, "the schedule never fires: no date matches within 400 years");
}

static void every_reads_plain_words(void **state)
{
    const char *const right[] = {"day 09:00", "weekday 09:00", "Monday at 09:00", "tue, 10:30", "15 minutes",
        "2 hours", "24h"};
    const char *const wrong[] = {"", "day", "7 minutes", "5 hours", "3 days", "90 min", "month 09:00",
        "day 09:00 x", "day 25:00"};
    struct cron c;
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(every_parse(text_of(right[i]), &c, NULL), 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(every_parse(text_of(wrong[i]), &c, NULL), -ERR_INPUT);
}

static int expand(const char *text, const char *place, const char *starts, struct moment *out, int limit,
    struct err *e)
{
    struct recur rule;
    struct recur_series s = {.rule = &rule, .zone = zone(place)};
    assert_int_equal(wall_parse(text_of(starts), &s.starts, NULL), 0);
    int rc = recur_parse(text_of(text), &rule, e);
    return rc ? rc : recur_list(&s, out, limit, e);
}

static void a_series_ends_at_its_count(void **state)
{
    struct moment list[20];
    char text[WALL_TEXT_MAX];
    int n = expand("FREQ=MONTHLY;BYDAY=-1TU;COUNT=3", "Asia/Thimphu", "2021-01-26 10:00", list, 20, NULL);
    assert_int_equal(n, 3);
    assert_string_equal(wall_print(list[2].wall, text), "2021-03-30 10:00");
}

static void a_time_in_a_gap_is_shifted_and_counts(void **state)
{
    struct moment list[20];
    char text[WALL_TEXT_MAX];
    int n = expand("FREQ=DAILY;COUNT=2", "America/New_York", "2027-03-14 02:30", list, 20, NULL);
    assert_int_equal(n, 2);
    assert_string_equal(wall_print(list[0].wall, text), "2027-03-14 03:30");
    assert_string_equal(wall_print(list[1].wall, text), "2027-03-15 02:30");
}

static void rules_against_the_rfc_are_refused(void **state)
{
    const char *const wrong[] = {"", "COUNT=3", "FREQ=FORTNIGHTLY", "FREQ=DAILY;FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;COUNT=3;UNTIL=20210430T120000Z",
        "FREQ=DAILY;UNTIL=20210431T120000Z", "FREQ=DAILY;UNTIL=20210430",
        "FREQ=WEEKLY;BYDAY=", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2TU", "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYMONTHDAY=0", "FREQ=MONTHLY;BYMONTHDAY=32", "FREQ=WEEKLY;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYYEARDAY=1", "FREQ=MONTHLY;BYWEEKNO=20", "FREQ=DAILY;BYMONTH=13",
        "FREQ=DAILY;BYMONTH=-1", "FREQ=DAILY;BYHOUR=24", "FREQ=DAILY;BYMINUTE=60", "FREQ=DAILY;BYSECOND=61",
        "FREQ=DAILY;BYSETPOS=1", "FREQ=DAILY;BYHOUR=1;BYSETPOS=0", "FREQ=DAILY;", "FREQ=DAILY COUNT=3",
        "FREQ=DAILY;X=1", "RRULE:FREQ=DAILY", "FREQ=DAILY;WKST=XX", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
        "FREQ=DAILY;SKIP=OMIT"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct recur r;
        struct err e = {0};
        assert_int_equal(recur_parse(text_of(wrong[i]), &r, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
}

static void rules_that_match_nothing_end(void **state)
{
    struct moment list[2];
    const char *const never[] = {"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MINUTELY;INTERVAL=2;BYMINUTE=1",
        "FREQ=MONTHLY;BYDAY=6MO", "FREQ=DAILY;BYSECOND=60"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        struct err e = {0};
        assert_int_equal(expand(never[i], "UTC", "2021-01-01 10:00", list, 2, &e), -ERR_INPUT);
        assert_non_null(strstr(e.text, "no date matches the rule within"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fixed_time_in_a_gap_moves_forward_once),
        cmocka_unit_test(times_around_a_gap_stay_in_order),
        cmocka_unit_test(a_fixed_time_in_an_overlap_fires_once),
        cmocka_unit_test(a_wildcard_follows_the_clock_through_both_passes),
        cmocka_unit_test(two_day_fields_match_either),
        cmocka_unit_test(wrong_expressions_are_refused),
        cmocka_unit_test(what_never_fires_says_so),
        cmocka_unit_test(a_wildcard_rule_whose_readings_are_all_in_gaps_says_so),
        cmocka_unit_test(every_reads_plain_words),
        cmocka_unit_test(a_series_ends_at_its_count),
        cmocka_unit_test(a_time_in_a_gap_is_shifted_and_counts),
        cmocka_unit_test(rules_against_the_rfc_are_refused),
        cmocka_unit_test(rules_that_match_nothing_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
