// SPDX-License-Identifier: MIT
// Any bytes as a record: readers stay inside, and what record_check accepts is canonical.
#include "base/record.h"

#include <stdlib.h>
#include <string.h>

static void copy_value(struct record r, struct buf *out);

static void copy_map(struct record r, struct buf *out)
{
    struct record_map m;
    record_map_init(&m);
    for (struct record_iter it = record_each(r); record_next(&it);) {
        struct buf *pair = record_map_pair(&m);
        copy_value(it.key, pair);
        copy_value(it.value, pair);
    }
    if (!record_map_close(&m, out)) abort();
}

static void copy_list(struct record r, struct buf *out)
{
    record_put_list(out, record_count(r));
    for (struct record_iter it = record_each(r); record_next(&it);) copy_value(it.value, out);
}

// Reads the value and writes it again.
static void copy_value(struct record r, struct buf *out)
{
    struct text text = {0};
    int64_t whole = 0;
    double num = 0;
    bool truth = false;
    switch (record_kind(r)) {
    case RECORD_NONE: abort();
    case RECORD_NIL: record_put_nil(out); return;
    case RECORD_BOOL:
        record_bool(r, &truth);
        record_put_bool(out, truth);
        return;
    case RECORD_INT:
        record_int(r, &whole);
        record_put_int(out, whole);
        return;
    case RECORD_NUM:
        record_num(r, &num);
        record_put_num(out, num);
        return;
    case RECORD_TEXT:
        record_text(r, &text);
        record_put_text(out, text);
        return;
    case RECORD_LIST: copy_list(r, out); return;
    case RECORD_MAP: copy_map(r, out); return;
    }
}

// How many values the bytes hold, one inside the other or one behind the other.
static size_t count_items(struct record r)
{
    struct record_item item;
    const uint8_t *at = r.data, *end = at + r.len;
    size_t n = 0;
    for (; record_take(&at, end, &item); n++) {
        if (at > end || (item.kind == RECORD_TEXT && item.text.data + item.text.len != (const char *)at))
            abort();
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    uint8_t *exact = malloc(len ? len : 1); // so that one byte too far is seen
    if (len) memcpy(exact, data, len);
    struct record r = {exact, len};
    struct err e = {0};
    struct buf json, again;
    buf_init(&json, 1u << 24);
    buf_init(&again, RECORD_LEN_MAX);

    record_print_json(r, &json); // unchecked bytes: must not crash
    record_get_text(r, "key");
    record_get_int(r, "n", 0);
    record_get(r, "a key that is longer than what one byte of a head says");
    if (count_items(r) > len) abort();
    if (record_check(r, &e) == 0) {
        copy_value(r, &again);
        if (again.len != len || memcmp(again.data, exact, len) != 0) abort();
        if (json.len == 0) abort();
    } else if (e.code != ERR_INPUT || !e.text[0]) {
        abort();
    }
    buf_release(&again);
    buf_release(&json);
    free(exact);
    return 0;
}
