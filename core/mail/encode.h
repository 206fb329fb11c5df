// SPDX-License-Identifier: MIT
// encode: bodies as 7-bit lines: as they are, quoted-printable or base64 (RFC 2045, 6); and text as HTML.
//
// For bodies holds always: only ASCII leaves; lines end in CRLF; no line passes 76 octets (78 when sent as it
// is) or ends in a space; and no line begins with a dot or "From ", so nothing that a mailbox or an SMTP
// server does to such lines can change a mail or end it early.
#pragma once

#include "base/buf.h"

enum encoding { ENCODING_7BIT, ENCODING_QUOTED, ENCODING_BASE64 };

const char *encoding_name(enum encoding encoding); // for Content-Transfer-Encoding

// Appends the text with every line end (CRLF, CR, LF) as one LF, and LF at the end.
void encode_lines(struct text text, struct buf *out);

// The choice depends on the text alone: as it is where that is safe, else the shorter one of quoted-printable
// and base64; text is what encode_lines wrote.
enum encoding encode_choice(struct text text);
void encode_body(struct text text, enum encoding encoding, struct buf *out); // LF becomes CRLF

// `line` octets a line, each ended by CRLF; 0: all on one line without an end.
void encode_base64(struct text data, size_t line, struct buf *out);
#define ENCODE_BASE64_LINE 76

// Text as it stands between tags or in a double-quoted attribute.
void encode_html(struct text text, struct buf *out);
