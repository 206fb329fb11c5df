// SPDX-License-Identifier: MIT
// untag: what a person would read of a mail's HTML, as plain text. For recognising an answer and for passing
// a message on, not for showing HTML: tags go, blocks and <br> become line breaks, quotes get "> ".
#pragma once

#include "base/buf.h"

void untag(struct text html, struct buf *out);
