// SPDX-License-Identifier: MIT
// web_read: from the bytes of a connection to requests, one at a time.
//
// Bytes land in one piece of memory that all connections share; a connection keeps only what is not used up.
// conn_take goes round with all that is there until it is used up or somebody else has to act: the answer,
// the socket, the client.
#include "world/web_conn.h"

#include "web/request.h"
#include "world/forwarded.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MAX_ELSE 65536u // where nobody says how much a page takes

#define TLS_RECORD 16384 // most plain bytes of one

// ---- asking -----------------------------------------------------------------------------------------

static struct request_origin origin_of(struct conn *k, const struct head *h, char address[ADDRESS_TEXT_MAX])
{
    struct forwarded f = forwarded_read(h, &k->web->proxies, k->peer);
    address_print_bytes(f.address, address);
    return (struct request_origin){text_of(address), f.secure || k->tls, f.proxied};
}

// Head and body are whole: the request goes up. Its answer may come inside of this call.
static void ask(struct conn *k, const struct head *h, struct text body)
{
    struct web *w = k->web;
    struct refusal r;
    struct buf record = web_lend(&w->record);
    char address[ADDRESS_TEXT_MAX];
    struct request_origin from = origin_of(k, h, address);
    if (request_record(h, body, &from, &record, &r)) conn_refuse(k, &r);
    else {
        struct text tags = head_value(h, "if-none-match");
        k->if_none_match = tags.len ? mem_copy(tags.data, tags.len) : NULL;
        k->state = CONN_WAITS;
        conn_limit(k, 0);
        k->reply_id = ++w->last_id;
        map_put(&w->waiting, (int64_t)k->reply_id, k);
        w->calls.on_request(w->calls.ctx, k->reply_id, (struct record){(uint8_t *)record.data, record.len});
    }
    web_give_back(&w->record, record);
}

// ---- bodies -----------------------------------------------------------------------------------------

void conn_body_free(struct conn *k)
{
    struct conn_body *b = k->body;
    k->body = NULL;
    if (!b) return;
    buf_release(&b->bytes);
    free(b->head);
    free(b);
    crowd_hold(k);
}

// How much of a body this page takes; -1 with the refusal when it takes none.
static ssize_t body_max(struct conn *k, const struct head *h, struct refusal *r)
{
    struct web *w = k->web;
    char path[HEAD_TARGET_MAX];
    ssize_t len = request_path(h, path, r);
    if (len < 0) return -1;
    if (!w->calls.body_max) return BODY_MAX_ELSE;
    struct text method = h->method == HEAD_POST ? TEXT("POST") : TEXT("GET");
    size_t max = w->calls.body_max(w->calls.ctx, method, (struct text){path, (size_t)len});
    if (!max) return refuse(r, 404, "There is nothing at this address that takes a form.");
    return (ssize_t)max;
}

static void say_continue(struct conn *k)
{
    conn_send(k, TEXT("HTTP/1.1 100 Continue\r\n\r\n"), TEXT(""));
}

static int begin_body(struct conn *k, const struct head *h, struct text head, struct text in,
    struct refusal *r)
{
    ssize_t max = body_max(k, h, r);
    if (max < 0) return -1;
    if (h->length > (uint64_t)max) return refuse(r, 413, "The body of the request is too large.");
    struct conn_body *b = mem_alloc(sizeof *b);
    b->head = mem_copy(head.data, head.len);
    b->head_len = head.len;
    b->left = h->length;
    b->chunked = h->chunked;
    buf_init(&b->bytes, (size_t)max);
    chunk_init(&b->chunk);
    k->body = b;
    k->state = CONN_BODY;
    conn_limit(k, conn_patience(k, h->chunked ? (size_t)max : (size_t)h->length));
    if (h->asks_first && !in.len) say_continue(k);
    return 0;
}

