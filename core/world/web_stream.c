// SPDX-License-Identifier: MIT
// web_stream: answers without an end, on which a page hears what is new (server-sent events).
#include "world/web_conn.h"

#include <stdlib.h>
#include <string.h>

#define COMMENT_MS (20 * SECOND_MS)    // proxies close what is silent for a minute
#define STREAM_QUEUED_MAX (256u << 10) // who does not listen is hung up on, and comes back by himself
#define EVENT_MAX (64u << 10)

// Streams have no end of their own: half of the connections stay for pages.
bool conn_stream_allowed(const struct conn *k)
{
    return k->web->streams_n < (size_t)k->web->settings.connections / 2;
}

void conn_stream_start(struct conn *k, struct text topic)
{
    if (k->state == CONN_CLOSED) return;
    k->topic = mem_copy(topic.data, topic.len);
    k->state = CONN_STREAM;
    k->web->streams_n++;
    conn_move(k, &k->web->streams);
    conn_stream_comment(k); // the page learns at once that somebody listens
    conn_read_start(k);     // to hear when it goes away
}

static void send_event(struct conn *k, struct text bytes)
{
    if (k->queued + bytes.len > STREAM_QUEUED_MAX) conn_close(k);
    else conn_send(k, bytes, TEXT(""));
}

void conn_stream_comment(struct conn *k)
{
    send_event(k, TEXT(":\n\n"));
    if (k->state == CONN_STREAM) conn_limit(k, COMMENT_MS);
}

// Each line of the data is a line of the event; CR, LF and CRLF all end one.
static void write_event(struct text data, struct buf *out)
{
    buf_addz(out, "data: ");
    for (size_t i = 0; i < data.len; i++) {
        if (data.data[i] == '\r' && i + 1 < data.len && data.data[i + 1] == '\n') continue;
        if (data.data[i] == '\r' || data.data[i] == '\n') buf_addz(out, "\ndata: ");
        else buf_addc(out, data.data[i]);
    }
    buf_addz(out, "\n\n");
}

void web_push(struct web *w, struct text topic, struct text data)
{
    if (!w || !w->streams.first) return;
    struct buf event;
    buf_init(&event, EVENT_MAX);
    write_event(data, &event);
    for (struct conn *k = w->streams.first, *next; k && !event.over; k = next) {
        next = k->next; // sending may close it
        if (text_is(topic, k->topic)) send_event(k, buf_text(&event));
    }
    buf_release(&event);
}
