// SPDX-License-Identifier: MIT
// The rig's world is the virtual one with two things in between: effects pass a peer that the test may play,
// and every look at the clock first brings the outcomes that are due and waits for a store that has a thread.
#include "engine_rig.h"

#include "engine/reload.h"

#include "engine/web.h"

#include "base/log.h"
#include "lua/api.h"
#include "time/when.h"
#include "time/zone.h"

#include <unistd.h>

struct posted {
    struct posted *next;
    int64_t flow;
    int32_t step, attempt;
    enum outcome outcome;
    const char *note, *value;
};

// ---- texts ------------------------------------------------------------------------------------------

const char *rig_print(struct rig *r, const char *format, ...)
{
    struct buf b;
    va_list ap;
    buf_init(&b, 64u << 20);
    va_start(ap, format);
    buf_vaddf(&b, format, ap);
    va_end(ap);
    char *kept = arena_alloc(&r->memory, b.len + 1);
    memcpy(kept, buf_z(&b), b.len + 1);
    buf_release(&b);
    return kept;
}

static const char *keep(struct rig *r, struct text t)
{
    return rig_print(r, "%.*s", (int)t.len, t.data ? t.data : "");
}

struct instant rig_at(const char *time)
{
    struct when when;
    struct err e = {0};
    char with_zone[96];
    bool has_zone = strchr(time, '/') || strstr(time, "UTC");
    snprintf(with_zone, sizeof with_zone, "%s%s", time, has_zone ? "" : " UTC");
    if (when_parse(text_of(with_zone), NULL, &when, &e)) fail_msg("%s: %s", time, e.text);
    return when.starts.at;
}

const char *rig_time(struct instant at)
{
    static char texts[4][48];
    static int turn;
    char *out = texts[turn++ % 4], wall[WALL_TEXT_MAX];
    struct local local = zone_local(zone_find(TEXT("UTC"), NULL), at);
    snprintf(out, 48, "%s", wall_print(local.wall, wall) + 5);
    return out;
}

void assert_holds_words(const char *text, const char *words)
{
    if (!strstr(text, words)) fail_msg("'%s' is not in: %s", words, text);
}

// ---- the world ----------------------------------------------------------------------------------------

static struct instant on_now(void *self)
{
    struct rig *r = self;
    while (r->posted) {
        struct posted *p = r->posted;
        struct buf value;
        r->posted = p->next;
        buf_init(&value, RECORD_LEN_MAX);
        if (p->value) assert_int_equal(record_from_json(text_of(p->value), &value, NULL), 0);
        engine_post(r->engine, p->flow, p->step, p->attempt, p->outcome,
            (struct record){(uint8_t *)value.data, value.len}, text_of(p->note), 0);
        buf_release(&value);
        free(p);
    }
    if (r->threaded && r->store && store_outstanding(r->store)) store_wait(r->store);
    return virtual_now(r->world);
}

static const char *files_of(struct rig *r, struct record mail)
{
    struct buf all;
    buf_init(&all, 1u << 20);
    for (struct record_iter it = record_each(record_get(mail, "attachments")); record_next(&it);) {
        struct text name = record_get_text(it.value, "name"), data = record_get_text(it.value, "data");
        buf_addf(&all, "%s%.*s=%.*s", all.len ? ", " : "", (int)name.len, name.data, (int)data.len,
            data.data);
    }
    const char *files = keep(r, buf_text(&all));
    buf_release(&all);
    return files;
}

static struct rig_effect *remember(struct rig *r, const struct effect *effect)
{
    struct rig_effect *x = arena_alloc(&r->memory, sizeof *x);
    *x = (struct rig_effect){.at = virtual_now(r->world),
        .flow = keep(r, effect->flow_name),
        .key = keep(r, effect->flow_key),
        .step = keep(r, effect->key),
        .message_id = keep(r, record_get_text(effect->args, "id")),
        .files = files_of(r, effect->args),
        .attempt = effect->attempt};
    *r->effects_end = x;
    r->effects_end = &x->next;
    r->effects_n++;
    return x;
}

