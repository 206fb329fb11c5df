// SPDX-License-Identifier: MIT
// flow: the life of a warm flow. See flow.h for what always holds.
#include "engine/flow.h"

#include "base/log.h"
#include "engine/book.h"
#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/schedule.h"
#include "engine/script.h"
#include "engine/step.h"
#include "engine/value.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- memory ---------------------------------------------------------------------------------------

void *flow_alloc(struct flow *f, size_t len)
{
    return memset(arena_alloc(&f->memory, len), 0, len);
}

const char *flow_keep(struct flow *f, struct text t)
{
    char *copy = flow_alloc(f, t.len + 1);
    if (t.len) memcpy(copy, t.data, t.len);
    return copy;
}

struct record flow_keep_record(struct flow *f, struct record r)
{
    if (!r.data) return r;
    return (struct record){(const uint8_t *)flow_keep(f, (struct text){(const char *)r.data, r.len}), r.len};
}

// ---- birth and death ------------------------------------------------------------------------------

static struct flow *flow_make(struct script *script, int64_t id, struct text name, struct text key,
    struct text label)
{
    struct flow *f = mem_alloc(sizeof *f);
    arena_init(&f->memory);
    f->id = id;
    f->script = script;
    f->name = flow_keep(f, name);
    f->key = flow_keep(f, key);
    f->label = flow_keep(f, label);
    f->why = "";
    map_init(&f->repeats);
    map_init(&f->unasked);
    return f;
}

void flow_warm(struct engine *g, struct flow *f)
{
    map_put(&g->flows, f->id, f);
    g->warm_n++;
}

// The flow's own branch: its function with its input.
static void begin_first_branch(struct flow *f, const struct flow_def *def)
{
    lua_State *L = f->script->sandbox->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, def->function);
    if (f->input.data) value_push(L, f->input);
    else lua_pushnil(L);
    struct branch *b = branch_new(f, "", L, 1);
    b->now = f->t0;
}

struct flow *flow_new(struct engine *g, struct script *script, int64_t id, struct text name, struct text key,
    struct text label, struct instant t0, struct record input)
{
    const struct flow_def *def = script_flow(script, name);
    if (!def) return NULL;
    struct flow *f = flow_make(script, id, name, key, label);
    flow_warm(g, f);
    f->t0 = t0;
    f->input = flow_keep_record(f, input);
    f->state = FLOW_READY;
    begin_first_branch(f, def);
    return f;
}

static void append(struct step ***list, int32_t *n, int32_t *room, struct step *s)
{
    if (*n == *room) {
        *room = *room ? 2 * *room : 8;
        *list = mem_grow(*list, sizeof **list * (size_t)*room);
    }
    (*list)[(*n)++] = s;
}

void flow_add_ask(struct flow *f, struct step *s)
{
    s->asked = true;
    append(&f->asks, &f->asks_n, &f->asks_room, s);
}

void flow_add_ended(struct flow *f, struct step *s)
{
    append(&f->ended, &f->ended_n, &f->ended_room, s);
}

void flow_add_step(struct flow *f, struct step *s)
{
    append(&f->steps, &f->steps_n, &f->steps_room, s);
}

static struct step *step_of_row(struct flow *f, const struct journal_row *row)
{
    if (row->step < 1 || row->step > f->steps_n + 1) return NULL;
    if (row->step <= f->steps_n) return f->steps[row->step - 1];
    struct step *s = flow_alloc(f, sizeof *s);
    s->ord = row->step;
    s->kind = row->kind;
    s->line = row->line;
    s->key = flow_keep(f, row->key);
    s->asked_at = row->at;
    s->note = "";
    flow_add_step(f, s);
    return s;
}

