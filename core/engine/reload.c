// SPDX-License-Identifier: MIT
#include "engine/reload.h"

#include "engine/edit.h"
#include "engine/handed.h"
#include "engine/proposal.h"
#include "engine/schedule.h"
#include "engine/script.h"
#include "engine/step.h"

#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// How many flows are read at once: what they hold is in memory only while they are tried.
#define READ_AT_ONCE 500

// One flow that lives, and what becomes of it.
struct living {
    struct flow_row row; // texts in the memory of the reload
    const char *was;     // its flow's name before; NULL: as now
    enum edit_fate fate;
    const char *why, *step;
    bool fails, held_by_edit, ended_by_edit;
    int32_t known, dropped;
    struct record value; // of the edit row
};

struct reload {
    struct engine *g;
    struct event *ev;
    struct script *old, *anew;
    struct edit_answers answers;
    bool all_stay, hold, end_gone;
    struct map declared, before; // hash of name and key -> start_decl, of the new version and the old one
    struct living *flows;
    size_t n, room, needs;
    uint64_t digest;
    struct record said; // what the handler "reloaded" answered
    struct arena memory;
};

// ---- who is declared ----------------------------------------------------------------------------------

static int64_t start_id(struct text name, struct text key)
{
    return (int64_t)hash_sum(hash_sum(0, name), key) | 1;
}

static void index_starts(struct map *m, const struct script *s)
{
    map_init(m);
    for (struct start_decl *d = s->starts; d; d = d->next)
        map_put(m, start_id(text_of(d->name), text_of(d->key)), d);
}

static bool same_record(struct record a, struct record b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

// What the new version gives the flow, when that is not what it has.
static struct record new_input(const struct reload *r, const struct flow_row *row)
{
    const struct start_decl *d = map_find(&r->declared, start_id(row->name, row->key));
    return d && d->input.data && !same_record(d->input, row->input) ? d->input : (struct record){0};
}

static bool is_gone(const struct reload *r, const struct living *l)
{
    struct text was = l->was ? text_of(l->was) : l->row.name;
    return !map_find(&r->declared, start_id(l->row.name, l->row.key)) &&
           map_find(&r->before, start_id(was, l->row.key)) && script_flow(r->anew, l->row.name);
}

// ---- trying them all ------------------------------------------------------------------------------------

static const char *keep(struct reload *r, struct text t)
{
    char *copy = arena_alloc(&r->memory, t.len + 1);
    if (t.len) memcpy(copy, t.data, t.len);
    copy[t.len] = 0;
    return copy;
}

static struct living *add(struct reload *r, const struct loaded_flow *from)
{
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : 64;
        r->flows = mem_grow(r->flows, sizeof *r->flows * r->room);
    }
    struct living *l = &r->flows[r->n++];
    *l = (struct living){.row = from->flow, .fate = EDIT_STAYS, .why = "", .step = ""};
    l->row.event = text_of(r->ev->name);
    l->row.name = text_of(keep(r, from->flow.name));
    l->row.key = text_of(keep(r, from->flow.key));
    l->row.label = text_of(keep(r, from->flow.label));
    l->row.why = text_of(keep(r, from->flow.why));
    l->row.input = l->row.result = (struct record){0};
    l->row.rows = (int32_t)from->journal_n;
    for (size_t i = 0; i < from->journal_n; i++) {
        if (from->journal[i].step > l->row.steps) l->row.steps = from->journal[i].step;
        if (from->journal[i].dseq > l->row.dseq) l->row.dseq = from->journal[i].dseq;
    }
    return l;
}

static void count_in(struct reload *r, const struct living *l)
{
    int64_t facts[] = {l->row.id, l->fate, l->row.rows, l->known};
    r->digest = hash_sum(r->digest, (struct text){(const char *)facts, sizeof facts});
    if (l->fate == EDIT_HOLDS && !r->hold) r->needs++;
    if (l->fails) r->needs++;
}

