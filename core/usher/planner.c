// SPDX-License-Identifier: MIT
#include "usher/planner.h"

#include "base/log.h"
#include "engine/proposal.h"
#include "engine/script.h"
#include "world/child.h"
#include "world/live.h"
#include "world/watcher.h"

#include <stdlib.h>
#include <string.h>

// What its process is told; the words of a command line.
#define WORDS_MAX 16
// Exit codes of `usher plan`: 0 and 1 are plans.
#define CANNOT_LOAD 2

struct job {
    struct job *next;
    struct planner *planner;
    char *event, *script;
    char *answers, *who;     // JSON; NULL: none
    struct child *child;     // that makes the plan; NULL: none does
    bool again;              // something else is wanted by now
    struct watcher *watcher; // NULL: it is not watched
};

struct planner {
    struct planner_settings settings;
    struct job *jobs;
};

struct planner *planner_new(const struct planner_settings *settings)
{
    struct planner *p = mem_alloc(sizeof *p);
    p->settings = *settings;
    return p;
}

static void job_free(struct job *j)
{
    child_stop(j->child);
    watcher_close(j->watcher);
    free(j->event);
    free(j->script);
    free(j->answers);
    free(j->who);
    free(j);
}

void planner_free(struct planner *p)
{
    if (!p) return;
    while (p->jobs) {
        struct job *j = p->jobs;
        p->jobs = j->next;
        job_free(j);
    }
    free(p);
}

static struct job *job_of(struct planner *p, struct text event)
{
    for (struct job *j = p->jobs; j; j = j->next) {
        if (text_is(event, j->event)) return j;
    }
    struct job *j = mem_alloc(sizeof *j);
    *j = (struct job){.next = p->jobs, .planner = p, .event = mem_copy(event.data, event.len)};
    p->jobs = j;
    return j;
}

static void set(char **field, struct text t)
{
    free(*field);
    *field = t.data ? mem_copy(t.data, t.len) : NULL;
}

// ---- making one ---------------------------------------------------------------------------------------

static void on_ended(void *ctx, int code, struct text complaint);

static void start(struct job *j)
{
    const struct planner_settings *s = &j->planner->settings;
    const char *argv[WORDS_MAX] = {s->program, "plan", j->script, "--propose", "--database", s->database,
        "--by", j->who ? j->who : "usher"};
    struct err e = {0};
    int n = 8;
    if (s->config) {
        argv[n++] = "--config";
        argv[n++] = s->config;
    }
    if (j->answers) {
        argv[n++] = "--answers";
        argv[n++] = j->answers;
    }
    j->again = false;
    j->child = child_start(live_loop(s->live), argv, on_ended, j, &e);
    if (j->child) return;
    log_line(LOG_ERROR, "no plan can be made", "script", j->script, "why", e.text, NULL);
    proposal_not_planned(s->engine, text_of(j->event), e.text);
}

static void want(struct job *j)
{
    if (j->child) j->again = true;
    else start(j);
}

// Its sentence is the last line that begins with the program's name.
static struct text sentence_of(struct text complaint)
{
    static const char name[] = "usher: ";
    struct text found = {0};
    for (const char *at = complaint.data, *end = at + complaint.len; at && at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at)), *line_end = newline ? newline : end;
        size_t len = (size_t)(line_end - at);
        if (len > sizeof name - 1 && memcmp(at, name, sizeof name - 1) == 0)
            found = (struct text){at + sizeof name - 1, len - (sizeof name - 1)};
        at = newline ? newline + 1 : end;
    }
    return found.len ? found : TEXT("usher plan ended before it could say anything");
}

static void propose_problem(struct job *j, struct text problem)
{
    struct record_map map;
    struct buf out;
    struct err e;
    record_map_init(&map);
    buf_init(&out, RECORD_LEN_MAX);
    record_map_text(&map, "event", text_of(j->event));
    record_map_text(&map, "script", text_of(j->script));
    record_map_text(&map, "who", text_of(j->who ? j->who : "usher"));
    record_map_text(&map, "problem", problem);
    record_map_end(&map, &out);
    if (proposal_take(j->planner->settings.engine, (struct record){(uint8_t *)out.data, out.len}, &e))
        log_line(LOG_ERROR, e.text, NULL);
    buf_release(&out);
}

