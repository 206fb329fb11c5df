// SPDX-License-Identifier: MIT
// step: asks are answered by the journal or opened as new facts. See step.h.
#include "engine/step.h"

#include "base/log.h"
#include "engine/edit.h"
#include "engine/engine.h"
#include "engine/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A flow that asks for more than this is held with a message; history must never block work.
#define STEPS_MAX 10000
#define KEY_MAX 512
// "never" and "on time" still allow this much: a turn of the loop and an fsync.
#define GRACE_MS (60 * SECOND_MS)

bool step_is_pure(enum step_kind kind)
{
    return kind == STEP_KIND_DECIDE || kind == STEP_KIND_START || kind == STEP_KIND_SIGNAL;
}

bool step_is_effect(enum step_kind kind)
{
    return kind == STEP_KIND_MAIL || kind == STEP_KIND_HTTP || kind == STEP_KIND_EFFECT;
}

bool step_is_over(const struct step *s)
{
    return s->state == STEP_DONE || s->state == STEP_FAILED || s->state == STEP_SKIPPED ||
           s->state == STEP_CANCELLED;
}

// ---- keys -----------------------------------------------------------------------------------------

// branch path | kind : name / subject, and #n when this flow asks for the same a second time.
// Answers its length, or 0 when it is too long; *times says how often this key was asked before.
static size_t write_key(char key[KEY_MAX], const struct branch *b, enum step_kind kind, struct text name,
    struct text subject, int64_t *id, uintptr_t *times)
{
    int n = snprintf(key, KEY_MAX, "%s%s%s:%.*s%s%.*s", b->path, *b->path ? "|" : "", step_kind_name(kind),
        (int)name.len, name.data, subject.len ? "/" : "", (int)subject.len, subject.data ? subject.data : "");
    if (n < 0 || n >= KEY_MAX - 12) return 0;
    *id = (int64_t)hash_sum(0, (struct text){key, (size_t)n}) | 1; // 0 means empty to a map
    *times = (uintptr_t)map_find(&b->flow->repeats, *id);
    if (*times > 0) n += snprintf(key + n, KEY_MAX - (size_t)n, "#%zu", (size_t)*times + 1);
    return (size_t)n;
}

const char *step_next_key(struct branch *b, enum step_kind kind, struct text name, struct text subject)
{
    static char key[KEY_MAX];
    int64_t id;
    uintptr_t times;
    key[write_key(key, b, kind, name, subject, &id, &times)] = 0;
    return key;
}

static const char *make_key(struct branch *b, enum step_kind kind, struct text name, struct text subject)
{
    char key[KEY_MAX];
    int64_t id;
    uintptr_t times;
    size_t n = write_key(key, b, kind, name, subject, &id, &times);
    if (n == 0) return NULL;
    map_put(&b->flow->repeats, id, (void *)(times + 1));
    return flow_keep(b->flow, (struct text){key, n});
}

static void diverged(struct engine *g, struct flow *f, const struct step *s, const char *key, int32_t line)
{
    char why[1024];
    snprintf(why, sizeof why,
        "step %d was '%s' (line %d) when it first ran, and now the script asks for '%s' (line %d)", s->ord,
        s->key, s->line, key, line);
    flow_stop(g, f, FLOW_DIVERGED, why);
}

// ---- asking ---------------------------------------------------------------------------------------

// The journal's step at this place of the order of asking, when it has one and the key is the same.
static struct step *replayed_step(struct engine *g, struct branch *b, const char *key, int32_t line)
{
    struct flow *f = b->flow;
    struct step *s = f->asks[f->asked];
    if (strcmp(s->key, key) != 0) {
        diverged(g, f, s, key, line);
        return NULL;
    }
    f->asked++;
    s->branch = b;
    return s;
}

// The same step, and the moment has moved: other zone rules. What has passed stays; what is pending is armed
// anew.
static void rearm(struct engine *g, struct flow *f, struct step *s, const struct ask *ask)
{
    bool pending = s->state == STEP_OPEN && (s->kind == STEP_KIND_DUE || s->kind == STEP_KIND_FIRST);
    if (f->edit || !pending || s->due.ms == ask->due.ms) return;
    s->due = ask->due;
    s->note = flow_keep(f, ask->note);
    step_write(g, f, s, (struct record){0}, ask->note);
    log_line(LOG_DEBUG, "a pending moment moves", "name", f->name, "key", f->key, "step", s->key, "to",
        s->note, NULL);
}

