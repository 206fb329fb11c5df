// SPDX-License-Identifier: MIT
// forget: a person is taken out of everything that this usher keeps, while it runs.
//
// What is to go comes as a whole (usher/forget.c finds it out on a copy): whose flows, which entries of
// books, which words. It is written down first, so that a crash at any point is made good at the next
// start, and its own row goes with the rest. Then nothing new leaves; when nothing is under way any more,
// the lists beside the scripts and the outbox folder are put right, then the database (store_forget,
// store_sweep), and the engine begins anew from what is on disk, as at a start: no memory of the person is
// left in scripts, books or flows. An address that was forgotten is known again by a keyed hash of it, in
// the shared book "forgotten":
//   hash -> { at = ms }
// A row of a list with such an address is passed over when the list is read (script.c): nobody is invited
// again because an old list was found.
#pragma once

#include "engine/engine.h"

#define FORGOTTEN_BOOK "forgotten"

struct forgetting;

// request: as store_forget takes it, and addresses = list of those to be known again, lists = true: their
// rows in the lists beside the scripts go too, else a list that has one is a refusal.
void forget_ask(struct engine *g, struct record request, engine_reply reply, void *ctx);
// Of a list beside a script: without the rows of those who were forgotten. Says in the log which they were.
void forget_rows(struct engine *g, const char *name, char **data, size_t *len);
// In each tick. True: the engine has begun anew, and this tick is over.
bool forget_settle(struct engine *g);
// At a start: completes what was begun.
int forget_restore(struct engine *g, struct err *e);
void forget_free(struct forgetting *f);
