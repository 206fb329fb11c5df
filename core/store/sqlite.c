// SPDX-License-Identifier: MIT
// sqlite: opening with the on-disk format, statements, and what happens when a write fails.
//
// Owns the connection and the lock. Holds always, once open: the file is usher's, at this program's schema
// version, in WAL mode with synchronous=FULL (read back, not only asked for), and locked for this process.
// locking_mode=EXCLUSIVE keeps the WAL index in memory and saves six system calls a commit; it also keeps
// a sqlite3 shell out of a running engine's file. The WAL stays at its default size: a small one is
// overwritten again and again, and overwriting costs half of what appending costs.
#include "store/sqlite.h"

#include "base/embedded.h"
#include "store/lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x75736872 // "ushr"
#define SYNCHRONOUS_FULL 2
#define BUSY_WAIT_MS 2000 // a sqlite3 shell that is just reading

// What turns version i into i + 1; a new file starts at 0. Each script sets user_version itself.
static const char *const migrations[] = {"core/store/schema.sql"};
#define SCHEMA_VERSION ((int64_t)(sizeof migrations / sizeof *migrations))

struct sqlite {
    sqlite3 *db;
    char *path;
    int lock; // descriptor, or -1 for a database in memory
};

// -- failures

int sqlite_failure(struct sqlite *q, struct err *e)
{
    int code = sqlite3_errcode(q->db);
    if ((code & 0xff) == SQLITE_NOTADB)
        return err_set(e, ERR_STORAGE, "%s is no database: give usher another file name.", q->path);
    if ((code & 0xff) == SQLITE_BUSY)
        return err_set(e, ERR_BUSY,
            "%s is in use by another program, perhaps a sqlite3 shell: close it first.", q->path);
    return err_set(e, ERR_STORAGE, "%s: the database says: %s.", q->path, sqlite3_errmsg(q->db));
}

// What to do about it, by what SQLite found.
static const char *advice_for(int code)
{
    switch (code & 0xff) {
    case SQLITE_FULL: return "The disk is full: make room, then start usher again.";
    case SQLITE_CONSTRAINT: return "This is a fault in usher: please report it. Starting it again is safe.";
    default: return "Check the disk, then start usher again: it goes on from what is there.";
    }
}

void sqlite_fatal(struct sqlite *q, const char *doing)
{
    fprintf(stderr,
        "usher: %s: %s failed (%s); stopping at once, since nobody knows how much is on disk. %s\n", q->path,
        doing, sqlite3_errmsg(q->db), advice_for(sqlite3_errcode(q->db)));
    fflush(stderr);
    _exit(3); // not exit: nothing that waits in a buffer or a handler may go out after this
}

// -- statements

struct sqlite3_stmt *sqlite_prepare(struct sqlite *q, const char *sql, struct err *e)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v3(q->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &st, NULL) != SQLITE_OK)
        sqlite_failure(q, e);
    return st;
}

void sqlite_finish(struct sqlite3_stmt *st)
{
    sqlite3_finalize(st);
}

