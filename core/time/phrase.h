// SPDX-License-Identifier: MIT
// phrase: moments in words, counted from an event: "3 working days before, 09:00".
//
//   [SPAN | the WEEKDAY] before|after [start|end] [at HH:MM [ZONE] | , HH:MM [ZONE]]
//   on the day at HH:MM [ZONE]     at the start     at the end     a date: "20 Feb 2021 10:00 [ZONE]"
// No anchor means the start. A span of min or h is exact; days, weeks, months and working days move the date
// and keep the clock unless the phrase says one. A ZONE is where both date and clock are read. Working days
// lie strictly before or after the event's date.
#pragma once

#include "time/when.h"

enum phrase_kind {
    PHRASE_SPAN,    // so long before or after
    PHRASE_WEEKDAY, // the next or the last such day
    PHRASE_DAY,     // on the day itself
    PHRASE_ANCHOR,  // at the start, at the end
    PHRASE_DATE,    // a date of its own
};

struct phrase {
    enum phrase_kind kind;
    bool after, from_end;
    struct span span;
    int weekday;
    int clock;               // seconds after 00:00; -1: the event's
    const struct zone *zone; // NULL: the event's
    struct wall date;        // PHRASE_DATE
};

// Errors name the column: "3 days befor": expected before or after at column 8
int phrase_parse(struct text t, struct phrase *out, struct err *e);

// The moment that the phrase means for this event. Refuses a "before" that does not fall before its anchor,
// and the other way round. The note says what had to be decided, and which years have no holidays.
int phrase_resolve(const struct phrase *p, const struct when *event, const struct calendar *work,
    struct moment *out, struct err *e);
