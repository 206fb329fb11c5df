// SPDX-License-Identifier: MIT
// home: see home.h.
#include "engine/home.h"

#include "base/log.h"
#include "engine/engine.h"
#include "engine/script.h"

#include <stdio.h>
#include <string.h>

#define HOME "home"
// Clocks are set by minutes now and then, and a row that is written in that moment is no reason to stop.
#define BACK_MS (5 * MINUTE_MS)

// ---- the setting --------------------------------------------------------------------------------------

// known: moments up to that one are no reason to doubt the clock.
static void keep(struct engine *g, struct instant known)
{
    struct record_map map;
    struct buf value;
    record_map_init(&map);
    buf_init(&value, 4096);
    record_map_text(&map, "machine", text_of(g->options.machine));
    record_map_text(&map, "file", text_of(g->options.file));
    record_map_int(&map, "known", known.ms);
    record_map_end(&map, &value);
    batch_setting(g->batch, TEXT(HOME), (struct record){(uint8_t *)value.data, value.len});
    buf_release(&value);
}

static const char *difference(const struct engine *g, struct record kept, bool older)
{
    if (!kept.data) return "nobody has said where this database belongs";
    if (!text_is(record_get_text(kept, "machine"), g->options.machine))
        return "this database comes from another machine";
    if (!text_is(record_get_text(kept, "file"), g->options.file))
        return "this database is a copy, or was moved here from another disk";
    if (older) return "this is an older state of the database, put back in its place";
    return NULL;
}

static void set_state(struct engine *g, enum home_state state, const char *why)
{
    struct buf sentence;
    g->home.state = state;
    g->home.why = why;
    g->home.since = g->now;
    buf_init(&sentence, GATE_WHY_MAX);
    if (home_is_elsewhere(g, &sentence)) log_line(LOG_WARN, buf_z(&sentence), NULL);
    buf_release(&sentence);
    g->gate.closed = state != HOME_HERE;
}

int home_restore(struct engine *g, const struct store_facts *facts, struct err *e)
{
    struct buf kept;
    if (!g->options.machine) return 0;
    buf_init(&kept, 4096);
    int failed = store_setting(g->store, HOME, &kept, e);
    struct record home = {(const uint8_t *)kept.data, kept.len};
    int64_t known = record_get_int(home, "known", 0);
    g->home.newest = facts->newest.ms > g->now.ms ? facts->newest : g->now;
    if (!failed && !kept.len && !facts->last_script) {
        keep(g, (struct instant){0}); // nothing has been in it: it belongs where it was made
        store_mark(g->store);
    } else if (!failed) {
        const char *why = difference(g, home, facts->is_older);
        bool back = g->now.ms < facts->newest.ms - BACK_MS && facts->newest.ms > known;
        if (why) set_state(g, HOME_AWAY, why);
        else store_mark(g->store);
        if (!why && back) set_state(g, HOME_CLOCK, NULL);
    }
    buf_release(&kept);
    return failed;
}

// ---- the clock ----------------------------------------------------------------------------------------

static void look_again(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) gate_recheck(g, ev);
}

void home_watch(struct engine *g)
{
    struct home *h = &g->home;
    if (!g->options.machine || h->state == HOME_AWAY) return;
    if (h->state == HOME_HERE && g->now.ms < h->newest.ms - BACK_MS) {
        set_state(g, HOME_CLOCK, NULL);
    } else if (h->state == HOME_CLOCK && g->now.ms >= h->newest.ms) {
        set_state(g, HOME_HERE, NULL);
        log_line(LOG_WARN, "the clock is right again: what was held may leave", NULL);
        look_again(g);
    }
    if (h->state == HOME_HERE && g->now.ms > h->newest.ms) h->newest = g->now;
}

// ---- in words, and a person's word ----------------------------------------------------------------------

bool home_is_elsewhere(const struct engine *g, struct buf *why)
{
    const struct home *h = &g->home;
    if (h->state == HOME_AWAY)
        buf_addf(why, "nothing leaves, because %s: if no other usher works on it any more, usher adopt",
            h->why);
    if (h->state == HOME_CLOCK)
        buf_addf(why,
            "nothing leaves, because the clock of this machine stands %lld min before the newest "
            "entry of the database: set it right, or usher adopt if it is right",
            (long long)(instant_since(h->newest, h->since) / MINUTE_MS));
    return h->state != HOME_HERE;
}

bool home_adopt(struct engine *g, struct text who)
{
    struct buf was;
    buf_init(&was, GATE_WHY_MAX);
    bool elsewhere = home_is_elsewhere(g, &was);
    for (const struct event *ev = g->events; elsewhere && ev; ev = ev->next) {
        batch_audit(g->batch, &(struct audit_row){.at = g->now,
                                  .who = who,
                                  .event = text_of(ev->name),
                                  .what = TEXT("adopt"),
                                  .note = buf_text(&was)});
    }
    buf_release(&was);
    if (!elsewhere) return false;
    keep(g, g->home.newest);
    store_mark(g->store);
    g->home.newest = g->now;
    set_state(g, HOME_HERE, NULL);
    log_line(LOG_WARN, "adopted: what was held may leave", NULL);
    look_again(g);
    if (g->options.on_adopted) g->options.on_adopted(g->options.adopted_ctx);
    return true;
}
