// SPDX-License-Identifier: MIT
// web_rig: what the tests of core/web share: whole requests in, JSON or a status out.
#pragma once

#include "web/request.h"

// The status that a request is refused with: its head, a body of the length that it says, all of it; 0: it is
// fine. Literals only.
int web_refused(const char *request);

// The record of a request as JSON, which must be sound: a part of it ("path", "form" ...), or all of it for
// NULL. Lives until the next call.
const char *web_json(const char *request, const char *part);
