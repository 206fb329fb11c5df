// SPDX-License-Identifier: MIT
#include "time/phrase.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct when event;
static struct calendar work;

static int set_up(void **state)
{
    calendar_init(&work);
    assert_int_equal(when_parse(TEXT("Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu"), NULL, &event, NULL), 0);
    assert_int_equal(calendar_add(&work, TEXT("2021-02-12 Losar"), NULL), 0);
    assert_int_equal(calendar_add(&work, TEXT("2021-02-22..2021-02-23 Birthday"), NULL), 0);
    return 0;
}

static int tear_down(void **state)
{
    calendar_release(&work);
    return 0;
}

static int resolve(const char *words, struct moment *m, struct err *e)
{
    struct phrase p;
    int rc = phrase_parse(text_of(words), &p, e);
    return rc ? rc : phrase_resolve(&p, &event, &work, m, e);
}

static void assert_means(const char *words, const char *wall, const char *zone)
{
    struct moment m;
    struct err e = {0};
    char text[WALL_TEXT_MAX];
    int rc = resolve(words, &m, &e);
    assert_string_equal(e.text, "");
    assert_int_equal(rc, 0);
    assert_string_equal(wall_print(m.wall, text), wall);
    assert_string_equal(zone_name(m.zone), zone);
}

static void assert_refused(const char *words, const char *sentence)
{
    struct moment m;
    struct err e = {0};
    assert_int_equal(resolve(words, &m, &e), -ERR_INPUT);
    assert_string_equal(e.text, sentence);
}

static void phrases_count_from_the_event(void **state)
{
    assert_means("3 days before, 09:00", "2021-02-22 09:00", "Asia/Thimphu");
    assert_means("3 days before at 09:00", "2021-02-22 09:00", "Asia/Thimphu");
    assert_means("1 working day before at 16:00", "2021-02-24 16:00", "Asia/Thimphu");
    assert_means("2 working days before, 09:00", "2021-02-19 09:00", "Asia/Thimphu");
    assert_means("10 working days before, 09:00", "2021-02-08 09:00", "Asia/Thimphu");
    assert_means("1 month before", "2021-01-25 14:00", "Asia/Thimphu");
    assert_means("1h30m before", "2021-02-25 12:30", "Asia/Thimphu");
    assert_means("30 minutes before the start", "2021-02-25 13:30", "Asia/Thimphu");
    assert_means("2h after end", "2021-02-25 18:30", "Asia/Thimphu");
    assert_means("1 day after the end at 10:00", "2021-02-26 10:00", "Asia/Thimphu");
    assert_means("the Monday after, 10:00", "2021-03-01 10:00", "Asia/Thimphu");
    assert_means("the Thursday before", "2021-02-18 14:00", "Asia/Thimphu");
    assert_means("on the day at 08:00", "2021-02-25 08:00", "Asia/Thimphu");
    assert_means("at the end", "2021-02-25 16:30", "Asia/Thimphu");
    assert_means("at start", "2021-02-25 14:00", "Asia/Thimphu");
    assert_means("after end at 18:00", "2021-02-25 18:00", "Asia/Thimphu");
}

static void a_zone_behind_the_time_is_where_it_is_read(void **state)
{
    assert_means("1 working day before at 09:00 America/New_York", "2021-02-24 09:00", "America/New_York");
}

static void a_date_of_its_own_is_a_phrase_too(void **state)
{
    assert_means("2021-02-20 10:00", "2021-02-20 10:00", "Asia/Thimphu");
    assert_means("Sat 20 Feb 2021, 10:00 Asia/Seoul", "2021-02-20 10:00", "Asia/Seoul");
    assert_refused("Sun 20 Feb 2021 10:00", "\"Sun 20 Feb 2021 10:00\": 20 Feb 2021 is a Sat, not a Sun");
}

static void wrong_words_are_named_with_their_column(void **state)
{
    assert_refused("3 days befor", "\"3 days befor\": expected before or after at column 8");
    assert_refused("3 days before noon",
        "\"3 days before noon\": expected \"at 09:00\" or the end at column 15");
    assert_refused("1h before at 09:00", "\"1h before at 09:00\": an exact span takes no time of day, at "
                                         "column 14: write days, or leave the time out");
    assert_refused("3 fortnights before",
        "\"3 fortnights before\": \"fortnights\" is no unit of time: write s, min, h, days, weeks, months or "
        "working days");
    assert_refused("on the day", "\"on the day\": expected \"at 09:00\" at column 11");
}

