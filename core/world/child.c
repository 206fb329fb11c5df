// SPDX-License-Identifier: MIT
#include "world/child.h"

#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#define COMPLAINT_MAX 8192 // the rest is read and dropped, so that the child never waits

struct child {
    uv_process_t process;
    uv_pipe_t errors;
    int handles; // not closed yet
    int code;
    struct buf complaint;
    char piece[4096];
    child_ended ended; // NULL: nobody wants to know any more
    void *ctx;
};

// Both the process and its pipe have ended: only then everything is known.
static void on_closed(uv_handle_t *handle)
{
    struct child *c = handle->data;
    if (--c->handles) return;
    if (c->ended) c->ended(c->ctx, c->code, buf_text(&c->complaint));
    buf_release(&c->complaint);
    free(c);
}

static void on_exit_code(uv_process_t *process, int64_t code, int signal)
{
    struct child *c = process->data;
    c->code = signal ? -1 : (int)code;
    uv_close((uv_handle_t *)process, on_closed);
}

static void on_room_wanted(uv_handle_t *pipe, size_t suggested, uv_buf_t *room)
{
    struct child *c = pipe->data;
    (void)suggested;
    *room = uv_buf_init(c->piece, sizeof c->piece);
}

static void on_bytes(uv_stream_t *pipe, ssize_t n, const uv_buf_t *bytes)
{
    struct child *c = pipe->data;
    if (n < 0) uv_close((uv_handle_t *)pipe, on_closed);
    else buf_add(&c->complaint, bytes->base, (size_t)n);
}

struct child *child_start(struct uv_loop_s *loop, const char *const *argv, child_ended ended, void *ctx,
    struct err *e)
{
    struct child *c = mem_alloc(sizeof *c);
    *c = (struct child){.handles = 2, .ended = ended, .ctx = ctx};
    buf_init(&c->complaint, COMPLAINT_MAX);
    uv_pipe_init(loop, &c->errors, 0);
    c->process.data = c->errors.data = c;
    uv_stdio_container_t stdio[3] = {{.flags = UV_IGNORE}, {.flags = UV_IGNORE},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&c->errors}};
    uv_process_options_t options = {.exit_cb = on_exit_code,
        .file = argv[0],
        .args = (char **)argv, // libuv changes none of them
        .stdio_count = 3,
        .stdio = stdio};
    int failed = uv_spawn(loop, &c->process, &options);
    if (!failed) {
        uv_read_start((uv_stream_t *)&c->errors, on_room_wanted, on_bytes);
        return c;
    }
    err_set(e, ERR_LIMIT, "%s can't be started: %s", argv[0], uv_strerror(failed));
    c->ended = NULL;
    uv_close((uv_handle_t *)&c->errors, on_closed);
    uv_close((uv_handle_t *)&c->process, on_closed);
    return NULL;
}

void child_stop(struct child *c)
{
    if (!c) return;
    c->ended = NULL;
    if (!uv_is_closing((uv_handle_t *)&c->process))
        uv_process_kill(&c->process, SIGKILL); // it changes nothing, so it has nothing to put in order
    if (!uv_is_closing((uv_handle_t *)&c->errors)) uv_close((uv_handle_t *)&c->errors, on_closed);
}
