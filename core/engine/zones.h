// SPDX-License-Identifier: MIT
// zones: what happens when a country changes its clocks while flows sleep.
//
// The time zone files are looked at every ten minutes and at each start. When they changed, every script is
// read anew from what the engine has (its moments are worked out at the top level), and every waiting flow is
// loaded once: step.c finds that a pending moment is now another instant and arms it anew. What was sent
// stays. While effects are under way the change waits for their end.
#pragma once

#include "base/instant.h"
#include <stdbool.h>
#include <stdint.h>

struct engine;

struct zones {
    struct instant look_at; // when the files are looked at again
    bool changed;           // scripts must be read anew
    bool passing;           // waiting flows are being loaded, by id
    int64_t cursor;
    uint64_t asked; // ticket of the list or of the load under way; 0: none
};

// At the start: compares the files' release with the one that this database was last used with.
int zones_restore(struct engine *g);
void zones_settle(struct engine *g);
// Tells that the files changed, without waiting for the next look.
void engine_zones_changed(struct engine *g);
