// SPDX-License-Identifier: MIT
// step: the only door out of a flow. Each ask is answered by the journal, or opened as a new fact.
//
// Same script, strict: the n-th ask of a flow must be for the key that the journal holds at n. A key is
//   branch path | kind : name / subject #n        "reminders|mail:reminder-1d/P0042"
// Time, text and headers are not in the key. Where it differs the flow is DIVERGED before any effect.
#pragma once

#include "engine/flow.h"

struct ask {
    enum step_kind kind;
    struct text name, subject, was; // was: the name that it had in an earlier version; empty: this one
    int32_t line;
    struct instant due;        // ms == 0: none
    struct instant late_after; // ms == 0: none
    struct text note;          // what people read
    struct record args;        // effects: what to do
    struct record value;       // pure steps: the answer
    bool failed;               // pure steps: it raised, and the note is what it said
    enum unsure unsure;
    struct member *members; // FIRST; in the flow's arena
    size_t members_n;
};

// Finds or opens the step. NULL: the flow diverged or passed a limit (it is stopped; raise step_refused).
struct step *step_ask(struct engine *g, struct branch *b, const struct ask *ask);
// What a binding raises after NULL; the flow's `why` holds the sentence.
#define STEP_REFUSED "usher: this flow was stopped"

// Looks whether a pure step's answer is in the journal before it is computed: the step, or NULL when it
// is new (then compute and step_ask), or NULL with *refused. `line` is for the sentence when it differs.
struct step *step_known(struct engine *g, struct branch *b, enum step_kind kind, struct text name,
    struct text subject, int32_t line, bool *refused);

// The key that the next ask of this kind, name and subject will get. Valid until the next call.
const char *step_next_key(struct branch *b, enum step_kind kind, struct text name, struct text subject);

// True when the step ends without waiting: a pure one.
bool step_is_pure(enum step_kind kind);
bool step_is_effect(enum step_kind kind);
bool step_is_over(const struct step *s); // done, failed, skipped or cancelled

// Ends a step: a row with the next dseq; the branch that waits gets it when its turn comes.
void step_settle(struct engine *g, struct flow *f, struct step *s, enum step_state state, struct record value,
    struct text note);
// Appends the row of the step's present state.
void step_write(struct engine *g, struct flow *f, struct step *s, struct record value, struct text note);

// Looks at everything that could end waiting steps of this flow now: moments passed, answers in the inbox.
void step_settle_due(struct engine *g, struct flow *f);
// The earliest moment at which the flow must be looked at again; ms == 0: none.
struct instant step_next_due(const struct flow *f);
// How late is allowed, in words: "late by 3 h 5 min (limit: 2 h)".
