// SPDX-License-Identifier: MIT
// web_rig: see web_rig.h.
#include "web_rig.h"

#include "base/record.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int read_request(const char *request, struct buf *out, struct refusal *r)
{
    struct request_origin from = {.address = TEXT("192.0.2.1")};
    struct head h;
    ssize_t len = head_find(text_of(request), 0, r);
    if (len <= 0) return -1;
    if (head_parse((struct text){request, (size_t)len}, &h, r)) return -1;
    return request_record(&h, text_of(request + len), &from, out, r);
}

int web_refused(const char *request)
{
    struct buf out;
    struct refusal r = {0};
    buf_init(&out, RECORD_LEN_MAX);
    int failed = read_request(request, &out, &r);
    assert_int_equal(failed != 0, r.status != 0);
    assert_true(!failed || r.why[strlen(r.why) - 1] == '.'); // a sentence
    buf_release(&out);
    return r.status;
}

const char *web_json(const char *request, const char *part)
{
    static struct buf json;
    struct buf out;
    struct refusal r;
    struct err e = {0};
    buf_release(&json);
    buf_init(&json, 2 * RECORD_LEN_MAX);
    buf_init(&out, RECORD_LEN_MAX);
    if (read_request(request, &out, &r)) fail_msg("refused: %d %s", r.status, r.why);
    struct record record = {(const uint8_t *)out.data, out.len};
    if (record_check(record, &e)) fail_msg("%s", e.text);
    record_print_json(part ? record_get(record, part) : record, &json);
    buf_release(&out);
    return buf_z(&json);
}
