// SPDX-License-Identifier: MIT
// fsck: what should not be in the database.
#pragma once

#include "store/load.h"

// What it says of a flow whose checksum chain does not hold.
#define FSCK_DAMAGED "its history on disk is damaged: what is there is not what was written"

// Appends a list of maps {flow, event, name, key, state, what}; an empty one when all is well:
//   - a flow whose checksum chain does not hold
//   - what the list "orphans" has (store/query.c): unfinished flows that nothing would wake, or that stopped
//     and nobody is told why. A ready flow can't be forgotten: every start picks all of them up.
// Reads every journal, one flow at a time.
int fsck_list(struct sqlite *db, struct loader *l, struct buf *out, struct err *e);
