// SPDX-License-Identifier: MIT
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

// The first chunk holds a sleeping flow; each further one is twice as large, up to 64 KiB.
#define CHUNK_MIN 512
#define CHUNK_MAX 65536

struct arena_chunk {
    struct arena_chunk *older;
    size_t room, used;
    alignas(max_align_t) char data[];
};

void arena_init(struct arena *a)
{
    a->chunk = NULL;
}

void arena_release(struct arena *a)
{
    while (a->chunk) {
        struct arena_chunk *chunk = a->chunk;
        a->chunk = chunk->older;
        free(chunk);
    }
}

static void add_chunk(struct arena *a, size_t size)
{
    size_t room = a->chunk ? 2 * a->chunk->room : CHUNK_MIN;
    if (room > CHUNK_MAX) room = CHUNK_MAX;
    if (room < size) room = size;
    struct arena_chunk *chunk = mem_grow(NULL, sizeof *chunk + room);
    *chunk = (struct arena_chunk){.older = a->chunk, .room = room};
    a->chunk = chunk;
}

void *arena_alloc(struct arena *a, size_t size)
{
    size = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (!a->chunk || a->chunk->room - a->chunk->used < size) add_chunk(a, size);
    void *p = a->chunk->data + a->chunk->used;
    a->chunk->used += size;
    return p;
}

struct text arena_text(struct arena *a, struct text t)
{
    if (t.len == 0) return TEXT("");
    return (struct text){memcpy(arena_alloc(a, t.len), t.data, t.len), t.len};
}

struct record arena_record(struct arena *a, struct record r)
{
    if (!r.data) return r;
    return (struct record){memcpy(arena_alloc(a, r.len), r.data, r.len), r.len};
}
