// SPDX-License-Identifier: MIT
// web_write: from answers to the bytes of a connection, and the end of it.
//
// What the socket takes at once is not copied. The rest is, and then the connection waits: its client is
// slow, and gets as long as a bad line needs for so many bytes.
#include "world/web_conn.h"

#include "base/hash.h"
#include "base/log.h"
#include "world/live_now.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINGER_MS 1000 // long enough for an error to be read by who was still sending
#define TLS_OUT_MAX (RECORD_LEN_MAX + (1u << 20)) // the largest answer, and what TLS puts around it
#define REFUSALS_LOGGED 60                        // a minute; a flood shall not fill the disk

struct sending {
    uv_write_t write;
    struct conn *conn;
    size_t len;
    char bytes[];
};

// ---- sending ----------------------------------------------------------------------------------------

static void on_sent(uv_write_t *write, int status)
{
    struct sending *s = write->data;
    struct conn *k = s->conn;
    web_let_go(k->web, s->len);
    k->queued -= s->len;
    if (status) conn_close(k);
    else if (!k->queued) conn_sent(k);
    free(s);
}

static void queue(struct conn *k, struct text first, struct text second)
{
    size_t len = first.len + second.len;
    if (!web_hold(k->web, len)) {
        log_line(LOG_WARN, "an answer was cut: too many clients are slow at once", NULL);
        conn_close(k);
        return;
    }
    struct sending *s = mem_grow(NULL, sizeof *s + len);
    *s = (struct sending){.write = {.data = s}, .conn = k, .len = len};
    if (first.len) memcpy(s->bytes, first.data, first.len);
    if (second.len) memcpy(s->bytes + first.len, second.data, second.len);
    k->queued += len;
    uv_buf_t bytes = uv_buf_init(s->bytes, (unsigned)len);
    if (!uv_write(&s->write, (uv_stream_t *)&k->tcp, &bytes, 1, on_sent)) return;
    web_let_go(k->web, len);
    k->queued -= len;
    free(s);
    conn_close(k);
}

static struct text behind(struct text t, size_t n)
{
    return n < t.len ? (struct text){t.data + n, t.len - n} : TEXT("");
}

static void send_bytes(struct conn *k, struct text first, struct text second)
{
    uv_buf_t both[] = {uv_buf_init((char *)first.data, (unsigned)first.len),
        uv_buf_init((char *)second.data, (unsigned)second.len)};
    int n = uv_try_write((uv_stream_t *)&k->tcp, both, second.len ? 2 : 1);
    if (n < 0 && n != UV_EAGAIN) {
        conn_close(k);
        return;
    }
    size_t sent = n > 0 ? (size_t)n : 0;
    if (sent < first.len + second.len)
        queue(k, behind(first, sent), behind(second, sent > first.len ? sent - first.len : 0));
}

// With empty texts it sends what TLS itself has to say.
void conn_send(struct conn *k, struct text first, struct text second)
{
    struct buf secret;
    if (k->state == CONN_CLOSED) return;
    if (!k->tls) {
        send_bytes(k, first, second);
        return;
    }
    buf_init(&secret, TLS_OUT_MAX);
    if (tls_write(k->tls, first) || tls_write(k->tls, second)) conn_close(k);
    else {
        tls_out(k->tls, &secret);
        if (secret.len) send_bytes(k, buf_text(&secret), TEXT(""));
    }
    buf_release(&secret);
}

// ---- the end of an exchange -------------------------------------------------------------------------

static void on_shut(uv_shutdown_t *shut, int status)
{
    free(shut);
}

void conn_linger(struct conn *k)
{
    if (k->state == CONN_CLOSED) return;
    if (k->ended && !k->queued) {
        conn_close(k);
        return;
    }
    k->state = CONN_LINGERS;
    conn_limit(k, LINGER_MS);
    if (k->tls) {
        tls_end(k->tls);
        conn_send(k, TEXT(""), TEXT(""));
    }
    if (k->state == CONN_CLOSED) return;
    uv_shutdown_t *shut = mem_alloc(sizeof *shut);
    if (uv_shutdown(shut, (uv_stream_t *)&k->tcp, on_shut)) {
        free(shut);
        conn_close(k);
    } else
        conn_read_start(k); // what a client still sends would turn our end into a reset, if it were not read
}

void conn_sent(struct conn *k)
{
    if (k->state != CONN_WRITES) return;
    if (!k->stays) {
        conn_linger(k);
        return;
    }
    k->state = CONN_IDLE;
    conn_move(k, &k->web->idle);
    conn_limit(k, k->web->settings.idle_ms);
    conn_go_on(k);
}

// The whole answer was handed to conn_send.
static void end_answer(struct conn *k)
{
    if (k->state == CONN_CLOSED) return;
    k->state = CONN_WRITES;
    if (!k->queued) conn_sent(k);
    else conn_limit(k, conn_patience(k, k->queued));
}

