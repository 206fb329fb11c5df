// SPDX-License-Identifier: MIT
// time_adapter: answers the questions of tests/vectors/time/README.md, one JSON object a line, from
// core/time as usher itself uses it. Whatever it can't answer it refuses with a sentence.
#include "base/record.h"
#include "time/cron.h"
#include "time/phrase.h"
#include "time/recur.h"

#include <stdio.h>
#include <stdlib.h>

#define LINE_MAX_LEN (1u << 20)
#define LIMIT_MAX 1000                  // dates in one answer
#define UTC_LEAST INT64_C(-62135596800) // 0001-01-01
#define UTC_MOST INT64_C(253402300799)  // 9999-12-31 23:59:59

// -- the question

static const struct zone *ask_zone(struct record q, const char *key, struct err *e)
{
    return zone_find(record_get_text(q, key), e);
}

static int ask_seconds(struct record q, const char *key, int64_t *out, struct err *e)
{
    if (!record_int(record_get(q, key), out) || *out < UTC_LEAST || *out > UTC_MOST)
        return err_set(e, ERR_INPUT, "%s must be seconds since 1970 within the years 1 to 9999", key);
    return 0;
}

static int ask_limit(struct record q, int64_t *out, struct err *e)
{
    *out = record_get_int(q, "limit", 20);
    if (*out >= 1 && *out <= LIMIT_MAX) return 0;
    return err_set(e, ERR_INPUT, "limit must be from 1 to %d", LIMIT_MAX);
}

// A list of wall times; not there is an empty one.
static int ask_walls(struct record q, const char *key, struct wall **out, size_t *n, struct err *e)
{
    struct record list = record_get(q, key);
    *out = mem_alloc((record_count(list) + 1) * sizeof **out);
    *n = 0;
    for (struct record_iter it = record_each(list); record_next(&it);) {
        struct text t = {0};
        record_text(it.value, &t);
        if (wall_parse(t, &(*out)[(*n)++], e)) return err_in(e, "%s", key);
    }
    return 0;
}

// -- the answers

static void answer_seconds(struct record_map *a, const char *key, struct instant at)
{
    record_map_int(a, key, floor_div(at.ms, SECOND_MS));
}

static int answer_zone(struct record q, struct record_map *a, struct err *e)
{
    int64_t utc;
    char text[WALL_TEXT_MAX];
    const struct zone *z = ask_zone(q, "zone", e);
    int rc = z ? ask_seconds(q, "utc", &utc, e) : -ERR_INPUT;
    if (rc) return rc;
    struct local l = zone_local(z, (struct instant){utc * SECOND_MS});
    struct civil c = wall_civil(l.wall);
    snprintf(text, sizeof text, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day, c.hour,
        c.minute, c.second);
    record_map_text(a, "local", text_of(text));
    record_map_int(a, "offset", l.offset);
    record_map_text(a, "abbr", text_of(l.abbr));
    return 0;
}

static int answer_local(struct record q, struct record_map *a, struct err *e)
{
    static const char *const kinds[] = {"normal", "gap", "overlap"};
    struct wall w;
    struct instant compatible;
    const struct zone *z = ask_zone(q, "zone", e);
    int rc = z ? wall_parse(record_get_text(q, "local"), &w, e) : -ERR_INPUT;
    if (!rc) rc = zone_resolve(z, w, ZONE_COMPATIBLE, &compatible, e);
    if (rc) return rc;
    struct zone_meaning m = zone_meaning(z, w);
    record_map_text(a, "kind", text_of(kinds[m.kind]));
    answer_seconds(a, "compatible", compatible);
    answer_seconds(a, "earlier", m.earlier);
    answer_seconds(a, "later", m.later);
    return 0;
}

static int answer_rrule(struct record q, struct record_map *a, struct err *e)
{
    struct wall *except = NULL, *extra = NULL;
    struct moment *list = NULL;
    struct recur rule;
    struct recur_series series = {.rule = &rule, .zone = ask_zone(q, "tz", e)};
    int64_t limit;
    int rc = series.zone ? wall_parse(record_get_text(q, "dtstart"), &series.starts, e) : -ERR_INPUT;
    if (!rc) rc = recur_parse(record_get_text(q, "rrule"), &rule, e);
    if (!rc) rc = ask_limit(q, &limit, e);
    if (!rc) rc = ask_walls(q, "exdates", &except, &series.except_n, e);
    if (!rc) rc = ask_walls(q, "rdates", &extra, &series.extra_n, e);
    if (rc) goto end;
    series.except = except;
    series.extra = extra;
    list = mem_alloc((size_t)limit * sizeof *list);
    rc = recur_list(&series, list, (int)limit, e);
    if (rc < 0) goto end;
    struct buf *out = record_map_key(a, "utc");
    record_put_list(out, (size_t)rc);
    for (int i = 0; i < rc; i++) record_put_int(out, floor_div(list[i].at.ms, SECOND_MS));
    rc = 0;
end:
    free(list);
    free(except);
    free(extra);
    return rc;
}

static int answer_cron(struct record q, struct record_map *a, struct err *e)
{
    struct cron cron;
    int64_t start, limit, found[LIMIT_MAX], n = 0;
    const struct zone *z = ask_zone(q, "tz", e);
    int rc = z ? cron_parse(record_get_text(q, "expr"), &cron, e) : -ERR_INPUT;
    if (!rc) rc = ask_seconds(q, "start", &start, e);
    if (!rc) rc = ask_limit(q, &limit, e);
    if (rc) return rc;
    struct instant at = {start * SECOND_MS};
    for (; n < limit && !(rc = cron_next(&cron, z, at, &at, e)); n++) found[n] = at.ms / SECOND_MS;
    if (rc) return rc;
    struct buf *out = record_map_key(a, "utc");
    record_put_list(out, (size_t)n);
    for (int64_t i = 0; i < n; i++) record_put_int(out, found[i]);
    return 0;
}

