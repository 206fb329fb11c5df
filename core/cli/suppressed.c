// SPDX-License-Identifier: MIT
// suppressed: `usher suppressed`: addresses that get no mail any more, and a person's word on one of them.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

// Calls a handler that every script with words has.
static int call(const struct options *o, const char *handler, struct record with, struct buf *out)
{
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    buf_init(&request, 65536);
    record_map_text(&map, "ask", TEXT("call"));
    record_map_text(&map, "call", text_of(handler));
    if (option(o, "event")) record_map_text(&map, "event", text_of(option(o, "event")));
    record_map_value(&map, "with", with);
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

static void print_address(struct record answer, struct record row)
{
    struct text address = record_get_text(row, "address"), why = record_get_text(row, "why"),
                allowed = record_get_text(row, "allowed");
    printf("%-34.*s since %s: %.*s", (int)address.len, address.data,
        show_time(answer, record_get_int(row, "at", 0)).text, (int)why.len, why.data);
    if (allowed.len) printf("; %.*s allows what a guest needs who comes", (int)allowed.len, allowed.data);
    putchar('\n');
}

static int list(const struct options *o)
{
    struct buf bytes;
    int code = call(o, "suppressed", (struct record){0}, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len}, rows = record_get(answer, "reply");
    if (!print_json(o, answer)) {
        for (struct record_iter it = record_each(rows); record_next(&it);) print_address(answer, it.value);
        if (record_count(rows) == 0) printf("every address gets mail\n");
    }
    buf_release(&bytes);
    return 0;
}

static int decide(const struct options *o, const char *address, const char *word)
{
    struct record_map map;
    struct buf with, bytes;
    record_map_init(&map);
    buf_init(&with, 4096);
    record_map_text(&map, "address", text_of(address));
    record_map_text(&map, "word", text_of(word));
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    record_map_end(&map, &with);
    int code = call(o, "suppress", (struct record){(uint8_t *)with.data, with.len}, &bytes);
    buf_release(&with);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    struct text said = record_get_text(record_get(answer, "reply"), "text");
    if (!print_json(o, answer)) printf("%.*s\n", (int)said.len, said.data);
    buf_release(&bytes);
    return 0;
}

int command_suppressed(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n == 0) return list(o);
    if (n == 2) return decide(o, arguments[0], arguments[1]);
    return complain(USHER_USAGE, "usher suppressed, or usher suppressed ADDRESS add|allow|lift");
}
