// SPDX-License-Identifier: MIT
// like: a new event that is like one that was: its script, texts and rules, with another id and another
// date, and without the people who were invited.
//
// It comes from a folder, or from the version that the database keeps. Lists of guests keep their first
// line only; who runs an event (the word `people`) is taken over, for the rules name them. Dates become the
// one that is said, or a text that `usher check` asks about.
#pragma once

#include "usher.h"

#include "usher/starter.h"

// Makes the folder what->name. What was written, and what a person has to look at, is added to `said`.
int like_make(const struct usher_new *what, const struct starter_words *words, struct buf *said,
    struct err *e);
