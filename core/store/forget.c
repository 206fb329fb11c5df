// SPDX-License-Identifier: MIT
// forget: takes a person out of everything that is kept. See store.h, store_forget.
//
// Two walks inside one transaction. The first ends what is the person's own: their flows stay as rows that
// count and say nothing, under the key "forgotten-" and the flow's number, so that no two of them can be
// told to be one person's. The second reads every text and every value that is left and takes the words
// out. Both leave rows of the journal with other bytes than their sums were made of; the chains of these
// flows are made anew at the end, over what is there now. A write that fails ends the process, as
// everywhere: the transaction is undone when the file is opened.
#include "base/embedded.h"
#include "base/scrub.h"
#include "store/borrow.h"
#include "store/chain.h"
#include "store/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct forget {
    struct store *store;
    struct sqlite *q;
    struct record what;
    struct scrub scrub;
    struct hash (*hash)(struct record sources);
    bool anyway;
    struct store_forgotten *out;
    struct err *e;
};

// ---- statements -----------------------------------------------------------------------------------------

static struct sqlite3_stmt *prepare(struct forget *f, const char *sql)
{
    struct sqlite3_stmt *st = sqlite_prepare(f->q, sql, NULL);
    if (!st) sqlite_fatal(f->q, "forgetting somebody");
    return st;
}

static bool row(struct forget *f, struct sqlite3_stmt *st)
{
    enum stmt_result result = stmt_step(st);
    if (result == STMT_FAILED) sqlite_fatal(f->q, "forgetting somebody");
    return result == STMT_ROW;
}

// Carries it out; how many rows it changed.
static int64_t run(struct forget *f, struct sqlite3_stmt *st)
{
    while (row(f, st)) continue;
    stmt_reset(st);
    return sqlite_changes(f->q);
}

static int64_t run_once(struct forget *f, const char *sql, int64_t id)
{
    struct sqlite3_stmt *st = prepare(f, sql);
    put_int(st, 1, id);
    int64_t n = run(f, st);
    sqlite_finish(st);
    return n;
}

static void run_plain(struct forget *f, const char *sql)
{
    if (sqlite_run(f->q, sql, NULL)) sqlite_fatal(f->q, "forgetting somebody");
}

// ---- the person's own flows -----------------------------------------------------------------------------

#define OWN "temp.own_flow"    // ids of flows that are theirs
#define CHANGED "temp.changed" // ids of flows whose chain is to be made anew

static bool is_apart(struct record person, struct text name)
{
    struct text one;
    for (struct record_iter it = record_each(record_get(person, "apart")); record_next(&it);) {
        if (record_text(it.value, &one) && text_eq(one, name)) return true;
    }
    return false;
}

// P0042, P0042/2 (the second mail of that name), P0042/@2 (of the second edition).
static bool is_key_of(struct text key, struct text person)
{
    return key.len >= person.len && memcmp(key.data, person.data, person.len) == 0 &&
           (key.len == person.len || key.data[person.len] == '/');
}

static bool text_in(struct record map, const char *field, struct text wanted)
{
    struct text found = record_get_text(map, field);
    return found.len && text_eq(found, wanted);
}

// What a flow was started with says of whom it is: { person = key } or { person = { key = ... } }.
static bool is_input_of(struct record input, struct text person)
{
    return text_in(input, "person", person) || text_in(record_get(input, "person"), "key", person);
}

static bool is_theirs(const struct forget *f, struct sqlite3_stmt *st)
{
    struct text event = col_text(st, 1), name = col_text(st, 2), key = col_text(st, 3);
    struct record input = col_record(st, 4);
    if (scrub_names_address(&f->scrub, input)) return true;
    for (struct record_iter it = record_each(record_get(f->what, "people")); record_next(&it);) {
        struct text own = record_get_text(it.value, "key");
        if (!text_in(it.value, "event", event) || is_apart(it.value, name)) continue;
        if (is_key_of(key, own) || is_input_of(input, own)) return true;
    }
    return false;
}

static void mark(struct forget *f, const char *sql, int64_t flow)
{
    run_once(f, sql, flow);
}

