// SPDX-License-Identifier: MIT
// import: `usher import`: a newer list of people into the one that the scripts read; a programme that was
// pasted into a text file, as a script has it.
#include "cli/cli.h"
#include "cli/folder.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

static void say_next(struct record answer)
{
    for (struct record_iter it = record_each(record_get(answer, "scripts")); record_next(&it);) {
        struct text script = {0};
        record_text(it.value, &script);
        printf("Next: usher plan %.*s shows what that means for people, usher reload %.*s lets it count.\n",
            (int)script.len, script.data, (int)script.len, script.data);
    }
}

// What became of it, in words.
static void say(const struct options *o, const char *into, struct record answer, bool differs)
{
    struct text text = record_get_text(answer, "text");
    printf("%.*s", (int)text.len, text.data);
    if (!differs) printf("%s holds all of it already: nothing is to be written.\n", into);
    else if (option(o, "dry")) printf("Nothing was written (--dry).\n");
    else printf("%s was written.\n", into);
    if (differs && !option(o, "dry")) say_next(answer);
}

static int carry_out(const struct options *o, const char *into, struct record answer)
{
    struct text csv = {0}, lua = record_get_text(answer, "lua");
    if (lua.len) { // a programme: it is printed, to be pasted into a script
        if (!print_json(o, answer)) printf("%.*s", (int)lua.len, lua.data);
        return 0;
    }
    bool differs = record_text(record_get(answer, "csv"), &csv);
    int code = differs && !option(o, "dry") ? file_replace(into, csv) : 0;
    if (!code && !print_json(o, answer)) say(o, into, answer, differs);
    return code;
}

int command_import(const struct options *o)
{
    const char *file = only_argument(o,
        "a list of people (an .xlsx or CSV file), or a programme (a text file)");
    const char *into = option(o, "into") ? option(o, "into") : "guests.csv";
    char *json, *error;
    struct buf bytes;
    if (!file) return USHER_USAGE;
    struct usher_import import = {.file = file,
        .into = into,
        .sheet = option(o, "sheet"),
        .drop_gone = option(o, "drop-gone") != NULL};
    int code = usher_import(&import, &json, &error);
    if (code) {
        complain(code, "%s", error);
        usher_free(error);
        return code;
    }
    buf_init(&bytes, RECORD_LEN_MAX);
    code = record_from_json(text_of(json), &bytes, NULL) ? USHER_INPUT : 0;
    usher_free(json);
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!code) code = carry_out(o, into, answer);
    buf_release(&bytes);
    return code;
}