// One row of the journal, in order: the step's state is that of its last row. A step that an edit left behind
// has a further row when the new version asks for it after all.
static int apply_row(struct flow *f, const struct journal_row *row, struct err *e)
{
    struct step *s = step_of_row(f, row);
    if (!s || row->n != f->rows + 1) {
        return err_set(e, ERR_STORAGE, "row %d of flow %lld is out of order", row->n, (long long)f->id);
    }
    bool first = s->at.ms == 0;
    s->state = row->state;
    s->at = row->at;
    s->due = row->due;
    s->attempt = row->attempt;
    s->perhaps |= row->state == STEP_UNSURE;
    if (row->note.len) s->note = flow_keep(f, row->note);
    if (row->state == STEP_STARTED && row->attempt == 1) s->begun_at = row->at;
    bool words = first || row->state == STEP_HELD; // what a held effect is to do may be written anew
    if (words && step_is_effect(s->kind) && row->value.data) s->args = flow_keep_record(f, row->value);
    else if (row->value.data) s->value = flow_keep_record(f, row->value);
    f->rows = row->n;
    if (row->key.len && !first) s->key = flow_keep(f, row->key);
    if (s->kind == STEP_KIND_EDIT) return edit_apply(f, s, e);
    if (!s->asked) flow_add_ask(f, s);
    if (row->dseq) {
        s->dseq = f->dseq = row->dseq;
        flow_add_ended(f, s);
    }
    return 0;
}

struct flow *flow_load(struct engine *g, struct script *script, const struct loaded_flow *from, struct err *e)
{
    const struct flow_row *row = &from->flow;
    const struct flow_def *def = script_flow(script, row->name);
    if (from->broken) {
        err_set(e, ERR_STORAGE,
            "its history on disk is damaged: it is held, and nothing of it is sent (usher can't tell what "
            "happened; a "
            "backup from before has it whole)");
        return NULL;
    }
    if (!def) {
        err_set(e, ERR_INPUT, "the script no longer has a flow named '%.*s'", (int)row->name.len,
            row->name.data);
        return NULL;
    }
    struct flow *f = flow_make(script, row->id, row->name, row->key, row->label);
    f->t0 = row->t0;
    f->parent = row->parent;
    f->input = flow_keep_record(f, row->input);
    f->why = flow_keep(f, row->why);
    f->state = f->written_state = row->state;
    f->written_due = row->next_due;
    f->written = true;
    for (size_t i = 0; i < from->journal_n; i++) {
        if (apply_row(f, &from->journal[i], e)) {
            flow_forget(g, f);
            return NULL;
        }
    }
    f->replayed = f->asks_n;
    edit_find_unasked(f);
    inbox_merge(g, f, from->inbox, from->inbox_n);
    begin_first_branch(f, def);
    return f;
}

void flow_begin_anew(struct flow *f, struct record input)
{
    struct branch *b = f->first_branch;
    f->input = flow_keep_record(f, input);
    lua_pop(b->L, 1);
    value_push(b->L, f->input);
}

static void take_from_ready(struct engine *g, struct flow *f)
{
    struct flow **at = &g->ready_first, *before = NULL;
    while (*at && *at != f) {
        before = *at;
        at = &(*at)->next_ready;
    }
    if (!*at) return;
    *at = f->next_ready;
    if (g->ready_last == f) g->ready_last = before;
}

void flow_forget(struct engine *g, struct flow *f)
{
    if (f->ready) take_from_ready(g, f);
    lua_State *L = f->script->sandbox->L;
    for (struct branch *b = f->first_branch; b; b = b->next) luaL_unref(L, LUA_REGISTRYINDEX, b->thread_ref);
    if (engine_flow(g, f->id) == f) {
        map_take(&g->flows, f->id);
        g->warm_n--;
    }
    map_release(&f->repeats);
    map_release(&f->unasked);
    free(f->steps);
    free(f->asks);
    free(f->ended);
    free(f->inbox);
    arena_release(&f->memory);
    free(f);
}

