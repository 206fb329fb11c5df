// SPDX-License-Identifier: MIT
#include "time/wall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void days_are_counted_both_ways(void **state)
{
    for (int64_t day = -800000; day < 3000000; day += 17) {
        struct civil c = day_civil(day);
        assert_int_equal(civil_day(c.year, c.month, c.day), day);
        assert_in_range(c.day, 1, month_days(c.year, c.month));
    }
    assert_int_equal(civil_day(1970, 1, 1), 0);
    assert_int_equal(civil_day(2021, 2, 25), 18683);
}

static void the_25th_of_february_2021_was_a_thursday(void **state)
{
    assert_int_equal(day_weekday(civil_day(2021, 2, 25)), 4);
    assert_int_equal(day_weekday(civil_day(1969, 12, 28)), 0);
}

static void months_clamp_to_their_last_day(void **state)
{
    assert_int_equal(day_add_months(civil_day(2021, 3, 31), -1), civil_day(2021, 2, 28));
    assert_int_equal(day_add_months(civil_day(2028, 3, 31), -1), civil_day(2028, 2, 29));
    assert_int_equal(day_add_months(civil_day(2021, 12, 15), 13), civil_day(2023, 1, 15));
}

static void a_wall_time_is_read_strictly(void **state)
{
    struct wall w;
    char text[WALL_TEXT_MAX];
    assert_int_equal(wall_parse(TEXT("2021-02-25T14:00:05"), &w, NULL), 0);
    assert_string_equal(wall_print(w, text), "2021-02-25 14:00:05");
    assert_int_equal(wall_parse(TEXT("2021-02-25 14:00"), &w, NULL), 0);
    assert_string_equal(wall_print(w, text), "2021-02-25 14:00");
    const char *const wrong[] = {"", "2021-2-5", "2021-13-01T10:00:00", "2021-02-29 10:00",
        "2021-02-25T24:00:00", "2021-02-25T10:60", "2021-02-25T10:00:60", "-2021-02-25 10:00",
        "0000-01-01 00:00", "2021-02-25 10:00Z", "2021-02-25  10:00", "2021-02-25", " 2021-02-25 10:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err e = {0};
        assert_int_equal(wall_parse(text_of(wrong[i]), &w, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
}

static int read_date(const char *text, int64_t *day, struct err *e)
{
    struct scan s = scan_of(text_of(text));
    return scan_date(&s, day, e);
}

static void dates_may_name_their_month_and_weekday(void **state)
{
    const char *const same[] = {"2021-02-25", "25 Feb 2021", "Thu 25 Feb 2021", "Thursday, 25 February 2021",
        "Thurs 25 feb 2021", "Thu 2021-02-25"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        int64_t day = 0;
        assert_int_equal(read_date(same[i], &day, NULL), 0);
        assert_int_equal(day, 18683);
    }
}

static void a_wrong_weekday_is_named(void **state)
{
    struct err e = {0};
    int64_t day;
    assert_int_equal(read_date("Fri 25 Feb 2021", &day, &e), -ERR_INPUT);
    assert_string_equal(e.text, "25 Feb 2021 is a Thu, not a Fri");
}

static void a_date_of_two_readings_is_refused(void **state)
{
    struct err e = {0};
    int64_t day;
    assert_int_equal(read_date("25/02/2021", &day, &e), -ERR_INPUT);
    assert_non_null(strstr(e.text, "write 2021-02-25 or 25 Feb 2021"));
    assert_int_equal(read_date("Feb 25, 2021", &day, &e), -ERR_INPUT);
    assert_non_null(strstr(e.text, "the day before the month"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_counted_both_ways),
        cmocka_unit_test(the_25th_of_february_2021_was_a_thursday),
        cmocka_unit_test(months_clamp_to_their_last_day),
        cmocka_unit_test(a_wall_time_is_read_strictly),
        cmocka_unit_test(dates_may_name_their_month_and_weekday),
        cmocka_unit_test(a_wrong_weekday_is_named),
        cmocka_unit_test(a_date_of_two_readings_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
