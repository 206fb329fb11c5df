// SPDX-License-Identifier: MIT
// map: a 64-bit id -> pointer, open addressing, nothing owned but the table.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct map {
    int64_t *ids; // 0 means empty: ids start at 1
    void **values;
    size_t room, n;
};

void map_init(struct map *m);
void map_release(struct map *m);
void *map_find(const struct map *m, int64_t id); // NULL when it is not there
void map_put(struct map *m, int64_t id, void *value);
void *map_take(struct map *m, int64_t id); // removes; the value, or NULL
// for (size_t i = 0; map_each(m, &i, &value);) ... ; nothing may be put or taken meanwhile
int map_each(const struct map *m, size_t *i, void **value);