struct branch *branch_new(struct flow *f, const char *path, lua_State *from, int args_n)
{
    struct branch *b = flow_alloc(f, sizeof *b);
    b->flow = f;
    b->number = ++f->branches_n;
    b->path = path;
    b->L = lua_newthread(from);
    b->thread_ref = luaL_ref(from, LUA_REGISTRYINDEX);
    lua_xmove(from, b->L, args_n + 1);
    b->args_n = args_n;
    if (f->last_branch) f->last_branch->next = b;
    else f->first_branch = b;
    f->last_branch = b;
    return b;
}

struct hash flow_seed_of(struct engine *g, struct text event, struct text name, struct text key)
{
    struct buf identity;
    buf_init(&identity, 4096);
    buf_addt(&identity, event);
    buf_addc(&identity, 0);
    buf_addt(&identity, name);
    buf_addc(&identity, 0);
    buf_addt(&identity, key);
    struct hash seed = hash_derive((struct text){g->secret, sizeof g->secret}, buf_text(&identity));
    buf_release(&identity);
    return seed;
}

struct hash flow_seed(struct engine *g, const struct flow *f)
{
    const struct flow_def *def = script_flow(f->script, text_of(f->name));
    const char *name = def && def->was ? def->was : f->name; // what was made of it before stays what it is
    return flow_seed_of(g, text_of(f->script->event->name), text_of(name), text_of(f->key));
}

// ---- running --------------------------------------------------------------------------------------

void flow_make_ready(struct engine *g, struct flow *f)
{
    if (f->ready || f->running) return;
    f->ready = true;
    f->next_ready = NULL;
    if (g->ready_last) g->ready_last->next_ready = f;
    else g->ready_first = f;
    g->ready_last = f;
}

// A slice is all or nothing: what it wrote is taken back when it does not end well.
struct slice {
    struct batch_mark rows;
    struct promise *promises;
    struct book_change *books;
    int32_t flow_rows, under_way;
};

static struct slice slice_begin(struct engine *g, struct flow *f)
{
    return (struct slice){batch_mark(g->batch), promise_mark(g), book_mark(f->script->event), f->rows,
        f->under_way};
}

static void slice_take_back(struct engine *g, struct flow *f, const struct slice *s)
{
    batch_rewind(g->batch, s->rows);
    promise_rewind(g, s->promises);
    book_rewind(f->script->event, s->books);
    f->rows = s->flow_rows;
    f->under_way = s->under_way;
}

void flow_stop(struct engine *g, struct flow *f, enum flow_state state, const char *why)
{
    if (f->state > FLOW_WAITING) return; // the first reason is the one that counts
    f->state = state;
    f->why = flow_keep(f, text_of(why));
    if (f->edit) return; // nothing is the matter with the flow that lives
    char id[24];
    snprintf(id, sizeof id, "%lld", (long long)f->id);
    log_line(LOG_ERROR, why, "flow", id, "name", f->name, "key", f->key, "state", flow_state_name(state),
        NULL);
    if (g->options.notice) g->options.notice(g->options.notice_ctx, NULL, f, text_of(why));
}

// What the branch's function returned: the flow's result, or what a join hands over (it stays on the stack).
static void branch_ended(struct engine *g, struct branch *b, int results_n)
{
    struct flow *f = b->flow;
    if (b->state == BRANCH_AT_EDGE) return;
    b->state = BRANCH_ENDED;
    if (b->number != 1 || results_n == 0) return;
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    struct err e = {0};
    if (value_encode(b->L, lua_gettop(b->L) - results_n + 1, &bytes, &e)) {
        flow_stop(g, f, FLOW_FAILED, e.text);
    } else {
        f->result = flow_keep_record(f, (struct record){(const uint8_t *)buf_z(&bytes), bytes.len});
    }
    buf_release(&bytes);
}

static void branch_failed(struct engine *g, struct branch *b)
{
    struct flow *f = b->flow;
    size_t len;
    const char *message = sandbox_said(b->L, &len);
    if (b->state == BRANCH_AT_EDGE) return;
    b->state = BRANCH_FAILED;
    b->error = flow_keep(f, (struct text){message, len});
    if (b->number == 1) flow_stop(g, f, FLOW_FAILED, b->error);
}

