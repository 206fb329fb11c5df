// SPDX-License-Identifier: MIT
// reply: from what a handler answers to the bytes of a response.
//
// The record, a map: status int (200) · body text · type text ("text/html; charset=utf-8") · headers map name
// -> text · cookies list of ready Set-Cookie values · stream text: the topic of an event stream · etag text,
// with its quotes: who has that version already is answered with 304. (engine/web.h is where it is made.)
// Names and values of headers are checked; those that frame the message belong to the server. Headers that
// keep a page to itself (content security policy and friends) are there unless the record says them itself.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define REPLY_HEAD_MAX 16384u // what proxies take of a response's head, and more than nginx does by default

// What the request and the connection say.
struct reply_frame {
    struct text date;          // IMF-fixdate
    struct text if_none_match; // of the request
    bool stays;                // the connection goes on behind it
    bool old;                  // HTTP/1.0: the client must be told that the connection stays
    bool head;                 // HEAD: the body stays here
};

// Appends status line and headers to out. *body is what follows them, borrowed from the record; *topic is set
// for an event stream, which has no length and no end. -INPUT with a sentence for the log: the record can't
// be sent, and out is as it was.
int reply_write(struct record response, const struct reply_frame *frame, struct buf *out, struct text *body,
    struct text *topic, struct err *e);

// A short page of our own: the status, a sentence, and a number by which the log tells more, unless NULL.
void reply_page(int status, const char *sentence, const char *reference, const struct reply_frame *frame,
    struct buf *out);

const char *reply_reason(int status); // "Not Found"; "" for one that has no name
