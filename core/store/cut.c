// SPDX-License-Identifier: MIT
// cut: in a copy of a database, one flow as it stood before something happened. See store.h, store_cut.
#include "store/borrow.h"

// ?1 the flow, ?2 the first row that has not happened.
static const char *const cuts[] = {
    "UPDATE inbox SET taken_by = NULL, taken_step = NULL WHERE taken_by = ?1 AND taken_step IN"
    " (SELECT step FROM journal WHERE flow = ?1 AND n >= ?2 AND dseq > 0)",
    "DELETE FROM journal WHERE flow = ?1 AND n >= ?2",
    "UPDATE flow SET state = 0, next_due = NULL, why = NULL, result = NULL, rows = ?2 - 1, steps ="
    " coalesce((SELECT max(step) FROM journal WHERE flow = ?1), 0), dseq ="
    " coalesce((SELECT max(dseq) FROM journal WHERE flow = ?1), 0) WHERE id = ?1",
    "UPDATE flow SET state = 4, next_due = NULL WHERE id <> ?1 AND ?2 > 0",
};

int store_cut(struct store *s, int64_t flow, int32_t n, struct err *e)
{
    struct sqlite *q = store_borrow(s);
    int failed = 0;
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts && !failed; i++) {
        struct sqlite3_stmt *st = sqlite_prepare(q, cuts[i], e);
        if (!st) failed = -ERR_STORAGE;
        else {
            put_int(st, 1, flow);
            put_int(st, 2, n);
            if (stmt_step(st) == STMT_FAILED) failed = sqlite_failure(q, e);
        }
        sqlite_finish(st);
    }
    store_give_back(s);
    return failed;
}
