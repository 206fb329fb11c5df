// SPDX-License-Identifier: MIT
// call: handlers of a script. A handler runs to its end inside one turn, so it is one transaction; its reply
// is a promise of the batch that its changes are in.
#include "engine/engine.h"
#include "engine/script.h"
#include "engine/value.h"

#include <lauxlib.h>

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

// The report of a rehearsal walks over everything that happened; nothing else waits meanwhile.
static void widen_budget(struct budget *b)
{
    b->slice_ms = 20000;
    b->slice_grow_max = b->memory_max = (size_t)1 << 30;
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
    else if (h->looks) s->sandbox->budget.slice_ms = LOOK_MS;
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

void engine_call(struct engine *g, struct text event, struct text name, struct record request,
    engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct script *script;
    struct handler *handler = find_handler(g, event, name, &script);
    struct buf answer;
    bool passed;
    int failed = -1;
    buf_init(&answer, RECORD_LEN_MAX);
    if (handler) {
        struct handling h = {.name = handler->name, .function = handler->function};
        failed = engine_handle(script, &h, request, &answer, &passed, &e);
    } else {
        err_set(&e, ERR_INPUT, "no script that runs here answers to '%.*s'", (int)name.len, name.data);
    }
    promise_reply(g, reply, ctx, (struct record){(uint8_t *)answer.data, failed ? 0 : answer.len},
        failed ? &e : NULL);
    buf_release(&answer);
    g->world.wake_now(g->world.self);
}
