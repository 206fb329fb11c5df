// SPDX-License-Identifier: MIT
#include "engine/owners.h"

#include "base/buf.h"

#include <stdio.h>

#define ANSWERS 3 // of one look

static void find(struct owners *o, struct record row, const char *what)
{
    struct text name = record_get_text(row, "name"), key = record_get_text(row, "key");
    if (*o->first) return;
    snprintf(o->first, sizeof o->first, "%.*s/%.*s, at %lld: %s", (int)name.len, name.data, (int)key.len,
        key.data, (long long)o->engine->now.ms, what);
}

static void answered(struct owners *o, const struct err *error)
{
    if (error && !*o->first) snprintf(o->first, sizeof o->first, "no look was possible: %s", error->text);
    if (++o->answers_n < ANSWERS) return;
    o->answers_n = 0;
    o->looks++;
}

static void on_orphans(void *ctx, struct record rows, const struct err *error)
{
    struct owners *o = ctx;
    for (struct record_iter it = record_each(rows); !error && record_next(&it);) {
        char what[200];
        struct text said = record_get_text(it.value, "what");
        snprintf(what, sizeof what, "%.*s", (int)said.len, said.data);
        find(o, it.value, what);
    }
    answered(o, error);
}

static void on_ready(void *ctx, struct record rows, const struct err *error)
{
    struct owners *o = ctx;
    const struct engine *g = o->engine;
    bool picks_up = g->ready_more || g->ready_asked || engine_pauses(g) || g->options.look_only;
    for (struct record_iter it = record_each(rows); !error && !picks_up && record_next(&it);) {
        const struct flow *f = engine_flow(g, record_get_int(it.value, "id", 0));
        if (!f) find(o, it.value, "it is ready, and nobody has it in hand");
        else if (!f->ready && f->under_way == 0)
            find(o, it.value, "it is ready in memory, and nobody runs it");
    }
    answered(o, error);
}

static void on_next(void *ctx, struct record rows, const struct err *error)
{
    struct owners *o = ctx;
    const struct engine *g = o->engine;
    bool crowded = g->warm_n >= g->warm_max / 2 || engine_pauses(g); // then others are waited for first
    for (struct record_iter it = record_each(rows); !error && !crowded && record_next(&it);) {
        if (record_get_int(it.value, "due", 0) < g->agenda.armed.ms)
            find(o, it.value, "its moment comes before the alarm");
    }
    answered(o, error);
}

static void ask(struct owners *o, const char *list, const char *name, struct text word, engine_reply reply)
{
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, 256);
    if (name) record_map_text(&map, name, word);
    record_map_int(&map, "limit", name ? 10000 : 1);
    record_map_end(&map, &args);
    uint64_t ticket = store_list(o->engine->store, list, (struct record){(uint8_t *)args.data, args.len});
    engine_ask_store(o->engine, ticket, reply, o);
    buf_release(&args);
}

bool owners_look(struct owners *o, struct engine *g)
{
    if (o->asked && o->engine == g) { // the second call of this moment: the answers have come
        o->asked = false;
        return false;
    }
    o->engine = g;
    o->asked = true;
    o->answers_n = 0;
    ask(o, "orphans", NULL, (struct text){0}, on_orphans);
    ask(o, "flows", "state", text_of(flow_state_name(FLOW_READY)), on_ready);
    ask(o, "upcoming", NULL, (struct text){0}, on_next);
    return true;
}
