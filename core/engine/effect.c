// SPDX-License-Identifier: MIT
// effect: mails and HTTP calls between "asked for" and "over": room, attempts, retries, unknown outcomes.
//
// An effect is begun only after its STARTED row is on disk (a promise of that batch). So after a crash a
// STARTED row without an end means: perhaps it happened. What then is the step's `unsure`:
//   resend  once more, with the same Message-ID or Idempotency-Key
//   ask     a person decides; the step stays UNSURE and the flow waits
//   leave   never again by itself; the script is told {sent = false, unsure = true}
//
// Every way in which an effect begins (a first try, a retry, its turn in a queue, a new life after a crash, a
// person's "send it again") passes the gate (gate.h). What it does not let through now is HELD: a row with
// the reason, not under way and not queued, so a flow costs nothing while it waits for a word.
#include "engine/enclose.h"
#include "engine/engine.h"
#include "engine/gate.h"
#include "engine/guard.h"
#include "engine/hold.h"
#include "engine/script.h"
#include "engine/step.h"

#include "base/log.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_FIRST_MS MINUTE_MS
#define RETRY_MOST_MS HOUR_MS
// How long an effect without a limit of its own is tried.
#define MAIL_TRIED_MS (3 * DAY_MS)
#define HTTP_TRIED_MS DAY_MS
// The last try is made at the limit; a turn of the loop and an fsync may still come before it.
#define EFFECT_GRACE_MS MINUTE_MS

static int queue_of(enum step_kind kind)
{
    return kind == STEP_KIND_MAIL ? 0 : kind == STEP_KIND_HTTP ? 1 : 2;
}

// ---- beginning --------------------------------------------------------------------------------------

static bool has_room(struct engine *g, enum step_kind kind)
{
    return !engine_pauses(g) && g->world.room(g->world.self, kind) > g->beginning[queue_of(kind)];
}

// Only the first row carries what is to be done.
static struct record args_of_row(const struct step *s)
{
    return s->at.ms ? (struct record){0} : s->args;
}

static void start(struct engine *g, struct flow *f, struct step *s)
{
    struct record args = args_of_row(s);
    s->state = STEP_STARTED;
    s->attempt++;
    if (s->attempt == 1) s->begun_at = g->now;
    if (s->attempt == 1 && s->kind == STEP_KIND_MAIL) guard_count(g, f->script->event);
    s->due = (struct instant){0};
    s->under_way = true;
    g->beginning[queue_of(s->kind)]++;
    step_write(g, f, s, args, (struct text){0});
    promise_effect(g, f, s);
}

static void write_held(struct engine *g, struct flow *f, struct step *s, struct text why)
{
    if (s->state == STEP_HELD && text_is(why, s->note)) return; // it is held, and for this reason
    struct record args = args_of_row(s);
    s->state = STEP_HELD;
    s->due = s->late_after;
    s->note = flow_keep(f, why);
    step_write(g, f, s, args, why);
}

// One mail more would be too many for an hour: it and what follows wait until a person has looked.
static void strike(struct engine *g, struct flow *f, struct step *s, struct buf *why)
{
    struct buf told;
    buf_init(&told, GATE_WHY_MAX);
    if (g->options.rehearsal) buf_addz(&told, "the blast guard would hold the event from here on: ");
    guard_strike(g, f->script->event, &told);
    gate_look(g, f, s, why);
    write_held(g, f, s, buf_text(why));
    if (g->options.notice)
        g->options.notice(g->options.notice_ctx, s, f,
            g->options.rehearsal ? buf_text(&told) : buf_text(why));
    buf_release(&told);
}

// True: it must not begin now, and is written down as held.
static bool hold_back(struct engine *g, struct flow *f, struct step *s)
{
    struct buf why;
    bool is_new = s->kind == STEP_KIND_MAIL && s->attempt == 0;
    buf_init(&why, GATE_WHY_MAX);
    if (gate_leads_elsewhere(g, s, &why)) {
        effect_skip(g, f, s, buf_text(&why));
        buf_release(&why);
        return true;
    }
    bool closed = !gate_look(g, f, s, &why);
    if (closed) write_held(g, f, s, buf_text(&why));
    else if (is_new && (closed = guard_is_full(g, f->script->event))) strike(g, f, s, &why);
    buf_release(&why);
    return closed;
}

