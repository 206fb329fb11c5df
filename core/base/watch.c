// SPDX-License-Identifier: MIT
#include "base/watch.h"

#include "base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define SAVED (IN_CLOSE_WRITE | IN_MOVED_TO)

struct watched {
    struct watched *next;
    int folder; // inotify's number for it
    char *name; // of the file in it
};

struct watch {
    int fd;
    struct watched *files;
};

struct watch *watch_open(struct err *e)
{
    int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (fd < 0) {
        err_set(e, ERR_LIMIT, "files can't be watched: %s", strerror(errno));
        return NULL;
    }
    struct watch *w = mem_alloc(sizeof *w);
    w->fd = fd;
    return w;
}

void watch_close(struct watch *w)
{
    if (!w) return;
    while (w->files) {
        struct watched *f = w->files;
        w->files = f->next;
        free(f->name);
        free(f);
    }
    close(w->fd);
    free(w);
}

static bool is_watched(const struct watch *w, int folder, const char *name)
{
    for (const struct watched *f = w->files; f; f = f->next) {
        if (f->folder == folder && strcmp(f->name, name) == 0) return true;
    }
    return false;
}

int watch_add(struct watch *w, const char *path, struct err *e)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    char *folder = slash ? mem_copy(path, (size_t)(slash - path) + 1) : mem_copyz(".");
    int number = inotify_add_watch(w->fd, folder, SAVED | IN_ONLYDIR);
    if (number < 0) err_set(e, ERR_INPUT, "the folder %s can't be watched: %s", folder, strerror(errno));
    else if (!is_watched(w, number, name)) {
        struct watched *f = mem_alloc(sizeof *f);
        *f = (struct watched){w->files, number, mem_copyz(name)};
        w->files = f;
    }
    free(folder);
    return number < 0 ? -ERR_INPUT : 0;
}

int watch_fd(const struct watch *w)
{
    return w->fd;
}

bool watch_saved(struct watch *w)
{
    _Alignas(struct inotify_event) char piece[4096];
    bool saved = false;
    for (ssize_t n; (n = read(w->fd, piece, sizeof piece)) > 0;) {
        for (char *at = piece; at < piece + n;) {
            const struct inotify_event *event = (const struct inotify_event *)at;
            // When too much happened at once some of it was dropped: then perhaps one of ours.
            if (event->mask & IN_Q_OVERFLOW || (event->len && is_watched(w, event->wd, event->name)))
                saved = true;
            at += sizeof *event + event->len;
        }
    }
    return saved;
}
