// SPDX-License-Identifier: MIT
// place: where a database is: on which machine, and which file of its disk (engine/home.h says what for).
#pragma once

#include "base/hash.h"

#define PLACE_MACHINE_ID "/etc/machine-id"
#define PLACE_TEXT_MAX (2 * HASH_LEN + 1)

// A hash that stands for the machine whose id is in that file; "unknown" when it has none, as in a container.
void place_machine(const char *path, char out[PLACE_TEXT_MAX]);
// Which file this is: its number and when it was made. A copy has others wherever it lies, a file that is
// renamed on its disk keeps them, and so does every file through a restart of the machine. (The number of the
// disk would not: disks are numbered as they are found.) "unknown" when the file system does not say.
void place_file(const char *path, char out[PLACE_TEXT_MAX]);