void effect_begin(struct engine *g, struct flow *f, struct step *s)
{
    if (hold_back(g, f, s)) return;
    f->under_way++;
    if (has_room(g, s->kind)) {
        start(g, f, s);
        return;
    }
    if (!s->at.ms || s->state == STEP_HELD) {
        struct record args = args_of_row(s);
        s->state = STEP_OPEN;
        s->due = (struct instant){0};
        step_write(g, f, s, args, (struct text){0});
    }
    s->queued = true;
    queue_add(&g->queue[queue_of(s->kind)], (struct queued){f->id, s->ord, s->asked_at, g->now});
}

static void give_up(struct engine *g, struct flow *f, struct step *s, struct text note);

// Past its limit nothing is tried any more, whether usher was down, the peer refused it, or there was no
// room.
static bool give_up_late(struct engine *g, struct flow *f, struct step *s)
{
    if (!s->late_after.ms || g->now.ms - EFFECT_GRACE_MS <= s->late_after.ms) return false;
    give_up(g, f, s, text_of(s->note));
    return true;
}

void effect_begin_again(struct engine *g, struct flow *f, struct step *s)
{
    if (!give_up_late(g, f, s)) effect_begin(g, f, s);
}

// The step of an entry, which waits; NULL: no longer.
static struct step *step_of(const struct engine *g, struct queued entry, struct flow **f)
{
    *f = engine_flow(g, entry.flow);
    struct step *s = *f && entry.step <= (*f)->steps_n ? (*f)->steps[entry.step - 1] : NULL;
    return s && s->queued ? s : NULL;
}

static void begin_queued(struct engine *g, struct queued entry)
{
    struct flow *f;
    struct step *s = step_of(g, entry, &f);
    if (!s) return;
    s->queued = false;
    if (f->state > FLOW_WAITING) { // it was stopped meanwhile: nothing of it leaves
        f->under_way--;
        flow_rest(g, f);
        return;
    }
    if (give_up_late(g, f, s)) {
        f->under_way--;
    } else if (hold_back(g, f, s)) {
        f->under_way--;
        flow_make_ready(g, f); // writes its row, and leaves memory
    } else {
        start(g, f, s);
    }
}

static void hold_queued(struct engine *g, const struct queue *q)
{
    for (size_t i = q->first; i < q->n; i++) {
        struct flow *f;
        struct step *s = step_of(g, q->entries[i], &f);
        if (!s || f->state > FLOW_WAITING || !hold_back(g, f, s)) continue;
        s->queued = false; // the queue passes over what is queued no more
        f->under_way--;
        flow_make_ready(g, f);
    }
}

void effect_hold_queued(struct engine *g)
{
    if (!g->gate.closed) return;
    g->gate.closed = false;
    for (size_t k = 0; k < 3; k++) hold_queued(g, &g->queue[k]);
}

size_t effect_waiting(const struct engine *g)
{
    size_t n = 0;
    struct flow *f;
    for (size_t k = 0; k < 3; k++) {
        const struct queue *q = &g->queue[k];
        for (size_t i = q->first; i < q->n; i++) n += step_of(g, q->entries[i], &f) != NULL;
    }
    return n;
}

void effect_fill_room(struct engine *g)
{
    static const enum step_kind kinds[] = {STEP_KIND_MAIL, STEP_KIND_HTTP, STEP_KIND_EFFECT};
    for (size_t k = 0; k < 3; k++) {
        struct queue *q = &g->queue[k];
        while (queue_len(q) > 0 && has_room(g, kinds[k])) begin_queued(g, queue_take_first(q));
    }
}

// ---- making way -----------------------------------------------------------------------------------------

// Who waits for room waits in memory, since room is mostly there within a moment. But a server that takes few
// mails an hour, or none, must not keep everybody else from memory: when others want in, the youngest of a
// long and slow queue go back to disk for about as long as those before them take.
#define QUEUE_KEPT 250
#define QUEUE_SLOW_MS (10 * SECOND_MS)
#define AWAY_MOST_MS HOUR_MS

