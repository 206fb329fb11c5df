// SPDX-License-Identifier: MIT
// write: each op of a batch becomes one statement, in the order in which the ops were added.
//
// Owns its statements. Holds always: chain[] agrees with the disk, because what fails ends the process and
// nobody else writes the journal. A flow that is not in it costs one look-up by (flow, n).
#include "store/write.h"

#include "store/chain.h"

#include <stdlib.h>
#include <string.h>

#define WRITES(X)                                                                                          \
    X(BEGIN, "BEGIN IMMEDIATE")                                                                            \
    X(COMMIT, "COMMIT")                                                                                    \
    X(KIND_ADD, "INSERT INTO flow_kind (event, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING")              \
    X(KIND_FIND, "SELECT id FROM flow_kind WHERE event = ?1 AND name = ?2")                                \
    X(START,                                                                                               \
        "INSERT INTO flow (id, kind, key, label, script, parent, state, next_due, t0, updated_at, rows,"   \
        " steps, dseq, why, input, result)"                                                                \
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"                  \
        " ON CONFLICT (kind, key) DO NOTHING")                                                             \
    X(FLOW_FIND, "SELECT id FROM flow WHERE kind = ?1 AND key = ?2")                                       \
    X(FLOW,                                                                                                \
        "UPDATE flow SET label = ?2, script = ?3, state = ?4, next_due = ?5, updated_at = ?6, rows = ?7,"  \
        " steps = ?8, dseq = ?9, why = ?10, result = coalesce(?11, result) WHERE id = ?1")                 \
    X(JOURNAL, "INSERT INTO journal (flow, n, step, state, kind, key, line, dseq, attempt, at, due, note," \
               " value, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)")        \
    X(LAST_SUM, "SELECT sum FROM journal WHERE flow = ?1 ORDER BY n DESC LIMIT 1")                         \
    X(INBOX, "INSERT INTO inbox (kind, flow_key, name, dedup, at, taken_by, taken_step, value)"            \
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING")                            \
    X(INBOX_WAITS, "SELECT 1 FROM inbox WHERE kind = ?1 AND flow_key = ?2 AND taken_by IS NULL LIMIT 1")   \
    X(RETRY, "UPDATE flow SET state = 0, next_due = NULL, why = NULL, updated_at = ?2"                     \
             " WHERE id = ?1 AND state IN (3, 6, 7, 8)")                                                   \
    X(KIND_RENAME, "UPDATE flow_kind SET name = ?2 WHERE id = ?1")                                         \
    X(FLOWS_MOVE, "UPDATE OR IGNORE flow SET kind = ?2 WHERE kind = ?1")                                   \
    X(INBOX_MOVE, "UPDATE OR IGNORE inbox SET kind = ?2 WHERE kind = ?1")                                  \
    X(INBOX_ANY, "SELECT 1 FROM inbox LIMIT 1")                                                            \
    X(TAKE, "UPDATE inbox SET taken_by = ?2, taken_step = ?3 WHERE id = ?1")                               \
    X(BOOK, "INSERT INTO book (event, book, key, value) VALUES (?1, ?2, ?3, ?4)"                           \
            " ON CONFLICT DO UPDATE SET value = excluded.value")                                           \
    X(BOOK_DROP, "DELETE FROM book WHERE event = ?1 AND book = ?2 AND key = ?3")                           \
    X(SEALED_FIND, "SELECT entries FROM sealed WHERE event = ?1 AND book = ?2")                            \
    X(SEALED, "INSERT INTO sealed (event, book, room, entries) VALUES (?1, ?2, zeroblob(1024), ?3)"        \
              " ON CONFLICT DO UPDATE SET entries = excluded.entries")                                     \
    X(SEALED_DROP, "DELETE FROM sealed WHERE event = ?1 AND book = ?2")                                    \
    X(SCRIPT, "INSERT INTO script (id, event, hash, sources, at) VALUES (?1, ?2, ?3, ?4, ?5)"              \
              " ON CONFLICT (event, hash) DO NOTHING")                                                     \
    X(SCHEDULE, "INSERT INTO schedule (event, name, spec, last_at, next_at) VALUES (?1, ?2, ?3, ?4, ?5)"   \
                " ON CONFLICT DO UPDATE SET spec = excluded.spec, last_at = excluded.last_at,"             \
                " next_at = excluded.next_at")                                                             \
    X(OCCURRENCE, "INSERT INTO occurrence (event, schedule, nominal, decision, at, note)"                  \
                  " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")                               \
    X(SETTING, "INSERT INTO setting (name, value) VALUES (?1, ?2)"                                         \
               " ON CONFLICT DO UPDATE SET value = excluded.value")                                        \
    X(AUDIT,                                                                                               \
        "INSERT INTO audit (at, who, event, flow, what, note, about) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")

