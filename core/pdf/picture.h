// SPDX-License-Identifier: MIT
// picture: logos and signatures that certificates show, kept once for a process under their hash.
//
// A certificate's record names a picture by its hash, so that 400 mails do not carry 400 copies of it
// through the journal. The bytes are part of the script (a file beside it, in the version that the database
// keeps): the script keeps them here while it loads, and no flow runs before its script was loaded. Owns
// copies. Any thread may call; what picture_find gave stays valid, for nothing is thrown away.
#pragma once

#include "base/err.h"
#include "base/hash.h"

#define PICTURE_LEN_MAX (512u << 10)
#define PICTURE_SIDE_MAX 4000 // pixels: 64 MB when it is unpacked
#define PICTURES_MAX 64       // 32 MiB at most, however often a script is edited

// -INPUT for what is no PNG, -LIMIT for one that is too large or one too many.
int picture_keep(struct text png, char hash[2 * HASH_LEN + 1], struct err *e);
// Empty when nobody has kept it.
struct text picture_find(struct text hash);
// Only looks. The sides are those of the PNG's head.
int picture_check(struct text png, unsigned *width, unsigned *height, struct err *e);