static struct step *new_step(struct flow *f, const struct ask *ask, const char *key, struct branch *b)
{
    struct step *s = flow_alloc(f, sizeof *s);
    s->ord = f->steps_n + 1;
    s->kind = ask->kind;
    s->key = key;
    s->line = ask->line;
    s->branch = b;
    s->note = "";
    flow_add_step(f, s);
    flow_add_ask(f, s);
    f->asked++;
    return s;
}

// The same step under the name that it had: what `was` says.
static struct step *find_by_old_name(struct branch *b, const struct ask *ask)
{
    char key[KEY_MAX];
    int64_t id;
    uintptr_t times;
    if (!ask->was.len) return NULL;
    size_t n = write_key(key, b, ask->kind, ask->was, ask->subject, &id, &times);
    key[n] = 0;
    return n ? edit_unasked(b->flow, key) : NULL;
}

// An edit left this step behind, and now it is asked for after all: what is known of it holds.
static void adopt(struct engine *g, struct branch *b, struct step *s, const struct ask *ask, const char *key)
{
    struct flow *f = b->flow;
    edit_take_unasked(f, s);
    f->asked++;
    s->branch = b;
    if (f->edit) {
        edit_known(b, s, key);
        return;
    }
    s->says_key = strcmp(s->key, key) != 0;
    s->key = key;
    if (step_is_over(s) && !step_is_pure(s->kind)) {
        s->dseq = ++f->dseq;
        flow_add_ended(f, s);
    }
    if (step_is_effect(s->kind) && s->state == STEP_OPEN) {
        effect_begin_again(g, f, s);
        return;
    }
    if (s->state == STEP_HELD) effect_reword(g, f, s, ask->args);
    if (s->state == STEP_OPEN) {
        s->due = ask->due;
        s->note = flow_keep(f, ask->note);
    }
    step_write(g, f, s, (struct record){0}, text_of(s->note));
}

// What the script said about a step and the journal does not keep, because the script says it again.
static void remember_ask(struct step *s, const struct ask *ask)
{
    s->late_after = ask->late_after;
    s->unsure = ask->unsure;
    s->members = ask->members;
    s->members_n = ask->members_n;
    // An effect with no limit of its own dies with the moment that it was sent for.
    if (step_is_effect(s->kind) && !s->late_after.ms) s->late_after = s->branch->give_up;
}

static bool may_ask(struct engine *g, struct flow *f)
{
    if (f->state > FLOW_WAITING) return false;
    if (f->asked < STEPS_MAX) return true;
    flow_stop(g, f, FLOW_HELD,
        "it has taken 10,000 steps, which is the limit: recurring work belongs into a schedule");
    return false;
}

// An answer that stands in the journal; NULL: there is none, or *refused.
struct step *step_known(struct engine *g, struct branch *b, enum step_kind kind, struct text name,
    struct text subject, int32_t line, bool *refused)
{
    struct flow *f = b->flow;
    struct ask ask = {.kind = kind, .name = name, .subject = subject, .line = line};
    struct step *s = NULL;
    *refused = !may_ask(g, f);
    if (*refused) return NULL;
    if (f->asked < f->replayed) {
        const char *key = make_key(b, kind, name, subject);
        s = key ? replayed_step(g, b, key, line) : NULL;
        *refused = !s;
    } else if ((s = edit_unasked(f, step_next_key(b, kind, name, subject)))) {
        adopt(g, b, s, &ask, make_key(b, kind, name, subject));
    } else if (f->edit && edit_stops(f)) {
        *refused = !edit_edge(b, &ask, make_key(b, kind, name, subject));
    }
    if (s) b->now = s->at;
    return s;
}

