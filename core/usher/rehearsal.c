// SPDX-License-Identifier: MIT
// rehearsal: the whole life of a script in virtual time, by the same engine as live.
#include "usher.h"

#include "base/log.h"
#include "engine/engine.h"
#include "engine/script.h"
#include "usher/installation.h"
#include "mail/mail.h"
#include "time/when.h"
#include "usher/library.h"
#include "world/live_now.h"
#include "world/virtual.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// With recurring work there is always something left to do: a rehearsal then shows this much.
#define WITH_SCHEDULE_MS (35 * DAY_MS)
#define LONGEST_MS (20 * 366 * DAY_MS)

struct rehearsal {
    const char *script;
    const struct usher_rehearsal *options;
    struct installation installation;
    struct virtual *world;
    struct store *store;
    struct engine *engine;
    struct instant from, until;
    struct buf notices; // records, one after the other
    size_t notices_n;
    int64_t unsure_n;
    struct unsure_mail *unsure; // to be decided by the pretended organiser
    struct err error;
};

struct unsure_mail {
    struct unsure_mail *next;
    char *event, *flow, *key, *step;
    int32_t ord, attempt;
};

// ---- what is told beside the effects --------------------------------------------------------------------

static void remember_unsure(struct rehearsal *r, const struct step *step, const struct flow *f)
{
    struct unsure_mail *m = mem_alloc(sizeof *m);
    *m = (struct unsure_mail){r->unsure, mem_copyz(f->script->event->name), mem_copyz(f->name),
        mem_copyz(f->key), mem_copyz(step->key), step->ord, step->attempt};
    r->unsure = m;
    r->unsure_n++;
}

static void on_notice(void *self, const struct step *step, const struct flow *f, struct text sentence)
{
    struct rehearsal *r = self;
    struct record_map map;
    record_map_init(&map);
    const char *kind = !step ? flow_state_name(f->state) : step_state_name(step->state);
    record_map_text(&map, "kind", text_of(kind));
    record_map_int(&map, "at", virtual_now(r->world).ms);
    if (step && step->due.ms) record_map_int(&map, "due", step->due.ms);
    record_map_text(&map, "event", text_of(f->script->event->name));
    record_map_text(&map, "flow", text_of(f->name));
    record_map_text(&map, "key", text_of(f->key));
    if (*f->label) record_map_text(&map, "label", text_of(f->label));
    if (step) record_map_text(&map, "step", text_of(step->key));
    record_map_text(&map, "why", sentence);
    record_map_end(&map, &r->notices);
    r->notices_n++;
    if (step && step->state == STEP_UNSURE) remember_unsure(r, step, f);
}

// ---- a person who is asked what became of a mail, and knows ----------------------------------------------

static bool has_left(const struct rehearsal *r, const struct unsure_mail *m)
{
    for (size_t i = virtual_history_count(r->world); i-- > 0;) {
        struct record effect = virtual_history(r->world, i);
        if (text_is(record_get_text(effect, "step"), m->step) &&
            text_is(record_get_text(effect, "key"), m->key) &&
            text_is(record_get_text(effect, "flow"), m->flow)) {
            return true;
        }
    }
    return false;
}

static void free_unsure(struct unsure_mail *m)
{
    free(m->event);
    free(m->flow);
    free(m->key);
    free(m->step);
    free(m);
}

static bool on_idle(void *self)
{
    struct rehearsal *r = self;
    bool any = r->unsure != NULL;
    const struct usher_rehearsal *o = r->options;
    if (o->on_progress) o->on_progress(o->ctx, virtual_now(r->world).ms, virtual_history_count(r->world));
    while (r->unsure) {
        struct unsure_mail *m = r->unsure;
        r->unsure = m->next;
        engine_decide_unsure(r->engine, text_of(m->event), text_of(m->flow), text_of(m->key), m->ord,
            m->attempt, !has_left(r, m));
        free_unsure(m);
    }
    return any;
}

// ---- one engine on the store ----------------------------------------------------------------------------

static int begin_engine(struct rehearsal *r)
{
    struct engine_options options = {.store = r->store,
        .world = virtual_world(r->world),
        .rehearsal = true,
        .guests = r->options->guests,
        .language = r->options->language,
        .read_file = installation_read_file,
        .secret = installation_secret,
        .secret_ctx = &r->installation,
        .mail_from = installation_text(&r->installation, "mail", "from"),
        .base_url = installation_base_url(&r->installation, INSTALLATION_PRACTICE_URL),
        .boundary = virtual_boundary,
        .boundary_ctx = r->world,
        .notice = on_notice,
        .notice_ctx = r};
    options.look_only = r->options->check_only;
    r->engine = engine_new(&options, &r->error);
    if (!r->engine) return -1;
    virtual_attach(r->world, r->engine);
    return engine_load(r->engine, r->script, &r->error);
}