static int ask_event(struct record q, struct when *event, struct err *e)
{
    struct record r = record_get(q, "event");
    struct wall w;
    const struct zone *z = ask_zone(r, "tz", e);
    int rc = z ? wall_parse(record_get_text(r, "start"), &w, e) : -ERR_INPUT;
    if (!rc) rc = moment_at(z, w, ZONE_COMPATIBLE, &event->starts, e);
    event->ends = event->starts;
    event->has_end = record_get(r, "end").data != NULL;
    if (!rc && event->has_end) rc = wall_parse(record_get_text(r, "end"), &w, e);
    if (!rc && event->has_end) rc = moment_at(z, w, ZONE_COMPATIBLE, &event->ends, e);
    return rc;
}

static int ask_calendar(struct record q, struct calendar *c, struct err *e)
{
    struct record r = record_get(q, "calendar");
    struct buf days;
    buf_init(&days, 256);
    for (struct record_iter it = record_each(record_get(r, "weekend")); record_next(&it);) {
        struct text day = {0};
        record_text(it.value, &day);
        buf_addt(&days, day);
        buf_addc(&days, ' ');
    }
    int rc = r.data ? calendar_set_weekend(c, days.len ? buf_text(&days) : TEXT("none"), e) : 0;
    buf_release(&days);
    for (struct record_iter it = record_each(record_get(r, "holidays")); !rc && record_next(&it);) {
        struct text day = {0};
        record_text(it.value, &day);
        rc = calendar_add(c, day, e);
    }
    return rc;
}

// The same as words: { dir, unit, n, anchor, weekday, at, tz } -> "2 working days before end at 09:00".
static void words_of_spec(struct record spec, struct buf *out)
{
    struct text unit = record_get_text(spec, "unit"), at = record_get_text(spec, "at");
    long long n = record_get_int(spec, "n", 0);
    struct text weekday = record_get_text(spec, "weekday");
    if (text_is(unit, "weekday")) buf_addf(out, "the %.*s ", (int)weekday.len, weekday.data);
    else if (text_is(unit, "exact")) buf_addf(out, "%lld s ", n);
    else if (text_is(unit, "working_day")) buf_addf(out, "%lld working days ", n);
    else buf_addf(out, "%lld %.*s ", n, (int)unit.len, unit.data);
    buf_addt(out, record_get_text(spec, "dir"));
    buf_addc(out, ' ');
    buf_addt(out, record_get_text(spec, "anchor"));
    if (at.len) buf_addf(out, " at %.*s ", (int)at.len, at.data);
    buf_addt(out, record_get_text(spec, "tz"));
}

static int ask_phrase(struct record q, struct phrase *p, struct err *e)
{
    struct buf words;
    struct text phrase = record_get_text(q, "phrase");
    buf_init(&words, 400);
    if (phrase.len) buf_addt(&words, phrase);
    else words_of_spec(record_get(q, "spec"), &words);
    int rc = phrase_parse(buf_text(&words), p, e);
    buf_release(&words);
    return rc;
}

static int answer_offset(struct record q, struct record_map *a, struct err *e)
{
    struct when event;
    struct phrase phrase;
    struct moment m;
    struct calendar work;
    calendar_init(&work);
    int rc = ask_event(q, &event, e);
    if (!rc) rc = ask_calendar(q, &work, e);
    if (!rc) rc = ask_phrase(q, &phrase, e);
    if (!rc) rc = phrase_resolve(&phrase, &event, &work, &m, e);
    if (!rc) answer_seconds(a, "utc", m.at);
    calendar_release(&work);
    return rc;
}

// -- lines

static int answer(struct record q, struct record_map *a, struct err *e)
{
    static const struct {
        const char *op;
        int (*answer)(struct record, struct record_map *, struct err *);
    } ops[] = {{"zone", answer_zone}, {"local", answer_local}, {"rrule", answer_rrule}, {"cron", answer_cron},
        {"offset", answer_offset}};
    struct text op = record_get_text(q, "op");
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
        if (text_is(op, ops[i].op)) return ops[i].answer(q, a, e);
    return err_set(e, ERR_INPUT, "op must be zone, local, rrule, cron or offset");
}

static void answer_line(struct text line)
{
    struct err e = {0};
    struct buf question, encoded, out;
    struct record_map a;
    buf_init(&question, RECORD_LEN_MAX);
    buf_init(&encoded, RECORD_LEN_MAX);
    buf_init(&out, RECORD_LEN_MAX);
    record_map_init(&a);
    struct record q = {0};
    if (record_from_json(line, &question, &e) == 0) {
        q = (struct record){(const uint8_t *)question.data, question.len};
        record_map_value(&a, "id", record_get(q, "id"));
        answer(q, &a, &e);
    }
    if (e.code) record_map_text(&a, "error", text_of(e.text));
    record_map_end(&a, &encoded);
    record_print_json((struct record){(const uint8_t *)encoded.data, encoded.len}, &out);
    puts(buf_z(&out));
    buf_release(&question);
    buf_release(&encoded);
    buf_release(&out);
}

int main(void)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while ((n = getline(&line, &room, stdin)) >= 0) {
        while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) n--;
        if (n > (ssize_t)LINE_MAX_LEN) n = 0; // refused as no JSON
        answer_line((struct text){line, (size_t)n});
    }
    free(line);
    return 0;
}
