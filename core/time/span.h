// SPDX-License-Identifier: MIT
// span: how long: exact ("90 min", "1h30m") or by the calendar ("3 days", "2 working days").
//
// An exact span is milliseconds and needs no place. A calendar span moves a date, and only together with a
// zone does it have a length: "24h" and "1 day" differ when clocks change. Parts may be joined; months are
// counted before days, days before working days, the exact part last. "-1 day" goes back.
// Units: s sec second, m min minute, h hr hour, ms (exact); d day, w week, month, working day (calendar).
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "time/scan.h"

#define SPAN_NUMBER_DIGITS 7                  // of one number
#define SPAN_MS_MAX (INT64_C(36525) * DAY_MS) // 100 years
#define SPAN_DAYS_MAX 36525
#define SPAN_TEXT_MAX 96

struct span {
    int64_t ms;       // exact part
    int months, days; // weeks are days
    int working_days;
};

int span_parse(struct text t, struct span *out, struct err *e);
// The longest run of "NUMBER UNIT" at the head; false and *s unmoved when there is none. e: a number that is
// too large, or a unit that is not known although a number was there (then it also answers false).
bool scan_span(struct scan *s, struct span *out, struct err *e);

bool span_is_calendar(const struct span *s);
struct span span_back(struct span s); // the same, the other way
// "1h30m" -> ms. A calendar span is refused, with what to write instead.
int span_exact_ms(struct text t, int64_t *ms, struct err *e);
// The same for waiting and limits, which have no place: here a day is 24 h and a week 168 h.
int span_elapsed_ms(struct text t, int64_t *ms, struct err *e);

// "1 h 30 min", "3 days", "2 working days".
const char *span_print(const struct span *s, char out[SPAN_TEXT_MAX]);
// The same for elapsed time; from 48 h on in days of 24 h: "2 days 1 h". The two largest units are enough.
const char *span_print_ms(int64_t ms, char out[SPAN_TEXT_MAX]);
