// SPDX-License-Identifier: MIT
// ask: what commands and the control socket may ask of a running engine.
//
// A request is a map with "ask" and its arguments; the answer a map: "rows", "reply", or "error" with one
// sentence. The list of asks is the table in ask.c; docs/operators.md shows the commands.
#pragma once

#include "engine/engine.h"

// The reply comes later, when what it changed is on disk; never with an error: that is in the map.
void engine_ask(struct engine *g, struct record request, engine_reply reply, void *ctx);
// One of the store's lists (store/query.c): { "ask": "pending", "event": ... }.
void engine_ask_list(struct engine *g, struct record request, engine_reply reply, void *ctx);
