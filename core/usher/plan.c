// SPDX-License-Identifier: MIT
// plan: what becomes of a running event when its script is replaced. Two lives are played from where the
// event stands now, in virtual time and by the same engine: one goes on as it is, in the other the new
// version takes its place. What differs between them is the plan. Nothing leaves, and the event hears nothing
// of it.
#include "usher.h"

#include "base/log.h"
#include "engine/chunks.h"
#include "engine/reload.h"
#include "engine/script.h"
#include "usher/copy.h"
#include "usher/library.h"
#include "usher/rehearsal.h"

#include <stdlib.h>
#include <string.h>

struct plan {
    const struct usher_options *options;
    const char *script;
    struct usher_rehearsal how;
    struct rehearsal before, after;
    struct copy copy;
    struct buf request, outline, said;
    struct err error;
};

// ---- where it stands now ----------------------------------------------------------------------------------

static int open_life(struct plan *p, struct rehearsal *r)
{
    r->store = copy_open(&p->copy, &p->error);
    if (!r->store) return -1;
    if (rehearsal_open(r, p->copy.now)) {
        p->error = r->error;
        return -1;
    }
    return engine_open_house(r->engine, &p->error); // the script that is opened next may read a list there
}

// ---- two lives ------------------------------------------------------------------------------------------

static int play(struct plan *p, struct rehearsal *r)
{
    if (rehearsal_run(r, rehearsal_horizon(r)) == 0) return 0;
    p->error = r->error;
    return -1;
}