static void try_one(struct reload *r, struct loaded_flow *from)
{
    const struct journal_row *newest = from->journal_n ? &from->journal[from->journal_n - 1] : NULL;
    bool edited = newest && newest->kind == STEP_KIND_EDIT;
    bool ended = edited && newest->state == STEP_CANCELLED;
    if (from->flow.state == FLOW_CANCELLED && !ended) return; // for another reason, and for good
    struct flow_def *def = script_flow(r->anew, from->flow.name) ? NULL
                                                                 : script_flow_was(r->anew, from->flow.name);
    const char *was = def ? keep(r, from->flow.name) : NULL;
    if (def) from->flow.name = text_of(def->name);
    if (ended && !script_flow(r->anew, from->flow.name)) return; // still not there
    bool held = edited && newest->state == STEP_OPEN;
    if (from->flow.script == r->anew->id && !ended && !held) return; // it never left this version
    struct living *l = add(r, from);
    struct edit_finding found;
    edit_try(r->g, r->anew, from, new_input(r, &from->flow), &r->answers, &found);
    l->was = was;
    l->fate = r->all_stay && found.fate != EDIT_STAYS ? EDIT_STAYS : found.fate;
    l->fails = found.fails && !r->all_stay;
    l->why = keep(r, text_of(r->all_stay ? "it was said that those that live stay as they are" : found.why));
    l->step = keep(r, text_of(found.step));
    l->known = found.known;
    l->dropped = found.dropped;
    l->held_by_edit = held;
    l->ended_by_edit = ended;
    l->value = arena_record(&r->memory, (struct record){(uint8_t *)found.row.data, found.row.len});
    if (r->end_gone && l->fate == EDIT_MOVES && is_gone(r, l)) {
        l->fate = EDIT_ENDS;
        l->why = "it is no longer started by the script";
    }
    edit_finding_release(&found);
    count_in(r, l);
}

static int try_all(struct reload *r, struct err *e)
{
    int64_t after = 0;
    for (size_t n = READ_AT_ONCE; n == READ_AT_ONCE;) {
        struct loaded_flow *flows;
        int failed = store_living(r->g->store, text_of(r->ev->name), after, READ_AT_ONCE, &flows, &n, e);
        for (size_t i = 0; i < n && !failed; i++) try_one(r, &flows[i]);
        if (n) after = flows[n - 1].flow.id;
        store_flows_release(flows, n);
        if (failed) return failed;
    }
    return 0;
}

// ---- what it means, for people ----------------------------------------------------------------------------

static void put_flow(struct buf *out, const struct living *l)
{
    struct record_map map;
    record_map_init(&map);
    record_map_int(&map, "id", l->row.id);
    record_map_text(&map, "flow", l->row.name);
    record_map_text(&map, "key", l->row.key);
    record_map_text(&map, "label", l->row.label);
    record_map_text(&map, "state", text_of(flow_state_name(l->row.state)));
    record_map_text(&map, "fate", text_of(edit_fate_name(l->fate)));
    if (*l->why) record_map_text(&map, "why", text_of(l->why));
    if (*l->step) record_map_text(&map, "step", text_of(l->step));
    if (l->was) record_map_text(&map, "was", text_of(l->was));
    if (l->fails) record_map_bool(&map, "fails", true);
    record_map_int(&map, "dropped", l->dropped);
    record_map_end(&map, out);
}

static void put_flows(const struct reload *r, struct record_map *map)
{
    struct buf *list = record_map_key(map, "flows");
    record_put_list(list, r->n);
    for (size_t i = 0; i < r->n; i++) put_flow(list, &r->flows[i]);
}

static void put_gone(const struct reload *r, struct record_map *map)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) n += is_gone(r, &r->flows[i]);
    struct buf *list = record_map_key(map, "gone");
    record_put_list(list, n);
    for (size_t i = 0; i < r->n; i++) {
        if (is_gone(r, &r->flows[i])) put_flow(list, &r->flows[i]);
    }
}

static void put_names(struct record_map *map, const char *field, const struct script *s)
{
    size_t n = 0;
    for (const struct flow_def *d = s->flows; d; d = d->next) n++;
    struct buf *list = record_map_key(map, field);
    record_put_list(list, n);
    for (const struct flow_def *d = s->flows; d; d = d->next) record_put_text(list, text_of(d->name));
}

