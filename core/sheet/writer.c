// SPDX-License-Identifier: MIT
// writer: tables into an .xlsx file, by libxlsxwriter. It works in "constant memory": a row is written to a
// temporary file (one that has no name) when the next begins, so what is in memory at once is one row, and
// the packed file. It writes to a path, which here is that of memory (memfd).
#include "base/utf8.h"
#include "sheet/sheet.h"
#include "sheet/xlsxwriter_late.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXACT (INT64_C(1) << 53) // whole numbers up to here are exact in a double
#define BYTES_MAX (16u << 20)    // of the packed file
#define WIDTH_MIN 8
#define WIDTH_MAX 60
// 1 January 2000: a file made of the same rows is the same file, whenever it is made.
#define CREATED 946684800

struct writer {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *text, *heading;
    size_t cells_n;
    struct buf cell; // a text as the library takes it
    struct err *e;
};

// ---- cells ----------------------------------------------------------------------------------------------

// _x0041_ in a text would be read as the character that it names, so its first sign is named as well.
static bool is_escape(struct text t)
{
    if (t.len < 7 || memcmp(t.data, "_x", 2) != 0 || t.data[6] != '_') return false;
    for (int i = 2; i < 6; i++) {
        if (!strchr("0123456789ABCDEFabcdef", t.data[i])) return false;
    }
    return true;
}

static void put_escaped(struct text t, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < t.len; i++) {
        if (is_escape((struct text){t.data + i, t.len - i})) buf_addz(out, "_x005F");
        if (t.data[i]) buf_addc(out, t.data[i]);
    }
}

static int write_text(struct writer *w, uint32_t row, uint16_t column, struct text t, lxw_format *format)
{
    if (!utf8_valid(t)) return err_set(w->e, ERR_INPUT, "a text in row %u is not valid UTF-8", row + 1);
    put_escaped(t, &w->cell);
    lxw_error refused = worksheet_write_string(w->sheet, row, column, buf_z(&w->cell), format);
    if (refused || w->cell.over)
        return err_set(w->e, ERR_INPUT, "a text in row %u is longer than the 32,767 characters of a cell",
            row + 1);
    return 0;
}

static int write_number(struct writer *w, uint32_t row, uint16_t column, struct record value)
{
    int64_t whole;
    double number;
    char digits[24];
    if (record_kind(value) == RECORD_INT && record_int(value, &whole) && (whole > EXACT || whole < -EXACT)) {
        snprintf(digits, sizeof digits, "%lld", (long long)whole);
        return write_text(w, row, column, text_of(digits), w->text);
    }
    record_num(value, &number);
    if (number - number != 0) return write_text(w, row, column, TEXT("-"), w->text); // infinite, or no number
    worksheet_write_number(w->sheet, row, column, number, NULL);
    return 0;
}

static int write_cell(struct writer *w, uint32_t row, uint16_t column, struct record value)
{
    struct text text;
    bool truth;
    switch (record_kind(value)) {
    case RECORD_NONE:
    case RECORD_NIL: return 0;
    case RECORD_BOOL:
        record_bool(value, &truth);
        worksheet_write_boolean(w->sheet, row, column, truth, NULL);
        return 0;
    case RECORD_INT:
    case RECORD_NUM: return write_number(w, row, column, value);
    case RECORD_TEXT: record_text(value, &text); return write_text(w, row, column, text, w->text);
    default: return err_set(w->e, ERR_INPUT, "a cell in row %u is a table: write it as a text", row + 1);
    }
}

// ---- rows -----------------------------------------------------------------------------------------------

struct columns {
    char *names[SHEET_COLUMNS_MAX];
    size_t n;
    size_t widths[SHEET_COLUMNS_MAX];
};

static void columns_release(struct columns *c)
{
    for (size_t i = 0; i < c->n; i++) free(c->names[i]);
}

static int read_columns(struct columns *c, struct record list, struct err *e)
{
    struct text name;
    *c = (struct columns){0};
    for (struct record_iter it = record_each(list); record_next(&it);) {
        if (!record_text(it.value, &name))
            return err_set(e, ERR_INPUT, "the name of column %zu is no text", c->n + 1);
        if (c->n == SHEET_COLUMNS_MAX)
            return err_set(e, ERR_LIMIT, "more than %d columns", SHEET_COLUMNS_MAX);
        c->widths[c->n] = name.len;
        c->names[c->n++] = mem_copy(name.data, name.len);
    }
    return c->n ? 0 : err_set(e, ERR_INPUT, "it has no columns: name them in  columns = { ... }");
}

// A row as a list, or as a map: the value in a column.
static void measure(struct columns *c, size_t column, struct record value)
{
    struct text text = {0};
    if (record_text(value, &text) && text.len > c->widths[column]) c->widths[column] = text.len;
}

typedef int (*on_cell)(void *ctx, uint32_t row, size_t column, struct record value);

static int each_cell(struct columns *c, struct record rows, on_cell call, void *ctx)
{
    uint32_t row = 1; // below the headings
    int failed = 0;
    for (struct record_iter it = record_each(rows); !failed && record_next(&it); row++) {
        if (record_kind(it.value) == RECORD_LIST) {
            size_t column = 0;
            for (struct record_iter cell = record_each(it.value);
                 !failed && column < c->n && record_next(&cell);)
                failed = call(ctx, row, column++, cell.value);
            continue;
        }
        for (size_t column = 0; !failed && column < c->n; column++)
            failed = call(ctx, row, column, record_get(it.value, c->names[column]));
    }
    return failed;
}

