// SPDX-License-Identifier: MIT
// engine: birth, scripts joining, calls to handlers, the end. The heartbeat is tick.c.
#include "engine/engine.h"

#include "base/log.h"
#include "engine/schedule.h"
#include "engine/script.h"
#include "engine/step.h"
#include "engine/value.h"

#include <lauxlib.h>
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

struct engine *engine_new(const struct engine_options *options, struct err *e)
{
    struct store_facts facts;
    if (store_facts(options->store, &facts, e)) return NULL;
    struct engine *g = mem_alloc(sizeof *g);
    g->options = *options;
    g->store = options->store;
    g->world = options->world;
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
    g->now = g->world.now(g->world.self);
    if (restore_secret(g, e) || (!options->rehearsal && zones_restore(g))) {
        engine_free(g);
        return NULL;
    }
    return g;
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

void engine_free(struct engine *g)
{
    if (!g) return;
    forget_flows(g);
    free_promised(g);
    free_asked(g);
    inbox_release(g);
    while (g->events) {
        struct event *ev = g->events;
        g->events = ev->next;
        while (ev->current) {
            struct script *s = ev->current;
            ev->current = s->next;
            script_close(s);
        }
        book_free_all(ev);
        free(ev->name);
        free(ev);
    }
    for (int i = 0; i < 3; i++) {
        free(g->queue[i].flows);
        free(g->queue[i].steps);
    }
    agenda_release(&g->agenda);
    batch_free(g->batch);
    free(g);
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
    char name[300];
    snprintf(name, sizeof name, "%.*s/%.*s", (int)row->name.len, row->name.data, (int)row->key.len,
        row->key.data);
    log_line(LOG_ERROR, "a flow is held", "name", name, "why", why, NULL);
}

// ---- asking the store for lists ---------------------------------------------------------------------

struct asked {
    engine_reply reply;
    void *ctx;
};

void engine_ask_store(struct engine *g, uint64_t ticket, engine_reply reply, void *ctx)
{
    struct asked *a = mem_alloc(sizeof *a);
    *a = (struct asked){reply, ctx};
    map_put(&g->asked, (int64_t)ticket, a);
}

bool engine_take_list(struct engine *g, struct store_answer *answer)
{
    struct asked *a = map_take(&g->asked, (int64_t)answer->ticket);
    if (!a) return false;
    a->reply(a->ctx, answer->list, answer->error.code ? &answer->error : NULL);
    free(a);
    return true;
}

// ---- scripts join -----------------------------------------------------------------------------------

struct waiting {
    bool answered;
    struct buf value;
    struct err error;
};

static void on_waited(void *ctx, struct record value, const struct err *error)
{
    struct waiting *w = ctx;
    w->answered = true;
    if (error) w->error = *error;
    else buf_add(&w->value, value.data, value.len);
}

// While a script joins, and only then, the engine waits for its store.
static int wait_for_list(struct engine *g, uint64_t ticket, struct buf *out, struct err *e)
{
    struct waiting w = {0};
    buf_init(&w.value, 512u << 20);
    engine_ask_store(g, ticket, on_waited, &w);
    while (!w.answered) {
        store_wait(g->store);
        engine_take_answers(g);
    }
    *out = w.value;
    if (!w.error.code) return 0;
    if (e) *e = w.error;
    buf_release(out);
    return -(int)w.error.code;
}

static int restore_books(struct engine *g, struct event *ev, struct err *e)
{
    struct buf list;
    if (wait_for_list(g, store_books(g->store, text_of(ev->name)), &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    for (struct record_iter it = record_each(all); record_next(&it);) {
        struct record_iter entry = record_each(it.value);
        struct text book = {0}, key = {0};
        if (record_next(&entry)) record_text(entry.value, &book);
        if (record_next(&entry)) record_text(entry.value, &key);
        if (record_next(&entry)) book_restore(ev, book, key, entry.value);
    }
    buf_release(&list);
    return 0;
}

// The versions that the database knows: of one event, or (no event) of all.
static int list_scripts(struct engine *g, struct text event, struct buf *out, struct err *e)
{
    struct buf args;
    struct record_map map;
    buf_init(&args, 512);
    record_map_init(&map);
    if (event.len) record_map_text(&map, "event", event);
    record_map_end(&map, &args);
    uint64_t ticket = store_list(g->store, "scripts", (struct record){(uint8_t *)args.data, args.len});
    buf_release(&args);
    return wait_for_list(g, ticket, out, e);
}

static bool hash_is(struct text hex, struct hash hash)
{
    char own[2 * HASH_LEN + 1];
    hash_hex(hash, own);
    return text_is(hex, own);
}

static struct script *reopen(struct engine *g, int64_t id, struct err *e)
{
    struct buf sources;
    buf_init(&sources, 64u << 20);
    struct script *s = NULL;
    if (store_sources(g->store, id, &sources, e) == 0) {
        s = script_reopen(g, id, (struct record){(uint8_t *)sources.data, sources.len}, e);
    }
    buf_release(&sources);
    if (!s) err_in(e, "version %lld of the script, from the database", (long long)id);
    return s;
}

// Flows that began with an older version of the script go on with it, from what the database kept.
static int reopen_older(struct engine *g, struct event *ev, struct err *e)
{
    struct buf list;
    if (list_scripts(g, text_of(ev->name), &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    int failed = 0;
    for (struct record_iter it = record_each(all); !failed && record_next(&it);) {
        int64_t id = record_get_int(it.value, "id", 0), live = record_get_int(it.value, "unfinished", 0);
        if (live == 0 || hash_is(record_get_text(it.value, "hash"), ev->current->hash)) continue;
        struct script *older = reopen(g, id, e);
        if (!older) {
            failed = -(int)e->code;
            break;
        }
        older->event = ev;
        older->next = ev->current->next;
        ev->current->next = older;
        char n[24];
        snprintf(n, sizeof n, "%lld", (long long)live);
        log_line(LOG_WARN, "the script changed; flows that began with the version before go on with that one",
            "event", ev->name, "flows", n, NULL);
    }
    buf_release(&list);
    return failed;
}

static void apply_starts(struct engine *g, struct script *s)
{
    for (struct start_decl *d = s->starts; d; d = d->next) {
        engine_start_flow(g, s, text_of(d->name), text_of(d->key), text_of(d->label), d->input, 0);
    }
}

int64_t engine_start_flow(struct engine *g, struct script *s, struct text name, struct text key,
    struct text label, struct record input, int64_t parent)
{
    struct flow_row row = {.id = ++g->last_flow,
        .event = text_of(s->event->name),
        .name = name,
        .key = key,
        .label = label,
        .script = s->id,
        .parent = parent,
        .state = FLOW_READY,
        .t0 = g->now,
        .updated_at = g->now,
        .input = input};
    batch_start(g->batch, &row);
    promise_start(g, s, &row);
    return row.id;
}

static int join_event(struct engine *g, struct script *s, struct err *e)
{
    if (engine_event(g, text_of(s->event_name))) {
        return err_set(e, ERR_INPUT,
            "%s: another script has the id '%s' already; ids keep events apart, so give it its own", s->path,
            s->event_name);
    }
    struct event *ev = mem_alloc(sizeof *ev);
    ev->name = mem_copyz(s->event_name);
    ev->current = s;
    ev->next = g->events;
    g->events = ev;
    s->event = ev;
    return 0;
}

// A version that is new to the database brings its sources and its starts along.
static int join_version(struct engine *g, struct script *s, struct err *e)
{
    struct err look = {0};
    s->id = store_script(g->store, text_of(s->event->name), s->hash, &look);
    if (look.code) {
        if (e) *e = look;
        return -(int)look.code;
    }
    if (s->id) return 0;
    s->id = ++g->last_script;
    struct buf sources;
    buf_init(&sources, 64u << 20);
    struct record all = script_sources(s, &sources);
    batch_script(g->batch, s->id, text_of(s->event->name), s->hash, all, g->now);
    buf_release(&sources);
    apply_starts(g, s);
    return 0;
}

int engine_load(struct engine *g, const char *path, struct err *e)
{
    struct script *s = script_open(g, path, e);
    if (!s) return -(int)e->code;
    if (join_event(g, s, e)) {
        script_close(s);
        return -(int)e->code;
    }
    g->now = g->world.now(g->world.self);
    if (restore_books(g, s->event, e) || reopen_older(g, s->event, e)) return -(int)e->code;
    if (join_version(g, s, e) || schedule_restore(g, s, e)) return -(int)e->code;
    g->world.wake_now(g->world.self);
    return 0;
}

int engine_load_stored(struct engine *g, struct err *e)
{
    struct buf list;
    if (list_scripts(g, (struct text){0}, &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    int failed = 0;
    for (struct record_iter it = record_each(all); !failed && record_next(&it);) {
        struct text event = record_get_text(it.value, "event");
        if (engine_event(g, event)) continue; // the newest comes first
        struct script *s = reopen(g, record_get_int(it.value, "id", 0), e);
        if (!s || join_event(g, s, e) || restore_books(g, s->event, e)) failed = -(int)e->code;
    }
    buf_release(&list);
    return failed;
}

// ---- handlers ---------------------------------------------------------------------------------------

struct call {
    struct script *script;
    struct handler *handler;
    struct record request;
    struct buf reply;
};

static struct call find_handler(struct engine *g, struct text event, struct text name)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (event.len && !text_is(event, ev->name)) continue;
        struct handler *h = script_handler(ev->current, name);
        if (h) return (struct call){.script = ev->current, .handler = h};
    }
    return (struct call){0};
}

bool engine_has_handler(struct engine *g, struct text event, struct text name)
{
    return find_handler(g, event, name).handler != NULL;
}

// The report of a rehearsal walks over everything that happened; nothing else waits meanwhile.
static void widen_budget(struct budget *b)
{
    b->slice_ms = 20000;
    b->slice_grow_max = b->memory_max = (size_t)1 << 30;
}

static int run_handler(struct call *c, struct err *e)
{
    struct script *s = c->script;
    lua_State *L = s->sandbox->L;
    struct budget usual = s->sandbox->budget;
    if (s->engine->options.rehearsal) widen_budget(&s->sandbox->budget);
    lua_rawgeti(L, LUA_REGISTRYINDEX, c->handler->function);
    if (c->request.data) value_push(L, c->request);
    else lua_pushnil(L);
    s->context = CONTEXT_HANDLER;
    budget_begin(&s->sandbox->budget, L);
    int status = lua_pcall(L, 1, 1, 0);
    enum budget_struck struck = budget_end(&s->sandbox->budget);
    s->sandbox->budget.slice_ms = usual.slice_ms;
    s->sandbox->budget.slice_grow_max = usual.slice_grow_max;
    s->sandbox->budget.memory_max = usual.memory_max;
    s->context = CONTEXT_NONE;
    int failed = 0;
    if (struck) failed = err_set(e, ERR_LIMIT, "%s: %s", c->handler->name, budget_sentence(struck));
    else if (status) failed = err_set(e, ERR_INPUT, "%s", luaL_tolstring(L, -1, NULL));
    else if (!(failed = sandbox_guard(s->sandbox, e))) failed = value_encode(L, -1, &c->reply, e);
    lua_settop(L, 0);
    return failed;
}

void engine_call(struct engine *g, struct text event, struct text name, struct record request,
    engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct call c = find_handler(g, event, name);
    if (!c.handler) {
        err_set(&e, ERR_INPUT, "no script that runs here answers to '%.*s'", (int)name.len, name.data);
        promise_reply(g, reply, ctx, (struct record){0}, &e);
        g->world.wake_now(g->world.self);
        return;
    }
    c.request = request;
    buf_init(&c.reply, RECORD_LEN_MAX);
    g->now = g->world.now(g->world.self);
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    struct book_change *books = book_mark(c.script->event);
    int failed = run_handler(&c, &e);
    if (failed) {
        batch_rewind(g->batch, rows);
        promise_rewind(g, promises);
        book_rewind(c.script->event, books);
    }
    book_forget_changes(c.script->event);
    promise_reply(g, reply, ctx, (struct record){(uint8_t *)c.reply.data, c.reply.len}, failed ? &e : NULL);
    buf_release(&c.reply);
    g->world.wake_now(g->world.self);
}
