// SPDX-License-Identifier: MIT
#include "store/fsck.h"

#include "store/query.h"

#include <stdlib.h>

static void add_finding(struct buf *out, const struct flow_row *flow, const char *what)
{
    struct record_map row;
    record_map_init(&row);
    record_map_int(&row, "flow", flow->id);
    record_map_text(&row, "event", flow->event);
    record_map_text(&row, "name", flow->name);
    record_map_text(&row, "key", flow->key);
    record_map_text(&row, "state", text_of(flow_state_name(flow->state)));
    record_map_text(&row, "what", text_of(what));
    record_map_end(&row, out);
}

// Flows that nobody would wake, or that stopped without a word.
static int add_orphans(struct sqlite *db, struct buf *findings, size_t *n, struct err *e)
{
    struct buf list;
    buf_init(&list, RECORD_LEN_MAX);
    int failed = query_list(db, "orphans", (struct record){0}, &list, e);
    struct record orphans = {(uint8_t *)list.data, list.len};
    for (struct record_iter it = record_each(orphans); !failed && record_next(&it); ++*n)
        record_put(findings, it.value);
    buf_release(&list);
    return failed;
}

int fsck_list(struct sqlite *db, struct loader *l, struct buf *out, struct err *e)
{
    struct sqlite3_stmt *ids = sqlite_prepare(db, "SELECT id FROM flow ORDER BY id", e);
    enum stmt_result result = STMT_END;
    struct buf findings;
    size_t n = 0;
    int failed = 0;
    if (!ids) return -ERR_STORAGE;
    buf_init(&findings, RECORD_LEN_MAX);
    while (!failed && (result = stmt_step(ids)) == STMT_ROW) {
        struct loaded one = {0};
        int64_t id = col_int(ids, 0);
        failed = load_ids(l, &id, 1, &one, e);
        bool broken = !failed && one.n && one.flows[0].broken;
        if (broken) add_finding(&findings, &one.flows[0].flow, FSCK_DAMAGED);
        n += broken;
        loaded_release(one.flows, one.n);
    }
    if (result == STMT_FAILED) failed = sqlite_failure(db, e);
    if (!failed) failed = add_orphans(db, &findings, &n, e);
    if (!failed && findings.over) failed = err_set(e, ERR_LIMIT, "The database has too many faults to list.");
    if (!failed) {
        record_put_list(out, n);
        buf_addt(out, buf_text(&findings));
    }
    buf_release(&findings);
    sqlite_finish(ids);
    return failed;
}
