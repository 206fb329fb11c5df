// SPDX-License-Identifier: MIT
#include "world/live.h"

#include "base/embedded.h"
#include "base/log.h"
#include "world/control.h"
#include "world/courier.h"
#include "world/errand.h"
#include "world/http.h"
#include "world/live_clock.h"
#include "world/mailbox.h"
#include "world/web.h"
#include <curl/curl.h>
#include <assert.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

// Effects of the program around us: it says itself when it has enough to do, by not beginning them.
#define OWN_EFFECTS_MAX 1024
#define DRAIN_MS (10 * SECOND_MS) // service managers lose patience after 90 s, people at a terminal sooner

#define QUIET_MS 2000 // nothing happened for so long: a burst is over

enum live_state { LIVE_RUNS, LIVE_DRAINS, LIVE_STOPPED };

struct live {
    struct live_settings settings;
    struct world world;
    struct engine *engine;
    struct live_engine_calls calls;
    enum live_state state;
    bool tick_wanted;
    bool cut; // a stop had to give up on something

    uv_loop_t loop;
    uv_prepare_t beat;
    uv_idle_t awake; // active while there is more to do: poll then does not sleep
    uv_async_t store_wake;
    uv_timer_t drain_limit, turn_limit, quiet;
    uv_signal_t sigterm, sigint, sighup;
    struct live_clock *clock;
    struct http *http;
    struct courier *courier;
    struct mailbox *mailbox; // NULL: none is read
    int64_t mailboxes_n;     // opened so far
    struct control *control;
    struct web *web;           // NULL: no pages are served
    struct errand_list ended;  // not yet posted
    struct live_settings next; // to be taken up when nothing is under way
    bool has_next;
};

// ---- the beat: the one place where the engine is entered ------------------------------------------

static void want_tick(void *ctx)
{
    struct live *l = ctx;
    l->tick_wanted = true;
}

static void on_ended(void *ctx, struct errand *r)
{
    struct live *l = ctx;
    errand_list_add(&l->ended, r);
    l->tick_wanted = true;
}

static void say_loudly(const struct errand *r)
{
    char flow[24], step[16];
    snprintf(flow, sizeof flow, "%lld", (long long)r->flow);
    snprintf(step, sizeof step, "%d", (int)r->step);
    log_line(LOG_ERROR, r->note.data, "flow", flow, "step", step, NULL);
}

static void post_ended(struct live *l)
{
    struct errand *r;
    while ((r = errand_list_take(&l->ended))) {
        struct record value = {(const uint8_t *)r->value.data, r->value.len};
        if (r->loud) say_loudly(r);
        l->calls.post(l->engine, r->flow, r->step, r->attempt, r->outcome, value, buf_text(&r->note),
            r->retry_after_ms);
        r->free(r);
    }
}

static size_t under_way(const struct live *l)
{
    return http_under_way(l->http) + courier_under_way(l->courier);
}

static void look_whether_drained(struct live *l)
{
    if (l->state == LIVE_DRAINS && !l->tick_wanted && !under_way(l) && !web_under_way(l->web) &&
        l->calls.idle(l->engine))
        live_stop_at_once(l);
}

// Limits, proxies and certificates of the web server. Serving pages at all begins and ends with a start.
static bool take_up_web(struct live *l, struct err *e)
{
    if (l->web && l->settings.web.listen) return !web_configure(l->web, &l->settings.web, e);
    if (l->web || l->settings.web.listen)
        log_line(LOG_WARN, "web.listen came or went: it counts after a restart", NULL);
    return true;
}

// In practice nobody answers: what comes in is about the real event.
static int open_mailbox(struct live *l, struct mailbox **out, struct err *e)
{
    *out = NULL;
    if (!l->settings.mailbox.host || l->settings.practice) return 0;
    *out = mailbox_open(&l->loop, &l->settings, ++l->mailboxes_n, e);
    return *out ? 0 : -1;
}

