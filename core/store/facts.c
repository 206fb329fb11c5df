// SPDX-License-Identifier: MIT
// facts: what a start needs to know at once, before the loop runs. Each is one look-up along an index.
#include "store/borrow.h"
#include "store/mark.h"

#include <stdio.h>
#include <string.h>

// Prepares, with up to two texts and no more: nothing here needs another kind of parameter but hash and id.
static struct sqlite3_stmt *ask(struct sqlite *db, const char *sql, struct text first, struct text second,
    struct err *e)
{
    struct sqlite3_stmt *st = sqlite_prepare(db, sql, e);
    if (!st) return NULL;
    if (first.data) put_text(st, 1, first);
    if (second.data) put_text(st, 2, second);
    return st;
}

int store_facts(struct store *s, struct store_facts *out, struct err *e)
{
    static const char sql[] =
        "SELECT (SELECT max(id) FROM flow), (SELECT max(id) FROM script), (SELECT max(id) FROM inbox),"
        " (SELECT at FROM journal ORDER BY seq DESC LIMIT 1),"
        " (SELECT min(next_due) FROM flow WHERE state = 1 AND next_due IS NOT NULL),"
        " (SELECT max(seq) FROM journal)";
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = sqlite_prepare(db, sql, e);
    int failed = st && stmt_step(st) == STMT_ROW ? 0 : sqlite_failure(db, e);
    if (!failed) {
        *out = (struct store_facts){
            .last_flow = col_int(st, 0),
            .last_script = col_int(st, 1),
            .last_inbox = col_int(st, 2),
            .newest = col_instant(st, 3),
            .next_due = col_kind(st, 4) == RECORD_NIL ? INSTANT_NEVER : col_instant(st, 4),
            .is_older = mark_read(sqlite_lock(db)) > col_int(st, 5),
        };
    }
    sqlite_finish(st);
    store_give_back(s);
    return failed;
}

int store_setting(struct store *s, const char *name, struct buf *out, struct err *e)
{
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = ask(db, "SELECT value FROM setting WHERE name = ?1", text_of(name),
        (struct text){0}, e);
    enum stmt_result result = st ? stmt_step(st) : STMT_FAILED;
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : 0;
    if (result == STMT_ROW) buf_add(out, col_record(st, 0).data, col_record(st, 0).len);
    sqlite_finish(st);
    store_give_back(s);
    return failed;
}

int store_mails_left(struct store *s, struct text event, struct instant since, struct instant *at, size_t *n,
    struct err *e)
{
    static const char sql[] =
        "SELECT j.at FROM journal j CROSS JOIN flow f ON f.id = j.flow JOIN flow_kind k ON k.id = f.kind"
        " WHERE j.kind = 8 AND j.state = 1 AND j.attempt = 1 AND j.at >= ?2 AND k.event = ?1"
        " ORDER BY j.at DESC";
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = ask(db, sql, event, (struct text){0}, e);
    enum stmt_result result = st ? STMT_END : STMT_FAILED;
    size_t room = *n;
    if (st) put_int(st, 2, since.ms);
    for (*n = 0; st && *n < room && (result = stmt_step(st)) == STMT_ROW;) at[(*n)++] = col_instant(st, 0);
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : 0;
    sqlite_finish(st);
    store_give_back(s);
    return failed;
}

int64_t store_script(struct store *s, struct text event, struct hash hash, struct err *e)
{
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = ask(db, "SELECT id FROM script WHERE event = ?1 AND hash = ?2", event,
        (struct text){0}, e);
    if (st) put_record(st, 2, (struct record){hash.bytes, HASH_LEN});
    enum stmt_result result = st ? stmt_step(st) : STMT_FAILED;
    int64_t id = result == STMT_ROW ? col_int(st, 0) : 0;
    if (result == STMT_FAILED) sqlite_failure(db, e);
    sqlite_finish(st);
    store_give_back(s);
    return id;
}

int store_sources(struct store *s, int64_t script, struct buf *out, struct err *e)
{
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = sqlite_prepare(db, "SELECT sources FROM script WHERE id = ?1", e);
    if (st) put_int(st, 1, script);
    enum stmt_result result = st ? stmt_step(st) : STMT_FAILED;
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : 0;
    if (result == STMT_ROW) buf_add(out, col_record(st, 0).data, col_record(st, 0).len);
    if (result == STMT_END)
        failed = err_set(e, ERR_INPUT, "The database has no script with the number %lld.", (long long)script);
    sqlite_finish(st);
    store_give_back(s);
    return failed;
}

int store_schedule(struct store *s, struct text event, struct text name, struct schedule_row *out,
    struct err *e)
{
    struct sqlite *db = store_borrow(s);
    struct sqlite3_stmt *st = ask(db,
        "SELECT last_at, next_at, spec FROM schedule WHERE event = ?1 AND name = ?2", event, name, e);
    enum stmt_result result = st ? stmt_step(st) : STMT_FAILED;
    int failed = result == STMT_FAILED ? sqlite_failure(db, e) : 0;
    *out = (struct schedule_row){0};
    if (result == STMT_ROW) {
        struct text spec = col_text(st, 2);
        *out = (struct schedule_row){.last = col_instant(st, 0), .next = col_instant(st, 1), .known = true};
        if (spec.len < sizeof out->spec) memcpy(out->spec, spec.data, spec.len);
    }
    sqlite_finish(st);
    store_give_back(s);
    return failed;
}
