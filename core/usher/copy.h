// SPDX-License-Identifier: MIT
// copy: the database as it is now, of whichever process has it, for who wants to see what would become of it.
// It is a file without a name, so nothing is left behind however this process ends. An engine that can't
// reach into this process (a service in a world of its own) writes DATABASE.copy-PID; its name goes at once.
#pragma once

#include "usher.h"

#include "base/err.h"
#include "base/instant.h"
#include "store/store.h"

struct copy {
    int file; // -1: none
    char path[40];
    struct instant now; // of the engine whose database it is
};

// database: as the configuration says, or NULL; what the options say comes first.
int copy_take(struct copy *c, const struct usher_options *options, const char *database, struct err *e);
// A store in memory that begins with the copy. Practice stands at another time than the machine's clock says:
// `now` is set right.
struct store *copy_open(struct copy *c, struct err *e);
void copy_drop(struct copy *c);