static void put_outline(const struct reload *r, bool same, bool stale, bool applied, struct buf *out)
{
    struct record_map map;
    char digest[24];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)r->digest);
    record_map_init(&map);
    record_map_text(&map, "event", text_of(r->ev->name));
    record_map_int(&map, "was", r->old->id);
    if (applied) record_map_int(&map, "version", r->anew->id);
    if (same) record_map_bool(&map, "same", true);
    if (stale) record_map_bool(&map, "stale", true);
    record_map_text(&map, "digest", text_of(digest));
    record_map_int(&map, "needs", (int64_t)r->needs);
    put_flows(r, &map);
    put_gone(r, &map);
    struct record_map names;
    record_map_init(&names);
    put_names(&names, "before", r->old);
    put_names(&names, "now", r->anew);
    record_map_end(&names, record_map_key(&map, "flow_names"));
    record_map_value(&map, "said", r->said);
    record_map_bool(&map, "applied", applied);
    record_map_end(&map, out);
}

// ---- moving them ---------------------------------------------------------------------------------------

static const enum step_state state_of_row[] = {[EDIT_MOVES] = STEP_DONE,
    [EDIT_STAYS] = STEP_SKIPPED,
    [EDIT_HOLDS] = STEP_OPEN,
    [EDIT_ENDS] = STEP_CANCELLED};

static void note_of(const struct reload *r, const struct living *l, struct buf *out)
{
    if (l->fate == EDIT_MOVES)
        buf_addf(out, "goes on under version %lld of the script", (long long)r->anew->id);
    else if (l->fate == EDIT_STAYS)
        buf_addf(out, "stays on version %lld of the script: %s", (long long)l->row.script, l->why);
    else buf_addz(out, l->why);
}

static void write_row(const struct reload *r, const struct living *l, struct text note)
{
    char key[32];
    snprintf(key, sizeof key, "edit:%lld", (long long)r->anew->id);
    batch_journal(r->g->batch, &(struct journal_row){.flow = l->row.id,
                                   .n = l->row.rows + 1,
                                   .step = l->row.steps + 1,
                                   .state = state_of_row[l->fate],
                                   .kind = STEP_KIND_EDIT,
                                   .key = text_of(key),
                                   .at = r->g->now,
                                   .note = note,
                                   .value = l->value});
}

// What ran goes on; what was stopped stays stopped until somebody tries it again, unless an edit stopped it.
static enum flow_state next_state(const struct living *l)
{
    bool runs = l->row.state <= FLOW_WAITING || l->held_by_edit || l->ended_by_edit;
    if (l->fate == EDIT_HOLDS) return FLOW_HELD;
    if (l->fate == EDIT_ENDS) return FLOW_CANCELLED;
    if (l->fate == EDIT_STAYS) return l->held_by_edit ? FLOW_READY : l->row.state;
    return runs ? FLOW_READY : l->row.state;
}

static void write_flow(const struct reload *r, const struct living *l)
{
    struct flow_row row = l->row;
    struct buf note;
    buf_init(&note, 2 * EDIT_WHY_MAX);
    note_of(r, l, &note);
    write_row(r, l, buf_text(&note));
    row.state = next_state(l);
    if (l->fate == EDIT_MOVES) row.script = r->anew->id;
    if (row.state > FLOW_WAITING) row.next_due = (struct instant){0};
    if (l->fate == EDIT_HOLDS || l->fate == EDIT_ENDS) row.why = buf_text(&note);
    else if (row.state <= FLOW_WAITING && l->row.state > FLOW_WAITING) row.why = (struct text){0};
    row.rows++;
    row.steps++;
    row.updated_at = r->g->now;
    batch_flow(r->g->batch, &row);
    if (row.state > FLOW_WAITING) schedule_flow_ended(r->g, row.id);
    buf_release(&note);
}

// A flow in memory has an effect with the world or in a queue: whoever takes its place hears how that ends.
static void hand_over(struct flow *from, struct flow *to)
{
    for (int32_t i = 0; i < from->steps_n && i < to->steps_n; i++) {
        const struct step *a = from->steps[i];
        struct step *b = to->steps[i];
        if (!b->asked) continue;
        b->under_way = a->under_way;
        b->queued = a->queued;
        to->under_way += a->under_way || a->queued;
    }
    to->recovered = true; // what is under way is ours, and not of a process that is gone
}

