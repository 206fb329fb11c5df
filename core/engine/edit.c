// SPDX-License-Identifier: MIT
#include "engine/edit.h"

#include "engine/book.h"
#include "engine/engine.h"
#include "engine/script.h"
#include "engine/step.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// So far a trial looks behind an edge: more made-up answers would only show what a loop does with them.
#define MADE_UP_MAX 200

const char *edit_fate_name(enum edit_fate fate)
{
    switch (fate) {
#define X(name, text) \
    case EDIT_##name: return text;
        EDIT_FATES(X)
#undef X
    }
    return "unknown";
}

// Where a branch stopped: what it asked for there.
struct edge {
    struct edge *next;
    const char *key;
    int32_t line;
};

struct renamed {
    struct renamed *next;
    int32_t ord;
    const char *key;
};

// A mail or call of the second look. `past`: something that is known comes after it in its branch, or in one
// that began behind it.
struct made_up {
    struct made_up *next;   // of the trial
    struct made_up *before; // of its branch and those that this one came from
    const struct step *step;
    bool past;
};

struct edit {
    struct engine *g;
    struct script *anew;
    const struct loaded_flow *from;
    struct record input; // what the new version declares for it; not there: as it was
    const struct edit_answers *answers;
    bool beyond; // the second look
    int made_up_n;
    struct edge *edges; // of the first look
    struct renamed *renamed;
    struct made_up *made_up; // of the second look, the newest first
};

// ---- what an edit row says --------------------------------------------------------------------------

static int64_t key_id(const char *key)
{
    return (int64_t)hash_sum(0, text_of(key)) | 1; // 0 means empty to a map
}

static struct step *step_at(const struct flow *f, struct record ord)
{
    int64_t n;
    return record_int(ord, &n) && n >= 1 && n <= f->steps_n ? f->steps[n - 1] : NULL;
}

static int apply_list(struct flow *f, struct record list, void (*add)(struct flow *f, struct step *s),
    struct err *e)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        struct step *s = step_at(f, it.value);
        if (!s)
            return err_set(e, ERR_STORAGE, "an edit of flow %lld names a step that it does not have",
                (long long)f->id);
        add(f, s);
    }
    return 0;
}

static void apply_keys(struct flow *f, struct record keys)
{
    for (struct record_iter it = record_each(keys); record_next(&it);) {
        struct record_iter pair = record_each(it.value);
        struct step *s = record_next(&pair) ? step_at(f, pair.value) : NULL;
        struct text key;
        if (s && record_next(&pair) && record_text(pair.value, &key)) s->key = flow_keep(f, key);
    }
}

int edit_apply(struct flow *f, const struct step *row, struct err *e)
{
    if (row->state != STEP_DONE) return 0; // it stayed, or ended: its order is what it was
    struct record asks = record_get(row->value, "asks"), input = record_get(row->value, "input");
    for (int32_t i = 0; i < f->asks_n; i++) f->asks[i]->asked = false;
    f->asks_n = f->ended_n = 0;
    if (apply_list(f, asks, flow_add_ask, e)) return -(int)e->code;
    if (apply_list(f, record_get(row->value, "ended"), flow_add_ended, e)) return -(int)e->code;
    apply_keys(f, record_get(row->value, "keys"));
    f->skips = record_get(row->value, "skip");
    if (input.data) f->input = input;
    return 0;
}

bool edit_skips(const struct flow *f, const char *key)
{
    for (struct record_iter it = record_each(f->skips); f->skips.data && record_next(&it);) {
        struct text skip;
        if (record_text(it.value, &skip) && text_is(skip, key)) return true;
    }
    return false;
}

// ---- what is known, and not asked for so far ------------------------------------------------------------

void edit_find_unasked(struct flow *f)
{
    for (int32_t i = 0; i < f->steps_n; i++) {
        struct step *s = f->steps[i];
        if (s->asked || s->kind == STEP_KIND_EDIT) continue;
        map_put(&f->unasked, key_id(s->key), s);
        f->unasked_n++;
    }
}

struct step *edit_unasked(const struct flow *f, const char *key)
{
    if (!f->unasked_n) return NULL;
    struct step *s = map_find(&f->unasked, key_id(key));
    return s && strcmp(s->key, key) == 0 ? s : NULL;
}

void edit_take_unasked(struct flow *f, struct step *s)
{
    map_take(&f->unasked, key_id(s->key));
    f->unasked_n--;
    flow_add_ask(f, s);
}

// ---- a trial --------------------------------------------------------------------------------------------

