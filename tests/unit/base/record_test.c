// SPDX-License-Identifier: MIT
// The one encoding: written, read, and refused when it is not canonical.
#include "base/record.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct buf out;

static int set_up(void **state)
{
    buf_init(&out, RECORD_LEN_MAX);
    return 0;
}

static int tear_down(void **state)
{
    buf_release(&out);
    return 0;
}

static struct record written(void)
{
    return (struct record){(const uint8_t *)out.data, out.len};
}

static void assert_hex(const char *hex)
{
    char got[512];
    for (size_t i = 0; i < out.len; i++) snprintf(got + 2 * i, 3, "%02x", (unsigned)(uint8_t)out.data[i]);
    got[2 * out.len] = 0;
    assert_string_equal(got, hex);
}

static void ints_are_written_in_the_shortest_form(void **state)
{
    static const struct {
        int64_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {65536, "1a00010000"},
        {INT64_C(4294967296), "1b0000000100000000"},
        {INT64_MAX, "1b7fffffffffffffff"},
        {-1, "20"},
        {-24, "37"},
        {-25, "3818"},
        {INT64_MIN, "3b7fffffffffffffff"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t back = 1;
        buf_clear(&out);
        record_put_int(&out, cases[i].value);
        assert_hex(cases[i].hex);
        assert_int_equal(record_check(written(), NULL), 0);
        assert_true(record_int(written(), &back));
        assert_true(back == cases[i].value);
    }
}

static void one_and_one_point_nought_are_two_values(void **state)
{
    int64_t whole = 0;
    record_put_num(&out, 1.0);
    assert_hex("fb3ff0000000000000");
    assert_int_equal(record_kind(written()), RECORD_NUM);
    assert_true(record_int(written(), &whole));
    assert_int_equal(whole, 1);
}

static void a_num_that_is_not_whole_is_no_int(void **state)
{
    const double values[] = {1.5, INFINITY, -INFINITY, NAN, 0x1p63, 1e300};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        int64_t whole;
        buf_clear(&out);
        record_put_num(&out, values[i]);
        assert_int_equal(record_check(written(), NULL), 0);
        assert_false(record_int(written(), &whole));
    }
}

static void bytes_that_are_no_utf8_read_back_as_text(void **state)
{
    struct text back;
    record_put_text(&out, TEXT("\xff\x00z"));
    assert_hex("43ff007a");
    assert_int_equal(record_check(written(), NULL), 0);
    assert_true(record_text(written(), &back));
    assert_true(text_eq(back, TEXT("\xff\x00z")));
}

static void map_keys_are_sorted_by_their_encoded_bytes(void **state)
{
    struct record_map m;
    record_map_init(&m);
    record_map_int(&m, "name", 1);
    record_map_int(&m, "b", 2);
    record_map_int(&m, "aa", 3);
    record_put_int(record_map_pair(&m), 7);
    record_put_bool(&m.pairs, true);
    record_map_value(&m, "absent", (struct record){0});
    record_map_end(&m, &out);
    assert_hex("a407f561620262616103646e616d6501"); // 7, "b", "aa", "name": shorter heads first
    assert_int_equal(record_check(written(), NULL), 0);
    assert_int_equal(record_get_int(written(), "name", 0), 1);
    assert_int_equal(record_get_int(written(), "nobody", -5), -5);
    assert_null(record_get(written(), "absent").data);
}

static void a_list_is_walked_in_order(void **state)
{
    int64_t sum = 0, value;
    record_put_list(&out, 3);
    for (int64_t i = 1; i <= 3; i++) record_put_int(&out, i);
    assert_int_equal(record_count(written()), 3);
    for (struct record_iter it = record_each(written()); record_next(&it);) {
        assert_true(record_int(it.value, &value));
        sum = 10 * sum + value;
    }
    assert_int_equal(sum, 123);
}

static void a_wrong_kind_answers_false(void **state)
{
    struct text text;
    bool truth;
    double num;
    record_put_nil(&out);
    assert_false(record_text(written(), &text));
    assert_false(record_bool(written(), &truth));
    assert_false(record_num(written(), &num));
    assert_int_equal(record_count(written()), 0);
    assert_null(record_get(written(), "x").data);
    assert_int_equal(record_kind((struct record){0}), RECORD_NONE);
}

