// SPDX-License-Identifier: MIT
// bench: see bench.h.
#include "bench.h"

#include "usher.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WATCH_FD 3 // where the engine's process finds the shared memory

static struct bench_watch *watch; // in the engine's process
static char folder[900];

// ---- clocks ---------------------------------------------------------------------------------------------

static int64_t clock_ns(clockid_t clock)
{
    struct timespec t = {0};
    clock_gettime(clock, &t);
    return t.tv_sec * BENCH_SECOND + t.tv_nsec;
}

int64_t bench_now(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

int64_t bench_own_cpu(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

int64_t bench_wall_ms(void)
{
    return clock_ns(CLOCK_REALTIME) / 1000000;
}

static void nap(int64_t ns)
{
    nanosleep(&(struct timespec){ns / BENCH_SECOND, ns % BENCH_SECOND}, NULL);
}

int64_t bench_wait_until_ms(int64_t wall_ms)
{
    int64_t left = wall_ms * 1000000 - clock_ns(CLOCK_REALTIME), at = bench_now() + left;
    if (left > 0) nap(left);
    return at;
}

void bench_must(bool so, const char *format, ...)
{
    if (so) return;
    va_list args;
    va_start(args, format);
    fputs("bench: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

// ---- the engine's side ----------------------------------------------------------------------------------

// These stand in front of libc's, so SQLite's syncs are counted where they happen.
static int count_sync(long call, int fd)
{
    int result = (int)syscall(call, fd);
    if (!watch) return result;
    watch->last_sync_at = bench_now();
    watch->last_sync_cpu = bench_own_cpu();
    if (!watch->first_sync_at) watch->first_sync_at = watch->last_sync_at;
    watch->syncs++;
    return result;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return count_sync(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return count_sync(SYS_fdatasync, fd);
}

static int be_engine(const char *database, const char *script, const char *config)
{
    watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED, WATCH_FD, 0);
    bench_must(watch != MAP_FAILED, "no shared memory: %s", strerror(errno));
    close(WATCH_FD);
    struct usher_options options = {.database = database, .config = *config ? config : NULL};
    options.verbose = getenv("BENCH_VERBOSE") ? 1 : -1;
    struct usher *u = usher_open(&options);
    watch->syncs = 0; // those that made a new database are not the workload's
    watch->opened_cpu = bench_own_cpu();
    watch->opened_at = bench_now();
    if (!usher_failed(u) && *script) usher_load(u, script);
    bench_must(!usher_failed(u), "%s", usher_error(u));
    watch->ready_at = bench_now();
    while (usher_turn(u, 3600 * 1000)) watch->turns++;
    usher_close(u);
    return 0;
}

void bench_main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc == 5 && strcmp(argv[1], "--engine") == 0) exit(be_engine(argv[2], argv[3], argv[4]));
}

// ---- files ----------------------------------------------------------------------------------------------

static void remove_folder(void)
{
    static const char *const names[] = {"a", "b", "floor"}, *const ends[] = {"", "-wal", "-shm", "-journal",
                                                                ".sock"};
    static const char *const others[] = {"bench.lua", "guests.csv", "usher.conf.lua", "outbox"};
    char path[1024];
    if (getenv("BENCH_KEEP") || !*folder) return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
            snprintf(path, sizeof path, "%s/%s.db%s", folder, names[i], ends[k]);
            unlink(path);
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, others[i]);
        remove(path);
    }
    rmdir(folder);
}

const char *bench_folder(void)
{
    if (*folder) return folder;
    ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 16);
    bench_must(n > 0, "where is this program?");
    snprintf(folder + n, sizeof folder - (size_t)n, ".XXXXXX");
    bench_must(mkdtemp(folder) != NULL, "%s: %s", folder, strerror(errno));
    atexit(remove_folder);
    return folder;
}

