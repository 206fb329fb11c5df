// SPDX-License-Identifier: MIT
// guard: see guard.h.
#include "engine/guard.h"

#include "base/log.h"
#include "engine/engine.h"
#include "engine/hold.h"
#include "engine/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Event -> since when its hour counts. A book of the house that no script can name.
#define SINCE "#guard"

static size_t limit_of(const struct engine *g, const struct event *ev)
{
    double most = g->options.mails_an_hour_max ? (double)g->options.mails_an_hour_max : GUARD_MAILS_MAX;
    record_num(record_get(ev->current->about, "mails_an_hour_max"), &most); // 30, and 60 / 2
    return (size_t)most;
}

// Mails from before this moment do not count.
static struct instant counts_from(const struct engine *g, const struct event *ev)
{
    struct instant from = instant_add(g->now, 1 - HOUR_MS);
    int64_t since = 0;
    if (g->house) record_int(book_get(book_find(g->house, TEXT(SINCE)), text_of(ev->name)), &since);
    return since > from.ms ? (struct instant){since} : from;
}

static void add(struct guard *guard, struct instant at)
{
    if (guard->n == guard->room && guard->first > guard->n / 2) {
        memmove(guard->left, guard->left + guard->first, sizeof *guard->left * (guard->n - guard->first));
        guard->n -= guard->first;
        guard->first = 0;
    }
    if (guard->n == guard->room) {
        guard->room = guard->room ? 2 * guard->room : 64;
        guard->left = mem_grow(guard->left, sizeof *guard->left * guard->room);
    }
    guard->left[guard->n++] = at;
}

int guard_restore(struct engine *g, struct event *ev, struct err *e)
{
    struct guard *guard = &ev->guard;
    size_t n = limit_of(g, ev);
    struct instant *left = mem_alloc(sizeof *left * n);
    int failed = store_mails_left(g->store, text_of(ev->name), counts_from(g, ev), left, &n, e);
    while (!failed && n > 0) add(guard, left[--n]); // the newest came first
    free(left);
    return failed;
}

void guard_release(struct guard *guard)
{
    free(guard->left);
}

bool guard_is_full(struct engine *g, struct event *ev)
{
    struct guard *guard = &ev->guard;
    struct instant from = counts_from(g, ev);
    while (guard->first < guard->n && instant_before(guard->left[guard->first], from)) guard->first++;
    return guard->n - guard->first >= limit_of(g, ev);
}

void guard_count(struct engine *g, struct event *ev)
{
    add(&ev->guard, g->now);
}

void guard_uncount(struct event *ev)
{
    if (ev->guard.n > ev->guard.first) ev->guard.n--;
}

void guard_strike(struct engine *g, struct event *ev, struct buf *why)
{
    size_t n = limit_of(g, ev);
    size_t from = why->len;
    char whole[160];
    buf_addf(why, "%zu mail%s left within an hour, and more %s to follow", n, n == 1 ? "" : "s",
        n == 1 ? "was" : "were");
    snprintf(whole, sizeof whole, "the blast guard: %s", buf_z(why) + from);
    ev->guard.struck = true;
    hold_begin(g, ev, ev, TEXT("usher"), text_of(whole));
}

void guard_begin_anew(struct engine *g, struct event *by, struct event *ev)
{
    struct err e = {0};
    struct buf since;
    buf_init(&since, 16);
    record_put_int(&since, g->now.ms);
    if (book_set(g, by ? by : g->house, book_find(g->house, TEXT(SINCE)), text_of(ev->name),
            (struct record){(uint8_t *)since.data, since.len}, &e))
        log_line(LOG_ERROR, e.text, NULL); // the books of the house are full, at 64 MiB
    if (!by) book_forget_changes(g->house);
    buf_release(&since);
}
