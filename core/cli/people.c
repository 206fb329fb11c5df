// SPDX-License-Identifier: MIT
// people: `usher who`, `usher answer` and `usher ics`: the script's words about its people.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

static int ask_script(const struct options *o, struct record_map *map, struct buf *out)
{
    struct buf request;
    buf_init(&request, 65536);
    if (option(o, "event")) record_map_text(map, "event", text_of(option(o, "event")));
    record_map_end(map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

static void print_person(struct record person)
{
    struct text name = record_get_text(person, "name"), group = record_get_text(person, "group");
    struct text answer = record_get_text(person, "answer"), note = record_get_text(person, "note");
    printf("%-34.*s %-20.*s %.*s%s%.*s%s\n", (int)name.len, name.data, (int)group.len, group.data,
        answer.len ? (int)answer.len : 9, answer.len ? answer.data : "no answer", note.len ? " (" : "",
        (int)note.len, note.data, note.len ? ")" : "");
}

int command_who(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n > 1) return complain(USHER_USAGE, "usher who, or usher who GROUP");
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("who"));
    if (n) record_map_text(&map, "group", text_of(arguments[0]));
    int code = ask_script(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, people = record_get(answer, "reply");
    if (record_get(people, "people").data) people = record_get(people, "people");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(people); record_next(&it);) print_person(it.value);
        printf("%zu people\n", record_count(people));
    }
    buf_release(&bytes);
    return 0;
}

int command_answer(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    bool comes = n == 2 && (strcmp(arguments[1], "yes") == 0 || strcmp(arguments[1], "no") == 0);
    bool names = n == 3 && strcmp(arguments[1], "by") == 0; // "Closing remarks" by "Karma Dorji"
    if (!comes && !names) {
        return complain(USHER_USAGE, "usher answer NAME yes|no [--note TEXT], or usher answer ITEM by NAME");
    }
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("answer"));
    record_map_text(&map, "person", text_of(arguments[0]));
    record_map_text(&map, "answer", text_of(arguments[n - 1]));
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    if (option(o, "note")) record_map_text(&map, "note", text_of(option(o, "note")));
    int code = ask_script(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer)) {
        struct text said = record_get_text(record_get(answer, "reply"), "text");
        printf("%.*s\n", said.len ? (int)said.len : 4, said.len ? said.data : "kept");
    }
    buf_release(&bytes);
    return 0;
}

int command_deputy(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    bool back = n == 2 && strcmp(arguments[1], "none") == 0;
    if (n != 3 && !back)
        return complain(USHER_USAGE, "usher deputy NAME DEPUTY ADDRESS, or usher deputy NAME none");
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "person", text_of(arguments[0]));
    if (!back) {
        record_map_text(&with, "name", text_of(arguments[1]));
        record_map_text(&with, "mail", text_of(arguments[2]));
    }
    return call_and_say(o, NULL, "deputy", &with);
}

int command_hand_over(const struct options *o)
{
    const char *const *arguments;
    if (options_arguments(o, &arguments) != 2)
        return complain(USHER_USAGE,
            "usher hand-over FROM TO: two people of the people list, by key or name; "
            "TO none takes it back");
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "from", text_of(arguments[0]));
    record_map_text(&with, "to", text_of(arguments[1]));
    return call_and_say(o, NULL, "hand-over", &with);
}

int command_invite_now(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n != 1 && n != 2) return complain(USHER_USAGE, "usher invite-now ADDRESS [NAME]");
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "mail", text_of(arguments[0]));
    if (n == 2) record_map_text(&with, "name", text_of(arguments[1]));
    return call_and_say(o, NULL, "invite-now", &with);
}

int command_ics(const struct options *o)
{
    const char *name = only_argument(o, "a person's name or key");
    struct record_map map;
    struct buf bytes;
    if (!name) return USHER_USAGE;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("ics"));
    record_map_text(&map, "person", text_of(name));
    int code = ask_script(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    struct text entry = record_get_text(record_get(answer, "reply"), "text");
    if (!print_json(o, answer)) fwrite(entry.data, 1, entry.len, stdout);
    buf_release(&bytes);
    return 0;
}
