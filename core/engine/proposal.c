// SPDX-License-Identifier: MIT
#include "engine/proposal.h"

#include "engine/reload.h"
#include "engine/script.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How often what happens meanwhile may make a plan untrue before the organisers have to look again.
#define TRIES_MAX 5

struct proposal {
    struct record map; // owned
    enum proposal_state state;
    bool tried; // AGREED: what has happened meanwhile made it untrue, and the new plan is being made
    int tries;
    char *who; // of the last word; NULL: nobody said one
    char note[sizeof((struct err *)0)->text];
};

const char *proposal_state_name(enum proposal_state state)
{
    static const char *const names[] = {
#define X(name, text) text,
        PROPOSAL_STATES(X)
#undef X
    };
    return names[state];
}

// ---- keeping ------------------------------------------------------------------------------------------

static void setting_of(const struct event *ev, char out[300])
{
    snprintf(out, 300, "proposal %s", ev->name);
}

// An empty map stands for none: settings are written, never removed.
static void keep(struct engine *g, const struct event *ev, struct record map)
{
    char name[300];
    struct buf none;
    buf_init(&none, 8);
    record_put_map(&none, 0);
    setting_of(ev, name);
    batch_setting(g->batch, text_of(name), map.data ? map : (struct record){(uint8_t *)none.data, none.len});
    buf_release(&none);
    g->world.wake_now(g->world.self);
}

void proposal_free(struct proposal *p)
{
    if (!p) return;
    free((void *)p->map.data);
    free(p->who);
    free(p);
}

static struct proposal *proposal_new(struct record map)
{
    struct proposal *p = mem_alloc(sizeof *p);
    p->map = (struct record){mem_copy(map.data, map.len), map.len};
    return p;
}

int proposal_restore(struct engine *g, struct event *ev, struct err *e)
{
    char name[300];
    struct buf kept;
    setting_of(ev, name);
    buf_init(&kept, RECORD_LEN_MAX);
    int failed = store_setting(g->store, name, &kept, e);
    struct record map = {(uint8_t *)kept.data, kept.len};
    if (!failed && record_get_text(map, "script").len) ev->proposal = proposal_new(map);
    buf_release(&kept);
    return failed;
}

// Pages that are open hear of it, when the script has a handler for that.
static void tell(struct engine *g, struct event *ev)
{
    struct handler *handler = script_handler(ev->current, TEXT("proposed"));
    if (!handler) return;
    struct handling h = {.name = handler->name, .function = handler->function};
    struct buf none, reply;
    struct err e;
    bool passed;
    buf_init(&none, 8);
    buf_init(&reply, RECORD_LEN_MAX);
    record_put_map(&none, 0);
    if (engine_handle(ev->current, &h, (struct record){(uint8_t *)none.data, none.len}, &reply, &passed, &e))
        log_line(LOG_ERROR, e.text, "event", ev->name, NULL);
    buf_release(&none);
    buf_release(&reply);
}

void proposal_drop(struct engine *g, struct event *ev)
{
    if (!ev->proposal) return;
    proposal_free(ev->proposal);
    ev->proposal = NULL;
    keep(g, ev, (struct record){0});
    tell(g, ev);
}

// ---- what it says -------------------------------------------------------------------------------------

const struct proposal *proposal_of(const struct event *ev)
{
    return ev->proposal;
}

struct record proposal_map(const struct proposal *p)
{
    return p->map;
}

enum proposal_state proposal_state(const struct proposal *p)
{
    return p->state;
}

const char *proposal_note(const struct proposal *p)
{
    return p->note;
}

// ---- taking one ---------------------------------------------------------------------------------------

static void audit(struct engine *g, const struct event *ev, struct text who, const char *what,
    struct text note)
{
    batch_audit(g->batch, &(struct audit_row){.at = g->now,
                              .who = who.len ? who : TEXT("usher"),
                              .event = text_of(ev->name),
                              .what = text_of(what),
                              .note = note});
}

static bool is_sound(struct record map)
{
    bool planned = record_get_text(map, "digest").len && record_get_text(map, "text").len;
    return record_get_text(map, "script").len && (planned || record_get_text(map, "problem").len);
}