const char *bench_path(const char *name)
{
    static char paths[4][1024];
    static int turn;
    char *path = paths[turn++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", bench_folder(), name);
    return path;
}

void bench_write(const char *path, const char *format, ...)
{
    FILE *f = fopen(path, "w");
    va_list args;
    bench_must(f != NULL, "%s: %s", path, strerror(errno));
    va_start(args, format);
    vfprintf(f, format, args);
    va_end(args);
    bench_must(fclose(f) == 0, "%s: %s", path, strerror(errno));
}

static int64_t size_of(const char *path)
{
    struct stat st;
    return stat(path, &st) ? 0 : (int64_t)st.st_size;
}

int64_t bench_disk(const char *database)
{
    char wal[1040];
    snprintf(wal, sizeof wal, "%s-wal", database);
    return size_of(database) + size_of(wal);
}

int64_t bench_number(const char *database, const char *sql)
{
    sqlite3 *db;
    sqlite3_stmt *st = NULL;
    bench_must(sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK, "can't open %s",
        database);
    sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    bench_must(st && sqlite3_step(st) == SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return number;
}

// ---- driving it -----------------------------------------------------------------------------------------

static void exec_engine(int fd, const char *database, const char *script, const char *config)
{
    char self[1024] = "";
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a bench that gives up leaves nothing behind
    if (readlink("/proc/self/exe", self, sizeof self - 1) < 0 || dup2(fd, WATCH_FD) < 0) _exit(1);
    if (fd == WATCH_FD) fcntl(fd, F_SETFD, 0);
    if (chdir(bench_folder())) _exit(1); // its outbox
    execl(self, self, "--engine", database, script, config, (char *)NULL);
    _exit(1);
}

struct bench_engine bench_start(const char *database, const char *script)
{
    return bench_start_with(database, script, "");
}

struct bench_engine bench_start_with(const char *database, const char *script, const char *config)
{
    struct bench_engine e = {0};
    int fd = memfd_create("watch", MFD_CLOEXEC);
    bench_must(fd >= 0 && ftruncate(fd, sizeof *e.watch) == 0, "no shared memory: %s", strerror(errno));
    e.watch = mmap(NULL, sizeof *e.watch, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    bench_must(e.watch != MAP_FAILED, "no shared memory: %s", strerror(errno));
    snprintf(e.database, sizeof e.database, "%s", database);
    bench_folder();
    e.started_at = bench_now();
    e.pid = fork();
    if (e.pid == 0) exec_engine(fd, database, script, config);
    close(fd);
    bench_must(e.pid > 0 && clock_getcpuclockid(e.pid, &e.cpu) == 0, "no process: %s", strerror(errno));
    while (!e.watch->ready_at) {
        bench_must(waitpid(e.pid, NULL, WNOHANG) == 0, "the engine ended at its start");
        nap(200000);
    }
    return e;
}

int64_t bench_cpu(const struct bench_engine *e)
{
    return clock_ns(e->cpu);
}

void bench_ask(const struct bench_engine *e, const char *format, ...)
{
    char request[512], *answer, *error;
    va_list args;
    va_start(args, format);
    vsnprintf(request, sizeof request, format, args);
    va_end(args);
    struct usher_options options = {.database = e->database};
    int failed = usher_command(&options, request, &answer, &error);
    bench_must(!failed, "%s: %s", request, error);
    usher_free(answer);
    usher_free(error);
}

void bench_mark(const struct bench_engine *e)
{
    e->watch->first_sync_at = 0;
}

void bench_wait_quiet(const struct bench_engine *e)
{
    const int64_t window = BENCH_SECOND / 2;
    for (;;) {
        int64_t cpu = bench_cpu(e), syncs = e->watch->syncs;
        nap(window);
        bench_must(waitpid(e->pid, NULL, WNOHANG) == 0, "the engine ended in the middle of its work");
        if (e->watch->syncs == syncs && bench_cpu(e) - cpu < window / 200) return;
    }
}

static void end_with(struct bench_engine *e, int sig)
{
    int status;
    kill(e->pid, sig);
    bench_must(waitpid(e->pid, &status, 0) == e->pid, "the engine does not end");
    bench_must(sig == SIGKILL || (WIFEXITED(status) && WEXITSTATUS(status) == 0), "the engine ended with %d",
        status);
    munmap(e->watch, sizeof *e->watch);
    e->watch = NULL;
}

void bench_stop(struct bench_engine *e)
{
    end_with(e, SIGTERM);
}

void bench_kill(struct bench_engine *e)
{
    end_with(e, SIGKILL);
}

int64_t bench_fill(const struct bench_engine *e, int64_t n)
{
    const int64_t at_once = 1000;
    int64_t began_at = bench_now();
    for (int64_t from = 1; from <= n; from += at_once) {
        int64_t to = from + at_once - 1 < n ? from + at_once - 1 : n;
        bench_ask(e, "{\"ask\":\"call\",\"call\":\"fill\",\"with\":{\"from\":%lld,\"to\":%lld}}",
            (long long)from, (long long)to);
    }
    bench_wait_quiet(e);
    return e->watch->last_sync_at - began_at;
}

// ---- memory ---------------------------------------------------------------------------------------------

// The sum of the lines of a /proc file whose name begins so, in KiB.
static int64_t proc_kib(const struct bench_engine *e, const char *file, const char *name)
{
    char path[64], line[256];
    int64_t sum = 0;
    snprintf(path, sizeof path, "/proc/%d/%s", (int)e->pid, file);
    FILE *f = fopen(path, "r");
    bench_must(f != NULL, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, f)) {
        const char *colon = strchr(line, ':');
        if (colon && strncmp(line, name, strlen(name)) == 0) sum += strtoll(colon + 1, NULL, 10);
    }
    fclose(f);
    return sum;
}

int64_t bench_private_kib(const struct bench_engine *e)
{
    return proc_kib(e, "smaps_rollup", "Private_");
}

int64_t bench_rss_kib(const struct bench_engine *e)
{
    return proc_kib(e, "status", "VmRSS");
}

int64_t bench_peak_kib(const struct bench_engine *e)
{
    return proc_kib(e, "status", "VmHWM");
}

// ---- the line -------------------------------------------------------------------------------------------

static void print_more(const char *key, double value, const char *format)
{
    if (value == 0) return;
    printf(", \"%s\": ", key);
    printf(format, value); // NOLINT: one of the formats below
}

void bench_print(const struct bench_line *l)
{
    printf("{\"w\": \"%s\", \"n\": %lld, \"secs\": %.3f, \"per_s\": %.0f, \"cpu_us_op\": %.2f", l->w,
        (long long)l->n, l->secs, l->per_s, l->cpu_us_op);
    print_more("peak_mib", l->peak_mib, "%.1f");
    print_more("disk_b_op", l->disk_b_op, "%.0f");
    print_more("syncs", (double)l->syncs, "%.0f");
    print_more("turns", (double)l->turns, "%.0f");
    print_more("floor_cpu_us_op", l->floor_cpu_us_op, "%.2f");
    print_more("floor_per_s", l->floor_per_s, "%.0f");
    print_more("late_p50_ms", l->late_p50_ms, "%.0f");
    print_more("late_p99_ms", l->late_p99_ms, "%.0f");
    print_more("ready_s", l->ready_s, "%.3f");
    print_more("first_s", l->first_s, "%.3f");
    print_more("all_s", l->all_s, "%.3f");
    print_more("ram_b_each", l->ram_b_each, "%.1f");
    if (l->note) printf(", \"note\": \"%s\"", l->note);
    puts("}");
}
