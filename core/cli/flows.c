// SPDX-License-Identifier: MIT
// flows: what the engine has in hand: `usher flows`, `history`, `unsure`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ask_list(const struct options *o, const char *what, const char *key, const char *value, struct buf *out)
{
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    buf_init(&request, 65536);
    record_map_text(&map, "ask", text_of(what));
    if (value) record_map_text(&map, key, text_of(value));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

static void print_flow(struct record answer, struct record row)
{
    struct text name = record_get_text(row, "name"), key = record_get_text(row, "key");
    struct text label = record_get_text(row, "label"), state = record_get_text(row, "state"),
                why = record_get_text(row, "why");
    int64_t due = record_get_int(row, "next_due", 0);
    printf("%6lld  %-22.*s %-26.*s %.*s", (long long)record_get_int(row, "id", 0), (int)name.len, name.data,
        (int)(label.len ? label.len : key.len), label.len ? label.data : key.data, (int)state.len,
        state.data);
    if (due) printf(" until %s", show_time(answer, due).text);
    if (why.len) printf(": %.*s", (int)why.len, why.data);
    putchar('\n');
}

int command_flows(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n > 1) return complain(USHER_USAGE, "usher flows takes at most one text to look for");
    struct buf bytes;
    int code = ask_list(o, n ? "find" : "flows", "text", n ? arguments[0] : NULL, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (!print_json(o, answer)) {
        printf("  flow  name                   who                        state\n");
        for (struct record_iter it = record_each(rows); record_next(&it);) print_flow(answer, it.value);
        if (record_count(rows) == 0) printf("(none)\n");
    }
    buf_release(&bytes);
    return 0;
}

static void print_step(struct record answer, struct record row)
{
    struct text key = record_get_text(row, "key"), state = record_get_text(row, "state"),
                note = record_get_text(row, "note");
    int64_t due = record_get_int(row, "due", 0), attempt = record_get_int(row, "attempt", 0);
    printf("%-22s %-10.*s %.*s", show_time(answer, record_get_int(row, "at", 0)).text, (int)state.len,
        state.data, (int)key.len, key.data);
    if (attempt > 1) printf(" (try %lld)", (long long)attempt);
    if (due) printf(" until %s", show_time(answer, due).text);
    if (note.len) printf(": %.*s", (int)note.len, note.data);
    putchar('\n');
}

// The row of a flow, by its number: what came back for its mails is kept under its name.
static int print_back(const struct options *o, int64_t number)
{
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("flows"));
    record_map_int(&map, "after", number - 1);
    record_map_int(&map, "limit", 1);
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    struct record_iter it = record_each(record_get(answer, "rows"));
    if (record_next(&it) && record_get_int(it.value, "id", 0) == number) code = print_arrivals(o, it.value);
    buf_release(&bytes);
    return code;
}

int command_history(const struct options *o)
{
    const char *flow = only_argument(o,
        "the number of one flow: usher history FLOW (usher flows lists them)");
    if (!flow) return USHER_USAGE;
    char *end;
    long long number = strtoll(flow, &end, 10);
    if (*end || number < 1)
        return complain(USHER_USAGE, "'%s' is no number of a flow (usher flows lists them)", flow);
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("history"));
    record_map_int(&map, "flow", number);
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it);) print_step(answer, it.value);
        if (record_count(rows) == 0) printf("flow %s has no history\n", flow);
        code = print_back(o, number);
    }
    buf_release(&bytes);
    return code;
}

// ---- mails whose fate is not known
// --------------------------------------------------------------------------

static void print_unsure(struct record answer, struct record row)
{
    struct text label = record_get_text(row, "label"), key = record_get_text(row, "key"),
                note = record_get_text(row, "note");
    struct text flow_key = record_get_text(row, "flow_key"), name = record_get_text(row, "name");
    struct text who = label.len ? label : flow_key;
    printf("%6lld  %-20.*s %-26.*s %s  %.*s\n        %.*s\n", (long long)record_get_int(row, "flow", 0),
        (int)name.len, name.data, (int)who.len, who.data,
        show_time(answer, record_get_int(row, "at", 0)).text, (int)key.len, key.data, (int)note.len,
        note.data);
}

static int settle(const struct options *o, struct record row, bool again)
{
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 65536);
    record_map_text(&map, "ask", TEXT("settle"));
    record_map_text(&map, "event", record_get_text(row, "event"));
    record_map_text(&map, "name", record_get_text(row, "name"));
    record_map_text(&map, "key", record_get_text(row, "flow_key"));
    record_map_int(&map, "flow", record_get_int(row, "flow", 0));
    record_map_int(&map, "step", record_get_int(row, "step", 0));
    record_map_int(&map, "attempt", record_get_int(row, "attempt", 0));
    record_map_bool(&map, "again", again);
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    buf_release(&bytes);
    if (!code) printf("%s\n", again ? "it is sent once more, with the same Message-ID" : "kept as sent");
    return code;
}

static int settle_flow(const struct options *o, struct record rows, const char *flow, const char *word)
{
    bool again = strcmp(word, "again") == 0;
    if (!again && strcmp(word, "sent") != 0)
        return complain(USHER_USAGE, "'%s': say sent (it arrived) or again (send it once more)", word);
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        if (record_get_int(it.value, "flow", 0) == strtoll(flow, NULL, 10)) return settle(o, it.value, again);
    }
    return complain(USHER_INPUT,
        "flow %s has no mail whose fate is unknown: `usher unsure` lists those that have", flow);
}

int command_unsure(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n != 0 && n != 2) return complain(USHER_USAGE, "usher unsure, or usher unsure FLOW sent|again");
    struct buf bytes;
    int code = ask_list(o, "unsure", NULL, NULL, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (n == 2) {
        code = settle_flow(o, rows, arguments[0], arguments[1]);
    } else if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it);) print_unsure(answer, it.value);
        if (record_count(rows) == 0) printf("no mail is unsure\n");
    }
    buf_release(&bytes);
    return code;
}
