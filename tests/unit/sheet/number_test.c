// SPDX-License-Identifier: MIT
#include "sheet/number.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char *printed(const char *digits, struct number_format f, bool since_1904)
{
    static char text[200];
    struct buf out;
    buf_init(&out, sizeof text - 1);
    if (!number_print(text_of(digits), f, since_1904, &out)) buf_addz(&out, "(no number)");
    strcpy(text, buf_z(&out));
    buf_release(&out);
    return text;
}

#define plain(digits, shown) assert_string_equal(printed(digits, (struct number_format){0}, false), shown)
#define coded(digits, code, shown) \
    assert_string_equal(printed(digits, number_format_read(text_of(code)), false), shown)
#define numbered(digits, id, shown) assert_string_equal(printed(digits, number_format_of(id), false), shown)

static void a_whole_number_has_no_point(void **state)
{
    plain("3", "3");
    plain("3.0", "3");
    plain("-0", "-0"); // digits as they are: no program writes this one
    plain("-4.00", "-4");
    plain("1e2", "100");
}

static void a_telephone_number_has_no_exponent(void **state)
{
    plain("1.2E+10", "12000000000");
    plain("9.7517123456E10", "97517123456");
    plain("97517123456", "97517123456");
    plain("1.7E+20", "170000000000000000000");
}

static void a_long_whole_number_stays_exact(void **state)
{
    plain("123456789012345678901234567890", "123456789012345678901234567890");
    plain("9007199254740993", "9007199254740993");
}

static void a_double_is_shown_with_fifteen_digits(void **state)
{
    plain("0.30000000000000004", "0.3");
    plain("1.1000000000000001", "1.1");
    plain("0.00001", "0.00001");
    plain("1E-300", "1e-300");
}

static void what_is_no_number_is_none(void **state)
{
    plain("", "(no number)");
    plain("12a", "(no number)");
    plain("nan", "(no number)");
    plain("0x10", "(no number)");
    plain("1e999", "(no number)");
}

static void a_percentage_has_its_sign(void **state)
{
    numbered("0.5", 9, "50%");
    coded("0.075", "0.0%", "7.5%");
    coded("0.29", "0%", "29%"); // 0.29 * 100 is 28.999999999999996
}

static void zeros_in_front_are_kept(void **state)
{
    coded("7", "00000", "00007");
    coded("11503001234", "00000000000", "11503001234");
    coded("7", "0.00", "7");
}

static void dates_by_the_number_of_their_format(void **state)
{
    numbered("44252", 14, "2021-02-25");
    numbered("44252.583", 22, "2021-02-25 14:00");
    numbered("44252.583333333336", 22, "2021-02-25 14:00");
    numbered("0.583333333333333", 20, "14:00");
    numbered("0.58337962962963", 21, "14:00:04");
    numbered("1.5", 46, "36:00");
}

static void dates_by_the_code_of_their_format(void **state)
{
    coded("44252.583333333336", "yyyy\\-mm\\-dd\\ hh:mm", "2021-02-25 14:00");
    coded("44252", "[$-409]d\\-mmm\\-yy;@", "2021-02-25");
    coded("44252", "dddd, mmmm dd, yyyy", "2021-02-25");
    coded("44252.75", "m/d/yy h:mm AM/PM", "2021-02-25 18:00");
    coded("0.5", "hh:mm", "12:00");
    coded("1.25", "[h]:mm", "30:00");
    coded("0.0208333333", "mm:ss", "00:30");
    coded("44252.999999", "yyyy-mm-dd hh:mm", "2021-02-26 00:00");
}

static void letters_that_are_no_instructions_make_no_date(void **state)
{
    coded("44252", "General", "44252");
    coded("44252", "0 \"days\"", "44252");
    coded("44252", "[Red]0", "44252");
    coded("44252", "\\d0", "44252");
    coded("44252", "#,##0.00 [$Nu.-64D]", "44252");
    coded("44252", "#,##0_);[Red](#,##0)", "44252");
}

static void the_calendar_of_1900_has_a_day_too_many(void **state)
{
    numbered("1", 14, "1900-01-01");
    numbered("59", 14, "1900-02-28");
    numbered("60", 14, "1900-02-29");
    numbered("61", 14, "1900-03-01");
    numbered("2958465", 14, "9999-12-31");
    numbered("2958466", 14, "2958466");
    numbered("-1", 14, "-1");
}

static void the_calendar_of_1904_begins_four_years_later(void **state)
{
    assert_string_equal(printed("42790", number_format_of(14), true), "2021-02-25");
    assert_string_equal(printed("0", number_format_of(14), true), "1904-01-01");
}

static void iso_moments_have_one_form(void **state)
{
    struct buf out;
    buf_init(&out, 100);
    number_print_iso(TEXT("2021-02-25T14:00:00"), &out);
    buf_addc(&out, '|');
    number_print_iso(TEXT("2021-02-25T14:00:05.000Z"), &out);
    buf_addc(&out, '|');
    number_print_iso(TEXT("2021-02-25"), &out);
    buf_addc(&out, '|');
    number_print_iso(TEXT("soon"), &out);
    assert_string_equal(buf_z(&out), "2021-02-25 14:00|2021-02-25 14:00:05|2021-02-25|soon");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_number_has_no_point),
        cmocka_unit_test(a_telephone_number_has_no_exponent),
        cmocka_unit_test(a_long_whole_number_stays_exact),
        cmocka_unit_test(a_double_is_shown_with_fifteen_digits),
        cmocka_unit_test(what_is_no_number_is_none),
        cmocka_unit_test(a_percentage_has_its_sign),
        cmocka_unit_test(zeros_in_front_are_kept),
        cmocka_unit_test(dates_by_the_number_of_their_format),
        cmocka_unit_test(dates_by_the_code_of_their_format),
        cmocka_unit_test(letters_that_are_no_instructions_make_no_date),
        cmocka_unit_test(the_calendar_of_1900_has_a_day_too_many),
        cmocka_unit_test(the_calendar_of_1904_begins_four_years_later),
        cmocka_unit_test(iso_moments_have_one_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
