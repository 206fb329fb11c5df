// SPDX-License-Identifier: MIT
// queue: see queue.h.
#include "engine/queue.h"

#include "base/buf.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

void queue_release(struct queue *q)
{
    free(q->entries);
    *q = (struct queue){0};
}

static void make_room(struct queue *q)
{
    if (q->first > 0 && q->n == q->room) { // what was taken in front is room
        memmove(q->entries, q->entries + q->first, sizeof *q->entries * (q->n - q->first));
        q->n -= q->first;
        q->first = 0;
    }
    if (q->n < q->room) return;
    q->room = q->room ? 2 * q->room : 64;
    q->entries = mem_grow(q->entries, sizeof *q->entries * q->room);
}

// Nearly always the new one is the last: only what comes back from a longer wait goes before others.
void queue_add(struct queue *q, struct queued entry)
{
    make_room(q);
    size_t at = q->n++;
    for (; at > q->first && q->entries[at - 1].asked_at.ms > entry.asked_at.ms; at--) {
        q->entries[at] = q->entries[at - 1];
    }
    q->entries[at] = entry;
}

size_t queue_len(const struct queue *q)
{
    return q->n - q->first;
}

struct queued queue_first(const struct queue *q)
{
    assert(queue_len(q) > 0);
    return q->entries[q->first];
}

struct queued queue_take_first(struct queue *q)
{
    struct queued entry = queue_first(q);
    if (++q->first == q->n) q->first = q->n = 0;
    return entry;
}

struct queued queue_take_last(struct queue *q)
{
    assert(queue_len(q) > 0);
    struct queued entry = q->entries[--q->n];
    if (q->first == q->n) q->first = q->n = 0;
    return entry;
}
