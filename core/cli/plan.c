// SPDX-License-Identifier: MIT
// plan: `usher plan` and `usher reload`: what a changed script means, and carrying it out.
#include "cli/cli.h"
#include "usher.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CANNOT_LOAD 2
// How often what happens meanwhile may make a plan untrue before a person has to look again.
#define TRIES_MAX 5

struct planned {
    char *json;
    struct buf answer; // a record
};

static struct record answer_of(const struct planned *p)
{
    return (struct record){(const uint8_t *)p->answer.data, p->answer.len};
}

static void release(struct planned *p)
{
    usher_free(p->json);
    buf_release(&p->answer);
    *p = (struct planned){0};
}

// ---- answers that were given ------------------------------------------------------------------------------

static void put_list(const struct options *o, const char *name, struct record_map *map)
{
    char *joined = option_joined(o, name, "\n");
    size_t n = joined ? 1 : 0;
    if (!joined) return;
    for (const char *c = joined; *c; c++) n += *c == '\n';
    struct buf *list = record_map_key(map, name);
    record_put_list(list, n);
    for (char *at = joined; n-- > 0;) {
        size_t len = strcspn(at, "\n");
        record_put_text(list, (struct text){at, len});
        at += len + 1;
    }
    free(joined);
}

static void put_answers(const struct options *o, struct record_map *map)
{
    static const char *const lists[] = {"skip", "send", "stay"};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) put_list(o, lists[i], map);
    if (option(o, "pin-all")) record_map_bool(map, "all_stay", true);
    if (option(o, "hold")) record_map_bool(map, "hold", true);
    if (option(o, "end-gone")) record_map_bool(map, "end_gone", true);
    if (option(o, "edition")) {
        struct record_map answers;
        record_map_init(&answers);
        record_map_text(&answers, "edition", text_of(option(o, "edition")));
        record_map_end(&answers, record_map_key(map, "answers"));
    }
}

static int look(const struct options *o, const char *script, struct planned *out)
{
    struct usher_options options = {.database = option(o, "database"), .config = config_path(o)};
    struct record_map map;
    struct buf request, json;
    char *error;
    record_map_init(&map);
    buf_init(&request, RECORD_LEN_MAX);
    buf_init(&json, RECORD_LEN_MAX);
    buf_init(&out->answer, SIZE_MAX / 2);
    put_answers(o, &map);
    record_map_end(&map, &request);
    record_print_json((struct record){(uint8_t *)request.data, request.len}, &json);
    int code = usher_plan(&options, script, buf_z(&json), &out->json, &error);
    if (code) complain(code, "%s", error);
    else record_from_json(text_of(out->json), &out->answer, NULL);
    usher_free(error);
    buf_release(&request);
    buf_release(&json);
    return code;
}

static void print_text(struct record answer)
{
    struct text text = record_get_text(answer, "text");
    fwrite(text.data, 1, text.len, stdout);
}

// ---- plan -------------------------------------------------------------------------------------------------

static void print_next_step(struct record answer, const char *script)
{
    if (record_get_bool(answer, "same", false)) return;
    if (record_get_int(answer, "needs", 0)) printf("\nNothing has been changed.\n");
    else printf("\nNothing has been changed so far: usher reload %s does it.\n", script);
}

int command_plan(const struct options *o)
{
    const char *script = only_argument(o, "one script: usher plan SCRIPT");
    struct planned p = {0};
    if (!script) return USHER_USAGE;
    int code = look(o, script, &p);
    int64_t needs = record_get_int(answer_of(&p), "needs", 0);
    if (!code && !print_json(o, answer_of(&p))) {
        print_text(answer_of(&p));
        print_next_step(answer_of(&p), script);
    }
    release(&p);
    if (code) return code == USHER_INPUT ? CANNOT_LOAD : code;
    return needs ? USHER_INPUT : 0;
}

// ---- reload -----------------------------------------------------------------------------------------------

static bool agrees(const struct options *o, const char *question)
{
    char line[16] = "";
    if (option(o, "yes")) return true;
    if (!isatty(STDIN_FILENO)) {
        complain(USHER_USAGE, "nobody is there to be asked: say --yes to do it all the same");
        return false;
    }
    printf("\n%s [y/N] ", question);
    fflush(stdout);
    return fgets(line, sizeof line, stdin) && (*line == 'y' || *line == 'Y');
}

static int carry_out(const struct options *o, const char *script, struct record plan, struct buf *out)
{
    struct record_map map;
    struct buf request;
    char *path = realpath(script, NULL);
    record_map_init(&map);
    buf_init(&request, RECORD_LEN_MAX);
    record_map_text(&map, "ask", TEXT("reload"));
    record_map_text(&map, "script", text_of(path ? path : script));
    record_map_value(&map, "event", record_get(plan, "event"));
    record_map_value(&map, "digest", record_get(plan, "digest"));
    record_map_bool(&map, "apply", true);
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    put_answers(o, &map);
    record_map_end(&map, &request);
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, out);
    buf_release(&request);
    free(path);
    return code;
}

static int say_done(const struct options *o, struct record answer)
{
    struct record reply = record_get(answer, "reply");
    if (print_json(o, answer)) return 0;
    if (!record_get_bool(reply, "applied", false))
        return complain(USHER_INPUT, "nothing was changed: something needs an answer first");
    printf("\nDone: version %lld of the script is the one that runs.\n",
        (long long)record_get_int(reply, "version", 0));
    return 0;
}

static bool same_text(const struct planned *a, const struct planned *b)
{
    return text_eq(record_get_text(answer_of(a), "text"), record_get_text(answer_of(b), "text"));
}

// Something may happen between the plan and the word: as long as it means the same, the word stands.
static int reload_agreed(const struct options *o, const char *script, struct planned *agreed)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        struct planned now = {0};
        struct buf answer;
        int code = i ? look(o, script, &now) : 0;
        if (!code && i && !same_text(agreed, &now))
            code = complain(USHER_INPUT, "it would mean something else by now: look at usher plan again");
        if (code) {
            release(&now);
            return code;
        }
        code = carry_out(o, script, answer_of(i ? &now : agreed), &answer);
        struct record reply = {(uint8_t *)answer.data, answer.len};
        bool stale = !code && record_get_bool(record_get(reply, "reply"), "stale", false);
        if (!code && !stale) code = say_done(o, reply);
        buf_release(&answer);
        release(&now);
        if (code || !stale) return code;
    }
    return complain(USHER_INPUT, "too much happens just now: try again in a moment");
}

int command_reload(const struct options *o)
{
    const char *script = only_argument(o, "one script: usher reload SCRIPT");
    struct planned p = {0};
    if (!script) return USHER_USAGE;
    int code = look(o, script, &p);
    struct record plan = answer_of(&p);
    if (!code) print_text(plan);
    bool hold = option(o, "hold") != NULL;
    if (!code && !record_get_bool(plan, "same", false)) {
        if (record_get_int(plan, "needs", 0) && !hold)
            code = complain(USHER_INPUT,
                "nothing was changed: answer what needs an answer, and say it again");
        else if (agrees(o, "Let it take its place?")) code = reload_agreed(o, script, &p);
        else code = USHER_INPUT;
    }
    release(&p);
    return code;
}
