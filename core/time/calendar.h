// SPDX-License-Identifier: MIT
// calendar: which days people work: the weekend, and dated holidays.
//
// Holidays are dates, never rules: most of Asia's are announced year by year. A file of them is plain text:
//   # comment                                  source: where it was announced
//   2021-02-12 Losar                           date: when it was written down
//   2021-02-21..2021-02-23 Birthday            place: Bhutan
//                                              zone: Asia/Thimphu
// Owns its list. Holds always: days ascend, no day twice (the first name stays).
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define HOLIDAYS_MAX 20000
#define HOLIDAY_RANGE_MAX 366 // days of one range

struct holiday {
    int64_t day;
    char *name; // "" when none was given
};

struct calendar {
    bool weekend[7]; // 0 Sunday .. 6 Saturday
    struct holiday *holidays;
    size_t holidays_n, room;
    char *source, *date, *place, *zone; // of the file's head, or NULL
};

void calendar_init(struct calendar *c); // weekend: Saturday and Sunday; no holidays
void calendar_release(struct calendar *c);

// "sat sun", "fri, sat" or "none".
int calendar_set_weekend(struct calendar *c, struct text names, struct err *e);
// "2021-02-12", "2021-02-12 Losar" or "2021-02-21..2021-02-23 Birthday".
int calendar_add(struct calendar *c, struct text holiday, struct err *e);
// A whole file; an error says its line.
int calendar_read(struct calendar *c, struct text file, struct err *e);

bool calendar_is_weekend(const struct calendar *c, int64_t day);
const struct holiday *calendar_holiday(const struct calendar *c, int64_t day); // NULL: none
bool calendar_works(const struct calendar *c, int64_t day);                    // neither weekend nor holiday
// Whether holidays of that year are known; an empty calendar knows none.
bool calendar_knows(const struct calendar *c, int64_t year);
// The n-th working day strictly before (n < 0) or after `day`; 0 is the day itself.
int calendar_shift(const struct calendar *c, int64_t day, int n, int64_t *out, struct err *e);