enum write {
#define X(name, sql) WRITE_##name,
    WRITES(X)
#undef X
        WRITES_N
};

static const char *const sql_of[] = {
#define X(name, sql) sql,
    WRITES(X)
#undef X
};

// Flows that run are a few hundred at a time; 4,096 slots of 16 bytes hold them without a list to prune.
#define CHAIN_SLOTS 4096

struct writer {
    struct sqlite *db;
    struct sqlite3_stmt *st[WRITES_N];
    struct {
        int64_t flow;
        uint64_t sum; // of its last journal row
    } chain[CHAIN_SLOTS];
    struct buf kind_event, kind_name; // the kind that was asked for last: neighbours share it
    int64_t kind;
    bool inbox_used; // the inbox has rows: without any, a start need not look there
    bool bulky;      // the transaction has written a script and all its sources: pages nobody asks for again
    bool sealing;    // the transaction has rewritten a sealed book: it leaves no traces
};

// Carries out a statement that answers nothing.
static void run(struct writer *w, enum write which)
{
    if (stmt_step(w->st[which]) != STMT_END)
        sqlite_fatal(w->db, which == WRITE_COMMIT ? "a commit" : "a write");
    stmt_reset(w->st[which]);
}

// Carries out a statement that answers one number. False: it answered no row.
static bool look_up(struct writer *w, enum write which, int64_t *out)
{
    enum stmt_result result = stmt_step(w->st[which]);
    if (result == STMT_FAILED) sqlite_fatal(w->db, "a look-up");
    if (result == STMT_ROW) *out = col_int(w->st[which], 0);
    stmt_reset(w->st[which]);
    return result == STMT_ROW;
}

struct writer *writer_new(struct sqlite *db, struct err *e)
{
    struct writer *w = mem_alloc(sizeof *w);
    w->db = db;
    buf_init(&w->kind_event, SIZE_MAX);
    buf_init(&w->kind_name, SIZE_MAX);
    for (size_t i = 0; i < WRITES_N; i++) {
        if ((w->st[i] = sqlite_prepare(db, sql_of[i], e))) continue;
        writer_free(w);
        return NULL;
    }
    w->inbox_used = stmt_step(w->st[WRITE_INBOX_ANY]) != STMT_END;
    stmt_reset(w->st[WRITE_INBOX_ANY]);
    return w;
}

void writer_free(struct writer *w)
{
    if (!w) return;
    for (size_t i = 0; i < WRITES_N; i++) sqlite_finish(w->st[i]);
    buf_release(&w->kind_event);
    buf_release(&w->kind_name);
    free(w);
}

void write_begin(struct writer *w)
{
    run(w, WRITE_BEGIN);
}

void write_commit(struct writer *w)
{
    run(w, WRITE_COMMIT);
    if (w->bulky) sqlite_shrink(w->db);
    w->bulky = false;
    if (!w->sealing) return;
    w->sealing = false;
    sqlite_zero_deleted(w->db, false);
    sqlite_fold(w->db);
}

// -- flows

