// SPDX-License-Identifier: MIT
// W1, durable steps: 500 flows of 10 trivial steps, all submitted at once.
//
//   bench_w1 [FLOWS [STEPS]]
//
// A step's answer may be used before it is on disk, because whatever a flow then does leaves with a later
// commit (engine/tick.c); the floor does the same rows of the same table in the same run: C and SQLite, one
// commit for each round in which every flow takes one step, each round waiting for the one before.
// Second line: bytes on disk of an ordinary step, with a key of 35 bytes and a value of 80 (statement 31).
// Third: one flow alone, in which each commit has only its own rows to share.
#include "bench.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static void write_script(int flows, int steps, const char *name, const char *value)
{
    bench_write(bench_path("bench.lua"),
        "usher.describe{ id = \"bench\", title = \"Steps\", zone = \"UTC\" }\n"
        "usher.flow(\"steps\", function()\n"
        "  for n = 1, %d do usher.decide(\"%s\" .. n, function() return %s end) end\n"
        "end)\n"
        "for i = 1, %d do usher.start(\"steps\", { key = \"K\" .. i }) end\n",
        steps, name, value, flows);
}

// ---- the floor ------------------------------------------------------------------------------------------

static const char floor_schema[] =
    "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
    "CREATE TABLE journal (seq INTEGER PRIMARY KEY, flow INTEGER NOT NULL, n INTEGER NOT NULL, step INTEGER,"
    " state INTEGER, kind INTEGER, key TEXT, line INTEGER, dseq INTEGER, attempt INTEGER, at INTEGER, value "
    "BLOB,"
    " sum INTEGER); CREATE UNIQUE INDEX journal_flow ON journal (flow, n);";

static void floor_round(sqlite3 *db, sqlite3_stmt *insert, int flows, int n)
{
    char key[32];
    int len = snprintf(key, sizeof key, "decide:step %d", n);
    sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    for (int flow = 1; flow <= flows; flow++) {
        const int64_t columns[] = {flow, n, n, 2, 0, 3, 0, 0, INT64_C(1790000000000),
            INT64_C(0x123456789abcdef) * flow};
        for (int i = 0; i < 10; i++) sqlite3_bind_int64(insert, i + 1, columns[i]);
        sqlite3_bind_text(insert, 11, key, len, SQLITE_STATIC);
        sqlite3_bind_blob(insert, 12, "\x01", 1, SQLITE_STATIC);
        bench_must(sqlite3_step(insert) == SQLITE_DONE, "the floor: %s", sqlite3_errmsg(db));
        sqlite3_reset(insert);
    }
    sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
}

static void measure_floor(struct bench_line *line, int flows, int steps)
{
    sqlite3 *db;
    sqlite3_stmt *insert;
    int open = sqlite3_open(bench_path("floor.db"), &db);
    bench_must(open == SQLITE_OK && sqlite3_exec(db, floor_schema, NULL, NULL, NULL) == SQLITE_OK,
        "no floor");
    sqlite3_prepare_v2(db,
        "INSERT INTO journal (flow, n, step, state, kind, line, dseq, attempt, at, sum, key, value)"
        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        -1, &insert, NULL);
    int64_t began_at = bench_now(), cpu = bench_own_cpu();
    for (int n = 1; n <= steps; n++) floor_round(db, insert, flows, n);
    cpu = bench_own_cpu() - cpu;
    line->floor_per_s = (double)line->n * BENCH_SECOND / (double)(bench_now() - began_at);
    line->floor_cpu_us_op = (double)cpu / 1000 / (double)line->n;
    sqlite3_finalize(insert);
    sqlite3_close(db);
}

// ---- usher ----------------------------------------------------------------------------------------------

static void forget(const char *name)
{
    static const char *const ends[] = {"", "-wal"};
    char path[1100];
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s%s", bench_path(name), ends[i]);
        remove(path);
    }
}

static struct bench_line measure(const char *w, int flows, int steps)
{
    forget("a.db");
    struct bench_line line = {.w = w, .n = (int64_t)flows * steps};
    struct bench_engine e = bench_start(bench_path("a.db"), bench_path("bench.lua"));
    bench_wait_quiet(&e);
    int64_t took = e.watch->last_sync_at - e.watch->opened_at;
    line.secs = (double)took / BENCH_SECOND;
    line.per_s = (double)line.n / line.secs;
    line.cpu_us_op = (double)(bench_cpu(&e) - e.watch->opened_cpu) / 1000 / (double)line.n;
    line.peak_mib = (double)bench_peak_kib(&e) / 1024;
    line.syncs = e.watch->syncs;
    line.turns = e.watch->turns;
    bench_stop(&e);
    const char *database = bench_path("a.db");
    bench_must(bench_number(database, "SELECT count(*) FROM flow WHERE state = 2") == flows,
        "not all flows ended");
    bench_must(bench_number(database, "SELECT count(*) FROM journal") == line.n, "not all steps are on disk");
    line.disk_b_op = (double)bench_number(database,
                         "SELECT sum(pgsize) FROM dbstat WHERE name IN ('journal', 'journal_flow')") /
                     (double)line.n;
    return line;
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int flows = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 500,
        steps = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10;
    write_script(flows, steps, "step ", "n");
    struct bench_line line = measure("W1", flows, steps);
    measure_floor(&line, flows, steps);
    bench_print(&line);

    write_script(flows, steps, "a step with a longer name:", "(\"x\"):rep(77)"); // + decide: + number; + head
    line = measure("W1-bytes", flows, steps);
    line.note = "statement 31: bytes of a step, indexes included";
    bench_print(&line);

    write_script(1, steps, "step ", "n");
    line = measure("W1-alone", 1, steps);
    line.note = "one flow alone, with the start of the engine's first flow";
    bench_print(&line);
}
