// SPDX-License-Identifier: MIT
// engine: birth, end and look-ups. Scripts come in by join.c; the heartbeat is tick.c.
#include "engine/engine.h"

#include "base/log.h"
#include "engine/arrival.h"
#include "engine/enclose.h"
#include "engine/forget.h"
#include "engine/proposal.h"
#include "engine/schedule.h"
#include "engine/script.h"
#include "engine/web.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- birth and end ----------------------------------------------------------------------------------

// The installation's secret: every token, random number and Message-ID is derived from it. Made once.
static int restore_secret(struct engine *g, struct err *e)
{
    if (g->options.rehearsal) return 0; // zeros: two rehearsals are the same to the byte
    struct buf kept;
    struct text secret;
    buf_init(&kept, 4096);
    int failed = store_setting(g->store, "secret", &kept, e);
    if (!failed && record_text((struct record){(uint8_t *)kept.data, kept.len}, &secret) &&
        secret.len == HASH_LEN) {
        memcpy(g->secret, secret.data, HASH_LEN);
    } else if (!failed) {
        random_bytes(g->secret, HASH_LEN);
        buf_clear(&kept);
        record_put_text(&kept, (struct text){g->secret, HASH_LEN});
        batch_setting(g->batch, TEXT("secret"), (struct record){(uint8_t *)kept.data, kept.len});
    }
    buf_release(&kept);
    return failed;
}

// Everything but the options, which are there.
static int begin(struct engine *g, struct err *e)
{
    struct store_facts facts;
    const struct engine_options *options = &g->options;
    if (store_facts(options->store, &facts, e)) return -(int)e->code;
    g->store = options->store;
    g->world = options->world;
    g->stays_warm_ms = options->rehearsal ? INT64_MAX : FLOW_STAYS_WARM_MS;
    g->warm_max = options->rehearsal ? FLOWS_WARM_REHEARSED_MAX : FLOWS_WARM_MAX;
    g->last_flow = facts.last_flow;
    g->last_script = facts.last_script;
    g->last_inbox = facts.last_inbox;
    map_init(&g->flows);
    map_init(&g->promised);
    map_init(&g->asked);
    agenda_init(&g->agenda);
    g->agenda.cold_due = facts.next_due;
    g->first_due = INSTANT_NEVER;
    g->ready_more = true; // what a process before us had under way
    g->batch = batch_new();
    g->batch_n = 1;
    g->now = g->world.now(g->world.self);
    bool failed = restore_secret(g, e) || home_restore(g, &facts, e) ||
                  (!options->rehearsal && zones_restore(g));
    return failed ? -1 : 0;
}

struct engine *engine_new(const struct engine_options *options, struct err *e)
{
    struct engine *g = mem_alloc(sizeof *g);
    g->options = *options;
    if (begin(g, e) == 0 && forget_restore(g, e) == 0) return g;
    engine_free(g);
    return NULL;
}

void engine_keep_setting(struct engine *g, const char *name, int64_t value)
{
    struct buf kept;
    buf_init(&kept, 16);
    record_put_int(&kept, value);
    batch_setting(g->batch, text_of(name), (struct record){(uint8_t *)kept.data, kept.len});
    buf_release(&kept);
}

static void forget_flows(struct engine *g)
{
    for (;;) {
        size_t i = 0;
        void *f;
        if (!map_each(&g->flows, &i, &f)) break;
        flow_forget(g, f);
    }
    map_release(&g->flows);
}

static void free_promised(struct engine *g)
{
    size_t i = 0;
    void *p;
    while (map_each(&g->promised, &i, &p)) {
        if (p != promise_none()) promise_free_all(p);
    }
    map_release(&g->promised);
    promise_free_all(g->promises);
}

static void free_asked(struct engine *g)
{
    size_t i = 0;
    void *a;
    while (map_each(&g->asked, &i, &a)) free(a);
    map_release(&g->asked);
}

static void free_event(struct event *ev)
{
    while (ev->current) {
        struct script *s = ev->current;
        ev->current = s->next;
        script_close(s);
    }
    book_free_all(ev);
    guard_release(&ev->guard);
    proposal_free(ev->proposal);
    free(ev->name);
    free(ev);
}

