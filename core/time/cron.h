// SPDX-License-Identifier: MIT
// cron: five fields, and what they mean when clocks change.
//
//   minute hour day-of-month month day-of-week      0 9 * * MON-FRI
// Lists, ranges, steps and names; 7 = Sunday.
// When neither day field begins with "*", a day matches either (Vixie cron's rule). A minute or hour field
// that begins with "*" makes a wildcard rule: it fires at every real minute whose clock reading matches, so
// in both passes of an overlap and never in a gap. Any other is fixed-time: each matching wall time once, in
// a gap moved forward (02:30 becomes 03:30), in an overlap the first pass only.
#pragma once

#include "time/moment.h"

struct cron {
    uint64_t minutes, hours, month_days, months, weekdays; // bit i stands for i
    bool any_month_day, any_weekday;                       // the field begins with "*"
    bool wildcard;                                         // the minute or hour field does
};

int cron_parse(struct text expr, struct cron *out, struct err *e);
// Plain words for the same: "day 09:00", "weekday 09:00", "monday 09:00", "15 minutes", "2 hours". Minutes
// must divide an hour and hours a day, so that each hour or day looks alike.
int every_parse(struct text words, struct cron *out, struct err *e);

// The first firing strictly behind `after`. -INPUT: it never fires.
int cron_next(const struct cron *c, const struct zone *z, struct instant after, struct instant *out,
    struct err *e);
