// SPDX-License-Identifier: MIT
// usher: assembles store, world, Lua and engine into one running usher; the only part that knows them all.
#include "usher.h"

#include "base/log.h"
#include "engine/arrival.h"
#include "engine/ask.h"
#include "engine/engine.h"
#include "engine/sandbox.h"
#include "engine/web.h"
#include "usher/first_login.h"
#include "usher/installation.h"
#include "lua/api.h"
#include "time/when.h"
#include "usher/library.h"
#include "usher/place.h"
#include "usher/planner.h"
#include "world/control_client.h"
#include "world/live.h"
#include "world/live_now.h"
#include "world/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Where practice shows its pages when nothing is configured: the first of these ports that is free.
#define PRACTICE_LISTEN "127.0.0.1:8080"
#define PRACTICE_PORTS 20

struct own_effect {
    struct own_effect *next;
    char *kind;
    usher_effect_begin begin;
    void *ctx;
};

struct usher {
    struct err error;
    struct installation installation, next_installation;
    struct live_settings settings;
    char practice_url[40];
    bool reloading; // next_installation is about to be taken up
    char *database, *control, *config;
    char *only; // as the caller said; NULL: as the configuration says
    char machine[PLACE_TEXT_MAX], file[PLACE_TEXT_MAX];
    char *waiting_mailbox; // not read before the database is adopted
    int64_t waiting_reader;
    char *outbox; // as the caller said; NULL: as the configuration says
    struct store *store;
    struct live *live;
    struct world world; // live's, with `perform` led through this file
    struct world wire;  // live's own
    struct engine *engine;
    struct own_effect *effects;
    struct planner *planner; // NULL: no plans are made beside the engine
    bool watch;
};

// ---- opening ----------------------------------------------------------------------------------------

// The store's thread may have something to say before the loop exists.
static void on_store_answer(void *self)
{
    struct usher *u = self;
    if (u->live) live_store_wake(u->live);
}

// Practice goes on where it stopped: the first start's shift of the clock is kept in the database.
static int restore_shift(struct usher *u, const char *as_if)
{
    struct buf kept;
    int64_t shift = 0;
    buf_init(&kept, 64);
    int failed = store_setting(u->store, "practice", &kept, &u->error);
    bool practised = !failed && record_int((struct record){(uint8_t *)kept.data, kept.len}, &shift);
    buf_release(&kept);
    if (failed) return failed;
    if (!as_if && practised) {
        return err_set(&u->error, ERR_INPUT,
            "%s is a practice database: say --as-if again, or name another --database for the real event",
            u->database);
    }
    if (!as_if) return 0;
    struct store_facts facts;
    if (store_facts(u->store, &facts, &u->error)) return -(int)u->error.code;
    if (!practised && facts.last_script) {
        return err_set(&u->error, ERR_INPUT,
            "%s belongs to the real event, and practice would use up its mails: name another --database",
            u->database);
    }
    struct when when;
    if (when_parse(text_of(as_if), NULL, &when, &u->error)) return err_in(&u->error, "--as-if");
    u->settings.practice = true;
    u->settings.shift_ms = practised ? shift : when.starts.at.ms - live_now().ms;
    return 0;
}

static void on_request(void *self, uint64_t id, struct record request);
static void on_web(void *self, uint64_t id, struct record request);
static size_t on_web_head(void *self, struct text method, struct text path);
static void on_reload(void *self);
static void on_configured(void *self, bool taken);
static void on_stop(void *self, bool at_once);
static void on_mailbox(void *self, const char *mailbox, int64_t reader);
static void on_mail(void *self, const struct mail_arrival *arrival);

// What the installation says into settings; nothing of what an earlier one said stays there.
static int read_settings(struct usher *u, struct installation *in, struct live_settings *settings,
    struct err *e)
{
    settings->outbox = u->outbox;
    settings->web = (struct web_settings){0};
    if (installation_settings(in, settings, e)) return -(int)e->code;
    if (u->settings.practice && !settings->web.listen) { // to try the pages is what practice is for
        settings->web.listen = PRACTICE_LISTEN;
        settings->web.port_tries = PRACTICE_PORTS;
    }
    return 0;
}

