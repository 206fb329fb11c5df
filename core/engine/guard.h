// SPDX-License-Identifier: MIT
// guard: the blast guard. More mails of an event within any hour than its limit, and the event goes on hold.
//
// A mail counts once, at its first try: a slow mail server makes many tries and no more mails. The moments of
// the last hour are kept in memory, one for each mail, and read from the journal when an event joins. After a
// release the hour begins anew, for a person has looked.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include <stdbool.h>
#include <stddef.h>

struct engine;
struct event;

// Without a word from the script (usher.describe) or the installation (mail.hourly_max).
#define GUARD_MAILS_MAX 1000
// The most that either may say: each mail of the hour is 8 bytes of memory.
#define GUARD_MAILS_MOST 1000000

struct guard {
    struct instant *left; // from `first` to `n`, in order
    size_t first, n, room;
    bool struck; // by this engine: what a rehearsal asks, which lets the holds of persons alone
};

int guard_restore(struct engine *g, struct event *ev, struct err *e);
void guard_release(struct guard *guard);

// Would one mail more be too many?
bool guard_is_full(struct engine *g, struct event *ev);
void guard_count(struct engine *g, struct event *ev);
void guard_uncount(struct event *ev); // the slice that counted it last was taken back

// Puts the event on hold, in its own name, and adds why: "100 mails left within an hour, and more were to
// follow".
void guard_strike(struct engine *g, struct event *ev, struct buf *why);
// A person has looked: the hour begins now. `by` as in hold.h.
void guard_begin_anew(struct engine *g, struct event *by, struct event *ev);
