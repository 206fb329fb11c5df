// SPDX-License-Identifier: MIT
// rehearsal_report: what people and programs read of a life that was played. See rehearsal.h.
#include "usher/rehearsal.h"

#include "engine/script.h"
#include "mail/mail.h"
#include "usher/content.h"
#include "usher/lives.h"
#include "usher/saved.h"

#include <stdio.h>
#include <stdlib.h>

#define DRAWN_MAX 20 // of the mails of a rehearsal

// What a timeline needs of the arguments; texts and attachments of 6,000 mails are not part of it.
static void add_args(struct record_map *map, struct record args)
{
    static const char *const kept[] = {"to", "subject", "about", "url", "method"};
    struct record_map slim;
    struct buf bytes;
    record_map_init(&slim);
    buf_init(&bytes, RECORD_LEN_MAX);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        record_map_value(&slim, kept[i], record_get(args, kept[i]));
    }
    record_map_end(&slim, &bytes);
    record_map_value(map, "args", (struct record){(uint8_t *)bytes.data, bytes.len});
    buf_release(&bytes);
}

static bool is_mail(struct record effect)
{
    return text_is(record_get_text(effect, "kind"), "mail");
}

static void file_of(size_t number, char out[32])
{
    snprintf(out, 32, "mails/%04zu", number);
}

// Two mails with one hash are the same to the byte. What is drawn into a mail follows from its record, and
// drawing it 400 times only to compare it would take longer than all else.
static void add_hash(struct record_map *map, struct record mail)
{
    struct buf eml;
    char hex[2 * HASH_LEN + 1];
    buf_init(&eml, MAIL_LEN_MAX);
    if (mail_is_drawn(mail)) buf_add(&eml, mail.data, mail.len);
    else mail_compose(mail, &eml, NULL);
    hash_hex(hash_of(buf_text(&eml)), hex);
    record_map_text(map, "sha256", text_of(hex));
    buf_release(&eml);
}

static bool is_compared(const struct rehearsal *r)
{
    return r->options->want_saved || r->before.data || r->undisturbed.data;
}

static void put_effect(const struct rehearsal *r, struct buf *out, struct record effect, size_t number)
{
    static const char *const kept[] = {"at", "kind", "event", "flow", "key", "label", "step", "attempt",
        "asked"};
    struct record_map map;
    char file[32];
    record_map_init(&map);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        record_map_value(&map, kept[i], record_get(effect, kept[i]));
    }
    add_args(&map, record_get(effect, "args"));
    if (is_compared(r)) {
        char hex[CONTENT_HEX + 1];
        content_hash(record_get(effect, "args"), hex);
        record_map_text(&map, "hash", text_of(hex));
    }
    if (is_mail(effect)) {
        file_of(number, file);
        record_map_text(&map, "file", text_of(file));
        record_map_bool(&map, "html", true);
        if (r->options->want_json) add_hash(&map, record_get(effect, "args"));
    }
    record_map_end(&map, out);
}

void rehearsal_effects(struct rehearsal *r, struct buf *out)
{
    size_t n = virtual_history_count(r->world), mails = 0;
    record_put_list(out, n + r->notices_n);
    for (size_t i = 0; i < n; i++) {
        struct record effect = virtual_history(r->world, i);
        mails += is_mail(effect);
        put_effect(r, out, effect, mails);
    }
    buf_add(out, r->notices.data, r->notices.len);
}

static void put_deeds(struct rehearsal *r, struct buf *out)
{
    size_t n = virtual_deeds_count(r->world);
    record_put_list(out, n);
    for (size_t i = 0; i < n; i++) record_put(out, virtual_deed(r->world, i));
}

static void put_downtimes(struct rehearsal *r, struct buf *out)
{
    record_put_list(out, r->down.n);
    for (size_t i = 0; i < r->down.n; i++) {
        struct record_map map;
        record_map_init(&map);
        record_map_int(&map, "from", r->down.list[i].from.ms);
        record_map_int(&map, "to", r->down.list[i].to.ms);
        record_map_end(&map, out);
    }
}

// Whoever looks at certificates looks at some of them, and 400 take ten seconds: of the others the file says
// what they would say.
static int compose(struct record mail, size_t *drawn, struct buf *eml, struct err *e)
{
    if (!mail_is_drawn(mail) || (*drawn)++ < DRAWN_MAX) return mail_compose(mail, eml, e);
    return mail_sketch(mail, eml, e);
}

