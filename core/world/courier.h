// SPDX-License-Identifier: MIT
// courier: performs MAIL effects, on threads of its own, one for each connection to the mail server.
//
// Threads because a mail blocks: libcurl waits for the server's last word (smtp.h), the outbox for an
// fsync. Between the loop and the threads go whole letters, under one lock; a thread touches nothing else.
// Owns the threads and what is queued. Holds always: no more letters are here than room promised, and no
// more mails begin in any 60 minutes than smtp.per_hour.
#pragma once

#include "world/errand.h"
#include "world/settings.h"
#include <uv.h>

struct courier;

// on_room: a limit had closed the door and opens it again.
struct courier *courier_open(uv_loop_t *loop, const struct live_settings *settings, struct errand_sink sink,
    void (*on_room)(void *ctx), struct err *e);
// Cuts what is under way without a word: the journal says "started", and a later start decides. Waits for
// the threads, which takes no longer than the disk takes for an fsync. The loop must turn once more.
void courier_close(struct courier *c);

void courier_perform(struct courier *c, const struct effect *effect);
size_t courier_room(struct courier *c);
size_t courier_under_way(const struct courier *c);
