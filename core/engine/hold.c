// SPDX-License-Identifier: MIT
// hold: see hold.h.
#include "engine/hold.h"

#include "base/log.h"
#include "base/nearest.h"
#include "engine/guard.h"
#include "engine/script.h"
#include "time/zone.h"

#include <stdlib.h>
#include <string.h>

#define HOLDS "#holds"
#define ALL "*" // the key of the hold on everything; no event has that name (book.h)

// ---- the book ---------------------------------------------------------------------------------------

static struct text key_of(const struct event *ev)
{
    return ev ? text_of(ev->name) : TEXT(ALL);
}

static bool find(const struct engine *g, const struct event *ev, struct hold *out)
{
    if (!g->house) return false;
    struct record r = book_get(book_find(g->house, TEXT(HOLDS)), key_of(ev));
    if (!r.data) return false;
    *out = (struct hold){.all = ev == NULL,
        .at = {record_get_int(r, "at", 0)},
        .who = record_get_text(r, "who"),
        .why = record_get_text(r, "why")};
    return true;
}

// A rehearsal on a copy of the database shows what leaves once the holds of persons are lifted.
bool hold_find(const struct engine *g, const struct event *ev, struct hold *out)
{
    if (g->options.rehearsal && !(ev && ev->guard.struck)) return false;
    return find(g, NULL, out) || (ev && find(g, ev, out));
}

static void set(struct engine *g, struct event *by, const struct event *ev, struct record value)
{
    struct err e = {0};
    struct event *whose = by ? by : g->house;
    if (book_set(g, whose, book_find(g->house, TEXT(HOLDS)), key_of(ev), value, &e))
        log_line(LOG_ERROR, e.text, NULL); // the books of the house are full, at 64 MiB
    if (!by) book_forget_changes(g->house);
}

// Each event's own trail tells it: whoever may see one event sees no other.
static void audit(struct engine *g, const struct event *ev, const char *what, struct text who,
    struct text why)
{
    for (const struct event *one = g->events; one; one = one->next) {
        if (ev && one != ev) continue;
        batch_audit(g->batch, &(struct audit_row){.at = g->now,
                                  .who = who,
                                  .event = text_of(one->name),
                                  .what = text_of(what),
                                  .note = why});
    }
}

static void log_act(const char *what, const struct event *ev, struct text who, struct text why)
{
    char *by = mem_copy(who.data, who.len), *because = mem_copy(why.data, why.len);
    log_line(LOG_WARN, what, "event", ev ? ev->name : "all", "by", by, why.len ? "why" : NULL, because, NULL);
    free(by);
    free(because);
}

bool hold_begin(struct engine *g, struct event *by, struct event *ev, struct text who, struct text why)
{
    struct hold before;
    struct record_map map;
    struct buf value;
    if (find(g, ev, &before)) return false;
    record_map_init(&map);
    buf_init(&value, 4096);
    record_map_int(&map, "at", g->now.ms);
    record_map_text(&map, "who", who);
    if (why.len) record_map_text(&map, "why", why);
    record_map_end(&map, &value);
    set(g, by, ev, (struct record){(uint8_t *)value.data, value.len});
    audit(g, ev, "hold", who, why);
    log_act("on hold: nothing leaves until somebody says usher release", ev, who, why);
    g->gate.closed = true;
    g->world.wake_now(g->world.self);
    buf_release(&value);
    return true;
}

bool hold_end(struct engine *g, struct event *by, struct event *ev, struct text who)
{
    struct hold before;
    if (!find(g, ev, &before)) return false;
    set(g, by, ev, (struct record){0});
    if (ev) guard_begin_anew(g, by, ev);
    audit(g, ev, "release", who, (struct text){0});
    log_act("released: what was held may leave", ev, who, (struct text){0});
    for (struct event *one = g->events; one; one = one->next) {
        if (!ev || one == ev) gate_recheck(g, one);
    }
    return true;
}

// ---- in words -----------------------------------------------------------------------------------------