static void branch_run(struct engine *g, struct branch *b)
{
    struct script *script = b->flow->script;
    int results_n = 0;
    script->running = b;
    script->context = CONTEXT_FLOW;
    budget_begin(&script->sandbox->budget, b->L);
    int status = lua_resume(b->L, script->sandbox->L, b->args_n, &results_n);
    enum budget_struck struck = budget_end(&script->sandbox->budget);
    script->context = CONTEXT_NONE;
    script->running = NULL;
    b->args_n = 0;
    struct err e = {0};
    if (struck) flow_stop(g, b->flow, FLOW_OVER_BUDGET, budget_sentence(struck));
    else if (sandbox_guard(script->sandbox, &e)) flow_stop(g, b->flow, FLOW_FAILED, e.text);
    else if (status == LUA_OK) branch_ended(g, b, results_n);
    else if (status != LUA_YIELD) branch_failed(g, b);
}

// A branch that waits for another one may go on when that one has ended.
static void wake_joins(struct flow *f)
{
    for (struct branch *b = f->first_branch; b; b = b->next) {
        if (b->state != BRANCH_AT_JOIN || b->joins->state < BRANCH_ENDED) continue;
        b->state = BRANCH_RUNNABLE;
        if (instant_before(b->now, b->joins->now)) b->now = b->joins->now;
    }
}

// Every runnable branch, in the order of creation, until none is left. False: the flow was stopped or paused.
static bool run_runnable(struct engine *g, struct flow *f)
{
    for (bool any = true; any;) {
        any = false;
        for (struct branch *b = f->first_branch; b; b = b->next) {
            if (b->state != BRANCH_RUNNABLE) continue;
            any = true;
            branch_run(g, b);
            if (f->state > FLOW_WAITING || f->paused) return false;
        }
        wake_joins(f);
    }
    return true;
}

// The next completion in the order of dseq, to the branch that waits for it. False: there is none.
static bool hand_over_one(struct engine *g, struct flow *f)
{
    struct step *s = f->edit ? edit_next(f) : f->handed < f->ended_n ? f->ended[f->handed] : NULL;
    if (!s) return false;
    if (!s->branch || s->branch->state != BRANCH_AT_STEP || s->branch->step != s) {
        char why[512];
        snprintf(why, sizeof why,
            "the script no longer waits for '%s', which the history says had ended (asked at line %d)",
            s->key, s->line);
        flow_stop(g, f, FLOW_DIVERGED, why);
        return false;
    }
    f->handed++;
    s->branch->now = s->at;
    s->branch->state = BRANCH_RUNNABLE;
    if (s->kind == STEP_KIND_DUE) s->branch->give_up = s->late_after;
    else if (!step_is_effect(s->kind))
        s->branch->give_up = (struct instant){0}; // it waited for something else
    return true;
}

static void check_replay_was_whole(struct engine *g, struct flow *f)
{
    if (f->asked >= f->replayed || f->state > FLOW_WAITING) return;
    const struct step *s = f->asks[f->asked];
    char why[512];
    snprintf(why, sizeof why, "the script did not ask for '%s', which is in the history (line %d)", s->key,
        s->line);
    flow_stop(g, f, FLOW_DIVERGED, why);
}