// The mail server and the limits change between two errands, never under one.
static void take_up_settings(struct live *l)
{
    struct errand_sink sink = {l, on_ended};
    struct err e = {0};
    if (!l->has_next || under_way(l)) return;
    l->has_next = false;
    struct live_settings old = l->settings;
    l->settings = l->next; // what is opened borrows from here
    struct http *http = http_open(&l->loop, &l->settings, sink, &e);
    struct courier *courier = http ? courier_open(&l->loop, &l->settings, sink, want_tick, &e) : NULL;
    struct mailbox *mailbox = NULL;
    bool taken = courier && open_mailbox(l, &mailbox, &e) == 0 && take_up_web(l, &e);
    if (taken) {
        http_close(l->http);
        courier_close(l->courier);
        mailbox_close(l->mailbox);
        l->mailbox = mailbox;
        l->http = http;
        l->courier = courier;
    } else {
        mailbox_close(mailbox);
        courier_close(courier);
        http_close(http);
        l->settings = old;
        log_line(LOG_ERROR, "the new settings can't be used; the old ones stay", "why", e.text, NULL);
    }
    l->tick_wanted = true;
    if (l->next.on_configured) l->next.on_configured(l->next.ctx, taken);
}

void live_configure(struct live *l, const struct live_settings *settings)
{
    l->next = *settings;
    l->has_next = true;
}

static void on_awake(uv_idle_t *awake)
{
    // its being active is all that is needed
}

// Loading and bursts leave holes in the heap, and the sources of the words in memory; an engine that sleeps
// for weeks gives both back.
static void on_quiet(uv_timer_t *quiet)
{
    malloc_trim(0);
    embedded_rest();
}

static void on_beat(uv_prepare_t *beat)
{
    struct live *l = beat->data;
    if (!l->engine) return;
    take_up_settings(l);
    post_ended(l);
    if (l->tick_wanted) {
        l->tick_wanted = false; // what is asked for while it runs, it may not see any more
        uv_timer_start(&l->quiet, on_quiet, QUIET_MS, 0);
        if (l->calls.tick(l->engine) || l->ended.first) l->tick_wanted = true;
    }
    look_whether_drained(l);
    if (l->tick_wanted) uv_idle_start(&l->awake, on_awake);
    else uv_idle_stop(&l->awake);
}

// ---- the world table ------------------------------------------------------------------------------

static struct instant world_now(void *self)
{
    struct live *l = self;
    return live_clock_now(l->clock);
}

static void world_wake_at(void *self, struct instant at)
{
    struct live *l = self;
    live_clock_wake_at(l->clock, at);
}

static size_t world_room(void *self, enum step_kind kind)
{
    struct live *l = self;
    if (l->state != LIVE_RUNS || l->has_next) return 0;
    if (kind == STEP_KIND_MAIL) return courier_room(l->courier);
    if (kind == STEP_KIND_HTTP) return http_room(l->http);
    return OWN_EFFECTS_MAX;
}

static void unknown_free(struct errand *r)
{
    errand_release(r);
    free(r);
}

static void world_perform(void *self, const struct effect *effect)
{
    struct live *l = self;
    if (effect->kind == STEP_KIND_MAIL) courier_perform(l->courier, effect);
    else if (effect->kind == STEP_KIND_HTTP) http_perform(l->http, effect);
    else {
        struct errand *r = mem_alloc(sizeof *r);
        errand_init(r, effect, unknown_free);
        errand_end(r, OUTCOME_FAILED, "nothing here can perform an effect of the kind \"%s\"",
            step_kind_name(effect->kind));
        on_ended(l, r);
    }
}

// What is on the wire is let end: cutting it would only make its outcome unknown, and the engine drops a
// word that nobody waits for.
static void world_cancel(void *self, int64_t flow, int32_t step)
{
}

// ---- asked from outside ---------------------------------------------------------------------------

static void on_store_wake(uv_async_t *wake)
{
    want_tick(wake->data);
}

void live_store_wake(void *live)
{
    struct live *l = live;
    uv_async_send(&l->store_wake);
}

static void on_request(void *ctx, uint64_t reply_id, struct record request)
{
    struct live *l = ctx;
    if (l->settings.on_request) l->settings.on_request(l->settings.ctx, reply_id, request);
}

void live_reply(struct live *l, uint64_t reply_id, struct record answer)
{
    control_reply(l->control, reply_id, answer);
}

