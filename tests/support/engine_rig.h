// SPDX-License-Identifier: MIT
// engine_rig: a whole engine on a store of its own and the virtual world, in one hand.
//
// Scripts are texts (two names and what they hold); what happened comes back as text, so that a test reads
// like the story that it tells. Times are said in UTC, "2021-02-25 08:00", unless a zone follows.
// Borrowed texts live as long as the rig. Whatever fails here fails the test that runs.
// Before each move of the clock (with a crowd of flows: before some), and at rig_end, it is looked whether
// anything unfinished has nobody left who will wake it (engine/owners.h); a test whose subject is just that
// says so (rig->may_orphan).
#pragma once

#include "engine/engine.h"
#include "engine/owners.h"
#include "engine/script.h"
#include "world/virtual.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RIG_FILES_MAX 8

struct rig_file {
    const char *name;
    const char *text;
};

// Something that left the house.
struct rig_effect {
    struct rig_effect *next;
    struct instant at;
    const char *flow, *key, *step, *message_id; // message_id "": no mail
    const char *files;                          // what is attached: "a.txt=its bytes, b.txt=..."
    int attempt;
};

// What the other side makes of an effect. *note is for the journal; *value is JSON or NULL.
typedef enum outcome (
    *rig_peer)(void *ctx, const struct rig_effect *effect, const char **note, const char **value);

struct rig {
    struct engine *engine;
    struct store *store;
    struct virtual *world;
    struct rig_file files[RIG_FILES_MAX];
    bool on_disk;               // a database file; else in memory
    bool threaded;              // the store commits on its own thread
    bool live;                  // the engine does what it does live; else what it does in a rehearsal
    bool practice;              // for practice, on a shifted clock
    const char *base_url;       // the installation's web address; NULL: it has none
    const char *machine, *file; // where the database is; NULL: it is at home everywhere
    const char *const *only;    // domains to which mails may leave; NULL: to all
    rig_peer peer;              // NULL: every mail arrives
    void *peer_ctx;
    void (*asked)(struct rig *r); // just before the engine writes that an effect begins; may be NULL
    void (*power)(bool on); // false: before a killed engine's files are closed; true: after; may be NULL
    struct rig_effect *effects, **effects_end;
    int effects_n;
    bool may_orphan; // whoever is left without an owner is no failure
    struct owners owners;
    size_t moments;     // at which it was idle
    int deaths;         // engines that ended without stopping
    const char *cookie; // "name=value" that the last response set, or ""
    // private
    struct world wire;
    struct posted *posted;
    struct arena memory;
    struct buf notices;
    char dir[64], path[96];
};

// A rig whose clock stands at `now`, without an engine yet.
struct rig *rig_new(const char *now);
// The file `name` beside the scripts; rig_begin loads those that end in .lua.
void rig_write(struct rig *r, const char *name, const char *text);
// Makes the engine and loads every script. rig_try_begin answers what it says when it will not.
void rig_begin(struct rig *r);
const char *rig_try_begin(struct rig *r); // NULL: it began
// Most tests: one script, at one time, in memory.
struct rig *rig_with(const char *now, const char *script);
// Checks that nothing is forgotten, then takes everything away.
void rig_end(struct rig *r);

// Runs until nothing is left to do, or until that time. Engines that die on the way are followed by new ones.
void rig_run(struct rig *r);
void rig_run_until(struct rig *r, const char *time);
void rig_settle(struct rig *r); // what can happen without time passing
// kill -9: the engine is gone at once, and nobody starts a new one; the clock goes on.
void rig_kill(struct rig *r);
void rig_clock(struct rig *r, const char *time); // sets the clock, in whatever direction
void rig_restart(struct rig *r);                 // kill and begin again

struct instant rig_at(const char *time);
const char *rig_time(struct instant at); // "02-25 08:00", with seconds when there are any

// The script `name` becomes `text` and takes the place of the one that runs, as {"apply": true} and what the
// request says besides (JSON, or NULL); settles. Its outline as JSON, or "error: ...".
const char *rig_reload(struct rig *r, const char *name, const char *text, const char *request);

// Calls a handler with JSON, settles, and answers its reply as JSON, or "error: ...".
const char *rig_call(struct rig *r, const char *handler, const char *request);
const char *rig_call_in(struct rig *r, const char *event, const char *handler, const char *request);
// Sends a request through the routes and settles: "303 /a/b" or "200 body", or "404: its sentence". `more` is
// JSON with further fields of the request ({"form": {...}}), or NULL.
const char *rig_visit(struct rig *r, const char *method, const char *path, const char *more);
// The JSON of a `more` with the cookie that the last response set, and further fields (or NULL).
const char *rig_with_cookie(struct rig *r, const char *cookie, const char *more);
// The steps of a flow, a line for each transition: "sleep:nap open"; what is not plain has its note behind.
const char *rig_history(struct rig *r, const char *flow, const char *key);
const char *rig_state(struct rig *r, const char *flow, const char *key);  // "waiting"; "none" without one
const char *rig_why(struct rig *r, const char *flow, const char *key);    // its sentence, or ""
const char *rig_result(struct rig *r, const char *flow, const char *key); // JSON, or "null"
// What left the house, a line for each: "02-25 08:00 P1 mail:invitation", with "(try 2)" when it is a repeat.
const char *rig_effects(struct rig *r);
// What people were told beside: "guest/P1 due:x: skipped: ..."
const char *rig_notices(struct rig *r);
// Any list of the store (store/query.c), as JSON.
const char *rig_list(struct rig *r, const char *what, const char *args);
int64_t rig_count(struct rig *r, const char *state); // flows in that state
const char *rig_print(struct rig *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Wakes nobody: nothing unfinished is left without an owner. rig_end calls it.
void rig_assert_sound(struct rig *r);

#define assert_text(got, expected) assert_string_equal((got), (expected))
void assert_holds_words(const char *text, const char *words); // `words` stands in the text
