// SPDX-License-Identifier: MIT
// errand: one effect on its way through the world, and how it ended.
//
// Whoever performs an effect embeds an errand, fills in its ending and hands it to an errand_sink. Sinks
// only collect: the engine hears of it when the loop comes round, never inside perform.
#pragma once

#include "engine/world.h"

#define ERRAND_NOTE_MAX 1000 // a mail server's words fit; a novel is cut

struct errand {
    struct errand *next; // in whatever list holds it
    int64_t flow;
    int32_t step, attempt;
    enum outcome outcome;
    struct buf value; // one encoded record, or empty
    struct buf note;  // one sentence, or empty
    int64_t retry_after_ms;
    bool loud; // nothing will work until an operator acts: the note goes to the log as an error
    void (*free)(struct errand *r);
};

struct errand_sink {
    void *ctx;
    void (*end)(void *ctx, struct errand *r); // takes the errand
};

void errand_init(struct errand *r, const struct effect *effect, void (*free)(struct errand *r));
void errand_release(struct errand *r); // what errand_init and errand_end made; not the errand itself

// Says how it ended; a later word replaces an earlier one.
void errand_end(struct errand *r, enum outcome outcome, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

// First in, first out.
struct errand_list {
    struct errand *first, *last;
};
void errand_list_add(struct errand_list *l, struct errand *r);
struct errand *errand_list_take(struct errand_list *l); // NULL when empty