static void on_web(void *ctx, uint64_t reply_id, struct record request)
{
    struct live *l = ctx;
    l->settings.on_web(l->settings.ctx, reply_id, request);
}

static size_t on_web_head(void *ctx, struct text method, struct text path)
{
    struct live *l = ctx;
    return l->settings.on_web_head(l->settings.ctx, method, path);
}

void live_web_reply(struct live *l, uint64_t reply_id, struct record response)
{
    web_reply(l->web, reply_id, response);
}

int live_web_port(const struct live *l)
{
    return l->web ? web_port(l->web) : 0;
}

static void world_push(void *self, struct text topic, struct text data)
{
    struct live *l = self;
    web_push(l->web, topic, data);
}

void live_mailbox_begin(struct live *l, int64_t reader, int64_t validity, int64_t uid)
{
    mailbox_begin(l->mailbox, reader, validity, uid);
}

void live_mailbox_settled(struct live *l, int64_t reader, int64_t uid, bool wanted)
{
    mailbox_settled(l->mailbox, reader, uid, wanted);
}

static void on_stop_signal(uv_signal_t *handle, int number)
{
    struct live *l = handle->data;
    bool at_once = l->state != LIVE_RUNS;
    log_line(LOG_INFO, at_once ? "stopping at once" : "stopping; what is under way may end", NULL);
    if (at_once) live_stop_at_once(l);
    else live_stop(l);
    if (l->settings.on_stop) l->settings.on_stop(l->settings.ctx, at_once);
}

static void on_reload_signal(uv_signal_t *handle, int number)
{
    struct live *l = handle->data;
    if (l->settings.on_reload) l->settings.on_reload(l->settings.ctx);
}

// ---- running and stopping -------------------------------------------------------------------------

static void on_drain_limit(uv_timer_t *limit)
{
    struct live *l = limit->data;
    l->cut = under_way(l) || !l->calls.idle(l->engine);
    log_line(LOG_WARN,
        l->cut ? "stopping although effects are under way; they count as started"
               : "stopping although some clients have not sent or taken all of it",
        NULL);
    live_stop_at_once(l);
}

void live_stop(struct live *l)
{
    if (l->state != LIVE_RUNS) return;
    int64_t drain_ms = l->settings.drain_ms > 0 ? l->settings.drain_ms : DRAIN_MS;
    l->state = LIVE_DRAINS;
    mailbox_stop(l->mailbox);
    uv_update_time(&l->loop);
    web_drain(l->web);
    uv_timer_start(&l->drain_limit, on_drain_limit, (uint64_t)drain_ms, 0);
    l->tick_wanted = true; // so that on_beat looks even if nothing else happens
}

void live_stop_at_once(struct live *l)
{
    if (l->state != LIVE_STOPPED && under_way(l)) l->cut = true;
    l->state = LIVE_STOPPED;
    uv_stop(&l->loop);
}

int live_run(struct live *l)
{
    while (l->state != LIVE_STOPPED) uv_run(&l->loop, UV_RUN_DEFAULT);
    return l->cut ? -ERR_LIMIT : 0;
}

static void on_turn_limit(uv_timer_t *limit)
{
    // it only ends the sleep
}

bool live_turn(struct live *l, int64_t max_wait_ms)
{
    if (l->state == LIVE_STOPPED) return false;
    if (max_wait_ms <= 0) uv_run(&l->loop, UV_RUN_NOWAIT);
    else {
        uv_update_time(&l->loop);
        uv_timer_start(&l->turn_limit, on_turn_limit, (uint64_t)max_wait_ms, 0);
        uv_run(&l->loop, UV_RUN_ONCE);
        uv_timer_stop(&l->turn_limit);
    }
    return l->state != LIVE_STOPPED;
}

// ---- opening and closing --------------------------------------------------------------------------

void live_attach_calls(struct live *l, struct engine *g, const struct live_engine_calls *calls)
{
    l->engine = g;
    l->calls = *calls;
    l->tick_wanted = true;
}

void live_attach(struct live *l, struct engine *g)
{
    static const struct live_engine_calls calls = {engine_post, engine_tick, engine_idle};
    live_attach_calls(l, g, &calls);
}

