// SPDX-License-Identifier: MIT
// attendance: `usher attendance` shows who was there, hands in Zoom's report and says who is who; `usher
// attended` is the office's own word, of one person or as a list.
#include "cli/cli.h"
#include "cli/folder.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

#define CSV_MAX (4u << 20) // as scripts/usher/csv.lua

// ---- what is handed in ----------------------------------------------------------------------------------

static void put_option(const struct options *o, struct record_map *with, const char *name)
{
    if (option(o, name)) record_map_text(with, name, text_of(option(o, name)));
}

// The file that --csv names, as text and by its name, in a request. 0, or an exit code after complaining.
static int put_csv(const struct options *o, struct record_map *with)
{
    const char *path = option(o, "csv"), *slash = strrchr(path, '/');
    struct buf text;
    buf_init(&text, CSV_MAX);
    int code = file_read(path, &text);
    if (!code) {
        record_map_text(with, "csv", buf_text(&text));
        record_map_text(with, "file", text_of(slash ? slash + 1 : path));
    }
    buf_release(&text);
    return code;
}

// Asks a handler that takes a file and the options `session` and `zone`.
static int hand_in(const struct options *o, const char *event, const char *handler)
{
    struct record_map with;
    record_map_init(&with);
    int code = put_csv(o, &with);
    if (code) {
        record_map_release(&with);
        return code;
    }
    put_option(o, &with, "session");
    put_option(o, &with, "zone");
    return call_and_say(o, event, handler, &with);
}

// ---- what is shown --------------------------------------------------------------------------------------

static void print_sources(struct record sources)
{
    const char *between = "";
    for (struct record_iter it = record_each(sources); record_next(&it); between = ", ") {
        struct text source;
        if (record_text(it.value, &source)) printf("%s%.*s", between, (int)source.len, source.data);
    }
    printf("\n");
}

static void print_minutes(struct record row)
{
    int64_t minutes = record_get_int(row, "minutes", -1);
    if (minutes < 0) printf("%7s  ", "");
    else printf("%3lld min  ", (long long)minutes);
}

static void print_person(struct record row)
{
    struct text name = record_get_text(row, "name"), group = record_get_text(row, "group");
    printf("%-34.*s %-20.*s %-9s ", (int)name.len, name.data, (int)group.len, group.data,
        record_get_bool(row, "present", false) ? "there" : "not there");
    print_minutes(row);
    print_sources(record_get(row, "sources"));
}

static void print_doubt(struct record row)
{
    struct text name = record_get_text(row, "name"), text = record_get_text(row, "text");
    printf("  %.*s: %.*s\n", (int)name.len, name.data, (int)text.len, text.data);
}

static void print_stranger(struct record row)
{
    struct text name = record_get_text(row, "name");
    printf("  ");
    print_minutes(row);
    printf("%.*s\n", (int)name.len, name.data);
}

static void print_part(struct record rows, const char *heading, void (*print)(struct record row))
{
    if (!record_count(rows)) return;
    printf("\n%s:\n", heading);
    for (struct record_iter it = record_each(rows); record_next(&it);) print(it.value);
}

static void print_attendance(struct record shown)
{
    struct text title = record_get_text(shown, "title");
    struct record people = record_get(shown, "people");
    printf("%.*s\n\n", (int)title.len, title.data);
    for (struct record_iter it = record_each(people); record_next(&it);) print_person(it.value);
    if (!record_count(people)) printf("Nothing is known of anybody.\n");
    else
        printf("\n%lld of %zu were there\n", (long long)record_get_int(shown, "present", 0),
            record_count(people));
    print_part(record_get(shown, "disagreements"), "These do not agree", print_doubt);
    print_part(record_get(shown, "strangers"),
        "Nobody knows who these are (--participant NAME --is PERSON, or --is nobody)", print_stranger);
}

static int show(const struct options *o, const char *event)
{
    struct record_map with;
    struct buf bytes;
    record_map_init(&with);
    put_option(o, &with, "session");
    int code = call_handler(o, event, "attendance", &with, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer)) print_attendance(record_get(answer, "reply"));
    buf_release(&bytes);
    return 0;
}

static int assign(const struct options *o, const char *event)
{
    struct record_map with;
    if (!option(o, "participant") || !option(o, "is"))
        return complain(USHER_USAGE, "usher attendance --participant NAME --is PERSON: a participant that "
                                     "usher attendance lists as unknown, and a person's name or key (or "
                                     "nobody)");
    record_map_init(&with);
    record_map_text(&with, "stranger", text_of(option(o, "participant")));
    record_map_text(&with, "person", text_of(option(o, "is")));
    return call_and_say(o, event, "attendance-assign", &with);
}

// ---- the commands ---------------------------------------------------------------------------------------

int command_attendance(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    const char *event = n ? arguments[0] : NULL;
    if (n > 1)
        return complain(USHER_USAGE, "usher attendance [EVENT] [--session ID], with --csv FILE to hand in "
                                     "Zoom's report");
    if (option(o, "csv")) return hand_in(o, event, "attendance-report");
    if (option(o, "participant") || option(o, "is")) return assign(o, event);
    return show(o, event);
}

int command_attended(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    bool no = n == 2 && strcmp(arguments[1], "no") == 0;
    if (n == 0 && option(o, "csv")) return hand_in(o, NULL, "attended-list");
    if (n != 1 && !no && !(n == 2 && strcmp(arguments[1], "yes") == 0))
        return complain(USHER_USAGE, "usher attended NAME [yes|no], or usher attended --csv FILE");
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "person", text_of(arguments[0]));
    record_map_bool(&with, "present", !no);
    put_option(o, &with, "session");
    return call_and_say(o, NULL, "attended", &with);
}
