// SPDX-License-Identifier: MIT
// sheet_rig: an .xlsx file from pieces of XML, and what is read from it, as JSON.
#pragma once

#include "base/err.h"
#include "sheet/sheet.h"

// The cells of the first sheet ("<row ...>...</row>"), shared strings ("<si>...</si>"), number formats and
// cell styles ("<numFmt/>", "<xf/>"), attributes of workbookPr, what follows the cells. NULL: none.
struct rig_book {
    const char *rows, *strings, *formats, *styles, *properties, *after;
    const char *sheets; // the <sheet> elements; NULL: one, Guests
};

// A whole file made of it; the caller releases it.
void rig_book_write(const struct rig_book *b, struct buf *out);
// What stands under `key` of what is read from it, as JSON; valid until the next call. Fails the test on an
// error.
const char *rig_book_read(const struct rig_book *b, const char *wanted, const char *key);
// The sentence with which it is refused.
const char *rig_book_refused(const struct rig_book *b, const char *wanted);
const char *rig_bytes_refused(struct text bytes);

extern const char rig_root_relations[], rig_types[];
