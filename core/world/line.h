// SPDX-License-Identifier: MIT
// line: whole lines out of bytes that come in pieces; and the JSON object that each line of the control
// socket is.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define LINE_MAX_LEN (1u << 20) // of one request or answer on the control socket

// Takes the first line out of `in`, without its LF or CRLF; false when none is whole yet. `in->over` says
// that a line passed the limit: nothing that follows can be trusted.
bool line_take(struct buf *in, struct buf *line);

int line_read(struct text line, struct buf *record, struct err *e); // -INPUT: no JSON object
void line_write(struct record r, struct buf *out);                  // with the LF
