// SPDX-License-Identifier: MIT
// config: usher.conf.lua, the installation's settings (the event's facts are in the script).
//
// The file sets names: smtp, mail, database, outbox, control, secrets, allow_private, limits. Each is
// checked;
// an unknown one is an error with the nearest known name. `secret "NAME"` gives a secret's value here.
#pragma once

#include "base/err.h"
#include "base/record.h"

// The settings as one map. `secret` answers the value of a secret, or -INPUT with what to do.
int config_read(const char *path, struct text source,
    int (*secret)(void *ctx, const char *name, struct buf *out, struct err *e), void *ctx, struct buf *out,
    struct err *e);
