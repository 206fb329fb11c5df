// SPDX-License-Identifier: MIT
// cancel: an event does not take place. Its words tell people (their handler "cancel"); every flow that lives
// comes to its end in the same commit, but for those that have something on its way: they hear how that
// ended, and their words know by then.
// While that is done the engine waits for its store, as it does for an edit.
#pragma once

#include "engine/engine.h"

// request: { event, with = what the handler gets }. The handler answers a map; when it has `ends` = a
// sentence, that is why the flows end. answer: what it answered.
int engine_cancel(struct engine *g, struct record request, struct buf *answer, struct err *e);
