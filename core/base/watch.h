// SPDX-License-Identifier: MIT
// watch: notices that files were saved, whichever way an editor does that: writing into the file, or writing
// another one and putting it in its place. Nothing is looked at twice: the system says when it happens.
#pragma once

#include "base/err.h"

struct watch;

struct watch *watch_open(struct err *e); // NULL with a sentence
void watch_close(struct watch *w);       // NULL is fine
// A file by its path; it need not be there. Its folder is watched. Naming a file twice is fine.
int watch_add(struct watch *w, const char *path, struct err *e);
// For poll: readable when something happened in one of the folders.
int watch_fd(const struct watch *w);
// Takes what has happened so far, without waiting: was one of the files saved?
bool watch_saved(struct watch *w);
