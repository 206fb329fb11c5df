// SPDX-License-Identifier: MIT
#include "engine/ask.h"

#include "base/nearest.h"
#include "engine/cancel.h"
#include "engine/hold.h"
#include "engine/again.h"
#include "engine/explain.h"
#include "engine/forget.h"
#include "engine/proposal.h"
#include "engine/reload.h"
#include "engine/script.h"

#include <stdlib.h>
#include <string.h>

// Who asked, while the answer is being found.
struct asker {
    engine_reply reply;
    void *ctx;
    struct engine *engine;
    const char *field; // under which name the answer stands
};

static struct asker *asker_new(struct engine *g, engine_reply reply, void *ctx, const char *field)
{
    struct asker *a = mem_alloc(sizeof *a);
    *a = (struct asker){reply, ctx, g, field};
    return a;
}

// The zone in which people of the first event think: what commands print times in.
static struct text home_zone(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        struct text zone = record_get_text(ev->current->about, "zone");
        if (zone.len) return zone;
    }
    return TEXT("UTC");
}

// Of an event: its own, else the first one's.
static const struct zone *zone_of(struct engine *g, struct text event)
{
    struct event *ev = event.len ? engine_event(g, event) : NULL;
    struct text own = ev ? record_get_text(ev->current->about, "zone") : (struct text){0};
    const struct zone *zone = zone_find(own.len ? own : home_zone(g), NULL);
    return zone ? zone : zone_find(TEXT("UTC"), NULL);
}

static void on_answer(void *ctx, struct record value, const struct err *error)
{
    struct asker *a = ctx;
    struct record_map map;
    struct buf answer;
    record_map_init(&map);
    buf_init(&answer, 256u << 20);
    if (error) record_map_text(&map, "error", text_of(error->text));
    else record_map_value(&map, a->field, value);
    record_map_text(&map, "zone", home_zone(a->engine));
    record_map_int(&map, "now", a->engine->now.ms);
    record_map_end(&map, &answer);
    a->reply(a->ctx, (struct record){(uint8_t *)answer.data, answer.len}, NULL);
    buf_release(&answer);
    free(a);
}

// ---- lists of the store -------------------------------------------------------------------------------

struct asked {
    engine_reply reply;
    void *ctx;
    const char *list; // whose rows get their sentences; NULL: the rows are passed on as they are
};

void engine_ask_store(struct engine *g, uint64_t ticket, engine_reply reply, void *ctx)
{
    struct asked *a = mem_alloc(sizeof *a);
    *a = (struct asked){reply, ctx, NULL};
    map_put(&g->asked, (int64_t)ticket, a);
}

static void reply_explained(struct engine *g, const struct asked *a, struct record rows)
{
    struct buf out;
    buf_init(&out, 256u << 20);
    record_put_list(&out, record_count(rows));
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct explaining with = {zone_of(g, record_get_text(it.value, "event")), g->now};
        explain_row(&with, text_of(a->list), it.value, &out);
    }
    a->reply(a->ctx, (struct record){(uint8_t *)out.data, out.len}, NULL);
    buf_release(&out);
}

bool engine_take_list(struct engine *g, struct store_answer *answer)
{
    struct asked *a = map_take(&g->asked, (int64_t)answer->ticket);
    if (!a) return false;
    if (answer->error.code) a->reply(a->ctx, answer->list, &answer->error);
    else if (a->list) reply_explained(g, a, answer->list);
    else a->reply(a->ctx, answer->list, NULL);
    free(a);
    return true;
}

// The request without "ask" is what the list wants to know.
void engine_ask_list(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct text what = record_get_text(request, "ask");
    char *name = mem_copy(what.data, what.len);
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, RECORD_LEN_MAX);
    for (struct record_iter it = record_each(request); record_next(&it);) {
        struct text key;
        if (!record_text(it.key, &key) || text_is(key, "ask")) continue;
        char *field = mem_copy(key.data, key.len);
        record_map_value(&map, field, it.value);
        free(field);
    }
    record_map_end(&map, &args);
    uint64_t ticket = store_list(g->store, name, (struct record){(uint8_t *)args.data, args.len});
    engine_ask_store(g, ticket, reply, ctx);
    ((struct asked *)map_find(&g->asked, (int64_t)ticket))->list = explain_list(what);
    buf_release(&args);
    free(name);
}

