// SPDX-License-Identifier: MIT
// flow: one durable life: (event, name, key), its steps, its branches.
//
// A flow in memory is "warm". It owns its branches (Lua threads) and its steps; texts live in its arena
// and go with it. Forgetting a warm flow loses nothing: everything it learned is in its journal, and
// running it again over the journal brings it back to the same place (step.c checks that it is the same).
//
// Which branch runs when is the whole argument for determinism (engine.md, d): all runnable branches in
// the order of their creation until every one waits; then exactly one completion is handed over, in the
// order of its dseq; and again. Live and in replay it is this one loop, flow_run.
#pragma once

#include "base/arena.h"
#include "base/instant.h"
#include "base/map.h"
#include "base/record.h"
#include "store/store.h"
#include <lua.h>

struct engine;
struct script;
struct flow;

// What a step that waits may be ended by: an answer, or a moment.
struct member {
    const char *name;   // how the script calls it
    const char *signal; // NULL: a moment
    struct instant due;
    const char *note; // the moment as it was meant, or NULL
};

enum unsure { UNSURE_ASK, UNSURE_RESEND, UNSURE_LEAVE };

struct step {
    int32_t ord; // its place in the order of asking, from 1
    enum step_kind kind;
    enum step_state state;
    int32_t line, attempt, dseq;
    const char *key;
    struct branch *branch;     // who asked; NULL until it was asked in this life
    struct instant asked_at;   // its first row
    struct instant at;         // its newest row
    struct instant due;        // open: when it falls due or is tried again; ms == 0: none
    struct instant late_after; // DUE: skipped when later than this; effects: no try after this
    struct instant begun_at;   // effects: the first try; ms == 0: none yet
    const char *note;
    struct record args, value;
    struct member *members; // FIRST
    size_t members_n;
    enum unsure unsure;
    int64_t batch_n; // the batch that its newest row is in
    bool under_way;  // its effect is with the world, or promised to it by a batch
    bool queued;     // its effect waits for room
    bool perhaps;    // some attempt of it may have had its effect
    bool says_key;   // its next row says its key: it has another name now
    bool asked;      // this version of the script has asked for it: it is among flow->asks
};

enum branch_state {
    BRANCH_RUNNABLE,
    BRANCH_AT_STEP, // waits for `step`
    BRANCH_AT_JOIN, // waits for `joins` to end
    BRANCH_AT_EDGE, // only while a version is tried (edit.h): asks for what the history does not hold
    BRANCH_ENDED,
    BRANCH_FAILED,
};

struct branch {
    struct branch *next; // in the order of creation
    struct flow *flow;
    int32_t number;
    const char *path; // "" for the flow's own
    enum branch_state state;
    struct step *step;
    struct branch *joins;
    struct instant now;      // flow time: stamp of the last fact that it was handed
    struct instant give_up;  // lateness limit of the moment that it last waited for; ms == 0: none
    const char *error;       // FAILED: for the join
    struct made_up *made_up; // only while a version is tried: the newest mail or call that is new (edit.c)
    bool joined;
    lua_State *L;
    int thread_ref;
    int args_n; // on its stack for the first resume
};

struct flow {
    int64_t id;
    struct script *script;
    const char *name, *key, *label;
    const char *why; // why it was stopped; before that what it says of itself (usher.status)
    enum flow_state state;
    int64_t parent;
    struct instant t0, next_due;
    int32_t rows, dseq;  // as journaled
    int32_t asked;       // asks in this life
    int32_t handed;      // completions handed over in this life
    struct step **steps; // steps[ord - 1]
    int32_t steps_n, steps_room;
    struct step **asks;                  // in the order in which this version of the script asks for them
    int32_t asks_n, asks_room, replayed; // replayed: how many were in the journal when it was loaded
    struct step **ended;                 // completions in the order in which they are handed over
    int32_t ended_n, ended_room;
    int32_t unasked_n;   // steps that an earlier version asked for, and this one has not
    struct map unasked;  // hash of a key -> such a step
    struct edit *edit;   // while it is only tried on a new version; else NULL
    struct record skips; // keys that the last edit said not to do
    int64_t batch_n;     // the newest batch that holds something of it
    struct branch *first_branch, *last_branch;
    int32_t branches_n;
    struct record input, result;
    struct inbox_row *inbox; // untaken outside facts
    size_t inbox_n;
    struct map repeats;            // hash of a key -> how often it was asked
    int32_t under_way;             // effects with the world or waiting for room
    bool ready;                    // in the engine's queue
    bool running;                  // inside flow_run
    int32_t resting;               // batches that must be on disk before it is dropped
    bool recovered;                // what another process had under way was looked at
    bool paused;                   // the batch was full in the middle of its slice
    enum flow_state written_state; // what its row on disk says (or will, with this batch)
    struct instant written_due;
    bool written;
    struct flow *next_ready;
    struct arena memory;
};

// The step joins what this version of the script has asked for, or what is to be handed over, at the end.
void flow_add_step(struct flow *f, struct step *s);
void flow_add_ask(struct flow *f, struct step *s);
void flow_add_ended(struct flow *f, struct step *s);

// Bytes that live as long as the flow; texts end in NUL.
void *flow_alloc(struct flow *f, size_t len);
const char *flow_keep(struct flow *f, struct text t);
struct record flow_keep_record(struct flow *f, struct record r);

struct flow *flow_new(struct engine *g, struct script *script, int64_t id, struct text name, struct text key,
    struct text label, struct instant t0, struct record input);
// A flow as it was loaded; NULL with words when it can't be run (chain broken, flow no longer in the script).
struct flow *flow_load(struct engine *g, struct script *script, const struct loaded_flow *from,
    struct err *e);
// Among those that are warm; a flow that is only tried never is.
void flow_warm(struct engine *g, struct flow *f);
// Only while it is tried: another input, as if it began now.
void flow_begin_anew(struct flow *f, struct record input);
// Runs it over what it knows and no further: only while it is tried.
void flow_try(struct engine *g, struct flow *f);
// Drops it from memory. Never closes its Lua threads: that would run code (engine.md, a, `__close`).
void flow_forget(struct engine *g, struct flow *f);

// Runs it until every branch waits, and writes what came of it into the engine's batch.
void flow_run(struct engine *g, struct flow *f);
// Asks for a run in this or the next tick.
void flow_make_ready(struct engine *g, struct flow *f);
// Ends it with a sentence: FAILED, DIVERGED, OVER_BUDGET, HELD, CANCELLED. Open steps stay as they are.
void flow_stop(struct engine *g, struct flow *f, enum flow_state state, const char *why);
// Writes its row: state, next due, counters.
void flow_write(struct engine *g, struct flow *f);

// After a slice: onto the agenda; or out of memory, as soon as all that it wrote is on disk. Until then it
// stays, so that what the store read before it wrote that is never taken for the truth.
void flow_rest(struct engine *g, struct flow *f);
// One of its batches is on disk.
void flow_rested(struct engine *g, struct flow *f);

// A new branch with `args_n` values and a function below them on the stack of `from`, which lose them.
struct branch *branch_new(struct flow *f, const char *path, lua_State *from, int args_n);

// 32 bytes that only this flow has: derived from the installation's secret and the flow's identity.
struct hash flow_seed(struct engine *g, const struct flow *f);
// The same of a flow that is not in memory.
struct hash flow_seed_of(struct engine *g, struct text event, struct text name, struct text key);
