// SPDX-License-Identifier: MIT
// rehearsal: one life of a script in virtual time. rehearsal.c plays it, crashes.c lets it die everywhere,
// rehearsal_report.c says what it was.
#pragma once

#include "usher.h"

#include "engine/engine.h"
#include "engine/owners.h"
#include "usher/downtimes.h"
#include "usher/installation.h"
#include "usher/story.h"
#include "world/virtual.h"

struct unsure_mail;
struct crashes;

struct rehearsal {
    const char *script;
    const struct usher_rehearsal *options;
    struct record before;      // the lines of a saved rehearsal; not there: there is none to compare with
    struct record undisturbed; // those of the same life without downtimes; not there: there are none
    struct downtimes down;
    struct instant cancel_at; // when the event is cancelled; 0: it is not
    int per_hour, per_minute; // the mail server's limits; 0: none
    struct buf guests;        // what --guest says, as usher.rehearsing() tells it; empty: nothing
    struct installation installation;
    struct virtual *world;
    struct store *store;
    struct engine *engine;
    struct instant from, until, moves_at;
    struct story story; // the scripts after the first
    const char *moved;  // by how much the event is moved by now; NULL: it is not
    size_t downs_over;  // of `down`
    bool approved;      // mails that wait for approval go as if they had it
    struct buf notices; // records, one after the other
    size_t notices_n;
    int64_t unsure_n;
    struct unsure_mail *unsure; // to be decided by the pretended organiser
    struct owners owners;       // options->watch_owners
    struct crashes *crashes;    // NULL: this life is the only one
    struct err error;
};

// An engine in the virtual world, on r->store, without a script so far. Its clock stands at `from`.
int rehearsal_open(struct rehearsal *r, struct instant from);
// The same with the script, on a store of its own in memory.
int rehearsal_begin(struct rehearsal *r, struct instant from);
// The whole life until then, with what happens to it on the way.
int rehearsal_play(struct rehearsal *r, struct instant until);
// Until nothing is left to do, or until then; engines that crash are followed by new ones.
int rehearsal_run(struct rehearsal *r, struct instant until);
// When a life ends at the latest: with recurring work there is always something left to do.
struct instant rehearsal_horizon(const struct rehearsal *r);
void rehearsal_close(struct rehearsal *r);
// What left and what people are told besides: a list, as timeline.lua reads it.
void rehearsal_effects(struct rehearsal *r, struct buf *out);

// What words are told of a life that was played; the caller adds to the map and ends it.
void rehearsal_request(struct rehearsal *r, struct record effects, const struct event *ev,
    struct record_map *map);
// Asks a handler ("": of the first event that has it), and appends what it says.
int rehearsal_call(struct rehearsal *r, struct text event, const char *handler, struct record request,
    struct buf *reply);
// Asks the script's own words for what people read, and fills in the rest.
int rehearsal_report(struct rehearsal *r, struct usher_report *out);
// What left, one line each, in order. The caller frees it.
char *rehearsal_history(struct rehearsal *r);
