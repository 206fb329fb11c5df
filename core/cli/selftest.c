// SPDX-License-Identifier: MIT
// selftest: `usher selftest determinism [SCRIPT...]`: every script is played in two processes, each with an
// address layout of its own and a misleading environment, and the two reports are compared byte by byte.
// `usher selftest owners [SCRIPT...]`: every script is played with guests who accept, decline and keep
// silent, and with a crash in each quarter; before each move of the clock it is looked whether anything
// unfinished has nobody left who would wake it, nor a sentence that says why it stands still
// (core/engine/owners.h).
#include "cli/cli.h"
#include "usher.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

// The report of one play, in a process of its own (exec: a new address layout).
static int play_apart(const char *script, const char *zone, struct buf *out)
{
    int ends[2];
    if (pipe(ends)) return complain(USHER_STORAGE, "no pipe: %s", strerror(errno));
    pid_t child = fork();
    if (child == 0) {
        char tz[64];
        snprintf(tz, sizeof tz, "TZ=%s", zone);
        char *environment[] = {tz, "LC_ALL=tr_TR.UTF-8", "USHER_SECRET_ZOOM_LINK=https://zoom.example/j/1",
            NULL};
        char *const arguments[] = {"usher", "rehearse", "--json", "--from", "2021-02-01 09:00 Asia/Thimphu",
            (char *)script, NULL};
        dup2(ends[1], STDOUT_FILENO);
        close(ends[0]);
        close(ends[1]);
        execve("/proc/self/exe", arguments, environment);
        _exit(127);
    }
    close(ends[1]);
    char chunk[65536];
    ssize_t n;
    while ((n = read(ends[0], chunk, sizeof chunk)) > 0) buf_add(out, chunk, (size_t)n);
    close(ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : USHER_STORAGE;
}

static int compare_plays(const char *script)
{
    struct buf first, second;
    buf_init(&first, SIZE_MAX / 2);
    buf_init(&second, SIZE_MAX / 2);
    int code = play_apart(script, "Pacific/Apia", &first);
    if (!code) code = play_apart(script, "America/St_Johns", &second);
    if (!code && !text_eq(buf_text(&first), buf_text(&second))) {
        code = complain(USHER_INPUT, "%s: two plays differ", script);
    }
    if (!code) printf("%s: %zu bytes, twice the same\n", script, first.len);
    buf_release(&first);
    buf_release(&second);
    return code;
}

// One play with an eye on everybody. Adds to *looks; *boundaries: where it could be made to crash.
static int watch(const char *script, const char *guests, int64_t crash_at, int64_t *looks,
    int64_t *boundaries)
{
    struct usher_rehearsal options = {.from = "2021-02-01 09:00 Asia/Thimphu",
        .guests = guests,
        .crash_at = crash_at,
        .watch_owners = 1};
    struct usher_report report;
    char *error;
    int code = usher_rehearse(script, &options, &report, &error);
    if (code) complain(code, "%s, guests who %s: %s", script, guests, error);
    *looks += report.looks;
    *boundaries = report.boundaries;
    usher_free(error);
    usher_report_release(&report);
    return code;
}

static int watch_owners(const char *script)
{
    static const char *const guests[] = {"accepts", "declines", "silent"};
    int64_t looks = 0, boundaries = 0, after;
    int code = 0, plays = 0;
    for (size_t i = 0; !code && i < sizeof guests / sizeof *guests; i++, plays++)
        code = watch(script, guests[i], 0, &looks, &boundaries);
    for (int quarter = 1; !code && quarter <= 3; quarter++, plays++)
        code = watch(script, "accepts", boundaries * quarter / 4 + 1, &looks, &after);
    if (!code)
        printf("%s: %lld looks in %d plays: nobody was without an owner\n", script, (long long)looks, plays);
    return code;
}

static int run_test(const char *name, const char *script)
{
    return strcmp(name, "owners") == 0 ? watch_owners(script) : compare_plays(script);
}

int command_selftest(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n < 1 || (strcmp(arguments[0], "determinism") != 0 && strcmp(arguments[0], "owners") != 0)) {
        return complain(USHER_USAGE,
            "usher selftest determinism [SCRIPT...], or usher selftest owners [SCRIPT...]");
    }
    if (n > 1) {
        int worst = 0;
        for (int i = 1; i < n; i++) {
            int code = run_test(arguments[0], arguments[i]);
            if (code > worst) worst = code;
        }
        return worst;
    }
    char folder[] = "/tmp/usher-selftest-XXXXXX", path[64];
    if (!mkdtemp(folder)) return complain(USHER_STORAGE, "no folder for the test: %s", strerror(errno));
    snprintf(path, sizeof path, "%s/selftest.lua", folder);
    char *script = usher_file("selftest.lua");
    FILE *f = fopen(path, "wb");
    int code = f && script && fputs(script, f) >= 0 ? 0 : USHER_STORAGE;
    if (f && fclose(f)) code = USHER_STORAGE;
    if (!code) code = run_test(arguments[0], path);
    unlink(path);
    rmdir(folder);
    usher_free(script);
    return code;
}
