// SPDX-License-Identifier: MIT
// package: the parts inside an .xlsx file (ECMA-376 part 2: a ZIP whose entries have names and
// relationships). Borrows the bytes. Holds always: what was unpacked so far is within the limits of
// sheet.h, whatever the directory of the ZIP claims about sizes.
#pragma once

#include "sheet/sheet.h"

#define PACKAGE_NAME_MAX 256

struct zip;
struct package {
    struct zip *zip;
    size_t unpacked, unpacked_max;
};

int package_open(struct package *p, struct text bytes, struct err *e);
void package_close(struct package *p);
bool package_has(const struct package *p, const char *part);

// Hands a part over piece by piece; `last` with the one behind the last, which is empty. What feed answers,
// when it is not 0, ends it.
typedef int (*package_feed)(void *ctx, struct text piece, bool last);
int package_read(struct package *p, const char *part, package_feed feed, void *ctx, struct err *e);

// Whether the library that unpacks can be loaded here.
bool package_is_there(void);
