// SPDX-License-Identifier: MIT
// history: `usher history FLOW [--at TIME]`: what happened in one flow, a line for each change; or what was
// known of it at a moment, and what it waited for then.
#include "cli/cli.h"
#include "usher.h"

#include "time/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_row(struct record answer, struct record row)
{
    struct text says = record_get_text(row, "says");
    printf("%-22s  %.*s\n", show_time(answer, record_get_int(row, "at", 0)).text, (int)says.len, says.data);
}

void print_head(struct record answer, struct record flow, int64_t at)
{
    struct text name = record_get_text(flow, "name"), who = who_of(flow);
    printf("%.*s for %.*s (%lld)", (int)name.len, name.data, (int)who.len, who.data,
        (long long)record_get_int(flow, "id", 0));
    if (at) printf(", as it stood %s", show_time(answer, at).text);
    printf("\n%-22s  began\n", show_time(answer, record_get_int(flow, "t0", 0)).text);
}

// The newest row of each step, by its place in the order of asking: NULL data where there is none.
static struct record *newest_rows(struct record rows, size_t *n)
{
    struct record *newest = mem_alloc(sizeof *newest * (record_count(rows) + 1));
    *n = 0;
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        size_t step = (size_t)record_get_int(it.value, "step", 0);
        if (step < 1 || step > record_count(rows)) continue; // the first rows were left out of a long history
        newest[step - 1] = it.value;
        if (step > *n) *n = step;
    }
    return newest;
}

// What it waited for after these rows. Answers how much that was.
static size_t print_stands(struct record rows)
{
    size_t n, said = 0;
    struct record *newest = newest_rows(rows, &n);
    for (size_t i = 0; i < n; i++) {
        struct text stands = newest[i].data ? record_get_text(newest[i], "stands") : (struct text){0};
        if (!stands.len) continue;
        printf("  then: it %.*s\n", (int)stands.len, stands.data);
        said++;
    }
    free(newest);
    return said;
}

// The state that it is in now was there at that moment as well, unless it changed later.
static void print_past(struct record flow, struct record rows, int64_t at)
{
    struct text state = record_get_text(flow, "state"), why = record_get_text(flow, "why");
    bool later = record_get_int(flow, "updated_at", 0) > at;
    if (print_stands(rows)) return;
    if (later) printf("  then: it was being worked on\n");
    else
        printf("  then: %.*s%s%.*s\n", (int)state.len, state.data, why.len ? ": " : "", (int)why.len,
            why.data);
}

// Mails that were sent once more are flows of their own, called after the first (scripts/usher/resend.lua).
static int print_sent_again(const struct options *o, struct record flow)
{
    struct record_map map;
    struct buf bytes;
    char again[400];
    struct text rule = record_get_text(flow, "name");
    int len = snprintf(again, sizeof again, "%.*s, sent again", (int)rule.len, rule.data);
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("flows"));
    record_map_text(&map, "event", record_get_text(flow, "event"));
    record_map_text(&map, "key", record_get_text(flow, "key"));
    int code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text name = record_get_text(it.value, "name");
        if (name.len < (size_t)len || memcmp(name.data, again, (size_t)len) != 0) continue;
        printf("%-22s  sent again (%lld)\n", show_time(answer, record_get_int(it.value, "t0", 0)).text,
            (long long)record_get_int(it.value, "id", 0));
    }
    buf_release(&bytes);
    return 0;
}

static int print_now(const struct options *o, struct record flow)
{
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("why"));
    record_map_int(&map, "flow", record_get_int(flow, "id", 0));
    int code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text says = record_get_text(it.value, "says"), todo = record_get_text(it.value, "todo");
        printf("  now: it %.*s\n", (int)says.len, says.data);
        if (todo.len) printf("  to do: %.*s\n", (int)todo.len, todo.data);
    }
    buf_release(&bytes);
    return print_arrivals(o, flow);
}

// "2021-02-18 10:00" on the clocks that the answers show; a zone may follow.
int read_at(const struct options *o, struct record answer, int64_t *at)
{
    struct when when;
    struct err e = {0};
    const char *said = option(o, "at");
    *at = 0;
    if (!said) return 0;
    if (when_parse(text_of(said), zone_find(record_get_text(answer, "zone"), NULL), &when, &e))
        return complain(USHER_USAGE, "--at: %s", e.text);
    *at = when.starts.at.ms;
    return 0;
}

void print_happened(struct record answer)
{
    struct record rows = record_get(answer, "rows");
    for (struct record_iter it = record_each(rows); record_next(&it);) print_row(answer, it.value);
    print_stands(rows);
}

static int ask_history(const struct options *o, struct record flow, int64_t at, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("history"));
    record_map_int(&map, "flow", record_get_int(flow, "id", 0));
    record_map_int(&map, "limit", 10000);
    if (at) record_map_int(&map, "at", at);
    return ask_with(o, &map, out);
}

static int print_history(const struct options *o, struct record flow, int64_t at, struct record answer)
{
    struct record rows = record_get(answer, "rows");
    if (print_json(o, answer)) return 0;
    if (at && at < record_get_int(flow, "t0", 0)) {
        printf("it had not begun: that was %s\n", show_time(answer, record_get_int(flow, "t0", 0)).text);
        return 0;
    }
    print_head(answer, flow, at);
    for (struct record_iter it = record_each(rows); record_next(&it);) print_row(answer, it.value);
    if (!at) {
        int code = print_sent_again(o, flow);
        return code ? code : print_now(o, flow);
    }
    print_past(flow, rows, at);
    return 0;
}

int command_history(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words);
    if (n != 1 && n != 2)
        return complain(USHER_USAGE, "usher history FLOW [--at TIME], where FLOW is a number, RULE/KEY, or a "
                                     "name and a rule (usher flows lists them)");
    struct buf found, bytes;
    struct record flow;
    int64_t at = 0;
    int code = find_flow(o, words, n, &found, &flow);
    if (code) return code;
    code = read_at(o, (struct record){(uint8_t *)found.data, found.len}, &at);
    if (!code && (code = ask_history(o, flow, at, &bytes)) == 0) {
        code = print_history(o, flow, at, (struct record){(uint8_t *)bytes.data, bytes.len});
        buf_release(&bytes);
    }
    buf_release(&found);
    return code;
}
