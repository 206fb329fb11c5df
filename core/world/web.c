// SPDX-License-Identifier: MIT
#include "world/web.h"

#include "base/log.h"
#include "world/web_conn.h"
#include "world/web_listen.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECTIONS_MAX 4096 // when nothing is said
#define PER_ADDRESS_MAX 256  // a whole office behind one address opens an invitation at once
#define HEAD_MS (10 * SECOND_MS)
#define BODY_MS (30 * SECOND_MS)
#define IDLE_MS (60 * SECOND_MS)
#define LAST_LOOK_MS 20      // a stop hears those first who have already begun to connect
#define EXPIRES_SOON_DAYS 14 // certbot renews 30 days ahead: by then it has failed more than once

// ---- accepting --------------------------------------------------------------------------------------

static void on_connection(uv_stream_t *listener, int status)
{
    struct web *w = listener->data;
    if (status) return;
    struct conn *k = conn_new(w);
    if (uv_accept(listener, (uv_stream_t *)&k->tcp)) {
        conn_close(k);
        return;
    }
    uv_tcp_nodelay(&k->tcp, 1); // an answer whose end is small would else wait for the client's word
    if (!crowd_join(k)) return;
    conn_move(k, &w->idle);
    conn_limit(k, conn_head_ms(k));
    conn_read_start(k);
}

// ---- stopping ---------------------------------------------------------------------------------------

void web_release(struct web *w)
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

static void on_web_closed(uv_handle_t *handle)
{
    web_release(handle->data);
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
        if (k->fresh) conn_limit(k, conn_head_ms(k)); // it came to ask something
        else conn_close(k);
    }
    for (struct conn *k = w->busy.first; k; k = k->next)
        if (k->state == CONN_HEAD) conn_limit(k, conn_head_ms(k));
}

void web_drain(struct web *w)
{
    if (!w || w->draining) return;
    w->draining = true;
    web_listen_no_more(&w->listener);
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
    w->settings.listen = w->settings.tls_cert = w->settings.tls_key = NULL; // borrowed for this call
    w->settings.proxies = NULL;
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
