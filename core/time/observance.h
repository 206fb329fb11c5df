// SPDX-License-Identifier: MIT
// observance: the stretches of one offset that a span of time touches, as a calendar file needs them
// (VTIMEZONE, RFC 5545, 3.6.5): when each begins, from which offset to which, and whether it comes back every
// year by a rule that calendars can follow.
//
// The rule is not read from the zone file but tried: "the second Sunday of March, 02:00" is said only when
// the zone does just that in each of the next 40 years. So files with a long table and files with a short one
// say the same, and a zone that keeps no simple rule (Cairo's last Thursday at 24:00, Morocco's Ramadan) has
// none.
#pragma once

#include "time/zone.h"

#define OBSERVANCE_RULE_MAX 48
#define OBSERVANCE_ABBR_MAX 16

struct observance {
    struct instant at;      // when it begins; INT64_MIN: it has held for as long as is known
    struct wall onset;      // what the clock that ends there shows at that instant
    int32_t before, behind; // seconds east of UTC, on both sides; equal when it has no beginning
    bool dst;
    char abbr[OBSERVANCE_ABBR_MAX];
    char rule[OBSERVANCE_RULE_MAX]; // "FREQ=YEARLY;BYMONTH=3;BYDAY=2SU", or ""
};

// The observance that holds at `from`, and each that begins until `to`, in order. How many there are; more
// than `max` are an error, -LIMIT.
int zone_observances(const struct zone *z, struct instant from, struct instant to, struct observance *out,
    int max, struct err *e);
