// SPDX-License-Identifier: MIT
// forget: `usher forget` and `usher export-person`: what is kept of somebody goes, or is shown.
#include "cli/cli.h"
#include "time/wall.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*library)(const struct usher_options *options, const char *request, char **answer, char **error);

// Ends the request, which says who asks, and asks the library. 0, and the answer in `out`, a record.
static int ask(const struct options *o, library call, struct record_map *map, struct buf *out)
{
    struct buf request, json;
    char *answer, *error;
    const char *by = option(o, "by");
    struct usher_options options = {.database = option(o, "database"),
        .config = config_path(o),
        .outbox = option(o, "outbox")};
    buf_init(&request, RECORD_LEN_MAX);
    buf_init(&json, RECORD_LEN_MAX);
    buf_init(out, 512u << 20);
    record_map_text(map, "who", text_of(by ? by : "office"));
    record_map_end(map, &request);
    record_print_json((struct record){(uint8_t *)request.data, request.len}, &json);
    int code = call(&options, buf_z(&json), &answer, &error);
    if (code) complain(code, "%s", error);
    else record_from_json(text_of(answer), out, NULL);
    usher_free(answer);
    usher_free(error);
    buf_release(&request);
    buf_release(&json);
    return code;
}

// `event` may be NULL.
static int ask_person(const struct options *o, const char *event, const char *person, const char *act,
    struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "person", text_of(person));
    record_map_text(&map, "act", text_of(act));
    if (event) record_map_text(&map, "event", text_of(event));
    if (option(o, "note")) record_map_text(&map, "note", text_of(option(o, "note")));
    record_map_bool(&map, "lists", option(o, "lists") != NULL);
    return ask(o, usher_person, &map, out);
}

static void print_person(struct record person)
{
    struct text name = record_get_text(person, "name"), mail = record_get_text(person, "mail"),
                event = record_get_text(person, "event");
    printf("  %.*s <%.*s>", (int)name.len, name.data, (int)mail.len, mail.data);
    if (event.len) printf(" in %.*s", (int)event.len, event.data);
    else printf(", as a deputy");
    printf("\n");
}

static void print_people(struct record answer)
{
    for (struct record_iter it = record_each(record_get(answer, "people")); record_next(&it);)
        print_person(it.value);
    for (struct record_iter it = record_each(record_get(answer, "deputies")); record_next(&it);)
        print_person(it.value);
}

static bool agrees(const struct options *o)
{
    char line[16] = "";
    if (option(o, "yes")) return true;
    if (!isatty(STDIN_FILENO)) {
        complain(USHER_USAGE, "nobody is there to be asked: say --yes to do it all the same");
        return false;
    }
    printf("\nEverything that usher keeps of them goes, and does not come back. Forget them? [y/N] ");
    fflush(stdout);
    return fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y');
}

static long long count_of(struct record answer, const char *field)
{
    return (long long)record_get_int(record_get(answer, "done"), field, 0);
}

// What was done, and what nobody here can reach.
static void print_done(struct record answer)
{
    printf("Forgotten. %lld histories of mails stay as numbers without a name, %lld of them ended by this;\n"
           "%lld entries, %lld answers that came in and %lld lines of the log are gone, and %lld places that "
           "named\n"
           "them do so no more. %lld rows went out of the lists that usher keeps, %lld out of the files "
           "beside the\n"
           "scripts, and %lld files out of the outbox.\n",
        count_of(answer, "flows"), count_of(answer, "ended"), count_of(answer, "entries"),
        count_of(answer, "facts"), count_of(answer, "lines"), count_of(answer, "mentions"),
        count_of(answer, "rows"), count_of(answer, "lists"), count_of(answer, "files"));
    if (!count_of(answer, "looked"))
        printf(
            "\nNo list beside a script was looked at, because usher does not run here: take their rows out "
            "yourselves.\n");
    printf("\nWhat remains outside of usher: the mails in the mailboxes of those who got them, and at their "
           "mail\n"
           "servers; copies of the database that were made before today, until you delete them; and files "
           "that you\n"
           "saved yourselves: lists, reports, printed pages. An anonymous answer to a survey stays: nothing "
           "says\n"
           "whose it was. When an old list brings the address back, its row is passed over and told in the "
           "log.\n");
}

// ---- events that are long over --------------------------------------------------------------------------

static int ask_retention(const struct options *o, bool apply, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "after", text_of(option(o, "after")));
    record_map_bool(&map, "apply", apply);
    return ask(o, usher_retention, &map, out);
}

static void print_event(struct record event)
{
    struct text name = record_get_text(event, "event"), title = record_get_text(event, "title");
    struct record counts = record_get(event, "counts");
    char date[WALL_TEXT_MAX];
    printf("  %.*s: %.*s, ended %s; %lld people, %lld said yes, %lld came\n", (int)name.len, name.data,
        (int)title.len, title.data,
        date_print_long(floor_div(record_get_int(event, "ends", 0), DAY_MS), date),
        (long long)record_get_int(counts, "people", 0), (long long)record_get_int(counts, "yes", 0),
        (long long)record_get_int(counts, "came", 0));
}

static int forget_old_events(const struct options *o)
{
    struct buf bytes;
    int code = ask_retention(o, false, &bytes);
    if (code) return code;
    struct record events = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "events");
    size_t n = record_count(events);
    if (!option(o, "json"))
        for (struct record_iter it = record_each(events); record_next(&it);) print_event(it.value);
    buf_release(&bytes);
    if (!n) {
        if (!option(o, "json")) printf("No event of this database ended so long ago.\n");
        return 0;
    }
    if (!agrees(o)) return USHER_INPUT;
    code = ask_retention(o, true, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer))
        printf("Forgotten: everybody of %lld events. The numbers above stay, and answers without a name.\n",
            count_of(answer, "events"));
    buf_release(&bytes);
    return 0;
}

int command_forget(const struct options *o)
{
    const char *const *words;
    struct buf bytes;
    int n = options_arguments(o, &words);
    if (option(o, "after") && n == 0) return forget_old_events(o);
    if (option(o, "after") || (n != 1 && n != 2))
        return complain(USHER_USAGE, "usher forget PERSON, or usher forget EVENT PERSON: a key or an "
                                     "address, as usher who shows them");
    const char *event = n == 2 ? words[0] : option(o, "event"), *person = words[n - 1];
    int code = ask_person(o, event, person, "look", &bytes);
    if (code) return code;
    if (!option(o, "json")) print_people((struct record){(uint8_t *)bytes.data, bytes.len});
    buf_release(&bytes);
    if (!agrees(o)) return USHER_INPUT;
    code = ask_person(o, event, person, "forget", &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer)) print_done(answer);
    buf_release(&bytes);
    return 0;
}

int command_export_person(const struct options *o)
{
    const char *person = only_argument(o, "one person: usher export-person PERSON, a key or an address");
    struct buf bytes, json;
    if (!person) return USHER_USAGE;
    int code = ask_person(o, option(o, "event"), person, "export", &bytes);
    if (code) return code;
    buf_init(&json, 512u << 20);
    record_print_json((struct record){(uint8_t *)bytes.data, bytes.len}, &json);
    puts(buf_z(&json));
    buf_release(&json);
    buf_release(&bytes);
    return 0;
}
