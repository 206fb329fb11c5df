// SPDX-License-Identifier: MIT
// cancel: `usher cancel`: an event does not take place. What that means is shown before it happens.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <unistd.h>

// look: only what it would mean.
static int ask(const struct options *o, const char *event, bool look, struct buf *out)
{
    struct record_map map, with;
    record_map_init(&map);
    record_map_init(&with);
    record_map_text(&map, "ask", TEXT("cancel"));
    record_map_text(&map, "event", text_of(event));
    record_map_text(&with, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    if (option(o, "note")) record_map_text(&with, "note", text_of(option(o, "note")));
    if (look) record_map_bool(&with, "look", true);
    record_map_close(&with, record_map_key(&map, "with"));
    return ask_with(o, &map, out);
}

static void print_text(struct record reply)
{
    struct text text = record_get_text(reply, "text");
    printf("%.*s\n", (int)text.len, text.data);
}

static int agrees(const struct options *o)
{
    char line[16] = "";
    if (option(o, "yes")) return 0;
    if (!isatty(STDIN_FILENO))
        return complain(USHER_INPUT, "nobody is here to be asked: say --yes to do it all the same");
    printf("\nCancel it? It can't be taken back. [y/N] ");
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y')) return 0;
    return complain(USHER_INPUT, "nothing was changed");
}

int command_cancel(const struct options *o)
{
    const char *event = only_argument(o, "one event: usher cancel EVENT");
    struct buf look, done;
    if (!event) return USHER_USAGE;
    int code = ask(o, event, true, &look);
    if (code) return code;
    struct record reply = record_get((struct record){(uint8_t *)look.data, look.len}, "reply");
    bool may = record_get_bool(reply, "may", false);
    if (!may || !option(o, "yes")) print_text(reply);
    buf_release(&look);
    if (!may) return 0;
    code = agrees(o);
    if (!code) code = ask(o, event, false, &done);
    if (code) return code;
    struct record answer = {(uint8_t *)done.data, done.len};
    if (!print_json(o, answer)) print_text(record_get(answer, "reply"));
    buf_release(&done);
    return 0;
}
