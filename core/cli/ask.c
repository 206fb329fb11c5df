// SPDX-License-Identifier: MIT
// ask: questions that several commands put to the engine, and finding the flow that a person means.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ask_with(const struct options *o, struct record_map *map, struct buf *out)
{
    struct buf request;
    buf_init(&request, 1u << 20);
    record_map_end(map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

int ask_list(const struct options *o, const char *what, const char *key, const char *value, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "ask", text_of(what));
    if (value) record_map_text(&map, key, text_of(value));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    return ask_with(o, &map, out);
}

struct text who_of(struct record row)
{
    struct text label = record_get_text(row, "label"), key = record_get_text(row, "flow_key");
    return label.len ? label : key.len ? key : record_get_text(row, "key");
}

// ---- which flow is meant ----------------------------------------------------------------------------

// A number, or 0 when the text is none.
static long long number_of(const char *text)
{
    char *end;
    long long number = strtoll(text, &end, 10);
    return *text && !*end && number > 0 ? number : 0;
}

// The list that holds whatever the words may mean.
static int list_meant(const struct options *o, const char *const *words, int n, struct buf *out)
{
    struct record_map map;
    const char *slash = n == 1 ? strchr(words[0], '/') : NULL;
    long long number = n == 1 ? number_of(words[0]) : 0;
    record_map_init(&map);
    record_map_text(&map, "ask", number || slash ? TEXT("flows") : TEXT("find"));
    if (number) {
        record_map_int(&map, "after", number - 1);
        record_map_int(&map, "limit", 1);
    } else if (slash) {
        record_map_text(&map, "name", (struct text){words[0], (size_t)(slash - words[0])});
        record_map_text(&map, "key", text_of(slash + 1));
    } else record_map_text(&map, "text", text_of(words[0]));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    return ask_with(o, &map, out);
}

static bool is_meant(struct record row, const char *const *words, int n)
{
    long long number = n == 1 ? number_of(words[0]) : 0;
    if (number) return record_get_int(row, "id", 0) == number;
    return n == 1 || text_is(record_get_text(row, "name"), words[1]);
}

static void say_which(struct record answer, const char *const *words, int n)
{
    fprintf(stderr, "usher: several fit '%s': say which, by its number:\n", words[0]);
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text name = record_get_text(it.value, "name"), who = who_of(it.value);
        if (!is_meant(it.value, words, n)) continue;
        fprintf(stderr, "%8lld  %.*s for %.*s\n", (long long)record_get_int(it.value, "id", 0), (int)name.len,
            name.data, (int)who.len, who.data);
    }
}

int find_flow(const struct options *o, const char *const *words, int n, struct buf *out, struct record *flow)
{
    int code = list_meant(o, words, n, out), fit = 0;
    if (code) return code;
    struct record answer = {(uint8_t *)out->data, out->len};
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        if (!is_meant(it.value, words, n)) continue;
        if (fit++ == 0) *flow = it.value;
    }
    if (fit == 1) return 0;
    if (fit > 1) say_which(answer, words, n);
    else
        complain(USHER_INPUT, "nothing here is called '%s'%s%s: usher flows lists everything", words[0],
            n == 2 ? " under the rule " : "", n == 2 ? words[1] : "");
    buf_release(out);
    return USHER_INPUT;
}
