// SPDX-License-Identifier: MIT
// downtimes: when the engine of a rehearsal is gone, as --down says it.
//
//   2021-02-24 13:00..2021-02-24 18:00        in the event's zone, unless the text names one
//   2021-02-24 13:00..18:00                   on one day
//   ... ; ...                                 several
#pragma once

#include "base/err.h"
#include "time/moment.h"

#define DOWNTIMES_MAX 20

struct downtime {
    struct instant from, to;
};

struct downtimes {
    struct downtime list[DOWNTIMES_MAX]; // in order, and apart
    size_t n;
};

// 0, or -USAGE with a sentence. zone: the event's; NULL: the texts must name theirs.
int downtimes_parse(const char *said, const struct zone *zone, struct downtimes *out, struct err *e);