static void hand_out_mails(struct rehearsal *r)
{
    size_t n = virtual_history_count(r->world), mails = 0, drawn = 0;
    for (size_t i = 0; i < n && r->options->on_mail; i++) {
        struct record effect = virtual_history(r->world, i), mail = record_get(effect, "args");
        struct buf eml, page;
        struct err e = {0};
        char file[32];
        if (!is_mail(effect)) continue;
        buf_init(&eml, MAIL_LEN_MAX);
        buf_init(&page, MAIL_LEN_MAX);
        if (compose(mail, &drawn, &eml, &e)) buf_addf(&eml, "This mail can't be sent: %s\r\n", e.text);
        mail_preview(mail, TEXT("../index.html"), &page);
        file_of(++mails, file);
        r->options->on_mail(r->options->ctx, file, buf_z(&eml), eml.len, buf_z(&page));
        buf_release(&eml);
        buf_release(&page);
    }
}

char *rehearsal_history(struct rehearsal *r)
{
    struct buf lines;
    buf_init(&lines, SIZE_MAX / 2);
    for (size_t i = 0; i < virtual_history_count(r->world); i++) {
        struct record e = virtual_history(r->world, i);
        buf_addt(&lines, record_get_text(e, "kind"));
        buf_addc(&lines, ' ');
        buf_addt(&lines, record_get_text(e, "flow"));
        buf_addc(&lines, '/');
        buf_addt(&lines, record_get_text(e, "key"));
        buf_addc(&lines, '/');
        buf_addt(&lines, record_get_text(e, "step"));
        buf_addc(&lines, '\n');
    }
    return buf_take(&lines, NULL);
}

// A map of any size: with 5,000 guests a rehearsal is larger than what a record of a script may be.
static void init_large(struct record_map *map)
{
    record_map_init(map);
    map->pairs.max = SIZE_MAX / 2;
}

struct told {
    struct buf *reply;
    struct err error;
};

static void on_told(void *ctx, struct record reply, const struct err *error)
{
    struct told *t = ctx;
    if (error) t->error = *error;
    else buf_add(t->reply, reply.data, reply.len);
}

int rehearsal_call(struct rehearsal *r, struct text event, const char *handler, struct record request,
    struct buf *reply)
{
    struct told told = {.reply = reply};
    virtual_crash_at(r->world, 0);
    engine_call(r->engine, event, text_of(handler), request, on_told, &told);
    int failed = virtual_settle(r->world, &r->error);
    if (!failed && told.error.code) {
        r->error = told.error;
        failed = -(int)told.error.code;
    }
    return failed;
}

void rehearsal_request(struct rehearsal *r, struct record effects, const struct event *ev,
    struct record_map *map)
{
    init_large(map);
    record_map_value(map, "effects", effects);
    record_map_int(map, "from", r->from.ms);
    record_map_int(map, "now", r->from.ms);
    record_map_int(map, "until", virtual_now(r->world).ms);
    record_map_bool(map, "compared", is_compared(r));
    record_map_value(map, "before", r->before);
    record_map_value(map, "undisturbed", r->undisturbed);
    record_map_int(map, "per_hour", r->per_hour);
    record_map_int(map, "per_minute", r->per_minute);
    record_map_bool(map, "people", r->options->on_person != NULL);
    if (r->options->person) record_map_text(map, "person", text_of(r->options->person));
    put_downtimes(r, record_map_key(map, "down"));
    put_deeds(r, record_map_key(map, "deeds"));
    record_map_value(map, "about", ev->current->about);
}

// The script's own words (or the plain timeline that usher brings) turn what happened into what people read.
static int tell(struct rehearsal *r, struct record effects, struct buf *reply)
{
    struct record_map map;
    struct buf request;
    if (r->story.n) return story_tell(r, effects, reply);
    bool own = engine_has_handler(r->engine, (struct text){0}, TEXT("rehearsed"));
    buf_init(&request, SIZE_MAX / 2);
    rehearsal_request(r, effects, r->engine->events, &map);
    record_map_end(&map, &request);
    int failed = rehearsal_call(r, (struct text){0}, own ? "rehearsed" : "timeline",
        (struct record){(uint8_t *)request.data, request.len}, reply);
    buf_release(&request);
    return failed;
}

static char *copy_text(struct record map, const char *name)
{
    struct text t = record_get_text(map, name);
    return mem_copy(t.data, t.len);
}

// What the event's own words report of it afterwards, as `usher report` prints it; "" without such words, and
// of a story, whose events each have a report of their own.
static int report_afterwards(struct rehearsal *r, char **page)
{
    struct buf reply;
    buf_init(&reply, SIZE_MAX / 2);
    int failed = 0;
    if (!r->story.n && engine_has_handler(r->engine, (struct text){0}, TEXT("report")))
        failed = rehearsal_call(r, (struct text){0}, "report", (struct record){0}, &reply);
    *page = copy_text((struct record){(uint8_t *)reply.data, reply.len}, "html");
    buf_release(&reply);
    return failed;
}

