// SPDX-License-Identifier: MIT
// hold: a person's word that nothing may leave, of one event or of all; and the word that lifts it.
//
// The plan goes on meanwhile: moments pass, answers come in, flows decide. What would leave is held with a
// sentence that says since when, by whom and why. A hold stops mails, effects of the embedding program, and
// HTTP calls that may change something elsewhere; GET and HEAD only read, and a flow that reads goes on
// planning.
// Holds are a book of the house, so they are as durable as an answer and one transaction with what is done
// beside them. Its name is one that no script can say, and so are its keys.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/record.h"
#include "engine/engine.h"

struct hold {
    bool all; // of every event
    struct instant at;
    struct text who, why; // lent by the book until its next change
};

// Is something of this event on hold? The hold on everything counts first. ev NULL: that one only.
bool hold_find(const struct engine *g, const struct event *ev, struct hold *out);
// "on hold since Thu 25 Feb 2021 14:03 Thimphu, by karma (a wrong link): usher release hlb-2021"
void hold_sentence(const struct hold *h, const struct event *ev, struct buf *out);

// Puts on hold (ev NULL: everything), unless it is. `by`: the event whose slice says so, or NULL. False: it
// was on hold already.
bool hold_begin(struct engine *g, struct event *by, struct event *ev, struct text who, struct text why);
// Lifts it, and lets what was held be looked at again. False: it was not on hold.
bool hold_end(struct engine *g, struct event *by, struct event *ev, struct text who);

// For commands, { event?, who, note?, skip? = list of names of flows }. The reply is a list of what is on
// hold now, as holds_list; of a release and of an adoption a map { skipped = how many will not leave }.
void hold_ask(struct engine *g, struct record request, engine_reply reply, void *ctx);
void adopt_ask(struct engine *g, struct record request, engine_reply reply, void *ctx);
void release_ask(struct engine *g, struct record request, engine_reply reply, void *ctx);
// { event = or all = true, at, who, why?, note = its sentence }; and a list of every hold, with one row
// { away = true, at, note } in front when the database is not adopted.
void hold_describe(const struct hold *h, const struct event *ev, struct buf *out);
void holds_list(const struct engine *g, struct buf *out);
