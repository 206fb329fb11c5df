// SPDX-License-Identifier: MIT
// http: performs HTTP effects.
//
// Owns a multi, the requests under way, and the tokens that requests with a grant show (oauth.h). Such a
// request waits for its token, and is put once more with a new one when the peer answers 401. How an exchange
// ends:
//   OK      an answer that trying again would not change: 1xx-4xx but 408, 425, 429
//   AGAIN   408, 425, 429, 5xx, or no answer, and a repetition does no harm
//   UNSURE  the same for a POST or PATCH without an idempotency key that had left the house; not for
//           408, 425, 429 and 503, with which the peer says that it did nothing
//   FAILED  the request is none, the address is forbidden, the answer passes a limit
// The result is a map: status int, headers map (names in lower case, repeated ones joined by ", "),
// body text, ms int.
#pragma once

#include "world/errand.h"
#include "world/settings.h"
#include <uv.h>

struct http;

struct http *http_open(uv_loop_t *loop, const struct live_settings *settings, struct errand_sink sink,
    struct err *e);
// Cuts what is under way without a word: the journal says "started", and a later start decides.
void http_close(struct http *h);

void http_perform(struct http *h, const struct effect *effect);
size_t http_room(const struct http *h);
size_t http_under_way(const struct http *h);
