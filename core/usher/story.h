// SPDX-License-Identifier: MIT
// story: several scripts rehearsed as one. They share one engine, one database and one clock, as they do
// live: what the guests do in the first event is there when the next one begins. Each further script is
// loaded when somebody would do it: at the moment that was said, else a day before its first moment. Which
// moment that is, a life tells that is played before: up to the end of those that stand in front of it.
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "base/record.h"

#define STORY_MAX 12 // further scripts

struct rehearsal;

struct story {
    struct {
        const char *script;
        struct instant at; // when it is loaded
    } list[STORY_MAX];
    size_t n, joined_n;
};

// Which scripts, and that nothing is asked of them that can be asked of one event only.
int story_take(struct rehearsal *r);
// When each of them is loaded. The first script is.
int story_plan(struct rehearsal *r);
// Loads the next one; or, in an engine that is new after a crash, those that were there.
int story_join(struct rehearsal *r);
int story_rejoin(struct rehearsal *r);
// What people read of the whole.
int story_tell(struct rehearsal *r, struct record effects, struct buf *reply);
