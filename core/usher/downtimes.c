// SPDX-License-Identifier: MIT
// downtimes: see downtimes.h.
#include "usher/downtimes.h"

#include "base/buf.h"
#include "time/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct text trim(struct text t)
{
    while (t.len && t.data[0] == ' ') t = (struct text){t.data + 1, t.len - 1};
    while (t.len && t.data[t.len - 1] == ' ') t.len--;
    return t;
}

static bool is_clock(struct text t)
{
    const char *colon = t.len ? memchr(t.data, ':', t.len) : NULL;
    return t.len <= 5 && colon && colon > t.data;
}

static int parse_moment(struct text t, const struct zone *zone, struct moment *out, struct err *e)
{
    struct when when;
    if (when_parse(t, zone, &when, e)) {
        e->code = ERR_USAGE;
        return err_in(e, "--down");
    }
    *out = when.starts;
    return 0;
}

// A clock alone is of the day on which it began.
static int parse_end(struct text t, const struct moment *begin, struct moment *out, struct err *e)
{
    char day[WALL_TEXT_MAX], whole[WALL_TEXT_MAX + 8];
    if (!is_clock(t)) return parse_moment(t, begin->zone, out, e);
    snprintf(whole, sizeof whole, "%s %.*s", date_print(wall_day(begin->wall), day), (int)t.len, t.data);
    return parse_moment(text_of(whole), begin->zone, out, e);
}

static int parse_one(struct text part, const struct zone *zone, struct downtime *out, struct err *e)
{
    struct moment from, to;
    size_t dots = 0;
    while (dots + 1 < part.len && memcmp(part.data + dots, "..", 2) != 0) dots++;
    if (dots + 1 >= part.len)
        return err_set(e, ERR_USAGE,
            "--down: write from when to when, as in \"2021-02-24 13:00..18:00\", not '%.*s'", (int)part.len,
            part.data);
    struct text end = trim((struct text){part.data + dots + 2, part.len - dots - 2});
    if (parse_moment(trim((struct text){part.data, dots}), zone, &from, e)) return -(int)e->code;
    if (parse_end(end, &from, &to, e)) return -(int)e->code;
    if (to.at.ms <= from.at.ms)
        return err_set(e, ERR_USAGE, "--down: '%.*s' ends before it begins", (int)part.len, part.data);
    *out = (struct downtime){from.at, to.at};
    return 0;
}

static int by_begin(const void *a, const void *b)
{
    const struct downtime *x = a, *y = b;
    return x->from.ms < y->from.ms ? -1 : x->from.ms > y->from.ms;
}

static int sort(struct downtimes *d, struct err *e)
{
    qsort(d->list, d->n, sizeof *d->list, by_begin);
    for (size_t i = 1; i < d->n; i++) {
        if (d->list[i].from.ms <= d->list[i - 1].to.ms)
            return err_set(e, ERR_USAGE, "--down: two of these times overlap: write them as one");
    }
    return 0;
}

int downtimes_parse(const char *said, const struct zone *zone, struct downtimes *out, struct err *e)
{
    struct text left = text_of(said);
    for (out->n = 0;; out->n++) {
        const char *end = left.len ? memchr(left.data, ';', left.len) : NULL;
        struct text part = {left.data, end ? (size_t)(end - left.data) : left.len};
        if (out->n == DOWNTIMES_MAX)
            return err_set(e, ERR_USAGE, "--down: more than %d times", DOWNTIMES_MAX);
        if (parse_one(trim(part), zone, &out->list[out->n], e)) return -(int)e->code;
        if (!end) break;
        left = (struct text){end + 1, left.len - part.len - 1};
    }
    out->n++;
    return sort(out, e);
}