static bool is_long(const struct engine *g, const struct queue *q)
{
    return g->warm_n >= g->warm_max / 2 && queue_len(q) > QUEUE_KEPT;
}

// Somebody is on disk who could go on now.
static bool others_want_in(const struct engine *g)
{
    return g->ready_more || g->agenda.cold_due.ms <= g->now.ms;
}

static void send_away(struct engine *g, struct flow *f, struct step *s, int64_t away_ms)
{
    if (away_ms < QUEUE_SLOW_MS) away_ms = QUEUE_SLOW_MS;
    if (away_ms > AWAY_MOST_MS) away_ms = AWAY_MOST_MS;
    s->queued = false;
    s->state = STEP_OPEN;
    s->due = instant_add(g->now, away_ms);
    if (s->late_after.ms && s->due.ms > s->late_after.ms) s->due = s->late_after;
    step_write(g, f, s, (struct record){0}, TEXT("too many wait for their turn: looks again later"));
    f->under_way--;
    flow_make_ready(g, f); // writes its row, and leaves memory
}

static void shorten(struct engine *g, struct queue *q)
{
    size_t len = queue_len(q);
    int64_t waited_ms = instant_since(g->now, queue_first(q).since);
    if (waited_ms < QUEUE_SLOW_MS) return;
    while (queue_len(q) > QUEUE_KEPT && batch_rows(g->batch) < BATCH_OPS_MAX) {
        struct queued last = queue_take_last(q);
        struct flow *f;
        struct step *s = step_of(g, last, &f);
        int64_t turn_ms = waited_ms * (int64_t)queue_len(q) / (int64_t)len; // at the pace so far
        if (s && f->state <= FLOW_WAITING) send_away(g, f, s, turn_ms);
    }
}

void effect_make_way(struct engine *g)
{
    if (engine_pauses(g) || !others_want_in(g)) return;
    for (size_t k = 0; k < 3; k++) {
        if (is_long(g, &g->queue[k])) shorten(g, &g->queue[k]);
    }
}

struct instant effect_way_at(const struct engine *g)
{
    struct instant at = INSTANT_NEVER;
    for (size_t k = 0; k < 3 && others_want_in(g); k++) {
        if (!is_long(g, &g->queue[k])) continue;
        struct instant slow = instant_add(queue_first(&g->queue[k]).since, QUEUE_SLOW_MS);
        if (slow.ms > g->now.ms && slow.ms < at.ms) at = slow; // else it is being shortened already
    }
    return at;
}

void effect_unpromise(struct engine *g, int64_t flow, enum step_kind kind, int32_t attempt)
{
    struct flow *f = engine_flow(g, flow);
    g->beginning[queue_of(kind)]--;
    if (f && kind == STEP_KIND_MAIL && attempt == 1) guard_uncount(f->script->event);
}

static void hand_to_world(struct engine *g, struct flow *f, struct step *s, struct record args)
{
    struct effect effect = {.flow = f->id,
        .step = s->ord,
        .attempt = s->attempt,
        .kind = s->kind,
        .event = text_of(f->script->event->name),
        .flow_name = text_of(f->name),
        .flow_key = text_of(f->key),
        .label = text_of(f->label),
        .key = text_of(s->key),
        .at = g->now,
        .due = s->asked_at,
        .args = args};
    g->world.perform(g->world.performer ? g->world.performer : g->world.self, &effect);
}

void effect_perform(struct engine *g, int64_t flow, int32_t ord)
{
    struct flow *f = engine_flow(g, flow);
    if (!f) return;
    struct step *s = f->steps[ord - 1];
    assert(s->batch_n <= g->durable_n); // no byte leaves before the rows that it depends on are on disk
    g->beginning[queue_of(s->kind)]--;
    struct buf args;
    struct err e = {0};
    buf_init(&args, 64u << 20);
    bool hidden = engine_reveal(g, s->args, &args, &e) != 0;
    struct record whole = {(uint8_t *)args.data, args.len};
    if (hidden) engine_post(g, flow, ord, s->attempt, OUTCOME_AGAIN, (struct record){0}, text_of(e.text), 0);
    else if (s->kind == STEP_KIND_MAIL && enclose_is_needed(whole)) enclose(g, f, s, whole);
    else hand_to_world(g, f, s, whole);
    buf_release(&args);
}

