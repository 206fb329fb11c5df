// SPDX-License-Identifier: MIT
#include "world/virtual.h"

#include "engine/arrival.h"
#include "engine/engine.h"
#include "engine/script.h"
#include "engine/web.h"
#include "time/span.h"
#include "world/window.h"

#include <stdlib.h>
#include <string.h>

// Turns without time passing, after which something must be going round in circles.
#define TURNS_MAX 1000000
#define ROOM 64 // effects at once: they end at once
#define TRIES_AGAIN_MS (30 * MINUTE_MS)
#define MAILBOX "rehearsal" // where mails of pretended servers and people come in

// An outcome on its way back, or something that a pretended person will do.
struct coming {
    struct coming *next;
    struct instant at;
    char *memory;
    struct record record; // outcome: value; act: what the pretend handler said
    // outcomes
    int64_t flow;
    int32_t step, attempt;
    enum outcome outcome;
    struct text note;
    // acts
    char *event;
    int64_t uid;    // of a mail that comes in: its number in the mailbox; 0: it has none yet
    uint64_t order; // of two for the same time the one that was added first comes first
    struct virtual *v;
};

// In the order in which they were added; whoever is taken out is near the front.
struct line {
    struct coming *first, **end;
};

struct virtual
{
    struct engine *engine;
    struct instant now, alarm;
    struct instant door;        // when a limit of mails opens it again
    struct window hour, minute; // as the courier's
    int per_hour, per_minute;
    struct pretending *asked, **asked_end; // handlers that have not said yet what people do
    struct line outcomes;                  // of effects, which end at once
    struct coming **acts;                  // a heap: the earliest is at its top
    size_t acts_n, acts_room;
    uint64_t acts_added;
    struct line acting; // acts handed to the script, and not known to be on disk
    enum { MAILBOX_CLOSED, MAILBOX_OPENING, MAILBOX_OPEN } mailbox;
    int64_t mailbox_n;    // mails that came into it so far
    struct record *deeds; // what people did: act.about with its moment, see virtual_deed
    size_t deeds_n, deeds_room;
    size_t pretended_n; // of how much of the history people have heard
    size_t begun_n;     // of how many events it was asked who comes without having been written to
    struct record *history;
    size_t history_n, history_room;
    int64_t boundary, crash_at;
    bool crashed, pretending;
    bool (*on_boundary)(void *ctx, int64_t boundary);
    void *boundary_ctx;
    bool (*on_idle)(void *ctx);
    void *idle_ctx;
};

// A script that was asked what the people do who got a mail, or who comes of their own accord.
struct pretending {
    struct pretending *next;
    struct virtual *v;
    size_t effect; // the mail's place in the history; NONE: who comes without one
    size_t nth;    // event, from 0
    char *event;
};

#define NONE SIZE_MAX

struct virtual *virtual_new(struct instant now)
{
    struct virtual *v = mem_alloc(sizeof *v);
    v->now = now;
    v->alarm = v->door = INSTANT_NEVER;
    v->pretending = true;
    v->asked_end = &v->asked;
    v->outcomes.end = &v->outcomes.first;
    v->acting.end = &v->acting.first;
    return v;
}

// What the courier remembers of the last hour is gone with its process.
static void open_windows(struct virtual *v)
{
    window_release(&v->hour);
    window_release(&v->minute);
    window_init(&v->hour, HOUR_MS, v->per_hour);
    window_init(&v->minute, MINUTE_MS, v->per_minute);
    v->door = INSTANT_NEVER;
}

void virtual_limit(struct virtual *v, int per_hour, int per_minute)
{
    v->per_hour = per_hour;
    v->per_minute = per_minute;
    open_windows(v);
}

static void free_coming(struct coming *c)
{
    free(c->memory);
    free(c->event);
    free(c);
}

// ---- who is next ------------------------------------------------------------------------------------

static void line_add(struct line *l, struct coming *c)
{
    c->next = NULL;
    *l->end = c;
    l->end = &c->next;
}

static void line_remove(struct line *l, struct coming *c)
{
    struct coming **at = &l->first;
    while (*at != c) at = &(*at)->next;
    *at = c->next;
    if (!*at) l->end = at;
}

static struct coming *line_take(struct line *l)
{
    struct coming *c = l->first;
    if (c) line_remove(l, c);
    return c;
}

static bool comes_before(const struct coming *a, const struct coming *b)
{
    return a->at.ms != b->at.ms ? a->at.ms < b->at.ms : a->order < b->order;
}

