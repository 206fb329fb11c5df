// SPDX-License-Identifier: MIT
// mail: from a journaled mail (a record) to the bytes that go out. Pure: the same record gives the same
// bytes on every machine, at any time, because date, ids and boundaries come from the record.
//
// The record of a mail, a map:
//   id          text  Message-ID without the angle brackets, made by the engine: hash(flow, key, edition)@domain
//   date        int   ms since 1970, the Date header
//   zone        text  zone of the Date header's offset (IANA name; "UTC" when missing)
//   from, to, reply_to    text  `Name <address>` or a bare address; one address each; to has exactly one
//   cc          list of the same (shown in the header; each gets a mail of its own from the caller)
//   subject     text  UTF-8
//   text        text  Markdown: becomes text/plain (as written, links kept) and text/html
//   html        bool  false: plain text only
//   attachments list of { name text, type text ("application/pdf"), data text, inline bool, params map }
//   headers     map   extra headers, checked names (X-*, List-*, Auto-Submitted, In-Reply-To, References)
//   lang        text  Content-Language, optional
//   sender      text  envelope sender when it differs from `from` (VERP later)
#pragma once

#include "base/err.h"
#include "base/record.h"

#define MAIL_LEN_MAX (32u << 20)

// RFC 5322 bytes with CRLF line ends, no dot-stuffing (that is the transport's), no Bcc.
// Refuses (-INPUT, one sentence) CR or LF in any header value, a bad address, an unknown header name,
// text that is not UTF-8, and anything that would pass MAIL_LEN_MAX.
int mail_compose(struct record mail, struct buf *out, struct err *e);

// The envelope: bare addresses as SMTP needs them. Non-ASCII domains become A-labels only when they are
// written so already: UTF-8 in the domain is refused with words, in the local part it sets *needs_utf8.
struct mail_envelope {
    char from[321], to[321];
    bool needs_utf8;
};
int mail_envelope(struct record mail, struct mail_envelope *out, struct err *e);

// address.c
struct mail_address {
    char name[256];    // decoded display name, may be empty
    char address[321]; // local@domain
};
// One address, `Name <a@b>`, `"Name, Q." <a@b>` or `a@b`. Strict: no groups, no routes, no comments.
int mail_address_parse(struct text in, struct mail_address *out, struct err *e);

// markdown.c: the home of md4c.h
void markdown_html(struct text markdown, struct buf *out);  // a fragment; links only http, https, mailto
void markdown_plain(struct text markdown, struct buf *out); // readable text, wrapped at 72 where it may
