// SPDX-License-Identifier: MIT
#include "sheet/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (32u << 20)
#define FILLS_MAX 200000
#define LINE_MAX 1048576 // Excel's last row
#define COLUMN_MAX 16384 // ... and column, XFD

void grid_init(struct grid *g, const struct strings *strings, const struct styles *styles, bool since_1904)
{
    *g = (struct grid){.strings = strings, .styles = styles, .since_1904 = since_1904};
    buf_init(&g->bytes, BYTES_MAX);
    buf_init(&g->open.value, SHEET_CELL_MAX);
}

void grid_release(struct grid *g)
{
    buf_release(&g->bytes);
    buf_release(&g->open.value);
    free(g->rows);
    free(g->cells);
    free(g->merges);
    free(g->fills);
}

// ---- places -----------------------------------------------------------------------------------------

// "AB12": the column and the line; where it stopped, or NULL when it is no place.
static const char *read_place(const char *at, int *column, int64_t *line)
{
    char *end;
    *column = 0;
    for (; *at >= 'A' && *at <= 'Z' && *column <= COLUMN_MAX; at++) *column = *column * 26 + (*at - 'A' + 1);
    if (*column < 1 || *column > COLUMN_MAX || *at < '0' || *at > '9') return NULL;
    *line = strtoll(at, &end, 10);
    return *line >= 1 && *line <= LINE_MAX ? end : NULL;
}

static void note(struct grid *g, const char *text)
{
    if (g->notes_n == SHEET_NOTES_MAX) return;
    struct grid_note *n = &g->notes[g->notes_n++];
    *n = (struct grid_note){.line = g->open.line, .column = g->open.column};
    snprintf(n->text, sizeof n->text, "%s", text);
}

// ---- rows and cells -----------------------------------------------------------------------------------

static void begin_row(struct grid *g, struct xml *x, const char **attributes)
{
    const char *line = xml_attribute(attributes, "r");
    int64_t before = g->open.line;
    g->open.line = line ? strtoll(line, NULL, 10) : before + 1;
    g->open.column = 0;
    g->open.hidden = xml_truth(attributes, "hidden");
    if (g->open.line <= before || g->open.line > LINE_MAX)
        xml_refuse(x, ERR_INPUT,
            "the rows of the sheet are out of order behind row %lld: open the file and save it again",
            (long long)before);
}

static void begin_cell(struct grid *g, struct xml *x, const char **attributes)
{
    const char *place = xml_attribute(attributes, "r"), *type = xml_attribute(attributes, "t");
    const char *style = xml_attribute(attributes, "s");
    struct grid_open *o = &g->open;
    int column = o->column + 1;
    int64_t line = o->line;
    if ((place && !read_place(place, &column, &line)) || line != o->line || column <= o->column ||
        column > COLUMN_MAX)
        xml_refuse(x, ERR_INPUT, "the cells of row %lld are out of order: open the file and save it again",
            (long long)o->line);
    o->column = column;
    o->type = !type ? 'n' : strcmp(type, "str") == 0 ? 'f' : strcmp(type, "inlineStr") == 0 ? 'i' : type[0];
    o->style = style ? strtoll(style, NULL, 10) : 0;
    o->in_value = o->in_inline = o->in_phonetic = o->formula = o->valued = false;
    buf_clear(&o->value);
}

// What the cell shows, appended to the bytes of all cells.
static void print_cell(struct grid *g)
{
    struct text value = buf_text(&g->open.value), shared = {0};
    switch (g->open.type) {
    case 's':
        if (strings_find(g->strings, value, &shared)) buf_addt(&g->bytes, shared);
        else note(g, "the cell's text is missing in the file: open it and save it again");
        break;
    case 'b': buf_addz(&g->bytes, text_is(value, "1") || text_is(value, "true") ? "TRUE" : "FALSE"); break;
    case 'd': number_print_iso(value, &g->bytes); break;
    case 'n':
        if (!number_print(value, styles_format(g->styles, g->open.style), g->since_1904, &g->bytes))
            strings_clean(value, &g->bytes);
        break;
    default: strings_clean(value, &g->bytes); // a text, a formula's text, an error
    }
}

static struct grid_row *row_of(struct grid *g, struct xml *x)
{
    struct grid_row *last = g->rows_n ? &g->rows[g->rows_n - 1] : NULL;
    if (last && last->line == g->open.line) return last;
    if (g->rows_n == SHEET_ROWS_MAX)
        xml_refuse(x, ERR_LIMIT, "the sheet has more than %d rows", SHEET_ROWS_MAX);
    if (g->rows_n == g->rows_room)
        g->rows = mem_grow(g->rows, (g->rows_room = 2 * g->rows_room + 64) * sizeof *g->rows);
    g->rows[g->rows_n] = (struct grid_row){.line = g->open.line,
        .hidden = g->open.hidden,
        .from = g->cells_n};
    return &g->rows[g->rows_n++];
}

