// SPDX-License-Identifier: MIT
// classify: what a mail that came in is, by its record (incoming.h). Pure.
//
// From the surest sign to the weakest: a delivery report (RFC 3464), a calendar's answer, a report without
// that form (Exim, qmail, Exchange), a request to be left alone, the headers by which machines make
// themselves known (RFC 3834 and its forerunners), an empty return path, and last of all subjects that
// programs write.
// What nothing says anything about was written by a person. Whether it is about a mail of ours, and who may
// say so, is not asked here: that takes a proof (engine/sent.h).
#pragma once

#include "base/record.h"
#include "mail/itip.h"

#define MAIL_KINDS(X)                                                                          \
    X(REPLY, "reply")             /* a person wrote it */                                      \
    X(REPORT, "report")           /* a server says what became of a mail: see fate */          \
    X(CALENDAR, "calendar")       /* a calendar program answers an invitation: see calendar */ \
    X(UNSUBSCRIBE, "unsubscribe") /* somebody wants no more of this: see purpose */            \
    X(AUTOMATIC, "automatic")     /* out of office and its kin: no answer */
enum mail_kind {
#define X(name, text) MAIL_##name,
    MAIL_KINDS(X)
#undef X
};
const char *mail_kind_name(enum mail_kind kind);

#define MAIL_FATES(X)                                                                     \
    X(NONE, "")               /* no report */                                             \
    X(HARD, "hard")           /* that address takes no mail, and will not */              \
    X(SOFT, "soft")           /* not this mail, not now: full, refused for its content */ \
    X(DELAYED, "delayed")     /* still on its way */                                      \
    X(DELIVERED, "delivered") /* handed on or delivered */
enum mail_fate {
#define X(name, text) FATE_##name,
    MAIL_FATES(X)
#undef X
};
const char *mail_fate_name(enum mail_fate fate);

struct verdict {
    enum mail_kind kind;
    enum mail_fate fate;
    char why[200];        // by what it was told, for people: "Auto-Submitted: auto-replied"
    char status[12];      // of a report: "5.1.1", or ""
    char recipient[321];  // of a report: whom the server names; a claim
    char diagnostic[401]; // of a report: the server's words
    char purpose[17];     // UNSUBSCRIBE: "event", "trainings", "all"; "" when the mail does not say
    struct itip calendar; // CALENDAR
};

void classify(struct record mail, struct verdict *out);
// Adds kind, why, and what else there is: fate, status, recipient, diagnostic, purpose, calendar.
void verdict_put(const struct verdict *v, struct record_map *out);
