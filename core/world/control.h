// SPDX-License-Identifier: MIT
// control: the unix socket on which `usher flows`, `usher answer` and friends ask the running engine.
//
// One JSON object a line in, one a line out, in the order of asking; a line has at most 1 MiB. Whoever may
// open the socket may do everything: its mode is 0600. What is no JSON object is answered here, with
// {"error": sentence}. While a request waits for its answer no more is read from that client.
// Owns the socket and its clients; removes the socket file when it closes.
#pragma once

#include "base/err.h"
#include "base/record.h"
#include <uv.h>

struct control;

// -BUSY: another engine listens there. A socket that a killed engine left behind is replaced.
struct control *control_open(uv_loop_t *loop, const char *path,
    void (*on_request)(void *ctx, uint64_t reply_id, struct record request), void *ctx, struct err *e);
void control_close(struct control *c); // the loop must turn once more

// Answers; an id whose client has gone is passed over.
void control_reply(struct control *c, uint64_t reply_id, struct record answer);
