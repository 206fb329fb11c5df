// SPDX-License-Identifier: MIT
// planner: has plans made beside the engine, by the program itself in a process of its own (usher plan
// --propose): when the organisers' page gives answers, and with --watch when a script was saved. The plan
// comes back through the control socket as a proposal (engine/proposal.h); of a script that can't be used the
// sentence comes back that says why. At most one process for each event: what is wanted meanwhile is made
// after it.
#pragma once

#include "engine/engine.h"

struct live;
struct planner;

struct planner_settings {
    struct live *live;
    struct engine *engine;
    const char *program;  // path of usher
    const char *database; // and its options
    const char *config;   // NULL: as it finds it
};

struct planner *planner_new(const struct planner_settings *settings);
void planner_free(struct planner *p); // before the engine and the loop; NULL is fine

// engine_options.plan; ctx is the planner.
void planner_plan(void *ctx, struct text event, struct text script, struct record answers, struct text who);
// From now on each change of this script, or of a file that it reads, is planned and proposed.
int planner_watch(struct planner *p, const char *script, struct err *e);