// Only the fields that a proposal has, and when it came.
static struct record make_map(struct engine *g, struct record from, struct buf *out)
{
    static const char *const fields[] = {"event", "script", "who", "text", "html", "digest", "needs",
        "questions", "answers", "files", "problem"};
    struct record_map map;
    record_map_init(&map);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        record_map_value(&map, fields[i], record_get(from, fields[i]));
    record_map_int(&map, "at", g->now.ms);
    record_map_end(&map, out);
    return (struct record){(uint8_t *)out->data, out->len};
}

static bool says_the_same(struct record a, struct record b)
{
    return text_eq(record_get_text(a, "text"), record_get_text(b, "text")) &&
           text_eq(record_get_text(a, "script"), record_get_text(b, "script"));
}

// The word that was said on the plan before stands when this one says the same to people.
static void take_word_over(struct proposal *p, struct proposal *before)
{
    if (!before || before->state != PROPOSAL_AGREED) return;
    if (says_the_same(p->map, before->map) && record_get_int(p->map, "needs", 0) == 0) {
        p->state = PROPOSAL_AGREED;
        p->tries = before->tries;
        p->who = before->who;
        before->who = NULL;
    } else if (!record_get_text(p->map, "problem").len) {
        snprintf(p->note, sizeof p->note,
            "Nothing was changed: something has happened since you looked. "
            "This is the plan as it is now.");
    }
}

static void replace(struct engine *g, struct event *ev, struct record map)
{
    struct proposal *before = ev->proposal, *p = proposal_new(map);
    take_word_over(p, before);
    ev->proposal = p;
    keep(g, ev, map);
    if (!before || !says_the_same(map, before->map)) {
        audit(g, ev, record_get_text(map, "who"),
            record_get_text(map, "problem").len ? "script can't be used" : "script proposed",
            record_get_text(map, "problem"));
    }
    proposal_free(before);
    tell(g, ev);
}

int proposal_take(struct engine *g, struct record map, struct err *e)
{
    struct text event = record_get_text(map, "event");
    struct event *ev = engine_event(g, event);
    g->now = g->world.now(g->world.self);
    if (!ev)
        return err_set(e, ERR_INPUT, "no event '%.*s' runs here, so nobody can decide about its script",
            (int)event.len, event.data);
    if (record_get_bool(map, "same", false)) {
        proposal_drop(g, ev);
        return 0;
    }
    if (!is_sound(map))
        return err_set(e, ERR_INPUT, "that is no plan: let `usher plan SCRIPT --propose` make one");
    struct buf out;
    buf_init(&out, RECORD_LEN_MAX);
    replace(g, ev, make_map(g, map, &out));
    buf_release(&out);
    return 0;
}

// ---- the word -----------------------------------------------------------------------------------------

static void say(struct engine *g, struct event *ev, const char *note)
{
    struct proposal *p = ev->proposal;
    p->state = PROPOSAL_WAITS;
    p->tried = false;
    snprintf(p->note, sizeof p->note, "%s", note);
    tell(g, ev);
}

void proposal_not_planned(struct engine *g, struct text event, const char *why)
{
    struct event *ev = engine_event(g, event);
    if (ev && ev->proposal && ev->proposal->state != PROPOSAL_WAITS) say(g, ev, why);
}

static void plan_anew(struct engine *g, struct event *ev, struct record answers)
{
    struct proposal *p = ev->proposal;
    if (!g->options.plan) {
        say(g, ev, "This usher makes no plans by itself: give the answers to usher plan --propose.");
        return;
    }
    g->options.plan(g->options.plan_ctx, text_of(ev->name), record_get_text(p->map, "script"), answers,
        text_of(p->who));
}

