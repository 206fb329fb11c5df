// SPDX-License-Identifier: MIT
#include "mail/plain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void plain_init(struct plain *p, struct buf *out)
{
    *p = (struct plain){.out = out};
    buf_init(&p->line, out->max);
    buf_init(&p->cells, out->max);
}

void plain_release(struct plain *p)
{
    buf_release(&p->line);
    buf_release(&p->cells);
    free(p->cell_ends);
}

void plain_enter(struct plain *p, const char *first, const char *rest)
{
    if (p->depth < PLAIN_DEPTH_MAX) {
        struct plain_prefix *prefix = &p->prefix[p->depth];
        *prefix = (struct plain_prefix){0};
        snprintf(prefix->first, sizeof prefix->first, "%s", first);
        snprintf(prefix->rest, sizeof prefix->rest, "%s", rest);
    }
    p->depth++;
}

void plain_leave(struct plain *p)
{
    p->depth--;
}

// Characters, which is columns for the scripts that wrap at spaces.
static size_t width_of(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) n += (t.data[i] & 0xc0) != 0x80;
    return n;
}

static size_t prefix_width(const struct plain *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->depth && i < PLAIN_DEPTH_MAX; i++) n += strlen(p->prefix[i].rest);
    return n;
}

// One line with its prefixes. Spaces at its end are left out: they mean nothing and travel badly.
static void write_line(struct plain *p, struct text t)
{
    struct buf line;
    buf_init(&line, sizeof p->prefix + t.len);
    for (size_t i = 0; i < p->depth && i < PLAIN_DEPTH_MAX; i++) {
        buf_addz(&line, p->prefix[i].begun ? p->prefix[i].rest : p->prefix[i].first);
        if (t.len) p->prefix[i].begun = true;
    }
    buf_addt(&line, t);
    size_t len = line.len;
    while (len && line.data[len - 1] == ' ') len--;
    buf_add(p->out, buf_z(&line), len);
    buf_addc(p->out, '\n');
    buf_release(&line);
}

// The empty line between two blocks; inside a quotation it keeps the ">" of the levels already begun.
static void write_gap(struct plain *p)
{
    if (!p->gap) return;
    p->gap = false;
    if (p->out->len == 0) return;
    size_t depth = p->depth, begun = 0;
    while (begun < depth && begun < PLAIN_DEPTH_MAX && p->prefix[begun].begun) begun++;
    p->depth = begun;
    write_line(p, TEXT(""));
    p->depth = depth;
}

// Fills lines with words; `t` has no LF.
static void write_wrapped(struct plain *p, struct text t)
{
    size_t room = PLAIN_WIDTH - prefix_width(p);
    if (prefix_width(p) + 24 > PLAIN_WIDTH) room = 24; // deep inside lists: rather a long line than a column
    struct buf line;
    buf_init(&line, t.len);
    size_t width = 0;
    while (t.len) {
        const char *space = memchr(t.data, ' ', t.len);
        struct text word = {t.data, space ? (size_t)(space - t.data) : t.len};
        if (width && word.len && width + 1 + width_of(word) > room) {
            write_line(p, buf_text(&line));
            buf_clear(&line);
            width = 0;
        }
        if (width && word.len) buf_addc(&line, ' '), width++;
        buf_addt(&line, word);
        width += width_of(word);
        t.data += word.len + (space != NULL);
        t.len -= word.len + (space != NULL);
    }
    if (line.len) write_line(p, buf_text(&line));
    buf_release(&line);
}

static void write_lines(struct plain *p, bool wrapped)
{
    struct text rest = buf_text(&p->line);
    p->out->over |= p->line.over;
    if (rest.len) write_gap(p);
    while (rest.len) {
        const char *end = memchr(rest.data, '\n', rest.len);
        struct text line = {rest.data, end ? (size_t)(end - rest.data) : rest.len};
        if (wrapped) write_wrapped(p, line);
        else write_line(p, line);
        rest.data += line.len + (end != NULL);
        rest.len -= line.len + (end != NULL);
    }
    buf_clear(&p->line);
}

void plain_paragraph(struct plain *p)
{
    write_lines(p, true);
}

void plain_verbatim(struct plain *p)
{
    write_lines(p, false);
}

void plain_heading(struct plain *p, char mark)
{
    size_t width = width_of(buf_text(&p->line));
    if (width > PLAIN_WIDTH) width = PLAIN_WIDTH;
    plain_paragraph(p);
    for (size_t i = 0; i < width; i++) buf_addc(&p->line, mark);
    plain_paragraph(p);
}

// -- tables: cells are collected, for a column's width is known only at the end

void plain_table(struct plain *p, size_t columns)
{
    buf_clear(&p->cells);
    p->cells_n = 0;
    p->columns = columns;
}

void plain_cell(struct plain *p)
{
    p->out->over |= p->line.over || p->cells_n == PLAIN_CELLS_MAX;
    if (p->out->over) return;
    if (p->cells_n == p->cells_room) {
        p->cells_room = p->cells_room ? p->cells_room * 2 : 32;
        p->cell_ends = mem_grow(p->cell_ends, p->cells_room * sizeof *p->cell_ends);
    }
    for (size_t i = 0; i < p->line.len; i++) {
        if (p->line.data[i] == '\n') p->line.data[i] = ' ';
    }
    buf_addt(&p->cells, buf_text(&p->line));
    p->cell_ends[p->cells_n++] = p->cells.len;
    buf_clear(&p->line);
}

static struct text cell_at(const struct plain *p, size_t n)
{
    size_t begin = n ? p->cell_ends[n - 1] : 0;
    return (struct text){buf_text(&p->cells).data + begin, p->cell_ends[n] - begin};
}

// Sets the width of each column; false when the table is wider than a line.
static bool fit_columns(const struct plain *p, size_t widths[PLAIN_COLUMNS_MAX])
{
    if (p->columns > PLAIN_COLUMNS_MAX) return false;
    memset(widths, 0, PLAIN_COLUMNS_MAX * sizeof *widths);
    for (size_t i = 0; i < p->cells_n; i++) {
        size_t width = width_of(cell_at(p, i));
        if (width > widths[i % p->columns]) widths[i % p->columns] = width;
    }
    size_t whole = prefix_width(p) + 2 * (p->columns - 1);
    for (size_t i = 0; i < p->columns; i++) whole += widths[i];
    return whole <= PLAIN_WIDTH;
}

static void write_row(struct plain *p, size_t first, const size_t *widths)
{
    for (size_t i = 0; i < p->columns && first + i < p->cells_n; i++) {
        struct text cell = cell_at(p, first + i);
        buf_addt(&p->line, cell);
        bool last = i + 1 == p->columns;
        if (!widths) buf_addz(&p->line, last ? "" : " | ");
        for (size_t k = width_of(cell); widths && !last && k < widths[i] + 2; k++) buf_addc(&p->line, ' ');
    }
    plain_verbatim(p);
}

static void write_rule(struct plain *p, const size_t *widths)
{
    for (size_t i = 0; i < p->columns; i++) {
        if (i) buf_addz(&p->line, "  ");
        for (size_t k = 0; k < widths[i]; k++) buf_addc(&p->line, '-');
    }
    plain_verbatim(p);
}

void plain_table_end(struct plain *p)
{
    size_t widths[PLAIN_COLUMNS_MAX];
    if (p->columns == 0) return;
    bool fits = fit_columns(p, widths);
    for (size_t i = 0; i < p->cells_n; i += p->columns) {
        write_row(p, i, fits ? widths : NULL);
        if (i == 0 && fits) write_rule(p, widths); // the first row is the head
    }
    p->columns = 0;
}
