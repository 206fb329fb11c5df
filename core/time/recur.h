// SPDX-License-Identifier: MIT
// recur: series of dates by RFC 5545 (RRULE, EXDATE, RDATE), one after the other and never all at once.
//
// A rule is expanded on wall times: the days of each year, month, week or day are filtered, times of day are
// put to them, BYSETPOS picks. Each wall time then becomes an instant in the zone: in a gap it moves
// forward, in an overlap the first pass counts, and both count toward COUNT (3.3.5 and erratum 4271).
// The parser is strict: what the RFC forbids is refused. UNTIL must be UTC, as 3.3.10 wants beside a zone.
// An EXDATE shortens a series with COUNT; who wants six *held* sessions counts them himself.
#pragma once

#include "time/moment.h"

#define RECUR_POSITIONS_MAX 64 // values of BYSETPOS
#define RECUR_DAYS_MAX 128     // values of BYDAY

enum recur_freq { SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY };

struct recur_day {
    int nth; // -1FR: the last Friday; 0: each
    int weekday;
};

// Sets of small numbers: bit i stands for i.
struct recur_set {
    uint64_t bits[6];
    int n;
};

struct recur {
    enum recur_freq freq;
    int interval;
    int64_t count; // 0: no limit
    bool has_until;
    struct instant until;
    int week_start;
    uint32_t parts; // which parts were written, as bits
    struct recur_set months, hours, minutes, seconds;
    struct recur_set month_days, month_days_back; // BYMONTHDAY above and below zero
    struct recur_set year_days, year_days_back;
    struct recur_set weeks, weeks_back;
    struct recur_day days[RECUR_DAYS_MAX];
    int days_n;
    int positions[RECUR_POSITIONS_MAX];
    int positions_n;
};

// "FREQ=WEEKLY;BYDAY=TU;COUNT=6", without "RRULE:".
int recur_parse(struct text rule, struct recur *out, struct err *e);

// -- walking

// The days of one period and the times of day that belong to each.
struct recur_walk {
    const struct recur *rule; // borrowed, as is the zone
    const struct zone *zone;
    struct wall starts;
    struct wall period; // where the present period begins
    int64_t days[366];
    int days_n;
    uint8_t hours[24], minutes[60], seconds[60];
    int hours_n, minutes_n, seconds_n;
    int64_t picks[RECUR_POSITIONS_MAX]; // what BYSETPOS picked, ascending
    int64_t next, end;                  // index into the picks, or into days x times
    int64_t given, looked;
    bool over;
};

void recur_begin(struct recur_walk *walk, const struct recur *rule, const struct zone *z, struct wall starts);
// The next one. 1: there it is; 0: the series is over; -INPUT: nothing matches for 400 years.
int recur_next(struct recur_walk *walk, struct wall *wall, struct instant *at, struct err *e);

// A whole series, ascending and without doubles: dates added (RDATE) and left out (EXDATE) are wall times.
struct recur_series {
    const struct recur *rule;
    const struct zone *zone;
    struct wall starts;
    const struct wall *except, *extra;
    size_t except_n, extra_n;
};
// Fills up to `limit` moments; how many, or -INPUT. A series without any date is an error too.
int recur_list(const struct recur_series *series, struct moment *out, int limit, struct err *e);