static int64_t kind_id(struct writer *w, struct text event, struct text name)
{
    if (w->kind && text_eq(event, buf_text(&w->kind_event)) && text_eq(name, buf_text(&w->kind_name)))
        return w->kind;
    for (enum write which = WRITE_KIND_ADD; which <= WRITE_KIND_FIND; which++) {
        put_text(w->st[which], 1, event);
        put_text(w->st[which], 2, name);
    }
    if (!look_up(w, WRITE_KIND_FIND, &w->kind)) {
        run(w, WRITE_KIND_ADD);
        w->kind = sqlite_last_id(w->db);
    }
    buf_clear(&w->kind_event);
    buf_clear(&w->kind_name);
    buf_addt(&w->kind_event, event);
    buf_addt(&w->kind_name, name);
    return w->kind;
}

void write_remember(struct writer *w, int64_t flow, uint64_t sum)
{
    w->chain[flow % CHAIN_SLOTS].flow = flow;
    w->chain[flow % CHAIN_SLOTS].sum = sum;
}

static uint64_t last_sum(struct writer *w, int64_t flow)
{
    int64_t sum = 0; // of a flow without rows
    if (w->chain[flow % CHAIN_SLOTS].flow == flow) return w->chain[flow % CHAIN_SLOTS].sum;
    put_int(w->st[WRITE_LAST_SUM], 1, flow);
    look_up(w, WRITE_LAST_SUM, &sum);
    return (uint64_t)sum;
}

static void write_start(struct writer *w, const struct flow_row *row, struct start_answer *answer)
{
    struct sqlite3_stmt *st = w->st[WRITE_START];
    int64_t kind = kind_id(w, row->event, row->name), there = 0;
    put_int(st, 1, row->id);
    put_int(st, 2, kind);
    put_text(st, 3, row->key);
    put_some_text(st, 4, row->label);
    put_int(st, 5, row->script);
    put_some_int(st, 6, row->parent);
    put_int(st, 7, row->state);
    put_some_int(st, 8, row->next_due.ms);
    put_int(st, 9, row->t0.ms);
    put_int(st, 10, row->updated_at.ms);
    put_int(st, 11, row->rows);
    put_int(st, 12, row->steps);
    put_int(st, 13, row->dseq);
    put_some_text(st, 14, row->why);
    put_record(st, 15, row->input);
    put_record(st, 16, row->result);
    run(w, WRITE_START);
    *answer = (struct start_answer){.flow = row->id, .started = sqlite_changes(w->db) > 0};
    if (answer->started) write_remember(w, row->id, 0);

    if (answer->started && !w->inbox_used) return;
    st = w->st[answer->started ? WRITE_INBOX_WAITS : WRITE_FLOW_FIND];
    put_int(st, 1, kind);
    put_text(st, 2, row->key);
    if (answer->started) answer->has_inbox = look_up(w, WRITE_INBOX_WAITS, &there);
    else look_up(w, WRITE_FLOW_FIND, &answer->flow);
}

static void write_flow(struct writer *w, const struct flow_row *row)
{
    struct sqlite3_stmt *st = w->st[WRITE_FLOW];
    put_int(st, 1, row->id);
    put_some_text(st, 2, row->label);
    put_int(st, 3, row->script);
    put_int(st, 4, row->state);
    put_some_int(st, 5, row->next_due.ms);
    put_int(st, 6, row->updated_at.ms);
    put_int(st, 7, row->rows);
    put_int(st, 8, row->steps);
    put_int(st, 9, row->dseq);
    put_some_text(st, 10, row->why);
    put_record(st, 11, row->result);
    run(w, WRITE_FLOW);
}

static void write_journal(struct writer *w, const struct journal_row *row)
{
    struct sqlite3_stmt *st = w->st[WRITE_JOURNAL];
    uint64_t sum = chain_sum(last_sum(w, row->flow), row, chain_value_sum(row->value));
    put_int(st, 1, row->flow);
    put_int(st, 2, row->n);
    put_int(st, 3, row->step);
    put_int(st, 4, row->state);
    put_int(st, 5, row->kind);
    put_some_text(st, 6, row->key);
    put_int(st, 7, row->line);
    put_int(st, 8, row->dseq);
    put_int(st, 9, row->attempt);
    put_int(st, 10, row->at.ms);
    put_some_int(st, 11, row->due.ms);
    put_some_text(st, 12, row->note);
    put_record(st, 13, row->value);
    put_int(st, 14, (int64_t)sum);
    run(w, WRITE_JOURNAL);
    write_remember(w, row->flow, sum);
}

