// SPDX-License-Identifier: MIT
// utf8: which bytes are text (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF).
#pragma once

#include "base/buf.h"

// Length of the well-formed character at the start of t, 1 to 4; 0 when there is none.
size_t utf8_step(struct text t);
bool utf8_valid(struct text t);
// Appends the code point, which must be a valid one.
void utf8_add(struct buf *b, uint32_t code);
