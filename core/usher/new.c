// SPDX-License-Identifier: MIT
// new: `usher new`: a folder for an event that does not exist yet.
#include "usher.h"

#include "usher/like.h"
#include "usher/machine_zone.h"
#include "usher/starter.h"
#include "world/live_now.h"

#include <string.h>

static int find_zone(const char *said, const struct zone **out, struct err *e)
{
    *out = said ? zone_find(text_of(said), e) : machine_zone();
    return *out ? 0 : err_in(e, "--zone");
}

static int find_when(const struct usher_new *what, struct when *out, struct err *e)
{
    const struct zone *zone;
    if (find_zone(what->zone, &zone, e)) return -1;
    if (!what->when) return starter_when(zone, live_now(), out, e);
    if (when_parse(text_of(what->when), zone, out, e)) return err_in(e, "--when");
    if (out->has_end) return 0;
    return err_set(e, ERR_INPUT, "--when: \"%s\" has no end: write it as \"Thu 25 Feb 2031 14:00-16:30\"",
        what->when);
}

int usher_new(const struct usher_new *what, char **said, char **error)
{
    struct starter_words words;
    struct err e = {0};
    struct buf text;
    buf_init(&text, 1u << 20);
    int failed = starter_name(what->name, &words, &e) || find_when(what, &words.when, &e);
    if (!failed && what->kind) failed = starter_make(what->kind, what->name, &words, &text, &e);
    else if (!failed) failed = like_make(what, &words, &text, &e);
    if (!failed && what->kind)
        buf_addf(&text, "See what it would send:  usher rehearse \"%s/\"\n", what->name);
    if (!failed && !what->kind)
        buf_addf(&text, "Then see whether it is right:  usher check \"%s/\"\n", what->name);
    *said = failed ? NULL : buf_take(&text, NULL);
    buf_release(&text);
    if (error) *error = failed ? mem_copyz(e.text) : NULL;
    return failed ? err_exit_code(&e) : 0;
}
