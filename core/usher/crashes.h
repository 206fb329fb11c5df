// SPDX-License-Identifier: MIT
// crashes: a life that dies at every boundary, once each.
//
// At a boundary the process splits in two: one crashes there, begins again on what is on disk and plays its
// life to the end; the other goes on as if nothing had been. So the way up to a boundary is gone only once,
// and as many lives as the machine has processors are played at the same time. A rehearsal has no threads and
// no files of its own, so both halves have all of it.
#pragma once

#include "usher.h"

#include "base/err.h"
#include "engine/engine.h"

#include <stdbool.h>

struct crashes;

// on_crash is told of each life, in the order of the boundaries.
struct crashes *crashes_new(void (*on_crash)(void *ctx, const struct usher_crash *crash), void *ctx);
void crashes_free(struct crashes *c);
// At a boundary: true in the process that crashes there.
bool crashes_at(void *c, int64_t boundary);
// Is this the process of a life that has crashed? NULL: no.
bool crashes_own(const struct crashes *c);
// That process tells what became of its life, and is gone.
_Noreturn void crashes_tell(const struct crashes *c, const struct usher_crash *crash);
// Waits for the lives that are still being played.
int crashes_end(struct crashes *c, struct err *e);