static void on_perform(void *self, const struct effect *effect)
{
    struct rig *r = self;
    if (virtual_boundary(r->world)) return; // it dies before the effect leaves
    struct rig_effect *x = remember(r, effect);
    const char *note = "250 fine", *value = NULL;
    enum outcome outcome = r->peer ? r->peer(r->peer_ctx, x, &note, &value) : OUTCOME_OK;
    if (virtual_boundary(r->world)) return; // it has left, and nobody hears how it ended
    struct posted *p = mem_alloc(sizeof *p);
    *p = (struct posted){NULL, effect->flow, effect->step, effect->attempt, outcome, note, value};
    struct posted **at = &r->posted;
    while (*at) at = &(*at)->next;
    *at = p;
}

static void on_wake_at(void *self, struct instant at)
{
    struct rig *r = self;
    r->wire.wake_at(r->wire.self, at);
}

static void on_wake_now(void *self)
{
    struct rig *r = self;
    r->wire.wake_now(r->wire.self);
}

static size_t on_room(void *self, enum step_kind kind)
{
    struct rig *r = self;
    if (r->asked) r->asked(r);
    return r->wire.room(r->wire.self, kind);
}

static void on_cancel(void *self, int64_t flow, int32_t step)
{
    (void)self, (void)flow, (void)step;
}

static void on_notice(void *self, const struct step *step, const struct flow *flow, struct text sentence)
{
    struct rig *r = self;
    buf_addf(&r->notices, "%s/%s %s: %.*s\n", flow->name, flow->key,
        step ? step->key : flow_state_name(flow->state), (int)sentence.len, sentence.data);
}

static int on_read_file(void *self, const char *path, char **data, size_t *len, struct err *e)
{
    struct rig *r = self;
    for (int i = 0; i < RIG_FILES_MAX && r->files[i].name; i++) {
        if (strcmp(path, r->files[i].name) != 0) continue;
        *data = mem_copyz(r->files[i].text);
        *len = strlen(*data);
        return 0;
    }
    return err_set(e, ERR_INPUT, "there is no file %s", path);
}

static int on_secret(void *self, const char *name, struct buf *out, struct err *e)
{
    (void)self, (void)e;
    buf_addf(out, "the value of %s", name);
    return 0;
}

// ---- births and deaths ----------------------------------------------------------------------------------

static void on_log(void *ctx, struct text line)
{
    (void)ctx;
    if (getenv("RIG_LOG")) fprintf(stderr, "%.*s\n", (int)line.len, line.data);
}

// A look reads every unfinished flow, and crowds are asked to do the same thing over and over.
#define CROWD 100
#define CROWD_EVERY 100

static bool on_idle(void *self)
{
    struct rig *r = self;
    if (!r->owners.asked && r->engine->last_flow > CROWD && r->moments++ % CROWD_EVERY) return false;
    bool asked = owners_look(&r->owners, r->engine);
    if (*r->owners.first && !r->may_orphan) fail_msg("without an owner: %s", r->owners.first);
    return asked;
}

struct rig *rig_new(const char *now)
{
    struct rig *r = mem_alloc(sizeof *r);
    sandbox_set_library(api_open);
    log_set_sink(on_log, NULL);
    arena_init(&r->memory);
    buf_init(&r->notices, 64u << 20);
    r->effects_end = &r->effects;
    r->world = virtual_new(rig_at(now));
    virtual_no_pretending(r->world);
    virtual_on_idle(r->world, on_idle, r);
    r->wire = virtual_world(r->world);
    snprintf(r->path, sizeof r->path, ":memory:");
    return r;
}

void rig_write(struct rig *r, const char *name, const char *text)
{
    int i = 0;
    while (i < RIG_FILES_MAX && r->files[i].name && strcmp(r->files[i].name, name) != 0) i++;
    assert_true(i < RIG_FILES_MAX);
    r->files[i] = (struct rig_file){name, text};
}

static void open_store(struct rig *r)
{
    struct err e = {0};
    if (r->store) return;
    if (r->on_disk && !*r->dir) {
        snprintf(r->dir, sizeof r->dir, "/tmp/usher-rig-XXXXXX");
        assert_non_null(mkdtemp(r->dir));
        snprintf(r->path, sizeof r->path, "%s/usher.db", r->dir);
    }
    enum store_mode mode = r->threaded ? STORE_THREAD : STORE_INLINE;
    r->store = store_open(&(struct store_options){.path = r->path, .mode = mode}, &e);
    if (!r->store) fail_msg("%s", e.text);
}

