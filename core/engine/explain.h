// SPDX-License-Identifier: MIT
// explain: sentences about where something stands and what has happened, for people who know nothing of how
// usher works inside. Commands, pages and JSON show the same ones, because they are made here and nowhere
// else: rows of the lists "why", "attention", "pinned" and "history" get them as further fields.
//
//   says     what it waits for, since when, what comes next and when; or how it ended and why
//   todo     what a person can do about it: a command, or nothing
//   because  the reason alone, for counting what has the same one ("attention")
//   stands   in a history: what it waits for after this row; only on rows after which it waits
//
// Pure: a row and a zone in, text out. A state or kind that is not known here still gets a sentence, made of
// its word and its note. Times are the event's own clock.
#pragma once

#include "base/instant.h"
#include "base/record.h"
#include "time/zone.h"

struct explaining {
    const struct zone *zone;
    struct instant now; // ms == 0: nothing is said of what is overdue
};

// The name of a list whose rows are explained; NULL: they need no words.
const char *explain_list(struct text list);
// The row with its sentences, as one map.
void explain_row(const struct explaining *x, struct text list, struct record row, struct buf *out);

// "Thu 25 Feb 2021 14:00"
void explain_time(const struct zone *zone, int64_t ms, struct buf *out);
// "mail:invitation/P0042#2" is invitation to people.
struct text explain_name(struct text key);