static void failed(struct job *j, int code, struct text complaint)
{
    struct text said = sentence_of(complaint);
    char *why = mem_copy(said.data, said.len);
    log_line(LOG_WARN, code == CANNOT_LOAD ? "the changed script can't be used" : "no plan could be made",
        "script", j->script, "why", why, NULL);
    if (code == CANNOT_LOAD) propose_problem(j, said);
    else proposal_not_planned(j->planner->settings.engine, text_of(j->event), why);
    free(why);
}

// The new version may read files that the one before did not.
static void watch_files(struct job *j, struct record files)
{
    struct err e;
    for (struct record_iter it = record_each(files); j->watcher && record_next(&it);) {
        struct text name = {0};
        record_text(it.value, &name);
        char *path = mem_copy(name.data ? name.data : "", name.len);
        if (watcher_add(j->watcher, path, &e)) log_line(LOG_WARN, e.text, NULL);
        free(path);
    }
}

static void planned(struct job *j)
{
    struct event *ev = engine_event(j->planner->settings.engine, text_of(j->event));
    const struct proposal *p = ev ? proposal_of(ev) : NULL;
    if (!p) return; // it is the script that runs
    watch_files(j, record_get(proposal_map(p), "files"));
    log_line(LOG_INFO, "a changed script waits for the organisers' word", "event", j->event, "script",
        j->script, NULL);
}

static void on_ended(void *ctx, int code, struct text complaint)
{
    struct job *j = ctx;
    j->child = NULL;
    if (j->again) start(j);
    else if (code == 0 || code == 1) planned(j);
    else failed(j, code, complaint);
}

void planner_plan(void *ctx, struct text event, struct text script, struct record answers, struct text who)
{
    struct job *j = job_of(ctx, event);
    struct buf json;
    buf_init(&json, RECORD_LEN_MAX);
    if (answers.data) record_print_json(answers, &json);
    set(&j->script, script);
    set(&j->answers, json.len ? buf_text(&json) : (struct text){0});
    set(&j->who, who);
    buf_release(&json);
    want(j);
}

// ---- watching -----------------------------------------------------------------------------------------

static void on_saved(void *ctx)
{
    struct job *j = ctx;
    log_line(LOG_INFO, "the script was saved: its plan is being made", "script", j->script, NULL);
    set(&j->answers, (struct text){0}); // they were given to another version
    set(&j->who, (struct text){0});
    want(j);
}

static struct script *loaded_from(struct engine *g, const char *path)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (strcmp(ev->current->path, path) == 0) return ev->current;
    }
    return NULL;
}

static int watch_own_files(struct job *j, struct script *s, struct err *e)
{
    struct buf names, path;
    const char *slash = strrchr(j->script, '/');
    int failed = 0;
    buf_init(&names, RECORD_LEN_MAX);
    buf_init(&path, 4096);
    script_files(s, &names);
    struct record list = {(uint8_t *)names.data, names.len};
    for (struct record_iter it = record_each(list); !failed && record_next(&it); buf_clear(&path)) {
        struct text name = {0};
        record_text(it.value, &name);
        buf_add(&path, j->script, slash ? (size_t)(slash - j->script) + 1 : 0);
        buf_addt(&path, name);
        failed = watcher_add(j->watcher, buf_z(&path), e);
    }
    buf_release(&names);
    buf_release(&path);
    return failed;
}

int planner_watch(struct planner *p, const char *script, struct err *e)
{
    struct script *s = loaded_from(p->settings.engine, script);
    if (!s) return err_set(e, ERR_INPUT, "%s is not loaded", script);
    struct job *j = job_of(p, text_of(s->event->name));
    set(&j->script, text_of(script));
    j->watcher = watcher_open(live_loop(p->settings.live), on_saved, j, e);
    if (!j->watcher || watch_own_files(j, s, e)) return -1;
    if (s->stored.data) want(j); // it has changed while usher was away, and the version before goes on
    return 0;
}