static void find_own(struct forget *f)
{
    run_plain(f, "CREATE TEMP TABLE own_flow (id INTEGER PRIMARY KEY);"
                 "CREATE TEMP TABLE changed (id INTEGER PRIMARY KEY);");
    struct sqlite3_stmt *st = prepare(f,
        "SELECT f.id, k.event, k.name, f.key, f.input FROM flow f JOIN flow_kind k"
        " ON k.id = f.kind");
    while (row(f, st)) {
        if (is_theirs(f, st)) mark(f, "INSERT INTO " OWN " VALUES (?1)", col_int(st, 0));
    }
    sqlite_finish(st);
}

// What stands behind the first / of a step's name is its subject, often a person's key.
static void end_own(struct forget *f)
{
    static const char *const acts[] = {
        "UPDATE flow SET key = 'forgotten-' || id, label = NULL, parent = NULL, input = NULL, result = NULL,"
        " next_due = NULL, why = CASE state WHEN 2 THEN NULL ELSE 'this person was forgotten' END,"
        " state = CASE state WHEN 2 THEN 2 ELSE 4 END WHERE id IN (SELECT id FROM " OWN ")",
        "UPDATE flow SET parent = NULL WHERE parent IN (SELECT id FROM " OWN ")",
        "UPDATE journal SET note = NULL, key = CASE instr(key, '/') WHEN 0 THEN key"
        " ELSE substr(key, 1, instr(key, '/') - 1) END WHERE flow IN (SELECT id FROM " OWN ")",
        "INSERT OR IGNORE INTO " CHANGED " SELECT id FROM " OWN,
    };
    int64_t n = 0;
    struct sqlite3_stmt *st = prepare(f,
        "SELECT count(*), count(*) FILTER (WHERE state NOT IN (2, 4)) FROM flow"
        " WHERE id IN (SELECT id FROM " OWN ")");
    if (row(f, st)) n = f->out->flows = col_int(st, 0), f->out->ended = col_int(st, 1);
    sqlite_finish(st);
    if (!n) return;
    st = prepare(f, "DELETE FROM inbox WHERE taken_by IN (SELECT id FROM " OWN ") OR (kind, flow_key) IN"
                    " (SELECT kind, key FROM flow WHERE id IN (SELECT id FROM " OWN "))");
    f->out->facts += run(f, st);
    sqlite_finish(st);
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) run_plain(f, acts[i]);
}

// Their values go, and leave their sums.
static void erase_values(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f, "SELECT seq, value FROM journal WHERE value IS NOT NULL AND flow IN"
                                         " (SELECT id FROM " OWN ")");
    struct sqlite3_stmt *put = prepare(f, "UPDATE journal SET value = NULL, erased = ?2 WHERE seq = ?1");
    while (row(f, st)) {
        put_int(put, 1, col_int(st, 0));
        put_int(put, 2, (int64_t)chain_value_sum(col_record(st, 1)));
        run(f, put);
    }
    sqlite_finish(put);
    sqlite_finish(st);
}

// An answer to a flow of theirs that has not begun yet waits under their key.
static void drop_waiting(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f,
        "SELECT i.id, k.event, k.name, i.flow_key, NULL FROM inbox i JOIN flow_kind k"
        " ON k.id = i.kind");
    struct sqlite3_stmt *drop = prepare(f, "DELETE FROM inbox WHERE id = ?1");
    while (row(f, st)) {
        if (!is_theirs(f, st)) continue;
        put_int(drop, 1, col_int(st, 0));
        f->out->facts += run(f, drop);
    }
    sqlite_finish(drop);
    sqlite_finish(st);
}

static void drop_trail(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f, "DELETE FROM audit WHERE event = ?1 AND about = ?2");
    for (struct record_iter it = record_each(record_get(f->what, "people")); record_next(&it);) {
        put_text(st, 1, record_get_text(it.value, "event"));
        put_text(st, 2, record_get_text(it.value, "key"));
        f->out->lines += run(f, st);
    }
    sqlite_finish(st);
}

// ---- entries of books -----------------------------------------------------------------------------------

