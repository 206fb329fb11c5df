// SPDX-License-Identifier: MIT
#include "base/embedded.h"

#include <string.h>

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
