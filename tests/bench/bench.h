// SPDX-License-Identifier: MIT
// bench: what the workloads share: the engine under test, what it costs, and the line that is printed.
//
// The engine under test is a process of its own: this program started again, which does what `usher run` does
// through include/usher.h and nothing else, but counts its turns and fsyncs in memory that both can see. Its
// CPU time is read from its own clock, so the bench itself costs nothing. Databases lie beside the program,
// on the disk that is measured, and are durable: an fsync is an fsync. A bench asserts what must be true
// (all fired, none twice) and ends with 1 when it is not; it asserts no duration.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#define BENCH_SECOND INT64_C(1000000000) // times here are nanoseconds

// What the engine's process tells. Written there, read here.
struct bench_watch {
    _Atomic int64_t opened_at, ready_at;         // the database is open; the scripts are loaded
    _Atomic int64_t first_sync_at, last_sync_at; // first: since bench_mark
    _Atomic int64_t opened_cpu, last_sync_cpu, syncs, turns;
};

struct bench_engine {
    pid_t pid;
    clockid_t cpu;
    int64_t started_at;
    struct bench_watch *watch;
    char database[1024];
};

// First call of every main: leaves here when this process is to be the engine.
void bench_main(int argc, char **argv);

// A fresh folder beside the program, removed at the end unless BENCH_KEEP is set.
const char *bench_folder(void);
// The path of a file in it (one of 4 buffers that take turns).
const char *bench_path(const char *name);
// Writes a script of the workload.
void bench_write(const char *path, const char *format, ...) __attribute__((format(printf, 2, 3)));

// Starts the engine on a database, with a configuration or none (""); comes back when it is ready.
struct bench_engine bench_start(const char *database, const char *script);
struct bench_engine bench_start_with(const char *database, const char *script, const char *config);
int64_t bench_cpu(const struct bench_engine *e); // user and system, all threads, so far
void bench_ask(const struct bench_engine *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
void bench_mark(const struct bench_engine *e); // first_sync_at begins anew
// Until nothing was written and hardly anything was computed for half a second.
void bench_wait_quiet(const struct bench_engine *e);
void bench_stop(struct bench_engine *e); // SIGTERM, and waits
void bench_kill(struct bench_engine *e); // kill -9

// From /proc/<pid>/smaps_rollup and status, in KiB.
int64_t bench_private_kib(const struct bench_engine *e);
int64_t bench_rss_kib(const struct bench_engine *e);
int64_t bench_peak_kib(const struct bench_engine *e);

// Calls "fill" of the script, 1,000 flows at a time. Answers how long it took.
int64_t bench_fill(const struct bench_engine *e, int64_t n);
int64_t bench_disk(const char *database); // bytes of the file and its log
// One number from a database whose engine has stopped.
int64_t bench_number(const char *database, const char *sql);
// Ends the program when it is not so.
void bench_must(bool so, const char *format, ...) __attribute__((format(printf, 2, 3)));
int64_t bench_now(void);                      // monotonic
int64_t bench_own_cpu(void);                  // of this process
int64_t bench_wall_ms(void);                  // since 1970
int64_t bench_wait_until_ms(int64_t wall_ms); // answers the same moment on the monotonic clock

// ---- the line -------------------------------------------------------------------------------------------

// A number that is 0 is left out, except the first four.
struct bench_line {
    const char *w;
    int64_t n;
    double secs, per_s, cpu_us_op, peak_mib, disk_b_op;
    int64_t syncs, turns;
    double floor_cpu_us_op, floor_per_s;
    double late_p50_ms, late_p99_ms, ready_s, first_s, all_s, ram_b_each;
    const char *note;
};
void bench_print(const struct bench_line *line);
