// SPDX-License-Identifier: MIT
#include "usher/copy.h"

#include "base/record.h"
#include "world/live_now.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int ask(struct copy *c, const struct usher_options *options, const char *to, struct err *e)
{
    struct record_map map;
    struct buf request, json, reply;
    char *answer, *error;
    record_map_init(&map);
    buf_init(&request, 8192);
    buf_init(&json, 65536);
    buf_init(&reply, 65536);
    record_map_text(&map, "ask", TEXT("snapshot"));
    record_map_text(&map, "to", text_of(to));
    record_map_end(&map, &request);
    record_print_json((struct record){(uint8_t *)request.data, request.len}, &json);
    int code = usher_command(options, buf_z(&json), &answer, &error);
    if (code) err_set(e, code == USHER_STORAGE ? ERR_STORAGE : ERR_INPUT, "%s", error);
    else if (record_from_json(text_of(answer), &reply, e) == 0)
        c->now.ms = record_get_int((struct record){(uint8_t *)reply.data, reply.len}, "now", 0);
    free(answer);
    free(error);
    buf_release(&request);
    buf_release(&json);
    buf_release(&reply);
    return code ? -1 : 0;
}

static void hold(struct copy *c, int file)
{
    c->file = file;
    snprintf(c->path, sizeof c->path, "/proc/%ld/fd/%d", (long)getpid(), file);
}

// What was left by a process that was killed in the one moment in which its copy has a name.
static void clear_dead_copies(const char *database)
{
    char folder[PATH_MAX], prefix[NAME_MAX + 8];
    const char *slash = strrchr(database, '/');
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - database) + 1, database);
    snprintf(prefix, sizeof prefix, "%s.copy-", slash + 1);
    DIR *dir = opendir(folder);
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0) continue;
        long pid = strtol(entry->d_name + strlen(prefix), NULL, 10);
        if (pid > 0 && kill((pid_t)pid, 0) && errno == ESRCH) unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir) closedir(dir);
}

// An engine in a service's own world can't reach into this process: it writes the copy beside the database,
// and its name is gone as soon as it is there.
static int take_named(struct copy *c, const struct usher_options *options, const char *database,
    struct err *e)
{
    char path[PATH_MAX + 32], *whole = realpath(database, NULL);
    if (!whole) return -1; // the error is that of the other way
    *e = (struct err){0};
    clear_dead_copies(whole);
    snprintf(path, sizeof path, "%s.copy-%ld", whole, (long)getpid());
    free(whole);
    int failed = ask(c, options, path, e), file = failed ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    if (!failed && file < 0)
        failed = err_set(e, ERR_STORAGE, "the copy %s can't be read: %s", path, strerror(errno));
    unlink(path);
    if (!failed) hold(c, file);
    return failed;
}

int copy_take(struct copy *c, const struct usher_options *options, const char *database, struct err *e)
{
    int file = memfd_create("usher copy", MFD_CLOEXEC);
    if (file < 0) return err_set(e, ERR_LIMIT, "there is no memory for a copy: %s", strerror(errno));
    hold(c, file);
    if (ask(c, options, c->path, e) == 0) return 0;
    copy_drop(c);
    return take_named(c, options,
        options->database ? options->database
        : database        ? database
                          : "usher.db",
        e);
}

static int find_now(struct copy *c, struct store *s, struct err *e)
{
    struct buf kept;
    int64_t shift;
    buf_init(&kept, 64);
    int failed = store_setting(s, "practice", &kept, e);
    if (!failed && record_int((struct record){(uint8_t *)kept.data, kept.len}, &shift))
        c->now = instant_add(live_now(), shift);
    buf_release(&kept);
    return failed;
}

struct store *copy_open(struct copy *c, struct err *e)
{
    struct store *s =
        store_open(&(struct store_options){.path = ":memory:", .from = c->path, .mode = STORE_INLINE}, e);
    if (!s || find_now(c, s, e) == 0) return s;
    store_close(s);
    return NULL;
}

void copy_drop(struct copy *c)
{
    if (c->file >= 0) close(c->file);
    c->file = -1;
}
