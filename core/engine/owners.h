// SPDX-License-Identifier: MIT
// owners: is anything unfinished left that has neither somebody who wakes it nor a sentence that says why it
// stands still? A look compares the disk with what this engine has in hand:
//   - the list "orphans" (store/query.c) is empty
//   - whatever is ready on disk is in memory with an effect under way, or is still to be picked up
//   - the alarm is set for the earliest moment that anybody on disk waits for, or an earlier one
// It is made where the engine is idle, which only the virtual world knows exactly: rehearsals that are asked
// to (`usher selftest owners`) and the tests of the engine look each time before the clock moves. Elsewhere
// nobody calls it and it costs nothing.
#pragma once

#include "engine/engine.h"

struct owners {
    struct engine *engine;
    size_t looks;     // how many were made
    char first[1200]; // the first finding, or ""
    bool asked;       // of this idle moment; the answers are judged when they come
    size_t answers_n; // that have come
};

// Called whenever the engine is idle. True: it has asked the store, so let the engine turn and come again.
bool owners_look(struct owners *o, struct engine *g);
