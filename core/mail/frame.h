// SPDX-License-Identifier: MIT
// frame: the HTML page around a mail's text.
#pragma once

#include "base/buf.h"

// `title` and `lang` are plain text and may be empty; every other word of the page is the Markdown's.
void frame_html(struct text markdown, struct text title, struct text lang, struct buf *out);
