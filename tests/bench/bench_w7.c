// SPDX-License-Identifier: MIT
// W7, rehearsal: ten weeks of the founding briefing with generated guests. Run from the root of the tree.
//
//   bench_w7 [GUESTS]           400
//
// The example's own files with a longer list of guests; all is in memory, so there is no disk to count.
#include "bench.h"

#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const char source[] = "examples/03-briefing-2021";
static const char *const files[] = {"hlb.lua", "people.csv", "programme.txt", "invitation.md"};
#define FILES_N (sizeof files / sizeof *files)

static void copy(const char *name)
{
    char from[256], bytes[4096];
    snprintf(from, sizeof from, "%s/%s", source, name);
    FILE *in = fopen(from, "r"), *out = fopen(bench_path(name), "w");
    bench_must(in && out, "%s: start this from the root of the tree", from);
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, in)) > 0;) fwrite(bytes, 1, n, out);
    fclose(in);
    bench_must(fclose(out) == 0, "%s was not copied", name);
}

static void write_guests(int n)
{
    static const char *const groups[] = {"Secretaries", "Dzongdas", "Heads of Department"};
    FILE *f = fopen(bench_path("guests.csv"), "w");
    bench_must(f != NULL, "no list of guests");
    fputs("key,name,salutation,group,mail,assistant,language\n", f);
    for (int i = 1; i <= n; i++) {
        fprintf(f, "G%05d,Guest Number %d,Dasho,%s,guest%d@office.example,,en\n", i, i, groups[i % 3], i);
    }
    bench_must(fclose(f) == 0, "no list of guests");
}

// The history has a line for each thing that left.
static int64_t count_mails(const char *history)
{
    int64_t n = 0;
    for (const char *line = history; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        n += strncmp(line, "mail ", 5) == 0;
    }
    return n;
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int guests = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 400;
    for (size_t i = 0; i < FILES_N; i++) copy(files[i]);
    write_guests(guests);
    char *error, note[160];
    struct usher_report report = {0};
    struct rusage used;
    struct bench_line line = {.w = "W7", .n = guests};
    struct usher_rehearsal options = {.from = "1 Jan 2021 09:00 Asia/Thimphu",
        .until = "12 Mar 2021 09:00 Asia/Thimphu"};
    int64_t began_at = bench_now(), cpu = bench_own_cpu();
    int failed = usher_rehearse(bench_path("hlb.lua"), &options, &report, &error);
    line.secs = (double)(bench_now() - began_at) / BENCH_SECOND;
    bench_must(!failed, "%s", error);
    line.cpu_us_op = (double)(bench_own_cpu() - cpu) / 1000 / guests;
    line.per_s = guests / line.secs;
    getrusage(RUSAGE_SELF, &used);
    line.peak_mib = (double)used.ru_maxrss / 1024;
    int64_t mails = count_mails(report.history);
    bench_must(mails >= guests, "only %lld mails for %d guests", (long long)mails, guests);
    snprintf(note, sizeof note, "ten weeks, %lld mails; an op is a guest", (long long)mails);
    line.note = note;
    bench_print(&line);
    usher_report_release(&report);
    for (size_t i = 0; i < FILES_N; i++) remove(bench_path(files[i]));
}
