// SPDX-License-Identifier: MIT
// library: which Lua library every sandbox gets; shared by the files of this folder.
#pragma once

// Tells the sandbox which library fills a fresh state. Any number of times.
void usher_set_library(void);