static void hear(struct engine *g, struct event *ev, struct record said)
{
    struct proposal *p = ev->proposal;
    struct text word = record_get_text(said, "word"), who = record_get_text(said, "who");
    if (!text_eq(record_get_text(said, "digest"), record_get_text(p->map, "digest"))) {
        say(g, ev, "Nothing was changed: another plan has come since you looked. This is the new one.");
        return;
    }
    free(p->who);
    p->who = mem_copy(who.data, who.len);
    p->note[0] = 0;
    if (text_is(word, "discard")) {
        audit(g, ev, who, "script discarded", record_get_text(p->map, "script"));
        proposal_drop(g, ev);
    } else if (text_is(word, "answer")) {
        p->state = PROPOSAL_PLANNED;
        plan_anew(g, ev, record_get(said, "answers"));
    } else if (record_get_text(p->map, "digest").len && record_get_int(p->map, "needs", 0) == 0) {
        p->state = PROPOSAL_AGREED;
        p->tries = 0;
    }
}

static void on_word(void *ctx, struct record said, const struct err *error)
{
    struct engine *g = ctx;
    (void)error;
    struct event *ev = engine_event(g, record_get_text(said, "event"));
    g->now = g->world.now(g->world.self);
    if (ev && ev->proposal && ev->proposal->state == PROPOSAL_WAITS)
        hear(g, ev, said); // else others were faster
    g->world.wake_now(g->world.self);
}

bool proposal_word(struct engine *g, struct event *ev, struct text word, struct text digest, struct text who,
    struct record answers)
{
    struct record_map map;
    struct buf said;
    if (!text_is(word, "apply") && !text_is(word, "answer") && !text_is(word, "discard")) return false;
    record_map_init(&map);
    buf_init(&said, RECORD_LEN_MAX);
    record_map_text(&map, "event", text_of(ev->name));
    record_map_text(&map, "word", word);
    record_map_text(&map, "digest", digest);
    record_map_text(&map, "who", who);
    record_map_value(&map, "answers", answers);
    record_map_end(&map, &said);
    promise_reply(g, on_word, g, (struct record){(uint8_t *)said.data, said.len}, NULL);
    buf_release(&said);
    return true;
}

// ---- carrying it out ----------------------------------------------------------------------------------

// What was answered, and that it happens now.
static void put_request(const struct proposal *p, struct buf *out)
{
    static const char *const kept[] = {"skip", "send", "stay", "all_stay", "hold", "end_gone", "answers"};
    struct record answers = record_get(p->map, "answers");
    struct record_map map;
    record_map_init(&map);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        record_map_value(&map, kept[i], record_get(answers, kept[i]));
    record_map_value(&map, "digest", record_get(p->map, "digest"));
    record_map_text(&map, "who", text_of(p->who));
    record_map_bool(&map, "apply", true);
    record_map_end(&map, out);
}

static void carry_out(struct engine *g, struct event *ev)
{
    struct proposal *p = ev->proposal;
    struct text script = record_get_text(p->map, "script");
    char *path = mem_copy(script.data, script.len);
    struct buf request, outline;
    struct err e = {0};
    buf_init(&request, RECORD_LEN_MAX);
    buf_init(&outline, SIZE_MAX / 2);
    put_request(p, &request);
    int failed = engine_reload(g, text_of(ev->name), path,
        (struct record){(uint8_t *)request.data, request.len}, &outline, &e);
    struct record said = {(uint8_t *)outline.data, outline.len};
    if (failed) say(g, ev, e.text);
    else if (record_get_bool(said, "stale", false) && ++p->tries < TRIES_MAX) {
        p->tried = true;
        plan_anew(g, ev, record_get(p->map, "answers"));
    } else if (record_get_bool(said, "stale", false)) {
        say(g, ev, "Nothing was changed: too much happens just now. Try again in a moment.");
    } else if (record_get_bool(said, "same", false)) {
        proposal_drop(g, ev);
    } else if (!record_get_bool(said, "applied", false)) {
        say(g, ev, "Nothing was changed: something needs an answer first.");
    }
    buf_release(&request);
    buf_release(&outline);
    free(path);
}

static bool is_due(const struct engine *g, const struct event *ev)
{
    return !engine_pauses(g) && ev->proposal && ev->proposal->state == PROPOSAL_AGREED &&
           !ev->proposal->tried;
}

bool proposal_due(const struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (is_due(g, ev)) return true;
    }
    return false;
}

void proposal_settle(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        if (is_due(g, ev)) carry_out(g, ev);
    }
}