// Its flow stays in memory while something of it is under way; another attempt is another mail.
void effect_leave(struct engine *g, int64_t flow, int32_t ord, int32_t attempt, struct record args)
{
    struct flow *f = engine_flow(g, flow);
    struct step *s = f && ord <= f->steps_n ? f->steps[ord - 1] : NULL;
    if (s && s->under_way && s->attempt == attempt) hand_to_world(g, f, s, args);
}

// ---- ending -----------------------------------------------------------------------------------------

static void put_result(struct buf *out, struct step *s, bool sent, bool unsure, struct text why)
{
    struct record_map map;
    record_map_init(&map);
    if (s->kind == STEP_KIND_HTTP) record_map_int(&map, "status", 0);
    else record_map_bool(&map, "sent", sent);
    if (unsure) record_map_bool(&map, "unsure", true);
    if (why.len) record_map_text(&map, sent ? "reply" : "why", why);
    record_map_end(&map, out);
}

static void settle_result(struct engine *g, struct flow *f, struct step *s, enum step_state state, bool sent,
    bool unsure, struct text why)
{
    struct buf value;
    buf_init(&value, 4096);
    put_result(&value, s, sent, unsure, why);
    step_settle(g, f, s, state, (struct record){(uint8_t *)value.data, value.len}, why);
    buf_release(&value);
    if (!sent && g->options.notice) g->options.notice(g->options.notice_ctx, s, f, why);
}

// The first row of an effect says what it was to do, the last one how it ended: they are never one.
void effect_skip(struct engine *g, struct flow *f, struct step *s, struct text why)
{
    if (!s->at.ms) {
        s->state = STEP_OPEN;
        step_write(g, f, s, s->args, (struct text){0});
    }
    settle_result(g, f, s, s->perhaps ? STEP_DONE : STEP_SKIPPED, false, s->perhaps, why);
}

static void settle_sent(struct engine *g, struct flow *f, struct step *s, struct record value,
    struct text note)
{
    struct text reply = record_get_text(value, "reply");
    settle_result(g, f, s, STEP_DONE, true, false, reply.len ? reply : note);
}

// Twice as long each time, up to an hour, and a fifth more or less that this step alone has: 400 mails that
// fail together are not tried again together.
static int64_t retry_pause(struct engine *g, struct flow *f, struct step *s)
{
    int64_t pause = RETRY_FIRST_MS;
    for (int i = 1; i < s->attempt && pause < RETRY_MOST_MS; i++) pause *= 2;
    if (pause > RETRY_MOST_MS) pause = RETRY_MOST_MS;
    struct hash seed = flow_seed(g, f);
    char key[600];
    int n = snprintf(key, sizeof key, "retry %s %d", s->key, s->attempt);
    struct hash h = hash_derive((struct text){(char *)seed.bytes, HASH_LEN}, (struct text){key, (size_t)n});
    int64_t spread = (h.bytes[0] << 8 | h.bytes[1]) % 401 - 200; // per mille
    return pause + pause * spread / 1000;
}

static struct instant tried_until(const struct step *s)
{
    if (s->late_after.ms) return s->late_after;
    struct instant from = s->begun_at.ms ? s->begun_at : s->asked_at; // it may have been held for a week
    return instant_add(from, s->kind == STEP_KIND_MAIL ? MAIL_TRIED_MS : HTTP_TRIED_MS);
}

static void give_up(struct engine *g, struct flow *f, struct step *s, struct text note)
{
    char why[1200];
    int n = snprintf(why, sizeof why, "given up after %d %s, because it would be too late%s%.*s", s->attempt,
        s->attempt == 1 ? "try" : "tries", note.len ? ": " : "", (int)note.len, note.data);
    if ((size_t)n >= sizeof why) n = sizeof why - 1;
    settle_result(g, f, s, s->perhaps ? STEP_DONE : STEP_FAILED, false, s->perhaps,
        (struct text){why, (size_t)n});
}

