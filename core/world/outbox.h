// SPDX-License-Identifier: MIT
// outbox: mails as files, where there is no mail server, or in practice.
//
//   <outbox>/<UTC time>-<flow name>-<key>.eml     20210224T080000Z-guest-P0042.eml
// The time is the mail's own date, so the same mail (by Message-ID) gets the same name in every attempt;
// another mail of that name gets "-2", "-3" and so on. A file appears whole or not at all (written beside,
// synced, linked) and is never written over.
#pragma once

#include "world/errand.h"

struct scrub;

struct outbox_letter {
    struct text flow_name, flow_key;
    struct record mail; // mail/mail.h
    struct text message;
};

// Fills in the ending of r: OK, with reply "written to <path>", or AGAIN with a sentence. Blocks for an
// fsync.
void outbox_write(const char *folder, const struct outbox_letter *letter, struct errand *r);

// Removes every mail of the folder in which one of the words stands, and counts them. A folder that is not
// there has none.
int outbox_forget(const char *folder, const struct scrub *words, int64_t *n, struct err *e);
