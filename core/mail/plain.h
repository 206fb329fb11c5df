// SPDX-License-Identifier: MIT
// plain: lays out text for people who read mail without HTML: wrapped paragraphs, prefixes for lists and
// quotations, tables in columns.
//
// Owns what is being collected. Borrows `out`, which grows only by whole lines that end in LF and never in
// a space. Lines are wrapped at 72 characters, at spaces only: a link stays in one piece, and so does
// Dzongkha, which has none.
#pragma once

#include "base/buf.h"

#define PLAIN_WIDTH 72
#define PLAIN_DEPTH_MAX 16    // deeper lists and quotations are not indented further
#define PLAIN_COLUMNS_MAX 12  // a table with more is written without alignment
#define PLAIN_CELLS_MAX 65536 // a table with more marks `out` as over: rows of nothing cost no input

struct plain_prefix {
    char first[12]; // on the first line that follows: "3. "
    char rest[12];  // on all others: "   "
    bool begun;
};

struct plain {
    struct buf *out;
    struct buf line; // the paragraph being collected; LF is a break that was asked for
    struct plain_prefix prefix[PLAIN_DEPTH_MAX];
    size_t depth; // may pass PLAIN_DEPTH_MAX: enter and leave stay paired
    bool gap;     // an empty line is due before the next text
    struct buf cells;
    size_t *cell_ends;
    size_t cells_n, cells_room, columns;
};

void plain_init(struct plain *p, struct buf *out);
void plain_release(struct plain *p);
void plain_enter(struct plain *p, const char *first, const char *rest);
void plain_leave(struct plain *p);
// These write what was collected: wrapped; line by line; as a heading with a line of marks below.
void plain_paragraph(struct plain *p);
void plain_verbatim(struct plain *p);
void plain_heading(struct plain *p, char mark);
// Cells come row by row, the head's row first; plain_cell takes what was collected as one.
void plain_table(struct plain *p, size_t columns);
void plain_cell(struct plain *p);
void plain_table_end(struct plain *p);