static struct step *make_up(struct flow *f, const struct ask *ask, const char *key)
{
    struct step *s = flow_alloc(f, sizeof *s);
    bool late = ask->kind == STEP_KIND_DUE && ask->late_after.ms &&
                f->script->engine->now.ms > ask->late_after.ms;
    struct buf value;
    struct record_map map;
    s->kind = ask->kind;
    s->key = key;
    s->line = ask->line;
    s->state = late ? STEP_SKIPPED : ask->failed ? STEP_FAILED : STEP_DONE;
    s->note = flow_keep(f, ask->note);
    s->at = f->script->engine->now;
    record_map_init(&map);
    buf_init(&value, 4096);
    if (step_is_effect(s->kind)) {
        record_map_bool(&map, "sent", true);
        record_map_int(&map, "status", 200);
        record_map_text(&map, "body", (struct text){0});
    } else if (s->kind == STEP_KIND_FIRST) {
        size_t i = 0; // a moment comes by itself; an answer may never come
        while (i + 1 < ask->members_n && ask->members[i].signal) i++;
        record_map_text(&map, "m", text_of(ask->members[i].name));
    }
    record_map_end(&map, &value);
    bool own = step_is_pure(s->kind);
    s->value = flow_keep_record(f, own ? ask->value : (struct record){(uint8_t *)value.data, value.len});
    buf_release(&value);
    return s;
}

static struct step *beyond_edge(struct branch *b, const struct ask *ask, const char *key)
{
    struct flow *f = b->flow;
    if (++f->edit->made_up_n > MADE_UP_MAX) {
        b->state = BRANCH_AT_EDGE;
        return NULL;
    }
    struct step *s = make_up(f, ask, key);
    s->branch = b;
    if (step_is_effect(s->kind)) {
        struct made_up *m = flow_alloc(f, sizeof *m);
        *m = (struct made_up){f->edit->made_up, b->made_up, s, false};
        f->edit->made_up = b->made_up = m;
    }
    if (step_is_pure(s->kind)) return s;
    b->state = BRANCH_AT_STEP;
    b->step = s;
    return s;
}

struct step *edit_edge(struct branch *b, const struct ask *ask, const char *key)
{
    struct flow *f = b->flow;
    if (f->edit->beyond) return beyond_edge(b, ask, key);
    struct edge *edge = flow_alloc(f, sizeof *edge);
    *edge = (struct edge){f->edit->edges, key, ask->line};
    f->edit->edges = edge;
    b->state = BRANCH_AT_EDGE;
    return NULL;
}

bool edit_stops(const struct flow *f)
{
    return !f->edit->beyond;
}

void edit_known(struct branch *b, struct step *s, const char *key)
{
    struct flow *f = b->flow;
    if (strcmp(s->key, key) != 0) {
        struct renamed *r = flow_alloc(f, sizeof *r);
        *r = (struct renamed){f->edit->renamed, s->ord, key};
        f->edit->renamed = r;
    }
    for (struct made_up *m = step_is_over(s) ? b->made_up : NULL; m; m = m->before) m->past = true;
}

struct step *edit_next(struct flow *f)
{
    struct step *next = NULL;
    for (struct branch *b = f->first_branch; b; b = b->next) {
        if (b->state != BRANCH_AT_STEP || !step_is_over(b->step)) continue;
        if (!next || b->step->dseq < next->dseq) next = b->step;
    }
    if (next && next->ord) flow_add_ended(f, next); // made-up ones have no number
    return next;
}

// The flow as the new version sees it: everything that it knows, and nothing asked for.
static struct flow *begin(struct edit *trial, struct err *e)
{
    struct flow *f = flow_load(trial->g, trial->anew, trial->from, e);
    if (!f) return NULL;
    for (int32_t i = 0; i < f->asks_n; i++) f->asks[i]->asked = false;
    f->asks_n = f->ended_n = f->replayed = f->unasked_n = 0;
    map_release(&f->unasked);
    map_init(&f->unasked);
    edit_find_unasked(f);
    f->edit = trial;
    f->state = FLOW_READY;
    f->why = "";
    if (trial->input.data) flow_begin_anew(f, trial->input);
    flow_try(trial->g, f);
    return f;
}

// Keys of what would stand before things that have happened, in the memory of `keeper`.
static struct edge *keep_past(const struct edit *trial, struct flow *keeper)
{
    struct edge *first = NULL;
    for (const struct made_up *m = trial->made_up; m; m = m->next) {
        if (!m->past) continue;
        struct edge *edge = flow_alloc(keeper, sizeof *edge);
        *edge = (struct edge){first, flow_keep(keeper, text_of(m->step->key)), m->step->line};
        first = edge;
    }
    return first;
}

