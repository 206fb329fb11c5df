// SPDX-License-Identifier: MIT
// crashes: see crashes.h. What a life was comes back through a pipe: its numbers, then its text.
#include "usher/crashes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIVES_MAX 16 // at the same time, on however many processors
#define TEXT_MAX (1u << 30)

struct life {
    int64_t boundary;
    pid_t process;
    int end; // of the pipe, to read from
};

// What stands in the pipe before the text.
struct told {
    int64_t unsure_n;
    int code;
};

struct crashes {
    void (*on_crash)(void *ctx, const struct usher_crash *crash);
    void *ctx;
    struct life lives[LIVES_MAX]; // the oldest first
    size_t lives_n, lives_max;
    int own; // the pipe's other end, in the process of a life; else -1
    struct err error;
};

struct crashes *crashes_new(void (*on_crash)(void *ctx, const struct usher_crash *crash), void *ctx)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    struct crashes *c = mem_alloc(sizeof *c);
    c->on_crash = on_crash;
    c->ctx = ctx;
    c->own = -1;
    c->lives_max = processors < 1 ? 1 : processors > LIVES_MAX ? LIVES_MAX : (size_t)processors;
    return c;
}

// ---- in the process of a life ---------------------------------------------------------------------------

bool crashes_own(const struct crashes *c)
{
    return c && c->own >= 0;
}

static void write_all(int end, const void *data, size_t len)
{
    for (const char *at = data; len > 0;) {
        ssize_t n = write(end, at, len);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) _exit(1); // nobody listens any more
        at += n;
        len -= (size_t)n;
    }
}

_Noreturn void crashes_tell(const struct crashes *c, const struct usher_crash *crash)
{
    struct told told = {.unsure_n = crash->unsure_n, .code = crash->code};
    const char *text = crash->code ? crash->error : crash->history;
    write_all(c->own, &told, sizeof told);
    write_all(c->own, text, strlen(text));
    _exit(0); // nothing is flushed twice
}

// ---- in the process that goes on ------------------------------------------------------------------------

static void read_all(int end, struct buf *out)
{
    char piece[65536];
    for (;;) {
        ssize_t n = read(end, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        buf_add(out, piece, (size_t)n);
    }
    close(end);
}

static int wait_for(pid_t process)
{
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

// The oldest life is awaited, and told of.
static void take_oldest(struct crashes *c)
{
    struct life life = c->lives[0];
    struct usher_crash crash = {.boundary = life.boundary};
    struct told told;
    struct buf answer;
    buf_init(&answer, TEXT_MAX);
    c->lives_n--;
    memmove(c->lives, c->lives + 1, c->lives_n * sizeof *c->lives);
    read_all(life.end, &answer);
    int status = wait_for(life.process);
    if (answer.len < sizeof told || answer.over) {
        err_set(&c->error, ERR_LIMIT, "the life that crashed at boundary %lld ended without a word (%s %d)",
            (long long)life.boundary, WIFSIGNALED(status) ? "signal" : "exit code",
            WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    } else {
        const char *text = buf_z(&answer) + sizeof told;
        memcpy(&told, answer.data, sizeof told);
        crash.unsure_n = told.unsure_n;
        crash.code = told.code;
        crash.history = told.code ? "" : text;
        crash.error = told.code ? text : "";
        c->on_crash(c->ctx, &crash);
    }
    buf_release(&answer);
}

bool crashes_at(void *self, int64_t boundary)
{
    struct crashes *c = self;
    int ends[2];
    if (crashes_own(c) || c->error.code) return false;
    if (c->lives_n == c->lives_max) take_oldest(c);
    if (pipe(ends)) {
        err_set(&c->error, ERR_LIMIT, "no pipe for a life that crashes: %s", strerror(errno));
        return false;
    }
    pid_t process = fork();
    if (process == 0) {
        close(ends[0]);
        c->own = ends[1];
        return true;
    }
    close(ends[1]);
    if (process < 0) {
        close(ends[0]);
        err_set(&c->error, ERR_LIMIT, "no process for a life that crashes: %s", strerror(errno));
        return false;
    }
    c->lives[c->lives_n++] = (struct life){boundary, process, ends[0]};
    return false;
}

int crashes_end(struct crashes *c, struct err *e)
{
    while (c->lives_n) take_oldest(c);
    if (c->error.code) *e = c->error;
    return -(int)c->error.code;
}

void crashes_free(struct crashes *c)
{
    if (!c) return;
    for (size_t i = 0; i < c->lives_n; i++) {
        close(c->lives[i].end); // it ends with its next word
        wait_for(c->lives[i].process);
    }
    free(c);
}
