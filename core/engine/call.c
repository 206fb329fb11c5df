// SPDX-License-Identifier: MIT
// call: handlers of a script. A handler runs to its end inside one turn, so it is one transaction; its reply
// is a promise of the batch that its changes are in. One that wants lists of the database waits for them, and
// is looked for again then: the script may have changed meanwhile.
#include "engine/engine.h"
#include "engine/look.h"
#include "engine/script.h"
#include "engine/value.h"

#include <lauxlib.h>
#include <stdlib.h>

static struct handler *find_handler(struct engine *g, struct text event, struct text name,
    struct script **script)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (event.len && !text_is(event, ev->name)) continue;
        struct handler *h = script_handler(ev->current, name);
        *script = ev->current;
        if (h) return h;
    }
    return NULL;
}

bool engine_has_handler(struct engine *g, struct text event, struct text name)
{
    struct script *script;
    return find_handler(g, event, name, &script) != NULL;
}

// A page over ten thousand guests walks the list of them. Slices of flows are shorter: there are thousands.
#define LOOK_MS 200

// A report of ten thousand guests walks over all that is known of each, and makes tables of it. Commands,
// mails and organisers ask for it a few times in an event's life, so the others may wait for that long.
#define WALK_MS 3000
#define WALK_GROW_MAX ((size_t)256 << 20)

// The report of a rehearsal walks over everything that happened; nothing else waits meanwhile.
static void widen_budget(struct budget *b)
{
    b->slice_ms = 20000;
    b->slice_grow_max = b->memory_max = (size_t)1 << 30;
}

// Whoever hands in a file waits for it: eight milliseconds more for each KiB of it, which is several times
// what reading a table takes, and two seconds at most, since everything else waits too.
#define MS_A_KIB 8
#define FILE_MS_MAX 2000

static void widen_by_length(struct budget *b, size_t len)
{
    size_t more = len / 1024 * MS_A_KIB;
    b->slice_ms += (int64_t)(more < FILE_MS_MAX ? more : FILE_MS_MAX);
    b->slice_grow_max += 16 * len; // a row of a table is several times as long in Lua as in the file
}

static void widen_for_walk(struct budget *b)
{
    b->slice_ms = WALK_MS;
    b->slice_grow_max = WALK_GROW_MAX;
    b->memory_max += WALK_GROW_MAX;
}

static void push_request(lua_State *L, struct record request, struct record more)
{
    struct text name;
    value_push(L, request);
    for (struct record_iter it = record_each(more); record_next(&it);) {
        if (!record_text(it.key, &name)) continue;
        lua_pushlstring(L, name.data, name.len);
        value_push(L, it.value);
        lua_rawset(L, -3);
    }
}

static int run(struct script *s, const struct handling *h, struct record request, struct buf *reply,
    bool *passed, struct err *e)
{
    lua_State *L = s->sandbox->L;
    struct budget usual = s->sandbox->budget;
    if (s->engine->options.rehearsal) widen_budget(&s->sandbox->budget);
    else if (h->walks) widen_for_walk(&s->sandbox->budget);
    else if (h->looks) s->sandbox->budget.slice_ms = LOOK_MS;
    else widen_by_length(&s->sandbox->budget, request.len);
    lua_rawgeti(L, LUA_REGISTRYINDEX, h->function);
    push_request(L, request, h->more);
    s->context = h->looks ? CONTEXT_LOOK : CONTEXT_HANDLER;
    budget_begin(&s->sandbox->budget, L);
    int status = lua_pcall(L, 1, 1, 0);
    enum budget_struck struck = budget_end(&s->sandbox->budget);
    s->sandbox->budget.slice_ms = usual.slice_ms;
    s->sandbox->budget.slice_grow_max = usual.slice_grow_max;
    s->sandbox->budget.memory_max = usual.memory_max;
    s->context = CONTEXT_NONE;
    int failed = 0;
    if (struck) failed = err_set(e, ERR_LIMIT, "%s: %s", h->name, budget_sentence(struck));
    else if (status) failed = err_set(e, ERR_INPUT, "%s", sandbox_said(L, NULL));
    else failed = sandbox_guard(s->sandbox, e);
    *passed = !failed && h->may_pass && lua_isnil(L, -1);
    if (!failed && !*passed) failed = value_encode(L, -1, reply, e);
    lua_settop(L, 0);
    return failed;
}

int engine_handle(struct script *s, const struct handling *h, struct record request, struct buf *reply,
    bool *passed, struct err *e)
{
    struct engine *g = s->engine;
    g->now = g->world.now(g->world.self);
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    struct book_change *books = book_mark(s->event);
    int failed = run(s, h, request, reply, passed, e);
    if (failed || *passed) {
        batch_rewind(g->batch, rows);
        promise_rewind(g, promises);
        book_rewind(s->event, books);
    }
    book_forget_changes(s->event);
    return failed;
}