static char *json_of(struct rehearsal *r, struct record effects, struct record said)
{
    struct record_map map;
    struct buf whole, text;
    init_large(&map);
    buf_init(&whole, SIZE_MAX / 2);
    buf_init(&text, SIZE_MAX / 2);
    record_map_value(&map, "report", said);
    record_map_value(&map, "effects", effects);
    record_map_int(&map, "from", r->from.ms);
    record_map_int(&map, "until", virtual_now(r->world).ms);
    record_map_end(&map, &whole);
    record_print_json((struct record){(uint8_t *)whole.data, whole.len}, &text);
    buf_release(&whole);
    return buf_take(&text, NULL);
}

static char *saved_of(struct rehearsal *r, struct record said)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    saved_print(r->options, r->from.ms, record_get(said, "left"), &text);
    return buf_take(&text, NULL);
}

static char *person_of(struct rehearsal *r, struct record said)
{
    struct buf text;
    buf_init(&text, SIZE_MAX / 2);
    lives_text(r, record_get(said, "person"), &text);
    return buf_take(&text, NULL);
}

static void hand_out_people(struct rehearsal *r, struct record said)
{
    for (struct record_iter it = record_each(record_get(said, "people")); record_next(&it);) {
        struct text name = record_get_text(it.value, "file");
        char *file = mem_copy(name.data, name.len);
        struct buf page;
        buf_init(&page, SIZE_MAX / 2);
        lives_page(r, it.value, &page);
        r->options->on_person(r->options->ctx, file, buf_z(&page));
        buf_release(&page);
        free(file);
    }
}

static int hand_out_lists_of(struct rehearsal *r, struct text event)
{
    struct buf lists;
    buf_init(&lists, SIZE_MAX / 2);
    int failed = rehearsal_call(r, event, "lists", (struct record){0}, &lists);
    struct record all = {(uint8_t *)lists.data, lists.len};
    for (struct record_iter it = record_each(all); !failed && record_next(&it);) {
        char *file = copy_text(it.value, "file"), *csv = copy_text(it.value, "csv");
        r->options->on_list(r->options->ctx, file, csv);
        free(file);
        free(csv);
    }
    buf_release(&lists);
    return failed;
}

static int hand_out_lists(struct rehearsal *r)
{
    int failed = 0;
    for (struct event *ev = r->engine->events; ev && !failed && r->options->on_list; ev = ev->next) {
        struct text event = text_of(ev->name);
        if (engine_has_handler(r->engine, event, TEXT("lists"))) failed = hand_out_lists_of(r, event);
    }
    return failed;
}

int rehearsal_report(struct rehearsal *r, struct usher_report *out)
{
    struct buf bytes, reply;
    buf_init(&reply, SIZE_MAX / 2);
    buf_init(&bytes, SIZE_MAX / 2);
    out->boundaries = virtual_boundaries(r->world);
    rehearsal_effects(r, &bytes);
    struct record effects = {(uint8_t *)bytes.data, bytes.len};
    int failed = tell(r, effects, &reply);
    if (!failed) failed = hand_out_lists(r);
    if (!failed) failed = report_afterwards(r, &out->told);
    if (!failed) {
        struct record said = {(uint8_t *)reply.data, reply.len};
        out->text = copy_text(said, "text");
        out->check = copy_text(said, "check");
        out->html = copy_text(said, "html");
        out->history = rehearsal_history(r);
        out->json = r->options->want_json ? json_of(r, effects, said) : NULL;
        out->saved = r->options->want_saved ? saved_of(r, said) : NULL;
        out->changes = r->before.data ? copy_text(said, "changes") : NULL;
        out->differs = record_get_bool(said, "differs", false);
        out->from_ms = r->from.ms;
        out->until_ms = virtual_now(r->world).ms;
        out->unsure_n = r->unsure_n;
        out->person = r->options->person ? person_of(r, said) : NULL;
        out->looks = (int64_t)r->owners.looks;
        hand_out_mails(r);
        if (r->options->on_person) hand_out_people(r, said);
    }
    buf_release(&reply);
    buf_release(&bytes);
    return failed;
}

void usher_report_release(struct usher_report *report)
{
    free(report->text);
    free(report->check);
    free(report->html);
    free(report->told);
    free(report->history);
    free(report->json);
    free(report->saved);
    free(report->changes);
    free(report->person);
    *report = (struct usher_report){0};
}
