// SPDX-License-Identifier: MIT
// why: `usher why NAME [RULE]`: what a person's mails wait for, or how they ended, since when, what comes
// next and what can be done. `usher why [EVENT]`: everything that needs a person. The sentences are the
// engine's (engine/explain.h), so pages and programs have the same ones.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

#define WEEK_MS (7 * 24 * 3600 * 1000LL) // mails that were refused are told so long
#define NAMED_MAX 5                      // people of one reason, by name

static void print_field(struct record row, const char *name, const char *before)
{
    struct text words = record_get_text(row, name);
    if (words.len) printf("%s%.*s\n", before, (int)words.len, words.data);
}

// ---- one person -------------------------------------------------------------------------------------

static int print_flow(const struct options *o, struct record row, int64_t *last)
{
    struct text name = record_get_text(row, "name"), who = who_of(row);
    int64_t flow = record_get_int(row, "flow", 0);
    int code = 0;
    if (flow != *last) {
        printf("%.*s for %.*s (%lld):\n", (int)name.len, name.data, (int)who.len, who.data, (long long)flow);
        code = print_arrivals(o, row);
    }
    print_field(row, "says", "  ");
    print_field(row, "todo", "  to do: ");
    *last = flow;
    return code;
}

static int why_of_person(const struct options *o, const char *name, const char *rule)
{
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("why"));
    record_map_text(&map, "text", text_of(name));
    if (rule) record_map_text(&map, "name", text_of(rule));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    int code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    int64_t last = 0;
    size_t n = record_count(rows);
    bool json = print_json(o, answer);
    for (struct record_iter it = record_each(rows); !json && !code && record_next(&it);)
        code = print_flow(o, it.value, &last);
    buf_release(&bytes);
    if (!code && !n && !json)
        return complain(USHER_INPUT, "nothing here is called '%s'%s%s: usher flows lists everything", name,
            rule ? " under the rule " : "", rule ? rule : "");
    return code;
}

// ---- everything that needs somebody -------------------------------------------------------------------

static const struct {
    const char *part, *title;
} parts[] = {
    {"unsure", "Nobody knows whether these arrived"},
    {"stopped", "Stopped"},
    {"refused", "Not delivered in the last seven days"},
    {"held", "Held until somebody says a word"},
};

static bool is_alike(struct record a, struct record b)
{
    static const char *const same[] = {"part", "event", "name", "because"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        if (!text_eq(record_get_text(a, same[i]), record_get_text(b, same[i]))) return false;
    }
    return true;
}

static void print_title(struct record row)
{
    struct text part = record_get_text(row, "part");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (text_is(part, parts[i].part)) printf("%s:\n", parts[i].title);
    }
}

// How many of a list, from this row on, have the same reason.
static size_t count_alike(struct record_iter at, struct record first)
{
    size_t n = 1;
    while (record_next(&at) && is_alike(first, at.value)) n++;
    return n;
}

// Advances over all that have the same reason; names the first few.
static void print_names(struct record_iter *it, size_t n)
{
    printf("    ");
    for (size_t i = 0; i < n; i++) {
        struct text who = who_of(it->value);
        if (i < NAMED_MAX)
            printf("%s%.*s (%lld)", i ? ", " : "", (int)who.len, who.data,
                (long long)record_get_int(it->value, "flow", 0));
        if (i + 1 < n) record_next(it);
    }
    if (n > NAMED_MAX) printf(" and %zu more", n - NAMED_MAX);
    putchar('\n');
}

static void print_alike(struct record_iter *it)
{
    struct record first = it->value;
    struct text name = record_get_text(first, "name"), who = who_of(first),
                event = record_get_text(first, "event");
    size_t n = count_alike(*it, first);
    if (n == 1)
        printf("  %.*s for %.*s (%lld)", (int)name.len, name.data, (int)who.len, who.data,
            (long long)record_get_int(first, "flow", 0));
    else printf("  %.*s, %zu of them", (int)name.len, name.data, n);
    print_field(first, "says", ": ");
    if (n > 1) print_names(it, n);
    print_field(first, "todo", "    to do: ");
    if (n > 1 && text_is(record_get_text(first, "part"), "stopped"))
        printf("    all at once: usher retry %.*s --failed\n", (int)event.len, event.data);
}

static int why_of_event(const struct options *o, const char *event)
{
    struct record_map map;
    struct buf bytes, now;
    int code = ask_list(o, "status", NULL, NULL, &now);
    if (code) return code;
    int64_t now_ms = record_get_int((struct record){(uint8_t *)now.data, now.len}, "now", 0);
    buf_release(&now);
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("attention"));
    record_map_int(&map, "since", now_ms - WEEK_MS);
    if (event) record_map_text(&map, "event", text_of(event));
    code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, before = {0};
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
            if (!text_eq(record_get_text(it.value, "part"), record_get_text(before, "part")))
                print_title(it.value);
            before = it.value;
            print_alike(&it);
        }
        if (!before.data) printf("nothing waits for a person\n");
    }
    buf_release(&bytes);
    return 0;
}

// ---- the command --------------------------------------------------------------------------------------

int event_is(const struct options *o, const char *name, bool *is)
{
    struct buf bytes;
    int code = ask_list(o, "events", NULL, NULL, &bytes);
    if (code) return code;
    struct record rows = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows");
    *is = false;
    for (struct record_iter it = record_each(rows); record_next(&it);)
        *is = *is || text_is(record_get_text(it.value, "event"), name);
    buf_release(&bytes);
    return 0;
}

int command_why(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words);
    bool is_event = false;
    if (n > 2)
        return complain(USHER_USAGE, "usher why NAME [RULE], where NAME is a person, a key, or part of one; "
                                     "or usher why [EVENT] for everything that needs a person");
    if (n == 0) return why_of_event(o, option(o, "event"));
    int code = n == 1 ? event_is(o, words[0], &is_event) : 0;
    if (code) return code;
    return is_event ? why_of_event(o, words[0]) : why_of_person(o, words[0], n == 2 ? words[1] : NULL);
}
