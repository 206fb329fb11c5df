// SPDX-License-Identifier: MIT
// agenda: see agenda.h. A binary heap; an entry that no longer fits its flow is passed over when it comes up.
#include "engine/agenda.h"

#include "engine/engine.h"
#include "engine/schedule.h"
#include "engine/step.h"

#include <stdlib.h>

// How many cold flows are loaded at once: enough to fill a few commits, few enough to keep memory flat.
#define LOAD_AT_ONCE 500

void agenda_init(struct agenda *a)
{
    *a = (struct agenda){.cold_due = INSTANT_NEVER, .armed = {0}};
}

void agenda_release(struct agenda *a)
{
    free(a->heap);
}

static bool less(struct agenda_entry a, struct agenda_entry b)
{
    return a.due.ms != b.due.ms ? a.due.ms < b.due.ms : a.flow < b.flow;
}

void agenda_add(struct agenda *a, struct instant due, int64_t flow)
{
    if (a->n == a->room) {
        a->room = a->room ? 2 * a->room : 64;
        a->heap = mem_grow(a->heap, sizeof *a->heap * a->room);
    }
    size_t i = a->n++;
    struct agenda_entry entry = {due, flow};
    while (i > 0 && less(entry, a->heap[(i - 1) / 2])) {
        a->heap[i] = a->heap[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    a->heap[i] = entry;
}

static void take_first(struct agenda *a)
{
    struct agenda_entry last = a->heap[--a->n];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= a->n) break;
        if (child + 1 < a->n && less(a->heap[child + 1], a->heap[child])) child++;
        if (!less(a->heap[child], last)) break;
        a->heap[i] = a->heap[child];
        i = child;
    }
    if (a->n) a->heap[i] = last;
}

void agenda_add_cold(struct agenda *a, struct instant due)
{
    if (due.ms < a->cold_due.ms) a->cold_due = due;
}

void agenda_settle(struct engine *g)
{
    struct agenda *a = &g->agenda;
    while (a->n && a->heap[0].due.ms <= g->now.ms) {
        struct flow *f = engine_flow(g, a->heap[0].flow);
        take_first(a);
        if (f && f->state <= FLOW_WAITING) flow_make_ready(g, f);
    }
    schedule_settle(g);
}

// Asked only after this tick's batch was submitted, so that the answer sees what the batch changed.
void agenda_ask_store(struct engine *g)
{
    if (engine_pauses(g)) return;
    if (g->ready_more && !g->ready_asked && g->warm_n < g->warm_max / 2) {
        g->ready_asked = true;
        store_ready(g->store, g->ready_cursor, LOAD_AT_ONCE);
    }
    if (g->agenda.cold_due.ms <= g->now.ms && !g->due_asked && g->warm_n < g->warm_max / 2) {
        g->due_asked = true;
        g->agenda.cold_due = INSTANT_NEVER;
        store_due(g->store, g->now, LOAD_AT_ONCE);
    }
}

void agenda_arm(struct engine *g)
{
    struct instant next = g->agenda.cold_due;
    // While a look is under way its answer wakes us; an alarm in the past would only spin.
    if (g->due_asked || g->warm_n >= g->warm_max / 2) {
        if (next.ms <= g->now.ms) next = INSTANT_NEVER;
    }
    if (g->agenda.n && g->agenda.heap[0].due.ms < next.ms) next = g->agenda.heap[0].due;
    struct instant way = effect_way_at(g);
    if (way.ms < next.ms) next = way;
    struct instant scheduled = schedule_next(g);
    if (scheduled.ms < next.ms) next = scheduled;
    if (!g->options.rehearsal && g->zones.look_at.ms < next.ms) next = g->zones.look_at;
    if (next.ms == g->agenda.armed.ms) return;
    g->agenda.armed = next;
    g->world.wake_at(g->world.self, next);
}
