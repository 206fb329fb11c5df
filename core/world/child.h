// SPDX-License-Identifier: MIT
// child: a program that runs beside the engine, so that the loop never waits for it. It has no input, its
// output goes nowhere, and what it complains about is told when it has ended.
#pragma once

#include "base/buf.h"
#include "base/err.h"

struct child;
struct uv_loop_s;

// It ended: its exit code, or -1 when a signal ended it; the beginning of what it wrote to stderr.
typedef void (*child_ended)(void *ctx, int code, struct text complaint);

// argv ends with NULL; the program is argv[0], by its path. NULL with a sentence. `ended` is called once, on
// the loop, and the child is gone then.
struct child *child_start(struct uv_loop_s *loop, const char *const *argv, child_ended ended, void *ctx,
    struct err *e);
// Ends it, and nobody is told. NULL is fine; the loop must turn once more.
void child_stop(struct child *c);