static int open_live(struct usher *u, const struct usher_options *o)
{
    u->settings.control = u->control;
    u->settings.ctx = u;
    u->settings.on_request = on_request;
    u->settings.on_web = on_web;
    u->settings.on_web_head = on_web_head;
    u->settings.on_reload = on_reload;
    u->settings.on_configured = on_configured;
    u->settings.on_stop = on_stop;
    u->settings.on_mailbox = on_mailbox;
    u->settings.on_mail = on_mail;
    if (read_settings(u, &u->installation, &u->settings, &u->error)) return -1;
    u->live = live_open(&u->settings, &u->error);
    return u->live ? 0 : -1;
}

// The address that links begin with: as configured, or where practice found a port.
static const char *base_url(struct usher *u)
{
    const char *configured = installation_base_url(&u->installation, NULL);
    if (configured || !u->settings.practice) return configured;
    snprintf(u->practice_url, sizeof u->practice_url, "http://127.0.0.1:%d", live_web_port(u->live));
    return u->practice_url;
}

static void on_perform(void *self, const struct effect *effect);

static struct instant shown_now(void *self)
{
    struct usher *u = self;
    return u->wire.now ? u->wire.now(u->wire.self) : live_now();
}

static void on_adopted(void *self);

// Practice and what is kept in memory only are at home everywhere.
static const char *find_machine(struct usher *u)
{
    const char *id = installation_text(&u->installation, NULL, "machine_id");
    if (u->settings.practice || strcmp(u->database, ":memory:") == 0) return NULL;
    place_machine(id ? id : PLACE_MACHINE_ID, u->machine);
    place_file(u->database, u->file);
    return u->machine;
}

// Also where a mail server is configured: the folder may be of an earlier practice.
static int forget_files(void *self, const struct scrub *words, int64_t *n, struct err *e)
{
    struct usher *u = self;
    return outbox_forget(u->settings.outbox ? u->settings.outbox : "outbox", words, n, e);
}

static int open_engine(struct usher *u)
{
    const char *const *only;
    if (installation_only(&u->installation, u->only, &only, &u->error)) return -1;
    u->wire = *live_world(u->live);
    u->world = u->wire;
    struct engine_options options = {.store = u->store,
        .world = u->world,
        .read_file = installation_read_file,
        .secret = installation_secret,
        .secret_ctx = &u->installation,
        .forget_files = forget_files,
        .forget_ctx = u,
        .practice = u->settings.practice,
        .mail_from = installation_text(&u->installation, "mail", "from"),
        .mail_bounces = installation_text(&u->installation, "mail", "bounces"),
        .mails_an_hour_max = installation_mails_an_hour_max(&u->installation),
        .machine = find_machine(u),
        .file = u->file,
        .only = only,
        .on_adopted = on_adopted,
        .adopted_ctx = u,
        .base_url = base_url(u)};
    options.world.perform = on_perform;
    options.world.performer = u;
    u->engine = engine_new(&options, &u->error);
    if (!u->engine) return -1;
    live_attach(u->live, u->engine);
    if (u->settings.practice) engine_keep_setting(u->engine, "practice", u->settings.shift_ms);
    return 0;
}

// Plans are handed over through the control socket.
static void open_planner(struct usher *u, const struct usher_options *o)
{
    if (o->watch && !u->control)
        log_line(LOG_WARN, "without a control socket no plans can be made: nothing is watched", NULL);
    if (!o->program || !u->control) return;
    u->planner = planner_new(&(struct planner_settings){.live = u->live,
        .engine = u->engine,
        .program = o->program,
        .database = u->database,
        .config = u->config});
    u->watch = o->watch;
    u->engine->options.plan = planner_plan;
    u->engine->options.plan_ctx = u->planner;
}