// Takes what of the body is there. True: it is whole.
static bool collect(struct conn_body *b, struct text *in, struct refusal *r)
{
    if (b->chunked) return !chunk_take(&b->chunk, in, &b->bytes, r) && b->chunk.state == CHUNK_DONE;
    size_t n = in->len < b->left ? in->len : (size_t)b->left;
    buf_add(&b->bytes, in->data, n);
    b->left -= n;
    *in = (struct text){in->data + n, in->len - n};
    return !b->left;
}

static void refuse_crowd(struct refusal *r)
{
    refuse(r, 503, "Too much is being sent here at once. Please try again in a moment.");
}

static void take_body(struct conn *k, struct text *in)
{
    struct conn_body *b = k->body;
    struct refusal r = {0};
    bool whole = collect(b, in, &r);
    if (!crowd_hold(k)) refuse_crowd(&r);
    if (r.status) conn_refuse(k, &r);
    else if (whole) {
        struct head h;
        int failed = head_parse((struct text){b->head, b->head_len}, &h, &r);
        assert(!failed); // the same bytes were parsed before
        (void)failed;
        ask(k, &h, buf_text(&b->bytes));
        conn_body_free(k);
    }
}

// ---- heads ------------------------------------------------------------------------------------------

static void take_request(struct conn *k, const struct head *h, struct text head, struct text *in)
{
    struct refusal r;
    k->fresh = false;
    k->stays = h->stays && !k->web->draining;
    k->old = h->minor == 0;
    k->head = h->method == HEAD_HEAD;
    if (!h->chunked && !h->length) ask(k, h, TEXT(""));
    else if (begin_body(k, h, head, *in, &r)) conn_refuse(k, &r);
}

// True: a head was taken off the front. False: it is not whole, or was refused.
static bool take_head(struct conn *k, struct text *in)
{
    struct refusal r;
    struct head h;
    ssize_t len = head_find(*in, k->looked, &r);
    if (len == 0) {
        k->looked = in->len;
        if (k->state == CONN_IDLE) {
            k->state = CONN_HEAD;
            conn_move(k, &k->web->busy);
            conn_limit(k, conn_head_ms(k));
        }
        return false;
    }
    k->looked = 0;
    if (k->list == &k->web->idle) conn_move(k, &k->web->busy);
    struct text head = {in->data, len > 0 ? (size_t)len : 0};
    if (len > 0) *in = (struct text){in->data + len, in->len - (size_t)len};
    if (len < 0 || head_parse(head, &h, &r)) conn_refuse(k, &r);
    else take_request(k, &h, head, in);
    return true;
}

// ---- what came --------------------------------------------------------------------------------------

// Goes on with all that is there, and answers what is not used up.
static struct text take(struct conn *k, struct text in)
{
    k->taking = true;
    for (bool more = true; more && in.len;) {
        switch (k->state) {
        case CONN_IDLE:
        case CONN_HEAD: more = take_head(k, &in); break;
        case CONN_BODY: take_body(k, &in); break;
        case CONN_WAITS:
        case CONN_WRITES: more = false; break;
        case CONN_STREAM:
        case CONN_LINGERS:
        case CONN_CLOSED: in.len = 0; break;
        }
    }
    k->taking = false;
    return in;
}

// Keeps what is not used up: the end of what was kept already, or of what has just come.
static void keep(struct conn *k, struct text rest)
{
    if (k->state == CONN_CLOSED) return; // its memory went with it
    if (!rest.len) buf_release(&k->in);
    else if (!k->in.len) buf_add(&k->in, rest.data, rest.len);
    else {
        memmove(k->in.data, rest.data, rest.len);
        k->in.len = rest.len;
    }
    struct refusal r;
    if (crowd_hold(k)) return;
    if (k->state == CONN_HEAD) {
        refuse_crowd(&r);
        conn_refuse(k, &r);
    } else conn_close(k); // it asks ahead of an answer
}

