// SPDX-License-Identifier: MIT
// call: a handler of a script, asked by a command; what it is asked with is a map.
#include "cli/cli.h"

#include <stdio.h>

int call_handler(const struct options *o, const char *event, const char *handler, struct record_map *with,
    struct buf *out)
{
    struct record_map map;
    struct buf request;
    if (!event) event = option(o, "event");
    buf_init(&request, RECORD_LEN_MAX);
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("call"));
    record_map_text(&map, "call", text_of(handler));
    if (event) record_map_text(&map, "event", text_of(event));
    record_map_close(with, record_map_key(&map, "with"));
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    return code;
}

int call_and_say(const struct options *o, const char *event, const char *handler, struct record_map *with)
{
    struct buf bytes;
    record_map_text(with, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    int code = call_handler(o, event, handler, with, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    struct text said = record_get_text(record_get(answer, "reply"), "text");
    if (!print_json(o, answer)) printf("%.*s\n", (int)said.len, said.data);
    buf_release(&bytes);
    return 0;
}