static void write_retry(struct writer *w, const struct retry_op *op)
{
    put_int(w->st[WRITE_RETRY], 1, op->flow);
    put_int(w->st[WRITE_RETRY], 2, op->at.ms);
    run(w, WRITE_RETRY);
}

static bool find_kind(struct writer *w, struct text event, struct text name, int64_t *id)
{
    put_text(w->st[WRITE_KIND_FIND], 1, event);
    put_text(w->st[WRITE_KIND_FIND], 2, name);
    return look_up(w, WRITE_KIND_FIND, id);
}

static void write_rename(struct writer *w, const struct rename_op *op)
{
    int64_t was, name;
    if (!find_kind(w, op->event, op->was, &was)) return;
    w->kind = 0; // what was looked up last may have another name now
    if (!find_kind(w, op->event, op->name, &name)) {
        put_int(w->st[WRITE_KIND_RENAME], 1, was);
        put_text(w->st[WRITE_KIND_RENAME], 2, op->name);
        run(w, WRITE_KIND_RENAME);
        return;
    }
    for (enum write which = WRITE_FLOWS_MOVE; which <= WRITE_INBOX_MOVE; which++) {
        put_int(w->st[which], 1, was);
        put_int(w->st[which], 2, name);
        run(w, which);
    }
}

// -- everything else

static int64_t write_inbox(struct writer *w, const struct inbox_row *row)
{
    struct sqlite3_stmt *st = w->st[WRITE_INBOX];
    put_int(st, 1, kind_id(w, row->event, row->flow_name));
    put_text(st, 2, row->flow_key);
    put_text(st, 3, row->name);
    put_text(st, 4, row->dedup);
    put_int(st, 5, row->at.ms);
    put_some_int(st, 6, row->taken_by);
    put_some_int(st, 7, row->taken_step);
    put_record(st, 8, row->value);
    run(w, WRITE_INBOX);
    w->inbox_used = true;
    return sqlite_changes(w->db) > 0 ? sqlite_last_id(w->db) : 0;
}

static void write_take(struct writer *w, const struct take_op *op)
{
    struct sqlite3_stmt *st = w->st[WRITE_TAKE];
    put_int(st, 1, op->inbox);
    put_int(st, 2, op->flow);
    put_int(st, 3, op->step);
    run(w, WRITE_TAKE);
}

static void write_book(struct writer *w, const struct book_op *op)
{
    enum write which = op->value.data ? WRITE_BOOK : WRITE_BOOK_DROP;
    put_text(w->st[which], 1, op->event);
    put_text(w->st[which], 2, op->book);
    put_text(w->st[which], 3, op->key);
    if (op->value.data) put_record(w->st[which], 4, op->value);
    run(w, which);
}

