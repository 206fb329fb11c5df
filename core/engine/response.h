// SPDX-License-Identifier: MIT
// response: from what a route's function returned to what the listener sends. See web.h for the latter.
#pragma once

#include "engine/engine.h"

// It may say: status, body, type, headers, stream, note, certificate as they are; redirect = "/local/path"
// (303); away = "https://elsewhere" (303; secrets are put in); cookies = list of { name, value, path,
// max_age, strict }. -INPUT with a sentence for whatever can't go out.
int response_make(struct engine *g, struct record said, bool secure, struct buf *out, struct err *e);
// Without a body: the listener writes its own short page with that sentence.
void response_short(int status, const char *note, struct buf *out);
