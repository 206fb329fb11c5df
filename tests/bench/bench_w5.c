// SPDX-License-Identifier: MIT
// W5, footprint: size of the binary, start with nothing and with sleeping flows, what idling costs.
//
//   bench_w5 [N [SECONDS]]      100,000 flows asleep for a year; idle for SECONDS (10)
//
// ready_s is from the start of the process to the loop's first turn; memory is looked at when all is quiet.
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void write_script(void)
{
    bench_write(bench_path("bench.lua"),
        "usher.describe{ id = \"bench\", title = \"Sleepers\", zone = \"UTC\" }\n"
        "local at = { utc = %lld, wall = \"then\", zone = \"UTC\" }\n"
        "usher.flow(\"sleeper\", function() usher.due(\"wake\", at, { late = \"always\" }) end)\n"
        "usher.on(\"fill\", function(r)\n"
        "  for i = r.from, r.to do usher.start(\"sleeper\", { key = \"K\" .. i }) end\n"
        "end)\n",
        (long long)(bench_wall_ms() + INT64_C(31536000000)));
}

// build/<preset>/usher, seen from build/<preset>/tests/bench/bench_w5.
static int64_t binary_len(void)
{
    char path[1100];
    struct stat st;
    snprintf(path, sizeof path, "%s/../../../usher", bench_folder());
    return stat(path, &st) ? 0 : (int64_t)st.st_size;
}

// One start on this database, and the figures of its idling.
static void measure(const char *w, const char *database, int64_t n, int idle_s)
{
    char note[256];
    struct bench_engine e = bench_start(database, bench_path("bench.lua"));
    double ready_s = (double)(e.watch->ready_at - e.started_at) / BENCH_SECOND;
    bench_wait_quiet(&e);
    int64_t cpu = bench_cpu(&e), turns = e.watch->turns, began_at = bench_now();
    bench_wait_until_ms(bench_wall_ms() + idle_s * 1000);
    double idle = (double)(bench_cpu(&e) - cpu) / (double)(bench_now() - began_at) * 100;
    snprintf(note, sizeof note, "idle: %.4f %% CPU, %lld turns in %d s, %.1f MiB private, %.1f MiB resident",
        idle, (long long)(e.watch->turns - turns), idle_s, (double)bench_private_kib(&e) / 1024,
        (double)bench_rss_kib(&e) / 1024);
    struct bench_line line = {.w = w, .n = n, .secs = ready_s, .ready_s = ready_s, .note = note};
    line.peak_mib = (double)bench_peak_kib(&e) / 1024;
    bench_print(&line);
    bench_stop(&e);
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000;
    int idle_s = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10;
    write_script();
    struct bench_line binary = {.w = "W5-binary", .n = binary_len(), .note = "n: bytes of the program usher"};
    bench_print(&binary);
    char empty[1024], full[1024];
    snprintf(empty, sizeof empty, "%s", bench_path("a.db"));
    snprintf(full, sizeof full, "%s", bench_path("b.db"));
    measure("W5-empty", empty, 0, idle_s);
    struct bench_engine filler = bench_start(full, bench_path("bench.lua"));
    bench_fill(&filler, n);
    bench_stop(&filler);
    bench_must(bench_number(full, "SELECT count(*) FROM flow WHERE state = 1") == n, "not all are asleep");
    measure("W5", full, n, idle_s);
}