// DONE when every branch has ended; a branch that failed and that nobody joined fails the flow.
static void conclude(struct engine *g, struct flow *f)
{
    bool all_ended = true, any_at_step = false;
    const struct branch *failed = NULL;
    for (const struct branch *b = f->first_branch; b; b = b->next) {
        if (b->state < BRANCH_ENDED) all_ended = false;
        if (b->state == BRANCH_AT_STEP) any_at_step = true;
        if (b->state == BRANCH_FAILED && !b->joined && !failed) failed = b;
    }
    if (!all_ended && !any_at_step)
        flow_stop(g, f, FLOW_FAILED, "its branches wait for each other by usher.join, so none can go on");
    else if (!all_ended) f->state = f->under_way > 0 ? FLOW_READY : FLOW_WAITING;
    else if (failed) flow_stop(g, f, FLOW_FAILED, failed->error);
    else {
        f->state = FLOW_DONE;
        f->why = "";
    }
    // { skipped = "sentence" } is how a flow says that it decided against what it was for.
    struct text skipped = f->state == FLOW_DONE ? record_get_text(f->result, "skipped") : (struct text){0};
    if (skipped.len && g->options.notice) g->options.notice(g->options.notice_ctx, NULL, f, skipped);
}

void flow_write(struct engine *g, struct flow *f)
{
    f->next_due = f->state <= FLOW_WAITING ? step_next_due(f) : (struct instant){0};
    if (f->written && f->written_state == f->state && f->written_due.ms == f->next_due.ms) return;
    batch_flow(g->batch, &(struct flow_row){.id = f->id,
                             .script = f->script->id,
                             .state = f->state,
                             .label = text_of(f->label),
                             .next_due = f->next_due,
                             .updated_at = g->now,
                             .rows = f->rows,
                             .steps = f->steps_n,
                             .dseq = f->dseq,
                             .why = text_of(f->why),
                             .result = f->state == FLOW_DONE ? f->result : (struct record){0}});
    f->batch_n = g->batch_n;
    f->written = true;
    f->written_state = f->state;
    f->written_due = f->next_due;
    if (f->state > FLOW_WAITING) schedule_flow_ended(g, f->id);
}

void flow_rest(struct engine *g, struct flow *f)
{
    bool over = f->state > FLOW_WAITING;
    bool soon = !over && f->next_due.ms && instant_since(f->next_due, g->now) <= g->stays_warm_ms;
    if (g->warm_n > g->warm_max / 4) soon = false;
    if (f->under_way > 0 || soon) {
        if (f->next_due.ms) agenda_add(&g->agenda, f->next_due, f->id);
        return;
    }
    promise_rest(g, f);
}

void flow_rested(struct engine *g, struct flow *f)
{
    if (!f || --f->resting > 0 || f->ready || f->under_way > 0)
        return;                      // it went on meanwhile, and will rest again
    if (f->batch_n > g->durable_n) { // it wrote once more meanwhile
        promise_rest(g, f);
        return;
    }
    if (f->state <= FLOW_WAITING && f->next_due.ms) agenda_add_cold(&g->agenda, f->next_due);
    flow_forget(g, f);
}

// Until nothing more can happen now: run, hand over, and look what has fallen due meanwhile.
static void run_on(struct engine *g, struct flow *f)
{
    do {
        do {
            if (!run_runnable(g, f)) return;
        } while (hand_over_one(g, f));
        if (f->state > FLOW_WAITING) return;
        if (!f->recovered) effect_recover(g, f);
        f->recovered = true;
        step_settle_due(g, f);
    } while (f->handed < f->ended_n);
}

void flow_try(struct engine *g, struct flow *f)
{
    while (run_runnable(g, f) && hand_over_one(g, f)) continue;
}

void flow_run(struct engine *g, struct flow *f)
{
    struct slice slice = slice_begin(g, f);
    f->paused = false;
    f->running = true;
    run_on(g, f);
    f->running = false;
    if (f->paused && f->state <= FLOW_WAITING) { // the batch is full: go on after the commit
        book_forget_changes(f->script->event);
        f->state = FLOW_READY; // on disk, too: after a crash nobody else would wake it
        flow_write(g, f);
        flow_make_ready(g, f);
        return;
    }
    check_replay_was_whole(g, f);
    if (f->state <= FLOW_WAITING) conclude(g, f);
    if (f->state > FLOW_DONE) slice_take_back(g, f, &slice);
    book_forget_changes(f->script->event);
    flow_write(g, f);
    flow_rest(g, f);
}