static void say_mailbox(const struct usher *u)
{
    if (u->settings.practice && u->settings.mailbox.host)
        log_line(LOG_INFO, "practice: the mailbox is not read", NULL);
    if (u->settings.mailbox.host && !u->engine->options.mail_bounces)
        log_line(LOG_INFO, "mail.bounces is not set: bounces are known by what they quote only", NULL);
}

static void say_where_mails_go(const struct usher *u)
{
    const char *outbox = u->settings.outbox ? u->settings.outbox : "outbox";
    if (u->settings.practice)
        log_line(LOG_WARN, "practice: the clock is shifted and mails go to the outbox folder only", "outbox",
            outbox, NULL);
    else if (!u->settings.smtp.host)
        log_line(LOG_WARN, "no mail server is configured: mails go to the outbox folder", "outbox", outbox,
            NULL);
}

static void say_only(const struct usher *u)
{
    struct buf domains;
    buf_init(&domains, 65536);
    for (const char *const *at = u->engine->options.only; at && *at; at++)
        buf_addf(&domains, "%s%s", domains.len ? ", " : "", *at);
    if (domains.len)
        log_line(LOG_WARN, "mails leave to these domains only; others are skipped", "only", buf_z(&domains),
            NULL);
    buf_release(&domains);
}

static void say_where_pages_are(const struct usher *u)
{
    const char *at = u->engine->options.base_url;
    if (u->settings.web.listen)
        log_line(LOG_INFO, "pages", "at", at, "listens", u->settings.web.listen, NULL);
    else // a rehearsal shows links; these mails have none
        log_line(LOG_WARN, "no web address is configured: there are no pages, and mails ask for replies",
            NULL);
}

void usher_set_library(void)
{
    sandbox_set_library(api_open);
}

struct usher *usher_open(const struct usher_options *o)
{
    struct usher *u = mem_alloc(sizeof *u);
    char control[1024];
    usher_set_library();
    log_set_level(o->verbose > 0 ? LOG_DEBUG : o->verbose < 0 ? LOG_ERROR : LOG_INFO);
    log_set_clock(shown_now, u);
    u->config = mem_copyz(o->config);
    u->outbox = mem_copyz(o->outbox);
    u->only = mem_copyz(o->only);
    if (installation_open(&u->installation, o->config, &u->error)) return u;
    const char *database = o->database ? o->database : installation_text(&u->installation, NULL, "database");
    u->database = mem_copyz(database ? database : "usher.db");
    snprintf(control, sizeof control, "%s.sock", u->database);
    bool none = (o->control && !*o->control) || strcmp(u->database, ":memory:") == 0;
    const char *configured = installation_text(&u->installation, NULL, "control");
    u->control = none ? NULL : mem_copyz(o->control ? o->control : configured ? configured : control);
    u->store = store_open(&(struct store_options){.path = u->database,
                              .mode = STORE_THREAD,
                              .wake = on_store_answer,
                              .wake_ctx = u},
        &u->error);
    if (!u->store || restore_shift(u, o->as_if) || open_live(u, o) || open_engine(u)) return u;
    open_planner(u, o);
    say_where_mails_go(u);
    say_only(u);
    say_where_pages_are(u);
    say_mailbox(u);
    return u;
}

void usher_close(struct usher *u)
{
    if (!u) return;
    log_set_clock(NULL, NULL);
    planner_free(u->planner);
    engine_free(u->engine);
    if (u->store) store_close(u->store);
    live_close(u->live);
    installation_close(&u->installation);
    if (u->reloading) installation_close(&u->next_installation);
    while (u->effects) {
        struct own_effect *x = u->effects;
        u->effects = x->next;
        free(x->kind);
        free(x);
    }
    free(u->database);
    free(u->control);
    free(u->config);
    free(u->outbox);
    free(u->only);
    free(u->waiting_mailbox);
    free(u);
}

