// SPDX-License-Identifier: MIT
// when: the time of an event as people write it on an invitation.
//
//   Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu
//   2021-02-25 14:00
//   25 Feb 2021, 22:00 ~ 26 Feb 2021, 02:00 Asia/Manila     past midnight the end says its own date
// A weekday is checked, a time that does not exist or happens twice is refused (it was typed by a person).
#pragma once

#include "time/moment.h"

struct when {
    struct moment starts, ends;
    bool has_end; // otherwise ends is starts
};

// `otherwise` is the zone when the text names none; NULL: it must.
int when_parse(struct text t, const struct zone *otherwise, struct when *out, struct err *e);

// Parts, for phrases: a date and a time of day; the zone's name at the end, NULL in *out when there is none.
int scan_date_and_clock(struct scan *s, struct wall *out, struct err *e);
int scan_zone(struct scan *s, const struct zone **out, struct err *e);
