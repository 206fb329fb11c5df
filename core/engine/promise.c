// SPDX-License-Identifier: MIT
// promise: what may leave the house once a batch is on disk, in the order in which it was promised.
#include "engine/engine.h"
#include "engine/schedule.h"
#include "engine/script.h"

#include <stdlib.h>
#include <string.h>

enum promise_kind {
    PROMISE_EFFECT,
    PROMISE_REST,
    PROMISE_START,
    PROMISE_DELIVER,
    PROMISE_REPLY,
    PROMISE_PUSH,
    PROMISE_PICK_UP
};

// A list that grows at its head: marking and taking back are one pointer. promise_keep_all turns it round.
struct promise {
    struct promise *older;
    enum promise_kind kind;
    int64_t flow;
    int32_t step;
    enum step_kind step_kind;
    int32_t attempt;
    size_t op; // START, DELIVER: its number among the batch's starts or inbox rows
    struct script *script;
    struct flow_row
        row; // START; DELIVER: event, name, key; PUSH: topic as name, data as key. Texts in `memory`.
    char *memory;
    engine_reply reply;
    void *ctx;
    struct record value;
    struct err *error; // of a REPLY that failed, else NULL: an err is half a kilobyte
};

static struct promise *promise_new(struct engine *g, enum promise_kind kind)
{
    struct promise *p = mem_alloc(sizeof *p);
    p->kind = kind;
    p->older = g->promises;
    g->promises = p;
    return p;
}

void promise_rest(struct engine *g, struct flow *f)
{
    promise_new(g, PROMISE_REST)->flow = f->id;
    f->resting++;
}

static struct text put_text(char **at, struct text t)
{
    struct text copy = {*at, t.len};
    memcpy(*at, t.data ? t.data : "", t.len);
    *at += t.len;
    return copy;
}

void promise_effect(struct engine *g, struct flow *f, struct step *s)
{
    struct promise *p = promise_new(g, PROMISE_EFFECT);
    p->flow = f->id;
    p->step = s->ord;
    p->step_kind = s->kind;
    p->attempt = s->attempt;
}

void promise_start(struct engine *g, struct script *script, const struct flow_row *row)
{
    struct promise *p = promise_new(g, PROMISE_START);
    p->op = batch_starts(g->batch) - 1;
    p->script = script;
    p->row = *row;
    char *at = p->memory = mem_alloc(row->name.len + row->key.len + row->label.len + row->input.len + 1);
    p->row.name = put_text(&at, row->name);
    p->row.key = put_text(&at, row->key);
    p->row.label = put_text(&at, row->label);
    struct text input = put_text(&at, (struct text){(const char *)row->input.data, row->input.len});
    if (row->input.data) p->row.input = (struct record){(const uint8_t *)input.data, input.len};
}

void promise_deliver(struct engine *g, struct text event, struct text flow_name, struct text flow_key)
{
    struct promise *p = promise_new(g, PROMISE_DELIVER);
    p->op = batch_inboxes(g->batch) - 1;
    char *at = p->memory = mem_alloc(event.len + flow_name.len + flow_key.len + 1);
    p->row.event = put_text(&at, event);
    p->row.name = put_text(&at, flow_name);
    p->row.key = put_text(&at, flow_key);
}

void promise_reply(struct engine *g, engine_reply reply, void *ctx, struct record value,
    const struct err *error)
{
    struct promise *p = promise_new(g, PROMISE_REPLY);
    p->reply = reply;
    p->ctx = ctx;
    p->memory = mem_copy(value.data, value.len);
    p->value = (struct record){(const uint8_t *)p->memory, value.len};
    if (error) p->error = memcpy(mem_alloc(sizeof *error), error, sizeof *error);
}

void promise_pick_up(struct engine *g, int64_t flow)
{
    promise_new(g, PROMISE_PICK_UP)->flow = flow;
}

void promise_push(struct engine *g, struct text topic, struct text data)
{
    struct promise *p = promise_new(g, PROMISE_PUSH);
    char *at = p->memory = mem_alloc(topic.len + data.len + 1);
    p->row.name = put_text(&at, topic);
    p->row.key = put_text(&at, data);
}

static void promise_free(struct promise *p)
{
    free(p->memory);
    free(p->error);
    free(p);
}

struct promise *promise_mark(const struct engine *g)
{
    return g->promises;
}

void promise_rewind(struct engine *g, struct promise *mark)
{
    while (g->promises != mark) {
        struct promise *p = g->promises;
        g->promises = p->older;
        if (p->kind == PROMISE_EFFECT) effect_unpromise(g, p->flow, p->step_kind, p->attempt);
        promise_free(p);
    }
}

static void pick_up(struct engine *g, int64_t flow)
{
    g->ready_more = true;
    if (flow <= g->ready_cursor) g->ready_cursor = flow - 1;
}

// A flow that was started is run at once when there is room in memory, else it is picked up from disk later.
static void keep_start(struct engine *g, struct promise *p, const struct batch *batch)
{
    int64_t id;
    bool has_inbox;
    if (!batch_started(batch, p->op, &id, &has_inbox)) { // it was there already
        schedule_flow_ended(g, p->row.id);
        return;
    }
    if (g->options.look_only) return;
    if (has_inbox || g->warm_n >= g->warm_max || g->ready_more) {
        pick_up(g, id);
        return;
    }
    struct flow *f = flow_new(g, p->script, id, p->row.name, p->row.key, p->row.label, p->row.t0,
        p->row.input);
    if (f) flow_make_ready(g, f);
}

static void keep(struct engine *g, struct promise *p, const struct batch *batch)
{
    switch (p->kind) {
    case PROMISE_EFFECT: effect_perform(g, p->flow, p->step); break;
    case PROMISE_REST: flow_rested(g, engine_flow(g, p->flow)); break;
    case PROMISE_START: keep_start(g, p, batch); break;
    case PROMISE_DELIVER:
        if (batch_inbox_id(batch, p->op) == 0) break; // it was there already: counts once
        store_find(g->store, p->row.event, p->row.name, p->row.key);
        g->finding++;
        break;
    case PROMISE_REPLY: p->reply(p->ctx, p->value, p->error); break;
    case PROMISE_PICK_UP: pick_up(g, p->flow); break;
    case PROMISE_PUSH:
        if (g->world.push) g->world.push(g->world.self, p->row.name, p->row.key);
        break;
    }
}

static struct promise *turn_round(struct promise *newest)
{
    struct promise *oldest = NULL;
    while (newest) {
        struct promise *older = newest->older;
        newest->older = oldest;
        oldest = newest;
        newest = older;
    }
    return oldest;
}

void promise_keep_all(struct engine *g, struct promise *first, const struct batch *batch)
{
    for (struct promise *p = turn_round(first); p;) {
        struct promise *next = p->older;
        keep(g, p, batch);
        promise_free(p);
        p = next;
    }
}

void promise_free_all(struct promise *first)
{
    while (first) {
        struct promise *older = first->older;
        promise_free(first);
        first = older;
    }
}

struct promise *promise_none(void)
{
    static struct promise none;
    return &none;
}
