// SPDX-License-Identifier: MIT
#include "world/web_conn.h"

#include <stdlib.h>
#include <string.h>

#define SCRATCH_KEPT (256u << 10)
#define DRAIN_HEAD_MS (2 * SECOND_MS) // a stop waits so long for the rest of a head

// ---- where it is listed, and its deadline -----------------------------------------------------------

static void list_take(struct conn *k)
{
    struct conn_list *l = k->list;
    if (!l) return;
    if (k->previous) k->previous->next = k->next;
    else l->first = k->next;
    if (k->next) k->next->previous = k->previous;
    else l->last = k->previous;
    k->list = NULL;
}

void conn_move(struct conn *k, struct conn_list *to)
{
    list_take(k);
    k->list = to;
    k->next = NULL;
    k->previous = to->last;
    if (to->last) to->last->next = k;
    else to->first = k;
    to->last = k;
}

static void on_deadline(uv_timer_t *timer);

// The timer is only moved when it would look too late. A deadline that moves away, as with every request on a
// connection that stays, costs nothing: the timer looks, and is set again.
void conn_limit(struct conn *k, int64_t ms)
{
    k->deadline = ms ? uv_now(k->web->loop) + (uint64_t)ms : 0;
    if (!ms || (uv_is_active((uv_handle_t *)&k->timer) && k->armed <= k->deadline)) return;
    k->armed = k->deadline;
    uv_timer_start(&k->timer, on_deadline, (uint64_t)ms, 0);
}

int64_t conn_head_ms(const struct conn *k)
{
    int64_t ms = k->web->settings.head_ms;
    return k->web->draining && ms > DRAIN_HEAD_MS ? DRAIN_HEAD_MS : ms;
}

int64_t conn_patience(const struct conn *k, size_t bytes)
{
    int64_t each = k->web->settings.body_ms;
    return each + (int64_t)((uint64_t)each * bytes >> 20);
}

static void deadline_passed(struct conn *k)
{
    struct refusal r;
    switch (k->state) {
    case CONN_HEAD:
    case CONN_BODY:
        refuse(&r, 408, "The request took too long to arrive.");
        conn_refuse(k, &r);
        break;
    case CONN_STREAM: conn_stream_comment(k); break;
    case CONN_IDLE:
    case CONN_WRITES:
    case CONN_LINGERS: conn_close(k); break;
    case CONN_WAITS:
    case CONN_CLOSED: break;
    }
}

static void on_deadline(uv_timer_t *timer)
{
    struct conn *k = timer->data;
    uint64_t now = uv_now(k->web->loop);
    if (!k->deadline) return;
    if (now >= k->deadline) deadline_passed(k);
    else {
        k->armed = k->deadline;
        uv_timer_start(timer, on_deadline, k->deadline - now, 0);
    }
}

// ---- its life ---------------------------------------------------------------------------------------

static void on_conn_closed(uv_handle_t *handle)
{
    struct conn *k = handle->data;
    if (--k->handles) return;
    web_release(k->web);
    free(k);
}

void conn_close(struct conn *k)
{
    struct web *w = k->web;
    if (k->state == CONN_CLOSED) return;
    if (k->state == CONN_STREAM) w->streams_n--;
    k->state = CONN_CLOSED;
    if (k->reply_id) map_take(&w->waiting, (int64_t)k->reply_id);
    crowd_leave(k);
    list_take(k);
    conn_body_free(k);
    tls_free(k->tls);
    k->tls = NULL;
    buf_release(&k->in);
    web_let_go(k->web, k->held);
    free(k->if_none_match);
    free(k->topic);
    uv_close((uv_handle_t *)&k->tcp, on_conn_closed);
    uv_close((uv_handle_t *)&k->timer, on_conn_closed);
}

struct conn *conn_new(struct web *w)
{
    struct conn *k = mem_alloc(sizeof *k);
    k->web = w;
    k->tcp.data = k->timer.data = k;
    k->handles = 2;
    k->fresh = true;
    k->tls = w->keys ? tls_new(w->keys) : NULL;
    w->handles++;
    buf_init(&k->in, HEAD_LEN_MAX + WEB_PIECE);
    uv_tcp_init(w->loop, &k->tcp);
    uv_timer_init(w->loop, &k->timer);
    conn_move(k, &w->busy);
    return k;
}

// ---- scratch ----------------------------------------------------------------------------------------

struct buf web_lend(struct buf *of)
{
    struct buf b = *of;
    buf_init(of, b.max);
    buf_clear(&b);
    return b;
}

void web_give_back(struct buf *of, struct buf b)
{
    if (!of->data && b.room <= SCRATCH_KEPT) *of = b;
    else buf_release(&b);
}
