// SPDX-License-Identifier: MIT
// xlsx: any bytes as a spreadsheet. What begins with PK goes in as it is; anything else is parts of XML, each
// behind a line "=name" (packing and check sums would keep a fuzzer from ever reaching the tables in a
// ZIP). The record must be whole and canonical, its rows in order, its texts UTF-8, and the same for the
// same bytes.
#include "base/utf8.h"
#include "sheet/sheet.h"

#include "../support/stored_zip.h"

#include <assert.h>
#include <string.h>

static void put_parts(struct text all, struct stored_zip *z)
{
    while (all.len) {
        const char *end = memchr(all.data, '\n', all.len);
        struct text name = {all.data, end ? (size_t)(end - all.data) : all.len};
        all = end ? (struct text){end + 1, all.len - name.len - 1} : (struct text){0};
        const char *next = all.len ? memmem(all.data, all.len, "\n=", 2) : NULL;
        struct text content = {all.data, next ? (size_t)(next - all.data) : all.len};
        if (name.len && *name.data == '=') name = (struct text){name.data + 1, name.len - 1};
        if (name.len) stored_zip_add(z, name, content);
        all = next ? (struct text){next + 1, all.len - content.len - 1} : (struct text){0};
    }
}

static void check_row(struct record row, int64_t *before)
{
    struct text cell;
    int64_t line = record_get_int(row, "line", 0);
    assert(line > *before);
    *before = line;
    size_t n = 0;
    for (struct record_iter it = record_each(record_get(row, "cells")); record_next(&it); n++) {
        assert(record_text(it.value, &cell) && cell.len <= 2 * SHEET_CELL_MAX);
        assert(utf8_valid(cell));
    }
    assert(n >= 1 && n <= SHEET_COLUMNS_MAX);
}

static void check(struct record sheet)
{
    int64_t line = 0;
    assert(record_check(sheet, NULL) == 0);
    for (struct record_iter it = record_each(record_get(sheet, "rows")); record_next(&it);)
        check_row(it.value, &line);
    assert(record_count(record_get(sheet, "notes")) <= SHEET_NOTES_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stored_zip z;
    struct buf first, second;
    struct err e = {0};
    struct text bytes = {(const char *)data, size};
    stored_zip_begin(&z);
    if (size < 2 || memcmp(data, "PK", 2) != 0) {
        put_parts(bytes, &z);
        bytes = stored_zip_end(&z);
    } else buf_release(&z.directory);
    buf_init(&first, RECORD_LEN_MAX);
    buf_init(&second, RECORD_LEN_MAX);
    int failed = sheet_read(bytes, (struct text){0}, &first, &e);
    assert(!failed == !e.code && (!failed || *e.text));
    if (!failed) {
        check((struct record){(uint8_t *)first.data, first.len});
        assert(sheet_read(bytes, (struct text){0}, &second, NULL) == 0);
        assert(first.len == second.len && memcmp(first.data, second.data, first.len) == 0);
    }
    buf_release(&first);
    buf_release(&second);
    buf_release(&z.bytes);
    return 0;
}
