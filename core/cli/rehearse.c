// SPDX-License-Identifier: MIT
// rehearse: `usher rehearse` and `usher check`: plays a script, prints the timeline, writes the folder.
#include "cli/cli.h"
#include "cli/folder.h"
#include "cli/progress.h"
#include "cli/script.h"
#include "usher.h"

#include "time/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SAVED_MAX (256u << 20) // of 5,000 guests it is 8 MiB

static struct usher_rehearsal rehearsal_options(const struct options *o)
{
    const char *crash_at = option(o, "crash-at");
    return (struct usher_rehearsal){.from = option(o, "from"),
        .until = option(o, "until"),
        .config = config_path(o),
        .guests = option_joined(o, "guest", ", "),
        .down = option_joined(o, "down", "; "),
        .load_at = option_joined(o, "load-at", "; "),
        .cancel_at = option(o, "cancel-at"),
        .approver = option(o, "approver"),
        .move = option(o, "move"),
        .at = option(o, "at"),
        .edition = option(o, "edition"),
        .language = option(o, "lang"),
        .person = option(o, "person"),
        .crash_at = crash_at ? strtoll(crash_at, NULL, 10) : 0};
}

static void free_options(struct usher_rehearsal *options)
{
    free((char *)options->guests);
    free((char *)options->down);
    free((char *)options->load_at);
}

static int play(const char *script, const struct usher_rehearsal *options, struct usher_report *out)
{
    char *error;
    *out = (struct usher_report){0};
    int code = usher_rehearse(script, options, out, &error);
    if (code) complain(code, "%s", error);
    usher_free(error);
    return code;
}

static void on_progress(void *ctx, int64_t now_ms, size_t effects_n)
{
    (void)ctx;
    char date[WALL_TEXT_MAX];
    struct wall w = zone_local(zone_find(TEXT("UTC"), NULL), (struct instant){now_ms}).wall;
    progress_say("rehearsing %s: %zu mails and requests so far", date_print_long(wall_day(w), date),
        effects_n);
}

// ---- crashes --------------------------------------------------------------------------------------------

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// Cuts the text into its lines and sorts them: when a thing happens may differ after a crash, that it does
// may not.
static size_t sorted_lines(char *text, char ***out)
{
    size_t n = 0;
    char **lines = NULL;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        *end = 0;
        lines = mem_grow(lines, sizeof *lines * (n + 1));
        lines[n++] = line;
    }
    if (n) qsort(lines, n, sizeof *lines, compare_lines);
    *out = lines;
    return n;
}

struct losses {
    size_t lost, repeated;
};

static struct losses compare(const char *whole, const char *crashed)
{
    char *a = mem_copyz(whole), *b = mem_copyz(crashed), **in_whole, **in_crashed;
    struct losses l = {0};
    size_t n = sorted_lines(a, &in_whole), m = sorted_lines(b, &in_crashed), i = 0, k = 0;
    while (i < n || k < m) {
        int c = i >= n ? 1 : k >= m ? -1 : strcmp(in_whole[i], in_crashed[k]);
        if (c < 0) l.lost++;
        if (c > 0) l.repeated++;
        if (c <= 0) i++;
        if (c >= 0) k++;
    }
    free(in_whole);
    free(in_crashed);
    free(a);
    free(b);
    return l;
}

struct crash_counts {
    const struct usher_report *whole;
    size_t lost, repeated;
    int64_t unsure;
    int code;
};

static void on_crash(void *ctx, const struct usher_crash *crash)
{
    struct crash_counts *c = ctx;
    if (c->code) return;
    if (crash->code) {
        c->code = complain(crash->code, "crash at boundary %lld of %lld: %s", (long long)crash->boundary,
            (long long)c->whole->boundaries, crash->error);
        return;
    }
    struct losses l = compare(c->whole->history, crash->history);
    c->lost += l.lost;
    c->repeated += l.repeated;
    c->unsure += crash->unsure_n;
    if (l.lost) printf("crash at %lld: %zu lost\n", (long long)crash->boundary, l.lost);
    progress_say("%lld of %lld crashes", (long long)crash->boundary, (long long)c->whole->boundaries);
}

