// SPDX-License-Identifier: MIT
// hold: `usher hold`, `usher release`: nothing leaves until somebody has seen what would, and says so.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The event that is meant: the argument, or --event; NULL: all. False after complaining.
static bool read_event(const struct options *o, const char **event)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    *event = n == 1 ? arguments[0] : option(o, "event");
    if (n < 2 && !(n == 1 && option(o, "event"))) return true;
    complain(USHER_USAGE, "usher %s, or usher %s EVENT", options_command(o), options_command(o));
    return false;
}

static void begin_request(const char *what, const char *event, struct record_map *map)
{
    record_map_init(map);
    record_map_text(map, "ask", text_of(what));
    if (event) record_map_text(map, "event", text_of(event));
}

static void put_who(const struct options *o, struct record_map *map)
{
    record_map_text(map, "who", text_of(option(o, "by") ? option(o, "by") : "the operator"));
}

static int send_request(const struct options *o, struct record_map *map, struct buf *out)
{
    struct buf request;
    buf_init(&request, 65536);
    record_map_end(map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

static void print_holds(struct record rows)
{
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct text event = record_get_text(it.value, "event"), note = record_get_text(it.value, "note");
        printf("%.*s%s%.*s\n", (int)event.len, event.data, event.len ? ": " : "", (int)note.len, note.data);
    }
}

int command_hold(const struct options *o)
{
    const char *event;
    struct record_map map;
    struct buf bytes;
    if (!read_event(o, &event)) return USHER_USAGE;
    begin_request("hold", event, &map);
    put_who(o, &map);
    if (option(o, "note")) record_map_text(&map, "note", text_of(option(o, "note")));
    int code = send_request(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer)) print_holds(record_get(answer, "rows"));
    buf_release(&bytes);
    return 0;
}

// ---- what is overdue ----------------------------------------------------------------------------------

// What was to leave meanwhile, by the name of its rule.
struct overdue {
    struct overdue *next;
    struct text name, kind; // lent by the answers
    int64_t waiting, late, first, last;
};

static struct overdue *overdue_of(struct overdue **list, struct text name, struct text kind)
{
    while (*list && !((*list)->name.len == name.len && memcmp((*list)->name.data, name.data, name.len) == 0))
        list = &(*list)->next;
    if (*list) return *list;
    *list = mem_alloc(sizeof **list);
    **list = (struct overdue){.name = name, .kind = kind};
    return *list;
}

static void widen(struct overdue *x, int64_t first, int64_t last)
{
    if (!x->first || first < x->first) x->first = first;
    if (last > x->last) x->last = last;
}

// Rows that wait for another word than this one stay where they are.
static void add_held(struct overdue **list, struct record answer, struct text note)
{
    int64_t now = record_get_int(answer, "now", 0);
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text why = record_get_text(it.value, "note");
        if (why.len != note.len || memcmp(why.data, note.data, note.len) != 0) continue;
        struct overdue *x = overdue_of(list, record_get_text(it.value, "name"),
            record_get_text(it.value, "kind"));
        int64_t at = record_get_int(it.value, "at", 0), limit = record_get_int(it.value, "due", 0);
        if (limit && limit <= now) x->late++;
        else x->waiting++;
        widen(x, at, at);
    }
}

static void add_too_late(struct overdue **list, struct record answer)
{
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct overdue *x = overdue_of(list, record_get_text(it.value, "name"), TEXT("mail"));
        x->late += record_get_int(it.value, "n", 0);
        widen(x, record_get_int(it.value, "first", 0), record_get_int(it.value, "last", 0));
    }
}

// A name that stands in --skip, "one,two"; or NULL.
static bool is_skipped(const char *skip, struct text name)
{
    for (const char *at = skip; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        if (strcspn(at, ",") == name.len && memcmp(at, name.data, name.len) == 0) return true;
    }
    return false;
}

static void print_overdue(const char *skip, struct record answer, const struct overdue *x)
{
    int64_t n = x->waiting + x->late;
    const char *what = text_is(x->kind, "mail") ? "mail" : "request";
    struct shown first = show_time(answer, x->first), last = show_time(answer, x->last);
    printf("%lld %s%s of '%.*s' %s due %s", (long long)n, what, n == 1 ? "" : "s", (int)x->name.len,
        x->name.data, n == 1 ? "was" : "were", first.text);
    if (strcmp(first.text, last.text) != 0) printf(" to %s", last.text);
    if (x->late == n)
        printf(n == 1 ? "; it is too late and is skipped\n" : "; they are too late and are skipped\n");
    else if (is_skipped(skip, x->name)) printf("; left out\n");
    else if (x->late)
        printf("; %lld %s too late and skipped\n", (long long)x->late, x->late == 1 ? "is" : "are");
    else printf("\n");
}

static int ask_overdue(const struct options *o, const char *event, int64_t since, struct buf *held,
    struct buf *late)
{
    struct record_map map;
    begin_request("held", event, &map);
    int code = send_request(o, &map, held);
    if (code) return code;
    begin_request("held_too_late", event, &map);
    record_map_int(&map, "since", since);
    code = send_request(o, &map, late);
    if (code) buf_release(held);
    return code;
}

#define OVERDUE_MS (60 * SECOND_MS)

