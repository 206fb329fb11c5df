// SPDX-License-Identifier: MIT
// web_draw: answers that are certificates. They are drawn on a thread of the loop's pool, because a page
// takes 10 ms and a server has other guests meanwhile; the connection waits as it does for any answer.
//
// Owns copies until they are drawn. Holds always: no more than DRAWINGS_MAX wait, and the web server is not
// freed before they are done. Who asks again for what they have is told so without a drawing (etag).
#include "base/log.h"
#include "pdf/certificate.h"
#include "web/etag.h"
#include "world/web_conn.h"

#include <stdlib.h>

#define DRAWINGS_MAX 32 // a third of a second of work; a whole class opens its mails at once

struct drawing {
    uv_work_t work;
    struct web *web;
    uint64_t reply_id;
    struct buf response, pdf;
    struct err error;
};

// ---- on a thread ----------------------------------------------------------------------------------

static struct record response_of(const struct drawing *d)
{
    return (struct record){(const uint8_t *)d->response.data, d->response.len};
}

static void draw(uv_work_t *work)
{
    struct drawing *d = work->data;
    certificate_draw(record_get(response_of(d), "certificate"), &d->pdf, &d->error);
}

// ---- on the loop ----------------------------------------------------------------------------------

static void answer_with_note(struct web *w, uint64_t reply_id, const char *sentence)
{
    struct record_map map;
    struct buf out;
    buf_init(&out, 1024);
    record_map_init(&map);
    record_map_int(&map, "status", 503);
    record_map_text(&map, "note", text_of(sentence));
    record_map_end(&map, &out);
    web_reply(w, reply_id, (struct record){(uint8_t *)out.data, out.len});
    buf_release(&out);
}

// The same answer with what was drawn as its body.
static void answer_with_page(const struct drawing *d)
{
    struct record_map map;
    struct buf out;
    buf_init(&out, RECORD_LEN_MAX);
    record_map_init(&map);
    for (struct record_iter it = record_each(response_of(d)); record_next(&it);) {
        struct text key = {0};
        record_text(it.key, &key);
        if (text_is(key, "certificate") || text_is(key, "body")) continue;
        struct buf *pair = record_map_pair(&map);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    record_map_text(&map, "body", buf_text(&d->pdf));
    record_map_end(&map, &out);
    web_reply(d->web, d->reply_id, (struct record){(uint8_t *)out.data, out.len});
    buf_release(&out);
}

static void on_drawn(uv_work_t *work, int status)
{
    struct drawing *d = work->data;
    d->web->drawings_n--;
    if (!status && !d->error.code) answer_with_page(d);
    else {
        log_line(LOG_ERROR, "a certificate can't be drawn", "why", d->error.text, NULL);
        answer_with_note(d->web, d->reply_id,
            "The certificate can't be drawn just now. The page shows it, and prints it, too.");
    }
    buf_release(&d->response);
    buf_release(&d->pdf);
    web_release(d->web);
    free(d);
}

static void begin(struct web *w, uint64_t reply_id, struct record response)
{
    struct drawing *d = mem_alloc(sizeof *d);
    *d = (struct drawing){.web = w, .reply_id = reply_id};
    d->work.data = d;
    buf_init(&d->response, RECORD_LEN_MAX);
    buf_init(&d->pdf, CERTIFICATE_LEN_MAX);
    buf_add(&d->response, response.data, response.len);
    w->drawings_n++;
    w->handles++;
    uv_queue_work(w->loop, &d->work, draw, on_drawn);
}

bool web_draw(struct web *w, struct conn *k, struct record response)
{
    struct text tags = text_of(k->if_none_match);
    if (!record_get(response, "certificate").data) return false;
    if (etag_matches(tags, record_get_text(response, "etag"))) return false; // 304 has no body
    if (w->drawings_n < DRAWINGS_MAX) begin(w, k->reply_id, response);
    else
        answer_with_note(w, k->reply_id,
            "Too many certificates are being drawn at once. Please try again in a moment.");
    return true;
}
