// SPDX-License-Identifier: MIT
// office: what organisers look at from a window: `usher next`, `log`, `login`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

// A list of one event, or of all: the event may be the argument.
static int ask_of_event(const struct options *o, const char *what, struct buf *out)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n > 1)
        return complain(USHER_USAGE, "usher %s, or usher %s EVENT", options_command(o), options_command(o));
    if (n == 1 && option(o, "event")) return complain(USHER_USAGE, "the event is said twice");
    return ask_list(o, what, "event", n ? arguments[0] : NULL, out);
}

// "2021-02-16 10:00 Asia/Thimphu (5 working days before)": the moment is said already, the phrase is left.
static struct text phrase_of(struct text note)
{
    const char *open = note.len && note.data[note.len - 1] == ')' ? memchr(note.data, '(', note.len) : NULL;
    if (!open) return (struct text){0};
    return (struct text){open, note.len - (size_t)(open - note.data)};
}

static void print_next(struct record answer, struct record row)
{
    struct text name = record_get_text(row, "name"), label = record_get_text(row, "label");
    struct text phrase = phrase_of(record_get_text(row, "note"));
    int64_t n = record_get_int(row, "n", 0);
    printf("%-22s %-24.*s ", show_time(answer, record_get_int(row, "due", 0)).text, (int)name.len, name.data);
    if (n == 1 && label.len) printf("%.*s", (int)label.len, label.data);
    else printf("%lld", (long long)n);
    printf("%s%.*s\n", phrase.len ? "  " : "", (int)phrase.len, phrase.data);
}

int command_next(const struct options *o)
{
    struct buf bytes;
    int code = ask_of_event(o, "upcoming", &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it);) print_next(answer, it.value);
        if (record_count(rows) == 0) printf("nothing is planned\n");
    }
    buf_release(&bytes);
    return 0;
}

static void print_act(struct record answer, struct record row)
{
    struct text who = record_get_text(row, "who"), what = record_get_text(row, "what");
    struct text note = record_get_text(row, "note"), about = record_get_text(row, "about");
    printf("%-22s %-20.*s %.*s", show_time(answer, record_get_int(row, "at", 0)).text, (int)who.len, who.data,
        (int)what.len, what.data);
    if (about.len) printf(" (%.*s)", (int)about.len, about.data);
    if (note.len) printf(": %.*s", (int)note.len, note.data);
    putchar('\n');
}

#define ACTS_MAX 1000 // as many as the list gives

int command_log(const struct options *o)
{
    struct buf bytes;
    struct record acts[ACTS_MAX];
    size_t n = 0;
    int code = ask_of_event(o, "audit", &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it) && n < ACTS_MAX;)
            acts[n++] = it.value;
        while (n > 0) print_act(answer, acts[--n]);
        if (record_count(rows) == 0) printf("nothing was done\n");
    }
    buf_release(&bytes);
    return 0;
}

// ---- being let in -------------------------------------------------------------------------------------

// Asks one event for a link; answers how many it gave.
static int print_link(const struct options *o, struct text event, const char *address, int *code)
{
    struct record_map map, with;
    struct buf request, bytes;
    record_map_init(&map);
    record_map_init(&with);
    buf_init(&request, 65536);
    record_map_text(&map, "ask", TEXT("call"));
    record_map_text(&map, "call", TEXT("login-link"));
    record_map_text(&map, "event", event);
    if (address) record_map_text(&with, "address", text_of(address));
    record_map_close(&with, record_map_key(&map, "with"));
    record_map_end(&map, &request);
    *code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (*code) return 0;
    struct record reply = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "reply");
    struct text url = record_get_text(reply, "url"), name = record_get_text(reply, "name");
    bool known = name.len > 0;
    if (url.len) {
        printf("%.*s, as %.*s:\n%.*s\n", (int)event.len, event.data, (int)name.len, name.data, (int)url.len,
            url.data);
    } else if (known) {
        *code = complain(USHER_INPUT,
            "usher has no web address: say  web = { base_url = \"https://...\" }  in "
            "usher.conf.lua");
    }
    buf_release(&bytes);
    return known;
}

int command_login(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments), links = 0;
    if (n > 1) return complain(USHER_USAGE, "usher login, or usher login ADDRESS");
    struct buf bytes;
    int code = ask_list(o, "events", NULL, NULL, &bytes);
    if (code) return code;
    struct record rows = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows");
    for (struct record_iter it = record_each(rows); !code && record_next(&it);) {
        struct text event = record_get_text(it.value, "event");
        if (!option(o, "event") || text_is(event, option(o, "event")))
            links += print_link(o, event, n ? arguments[0] : NULL, &code);
    }
    buf_release(&bytes);
    if (!code && !links)
        return complain(USHER_INPUT,
            n ? "nobody with the address %s has a role in an event that runs here: give "
                "them one in the column 'role' of the people list"
              : "no event that runs here has pages for organisers",
            n ? arguments[0] : "");
    return code;
}
