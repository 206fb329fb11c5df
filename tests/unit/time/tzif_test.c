// SPDX-License-Identifier: MIT
#include "time/tzif.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct tz_rule rule(const char *text)
{
    struct tz_rule r;
    assert_int_equal(tz_rule_parse(text_of(text), &r, NULL), 0);
    return r;
}

static void a_rule_without_saving_holds_for_ever(void **state)
{
    struct tz_rule r = rule("<+0545>-5:45");
    struct tz_period p = tz_rule_period(&r, 0);
    assert_int_equal(p.type->offset, 20700);
    assert_string_equal(p.type->abbr, "+0545");
    assert_true(p.begin == INT64_MIN && p.end == INT64_MAX);
}

static void a_rule_changes_twice_a_year(void **state)
{
    struct tz_rule r = rule("EST5EDT,M3.2.0,M11.1.0");
    struct tz_period p = tz_rule_period(&r, 1805007600); // 2027-03-14 03:00 in New York
    assert_int_equal(p.begin, 1805007600);
    assert_int_equal(p.end, 1825567200);
    assert_true(p.type->dst);
    assert_int_equal(tz_rule_period(&r, 1805007599).type->offset, -18000);
}

static void the_saving_half_may_be_the_winter(void **state)
{
    struct tz_rule r = rule("IST-1GMT0,M10.5.0,M3.5.0/1");
    assert_string_equal(tz_rule_period(&r, 1800000000).type->abbr, "GMT"); // January 2027
    assert_string_equal(tz_rule_period(&r, 1815000000).type->abbr, "IST"); // July 2027
}

static void saving_may_last_all_year(void **state)
{
    struct tz_rule r = rule("XXX3EDT4,0/0,J365/23");
    for (int64_t at = 1798761600 - 20000; at < 1798761600 + 20000; at += 100)
        assert_string_equal(tz_rule_period(&r, at).type->abbr, "EDT");
}

static void broken_rules_are_refused(void **state)
{
    const char *const wrong[] = {"", "E5", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,J0,J365", "EST5EDT,M3.2.0/168,M11.1.0", "EST5 ", "<+06-6",
        "EST25"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct tz_rule r;
        assert_int_equal(tz_rule_parse(text_of(wrong[i]), &r, NULL), -ERR_INPUT);
    }
}

// A version 1 file: one change at 1000 from UTC to UTC+1.
static const char small[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\2\0\0\0\10"
                            "\0\0\3\350\1\0\0\0\0\0\0\0\0\16\20\1\4UTC\0CET";

static void a_small_file_is_read(void **state)
{
    struct tzif z;
    assert_int_equal(tzif_read((struct text){small, sizeof small}, &z, NULL), 0);
    assert_int_equal(tzif_period(&z, 999).type->offset, 0);
    assert_int_equal(tzif_period(&z, 1000).type->offset, 3600);
    assert_string_equal(tzif_period(&z, 1000).type->abbr, "CET");
    tzif_release(&z);
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    for (size_t len = 0; len < sizeof small; len++) {
        struct err e = {0};
        struct tzif z;
        assert_int_equal(tzif_read((struct text){small, len}, &z, &e), -ERR_INPUT);
        assert_true(e.text[0]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_without_saving_holds_for_ever),
        cmocka_unit_test(a_rule_changes_twice_a_year),
        cmocka_unit_test(the_saving_half_may_be_the_winter),
        cmocka_unit_test(saving_may_last_all_year),
        cmocka_unit_test(broken_rules_are_refused),
        cmocka_unit_test(a_small_file_is_read),
        cmocka_unit_test(a_file_cut_anywhere_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
