// SPDX-License-Identifier: MIT
// W4, dispatch: personalised mails of 2 KiB over 8 connections, each a journaled step.
//
//   bench_w4 [N]                10,000 mails
//
// The peer is a sink of this program's own, one thread a connection: it says yes to everything and keeps
// a count only, so that its cost does not stand in the way. Each mail is a flow; each is on disk as begun
// before its first byte leaves, and as sent after the server took it.
#include "bench.h"

#include <pthread.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static _Atomic int64_t mails;

// ---- the sink -------------------------------------------------------------------------------------------

struct talk {
    int fd;
    bool in_mail;
    size_t len, seen; // bytes in hand, and how many of them were looked at
    char bytes[65536];
};

static void say(struct talk *t, const char *reply)
{
    if (write(t->fd, reply, strlen(reply)) < 0) t->len = 0; // the reader then meets the end
}

static void hear_line(struct talk *t, const char *line, size_t len)
{
    if (t->in_mail) {
        if (len != 3 || line[0] != '.') return;
        t->in_mail = false;
        mails++;
        say(t, "250 taken\r\n");
    } else if (strncmp(line, "DATA", 4) == 0) {
        t->in_mail = true;
        say(t, "354 go on\r\n");
    } else if (strncmp(line, "EHLO", 4) == 0) say(t, "250-sink\r\n250 8BITMIME\r\n");
    else if (strncmp(line, "QUIT", 4) == 0) say(t, "221 bye\r\n");
    else say(t, "250 yes\r\n");
}

static void hear(struct talk *t)
{
    char *line = t->bytes, *end;
    while ((end = memchr(line, '\n', t->len - (size_t)(line - t->bytes)))) {
        hear_line(t, line, (size_t)(end + 1 - line));
        line = end + 1;
    }
    t->len -= (size_t)(line - t->bytes);
    memmove(t->bytes, line, t->len);
}

static void *serve(void *ctx)
{
    struct talk *t = calloc(1, sizeof *t);
    bench_must(t != NULL, "no memory");
    t->fd = (int)(intptr_t)ctx;
    say(t, "220 sink\r\n");
    for (ssize_t n; (n = read(t->fd, t->bytes + t->len, sizeof t->bytes - t->len)) > 0;) {
        t->len += (size_t)n;
        hear(t);
    }
    close(t->fd);
    free(t);
    return NULL;
}

static void *accept_all(void *ctx)
{
    for (int fd; (fd = accept((int)(intptr_t)ctx, NULL, NULL)) >= 0;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, serve, (void *)(intptr_t)fd) == 0) pthread_detach(thread);
        else close(fd);
    }
    return NULL;
}

// Answers its port.
static int begin_sink(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t len = sizeof at;
    pthread_t thread;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = fd >= 0 && bind(fd, (struct sockaddr *)&at, len) == 0 && listen(fd, 64) == 0 &&
                getsockname(fd, (struct sockaddr *)&at, &len) == 0 &&
                pthread_create(&thread, NULL, accept_all, (void *)(intptr_t)fd) == 0;
    bench_must(open, "no sink on the loopback");
    return ntohs(at.sin_port);
}

// ---- usher ----------------------------------------------------------------------------------------------

static void write_files(int port)
{
    bench_write(bench_path("usher.conf.lua"),
        "mail = { hourly_max = 1000000 }\n"
        "smtp = { host = \"127.0.0.1\", port = %d, tls = \"none\", connections = 8 }\n",
        port);
    bench_write(bench_path("bench.lua"),
        "usher.describe{ id = \"bench\", title = \"Mails\", zone = \"UTC\" }\n"
        "local text = (\"A line of a letter that is neither short nor long, for all of you.\\n\"):rep(26)\n"
        "usher.flow(\"mail\", function(i)\n"
        "  usher.mail{ \"letter\", to = \"guest\" .. i .. \"@office.example\", from = "
        "\"desk@office.example\", html = false,\n"
        "    subject = \"Letter \" .. i, text = \"Dear guest \" .. i .. \",\\n\\n\" .. text, unsure = "
        "\"resend\" }\n"
        "end)\n"
        "usher.on(\"fill\", function(r)\n"
        "  for i = r.from, r.to do usher.start(\"mail\", { key = \"K\" .. i, input = i }) end\n"
        "end)\n");
}

int main(int argc, char **argv)
{
    bench_main(argc, argv);
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : 10000;
    struct bench_line line = {.w = "W4-mail", .n = n};
    write_files(begin_sink());
    struct bench_engine e = bench_start_with(bench_path("a.db"), bench_path("bench.lua"),
        bench_path("usher.conf.lua"));
    bench_wait_quiet(&e);
    int64_t cpu = bench_cpu(&e), syncs = e.watch->syncs, turns = e.watch->turns,
            empty_disk = bench_disk(e.database);
    line.secs = (double)bench_fill(&e, n) / BENCH_SECOND;
    line.per_s = (double)n / line.secs;
    line.cpu_us_op = (double)(bench_cpu(&e) - cpu) / 1000 / (double)n;
    line.peak_mib = (double)bench_peak_kib(&e) / 1024;
    line.syncs = e.watch->syncs - syncs;
    line.turns = e.watch->turns - turns;
    bench_stop(&e);
    line.disk_b_op = (double)(bench_disk(e.database) - empty_disk) / (double)n;
    bench_must(mails == n, "%lld mails of %lld arrived", (long long)mails, (long long)n);
    bench_must(bench_number(e.database, "SELECT count(*) FROM flow WHERE state = 2") == n, "not all ended");
    line.note = "the making of the flows included";
    bench_print(&line);
}
