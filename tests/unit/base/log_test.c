// SPDX-License-Identifier: MIT
// One event, one line.
#include "base/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct buf seen;
static struct instant clock_at;

static void keep(void *ctx, struct text line)
{
    buf_addt(&seen, line);
}

static struct instant now(void *ctx)
{
    return clock_at;
}

static int set_up(void **state)
{
    buf_init(&seen, 1u << 20);
    log_set_sink(keep, NULL);
    log_set_clock(now, NULL);
    log_set_level(LOG_INFO);
    clock_at = (struct instant){INT64_C(1614236403120)};
    return 0;
}

static int tear_down(void **state)
{
    buf_release(&seen);
    log_set_sink(NULL, NULL);
    log_set_clock(NULL, NULL);
    return 0;
}

static void a_line_is_logfmt_with_utc_time(void **state)
{
    log_line(LOG_INFO, "mail sent", "flow", "42", "to", "P0042", NULL);
    assert_string_equal(buf_z(&seen), "2021-02-25T07:00:03.120Z info msg=\"mail sent\" flow=42 to=P0042\n");
}

static void dates_hold_before_1970_and_on_leap_days(void **state)
{
    clock_at = (struct instant){-1};
    log_line(LOG_WARN, "x", NULL);
    clock_at = (struct instant){INT64_C(951782400000)};
    log_line(LOG_ERROR, "x", NULL);
    assert_string_equal(buf_z(&seen),
        "1969-12-31T23:59:59.999Z warn msg=x\n2000-02-29T00:00:00.000Z error msg=x\n");
}

static void values_are_quoted_where_they_must_be(void **state)
{
    log_line(LOG_INFO, "x", "a", "", "b", "a=b", "c", "\"\\\n\x01", NULL);
    assert_non_null(strstr(buf_z(&seen), "a=\"\" b=\"a=b\" c=\"\\\"\\\\\\n\\x01\"\n"));
}

static void what_is_below_the_level_is_not_written(void **state)
{
    log_line(LOG_DEBUG, "x", NULL);
    assert_int_equal(seen.len, 0);
}

static void a_long_line_is_cut(void **state)
{
    char longer[10000];
    memset(longer, 'z', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    log_line(LOG_INFO, "x", "a", longer, "b", "c", NULL);
    assert_true(seen.len < 8300);
    assert_non_null(strstr(buf_z(&seen), "cut=yes\n"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_line_is_logfmt_with_utc_time),
        TEST(dates_hold_before_1970_and_on_leap_days),
        TEST(values_are_quoted_where_they_must_be),
        TEST(what_is_below_the_level_is_not_written),
        TEST(a_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
