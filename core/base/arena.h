// SPDX-License-Identifier: MIT
// arena: memory that stays where it is and is given back all at once.
//
// For things that live and die together: the texts of one batch, of one loaded flow.
#pragma once

#include "base/buf.h"
#include "base/record.h"

struct arena_chunk;
struct arena {
    struct arena_chunk *chunk; // the one being filled; older ones hang behind it
};

void arena_init(struct arena *a);
void arena_release(struct arena *a);
void *arena_alloc(struct arena *a, size_t size); // not zeroed; aligned for any struct
struct text arena_text(struct arena *a, struct text t);
struct record arena_record(struct arena *a, struct record r); // not there stays not there
