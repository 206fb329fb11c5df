// SPDX-License-Identifier: MIT
// fork: `usher fork FLOW --from STEP --dry-run`: what would happen to one flow from there.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>

static int put_place(const struct options *o, struct record found, struct record_map *map)
{
    const char *from = option(o, "from");
    char *end;
    int64_t at = 0;
    int code = read_at(o, found, &at);
    if (code) return code;
    if (!from && !at) return complain(USHER_USAGE, "from where? --from STEP, or --at TIME");
    long step = from ? strtol(from, &end, 10) : 0;
    if (at) record_map_int(map, "at", at);
    else if (step > 0 && !*end) record_map_int(map, "step", step);
    else record_map_text(map, "name", text_of(from));
    return 0;
}

static int print_fork(const struct options *o, struct record flow, const char *answer_json)
{
    struct buf bytes;
    buf_init(&bytes, SIZE_MAX / 2);
    record_from_json(text_of(answer_json), &bytes, NULL);
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    if (!print_json(o, answer)) {
        print_head(answer, flow, record_get_int(answer, "at", 0));
        print_happened(answer);
        printf("Nothing of this has happened: it is only what would.\n");
    }
    buf_release(&bytes);
    return 0;
}

static int look(const struct options *o, struct record found, struct record flow)
{
    struct usher_options options = {.database = option(o, "database"), .config = config_path(o)};
    struct record_map map;
    struct buf request, json;
    char *answer, *error;
    record_map_init(&map);
    buf_init(&request, 65536);
    buf_init(&json, 65536);
    record_map_value(&map, "event", record_get(flow, "event"));
    record_map_value(&map, "flow", record_get(flow, "id"));
    if (option(o, "script")) record_map_text(&map, "script", text_of(option(o, "script")));
    int code = put_place(o, found, &map);
    record_map_end(&map, &request);
    record_print_json((struct record){(uint8_t *)request.data, request.len}, &json);
    if (!code && (code = usher_fork(&options, buf_z(&json), &answer, &error))) {
        complain(code, "%s", error);
        usher_free(error);
    } else if (!code) {
        code = print_fork(o, flow, answer);
        usher_free(answer);
    }
    buf_release(&request);
    buf_release(&json);
    return code;
}

int command_fork(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words);
    struct buf found;
    struct record flow;
    if (n != 1 && n != 2)
        return complain(USHER_USAGE,
            "usher fork FLOW --from STEP --dry-run, where FLOW is a number, RULE/KEY, or "
            "a name and a rule");
    if (!option(o, "dry-run"))
        return complain(USHER_USAGE, "usher fork only looks, and wants to hear that: say --dry-run");
    int code = find_flow(o, words, n, &found, &flow);
    if (code) return code;
    code = look(o, (struct record){(uint8_t *)found.data, found.len}, flow);
    buf_release(&found);
    return code;
}
