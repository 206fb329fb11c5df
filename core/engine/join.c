// SPDX-License-Identifier: MIT
// join: a script joins the engine: its event, books, older versions, starts and schedules. While that
// happens, and only then, the engine waits for its store.
#include "base/log.h"
#include "engine/engine.h"
#include "engine/handed.h"
#include "engine/proposal.h"
#include "engine/reload.h"
#include "engine/schedule.h"
#include "engine/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- scripts join -----------------------------------------------------------------------------------

struct waiting {
    bool answered;
    struct buf value;
    struct err error;
};

static void on_waited(void *ctx, struct record value, const struct err *error)
{
    struct waiting *w = ctx;
    w->answered = true;
    if (error) w->error = *error;
    else buf_add(&w->value, value.data, value.len);
}

// While a script joins, and only then, the engine waits for its store.
static int wait_for_list(struct engine *g, uint64_t ticket, struct buf *out, struct err *e)
{
    struct waiting w = {0};
    buf_init(&w.value, 512u << 20);
    engine_ask_store(g, ticket, on_waited, &w);
    while (!w.answered) {
        store_wait(g->store);
        engine_take_answers(g);
    }
    *out = w.value;
    if (!w.error.code) return 0;
    if (e) *e = w.error;
    buf_release(out);
    return -(int)w.error.code;
}