const char *usher_error(const struct usher *u)
{
    return u->error.text;
}

int usher_failed(const struct usher *u)
{
    return err_exit_code(&u->error);
}

// ---- running ----------------------------------------------------------------------------------------

int usher_load(struct usher *u, const char *path)
{
    if (!u->engine) return usher_failed(u);
    u->error = (struct err){0};
    installation_add_script(&u->installation, path);
    if (!engine_load(u->engine, path, &u->error) && u->watch) planner_watch(u->planner, path, &u->error);
    return usher_failed(u);
}

static void on_unsure_listed(void *ctx, struct record rows, const struct err *error)
{
    (void)ctx;
    char n[24];
    if (error || record_count(rows) == 0) return;
    snprintf(n, sizeof n, "%zu", record_count(rows));
    log_line(LOG_WARN, "mails whose fate is not known wait for a decision: usher unsure", "mails", n, NULL);
}

// What a crash left open should not wait until somebody happens to look.
static void say_unsure(struct usher *u)
{
    struct buf none;
    buf_init(&none, 16);
    record_put_map(&none, 0);
    uint64_t ticket = store_list(u->store, "unsure", (struct record){(uint8_t *)none.data, none.len});
    engine_ask_store(u->engine, ticket, on_unsure_listed, NULL);
    buf_release(&none);
}

int usher_run(struct usher *u)
{
    if (!u->engine) return usher_failed(u);
    say_unsure(u);
    if (u->settings.web.listen && (u->settings.practice || !u->settings.smtp.host))
        first_login_say(u->engine);
    if (live_run(u->live))
        log_line(LOG_WARN,
            "stopped while mails or requests were on their way: they are looked at when usher starts again",
            NULL);
    return 0;
}

int usher_turn(struct usher *u, int64_t max_wait_ms)
{
    return u->engine && live_turn(u->live, max_wait_ms);
}

void usher_stop(struct usher *u)
{
    if (u->live) live_stop(u->live);
}

// ---- effects of the program's own -----------------------------------------------------------------------

static struct own_effect *own_effect(struct usher *u, struct text kind)
{
    for (struct own_effect *x = u->effects; x; x = x->next) {
        if (text_is(kind, x->kind)) return x;
    }
    return NULL;
}

int usher_effect_add(struct usher *u, const char *kind, usher_effect_begin begin, void *ctx)
{
    if (own_effect(u, text_of(kind)))
        return err_set(&u->error, ERR_USAGE, "the effect '%s' was added before", kind), USHER_USAGE;
    struct own_effect *x = mem_alloc(sizeof *x);
    *x = (struct own_effect){u->effects, mem_copyz(kind), begin, ctx};
    u->effects = x;
    return 0;
}

static void begin_own(struct usher *u, const struct effect *effect)
{
    struct own_effect *x = own_effect(u, record_get_text(effect->args, "kind"));
    if (!x) {
        engine_post(u->engine, effect->flow, effect->step, effect->attempt, OUTCOME_AGAIN, (struct record){0},
            TEXT("this program brings no effect of that kind"), 0);
        return;
    }
    struct buf args;
    char id[64];
    buf_init(&args, RECORD_LEN_MAX);
    record_print_json(record_get(effect->args, "args"), &args);
    snprintf(id, sizeof id, "%lld.%d.%d", (long long)effect->flow, effect->step, effect->attempt);
    char *key = mem_copy(effect->key.data, effect->key.len);
    x->begin(x->ctx, id, key, buf_z(&args));
    live_store_wake(u->live); // the program has something to do: usher_turn must not sleep on it
    free(key);
    buf_release(&args);
}

static void on_perform(void *self, const struct effect *effect)
{
    struct usher *u = self;
    if (effect->kind == STEP_KIND_EFFECT) begin_own(u, effect);
    else u->wire.perform(u->wire.self, effect);
}

