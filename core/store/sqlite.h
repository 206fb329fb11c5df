// SPDX-License-Identifier: MIT
// sqlite: the database as the rest of the store sees it. sqlite.c is the only home of sqlite3.h.
//
// One thread at a time uses a database and its statements (SQLITE_OPEN_NOMUTEX). What a column function
// answers is borrowed until the statement is stepped or reset.
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "base/record.h"

struct sqlite; // an open database
struct sqlite3_stmt;

// Opens, locks, checks and migrates. `look`: for reading only, refused while an engine has it.
struct sqlite *sqlite_open(const char *path, bool look, struct err *e);
void sqlite_close(struct sqlite *q);     // statements must be finished before
int sqlite_lock(const struct sqlite *q); // the descriptor that holds the lock; -1 in memory
// The first column of the first row; 0 when that is NULL.
int sqlite_int(struct sqlite *q, const char *sql, int64_t *out, struct err *e);

int sqlite_run(struct sqlite *q, const char *sql, struct err *e); // several statements, no answers
// Takes over what the file holds, in place of everything that is here.
int sqlite_restore(struct sqlite *q, const char *from_path, struct err *e);
int sqlite_backup(struct sqlite *q, const char *to_path, struct err *e); // makes the file
// The same into a file that is there, which may be one in the memory of who asks ("/proc/123/fd/4").
int sqlite_pour(struct sqlite *q, const char *to_path, struct err *e);

// What SQLite says about its last failure, as our error.
int sqlite_failure(struct sqlite *q, struct err *e);
// A write failed: nobody knows what is on disk. One sentence on stderr, and the process ends with code 3.
_Noreturn void sqlite_fatal(struct sqlite *q, const char *doing);

// Whether pages and rows that go are overwritten with zeros, from here on.
void sqlite_zero_deleted(struct sqlite *q, bool on);
// Folds the write-ahead log into the file and empties it.
void sqlite_fold(struct sqlite *q);
// Gives back the memory of pages that it need not keep.
void sqlite_shrink(struct sqlite *q);

struct sqlite3_stmt *sqlite_prepare(struct sqlite *q, const char *sql, struct err *e);
void sqlite_finish(struct sqlite3_stmt *st); // NULL is fine

// Parameters count from 1. Texts and records are borrowed until the statement is reset.
void put_int(struct sqlite3_stmt *st, int i, int64_t v);
void put_text(struct sqlite3_stmt *st, int i, struct text v);
void put_some_text(struct sqlite3_stmt *st, int i, struct text v); // empty: NULL
void put_record(struct sqlite3_stmt *st, int i, struct record v);  // not there: NULL
void put_some_int(struct sqlite3_stmt *st, int i, int64_t v);      // 0: NULL
int put_index(struct sqlite3_stmt *st, const char *name);          // of ":name"; 0: there is none

enum stmt_result { STMT_ROW, STMT_END, STMT_FAILED };
enum stmt_result stmt_step(struct sqlite3_stmt *st);
void stmt_reset(struct sqlite3_stmt *st); // ready for the next use; parameters stay as they are

// Columns count from 0.
enum record_kind col_kind(struct sqlite3_stmt *st, int i); // NIL, INT or TEXT; NONE: a record
int64_t col_int(struct sqlite3_stmt *st, int i);
struct instant col_instant(struct sqlite3_stmt *st, int i);
struct text col_text(struct sqlite3_stmt *st, int i);
struct record col_record(struct sqlite3_stmt *st, int i);
int col_count(struct sqlite3_stmt *st);
const char *col_name(struct sqlite3_stmt *st, int i);

int64_t sqlite_changes(struct sqlite *q); // rows that the last statement changed
int64_t sqlite_last_id(struct sqlite *q); // id of the row that was inserted last
