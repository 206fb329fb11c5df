// SPDX-License-Identifier: MIT
// W6, recovery: kill -9 with flows asleep, their moment passes, a new start.
//
//   bench_w6 [N [SECONDS]]      100,000 flows; asleep at least SECONDS (35) after the last one was made
//
// ready_s: the scripts are loaded; first_s: the first commit with fired flows is on disk; all_s: the last is.
// All from the start of the process. Then the rows are counted: none lost, none twice. The second line is
// the wake of 400 flows due at the same second (statement 28): cpu_us_op is for one of them, with replay.
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static int64_t write_script(int64_t n, int64_t asleep_s)
{
    int64_t due_ms = (bench_wall_ms() / 1000 + asleep_s + n / 15000) * 1000;
    bench_write(bench_path("bench.lua"),
        "usher.describe{ id = \"bench\", title = \"Sleepers\", zone = \"UTC\" }\n"
        "local at = { utc = %lld, wall = \"then\", zone = \"UTC\" }\n"
        "usher.flow(\"sleeper\", function()\n"
        "  for n = 1, 5 do usher.decide(\"before \" .. n, function() return n end) end\n"
        "  usher.due(\"wake\", at, { late = \"always\" })\n"
        "end)\n"
        "usher.on(\"fill\", function(r)\n"
        "  for i = r.from, r.to do usher.start(\"sleeper\", { key = \"K\" .. i }) end\n"
        "end)\n",
        (long long)due_ms);
    return due_ms;
}

static void measure(const char *w, const char *database, int64_t n, int64_t asleep_s)
{
    struct bench_line line = {.w = w, .n = n};
    int64_t due_ms = write_script(n, asleep_s);
    struct bench_engine e = bench_start(database, bench_path("bench.lua"));
    bench_fill(&e, n);
    bench_kill(&e);
    bench_must(bench_wall_ms() < due_ms, "making took longer than they sleep: give more SECONDS");
    bench_wait_until_ms(due_ms + 1000);

    e = bench_start(database, bench_path("bench.lua"));
    bench_wait_quiet(&e);
    line.ready_s = (double)(e.watch->ready_at - e.started_at) / BENCH_SECOND;
    line.first_s = (double)(e.watch->first_sync_at - e.started_at) / BENCH_SECOND;
    line.all_s = line.secs = (double)(e.watch->last_sync_at - e.started_at) / BENCH_SECOND;
    line.per_s = (double)n / line.secs;
    line.cpu_us_op = (double)(bench_cpu(&e) - e.watch->opened_cpu) / 1000 / (double)n;
    line.peak_mib = (double)bench_peak_kib(&e) / 1024;
    line.syncs = e.watch->syncs;
    line.turns = e.watch->turns;
    bench_stop(&e);
    bench_must(bench_number(database, "SELECT count(*) FROM flow WHERE state = 2") == n, "some were lost");
    bench_must(bench_number(database, "SELECT count(*) FROM journal WHERE kind = 2 AND state = 2") == n,
        "some twice");
    bench_print(&line);
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000,
            asleep_s = argc > 2 ? strtoll(argv[2], NULL, 10) : 35;
    char many[1024], few[1024];
    snprintf(many, sizeof many, "%s", bench_path("a.db"));
    snprintf(few, sizeof few, "%s", bench_path("b.db"));
    measure("W6", many, n, asleep_s);
    measure("W6-400", few, 400, asleep_s);
}
