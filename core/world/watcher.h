// SPDX-License-Identifier: MIT
// watcher: tells once when files were saved and it has become quiet again: a burst of saves is one.
#pragma once

#include "base/err.h"

struct watcher;
struct uv_loop_s;

// NULL with a sentence. `tell` is called on the loop.
struct watcher *watcher_open(struct uv_loop_s *loop, void (*tell)(void *ctx), void *ctx, struct err *e);
void watcher_close(struct watcher *w); // NULL is fine; the loop must turn once more
int watcher_add(struct watcher *w, const char *path, struct err *e);