// What the dead engine still had at the store is nobody's any more.
static void drain_store(struct store *s)
{
    struct store_answer a;
    while (store_next(s, &a)) {
        if (a.ask == STORE_COMMIT) batch_free(a.batch);
        store_answer_release(&a);
    }
}

static int begin_world(struct rehearsal *r, struct instant from)
{
    r->from = from;
    r->world = virtual_new(from);
    if (r->options->no_pretending) virtual_no_pretending(r->world);
    virtual_on_idle(r->world, on_idle, r);
    virtual_crash_at(r->world, r->options->crash_at);
    r->store = store_open(&(struct store_options){.path = ":memory:", .mode = STORE_INLINE}, &r->error);
    if (!r->store || begin_engine(r)) return -1;
    return 0;
}

static void end_world(struct rehearsal *r)
{
    engine_free(r->engine);
    if (r->store) {
        drain_store(r->store);
        store_close(r->store);
    }
    virtual_free(r->world);
    r->engine = NULL;
    r->store = NULL;
    r->world = NULL;
    buf_clear(&r->notices);
    r->notices_n = 0;
    while (r->unsure) {
        struct unsure_mail *m = r->unsure;
        r->unsure = m->next;
        free_unsure(m);
    }
}

// After a crash: a new engine, on what is on disk. A crash while it begins is a crash like any other.
static int restart(struct rehearsal *r)
{
    engine_free(r->engine);
    r->engine = NULL;
    drain_store(r->store);
    virtual_revive(r->world);
    return begin_engine(r);
}

static int play(struct rehearsal *r, struct instant until)
{
    for (;;) {
        if (virtual_run(r->world, until, &r->error)) return -1;
        if (!virtual_crashed(r->world)) return 0;
        if (restart(r)) return -1;
    }
}

// ---- when it begins and ends ------------------------------------------------------------------------------

static int moment_option(const char *option, const char *text, struct instant *out, struct err *e)
{
    struct when when;
    if (when_parse(text_of(text), NULL, &when, e)) return err_in(e, "%s", option);
    *out = when.starts.at;
    return 0;
}

static bool has_schedule(const struct rehearsal *r)
{
    return r->engine->events && r->engine->events->current->schedules;
}

// From now; or, when the script's first moment is past, from a day before it.
static int begin(struct rehearsal *r)
{
    struct instant from = live_now();
    from.ms -= from.ms % MINUTE_MS;
    bool asked = r->options->from || r->options->from_ms;
    if (r->options->from_ms) from.ms = r->options->from_ms;
    else if (asked && moment_option("--from", r->options->from, &from, &r->error)) return -1;
    if (begin_world(r, from)) return -1;
    if (asked) return 0;
    virtual_crash_at(r->world, 0);
    if (virtual_settle(r->world, &r->error)) return -1;
    struct instant first = r->engine->first_due;
    bool past = first.ms <= from.ms;
    end_world(r);
    return begin_world(r, past ? instant_add(first, -DAY_MS) : from);
}

// ---- the report -------------------------------------------------------------------------------------------

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

// Two mails with one hash are the same to the byte.
static void add_hash(struct record_map *map, struct record mail)
{
    struct buf eml;
    char hex[2 * HASH_LEN + 1];
    buf_init(&eml, MAIL_LEN_MAX);
    mail_compose(mail, &eml, NULL);
    hash_hex(hash_of(buf_text(&eml)), hex);
    record_map_text(map, "sha256", text_of(hex));
    buf_release(&eml);
}

static void put_effect(struct buf *out, struct record effect, size_t number, bool hash)
{
    static const char *const kept[] = {"at", "kind", "event", "flow", "key", "label", "step", "attempt"};
    struct record_map map;
    char file[32];
    record_map_init(&map);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        record_map_value(&map, kept[i], record_get(effect, kept[i]));
    }
    add_args(&map, record_get(effect, "args"));
    if (is_mail(effect)) {
        file_of(number, file);
        record_map_text(&map, "file", text_of(file));
        record_map_bool(&map, "html", true);
        if (hash) add_hash(&map, record_get(effect, "args"));
    }
    record_map_end(&map, out);
}

static void put_effects(struct rehearsal *r, struct buf *out)
{
    size_t n = virtual_history_count(r->world), mails = 0;
    record_put_list(out, n + r->notices_n);
    for (size_t i = 0; i < n; i++) {
        struct record effect = virtual_history(r->world, i);
        mails += is_mail(effect);
        put_effect(out, effect, mails, r->options->want_json);
    }
    buf_add(out, r->notices.data, r->notices.len);
}

