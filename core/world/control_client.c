// SPDX-License-Identifier: MIT
#include "world/control_client.h"

#include "world/line.h"
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_S 120 // a reload of 10,000 flows plans for up to 10 s; a machine may be slow

int control_address(const char *path, struct sockaddr_un *out, struct err *e)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof out->sun_path)
        return err_set(e, ERR_USAGE,
            "the path of the control socket must have 1 to %zu bytes, and \"%.200s\" has %zu; choose a "
            "shorter one",
            sizeof out->sun_path - 1, path, len);
    memcpy(out->sun_path, path, len + 1);
    return 0;
}

static int dial(const char *path, int *fd, struct err *e)
{
    struct sockaddr_un address;
    struct timeval patience = {.tv_sec = PATIENCE_S};
    if (control_address(path, &address, e)) return -ERR_USAGE;
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd < 0) return err_set(e, ERR_LIMIT, "the system gives no socket: %s", strerror(errno));
    setsockopt(*fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(*fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (!connect(*fd, (struct sockaddr *)&address, sizeof address)) return 0;
    if (errno == EACCES || errno == EPERM)
        return err_set(e, ERR_BUSY, "%s belongs to another user; ask as the user that runs usher", path);
    return err_set(e, ERR_BUSY, "no usher is running here (nobody listens at %s); start it with `usher run`",
        path);
}

static int send_line(int fd, struct text line, struct err *e)
{
    while (line.len) {
        ssize_t n = send(fd, line.data, line.len, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0)
            return err_set(e, ERR_NET, "the running usher does not take the request: %s", strerror(errno));
        line.data += n;
        line.len -= (size_t)n;
    }
    return 0;
}

static int read_answer(int fd, struct buf *line, struct err *e)
{
    struct buf in;
    char piece[16384];
    int code = 0;
    buf_init(&in, LINE_MAX_LEN + 2);
    while (!code && !line_take(&in, line)) {
        ssize_t n = recv(fd, piece, sizeof piece, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN)
            code = err_set(e, ERR_NET, "the running usher did not answer within %d s; look at its log",
                PATIENCE_S);
        else if (n < 0) code = err_set(e, ERR_NET, "the running usher does not answer: %s", strerror(errno));
        else if (n == 0)
            code = err_set(e, ERR_NET, "the running usher hung up before it answered; look at its log");
        else buf_add(&in, piece, (size_t)n);
        if (in.over) code = err_set(e, ERR_LIMIT, "the running usher's answer is longer than 1 MiB");
    }
    buf_release(&in);
    return code;
}

int control_ask(const char *path, struct record request, struct buf *answer_record, struct err *e)
{
    struct buf line;
    int fd = -1;
    buf_init(&line, LINE_MAX_LEN);
    line_write(request, &line);
    int code = line.over ? err_set(e, ERR_LIMIT, "the request is longer than 1 MiB") : dial(path, &fd, e);
    if (!code) code = send_line(fd, buf_text(&line), e);
    if (!code) code = read_answer(fd, &line, e);
    if (!code) code = record_from_json(buf_text(&line), answer_record, e);
    if (fd >= 0) close(fd);
    buf_release(&line);
    return code;
}
