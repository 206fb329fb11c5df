// SPDX-License-Identifier: MIT
// starter: the folder that a new event begins with: a script, its lists, its texts.
//
// Starters are part of the program: scripts/starters/KIND/FILE. A file whose name ends in ".in" holds words
// between two @ that are filled in, and loses that ending; event.lua becomes the script, ID.lua. Everything
// else is taken as it stands. @id@ @title@ @zone@ and of the event's time @when@ (all of it) @weekday@ @date@
// @clock@, and @60%@: the time of day when that much of it is over.
// Holds always: nothing that is there already is written over, and a folder that could not be finished is
// taken away again.
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "time/when.h"

#define STARTER_NAME_MAX 64
#define STARTER_FILES_MAX 64

// What is filled in.
struct starter_words {
    char id[STARTER_NAME_MAX + 1];    // my-training
    char title[STARTER_NAME_MAX + 1]; // My training
    struct when when;
};

// From the name that a person gave. -INPUT when it can't be a folder here and the name of an event.
int starter_name(const char *name, struct starter_words *out, struct err *e);
// A day and a time that suit a new event: a Thursday afternoon in eight weeks, by the clock of that zone.
int starter_when(const struct zone *zone, struct instant now, struct when *out, struct err *e);
// "Thu 21 Jan 2027 14:00-16:30 Asia/Thimphu", as event's `when` takes it.
void starter_print_when(const struct when *w, struct buf *out);

// A file that is to be written. Both texts are borrowed.
struct starter_file {
    struct text name, content;
};
// Makes the folder with these files, all or none of them. -INPUT when the folder is there already.
int starter_write(const char *folder, const struct starter_file *files, size_t n, struct err *e);
// Makes the folder for a new event of that kind. What was written is added to `said`, a line for each file.
int starter_make(const char *kind, const char *folder, const struct starter_words *words, struct buf *said,
    struct err *e);
