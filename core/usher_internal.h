// SPDX-License-Identifier: MIT
// usher_internal: what the files beside usher.c share and nobody else sees.
#pragma once

// Tells the sandbox which library fills a fresh state. Any number of times.
void usher_set_library(void);
