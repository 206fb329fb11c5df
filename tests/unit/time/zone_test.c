// SPDX-License-Identifier: MIT
#include "time/moment.h"

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

static struct wall wall(const char *text)
{
    struct wall w;
    assert_int_equal(wall_parse(text_of(text), &w, NULL), 0);
    return w;
}

static void a_zone_reads_both_ways(void **state)
{
    struct instant at;
    char text[WALL_TEXT_MAX];
    assert_int_equal(zone_resolve(zone("Asia/Thimphu"), wall("2021-02-25 14:00"), ZONE_STRICT, &at, NULL), 0);
    assert_int_equal(at.ms, INT64_C(1614240000000));
    assert_string_equal(wall_print(zone_local(zone("Asia/Seoul"), at).wall, text), "2021-02-25 17:00");
    assert_string_equal(wall_print(zone_local(zone("America/New_York"), at).wall, text), "2021-02-25 03:00");
}

static void a_gap_names_both_readings(void **state)
{
    struct instant at;
    struct err e = {0};
    const struct zone *z = zone("America/New_York");
    assert_int_equal(zone_resolve(z, wall("2027-03-14 02:30"), ZONE_STRICT, &at, &e), -ERR_INPUT);
    assert_string_equal(e.text,
        "2027-03-14 02:30 does not exist in America/New_York: clocks go from 02:00 (UTC-5) to 03:00 (UTC-4) "
        "that "
        "night.\n"
        "   write 03:30, or add  clock = \"later\" (03:30, UTC-4)  |  clock = \"earlier\" (01:30, UTC-5)");
}

static void an_overlap_names_both_instants(void **state)
{
    struct instant at;
    struct err e = {0};
    const struct zone *z = zone("America/New_York");
    assert_int_equal(zone_resolve(z, wall("2027-11-07 01:30"), ZONE_STRICT, &at, &e), -ERR_INPUT);
    assert_string_equal(e.text,
        "2027-11-07 01:30 happens twice in America/New_York: 01:30 UTC-4 (05:30 UTC) and 01:30 UTC-5 (06:30 "
        "UTC).\n"
        "   add  clock = \"earlier\"  |  clock = \"later\"");
    assert_int_equal(zone_resolve(z, wall("2027-11-07 01:30"), ZONE_LATER, &at, NULL), 0);
    assert_true(moment_of(z, at).second);
}

static void a_missing_day_is_a_gap_too(void **state)
{
    struct zone_meaning m = zone_meaning(zone("Pacific/Apia"), wall("2011-12-30 09:00"));
    assert_int_equal(m.kind, ZONE_GAP);
    assert_int_equal(m.behind - m.before, DAY_SECONDS);
}

static void derived_times_say_what_was_decided(void **state)
{
    struct moment m;
    assert_int_equal(moment_at(zone("America/New_York"), wall("2027-03-14 02:30"), ZONE_COMPATIBLE, &m, NULL),
        0);
    assert_string_equal(m.note, "02:30 does not exist on 14 Mar; 03:30 (UTC-4) taken");
}

static void a_stored_moment_is_worked_out_again(void **state)
{
    struct moment m;
    assert_int_equal(moment_resolve(TEXT("2027-11-07 01:30"), TEXT("America/New_York"), TEXT("later"), &m,
                         NULL),
        0);
    assert_int_equal(m.at.ms, INT64_C(1825569000000));
    assert_int_equal(moment_resolve(TEXT("2027-11-07 01:30"), TEXT("America/New_York"), TEXT("noon"), &m,
                         NULL),
        -ERR_INPUT);
}

static void assert_refused(const char *name, const char *sentence)
{
    struct err e = {0};
    assert_null(zone_find(text_of(name), &e));
    assert_string_equal(e.text, sentence);
}

static void unknown_zones_are_answered_with_the_nearest(void **state)
{
    assert_refused("Asia/Thimpu", "unknown time zone \"Asia/Thimpu\" (did you mean Asia/Thimphu?)");
    assert_refused("thimphu", "unknown time zone \"thimphu\" (did you mean Asia/Thimphu?)");
    assert_refused("New York", "unknown time zone \"New York\" (did you mean America/New_York?)");
    assert_refused("asia/seoul", "unknown time zone \"asia/seoul\" (did you mean Asia/Seoul?)");
}

static void abbreviations_are_refused(void **state)
{
    assert_refused("BTT",
        "\"BTT\" is not a zone name; abbreviations are ambiguous. Use a place: Asia/Thimphu");
    assert_refused("GMT+6",
        "\"GMT+6\" is not a zone name; abbreviations are ambiguous. Use a place: Asia/Thimphu");
}

static void a_name_leads_nowhere_else(void **state)
{
    const char *const names[] = {"", "/etc/passwd", "../../etc/passwd", "Asia/../Asia/Seoul",
        "posix/Asia/Seoul", "right/Asia/Seoul", "posixrules", "localtime", "tzdata.zi", "Asia//Seoul",
        "Asia/Seoul/", "Asia", "Asia/Seoul;rm", "zone.tab", "leapseconds", "Asia/Seoul\n", "+VERSION"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct err e = {0};
        assert_null(zone_find(text_of(names[i]), &e));
        assert_true(e.text[0]);
    }
    assert_null(zone_find((struct text){"Asia/Seoul\0x", 12}, NULL));
}

static void offsets_and_places_are_for_people(void **state)
{
    char text[WALL_TEXT_MAX], place[ZONE_WORD_MAX];
    assert_string_equal(offset_print(21600, text), "UTC+6");
    assert_string_equal(offset_print(20700, text), "UTC+5:45");
    assert_string_equal(offset_print(-14400, text), "UTC-4");
    assert_string_equal(offset_print(-1800, text), "UTC-0:30");
    assert_string_equal(offset_print(0, text), "UTC");
    assert_string_equal(zone_place(zone("America/New_York"), place), "New York");
    assert_string_equal(zone_place(zone("America/Argentina/Buenos_Aires"), place), "Buenos Aires");
}

static void a_zone_asked_twice_is_the_same(void **state)
{
    assert_ptr_equal(zone("Asia/Manila"), zone("Asia/Manila"));
    assert_int_equal(zone_reload(), 0);
    assert_true(zone_release()[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_zone_reads_both_ways),
        cmocka_unit_test(a_gap_names_both_readings),
        cmocka_unit_test(an_overlap_names_both_instants),
        cmocka_unit_test(a_missing_day_is_a_gap_too),
        cmocka_unit_test(derived_times_say_what_was_decided),
        cmocka_unit_test(a_stored_moment_is_worked_out_again),
        cmocka_unit_test(unknown_zones_are_answered_with_the_nearest),
        cmocka_unit_test(abbreviations_are_refused),
        cmocka_unit_test(a_name_leads_nowhere_else),
        cmocka_unit_test(offsets_and_places_are_for_people),
        cmocka_unit_test(a_zone_asked_twice_is_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