static void put_local(const struct event *ev, struct instant at, struct buf *out)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    struct text name = ev ? record_get_text(ev->current->about, "zone") : (struct text){0};
    const struct zone *zone = zone_find(name.len ? name : TEXT("UTC"), NULL);
    if (!zone) return;
    char date[WALL_TEXT_MAX], clock[WALL_TEXT_MAX];
    struct wall w = zone_local(zone, at).wall;
    size_t slash = name.len;
    while (slash > 0 && name.data[slash - 1] != '/') slash--;
    struct text place = name.len ? (struct text){name.data + slash, name.len - slash} : TEXT("UTC");
    buf_addf(out, "%s %s %s ", days[day_weekday(wall_day(w))], date_print_long(wall_day(w), date),
        clock_print(wall_clock(w) / 60 * 60, clock));
    for (size_t i = 0; i < place.len; i++) buf_addc(out, place.data[i] == '_' ? ' ' : place.data[i]);
}

void hold_sentence(const struct hold *h, const struct event *ev, struct buf *out)
{
    buf_addz(out, h->all ? "everything is on hold since " : "on hold since ");
    put_local(ev, h->at, out);
    buf_addf(out, ", by %.*s", (int)h->who.len, h->who.data);
    if (h->why.len) buf_addf(out, " (%.*s)", (int)h->why.len, h->why.data);
    buf_addf(out, ": usher release%s%s", h->all ? "" : " ", h->all ? "" : ev->name);
}

void hold_describe(const struct hold *h, const struct event *ev, struct buf *out)
{
    struct record_map map;
    struct buf note;
    record_map_init(&map);
    buf_init(&note, GATE_WHY_MAX);
    hold_sentence(h, ev, &note);
    if (h->all) record_map_bool(&map, "all", true);
    else record_map_text(&map, "event", text_of(ev->name));
    record_map_int(&map, "at", h->at.ms);
    record_map_text(&map, "who", h->who);
    if (h->why.len) record_map_text(&map, "why", h->why);
    record_map_text(&map, "note", buf_text(&note));
    record_map_close(&map, out);
    buf_release(&note);
}

static void put_hold(const struct engine *g, const struct event *ev, struct buf *out, size_t *n)
{
    struct hold h;
    if (!find(g, ev, &h)) return;
    hold_describe(&h, ev ? ev : g->events, out);
    ++*n;
}

// The first one is not lifted by a release: the database does not belong here.
static void put_away(const struct engine *g, struct buf *out, size_t *n)
{
    struct record_map map;
    struct buf note;
    buf_init(&note, GATE_WHY_MAX);
    if (home_is_elsewhere(g, &note)) {
        record_map_init(&map);
        record_map_bool(&map, "away", true);
        record_map_int(&map, "at", g->home.since.ms);
        record_map_text(&map, "note", buf_text(&note));
        record_map_close(&map, out);
        ++*n;
    }
    buf_release(&note);
}

void holds_list(const struct engine *g, struct buf *out)
{
    struct buf rows;
    size_t n = 0;
    buf_init(&rows, RECORD_LEN_MAX);
    put_away(g, &rows, &n);
    put_hold(g, NULL, &rows, &n);
    for (const struct event *ev = g->events; ev; ev = ev->next) put_hold(g, ev, &rows, &n);
    record_put_list(out, n);
    buf_addt(out, buf_text(&rows));
    buf_release(&rows);
}

// ---- commands -----------------------------------------------------------------------------------------

