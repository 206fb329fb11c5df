// SPDX-License-Identifier: MIT
// live_clock: the wall clock, and the one alarm on it.
//
// libuv's timers stand still in suspend and don't see the clock being set, so moments hang on a timerfd
// of CLOCK_REALTIME that also reports when somebody sets the clock (time.md, 7).
// Owns the timerfd and its poll handle. Holds always: the timerfd is armed, for the alarm or for a moment
// that never comes, because a timerfd that is not armed does not report a set clock.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include <uv.h>

struct live_clock;

// on_due: the alarm's moment came, or the clock was set and everything due must be looked at again.
struct live_clock *live_clock_open(uv_loop_t *loop, int64_t shift_ms, void (*on_due)(void *ctx), void *ctx,
    struct err *e);
void live_clock_close(struct live_clock *c); // the loop must turn once more to free it

struct instant live_clock_now(const struct live_clock *c);
void live_clock_wake_at(struct live_clock *c, struct instant at); // INSTANT_NEVER: no alarm

// "clock set forward 1 h 00 m 03 s"; empty for less than two seconds, which is only NTP at work.
void live_clock_describe_step(int64_t step_ms, struct buf *out);
