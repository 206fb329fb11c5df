// SPDX-License-Identifier: MIT
// mail: from a journaled mail (a record) to the bytes that go out. Pure: the same record gives the same
// bytes on every machine, at any time, because date, ids and boundaries come from the record.
//
// The record of a mail, a map:
//   id          text  Message-ID without the angle brackets, made by the engine:
//                     hash(flow, key, edition)@domain
//   date        int   ms since 1970, the Date header
//   offset_min  int   minutes east of UTC that the Date header is written in, default 0; the caller knows
//                     the zone, so the same mail stays the same when zone rules change
//   from, to, reply_to    text  `Name <address>` or a bare address; one address each; to has exactly one
//   cc          list of the same (shown in the header; each gets a mail of its own from the caller)
//   subject     text  UTF-8
//   text        text  Markdown: becomes text/plain (laid out, links kept) and text/html
//   html        bool  false: plain text only, exactly as written, not read as Markdown
//   attachments list of { name text, type text ("application/pdf"), data text, inline bool, params map }
//                     instead of data: certificate map (pdf/certificate.h). It is drawn while the mail is
//                     composed: the journal keeps what it says, not its forty kilobytes
//                     params go into the type (method=REQUEST); an inline text/calendar is one more
//                     alternative of the text, which is where mail programs look for an invitation. With a
//                     name it is also attached, as application/ics: Google sends invitations so, therefore
//                     all programs know both, and those that show no button let people open the file. As a
//                     second text/calendar some would ask twice
//   headers     map   extra headers, checked names (X-*, List-*, Auto-Submitted, In-Reply-To, References)
//   lang        text  Content-Language, optional
//   sender      text  envelope sender when it differs from `from` (VERP later); "<>" asks for no bounces
// Needed: id, date, from, to. Other keys are somebody else's and are not looked at.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define MAIL_LEN_MAX (32u << 20)

// RFC 5322 bytes with CRLF line ends, no dot-stuffing (that is the transport's), no Bcc. Refuses (-INPUT,
// one sentence) control characters in any header value (a tab is fine), a bad address, an unknown header
// name, and text that is not UTF-8; -LIMIT when the mail would pass MAIL_LEN_MAX. A refused mail leaves
// `out` as it was. -USAGE: something of it can't be drawn on this machine as it is now, and can be when
// that was put right. Drawing takes its time (10 ms): never on the loop's thread.
int mail_compose(struct record mail, struct buf *out, struct err *e);

// The same with a text in the place of what is drawn, which says what it would say: for looking at hundreds.
int mail_sketch(struct record mail, struct buf *out, struct err *e);

// Is anything of it drawn? Two of those with the same record are the same mail without being composed.
bool mail_is_drawn(struct record mail);

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

// markdown.c: the home of md4c.h. Raw HTML stays text; an image becomes a link with its alt text.
void markdown_html(struct text markdown, struct buf *out); // a fragment; links only http, https, mailto
// The same with a style attribute on each tag that has one: mail programs drop style sheets.
struct markdown_style {
    const char *tag, *css;
};
void markdown_html_styled(struct text markdown, const struct markdown_style *styles, // ends with tag NULL
    struct buf *out);
void markdown_plain(struct text markdown, struct buf *out); // readable text, wrapped at 72 where it may

// preview.c: one HTML page that shows a mail to a person in a browser: who, to whom, what, and the text.
// home: a link to the page that lists them all; may be empty.
void mail_preview(struct record mail, struct text home, struct buf *out);
// The same without a page around it and without the subject: for a page that shows several.
void mail_preview_part(struct record mail, struct buf *out);