int usher_effect_done(struct usher *u, const char *id, const char *result_json, const char *error, int again)
{
    long long flow;
    int step, attempt;
    struct buf result;
    if (sscanf(id, "%lld.%d.%d", &flow, &step, &attempt) != 3)
        return err_set(&u->error, ERR_USAGE, "'%s' is no id of an effect", id), USHER_USAGE;
    buf_init(&result, RECORD_LEN_MAX);
    enum outcome outcome = !error ? OUTCOME_OK : again ? OUTCOME_AGAIN : OUTCOME_FAILED;
    if (!error && result_json && record_from_json(text_of(result_json), &result, &u->error)) {
        buf_release(&result);
        return usher_failed(u);
    }
    engine_post(u->engine, flow, step, attempt, outcome, (struct record){(uint8_t *)result.data, result.len},
        text_of(error), 0);
    buf_release(&result);
    return 0;
}

// ---- asking -----------------------------------------------------------------------------------------

struct socket_asker {
    struct usher *u;
    uint64_t id;
};

static void on_socket_reply(void *ctx, struct record reply, const struct err *error)
{
    struct socket_asker *a = ctx;
    (void)error;
    live_reply(a->u->live, a->id, reply);
    free(a);
}

static void on_request(void *self, uint64_t id, struct record request)
{
    struct socket_asker *a = mem_alloc(sizeof *a);
    *a = (struct socket_asker){self, id};
    engine_ask(a->u->engine, request, on_socket_reply, a);
}

static void on_page(void *ctx, struct record response, const struct err *error)
{
    struct socket_asker *a = ctx;
    (void)error; // engine_web makes a page of it
    live_web_reply(a->u->live, a->id, response);
    free(a);
}

static void on_web(void *self, uint64_t id, struct record request)
{
    struct usher *u = self;
    struct socket_asker *a = mem_alloc(sizeof *a);
    *a = (struct socket_asker){u, id};
    engine_web(u->engine, request, on_page, a);
}

static size_t on_web_head(void *self, struct text method, struct text path)
{
    struct usher *u = self;
    return engine_web_body_max(u->engine, method, path);
}

// The new configuration is in force, or the old one stays: the other one's texts are borrowed no more.
static void on_configured(void *self, bool taken)
{
    struct usher *u = self;
    if (taken) {
        struct installation old = u->installation;
        u->installation = u->next_installation;
        u->installation.folders = old.folders;
        old.folders = NULL;
        u->engine->options.mail_from = installation_text(&u->installation, "mail", "from");
        u->engine->options.base_url = base_url(u);
        u->engine->options.only = u->installation.only[0] ? u->installation.only : NULL;
        u->engine->options.mails_an_hour_max = installation_mails_an_hour_max(&u->installation);
        u->engine->options.mail_bounces = installation_text(&u->installation, "mail", "bounces");
        installation_close(&old);
        log_line(LOG_INFO, "the configuration was read again", NULL);
    } else {
        installation_close(&u->next_installation);
    }
    u->reloading = false;
}

// SIGHUP: the mail server, the limits and the allowed networks can change while usher runs.
static void on_reload(void *self)
{
    struct usher *u = self;
    struct err e = {0};
    struct live_settings settings = u->settings;
    if (u->reloading) return;
    const char *const *only;
    if (installation_open(&u->next_installation, u->config, &e) ||
        installation_only(&u->next_installation, u->only, &only, &e) ||
        read_settings(u, &u->next_installation, &settings, &e)) {
        log_line(LOG_ERROR, "the configuration can't be used; the old one stays", "why", e.text, NULL);
        installation_close(&u->next_installation);
        return;
    }
    u->reloading = true;
    live_configure(u->live, &settings);
}

static void on_stop(void *self, bool at_once)
{
    struct usher *u = self;
    (void)at_once;
    if (u->engine) engine_stop(u->engine);
}

// ---- mail that comes in -------------------------------------------------------------------------------