static void hand_out_mails(struct rehearsal *r)
{
    size_t n = virtual_history_count(r->world), mails = 0;
    for (size_t i = 0; i < n && r->options->on_mail; i++) {
        struct record effect = virtual_history(r->world, i), mail = record_get(effect, "args");
        struct buf eml, page;
        struct err e = {0};
        char file[32];
        if (!is_mail(effect)) continue;
        buf_init(&eml, MAIL_LEN_MAX);
        buf_init(&page, MAIL_LEN_MAX);
        if (mail_compose(mail, &eml, &e)) buf_addf(&eml, "This mail can't be sent: %s\r\n", e.text);
        mail_preview(mail, TEXT("../index.html"), &page);
        file_of(++mails, file);
        r->options->on_mail(r->options->ctx, file, buf_z(&eml), eml.len, buf_z(&page));
        buf_release(&eml);
        buf_release(&page);
    }
}

static char *history_lines(struct rehearsal *r)
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

struct told {
    struct buf reply;
    struct err error;
};

static void on_told(void *ctx, struct record reply, const struct err *error)
{
    struct told *t = ctx;
    if (error) t->error = *error;
    else buf_add(&t->reply, reply.data, reply.len);
}

// The script's own words (or the plain timeline that usher brings) turn what happened into what people read.
static int tell(struct rehearsal *r, struct record effects, struct told *told)
{
    struct record_map map;
    struct buf request;
    bool own = engine_has_handler(r->engine, (struct text){0}, TEXT("report"));
    record_map_init(&map);
    buf_init(&request, SIZE_MAX / 2);
    record_map_value(&map, "effects", effects);
    record_map_int(&map, "from", r->from.ms);
    record_map_int(&map, "now", r->from.ms);
    record_map_int(&map, "until", virtual_now(r->world).ms);
    record_map_value(&map, "about", r->engine->events->current->about);
    record_map_end(&map, &request);
    virtual_crash_at(r->world, 0);
    engine_call(r->engine, (struct text){0}, own ? TEXT("report") : TEXT("timeline"),
        (struct record){(uint8_t *)request.data, request.len}, on_told, told);
    buf_release(&request);
    int failed = virtual_settle(r->world, &r->error);
    if (!failed && told->error.code) {
        r->error = told->error;
        failed = -(int)told->error.code;
    }
    return failed;
}

static char *copy_text(struct record map, const char *name)
{
    struct text t = record_get_text(map, name);
    return mem_copy(t.data, t.len);
}

static char *json_of(struct rehearsal *r, struct record effects, struct record said)
{
    struct record_map map;
    struct buf whole, text;
    record_map_init(&map);
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

static int report(struct rehearsal *r, struct usher_report *out)
{
    struct told told = {0};
    struct buf bytes;
    buf_init(&told.reply, SIZE_MAX / 2);
    buf_init(&bytes, SIZE_MAX / 2);
    out->boundaries = virtual_boundaries(r->world);
    put_effects(r, &bytes);
    struct record effects = {(uint8_t *)bytes.data, bytes.len};
    int failed = tell(r, effects, &told);
    if (!failed) {
        struct record said = {(uint8_t *)told.reply.data, told.reply.len};
        out->text = copy_text(said, "text");
        out->check = copy_text(said, "check");
        out->html = copy_text(said, "html");
        out->history = history_lines(r);
        out->json = r->options->want_json ? json_of(r, effects, said) : NULL;
        out->from_ms = r->from.ms;
        out->until_ms = virtual_now(r->world).ms;
        out->unsure_n = r->unsure_n;
        hand_out_mails(r);
    }
    buf_release(&told.reply);
    buf_release(&bytes);
    return failed;
}

static int rehearse(struct rehearsal *r, struct usher_report *out)
{
    const struct usher_rehearsal *o = r->options;
    if (installation_open(&r->installation, o->config, &r->error)) return -1;
    installation_add_script(&r->installation, r->script);
    if (begin(r)) return -1;
    struct instant until = instant_add(r->from, has_schedule(r) ? WITH_SCHEDULE_MS : LONGEST_MS);
    if (o->until && moment_option("--until", o->until, &until, &r->error)) return -1;
    if (!o->check_only && play(r, until)) return -1;
    return report(r, out);
}

static struct instant rehearsed_now(void *self)
{
    struct rehearsal *r = self;
    return r->world ? virtual_now(r->world) : live_now();
}

int usher_rehearse(const char *script, const struct usher_rehearsal *options, struct usher_report *out,
    char **error)
{
    struct rehearsal r = {.script = script, .options = options};
    buf_init(&r.notices, SIZE_MAX / 2);
    usher_set_library();
    log_set_level(LOG_ERROR);
    log_set_clock(rehearsed_now, &r);
    *out = (struct usher_report){0};
    int failed = rehearse(&r, out);
    end_world(&r);
    log_set_clock(NULL, NULL);
    buf_release(&r.notices);
    installation_close(&r.installation);
    if (error) *error = failed ? mem_copyz(r.error.text) : NULL;
    int code = err_exit_code(&r.error);
    return failed ? (code ? code : USHER_INPUT) : 0;
}

void usher_report_release(struct usher_report *report)
{
    free(report->text);
    free(report->check);
    free(report->html);
    free(report->history);
    free(report->json);
    *report = (struct usher_report){0};
}
