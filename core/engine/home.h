// SPDX-License-Identifier: MIT
// home: where the database belongs, and when it was used last. A copy on another machine, a copy beside the
// original, a backup that was put back, and a clock that went back all bring mails that have left already
// once more. Then the engine starts away from home: it plans and decides, and nothing leaves until a person
// says that this is the one (`usher adopt`), or until the clock is right again.
//
// The database keeps in the setting "home" a hash that stands for the machine and the name of the file on
// its disk (usher/place.h). What the file looked like last it says itself (store_mark): a database that is
// older than its own file was put in its place. The clock is compared with the newest row at the start, and
// with itself while usher runs.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include <stdbool.h>

struct engine;
struct store_facts;

enum home_state {
    HOME_HERE,
    HOME_CLOCK, // the clock stands before the newest row: it goes on by itself once that has passed
    HOME_AWAY   // until it is adopted
};

struct home {
    enum home_state state;
    struct instant since;  // when this engine found that out
    struct instant newest; // that the clock has shown, or a row
    const char *why;       // AWAY: what is different
};

// At the start. Rehearsals and practice say no machine in the options, and are at home everywhere.
int home_restore(struct engine *g, const struct store_facts *facts, struct err *e);
// In each tick: has somebody set the clock back?
void home_watch(struct engine *g);

// The sentence why nothing leaves, with what to do; false: this is home.
bool home_is_elsewhere(const struct engine *g, struct buf *why);
// A person's word: from here on it belongs here, and the clock is right. False: it did already.
bool home_adopt(struct engine *g, struct text who);
