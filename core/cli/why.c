// SPDX-License-Identifier: MIT
// why: one sentence about what a person's mail or a flow waits for, or why it ended, since when, and what
// next.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The newest row of each step, by its place in the order of asking. A flow with branches waits for several.
struct newest {
    struct record *rows;
    size_t n;
};

static struct newest newest_rows(struct record rows)
{
    struct newest newest = {mem_alloc(sizeof(struct record) * (record_count(rows) + 1)), 0};
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        size_t step = (size_t)record_get_int(it.value, "step", 0);
        if (step < 1 || step > record_count(rows)) continue; // the first rows were left out of a long history
        newest.rows[step - 1] = it.value;
        if (step > newest.n) newest.n = step;
    }
    return newest;
}

static bool is_over(struct record row)
{
    struct text state = record_get_text(row, "state");
    return !text_is(state, "open") && !text_is(state, "started") && !text_is(state, "unsure");
}

// "first:rsvp" of the branch "nudges|first:rsvp#2" is rsvp to people.
static struct text plain_name(struct text key)
{
    for (size_t i = key.len; i-- > 0;) {
        if (key.data[i] == '#') key.len = i;
        if (key.data[i] != ':') continue;
        return (struct text){key.data + i + 1, key.len - i - 1};
    }
    return key;
}

// "2021-02-16 10:00 Asia/Thimphu (5 working days before)": the moment was said already, the phrase is left.
static struct text phrase_of(struct text note)
{
    const char *open = memchr(note.data, '(', note.len);
    if (!open || note.data[note.len - 1] != ')') return note;
    return (struct text){open + 1, note.len - (size_t)(open + 1 - note.data) - 1};
}

static void say_step(struct record answer, struct record row)
{
    struct text state = record_get_text(row, "state"), key = record_get_text(row, "key");
    struct text note = record_get_text(row, "note");
    int64_t due = record_get_int(row, "due", 0), attempt = record_get_int(row, "attempt", 0);
    printf("  since %s: ", show_time(answer, record_get_int(row, "at", 0)).text);
    if (text_is(state, "unsure")) {
        printf("it is not known whether '%.*s' went out (%.*s). A person decides: usher unsure\n",
            (int)key.len, key.data, (int)note.len, note.data);
    } else if (text_is(state, "started")) {
        printf("'%.*s' is on its way (try %lld)\n", (int)key.len, key.data, (long long)attempt);
    } else if (text_is(state, "open") && attempt > 0) {
        printf("'%.*s' did not work %lld time%s; it is tried again at %s. Last answer: %.*s\n", (int)key.len,
            key.data, (long long)attempt, attempt == 1 ? "" : "s", show_time(answer, due).text, (int)note.len,
            note.data);
    } else if (text_is(state, "open")) {
        struct text name = plain_name(key);
        bool answer_ends_it = text_is(record_get_text(row, "kind"), "first");
        if (answer_ends_it || !due) printf("waits for '%.*s'%s", (int)name.len, name.data, due ? ", " : "");
        else printf("waits ");
        if (due) printf("until %s", show_time(answer, due).text);
        struct text said = note.len ? phrase_of(note) : note;
        if (said.len) printf(" (%.*s)", (int)said.len, said.data);
        putchar('\n');
    } else {
        printf("'%.*s' is %.*s%s%.*s\n", (int)key.len, key.data, (int)state.len, state.data,
            note.len ? ": " : "", (int)note.len, note.data);
    }
}

// What the flow returned says more than "done": { sent = true } or { skipped = "..." }.
static void say_result(struct record flow)
{
    struct record result = record_get(flow, "result");
    struct text skipped = record_get_text(result, "skipped");
    if (skipped.len) printf("  not sent: %.*s\n", (int)skipped.len, skipped.data);
    else if (record_get_bool(result, "sent", false)) printf("  sent\n");
}

// All that it waits for; or, when it waits for nothing, what happened last.
static void say_steps(struct record answer, struct record rows)
{
    struct newest newest = newest_rows(rows);
    size_t said = 0;
    struct record last = {0};
    for (size_t i = 0; i < newest.n; i++) {
        if (!newest.rows[i].data) continue;
        last = newest.rows[i];
        if (is_over(last)) continue;
        say_step(answer, last);
        said++;
    }
    if (!said && last.data) say_step(answer, last);
    free(newest.rows);
}

static int say_flow(const struct options *o, struct record answer, struct record flow)
{
    struct text name = record_get_text(flow, "name"), label = record_get_text(flow, "label"),
                key = record_get_text(flow, "key");
    struct text state = record_get_text(flow, "state"), why = record_get_text(flow, "why");
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("history"));
    record_map_int(&map, "flow", record_get_int(flow, "id", 0));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (code) return code;
    struct record history = {(uint8_t *)bytes.data, bytes.len};
    struct text who = label.len ? label : key;
    printf("%.*s for %.*s: %.*s%s%.*s\n", (int)name.len, name.data, (int)who.len, who.data, (int)state.len,
        state.data, why.len ? ", because " : "", (int)why.len, why.data);
    say_steps(answer, record_get(history, "rows"));
    say_result(flow);
    buf_release(&bytes);
    return print_arrivals(o, flow);
}

int command_why(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments), said = 0;
    if (n < 1 || n > 2)
        return complain(USHER_USAGE, "usher why NAME [RULE], where NAME is a person, a key, or part of one");
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("find"));
    record_map_text(&map, "text", text_of(arguments[0]));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (print_json(o, answer)) said = 1;
    for (struct record_iter it = record_each(record_get(answer, "rows"));
         !option(o, "json") && !code && record_next(&it);) {
        if (n == 2 && !text_is(record_get_text(it.value, "name"), arguments[1])) continue;
        code = say_flow(o, answer, it.value);
        said++;
    }
    buf_release(&bytes);
    if (!code && !said)
        return complain(USHER_INPUT, "nothing here is called '%s'%s%s: usher flows lists everything",
            arguments[0], n == 2 ? " under the rule " : "", n == 2 ? arguments[1] : "");
    return code;
}
