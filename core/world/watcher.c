// SPDX-License-Identifier: MIT
#include "world/watcher.h"

#include "base/buf.h"
#include "base/watch.h"

#include <stdlib.h>
#include <uv.h>

#define QUIET_MS 300 // editors write a file in several goes, and people save several files

struct watcher {
    struct watch *watch;
    uv_poll_t poll;
    uv_timer_t quiet;
    int handles; // not closed yet
    void (*tell)(void *ctx);
    void *ctx;
};

static void on_quiet(uv_timer_t *quiet)
{
    struct watcher *w = quiet->data;
    w->tell(w->ctx);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct watcher *w = poll->data;
    (void)status, (void)events;
    if (watch_saved(w->watch)) uv_timer_start(&w->quiet, on_quiet, QUIET_MS, 0);
}

struct watcher *watcher_open(struct uv_loop_s *loop, void (*tell)(void *ctx), void *ctx, struct err *e)
{
    struct watch *watch = watch_open(e);
    if (!watch) return NULL;
    struct watcher *w = mem_alloc(sizeof *w);
    *w = (struct watcher){.watch = watch, .handles = 2, .tell = tell, .ctx = ctx};
    uv_timer_init(loop, &w->quiet);
    uv_poll_init(loop, &w->poll, watch_fd(watch));
    w->poll.data = w->quiet.data = w;
    uv_poll_start(&w->poll, UV_READABLE, on_readable);
    return w;
}

static void on_closed(uv_handle_t *handle)
{
    struct watcher *w = handle->data;
    if (--w->handles) return;
    watch_close(w->watch);
    free(w);
}

void watcher_close(struct watcher *w)
{
    if (!w) return;
    uv_close((uv_handle_t *)&w->poll, on_closed);
    uv_close((uv_handle_t *)&w->quiet, on_closed);
}

int watcher_add(struct watcher *w, const char *path, struct err *e)
{
    return watch_add(w->watch, path, e);
}