static void acts_add(struct virtual *v, struct coming *c)
{
    if (v->acts_n == v->acts_room) {
        v->acts_room = v->acts_room ? 2 * v->acts_room : 64;
        v->acts = mem_grow(v->acts, sizeof *v->acts * v->acts_room);
    }
    c->order = ++v->acts_added;
    size_t i = v->acts_n++;
    for (; i > 0 && comes_before(c, v->acts[(i - 1) / 2]); i = (i - 1) / 2) v->acts[i] = v->acts[(i - 1) / 2];
    v->acts[i] = c;
}

static struct coming *acts_take(struct virtual *v)
{
    struct coming *first = v->acts[0], *last = v->acts[--v->acts_n];
    size_t i = 0;
    for (size_t child = 1; child < v->acts_n; child = 2 * i + 1) {
        if (child + 1 < v->acts_n && comes_before(v->acts[child + 1], v->acts[child])) child++;
        if (!comes_before(v->acts[child], last)) break;
        v->acts[i] = v->acts[child];
        i = child;
    }
    if (v->acts_n) v->acts[i] = last;
    return first;
}

// An engine that is gone answers no more: what it was asked is asked again.
static void forget_asked(struct virtual *v)
{
    while (v->asked) {
        struct pretending *p = v->asked;
        v->asked = p->next;
        if (!v->asked) v->asked_end = &v->asked;
        if (p->effect == NONE && p->nth < v->begun_n) v->begun_n = p->nth;
        if (p->effect < v->pretended_n) v->pretended_n = p->effect;
        free(p->event);
        free(p);
    }
}

void virtual_free(struct virtual *v)
{
    if (!v) return;
    forget_asked(v);
    for (struct coming *c; (c = line_take(&v->outcomes));) free_coming(c);
    for (struct coming *c; (c = line_take(&v->acting));) free_coming(c);
    while (v->acts_n) free_coming(acts_take(v));
    free(v->acts);
    window_release(&v->hour);
    window_release(&v->minute);
    virtual_forget_history(v);
    for (size_t i = 0; i < v->deeds_n; i++) free((void *)v->deeds[i].data);
    free(v->deeds);
    free(v->history);
    free(v);
}

// ---- crashes ----------------------------------------------------------------------------------------

bool virtual_boundary(void *self)
{
    struct virtual *v = self;
    if (v->crashed) return true;
    v->boundary++;
    v->crashed = v->boundary == v->crash_at ||
                 (v->on_boundary && v->on_boundary(v->boundary_ctx, v->boundary));
    return v->crashed;
}

void virtual_crash_at(struct virtual *v, int64_t boundary)
{
    v->crash_at = boundary;
}

void virtual_on_boundary(struct virtual *v, bool (*on_boundary)(void *ctx, int64_t boundary), void *ctx)
{
    v->on_boundary = on_boundary;
    v->boundary_ctx = ctx;
}

bool virtual_crashed(const struct virtual *v)
{
    return v->crashed;
}

int64_t virtual_boundaries(const struct virtual *v)
{
    return v->boundary;
}

void virtual_revive(struct virtual *v)
{
    v->crashed = false;
    v->mailbox = MAILBOX_CLOSED;
    open_windows(v);
    v->engine = NULL;
    v->alarm = INSTANT_NEVER;
    forget_asked(v);
    for (struct coming *c; (c = line_take(&v->outcomes));) free_coming(c);
    // People do not lose their answers when the engine does.
    for (struct coming *c; (c = line_take(&v->acting));) acts_add(v, c);
}

// ---- the table of engine/world.h ----------------------------------------------------------------------

static struct instant on_now(void *self)
{
    return ((struct virtual *)self)->now;
}

static void on_wake_at(void *self, struct instant at)
{
    ((struct virtual *)self)->alarm = at;
}

static void on_wake_now(void *self)
{
    (void)self; // virtual_run turns until the engine is idle
}

static size_t on_room(void *self, enum step_kind kind)
{
    struct virtual *v = self;
    uint64_t now = (uint64_t)v->now.ms;
    if (kind != STEP_KIND_MAIL) return ROOM;
    uint64_t hour = window_shut_ms(&v->hour, now), minute = window_shut_ms(&v->minute, now);
    if (hour || minute) v->door = instant_add(v->now, (int64_t)(hour > minute ? hour : minute));
    return window_room(&v->hour, now, window_room(&v->minute, now, ROOM));
}

static void on_cancel(void *self, int64_t flow, int32_t step)
{
    (void)self, (void)flow, (void)step;
}

