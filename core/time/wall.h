// SPDX-License-Identifier: MIT
// wall: what a calendar and a clock on the wall show, before anybody says where.
//
// A wall time is counted in seconds since 1970-01-01 00:00:00 *on that wall*. It is a type of its own, for it
// is no instant: only a zone makes one of it (time/zone.h), and sometimes none or two. A date is a count of
// days since 1970-01-01 (int64_t ending in _day). The calendar is the Gregorian one, also before 1582.
// Holds always: what the parsers accept lies in the years 1 to 9999.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "time/scan.h"

#define DAY_SECONDS 86400
#define WALL_TEXT_MAX 40 // enough for any of the texts below

struct wall {
    int64_t seconds;
};

struct civil {
    int64_t year;
    int month, day; // from 1
    int hour, minute, second;
};

// Quotient and remainder that round down, also left of zero.
static inline int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b != 0 && (a % b < 0) != (b < 0));
}

static inline int64_t floor_mod(int64_t a, int64_t b)
{
    return a - floor_div(a, b) * b;
}

int64_t civil_day(int64_t year, int month, int day); // date -> days; the day may lie outside of its month
struct civil day_civil(int64_t day);                 // days -> date, at 00:00:00
struct wall civil_wall(struct civil c);
struct civil wall_civil(struct wall w);
int month_days(int64_t year, int month);
int day_weekday(int64_t day);                    // 0 Sunday .. 6 Saturday
int64_t day_add_months(int64_t day, int months); // 31 Mar - 1 month = 28 or 29 Feb
struct wall wall_at(int64_t day, int seconds);   // that date, so many seconds after 00:00
int64_t wall_day(struct wall w);
int wall_clock(struct wall w); // seconds since 00:00

// "2021-02-25 14:00", "2021-02-25T14:00:05", nothing else. -INPUT names what is wrong.
int wall_parse(struct text t, struct wall *out, struct err *e);
// "2021-02-25"
int date_parse(struct text t, int64_t *day, struct err *e);

// Parts of longer texts; they stop behind what they took.
// ISO, or "Thu 25 Feb 2021" with a weekday that must be right. "25/02/2021" is refused with what to write.
int scan_date(struct scan *s, int64_t *day, struct err *e);
// "14:00" or "14:00:05", as seconds since 00:00.
int scan_clock(struct scan *s, int *clock, struct err *e);

// "2021-02-25 14:00", with ":05" only when there are seconds.
const char *wall_print(struct wall w, char out[WALL_TEXT_MAX]);
const char *date_print(int64_t day, char out[WALL_TEXT_MAX]);      // "2021-02-25"
const char *clock_print(int clock, char out[WALL_TEXT_MAX]);       // "14:00"
const char *date_print_long(int64_t day, char out[WALL_TEXT_MAX]); // "25 Feb 2021"
