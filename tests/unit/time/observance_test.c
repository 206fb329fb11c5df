// SPDX-License-Identifier: MIT
#include "time/observance.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define MOST 40

static struct observance list[MOST];

static const struct zone *zone(const char *name)
{
    const struct zone *z = zone_find(text_of(name), NULL);
    assert_non_null(z);
    return z;
}

static struct instant utc(const char *text)
{
    struct wall w;
    assert_int_equal(wall_parse(text_of(text), &w, NULL), 0);
    return (struct instant){w.seconds * SECOND_MS};
}

static int observances(const char *name, const char *from, const char *to)
{
    return zone_observances(zone(name), utc(from), utc(to), list, MOST, NULL);
}

static void assert_observance(int i, const char *at, const char *onset, int before, int behind, bool dst,
    const char *rule)
{
    char text[WALL_TEXT_MAX];
    assert_int_equal(list[i].at.ms, utc(at).ms);
    assert_string_equal(wall_print(list[i].onset, text), onset);
    assert_int_equal(list[i].before, before * 3600);
    assert_int_equal(list[i].behind, behind * 3600);
    assert_int_equal(list[i].dst, dst);
    assert_string_equal(list[i].rule, rule);
}

static void a_zone_without_summer_time_has_one(void **state)
{
    assert_int_equal(observances("Asia/Thimphu", "2021-02-25 08:00", "2021-02-25 10:30"), 1);
    assert_int_equal(list[0].behind, 6 * 3600);
    assert_false(list[0].dst);
    assert_string_equal(list[0].rule, "");
    assert_string_equal(list[0].abbr, "+06");
}

static void an_event_in_february_needs_the_standard_time_of_november(void **state)
{
    assert_int_equal(observances("America/New_York", "2021-02-25 14:00", "2021-02-25 16:00"), 1);
    assert_observance(0, "2020-11-01 06:00", "2020-11-01 02:00", -4, -5, false,
        "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU");
    assert_string_equal(list[0].abbr, "EST");
}

static void a_span_across_a_change_has_both_sides(void **state)
{
    assert_int_equal(observances("America/New_York", "2021-03-02 15:00", "2021-04-06 16:00"), 2);
    assert_observance(1, "2021-03-14 07:00", "2021-03-14 02:00", -5, -4, true,
        "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU");
}

static void what_begins_at_the_end_of_the_span_counts(void **state)
{
    assert_int_equal(observances("America/New_York", "2021-03-14 06:59", "2021-03-14 07:00"), 2);
    assert_int_equal(observances("America/New_York", "2021-03-14 06:59", "2021-03-14 06:59"), 1);
    assert_int_equal(observances("America/New_York", "2021-03-14 07:00", "2021-03-14 07:00"), 1);
}

static void the_last_sunday_is_told_from_the_fourth(void **state)
{
    assert_int_equal(observances("Europe/Berlin", "2023-03-26 01:00", "2023-10-29 01:00"), 2);
    assert_string_equal(list[0].rule, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"); // 26 March is the fourth as well
    assert_string_equal(list[1].rule, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU");
}

static void a_zone_south_of_the_equator_has_its_summer_over_new_year(void **state)
{
    assert_int_equal(observances("Australia/Sydney", "2026-12-01 00:00", "2027-05-01 00:00"), 2);
    assert_observance(0, "2026-10-03 16:00", "2026-10-04 02:00", 10, 11, true,
        "FREQ=YEARLY;BYMONTH=10;BYDAY=1SU");
    assert_observance(1, "2027-04-03 16:00", "2027-04-04 03:00", 11, 10, false,
        "FREQ=YEARLY;BYMONTH=4;BYDAY=1SU");
}

// Ramadan moves; neither what follows Cairo's last Thursday at 24:00 nor the Friday before Jerusalem's last
// Sunday is a weekday of a month by its number.
static void a_zone_without_a_simple_rule_has_none(void **state)
{
    assert_int_equal(observances("Africa/Casablanca", "2026-01-01 00:00", "2027-01-01 00:00"), 3);
    for (int i = 0; i < 3; i++) assert_string_equal(list[i].rule, "");
    assert_int_equal(observances("Africa/Cairo", "2026-01-01 00:00", "2027-01-01 00:00"), 3);
    assert_string_equal(list[1].rule, "FREQ=YEARLY;BYMONTH=4;BYDAY=-1FR");
    assert_string_equal(list[2].rule, "");
    assert_int_equal(observances("Asia/Jerusalem", "2026-01-01 00:00", "2027-01-01 00:00"), 3);
    assert_string_equal(list[1].rule, "");
    assert_string_equal(list[2].rule, "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU");
}

// Until 2006 America changed on other Sundays: what held then came back for a few years only.
static void a_rule_that_has_ended_is_none(void **state)
{
    assert_int_equal(observances("America/New_York", "2005-01-01 00:00", "2005-12-31 00:00"), 3);
    for (int i = 0; i < 3; i++) assert_string_equal(list[i].rule, "");
}

static void what_has_no_beginning_says_so(void **state)
{
    assert_int_equal(observances("UTC", "2021-01-01 00:00", "2021-12-31 00:00"), 1);
    assert_int_equal(list[0].at.ms, INT64_MIN);
    assert_int_equal(list[0].before, list[0].behind);
}

static void more_than_fit_are_an_error(void **state)
{
    struct err e = {0};
    assert_int_equal(zone_observances(zone("America/New_York"), utc("2021-01-01 00:00"),
                         utc("2051-01-01 00:00"), list, MOST, &e),
        -ERR_LIMIT);
    assert_string_equal(e.text, "the clocks of America/New_York change more than 40 times then");
}

// Whatever the zone: one follows the other, and each offset is the one that usher reads there.
static void observances_tell_every_offset_of_the_span(void **state)
{
    const char *const names[] = {"America/New_York", "Europe/Dublin", "Africa/Casablanca", "Africa/Cairo",
        "Australia/Lord_Howe", "Asia/Jerusalem", "America/Nuuk", "Asia/Thimphu", "Pacific/Apia"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int n = observances(names[i], "2026-01-01 00:00", "2029-01-01 00:00"), k = 0;
        assert_true(n > 0);
        struct instant end = utc("2029-01-01 00:00");
        for (struct instant at = utc("2026-01-01 00:00"); at.ms <= end.ms; at.ms += 3600 * SECOND_MS) {
            while (k + 1 < n && list[k + 1].at.ms <= at.ms) k++;
            assert_int_equal(list[k].behind, zone_local(zone(names[i]), at).offset);
            if (k) assert_int_equal(list[k].before, list[k - 1].behind);
        }
        assert_int_equal(k, n - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_without_summer_time_has_one),
        cmocka_unit_test(an_event_in_february_needs_the_standard_time_of_november),
        cmocka_unit_test(a_span_across_a_change_has_both_sides),
        cmocka_unit_test(what_begins_at_the_end_of_the_span_counts),
        cmocka_unit_test(the_last_sunday_is_told_from_the_fourth),
        cmocka_unit_test(a_zone_south_of_the_equator_has_its_summer_over_new_year),
        cmocka_unit_test(a_zone_without_a_simple_rule_has_none),
        cmocka_unit_test(a_rule_that_has_ended_is_none),
        cmocka_unit_test(what_has_no_beginning_says_so),
        cmocka_unit_test(more_than_fit_are_an_error),
        cmocka_unit_test(observances_tell_every_offset_of_the_span),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