static void try_again(struct engine *g, struct flow *f, struct step *s, struct text note, int64_t wish_ms)
{
    struct instant until = tried_until(s);
    if (g->now.ms >= until.ms) {
        give_up(g, f, s, note);
        return;
    }
    int64_t pause = retry_pause(g, f, s);
    s->state = STEP_OPEN;
    s->due = instant_add(g->now, wish_ms > pause ? wish_ms : pause);
    if (s->due.ms > until.ms) s->due = until; // one last try at the limit, then it is over
    s->note = flow_keep(f, note);
    step_write(g, f, s, (struct record){0}, note);
}

// A peer that cuts the connection each time must not get the same mail at the speed of the wire: only what a
// dead process left behind is sent again at once.
static void settle_unsure(struct engine *g, struct flow *f, struct step *s, struct text note, bool recovered)
{
    s->state = STEP_UNSURE;
    s->perhaps = true;
    s->note = flow_keep(f, note);
    step_write(g, f, s, (struct record){0}, note);
    if (s->unsure == UNSURE_RESEND && recovered) effect_begin_again(g, f, s);
    else if (s->unsure == UNSURE_RESEND) try_again(g, f, s, note, 0);
    else if (s->unsure == UNSURE_LEAVE) settle_result(g, f, s, STEP_DONE, false, true, note);
    else if (g->options.notice) g->options.notice(g->options.notice_ctx, s, f, note);
}

void effect_outcome(struct engine *g, struct flow *f, struct step *s, enum outcome outcome,
    struct record value, struct text note, int64_t retry_after_ms)
{
    f->under_way--;
    s->under_way = false;
    switch (outcome) {
    case OUTCOME_OK:
        if (s->kind == STEP_KIND_MAIL) settle_sent(g, f, s, value, note);
        else step_settle(g, f, s, STEP_DONE, value, note);
        break;
    case OUTCOME_AGAIN: try_again(g, f, s, note, retry_after_ms); break;
    case OUTCOME_FAILED: settle_result(g, f, s, STEP_FAILED, false, false, note); break;
    case OUTCOME_UNSURE: settle_unsure(g, f, s, note, false); break;
    }
    if (f->state <= FLOW_WAITING) flow_make_ready(g, f); // writes its row, or passes the result on
    else flow_rest(g, f);
}

// Called when a loaded flow has been replayed up to its waits: every STARTED step is another life's.
void effect_recover(struct engine *g, struct flow *f)
{
    for (int32_t i = 0; i < f->steps_n; i++) {
        struct step *s = f->steps[i];
        if (!step_is_effect(s->kind) || s->under_way || s->queued || !s->branch) continue;
        if (s->state == STEP_STARTED) {
            settle_unsure(g, f, s,
                TEXT("usher stopped while it was on its way: perhaps it went out, perhaps not"), true);
        } else if (s->state == STEP_OPEN && !s->due.ms) {
            effect_begin_again(g, f, s);
        } else if (s->state == STEP_UNSURE && s->unsure == UNSURE_RESEND) {
            effect_begin_again(g, f, s); // it waited for room to be sent again
        }
    }
}

// ---- taking back --------------------------------------------------------------------------------------

#define RECALL "!recall"

void engine_recall(struct engine *g, struct text event, struct text flow_name, struct text flow_key,
    struct text why)
{
    char dedup[48];
    struct buf value;
    snprintf(dedup, sizeof dedup, "%lld-%lld", (long long)g->now.ms, (long long)g->last_inbox + 1);
    buf_init(&value, 4096);
    record_put_text(&value, why);
    inbox_signal(g, event, flow_name, flow_key, TEXT(RECALL),
        (struct record){(uint8_t *)value.data, value.len}, text_of(dedup));
    buf_release(&value);
}

// A word from before the mail was asked for was heard when that was decided.
static struct inbox_row *recall_of(struct flow *f, const struct step *s)
{
    for (size_t i = 0; i < f->inbox_n; i++) {
        struct inbox_row *row = &f->inbox[i];
        if (!row->taken_by && row->at.ms >= s->asked_at.ms && text_is(row->name, RECALL)) return row;
    }
    return NULL;
}

