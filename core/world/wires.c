// SPDX-License-Identifier: MIT
#include "world/wires.h"

#include <sys/socket.h>
#include <unistd.h>

void wires_init(struct wires *w)
{
    uv_mutex_init(&w->lock);
    w->cut = false;
    for (size_t i = 0; i < WIRES_MAX; i++) w->fds[i] = -1;
}

void wires_release(struct wires *w)
{
    uv_mutex_destroy(&w->lock);
}

static bool note(struct wires *w, int was, int is)
{
    bool noted = false;
    uv_mutex_lock(&w->lock);
    for (size_t i = 0; i < WIRES_MAX && !noted && !(w->cut && is >= 0); i++)
        if ((noted = w->fds[i] == was)) w->fds[i] = is;
    uv_mutex_unlock(&w->lock);
    return noted;
}

static curl_socket_t on_socket_wanted(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    int fd = socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
    if (fd < 0 || note(ctx, -1, fd)) return fd;
    close(fd);
    return CURL_SOCKET_BAD;
}

static int on_socket_done(void *ctx, curl_socket_t fd)
{
    note(ctx, fd, -1);
    return close(fd);
}

static int on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    struct wires *w = ctx;
    uv_mutex_lock(&w->lock);
    bool cut = w->cut;
    uv_mutex_unlock(&w->lock);
    return cut;
}

void wires_watch(struct wires *w, CURL *easy)
{
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_wanted);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, w);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_socket_done);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, w);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress); // for the look-up of the name
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, w);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

void wires_cut(struct wires *w)
{
    uv_mutex_lock(&w->lock);
    w->cut = true;
    for (size_t i = 0; i < WIRES_MAX; i++)
        if (w->fds[i] >= 0) shutdown(w->fds[i], SHUT_RDWR);
    uv_mutex_unlock(&w->lock);
}
