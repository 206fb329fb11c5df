// SPDX-License-Identifier: MIT
// again: what a person wants done once more: a flow that stopped is tried again from where it stood; a mail
// that was sent, or was not taken, goes out again as a mail of its own.
#pragma once

#include "engine/engine.h"

// { flow, who }: a stopped flow goes on from its journal: the piece that failed had written nothing. The
// reply is { text }; a flow for which that makes no sense is refused with what to do instead.
void engine_retry(struct engine *g, struct record request, engine_reply reply, void *ctx);
// { flow, who, to? }: the newest mail of the flow, as it was recorded. What is sent, and to whom, says the
// handler "resend" of the script (scripts/usher/resend.lua); its reply is passed on.
void engine_resend(struct engine *g, struct record request, engine_reply reply, void *ctx);
