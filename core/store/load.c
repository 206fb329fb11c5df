// SPDX-License-Identifier: MIT
// load: three statements a flow (its row, its journal, what waits for it), each a walk along one index.
//
// A journal that does not add up is loaded all the same and marked broken: people must be able to look at
// it, the engine must not run it.
#include "store/load.h"

#include "store/chain.h"

#include <stdlib.h>

#define LOADS(X)                                                                                          \
    X(FLOW, "SELECT k.event, k.name, f.key, f.label, f.script, f.parent, f.state, f.next_due, f.t0,"      \
            " f.updated_at, f.rows, f.steps, f.dseq, f.why, f.input, f.result, f.kind"                    \
            " FROM flow f JOIN flow_kind k ON k.id = f.kind WHERE f.id = ?1")                             \
    X(JOURNAL, "SELECT n, step, state, kind, key, line, dseq, attempt, at, due, note, value, erased, sum" \
               " FROM journal WHERE flow = ?1 ORDER BY n")                                                \
    X(INBOX, "SELECT id, name, dedup, at, value FROM inbox"                                               \
             " WHERE kind = ?1 AND flow_key = ?2 AND taken_by IS NULL ORDER BY id")                       \
    X(DUE, "SELECT id FROM flow WHERE state = 1 AND next_due IS NOT NULL AND next_due <= ?1"              \
           " ORDER BY next_due, id LIMIT ?2")                                                             \
    X(DUE_BEHIND, "SELECT next_due FROM flow WHERE state = 1 AND next_due IS NOT NULL"                    \
                  " ORDER BY next_due, id LIMIT 1 OFFSET ?1")                                             \
    X(READY, "SELECT id FROM flow WHERE state = 0 AND id > ?1 UNION"                                      \
             " SELECT f.id FROM inbox i JOIN flow f ON f.kind = i.kind AND f.key = i.flow_key"            \
             " WHERE i.taken_by IS NULL AND f.state = 1 AND f.id > ?1 ORDER BY id LIMIT ?2")              \
    X(LIVING, "SELECT f.id FROM flow f JOIN flow_kind k ON k.id = f.kind"                                 \
              " WHERE k.event = ?1 AND f.state <> 2 AND f.id > ?2 ORDER BY f.id LIMIT ?3")                \
    X(HELD, "SELECT DISTINCT j.flow FROM journal j JOIN flow f ON f.id = j.flow"                          \
            " JOIN flow_kind k ON k.id = f.kind WHERE j.state = 7 AND j.flow > ?1 AND f.state IN (0, 1)"  \
            " AND k.event = ?3 AND NOT EXISTS (SELECT 1 FROM journal b WHERE b.flow = j.flow"             \
            " AND b.step = j.step AND b.n > j.n) ORDER BY j.flow LIMIT ?2")                               \
    X(NAMED, "SELECT f.id FROM flow_kind k JOIN flow f ON f.kind = k.id"                                  \
             " WHERE k.event = ?1 AND k.name = ?2 AND f.key = ?3")

enum load {
#define X(name, sql) LOAD_##name,
    LOADS(X)
#undef X
        LOADS_N
};

static const char *const sql_of[] = {
#define X(name, sql) sql,
    LOADS(X)
#undef X
};

enum {
#define X(name, text) +1
    FLOW_STATES_N = FLOW_STATES(X),
    STEP_STATES_N = STEP_STATES(X),
    STEP_KINDS_N = STEP_KINDS(X),
#undef X
};

struct loader {
    struct sqlite *db;
    struct sqlite3_stmt *st[LOADS_N];
};

struct loader *loader_new(struct sqlite *db, struct err *e)
{
    struct loader *l = mem_alloc(sizeof *l);
    l->db = db;
    for (size_t i = 0; i < LOADS_N; i++) {
        if ((l->st[i] = sqlite_prepare(db, sql_of[i], e))) continue;
        loader_free(l);
        return NULL;
    }
    return l;
}

void loader_free(struct loader *l)
{
    if (!l) return;
    for (size_t i = 0; i < LOADS_N; i++) sqlite_finish(l->st[i]);
    free(l);
}

void loaded_release(struct loaded_flow *flows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(flows[i].journal);
        free(flows[i].inbox);
        arena_release(&flows[i].memory);
    }
    free(flows);
}

// -- one flow

static struct text keep_text(struct loaded_flow *f, struct sqlite3_stmt *st, int column)
{
    return arena_text(&f->memory, col_text(st, column));
}

