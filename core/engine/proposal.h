// SPDX-License-Identifier: MIT
// proposal: a changed script that waits for the organisers' word; one for each event.
//
// What it would mean was found out beside the engine (usher plan --propose) and comes in through the control
// socket; it is kept as it was said, as the setting "proposal EVENT", so it is there after a restart. Scripts
// can read it and say the organisers' word on it, but write none. It goes when a version takes its script's
// place, by whatever way, and when it is discarded.
//
// The page on which the word is said belongs to the script that is to be replaced. So the word is taken down
// as a promise of that page's transaction, and the next tick carries it out: the plan that was shown, by its
// digest, or nothing. When something has happened since, the plan is made anew beside the engine; where it
// still says the same to people the word stands, else they are asked again.
//
// A proposal is a map:
//   event, script    what it is about: the path of the changed script
//   who, at          who proposed it (or gave the answers), and when
//   text, html       the plan in words; html may be missing when it would be too long to be handed over
//   digest, needs    as reload.h says; needs > 0: there are questions, and nothing can be carried out
//   questions        list of { id, text, choices = list of { value, label } } (scripts/usher/plan.lua)
//   answers          what was answered so far: a request as reload.h says, without apply and digest
//   files            list of paths: what the script reads
//   problem          a sentence, in place of the plan: the script can't be used as it is
#pragma once

#include "engine/engine.h"

#define PROPOSAL_STATES(X)                                          \
    X(WAITS, "waits")     /* for a word */                          \
    X(PLANNED, "planned") /* answers were given: it is made anew */ \
    X(AGREED, "agreed")   /* the word is said: it is to be carried out */
enum proposal_state {
#define X(name, text) PROPOSAL_##name,
    PROPOSAL_STATES(X)
#undef X
};
const char *proposal_state_name(enum proposal_state state);

struct proposal;

// Keeps what a plan says, in place of the one before; `same` in it: the script is the one that runs, so there
// is nothing to be decided. -INPUT when no such event runs here, or the map is none of these.
int proposal_take(struct engine *g, struct record map, struct err *e);
// What the database has of this event.
int proposal_restore(struct engine *g, struct event *ev, struct err *e);
// A version has taken its place, or it is not wanted.
void proposal_drop(struct engine *g, struct event *ev);
void proposal_free(struct proposal *p);

// NULL: nothing waits. The map; its state; a sentence about what became of the last word, or "".
const struct proposal *proposal_of(const struct event *ev);
struct record proposal_map(const struct proposal *p);
enum proposal_state proposal_state(const struct proposal *p);
const char *proposal_note(const struct proposal *p);

// The organisers' word: heard once the transaction in which it is said is on disk.
//   "apply"    it takes its place, if `digest` is what the proposal says and nothing needs an answer
//   "answer"   the plan is made anew with these answers
//   "discard"  it is forgotten; what runs goes on
// False: there is no such word.
bool proposal_word(struct engine *g, struct event *ev, struct text word, struct text digest, struct text who,
    struct record answers);
// The plan that was asked for could not be made, and the sentence says why: what was shown waits again.
void proposal_not_planned(struct engine *g, struct text event, const char *why);
// Carries out what was agreed to; and whether there is such a thing.
void proposal_settle(struct engine *g);
bool proposal_due(const struct engine *g);
