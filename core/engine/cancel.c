// SPDX-License-Identifier: MIT
#include "engine/cancel.h"

#include "engine/edit.h"
#include "engine/schedule.h"
#include "engine/script.h"

#include <stdio.h>

// How many flows are read at once.
#define READ_AT_ONCE 500

static void count_rows(struct flow_row *row, const struct loaded_flow *from)
{
    row->rows = (int32_t)from->journal_n;
    for (size_t i = 0; i < from->journal_n; i++) {
        if (from->journal[i].step > row->steps) row->steps = from->journal[i].step;
        if (from->journal[i].dseq > row->dseq) row->dseq = from->journal[i].dseq;
    }
}

static void end_one(struct engine *g, struct event *ev, const struct loaded_flow *from, struct text why)
{
    struct flow_row row = from->flow;
    if (row.state == FLOW_CANCELLED || from->broken || !edit_leaves_nobody(from)) return;
    row.event = text_of(ev->name);
    row.input = row.result = (struct record){0}; // as they are
    row.state = FLOW_CANCELLED;
    row.why = why;
    row.next_due = (struct instant){0};
    row.updated_at = g->now;
    count_rows(&row, from);
    batch_flow(g->batch, &row);
    schedule_flow_ended(g, row.id);
    struct flow *warm = engine_flow(g, row.id);
    if (warm) flow_forget(g, warm);
}

static int end_all(struct engine *g, struct event *ev, struct text why, struct err *e)
{
    int64_t after = 0;
    for (size_t n = READ_AT_ONCE; n == READ_AT_ONCE;) {
        struct loaded_flow *flows;
        int failed = store_living(g->store, text_of(ev->name), after, READ_AT_ONCE, &flows, &n, e);
        for (size_t i = 0; i < n && !failed; i++) end_one(g, ev, &flows[i], why);
        if (n) after = flows[n - 1].flow.id;
        store_flows_release(flows, n);
        if (failed) return failed;
    }
    return 0;
}

static struct event *find_event(struct engine *g, struct text name, struct err *e)
{
    struct event *ev = engine_event(g, name);
    if (!ev) err_set(e, ERR_INPUT, "no event '%.*s' runs here", (int)name.len, name.data);
    else if (!script_handler(ev->current, TEXT("cancel")))
        err_set(e, ERR_INPUT, "'%s' is not written with the words for events, and knows of nobody to tell",
            ev->name);
    else return ev;
    return NULL;
}

// What the words start is not on disk yet, so it is not among what ends.
static int cancel(struct engine *g, struct event *ev, struct record with, struct buf *answer, struct err *e)
{
    struct handler *handler = script_handler(ev->current, TEXT("cancel"));
    struct handling h = {.name = handler->name, .function = handler->function};
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    bool passed;
    if (engine_handle(ev->current, &h, with, answer, &passed, e)) return -(int)e->code;
    struct text why = record_get_text((struct record){(uint8_t *)answer->data, answer->len}, "ends");
    if (!why.len || end_all(g, ev, why, e) == 0) return 0;
    batch_rewind(g->batch, rows);
    promise_rewind(g, promises);
    return -(int)e->code;
}

int engine_cancel(struct engine *g, struct record request, struct buf *answer, struct err *e)
{
    struct event *ev = find_event(g, record_get_text(request, "event"), e);
    if (!ev || engine_flush(g, e)) return -(int)e->code;
    int failed = cancel(g, ev, record_get(request, "with"), answer, e);
    g->world.wake_now(g->world.self);
    return failed;
}