static struct record keep_record(struct loaded_flow *f, struct sqlite3_stmt *st, int column)
{
    return arena_record(&f->memory, col_record(st, column));
}

// A state or kind that this program has no name for would index past the end of somebody's table.
static bool col_is_below(struct sqlite3_stmt *st, int column, int64_t n)
{
    return col_int(st, column) >= 0 && col_int(st, column) < n;
}

static void read_flow(struct loaded_flow *f, struct sqlite3_stmt *st, int64_t id)
{
    f->flow = (struct flow_row){
        .id = id,
        .event = keep_text(f, st, 0),
        .name = keep_text(f, st, 1),
        .key = keep_text(f, st, 2),
        .label = keep_text(f, st, 3),
        .script = col_int(st, 4),
        .parent = col_int(st, 5),
        .state = (enum flow_state)col_int(st, 6),
        .next_due = col_instant(st, 7),
        .t0 = col_instant(st, 8),
        .updated_at = col_instant(st, 9),
        .rows = (int32_t)col_int(st, 10),
        .steps = (int32_t)col_int(st, 11),
        .dseq = (int32_t)col_int(st, 12),
        .why = keep_text(f, st, 13),
        .input = keep_record(f, st, 14),
        .result = keep_record(f, st, 15),
    };
    if (!col_is_below(st, 6, FLOW_STATES_N)) f->broken = true;
}

static struct journal_row read_row(struct loaded_flow *f, struct sqlite3_stmt *st)
{
    return (struct journal_row){
        .flow = f->flow.id,
        .n = (int32_t)col_int(st, 0),
        .step = (int32_t)col_int(st, 1),
        .state = (enum step_state)col_int(st, 2),
        .kind = (enum step_kind)col_int(st, 3),
        .key = keep_text(f, st, 4),
        .line = (int32_t)col_int(st, 5),
        .dseq = (int32_t)col_int(st, 6),
        .attempt = (int32_t)col_int(st, 7),
        .at = col_instant(st, 8),
        .due = col_instant(st, 9),
        .note = keep_text(f, st, 10),
        .value = keep_record(f, st, 11),
        .sum = (uint64_t)col_int(st, 13),
    };
}

// Does this row follow the one before it?
static bool row_holds(const struct loaded_flow *f, const struct journal_row *row, struct sqlite3_stmt *st)
{
    bool was_erased = col_kind(st, 12) == RECORD_INT;
    uint64_t value_sum = was_erased ? (uint64_t)col_int(st, 12) : chain_value_sum(row->value);
    return row->n == (int32_t)f->journal_n + 1 && row->sum == chain_sum(f->flow.sum, row, value_sum) &&
           col_is_below(st, 2, STEP_STATES_N) && col_is_below(st, 3, STEP_KINDS_N);
}

static int read_journal(struct loader *l, struct loaded_flow *f, struct err *e)
{
    struct sqlite3_stmt *st = l->st[LOAD_JOURNAL];
    size_t room = f->flow.rows > 0 && !f->broken ? (size_t)f->flow.rows : 1;
    enum stmt_result result;
    if (room > 65536) room = 65536; // a counter is no reason to trust it with memory
    f->journal = mem_grow(NULL, room * sizeof *f->journal);
    put_int(st, 1, f->flow.id);
    while ((result = stmt_step(st)) == STMT_ROW) {
        if (f->journal_n == room) f->journal = mem_grow(f->journal, (room *= 2) * sizeof *f->journal);
        struct journal_row *row = &f->journal[f->journal_n];
        *row = read_row(f, st);
        if (!row_holds(f, row, st)) f->broken = true;
        f->flow.sum = row->sum;
        f->journal_n++;
    }
    int failed = result == STMT_FAILED ? sqlite_failure(l->db, e) : 0;
    stmt_reset(st);
    if ((int64_t)f->journal_n < f->flow.rows) f->broken = true; // rows were lost
    return failed;
}

static int read_inbox(struct loader *l, struct loaded_flow *f, int64_t kind, struct err *e)
{
    struct sqlite3_stmt *st = l->st[LOAD_INBOX];
    enum stmt_result result;
    put_int(st, 1, kind);
    put_text(st, 2, f->flow.key);
    while ((result = stmt_step(st)) == STMT_ROW) {
        f->inbox = mem_grow(f->inbox, (f->inbox_n + 1) * sizeof *f->inbox);
        f->inbox[f->inbox_n++] = (struct inbox_row){
            .id = col_int(st, 0),
            .event = f->flow.event,
            .flow_name = f->flow.name,
            .flow_key = f->flow.key,
            .name = keep_text(f, st, 1),
            .dedup = keep_text(f, st, 2),
            .at = col_instant(st, 3),
            .value = keep_record(f, st, 4),
        };
    }
    int failed = result == STMT_FAILED ? sqlite_failure(l->db, e) : 0;
    stmt_reset(st);
    return failed;
}

