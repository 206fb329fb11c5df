// SPDX-License-Identifier: MIT
#include "world/control.h"

#include "base/log.h"
#include "base/map.h"
#include "world/control_client.h"
#include "world/line.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX 64 // commands last a second; more at once is a script gone wild
#define BACKLOG 16

struct control {
    uv_pipe_t listener;
    void (*on_request)(void *ctx, uint64_t reply_id, struct record request);
    void *ctx;
    struct map waiting; // reply id -> client
    struct client *first;
    size_t clients_n;
    uint64_t last_id;
};

struct client {
    uv_pipe_t pipe;
    uv_write_t write;
    struct control *control;
    struct client *next, *previous;
    struct buf in, line, out;
    char piece[16384];
    uint64_t reply_id;  // the request that waits; 0: none
    bool writing, last; // last: hang up after what is being written
};

static void on_client_closed(uv_handle_t *pipe)
{
    struct client *k = pipe->data;
    buf_release(&k->in);
    buf_release(&k->line);
    buf_release(&k->out);
    free(k);
}

static void hang_up(struct client *k)
{
    struct control *c = k->control;
    if (uv_is_closing((uv_handle_t *)&k->pipe)) return;
    if (k->reply_id) map_take(&c->waiting, (int64_t)k->reply_id);
    if (k->next) k->next->previous = k->previous;
    if (k->previous) k->previous->next = k->next;
    else c->first = k->next;
    c->clients_n--;
    uv_close((uv_handle_t *)&k->pipe, on_client_closed);
}

static void go_on(struct client *k);

static void on_written(uv_write_t *write, int status)
{
    struct client *k = write->data;
    if (uv_is_closing((uv_handle_t *)&k->pipe)) return;
    k->writing = false;
    if (status || k->last) hang_up(k);
    else go_on(k);
}

static void write_out(struct client *k)
{
    uv_buf_t bytes = uv_buf_init(k->out.data, (unsigned)k->out.len);
    k->writing = true;
    k->write.data = k;
    if (uv_write(&k->write, (uv_stream_t *)&k->pipe, &bytes, 1, on_written)) hang_up(k);
}

static void write_error(struct client *k, const char *sentence)
{
    struct buf record;
    struct record_map answer;
    buf_init(&record, LINE_MAX_LEN);
    record_map_init(&answer);
    record_map_text(&answer, "error", text_of(sentence));
    record_map_end(&answer, &record);
    buf_clear(&k->out);
    line_write((struct record){(const uint8_t *)record.data, record.len}, &k->out);
    buf_release(&record);
    write_out(k);
}

static void ask(struct client *k)
{
    struct control *c = k->control;
    struct buf request;
    struct err e = {0};
    buf_init(&request, RECORD_LEN_MAX);
    if (line_read(buf_text(&k->line), &request, &e)) write_error(k, e.text);
    else {
        k->reply_id = ++c->last_id;
        map_put(&c->waiting, (int64_t)k->reply_id, k);
        c->on_request(c->ctx, k->reply_id, (struct record){(const uint8_t *)request.data, request.len});
    }
    buf_release(&request);
}

static void on_room_wanted(uv_handle_t *pipe, size_t suggested, uv_buf_t *room)
{
    struct client *k = pipe->data;
    *room = uv_buf_init(k->piece, sizeof k->piece);
}

static void on_bytes(uv_stream_t *pipe, ssize_t n, const uv_buf_t *bytes)
{
    struct client *k = pipe->data;
    if (n < 0) {
        hang_up(k);
        return;
    }
    buf_add(&k->in, bytes->base, (size_t)n);
    go_on(k);
}

// Asks what has come in, or reads on when that is not a whole line yet.
static void go_on(struct client *k)
{
    if (k->writing || k->reply_id) return;
    if (line_take(&k->in, &k->line)) {
        uv_read_stop((uv_stream_t *)&k->pipe);
        ask(k);
    } else if (k->in.over) {
        uv_read_stop((uv_stream_t *)&k->pipe);
        k->last = true;
        write_error(k, "a request on the control socket may have 1 MiB at most");
    } else uv_read_start((uv_stream_t *)&k->pipe, on_room_wanted, on_bytes);
}

