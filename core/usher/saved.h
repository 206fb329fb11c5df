// SPDX-License-Identifier: MIT
// saved: a rehearsal that is kept, to be compared after an edit.
//
// Text, a line for each thing, so that any tool for texts shows what differs:
//   {"from": ms, "guest": text, "down": text, "lang": text, "until": text, "usher rehearsal": 1}
//   {"at": ms, "hash": text, "item": text, "kind": text, "label": text, "person": text, "rule": text,
//    "zone": text}     (one line)
//   ...
// The first line says how it was played; what was not said is not there. Each other line is what left, as
// scripts/usher/changes.lua takes it.
#pragma once

#include "usher.h"

#include "base/record.h"

#define SAVED_VERSION 1
#define SAVED_TEXTS 4

struct saved {
    struct buf head;          // the first line, a map
    struct buf lines;         // a list
    char *texts[SAVED_TEXTS]; // what the options borrow
};

// effects: the list that the words made of what left.
void saved_print(const struct usher_rehearsal *options, int64_t from_ms, struct record effects,
    struct buf *out);

// Reads such a text. -INPUT with a sentence when it is none.
int saved_open(struct saved *s, struct text text, struct err *e);
void saved_release(struct saved *s);
// Whatever the options leave open is as it was then.
void saved_options(struct saved *s, struct usher_rehearsal *options);
