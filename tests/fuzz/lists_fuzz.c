// SPDX-License-Identifier: MIT
// lists_fuzz: hostile lists through the words: the first byte says which of guests, programme, people,
// holidays and a mail's template the rest becomes. Every refusal must be a sentence of ours, never one of
// Lua's own.
#include "engine/engine.h"
#include "engine/script.h"
#include "lua/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char script[] =
    "event \"e\" { title = \"T\", when = \"Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu\","
    " from = \"O <o@office.example>\" }\n"
    "people \"people.csv\"\nguests \"guests.csv\"\nholidays \"days.txt\"\n"
    "programme \"programme.txt\"\nuse \"briefing\"\n"
    "mail \"own\" { to = invited, at = \"1 day before\", subject = \"s\", file = \"t.md\" }\n";

static const struct {
    const char *name, *fine;
} files[] = {
    {"guests.csv", "name,mail\nKarma,karma@office.example\n"},
    {"programme.txt", "14:00 - 14:05\tWelcome\n14:05 - 16:30\tTalk\n"},
    {"people.csv", "key,name,role,mail,zone\nko,Mr. Ko,speaker,ko@office.example,Asia/Seoul\n"},
    {"days.txt", "2021-02-12 Losar\n"},
    {"t.md", "Dear {name}, see you {when}.\n"},
};
#define FILES_N (sizeof files / sizeof *files)

static struct {
    size_t which;
    struct text data;
} hostile;

static int read_file(void *ctx, const char *path, char **data, size_t *len, struct err *e)
{
    (void)ctx;
    struct text content = TEXT("");
    if (strcmp(path, "e.lua") == 0) content = text_of(script);
    for (size_t i = 0; i < FILES_N; i++) {
        if (strcmp(path, files[i].name) == 0)
            content = i == hostile.which ? hostile.data : text_of(files[i].fine);
    }
    *data = mem_copy(content.data, content.len);
    *len = content.len;
    return content.data ? 0 : err_set(e, ERR_INPUT, "%s is not there", path);
}

// What Lua says when a script of ours did not expect something.
static void refuse_faults(const char *sentence)
{
    static const char *const faults[] = {"attempt to", "bad argument", "stack overflow", "invalid value"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        if (!strstr(sentence, faults[i])) continue;
        fprintf(stderr, "not a sentence for people: %s\n", sentence);
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096) return 0;
    hostile.which = data[0] % FILES_N;
    hostile.data = (struct text){(const char *)data + 1, size - 1};
    sandbox_set_library(api_open);
    struct engine g = {.options = {.rehearsal = true, .read_file = read_file}};
    struct err e = {0};
    struct script *s = script_open(&g, "e.lua", &e);
    if (!s) refuse_faults(e.text);
    script_close(s);
    return 0;
}