static void keep_cell(struct grid *g, struct xml *x, size_t at)
{
    if (g->open.column > SHEET_COLUMNS_MAX) {
        xml_refuse(x, ERR_LIMIT, "row %lld has something in column %d: a list has at most %d columns",
            (long long)g->open.line, g->open.column, SHEET_COLUMNS_MAX);
        return;
    }
    if (g->cells_n == g->cells_room)
        g->cells = mem_grow(g->cells, (g->cells_room = 2 * g->cells_room + 256) * sizeof *g->cells);
    row_of(g, x)->n++;
    g->cells[g->cells_n++] = (struct grid_cell){g->open.column, at, g->bytes.len - at};
}

// A piece of all cells' bytes, of which there may be none yet.
static struct text piece_of(const struct grid *g, size_t at, size_t len)
{
    return len ? (struct text){g->bytes.data + at, len} : (struct text){0};
}

static bool is_blank(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] != ' ' && t.data[i] != '\n') return false;
    }
    return true;
}

static void end_cell(struct grid *g, struct xml *x)
{
    size_t at = g->bytes.len;
    bool empty = !g->open.valued || (g->open.type == 'n' && !g->open.value.len);
    if (!empty) print_cell(g);
    else if (g->open.formula)
        note(g, "its formula was never worked out: open the file in a spreadsheet and save it");
    if (g->bytes.over) xml_refuse(x, ERR_LIMIT, "the sheet holds more text than a list of people");
    struct text shown = piece_of(g, at, g->bytes.len - at);
    if (is_blank(shown)) {
        g->bytes.len = at;
        return;
    }
    if (g->open.type == 'e') {
        char text[160];
        snprintf(text, sizeof text, "it shows the error %.*s: correct its formula",
            (int)(shown.len < 40 ? shown.len : 40), shown.data);
        note(g, text);
    }
    keep_cell(g, x, at);
}

// ---- merged cells -------------------------------------------------------------------------------------

static void add_merge(struct grid *g, struct xml *x, const char **attributes)
{
    const char *place = xml_attribute(attributes, "ref");
    struct grid_merge m;
    const char *colon = place ? read_place(place, &m.left, &m.top) : NULL;
    if (!colon || *colon != ':' || !read_place(colon + 1, &m.right, &m.bottom) || m.bottom < m.top) return;
    if (g->merges_n == SHEET_MERGES_MAX) {
        xml_refuse(x, ERR_LIMIT, "the sheet has more than %d merged cells", SHEET_MERGES_MAX);
        return;
    }
    if ((g->merges_n & (g->merges_n - 1)) == 0)
        g->merges = mem_grow(g->merges, (g->merges_n ? 2 * g->merges_n : 1) * sizeof *g->merges);
    g->merges[g->merges_n++] = m;
}

static int by_line(const void *key, const void *row)
{
    int64_t line = *(const int64_t *)key, other = ((const struct grid_row *)row)->line;
    return line < other ? -1 : line > other;
}

static const struct grid_cell *cell_in(const struct grid *g, const struct grid_row *row, int column)
{
    for (size_t i = 0; i < row->n; i++) {
        if (g->cells[row->from + i].column == column) return &g->cells[row->from + i];
    }
    return NULL;
}

static int by_place(const void *a, const void *b)
{
    const struct grid_fill *x = a, *y = b;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->cell.column > y->cell.column) - (x->cell.column < y->cell.column);
}

static int fill_merge(struct grid *g, const struct grid_merge *m, struct err *e)
{
    const struct grid_row *top = bsearch(&m->top, g->rows, g->rows_n, sizeof *g->rows, by_line);
    const struct grid_cell *cell = top ? cell_in(g, top, m->left) : NULL;
    if (!cell) return 0;
    for (size_t row = (size_t)(top - g->rows) + 1; row < g->rows_n && g->rows[row].line <= m->bottom; row++) {
        if (g->fills_n == FILLS_MAX)
            return err_set(e, ERR_LIMIT, "the sheet has too many merged cells: part them");
        if (g->fills_n == g->fills_room)
            g->fills = mem_grow(g->fills, (g->fills_room = 2 * g->fills_room + 64) * sizeof *g->fills);
        g->fills[g->fills_n++] = (struct grid_fill){row, *cell};
    }
    return 0;
}

