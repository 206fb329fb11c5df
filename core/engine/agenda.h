// SPDX-License-Identifier: MIT
// agenda: which flows fall due, and when to look again.
//
// Owns a heap of the warm flows' moments and one number for all the cold ones: the earliest due on disk.
// A sleeping flow therefore costs no memory. Holds always: the alarm is never later than the earliest due
// step; it may be earlier (we look, find nothing, and arm again).
#pragma once

#include "base/instant.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct engine;
struct flow;

struct agenda_entry {
    struct instant due;
    int64_t flow;
};

struct agenda {
    struct agenda_entry *heap; // least due first, then least flow id
    size_t n, room;
    struct instant cold_due; // earliest moment of a flow that is not in memory; never if none
    struct instant armed;    // what the world was told
};

void agenda_init(struct agenda *a);
void agenda_release(struct agenda *a);
void agenda_add(struct agenda *a, struct instant due, int64_t flow);
void agenda_add_cold(struct agenda *a, struct instant due);
// Makes every warm flow ready whose moment has come, and asks the store for cold ones (after `commit`).
void agenda_settle(struct engine *g);
void agenda_ask_store(struct engine *g);
// Arms the world's alarm for the earliest of everything.
void agenda_arm(struct engine *g);
