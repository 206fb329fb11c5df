// SPDX-License-Identifier: MIT
// first_login: see first_login.h. The link is made by the script's own handler "login-link" (the words bring
// it), is written down before it is said, and holds once for fifteen minutes like any other.
#include "usher/first_login.h"

#include "base/log.h"
#include "engine/script.h"

#include <stdlib.h>

static void on_link(void *ctx, struct record reply, const struct err *error)
{
    char *event = ctx;
    struct text url = record_get_text(reply, "url"), name = record_get_text(reply, "name");
    if (!error && url.len) {
        char *link = mem_copy(url.data, url.len), *who = mem_copy(name.data, name.len);
        log_line(LOG_INFO, "log in as the owner with this link: it works once, for fifteen minutes", "event",
            event, "as", who, "link", link, NULL);
        free(link);
        free(who);
    }
    free(event);
}

void first_login_say(struct engine *g)
{
    struct buf none;
    buf_init(&none, 16);
    record_put_map(&none, 0);
    for (struct event *ev = g->events; ev; ev = ev->next) {
        struct text event = text_of(ev->name);
        if (!engine_has_handler(g, event, TEXT("login-link"))) continue;
        engine_call(g, event, TEXT("login-link"), (struct record){(uint8_t *)none.data, none.len}, on_link,
            mem_copyz(ev->name));
    }
    buf_release(&none);
}