static void open_step(struct engine *g, struct flow *f, struct step *s, const struct ask *ask)
{
    s->asked_at = g->now;
    s->due = ask->due;
    s->note = flow_keep(f, ask->note);
    if (step_is_pure(s->kind)) {
        s->state = ask->failed ? STEP_FAILED : STEP_DONE;
        s->value = flow_keep_record(f, ask->value);
        step_write(g, f, s, s->value, ask->note);
        s->branch->now = g->now;
    } else if (step_is_effect(s->kind)) {
        s->args = flow_keep_record(f, ask->args);
        if (edit_skips(f, s->key)) effect_skip(g, f, s, TEXT("was left out when the script changed"));
        else effect_begin(g, f, s);
    } else {
        s->state = STEP_OPEN;
        step_write(g, f, s, ask->args, ask->note);
        if (s->kind == STEP_KIND_DUE && instant_before(s->due, g->first_due)) g->first_due = s->due;
    }
}

// By its place, as long as the journal has an order; then by its key; then it is new.
static struct step *find_or_make(struct engine *g, struct branch *b, const struct ask *ask, const char *key)
{
    struct flow *f = b->flow;
    struct step *s = NULL;
    if (f->asked < f->replayed) {
        s = replayed_step(g, b, key, ask->line);
        if (s) remember_ask(s, ask);
        if (s && s->state == STEP_HELD) effect_reword(g, f, s, ask->args);
        else if (s) rearm(g, f, s, ask);
        if (s && step_is_pure(s->kind)) b->now = s->at;
        return s;
    }
    if ((s = edit_unasked(f, key)) || (s = find_by_old_name(b, ask))) {
        s->branch = b;
        remember_ask(s, ask);
        adopt(g, b, s, ask, key);
        return s;
    }
    if (f->edit) return edit_edge(b, ask, key);
    s = new_step(f, ask, key, b);
    remember_ask(s, ask);
    open_step(g, f, s, ask);
    g->steps_done++;
    return s;
}

struct step *step_ask(struct engine *g, struct branch *b, const struct ask *ask)
{
    struct flow *f = b->flow;
    if (!may_ask(g, f)) return NULL;
    const char *key = make_key(b, ask->kind, ask->name, ask->subject);
    if (!key) {
        flow_stop(g, f, FLOW_FAILED,
            "the name of a step, with its branch and its subject, is longer than 500 bytes");
        return NULL;
    }
    struct step *s = find_or_make(g, b, ask, key);
    if (s && !step_is_pure(s->kind)) {
        b->state = BRANCH_AT_STEP;
        b->step = s;
    }
    return s;
}

// ---- rows -----------------------------------------------------------------------------------------

void step_write(struct engine *g, struct flow *f, struct step *s, struct record value, struct text note)
{
    bool first = s->at.ms == 0;
    s->at = g->now;
    s->batch_n = f->batch_n = g->batch_n;
    struct journal_row row = {.flow = f->id,
        .n = ++f->rows,
        .step = s->ord,
        .state = s->state,
        .kind = s->kind,
        .key = first || s->says_key ? text_of(s->key) : (struct text){0},
        .line = first ? s->line : 0,
        .dseq = s->dseq,
        .attempt = s->attempt,
        .at = g->now,
        .due = s->due,
        .note = note,
        .value = value};
    s->says_key = false;
    batch_journal(g->batch, &row);
}

void step_settle(struct engine *g, struct flow *f, struct step *s, enum step_state state, struct record value,
    struct text note)
{
    s->state = state;
    s->due = (struct instant){0};
    s->value = flow_keep_record(f, value);
    s->note = flow_keep(f, note);
    s->dseq = ++f->dseq;
    flow_add_ended(f, s);
    step_write(g, f, s, value, note);
    flow_make_ready(g, f);
}

// ---- moments and answers ----------------------------------------------------------------------------

static void put_late(struct buf *out, int64_t ms)
{
    int64_t minutes = ms / MINUTE_MS;
    if (minutes >= 2880) buf_addf(out, "%lld days", (long long)(minutes / 1440));
    else if (minutes >= 60)
        buf_addf(out, "%lld h %lld min", (long long)(minutes / 60), (long long)(minutes % 60));
    else buf_addf(out, "%lld min", (long long)minutes);
}

