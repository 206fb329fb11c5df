// SPDX-License-Identifier: MIT
// web: usher's own HTTP/1.1 server, for the pages behind the links that it sends.
//
// From bytes to a request record (web/request.h), and from a response record (web/reply.h) to bytes. Every
// deadline is for the whole of something, never for the next byte, so dripping buys nobody time. While a
// request waits for its answer no more is read from its connection: requests that came together are answered
// in order, and whoever asks faster than we answer waits in his own socket.
// Owns the listener and its connections. Holds always: what is kept for connections together (bodies that are
// coming, answers that are not yet taken) stays below WEB_HELD_MAX.
#pragma once

#include "base/err.h"
#include "base/record.h"
#include "world/settings.h"
#include <uv.h>

#define WEB_HELD_MAX (64u << 20)

struct web;

struct web_calls {
    void *ctx;
    void (*on_request)(void *ctx, uint64_t reply_id, struct record request); // borrowed for the call
    size_t (*body_max)(void *ctx, struct text method, struct text path);     // may be NULL: 64 KiB
};

// NULL with a sentence: BUSY, the port is taken; USAGE, a setting is wrong; LIMIT, fewer files may be opened
// than connections were asked for.
struct web *web_open(uv_loop_t *loop, const struct web_settings *settings, struct web_calls calls,
    struct err *e);
void web_close(struct web *w); // cuts every connection; the loop must turn once more. NULL is fine

// The port that it listens at, for settings that left it open or let the next free one be taken.
int web_port(const struct web *w);

// Takes up other limits, proxies and certificates, for connections that come from now on. Another address to
// listen at needs a restart: the log says so. -code with a sentence: everything stays as it was.
int web_configure(struct web *w, const struct web_settings *settings, struct err *e);

// Answers; an id whose client has gone is passed over.
void web_reply(struct web *w, uint64_t reply_id, struct record response);

// Tells every open stream of that topic.
void web_push(struct web *w, struct text topic, struct text data);

// Accepts nothing more, answers what was accepted, and closes. web_under_way says how many connections that
// still concerns.
void web_drain(struct web *w);
size_t web_under_way(const struct web *w); // 0 for NULL
