// SPDX-License-Identifier: MIT
// queue: effects that wait for room at a mail server or elsewhere, the one that was asked for first in front.
//
// Owns its entries, which know flow and step by number. One that no longer fits its flow is passed over by
// whoever takes it.
#pragma once

#include "base/instant.h"
#include <stddef.h>
#include <stdint.h>

struct queued {
    int64_t flow;
    int32_t step;
    struct instant asked_at; // when the step was asked for: the order
    struct instant since;    // since when it is in the queue
};

struct queue {
    struct queued *entries; // from `first` to `n`
    size_t first, n, room;
};

void queue_release(struct queue *q);
void queue_add(struct queue *q, struct queued entry);
size_t queue_len(const struct queue *q);
struct queued queue_first(const struct queue *q); // there is one
struct queued queue_take_first(struct queue *q);
struct queued queue_take_last(struct queue *q);
