// SPDX-License-Identifier: MIT
// grid: the cells of one sheet (xl/worksheets/sheet1.xml), as text in their places.
// Owns its rows. Borrows strings and styles. Holds always: rows ascend, a row's cells ascend, none is empty.
#pragma once

#include "sheet/strings.h"
#include "sheet/styles.h"

struct grid_cell {
    int column;     // from 1
    size_t at, len; // in `bytes`
};

struct grid_row {
    int64_t line;
    bool hidden;
    size_t from, n; // in `cells`
};

struct grid_merge {
    int left, right;
    int64_t top, bottom;
};

// A cell shown in a further row, because it is merged downwards.
struct grid_fill {
    size_t row;
    struct grid_cell cell;
};

struct grid_note {
    int64_t line;
    int column;
    char text[160];
};

struct grid {
    const struct strings *strings;
    const struct styles *styles;
    bool since_1904;
    struct buf bytes; // of all cells
    struct grid_row *rows;
    size_t rows_n, rows_room;
    struct grid_cell *cells;
    size_t cells_n, cells_room;
    struct grid_merge *merges;
    size_t merges_n;
    struct grid_fill *fills; // ascending
    size_t fills_n, fills_room;
    struct grid_note notes[SHEET_NOTES_MAX];
    size_t notes_n;
    struct grid_open { // the cell that is being read
        int64_t line;
        int column;
        bool hidden;
        char type; // of <c t=>: its first two letters tell; 'n' when it says nothing
        int64_t style;
        bool in_value, in_inline, in_phonetic, formula, valued;
        struct buf value;
    } open;
    bool is_sheet; // its root element was <worksheet>
};

void grid_init(struct grid *g, const struct strings *strings, const struct styles *styles, bool since_1904);
void grid_release(struct grid *g);
int grid_read(struct grid *g, struct package *p, const char *part, struct err *e);
// Appends `rows` and `notes` as sheet.h says.
void grid_put(struct grid *g, struct record_map *map);