static void remember(struct virtual *v, const struct effect *effect)
{
    struct record_map map;
    struct buf bytes;
    record_map_init(&map);
    buf_init(&bytes, 64u << 20);
    record_map_int(&map, "at", v->now.ms);
    record_map_text(&map, "kind", text_of(step_kind_name(effect->kind)));
    record_map_text(&map, "event", effect->event);
    record_map_text(&map, "flow", effect->flow_name);
    record_map_text(&map, "key", effect->flow_key);
    if (effect->label.len) record_map_text(&map, "label", effect->label);
    record_map_text(&map, "step", effect->key);
    record_map_int(&map, "attempt", effect->attempt);
    record_map_int(&map, "asked", effect->due.ms);
    record_map_value(&map, "args", effect->args);
    record_map_end(&map, &bytes);
    if (v->history_n == v->history_room) {
        v->history_room = v->history_room ? 2 * v->history_room : 64;
        v->history = mem_grow(v->history, sizeof *v->history * v->history_room);
    }
    struct record *r = &v->history[v->history_n++];
    r->data = (const uint8_t *)buf_take(&bytes, &r->len);
}

// What the script gave as `rehearse`, made to look like the real answer.
static enum outcome rehearsed_response(const struct effect *effect, struct buf *out)
{
    struct record given = record_get(effect->args, "rehearse"), json = record_get(given, "json");
    if (!given.data) return OUTCOME_FAILED;
    struct record_map map, headers;
    struct buf body, head;
    buf_init(&body, RECORD_LEN_MAX);
    buf_init(&head, 4096);
    record_map_init(&headers);
    if (json.data) {
        record_print_json(json, &body);
        record_map_text(&headers, "content-type", TEXT("application/json"));
    } else {
        buf_addt(&body, record_get_text(given, "body"));
    }
    record_map_end(&headers, &head);
    record_map_init(&map);
    record_map_int(&map, "status", record_get_int(given, "status", 200));
    record_map_value(&map, "headers", (struct record){(uint8_t *)head.data, head.len});
    record_map_text(&map, "body", buf_text(&body));
    record_map_end(&map, out);
    buf_release(&body);
    buf_release(&head);
    return OUTCOME_OK;
}

static void on_perform(void *self, const struct effect *effect)
{
    struct virtual *v = self;
    if (virtual_boundary(v)) return; // it dies before the effect leaves
    if (effect->kind == STEP_KIND_MAIL) {
        window_note(&v->hour, (uint64_t)v->now.ms);
        window_note(&v->minute, (uint64_t)v->now.ms);
    }
    remember(v, effect);
    if (virtual_boundary(v)) return; // it dies after the effect, and nobody has heard how it ended
    struct coming *c = mem_alloc(sizeof *c);
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    *c =
        (struct coming){.at = v->now, .flow = effect->flow, .step = effect->step, .attempt = effect->attempt};
    if (effect->kind == STEP_KIND_HTTP) {
        c->outcome = rehearsed_response(effect, &value);
        if (c->outcome == OUTCOME_FAILED)
            c->note = TEXT("a rehearsal asks no server: say what it answers with rehearse = { ... }");
        else c->record.data = (const uint8_t *)(c->memory = buf_take(&value, &c->record.len));
    } else {
        c->outcome = OUTCOME_OK;
        c->note = TEXT("rehearsed");
    }
    buf_release(&value);
    line_add(&v->outcomes, c);
}

struct world virtual_world(struct virtual *v)
{
    return (struct world){.self = v,
        .now = on_now,
        .wake_at = on_wake_at,
        .wake_now = on_wake_now,
        .perform = on_perform,
        .room = on_room,
        .cancel = on_cancel};
}

void virtual_attach(struct virtual *v, struct engine *g)
{
    v->engine = g;
}

// ---- pretended people ---------------------------------------------------------------------------------

static void add_act(struct virtual *v, const char *event, struct record act)
{
    int64_t after_ms = 0;
    struct text after = record_get_text(act, "after");
    if (after.len && span_elapsed_ms(after, &after_ms, NULL)) after_ms = 0;
    struct coming *c = mem_alloc(sizeof *c);
    c->at.ms = record_get_int(act, "at", instant_add(v->now, after_ms).ms);
    c->memory = mem_copy(act.data, act.len);
    c->record = (struct record){(const uint8_t *)c->memory, act.len};
    c->event = mem_copyz(event);
    acts_add(v, c);
}

static void on_pretended(void *ctx, struct record acts, const struct err *error)
{
    struct pretending *p = ctx;
    for (struct record_iter it = record_each(acts); !error && record_next(&it);)
        add_act(p->v, p->event, it.value);
    struct pretending **at = &p->v->asked;
    while (*at != p) at = &(*at)->next;
    *at = p->next;
    if (!*at) p->v->asked_end = at;
    free(p->event);
    free(p);
}