// The event that a request names; NULL with no error when it names none.
static struct event *event_of(struct engine *g, struct record request, struct err *e)
{
    struct text name = record_get_text(request, "event");
    struct event *ev = name.len ? engine_event(g, name) : NULL;
    const char *words[64];
    size_t n = 0;
    if (ev || !name.len) return ev;
    for (const struct event *one = g->events; one && n < 64; one = one->next) words[n++] = one->name;
    const char *near = nearest_word(name, words, n);
    if (!near && n == 1) near = words[0];
    err_set(e, ERR_INPUT, "no event '%.*s' runs here%s%s%s", (int)name.len, name.data,
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    return NULL;
}

static struct text who_of(struct record request)
{
    struct text who = record_get_text(request, "who");
    return who.len ? who : TEXT("somebody");
}

static void answer(struct engine *g, engine_reply reply, void *ctx, struct buf *value,
    const struct err *error)
{
    promise_reply(g, reply, ctx, (struct record){(uint8_t *)value->data, error ? 0 : value->len}, error);
    buf_release(value);
    g->world.wake_now(g->world.self);
}

void hold_ask(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    g->now = g->world.now(g->world.self);
    struct event *ev = event_of(g, request, &e);
    if (!e.code && !g->house) err_set(&e, ERR_INPUT, "no event runs here, so there is nothing to hold");
    if (!e.code) hold_begin(g, NULL, ev, who_of(request), record_get_text(request, "note"));
    holds_list(g, &value);
    answer(g, reply, ctx, &value, e.code ? &e : NULL);
}

// A release, or an adoption, while it waits for the list of what is held.
struct releasing {
    struct engine *engine;
    engine_reply reply;
    void *ctx;
    struct event *event;
    bool adopts;
    char *request; // a copy of the record's bytes
    size_t request_len;
};

static bool is_skipped(struct record request, struct text name)
{
    for (struct record_iter it = record_each(record_get(request, "skip")); record_next(&it);) {
        struct text one = {0};
        if (record_text(it.value, &one) && one.len == name.len && memcmp(one.data, name.data, one.len) == 0)
            return true;
    }
    return false;
}

static int64_t skip_rows(struct engine *g, struct record request, struct record rows)
{
    struct buf why;
    int64_t n = 0;
    struct text who = who_of(request);
    buf_init(&why, 600);
    buf_addf(&why, "%.*s left it out when the others were released", (int)who.len, who.data);
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct text name = record_get_text(it.value, "name");
        if (!is_skipped(request, name)) continue;
        engine_recall(g, record_get_text(it.value, "event"), name, record_get_text(it.value, "key"),
            buf_text(&why));
        n++;
    }
    buf_release(&why);
    return n;
}

// The word itself, once what it leaves out is left out.
static void say(struct releasing *r, struct text who, struct err *e)
{
    if (r->adopts && !home_adopt(r->engine, who))
        err_set(e, ERR_INPUT, "this database belongs here already, so there is nothing to adopt");
    if (r->adopts || hold_end(r->engine, NULL, r->event, who)) return;
    if (r->event) err_set(e, ERR_INPUT, "'%s' is not on hold", r->event->name);
    else err_set(e, ERR_INPUT, "there is no hold on everything");
}

static void on_held(void *ctx, struct record rows, const struct err *error)
{
    struct releasing *r = ctx;
    struct engine *g = r->engine;
    struct record request = {(uint8_t *)r->request, r->request_len};
    struct err e = error ? *error : (struct err){0};
    struct record_map map;
    struct buf value;
    record_map_init(&map);
    buf_init(&value, 4096);
    g->now = g->world.now(g->world.self);
    if (!e.code) record_map_int(&map, "skipped", skip_rows(g, request, rows));
    if (!e.code) say(r, who_of(request), &e);
    record_map_end(&map, &value);
    answer(g, r->reply, r->ctx, &value, e.code ? &e : NULL);
    free(r->request);
    free(r);
}

// What is held is listed first, for the word may leave some of it out.
static void list_and_say(struct engine *g, struct record request, bool adopts, engine_reply reply, void *ctx)
{
    struct err e = {0};
    struct record_map map;
    struct buf args;
    buf_init(&args, 4096);
    struct event *ev = event_of(g, request, &e);
    if (e.code) {
        answer(g, reply, ctx, &args, &e);
        return;
    }
    struct releasing *r = mem_alloc(sizeof *r);
    *r = (struct releasing){g, reply, ctx, ev, adopts, mem_copy(request.data, request.len), request.len};
    record_map_init(&map);
    if (ev) record_map_text(&map, "event", text_of(ev->name));
    record_map_end(&map, &args);
    engine_ask_store(g, store_list(g->store, "held", (struct record){(uint8_t *)args.data, args.len}),
        on_held, r);
    buf_release(&args);
}

void release_ask(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    list_and_say(g, request, false, reply, ctx);
}

void adopt_ask(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    list_and_say(g, request, true, reply, ctx);
}
