// SPDX-License-Identifier: MIT
// mark: how far the database had come, written on the file itself and not into it: an extended attribute. A
// backup that is copied over the file brings its older rows and leaves the mark, so its age is known. Where a
// file system keeps no attributes there is no mark, and nothing is known.
#pragma once

#include <stdint.h>

int64_t mark_read(int fd); // 0: there is none
void mark_write(int fd, int64_t seq);
