// SPDX-License-Identifier: MIT
// virtual: the same engine on another clock and another wire.
//
// Time jumps to the next moment when nothing is runnable and nothing is under way; because effects, timers
// and flows live in one process, "idle" is exactly known. Mails and requests go into a list instead of out;
// a request is answered by what the script gave it as `rehearse`. After each mail the script's handler
// "pretend" says what the person who got it does, and when: { after, call, with } for a handler of the
// script, { after, visit = request } for a page, which goes the same way as from a browser (engine/web.h), or
// { after, arrive = mail } for a mail that comes into the mailbox (engine/arrival.h). People who come without
// having been written to are what "pretend-begin" says, once; their acts have `at`, in milliseconds since
// 1970, instead of `after`.
// Crashes are rehearsed too: at the n-th boundary (before or after a commit, before or after an effect) the
// world stands still, its owner throws the engine away and makes a new one on the same store.
#pragma once

#include "engine/world.h"

struct virtual;

struct virtual *virtual_new(struct instant now);
void virtual_free(struct virtual *v);
struct world virtual_world(struct virtual *v);
void virtual_attach(struct virtual *v, struct engine *g);

// Runs until nothing is left to do, or until that moment, or until a crash. 0, or -LIMIT with a sentence when
// it goes round without getting anywhere.
int virtual_run(struct virtual *v, struct instant until, struct err *e);
// Runs what can happen without time passing.
int virtual_settle(struct virtual *v, struct err *e);
struct instant virtual_now(const struct virtual *v);
void virtual_set_now(struct virtual *v, struct instant now);

// What left the house so far, in order: a list of maps
//   at ms · kind "mail" | "http" | "effect" · event flow key label step · attempt · args · asked: when the
//   flow asked for it, which is earlier when a limit of mails kept it waiting
size_t virtual_history_count(const struct virtual *v);
struct record virtual_history(const struct virtual *v, size_t i);
void virtual_forget_history(struct virtual *v);

// What people did, in order: a list of maps
//   at ms · event · about: what the act said of itself · refused: the status of a page that did not take it ·
//   away: true: they found no page, and will try again
size_t virtual_deeds_count(const struct virtual *v);
struct record virtual_deed(const struct virtual *v, size_t i);

// 0: never. Counts on over several engines on this world.
void virtual_crash_at(struct virtual *v, int64_t boundary);
// Asked at every boundary; true: it crashes there.
void virtual_on_boundary(struct virtual *v, bool (*on_boundary)(void *ctx, int64_t boundary), void *ctx);
bool virtual_crashed(const struct virtual *v);
// The next moment at which something happens, or INSTANT_NEVER.
struct instant virtual_next(const struct virtual *v);
// The engine is gone until then (its owner has thrown it away): time passes, mails wait in the mailbox, and
// whoever finds no page tries again every half hour until there is one.
void virtual_away(struct virtual *v, struct instant until);
void virtual_revive(struct virtual *v); // after a crash: what was under way is lost
int64_t virtual_boundaries(const struct virtual *v);
// The engine tells of its commits through this (engine_options.boundary).
bool virtual_boundary(void *v);

// Asked whenever nothing is left to do now, before time jumps; true: it did something, so look again.
void virtual_on_idle(struct virtual *v, bool (*on_idle)(void *ctx), void *ctx);

// At most so many mails in any hour and any minute, as the courier counts them (world/window.h); 0: no limit.
void virtual_limit(struct virtual *v, int per_hour, int per_minute);

// Nobody pretends to answer.
void virtual_no_pretending(struct virtual *v);
