// SPDX-License-Identifier: MIT
// world: what the engine asks of the outside, and how the outside answers.
//
// Two worlds exist: world/live.c (a libuv loop, real clocks, real wires) and world/virtual.c (the same
// engine on another clock and another wire). The engine never learns which one it has. Down go calls
// through this table; up comes only engine_post, by id, from the loop's thread, into the inbox.
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "base/record.h"
#include "store/store.h"

struct engine;

// An effect to perform: its rows are on disk. Borrowed for the call; the world copies what it keeps.
struct effect {
    int64_t flow;
    int32_t step;
    int32_t attempt;
    enum step_kind kind; // MAIL, HTTP or EFFECT
    struct text event, flow_name, flow_key, label, key;
    struct instant at;  // virtual or real now
    struct instant due; // the moment it was meant for; ms == 0 if none
    struct record
        args; // MAIL: mail/mail.h's record; HTTP: method url headers body timeout_ms idempotency_key rehearse
};

// How an effect ended. Whatever is not OK comes with a sentence for the journal.
#define OUTCOMES(X)                                                                  \
    X(OK)     /* done: value is the result */                                        \
    X(AGAIN)  /* did not work this time and surely had no effect: try again later */ \
    X(FAILED) /* will never work */                                                  \
    X(UNSURE) /* perhaps it had its effect: lost after the final dot */
enum outcome {
#define X(name) OUTCOME_##name,
    OUTCOMES(X)
#undef X
};

struct world {
    void *self;
    // The wall clock of this world (practice mode shifts it). Never goes through the system's zone.
    struct instant (*now)(void *self);
    // One alarm. A new call replaces the old; INSTANT_NEVER takes it away. The world calls engine_tick.
    void (*wake_at)(void *self, struct instant at);
    // Asks for an engine_tick as soon as the loop comes round (something is runnable or was posted).
    void (*wake_now)(void *self);
    // Begins an effect; its outcome comes by engine_post(flow, step, attempt, ...), never inside this call.
    void (*perform)(void *self, const struct effect *effect);
    // How many more effects of this kind it will take at once now; the engine keeps the rest.
    size_t (*room)(void *self, enum step_kind kind);
    // Tells every open stream of that topic something (server-sent events). May be NULL: nobody listens.
    void (*push)(void *self, struct text topic, struct text data);
    // Forgets an effect that the flow no longer waits for; a late outcome is dropped by the engine.
    void (*cancel)(void *self, int64_t flow, int32_t step);
    // Stands in for self in perform when it is set: a program that brings effects of its own goes in between.
    void *performer;
};

// The way back. `value` is copied; `note` is the sentence (a server's reply, an error). `retry_after_ms`
// is the peer's wish (Retry-After), or 0. An outcome for an attempt that is not the current one is dropped.
void engine_post(struct engine *g, int64_t flow, int32_t step, int32_t attempt, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms);

// One turn: settle, resume, commit, release. The world calls it when an alarm, a post or the store's
// answer asks for it. True: call again soon, flows are still ready.
bool engine_tick(struct engine *g);

// Nothing runnable, nothing at the store, no effect under way: a virtual clock may jump.
bool engine_idle(const struct engine *g);
