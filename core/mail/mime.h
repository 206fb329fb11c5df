// SPDX-License-Identifier: MIT
// mime: the parts of a mail and how they are put into one another (RFC 2045, 2046, 2183).
//
// A part is its header fields, an empty line and a body, all ended by CRLF: the message's own header simply
// goes in front of the outermost one.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define MIME_ATTACHMENTS_MAX 32

// text/plain, text/html. Line ends become CRLF.
void mime_text(const char *type, struct text text, struct buf *part);

// Attachments as mail.h describes them. An invitation (inline text/calendar) is text like the mail's own. One
// with a name is a file besides, as application/ics; all other attachments are files, and arrive byte for
// byte.
bool mime_is_invitation(struct record attachment);
bool mime_is_file(struct record attachment);
int mime_invitation(struct record attachment, struct buf *part, struct err *e);
// sketch: of what would be drawn, only what it would say.
int mime_file(struct record attachment, bool sketch, struct buf *part, struct err *e);

// Joins n parts as multipart/`kind` and releases them. One part stays alone. The boundary is derived from
// the Message-ID and the kind, and is in none of the parts.
void mime_join(const char *kind, struct text message_id, struct buf *parts, size_t n, struct buf *out);