static int load_scripts(struct rig *r, struct err *e)
{
    for (int i = 0; i < RIG_FILES_MAX && r->files[i].name; i++) {
        const char *dot = strrchr(r->files[i].name, '.');
        if (!dot || strcmp(dot, ".lua") != 0) continue;
        if (engine_load(r->engine, r->files[i].name, e)) return -1;
    }
    return 0;
}

const char *rig_try_begin(struct rig *r)
{
    struct err e = {0};
    open_store(r);
    struct engine_options options = {.store = r->store,
        .world = {.self = r,
            .now = on_now,
            .wake_at = on_wake_at,
            .wake_now = on_wake_now,
            .perform = on_perform,
            .room = on_room,
            .cancel = on_cancel},
        .rehearsal = !r->live,
        .read_file = on_read_file,
        .read_ctx = r,
        .secret = on_secret,
        .mail_from = "Office <office@office.example>",
        .base_url = r->base_url,
        .machine = r->machine,
        .file = r->file,
        .only = r->only,
        .practice = r->practice,
        .boundary = virtual_boundary,
        .boundary_ctx = r->world,
        .notice = on_notice,
        .notice_ctx = r};
    r->engine = engine_new(&options, &e);
    if (!r->engine) return rig_print(r, "%s", e.text);
    r->engine->stays_warm_ms = FLOW_STAYS_WARM_MS; // as live: what sleeps is forgotten, and comes back
    r->engine->warm_max = FLOWS_WARM_MAX;
    virtual_attach(r->world, r->engine);
    return load_scripts(r, &e) ? rig_print(r, "%s", e.text) : NULL;
}

void rig_begin(struct rig *r)
{
    const char *refused = rig_try_begin(r);
    if (refused) fail_msg("%s", refused);
}

struct rig *rig_with(const char *now, const char *script)
{
    struct rig *r = rig_new(now);
    rig_write(r, "test.lua", script);
    rig_begin(r);
    return r;
}

// What the dead engine still had at the store is nobody's any more.
static void drain_store(struct store *s)
{
    struct store_answer a;
    while (store_outstanding(s)) {
        store_wait(s);
        while (store_next(s, &a)) {
            if (a.ask == STORE_COMMIT) batch_free(a.batch);
            store_answer_release(&a);
        }
    }
}

void rig_kill(struct rig *r)
{
    r->deaths += r->engine != NULL;
    if (r->power) r->power(false);
    engine_free(r->engine);
    r->engine = NULL;
    if (r->store) drain_store(r->store);
    if (r->on_disk) {
        store_close(r->store);
        r->store = NULL;
    }
    if (r->power) r->power(true);
    virtual_revive(r->world);
    while (r->posted) {
        struct posted *p = r->posted;
        r->posted = p->next;
        free(p);
    }
}

void rig_clock(struct rig *r, const char *time)
{
    virtual_set_now(r->world, rig_at(time));
}

void rig_restart(struct rig *r)
{
    rig_kill(r);
    rig_begin(r);
}

static void remove_folder(struct rig *r)
{
    static const char *const files[] = {"usher.db", "usher.db-wal", "usher.db-shm", "usher.db-journal"};
    char path[160];
    if (!*r->dir) return;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", r->dir, files[i]);
        unlink(path);
    }
    rmdir(r->dir);
}

static size_t looks_n;

static void print_looks(void)
{
    printf("%zu looks at idle moments: nobody was without an owner\n", looks_n);
}

void rig_end(struct rig *r)
{
    if (looks_n == 0) atexit(print_looks);
    looks_n += r->owners.looks;
    if (r->engine) rig_assert_sound(r);
    rig_kill(r);
    if (r->store) store_close(r->store);
    virtual_free(r->world);
    remove_folder(r);
    buf_release(&r->notices);
    arena_release(&r->memory);
    free(r);
}

// ---- running --------------------------------------------------------------------------------------------

static void run_until(struct rig *r, struct instant until)
{
    for (;;) {
        struct err e = {0};
        if (virtual_run(r->world, until, &e)) fail_msg("%s", e.text);
        if (!virtual_crashed(r->world)) return;
        rig_kill(r);
        while (rig_try_begin(r)) fail_msg("it does not begin again after a crash");
    }
}

void rig_run(struct rig *r)
{
    run_until(r, rig_at("2099-01-01 00:00"));
}

void rig_run_until(struct rig *r, const char *time)
{
    run_until(r, rig_at(time));
    if (virtual_now(r->world).ms < rig_at(time).ms) rig_clock(r, time);
}

