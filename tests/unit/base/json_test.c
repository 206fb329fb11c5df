// SPDX-License-Identifier: MIT
// Records from JSON and back.
#include "base/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// Reads the JSON text, prints the record again, and compares.
static void assert_prints(const char *json, const char *expected)
{
    struct buf record, printed;
    struct err e = {0};
    buf_init(&record, RECORD_LEN_MAX);
    buf_init(&printed, RECORD_LEN_MAX);
    if (record_from_json(text_of(json), &record, &e)) fail_msg("%s: %s", json, e.text);
    struct record r = {(const uint8_t *)record.data, record.len};
    assert_int_equal(record_check(r, &e), 0);
    record_print_json(r, &printed);
    assert_string_equal(buf_z(&printed), expected);
    buf_release(&printed);
    buf_release(&record);
}

static void values_print_as_they_were_read(void **state)
{
    assert_prints(" null ", "null");
    assert_prints("[true,false,[],{}]", "[true,false,[],{}]");
    assert_prints("{\"bb\": 1, \"a\" : [ -2 , 3.5 ] }", "{\"a\":[-2,3.5],\"bb\":1}");
    assert_prints("\"Gew\\u00fcrz \\ud83d\\ude00 \\/ \\t\\u0001\"",
        "\"Gew\xc3\xbcrz \xf0\x9f\x98\x80 / \\t\\u0001\"");
}

static void numbers_keep_their_kind(void **state)
{
    assert_prints("[1,1.0,1e2,-0,-0.0]", "[1,1.0,100.0,0,-0.0]");
    assert_prints("[9223372036854775807,-9223372036854775808]", "[9223372036854775807,-9223372036854775808]");
    assert_prints("[9223372036854775808,0.1,1e22,5e-324]",
        "[9.223372036854776e+18,0.1,1e+22,4.94065645841247e-324]");
}

static void bytes_that_are_no_utf8_print_as_a_replacement(void **state)
{
    struct buf record, printed;
    buf_init(&record, 100);
    buf_init(&printed, 100);
    record_put_text(&record, TEXT("a\xff z"));
    record_print_json((struct record){(const uint8_t *)record.data, record.len}, &printed);
    assert_string_equal(buf_z(&printed), "\"a\xef\xbf\xbd z\"");
    buf_release(&printed);
    buf_release(&record);
}

static void what_the_standard_refuses_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *json, *why;
    } cases[] = {
        {"", "line 1, column 1: a value was expected"},
        {"[1,\n  2,]", "line 2, column 5: a value was expected"},
        {"{\"a\":1,}", "a key in quotes"},
        {"{\"a\" 1}", "a colon"},
        {"{\"a\":1,\"a\":2}", "a key twice"},
        {"[1 2]", "a comma or ]"},
        {"{\"a\":1", "a comma or }"},
        {"01", "something follows"},
        {"1.", "a digit must follow the point"},
        {"1e+", "exponent"},
        {"1e999", "too large"},
        {"NaN", "a value was expected"},
        {"\"a\nb\"", "control character"},
        {"\"abc", "not closed"},
        {"\"\\x\"", "no such escape"},
        {"\"\\u12g4\"", "four hexadecimal digits"},
        {"\"\\ud800\"", "surrogate"},
        {"\"\\ud800\\u0041\"", "surrogate"},
        {"\"\xc3\"", "no UTF-8"},
        {"\xef\xbb\xbf{}", "a value was expected"},
        {"tru", "a value was expected"},
        {"1 // one", "something follows"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf record;
        struct err e = {0};
        buf_init(&record, RECORD_LEN_MAX);
        assert_int_equal(record_from_json(text_of(cases[i].json), &record, &e), -ERR_INPUT);
        if (!strstr(e.text, cases[i].why)) fail_msg("%s: %s", cases[i].json, e.text);
        assert_int_equal(record.len, 0);
        buf_release(&record);
    }
}

static void nesting_ends_at_64(void **state)
{
    char json[2 * (RECORD_DEPTH_MAX + 1)];
    struct err e = {0};
    struct buf record;
    buf_init(&record, RECORD_LEN_MAX);
    memset(json, '[', RECORD_DEPTH_MAX);
    memset(json + RECORD_DEPTH_MAX, ']', RECORD_DEPTH_MAX);
    assert_int_equal(record_from_json((struct text){json, 2 * RECORD_DEPTH_MAX}, &record, &e), 0);
    memset(json, '[', sizeof json);
    assert_int_equal(record_from_json((struct text){json, sizeof json}, &record, &e), -ERR_INPUT);
    assert_non_null(strstr(e.text, "64 deep"));
    buf_release(&record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_print_as_they_were_read),
        cmocka_unit_test(numbers_keep_their_kind),
        cmocka_unit_test(bytes_that_are_no_utf8_print_as_a_replacement),
        cmocka_unit_test(what_the_standard_refuses_is_refused_with_its_place),
        cmocka_unit_test(nesting_ends_at_64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
