// SPDX-License-Identifier: MIT
// suppressed: `usher suppressed`: addresses that get no mail any more, and a person's word on one of them.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

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
    struct record_map none;
    record_map_init(&none);
    int code = call_handler(o, NULL, "suppressed", &none, &bytes);
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
    struct record_map with;
    record_map_init(&with);
    record_map_text(&with, "address", text_of(address));
    record_map_text(&with, "word", text_of(word));
    return call_and_say(o, NULL, "suppress", &with);
}

int command_suppressed(const struct options *o)
{
    const char *const *arguments;
    int n = options_arguments(o, &arguments);
    if (n == 0) return list(o);
    if (n == 2) return decide(o, arguments[0], arguments[1]);
    return complain(USHER_USAGE, "usher suppressed, or usher suppressed ADDRESS add|allow|lift");
}
