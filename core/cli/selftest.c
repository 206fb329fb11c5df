// SPDX-License-Identifier: MIT
// selftest: `usher selftest determinism [SCRIPT...]`: every script is played in two processes, each with an
// address layout of its own and a misleading environment, and the two reports are compared byte by byte.
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

int command_selftest(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n < 1 || strcmp(arguments[0], "determinism") != 0) {
        return complain(USHER_USAGE, "usher selftest determinism [SCRIPT...]");
    }
    if (n > 1) {
        int worst = 0;
        for (int i = 1; i < n; i++) {
            int code = compare_plays(arguments[i]);
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
    if (!code) code = compare_plays(path);
    unlink(path);
    rmdir(folder);
    usher_free(script);
    return code;
}
