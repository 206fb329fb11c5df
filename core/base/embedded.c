// SPDX-License-Identifier: MIT
#include "base/embedded.h"

#include <string.h>

struct text embedded_find(const char *name)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++) {
        if (strcmp(f->name, name) == 0) return (struct text){f->data, f->len};
    }
    return (struct text){NULL, 0};
}
