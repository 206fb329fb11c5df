// SPDX-License-Identifier: MIT
// window: at most so many begins within a span of time, wherever the span is laid: a mail server's "100 an
// hour". Owns a ring of the newest begins. The clock is the caller's, in ms, and never runs backwards.
#pragma once

#include <stddef.h>
#include <stdint.h>

struct window {
    uint64_t span_ms;
    uint64_t *begun_at; // 0: none yet
    size_t room, next;  // room 0: no limit
};

void window_init(struct window *w, uint64_t span_ms, int most); // most <= 0: no limit
void window_release(struct window *w);
// How long until its oldest begin is out of the window; 0 when it is open.
uint64_t window_shut_ms(const struct window *w, uint64_t now);
// How many more may begin, up to `most`.
size_t window_room(const struct window *w, uint64_t now, size_t most);
// One begins.
void window_note(struct window *w, uint64_t now);
