// SPDX-License-Identifier: MIT
// rehearsal: the whole life of a script in virtual time, by the same engine as live.
#include "usher/rehearsal.h"

#include "base/log.h"
#include "engine/cancel.h"
#include "engine/chunks.h"
#include "engine/reload.h"
#include "engine/script.h"
#include "time/when.h"
#include "usher/crashes.h"
#include "usher/guests.h"
#include "usher/library.h"
#include "usher/saved.h"
#include "world/live_now.h"

#include <stdlib.h>
#include <string.h>

// With recurring work there is always something left to do: a rehearsal then shows this much.
#define WITH_SCHEDULE_MS (35 * DAY_MS)
#define LONGEST_MS (20 * 366 * DAY_MS)

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
    if (o->watch_owners && owners_look(&r->owners, r->engine)) return true;
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

static int open_engine(struct rehearsal *r)
{
    struct engine_options options = {.store = r->store,
        .world = virtual_world(r->world),
        .rehearsal = true,
        .guests = {(const uint8_t *)(r->guests.len ? r->guests.data : NULL), r->guests.len},
        .language = r->options->language,
        .read_file = installation_read_file,
        .secret = installation_secret,
        .secret_ctx = &r->installation,
        .mail_from = installation_text(&r->installation, "mail", "from"),
        .mails_an_hour_max = installation_mails_an_hour_max(&r->installation),
        .approver = r->options->approver,
        .moved = r->moved,
        .several = r->options->then && r->options->then[0],
        .approved = r->approved,
        .base_url = installation_base_url(&r->installation, INSTALLATION_PRACTICE_URL),
        .boundary = virtual_boundary,
        .boundary_ctx = r->world,
        .notice = on_notice,
        .notice_ctx = r};
    options.look_only = r->options->check_only;
    r->engine = engine_new(&options, &r->error);
    if (!r->engine) return -1;
    virtual_attach(r->world, r->engine);
    return 0;
}

