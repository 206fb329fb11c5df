// SPDX-License-Identifier: MIT
// tick: the heartbeat. Settle, resume, commit, release.
//
//   settle   what came back from outside (outcomes, moments, loaded flows) becomes rows
//   resume   flows that have something to go on with run, oldest first
//   commit   everything that this tick wrote goes to the store as one batch
//   release  batches that came back are on disk: now what they announced may leave
//
// Results may be used before they are on disk, because everything a flow does with them leaves with a
// later promise. Nothing else in usher begins an effect or answers anybody.
#include "engine/arrival.h"
#include "engine/engine.h"
#include "engine/forget.h"
#include "engine/proposal.h"
#include "engine/schedule.h"
#include "engine/script.h"
#include "engine/step.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

// ---- settle -----------------------------------------------------------------------------------------

static void activate(struct engine *g, const struct loaded_flow *from)
{
    struct flow *f = engine_flow(g, from->flow.id);
    if (f) {
        inbox_merge(g, f, from->inbox, from->inbox_n);
        if (f->state <= FLOW_WAITING) flow_make_ready(g, f);
        return;
    }
    if (from->flow.state > FLOW_WAITING) return; // an answer after the end is kept and shown
    if (engine_pauses(g)) return;                // the next start finds it, with what waits for it
    struct err e = {0};
    struct script *script = engine_script(g, from->flow.script);
    if (!script) {
        err_set(&e, ERR_INPUT, "its script is not loaded");
        engine_hold(g, &from->flow, e.text);
        return;
    }
    f = flow_load(g, script, from, &e);
    if (f) flow_warm(g, f);
    if (f) flow_make_ready(g, f);
    else engine_hold(g, &from->flow, e.text);
}

static void settle_ready(struct engine *g, const struct store_answer *a)
{
    g->ready_asked = false;
    g->ready_more = a->flows_n > 0;
    for (size_t i = 0; i < a->flows_n; i++) {
        if (a->flows[i].flow.id > g->ready_cursor) g->ready_cursor = a->flows[i].flow.id;
    }
}

static void settle_answer(struct engine *g, struct store_answer *a)
{
    switch (a->ask) {
    case STORE_DUE:
        g->due_asked = false;
        agenda_add_cold(&g->agenda, a->next_due);
        break;
    case STORE_LOAD:
        if (a->ticket == g->zones.asked) g->zones.asked = 0;
        else if (gate_take_loaded(g, a)) break;
        else if (!schedule_take_loaded(g, a->ticket, a->flows_n && a->flows->flow.state <= FLOW_WAITING))
            settle_ready(g, a);
        break;
    case STORE_FIND: g->finding--; break;
    default: break;
    }
    for (size_t i = 0; i < a->flows_n; i++) activate(g, &a->flows[i]);
}

// ---- resume -----------------------------------------------------------------------------------------

static void resume(struct engine *g)
{
    while (g->ready_first && batch_rows(g->batch) < BATCH_OPS_MAX) {
        struct flow *f = g->ready_first;
        g->ready_first = f->next_ready;
        if (!g->ready_first) g->ready_last = NULL;
        f->ready = false;
        if (f->state <= FLOW_WAITING) flow_run(g, f);
        else flow_rest(g, f); // it was stopped while it was in the queue
    }
}

// ---- commit -----------------------------------------------------------------------------------------

// A rehearsed crash: the owner of the world throws this engine away.
static bool dies(struct engine *g)
{
    return g->options.boundary && g->options.boundary(g->options.boundary_ctx);
}

static void commit(struct engine *g)
{
    if (g->batches_out >= BATCHES_OUT_MAX) return; // this batch goes on filling while the disk works
    if (batch_rows(g->batch) == 0) {
        struct promise *free_of_rows = g->promises; // replies that changed nothing wait for nobody
        g->promises = NULL;
        promise_keep_all(g, free_of_rows, g->batch);
        return;
    }
    if (dies(g)) return;
    struct batch *full = g->batch;
    struct promise *promises = g->promises;
    g->batch = batch_new();
    g->promises = NULL;
    g->batches_out++;
    g->batch_n++;
    uint64_t ticket = store_submit(g->store, full);
    map_put(&g->promised, (int64_t)ticket, promises ? promises : promise_none());
}

// ---- release ----------------------------------------------------------------------------------------

static void release(struct engine *g, struct store_answer *a)
{
    if (dies(g)) { // on disk, and nobody has heard of it
        batch_free(a->batch);
        return;
    }
    struct promise *promises = map_take(&g->promised, (int64_t)a->ticket);
    g->batches_out--;
    g->durable_n++;
    if (promises != promise_none()) promise_keep_all(g, promises, a->batch);
    batch_free(a->batch);
}

// Answers come in the order of the requests, so a load sees every batch that came back before it.
void engine_take_answers(struct engine *g)
{
    struct store_answer a;
    while (store_next(g->store, &a)) {
        if (a.error.code && a.ask != STORE_LIST && a.ask != STORE_BACKUP) {
            log_line(LOG_ERROR, a.error.text, NULL);
        }
        if (a.ask == STORE_COMMIT) release(g, &a);
        else if (!engine_take_list(g, &a)) settle_answer(g, &a);
        store_answer_release(&a);
    }
}

int engine_flush(struct engine *g, struct err *e)
{
    while (batch_rows(g->batch) || store_outstanding(g->store)) {
        size_t batches = (size_t)g->batches_out;
        commit(g);
        if (batch_rows(g->batch) && (size_t)g->batches_out == batches && !store_outstanding(g->store))
            return err_set(e, ERR_STORAGE, "this engine has ended"); // a rehearsed crash
        store_wait(g->store);
        engine_take_answers(g);
    }
    return 0;
}

bool engine_tick(struct engine *g)
{
    g->now = g->world.now(g->world.self);
    home_watch(g);
    engine_take_answers(g);
    proposal_settle(g);
    inbox_settle(g);
    bool more_mail = engine_sort_arrivals(g);
    zones_settle(g);
    agenda_settle(g);
    effect_hold_queued(g);
    effect_fill_room(g);
    effect_make_way(g);
    resume(g);
    commit(g);
    if (forget_settle(g)) return true;
    agenda_ask_store(g);
    gate_ask_store(g);
    agenda_arm(g);
    return (g->ready_first || more_mail) && g->batches_out < BATCHES_OUT_MAX;
}

// Effects that wait for room are no reason to wait for: they are on disk, and a stopping world makes no room.
bool engine_idle(const struct engine *g)
{
    return !g->ready_first && !g->posts_first && !g->letters_first && batch_rows(g->batch) == 0 &&
           !g->promises && store_outstanding(g->store) == 0 && !g->ready_asked && !g->due_asked &&
           !g->zones.asked && !g->gate.asked && !proposal_due(g) && engine_under_way(g) == effect_waiting(g);
}
