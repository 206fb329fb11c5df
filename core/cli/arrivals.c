// SPDX-License-Identifier: MIT
// arrivals: what came back for a mail: bounces, automatic replies, answers. They are outside facts of the
// flow that sent it (engine/arrival.h), so they stand there after it has ended, too.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

#define NAMES "mail:" // of the facts; others are answers that the script waits for

static const char *words_for(struct record fact)
{
    struct text kind = record_get_text(fact, "kind"), fate = record_get_text(fact, "fate");
    if (text_is(fate, "hard")) return "it came back, and that address takes no mail";
    if (text_is(fate, "soft")) return "it came back";
    if (text_is(fate, "delayed")) return "it is still on its way";
    if (text_is(fate, "delivered")) return "it was handed on";
    if (text_is(kind, "automatic")) return "an automatic reply came";
    if (text_is(kind, "calendar")) return "a calendar answered";
    if (text_is(kind, "unsubscribe")) return "its reader wants no more of this";
    return "a reply came";
}

static void print_arrival(struct record answer, struct record row)
{
    struct record fact = record_get(row, "value");
    struct text from = record_get_text(fact, "from"), why = record_get_text(fact, "diagnostic");
    if (!why.len) why = record_get_text(fact, "why");
    if (!why.len) why = record_get_text(fact, "subject");
    printf("  %s: %s", show_time(answer, record_get_int(row, "at", 0)).text, words_for(fact));
    if (from.len) printf(" (from %.*s)", (int)from.len, from.data);
    if (why.len) printf(": %.*s", (int)why.len, why.data);
    putchar('\n');
}

int print_arrivals(const struct options *o, struct record flow)
{
    struct record_map map;
    struct buf request, bytes;
    record_map_init(&map);
    buf_init(&request, 4096);
    record_map_text(&map, "ask", TEXT("inbox"));
    record_map_text(&map, "event", record_get_text(flow, "event"));
    record_map_text(&map, "flow_name", record_get_text(flow, "name"));
    struct text key = record_get_text(flow, "flow_key");
    record_map_text(&map, "flow_key", key.len ? key : record_get_text(flow, "key"));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &bytes);
    buf_release(&request);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    for (struct record_iter it = record_each(record_get(answer, "rows")); record_next(&it);) {
        struct text name = record_get_text(it.value, "name");
        if (name.len > strlen(NAMES) && memcmp(name.data, NAMES, strlen(NAMES)) == 0)
            print_arrival(answer, it.value);
    }
    buf_release(&bytes);
    return 0;
}
