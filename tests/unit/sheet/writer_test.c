// SPDX-License-Identifier: MIT
#include "sheet/sheet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// What is written from JSON, read again: the sheet of that name as JSON. Fails the test on an error.
static struct buf file, again;

static void write_json(const char *json)
{
    struct buf record;
    struct err e = {0};
    buf_init(&record, RECORD_LEN_MAX);
    buf_release(&file);
    buf_init(&file, SHEET_FILE_MAX);
    if (record_from_json(text_of(json), &record, &e) ||
        sheet_write((struct record){(uint8_t *)record.data, record.len}, &file, &e))
        fail_msg("%s", e.text);
    buf_release(&record);
}

static const char *rows_of(const char *sheet)
{
    struct buf record;
    struct err e = {0};
    buf_init(&record, RECORD_LEN_MAX);
    buf_release(&again);
    buf_init(&again, 16u << 20);
    if (sheet_read(buf_text(&file), text_of(sheet), &record, &e)) fail_msg("%s", e.text);
    record_print_json(record_get((struct record){(uint8_t *)record.data, record.len}, "rows"), &again);
    buf_release(&record);
    return buf_z(&again);
}

static const char *refused(const char *json)
{
    static struct err e;
    struct buf record, out;
    buf_init(&record, RECORD_LEN_MAX);
    buf_init(&out, SHEET_FILE_MAX);
    e = (struct err){0};
    assert_int_equal(record_from_json(text_of(json), &record, &e), 0);
    assert_int_not_equal(sheet_write((struct record){(uint8_t *)record.data, record.len}, &out, &e), 0);
    buf_release(&record);
    buf_release(&out);
    return e.text;
}

static void what_is_written_is_read_again(void **state)
{
    write_json("[{\"name\":\"Guests\",\"columns\":[\"name\",\"seat\",\"comes\"],\"rows\":["
               "{\"name\":\"\u0f40\u0f62\u0fa8\",\"seat\":12,\"comes\":true},[\"B\",1.5,null],{\"seat\":"
               "97517123456}]},"
               "{\"name\":\"Empty\",\"columns\":[\"a\"],\"rows\":[]}]");
    assert_string_equal(rows_of("Guests"),
        "[{\"line\":1,\"cells\":[\"name\",\"seat\",\"comes\"]},"
        "{\"line\":2,\"cells\":[\"\u0f40\u0f62\u0fa8\",\"12\",\"TRUE\"]},"
        "{\"line\":3,\"cells\":[\"B\",\"1.5\"]},{\"line\":4,\"cells\":[\"\",\"97517123456\"]}]");
    assert_string_equal(rows_of("Empty"), "[{\"line\":1,\"cells\":[\"a\"]}]");
}

static void a_text_is_never_a_formula(void **state)
{
    write_json("[{\"name\":\"A\",\"columns\":[\"=1+1\"],\"rows\":[[\"=1+1\"],[\"=HYPERLINK(\\\"http://"
               "a.example\\\")\"],"
               "[\"http://a.example\"],[\"{=1}\"],[\"_x0041_\"],[\"a\\u0001b\"]]}]");
    assert_string_equal(rows_of("A"), "[{\"line\":1,\"cells\":[\"=1+1\"]},{\"line\":2,\"cells\":[\"=1+1\"]},"
                                      "{\"line\":3,\"cells\":[\"=HYPERLINK(\\\"http://"
                                      "a.example\\\")\"]},{\"line\":4,\"cells\":[\"http://a.example\"]},"
                                      "{\"line\":5,\"cells\":[\"{=1}\"]},{\"line\":6,\"cells\":[\"_x0041_\"]}"
                                      ",{\"line\":7,\"cells\":[\"a b\"]}]");
    assert_null(memmem(file.data, file.len, "<f>", 3));
}

static void the_same_table_is_the_same_file(void **state)
{
    const char *json = "[{\"name\":\"A\",\"columns\":[\"n\"],\"rows\":[[1],[\"x\"]]}]";
    write_json(json);
    size_t len;
    char *first = buf_take(&file, &len);
    write_json(json);
    assert_int_equal(len, file.len);
    assert_memory_equal(first, file.data, len);
    free(first);
}

static void a_number_that_a_double_cannot_keep_is_a_text(void **state)
{
    write_json("[{\"name\":\"A\",\"columns\":[\"n\"],\"rows\":[[9007199254740993],[9007199254740992]]}]");
    assert_string_equal(rows_of("A"),
        "[{\"line\":1,\"cells\":[\"n\"]},{\"line\":2,\"cells\":[\"9007199254740993\"]},"
        "{\"line\":3,\"cells\":[\"9007199254740992\"]}]");
}

static void what_a_file_cannot_hold_is_refused(void **state)
{
    assert_non_null(strstr(refused("[]"), "one to 16 sheets"));
    assert_non_null(
        strstr(refused("[{\"name\":\"a/b\",\"columns\":[\"n\"]}]"), "'a/b' can't be the name of a sheet"));
    assert_non_null(strstr(refused("[{\"name\":\"\",\"columns\":[\"n\"]}]"), "can't be the name"));
    assert_non_null(
        strstr(refused("[{\"name\":\"A\",\"columns\":[\"n\"]},{\"name\":\"a\",\"columns\":[\"n\"]}]"),
            "no name twice"));
    assert_non_null(strstr(refused("[{\"name\":\"A\"}]"), "it has no columns"));
    assert_non_null(strstr(refused("[{\"name\":\"A\",\"columns\":[1]}]"), "column 1 is no text"));
    assert_non_null(strstr(refused("[{\"name\":\"A\",\"columns\":[\"n\"],\"rows\":[[[1]]]}]"),
        "a cell in row 2 is a table"));
}

static void too_many_cells_and_too_long_texts_are_refused(void **state)
{
    struct buf json;
    buf_init(&json, 4u << 20);
    buf_addz(&json, "[{\"name\":\"A\",\"columns\":[\"n\"],\"rows\":[");
    for (int i = 0; i <= SHEET_WRITE_CELLS_MAX; i++) buf_addf(&json, "%s[1]", i ? "," : "");
    buf_addz(&json, "]}]");
    assert_non_null(strstr(refused(buf_z(&json)), "more than 50000 cells"));
    buf_clear(&json);
    buf_addz(&json, "[{\"name\":\"A\",\"columns\":[\"n\"],\"rows\":[[\"");
    for (int i = 0; i < 32768; i++) buf_addc(&json, 'a');
    buf_addz(&json, "\"]]}]");
    assert_non_null(strstr(refused(buf_z(&json)), "a text in row 2 is longer than the 32,767 characters"));
    buf_release(&json);
}

static int release(void **state)
{
    buf_release(&file);
    buf_release(&again);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read_again),
        cmocka_unit_test(a_text_is_never_a_formula),
        cmocka_unit_test(the_same_table_is_the_same_file),
        cmocka_unit_test(a_number_that_a_double_cannot_keep_is_a_text),
        cmocka_unit_test(what_a_file_cannot_hold_is_refused),
        cmocka_unit_test(too_many_cells_and_too_long_texts_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
