// SPDX-License-Identifier: MIT
// embedded: the files that are part of the binary (tools/embed.lua writes them).
#pragma once

#include "base/buf.h"
#include "base/hash.h"

struct embedded_file {
    const char *name; // "scripts/usher/mail.lua"
    const char *data;
    size_t len;
    struct hash hash; // SHA-256, worked out when usher was built: half a megabyte of words costs 6 ms
};
extern const struct embedded_file embedded_files[]; // ends with name NULL

// The file of that name; data == NULL when there is none.
struct text embedded_find(const char *name);
// They have been read and are not wanted soon: their pages may go, and come back from the binary when
// somebody looks. The words' sources are a tenth of what an idle usher would keep.
void embedded_rest(void);
// The SHA-256 of that text; it is known already when it is the file of that name.
struct hash embedded_hash(const char *name, struct text data);