struct uv_loop_s *live_loop(struct live *l)
{
    return &l->loop;
}

struct world *live_world(struct live *l)
{
    return &l->world;
}

static void watch_signal(struct live *l, uv_signal_t *handle, uv_signal_cb on_signal, int number)
{
    uv_signal_init(&l->loop, handle);
    uv_signal_start(handle, on_signal, number);
    handle->data = l;
}

static void init_handles(struct live *l)
{
    uv_prepare_init(&l->loop, &l->beat);
    uv_prepare_start(&l->beat, on_beat);
    uv_idle_init(&l->loop, &l->awake);
    uv_async_init(&l->loop, &l->store_wake, on_store_wake);
    uv_timer_init(&l->loop, &l->drain_limit);
    uv_timer_init(&l->loop, &l->quiet);
    uv_timer_init(&l->loop, &l->turn_limit);
    l->beat.data = l->store_wake.data = l->drain_limit.data = l;
    watch_signal(l, &l->sigterm, on_stop_signal, SIGTERM);
    watch_signal(l, &l->sigint, on_stop_signal, SIGINT);
    watch_signal(l, &l->sighup, on_reload_signal, SIGHUP);
}

static int open_web(struct live *l, struct err *e)
{
    struct web_calls calls = {l, on_web, l->settings.on_web_head ? on_web_head : NULL};
    assert(l->settings.on_web);
    l->web = web_open(&l->loop, &l->settings.web, calls, e);
    return l->web ? 0 : -1;
}

static int open_parts(struct live *l, struct err *e)
{
    const struct live_settings *s = &l->settings;
    struct errand_sink sink = {l, on_ended};
    l->clock = live_clock_open(&l->loop, s->shift_ms, want_tick, l, e);
    if (!l->clock) return -1;
    l->http = http_open(&l->loop, s, sink, e);
    if (!l->http) return -1;
    l->courier = courier_open(&l->loop, s, sink, want_tick, e);
    if (!l->courier || open_mailbox(l, &l->mailbox, e)) return -1;
    if (s->control && !(l->control = control_open(&l->loop, s->control, on_request, l, e))) return -1;
    return s->web.listen ? open_web(l, e) : 0;
}

struct live *live_open(const struct live_settings *settings, struct err *e)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct live *l = mem_alloc(sizeof *l);
    l->settings = *settings;
    l->world = (struct world){
        .self = l,
        .now = world_now,
        .wake_at = world_wake_at,
        .wake_now = want_tick,
        .perform = world_perform,
        .room = world_room,
        .push = world_push,
        .cancel = world_cancel,
    };
    if (uv_loop_init(&l->loop)) {
        err_set(e, ERR_LIMIT, "the system gives no event loop; look at the limit of open files (ulimit -n)");
        free(l);
        return NULL;
    }
    signal(SIGPIPE, SIG_IGN); // a peer that hangs up is a result of a write, not the end of everything
    init_handles(l);
    if (!open_parts(l, e)) return l;
    live_close(l);
    return NULL;
}

// The parts close their own handles; these are the loop's, inside struct live.
static void close_handles(struct live *l)
{
    uv_handle_t *own[] = {(uv_handle_t *)&l->beat, (uv_handle_t *)&l->awake, (uv_handle_t *)&l->store_wake,
        (uv_handle_t *)&l->drain_limit, (uv_handle_t *)&l->turn_limit, (uv_handle_t *)&l->quiet,
        (uv_handle_t *)&l->sigterm, (uv_handle_t *)&l->sigint, (uv_handle_t *)&l->sighup};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) uv_close(own[i], NULL);
}

void live_close(struct live *l)
{
    if (!l) return;
    web_close(l->web);
    control_close(l->control);
    mailbox_close(l->mailbox);
    courier_close(l->courier);
    http_close(l->http);
    live_clock_close(l->clock);
    close_handles(l);
    while (uv_loop_alive(&l->loop)) uv_run(&l->loop, UV_RUN_DEFAULT); // until the last close callback
    struct errand *r;
    while ((r = errand_list_take(&l->ended))) r->free(r);
    int open = uv_loop_close(&l->loop);
    assert(open == 0);
    free(l);
}
