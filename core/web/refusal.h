// SPDX-License-Identifier: MIT
// refusal: why a request is not served: an HTTP status and one sentence for whoever sent it.
//
// The sentence is always a literal of ours. Nothing that came in is ever part of it, so it can stand on a
// page and in a log as it is.
#pragma once

struct refusal {
    int status;      // 400 ... 505
    const char *why; // a literal
};

// Returns -1, so that `return refuse(...)` reads well.
static inline int refuse(struct refusal *r, int status, const char *why)
{
    *r = (struct refusal){status, why};
    return -1;
}
