// SPDX-License-Identifier: MIT
// sheet: tables as spreadsheets keep them (.xlsx: ECMA-376, SpreadsheetML), in and out. Pure: bytes and
// records.
//
// Reading gives what people see, as text: 3 and not 3.0, a telephone number and not 1.7E+10, a date as
// 2021-02-25 or 2021-02-25 14:00. A file comes from outside, so everything in it has a limit, a document type
// (and with it every entity) is refused, and a cell's place is kept for whoever judges what is in it.
// Optional: built without libzip, Expat and libxlsxwriter (USHER_XLSX=OFF), or where they are not installed,
// both directions answer -USAGE and one sentence.
#pragma once

#include "base/err.h"
#include "base/record.h"

#define SHEET_FILE_MAX (8u << 20)      // bytes of a file; a ministry's whole staff list is under 1 MiB
#define SHEET_UNPACKED_MAX (64u << 20) // ... of what is packed in it
#define SHEET_RATIO_MAX 200         // unpacked to packed; lists of people have 5 to 20, empty styled cells 60
#define SHEET_ENTRIES_MAX 4096      // parts of a file
#define SHEET_ROWS_MAX 20000        // rows that hold something
#define SHEET_COLUMNS_MAX 256       // columns that hold something
#define SHEET_CELL_MAX (128u << 10) // bytes of a cell; Excel has 32,767 characters
#define SHEET_STRINGS_MAX 1000000   // shared strings
#define SHEET_STYLES_MAX 65536
#define SHEET_MERGES_MAX 20000
#define SHEET_NOTES_MAX 100 // cells of which something is to be said

bool sheet_is_built_in(void); // asks for no library, and loads none
bool sheet_reads(void);       // this usher can read .xlsx files here
bool sheet_writes(void);      // ... and write them

// What somebody calls a spreadsheet and is none that usher reads: a sentence ("this is an old .xls file:
// ..."); NULL when the bytes begin like an .xlsx file.
const char *sheet_refusal(struct text bytes);

// The first visible sheet, or the one of that name (any case). Appends a record, a map:
//   sheet   text  its name
//   sheets  list  of { name, hidden }: all of the file
//   rows    list  of { line, cells = list of texts, hidden }: those that hold something; line is the number
//                 that people see, cells go from column A to the last that holds something, "" where nothing
//                 is. A cell that is merged downwards stands in each of its rows; sideways it stays one cell.
//   notes   list  of { line, column (a number), text }: cells that hold an error (#N/A), or a formula whose
//                 result was never worked out
// -INPUT: it can't be read; -LIMIT: it is too large; -USAGE: this usher has no such part.
int sheet_read(struct text bytes, struct text wanted, struct buf *out, struct err *e);

#define SHEET_WRITE_SHEETS_MAX 16
#define SHEET_WRITE_CELLS_MAX 50000 // of all sheets; see writer.c for what they cost
#define SHEET_NAME_MAX 31           // characters of a sheet's name; Excel takes no more

// The other way: a list of { name, columns = list of texts, rows = list of lists, or of maps by column }.
// Appends the file, the same bytes for the same record. Texts are written as texts whatever they begin
// with, so that no cell is a formula or a link; numbers as numbers, true and false as such. What a double
// can't keep exactly is written as text.
// -INPUT: a name that Excel does not take, a text that is no UTF-8 or longer than 32,767 characters;
// -LIMIT: more than the above; -USAGE: this usher has no such part.
int sheet_write(struct record sheets, struct buf *out, struct err *e);