// On time, or skipped with the reason; the decision is a row, so a replay can't decide otherwise.
static void settle_due_step(struct engine *g, struct flow *f, struct step *s)
{
    bool late = s->late_after.ms && g->now.ms - GRACE_MS > s->late_after.ms;
    struct buf value, note;
    buf_init(&value, 64);
    buf_init(&note, 256);
    record_put_bool(&value, !late);
    if (late) {
        buf_addz(&note, "skipped: ");
        put_late(&note, instant_since(g->now, s->due));
        buf_addz(&note, " late, which is later than allowed");
    }
    struct instant due = s->due;
    step_settle(g, f, s, late ? STEP_SKIPPED : STEP_DONE, (struct record){(uint8_t *)value.data, value.len},
        buf_text(&note));
    if (late && g->options.notice) {
        s->due = due;
        g->options.notice(g->options.notice_ctx, s, f, buf_text(&note));
        s->due = (struct instant){0};
    }
    buf_release(&value);
    buf_release(&note);
}

// The earliest logical time wins: a moment's is its due, an answer's when it was received; then the name.
struct candidate {
    const struct member *member;
    struct inbox_row *answer;
    struct instant at;
};

static bool earlier(const struct candidate *a, const struct candidate *b)
{
    if (!b->member) return true;
    if (a->at.ms != b->at.ms) return a->at.ms < b->at.ms;
    return strcmp(a->member->name, b->member->name) < 0;
}

static struct candidate find_winner(struct engine *g, struct flow *f, struct step *s)
{
    struct candidate best = {0};
    for (size_t i = 0; i < s->members_n; i++) {
        const struct member *m = &s->members[i];
        struct candidate c = {m, NULL, m->due};
        if (!m->signal && m->due.ms <= g->now.ms && earlier(&c, &best)) best = c;
        for (size_t k = 0; m->signal && k < f->inbox_n; k++) {
            struct inbox_row *row = &f->inbox[k];
            if (row->taken_by || !text_is(row->name, m->signal)) continue;
            c = (struct candidate){m, row, row->at};
            if (earlier(&c, &best)) best = c;
        }
    }
    return best;
}

static void settle_first_step(struct engine *g, struct flow *f, struct step *s)
{
    struct candidate won = find_winner(g, f, s);
    if (!won.member) return;
    struct record_map map;
    record_map_init(&map);
    record_map_text(&map, "m", text_of(won.member->name));
    if (won.answer) record_map_value(&map, "v", won.answer->value);
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    record_map_end(&map, &value);
    step_settle(g, f, s, STEP_DONE, (struct record){(uint8_t *)value.data, value.len},
        text_of(won.member->name));
    if (won.answer) { // taken in the same commit as the result: an answer can't be lost in between
        won.answer->taken_by = f->id;
        batch_take(g->batch, won.answer->id, f->id, s->ord);
    }
    buf_release(&value);
}

void step_settle_due(struct engine *g, struct flow *f)
{
    for (struct branch *b = f->first_branch; b; b = b->next) {
        struct step *s = b->step;
        if (b->state == BRANCH_AT_STEP && s->state == STEP_UNSURE) effect_settle_unsure(g, f, s);
        if (b->state == BRANCH_AT_STEP && s->state == STEP_HELD) effect_settle_held(g, f, s);
        if (b->state != BRANCH_AT_STEP || s->state != STEP_OPEN) continue;
        bool passed = s->due.ms && s->due.ms <= g->now.ms;
        if (s->kind == STEP_KIND_FIRST) settle_first_step(g, f, s);
        else if (step_is_effect(s->kind)) {
            if (!effect_recalled(g, f, s) && passed && !s->queued) effect_begin_again(g, f, s);
        } else if (passed && s->kind == STEP_KIND_DUE) settle_due_step(g, f, s);
        else if (passed) step_settle(g, f, s, STEP_DONE, (struct record){0}, (struct text){0});
    }
}

static struct instant looked_at(const struct step *s)
{
    if (s->state == STEP_HELD) return s->late_after; // the script may have moved it since the row was made
    return s->state == STEP_OPEN && !s->queued ? s->due : (struct instant){0};
}

struct instant step_next_due(const struct flow *f)
{
    struct instant next = {0};
    for (const struct branch *b = f->first_branch; b; b = b->next) {
        struct instant due = b->state == BRANCH_AT_STEP ? looked_at(b->step) : (struct instant){0};
        if (due.ms && (!next.ms || due.ms < next.ms)) next = due;
    }
    return next;
}
