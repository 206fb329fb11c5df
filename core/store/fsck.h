// SPDX-License-Identifier: MIT
// fsck: what should not be in the database.
#pragma once

#include "store/load.h"

// Appends a list of maps {flow, event, name, key, state, what}; an empty one when all is well:
//   - a waiting flow without a step that is open, under way or unsure: nothing would ever wake it.
//     (A ready flow can't be forgotten: every start picks all of them up.)
//   - a flow whose checksum chain does not hold.
// Reads every journal, one flow at a time.
int fsck_list(struct sqlite *db, struct loader *l, struct buf *out, struct err *e);
