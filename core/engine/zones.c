// SPDX-License-Identifier: MIT
#include "engine/zones.h"

#include "base/log.h"
#include "engine/engine.h"
#include "engine/script.h"
#include "time/zone.h"

#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY_MS (10 * MINUTE_MS)
#define LOAD_AT_ONCE 200

static void keep_release(struct engine *g)
{
    struct buf kept;
    buf_init(&kept, 64);
    record_put_text(&kept, text_of(zone_release()));
    batch_setting(g->batch, TEXT("tz"), (struct record){(uint8_t *)kept.data, kept.len});
    buf_release(&kept);
}

static void begin_pass(struct engine *g)
{
    log_line(LOG_WARN, "time zone data changed: pending moments are worked out anew", "tz", zone_release(),
        NULL);
    g->zones.passing = true;
    g->zones.cursor = 0;
}

int zones_restore(struct engine *g)
{
    struct buf kept;
    struct text release = {0};
    struct err e = {0};
    buf_init(&kept, 256);
    g->zones.look_at = instant_add(g->now, LOOK_EVERY_MS);
    int failed = store_setting(g->store, "tz", &kept, &e);
    bool known = !failed && record_text((struct record){(uint8_t *)kept.data, kept.len}, &release);
    if (known && !text_is(release, zone_release())) begin_pass(g);
    else if (!known) keep_release(g);
    buf_release(&kept);
    return failed;
}

void engine_zones_changed(struct engine *g)
{
    g->zones.changed = true;
}

// ---- scripts anew -------------------------------------------------------------------------------------

static struct script *read_anew(struct engine *g, struct script *old)
{
    struct buf sources;
    struct err e = {0};
    buf_init(&sources, 64u << 20);
    struct record all = script_sources(old, &sources);
    struct script *anew = script_reopen(g, old->id, all, &e);
    buf_release(&sources);
    if (!anew) {
        log_line(LOG_ERROR, "the script can't be read with the new time zone data; it stays as it was", "why",
            e.text, NULL);
        return NULL;
    }
    anew->event = old->event;
    anew->hash = old->hash;
    return anew;
}

static void replace_scripts(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct script **at = &ev->current; *at; at = &(*at)->next) {
            struct script *old = *at, *anew = read_anew(g, old);
            if (!anew) continue;
            anew->next = old->next;
            *at = anew;
            script_take_schedules(anew, old);
            script_close(old);
        }
    }
}

// Every warm flow is on disk up to this batch; those that have something to run are picked up again as after
// a restart.
static void forget_warm(struct engine *g)
{
    size_t i = 0;
    void *f;
    while (map_each(&g->flows, &i, &f)) {
        flow_forget(g, f);
        i = 0;
    }
    g->ready_more = true;
    g->ready_cursor = 0;
    agenda_add_cold(&g->agenda, g->now);
}

static void apply(struct engine *g)
{
    forget_warm(g);
    replace_scripts(g);
    g->zones.changed = false;
    begin_pass(g);
}

// ---- waiting flows, one after the other -----------------------------------------------------------------

static void on_listed(void *self, struct record rows, const struct err *error)
{
    struct engine *g = self;
    int64_t ids[LOAD_AT_ONCE];
    size_t n = 0;
    g->zones.asked = 0;
    for (struct record_iter it = record_each(rows); !error && record_next(&it) && n < LOAD_AT_ONCE;) {
        ids[n++] = record_get_int(it.value, "id", 0);
    }
    if (n == 0) {
        if (!error) keep_release(g); // only now: a pass that a crash cuts off begins anew
        g->zones.passing = false;
        return;
    }
    g->zones.cursor = ids[n - 1];
    g->zones.asked = store_load(g->store, ids, n);
}

static void ask_next(struct engine *g)
{
    struct record_map map;
    struct buf args;
    record_map_init(&map);
    buf_init(&args, 256);
    record_map_text(&map, "state", text_of(flow_state_name(FLOW_WAITING)));
    record_map_int(&map, "after", g->zones.cursor);
    record_map_int(&map, "limit", LOAD_AT_ONCE);
    record_map_end(&map, &args);
    g->zones.asked = store_list(g->store, "flows", (struct record){(uint8_t *)args.data, args.len});
    engine_ask_store(g, g->zones.asked, on_listed, g);
    buf_release(&args);
}

// A flow may be dropped only while nothing about it is on its way, neither its rows nor a copy of them.
static bool nothing_out(const struct engine *g)
{
    return !g->promises && g->batches_out == 0 && !g->due_asked && !g->ready_asked && g->finding == 0;
}

void zones_settle(struct engine *g)
{
    if (g->options.rehearsal) return;
    if (g->now.ms >= g->zones.look_at.ms) {
        g->zones.look_at = instant_add(g->now, LOOK_EVERY_MS);
        if (zone_reload() > 0) g->zones.changed = true;
    }
    if (g->zones.changed && engine_under_way(g) == 0 && nothing_out(g)) apply(g);
    bool room = g->warm_n < g->warm_max / 2;
    if (g->zones.passing && !g->zones.asked && !engine_pauses(g) && room) ask_next(g);
}
