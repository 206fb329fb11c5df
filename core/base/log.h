// SPDX-License-Identifier: MIT
// log: one event, one line, in logfmt on stderr.
//
//   2021-02-25T07:00:03.120Z info flow=42 step=7 msg="mail sent" to=P0042 ms=412
// Values with spaces, quotes or "=" are quoted; control bytes are escaped; a line is cut at 8 KiB.
// No bodies, no tokens, addresses only at debug.
#pragma once

#include "base/buf.h"
#include "base/instant.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log_field {
    const char *key;
    struct text value;
};

// Pairs of key and value as text, ended by NULL:
//   log_line(LOG_INFO, "mail sent", "flow", "42", "to", person, NULL)
void log_line(enum log_level level, const char *msg, ...) __attribute__((sentinel));
void log_set_level(enum log_level level);
// Where now comes from (the world's clock), and where lines go; NULL means the default (stderr).
void log_set_clock(struct instant (*now)(void *), void *ctx);
void log_set_sink(void (*sink)(void *ctx, struct text line), void *ctx);
// Appends one logfmt value, quoted where it must be.
void log_quote(struct buf *out, struct text value);