void rig_settle(struct rig *r)
{
    run_until(r, virtual_now(r->world));
}

// ---- looking --------------------------------------------------------------------------------------------

const char *rig_list(struct rig *r, const char *what, const char *args)
{
    struct buf request, json;
    struct store_answer a;
    buf_init(&request, 65536);
    buf_init(&json, 256u << 20);
    assert_int_equal(record_from_json(text_of(args), &request, NULL), 0);
    uint64_t ticket = store_list(r->store, what, (struct record){(uint8_t *)request.data, request.len});
    store_wait(r->store);
    assert_true(store_next(r->store, &a));
    assert_int_equal(a.ticket, ticket);
    if (a.error.code) fail_msg("%s", a.error.text);
    record_print_json(a.list, &json);
    const char *text = rig_print(r, "%s", buf_z(&json));
    store_answer_release(&a);
    buf_release(&request);
    buf_release(&json);
    return text;
}

// The rows of a list, as records that live as long as the rig.
static struct record rows_of(struct rig *r, const char *what, const char *args)
{
    struct buf rows;
    buf_init(&rows, 256u << 20);
    assert_int_equal(record_from_json(text_of(rig_list(r, what, args)), &rows, NULL), 0);
    uint8_t *kept = arena_alloc(&r->memory, rows.len);
    memcpy(kept, rows.data, rows.len);
    struct record all = {kept, rows.len};
    buf_release(&rows);
    return all;
}

// The flow's row; data == NULL when there is none.
static struct record flow_of(struct rig *r, const char *flow, const char *key)
{
    struct record rows = rows_of(r, "flows", rig_print(r, "{\"name\":\"%s\",\"key\":\"%s\"}", flow, key));
    struct record_iter it = record_each(rows);
    return record_next(&it) ? it.value : (struct record){0};
}

const char *rig_state(struct rig *r, const char *flow, const char *key)
{
    struct record row = flow_of(r, flow, key);
    return row.data ? keep(r, record_get_text(row, "state")) : "none";
}

const char *rig_why(struct rig *r, const char *flow, const char *key)
{
    return keep(r, record_get_text(flow_of(r, flow, key), "why"));
}

const char *rig_result(struct rig *r, const char *flow, const char *key)
{
    struct buf json;
    struct record result = record_get(flow_of(r, flow, key), "result");
    if (!result.data) return "null";
    buf_init(&json, RECORD_LEN_MAX);
    record_print_json(result, &json);
    const char *text = rig_print(r, "%s", buf_z(&json));
    buf_release(&json);
    return text;
}

const char *rig_history(struct rig *r, const char *flow, const char *key)
{
    int64_t id = record_get_int(flow_of(r, flow, key), "id", 0);
    struct record rows = rows_of(r, "history",
        rig_print(r, "{\"flow\":%lld,\"limit\":10000}", (long long)id));
    const char *text = "";
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct text state = record_get_text(it.value, "state"), step = record_get_text(it.value, "key");
        struct text note = record_get_text(it.value, "note");
        bool plain = text_is(state, "open") || text_is(state, "started") || text_is(state, "done");
        text = rig_print(r, "%s%.*s %.*s%s%.*s\n", text, (int)step.len, step.data, (int)state.len, state.data,
            plain ? "" : ": ", plain ? 0 : (int)note.len, note.data);
    }
    return text;
}

const char *rig_effects(struct rig *r)
{
    const char *text = "";
    for (struct rig_effect *x = r->effects; x; x = x->next) {
        text = rig_print(r, "%s%s %s %s", text, rig_time(x->at), x->key, x->step);
        text = x->attempt > 1 ? rig_print(r, "%s (try %d)\n", text, x->attempt) : rig_print(r, "%s\n", text);
    }
    return text;
}

const char *rig_notices(struct rig *r)
{
    return buf_z(&r->notices);
}

int64_t rig_count(struct rig *r, const char *state)
{
    struct record rows = rows_of(r, "counts", "{}");
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        if (text_is(record_get_text(it.value, "state"), state)) return record_get_int(it.value, "n", 0);
    }
    return 0;
}

void rig_assert_sound(struct rig *r)
{
    const char *findings = rig_list(r, "fsck", "{}");
    if (strcmp(findings, "[]") != 0) fail_msg("forgotten: %s", findings);
}

