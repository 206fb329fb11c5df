// SPDX-License-Identifier: MIT
// help: the blocks above every public function, made into one text by ./dev docs and carried in the program.
// The text is "== name" lines, each followed by what is said of it.
#include "usher.h"

#include "base/embedded.h"
#include "base/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "\n== "

// The next entry at or behind `at`: its name and its text. Answers where the one after it is looked for.
static const char *next_entry(const char *at, const char *end, struct text *name, struct text *body)
{
    const char *head = memmem(at, (size_t)(end - at), HEAD, strlen(HEAD));
    if (!head) return NULL;
    const char *from = head + strlen(HEAD), *line = memchr(from, '\n', (size_t)(end - from));
    if (!line) return NULL;
    const char *stop = memmem(line, (size_t)(end - line), HEAD, strlen(HEAD));
    *name = (struct text){from, (size_t)(line - from)};
    *body = (struct text){line + 1, (size_t)((stop ? stop : end) - line - 1)};
    return stop ? stop : end;
}

char *usher_help(const char *word, char **nearest)
{
    struct text all = embedded_find("scripts/help.txt"), name, body;
    const char *at = all.data, *end = all.data + all.len;
    char **names = NULL, *found = NULL;
    size_t n = 0;
    while (!found && at && (at = next_entry(at, end, &name, &body))) {
        names = mem_grow(names, sizeof *names * (n + 1));
        names[n++] = mem_copy(name.data, name.len);
        bool same = text_is(name, word) ||
                    (strncmp(names[n - 1], "usher.", 6) == 0 && strcmp(names[n - 1] + 6, word) == 0);
        if (same) found = mem_copy(body.data, body.len);
    }
    if (nearest) {
        const char *near = found ? NULL : nearest_word(text_of(word), (const char *const *)names, n);
        *nearest = mem_copyz(near);
    }
    for (size_t i = 0; i < n; i++) free(names[i]);
    free(names);
    return found;
}

char *usher_file(const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "scripts/%s", name);
    struct text file = embedded_find(path);
    return file.data ? mem_copy(file.data, file.len) : NULL;
}
