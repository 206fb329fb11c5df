// SPDX-License-Identifier: MIT
// inbox: the way back in. Outcomes from the world and answers from people wait here for the next settle.
#include "engine/engine.h"
#include "engine/script.h"
#include "engine/step.h"

#include <stdlib.h>
#include <string.h>

// Untaken answers of one flow in memory; further ones stay on disk until it is loaded again.
#define UNTAKEN_MAX 1000

struct post {
    struct post *next;
    int64_t flow;
    int32_t step, attempt;
    enum outcome outcome;
    struct record value;
    struct text note;
    int64_t retry_after_ms;
    char memory[];
};

void engine_post(struct engine *g, int64_t flow, int32_t step, int32_t attempt, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms)
{
    struct post *p = mem_alloc(sizeof *p + value.len + note.len + 1);
    *p = (struct post){.flow = flow,
        .step = step,
        .attempt = attempt,
        .outcome = outcome,
        .retry_after_ms = retry_after_ms};
    if (value.data) {
        memcpy(p->memory, value.data, value.len);
        p->value = (struct record){(const uint8_t *)p->memory, value.len};
    }
    if (note.len) memcpy(p->memory + value.len, note.data, note.len);
    p->note = (struct text){p->memory + value.len, note.len};
    if (g->posts_last) g->posts_last->next = p;
    else g->posts_first = p;
    g->posts_last = p;
    g->world.wake_now(g->world.self);
}

static void settle_post(struct engine *g, const struct post *p)
{
    struct flow *f = engine_flow(g, p->flow);
    if (!f || p->step < 1 || p->step > f->steps_n) return;
    struct step *s = f->steps[p->step - 1];
    if (!s->under_way || s->attempt != p->attempt) return; // of an earlier attempt
    effect_outcome(g, f, s, p->outcome, p->value, p->note, p->retry_after_ms);
}

void inbox_settle(struct engine *g)
{
    while (g->posts_first) {
        struct post *p = g->posts_first;
        g->posts_first = p->next;
        if (!g->posts_first) g->posts_last = NULL;
        settle_post(g, p);
        free(p);
    }
}

void inbox_release(struct engine *g)
{
    while (g->posts_first) {
        struct post *p = g->posts_first;
        g->posts_first = p->next;
        free(p);
    }
}

void inbox_signal(struct engine *g, struct text event, struct text flow, struct text key, struct text name,
    struct record value, struct text dedup)
{
    batch_inbox(g->batch, &(struct inbox_row){.id = ++g->last_inbox,
                              .event = event,
                              .flow_name = flow,
                              .flow_key = key,
                              .name = name,
                              .dedup = dedup,
                              .value = value,
                              .at = g->now});
    promise_deliver(g, event, flow, key);
}

static bool has_row(const struct flow *f, int64_t id)
{
    for (size_t i = 0; i < f->inbox_n; i++) {
        if (f->inbox[i].id == id) return true;
    }
    return false;
}

void inbox_merge(struct engine *g, struct flow *f, const struct inbox_row *rows, size_t n)
{
    size_t untaken = 0;
    for (size_t i = 0; i < f->inbox_n; i++) untaken += f->inbox[i].taken_by == 0;
    for (size_t i = 0; i < n && untaken < UNTAKEN_MAX; i++) {
        if (has_row(f, rows[i].id)) continue;
        f->inbox = mem_grow(f->inbox, sizeof *f->inbox * (f->inbox_n + 1));
        struct inbox_row *row = &f->inbox[f->inbox_n++];
        *row = rows[i];
        row->name = (struct text){flow_keep(f, rows[i].name), rows[i].name.len};
        row->value = flow_keep_record(f, rows[i].value);
        row->taken_by = 0;
        untaken++;
    }
}
