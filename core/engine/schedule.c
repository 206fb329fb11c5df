// SPDX-License-Identifier: MIT
#include "engine/schedule.h"

#include "engine/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How many missed occurrences `missed = "each"` makes up for, oldest first.
#define CATCH_UP_MAX 50
// A turn of the loop and an fsync: what runs within this ran at its time.
#define ON_TIME_MS MINUTE_MS
// Decisions of one schedule in one turn.
#define DECIDED_AT_ONCE 500
#define OCCURRENCE_KEY_MAX 48 // "2021-02-24 03:00Z"

int schedule_parse(struct schedule *d, const char *cron, const char *every, struct err *e)
{
    bool has_cron = cron && *cron, has_every = every && *every;
    if (has_cron == has_every) return err_set(e, ERR_INPUT, "'%s' needs either every or cron", d->name);
    d->spec = mem_copyz(has_cron ? cron : every);
    d->place = zone_find(text_of(d->zone ? d->zone : "UTC"), e);
    if (!d->place) return -(int)ERR_INPUT;
    int failed = has_cron ? cron_parse(text_of(cron), &d->cron, e) : every_parse(text_of(every), &d->cron, e);
    struct instant first;
    return failed ? failed : cron_next(&d->cron, d->place, (struct instant){0}, &first, e);
}

struct instant schedule_after(const struct schedule *d, struct instant after)
{
    struct instant next;
    return cron_next(&d->cron, d->place, after, &next, NULL) ? INSTANT_NEVER : next;
}

static void keep(struct engine *g, struct script *s, struct schedule *d)
{
    char spec[512];
    snprintf(spec, sizeof spec, "%s %s", d->spec, d->zone ? d->zone : "UTC");
    batch_schedule(g->batch, text_of(s->event->name), text_of(d->name), text_of(spec), d->last_at,
        d->next_at);
}

int schedule_restore(struct engine *g, struct script *s, struct err *e)
{
    for (struct schedule *d = s->schedules; d; d = d->next) {
        struct schedule_row row = {0};
        char spec[512];
        snprintf(spec, sizeof spec, "%s %s", d->spec, d->zone ? d->zone : "UTC");
        if (store_schedule(g->store, text_of(s->event->name), text_of(d->name), &row, e))
            return -(int)e->code;
        if (row.known && strcmp(row.spec, spec) == 0) {
            d->last_at = row.last;
            d->next_at = row.next;
        } else { // new, or said otherwise than before: it counts from now and never reaches back
            d->next_at = schedule_after(d, g->now);
            keep(g, s, d);
        }
    }
    return 0;
}

// ---- deciding -----------------------------------------------------------------------------------------

static void note(struct engine *g, struct script *s, struct schedule *d, struct instant nominal,
    const char *decision, const char *why)
{
    batch_occurrence(g->batch, text_of(s->event->name), text_of(d->name), nominal, text_of(decision), g->now,
        text_of(why));
}

static void write_key(struct instant nominal, char key[OCCURRENCE_KEY_MAX])
{
    static const struct zone *utc;
    if (!utc) utc = zone_find(TEXT("UTC"), NULL);
    char wall[WALL_TEXT_MAX];
    snprintf(key, OCCURRENCE_KEY_MAX, "%sZ", wall_print(zone_local(utc, nominal).wall, wall));
}

static void start(struct engine *g, struct script *s, struct schedule *d, struct instant nominal,
    int missed_n)
{
    char key[OCCURRENCE_KEY_MAX];
    write_key(nominal, key);
    struct record_map map;
    struct buf input;
    record_map_init(&map);
    buf_init(&input, 256);
    record_map_int(&map, "nominal", nominal.ms);
    record_map_int(&map, "missed", missed_n);
    record_map_end(&map, &input);
    d->running_flow = engine_start_flow(g, s, text_of(d->flow), text_of(key), text_of(d->name),
        (struct record){(uint8_t *)input.data, input.len}, 0);
    buf_release(&input);
    note(g, s, d, nominal, "ran", missed_n ? "for those before it, too" : "");
}