// Moments that have passed while no usher ran: it looks at them when it runs.
static int show_sleeping(const struct options *o, const char *event, int64_t now, bool *any)
{
    struct record_map map;
    struct buf bytes;
    begin_request("upcoming", event, &map);
    record_map_int(&map, "before", now - OVERDUE_MS);
    int code = send_request(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text name = record_get_text(it.value, "name");
        int64_t n = record_get_int(it.value, "n", 0);
        printf("%lld of '%.*s' %s due %s; usher looks at %s when it runs\n", (long long)n, (int)name.len,
            name.data, n == 1 ? "was" : "were", show_time(answer, record_get_int(it.value, "due", 0)).text,
            n == 1 ? "it" : "them");
        *any = true;
    }
    buf_release(&bytes);
    return 0;
}

// Prints what the hold keeps back, a line for each rule.
static int show_overdue(const struct options *o, const char *event, struct text note, int64_t since)
{
    struct buf held, late;
    struct overdue *list = NULL;
    int code = ask_overdue(o, event, since, &held, &late);
    if (code) return code;
    struct record answer = {(uint8_t *)held.data, held.len};
    add_held(&list, answer, note);
    add_too_late(&list, (struct record){(uint8_t *)late.data, late.len});
    bool any = list != NULL;
    char *skip = option_joined(o, "skip", ",");
    while (list) {
        struct overdue *x = list;
        list = x->next;
        print_overdue(skip, answer, x);
        free(x);
    }
    free(skip);
    code = show_sleeping(o, event, record_get_int(answer, "now", 0), &any);
    if (!code && !any) printf("nothing was to leave meanwhile\n");
    buf_release(&held);
    buf_release(&late);
    return code;
}

// ---- the word -----------------------------------------------------------------------------------------

// A person at a terminal is asked; a program must have said it.
static int confirm(const struct options *o, const char *question)
{
    char line[16] = "";
    if (option(o, "yes") || option(o, "skip")) return 0;
    if (!isatty(STDIN_FILENO))
        return complain(USHER_INPUT,
            "nobody is here to be asked: say --yes, or --skip RULE for what is not to leave any more");
    printf("%s [y/N] ", question);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) && (line[0] == 'y' || line[0] == 'Y')) return 0;
    return complain(USHER_INPUT, "nothing was changed");
}

static void put_skip(const struct options *o, struct record_map *map)
{
    struct buf list;
    size_t n = 0;
    char *skip = option_joined(o, "skip", ",");
    buf_init(&list, 65536);
    for (const char *at = skip; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
        record_put_text(&list, (struct text){at, strcspn(at, ",")});
        n++;
    }
    struct buf *out = record_map_key(map, "skip");
    record_put_list(out, n);
    buf_addt(out, buf_text(&list));
    buf_release(&list);
    free(skip);
}

// Says the word: `what` is "release" or "adopt", `done` what to print.
static int say(const struct options *o, const char *what, const char *event, const char *done)
{
    struct record_map map;
    struct buf bytes;
    begin_request(what, event, &map);
    put_who(o, &map);
    if (option(o, "skip")) put_skip(o, &map);
    int code = send_request(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    int64_t skipped = record_get_int(record_get(answer, "reply"), "skipped", 0);
    if (!print_json(o, answer)) {
        printf("%s", done);
        if (skipped) printf("; %lld left out", (long long)skipped);
        printf("\n");
    }
    buf_release(&bytes);
    return 0;
}

// The row of the hold that is meant: the one on this event, or the one on everything; or that the database
// is not adopted.
static struct record hold_of(struct record rows, const char *event, bool away)
{
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct text of = record_get_text(it.value, "event");
        if (record_get_bool(it.value, "away", false) != away) continue;
        if (event ? text_is(of, event) : !of.len) return it.value;
    }
    return (struct record){0};
}

// What it keeps back, and the question; then the word.
static int ask_and_say(const struct options *o, const char *event, struct record hold, const char *what,
    const char *question, const char *done)
{
    int code = 0;
    if (!option(o, "json"))
        code = show_overdue(o, event, record_get_text(hold, "note"), record_get_int(hold, "at", 0));
    if (!code) code = confirm(o, question);
    return code ? code : say(o, what, event, done);
}

static int release_shown(const struct options *o, const char *event, struct record rows)
{
    struct record hold = hold_of(rows, event, false);
    if (!option(o, "json")) print_holds(rows);
    if (hold.data) return ask_and_say(o, event, hold, "release", "Release?", "released");
    if (event) return complain(USHER_INPUT, "'%s' is not on hold by itself", event);
    return complain(USHER_INPUT,
        record_count(rows) ? "nothing is on hold as a whole: usher release EVENT" : "nothing is on hold");
}

int command_release(const struct options *o)
{
    const char *event;
    struct buf bytes;
    if (!read_event(o, &event)) return USHER_USAGE;
    int code = ask_list(o, "holds", NULL, NULL, &bytes);
    if (code) return code;
    code = release_shown(o, event, record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows"));
    buf_release(&bytes);
    return code;
}

int command_adopt(const struct options *o)
{
    const char *const *arguments;
    struct buf bytes;
    if (options_arguments(o, &arguments))
        return complain(USHER_USAGE, "usher adopt takes no event: it is about all");
    int code = ask_list(o, "holds", NULL, NULL, &bytes);
    if (code) return code;
    struct record rows = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows");
    struct record away = hold_of(rows, NULL, true);
    if (!option(o, "json")) print_holds(rows);
    if (away.data) code = ask_and_say(o, NULL, away, "adopt", "Does it belong here?", "adopted");
    else code = complain(USHER_INPUT, "this database belongs here already, so there is nothing to adopt");
    buf_release(&bytes);
    return code;
}