// ---- answers ----------------------------------------------------------------------------------------

static struct text date_of(struct web *w)
{
    struct instant now = live_now(); // the world's own clock: a shifted one would confuse every cache
    if (now.ms / SECOND_MS != w->date.second) {
        w->date.second = now.ms / SECOND_MS;
        httpdate_print(now, w->date.text);
    }
    return (struct text){w->date.text, HTTPDATE_LEN};
}

static struct reply_frame frame_of(struct conn *k)
{
    if (k->web->draining) k->stays = false;
    return (struct reply_frame){
        .date = date_of(k->web),
        .stays = k->stays,
        .old = k->old,
        .head = k->head,
    };
}

static void send_page(struct conn *k, int status, const char *sentence, const char *reference)
{
    struct reply_frame frame = frame_of(k);
    struct buf out = web_lend(&k->web->out);
    reply_page(status, sentence, reference, &frame, &out);
    conn_send(k, buf_text(&out), TEXT(""));
    web_give_back(&k->web->out, out);
    end_answer(k);
}

// A line for everything that is refused, up to a number of them each minute.
static void log_refusal(struct conn *k, int status, const char *why, const char *reference)
{
    struct web *w = k->web;
    uint64_t minute = uv_now(w->loop) / (uint64_t)MINUTE_MS;
    char number[24], client[ADDRESS_TEXT_MAX];
    if (minute != w->refusals.minute) {
        snprintf(number, sizeof number, "%llu", (unsigned long long)w->refusals.silent);
        if (w->refusals.silent) log_line(LOG_WARN, "more requests were refused", "requests", number, NULL);
        w->refusals.minute = minute;
        w->refusals.said = w->refusals.silent = 0;
    }
    if (w->refusals.said++ >= REFUSALS_LOGGED) {
        w->refusals.silent++;
        return;
    }
    address_print_bytes(k->peer, client);
    snprintf(number, sizeof number, "%d", status);
    log_line(LOG_INFO, "a request was refused", "status", number, "why", why, "reference", reference,
        "client", client, NULL);
}

static void make_reference(char out[16])
{
    uint8_t bytes[4];
    random_bytes(bytes, sizeof bytes);
    snprintf(out, 16, "%02x%02x-%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
}

void conn_refuse(struct conn *k, const struct refusal *r)
{
    char reference[16];
    make_reference(reference);
    log_refusal(k, r->status, r->why, reference);
    conn_body_free(k);
    k->stays = false;
    send_page(k, r->status, r->why, reference);
}

// The handler's answer can't be sent: that is the script's mistake, and nothing for the guest to see.
static void send_broken(struct conn *k, const struct err *e)
{
    char reference[16];
    make_reference(reference);
    log_line(LOG_ERROR, "a page can't be sent", "why", e->text, "reference", reference, NULL);
    send_page(k, 500, "Something went wrong here. Please tell the organisers this number.", reference);
}

// Without a body and with a status that says that something is wrong: a page of our own around its note.
static bool send_note(struct conn *k, struct record response)
{
    struct text note = record_get_text(response, "note");
    int64_t status = record_get_int(response, "status", 200);
    if (status < 400 || status > 599 || record_get_text(response, "body").len) return false;
    char *sentence = note.len ? mem_copy(note.data, note.len) : mem_copyz(reply_reason((int)status));
    send_page(k, (int)status, sentence, NULL);
    free(sentence);
    return true;
}

static void send_reply(struct conn *k, struct record response, struct text if_none_match)
{
    struct err e = {0};
    struct text body, topic;
    if (record_get_text(response, "stream").len && !conn_stream_allowed(k)) {
        send_page(k, 503, "Too many people listen here at once. Please try again in a moment.", NULL);
        return;
    }
    struct reply_frame frame = frame_of(k);
    frame.if_none_match = if_none_match;
    struct buf out = web_lend(&k->web->out);
    bool written = !reply_write(response, &frame, &out, &body, &topic, &e);
    if (written) conn_send(k, buf_text(&out), body);
    web_give_back(&k->web->out, out);
    if (!written) send_broken(k, &e);
    else if (topic.len && !k->head) conn_stream_start(k, topic);
    else end_answer(k);
}

void web_reply(struct web *w, uint64_t reply_id, struct record response)
{
    struct conn *k = w ? map_find(&w->waiting, (int64_t)reply_id) : NULL;
    if (!k || web_draw(w, k, response)) return;
    map_take(&w->waiting, (int64_t)reply_id);
    char *tags = k->if_none_match; // the next request may bring its own before this call ends
    k->if_none_match = NULL;
    k->reply_id = 0;
    if (!send_note(k, response)) send_reply(k, response, text_of(tags));
    free(tags);
}