int sqlite_run(struct sqlite *q, const char *sql, struct err *e)
{
    return sqlite3_exec(q->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : sqlite_failure(q, e);
}

void put_int(struct sqlite3_stmt *st, int i, int64_t v)
{
    sqlite3_bind_int64(st, i, v);
}

void put_some_int(struct sqlite3_stmt *st, int i, int64_t v)
{
    if (v) sqlite3_bind_int64(st, i, v);
    else sqlite3_bind_null(st, i);
}

void put_text(struct sqlite3_stmt *st, int i, struct text v)
{
    sqlite3_bind_text64(st, i, v.data ? v.data : "", v.len, SQLITE_STATIC, SQLITE_UTF8);
}

void put_some_text(struct sqlite3_stmt *st, int i, struct text v)
{
    if (v.len) put_text(st, i, v);
    else sqlite3_bind_null(st, i);
}

void put_record(struct sqlite3_stmt *st, int i, struct record v)
{
    if (v.data) sqlite3_bind_blob64(st, i, v.data, v.len, SQLITE_STATIC);
    else sqlite3_bind_null(st, i);
}

int put_index(struct sqlite3_stmt *st, const char *name)
{
    char with_colon[64];
    snprintf(with_colon, sizeof with_colon, ":%s", name);
    return sqlite3_bind_parameter_index(st, with_colon);
}

enum stmt_result stmt_step(struct sqlite3_stmt *st)
{
    int code = sqlite3_step(st);
    return code == SQLITE_ROW ? STMT_ROW : code == SQLITE_DONE ? STMT_END : STMT_FAILED;
}

void stmt_reset(struct sqlite3_stmt *st)
{
    sqlite3_reset(st);
}

enum record_kind col_kind(struct sqlite3_stmt *st, int i)
{
    switch (sqlite3_column_type(st, i)) {
    case SQLITE_NULL: return RECORD_NIL;
    case SQLITE_INTEGER: return RECORD_INT;
    case SQLITE_TEXT: return RECORD_TEXT;
    default: return RECORD_NONE;
    }
}

int64_t col_int(struct sqlite3_stmt *st, int i)
{
    return sqlite3_column_int64(st, i);
}

struct instant col_instant(struct sqlite3_stmt *st, int i)
{
    return (struct instant){sqlite3_column_int64(st, i)};
}

struct text col_text(struct sqlite3_stmt *st, int i)
{
    const char *data = (const char *)sqlite3_column_text(st, i);
    return (struct text){data ? data : "", (size_t)sqlite3_column_bytes(st, i)};
}

struct record col_record(struct sqlite3_stmt *st, int i)
{
    const uint8_t *data = sqlite3_column_blob(st, i);
    return (struct record){data, (size_t)sqlite3_column_bytes(st, i)};
}

int col_count(struct sqlite3_stmt *st)
{
    return sqlite3_column_count(st);
}

const char *col_name(struct sqlite3_stmt *st, int i)
{
    return sqlite3_column_name(st, i);
}

int64_t sqlite_changes(struct sqlite *q)
{
    return sqlite3_changes64(q->db);
}

int64_t sqlite_last_id(struct sqlite *q)
{
    return sqlite3_last_insert_rowid(q->db);
}

// -- leaving no traces

void sqlite_zero_deleted(struct sqlite *q, bool on)
{
    const char *sql = on ? "PRAGMA secure_delete = ON" : "PRAGMA secure_delete = OFF";
    if (sqlite_run(q, sql, NULL)) sqlite_fatal(q, "a setting");
}

void sqlite_fold(struct sqlite *q)
{
    int code = sqlite3_wal_checkpoint_v2(q->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    if (code != SQLITE_OK) sqlite_fatal(q, "emptying the write-ahead log");
}

void sqlite_shrink(struct sqlite *q)
{
    sqlite3_db_release_memory(q->db);
}

// -- opening

int sqlite_int(struct sqlite *q, const char *sql, int64_t *out, struct err *e)
{
    struct sqlite3_stmt *st = sqlite_prepare(q, sql, e);
    if (!st) return -ERR_STORAGE;
    int failed = stmt_step(st) == STMT_ROW ? 0 : sqlite_failure(q, e);
    if (!failed) *out = col_int(st, 0);
    sqlite_finish(st);
    return failed;
}

// 0 with the version when the file is ours or new; nothing was written yet.
static int check_owner(struct sqlite *q, int64_t *version, struct err *e)
{
    int64_t owner, tables;
    if (sqlite_int(q, "PRAGMA application_id", &owner, e) ||
        sqlite_int(q, "PRAGMA user_version", version, e) ||
        sqlite_int(q, "SELECT count(*) FROM sqlite_schema", &tables, e))
        return -ERR_STORAGE;
    bool new_file = owner == 0 && *version == 0 && tables == 0;
    if (owner != APPLICATION_ID && !new_file)
        return err_set(e, ERR_STORAGE, "%s belongs to another program: give usher another file name.",
            q->path);
    if (*version > SCHEMA_VERSION)
        return err_set(e, ERR_STORAGE,
            "%s was written by a newer usher (its format is %lld, this one knows %lld): "
            "use the newer program, or go back to an older backup.",
            q->path, (long long)*version, (long long)SCHEMA_VERSION);
    return 0;
}

// All steps in one transaction: a file is never between two versions.
static int migrate(struct sqlite *q, int64_t version, struct err *e)
{
    if (version == SCHEMA_VERSION) return 0;
    if (sqlite_run(q, "BEGIN IMMEDIATE", e)) return -ERR_STORAGE;
    for (; version < SCHEMA_VERSION; version++) {
        struct text sql = embedded_find(migrations[version]);
        assert(sql.data); // the build puts it there
        if (sqlite_run(q, sql.data, e)) goto fail;
    }
    if (sqlite_run(q, "COMMIT", e) == 0) return 0;
fail:
    sqlite3_exec(q->db, "ROLLBACK", NULL, NULL, NULL);
    return err_in(e, "bringing the database to format %lld", (long long)SCHEMA_VERSION);
}

static int set_wal(struct sqlite *q, bool *wal, struct err *e)
{
    struct sqlite3_stmt *st = sqlite_prepare(q, "PRAGMA journal_mode = WAL", e);
    if (!st) return -ERR_STORAGE;
    int failed = stmt_step(st) == STMT_ROW ? 0 : sqlite_failure(q, e);
    *wal = !failed && text_is(col_text(st, 0), "wal");
    sqlite_finish(st);
    return failed;
}

static int set_durable(struct sqlite *q, struct err *e)
{
    int64_t synchronous = 0;
    bool wal;
    if (sqlite_run(q, "PRAGMA synchronous = FULL", e) || set_wal(q, &wal, e) ||
        sqlite_int(q, "PRAGMA synchronous", &synchronous, e))
        return -ERR_STORAGE;
    if (wal && synchronous == SYNCHRONOUS_FULL) return 0;
    return err_set(e, ERR_STORAGE,
        "%s is on a file system that can't keep usher's promise (no write-ahead log): move it to a local "
        "disk.",
        q->path);
}

// secure_delete is Debian's default and costs on every update; what may leave no traces turns it on itself.
static const char settings[] = "PRAGMA locking_mode = EXCLUSIVE; PRAGMA secure_delete = OFF;"
                               "PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;";

// A crash between the commit of a sealed book and the folding left the book's last change readable.
static int make_good(struct sqlite *q, struct err *e)
{
    int64_t sealed;
    if (sqlite_int(q, "SELECT EXISTS (SELECT 1 FROM sealed)", &sealed, e)) return -ERR_STORAGE;
    return sealed ? sqlite_run(q, "PRAGMA wal_checkpoint(TRUNCATE)", e) : 0;
}

static int set_up(struct sqlite *q, bool look, struct err *e)
{
    int64_t version;
    sqlite3_busy_timeout(q->db, BUSY_WAIT_MS);
    sqlite3_db_config(q->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (!look && sqlite_run(q, settings, e)) return -ERR_STORAGE;
    if (check_owner(q, &version, e)) return -ERR_STORAGE;
    if (look && version != SCHEMA_VERSION)
        return err_set(e, ERR_STORAGE, "%s has an older format: start usher once, it brings it up to date.",
            q->path);
    if (look) return 0;
    if (q->lock < 0)
        return sqlite_run(q, "PRAGMA synchronous = OFF", e) ? -ERR_STORAGE : migrate(q, version, e);
    return set_durable(q, e) || migrate(q, version, e) || make_good(q, e) ? -ERR_STORAGE : 0;
}

// SQLite counts its memory under a lock of the whole process: a tenth of a commit, and usher never asks
// for it. An embedding program that has used SQLite before keeps what it chose: then this is refused.
static void spare_the_count(void)
{
    static bool asked;
    if (!asked) sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    asked = true;
}

struct sqlite *sqlite_open(const char *path, bool look, struct err *e)
{
    spare_the_count();
    struct sqlite *q = mem_alloc(sizeof *q);
    q->path = mem_copyz(path);
    q->lock = -1;
    bool in_memory = strcmp(path, ":memory:") == 0;
    if (!in_memory && (q->lock = lock_open(path, look, e)) < 0) goto fail;
    int flags = SQLITE_OPEN_NOMUTEX |
                (look ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (sqlite3_open_v2(path, &q->db, flags, NULL) != SQLITE_OK) {
        sqlite_failure(q, e);
        goto fail;
    }
    sqlite3_extended_result_codes(q->db, 1);
    if (set_up(q, look, e)) goto fail;
    return q;
fail:
    sqlite_close(q);
    return NULL;
}

void sqlite_close(struct sqlite *q)
{
    if (!q) return;
    int code = sqlite3_close(q->db);
    assert(code == SQLITE_OK); // a statement was not finished
    (void)code;
    if (q->lock >= 0) close(q->lock); // after SQLite: see lock.c
    free(q->path);
    free(q);
}

int sqlite_lock(const struct sqlite *q)
{
    return q->lock;
}

// -- backup

static int copy_into(struct sqlite *q, sqlite3 *to, const char *to_path, struct err *e)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", q->db, "main");
    if (backup) sqlite3_backup_step(backup, -1);
    if (backup && sqlite3_backup_finish(backup) == SQLITE_OK) return 0;
    return err_set(e, ERR_STORAGE, "The backup to %s failed: %s.", to_path, sqlite3_errmsg(to));
}

// All bytes of a file, in SQLite's own memory; NULL with words.
static unsigned char *read_whole(const char *path, sqlite3_int64 *len, struct err *e)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char *bytes = fd >= 0 && fstat(fd, &st) == 0 ? sqlite3_malloc64((sqlite3_uint64)st.st_size)
                                                          : NULL;
    ssize_t got = 1;
    *len = 0;
    while (bytes && *len < st.st_size && (got = read(fd, bytes + *len, (size_t)(st.st_size - *len))) > 0)
        *len += got;
    if (fd < 0 || !bytes || got <= 0 || *len < 100) {
        err_set(e, ERR_STORAGE, "The copy %s can't be read: %s.", path, strerror(errno));
        sqlite3_free(bytes);
        bytes = NULL;
    }
    if (fd >= 0) close(fd);
    return bytes;
}

int sqlite_restore(struct sqlite *q, const char *from_path, struct err *e)
{
    sqlite3_int64 len;
    unsigned char *bytes = read_whole(from_path, &len, e);
    if (!bytes) return -ERR_STORAGE;
    bytes[18] = bytes[19] = 1; // a database in memory has no write-ahead log
    unsigned flags = SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE;
    if (sqlite3_deserialize(q->db, "main", bytes, len, len, flags) == SQLITE_OK) return 0;
    return err_set(e, ERR_STORAGE, "The copy %s can't be used: %s.", from_path, sqlite3_errmsg(q->db));
}

// Into a file that is there already, and that may have no name: another process's memory.
int sqlite_pour(struct sqlite *q, const char *to_path, struct err *e)
{
    sqlite3_int64 len = 0, done = 0;
    unsigned char *bytes = sqlite3_serialize(q->db, "main", &len, 0);
    int fd = open(to_path, O_WRONLY | O_CLOEXEC);
    ssize_t put = 1;
    while (bytes && fd >= 0 && done < len && (put = write(fd, bytes + done, (size_t)(len - done))) > 0)
        done += put;
    bool failed = !bytes || fd < 0 || done < len;
    if (failed) err_set(e, ERR_STORAGE, "A copy can't be written to %s: %s.", to_path, strerror(errno));
    if (fd >= 0) close(fd);
    sqlite3_free(bytes);
    return failed ? -ERR_STORAGE : 0;
}

int sqlite_backup(struct sqlite *q, const char *to_path, struct err *e)
{
    sqlite3 *to = NULL;
    // Made by us first, so that nobody else can read it, and nothing is overwritten.
    int fd = open(to_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) return err_set(e, ERR_STORAGE, "The backup %s can't be made: %s.", to_path, strerror(errno));
    close(fd);
    int failed = 0;
    if (sqlite3_open_v2(to_path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        failed = err_set(e, ERR_STORAGE, "The backup to %s failed: %s.", to_path, sqlite3_errmsg(to));
    if (!failed) failed = copy_into(q, to, to_path, e);
    sqlite3_close(to);
    if (failed) unlink(to_path);
    return failed;
}
