// SPDX-License-Identifier: MIT
// What --down may say, and what is wrong with it.
#include "usher/downtimes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define AT_14 1614240000000 // Thu 25 Feb 2021, 14:00 in Thimphu
#define HOUR 3600000

static struct downtimes parsed(const char *said)
{
    struct downtimes d = {0};
    struct err e = {0};
    if (downtimes_parse(said, zone_find(TEXT("Asia/Thimphu"), NULL), &d, &e))
        fail_msg("%s: %s", said, e.text);
    return d;
}

static void is_from_to(struct downtime d, int64_t from, int64_t to)
{
    assert_int_equal(d.from.ms, from);
    assert_int_equal(d.to.ms, to);
}

static void is_refused(const char *said, const struct zone *zone, const char *sentence)
{
    struct downtimes d;
    struct err e = {0};
    assert_int_not_equal(downtimes_parse(said, zone, &d, &e), 0);
    assert_int_equal(err_exit_code(&e), 2);
    assert_string_equal(e.text, sentence);
}

static void two_moments_of_the_events_clock(void **state)
{
    struct downtimes d = parsed("2021-02-25 13:00..2021-02-26 14:00");
    assert_int_equal(d.n, 1);
    is_from_to(d.list[0], AT_14 - HOUR, AT_14 + 24 * HOUR);
    is_from_to(parsed("25 Feb 2021 16:00 Asia/Seoul .. 2021-02-25 14:00 Asia/Thimphu").list[0], AT_14 - HOUR,
        AT_14);
}

static void a_clock_alone_is_of_the_same_day_and_zone(void **state)
{
    is_from_to(parsed("2021-02-25 13:00..14:00").list[0], AT_14 - HOUR, AT_14);
    is_from_to(parsed("2021-02-25 16:00 Asia/Seoul..17:00").list[0], AT_14 - HOUR, AT_14);
}

static void several_are_put_in_order(void **state)
{
    struct downtimes d = parsed("2021-02-25 15:00..16:00; 2021-02-25 13:00..14:00");
    assert_int_equal(d.n, 2);
    is_from_to(d.list[0], AT_14 - HOUR, AT_14);
    is_from_to(d.list[1], AT_14 + HOUR, AT_14 + 2 * HOUR);
}

static void what_is_no_time_is_a_sentence(void **state)
{
    const struct zone *z = zone_find(TEXT("Asia/Thimphu"), NULL);
    is_refused("tomorrow", z,
        "--down: write from when to when, as in \"2021-02-24 13:00..18:00\", not 'tomorrow'");
    is_refused("2021-02-25 13:00..13:00", z, "--down: '2021-02-25 13:00..13:00' ends before it begins");
    is_refused("2021-02-25 13:00..14:00;2021-02-25 13:30..15:00", z,
        "--down: two of these times overlap: write them as one");
}

static void there_is_a_limit(void **state)
{
    struct buf said;
    buf_init(&said, 4096);
    for (int day = 1; day <= DOWNTIMES_MAX + 1; day++)
        buf_addf(&said, "%s2021-02-%02d 13:00..14:00", day > 1 ? ";" : "", day);
    is_refused(buf_z(&said), zone_find(TEXT("Asia/Thimphu"), NULL), "--down: more than 20 times");
    buf_release(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_moments_of_the_events_clock),
        cmocka_unit_test(a_clock_alone_is_of_the_same_day_and_zone),
        cmocka_unit_test(several_are_put_in_order),
        cmocka_unit_test(what_is_no_time_is_a_sentence),
        cmocka_unit_test(there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
