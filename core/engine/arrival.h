// SPDX-License-Identifier: MIT
// arrival: a mail that came in finds the mail of ours that it is about, and the script that it is for.
//
// One after the other, in the order of their numbers in the mailbox. For each: its marks (sent.h) are looked
// up in the store and proven; the handlers called "incoming" are asked, the event first that the proof names,
// until one returns something; and what it is (mail/classify.h) is written to the flow that sent the mail, as
// an outside fact named "mail:report", "mail:automatic" ..., where `usher why` shows it and usher.wait finds
// it. All of that and the number up to which the mailbox is read are one batch. So a crash neither
// loses a mail nor acts on it twice.
// A handler that raises is passed over with a line in the log: no mail blocks those behind it.
//
// What a handler gets: the mail's record (mail/incoming.h) with kind, why, fate ... (mail/classify.h), and
//   sent   map   the mail of ours: event, flow, key, label, step, at, to, about; only when it is proven
//   old    bool  it was sent before this mailbox was opened for the first time
//   mailbox text, uid int
#pragma once

#include "engine/engine.h"

struct arrival {
    struct text mailbox;
    int64_t validity, uid;
    struct record mail; // not there: it can't be read, and only its number counts
    struct text why;    // then: what is wrong with it
};

// The reply, once it is on disk: a map { wanted = bool }. error: it was dropped, and comes again.
void engine_arrive(struct engine *g, const struct arrival *arrival, engine_reply reply, void *ctx);
// Up to where that mailbox is read: a map { validity, uid }, zeros for a new one. What is waiting to be
// looked at is dropped, for whoever asks reads it again.
void engine_mailbox(struct engine *g, struct text mailbox, engine_reply reply, void *ctx);
// A tick's share of the mails that came in. True: there is more to do at once.
bool engine_sort_arrivals(struct engine *g);
// Mails that wait to be looked at, when the engine ends before.
void engine_forget_arrivals(struct engine *g);