bool effect_recalled(struct engine *g, struct flow *f, struct step *s)
{
    bool is_meant = s->kind == STEP_KIND_MAIL || record_get(s->args, "to").data;
    struct inbox_row *row = s->under_way || !is_meant ? NULL : recall_of(f, s);
    struct text why = {0};
    if (!row) return false;
    record_text(row->value, &why);
    row->taken_by = f->id;
    batch_take(g->batch, row->id, f->id, s->ord);
    if (s->queued) f->under_way--; // the queue passes over what is queued no more
    s->queued = false;
    settle_result(g, f, s, s->perhaps ? STEP_DONE : STEP_SKIPPED, false, s->perhaps, why);
    return true;
}

// ---- what is held -------------------------------------------------------------------------------------

static void end_held_too_late(struct engine *g, struct flow *f, struct step *s)
{
    struct buf why;
    buf_init(&why, GATE_WHY_MAX + 64);
    buf_addf(&why, "was held until it was too late: %s", s->note);
    settle_result(g, f, s, s->perhaps ? STEP_DONE : STEP_SKIPPED, false, s->perhaps, buf_text(&why));
    buf_release(&why);
}

void effect_settle_held(struct engine *g, struct flow *f, struct step *s)
{
    if (effect_recalled(g, f, s)) return;
    if (s->late_after.ms && s->late_after.ms <= g->now.ms) end_held_too_late(g, f, s);
    else effect_begin(g, f, s);
}

// When a mail was written is no part of what it says.
static bool is_about_when(struct record key)
{
    struct text name = {0};
    return record_text(key, &name) && (text_is(name, "date") || text_is(name, "offset_min"));
}

static bool next_field(struct record_iter *it)
{
    bool there = record_next(it);
    while (there && is_about_when(it->key)) there = record_next(it);
    return there;
}

static bool same_bytes(struct record a, struct record b)
{
    return a.len == b.len && memcmp(a.data, b.data, a.len) == 0;
}

// Both are canonical, so the same fields come in the same order.
static bool says_the_same(struct record a, struct record b)
{
    struct record_iter left = record_each(a), right = record_each(b);
    for (;;) {
        bool more = next_field(&left);
        if (more != next_field(&right)) return false;
        if (!more) return true;
        if (!same_bytes(left.key, right.key) || !same_bytes(left.value, right.value)) return false;
    }
}

void effect_reword(struct engine *g, struct flow *f, struct step *s, struct record args)
{
    if (s->kind != STEP_KIND_MAIL || s->attempt > 0 || says_the_same(s->args, args)) return;
    s->args = flow_keep_record(f, args);
    step_write(g, f, s, s->args, text_of(s->note));
}

// ---- a person's word ----------------------------------------------------------------------------------

// A person's word comes as an outside fact, so that it is as durable as any other answer. It is about one
// attempt, and the first word on it counts: a second press of "send again" must not send again what is unsure
// once more.
static void name_of_word(char out[32], int32_t ord, int32_t attempt)
{
    snprintf(out, 32, "!unsure:%d:%d", ord, attempt);
}

void engine_decide_unsure(struct engine *g, struct text event, struct text flow_name, struct text flow_key,
    int32_t ord, int32_t attempt, bool again)
{
    char name[32];
    name_of_word(name, ord, attempt);
    struct buf value;
    buf_init(&value, 16);
    record_put_bool(&value, again);
    inbox_signal(g, event, flow_name, flow_key, text_of(name),
        (struct record){(uint8_t *)value.data, value.len}, TEXT("word"));
    buf_release(&value);
}

void effect_settle_unsure(struct engine *g, struct flow *f, struct step *s)
{
    char name[32];
    name_of_word(name, s->ord, s->attempt);
    for (size_t i = 0; i < f->inbox_n; i++) {
        struct inbox_row *row = &f->inbox[i];
        bool again = false;
        if (row->taken_by || !text_is(row->name, name)) continue;
        record_bool(row->value, &again);
        row->taken_by = f->id;
        batch_take(g->batch, row->id, f->id, s->ord);
        if (again) { // open on disk: the word is taken, and there may be no room before the next start
            s->state = STEP_OPEN;
            step_write(g, f, s, (struct record){0}, TEXT("a person says: send it again"));
            effect_begin(g, f, s);
        } else settle_result(g, f, s, STEP_DONE, true, false, TEXT("a person says that it arrived"));
        return;
    }
}