// The second look: what it makes up, decides and starts is taken back. What it found is kept in `keeper`.
static struct edge *look_beyond(const struct edit *first, struct flow *keeper)
{
    struct engine *g = first->g;
    struct edit trial = *first;
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    struct book_change *books = book_mark(first->anew->event);
    trial.beyond = true;
    trial.edges = NULL;
    trial.renamed = NULL;
    struct flow *f = begin(&trial, NULL);
    batch_rewind(g->batch, rows);
    promise_rewind(g, promises);
    book_rewind(first->anew->event, books);
    if (!f) return NULL;
    struct edge *past = keep_past(&trial, keeper);
    flow_forget(g, f);
    return past;
}

// ---- what came of it --------------------------------------------------------------------------------------

// "branch|kind:name/subject#2": what stands before the kind, and what behind it.
static const char *behind_kind(const char *key, size_t *path_len)
{
    const char *bar = strrchr(key, '|'), *kind = bar ? bar + 1 : key;
    *path_len = (size_t)(kind - key);
    const char *colon = strchr(kind, ':');
    return colon ? colon + 1 : kind;
}

void edit_name_of(const char *key, char out[128])
{
    size_t path_len;
    const char *name = behind_kind(key, &path_len);
    snprintf(out, 128, "%.*s", (int)strcspn(name, "/#"), name);
}

// The same name, and something of another kind than it was: no version can go on for the other.
static bool changed_kind(const struct flow *f, const struct edge *edge, struct edit_finding *out)
{
    size_t path, other;
    const char *name = behind_kind(edge->key, &path);
    for (int32_t i = 0; i < f->steps_n; i++) {
        const struct step *s = f->steps[i];
        if (s->asked || s->kind == STEP_KIND_EDIT) continue;
        const char *known = behind_kind(s->key, &other);
        if (path != other || strncmp(s->key, edge->key, path) != 0 || strcmp(known, name) != 0) continue;
        char shown[128];
        edit_name_of(edge->key, shown);
        snprintf(out->why, sizeof out->why,
            "'%s' was a '%s' (line %d of its version) and is a '%.*s' now (line %d): one can't go on for the "
            "other",
            shown, step_kind_name(s->kind), s->line, (int)(name - edge->key - path - 1), edge->key + path,
            edge->line);
        return true;
    }
    return false;
}

static bool is_on_its_way(const struct step *s)
{
    return step_is_effect(s->kind) && (s->state == STEP_STARTED || s->state == STEP_UNSURE);
}

// A mail that may be with a server just now needs somebody who hears how it ended.
static bool leaves_something(const struct flow *f, struct edit_finding *out)
{
    for (int32_t i = 0; i < f->steps_n; i++) {
        const struct step *s = f->steps[i];
        if (s->asked || !is_on_its_way(s)) continue;
        char shown[128];
        edit_name_of(s->key, shown);
        snprintf(out->why, sizeof out->why,
            "its %s '%s' is on its way, and the new version does not ask for it", step_kind_name(s->kind),
            shown);
        return true;
    }
    return false;
}

static bool raised(const struct flow *f, struct edit_finding *out)
{
    const char *why = f->state > FLOW_WAITING ? f->why : NULL;
    for (const struct branch *b = f->first_branch; b && !why; b = b->next) {
        if (b->state == BRANCH_FAILED && !b->joined) why = b->error;
    }
    if (!why) return false;
    snprintf(out->why, sizeof out->why, "the new version fails for it: %s", why);
    out->fails = true;
    return true;
}

static int32_t dropped(const struct flow *f)
{
    int32_t n = 0;
    for (int32_t i = 0; i < f->steps_n; i++) {
        const struct step *s = f->steps[i];
        n += !s->asked && step_is_effect(s->kind) && s->state == STEP_DONE;
    }
    return n;
}

static bool has_over(const struct flow *f)
{
    for (int32_t i = 0; i < f->steps_n; i++) {
        const struct step *s = f->steps[i];
        if (!s->asked && s->kind != STEP_KIND_EDIT && step_is_over(s)) return true;
    }
    return false;
}

static bool lists(struct record names, const char *name)
{
    for (struct record_iter it = record_each(names); names.data && record_next(&it);) {
        struct text t;
        if (record_text(it.value, &t) && text_is(t, name)) return true;
    }
    return false;
}

static void put_ords(struct record_map *map, const char *name, struct step *const *steps, int32_t n)
{
    struct buf *list = record_map_key(map, name);
    record_put_list(list, (size_t)n);
    for (int32_t i = 0; i < n; i++) record_put_int(list, steps[i]->ord);
}

