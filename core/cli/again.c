// SPDX-License-Identifier: MIT
// again: `usher retry` tries what stopped once more; `usher resend` sends a mail that somebody never got.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <string.h>

static int ask_again(const struct options *o, const char *what, int64_t flow, bool quiet)
{
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    record_map_text(&map, "ask", text_of(what));
    record_map_int(&map, "flow", flow);
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    if (option(o, "to")) record_map_text(&map, "to", text_of(option(o, "to")));
    int code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record answer = {(uint8_t *)bytes.data, bytes.len};
    struct text said = record_get_text(record_get(answer, "reply"), "text");
    if (!quiet && !print_json(o, answer)) printf("%.*s\n", (int)said.len, said.data);
    buf_release(&bytes);
    return 0;
}

// ---- what stopped -------------------------------------------------------------------------------------

// Is this one of those that --failed means? What an edit has left with a question is answered by a reload.
static bool is_failed(struct record row, const char *rule)
{
    bool question = text_is(record_get_text(row, "kind"), "edit") &&
                    text_is(record_get_text(row, "state"), "held");
    return text_is(record_get_text(row, "part"), "stopped") && !question &&
           (!rule || text_is(record_get_text(row, "name"), rule));
}

static int retry_each(const struct options *o, struct record rows, const char *rule, size_t *n)
{
    int worst = 0;
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        if (!is_failed(it.value, rule)) continue;
        int code = ask_again(o, "retry", record_get_int(it.value, "flow", 0), true);
        if (code > worst) worst = code;
        *n += code == 0;
    }
    return worst;
}

static int retry_failed(const struct options *o, const char *event, const char *rule)
{
    struct record_map map;
    struct buf bytes;
    size_t n = 0;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("attention"));
    record_map_text(&map, "event", text_of(event));
    record_map_int(&map, "limit", 10000);
    int code = ask_with(o, &map, &bytes);
    if (code) return code;
    struct record rows = record_get((struct record){(uint8_t *)bytes.data, bytes.len}, "rows");
    for (struct record_iter it = record_each(rows); record_next(&it);) n += is_failed(it.value, rule);
    if (n == 0) printf("nothing has stopped\n");
    else if (!option(o, "yes")) {
        printf("%zu have stopped (usher why %s shows them). To try all of them again, say it with --yes\n", n,
            event);
        code = USHER_INPUT;
    } else {
        n = 0;
        code = retry_each(o, rows, rule, &n);
        printf("%zu are tried again\n", n);
    }
    buf_release(&bytes);
    return code;
}

int command_retry(const struct options *o)
{
    const char *const *words;
    int n = options_arguments(o, &words);
    if (option(o, "failed") && (n == 1 || n == 2)) return retry_failed(o, words[0], n == 2 ? words[1] : NULL);
    if (option(o, "failed") || (n != 1 && n != 2))
        return complain(USHER_USAGE,
            "usher retry FLOW, where FLOW is a number, RULE/KEY, or a name and a rule; "
            "or usher retry EVENT [RULE] --failed");
    struct buf found;
    struct record flow;
    int code = find_flow(o, words, n, &found, &flow);
    if (code) return code;
    code = ask_again(o, "retry", record_get_int(flow, "id", 0), false);
    buf_release(&found);
    return code;
}

// ---- what somebody never got --------------------------------------------------------------------------

int command_resend(const struct options *o)
{
    const char *const *words;
    if (options_arguments(o, &words) != 2)
        return complain(USHER_USAGE, "usher resend RULE NAME [--to ADDRESS]: which mail, and to whom");
    const char *const name_first[] = {words[1], words[0]};
    struct buf found;
    struct record flow;
    int code = find_flow(o, name_first, 2, &found, &flow);
    if (code) return code;
    code = ask_again(o, "resend", record_get_int(flow, "id", 0), false);
    buf_release(&found);
    return code;
}
