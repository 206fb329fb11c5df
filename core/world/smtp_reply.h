// SPDX-License-Identifier: MIT
// smtp_reply: reads a mail server's replies, line by line, whatever the server sends.
//
//   250-mail.example.org     a line that is not the last has a hyphen after the code
//   250 SMTPUTF8             the last one has a space, or nothing
#pragma once

#include "base/buf.h"

#define SMTP_REPLY_MAX 500 // RFC 5321 allows 512 in a line

struct smtp_reply {
    int code; // 200-599; 0 before the first line, and for a line that is no reply
    bool whole;
    char text[SMTP_REPLY_MAX + 1]; // all its lines joined by a space, printable, without the codes
    size_t len;
};

// A line after a whole reply begins the next one.
void smtp_reply_add(struct smtp_reply *r, struct text line);
// Whether this line, of a reply to EHLO, offers the extension; case does not count.
bool smtp_reply_offers(struct text line, const char *extension);
// Whether it asks to come back later because it does not know the sender yet (greylisting): 450 or 451 with
// the enhanced code 4.7.1, or any 4xx that says so in words.
bool smtp_reply_greylists(const struct smtp_reply *r);
