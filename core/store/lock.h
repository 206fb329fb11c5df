// SPDX-License-Identifier: MIT
// lock: one engine per database.
#pragma once

#include "base/err.h"

// Opens the file (made if it is not there, readable by its owner only) and locks it for this process.
// `shared` is for looking at it: many may look, nobody writes, and the file must exist. The descriptor,
// or -BUSY with the holder's process id in the sentence, or -STORAGE.
int lock_open(const char *path, bool shared, struct err *e);
