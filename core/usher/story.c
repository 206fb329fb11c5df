// SPDX-License-Identifier: MIT
// story: see story.h.
#include "usher/story.h"

#include "engine/script.h"
#include "time/when.h"
#include "usher/rehearsal.h"

#include <string.h>

// ---- what was asked -----------------------------------------------------------------------------------

// These speak of the one event that is rehearsed.
static int check_options(const struct usher_rehearsal *o, struct err *e)
{
    const struct {
        const char *name, *said;
    } of_one[] = {{"move", o->move}, {"cancel-at", o->cancel_at}, {"down", o->down}, {"diff", o->before},
        {"save", o->want_saved ? "" : NULL}};
    for (size_t i = 0; i < sizeof of_one / sizeof *of_one; i++) {
        if (of_one[i].said)
            return err_set(e, ERR_USAGE, "--%s is about one event: rehearse its script alone",
                of_one[i].name);
    }
    return 0;
}

// "MOMENT; MOMENT": for one script after the other; an empty one leaves it to us.
static int take_moments(struct rehearsal *r)
{
    struct story *s = &r->story;
    const char *said = r->options->load_at;
    for (size_t i = 0; said; i++) {
        size_t len = strcspn(said, ";");
        struct text moment = {said + strspn(said, " "), 0};
        if (moment.data < said + len) moment.len = (size_t)(said + len - moment.data);
        struct when when;
        if (i == s->n)
            return err_set(&r->error, ERR_USAGE, "--load-at: more moments than scripts after the first (%zu)",
                s->n);
        if (moment.len && when_parse(moment, NULL, &when, &r->error)) return err_in(&r->error, "--load-at");
        if (moment.len) s->list[i].at = when.starts.at;
        said = said[len] ? said + len + 1 : NULL;
    }
    return 0;
}

int story_take(struct rehearsal *r)
{
    const char *const *script = r->options->then;
    struct story *s = &r->story;
    for (; script && *script; script++) {
        if (s->n == STORY_MAX)
            return err_set(&r->error, ERR_USAGE, "a story has at most %d scripts", STORY_MAX + 1);
        s->list[s->n++].script = *script;
    }
    if (!s->n && r->options->load_at)
        return err_set(&r->error, ERR_USAGE,
            "--load-at says when the scripts after the first are loaded, and there is only one");
    return s->n && check_options(r->options, &r->error) ? -1 : take_moments(r);
}

// ---- when each is loaded ------------------------------------------------------------------------------

// The first moment of the script, at the end of those before it; the end, when it waits for none.
static int find_first(struct rehearsal *r, const char *script, struct instant *first)
{
    if (rehearsal_begin(r, r->from) || rehearsal_play(r, rehearsal_horizon(r))) return -1;
    r->engine->first_due = INSTANT_NEVER;
    if (engine_load(r->engine, script, &r->error) || virtual_settle(r->world, &r->error)) return -1;
    *first = r->engine->first_due;
    if (first->ms == INSTANT_NEVER.ms) *first = instant_add(virtual_now(r->world), DAY_MS);
    return 0;
}

static int scout(struct rehearsal *r, size_t i, struct instant *first)
{
    struct usher_rehearsal how = *r->options;
    struct rehearsal ahead = {.script = r->script,
        .options = &how,
        .guests = r->guests,
        .installation = r->installation,
        .per_hour = r->per_hour,
        .per_minute = r->per_minute,
        .from = r->from,
        .story = r->story};
    how.crash_at = how.watch_owners = 0;
    how.on_crash = NULL;
    ahead.story.n = i;
    buf_init(&ahead.notices, SIZE_MAX / 2);
    int failed = find_first(&ahead, r->story.list[i].script, first);
    if (failed) r->error = ahead.error;
    rehearsal_close(&ahead);
    buf_release(&ahead.notices);
    return failed;
}

int story_plan(struct rehearsal *r)
{
    struct instant before = r->from, first;
    for (size_t i = 0; i < r->story.n; i++) {
        struct instant *at = &r->story.list[i].at;
        if (!at->ms) {
            if (scout(r, i, &first)) return -1;
            *at = instant_add(first, -DAY_MS);
            if (at->ms < before.ms) *at = before;
        }
        if (at->ms < before.ms)
            return err_set(&r->error, ERR_USAGE,
                "--load-at: %s would be loaded before the script in front of it", r->story.list[i].script);
        before = *at;
    }
    return 0;
}

int story_join(struct rehearsal *r)
{
    return engine_load(r->engine, r->story.list[r->story.joined_n++].script, &r->error);
}

int story_rejoin(struct rehearsal *r)
{
    for (size_t i = 0; i < r->story.joined_n; i++) {
        if (engine_load(r->engine, r->story.list[i].script, &r->error)) return -1;
    }
    return 0;
}

// ---- what it was --------------------------------------------------------------------------------------

static void put_chapter_request(struct rehearsal *r, struct record effects, const struct event *ev,
    struct instant loaded_at, struct buf *out)
{
    struct record_map map;
    rehearsal_request(r, effects, ev, &map);
    record_map_text(&map, "event", text_of(ev->name));
    record_map_int(&map, "loaded", loaded_at.ms);
    record_map_end(&map, out);
}

// What each event's own words say of its part.
static int put_chapters(struct rehearsal *r, struct record effects, struct buf *out)
{
    struct buf request;
    size_t n = 0;
    int failed = 0;
    buf_init(&request, SIZE_MAX / 2);
    for (struct event *ev = r->engine->events; ev; ev = ev->next) n++;
    record_put_list(out, n);
    n = 0;
    for (struct event *ev = r->engine->events; ev && !failed; ev = ev->next, n++) {
        put_chapter_request(r, effects, ev, n ? r->story.list[n - 1].at : r->from, &request);
        failed = rehearsal_call(r, text_of(ev->name), "chapter",
            (struct record){(uint8_t *)request.data, request.len}, out);
        buf_clear(&request);
    }
    buf_release(&request);
    return failed;
}

int story_tell(struct rehearsal *r, struct record effects, struct buf *reply)
{
    struct record_map map;
    struct buf request;
    record_map_init(&map);
    map.pairs.max = SIZE_MAX / 2;
    buf_init(&request, SIZE_MAX / 2);
    int failed = put_chapters(r, effects, record_map_key(&map, "chapters"));
    record_map_bool(&map, "people", r->options->on_person != NULL);
    if (r->options->person) record_map_text(&map, "person", text_of(r->options->person));
    record_map_end(&map, &request);
    if (!failed)
        failed = rehearsal_call(r, text_of(r->engine->events->name), "story",
            (struct record){(uint8_t *)request.data, request.len}, reply);
    buf_release(&request);
    return failed;
}