static int restore_books(struct engine *g, struct event *ev, struct err *e)
{
    struct buf list;
    if (wait_for_list(g, store_books(g->store, text_of(ev->name)), &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    for (struct record_iter it = record_each(all); record_next(&it);) {
        struct record_iter entry = record_each(it.value);
        struct text book = {0}, key = {0};
        if (record_next(&entry)) record_text(entry.value, &book);
        if (record_next(&entry)) record_text(entry.value, &key);
        if (!record_next(&entry)) continue;
        struct record value = entry.value;
        book_restore(ev, book, key, value, record_next(&entry));
    }
    buf_release(&list);
    return 0;
}

int engine_open_house(struct engine *g, struct err *e)
{
    if (g->house) return 0;
    g->house = mem_alloc(sizeof *g->house);
    g->house->name = mem_copyz(BOOK_HOUSE);
    return restore_books(g, g->house, e);
}

// The versions that the database knows: of one event, or (no event) of all.
static int list_scripts(struct engine *g, struct text event, struct buf *out, struct err *e)
{
    struct buf args;
    struct record_map map;
    buf_init(&args, 512);
    record_map_init(&map);
    if (event.len) record_map_text(&map, "event", event);
    record_map_end(&map, &args);
    uint64_t ticket = store_list(g->store, "scripts", (struct record){(uint8_t *)args.data, args.len});
    buf_release(&args);
    return wait_for_list(g, ticket, out, e);
}

static bool hash_is(struct text hex, struct hash hash)
{
    char own[2 * HASH_LEN + 1];
    hash_hex(hash, own);
    return text_is(hex, own);
}

static struct script *reopen(struct engine *g, int64_t id, struct err *e)
{
    struct buf sources;
    buf_init(&sources, 64u << 20);
    struct script *s = NULL;
    if (store_sources(g->store, id, &sources, e) == 0) {
        s = script_reopen(g, id, (struct record){(uint8_t *)sources.data, sources.len}, e);
    }
    buf_release(&sources);
    if (!s) err_in(e, "version %lld of the script, from the database", (long long)id);
    return s;
}

// Flows that stay on an older version of the script go on with it, from what the database kept.
static int reopen_older(struct engine *g, struct event *ev, struct err *e)
{
    struct buf list;
    if (list_scripts(g, text_of(ev->name), &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    int failed = 0;
    for (struct record_iter it = record_each(all); !failed && record_next(&it);) {
        int64_t id = record_get_int(it.value, "id", 0), live = record_get_int(it.value, "unfinished", 0);
        if (live == 0 || hash_is(record_get_text(it.value, "hash"), ev->current->hash)) continue;
        struct script *older = reopen(g, id, e);
        if (!older) {
            failed = -(int)e->code;
            break;
        }
        older->event = ev;
        older->next = ev->current->next;
        ev->current->next = older;
        char n[24];
        snprintf(n, sizeof n, "%lld", (long long)live);
        log_line(LOG_INFO, "some flows stay on an older version of the script: usher flows --pinned", "event",
            ev->name, "flows", n, NULL);
    }
    buf_release(&list);
    return failed;
}

void join_starts(struct engine *g, struct script *s)
{
    for (struct start_decl *d = s->starts; d; d = d->next) {
        engine_start_flow(g, s, text_of(d->name), text_of(d->key), text_of(d->label), d->input, 0);
    }
}

int64_t engine_start_flow(struct engine *g, struct script *s, struct text name, struct text key,
    struct text label, struct record input, int64_t parent)
{
    struct flow_row row = {.id = ++g->last_flow,
        .event = text_of(s->event->name),
        .name = name,
        .key = key,
        .label = label,
        .script = s->id,
        .parent = parent,
        .state = FLOW_READY,
        .t0 = g->now,
        .updated_at = g->now,
        .input = input};
    batch_start(g->batch, &row);
    promise_start(g, s, &row);
    return row.id;
}

static int join_event(struct engine *g, struct script *s, struct err *e)
{
    if (strcmp(s->event_name, BOOK_HOUSE) == 0)
        return err_set(e, ERR_INPUT, "%s: an event can't be called '%s'", s->path, s->event_name);
    if (engine_event(g, text_of(s->event_name))) {
        return err_set(e, ERR_INPUT,
            "%s: another script has the id '%s' already; ids keep events apart, so give it its own", s->path,
            s->event_name);
    }
    struct event *ev = mem_alloc(sizeof *ev);
    ev->name = mem_copyz(s->event_name);
    ev->current = s;
    ev->recheck = true;
    struct event **last = &g->events; // the first one loaded is asked first
    while (*last) last = &(*last)->next;
    *last = ev;
    s->event = ev;
    return 0;
}

// What the database has of the event besides its flows.
static int restore_event(struct engine *g, struct event *ev, struct err *e)
{
    return restore_books(g, ev, e) || guard_restore(g, ev, e) || proposal_restore(g, ev, e) ? -(int)e->code
                                                                                            : 0;
}

static void audit_version(struct engine *g, const struct script *s)
{
    char note[32];
    snprintf(note, sizeof note, "version %lld, %02x%02x%02x%02x", (long long)s->id, s->hash.bytes[0],
        s->hash.bytes[1], s->hash.bytes[2], s->hash.bytes[3]);
    batch_audit(g->batch, &(struct audit_row){.at = g->now,
                              .who = TEXT("usher"),
                              .event = text_of(s->event->name),
                              .what = TEXT("script loaded"),
                              .note = text_of(note)});
}

// A version that is new to the database brings its sources along.
int join_version(struct engine *g, struct script *s, struct err *e)
{
    struct err look = {0};
    s->id = store_script(g->store, text_of(s->event->name), s->hash, &look);
    if (look.code) {
        if (e) *e = look;
        return -(int)look.code;
    }
    if (s->id) return 0;
    s->id = ++g->last_script;
    struct buf sources;
    buf_init(&sources, 64u << 20);
    struct record all = script_sources(s, &sources);
    batch_script(g->batch, s->id, text_of(s->event->name), s->hash, all, g->now);
    buf_release(&sources);
    audit_version(g, s);
    return 0;
}

// Which occurrence of each schedule still runs: the newest unfinished flow that carries its name.
static int restore_running(struct engine *g, struct script *s, enum flow_state state, struct err *e)
{
    for (struct schedule *d = s->schedules; d; d = d->next) {
        struct buf args, list;
        struct record_map map;
        buf_init(&args, 4096);
        record_map_init(&map);
        record_map_text(&map, "event", text_of(s->event->name));
        record_map_text(&map, "name", text_of(d->flow));
        record_map_text(&map, "state", text_of(flow_state_name(state)));
        record_map_int(&map, "limit", 10000);
        record_map_end(&map, &args);
        uint64_t ticket = store_list(g->store, "flows", (struct record){(uint8_t *)args.data, args.len});
        buf_release(&args);
        if (wait_for_list(g, ticket, &list, e)) return -(int)e->code;
        struct record all = {(const uint8_t *)list.data, list.len};
        for (struct record_iter it = record_each(all); record_next(&it);) {
            int64_t id = record_get_int(it.value, "id", 0);
            bool ours = text_is(record_get_text(it.value, "label"), d->name);
            if (ours && id > d->running_flow) d->running_flow = id;
        }
        buf_release(&list);
    }
    return 0;
}

// Which version of an event is in force; 0: it has none yet.
static void setting_of(struct text event, char out[300])
{
    snprintf(out, 300, "version %.*s", (int)event.len, event.data);
}

void join_keep_version(struct engine *g, const struct script *s)
{
    char name[300];
    setting_of(text_of(s->event->name), name);
    engine_keep_setting(g, name, s->id);
}

int join_version_in_force(struct engine *g, struct text event, int64_t *id, struct err *e)
{
    char name[300];
    struct buf kept;
    *id = 0;
    setting_of(event, name);
    buf_init(&kept, 64);
    int failed = store_setting(g->store, name, &kept, e);
    if (!failed && kept.len) record_int((struct record){(uint8_t *)kept.data, kept.len}, id);
    buf_release(&kept);
    return failed;
}

static int begin_version(struct engine *g, struct script *s, struct err *e)
{
    int64_t before = g->last_script;
    if (join_version(g, s, e) || schedule_restore(g, s, e)) return -(int)e->code;
    if (restore_running(g, s, FLOW_READY, e) || restore_running(g, s, FLOW_WAITING, e)) return -(int)e->code;
    if (s->id == before) return 0;
    if (s->id > before) join_starts(g, s);
    join_keep_version(g, s);
    return handed_declare(g, s, e);
}

static void say_other_version(const struct script *s, struct record outline)
{
    char n[24];
    snprintf(n, sizeof n, "%lld", (long long)record_get_int(outline, "needs", 0));
    log_line(LOG_WARN,
        "the script has changed, and what that means needs an answer: the version before goes on. Look with "
        "usher plan, answer with usher reload",
        "script", s->path, "flows", n, NULL);
}

// The script has changed while usher was not running: the version in force comes from the database, and the
// new one takes its place when that asks nothing of anybody.
static int begin_edited(struct engine *g, struct script *stored, struct script *anew, struct err *e)
{
    struct event *ev = stored->event;
    struct buf answer, request;
    struct record_map map;
    if (begin_version(g, stored, e)) return -(int)e->code;
    record_map_init(&map);
    buf_init(&request, 64);
    buf_init(&answer, SIZE_MAX / 2);
    record_map_bool(&map, "apply", true);
    record_map_end(&map, &request);
    struct record asked = {(uint8_t *)request.data, request.len};
    int failed = reload_script(g, ev, anew, asked, &answer, e);
    struct record outline = {(uint8_t *)answer.data, answer.len};
    if (!failed && !record_get_bool(outline, "applied", false)) say_other_version(ev->current, outline);
    buf_release(&request);
    buf_release(&answer);
    return failed;
}

// The version in force, when it is another one than this script.
static int find_stored(struct engine *g, struct script *s, struct script **stored, struct err *e)
{
    int64_t id, own;
    struct err look = {0};
    *stored = NULL;
    if (join_version_in_force(g, text_of(s->event->name), &id, e)) return -(int)e->code;
    own = store_script(g->store, text_of(s->event->name), s->hash, &look);
    if (id < 0)
        return err_set(e, ERR_INPUT,
            "the event '%s' is over, and its people were forgotten: give a new event an id of its own",
            s->event->name);
    if (!id || id == own) return 0;
    *stored = reopen(g, id, e);
    return *stored ? 0 : -(int)e->code;
}

int engine_load(struct engine *g, const char *path, struct err *e)
{
    if (engine_open_house(g, e)) return -(int)e->code;
    struct script *s = script_open(g, path, e), *stored;
    if (!s) return -(int)e->code;
    if (join_event(g, s, e)) {
        script_close(s);
        return -(int)e->code;
    }
    struct event *ev = s->event;
    g->now = g->world.now(g->world.self);
    if (restore_event(g, ev, e) || find_stored(g, s, &stored, e)) return -(int)e->code;
    if (stored) {
        ev->current = stored;
        stored->event = ev;
        free(stored->path);
        stored->path = mem_copyz(s->path);
    }
    int failed = reopen_older(g, ev, e);
    if (!failed) failed = stored ? begin_edited(g, stored, s, e) : begin_version(g, s, e);
    if (!failed) g->world.wake_now(g->world.self);
    return failed;
}

int engine_load_kept(struct engine *g, struct text event, struct err *e)
{
    int64_t id;
    g->now = g->world.now(g->world.self);
    int failed = engine_open_house(g, e);
    if (!failed) failed = join_version_in_force(g, event, &id, e);
    if (!failed && !id)
        failed = err_set(e, ERR_INPUT,
            "nothing of the event '%.*s' has begun here: usher run begins it, and usher "
            "rehearse shows what that would mean",
            (int)event.len, event.data);
    struct script *s = failed ? NULL : reopen(g, id, e);
    if (!s || join_event(g, s, e)) return -(int)e->code;
    if (restore_event(g, s->event, e) || reopen_older(g, s->event, e)) return -(int)e->code;
    return begin_version(g, s, e);
}

int engine_load_stored(struct engine *g, struct err *e)
{
    struct buf list;
    if (engine_open_house(g, e)) return -(int)e->code;
    if (list_scripts(g, (struct text){0}, &list, e)) return -(int)e->code;
    struct record all = {(const uint8_t *)list.data, list.len};
    int failed = 0;
    for (struct record_iter it = record_each(all); !failed && record_next(&it);) {
        struct text event = record_get_text(it.value, "event");
        if (engine_event(g, event)) continue; // the newest comes first
        struct script *s = reopen(g, record_get_int(it.value, "id", 0), e);
        if (!s || join_event(g, s, e) || restore_event(g, s->event, e)) failed = -(int)e->code;
    }
    buf_release(&list);
    return failed;
}