static void put_entry(struct sqlite3_stmt *st, struct record entry)
{
    put_text(st, 1, record_get_text(entry, "event"));
    put_text(st, 2, record_get_text(entry, "book"));
    put_text(st, 3, record_get_text(entry, "key"));
}

// Whether the book still holds what it held when it was looked at.
static bool holds(struct forget *f, struct record entry)
{
    struct sqlite3_stmt *st = prepare(f,
        "SELECT value FROM book WHERE event = ?1 AND book = ?2 AND key = ?3");
    struct record was = record_get(entry, "was");
    put_entry(st, entry);
    struct record is = row(f, st) ? col_record(st, 0) : (struct record){0};
    bool same = was.len == is.len && (!was.len || memcmp(was.data, is.data, was.len) == 0);
    sqlite_finish(st);
    return same;
}

static int write_entries(struct forget *f)
{
    for (struct record_iter it = record_each(record_get(f->what, "entries")); record_next(&it);) {
        bool sealed = record_get_bool(it.value, "sealed", false);
        struct record now = record_get(it.value, "now");
        if (!sealed && !f->anyway && !holds(f, it.value))
            return err_set(f->e, ERR_BUSY, "somebody has changed it meanwhile: once more, please");
        struct batch *one = batch_new();
        (sealed ? batch_sealed : batch_book)(one, record_get_text(it.value, "event"),
            record_get_text(it.value, "book"), record_get_text(it.value, "key"), now);
        write_batch(store_writer(f->store), one);
        batch_free(one);
        f->out->entries++;
    }
    return 0;
}

// ---- the words, everywhere else -------------------------------------------------------------------------

// A table of which every row is looked at. The first column is what finds a row again; `put` writes the
// others.
struct walk {
    const char *look, *put;
    const char *kinds; // of the columns behind the first: t text, v value
    const char *also;  // done with the row's number when something was changed; NULL: nothing
};

static const struct walk walks[] = {
    {"SELECT id, key, label, why, input, result FROM flow",
        "UPDATE OR REPLACE flow SET key = ?2, label = ?3, why = ?4, input = ?5, result = ?6 WHERE id = ?1",
        "tttvv", NULL},
    {"SELECT seq, key, note, value, flow FROM journal",
        "UPDATE journal SET key = ?2, note = ?3, value = ?4 WHERE seq = ?1", "ttv",
        "INSERT OR IGNORE INTO " CHANGED " SELECT flow FROM journal WHERE seq = ?1"},
    {"SELECT id, flow_key, dedup, name, value FROM inbox",
        "UPDATE OR REPLACE inbox SET flow_key = ?2, dedup = ?3, name = ?4, value = ?5 WHERE id = ?1", "tttv",
        NULL},
    {"SELECT id, who, what, note, about FROM audit",
        "UPDATE audit SET who = ?2, what = ?3, note = ?4, about = ?5 WHERE id = ?1", "tttt", NULL},
};

static struct text text_col(struct sqlite3_stmt *st, int i)
{
    return col_kind(st, i) == RECORD_TEXT ? col_text(st, i) : (struct text){0};
}

static bool has_word(const struct forget *f, struct sqlite3_stmt *st, int i, char kind)
{
    if (kind == 't') return scrub_finds(&f->scrub, text_col(st, i));
    return scrub_finds_in(&f->scrub, col_record(st, i));
}

static void put_scrubbed(const struct forget *f, struct sqlite3_stmt *from, int i, char kind,
    struct sqlite3_stmt *put, struct buf *out)
{
    struct text t = text_col(from, i);
    struct record v = kind == 'v' ? col_record(from, i) : (struct record){0};
    buf_init(out, SIZE_MAX / 2);
    if (kind == 't') {
        scrub_text(&f->scrub, t, out);
        if (col_kind(from, i) == RECORD_NIL) put_some_text(put, i + 1, (struct text){0});
        else put_text(put, i + 1, buf_text(out));
    } else {
        if (v.data) scrub_record(&f->scrub, v, out);
        put_record(put, i + 1, (struct record){(uint8_t *)(v.data ? out->data : NULL), out->len});
    }
}