static int on_measure(void *ctx, uint32_t row, size_t column, struct record value)
{
    (void)row;
    measure(ctx, column, value);
    return 0;
}

static int on_write(void *ctx, uint32_t row, size_t column, struct record value)
{
    return write_cell(ctx, row, (uint16_t)column, value);
}

// Widths must be known before the first row leaves memory.
static int write_rows(struct writer *w, struct columns *c, struct record rows)
{
    int failed = 0;
    each_cell(c, rows, on_measure, c);
    for (size_t i = 0; i < c->n; i++) {
        size_t width = c->widths[i] + 2;
        if (width < WIDTH_MIN) width = WIDTH_MIN;
        if (width > WIDTH_MAX) width = WIDTH_MAX;
        worksheet_set_column(w->sheet, (uint16_t)i, (uint16_t)i, (double)width, NULL);
    }
    worksheet_freeze_panes(w->sheet, 1, 0);
    for (size_t i = 0; i < c->n && !failed; i++)
        failed = write_text(w, 0, (uint16_t)i, text_of(c->names[i]), w->heading);
    return failed ? failed : each_cell(c, rows, on_write, w);
}

static int begin_sheet(struct writer *w, struct text name)
{
    char *z = mem_copy(name.data ? name.data : "", name.len);
    int failed = 0;
    if (!name.len || !utf8_valid(name) || workbook_validate_sheet_name(w->book, z)) {
        failed = err_set(w->e, ERR_INPUT,
            "'%s' can't be the name of a sheet: at most 31 characters, none of [ ] : * ? / \\, no name twice",
            z);
    } else {
        w->sheet = workbook_add_worksheet(w->book, z);
        if (!w->sheet) failed = err_set(w->e, ERR_STORAGE, "there is no room for temporary files in /tmp");
    }
    free(z);
    return failed;
}

static int write_sheet(struct writer *w, struct record sheet)
{
    struct columns c;
    struct record rows = record_get(sheet, "rows");
    if (begin_sheet(w, record_get_text(sheet, "name"))) return -1;
    int failed = read_columns(&c, record_get(sheet, "columns"), w->e);
    w->cells_n += c.n * (record_count(rows) + 1);
    if (!failed && w->cells_n > SHEET_WRITE_CELLS_MAX)
        failed = err_set(w->e, ERR_LIMIT, "the tables have more than %d cells: take the CSV, or fewer rows",
            SHEET_WRITE_CELLS_MAX);
    if (!failed) failed = write_rows(w, &c, rows);
    columns_release(&c);
    return failed;
}

// ---- the file -------------------------------------------------------------------------------------------

static int write_sheets(struct writer *w, struct record sheets)
{
    lxw_doc_properties properties = {.created = CREATED};
    int failed = 0;
    size_t n = record_count(sheets);
    if (n == 0 || n > SHEET_WRITE_SHEETS_MAX)
        return err_set(w->e, ERR_INPUT, "a file has one to %d sheets, not %zu", SHEET_WRITE_SHEETS_MAX, n);
    workbook_set_properties(w->book, &properties);
    w->text = workbook_add_format(w->book);
    format_set_num_format_index(w->text, 49); // "@": stays a text when somebody edits the cell
    w->heading = workbook_add_format(w->book);
    format_set_num_format_index(w->heading, 49);
    format_set_bold(w->heading);
    for (struct record_iter it = record_each(sheets); !failed && record_next(&it);)
        failed = write_sheet(w, it.value);
    return failed;
}

static int take_file(int fd, struct buf *out, struct err *e)
{
    off_t size = lseek(fd, 0, SEEK_END);
    if (size <= 0 || size > BYTES_MAX)
        return err_set(e, ERR_LIMIT, "the file would have more than %u MiB", BYTES_MAX >> 20);
    void *bytes = mmap(NULL, (size_t)size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED) return err_set(e, ERR_MEMORY, "there is no memory for the file");
    buf_add(out, bytes, (size_t)size);
    munmap(bytes, (size_t)size);
    return out->over ? err_set(e, ERR_LIMIT, "the file is too large for its place") : 0;
}

int sheet_write(struct record sheets, struct buf *out, struct err *e)
{
    struct writer w = {.e = e};
    char path[40];
    if (!xlsxwriter_late_open())
        return err_set(e, ERR_USAGE,
            "the part that writes .xlsx files is missing here: install libxlsxwriter4, or take CSV");
    int fd = memfd_create("usher.xlsx", MFD_CLOEXEC);
    if (fd < 0) return err_set(e, ERR_MEMORY, "there is no memory for the file");
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    w.book = workbook_new_opt(path, &options);
    buf_init(&w.cell, SHEET_CELL_MAX * 2);
    int failed = w.book ? write_sheets(&w, sheets)
                        : err_set(e, ERR_MEMORY, "there is no memory for the file");
    lxw_error refused = w.book ? workbook_close(w.book) : LXW_NO_ERROR; // frees it, whatever happened
    if (!failed && refused)
        failed = err_set(e, ERR_STORAGE, "the file can't be made: %s", lxw_strerror(refused));
    if (!failed) failed = take_file(fd, out, e);
    buf_release(&w.cell);
    close(fd);
    return failed;
}

bool sheet_writes(void)
{
    return xlsxwriter_late_open();
}
