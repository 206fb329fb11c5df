// SPDX-License-Identifier: MIT
#include "usher/copy.h"

#include "base/record.h"
#include "world/live_now.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int ask(struct copy *c, const struct usher_options *options, const char *request, struct err *e)
{
    struct buf reply;
    char *answer, *error;
    int code = usher_command(options, request, &answer, &error);
    buf_init(&reply, 65536);
    if (code) err_set(e, code == USHER_STORAGE ? ERR_STORAGE : ERR_INPUT, "%s", error);
    else if (record_from_json(text_of(answer), &reply, e) == 0)
        c->now.ms = record_get_int((struct record){(uint8_t *)reply.data, reply.len}, "now", 0);
    free(answer);
    free(error);
    buf_release(&reply);
    return code ? -1 : 0;
}

int copy_take(struct copy *c, const struct usher_options *options, struct err *e)
{
    char request[120];
    c->file = memfd_create("usher copy", MFD_CLOEXEC);
    if (c->file < 0) return err_set(e, ERR_LIMIT, "there is no memory for a copy: %s", strerror(errno));
    snprintf(c->path, sizeof c->path, "/proc/%ld/fd/%d", (long)getpid(), c->file);
    snprintf(request, sizeof request, "{\"ask\": \"snapshot\", \"to\": \"%s\"}", c->path);
    return ask(c, options, request, e);
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
