// SPDX-License-Identifier: MIT
// schedule: recurring work. Each occurrence is a flow whose key is its nominal moment, so it runs at most
// once.
//
// Every decision is a row in `occurrence`: ran, missed, late, overlap. A changed expression never
// reaches back: it counts from now. In a clock change an occurrence runs once (time/cron.h).
#pragma once

#include "base/instant.h"
#include "engine/script.h"

// From an options table that api_flow checked: `every` or `cron` with `zone`. -INPUT with a sentence.
int schedule_parse(struct schedule *d, const char *cron, const char *every, struct err *e);
// Finds where each schedule of a script that just joined goes on.
int schedule_restore(struct engine *g, struct script *s, struct err *e);
// The nominal moment that follows; never when there is none.
struct instant schedule_after(const struct schedule *d, struct instant after);
void schedule_settle(struct engine *g); // starts what has fallen due
// A flow has ended, or is held: whoever waited for it or passed over its turn need not any more.
void schedule_flow_ended(struct engine *g, int64_t flow);
// A flow that is to be replaced was loaded. False: that ticket is nobody's here.
bool schedule_take_loaded(struct engine *g, uint64_t ticket, bool still_runs);
struct instant schedule_next(const struct engine *g);
void schedule_free_all(struct script *s);