static int load_one(struct loader *l, int64_t id, struct loaded *out, struct err *e)
{
    struct sqlite3_stmt *st = l->st[LOAD_FLOW];
    struct loaded_flow flow = {0};
    int64_t kind = 0;
    put_int(st, 1, id);
    enum stmt_result result = stmt_step(st);
    if (result == STMT_ROW) {
        read_flow(&flow, st, id);
        kind = col_int(st, 16);
    }
    int failed = result == STMT_FAILED ? sqlite_failure(l->db, e) : 0;
    stmt_reset(st);
    if (result != STMT_ROW) return failed;
    if (out->n == out->room) {
        out->room = out->room ? 2 * out->room : 16;
        out->flows = mem_grow(out->flows, out->room * sizeof *out->flows);
    }
    failed = read_journal(l, &flow, e);
    if (!failed) failed = read_inbox(l, &flow, kind, e);
    out->flows[out->n++] = flow; // also when it failed: the caller releases it
    return failed;
}

int load_ids(struct loader *l, const int64_t *ids, size_t n, struct loaded *out, struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        int failed = load_one(l, ids[i], out, e);
        if (failed) return failed;
    }
    return 0;
}

// -- several

// Loads the flows whose ids the statement answers; resets it.
static int load_answered(struct loader *l, enum load which, struct loaded *out, struct err *e)
{
    struct sqlite3_stmt *st = l->st[which];
    enum stmt_result result;
    int failed = 0;
    while (!failed && (result = stmt_step(st)) != STMT_END)
        failed = result == STMT_ROW ? load_one(l, col_int(st, 0), out, e) : sqlite_failure(l->db, e);
    stmt_reset(st);
    return failed;
}

int load_due(struct loader *l, struct instant until, size_t limit, struct loaded *out, struct instant *rest,
    struct err *e)
{
    struct sqlite3_stmt *behind = l->st[LOAD_DUE_BEHIND];
    *rest = INSTANT_NEVER;
    put_int(l->st[LOAD_DUE], 1, until.ms);
    put_int(l->st[LOAD_DUE], 2, (int64_t)limit);
    int failed = load_answered(l, LOAD_DUE, out, e);
    if (failed) return failed;
    put_int(behind, 1, (int64_t)out->n);
    enum stmt_result result = stmt_step(behind);
    if (result == STMT_ROW) *rest = col_instant(behind, 0);
    if (result == STMT_FAILED) failed = sqlite_failure(l->db, e);
    stmt_reset(behind);
    return failed;
}

int load_ready(struct loader *l, int64_t after, size_t limit, struct loaded *out, struct err *e)
{
    put_int(l->st[LOAD_READY], 1, after);
    put_int(l->st[LOAD_READY], 2, (int64_t)limit);
    return load_answered(l, LOAD_READY, out, e);
}

int load_living(struct loader *l, struct text event, int64_t after, size_t limit, struct loaded *out,
    struct err *e)
{
    put_text(l->st[LOAD_LIVING], 1, event);
    put_int(l->st[LOAD_LIVING], 2, after);
    put_int(l->st[LOAD_LIVING], 3, (int64_t)limit);
    return load_answered(l, LOAD_LIVING, out, e);
}

int load_held(struct loader *l, struct text event, int64_t after, size_t limit, struct loaded *out,
    struct err *e)
{
    put_int(l->st[LOAD_HELD], 1, after);
    put_int(l->st[LOAD_HELD], 2, (int64_t)limit);
    put_text(l->st[LOAD_HELD], 3, event);
    return load_answered(l, LOAD_HELD, out, e);
}

int load_named(struct loader *l, struct text event, struct text name, struct text key, struct loaded *out,
    struct err *e)
{
    put_text(l->st[LOAD_NAMED], 1, event);
    put_text(l->st[LOAD_NAMED], 2, name);
    put_text(l->st[LOAD_NAMED], 3, key);
    return load_answered(l, LOAD_NAMED, out, e);
}
