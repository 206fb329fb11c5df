// SPDX-License-Identifier: MIT
// query: what people look at. The lists and their arguments are at the head of query.c.
#pragma once

#include "store/load.h"
#include "store/sqlite.h"

// Appends a list of maps.
int query_list(struct sqlite *db, const char *what, struct record args, struct buf *out, struct err *e);
// Appends a list of [book, key, value], and true behind those of sealed books.
int query_books(struct sqlite *db, struct text event, struct buf *out, struct err *e);