// The answers that were given, and that the edit happens in this life whatever it needs.
static void put_request(struct plan *p, struct buf *out)
{
    struct record asked = {(uint8_t *)p->request.data, p->request.len};
    struct record_map map;
    record_map_init(&map);
    static const char *const kept[] = {"skip", "send", "stay", "all_stay", "hold", "end_gone", "answers"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        record_map_value(&map, kept[i], record_get(asked, kept[i]));
    record_map_bool(&map, "apply", true);
    record_map_bool(&map, "anyway", true);
    record_map_end(&map, out);
}

static int edit(struct plan *p, struct event *ev, struct script *anew)
{
    struct buf request;
    buf_init(&request, RECORD_LEN_MAX);
    put_request(p, &request);
    struct record asked = {(uint8_t *)request.data, request.len};
    int failed = reload_script(p->after.engine, ev, anew, asked, &p->outline, &p->error);
    buf_release(&request);
    return failed;
}

static int play_both(struct plan *p)
{
    if (open_life(p, &p->after) || open_life(p, &p->before)) return -1;
    copy_drop(&p->copy); // each life has its own
    struct script *anew = script_open(p->after.engine, p->script, &p->error);
    if (!anew) return -1;
    struct text event = text_of(anew->event_name);
    if (engine_load_kept(p->before.engine, event, &p->error) ||
        engine_load_kept(p->after.engine, event, &p->error)) {
        script_close(anew);
        return -1;
    }
    if (edit(p, p->after.engine->events, anew)) return -1;
    return play(p, &p->before) || play(p, &p->after) ? -1 : 0;
}

// ---- in words -------------------------------------------------------------------------------------------

static void on_said(void *ctx, struct record reply, const struct err *error)
{
    struct plan *p = ctx;
    if (error) p->error = *error;
    else buf_add(&p->said, reply.data, reply.len);
}

static int put_into_words(struct plan *p)
{
    struct record_map map;
    struct buf request;
    struct engine *g = p->after.engine;
    record_map_init(&map);
    buf_init(&request, SIZE_MAX / 2);
    record_map_value(&map, "outline", (struct record){(uint8_t *)p->outline.data, p->outline.len});
    rehearsal_effects(&p->before, record_map_key(&map, "before"));
    rehearsal_effects(&p->after, record_map_key(&map, "after"));
    record_map_int(&map, "now", p->copy.now.ms);
    record_map_value(&map, "answers", (struct record){(uint8_t *)p->request.data, p->request.len});
    record_map_value(&map, "about", g->events->current->about);
    record_map_end(&map, &request);
    engine_call(g, (struct text){0}, TEXT("usher plan"),
        (struct record){(uint8_t *)request.data, request.len}, on_said, p);
    buf_release(&request);
    int failed = virtual_settle(p->after.world, &p->error);
    return failed || p->error.code ? -1 : 0;
}

// What the script reads, for who wants to see it changed again: paths as the script's own.
static void put_files(struct plan *p, struct buf *out)
{
    struct buf names, path;
    const char *slash = strrchr(p->script, '/');
    size_t folder = slash ? (size_t)(slash - p->script) + 1 : 0;
    buf_init(&names, RECORD_LEN_MAX);
    buf_init(&path, 4096);
    script_files(p->after.engine->events->current, &names);
    struct record list = {(uint8_t *)names.data, names.len};
    record_put_list(out, record_count(list));
    for (struct record_iter it = record_each(list); record_next(&it); buf_clear(&path)) {
        struct text name = {0};
        record_text(it.value, &name);
        buf_add(&path, p->script, folder);
        buf_addt(&path, name);
        record_put_text(out, buf_text(&path));
    }
    buf_release(&names);
    buf_release(&path);
}

static void put_answer(struct plan *p, char **answer_json)
{
    struct record outline = {(uint8_t *)p->outline.data, p->outline.len};
    struct record said = {(uint8_t *)p->said.data, p->said.len};
    struct record_map map;
    struct buf answer, json;
    record_map_init(&map);
    buf_init(&answer, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    record_map_value(&map, "event", record_get(outline, "event"));
    record_map_value(&map, "digest", record_get(outline, "digest"));
    record_map_value(&map, "same", record_get(outline, "same"));
    record_map_value(&map, "outline", outline);
    record_map_value(&map, "text", record_get(said, "text"));
    record_map_value(&map, "html", record_get(said, "html"));
    record_map_value(&map, "needs", record_get(said, "needs"));
    record_map_value(&map, "questions", record_get(said, "questions"));
    record_map_value(&map, "changes", record_get(said, "changes"));
    put_files(p, record_map_key(&map, "files"));
    if (record_get_bool((struct record){(uint8_t *)p->request.data, p->request.len}, "list", false)) {
        rehearsal_effects(&p->before, record_map_key(&map, "before"));
        rehearsal_effects(&p->after, record_map_key(&map, "after"));
    }
    record_map_end(&map, &answer);
    record_print_json((struct record){(uint8_t *)answer.data, answer.len}, &json);
    *answer_json = buf_take(&json, NULL);
    buf_release(&answer);
}

static int open_plan(struct plan *p, const char *request_json)
{
    p->how = (struct usher_rehearsal){.no_pretending = 1, .want_saved = 1, .config = p->options->config};
    struct rehearsal *lives[] = {&p->before, &p->after};
    for (int i = 0; i < 2; i++) {
        *lives[i] = (struct rehearsal){.script = p->script, .options = &p->how, .approved = true};
        buf_init(&lives[i]->notices, SIZE_MAX / 2);
        if (installation_open(&lives[i]->installation, p->options->config, &p->error)) return -1;
        installation_add_script(&lives[i]->installation, p->script);
    }
    return record_from_json(text_of(request_json ? request_json : "{}"), &p->request, &p->error);
}

static void close_plan(struct plan *p)
{
    struct rehearsal *lives[] = {&p->before, &p->after};
    for (int i = 0; i < 2; i++) {
        rehearsal_close(lives[i]);
        buf_release(&lives[i]->notices);
        installation_close(&lives[i]->installation);
    }
    copy_drop(&p->copy);
    buf_release(&p->request);
    buf_release(&p->outline);
    buf_release(&p->said);
}

int usher_plan(const struct usher_options *options, const char *script, const char *request_json,
    char **answer_json, char **error)
{
    struct plan p = {.options = options, .script = script, .copy = {.file = -1}};
    buf_init(&p.request, RECORD_LEN_MAX);
    buf_init(&p.outline, SIZE_MAX / 2);
    buf_init(&p.said, SIZE_MAX / 2);
    usher_set_library();
    log_set_level(LOG_ERROR);
    chunks_keep(); // both lives load the same library
    *answer_json = NULL;
    int failed = open_plan(&p, request_json);
    if (!failed)
        failed = copy_take(&p.copy, options, installation_text(&p.before.installation, NULL, "database"),
            &p.error);
    if (!failed) failed = play_both(&p);
    if (!failed) failed = put_into_words(&p);
    if (!failed) put_answer(&p, answer_json);
    close_plan(&p);
    if (error) *error = failed ? mem_copyz(p.error.text) : NULL;
    int code = err_exit_code(&p.error);
    return failed ? (code ? code : USHER_INPUT) : 0;
}