static void on_end(struct conn *k)
{
    struct refusal r;
    k->ended = true;
    switch (k->state) {
    case CONN_HEAD:
    case CONN_BODY:
        refuse(&r, 400, "The request ends in the middle.");
        conn_refuse(k, &r);
        break;
    case CONN_WAITS:
    case CONN_WRITES: break; // whoever says no more may still listen: conn_go_on comes back to it
    case CONN_IDLE:
    case CONN_STREAM:
    case CONN_LINGERS: conn_close(k); break;
    case CONN_CLOSED: break;
    }
}

static void stop_reading(struct conn *k)
{
    if (k->reading) uv_read_stop((uv_stream_t *)&k->tcp);
    k->reading = false;
}

// Enough came ahead of the answer that is due: the rest waits in the socket.
static bool is_full(const struct conn *k)
{
    return (k->state == CONN_WAITS || k->state == CONN_WRITES) && k->in.len;
}

static void take_plain(struct conn *k, struct text in)
{
    if (k->in.len) {
        buf_add(&k->in, in.data, in.len);
        in = buf_text(&k->in);
    }
    keep(k, take(k, in));
}

// What TLS makes of what came: plain bytes, words of its own to be sent, an end.
static void take_tls(struct conn *k)
{
    struct buf plain = web_lend(&k->web->plain);
    char *room = plain.data ? plain.data : mem_alloc(TLS_RECORD);
    ssize_t n = 1;
    while (n > 0 && k->tls && !is_full(k)) {
        n = tls_read(k->tls, room, TLS_RECORD);
        conn_send(k, TEXT(""), TEXT(""));
        if (n > 0) take_plain(k, (struct text){room, (size_t)n});
    }
    plain.data = room;
    plain.room = TLS_RECORD;
    web_give_back(&k->web->plain, plain);
    if (n < 0) conn_close(k);
    else if (n == 0 && k->tls && tls_ended(k->tls)) on_end(k);
}

// A browser that was told http:// where https:// is spoken gets a sentence instead of noise.
static bool speaks_plain(struct conn *k, struct text in)
{
    return k->fresh && !k->greeted && in.data[0] >= 'A' && in.data[0] <= 'Z';
}

static void take_secret(struct conn *k, struct text in)
{
    struct refusal r;
    if (speaks_plain(k, in)) {
        tls_free(k->tls);
        k->tls = NULL;
        refuse(&r, 400, "This port speaks HTTPS: write https:// in front of the address.");
        conn_refuse(k, &r);
        return;
    }
    k->greeted = true;
    tls_take(k->tls, in);
    take_tls(k);
}

static void on_bytes(uv_stream_t *tcp, ssize_t n, const uv_buf_t *bytes)
{
    struct conn *k = tcp->data;
    struct text in = {bytes->base, n > 0 ? (size_t)n : 0};
    if (n == UV_EOF) {
        k->reading = false;
        on_end(k);
    } else if (n < 0) conn_close(k);
    else if (n > 0 && k->tls) take_secret(k, in);
    else if (n > 0) take_plain(k, in);
    if (is_full(k)) stop_reading(k);
}

static void on_room_wanted(uv_handle_t *tcp, size_t suggested, uv_buf_t *room)
{
    struct conn *k = tcp->data;
    bool ahead = k->state == CONN_WAITS || k->state == CONN_WRITES;
    bool large = k->state == CONN_BODY || k->state == CONN_LINGERS;
    *room = uv_buf_init(k->web->piece, large ? WEB_PIECE : ahead ? WEB_PIECE_AHEAD : WEB_PIECE_HEAD);
}

void conn_read_start(struct conn *k)
{
    if (k->reading || k->ended || k->state == CONN_CLOSED) return;
    k->reading = true;
    if (uv_read_start((uv_stream_t *)&k->tcp, on_room_wanted, on_bytes)) conn_close(k);
}

void conn_go_on(struct conn *k)
{
    if (k->taking) return; // the loop in take() sees it
    if (k->in.len) keep(k, take(k, buf_text(&k->in)));
    if (k->state != CONN_CLOSED && k->tls && !is_full(k)) take_tls(k);
    if (k->state == CONN_CLOSED || is_full(k)) return;
    if (k->ended) on_end(k);
    else conn_read_start(k);
}
