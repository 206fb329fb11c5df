// SPDX-License-Identifier: MIT
// web_fuzz: whatever comes in on a connection of the web server, whole and in pieces whose size the first
// byte chooses: both ways give the same requests and the same refusal, and every request is a sound record
// whose path stays inside and whose texts are what they are said to be.
#include "base/record.h"
#include "base/utf8.h"
#include "web/chunk.h"
#include "web/request.h"
#include "web/token.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 2048u

// A connection without a socket: the same steps as world/web_read.c.
struct line {
    struct buf in;
    size_t looked;
    bool in_body;
    struct head head;
    struct buf head_bytes, body;
    struct chunk chunk;
    uint64_t left;
    struct refusal refusal;
    struct buf said; // every record, one after the other
};

static void check(bool holds)
{
    if (!holds) abort();
}

static void check_path(struct text path)
{
    check(path.len && path.data[0] == '/' && utf8_valid(path));
    check(!memmem(path.data, path.len, "//", 2) && !memmem(path.data, path.len, "/../", 4));
    check(path.len < 3 || memcmp(path.data + path.len - 3, "/..", 3) != 0);
    for (size_t i = 0; i < path.len; i++) check((uint8_t)path.data[i] >= ' ' && path.data[i] != '\\');
}

static void check_texts(struct record map)
{
    for (struct record_iter it = record_each(map); record_next(&it);) {
        struct text name, value;
        check(record_text(it.key, &name) && record_text(it.value, &value));
        check(name.len && utf8_valid(name) && utf8_valid(value) && !memchr(value.data, 0, value.len));
    }
}

static void check_headers(struct record map)
{
    for (struct record_iter it = record_each(map); record_next(&it);) {
        struct text name, value;
        check(record_text(it.key, &name) && record_text(it.value, &value));
        check(token_valid(name) && token_value(value));
        for (size_t i = 0; i < name.len; i++) check(name.data[i] == token_lower(name.data[i]));
    }
}

static void check_record(struct record r)
{
    struct err e;
    check(!record_check(r, &e) && record_count(r) == 13);
    check_path(record_get_text(r, "path"));
    check_texts(record_get(r, "query"));
    check_texts(record_get(r, "form"));
    check_texts(record_get(r, "cookies"));
    check_headers(record_get(r, "headers"));
}

static void end_request(struct line *l)
{
    struct request_origin from = {.address = TEXT("192.0.2.1")};
    struct buf record;
    buf_init(&record, RECORD_LEN_MAX);
    if (!request_record(&l->head, buf_text(&l->body), &from, &record, &l->refusal)) {
        struct record r = {(const uint8_t *)record.data, record.len};
        check_record(r);
        record_put(&l->said, r);
    }
    buf_release(&record);
    buf_clear(&l->body);
    l->in_body = false;
}

static bool take_head(struct line *l, struct text *in)
{
    ssize_t len = head_find(*in, l->looked, &l->refusal);
    l->looked = len ? 0 : in->len;
    if (len <= 0) return false;
    buf_clear(&l->head_bytes);
    buf_add(&l->head_bytes, in->data, (size_t)len);
    *in = (struct text){in->data + len, in->len - (size_t)len};
    if (head_parse(buf_text(&l->head_bytes), &l->head, &l->refusal)) return false;
    if (l->head.length > BODY_MAX) return refuse(&l->refusal, 413, "The body is too large."), false;
    l->in_body = true;
    l->left = l->head.length;
    chunk_init(&l->chunk);
    return true;
}

static void take_body(struct line *l, struct text *in)
{
    if (l->head.chunked) {
        if (!chunk_take(&l->chunk, in, &l->body, &l->refusal) && l->chunk.state == CHUNK_DONE) end_request(l);
        return;
    }
    size_t n = in->len < l->left ? in->len : (size_t)l->left;
    buf_add(&l->body, in->data, n);
    *in = (struct text){in->data + n, in->len - n};
    l->left -= n;
    if (!l->left) end_request(l);
}

static void take(struct line *l, const uint8_t *data, size_t size)
{
    buf_add(&l->in, data, size);
    struct text in = buf_text(&l->in);
    // A body that is not there is over as soon as its head is.
    while (!l->refusal.status && (in.len || (l->in_body && !l->left && !l->head.chunked))) {
        if (l->in_body) take_body(l, &in);
        else if (!take_head(l, &in)) break;
    }
    if (in.len) memmove(l->in.data, in.data, in.len);
    l->in.len = in.len;
}

static void feed(struct line *l, const uint8_t *data, size_t size, size_t piece)
{
    memset(l, 0, sizeof *l);
    buf_init(&l->in, 1 << 20);
    buf_init(&l->head_bytes, HEAD_LEN_MAX);
    buf_init(&l->body, BODY_MAX);
    buf_init(&l->said, 64 << 20);
    for (; size && !l->refusal.status; size -= piece, data += piece) {
        if (piece > size) piece = size;
        take(l, data, piece);
    }
}

static void line_release(struct line *l)
{
    buf_release(&l->in);
    buf_release(&l->head_bytes);
    buf_release(&l->body);
    buf_release(&l->said);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct line whole, pieces;
    if (!size) return 0;
    feed(&whole, data + 1, size - 1, size);
    feed(&pieces, data + 1, size - 1, 1 + data[0] % 32);
    check(text_eq(buf_text(&whole.said), buf_text(&pieces.said)));
    check(whole.refusal.status == pieces.refusal.status && whole.refusal.why == pieces.refusal.why);
    check(!whole.refusal.status || (whole.refusal.status >= 400 && whole.refusal.status <= 505));
    line_release(&whole);
    line_release(&pieces);
    return 0;
}
