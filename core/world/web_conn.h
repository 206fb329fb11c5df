// SPDX-License-Identifier: MIT
// web_conn: one connection of the web server; shared by the files web*.c only.
//
// An idle connection is this struct and nothing more: what a request needs is there while it is under way.
#pragma once

#include "base/map.h"
#include "web/chunk.h"
#include "web/head.h"
#include "web/httpdate.h"
#include "web/reply.h"
#include "world/address.h"
#include "world/tls.h"
#include "world/web.h"

// One list gives the states with their reasons.
#define CONN_STATES(X)                                                                                   \
    X(IDLE)    /* between requests: nothing of the next one has come */                                  \
    X(HEAD)    /* a part of a head is there */                                                           \
    X(BODY)    /* the head is there, the body is coming */                                               \
    X(WAITS)   /* a request waits for its answer; what comes meanwhile is kept, then not read */         \
    X(WRITES)  /* the client is slow to take the answer */                                               \
    X(STREAM)  /* an event stream: has no end of its own */                                              \
    X(LINGERS) /* everything is said; what comes is dropped until the client has read it and hangs up */ \
    X(CLOSED)  /* the loop will free it */
enum conn_state {
#define X(name) CONN_##name,
    CONN_STATES(X)
#undef X
};

// A body that is coming. Its head is kept as bytes and read once more when the body is whole: parsed parts
// would have to be kept in step with what they point into.
struct conn_body {
    char *head;
    size_t head_len;
    struct buf bytes;
    struct chunk chunk;
    uint64_t left; // of a body whose length was said
    bool chunked;
};

struct conn_list {
    struct conn *first, *last;
};

struct conn {
    uv_tcp_t tcp;
    uv_timer_t timer;
    struct web *web;
    struct conn *next, *previous;
    struct conn_list *list; // where it is: web->idle, web->busy or web->streams
    uint64_t deadline;      // loop time; 0: none
    uint64_t armed;         // when the timer will look: never after the deadline
    uint64_t reply_id;      // the request that waits; 0: none
    uint8_t peer[16];
    struct buf in; // what came and is not used up
    size_t looked; // so much of it can't be the end of a head
    size_t held;   // memory counted in web->held for it: of `in` and of the body
    size_t queued; // bytes that the socket did not take yet
    char *if_none_match;
    struct conn_body *body;
    struct tls *tls; // NULL: plain HTTP
    char *topic;
    enum conn_state state : 8;
    bool fresh : 1;   // has not asked anything yet
    bool greeted : 1; // TLS: the first bytes have come
    bool counted : 1; // in web->peers
    bool refused : 1; // in web->refused_n
    bool stays : 1;   // of the request under way: the connection may serve another
    bool old : 1;     // it is HTTP/1.0
    bool head : 1;    // it is HEAD
    bool ended : 1;   // the client will send nothing more
    bool taking : 1;  // conn_take is at work on it: nobody else goes on with it
    bool reading : 1;
    uint8_t handles; // that the loop must close before it is freed
};

struct web {
    uv_tcp_t listener;
    uv_timer_t last_look;
    uv_loop_t *loop;
    struct web_calls calls;
    struct web_settings settings; // numbers with their defaults filled in; its texts are not kept
    char listen[64];              // for the log
    struct address_policy proxies;
    struct tls_keys *keys;                // NULL: plain HTTP
    struct conn_list idle, busy, streams; // each with the oldest in front
    size_t conns_n, streams_n;
    size_t drawings_n;  // certificates for answers that are being drawn
    size_t refused_n;   // beyond the limits: they are told so, and count for nothing else
    struct map peers;   // address -> how many connections
    struct map waiting; // reply id -> connection
    uint64_t last_id;
    size_t held;                   // memory for what is coming, and for answers that are not taken yet
    struct buf record, out, plain; // lent to one request and one answer at a time: see web_lend
    char *piece;                   // what is read lands here first
    struct {
        int64_t second;
        char text[HTTPDATE_LEN + 1];
    } date;
    struct {
        uint64_t minute, said, silent;
    } refusals;
    bool draining, listening;
    int handles;
};

#define WEB_PIECE 65536u      // of a body; libuv reads at most so much at once
#define WEB_PIECE_HEAD 16384u // of heads: what is more than one request is kept with the connection
#define WEB_PIECE_AHEAD 4096u // of what comes while a request waits

// -- web.c
void web_release(struct web *w); // a handle of it is closed; frees it with the last

// -- web_conn.c
struct conn *conn_new(struct web *w);
void conn_close(struct conn *k); // at once; any number of times
void conn_move(struct conn *k, struct conn_list *to);
void conn_limit(struct conn *k, int64_t ms);               // from now on; 0: no deadline
int64_t conn_head_ms(const struct conn *k);                // how long a head may take
int64_t conn_patience(const struct conn *k, size_t bytes); // how long so many bytes may take, in or out
struct buf web_lend(struct buf *of); // takes a scratch buffer: who is called inside gets another
void web_give_back(struct buf *of, struct buf b);

// -- web_crowd.c
bool crowd_join(struct conn *k); // finds out who it is; false: there are too many, and it was told so
void crowd_leave(struct conn *k);
bool crowd_hold(struct conn *k);            // counts what k keeps by now; false: all together keep too much
bool web_hold(struct web *w, size_t bytes); // false: too much is kept already
void web_let_go(struct web *w, size_t bytes);

// -- web_read.c
void conn_read_start(struct conn *k);
void conn_go_on(struct conn *k); // an answer has left: looks at what came behind its request
void conn_body_free(struct conn *k);

// -- web_draw.c
bool web_draw(struct web *w, struct conn *k, struct record response); // true: web_reply comes again, drawn

// -- web_write.c
void conn_send(struct conn *k, struct text first, struct text second); // both are copied as far as they must
void conn_refuse(struct conn *k, const struct refusal *r); // answers with a page of our own, then closes
void conn_linger(struct conn *k);
void conn_sent(struct conn *k); // everything was taken by the socket

// -- web_stream.c
bool conn_stream_allowed(const struct conn *k);
void conn_stream_start(struct conn *k, struct text topic);
void conn_stream_comment(struct conn *k);