static void release(struct engine *g)
{
    forget_flows(g);
    free_promised(g);
    free_asked(g);
    engine_web_forget(g);
    engine_call_forget(g);
    enclose_forget(g);
    engine_forget_arrivals(g);
    inbox_release(g);
    while (g->events) {
        struct event *ev = g->events;
        g->events = ev->next;
        free_event(ev);
    }
    if (g->house) free_event(g->house);
    for (int i = 0; i < 3; i++) {
        queue_release(&g->queue[i]);
    }
    agenda_release(&g->agenda);
    batch_free(g->batch);
}

void engine_free(struct engine *g)
{
    if (!g) return;
    if (g->batch) release(g);
    forget_free(g->forgetting);
    free(g);
}

// ---- beginning anew ---------------------------------------------------------------------------------

struct loaded_event {
    char *name, *path, *folder;
};

static struct loaded_event *take_events(const struct engine *g, size_t *n)
{
    struct loaded_event *events = NULL;
    *n = 0;
    for (const struct event *ev = g->events; ev; ev = ev->next) {
        events = mem_grow(events, sizeof *events * (*n + 1));
        const struct script *s = ev->current;
        events[(*n)++] = (struct loaded_event){mem_copyz(ev->name), mem_copyz(s->path), mem_copyz(s->folder)};
    }
    return events;
}

// It reads files from where it did before.
static int load_again(struct engine *g, struct loaded_event *from, struct err *e)
{
    int failed = engine_load_kept(g, text_of(from->name), e);
    struct event *ev = failed ? NULL : engine_event(g, text_of(from->name));
    if (ev) {
        free(ev->current->path);
        free(ev->current->folder);
        ev->current->path = from->path;
        ev->current->folder = from->folder;
        from->path = from->folder = NULL;
    }
    return failed;
}

int engine_renew(struct engine *g, struct err *e)
{
    size_t n;
    struct loaded_event *events = take_events(g, &n);
    struct engine kept = *g;
    g->cursors = NULL; // where mailboxes are read goes on
    release(g);
    *g = (struct engine){.options = kept.options,
        .cursors = kept.cursors,
        .stopping = kept.stopping,
        .fresh_n = kept.fresh_n,
        .steps_done = kept.steps_done};
    int failed = begin(g, e);
    for (size_t i = 0; i < n; i++) {
        if (!failed) failed = load_again(g, &events[i], e);
        free(events[i].name);
        free(events[i].path);
        free(events[i].folder);
    }
    free(events);
    g->world.wake_now(g->world.self);
    return failed;
}

bool engine_pauses(const struct engine *g)
{
    return g->stopping || g->forgetting;
}

void engine_stop(struct engine *g)
{
    g->stopping = true;
}

// ---- look-ups ---------------------------------------------------------------------------------------

struct flow *engine_flow(const struct engine *g, int64_t id)
{
    return map_find(&g->flows, id);
}

struct event *engine_event(struct engine *g, struct text name)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (text_is(name, ev->name)) return ev;
    }
    return NULL;
}

struct script *engine_script(struct engine *g, int64_t id)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct script *s = ev->current; s; s = s->next) {
            if (s->id == id) return s;
        }
    }
    return NULL;
}

size_t engine_under_way(const struct engine *g)
{
    size_t i = 0, n = 0;
    void *f;
    while (map_each(&g->flows, &i, &f)) n += (size_t)((struct flow *)f)->under_way;
    return n;
}

void engine_hold(struct engine *g, const struct flow_row *row, const char *why)
{
    struct flow_row held = *row;
    held.state = FLOW_HELD;
    held.next_due = (struct instant){0};
    held.why = text_of(why);
    held.updated_at = g->now;
    held.result = (struct record){0};
    batch_flow(g->batch, &held);
    schedule_flow_ended(g, row->id);
    char name[300];
    snprintf(name, sizeof name, "%.*s/%.*s", (int)row->name.len, row->name.data, (int)row->key.len,
        row->key.data);
    log_line(LOG_ERROR, "a flow is held", "name", name, "why", why, NULL);
}