static void what_is_not_canonical_is_refused(void **state)
{
    static const struct {
        struct text bytes;
        const char *why;
    } cases[] = {
        {TEXT(""), "empty"},
        {TEXT("\x18\x17"), "shortest"},
        {TEXT("\x19\x00\xff"), "shortest"},
        {TEXT("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), "no known kind"},
        {TEXT("\x61\xff"), "no valid UTF-8"},
        {TEXT("\x41\x61"), "written as bytes"},
        {TEXT("\x62\x61"), "ends early"},
        {TEXT("\x82\x01"), "ends early"},
        {TEXT("\x9f\xff"), "no known kind"},
        {TEXT("\xc0\x01"), "no known kind"},
        {TEXT("\xf9\x3c\x00"), "no known kind"},
        {TEXT("\xfb\x7f\xf0\x00\x00\x00\x00\x00\x01"), "NaN"},
        {TEXT("\xa2\x61\x62\x01\x61\x61\x02"), "out of order"},
        {TEXT("\xa2\x61\x61\x01\x61\x61\x02"), "twice"},
        {TEXT("\xa1\xf6\x01"), "neither a text nor"},
        {TEXT("\x01\x01"), "follows"},
        {TEXT("\x9b\xff\xff\xff\xff\xff\xff\xff\xff"), "no known kind"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct err e = {0};
        struct record r = {(const uint8_t *)cases[i].bytes.data, cases[i].bytes.len};
        assert_int_equal(record_check(r, &e), -ERR_INPUT);
        if (!strstr(e.text, cases[i].why)) fail_msg("case %zu: %s", i, e.text);
    }
}

static void nesting_ends_at_64(void **state)
{
    struct err e = {0};
    for (int i = 0; i < RECORD_DEPTH_MAX; i++) record_put_list(&out, 1);
    record_put_nil(&out);
    assert_int_equal(record_check(written(), &e), 0);
    buf_clear(&out);
    for (int i = 0; i < RECORD_DEPTH_MAX + 1; i++) record_put_list(&out, 1);
    record_put_nil(&out);
    assert_int_equal(record_check(written(), &e), -ERR_INPUT);
    assert_non_null(strstr(e.text, "64 deep"));
}

#define KEYS 300 // as long as their number: heads of one, two and three bytes

static void a_key_of_any_length_is_found_and_no_other(void **state)
{
    char key[KEYS + 1];
    struct record_map m;
    record_map_init(&m);
    memset(key, 'k', sizeof key);
    for (int i = KEYS; i >= 0; i -= 2) { // the odd ones are not there
        record_put_text(record_map_pair(&m), (struct text){key, (size_t)i});
        record_put_int(&m.pairs, i);
    }
    record_put_int(record_map_pair(&m), 7); // a key that is no text
    record_put_nil(&m.pairs);
    assert_true(record_map_close(&m, &out));
    for (int i = KEYS; i >= 0; i--) {
        key[i] = 0;
        assert_int_equal(record_get_int(written(), key, -1), i % 2 ? -1 : i);
    }
    assert_null(record_get(written(), "l").data);
    out.len -= 3; // the last value ends in the middle
    assert_null(record_get(written(), "no such key, and this one is longer").data);
}

static void items_come_in_the_order_of_the_bytes(void **state)
{
    struct record_item item;
    record_put_list(&out, 3);
    record_put_map(&out, 1);
    record_put_text(&out, TEXT("n"));
    record_put_int(&out, -5);
    record_put_num(&out, 0.5);
    record_put_bool(&out, true);
    const uint8_t *at = (const uint8_t *)out.data, *end = at + out.len;
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_LIST && item.n == 3);
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_MAP && item.n == 1);
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_TEXT && text_is(item.text, "n"));
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_INT && item.integer == -5);
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_NUM && item.number == 0.5);
    assert_true(record_take(&at, end, &item) && item.kind == RECORD_BOOL && item.truth);
    assert_false(record_take(&at, end, &item));
    at = (const uint8_t *)"\x63"
                          "ab"; // three bytes are promised
    assert_false(record_take(&at, at + 3, &item));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(ints_are_written_in_the_shortest_form),
        TEST(one_and_one_point_nought_are_two_values),
        TEST(a_num_that_is_not_whole_is_no_int),
        TEST(bytes_that_are_no_utf8_read_back_as_text),
        TEST(map_keys_are_sorted_by_their_encoded_bytes),
        TEST(a_list_is_walked_in_order),
        TEST(a_wrong_kind_answers_false),
        TEST(what_is_not_canonical_is_refused),
        TEST(nesting_ends_at_64),
        TEST(a_key_of_any_length_is_found_and_no_other),
        TEST(items_come_in_the_order_of_the_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
