// SPDX-License-Identifier: MIT
// tzrule: the POSIX TZ string at the end of a zone file, which holds for all the years behind its table.
//
//   <+0545>-5:45                            one offset for ever; signs are turned round: -5:45 is east
//   EST5EDT,M3.2.0,M11.1.0                  second Sunday of March 02:00 to first Sunday of November 02:00
//   IST-1GMT0,M10.5.0,M3.5.0/1              Dublin: the "saving" half is the winter
// A date is Mm.w.d (w = 5: the last), Jn (1..365, never 29 Feb) or n (0..365). Times go from -167 to 167
// hours (RFC 9636, 3.3.1). Without a rule behind a second name POSIX leaves the dates open: refused.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define TZ_ABBR_MAX 16

struct tz_type {
    int32_t offset; // seconds east of UTC
    bool dst;
    char abbr[TZ_ABBR_MAX];
};

struct tz_date {
    enum { TZ_MONTH_WEEK_DAY, TZ_DAY_WITHOUT_LEAP, TZ_DAY_FROM_ZERO } form;
    int month, week, day;
    int32_t seconds; // after 00:00 of that date, on the clock that is ending
};

struct tz_rule {
    bool has_dst;
    struct tz_type standard, saving;
    struct tz_date begin, end; // of saving
};

// Instants here are seconds since 1970 UTC. The half-open stretch around `at` without a change.
struct tz_period {
    int64_t begin, end; // INT64_MIN, INT64_MAX: none before, none behind
    const struct tz_type *type;
};

int tz_rule_parse(struct text t, struct tz_rule *out, struct err *e);
struct tz_period tz_rule_period(const struct tz_rule *r, int64_t at);