// For whoever is told what people did: what the words said of the act, when it was, and, of a page that
// refused it, the status. away: they found no page.
static void remember_deed(struct virtual *v, const struct coming *c, struct record reply, bool away)
{
    struct record about = record_get(c->record, "about");
    struct record_map map;
    struct buf bytes;
    if (!about.data) return;
    record_map_init(&map);
    buf_init(&bytes, RECORD_LEN_MAX);
    record_map_int(&map, "at", away ? c->at.ms : v->now.ms);
    record_map_text(&map, "event", text_of(c->event));
    record_map_value(&map, "about", about);
    int64_t status = record_get_int(reply, "status", 200);
    if (record_get(c->record, "visit").data && status >= 400) record_map_int(&map, "refused", status);
    if (away) record_map_bool(&map, "away", true);
    record_map_end(&map, &bytes);
    if (v->deeds_n == v->deeds_room) {
        v->deeds_room = v->deeds_room ? 2 * v->deeds_room : 64;
        v->deeds = mem_grow(v->deeds, sizeof *v->deeds * v->deeds_room);
    }
    struct record *r = &v->deeds[v->deeds_n++];
    r->data = (const uint8_t *)buf_take(&bytes, &r->len);
}

static void on_acted(void *ctx, struct record reply, const struct err *error)
{
    struct coming *c = ctx;
    bool arrives = record_get(c->record, "arrive").data != NULL;
    if (arrives && error) return; // it is still in the mailbox, and the next engine reads it
    remember_deed(c->v, c, reply, false);
    line_remove(&c->v->acting, c);
    free_coming(c);
}

static void ask(struct virtual *v, struct text event, const char *handler, struct record with, size_t effect,
    size_t nth)
{
    if (!engine_has_handler(v->engine, event, text_of(handler))) return;
    struct pretending *p = mem_alloc(sizeof *p);
    *p = (struct pretending){NULL, v, effect, nth, mem_copy(event.data, event.len)};
    *v->asked_end = p;
    v->asked_end = &p->next;
    engine_call(v->engine, event, text_of(handler), with, on_pretended, p);
}

// Asks every script who comes of their own accord, once in the life of this world. Scripts that are loaded
// later stand behind those before them, in engines that are new after a crash as well.
static void pretend_begin(struct virtual *v)
{
    size_t n = 0;
    struct buf bytes;
    struct record_map map;
    if (!v->pretending) return;
    buf_init(&bytes, 256);
    record_map_init(&map);
    record_map_int(&map, "now", v->now.ms);
    record_map_end(&map, &bytes);
    struct record with = {(uint8_t *)bytes.data, bytes.len};
    for (struct event *ev = v->engine->events; ev; ev = ev->next, n++) {
        if (n < v->begun_n) continue;
        v->begun_n = n + 1;
        ask(v, text_of(ev->name), "pretend-begin", with, NONE, n);
    }
    buf_release(&bytes);
}

// Asks the script what the people do who got a mail that nobody was asked about yet.
static void pretend(struct virtual *v)
{
    pretend_begin(v);
    while (v->pretended_n < v->history_n) {
        size_t i = v->pretended_n++;
        struct text event = record_get_text(v->history[i], "event");
        if (!v->pretending || !text_is(record_get_text(v->history[i], "kind"), "mail")) continue;
        ask(v, event, "pretend", v->history[i], i, 0);
    }
}

// ---- mails that come in -------------------------------------------------------------------------------

static void arrive(struct coming *c)
{
    struct virtual *v = c->v;
    if (!c->uid) c->uid = ++v->mailbox_n;
    engine_arrive(v->engine,
        &(struct arrival){.mailbox = TEXT(MAILBOX),
            .validity = 1,
            .uid = c->uid,
            .mail = record_get(c->record, "arrive")},
        on_acted, c);
}

// The engine knows up to where it has read: whatever came meanwhile, and what it has not heard of, is next.
static void on_mailbox(void *ctx, struct record cursor, const struct err *error)
{
    struct virtual *v = ctx;
    (void)cursor;
    if (error) return;
    v->mailbox = MAILBOX_OPEN;
    for (struct coming *c = v->acting.first, *next; c; c = next) {
        next = c->next; // it may be done at once
        if (record_get(c->record, "arrive").data) arrive(c);
    }
}

