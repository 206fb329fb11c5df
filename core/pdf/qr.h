// SPDX-License-Identifier: MIT
// qr: a text as a QR code (ISO 18004), as squares. The home of qrencode.h; the library is loaded for the
// first code and not before. Where it is missing, certificates have their code as letters only.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define QR_TEXT_MAX 300 // a longer code has modules too small for a printed page
#define QR_QUIET 4      // modules of white around it that readers count on

struct qr {
    int side;               // modules
    unsigned char *modules; // side * side, 1 is black; malloc'd
};

bool qr_is_built_in(void);
// -USAGE with the package to install; -LIMIT for a text that is too long.
int qr_make(struct text text, struct qr *out, struct err *e);
void qr_release(struct qr *q);
// The black modules as an SVG path, rows of runs: "M4 4h7v1h-7z...". One module is one unit, and QR_QUIET of
// them are free around it.
void qr_path(const struct qr *q, struct buf *out);
