// SPDX-License-Identifier: MIT
#include "time/calendar.h"
#include "time/span.h"
#include "time/wall.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void spans_are_exact_or_by_the_calendar(void **state)
{
    struct span s;
    assert_int_equal(span_parse(TEXT("1h30m"), &s, NULL), 0);
    assert_int_equal(s.ms, 90 * MINUTE_MS);
    assert_false(span_is_calendar(&s));
    assert_int_equal(span_parse(TEXT("-2 weeks 1 day"), &s, NULL), 0);
    assert_int_equal(s.days, -15);
    assert_int_equal(span_parse(TEXT("2 working days"), &s, NULL), 0);
    assert_int_equal(s.working_days, 2);
}

static void spans_are_refused_with_what_to_write(void **state)
{
    const char *const wrong[] = {"", "h", "3", "3 daze", "2 working hours", "99999999 h", "1.5h", "3 days,",
        "200 years"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct span s;
        struct err e = {0};
        assert_int_equal(span_parse(text_of(wrong[i]), &s, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
    struct err e = {0};
    int64_t ms;
    assert_int_equal(span_exact_ms(TEXT("1 day"), &ms, &e), -ERR_INPUT);
    assert_non_null(strstr(e.text, "write 24h for a day"));
    assert_int_equal(span_elapsed_ms(TEXT("2 days"), &ms, NULL), 0);
    assert_int_equal(ms, 2 * DAY_MS);
}

static void spans_are_written_for_people(void **state)
{
    char text[SPAN_TEXT_MAX];
    struct span s = {.ms = 90 * MINUTE_MS, .days = 3};
    assert_string_equal(span_print(&s, text), "3 days 1 h 30 min");
    assert_string_equal(span_print_ms(90 * MINUTE_MS, text), "1 h 30 min");
    assert_string_equal(span_print_ms(49 * HOUR_MS, text), "2 days 1 h");
    assert_string_equal(span_print_ms(-5 * SECOND_MS, text), "-5 s");
    assert_string_equal(span_print_ms(0, text), "0 s");
}

static const char bhutan[] = "# Bhutan\n"
                             "source: the yearly list\n"
                             "zone: Asia/Thimphu\r\n"
                             "\n"
                             "2021-02-12 Losar\n"
                             "2021-02-21..2021-02-23 Birthday";

static void a_holiday_file_is_read(void **state)
{
    struct calendar c;
    calendar_init(&c);
    assert_int_equal(calendar_read(&c, TEXT(bhutan), NULL), 0);
    assert_string_equal(c.source, "the yearly list");
    assert_string_equal(c.zone, "Asia/Thimphu");
    assert_int_equal(c.holidays_n, 4);
    assert_string_equal(calendar_holiday(&c, civil_day(2021, 2, 22))->name, "Birthday");
    assert_false(calendar_works(&c, civil_day(2021, 2, 22)));
    assert_true(calendar_works(&c, civil_day(2021, 2, 24)));
    assert_true(calendar_knows(&c, 2021));
    assert_false(calendar_knows(&c, 2022));
    calendar_release(&c);
}

static void a_wrong_line_is_named(void **state)
{
    struct calendar c;
    struct err e = {0};
    calendar_init(&c);
    assert_int_equal(calendar_read(&c, TEXT("2021-02-12 Losar\n12 Feb\n"), &e), -ERR_INPUT);
    assert_memory_equal(e.text, "line 2: holiday \"12\"", 20);
    assert_int_equal(calendar_add(&c, TEXT("2021-02-23..2021-02-21"), &e), -ERR_INPUT);
    calendar_release(&c);
}

static void a_week_without_work_ends_the_search(void **state)
{
    struct calendar c;
    struct err e = {0};
    int64_t day;
    calendar_init(&c);
    assert_int_equal(calendar_set_weekend(&c, TEXT("mon tue wed thu fri sat sun"), NULL), 0);
    assert_int_equal(calendar_shift(&c, 0, 1, &day, &e), -ERR_INPUT);
    assert_int_equal(calendar_set_weekend(&c, TEXT("fri, sat"), NULL), 0);
    assert_true(calendar_is_weekend(&c, civil_day(2026, 3, 20)));
    assert_int_equal(calendar_set_weekend(&c, TEXT("none"), NULL), 0);
    assert_false(calendar_is_weekend(&c, civil_day(2026, 3, 21)));
    calendar_release(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spans_are_exact_or_by_the_calendar),
        cmocka_unit_test(spans_are_refused_with_what_to_write),
        cmocka_unit_test(spans_are_written_for_people),
        cmocka_unit_test(a_holiday_file_is_read),
        cmocka_unit_test(a_wrong_line_is_named),
        cmocka_unit_test(a_week_without_work_ends_the_search),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
