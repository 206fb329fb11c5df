// SPDX-License-Identifier: MIT
#include "world/web_listen.h"

#include "base/log.h"
#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define BACKLOG 1024       // a burst at the moment that an invitation arrives; the kernel cuts it to its own
#define FILES_ASIDE 300    // the database, mails, requests of scripts, commands, and who is turned away
#define CONNECTIONS_MIN 16 // with fewer than that nothing can be served

// ---- the address ------------------------------------------------------------------------------------

// Splits "127.0.0.1:8080" or "[::1]:8080".
static int read_address(const char *listen, char host[64], int *port, struct err *e)
{
    const char *colon = strrchr(listen, ':');
    size_t len = colon ? (size_t)(colon - listen) : 0;
    char *end = NULL;
    long n = colon ? strtol(colon + 1, &end, 10) : 0;
    bool bracketed = len > 2 && listen[0] == '[' && listen[len - 1] == ']';
    if (!colon || end == colon + 1 || *end || n < 0 || n > 65535 || len >= 64)
        return err_set(e, ERR_USAGE,
            "web.listen = \"%s\" is no address with a port: write one like \"127.0.0.1:8080\" or "
            "\"[::]:443\"",
            listen);
    snprintf(host, 64, "%.*s", (int)(bracketed ? len - 2 : len), listen + bracketed);
    if (strcmp(host, "localhost") == 0) snprintf(host, 64, "127.0.0.1");
    *port = (int)n;
    return 0;
}

static int address_of(const char *listen, struct sockaddr_storage *at, struct err *e)
{
    char host[64];
    int port = 0, failed = read_address(listen, host, &port, e);
    if (failed) return failed;
    memset(at, 0, sizeof *at);
    if (!uv_ip4_addr(host, port, (struct sockaddr_in *)at) ||
        !uv_ip6_addr(host, port, (struct sockaddr_in6 *)at))
        return 0;
    return err_set(e, ERR_USAGE,
        "web.listen = \"%s\": %s is no numeric address; write 0.0.0.0 or [::] for every address of this "
        "machine",
        listen, host);
}

int web_port_of(const struct sockaddr *at)
{
    const void *p = at;
    return ntohs(at->sa_family == AF_INET6 ? ((const struct sockaddr_in6 *)p)->sin6_port
                                           : ((const struct sockaddr_in *)p)->sin_port);
}

static void next_port(struct sockaddr_storage *at)
{
    void *p = at;
    uint16_t port = htons((uint16_t)(web_port_of(p) + 1));
    if (at->ss_family == AF_INET6) ((struct sockaddr_in6 *)p)->sin6_port = port;
    else ((struct sockaddr_in *)p)->sin_port = port;
}

// A socket that listens, or -errno. Made by hand, because libuv says only later that a port is taken.
static int open_socket(const struct sockaddr_storage *at)
{
    int yes = 1, no = 0;
    int fd = socket(at->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes); // connections of an earlier run may still end
    if (at->ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    socklen_t len = at->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
    if (!bind(fd, (const struct sockaddr *)at, len) && !listen(fd, BACKLOG)) return fd;
    int code = -errno;
    close(fd);
    return code;
}

static int say_why_not(const char *listen, int code, struct err *e)
{
    if (code == -EADDRINUSE)
        return err_set(e, ERR_BUSY,
            "another program listens at %s already: stop it, or choose another port as web.listen", listen);
    if (code == -EACCES)
        return err_set(e, ERR_BUSY,
            "usher may not listen at %s: ports below 1024 need the right CAP_NET_BIND_SERVICE, or a proxy in "
            "front",
            listen);
    return err_set(e, ERR_BUSY, "usher can't listen at %s: %s", listen, strerror(-code));
}

int web_listen(uv_tcp_t *listener, uv_loop_t *loop, const struct web_settings *settings,
    uv_connection_cb on_connection, struct err *e)
{
    struct sockaddr_storage at;
    int fd = address_of(settings->listen, &at, e);
    if (fd) return fd;
    for (int left = settings->port_tries; (fd = open_socket(&at)) < 0; left--) {
        if (fd != -EADDRINUSE || left <= 0) return say_why_not(settings->listen, fd, e);
        next_port(&at);
    }
    uv_tcp_init(loop, listener);
    int code = uv_tcp_open(listener, fd);
    if (!code) code = uv_listen((uv_stream_t *)listener, BACKLOG, on_connection);
    assert(!code); // the socket listens already
    return 0;
}

void web_listen_no_more(uv_tcp_t *listener)
{
    // What a filter of a listening socket sees begins with the TCP header. Byte 13 of that are the flags, and
    // SYN (2) is how a connection begins: that is dropped, and the client tries again at a closed port.
    struct sock_filter code[] = {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 13),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 2, 0, 1), BPF_STMT(BPF_RET | BPF_K, 0),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX)};
    struct sock_fprog filter = {sizeof code / sizeof *code, code};
    uv_os_fd_t fd;
    if (!uv_fileno((uv_handle_t *)listener, &fd))
        setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
            sizeof filter); // without it a stop is only ruder
}

// ---- open files -------------------------------------------------------------------------------------

// The soft limit is a habit of shells, and ours to raise up to the hard one.
static rlim_t raise_limit(rlim_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit)) return wanted;
    if (limit.rlim_cur >= wanted) return limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit)) getrlimit(RLIMIT_NOFILE, &limit);
    return limit.rlim_cur;
}

int web_files_allow(int *connections, int otherwise, struct err *e)
{
    int wanted = *connections > 0 ? *connections : otherwise;
    rlim_t files = raise_limit((rlim_t)wanted + FILES_ASIDE);
    if (files >= (rlim_t)wanted + FILES_ASIDE) {
        *connections = wanted;
        return 0;
    }
    int possible = files > FILES_ASIDE ? (int)(files - FILES_ASIDE) : 0;
    if (*connections > 0 || possible < CONNECTIONS_MIN)
        return err_set(e, ERR_LIMIT,
            "the system lets usher open %d files, and %d connections need %d: raise the limit (LimitNOFILE= "
            "in "
            "the unit, ulimit -n in a shell), or set web.connections = %d",
            (int)files, wanted, wanted + FILES_ASIDE, possible);
    char n[24];
    snprintf(n, sizeof n, "%d", possible);
    log_line(LOG_WARN, "few files may be open at once (ulimit -n), so few people can be on pages at once",
        "connections", n, NULL);
    *connections = possible;
    return 0;
}
