// SPDX-License-Identifier: MIT
// write: carries batches out. A write that fails ends the process (sqlite_fatal): there is no half of it.
#pragma once

#include "store/batch.h"
#include "store/sqlite.h"

struct writer; // its prepared statements, and the last sums of the flows written lately
struct writer *writer_new(struct sqlite *db, struct err *e); // borrows db
void writer_free(struct writer *w);

void write_begin(struct writer *w);
void write_batch(struct writer *w, struct batch *b); // fills in the batch's answers
void write_commit(struct writer *w);                 // when it returns, all of it is on disk
// The sum of a flow's last row, when somebody has just read it: saves a look-up when the flow goes on.
void write_remember(struct writer *w, int64_t flow, uint64_t sum);
