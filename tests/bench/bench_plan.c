// SPDX-License-Identifier: MIT
// Plan: what an edit means for flows that sleep in the middle of their life, each with 20 steps behind it.
// The edit moves the event by a week, so every one of them is tried, moved, and played to its end twice.
//
//   bench_plan [FLOWS]           400, then 10,000
//
// CPU time is this program's: plan runs in the process that asks. The engine that made the flows has stopped.
#include "bench.h"

#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 20 // five moments that are past, with a mail, an answer and a decision each

// A flow that began lately and reminds of ten days, of which five are behind it.
static const char story[] = //
    "local day <const> = usher.time.shift(usher.time.at('2021-01-01 00:00', 'UTC'), '%lld days')\n"
    "usher.describe { id = 'plan', zone = 'UTC', title = 'plan' }\n"
    "usher.flow('guest', function(key)\n"
    "  for i = -5, 4 do\n"
    "    local moment = usher.time.shift(day, i .. ' days')\n"
    "    if usher.due('day' .. i, moment, { late = 'always' }) then\n"
    "      usher.decide('d' .. i, function() return i end)\n"
    "      usher.mail { 'mail' .. i, to = key .. '@x.example', from = 'o@x.example', as = key,\n"
    "        subject = 's', text = 't' }\n"
    "      usher.decide('e' .. i, function() return i end)\n"
    "    end\n"
    "  end\n"
    "end)\n"
    "usher.on('fill', function(r)\n"
    "  for i = r.from, r.to do usher.start('guest', { key = 'P' .. i, input = 'P' .. i }) end\n"
    "  return {}\n"
    "end)\n";

static const char conf[] = "mail = { hourly_max = 1000000 }\n"; // the blast guard is not what is measured

static void make_flows(const char *database, const char *script, int64_t n)
{
    char config[1100];
    snprintf(config, sizeof config, "%s", bench_path("usher.conf.lua"));
    bench_write(config, "%s", conf);
    struct bench_engine e = bench_start_with(database, script, config);
    bench_fill(&e, n);
    bench_wait_quiet(&e);
    bench_stop(&e);
    bench_must(bench_number(database,
                   "SELECT min(n) FROM (SELECT max(step) AS n FROM journal GROUP BY flow)") >= STEPS,
        "a flow has fewer than %d steps", STEPS);
}

static void plan(int64_t n)
{
    char database[1100], script[1100], note[160], *answer, *error;
    long long day = bench_wall_ms() / 86400000 - 18628 + 1; // days since 2021-01-01; tomorrow
    snprintf(database, sizeof database, "%s", bench_path("plan.db"));
    snprintf(script, sizeof script, "%s", bench_path("plan.lua"));
    remove(database);
    bench_write(script, story, day);
    make_flows(database, script, n);
    bench_write(script, story, day + 7);
    struct usher_options options = {.database = database};
    int64_t began_at = bench_now(), cpu = bench_own_cpu();
    int code = usher_plan(&options, script, "{}", &answer, &error);
    struct bench_line line = {.w = "plan", .n = n};
    line.secs = (double)(bench_now() - began_at) / 1e9;
    double cpu_s = (double)(bench_own_cpu() - cpu) / 1e9;
    bench_must(code == 0, "the plan: %s", error);
    bench_must(strstr(answer, "\"needs\":0") != NULL, "the plan needs an answer");
    line.cpu_us_op = 1e6 * cpu_s / (double)n;
    snprintf(note, sizeof note, "%.2f s of CPU in all: %d steps each, both lives played to their end", cpu_s,
        STEPS);
    line.note = note;
    bench_print(&line);
    usher_free(answer);
    usher_free(error);
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    if (argc > 1) {
        plan(strtoll(argv[1], NULL, 10));
        return 0;
    }
    plan(400);
    plan(10000);
    return 0;
}
