// SPDX-License-Identifier: MIT
// recur_parts: the names of a rule's parts, shared by its reader and its walker.
#pragma once

#include "time/recur.h"

#define RECUR_PARTS(X) \
    X(FREQ)            \
    X(UNTIL)           \
    X(COUNT)           \
    X(INTERVAL)        \
    X(BYSECOND)        \
    X(BYMINUTE)        \
    X(BYHOUR)          \
    X(BYDAY)           \
    X(BYMONTHDAY)      \
    X(BYYEARDAY)       \
    X(BYWEEKNO)        \
    X(BYMONTH)         \
    X(BYSETPOS)        \
    X(WKST)

enum recur_part {
#define X(name) PART_##name,
    RECUR_PARTS(X)
#undef X
        PARTS_N
};

#define PART_BIT(part) (UINT32_C(1) << (part))

static inline bool recur_has(const struct recur *r, enum recur_part part)
{
    return r->parts & PART_BIT(part);
}

static inline const char *recur_part_name(enum recur_part part)
{
    static const char *const names[] = {
#define X(name) #name,
        RECUR_PARTS(X)
#undef X
    };
    return names[part];
}

static inline bool set_has(const struct recur_set *s, int value)
{
    return s->bits[value / 64] >> value % 64 & 1;
}