// Cancels the one before. False: it sleeps on disk, and the answer to a load brings us here again.
static bool replace(struct engine *g, struct schedule *d)
{
    struct flow *before = engine_flow(g, d->running_flow);
    if (!before) {
        if (!d->asked) d->asked = store_load(g->store, &d->running_flow, 1);
        return false;
    }
    flow_stop(g, before, FLOW_CANCELLED, "the next occurrence of its schedule took its place");
    flow_write(g, before);
    flow_rest(g, before);
    return true;
}

// One that is due now. False: the one before it still runs and this one waits for it.
static bool decide(struct engine *g, struct script *s, struct schedule *d, struct instant nominal,
    int missed_n)
{
    if (d->running_flow && d->overlap == OVERLAP_QUEUE) return false;
    if (d->running_flow && d->overlap == OVERLAP_SKIP) {
        note(g, s, d, nominal, "overlap", "the one before it still ran");
        return true;
    }
    if (d->running_flow && !replace(g, d)) return false;
    start(g, s, d, nominal, missed_n);
    return true;
}

static bool is_late(const struct engine *g, const struct schedule *d, struct instant nominal,
    struct instant next)
{
    int64_t allowed = d->late_ms ? d->late_ms : instant_since(next, nominal);
    return instant_since(g->now, nominal) > allowed;
}

static void settle_one(struct engine *g, struct script *s, struct schedule *d)
{
    int64_t running = d->running_flow;
    for (int i = 0; d->next_at.ms <= g->now.ms; i++) {
        if (i == DECIDED_AT_ONCE) { // a clock that was set ten years ahead must not hold up everybody
            g->world.wake_now(g->world.self);
            return;
        }
        if (d->overlap == OVERLAP_SKIP) d->running_flow = running; // those made up for are in nobody's way
        struct instant nominal = d->next_at, next = schedule_after(d, nominal);
        bool last = next.ms > g->now.ms;
        if (last && (d->missed != MISSED_NONE || !is_late(g, d, nominal, next))) {
            int stands_for = d->missed_n + (instant_since(g->now, nominal) > ON_TIME_MS);
            if (!decide(g, s, d, nominal, d->missed == MISSED_LATEST ? stands_for : 0)) return;
            d->missed_n = 0;
        } else if (!last && d->missed == MISSED_EACH && i < CATCH_UP_MAX) {
            if (!decide(g, s, d, nominal, 0)) return;
        } else {
            note(g, s, d, nominal, "missed", "usher did not run at that time");
            d->missed_n++;
        }
        d->last_at = nominal;
        d->next_at = next;
    }
}

void schedule_settle(struct engine *g)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct schedule *d = ev->current->schedules; d && !engine_pauses(g); d = d->next) {
            if (d->next_at.ms > g->now.ms) continue;
            struct instant before = d->last_at;
            settle_one(g, ev->current, d);
            if (d->last_at.ms != before.ms) keep(g, ev->current, d);
        }
    }
}

void schedule_flow_ended(struct engine *g, int64_t flow)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct schedule *d = ev->current->schedules; d; d = d->next) {
            if (d->running_flow == flow) d->running_flow = 0;
        }
    }
}

bool schedule_take_loaded(struct engine *g, uint64_t ticket, bool still_runs)
{
    for (struct event *ev = g->events; ev; ev = ev->next) {
        for (struct schedule *d = ev->current->schedules; d; d = d->next) {
            if (!d->asked || d->asked != ticket) continue;
            d->asked = 0;
            if (!still_runs) d->running_flow = 0;
            return true;
        }
    }
    return false;
}

struct instant schedule_next(const struct engine *g)
{
    struct instant next = INSTANT_NEVER;
    for (const struct event *ev = g->events; ev; ev = ev->next) {
        for (const struct schedule *d = ev->current->schedules; d; d = d->next) {
            bool queued = d->next_at.ms <= g->now.ms; // waits for the one before it, whose end wakes us
            if (!queued && d->next_at.ms < next.ms) next = d->next_at;
        }
    }
    return next;
}

void schedule_free_all(struct script *s)
{
    while (s->schedules) {
        struct schedule *d = s->schedules;
        s->schedules = d->next;
        free(d->name);
        free(d->spec);
        free(d->zone);
        free(d->flow);
        free(d);
    }
}