static void rewrite(struct forget *f, const struct walk *w, struct sqlite3_stmt *st, struct sqlite3_stmt *put)
{
    int n = (int)strlen(w->kinds);
    struct buf out[8];
    put_int(put, 1, col_int(st, 0));
    for (int i = 0; i < n; i++) put_scrubbed(f, st, i + 1, w->kinds[i], put, &out[i]);
    run(f, put);
    for (int i = 0; i < n; i++) buf_release(&out[i]);
    if (w->also) run_once(f, w->also, col_int(st, 0));
    f->out->mentions++;
}

static void walk_table(struct forget *f, const struct walk *w)
{
    struct sqlite3_stmt *st = prepare(f, w->look), *put = prepare(f, w->put);
    while (row(f, st)) {
        bool any = false;
        for (int i = 0; w->kinds[i] && !any; i++) any = has_word(f, st, i + 1, w->kinds[i]);
        if (any) rewrite(f, w, st, put);
    }
    sqlite_finish(put);
    sqlite_finish(st);
}

// An entry that is kept under somebody's name or address says nothing without it.
static void walk_books(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f, "SELECT event, book, key, value FROM book");
    struct sqlite3_stmt *drop = prepare(f, "DELETE FROM book WHERE event = ?1 AND book = ?2 AND key = ?3");
    struct sqlite3_stmt *put = prepare(f,
        "UPDATE book SET value = ?4 WHERE event = ?1 AND book = ?2 AND key = ?3");
    while (row(f, st)) {
        bool named = scrub_finds(&f->scrub, col_text(st, 2));
        if (!named && !scrub_finds_in(&f->scrub, col_record(st, 3))) continue;
        struct sqlite3_stmt *act = named ? drop : put;
        struct buf out;
        buf_init(&out, SIZE_MAX / 2);
        for (int i = 0; i < 3; i++) put_text(act, i + 1, col_text(st, i));
        if (!named) {
            scrub_record(&f->scrub, col_record(st, 3), &out);
            put_record(act, 4, (struct record){(uint8_t *)out.data, out.len});
        }
        run(f, act);
        buf_release(&out);
        f->out->mentions++;
    }
    sqlite_finish(put);
    sqlite_finish(drop);
    sqlite_finish(st);
}

// Two names and a value, as the tables `sealed`, `setting` and `occurrence` have them.
static void walk_named(struct forget *f, const char *look, const char *put_sql, char kind)
{
    struct sqlite3_stmt *st = prepare(f, look), *put = prepare(f, put_sql);
    while (row(f, st)) {
        if (!has_word(f, st, 2, kind)) continue;
        struct buf out;
        put_text(put, 1, col_text(st, 0));
        put_text(put, 2, col_text(st, 1));
        put_scrubbed(f, st, 2, kind, put, &out);
        run(f, put);
        buf_release(&out);
        f->out->mentions++;
    }
    sqlite_finish(put);
    sqlite_finish(st);
}

// ---- kept versions of scripts ---------------------------------------------------------------------------

static bool ends_in(struct text name, const char *ending)
{
    size_t len = strlen(ending);
    return name.len >= len && strncasecmp(name.data + name.len - len, ending, len) == 0;
}