// A cell that is merged downwards shows its text in each of its rows; merges stand behind the cells in the
// file.
static int fill_merges(struct grid *g, struct err *e)
{
    int failed = 0;
    for (size_t i = 0; i < g->merges_n && g->rows_n && !failed; i++) failed = fill_merge(g, &g->merges[i], e);
    if (g->fills_n) qsort(g->fills, g->fills_n, sizeof *g->fills, by_place);
    return failed;
}

// ---- XML ----------------------------------------------------------------------------------------------

static void on_start(void *ctx, struct xml *x, const char *name, const char **attributes)
{
    struct grid *g = ctx;
    if (!g->is_sheet) {
        g->is_sheet = strcmp(name, "worksheet") == 0;
        if (!g->is_sheet)
            xml_refuse(x, ERR_INPUT, "the sheet is no table of cells (a chart?): name another sheet");
    } else if (strcmp(name, "row") == 0) begin_row(g, x, attributes);
    else if (strcmp(name, "c") == 0) begin_cell(g, x, attributes);
    else if (strcmp(name, "v") == 0) g->open.in_value = g->open.valued = true;
    else if (strcmp(name, "f") == 0) g->open.formula = true;
    else if (strcmp(name, "is") == 0) g->open.in_inline = g->open.valued = true;
    else if (strcmp(name, "rPh") == 0) g->open.in_phonetic = true;
    else if (strcmp(name, "t") == 0) g->open.in_value = g->open.in_inline && !g->open.in_phonetic;
    else if (strcmp(name, "mergeCell") == 0) add_merge(g, x, attributes);
}

static void on_end(void *ctx, struct xml *x, const char *name)
{
    struct grid *g = ctx;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) g->open.in_value = false;
    else if (strcmp(name, "is") == 0) g->open.in_inline = false;
    else if (strcmp(name, "rPh") == 0) g->open.in_phonetic = false;
    else if (strcmp(name, "c") == 0) end_cell(g, x);
}

static void on_text(void *ctx, struct xml *x, struct text piece)
{
    struct grid *g = ctx;
    if (!g->open.in_value) return;
    buf_addt(&g->open.value, piece);
    if (g->open.value.over)
        xml_refuse(x, ERR_LIMIT, "row %lld has a cell with more than %d KiB of text", (long long)g->open.line,
            SHEET_CELL_MAX >> 10);
}

int grid_read(struct grid *g, struct package *p, const char *part, struct err *e)
{
    static const struct xml_reader reader = {on_start, on_end, on_text};
    int failed = xml_read(p, part, &reader, g, e);
    return failed ? failed : fill_merges(g, e);
}

// ---- as a record ----------------------------------------------------------------------------------------

// The cells of a row and what fills it, both in the order of their columns; where both are, the cell is.
static void put_cells(const struct grid *g, size_t row, size_t *fill, struct buf *out)
{
    const struct grid_cell *c = g->cells + g->rows[row].from, *end = c + g->rows[row].n;
    size_t fills_end = *fill;
    while (fills_end < g->fills_n && g->fills[fills_end].row == row) fills_end++;
    int last = g->rows[row].n ? end[-1].column : 0;
    if (fills_end > *fill && g->fills[fills_end - 1].cell.column > last)
        last = g->fills[fills_end - 1].cell.column;
    record_put_list(out, (size_t)last);
    for (int column = 1; column <= last; column++) {
        struct text shown = {0};
        for (; *fill < fills_end && g->fills[*fill].cell.column == column; ++*fill)
            shown = piece_of(g, g->fills[*fill].cell.at, g->fills[*fill].cell.len);
        if (c < end && c->column == column) {
            shown = piece_of(g, c->at, c->len);
            c++;
        }
        record_put_text(out, shown);
    }
}

static void put_row(const struct grid *g, size_t row, size_t *fill, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_int(&map, "line", g->rows[row].line);
    if (g->rows[row].hidden) record_map_bool(&map, "hidden", true);
    put_cells(g, row, fill, record_map_key(&map, "cells"));
    record_map_end(&map, out);
}

static void put_note(const struct grid_note *n, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_int(&map, "line", n->line);
    record_map_int(&map, "column", n->column);
    record_map_text(&map, "text", text_of(n->text));
    record_map_end(&map, out);
}

void grid_put(struct grid *g, struct record_map *map)
{
    struct buf *out = record_map_key(map, "rows");
    size_t fill = 0;
    record_put_list(out, g->rows_n);
    for (size_t i = 0; i < g->rows_n; i++) put_row(g, i, &fill, out);
    out = record_map_key(map, "notes");
    record_put_list(out, g->notes_n);
    for (size_t i = 0; i < g->notes_n; i++) put_note(&g->notes[i], out);
}
