// SPDX-License-Identifier: MIT
// styles: xl/styles.xml, of which only the number formats of cells matter.
#pragma once

#include "sheet/number.h"
#include "sheet/package.h"

struct styles {
    struct number_format *cells; // by the number that a cell names as its style
    size_t cells_n;
    struct custom_format *custom; // those that the file brings along
    size_t custom_n;
    bool in_cells;
};

int styles_read(struct styles *s, struct package *p, const char *part, struct err *e);
void styles_release(struct styles *s);
// Of the style that a cell names; none: a plain number.
struct number_format styles_format(const struct styles *s, int64_t style);