// A list that another event handed on (engine/handed.h): without the entries that hold an address of
// theirs.
static bool scrub_handed(struct forget *f, struct text source, struct buf *out)
{
    struct record_map map, people;
    struct buf list, rest;
    bool changed = false;
    buf_init(&list, SIZE_MAX / 2);
    buf_init(&rest, SIZE_MAX / 2);
    record_from_json(source, &list, NULL);
    struct record all = {(uint8_t *)list.data, list.len};
    record_map_init(&map);
    record_map_init(&people);
    for (struct record_iter it = record_each(record_get(all, "people")); record_next(&it);) {
        bool theirs = scrub_names_address(&f->scrub, it.value);
        changed |= theirs;
        f->out->rows += theirs;
        if (theirs) continue;
        struct buf *pair = record_map_pair(&people);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    record_map_value(&map, "about", record_get(all, "about"));
    record_map_end(&people, record_map_key(&map, "people"));
    record_map_end(&map, &rest);
    if (changed) record_print_json((struct record){(uint8_t *)rest.data, rest.len}, out);
    else buf_addt(out, source);
    buf_release(&list);
    buf_release(&rest);
    return changed;
}

// Of a list a whole row goes; the words go out of every other text. What usher brings along names nobody.
static bool scrub_source(struct forget *f, struct text name, struct text source, struct buf *out)
{
    char path[256];
    snprintf(path, sizeof path, "scripts/%.*s", name.len < 240 ? (int)name.len : 0, name.data);
    struct text own = embedded_find(path);
    if (own.data && text_eq(own, source)) {
        buf_addt(out, source);
        return false;
    }
    if (name.len > 8 && memcmp(name.data, "@handed/", 8) == 0) return scrub_handed(f, source, out);
    if (ends_in(name, ".xlsx")) { // packed: nothing is to be seen in it
        buf_addt(out, source);
        return false;
    }
    if (!ends_in(name, ".csv")) return scrub_text(&f->scrub, source, out);
    size_t rows = scrub_rows(&f->scrub, source, out, NULL);
    f->out->rows += (int64_t)rows;
    struct buf list = *out;
    buf_init(out, SIZE_MAX / 2);
    bool more = scrub_text(&f->scrub, buf_text(&list), out); // another's row may name them
    buf_release(&list);
    return rows || more;
}

static bool scrub_sources(struct forget *f, struct record sources, struct buf *out)
{
    struct record_map map;
    struct text name, source;
    bool changed = false;
    record_map_init(&map);
    for (struct record_iter it = record_each(sources); record_next(&it);) {
        struct buf one, *pair = record_map_pair(&map);
        record_put(pair, it.key);
        if (!record_text(it.key, &name) || !record_text(it.value, &source)) {
            record_put(pair, it.value);
            continue;
        }
        buf_init(&one, SIZE_MAX / 2);
        changed |= scrub_source(f, name, source, &one);
        record_put_text(pair, buf_text(&one));
        buf_release(&one);
    }
    record_map_end(&map, out);
    return changed;
}

// The version that has become the same as this one, or 0.
static int64_t same_version(struct forget *f, int64_t id, struct text event, struct hash hash)
{
    int64_t other = 0;
    struct sqlite3_stmt *st = prepare(f, "SELECT id FROM script WHERE event = ?1 AND hash = ?2 AND id <> ?3");
    put_text(st, 1, event);
    put_record(st, 2, (struct record){hash.bytes, HASH_LEN});
    put_int(st, 3, id);
    if (row(f, st)) other = col_int(st, 0);
    sqlite_finish(st);
    return other;
}

// Two versions that differed by nothing but this person are one from here on.
static void join_versions(struct forget *f, struct text event, int64_t from, int64_t into)
{
    struct sqlite3_stmt *st = prepare(f, "UPDATE flow SET script = ?2 WHERE script = ?1");
    put_int(st, 1, from);
    put_int(st, 2, into);
    run(f, st);
    sqlite_finish(st);
    run_once(f, "DELETE FROM script WHERE id = ?1", from);
    struct buf was, is;
    buf_init(&was, 16);
    buf_init(&is, 16);
    record_put_int(&was, from);
    record_put_int(&is, into);
    st = prepare(f, "UPDATE setting SET value = ?3 WHERE name = 'version ' || ?1 AND value = ?2");
    put_text(st, 1, event);
    put_record(st, 2, (struct record){(uint8_t *)was.data, was.len});
    put_record(st, 3, (struct record){(uint8_t *)is.data, is.len});
    run(f, st);
    sqlite_finish(st);
    buf_release(&was);
    buf_release(&is);
}

static void write_version(struct forget *f, int64_t id, struct text event, struct record sources)
{
    struct hash hash = f->hash(sources);
    int64_t other = same_version(f, id, event, hash);
    f->out->versions++;
    if (other) {
        join_versions(f, event, id, other);
        return;
    }
    struct sqlite3_stmt *st = prepare(f, "UPDATE script SET sources = ?2, hash = ?3 WHERE id = ?1");
    put_int(st, 1, id);
    put_record(st, 2, sources);
    put_record(st, 3, (struct record){hash.bytes, HASH_LEN});
    run(f, st);
    sqlite_finish(st);
}

static void walk_versions(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f, "SELECT id, event, sources FROM script ORDER BY id");
    while (row(f, st)) {
        struct buf out, event;
        buf_init(&out, SIZE_MAX / 2);
        buf_init(&event, SIZE_MAX / 2);
        buf_addt(&event, col_text(st, 1));
        int64_t id = col_int(st, 0);
        if (scrub_sources(f, col_record(st, 2), &out))
            write_version(f, id, buf_text(&event), (struct record){(uint8_t *)out.data, out.len});
        buf_release(&out);
        buf_release(&event);
    }
    sqlite_finish(st);
}

