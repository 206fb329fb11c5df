// SPDX-License-Identifier: MIT
// handed: lists of people that one event hands on to those that come after it.
//
// They lie in the book "handed on" of the house (book.h), so they outlive the event and its script:
//   "EVENT/LIST"      what the event says of that list (usher.describe, hands_on); written when a version of
//                     its script comes into force
//   "EVENT/LIST/KEY"  what stands there of the person KEY; the event's words write it and take it out
// A later event reads a list while its script is loaded. What it read then is one of the version's sources,
// called "@handed/EVENT/LIST", so that flows go on with it from the database alone, and people who were added
// or taken out since come in as any edit does.
#pragma once

#include "engine/engine.h"

// What a version that comes into force hands on. Its event has joined.
int handed_declare(struct engine *g, struct script *s, struct err *e);
// The list as it is now: {"about": what is said of it, "people": {KEY: entry}}, as JSON. Nothing is written
// when this database knows no such event. -INPUT when the event has no such list, with the nearest name.
int handed_print(struct engine *g, struct text event, struct text list, struct buf *out, struct err *e);
