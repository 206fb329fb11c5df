// SPDX-License-Identifier: MIT
// itip: what a guest's calendar program answers to an invitation (RFC 5545; RFC 5546, METHOD:REPLY).
//
// A reader of our own and not libical: seven properties of one VEVENT are all that is asked, and what is read
// is hostile. libical keeps its errors and its strings in the process, wants its zone files, and would make
// the part of usher that reads mail hang on one more library, for a grammar of lines, names and quotes.
// Strict where a mistake could move an answer (one VEVENT, a whole address, a known word), lenient where
// programs differ: folds inside a character, MAILTO in capitals, an address in EMAIL= behind a urn:uuid,
// lines that end in a bare LF, properties that are nobody's.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#include <stdint.h>

#define ITIP_LEN_MAX (64u << 10)

struct itip {
    char method[17];     // in lower case: "reply", "counter"
    char uid[256];       // as we gave it
    char attendee[321];  // who answers; an address, in lower case
    char answer[17];     // PARTSTAT in lower case: "accepted", "declined", "tentative", "delegated" ...
    char sent_by[321];   // who wrote it for the attendee; ""
    char recurrence[65]; // RECURRENCE-ID as it stands: one occurrence is meant; "" for all
    char comment[501];   // what the guest wrote, cut when longer; ""
    int64_t sequence;    // of the invitation that is answered; 0 when it says none
    int64_t stamp_ms;    // DTSTAMP, when it was answered; 0 when it says none
};

// The first VEVENT; of several attendees the one that has answered. -INPUT with what is wrong.
int itip_read(struct text calendar, struct itip *out, struct err *e);
