// SPDX-License-Identifier: MIT
// map: linear probing in a power-of-two table that is at most three quarters full. Taking moves the rest
// of the run back (Knuth 6.4 R), so there are no tombstones and a table never grows tired.
#include "base/map.h"

#include "base/buf.h"

#include <assert.h>
#include <stdlib.h>

void map_init(struct map *m)
{
    *m = (struct map){0};
}

void map_release(struct map *m)
{
    free(m->ids);
    free(m->values);
    map_init(m);
}

static size_t home_of(const struct map *m, int64_t id)
{
    uint64_t mixed = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15); // 2^64 / golden ratio: spreads neighbours
    return (size_t)(mixed >> 32) & (m->room - 1);
}

// Where the id is, or the empty place where it would go.
static size_t place_of(const struct map *m, int64_t id)
{
    size_t i = home_of(m, id);
    while (m->ids[i] && m->ids[i] != id) i = (i + 1) & (m->room - 1);
    return i;
}

void *map_find(const struct map *m, int64_t id)
{
    if (m->n == 0) return NULL;
    size_t i = place_of(m, id);
    return m->ids[i] ? m->values[i] : NULL;
}

static void grow(struct map *m)
{
    struct map old = *m;
    m->room = old.room ? 2 * old.room : 16;
    m->ids = mem_alloc(m->room * sizeof *m->ids);
    m->values = mem_alloc(m->room * sizeof *m->values);
    for (size_t i = 0; i < old.room; i++) {
        if (!old.ids[i]) continue;
        size_t to = place_of(m, old.ids[i]);
        m->ids[to] = old.ids[i];
        m->values[to] = old.values[i];
    }
    free(old.ids);
    free(old.values);
}

void map_put(struct map *m, int64_t id, void *value)
{
    assert(id != 0 && value);
    if (4 * (m->n + 1) > 3 * m->room) grow(m);
    size_t i = place_of(m, id);
    m->n += m->ids[i] == 0;
    m->ids[i] = id;
    m->values[i] = value;
}

void *map_take(struct map *m, int64_t id)
{
    if (m->n == 0) return NULL;
    size_t hole = place_of(m, id), mask = m->room - 1;
    if (!m->ids[hole]) return NULL;
    void *value = m->values[hole];
    for (size_t i = (hole + 1) & mask; m->ids[i]; i = (i + 1) & mask) {
        // An id may move into the hole unless its home lies between the hole and where it is.
        if (((i - home_of(m, m->ids[i])) & mask) < ((i - hole) & mask)) continue;
        m->ids[hole] = m->ids[i];
        m->values[hole] = m->values[i];
        hole = i;
    }
    m->ids[hole] = 0;
    m->values[hole] = NULL;
    m->n--;
    return value;
}

int map_each(const struct map *m, size_t *i, void **value)
{
    for (; *i < m->room; (*i)++) {
        if (!m->ids[*i]) continue;
        *value = m->values[(*i)++];
        return 1;
    }
    return 0;
}
