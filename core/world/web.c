// SPDX-License-Identifier: MIT
#include "world/web.h"

#include "base/log.h"
#include "world/web_conn.h"
#include "world/web_listen.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 4096 // when nothing is said
#define PER_ADDRESS_MAX 256  // a whole office behind one address opens an invitation at once
#define HEAD_MS (10 * SECOND_MS)
#define BODY_MS (30 * SECOND_MS)
#define IDLE_MS (60 * SECOND_MS)
#define REFUSED_MAX 256      // so many beyond the limit are told so; after that they are only closed
#define LAST_LOOK_MS 20      // a stop hears those first whom the kernel has already accepted
#define DRAIN_HEAD_MS 2000   // a stop waits so long for the rest of a head
#define EXPIRES_SOON_DAYS 14 // certbot renews 30 days ahead: by then it has failed more than once
#define SCRATCH_KEPT (256u << 10)

// ---- lists of connections, and their deadlines ------------------------------------------------------

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

// ---- how many there may be --------------------------------------------------------------------------

// An address of IPv6 stands for its network of 64 bits, which is the least that one customer gets.
static int64_t peer_key(const uint8_t peer[16])
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    const uint8_t *from = memcmp(peer, mapped, sizeof mapped) ? peer : peer + 8; // 00 00 ff ff a b c d
    uint64_t key = 0;
    for (size_t i = 0; i < 8; i++) key = key << 8 | from[i];
    return key ? (int64_t)key : 1; // a map holds no 0
}

static size_t peer_count(const struct web *w, const uint8_t peer[16])
{
    return (size_t)(uintptr_t)map_find(&w->peers, peer_key(peer));
}

static void peer_set(struct web *w, const uint8_t peer[16], size_t n)
{
    if (n) map_put(&w->peers, peer_key(peer), (void *)(uintptr_t)n);
    else map_take(&w->peers, peer_key(peer));
}

static bool same_peer(const struct conn *a, const struct conn *b)
{
    return peer_key(a->peer) == peer_key(b->peer);
}

// Closes whoever has been idle longest, of that address or of all. Nobody loses an answer by it.
static bool make_room(struct web *w, const struct conn *like)
{
    struct conn *k = w->idle.first;
    while (k && like && !same_peer(k, like)) k = k->next;
    if (k) conn_close(k);
    return k != NULL;
}

// A proxy that is listed asks for everybody, so it may have as many connections as there are.
static bool is_welcome(struct web *w, const struct conn *k)
{
    bool full = w->conns_n >= (size_t)w->settings.connections;
    bool greedy = !address_listed(&w->proxies, k->peer) &&
                  peer_count(w, k->peer) >= (size_t)w->settings.per_address;
    if (greedy) return make_room(w, k);
    return !full || make_room(w, NULL);
}

bool web_hold(struct web *w, size_t bytes)
{
    if (bytes > WEB_HELD_MAX - w->held) return false;
    w->held += bytes;
    return true;
}

void web_let_go(struct web *w, size_t bytes)
{
    assert(bytes <= w->held);
    w->held -= bytes;
}

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

// ---- a connection's life ----------------------------------------------------------------------------

static void web_free(struct web *w)
{
    if (--w->handles) return;
    map_release(&w->peers);
    map_release(&w->waiting);
    address_policy_release(&w->proxies);
    buf_release(&w->record);
    buf_release(&w->out);
    buf_release(&w->plain);
    tls_keys_close(w->keys);
    free(w->piece);
    free(w);
}

static void on_conn_closed(uv_handle_t *handle)
{
    struct conn *k = handle->data;
    if (--k->handles) return;
    web_free(k->web);
    free(k);
}

void conn_close(struct conn *k)
{
    struct web *w = k->web;
    if (k->state == CONN_CLOSED) return;
    if (k->state == CONN_STREAM) w->streams_n--;
    k->state = CONN_CLOSED;
    if (k->reply_id) map_take(&w->waiting, (int64_t)k->reply_id);
    if (k->counted) {
        peer_set(w, k->peer, peer_count(w, k->peer) - 1);
        w->conns_n--;
    } else w->refused_n--;
    list_take(k);
    conn_body_free(k);
    tls_free(k->tls);
    k->tls = NULL;
    buf_release(&k->in);
    free(k->if_none_match);
    free(k->topic);
    uv_close((uv_handle_t *)&k->tcp, on_conn_closed);
    uv_close((uv_handle_t *)&k->timer, on_conn_closed);
}

static struct conn *conn_new(struct web *w)
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

static void find_peer(struct conn *k)
{
    struct sockaddr_storage at;
    int len = sizeof at;
    if (!uv_tcp_getpeername(&k->tcp, (struct sockaddr *)&at, &len))
        address_bytes((const struct sockaddr *)&at, k->peer);
}

static void turn_away(struct conn *k)
{
    struct refusal r;
    k->web->refused_n++;
    if (k->web->refused_n > REFUSED_MAX) conn_close(k);
    else {
        refuse(&r, 503, "Too many people are here at once. Please try again in a moment.");
        conn_refuse(k, &r);
    }
}

static void on_connection(uv_stream_t *listener, int status)
{
    struct web *w = listener->data;
    if (status) return;
    struct conn *k = conn_new(w);
    if (uv_accept(listener, (uv_stream_t *)&k->tcp)) {
        w->refused_n++;
        conn_close(k);
        return;
    }
    find_peer(k);
    uv_tcp_nodelay(&k->tcp, 1); // an answer whose end is small would else wait for the client's word
    if (!is_welcome(w, k)) {
        turn_away(k);
        return;
    }
    k->counted = true;
    w->conns_n++;
    peer_set(w, k->peer, peer_count(w, k->peer) + 1);
    conn_move(k, &w->idle);
    conn_limit(k, w->settings.head_ms);
    conn_read_start(k);
}