// ---- being asked --------------------------------------------------------------------------------------

struct call {
    struct call *next;
    struct engine *engine;
    char *event, *name;
    struct record request; // owned
    engine_reply reply;
    void *ctx;
    struct look *look;
};

static void call_free(struct call *c)
{
    look_free(c->look);
    free(c->event);
    free(c->name);
    free((void *)c->request.data);
    free(c);
}

void engine_call_forget(struct engine *g)
{
    while (g->calls) {
        struct call *c = g->calls;
        g->calls = c->next;
        call_free(c);
    }
}

static void give(struct engine *g, engine_reply reply, void *ctx, const struct buf *answer,
    const struct err *e)
{
    bool failed = e->code != 0;
    promise_reply(g, reply, ctx, (struct record){(uint8_t *)answer->data, failed ? 0 : answer->len},
        failed ? e : NULL);
    g->world.wake_now(g->world.self);
}

static void nobody_answers(struct text name, struct err *e)
{
    err_set(e, ERR_INPUT, "no script that runs here answers to '%.*s'", (int)name.len, name.data);
}

static void put_seen(const struct look *l, struct buf *out)
{
    record_put_map(out, 1);
    record_put_text(out, TEXT("seen"));
    look_put(l, out);
}

// With the lists, or without any.
static void answer(struct call *c)
{
    struct script *s;
    struct err e = {0};
    struct buf seen, said;
    bool passed;
    struct handler *handler = find_handler(c->engine, text_of(c->event), text_of(c->name), &s);
    buf_init(&seen, 4 * RECORD_LEN_MAX);
    buf_init(&said, RECORD_LEN_MAX);
    put_seen(c->look, &seen);
    if (handler) {
        struct handling h = {.name = handler->name,
            .function = handler->function,
            .looks = true,
            .walks = true,
            .more = {(uint8_t *)seen.data, seen.len}};
        engine_handle(s, &h, c->request, &said, &passed, &e);
    } else {
        nobody_answers(text_of(c->name), &e);
    }
    give(c->engine, c->reply, c->ctx, &said, &e);
    buf_release(&seen);
    buf_release(&said);
}

static void leave(struct call *c)
{
    struct call **at = &c->engine->calls;
    while (*at != c) at = &(*at)->next;
    *at = c->next;
    call_free(c);
}

static void on_seen(void *ctx, const struct err *error)
{
    struct call *c = ctx;
    struct buf none;
    buf_init(&none, 1);
    if (error) give(c->engine, c->reply, c->ctx, &none, error);
    else answer(c);
    leave(c);
}

// Its lists become a field of the request, which is therefore a map.
static void take_request(struct call *c, struct record request)
{
    struct buf none;
    buf_init(&none, 16);
    record_put_map(&none, 0);
    if (record_kind(request) != RECORD_MAP) request = (struct record){(uint8_t *)none.data, none.len};
    c->request = (struct record){mem_copy(request.data, request.len), request.len};
    buf_release(&none);
}

static struct call *call_new(struct engine *g, struct text event, struct text name, struct record request,
    engine_reply reply, void *ctx)
{
    struct call *c = mem_alloc(sizeof *c);
    *c = (struct call){.next = g->calls,
        .engine = g,
        .event = mem_copy(event.data, event.len),
        .name = mem_copy(name.data, name.len),
        .reply = reply,
        .ctx = ctx};
    take_request(c, request);
    g->calls = c;
    return c;
}

// Asks for the lists that the handler wants first; it answers when they are here.
static void call_looking(struct call *c, struct script *s, const struct handler *handler)
{
    struct err e = {0};
    struct buf wanted;
    bool passed;
    struct handling h = {.name = handler->name, .function = handler->look, .looks = true};
    buf_init(&wanted, 65536);
    int failed = engine_handle(s, &h, c->request, &wanted, &passed, &e);
    struct record lists = {(uint8_t *)wanted.data, wanted.len};
    if (!failed) c->look = look_begin(c->engine, lists, on_seen, c);
    bool waits = c->look != NULL;
    if (failed) give(c->engine, c->reply, c->ctx, &wanted, &e);
    else if (!waits) answer(c);
    if (!waits) leave(c);
    buf_release(&wanted);
}

void engine_call(struct engine *g, struct text event, struct text name, struct record request,
    engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct script *script;
    struct handler *handler = find_handler(g, event, name, &script);
    struct buf said;
    bool passed;
    if (handler && handler->look)
        return call_looking(call_new(g, event, name, request, reply, ctx), script, handler);
    buf_init(&said, RECORD_LEN_MAX);
    if (handler) {
        struct handling h = {.name = handler->name, .function = handler->function};
        engine_handle(script, &h, request, &said, &passed, &e);
    } else {
        nobody_answers(name, &e);
    }
    give(g, reply, ctx, &said, &e);
    buf_release(&said);
}