static void put_keys(struct record_map *map, const struct renamed *first)
{
    size_t n = 0;
    for (const struct renamed *r = first; r; r = r->next) n++;
    if (!n) return;
    struct buf *list = record_map_key(map, "keys");
    record_put_list(list, n);
    for (const struct renamed *r = first; r; r = r->next) {
        record_put_list(list, 2);
        record_put_int(list, r->ord);
        record_put_text(list, text_of(r->key));
    }
}

static void put_skips(struct record_map *map, const struct edit_answers *answers, const struct edge *past)
{
    size_t n = 0;
    char name[128];
    struct buf *list = record_map_key(map, "skip"), keys;
    buf_init(&keys, RECORD_LEN_MAX);
    for (; past; past = past->next) {
        edit_name_of(past->key, name);
        if (!lists(answers->skip, name)) continue;
        record_put_text(&keys, text_of(past->key));
        n++;
    }
    record_put_list(list, n);
    buf_add(list, keys.data, keys.len);
    buf_release(&keys);
}

static void put_row(const struct flow *f, struct record input, const struct edge *past, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    put_ords(&map, "asks", f->asks, f->asks_n);
    put_ords(&map, "ended", f->ended, f->ended_n);
    put_keys(&map, f->edit->renamed);
    if (past) put_skips(&map, f->edit->answers, past);
    record_map_value(&map, "input", input);
    record_map_end(&map, out);
}

// What stands before things that have happened, and nobody has answered for.
static bool needs_answer(const struct edit *t, const struct edge *past, struct edit_finding *out)
{
    for (; past; past = past->next) {
        size_t path_len;
        behind_kind(past->key, &path_len);
        const char *kind = past->key + path_len;
        edit_name_of(past->key, out->step);
        if (lists(t->answers->skip, out->step) || lists(t->answers->send, out->step)) continue;
        snprintf(out->why, sizeof out->why,
            "%.*s '%s' (line %d) is new, and would stand before things that have happened already",
            (int)strcspn(kind, ":"), kind, out->step, past->line);
        return true;
    }
    return false;
}

// Moves, unless something stands against it.
static void judge(const struct edit *t, struct flow *f, struct edit_finding *out)
{
    out->known = f->asks_n;
    if (raised(f, out) || leaves_something(f, out)) return;
    for (const struct edge *edge = t->edges; edge; edge = edge->next) {
        if (changed_kind(f, edge, out)) return;
    }
    out->dropped = dropped(f);
    const struct edge *past = t->edges && has_over(f) ? look_beyond(t, f) : NULL;
    out->fate = needs_answer(t, past, out) ? EDIT_HOLDS : EDIT_MOVES;
    if (out->fate == EDIT_MOVES) put_row(f, t->input, past, &out->row);
}

bool edit_leaves_nobody(const struct loaded_flow *from)
{
    for (size_t i = 0; i < from->journal_n; i++) { // its newest row says where a step stands
        const struct journal_row *row = &from->journal[i];
        bool way = row->state == STEP_STARTED || row->state == STEP_UNSURE, newest = true;
        for (size_t k = i + 1; way && k < from->journal_n; k++) newest &= from->journal[k].step != row->step;
        if (way && newest) return false;
    }
    return true;
}

static void ends(const struct edit *t, const char *name, struct edit_finding *out)
{
    bool nobody = edit_leaves_nobody(t->from);
    if (nobody) out->fate = EDIT_ENDS;
    snprintf(out->why, sizeof out->why, "the script has no '%s' any more%s", name,
        nobody ? "" : ", and something of it is on its way");
}

void edit_try(struct engine *g, struct script *anew, const struct loaded_flow *from, struct record input,
    const struct edit_answers *answers, struct edit_finding *out)
{
    struct edit t = {.g = g, .anew = anew, .from = from, .input = input, .answers = answers};
    struct err e = {0};
    char name[256];
    *out = (struct edit_finding){.fate = EDIT_STAYS};
    buf_init(&out->row, RECORD_LEN_MAX);
    snprintf(name, sizeof name, "%.*s", (int)from->flow.name.len, from->flow.name.data);
    if (from->broken)
        snprintf(out->why, sizeof out->why, "its history is damaged, and nothing of it is sent");
    else if (lists(answers->stay, name))
        snprintf(out->why, sizeof out->why, "it was said that '%s' stays as it is", name);
    else if (!script_flow(anew, from->flow.name)) ends(&t, name, out);
    else {
        struct flow *f = begin(&t, &e);
        if (f) judge(&t, f, out);
        else snprintf(out->why, sizeof out->why, "%.*s", EDIT_WHY_MAX - 1, e.text);
        if (f) flow_forget(g, f);
    }
}

void edit_finding_release(struct edit_finding *f)
{
    buf_release(&f->row);
}
