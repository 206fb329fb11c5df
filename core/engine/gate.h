// SPDX-License-Identifier: MIT
// gate: what may leave now. Every effect that is about to begin is looked at here (effect.c), and what must
// wait for a person's word is told why, in a sentence that also says what to do.
//
// Reasons live where they are durable and where a handler can change them in one transaction: in books. They
// count from the moment at which they are written, before they are on disk: what leaves because one fell away
// is a promise of the same batch or of a later one.
// In a rehearsal only two reasons count: the blast guard, and what needs somebody's word.
// Holds always: an effect that is HELD is looked at again when its event joins the engine, when a reason of
// its event falls away (gate_recheck), and when its own limit passes. Flows in memory are asked at once; the
// others are loaded by id, some hundred at a time.
#pragma once

#include "base/buf.h"
#include <stdbool.h>
#include <stdint.h>

struct engine;
struct event;
struct flow;
struct step;
struct store_answer;

#define GATE_WHY_MAX 1200
// Rule -> { hash = of what was approved, earlier = { hash of what was approved before = any, ... }, ... }.
#define GATE_APPROVALS "approvals"

struct gate {
    struct event *event; // whose held flows are being loaded; NULL: nobody's
    int64_t after;       // those up to this id were
    uint64_t asked;      // ticket of the load under way; 0: none
    bool closed;         // a hold has begun: who waits for room may have to wait for a word instead
};

// May it begin? False: the sentence why not is added to `why`.
bool gate_look(struct engine *g, struct flow *f, struct step *s, struct buf *why);

// Is it a mail or a message to somebody to whom none leaves from here (--only, and messages for practice)? It
// is never sent, and `why` says so.
bool gate_leads_elsewhere(const struct engine *g, const struct step *s, struct buf *why);

// What stands in the way of the event's mails, as a map for pages and commands: { away = why the database is
// not adopted, only = list of domains, hold = as in holds_list }. Empty: nothing does. ev NULL: of what
// concerns every event.
void gate_describe(const struct engine *g, const struct event *ev, struct buf *out);

// A reason has fallen away: what the event has held is looked at again.
void gate_recheck(struct engine *g, struct event *ev);

void gate_ask_store(struct engine *g); // in each tick: the next of those that must be looked at
// Is this the answer to that? Its flows are loaded then by whoever takes answers.
bool gate_take_loaded(struct engine *g, const struct store_answer *a);
