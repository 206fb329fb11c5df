// SPDX-License-Identifier: MIT
// strings: the texts of a file: xl/sharedStrings.xml, and how any text of a cell is put together.
#pragma once

#include "sheet/xml.h"

struct strings {
    struct buf bytes; // all of them, one after the other
    size_t *ends;     // where each ends
    size_t n, room;
    struct buf one; // the one that is being read
    bool in_text, in_phonetic;
};

void strings_init(struct strings *s);
void strings_release(struct strings *s);
int strings_read(struct strings *s, struct package *p, const char *part, struct err *e);
bool strings_find(const struct strings *s, struct text number, struct text *out);

// Text of a cell as XML has it, in clean form: _x000D_ is the character that it stands for, control
// characters but line breaks are blanks.
void strings_clean(struct text raw, struct buf *out);
