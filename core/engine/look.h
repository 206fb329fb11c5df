// SPDX-License-Identifier: MIT
// look: lists of the database that a script wants to see before it answers: for a page, or for a command.
// The store answers in a later turn; who waits is told once, when all of them are here.
#pragma once

#include "engine/engine.h"

struct look;

// error: of the first list that can't be had; NULL: they are all here.
typedef void (*look_ready)(void *ctx, const struct err *error);

// wanted: a map of name -> what engine_ask_list takes; at most 16 are looked at. NULL: it wants none, and
// ready is never called.
struct look *look_begin(struct engine *g, struct record wanted, look_ready ready, void *ctx);
// The lists as a map of name -> rows; an empty one for NULL.
void look_put(const struct look *l, struct buf *out);
// Only when nothing of it is under way any more, or nobody answers any more.
void look_free(struct look *l);