static int begin_engine(struct rehearsal *r)
{
    return open_engine(r) || engine_load(r->engine, r->script, &r->error) || story_rejoin(r) ? -1 : 0;
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

static void begin_clock(struct rehearsal *r, struct instant from)
{
    r->from = from;
    r->world = virtual_new(from);
    virtual_limit(r->world, r->per_hour, r->per_minute);
    if (r->options->no_pretending) virtual_no_pretending(r->world);
    virtual_on_idle(r->world, on_idle, r);
    virtual_crash_at(r->world, r->options->crash_at);
}

int rehearsal_open(struct rehearsal *r, struct instant from)
{
    begin_clock(r, from);
    return open_engine(r);
}

int rehearsal_begin(struct rehearsal *r, struct instant from)
{
    begin_clock(r, from);
    r->store = store_open(&(struct store_options){.path = ":memory:", .mode = STORE_INLINE}, &r->error);
    if (!r->store || begin_engine(r)) return -1;
    return 0;
}

void rehearsal_close(struct rehearsal *r)
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

int rehearsal_run(struct rehearsal *r, struct instant until)
{
    for (;;) {
        if (virtual_run(r->world, until, &r->error)) return -1;
        if (*r->owners.first) return err_set(&r->error, ERR_STORAGE, "without an owner: %s", r->owners.first);
        if (!virtual_crashed(r->world)) return 0;
        if (restart(r)) return -1;
    }
}

// The engine is gone for a while, and opened again on what is on disk.
static int be_away(struct rehearsal *r, const struct downtime *d)
{
    engine_free(r->engine);
    r->engine = NULL;
    drain_store(r->store);
    virtual_away(r->world, d->to);
    virtual_revive(r->world);
    return begin_engine(r);
}

static int play_until(struct rehearsal *r, struct instant until)
{
    for (; r->downs_over < r->down.n; r->downs_over++) {
        const struct downtime *d = &r->down.list[r->downs_over];
        if (d->from.ms > until.ms) break;
        if (d->from.ms < virtual_now(r->world).ms) continue;
        if (rehearsal_run(r, instant_add(d->from, -1))) return -1;
        if (virtual_next(r->world).ms == INSTANT_NEVER.ms) return 0;
        if (be_away(r, d)) return -1;
    }
    return rehearsal_run(r, until);
}

static void put_move(const struct rehearsal *r, struct buf *request)
{
    struct record_map map, answers;
    record_map_init(&map);
    record_map_init(&answers);
    record_map_bool(&map, "apply", true);
    record_map_text(&map, "who", TEXT("organiser"));
    if (r->options->edition) record_map_text(&answers, "edition", text_of(r->options->edition));
    record_map_end(&answers, record_map_key(&map, "answers"));
    record_map_end(&map, request);
}

// The event is moved, as by an edit of its date: the same script hears of it (scripts/usher/event.lua).
static int move(struct rehearsal *r)
{
    struct buf request, outline;
    r->moved = r->engine->options.moved = r->options->move + (*r->options->move == '+');
    buf_init(&request, 4096);
    buf_init(&outline, SIZE_MAX / 2);
    put_move(r, &request);
    int failed = engine_reload(r->engine, (struct text){0}, r->script,
        (struct record){(uint8_t *)request.data, request.len}, &outline, &r->error);
    struct record said = {(uint8_t *)outline.data, outline.len};
    if (!failed && !record_get_bool(said, "applied", false))
        failed = err_set(&r->error, ERR_INPUT,
            "a move like this asks for a new edition of the event, or the same: "
            "say --edition new or --edition same");
    buf_release(&request);
    buf_release(&outline);
    return failed;
}

// Somebody in the office says that the event does not take place.
static int cancel(struct rehearsal *r)
{
    struct record_map map, with;
    struct buf request, answer;
    record_map_init(&map);
    record_map_init(&with);
    buf_init(&request, 4096);
    buf_init(&answer, RECORD_LEN_MAX);
    record_map_text(&map, "event", text_of(r->engine->events->name));
    record_map_text(&with, "who", TEXT("office"));
    record_map_close(&with, record_map_key(&map, "with"));
    record_map_end(&map, &request);
    struct record asked = {(uint8_t *)request.data, request.len};
    int failed = engine_cancel(r->engine, asked, &answer, &r->error);
    buf_release(&request);
    buf_release(&answer);
    return failed;
}

// What happens to a life from outside, in order of time.
struct turn {
    struct instant at; // ms == 0: not at all
    int (*act)(struct rehearsal *r);
};

static void add_turn(struct turn *turns, size_t *n, struct instant at, int (*act)(struct rehearsal *r))
{
    size_t i = (*n)++;
    for (; i > 0 && at.ms < turns[i - 1].at.ms; i--) turns[i] = turns[i - 1];
    turns[i] = (struct turn){at, act};
}

int rehearsal_play(struct rehearsal *r, struct instant until)
{
    struct turn turns[2 + STORY_MAX];
    size_t n = 0;
    add_turn(turns, &n, r->moves_at, move);
    add_turn(turns, &n, r->cancel_at, cancel);
    for (size_t i = 0; i < r->story.n; i++) add_turn(turns, &n, r->story.list[i].at, story_join);
    for (size_t i = 0; i < n; i++) {
        if (!turns[i].at.ms || turns[i].at.ms >= until.ms) continue;
        if (play_until(r, turns[i].at)) return -1;
        virtual_set_now(r->world, turns[i].at);
        if (turns[i].act(r)) return -1;
    }
    return play_until(r, until);
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

struct instant rehearsal_horizon(const struct rehearsal *r)
{
    struct instant last = r->story.n ? r->story.list[r->story.n - 1].at : r->from;
    return has_schedule(r) ? instant_add(last, WITH_SCHEDULE_MS) : instant_add(r->from, LONGEST_MS);
}

static int check_approver(const char *how, struct err *e)
{
    if (!how || strcmp(how, "approves") == 0 || strcmp(how, "silent") == 0) return 0;
    return err_set(e, ERR_INPUT, "--approver: what approvers do is approves or silent, not '%.40s'", how);
}

// From now; or, when the script's first moment is past, from a day before it.
static int begin(struct rehearsal *r)
{
    if (check_approver(r->options->approver, &r->error)) return -1;
    struct instant from = live_now();
    from.ms -= from.ms % MINUTE_MS;
    bool asked = r->options->from || r->options->from_ms;
    bool dies = r->options->crash_at > 0 || r->options->on_crash;
    if (r->options->from_ms) from.ms = r->options->from_ms;
    else if (asked && moment_option("--from", r->options->from, &from, &r->error)) return -1;
    if (rehearsal_begin(r, from)) return -1;
    if (asked || r->options->check_only) return 0;
    virtual_crash_at(r->world, 0);
    if (virtual_settle(r->world, &r->error)) return -1;
    struct instant first = r->engine->first_due;
    bool past = first.ms <= from.ms;
    if (!past && !dies) return 0; // what has begun goes on
    rehearsal_close(r);
    return rehearsal_begin(r, past ? instant_add(first, -DAY_MS) : from);
}

// In the process of a life that has crashed: what became of it is all that is asked for.
static _Noreturn void tell_crash(struct rehearsal *r, int failed)
{
    struct usher_crash crash = {.unsure_n = r->unsure_n, .error = r->error.text};
    crash.code = failed ? err_exit_code(&r->error) : 0;
    if (failed && !crash.code) crash.code = USHER_INPUT;
    crash.history = failed ? "" : rehearsal_history(r);
    crashes_tell(r->crashes, &crash);
}

static int play_and_crash(struct rehearsal *r, struct instant until)
{
    r->crashes = crashes_new(r->options->on_crash, r->options->ctx);
    virtual_on_boundary(r->world, crashes_at, r->crashes);
    int failed = rehearsal_play(r, until);
    if (crashes_own(r->crashes)) tell_crash(r, failed);
    virtual_on_boundary(r->world, NULL, NULL);
    return failed ? failed : crashes_end(r->crashes, &r->error);
}

// Their clock is the event's, which the script has said by now.
static int take_downtimes(struct rehearsal *r)
{
    struct record about = r->engine->events->current->about;
    struct text name = record_get_text(about, "zone");
    const struct zone *zone = name.len ? zone_find(name, NULL) : NULL;
    if (!r->options->down) return 0;
    if (downtimes_parse(r->options->down, zone, &r->down, &r->error)) return -1;
    if (r->down.list[0].from.ms >= r->from.ms) return 0;
    return err_set(&r->error, ERR_USAGE,
        "--down: '%s' begins before the rehearsal does: say with --from when it begins", r->options->down);
}

static int take_move(struct rehearsal *r)
{
    const struct usher_rehearsal *o = r->options;
    int64_t ms;
    if (!o->move && !o->at) return 0;
    if (!o->move || !o->at)
        return err_set(&r->error, ERR_USAGE,
            "--move says by how much the event is moved, and --at when: say both");
    const char *span = o->move + (*o->move == '+' || *o->move == '-');
    if (span_elapsed_ms(text_of(span), &ms, &r->error)) return err_in(&r->error, "--move");
    struct when when;
    struct text zone = record_get_text(r->engine->events->current->about, "zone");
    if (when_parse(text_of(o->at), zone.len ? zone_find(zone, NULL) : NULL, &when, &r->error))
        return err_in(&r->error, "--at");
    r->moves_at = when.starts.at;
    return 0;
}

static int take_cancelling(struct rehearsal *r)
{
    struct text name = record_get_text(r->engine->events->current->about, "zone");
    const char *said = r->options->cancel_at;
    struct when when;
    if (!said) return 0;
    if (when_parse(text_of(said), name.len ? zone_find(name, NULL) : NULL, &when, &r->error))
        return err_in(&r->error, "--cancel-at");
    r->cancel_at = when.starts.at;
    return 0;
}

static int take_guests(struct rehearsal *r)
{
    const char *said = r->options->guests;
    return said ? guests_parse(text_of(said), &r->guests, &r->error) : 0;
}

static int rehearse(struct rehearsal *r, struct usher_report *out)
{
    const struct usher_rehearsal *o = r->options;
    if (installation_open(&r->installation, o->config, &r->error)) return -1;
    installation_add_script(&r->installation, r->script);
    for (size_t i = 0; i < r->story.n; i++)
        installation_add_script(&r->installation, r->story.list[i].script);
    installation_mail_limits(&r->installation, &r->per_hour, &r->per_minute);
    if (begin(r)) return -1;
    if (take_downtimes(r) || take_move(r) || take_cancelling(r) || story_plan(r)) return -1;
    struct instant until = rehearsal_horizon(r);
    if (o->until && moment_option("--until", o->until, &until, &r->error)) return -1;
    int failed = 0;
    if (o->on_crash) failed = play_and_crash(r, until);
    else if (!o->check_only) failed = rehearsal_play(r, until);
    return failed ? failed : rehearsal_report(r, out);
}

static struct instant rehearsed_now(void *self)
{
    struct rehearsal *r = self;
    return r->world ? virtual_now(r->world) : live_now();
}

// The same life without downtimes: what differs from it, they have done.
static int play_undisturbed(struct rehearsal *r, struct saved *undisturbed, struct usher_rehearsal *options)
{
    struct usher_rehearsal calm = *options;
    struct usher_report report;
    char *error;
    if (!options->down || options->on_crash || options->check_only) return 0;
    calm.down = NULL;
    calm.crash_at = 0;
    calm.want_saved = 1;
    calm.want_json = 0;
    calm.before = NULL;
    calm.on_mail = NULL;
    calm.on_list = NULL;
    calm.on_person = NULL;
    calm.person = NULL;
    int code = usher_rehearse(r->script, &calm, &report, &error);
    if (code) err_set(&r->error, code == USHER_USAGE ? ERR_USAGE : ERR_INPUT, "%s", error);
    else code = saved_open(undisturbed, text_of(report.saved), &r->error);
    options->from_ms = report.from_ms;
    r->undisturbed = (struct record){(const uint8_t *)undisturbed->lines.data, undisturbed->lines.len};
    usher_report_release(&report);
    free(error);
    return code;
}

// A saved rehearsal says what to compare with, and how to play.
static int take_before(struct rehearsal *r, struct saved *saved, struct usher_rehearsal *options)
{
    if (!options->before) return 0;
    if (saved_open(saved, (struct text){options->before, options->before_len}, &r->error))
        return err_in(&r->error, "--diff");
    saved_options(saved, options);
    r->before = (struct record){(const uint8_t *)saved->lines.data, saved->lines.len};
    return 0;
}

static void end_rehearsal(struct rehearsal *r)
{
    rehearsal_close(r);
    crashes_free(r->crashes);
    log_set_clock(NULL, NULL);
    buf_release(&r->notices);
    buf_release(&r->guests);
    installation_close(&r->installation);
}

int usher_rehearse(const char *script, const struct usher_rehearsal *options, struct usher_report *out,
    char **error)
{
    struct usher_rehearsal own = *options;
    struct rehearsal r = {.script = script, .options = &own};
    struct saved saved = {0}, undisturbed = {0};
    buf_init(&r.notices, SIZE_MAX / 2);
    buf_init(&r.guests, 65536);
    usher_set_library();
    if (!options->check_only) chunks_keep(); // it is loaded anew after a crash, and when its time is past
    *out = (struct usher_report){0};
    int failed = take_before(&r, &saved, &own);
    if (!failed) failed = story_take(&r);
    if (!failed) failed = play_undisturbed(&r, &undisturbed, &own);
    log_set_level(LOG_ERROR);
    log_set_clock(rehearsed_now, &r);
    if (!failed) failed = take_guests(&r);
    if (!failed) failed = rehearse(&r, out);
    end_rehearsal(&r);
    saved_release(&saved);
    saved_release(&undisturbed);
    if (error) *error = failed ? mem_copyz(r.error.text) : NULL;
    int code = err_exit_code(&r.error);
    return failed ? (code ? code : USHER_INPUT) : 0;
}
