// SPDX-License-Identifier: MIT
// request: from a whole head and a whole body to the one record that a handler gets.
//
// A map:
//   method text: "GET" or "POST"; HEAD arrives as GET with head = true · head bool
//   path text: decoded, absolute; no empty, "." or ".." segment, no control character
//   query map name -> text: the first of each name
//   form map name -> text, form_all map name -> list of texts: of a form, urlencoded or multipart
//   files list of { field, name, type, data } · body text: empty when it was a form
//   headers map name in lower case -> text: repeated ones joined by ", " · cookies map name -> text
//   address text: the client's · secure bool · host text: in lower case
// Nothing of it is there before all of it was read; names and values of queries and forms are UTF-8.
#pragma once

#include "web/head.h"

// What the listener knows of who asks.
struct request_origin {
    struct text address; // the client's
    bool secure;         // the client speaks TLS
    bool proxied;        // a trusted proxy asks for it: what such headers say may be shown
};

// Appends the record to out. -1 with the refusal; out then holds no record.
int request_record(const struct head *h, struct text body, const struct request_origin *from, struct buf *out,
    struct refusal *r);

// Decodes the path of a head into out, which has room for as many bytes. Its length, or -1.
ssize_t request_path(const struct head *h, char *out, struct refusal *r);
