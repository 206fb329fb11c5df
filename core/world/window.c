// SPDX-License-Identifier: MIT
#include "world/window.h"

#include "base/buf.h"

#include <stdlib.h>

#define BEGUN_MAX 1000000 // bounds the memory of a limit

void window_init(struct window *w, uint64_t span_ms, int most)
{
    w->span_ms = span_ms;
    w->next = 0;
    w->room = most <= 0 ? 0 : most > BEGUN_MAX ? BEGUN_MAX : (size_t)most;
    w->begun_at = mem_alloc(w->room * sizeof *w->begun_at);
}

void window_release(struct window *w)
{
    free(w->begun_at);
    *w = (struct window){0};
}

uint64_t window_shut_ms(const struct window *w, uint64_t now)
{
    uint64_t oldest = w->room ? w->begun_at[w->next] : 0;
    return oldest && now < oldest + w->span_ms ? oldest + w->span_ms - now : 0;
}

size_t window_room(const struct window *w, uint64_t now, size_t most)
{
    size_t n = 0;
    if (!w->room) return most;
    while (n < most && n < w->room) {
        uint64_t at = w->begun_at[(w->next + n) % w->room];
        if (at && now < at + w->span_ms) break;
        n++;
    }
    return n;
}

void window_note(struct window *w, uint64_t now)
{
    if (!w->room) return;
    w->begun_at[w->next] = now ? now : 1;
    w->next = (w->next + 1) % w->room;
}
