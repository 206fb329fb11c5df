// SPDX-License-Identifier: MIT
// plan: `usher plan` and `usher reload`: what a changed script means, and carrying it out.
#include "base/watch.h"
#include "cli/cli.h"
#include "cli/script.h"
#include "usher.h"

#include <poll.h>
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

// All at once, as the organisers' page gives them. What is said by an option of its own comes before it.
static void put_given(const struct options *o, struct record_map *map)
{
    static const struct {
        const char *field, *option;
    } known[] = {{"skip", "skip"}, {"send", "send"}, {"stay", "stay"}, {"all_stay", "pin-all"},
        {"hold", "hold"}, {"end_gone", "end-gone"}, {"answers", "edition"}, {"told", ""}};
    struct buf given;
    buf_init(&given, RECORD_LEN_MAX);
    if (option(o, "answers")) record_from_json(text_of(option(o, "answers")), &given, NULL);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (option(o, known[i].option)) continue;
        record_map_value(map, known[i].field,
            record_get((struct record){(uint8_t *)given.data, given.len}, known[i].field));
    }
    buf_release(&given);
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
    put_given(o, map);
}

static bool answers_are_sound(const struct options *o)
{
    struct buf given;
    struct err e = {0};
    const char *json = option(o, "answers");
    buf_init(&given, RECORD_LEN_MAX);
    bool sound = !json || record_from_json(text_of(json), &given, &e) == 0;
    if (!sound) complain(USHER_USAGE, "--answers: %s", e.text);
    buf_release(&given);
    return sound;
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

static void print_next_step(const struct options *o, struct record answer, const char *script)
{
    if (record_get_bool(answer, "same", false)) return;
    if (option(o, "propose")) printf("\nNothing has been changed so far: the organisers decide.\n");
    else if (record_get_int(answer, "needs", 0)) printf("\nNothing has been changed.\n");
    else printf("\nNothing has been changed so far: usher reload %s does it.\n", script);
}

// ---- proposing it to the organisers ---------------------------------------------------------------------

#define PROPOSAL_MAX (900u << 10) // a request may have a mebibyte; without its page a plan is short

static void put_proposal(const struct options *o, const char *path, struct record plan, bool page,
    struct buf *out)
{
    static const char *const fields[] = {"event", "digest", "text", "needs", "questions", "files", "same"};
    struct record_map map, answers;
    record_map_init(&map);
    record_map_text(&map, "ask", TEXT("propose"));
    record_map_text(&map, "script", text_of(path));
    record_map_text(&map, "who", text_of(option(o, "by") ? option(o, "by") : "office"));
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        record_map_value(&map, fields[i], record_get(plan, fields[i]));
    if (page) record_map_value(&map, "html", record_get(plan, "html"));
    record_map_init(&answers);
    put_answers(o, &answers);
    record_map_end(&answers, record_map_key(&map, "answers"));
    record_map_end(&map, out);
}

static int propose(const struct options *o, const char *script, struct record plan)
{
    struct buf request, answer;
    char *path = realpath(script, NULL);
    buf_init(&request, RECORD_LEN_MAX);
    put_proposal(o, path ? path : script, plan, true, &request);
    if (request.len > PROPOSAL_MAX) {
        buf_clear(&request);
        put_proposal(o, path ? path : script, plan, false, &request);
    }
    int code = ask_usher(o, (struct record){(uint8_t *)request.data, request.len}, &answer);
    buf_release(&request);
    buf_release(&answer);
    free(path);
    return code;
}

static int plan_once(const struct options *o, const char *script, struct planned *p)
{
    int code = look(o, script, p);
    int64_t needs = record_get_int(answer_of(p), "needs", 0);
    if (!code && !print_json(o, answer_of(p))) {
        print_text(answer_of(p));
        print_next_step(o, answer_of(p), script);
    }
    fflush(stdout);
    if (code) return code == USHER_INPUT ? CANNOT_LOAD : code;
    if (option(o, "propose") && propose(o, script, answer_of(p))) return USHER_STORAGE;
    return needs ? USHER_INPUT : 0;
}

// ---- at every save ------------------------------------------------------------------------------------

#define QUIET_MS 300 // editors write a file in several goes

static void wait_until_saved(struct watch *w)
{
    struct pollfd happens = {.fd = watch_fd(w), .events = POLLIN};
    for (bool saved = false; !saved; saved = watch_saved(w)) poll(&happens, 1, -1);
    while (poll(&happens, 1, QUIET_MS) > 0) watch_saved(w);
}

static int watch_all(struct watch *w, struct record files, struct err *e)
{
    int failed = 0;
    for (struct record_iter it = record_each(files); !failed && record_next(&it);) {
        struct text name = {0};
        record_text(it.value, &name);
        char *path = mem_copy(name.data ? name.data : "", name.len);
        failed = watch_add(w, path, e);
        free(path);
    }
    return failed;
}

// Until somebody ends it. What the script reads is known once it could be read.
static int plan_at_every_save(const struct options *o, const char *script)
{
    struct err e = {0};
    struct watch *w = watch_open(&e);
    if (!w || watch_add(w, script, &e)) {
        watch_close(w);
        return complain(USHER_INPUT, "%s", e.text);
    }
    for (;;) {
        struct planned p = {0};
        plan_once(o, script, &p);
        if (watch_all(w, record_get(answer_of(&p), "files"), &e)) complain(USHER_INPUT, "%s", e.text);
        release(&p);
        wait_until_saved(w);
        if (!option(o, "json")) printf("\n---- %s was saved ----\n\n", script);
    }
}

int command_plan(const struct options *o)
{
    char *script = script_argument(o);
    struct planned p = {0};
    int code = USHER_USAGE;
    if (script && answers_are_sound(o))
        code = option(o, "watch") ? plan_at_every_save(o, script) : plan_once(o, script, &p);
    release(&p);
    free(script);
    return code;
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

static int reload(const struct options *o, const char *script)
{
    struct planned p = {0};
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

int command_reload(const struct options *o)
{
    char *script = script_argument(o);
    int code = script && answers_are_sound(o) ? reload(o, script) : USHER_USAGE;
    free(script);
    return code;
}