// ---- calling --------------------------------------------------------------------------------------------

struct called {
    struct rig *rig;
    const char *reply;
};

static void on_reply(void *ctx, struct record reply, const struct err *error)
{
    struct called *c = ctx;
    struct buf json;
    buf_init(&json, RECORD_LEN_MAX);
    if (error) buf_addf(&json, "error: %s", error->text);
    else record_print_json(reply, &json);
    c->reply = rig_print(c->rig, "%s", buf_z(&json));
    buf_release(&json);
}

const char *rig_call(struct rig *r, const char *handler, const char *request)
{
    return rig_call_in(r, NULL, handler, request);
}

const char *rig_reload(struct rig *r, const char *name, const char *text, const char *request)
{
    struct buf asked, outline, json;
    struct err e = {0};
    rig_write(r, name, text);
    buf_init(&asked, RECORD_LEN_MAX);
    buf_init(&outline, SIZE_MAX / 2);
    buf_init(&json, SIZE_MAX / 2);
    assert_int_equal(record_from_json(text_of(request ? request : "{\"apply\": true}"), &asked, NULL), 0);
    struct record with = {(uint8_t *)asked.data, asked.len};
    int failed = engine_reload(r->engine, (struct text){0}, name, with, &outline, &e);
    if (!failed) record_print_json((struct record){(uint8_t *)outline.data, outline.len}, &json);
    const char *said = failed ? rig_print(r, "error: %s", e.text) : keep(r, buf_text(&json));
    buf_release(&asked);
    buf_release(&outline);
    buf_release(&json);
    rig_settle(r);
    return said;
}

const char *rig_call_in(struct rig *r, const char *event, const char *handler, const char *request)
{
    struct called c = {.rig = r};
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    assert_int_equal(record_from_json(text_of(request), &bytes, NULL), 0);
    engine_call(r->engine, text_of(event), text_of(handler),
        (struct record){(uint8_t *)bytes.data, bytes.len}, on_reply, &c);
    buf_release(&bytes);
    rig_settle(r);
    return c.reply ? c.reply : "(no reply: the engine died)";
}

static const char *first_cookie(struct rig *r, struct record response)
{
    struct record_iter it = record_each(record_get(response, "cookies"));
    struct text cookie = {0};
    if (!record_next(&it) || !record_text(it.value, &cookie)) return "";
    const char *end = memchr(cookie.data, ';', cookie.len);
    return keep(r, (struct text){cookie.data, end ? (size_t)(end - cookie.data) : cookie.len});
}

// "303 /thanks", "200 body", "404: its sentence".
static void on_response(void *ctx, struct record response, const struct err *error)
{
    struct called *c = ctx;
    c->rig->cookie = first_cookie(c->rig, response);
    int status = (int)record_get_int(response, "status", 0);
    struct text body = record_get_text(response, "body"), note = record_get_text(response, "note");
    struct text location = record_get_text(record_get(response, "headers"), "location");
    if (location.len) body = location;
    if (error) c->reply = rig_print(c->rig, "error: %s", error->text);
    else if (note.len) c->reply = rig_print(c->rig, "%d: %.*s", status, (int)note.len, note.data);
    else c->reply = rig_print(c->rig, "%d %.*s", status, (int)body.len, body.data ? body.data : "");
}

const char *rig_visit(struct rig *r, const char *method, const char *path, const char *more)
{
    struct called c = {.rig = r};
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    const char *json = rig_print(r, "{\"method\": \"%s\", \"path\": \"%s\"%s%s", method, path,
        more ? ", " : "", more ? more + strspn(more, " {") : "}");
    assert_int_equal(record_from_json(text_of(json), &bytes, NULL), 0);
    engine_web(r->engine, (struct record){(uint8_t *)bytes.data, bytes.len}, on_response, &c);
    buf_release(&bytes);
    rig_settle(r);
    return c.reply ? c.reply : "(no reply: the engine died)";
}

const char *rig_with_cookie(struct rig *r, const char *cookie, const char *more)
{
    const char *end = strchr(cookie, '=');
    if (!end) return more;
    return rig_print(r, "{\"cookies\": {\"%.*s\": \"%s\"}%s%s", (int)(end - cookie), cookie, end + 1,
        more ? ", " : "", more ? more + strspn(more, " {") : "}");
}