static void ask_list(struct engine *g, struct record request, struct asker *a)
{
    a->field = "rows";
    engine_ask_list(g, request, on_answer, a);
}

static void ask_handler(struct engine *g, struct record request, struct asker *a)
{
    struct text name = record_get_text(request, "call");
    struct record with = record_get(request, "with");
    if (!name.len) { // "who" and "answer" are handlers by their own name
        name = record_get_text(request, "ask");
        with = request;
    }
    engine_call(g, record_get_text(request, "event"), name, with, on_answer, a);
}

static void ask_settle(struct engine *g, struct record request, struct asker *a)
{
    bool again = record_get_bool(request, "again", false);
    struct text event = record_get_text(request, "event"), name = record_get_text(request, "name"),
                key = record_get_text(request, "key");
    g->now = g->world.now(g->world.self);
    batch_audit(g->batch, &(struct audit_row){.at = g->now,
                              .who = record_get_text(request, "who"),
                              .event = event,
                              .flow = record_get_int(request, "flow", 0),
                              .what = again ? TEXT("send again") : TEXT("it arrived"),
                              .note = name,
                              .about = key});
    engine_decide_unsure(g, event, name, key, (int32_t)record_get_int(request, "step", 0),
        (int32_t)record_get_int(request, "attempt", 0), again);
    struct buf yes;
    buf_init(&yes, 16);
    record_put_bool(&yes, true);
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)yes.data, yes.len}, NULL);
    buf_release(&yes);
    g->world.wake_now(g->world.self);
}

static void ask_retry(struct engine *g, struct record request, struct asker *a)
{
    engine_retry(g, request, on_answer, a);
}

static void ask_resend(struct engine *g, struct record request, struct asker *a)
{
    engine_resend(g, request, on_answer, a);
}

static void ask_status(struct engine *g, struct record request, struct asker *a)
{
    (void)request;
    struct record_map map;
    struct buf status;
    record_map_init(&map);
    buf_init(&status, 4096);
    record_map_int(&map, "flows_in_memory", (int64_t)g->warm_n);
    record_map_int(&map, "steps", (int64_t)g->steps_done);
    record_map_int(&map, "on_the_way", (int64_t)engine_under_way(g));
    record_map_end(&map, &status);
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)status.data, status.len}, NULL);
    buf_release(&status);
    g->world.wake_now(g->world.self);
}

static void ask_events(struct engine *g, struct record request, struct asker *a)
{
    (void)request;
    struct buf list;
    size_t n = 0;
    buf_init(&list, 1u << 20);
    for (struct event *ev = g->events; ev; ev = ev->next) n++;
    record_put_list(&list, n);
    for (struct event *ev = g->events; ev; ev = ev->next) {
        struct record_map map;
        record_map_init(&map);
        record_map_text(&map, "event", text_of(ev->name));
        record_map_text(&map, "title", record_get_text(ev->current->about, "title"));
        record_map_end(&map, &list);
    }
    a->field = "rows";
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)list.data, list.len}, NULL);
    buf_release(&list);
    g->world.wake_now(g->world.self);
}

// A copy of the database as it is now, for who wants to look at what would become of it.
static void ask_snapshot(struct engine *g, struct record request, struct asker *a)
{
    struct text to = record_get_text(request, "to");
    char *path = mem_copy(to.data, to.len);
    bool there = strncmp(path, "/proc/", 6) == 0; // what another process holds open
    engine_ask_store(g, there ? store_copy(g->store, path) : store_backup(g->store, path), on_answer, a);
    free(path);
}

static void ask_reload(struct engine *g, struct record request, struct asker *a)
{
    struct text script = record_get_text(request, "script");
    char *path = mem_copy(script.data, script.len);
    struct buf outline;
    struct err e = {0};
    buf_init(&outline, SIZE_MAX / 2);
    int failed = engine_reload(g, record_get_text(request, "event"), path, request, &outline, &e);
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)outline.data, failed ? 0 : outline.len},
        failed ? &e : NULL);
    g->world.wake_now(g->world.self);
    buf_release(&outline);
    free(path);
}

