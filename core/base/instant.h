// SPDX-License-Identifier: MIT
// instant: a point in time as a type, so that it can't be mixed with a duration.
//
// Milliseconds since 1970-01-01 UTC without leap seconds. Durations stay plain int64_t ending in _ms.
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct instant {
    int64_t ms;
};

#define INSTANT_NEVER ((struct instant){INT64_MAX})
#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

static inline struct instant instant_add(struct instant at, int64_t ms)
{
    int64_t sum; // a script may say any number: past the end it is the end
    if (__builtin_add_overflow(at.ms, ms, &sum)) sum = ms < 0 ? INT64_MIN : INT64_MAX;
    return (struct instant){sum};
}

static inline int64_t instant_since(struct instant later, struct instant earlier)
{
    int64_t ms;
    if (__builtin_sub_overflow(later.ms, earlier.ms, &ms)) ms = later.ms < earlier.ms ? INT64_MIN : INT64_MAX;
    return ms;
}

static inline bool instant_before(struct instant a, struct instant b)
{
    return a.ms < b.ms;
}
