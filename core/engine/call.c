// SPDX-License-Identifier: MIT
// call: handlers of a script. A handler runs to its end inside one turn, so it is one transaction; its reply
// is a promise of the batch that its changes are in.
#include "engine/engine.h"
#include "engine/script.h"
#include "engine/value.h"

#include <lauxlib.h>

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
    else if (status) failed = err_set(e, ERR_INPUT, "%s", sandbox_said(L, NULL));
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