static void ask_cancel(struct engine *g, struct record request, struct asker *a)
{
    struct buf answer;
    struct err e = {0};
    buf_init(&answer, RECORD_LEN_MAX);
    int failed = engine_cancel(g, request, &answer, &e);
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)answer.data, failed ? 0 : answer.len},
        failed ? &e : NULL);
    buf_release(&answer);
}

static void ask_hold(struct engine *g, struct record request, struct asker *a)
{
    a->field = "rows";
    hold_ask(g, request, on_answer, a);
}

static void ask_adopt(struct engine *g, struct record request, struct asker *a)
{
    adopt_ask(g, request, on_answer, a);
}

static void ask_release(struct engine *g, struct record request, struct asker *a)
{
    release_ask(g, request, on_answer, a);
}

static void ask_holds(struct engine *g, struct record request, struct asker *a)
{
    (void)request;
    struct buf list;
    buf_init(&list, 1u << 20);
    holds_list(g, &list);
    a->field = "rows";
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)list.data, list.len}, NULL);
    buf_release(&list);
    g->world.wake_now(g->world.self);
}

// A plan that was made beside the engine waits for the organisers' word from here on.
static void ask_propose(struct engine *g, struct record request, struct asker *a)
{
    struct err e = {0};
    struct buf yes;
    int failed = proposal_take(g, request, &e);
    buf_init(&yes, 16);
    record_put_bool(&yes, true);
    promise_reply(g, on_answer, a, (struct record){(uint8_t *)yes.data, yes.len}, failed ? &e : NULL);
    g->world.wake_now(g->world.self);
    buf_release(&yes);
}

static void ask_forget(struct engine *g, struct record request, struct asker *a)
{
    forget_ask(g, request, on_answer, a);
}

static const struct {
    const char *name;
    void (*ask)(struct engine *g, struct record request, struct asker *a);
} asks[] = {
    {"status", ask_status},
    {"events", ask_events},
    {"flows", ask_list},
    {"history", ask_list},
    {"find", ask_list},
    {"why", ask_list},
    {"attention", ask_list},
    {"pinned", ask_list},
    {"orphans", ask_list},
    {"unsure", ask_list},
    {"pending", ask_list},
    {"upcoming", ask_list},
    {"again", ask_list},
    {"held", ask_list},
    {"held_counts", ask_list},
    {"held_too_late", ask_list},
    {"stuck", ask_list},
    {"sent", ask_list},
    {"refused", ask_list},
    {"fates", ask_list},
    {"fate_counts", ask_list},
    {"letters", ask_list},
    {"inbox", ask_list},
    {"occurrences", ask_list},
    {"audit", ask_list},
    {"acts", ask_list},
    {"scripts", ask_list},
    {"counts", ask_list},
    {"mailboxes", ask_list},
    {"fsck", ask_list},
    {"who", ask_handler},
    {"answer", ask_handler},
    {"ics", ask_handler},
    {"call", ask_handler},
    {"settle", ask_settle},
    {"snapshot", ask_snapshot},
    {"reload", ask_reload},
    {"cancel", ask_cancel},
    {"hold", ask_hold},
    {"release", ask_release},
    {"adopt", ask_adopt},
    {"holds", ask_holds},
    {"retry", ask_retry},
    {"resend", ask_resend},
    {"propose", ask_propose},
    {"forget", ask_forget},
};
#define ASKS_N (sizeof asks / sizeof *asks)

static void refuse(struct asker *a, struct text name)
{
    const char *words[ASKS_N];
    for (size_t i = 0; i < ASKS_N; i++) words[i] = asks[i].name;
    const char *near = nearest_word(name, words, ASKS_N);
    struct err e;
    err_set(&e, ERR_INPUT, "usher does not know how to answer '%.*s'%s%s%s", (int)name.len, name.data,
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
    on_answer(a, (struct record){0}, &e);
}

void engine_ask(struct engine *g, struct record request, engine_reply reply, void *ctx)
{
    struct text name = record_get_text(request, "ask");
    struct asker *a = asker_new(g, reply, ctx, "reply");
    for (size_t i = 0; i < ASKS_N; i++) {
        if (!text_is(name, asks[i].name)) continue;
        asks[i].ask(g, request, a);
        return;
    }
    refuse(a, name);
}
