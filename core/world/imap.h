// SPDX-License-Identifier: MIT
// imap: one conversation with the server of a mailbox, blocking, on a thread of its own (mailbox.h).
//
// libcurl carries it, which has its ways: a line of an answer must fit into its buffer, and Debian's counts
// every line of an answer against a limit of 300 KB as long as all that came so far. So new mails are looked
// for with UID SEARCH in windows of 1,000 by their place in the mailbox, from the newest back to the first
// window that holds none. A mail is one URL each, because libcurl loses the literal of any other FETCH; of a
// long mail only the beginning is asked for (PARTIAL). Reading sets the mark \Seen, which can be taken off.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "world/settings.h"

#define IMAP_LIST_MAX 1000000 // new mails at once; more is no mailbox for replies

struct imap;

// -USAGE with a sentence when the settings can't work.
int imap_settings_check(const struct mailbox_settings *s, struct err *e);
// How the mailbox is called in logs and in the store: "user@host:port/folder".
void imap_name(const struct mailbox_settings *s, struct buf *out);

struct imap *imap_open(const struct mailbox_settings *settings);
void imap_close(struct imap *m);   // NULL is fine
void imap_hang_up(struct imap *m); // says LOGOUT; the next question connects anew
void imap_abort(struct imap *m);   // the one call for other threads: ends what is under way

// The numbers of the mails after that one, in order.
struct imap_list {
    int64_t validity; // numbers of another validity are other mails
    int64_t *uids;    // the caller's to free
    size_t n, room;
};
int imap_list(struct imap *m, int64_t after, struct imap_list *out, struct err *e);

// The first bytes of a mail, as many as fit into `out`; out->over when there are more. -INPUT: it is gone.
int imap_fetch(struct imap *m, int64_t validity, int64_t uid, struct buf *out, struct err *e);
// Takes the mark \Seen off again.
int imap_unsee(struct imap *m, int64_t uid, struct err *e);