static void before_means_before(void **state)
{
    assert_refused("on the day at 15:00", "2021-02-25 15:00 is not before the start, 2021-02-25 14:00");
    assert_refused("after end at 16:30", "2021-02-25 16:30 is not after the end, 2021-02-25 16:30");
}

static void a_list_without_the_year_is_pointed_out(void **state)
{
    struct moment m;
    struct phrase p;
    struct when later;
    assert_int_equal(when_parse(TEXT("2027-02-25 14:00 Asia/Thimphu"), NULL, &later, NULL), 0);
    assert_int_equal(phrase_parse(TEXT("2 working days before"), &p, NULL), 0);
    assert_int_equal(phrase_resolve(&p, &later, &work, &m, NULL), 0);
    assert_string_equal(m.note, "no holidays known for 2027");
}

static void a_day_is_not_24_hours_when_clocks_change(void **state)
{
    struct when ny = {0};
    struct phrase day, hours;
    struct moment a, b;
    assert_int_equal(when_parse(TEXT("2027-03-14 14:00 America/New_York"), NULL, &ny, NULL), 0);
    assert_int_equal(phrase_parse(TEXT("1 day before"), &day, NULL), 0);
    assert_int_equal(phrase_parse(TEXT("24h before"), &hours, NULL), 0);
    assert_int_equal(phrase_resolve(&day, &ny, &work, &a, NULL), 0);
    assert_int_equal(phrase_resolve(&hours, &ny, &work, &b, NULL), 0);
    assert_int_equal(instant_since(a.at, b.at), HOUR_MS);
}

static void assert_when(const char *text, const char *starts, const char *ends)
{
    struct when w;
    struct err e = {0};
    char wall[WALL_TEXT_MAX];
    when_parse(text_of(text), NULL, &w, &e);
    assert_string_equal(e.text, "");
    assert_string_equal(wall_print(w.starts.wall, wall), starts);
    assert_string_equal(wall_print(w.ends.wall, wall), ends);
}

static void event_times_are_read_as_people_write_them(void **state)
{
    assert_when("Thu 25 Feb 2021 14:00 - 16:30 Asia/Thimphu", "2021-02-25 14:00", "2021-02-25 16:30");
    assert_when("25 Feb 2021, 14:00~16:30 Asia/Thimphu", "2021-02-25 14:00", "2021-02-25 16:30");
    assert_when("2021-02-25 14:00\xe2\x80\x93"
                "16:30 Asia/Thimphu",
        "2021-02-25 14:00", "2021-02-25 16:30");
    assert_when("2021-02-25 22:00 - 2021-02-26 02:00 Asia/Manila", "2021-02-25 22:00", "2021-02-26 02:00");
    assert_when("2021-02-25T14:00 Asia/Thimphu", "2021-02-25 14:00", "2021-02-25 14:00");
}

static void event_times_that_mean_nothing_are_refused(void **state)
{
    const char *const wrong[] = {"2021-02-25 14:00", "2021-02-25 14:00-13:00 Asia/Thimphu",
        "25/02/2021 14:00 Asia/Thimphu", "2021-02-25 14:00 +06:00", "2021-02-25 14:00-16:30 Asia/Thimphu x",
        "2027-03-14 02:30 America/New_York", "2021-02-25", "14:00 Asia/Thimphu",
        "2021-02-25 14 Asia/Thimphu"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct when w;
        struct err e = {0};
        assert_int_equal(when_parse(text_of(wrong[i]), NULL, &w, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(phrases_count_from_the_event),
        cmocka_unit_test(a_zone_behind_the_time_is_where_it_is_read),
        cmocka_unit_test(a_date_of_its_own_is_a_phrase_too),
        cmocka_unit_test(wrong_words_are_named_with_their_column),
        cmocka_unit_test(before_means_before),
        cmocka_unit_test(a_list_without_the_year_is_pointed_out),
        cmocka_unit_test(a_day_is_not_24_hours_when_clocks_change),
        cmocka_unit_test(event_times_are_read_as_people_write_them),
        cmocka_unit_test(event_times_that_mean_nothing_are_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
