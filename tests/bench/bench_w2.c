// SPDX-License-Identifier: MIT
// W2, sleeping flows: n flows asleep until the same second; then all fire.
//
//   bench_w2 [N [SECONDS]]      100,000 flows; asleep at least SECONDS (35) after the last one was made
//
// Flows are made by a handler, 1,000 a request, each request answered when its rows are on disk. They wait
// for more than half a minute, because what falls due sooner stays in memory on purpose (engine/flow.c).
// The first line is the making of them, with what one asleep costs; the second is the firing. How late each
// fired is read from its row: the moment of the tick that carried it on.
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>

static void write_script(int64_t due_ms)
{
    bench_write(bench_path("bench.lua"),
        "usher.describe{ id = \"bench\", title = \"Sleepers\", zone = \"UTC\" }\n"
        "local at = { utc = %lld, wall = \"then\", zone = \"UTC\" }\n"
        "usher.flow(\"sleeper\", function() usher.due(\"wake\", at, { late = \"always\" }) end)\n"
        "usher.on(\"fill\", function(r)\n"
        "  for i = r.from, r.to do usher.start(\"sleeper\", { key = \"K\" .. i }) end\n"
        "end)\n",
        (long long)due_ms);
}

static double late_ms(int64_t n, int64_t due_ms, int percent)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT updated_at - %lld FROM flow ORDER BY updated_at LIMIT 1 OFFSET %lld",
        (long long)due_ms, (long long)((n - 1) * percent / 100));
    return (double)bench_number(bench_path("a.db"), sql);
}

static void measure_making(const struct bench_engine *e, struct bench_line *line, int64_t empty_disk)
{
    int64_t before_kib = bench_private_kib(e), cpu = bench_cpu(e), syncs = e->watch->syncs,
            turns = e->watch->turns;
    line->secs = (double)bench_fill(e, line->n) / BENCH_SECOND;
    line->per_s = (double)line->n / line->secs;
    line->cpu_us_op = (double)(bench_cpu(e) - cpu) / 1000 / (double)line->n;
    line->ram_b_each = (double)(bench_private_kib(e) - before_kib) * 1024 / (double)line->n;
    line->disk_b_op = (double)(bench_disk(e->database) - empty_disk) / (double)line->n;
    line->peak_mib = (double)bench_peak_kib(e) / 1024;
    line->syncs = e->watch->syncs - syncs;
    line->turns = e->watch->turns - turns;
}

static void measure_firing(const struct bench_engine *e, struct bench_line *line, int64_t due_ms)
{
    int64_t cpu = bench_cpu(e), syncs = e->watch->syncs, turns = e->watch->turns;
    bench_mark(e);
    int64_t due_at = bench_wait_until_ms(due_ms);
    bench_wait_quiet(e);
    line->all_s = line->secs = (double)(e->watch->last_sync_at - due_at) / BENCH_SECOND;
    line->first_s = (double)(e->watch->first_sync_at - due_at) / BENCH_SECOND;
    line->per_s = (double)line->n / line->secs;
    line->cpu_us_op = (double)(bench_cpu(e) - cpu) / 1000 / (double)line->n;
    line->peak_mib = (double)bench_peak_kib(e) / 1024;
    line->syncs = e->watch->syncs - syncs;
    line->turns = e->watch->turns - turns;
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 100000,
            asleep_s = argc > 2 ? strtoll(argv[2], NULL, 10) : 35;
    int64_t due_ms = (bench_wall_ms() / 1000 + asleep_s + n / 15000) * 1000;
    struct bench_line made = {.w = "W2-make", .n = n}, fired = {.w = "W2", .n = n};
    write_script(due_ms);
    struct bench_engine e = bench_start(bench_path("a.db"), bench_path("bench.lua"));
    bench_wait_quiet(&e);
    int64_t empty_disk = bench_disk(e.database);
    measure_making(&e, &made, empty_disk);
    bench_print(&made);
    bench_must(bench_wall_ms() < due_ms, "making took longer than they sleep: give more SECONDS");
    measure_firing(&e, &fired, due_ms);
    fired.ram_b_each = made.ram_b_each;
    bench_stop(&e);
    bench_must(bench_number(e.database, "SELECT count(*) FROM flow WHERE state = 2") == n, "not all fired");
    bench_must(bench_number(e.database, "SELECT count(*) FROM journal WHERE state = 2") == n,
        "some fired twice");
    fired.disk_b_op = (double)(bench_disk(e.database) - empty_disk) / (double)n;
    fired.late_p50_ms = late_ms(n, due_ms, 50);
    fired.late_p99_ms = late_ms(n, due_ms, 99);
    bench_print(&fired);
}