// ---- stopping ---------------------------------------------------------------------------------------

static void on_web_closed(uv_handle_t *handle)
{
    web_free(handle->data);
}

static void stop_listening(struct web *w)
{
    if (w->listening) uv_close((uv_handle_t *)&w->listener, on_web_closed);
    w->listening = false;
}

static void on_last_look(uv_timer_t *timer)
{
    struct web *w = timer->data;
    stop_listening(w);
    while (w->streams.first) conn_close(w->streams.first);
    for (struct conn *k = w->idle.first, *next; k; k = next) {
        next = k->next;
        if (!k->fresh) conn_close(k);
        else conn_limit(k, DRAIN_HEAD_MS);
    }
    for (struct conn *k = w->busy.first; k; k = k->next)
        if (k->state == CONN_HEAD) conn_limit(k, DRAIN_HEAD_MS);
}

void web_drain(struct web *w)
{
    if (!w || w->draining) return;
    w->draining = true;
    uv_timer_start(&w->last_look, on_last_look, LAST_LOOK_MS, 0);
}

size_t web_under_way(const struct web *w)
{
    return w ? w->conns_n + w->refused_n + w->listening : 0;
}

// ---- opening and closing ----------------------------------------------------------------------------

static int64_t or_else(int64_t given, int64_t otherwise)
{
    return given > 0 ? given : otherwise;
}

static void fill_in(struct web_settings *s)
{
    s->per_address = (int)or_else(s->per_address, PER_ADDRESS_MAX);
    s->head_ms = or_else(s->head_ms, HEAD_MS);
    s->body_ms = or_else(s->body_ms, BODY_MS);
    s->idle_ms = or_else(s->idle_ms, IDLE_MS);
}

static void say_when_it_expires(const struct tls_keys *keys, const char *cert)
{
    int days = tls_keys_days(keys);
    char n[16];
    snprintf(n, sizeof n, "%d", days);
    if (days < 0)
        log_line(LOG_ERROR, "the certificate has expired: browsers will refuse the pages", "file", cert,
            NULL);
    else if (days < EXPIRES_SOON_DAYS)
        log_line(LOG_WARN, "the certificate expires soon", "file", cert, "days", n, NULL);
}

// All of it or, with a sentence, nothing.
static int take_up(struct web *w, const struct web_settings *given, struct err *e)
{
    struct web_settings s = *given;
    struct address_policy proxies;
    struct tls_keys *keys = NULL;
    fill_in(&s);
    int failed = web_files_allow(&s.connections, CONNECTIONS_MAX, e);
    if (!failed && s.tls_cert && !(keys = tls_keys_open(s.tls_cert, s.tls_key, e))) failed = -(int)e->code;
    if (!failed) failed = address_policy_init(&proxies, s.proxies, "web.proxies", e);
    if (failed) {
        tls_keys_close(keys);
        return failed;
    }
    if (keys) say_when_it_expires(keys, s.tls_cert);
    address_policy_release(&w->proxies);
    tls_keys_close(w->keys);
    w->proxies = proxies;
    w->keys = keys;
    w->settings = s;
    return 0;
}

int web_configure(struct web *w, const struct web_settings *settings, struct err *e)
{
    int failed = take_up(w, settings, e);
    if (!failed && (!settings->listen || strcmp(settings->listen, w->listen) != 0))
        log_line(LOG_WARN, "web.listen changed: it counts after a restart", "listens", w->listen, NULL);
    return failed;
}

int web_port(const struct web *w)
{
    struct sockaddr_storage at;
    int len = sizeof at;
    if (uv_tcp_getsockname(&w->listener, (struct sockaddr *)&at, &len)) return 0;
    return web_port_of((const struct sockaddr *)&at);
}

static struct web *web_new(uv_loop_t *loop, struct web_calls calls)
{
    struct web *w = mem_alloc(sizeof *w);
    w->loop = loop;
    w->calls = calls;
    w->piece = mem_alloc(WEB_PIECE);
    w->last_look.data = w;
    w->handles = 1;
    w->date.second = -1;
    map_init(&w->peers);
    map_init(&w->waiting);
    buf_init(&w->record, RECORD_LEN_MAX);
    buf_init(&w->plain, WEB_PIECE);
    buf_init(&w->out, REPLY_HEAD_MAX + WEB_PIECE);
    uv_timer_init(loop, &w->last_look);
    return w;
}

struct web *web_open(uv_loop_t *loop, const struct web_settings *settings, struct web_calls calls,
    struct err *e)
{
    struct web *w = web_new(loop, calls);
    snprintf(w->listen, sizeof w->listen, "%s", settings->listen);
    if (take_up(w, settings, e) || web_listen(&w->listener, loop, settings, on_connection, e)) {
        web_close(w);
        return NULL;
    }
    w->listener.data = w;
    w->listening = true;
    w->handles++;
    return w;
}

void web_close(struct web *w)
{
    if (!w) return;
    stop_listening(w);
    struct conn_list *lists[] = {&w->idle, &w->busy, &w->streams};
    for (size_t i = 0; i < 3; i++)
        while (lists[i]->first) conn_close(lists[i]->first);
    uv_close((uv_handle_t *)&w->last_look, on_web_closed);
}
