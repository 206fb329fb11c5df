// SPDX-License-Identifier: MIT
// embedded: the files that are part of the binary (tools/embed.lua writes them).
#pragma once

#include "base/buf.h"

struct embedded_file {
    const char *name; // "scripts/usher/mail.lua"
    const char *data;
    size_t len;
};
extern const struct embedded_file embedded_files[]; // ends with name NULL

// The file of that name; data == NULL when there is none.
struct text embedded_find(const char *name);