void control_reply(struct control *c, uint64_t reply_id, struct record answer)
{
    struct client *k = c ? map_take(&c->waiting, (int64_t)reply_id) : NULL;
    if (!k) return;
    k->reply_id = 0;
    buf_clear(&k->out);
    line_write(answer, &k->out);
    if (k->out.over) write_error(k, "the answer is longer than 1 MiB; ask for less");
    else write_out(k);
}

static void on_client(uv_stream_t *listener, int status)
{
    struct control *c = listener->data;
    if (status) return;
    struct client *k = mem_alloc(sizeof *k);
    k->control = c;
    k->pipe.data = k;
    buf_init(&k->in, LINE_MAX_LEN + sizeof k->piece);
    buf_init(&k->line, LINE_MAX_LEN);
    buf_init(&k->out, LINE_MAX_LEN);
    uv_pipe_init(listener->loop, &k->pipe, 0);
    k->next = c->first;
    if (c->first) c->first->previous = k;
    c->first = k;
    c->clients_n++;
    if (uv_accept(listener, (uv_stream_t *)&k->pipe)) hang_up(k);
    else if (c->clients_n > CLIENTS_MAX) {
        k->last = true;
        write_error(k, "too many commands talk to usher at once; try again");
    } else go_on(k);
}

// A socket file without a listener is what a killed engine leaves. Anything else there is not ours to remove.
static int clear_the_way(const char *path, const struct sockaddr_un *address, struct err *e)
{
    struct stat st;
    if (lstat(path, &st)) return 0;
    if (!S_ISSOCK(st.st_mode))
        return err_set(e, ERR_BUSY, "%s is there and is no socket; choose another path for control", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool heard = fd >= 0 && !connect(fd, (const struct sockaddr *)address, sizeof *address);
    bool refused = !heard && errno == ECONNREFUSED;
    if (fd >= 0) close(fd);
    if (!refused) return err_set(e, ERR_BUSY, "another usher listens at %s; stop it first", path);
    if (unlink(path))
        return err_set(e, ERR_BUSY, "the old socket %s can't be removed: %s", path, strerror(errno));
    log_line(LOG_WARN, "removed the control socket that an earlier run left behind", "path", path, NULL);
    return 0;
}

static int listen_at(struct control *c, const char *path, struct err *e)
{
    struct sockaddr_un address;
    int code = control_address(path, &address, e); // uv_pipe_bind would quietly cut a long path
    if (!code) code = clear_the_way(path, &address, e);
    if (code) return code;
    mode_t mask = umask(0177); // the socket must never exist with another mode than 0600
    code = uv_pipe_bind(&c->listener, path);
    umask(mask);
    if (!code) code = uv_listen((uv_stream_t *)&c->listener, BACKLOG, on_client);
    if (!code) return 0;
    return err_set(e, ERR_BUSY, "the control socket %s can't be opened: %s", path, uv_strerror(code));
}

struct control *control_open(uv_loop_t *loop, const char *path,
    void (*on_request)(void *ctx, uint64_t reply_id, struct record request), void *ctx, struct err *e)
{
    struct control *c = mem_alloc(sizeof *c);
    c->on_request = on_request;
    c->ctx = ctx;
    c->listener.data = c;
    map_init(&c->waiting);
    uv_pipe_init(loop, &c->listener, 0);
    if (!listen_at(c, path, e)) return c;
    control_close(c);
    return NULL;
}

static void on_listener_closed(uv_handle_t *listener)
{
    struct control *c = listener->data;
    map_release(&c->waiting);
    free(c);
}

void control_close(struct control *c)
{
    if (!c) return;
    while (c->first) hang_up(c->first);
    uv_close((uv_handle_t *)&c->listener, on_listener_closed);
}