struct mailbox_asker {
    struct usher *u;
    int64_t reader, uid;
};

static struct mailbox_asker *mailbox_asker_new(struct usher *u, int64_t reader, int64_t uid)
{
    struct mailbox_asker *a = mem_alloc(sizeof *a);
    *a = (struct mailbox_asker){u, reader, uid};
    return a;
}

static void on_mailbox_known(void *ctx, struct record cursor, const struct err *error)
{
    struct mailbox_asker *a = ctx;
    if (error) log_line(LOG_ERROR, "up to where the mailbox was read is not known", "why", error->text, NULL);
    else
        live_mailbox_begin(a->u->live, a->reader, record_get_int(cursor, "validity", 0),
            record_get_int(cursor, "uid", 0));
    free(a);
}

// A copy must not take answers away from the original: what comes in is read once the database is adopted.
static void on_mailbox(void *self, const char *mailbox, int64_t reader)
{
    struct usher *u = self;
    if (u->engine->home.state == HOME_AWAY) {
        free(u->waiting_mailbox);
        u->waiting_mailbox = mem_copyz(mailbox);
        u->waiting_reader = reader;
        return;
    }
    engine_mailbox(u->engine, text_of(mailbox), on_mailbox_known, mailbox_asker_new(u, reader, 0));
}

static void on_adopted(void *self)
{
    struct usher *u = self;
    char *mailbox = u->waiting_mailbox;
    u->waiting_mailbox = NULL;
    if (mailbox) on_mailbox(u, mailbox, u->waiting_reader);
    free(mailbox);
}

static void on_mail_settled(void *ctx, struct record reply, const struct err *error)
{
    struct mailbox_asker *a = ctx;
    live_mailbox_settled(a->u->live, a->reader, a->uid, error || record_get_bool(reply, "wanted", true));
    free(a);
}

static void on_mail(void *self, const struct mail_arrival *m)
{
    struct usher *u = self;
    struct arrival arrival = {text_of(m->mailbox), m->validity, m->uid, m->mail, text_of(m->why)};
    engine_arrive(u->engine, &arrival, on_mail_settled, mailbox_asker_new(u, m->reader, m->uid));
}

// On the heap: when the engine stops before it answers, the answer may still come later.
struct own_asker {
    struct usher *u;
    bool answered, abandoned;
    struct buf json;
};

static void own_asker_free(struct own_asker *a)
{
    buf_release(&a->json);
    free(a);
}

static void on_own_reply(void *ctx, struct record reply, const struct err *error)
{
    struct own_asker *a = ctx;
    (void)error;
    a->answered = true;
    if (a->abandoned) {
        own_asker_free(a);
        return;
    }
    record_print_json(reply, &a->json);
    live_store_wake(a->u->live); // the turn that this belongs to must not sleep on it
}

int usher_ask(struct usher *u, const char *request_json, char **answer_json)
{
    if (!u->engine) return usher_failed(u);
    struct buf request;
    u->error = (struct err){0};
    buf_init(&request, RECORD_LEN_MAX);
    if (record_from_json(text_of(request_json), &request, &u->error)) {
        buf_release(&request);
        return usher_failed(u);
    }
    struct own_asker *a = mem_alloc(sizeof *a);
    a->u = u;
    buf_init(&a->json, 256u << 20);
    engine_ask(u->engine, (struct record){(uint8_t *)request.data, request.len}, on_own_reply, a);
    while (!a->answered && live_turn(u->live, 1000)) continue;
    buf_release(&request);
    if (!a->answered) {
        a->abandoned = true;
        err_set(&u->error, ERR_BUSY, "usher stopped before it could answer");
        return usher_failed(u);
    }
    *answer_json = buf_take(&a->json, NULL);
    own_asker_free(a);
    return 0;
}

void usher_free(void *p)
{
    free(p);
}

const char *usher_version(void)
{
    return USHER_VERSION;
}
