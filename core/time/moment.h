// SPDX-License-Identifier: MIT
// moment: a point in time as people meant it: a wall time, a place, and the instant they make.
//
// What is stored is the intent: wall, zone, choice of reading, and the tz release that it was worked out
// with. When a country changes its clocks the same intent gives another instant (moment_resolve), and what is
// still pending moves with it.
#pragma once

#include "time/calendar.h"
#include "time/span.h"
#include "time/zone.h"

#define MOMENT_NOTE_MAX 320

struct moment {
    struct instant at;
    struct wall wall; // in `zone`; whole seconds
    const struct zone *zone;
    bool second;                // the second pass of an overlap is meant: stored as clock = "later"
    char note[MOMENT_NOTE_MAX]; // what had to be decided, for people; mostly ""
};

// What an instant reads in a zone.
struct moment moment_of(const struct zone *z, struct instant at);
// The instant of a wall time. STRICT refuses gaps and overlaps; the others write a note.
int moment_at(const struct zone *z, struct wall w, enum zone_choice choice, struct moment *out,
    struct err *e);

// Works out a stored moment anew from its texts: "2021-02-25 14:00", "Asia/Thimphu", and "earlier", "later"
// or empty. Never strict: what was once accepted stays accepted, whatever the clocks do meanwhile.
int moment_resolve(struct text wall, struct text zone, struct text clock, struct moment *out, struct err *e);
// The words for moment_resolve and back: "earlier", "later", "" (compatible), else -INPUT.
int clock_choice(struct text clock, enum zone_choice *out, struct err *e);

// Moves a moment. The calendar part moves the date and keeps the clock, read in the moment's zone; the exact
// part then moves the instant. `clock` >= 0 replaces the time of day (seconds after 00:00).
int moment_shift(const struct moment *from, const struct span *by, int clock, const struct calendar *work,
    struct moment *out, struct err *e);
// Appends a sentence to the note; cuts what does not fit.
void moment_remark(struct moment *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