// Crashes at every boundary in turn. Where a crash leaves a mail unsure, a pretended person who knows
// decides.
static int crash_everywhere(const char *script, struct usher_rehearsal options,
    const struct usher_report *whole)
{
    struct crash_counts counts = {.whole = whole};
    struct usher_report again;
    options.from_ms = whole->from_ms;
    options.on_mail = NULL;
    options.on_person = NULL;
    options.on_list = NULL;
    options.person = NULL;
    options.on_progress = NULL;
    options.on_crash = on_crash;
    options.ctx = &counts;
    fflush(NULL); // the lives are processes of their own, and would write it once more
    int code = play(script, &options, &again);
    usher_report_release(&again);
    progress_end();
    if (!code) code = counts.code;
    if (code) return code;
    printf("%lld crashes: %zu lost, %zu sent once more with the same Message-ID (rules with unsure = "
           "\"resend\"), "
           "%lld decided by a person\n",
        (long long)whole->boundaries, counts.lost, counts.repeated, (long long)counts.unsure);
    return counts.lost ? USHER_INPUT : 0;
}

// ---- the commands -----------------------------------------------------------------------------------------

// What was asked for, and --diff's file, which the library borrows.
static int read_before(const struct options *o, struct usher_rehearsal *options, struct buf *before)
{
    const char *path = option(o, "diff");
    buf_init(before, SAVED_MAX);
    if (!path) return 0;
    int code = file_read(path, before);
    options->before = buf_z(before);
    options->before_len = before->len;
    return code ? USHER_USAGE : 0;
}

// As diff(1) does: 0 the same, 1 different, 2 trouble.
static int tell_changes(const struct usher_report *report)
{
    fputs(report->changes, stdout);
    return report->differs ? USHER_INPUT : 0;
}

static int tell(const struct options *o, const struct usher_rehearsal *options,
    const struct usher_report *report)
{
    if (options->want_json) puts(report->json);
    else if (report->person) fputs(report->person, stdout);
    else if (!report->changes) fputs(report->text, stdout);
    if (option(o, "save")) {
        int code = file_write(option(o, "save"), text_of(report->saved));
        if (code) return code;
    }
    return report->changes && !options->want_json ? tell_changes(report) : 0;
}

static int rehearse(const struct options *o, const char *script, struct usher_rehearsal *options,
    struct folder *folder)
{
    struct usher_report report;
    progress_begin();
    int code = play(script, options, &report);
    if (!option(o, "crash-everywhere")) progress_end();
    if (code && options->before) code = USHER_USAGE;
    else if (!code && option(o, "crash-everywhere")) code = crash_everywhere(script, *options, &report);
    else if (!code) code = tell(o, options, &report);
    if (folder->path && report.html) {
        int written = folder_end(folder, report.html, report.told);
        if (written) code = written;
    }
    usher_report_release(&report);
    return code;
}

int command_rehearse(const struct options *o)
{
    char **scripts = script_arguments(o);
    const char *out = option(o, "out");
    if (!scripts) return USHER_USAGE;
    struct usher_rehearsal options = rehearsal_options(o);
    struct folder folder = {0};
    struct buf before;
    int code = read_before(o, &options, &before);
    if (!code && out) code = folder_begin(&folder, out);
    if (out) options.on_mail = folder_add_mail;
    if (out) options.on_person = folder_add_person;
    if (out) options.on_list = folder_add_list;
    options.on_progress = on_progress;
    options.ctx = &folder;
    options.want_json = option(o, "json") != NULL;
    options.want_saved = option(o, "save") != NULL;
    options.then = (const char *const *)scripts + 1; // ended by NULL
    if (!code) code = rehearse(o, scripts[0], &options, &folder);
    folder_release(&folder);
    buf_release(&before);
    free_options(&options);
    script_arguments_free(scripts);
    return code;
}

static int check(const char *script, const struct usher_rehearsal *options)
{
    struct usher_report report;
    int code = play(script, options, &report);
    if (!code && options->want_json) puts(report.json);
    else if (!code) printf("%s: fine\n%s", script, report.check);
    usher_report_release(&report);
    return code;
}

int command_check(const struct options *o)
{
    char **scripts = script_arguments(o);
    int worst = 0;
    if (!scripts) return USHER_USAGE;
    struct usher_rehearsal options = rehearsal_options(o);
    options.check_only = 1;
    options.want_json = option(o, "json") != NULL;
    for (char **script = scripts; *script; script++) {
        int code = check(*script, &options);
        if (code > worst) worst = code;
    }
    script_arguments_free(scripts);
    free_options(&options);
    return worst;
}
