// SPDX-License-Identifier: MIT
// Any text as JSON: what is read is a canonical record, and printing it loses nothing.
#include "base/record.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    char *exact = malloc(len ? len : 1); // so that one byte too far is seen
    if (len) memcpy(exact, data, len);
    struct err e = {0};
    struct buf first, json, second;
    buf_init(&first, RECORD_LEN_MAX);
    buf_init(&json, RECORD_LEN_MAX);
    buf_init(&second, RECORD_LEN_MAX);

    if (record_from_json((struct text){exact, len}, &first, &e) == 0) {
        struct record r = {(const uint8_t *)first.data, first.len};
        if (record_check(r, &e)) abort();
        record_print_json(r, &json);
        if (record_from_json(buf_text(&json), &second, &e)) abort();
        if (!text_eq(buf_text(&first), buf_text(&second))) abort();
    } else if (e.code != ERR_INPUT || !e.text[0] || first.len != 0) {
        abort();
    }
    buf_release(&second);
    buf_release(&json);
    buf_release(&first);
    free(exact);
    return 0;
}