// The flow as it stands behind its edit, which is in this batch and not yet on disk.
static struct flow *load_behind_edit(struct reload *r, struct script *s, const struct living *l)
{
    struct err e;
    struct loaded_flow *flows;
    size_t n;
    if (store_living(r->g->store, text_of(r->ev->name), l->row.id - 1, 1, &flows, &n, &e)) return NULL;
    struct loaded_flow from = *flows;
    struct journal_row edit = {.flow = l->row.id,
        .n = l->row.rows + 1,
        .step = l->row.steps + 1,
        .state = state_of_row[l->fate],
        .kind = STEP_KIND_EDIT,
        .key = TEXT("edit"),
        .at = r->g->now,
        .value = l->value};
    from.journal = mem_grow(NULL, (from.journal_n + 1) * sizeof edit);
    memcpy(from.journal, flows->journal, from.journal_n * sizeof edit);
    from.journal[from.journal_n++] = edit;
    from.flow.name = l->row.name;
    from.flow.state = next_state(l);
    struct flow *f = flow_load(r->g, s, &from, &e);
    free(from.journal);
    store_flows_release(flows, n);
    return f;
}

// Warm flows are forgotten: those that have something to run are picked up from disk, behind this commit.
static void replace_warm(struct reload *r, const struct living *l)
{
    struct flow *warm = engine_flow(r->g, l->row.id), *f = NULL;
    if (!warm) return;
    if (warm->under_way && l->fate != EDIT_ENDS) {
        f = load_behind_edit(r, l->fate == EDIT_MOVES ? r->anew : warm->script, l);
        if (f) hand_over(warm, f);
    }
    flow_forget(r->g, warm);
    if (!f) return;
    flow_warm(r->g, f);
    f->written = false;
    f->batch_n = r->g->batch_n;
    if (f->state <= FLOW_WAITING) flow_make_ready(r->g, f);
}

static void rename_flows(const struct reload *r)
{
    for (const struct flow_def *d = r->anew->flows; d; d = d->next) {
        if (d->was) batch_rename(r->g->batch, text_of(r->ev->name), text_of(d->was), text_of(d->name));
    }
}

static void write_audit(const struct reload *r, struct text who)
{
    size_t n[] = {0, 0, 0, 0};
    char note[200];
    for (size_t i = 0; i < r->n; i++) n[r->flows[i].fate]++;
    snprintf(note, sizeof note,
        "version %lld in place of %lld: %zu go on under it, %zu stay, %zu are held, %zu end",
        (long long)r->anew->id, (long long)r->old->id, n[EDIT_MOVES], n[EDIT_STAYS], n[EDIT_HOLDS],
        n[EDIT_ENDS]);
    batch_audit(r->g->batch, &(struct audit_row){.at = r->g->now,
                                 .who = who.len ? who : TEXT("usher"),
                                 .event = text_of(r->ev->name),
                                 .what = TEXT("script changed"),
                                 .note = text_of(note)});
    log_line(LOG_INFO, "the script changed", "event", r->ev->name, "what", note, NULL);
}

// In memory: from here on pages, handlers and new flows are the new version's.
static void take_its_place(struct reload *r)
{
    r->anew->next = r->old;
    r->ev->current = r->anew;
    script_take_schedules(r->anew, r->old);
    r->g->ready_more = true;
    r->g->ready_cursor = 0;
    proposal_drop(r->g, r->ev);
}

// The words may have something to do about it: to tell people of the new time.
static int call_handler(struct reload *r, struct record request, struct err *e)
{
    struct handler *handler = script_handler(r->anew, TEXT("reloaded"));
    if (!handler) return 0;
    struct handling h = {.name = handler->name, .function = handler->function};
    struct record_map map;
    struct buf asked, reply;
    bool passed;
    record_map_init(&map);
    buf_init(&asked, RECORD_LEN_MAX);
    buf_init(&reply, RECORD_LEN_MAX);
    record_map_value(&map, "was", r->old->about);
    record_map_value(&map, "now", r->anew->about);
    record_map_int(&map, "version", r->anew->id);
    record_map_text(&map, "who", record_get_text(request, "who"));
    record_map_value(&map, "answers", record_get(request, "answers"));
    record_map_end(&map, &asked);
    int failed = engine_handle(r->anew, &h, (struct record){(uint8_t *)asked.data, asked.len}, &reply,
        &passed, e);
    if (!failed) r->said = arena_record(&r->memory, (struct record){(uint8_t *)reply.data, reply.len});
    buf_release(&asked);
    buf_release(&reply);
    return failed ? err_in(e, "the script's handler 'reloaded'") : 0;
}

