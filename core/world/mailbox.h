// SPDX-License-Identifier: MIT
// mailbox: reads the mails that come in, on a thread of its own, and hands them over one by one.
//
// The thread asks the loop up to which mail the mailbox was read, fetches what came after it, turns each mail
// into a record (mail/incoming.h), and goes on when what came of the mails before is on disk: so at most
// AHEAD_MAX of them are in memory, and the loop never waits for a server or a parser.
// What nobody wanted gets its mark \Seen taken off again: unread in the mailbox means that usher did nothing
// with it. A mail that can't be fetched or read is handed over as such, so that it blocks none behind it.
// Owns the thread. Holds always: mails are handed over in the order of their numbers.
#pragma once

#include "base/err.h"
#include "world/settings.h"
#include <uv.h>

struct mailbox;

// NULL with a sentence. `settings` is borrowed for its callbacks; `reader` > 0 tells this opening from
// others.
struct mailbox *mailbox_open(uv_loop_t *loop, const struct live_settings *settings, int64_t reader,
    struct err *e);
// Hands nothing over any more. What was handed over and is not on disk is read again by the next start.
void mailbox_stop(struct mailbox *m); // NULL is fine
// Cuts what is under way. The loop must turn once more.
void mailbox_close(struct mailbox *m); // NULL is fine

// The answers to on_mailbox and on_mail. Those that are for another opening are passed over.
void mailbox_begin(struct mailbox *m, int64_t reader, int64_t validity, int64_t uid);
void mailbox_settled(struct mailbox *m, int64_t reader, int64_t uid, bool wanted);