static void walk_everything(struct forget *f)
{
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) walk_table(f, &walks[i]);
    run_plain(f,
        "DELETE FROM journal WHERE flow NOT IN (SELECT id FROM flow)"); // of a flow that was replaced
    walk_books(f);
    walk_named(f, "SELECT event, book, entries FROM sealed",
        "UPDATE sealed SET entries = ?3 WHERE event = ?1 AND book = ?2", 'v');
    walk_named(f, "SELECT name, '', value FROM setting WHERE name NOT IN ('secret', '" STORE_FORGETTING "')",
        "UPDATE setting SET value = ?3 WHERE name = ?1 AND ?2 = ''", 'v');
    walk_named(f, "SELECT event, schedule || char(10) || nominal, note FROM occurrence",
        "UPDATE occurrence SET note = ?3 WHERE event = ?1 AND schedule || char(10) || nominal = ?2", 't');
    walk_versions(f);
}

// ---- chains ---------------------------------------------------------------------------------------------

static void chain_anew(struct forget *f, int64_t flow)
{
    struct sqlite3_stmt *st = prepare(f,
        "SELECT n, step, state, kind, key, line, dseq, attempt, at, due, note, value,"
        " erased, seq FROM journal WHERE flow = ?1 ORDER BY n");
    struct sqlite3_stmt *put = prepare(f, "UPDATE journal SET sum = ?2 WHERE seq = ?1");
    uint64_t sum = 0;
    put_int(st, 1, flow);
    while (row(f, st)) {
        struct journal_row r = {.flow = flow,
            .n = (int32_t)col_int(st, 0),
            .step = (int32_t)col_int(st, 1),
            .state = (enum step_state)col_int(st, 2),
            .kind = (enum step_kind)col_int(st, 3),
            .key = col_text(st, 4),
            .line = (int32_t)col_int(st, 5),
            .dseq = (int32_t)col_int(st, 6),
            .attempt = (int32_t)col_int(st, 7),
            .at = col_instant(st, 8),
            .due = col_instant(st, 9),
            .note = col_text(st, 10)};
        uint64_t value_sum = col_kind(st, 12) == RECORD_INT ? (uint64_t)col_int(st, 12)
                                                            : chain_value_sum(col_record(st, 11));
        sum = chain_sum(sum, &r, value_sum);
        put_int(put, 1, col_int(st, 13));
        put_int(put, 2, (int64_t)sum);
        run(f, put);
    }
    sqlite_finish(put);
    sqlite_finish(st);
    write_remember(store_writer(f->store), flow, sum);
}

static void chain_changed(struct forget *f)
{
    struct sqlite3_stmt *st = prepare(f, "SELECT id FROM " CHANGED);
    while (row(f, st)) chain_anew(f, col_int(st, 0));
    sqlite_finish(st);
    run_plain(f, "DROP TABLE " OWN "; DROP TABLE " CHANGED);
}

// ---- the whole of it ------------------------------------------------------------------------------------

// ---- whole events -----------------------------------------------------------------------------------------

