// SPDX-License-Identifier: MIT
#include "base/embedded.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct embedded_file *find(const char *name)
{
    const struct embedded_file *f = embedded_files;
    while (f->name && strcmp(f->name, name) != 0) f++;
    return f->name ? f : NULL;
}

struct text embedded_find(const char *name)
{
    const struct embedded_file *f = find(name);
    return f ? (struct text){f->data, f->len} : (struct text){NULL, 0};
}

struct hash embedded_hash(const char *name, struct text data)
{
    const struct embedded_file *f = find(name);
    return f && text_eq((struct text){f->data, f->len}, data) ? f->hash : hash_of(data);
}

// The compiler puts them one behind the other; what else may stand between is constant, too.
void embedded_rest(void)
{
    uintptr_t first = UINTPTR_MAX, last = 0, page = (uintptr_t)sysconf(_SC_PAGESIZE);
    for (const struct embedded_file *f = embedded_files; f->name; f++) {
        uintptr_t from = (uintptr_t)f->data, to = from + f->len;
        if (from < first) first = from;
        if (to > last) last = to;
    }
    first = (first + page - 1) / page * page;
    last = last / page * page;
    if (first < last) madvise((void *)first, last - first, MADV_DONTNEED); // a wish: nothing depends on it
}
