// SPDX-License-Identifier: MIT
// flows: what the engine has in hand: `usher flows`, `unsure`.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How a flow stands, in a word or two; `usher why` says more.
static struct text state_words(struct text state)
{
    static const struct {
        const char *state, *words;
    } plain[] = {{"failed", "stopped"}, {"over-budget", "took too long"},
        {"diverged", "does not fit the script"}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
        if (text_is(state, plain[i].state)) return text_of(plain[i].words);
    }
    return state;
}

static void print_flow(struct record answer, struct record row)
{
    struct text name = record_get_text(row, "name"), key = record_get_text(row, "key");
    struct text label = record_get_text(row, "label"), state = state_words(record_get_text(row, "state")),
                why = record_get_text(row, "why");
    int64_t due = record_get_int(row, "next_due", 0);
    printf("%6lld  %-22.*s %-26.*s %.*s", (long long)record_get_int(row, "id", 0), (int)name.len, name.data,
        (int)(label.len ? label.len : key.len), label.len ? label.data : key.data, (int)state.len,
        state.data);
    if (due) printf(" until %s", show_time(answer, due).text);
    if (why.len) printf(": %.*s", (int)why.len, why.data);
    putchar('\n');
}

// Flows that stay on an older version of the script, and why.
static int command_pinned(const struct options *o, const char *event)
{
    struct buf bytes;
    int code = ask_list(o, "pinned", "event", event, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "rows");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it);) {
            struct text name = record_get_text(it.value, "name"), who = who_of(it.value),
                        says = record_get_text(it.value, "says");
            printf("%6lld  %-22.*s %-26.*s %.*s\n", (long long)record_get_int(it.value, "flow", 0),
                (int)name.len, name.data, (int)who.len, who.data, (int)says.len, says.data);
        }
        if (record_count(rows) == 0) printf("everything is on the newest version of its script\n");
    }
    buf_release(&bytes);
    return 0;
}

int command_flows(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (option(o, "pinned") && n == 1 && option(o, "event"))
        return complain(USHER_USAGE, "the event is said twice");
    if (option(o, "pinned") && n <= 1) return command_pinned(o, n ? arguments[0] : NULL);
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
