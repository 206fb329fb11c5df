// SPDX-License-Identifier: MIT
// edit: what a new version of a script means for one flow that lives.
//
// A flow is tried: the new version's function runs over what the flow knows, found by the keys of its steps
// and not by their order, and nothing is written, begun or asked of anybody. Where it asks for something that
// the history does not hold, it has come to its edge and is left there. What it asked for and was handed on
// the way becomes one row of kind "edit" in the flow's journal; from then on the flow is strict again, in the
// new order. So a flow that was edited is loaded like any other, and an edit is one row of its history.
//
// The value of an edit row, when it moves the flow to the new version, is a map:
//   asks   list of step numbers: what the new version asks for, in its order
//   ended  list of step numbers: what it was handed, in that order
//   keys   list of [step number, key]: steps that have another name now (was = "...")
//   skip   list of keys: what is not to be done when it is asked for
//   input  what the flow gets, when the new version says another input
// A step that is not among `asks` stays known: asked for later, it is found by its key and has a further row.
//
// Mails and calls that would now stand before things that have happened are not made up for: then the flow
// waits for a person's word (EDIT_HOLDS). Two looks find that out: the second goes on behind the edge with
// made-up answers, and sees whether something that is known comes after.
#pragma once

#include "engine/flow.h"

#define EDIT_WHY_MAX 700

#define EDIT_FATES(X)                                             \
    X(MOVES, "moves") /* goes on under the new version */         \
    X(STAYS, "stays") /* goes on under the version that it has */ \
    X(HOLDS, "holds") /* needs a person's word first */           \
    X(ENDS, "ends")   /* the new version has no such flow */
enum edit_fate {
#define X(name, text) EDIT_##name,
    EDIT_FATES(X)
#undef X
};
const char *edit_fate_name(enum edit_fate fate);

// What people said to what needs an answer: names of steps or flows.
struct edit_answers {
    struct record skip, send, stay; // lists of texts; not there: none
};

struct edit_finding {
    enum edit_fate fate;
    bool fails;             // STAYS: because the new version raises an error for it
    char why[EDIT_WHY_MAX]; // a sentence; "" for MOVES
    char step[128];         // HOLDS: the name of what would be done now
    int32_t known, dropped; // facts that the new version uses; mails and calls that it no longer asks for
    struct buf row;         // MOVES: the value of the edit row
};

// Tries the flow on the new version. `input`: what that version declares for it; not there: as it was.
void edit_try(struct engine *g, struct script *anew, const struct loaded_flow *from, struct record input,
    const struct edit_answers *answers, struct edit_finding *out);
void edit_finding_release(struct edit_finding *f);
// Could the flow end now, and nothing of it come back to nobody?
bool edit_leaves_nobody(const struct loaded_flow *from);

// ---- what flow.c and step.c ask -----------------------------------------------------------------------

// A row of kind "edit" is read: the flow has the order of the new version.
int edit_apply(struct flow *f, const struct step *row, struct err *e);
// Once all rows are read: what no version in force has asked for can be found by its key.
void edit_find_unasked(struct flow *f);
// A step that this version has not asked for so far, by its key; NULL: there is none.
struct step *edit_unasked(const struct flow *f, const char *key);
// The step is asked for after all.
void edit_take_unasked(struct flow *f, struct step *s);
// "reminder-1d" of "guest|mail:reminder-1d/P0042".
void edit_name_of(const char *key, char out[128]);
// Does the last edit say that this is not to be done?
bool edit_skips(const struct flow *f, const char *key);

// In a trial. The ask is new: its branch has come to its edge (NULL), or goes on with a made-up answer.
struct ask;
struct step *edit_edge(struct branch *b, const struct ask *ask, const char *key);
// In a trial: does it end at an edge, or look beyond it?
bool edit_stops(const struct flow *f);
// A known step is asked for: under another name than before when `key` differs.
void edit_known(struct branch *b, struct step *s, const char *key);
// The next thing that is over and that a branch waits for; NULL: none.
struct step *edit_next(struct flow *f);