static bool needs_answer(const struct reload *r, struct record request)
{
    return r->needs && !record_get_bool(request, "anyway", false);
}

// What the words would have to know first counts as what flows need.
static int let_words_act(struct reload *r, struct record request, struct err *e)
{
    if (join_version(r->g, r->anew, e) || call_handler(r, request, e)) return -(int)e->code;
    struct record asks = record_get(r->said, "asks");
    if (asks.data) r->needs += record_count(asks);
    return 0;
}

static int apply(struct reload *r, struct record request, bool *applied, struct err *e)
{
    struct engine *g = r->g;
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    int failed = let_words_act(r, request, e);
    if (failed || needs_answer(r, request)) {
        batch_rewind(g->batch, rows); // nothing has happened
        promise_rewind(g, promises);
        return failed;
    }
    *applied = true;
    rename_flows(r);
    for (size_t i = 0; i < r->n; i++) write_flow(r, &r->flows[i]);
    for (size_t i = 0; i < r->n; i++) replace_warm(r, &r->flows[i]);
    take_its_place(r);
    if (schedule_restore(g, r->anew, e)) return -(int)e->code;
    join_starts(g, r->anew);
    join_keep_version(g, r->anew);
    if (handed_declare(g, r->anew, e)) return -(int)e->code;
    write_audit(r, record_get_text(request, "who"));
    return 0;
}

// ---- the whole of it ----------------------------------------------------------------------------------

static void begin(struct reload *r, struct engine *g, struct event *ev, struct script *anew,
    struct record request)
{
    *r = (struct reload){.g = g, .ev = ev, .old = ev->current, .anew = anew};
    r->answers = (struct edit_answers){record_get(request, "skip"), record_get(request, "send"),
        record_get(request, "stay")};
    r->all_stay = record_get_bool(request, "all_stay", false);
    r->hold = record_get_bool(request, "hold", false);
    r->end_gone = record_get_bool(request, "end_gone", false);
    r->digest = hash_sum(0, (struct text){(const char *)anew->hash.bytes, HASH_LEN});
    arena_init(&r->memory);
    index_starts(&r->declared, anew);
    index_starts(&r->before, ev->current);
    anew->event = ev;
}

static void end(struct reload *r)
{
    map_release(&r->declared);
    map_release(&r->before);
    free(r->flows);
    arena_release(&r->memory);
}

static bool means_the_same(const struct reload *r, struct record request)
{
    struct text expected = record_get_text(request, "digest");
    char digest[24];
    snprintf(digest, sizeof digest, "%016llx", (unsigned long long)r->digest);
    return !expected.len || text_is(expected, digest);
}

int reload_script(struct engine *g, struct event *ev, struct script *anew, struct record request,
    struct buf *answer, struct err *e)
{
    struct reload r;
    bool applied = false;
    begin(&r, g, ev, anew, request);
    bool same = memcmp(anew->hash.bytes, ev->current->hash.bytes, HASH_LEN) == 0;
    int failed = engine_flush(g, e);
    anew->id = store_script(g->store, text_of(ev->name), anew->hash, NULL); // 0: new to the database
    if (!failed && !same) failed = try_all(&r, e);
    bool wanted = record_get_bool(request, "apply", false) && !same && !failed;
    bool stale = wanted && !means_the_same(&r, request);
    if (wanted && !stale && !needs_answer(&r, request)) failed = apply(&r, request, &applied, e);
    if (!failed) put_outline(&r, same, stale, applied, answer);
    if (!applied) script_close(anew);
    end(&r);
    return failed;
}

int engine_reload(struct engine *g, struct text event, const char *path, struct record request,
    struct buf *answer, struct err *e)
{
    g->now = g->world.now(g->world.self);
    struct script *anew = script_open(g, path, e);
    if (!anew) return -(int)e->code;
    struct event *ev = engine_event(g, text_of(anew->event_name));
    if (!ev || (event.len && !text_is(event, ev->name))) {
        err_set(e, ERR_INPUT, "%s is about the event '%s', and %s", path, anew->event_name,
            ev ? "another one was meant" : "no such event runs here");
        script_close(anew);
        return -(int)e->code;
    }
    int failed = reload_script(g, ev, anew, request, answer, e);
    if (!failed) g->world.wake_now(g->world.self);
    return failed;
}