// The entries of a sealed book with one of them set or taken out. False: none is left.
static bool merge_entry(struct writer *w, const struct book_op *op, struct buf *out)
{
    struct sqlite3_stmt *st = w->st[WRITE_SEALED_FIND];
    struct record_map map;
    struct text key;
    record_map_init(&map);
    put_text(st, 1, op->event);
    put_text(st, 2, op->book);
    enum stmt_result result = stmt_step(st);
    if (result == STMT_FAILED) sqlite_fatal(w->db, "a look-up");
    struct record before = result == STMT_ROW ? col_record(st, 0) : (struct record){0};
    for (struct record_iter it = record_each(before); record_next(&it);) {
        if (record_text(it.key, &key) && text_eq(key, op->key)) continue;
        struct buf *pair = record_map_pair(&map);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    stmt_reset(st);
    if (op->value.data) {
        struct buf *pair = record_map_pair(&map);
        record_put_text(pair, op->key);
        record_put(pair, op->value);
    }
    bool any = map.n > 0;
    record_map_close(&map, out);
    return any;
}

static void write_sealed(struct writer *w, const struct book_op *op)
{
    struct buf entries;
    buf_init(&entries, SIZE_MAX);
    if (!w->sealing) sqlite_zero_deleted(w->db, true);
    w->sealing = true;
    enum write which = merge_entry(w, op, &entries) ? WRITE_SEALED : WRITE_SEALED_DROP;
    put_text(w->st[which], 1, op->event);
    put_text(w->st[which], 2, op->book);
    if (which == WRITE_SEALED)
        put_record(w->st[which], 3, (struct record){(uint8_t *)entries.data, entries.len});
    run(w, which);
    buf_release(&entries);
}

static void write_script(struct writer *w, const struct script_op *op)
{
    struct sqlite3_stmt *st = w->st[WRITE_SCRIPT];
    put_int(st, 1, op->id);
    put_text(st, 2, op->event);
    put_record(st, 3, (struct record){op->hash.bytes, HASH_LEN});
    put_record(st, 4, op->sources);
    put_int(st, 5, op->at.ms);
    run(w, WRITE_SCRIPT);
    w->bulky = true;
}

static void write_schedule(struct writer *w, const struct schedule_op *op)
{
    struct sqlite3_stmt *st = w->st[WRITE_SCHEDULE];
    put_text(st, 1, op->event);
    put_text(st, 2, op->name);
    put_text(st, 3, op->spec);
    put_some_int(st, 4, op->last.ms);
    put_some_int(st, 5, op->next.ms);
    run(w, WRITE_SCHEDULE);
}

static void write_occurrence(struct writer *w, const struct occurrence_op *op)
{
    struct sqlite3_stmt *st = w->st[WRITE_OCCURRENCE];
    put_text(st, 1, op->event);
    put_text(st, 2, op->schedule);
    put_int(st, 3, op->nominal.ms);
    put_text(st, 4, op->decision);
    put_int(st, 5, op->at.ms);
    put_some_text(st, 6, op->note);
    run(w, WRITE_OCCURRENCE);
}

static void write_setting(struct writer *w, const struct setting_op *op)
{
    put_text(w->st[WRITE_SETTING], 1, op->name);
    put_record(w->st[WRITE_SETTING], 2, op->value);
    run(w, WRITE_SETTING);
}

static void write_audit(struct writer *w, const struct audit_row *op)
{
    struct sqlite3_stmt *st = w->st[WRITE_AUDIT];
    put_int(st, 1, op->at.ms);
    put_text(st, 2, op->who);
    put_some_text(st, 3, op->event);
    put_some_int(st, 4, op->flow);
    put_text(st, 5, op->what);
    put_some_text(st, 6, op->note);
    put_some_text(st, 7, op->about);
    run(w, WRITE_AUDIT);
}

void write_batch(struct writer *w, struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct op *op = &b->ops[i];
        switch (op->kind) {
        case OP_START: write_start(w, op->flow, &b->starts[op->answer]); break;
        case OP_JOURNAL: write_journal(w, op->journal); break;
        case OP_FLOW: write_flow(w, op->flow); break;
        case OP_INBOX: b->inbox_ids[op->answer] = write_inbox(w, op->inbox); break;
        case OP_TAKE: write_take(w, op->take); break;
        case OP_BOOK: write_book(w, op->book); break;
        case OP_SEALED: write_sealed(w, op->book); break;
        case OP_SCRIPT: write_script(w, op->script); break;
        case OP_SCHEDULE: write_schedule(w, op->schedule); break;
        case OP_OCCURRENCE: write_occurrence(w, op->occurrence); break;
        case OP_SETTING: write_setting(w, op->setting); break;
        case OP_AUDIT: write_audit(w, op->audit); break;
        case OP_RENAME: write_rename(w, op->rename); break;
        case OP_RETRY: write_retry(w, op->retry); break;
        }
    }
}