static void into_mailbox(struct virtual *v, struct coming *c)
{
    if (v->mailbox == MAILBOX_OPEN) return arrive(c);
    if (v->mailbox == MAILBOX_CLOSED) engine_mailbox(v->engine, TEXT(MAILBOX), on_mailbox, v);
    v->mailbox = MAILBOX_OPENING;
}

static void act(struct virtual *v, struct coming *c)
{
    c->v = v;
    line_add(&v->acting, c); // in order: after a crash they act again one after the other
    struct record visit = record_get(c->record, "visit");
    if (visit.data) engine_web(v->engine, visit, on_acted, c);
    else if (record_get(c->record, "arrive").data) into_mailbox(v, c);
    else
        engine_call(v->engine, text_of(c->event), record_get_text(c->record, "call"),
            record_get(c->record, "with"), on_acted, c);
}

// ---- the loop -----------------------------------------------------------------------------------------

static bool deliver_outcomes(struct virtual *v)
{
    bool any = v->outcomes.first != NULL;
    for (struct coming *c; (c = line_take(&v->outcomes));) {
        engine_post(v->engine, c->flow, c->step, c->attempt, c->outcome, c->record, c->note, 0);
        free_coming(c);
    }
    return any;
}

int virtual_settle(struct virtual *v, struct err *e)
{
    for (int turns = 0; turns < TURNS_MAX; turns++) {
        size_t before = v->history_n;
        bool again = engine_tick(v->engine);
        if (v->crashed) return 0;
        pretend(v);
        again |= deliver_outcomes(v);
        if (!again && v->history_n == before && engine_idle(v->engine)) return 0;
    }
    return err_set(e, ERR_LIMIT, "something goes round in circles: a million turns without time passing");
}

// When whoever wanted to act then does: mail waits for whoever reads it.
static struct instant after_downtime(const struct coming *c, struct instant until)
{
    if (record_get(c->record, "arrive").data || c->at.ms >= until.ms) return until;
    int64_t tries = (until.ms - c->at.ms + TRIES_AGAIN_MS - 1) / TRIES_AGAIN_MS;
    return instant_add(c->at, tries * TRIES_AGAIN_MS);
}

void virtual_away(struct virtual *v, struct instant until)
{
    struct line later = {.end = &later.first};
    while (v->acts_n && v->acts[0]->at.ms < until.ms) {
        struct coming *c = acts_take(v);
        if (!record_get(c->record, "arrive").data) remember_deed(v, c, (struct record){0}, true);
        c->at = after_downtime(c, until);
        line_add(&later, c);
    }
    for (struct coming *c; (c = line_take(&later));) acts_add(v, c);
    v->now = until;
}

struct instant virtual_next(const struct virtual *v)
{
    struct instant next = v->alarm.ms < v->door.ms ? v->alarm : v->door;
    return v->acts_n && v->acts[0]->at.ms < next.ms ? v->acts[0]->at : next;
}

int virtual_run(struct virtual *v, struct instant until, struct err *e)
{
    for (;;) {
        int failed = virtual_settle(v, e);
        if (failed || v->crashed) return failed;
        if (v->on_idle && v->on_idle(v->idle_ctx)) continue;
        struct instant next = virtual_next(v);
        if (next.ms == INSTANT_NEVER.ms || next.ms > until.ms) return 0;
        if (next.ms > v->now.ms) v->now = next;
        if (v->door.ms <= v->now.ms) v->door = INSTANT_NEVER; // the next tick asks for room
        while (v->acts_n && v->acts[0]->at.ms <= v->now.ms) act(v, acts_take(v));
    }
}

struct instant virtual_now(const struct virtual *v)
{
    return v->now;
}

void virtual_set_now(struct virtual *v, struct instant now)
{
    v->now = now;
}

size_t virtual_history_count(const struct virtual *v)
{
    return v->history_n;
}

struct record virtual_history(const struct virtual *v, size_t i)
{
    return v->history[i];
}

size_t virtual_deeds_count(const struct virtual *v)
{
    return v->deeds_n;
}

struct record virtual_deed(const struct virtual *v, size_t i)
{
    return v->deeds[i];
}

void virtual_forget_history(struct virtual *v)
{
    for (size_t i = 0; i < v->history_n; i++) free((void *)v->history[i].data);
    v->history_n = v->pretended_n = 0;
}

void virtual_no_pretending(struct virtual *v)
{
    v->pretending = false;
    while (v->acts_n) free_coming(acts_take(v));
}

void virtual_on_idle(struct virtual *v, bool (*on_idle)(void *ctx), void *ctx)
{
    v->on_idle = on_idle;
    v->idle_ctx = ctx;
}
