// SPDX-License-Identifier: MIT
// folder: what a rehearsal leaves to be looked at: a page, every mail as a page and as a file, all of them in
// one .mbox, a page for each person, and the lists that are handed on.
#pragma once

#include "base/buf.h"

// Each answers an exit code, after complaining.
int file_read(const char *path, struct buf *out);
int file_write(const char *path, struct text content);
// Puts a file in the place of one that people have, whole or not at all; it keeps the permissions of that
// one.
int file_replace(const char *path, struct text content);
int folder_make(const char *path); // also when it is there
int folder_write(const char *folder, const char *name, struct text content);

// The folder that is being written; the first thing that goes wrong counts.
struct folder {
    const char *path; // NULL: none
    struct buf mbox;
    int code;
};
int folder_begin(struct folder *f, const char *path);
// What usher_rehearsal.on_mail takes; ctx is the folder.
void folder_add_mail(void *ctx, const char *file, const char *eml, size_t eml_len, const char *html);
// What usher_rehearsal.on_person takes.
void folder_add_person(void *ctx, const char *file, const char *html);
// What usher_rehearsal.on_list takes.
void folder_add_list(void *ctx, const char *file, const char *csv);
// html: the list of all mails; told: what is reported of the event afterwards, or "".
int folder_end(struct folder *f, const char *html, const char *told);
void folder_release(struct folder *f);
