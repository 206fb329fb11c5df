// SPDX-License-Identifier: MIT
#include "store/fsck.h"

#include <stdlib.h>

// Does the last row of any step still wait for something?
static bool waits_for_something(const struct loaded_flow *f)
{
    int32_t steps = 0;
    for (size_t i = 0; i < f->journal_n; i++) {
        if (f->journal[i].step > steps) steps = f->journal[i].step;
    }
    bool *open = mem_alloc(((size_t)steps + 1) * sizeof *open), any = false;
    for (size_t i = 0; i < f->journal_n; i++) {
        const struct journal_row *row = &f->journal[i];
        bool waits = row->state == STEP_OPEN || row->state == STEP_STARTED || row->state == STEP_UNSURE ||
                     row->state == STEP_HELD;
        if (row->step >= 0) open[row->step] = waits;
    }
    for (int32_t step = 0; step <= steps; step++) any = any || open[step];
    free(open);
    return any;
}

static const char *what_is_wrong(const struct loaded_flow *f)
{
    if (f->broken) return "its journal is damaged: the checksums do not hold";
    if (f->flow.state == FLOW_WAITING && !waits_for_something(f)) return "it waits, and for nothing";
    return NULL;
}

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
        const char *what = !failed && one.n ? what_is_wrong(&one.flows[0]) : NULL;
        if (what) add_finding(&findings, &one.flows[0].flow, what);
        n += what != NULL;
        loaded_release(one.flows, one.n);
    }
    if (result == STMT_FAILED) failed = sqlite_failure(db, e);
    if (!failed && findings.over) failed = err_set(e, ERR_LIMIT, "The database has too many faults to list.");
    if (!failed) {
        record_put_list(out, n);
        buf_addt(out, buf_text(&findings));
    }
    buf_release(&findings);
    sqlite_finish(ids);
    return failed;
}
