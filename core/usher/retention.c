// SPDX-License-Identifier: MIT
// retention: events that ended long ago lose everything about people and keep their counts. Which ones they
// are is found on a copy, from what their scripts say; whichever process has the database then clears them.
#include "usher.h"

#include "base/log.h"
#include "engine/script.h"
#include "time/span.h"
#include "time/zone.h"
#include "usher/copy.h"
#include "usher/library.h"
#include "usher/rehearsal.h"

#include <stdlib.h>
#include <string.h>

struct retention {
    const struct usher_options *options;
    struct usher_rehearsal how;
    struct rehearsal life;
    struct copy copy;
    struct buf request, events; // events: values of a list
    size_t n;
    struct instant before; // whatever ended before that
    struct buf done;
    struct err error;
};

static struct record asked(const struct retention *r)
{
    return (struct record){(const uint8_t *)r->request.data, r->request.len};
}

// "12 months" ago, by the calendar; "12mo" is short for it.
static int find_moment(struct retention *r)
{
    struct text said = record_get_text(asked(r), "after");
    struct buf words;
    struct span span;
    buf_init(&words, 200);
    bool brief = said.len > 2 && memcmp(said.data + said.len - 2, "mo", 2) == 0;
    buf_add(&words, said.data ? said.data : "", brief ? said.len - 2 : said.len);
    if (brief) buf_addz(&words, " months");
    int failed = span_parse(buf_text(&words), &span, &r->error);
    buf_release(&words);
    if (failed) return err_in(&r->error, "--after");
    if (span.ms < 0 || span.months < 0 || span.days < 0 || (span.months == 0 && span.days < 1) ||
        span.working_days)
        return err_set(&r->error, ERR_INPUT,
            "--after is at least a day: write it as \"12 months\" or \"90 days\"");
    struct wall now = zone_local(zone_find(TEXT("UTC"), NULL), r->copy.now).wall;
    int64_t day = day_add_months(wall_day(now), -span.months) - span.days;
    r->before.ms = wall_at(day, wall_clock(now)).seconds * SECOND_MS;
    return 0;
}

static void take_event(struct retention *r, const struct event *ev, struct record said)
{
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "event", text_of(ev->name));
    record_map_value(&map, "title", record_get(said, "title"));
    record_map_value(&map, "ends", record_get(said, "ends"));
    record_map_value(&map, "counts", record_get(said, "counts"));
    record_map_end(&map, &r->events);
    r->n++;
}

static int ask_event(struct retention *r, struct event *ev)
{
    struct handler *handler = script_handler(ev->current, TEXT("personal ended"));
    struct buf none, reply;
    bool passed;
    if (!handler) return 0;
    struct handling h = {.name = handler->name, .function = handler->function};
    buf_init(&none, 16);
    buf_init(&reply, 65536);
    record_put_map(&none, 0);
    int failed = engine_handle(ev->current, &h, (struct record){(uint8_t *)none.data, none.len}, &reply,
        &passed, &r->error);
    struct record said = {(uint8_t *)reply.data, reply.len};
    if (!failed && record_get_int(said, "ends", INT64_MAX) < r->before.ms) take_event(r, ev, said);
    buf_release(&none);
    buf_release(&reply);
    return failed;
}

static int find_events(struct retention *r)
{
    r->life.store = copy_open(&r->copy, &r->error);
    if (!r->life.store || rehearsal_open(&r->life, r->copy.now)) return -1;
    engine_stop(r->life.engine);
    if (engine_load_stored(r->life.engine, &r->error) || find_moment(r)) return -1;
    for (struct event *ev = r->life.engine->events; ev; ev = ev->next) {
        if (ask_event(r, ev)) return -1;
    }
    return 0;
}

static void map_events(const struct retention *r, struct record_map *map)
{
    struct buf *list = record_map_key(map, "events");
    record_put_list(list, r->n);
    buf_addt(list, buf_text(&r->events));
}

static int clear(struct retention *r)
{
    struct record_map map;
    struct buf request, json, reply;
    char *answer, *error;
    record_map_init(&map);
    buf_init(&request, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    buf_init(&reply, SIZE_MAX / 2);
    record_map_text(&map, "ask", TEXT("forget"));
    record_put_list(record_map_key(&map, "people"), 0);
    record_put_list(record_map_key(&map, "words"), 0);
    map_events(r, &map);
    record_map_value(&map, "who", record_get(asked(r), "who"));
    record_map_end(&map, &request);
    record_print_json((struct record){(uint8_t *)request.data, request.len}, &json);
    int code = usher_command(r->options, buf_z(&json), &answer, &error);
    if (code) err_set(&r->error, code == USHER_STORAGE ? ERR_STORAGE : ERR_INPUT, "%s", error);
    else if (record_from_json(text_of(answer), &reply, &r->error) == 0) {
        struct record done = record_get((struct record){(uint8_t *)reply.data, reply.len}, "reply");
        buf_add(&r->done, done.data, done.len);
    }
    free(answer);
    free(error);
    buf_release(&request);
    buf_release(&json);
    buf_release(&reply);
    return code ? -1 : 0;
}

static char *answer_of(const struct retention *r)
{
    struct record_map map;
    struct buf answer, json;
    record_map_init(&map);
    buf_init(&answer, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    map_events(r, &map);
    if (r->done.len) record_map_value(&map, "done", (struct record){(uint8_t *)r->done.data, r->done.len});
    record_map_end(&map, &answer);
    record_print_json((struct record){(uint8_t *)answer.data, answer.len}, &json);
    buf_release(&answer);
    return buf_take(&json, NULL);
}

int usher_retention(const struct usher_options *options, const char *request_json, char **answer,
    char **error)
{
    struct retention r = {.options = options, .copy = {.file = -1}};
    r.how = (struct usher_rehearsal){.no_pretending = 1, .config = options->config};
    r.life = (struct rehearsal){.options = &r.how};
    buf_init(&r.life.notices, SIZE_MAX / 2);
    buf_init(&r.request, 65536);
    buf_init(&r.events, SIZE_MAX / 2);
    buf_init(&r.done, SIZE_MAX / 2);
    usher_set_library();
    log_set_level(LOG_ERROR);
    *answer = NULL;
    int failed = record_from_json(text_of(request_json), &r.request, &r.error) ||
                 installation_open(&r.life.installation, options->config, &r.error) ||
                 copy_take(&r.copy, options, installation_text(&r.life.installation, NULL, "database"),
                     &r.error) ||
                 find_events(&r);
    if (!failed && r.n && record_get_bool(asked(&r), "apply", false)) failed = clear(&r);
    if (failed && !r.error.code) r.error = r.life.error;
    if (!failed) *answer = answer_of(&r);
    if (error) *error = failed ? mem_copyz(r.error.text) : NULL;
    rehearsal_close(&r.life);
    installation_close(&r.life.installation);
    copy_drop(&r.copy);
    buf_release(&r.life.notices);
    buf_release(&r.request);
    buf_release(&r.events);
    buf_release(&r.done);
    int code = err_exit_code(&r.error);
    return failed ? (code ? code : USHER_INPUT) : 0;
}
