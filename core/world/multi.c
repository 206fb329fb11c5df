// SPDX-License-Identifier: MIT
#include "world/multi.h"

#include "base/buf.h"
#include <stdlib.h>

struct multi {
    CURLM *curl;
    uv_loop_t *loop;
    uv_timer_t timer;
};

// A socket that curl wants watched.
struct watch {
    uv_poll_t poll;
    struct multi *multi;
    curl_socket_t fd;
};

static void reap(struct multi *m)
{
    int left;
    CURLMsg *msg;
    while ((msg = curl_multi_info_read(m->curl, &left))) {
        if (msg->msg != CURLMSG_DONE) continue;
        CURLcode result = msg->data.result; // msg dies with curl_multi_remove_handle
        CURL *easy = msg->easy_handle;
        struct transfer *t;
        curl_easy_getinfo(easy, CURLINFO_PRIVATE, &t);
        curl_multi_remove_handle(m->curl, easy);
        t->on_end(t, result);
    }
}

static void act(struct multi *m, curl_socket_t fd, int flags)
{
    int running;
    curl_multi_socket_action(m->curl, fd, flags, &running);
    reap(m);
}

static void on_timer(uv_timer_t *timer)
{
    act(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data; // curl may close the watch inside act, so nothing of it is read after
    int flags = status < 0 ? CURL_CSELECT_ERR : 0;
    if (events & UV_READABLE) flags |= CURL_CSELECT_IN;
    if (events & UV_WRITABLE) flags |= CURL_CSELECT_OUT;
    act(w->multi, w->fd, flags);
}

static void on_watch_closed(uv_handle_t *poll)
{
    free(poll->data);
}

static struct watch *watch_open(struct multi *m, curl_socket_t fd)
{
    struct watch *w = mem_alloc(sizeof *w);
    w->multi = m;
    w->fd = fd;
    w->poll.data = w;
    if (uv_poll_init_socket(m->loop, &w->poll, fd)) {
        free(w);
        return NULL;
    }
    curl_multi_assign(m->curl, fd, w);
    return w;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *ctx, void *watch)
{
    struct multi *m = ctx;
    struct watch *w = watch;
    if (what == CURL_POLL_REMOVE) {
        curl_multi_assign(m->curl, fd, NULL);
        if (w) uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        return 0;
    }
    if (!w) w = watch_open(m, fd);
    if (!w) return -1;
    int events = 0;
    if (what & CURL_POLL_IN) events |= UV_READABLE;
    if (what & CURL_POLL_OUT) events |= UV_WRITABLE;
    uv_poll_start(&w->poll, events, on_poll);
    return 0;
}

// Called inside curl, so it may only arm: the action comes from the loop. Without uv_update_time the
// timer would count from the begin of this turn, and a turn may have run 30 ms of scripts since.
static int on_timeout(CURLM *curl, long timeout_ms, void *ctx)
{
    struct multi *m = ctx;
    uv_update_time(m->loop);
    if (timeout_ms < 0) uv_timer_stop(&m->timer);
    else uv_timer_start(&m->timer, on_timer, (uint64_t)timeout_ms, 0);
    return 0;
}

struct multi *multi_open(uv_loop_t *loop, long connections_max, struct err *e)
{
    CURLM *curl = curl_multi_init();
    if (!curl) {
        err_set(e, ERR_NET, "libcurl does not start; look at the installed version of libcurl4");
        return NULL;
    }
    struct multi *m = mem_alloc(sizeof *m);
    m->curl = curl;
    m->loop = loop;
    m->timer.data = m;
    uv_timer_init(loop, &m->timer);
    curl_multi_setopt(curl, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(curl, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(curl, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(curl, CURLMOPT_TIMERDATA, m);
    // Also bounds the threads that look up names: curl starts one for each connection in the making.
    curl_multi_setopt(curl, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections_max);
    return m;
}

static void on_timer_closed(uv_handle_t *timer)
{
    free(timer->data);
}

void multi_close(struct multi *m)
{
    if (!m) return;
    curl_multi_cleanup(m->curl);
    uv_close((uv_handle_t *)&m->timer, on_timer_closed);
}

void multi_begin(struct multi *m, struct transfer *t)
{
    curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
    curl_multi_add_handle(m->curl, t->easy);
}

void multi_drop(struct multi *m, struct transfer *t)
{
    curl_multi_remove_handle(m->curl, t->easy);
}