static void clear_event(struct forget *f, struct text event)
{
    static const char *const acts[] = {
        "DELETE FROM journal WHERE flow IN (SELECT f.id FROM flow f JOIN flow_kind k ON k.id = f.kind"
        " WHERE k.event = ?1)",
        "DELETE FROM flow WHERE kind IN (SELECT id FROM flow_kind WHERE event = ?1)",
        "DELETE FROM inbox WHERE kind IN (SELECT id FROM flow_kind WHERE event = ?1)",
        "DELETE FROM book WHERE event = ?1",
        "DELETE FROM sealed WHERE event = ?1 AND book NOT LIKE '%-answers'",
        "DELETE FROM audit WHERE event = ?1",
        "DELETE FROM script WHERE event = ?1",
        "UPDATE occurrence SET note = NULL WHERE event = ?1",
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        struct sqlite3_stmt *st = prepare(f, acts[i]);
        put_text(st, 1, event);
        int64_t n = run(f, st);
        if (i == 1) f->out->flows += n;
        sqlite_finish(st);
    }
}

static void keep_counts(struct batch *b, struct record event)
{
    struct text name = record_get_text(event, "event");
    struct buf version, setting;
    buf_init(&version, 16);
    buf_init(&setting, 4096);
    record_put_int(&version, -1);
    buf_addf(&setting, "version %.*s", (int)name.len, name.data);
    batch_setting(b, buf_text(&setting), (struct record){(uint8_t *)version.data, version.len});
    struct record counts = record_get(event, "counts");
    if (counts.data) batch_book(b, name, TEXT("forgotten"), TEXT("counts"), counts);
    buf_release(&version);
    buf_release(&setting);
}

static void clear_events(struct forget *f)
{
    struct batch *b = batch_new();
    for (struct record_iter it = record_each(record_get(f->what, "events")); record_next(&it);) {
        clear_event(f, record_get_text(it.value, "event"));
        keep_counts(b, it.value);
        f->out->events++;
    }
    write_batch(store_writer(f->store), b);
    batch_free(b);
}

static void write_down(struct forget *f)
{
    struct batch *b = batch_new();
    struct buf stage;
    buf_init(&stage, 64);
    record_from_json(TEXT("{\"stage\":\"sweep\"}"), &stage, NULL);
    batch_setting(b, TEXT(STORE_FORGETTING), (struct record){(uint8_t *)stage.data, stage.len});
    batch_audit(b, &(struct audit_row){.at = {record_get_int(f->what, "at", 0)},
                       .who = record_get_text(f->what, "who"),
                       .event = record_get_text(f->what, "event"),
                       .what = TEXT("somebody was forgotten"),
                       .note = record_get_text(f->what, "note")});
    write_batch(store_writer(f->store), b);
    batch_free(b);
    buf_release(&stage);
}

static int forget(struct forget *f)
{
    find_own(f);
    drop_waiting(f);
    erase_values(f);
    end_own(f);
    drop_trail(f);
    if (write_entries(f)) {
        run_plain(f, "ROLLBACK");
        return -(int)f->e->code;
    }
    clear_events(f);
    if (record_count(record_get(f->what, "words"))) walk_everything(f);
    chain_changed(f);
    write_down(f);
    write_commit(store_writer(f->store));
    return 0;
}

int store_forget(struct store *s, struct record what, struct hash (*hash)(struct record sources), bool anyway,
    struct store_forgotten *out, struct err *e)
{
    struct err own;
    struct forget f =
        {.store = s, .what = what, .hash = hash, .anyway = anyway, .out = out, .e = e ? e : &own};
    *out = (struct store_forgotten){0};
    if (scrub_init(&f.scrub, record_get(what, "words"), record_get(what, "keep"), f.e))
        return -(int)f.e->code;
    f.q = store_borrow(s);
    sqlite_zero_deleted(f.q, true);
    write_begin(store_writer(s));
    int failed = forget(&f);
    sqlite_zero_deleted(f.q, false);
    store_give_back(s);
    return failed;
}

int store_sweep(struct store *s, struct err *e)
{
    struct sqlite *q = store_borrow(s);
    int failed = sqlite_lock(q) < 0 ? 0
                                    : sqlite_run(q, "VACUUM", e); // in memory there is nothing to be found
    if (!failed && sqlite_lock(q) >= 0) sqlite_fold(q);
    if (!failed) failed = sqlite_run(q, "DELETE FROM setting WHERE name = '" STORE_FORGETTING "'", e);
    store_give_back(s);
    return failed;
}
