// SPDX-License-Identifier: MIT
// api_flow: the steps of a flow that wait, decide, start others and tell them something.
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <stdlib.h>
#include <string.h>

// The engine of a call and the flow that makes it.
static struct engine *engine_of(lua_State *L)
{
    return script_of(L)->engine;
}

// ---- sleeping and moments -----------------------------------------------------------------------------

static int push_nothing(lua_State *L, struct step *s)
{
    (void)L, (void)s;
    return 0;
}

/// usher.sleep(duration, name) -> nothing
/// Lets this flow wait, across restarts. duration: text such as "2h", "30 minutes", "2 days" (a day is 24
/// hours here); name: what people read, optional. Errors: a duration that is no duration, or longer than ten
/// years.
/// Example: usher.sleep("2 days", "time to think")
static int api_sleep(lua_State *L)
{
    context_check_wait(L, "usher.sleep");
    int64_t for_ms = check_span(L, 1, "usher.sleep", "duration");
    if (for_ms < 0 || for_ms > 3660 * DAY_MS)
        return luaL_error(L, "usher.sleep: a flow sleeps for 0 seconds to ten years");
    struct branch *b = context_branch(L);
    struct text duration = {lua_tostring(L, 1), lua_rawlen(L, 1)};
    struct ask ask = {.kind = STEP_KIND_SLEEP,
        .name = lua_isnoneornil(L, 2) ? duration : context_name(L, 2, "usher.sleep"),
        .line = context_line(L),
        .due = instant_add(b->now, for_ms),
        .note = duration};
    return context_wait(L, step_ask(engine_of(L), b, &ask), push_nothing);
}

#define NOTE_MAX 200

// A moment as people read it: wall clock, zone, and the phrase that it came from.
static void describe_moment(lua_State *L, int index, struct buf *out)
{
    if (!lua_istable(L, index)) return;
    static const struct {
        const char *field, *before, *after;
    } parts[] = {{"wall", "", ""}, {"zone", " ", ""}, {"derive", " (", ")"}};
    for (size_t i = 0; i < 3; i++) {
        if (lua_getfield(L, index, parts[i].field) == LUA_TSTRING) {
            buf_addz(out, parts[i].before);
            buf_addz(out, lua_tostring(L, -1));
            buf_addz(out, parts[i].after);
        }
        lua_pop(L, 1);
    }
}

// late = "always" | "never" | "within 2h" | a moment: after which instant the moment counts as missed; 0:
// never.
static struct instant check_late(lua_State *L, int options, struct instant due, const char *func)
{
    struct instant never_late = {0};
    if (!lua_istable(L, options)) return never_late;
    int type = lua_getfield(L, options, "late");
    if (type == LUA_TNIL) return never_late;
    if (type != LUA_TSTRING) return check_moment(L, -1, func, "late");
    const char *word = lua_tostring(L, -1);
    if (strcmp(word, "always") == 0) return never_late;
    if (strcmp(word, "never") == 0) return due;
    if (strncmp(word, "within ", 7) != 0) {
        luaL_error(L, "%s: late = '%s' is not known: write \"always\", \"never\", \"within 2h\" or a moment",
            func, word);
    }
    lua_pushstring(L, word + 7);
    return instant_add(due, check_span(L, -1, func, "late"));
}

static int push_due(lua_State *L, struct step *s)
{
    lua_pushboolean(L, s->state == STEP_DONE);
    if (s->state == STEP_DONE) return 1;
    lua_pushstring(L, s->note);
    return 2;
}

/// usher.due(name, moment, options) -> true | false, sentence
/// Waits for a moment (a table from usher.time, or milliseconds since 1970). When the flow comes to it later
/// than options.late allows, it answers false and why; that is kept, and nothing decides it anew. late:
/// "always" (default), "never", "within 2h" or a moment. What the flow sends after it is tried until that
/// limit and no longer, up to the next thing that it waits for. options.was: its name in the version before.
/// Errors: no moment; an unknown word for late.
/// Example: local moment = usher.time.at("2031-02-24 09:00", "Asia/Thimphu")
/// if usher.due("reminder", moment, { late = "within 2h" }) then usher.log("in time") end
static int api_due(lua_State *L)
{
    static const struct option options[] = {{"late", "any?"}, {"was", "text?"}, {0}};
    context_check_wait(L, "usher.due");
    struct text name = context_name(L, 1, "usher.due");
    struct instant due = check_moment(L, 2, "usher.due", "moment");
    if (due.ms == 0) due.ms = 1; // 0 means none to a step
    if (!lua_isnoneornil(L, 3)) check_options(L, 3, "usher.due", options, 0);
    lua_settop(L, 3);
    struct instant late_after = check_late(L, 3, due, "usher.due");
    char shown[NOTE_MAX];
    struct buf note;
    buf_init(&note, sizeof shown);
    describe_moment(L, 2, &note);
    struct text said = {shown, note.len};
    memcpy(shown, note.data ? note.data : "", note.len);
    buf_release(&note);
    struct ask ask = {.kind = STEP_KIND_DUE,
        .name = name,
        .was = lua_istable(L, 3) ? option_text(L, 3, "was") : (struct text){0},
        .line = context_line(L),
        .due = due,
        .late_after = late_after,
        .note = said};
    return context_wait(L, step_ask(engine_of(L), context_branch(L), &ask), push_due);
}

// ---- the first of several -------------------------------------------------------------------------------

// What describe_moment says, in the flow's memory; NULL when it says nothing.
static const char *keep_moment(lua_State *L, int index, struct flow *f)
{
    struct buf note;
    buf_init(&note, NOTE_MAX);
    describe_moment(L, index, &note);
    const char *kept = note.len ? flow_keep(f, buf_text(&note)) : NULL;
    buf_release(&note);
    return kept;
}

static void check_member(lua_State *L, struct branch *b, struct member *m, const char *func)
{
    static const struct option options[] = {{"signal", "text?"}, {"after", "span?"}, {"at", "moment?"}, {0}};
    int index = lua_gettop(L);
    check_options(L, index, func, options, 0);
    if (option_there(L, index, "signal")) {
        m->signal = flow_keep(b->flow, option_text(L, index, "signal"));
    } else if (lua_getfield(L, index, "after") != LUA_TNIL) {
        m->due = instant_add(b->now, check_span(L, -1, func, "after"));
    } else if (lua_getfield(L, index, "at") != LUA_TNIL) {
        m->due = check_moment(L, -1, func, "at");
        m->note = keep_moment(L, lua_gettop(L), b->flow);
    } else {
        luaL_error(L, "%s: '%s' says neither signal nor after nor at", func, m->name);
    }
    lua_settop(L, index);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct member *)a)->name, ((const struct member *)b)->name);
}

static size_t check_members(lua_State *L, int table, struct branch *b, struct member **out)
{
    size_t n = 0;
    luaL_checktype(L, table, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
    if (n == 0 || n > 100) return (size_t)luaL_error(L, "usher.first: name 1 to 100 things to wait for");
    struct member *members = flow_alloc(b->flow, n * sizeof *members);
    n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1)) {
            return (size_t)luaL_error(L, "usher.first: write name = { signal = , after = or at = }");
        }
        members[n].name = flow_keep(b->flow, (struct text){lua_tostring(L, -2), lua_rawlen(L, -2)});
        check_member(L, b, &members[n++], "usher.first");
    }
    qsort(members, n, sizeof *members, by_name);
    *out = members;
    return n;
}

// The member whose moment comes first, or NULL when all are answers.
static const struct member *earliest(const struct member *members, size_t n)
{
    const struct member *first = NULL;
    for (size_t i = 0; i < n; i++) {
        if (members[i].due.ms && (!first || members[i].due.ms < first->due.ms)) first = &members[i];
    }
    return first;
}

static int push_winner(lua_State *L, struct step *s)
{
    struct text name = record_get_text(s->value, "m");
    lua_pushlstring(L, name.data, name.len);
    struct record v = record_get(s->value, "v");
    if (!v.data) return 1;
    value_push(L, v);
    return 2;
}

/// usher.first(name, members) -> member, value
/// Waits for the first of several: members maps a name of yours to { signal = "rsvp" } (an answer from
/// outside), { after = "2 days" } (a duration from now) or { at = moment }. Comes back with the name that
/// won, and the answer. After downtime the earliest in time wins: an answer at 11:59 beats a deadline at
/// 12:00. Errors: a member that names none of the three.
/// Example: local which, answer = usher.first("rsvp?",
/// { answer = { signal = "rsvp" }, deadline = { after = "3 days" } })
static int api_first(lua_State *L)
{
    context_check_wait(L, "usher.first");
    struct branch *b = context_branch(L);
    struct ask ask = {.kind = STEP_KIND_FIRST,
        .name = context_name(L, 1, "usher.first"),
        .line = context_line(L)};
    ask.members_n = check_members(L, 2, b, &ask.members);
    const struct member *first = earliest(ask.members, ask.members_n);
    if (first) {
        ask.due = first->due;
        ask.note = text_of(first->note);
    }
    return context_wait(L, step_ask(engine_of(L), b, &ask), push_winner);
}

static int push_answer(lua_State *L, struct step *s)
{
    struct record v = record_get(s->value, "v");
    if (v.data) value_push(L, v);
    else lua_pushnil(L);
    return 1;
}

/// usher.wait(signal, options) -> value | nil
/// Waits for an answer from outside of that name. options.timeout (a duration) or options.deadline (a moment)
/// end the waiting with nil. An answer that came before this call counts. Errors: both timeout and deadline.
/// Example: local answer = usher.wait("rsvp", { timeout = "3 days" })
static int api_wait(lua_State *L)
{
    static const struct option options[] = {{"timeout", "span?"}, {"deadline", "moment?"}, {0}};
    context_check_wait(L, "usher.wait");
    struct branch *b = context_branch(L);
    struct ask ask = {.kind = STEP_KIND_FIRST,
        .name = context_name(L, 1, "usher.wait"),
        .line = context_line(L)};
    ask.members = flow_alloc(b->flow, 2 * sizeof *ask.members);
    ask.members[0] = (struct member){.name = "answer", .signal = flow_keep(b->flow, ask.name)};
    ask.members_n = 1;
    lua_settop(L, 2);
    if (!lua_isnil(L, 2)) {
        check_options(L, 2, "usher.wait", options, 0);
        struct member *end = &ask.members[1];
        end->name = "deadline";
        if (lua_getfield(L, 2, "timeout") != LUA_TNIL)
            end->due = instant_add(b->now, check_span(L, -1, "usher.wait", "timeout"));
        if (lua_getfield(L, 2, "deadline") != LUA_TNIL) {
            if (end->due.ms) return luaL_error(L, "usher.wait: say timeout or deadline, not both");
            end->due = check_moment(L, -1, "usher.wait", "deadline");
            if (end->due.ms == 0) end->due.ms = 1; // 0 means none
        }
        ask.members_n += end->due.ms != 0;
        ask.due = end->due;
    }
    return context_wait(L, step_ask(engine_of(L), b, &ask), push_answer);
}

// ---- deciding -------------------------------------------------------------------------------------------

// Runs the function at the bottom of the stack with the rest as arguments. True: its answer is in `value`.
// False: it raised, or its answer can't be kept; the sentence is on top, and what it changed is undone.
static bool run_decision(lua_State *L, struct script *s, struct text name, int args_n, struct buf *value)
{
    struct engine *g = s->engine;
    struct batch_mark rows = batch_mark(g->batch);
    struct promise *promises = promise_mark(g);
    struct book_change *books = book_mark(s->event);
    struct err e = {0};
    s->context = CONTEXT_DECIDE;
    bool raised = lua_pcall(L, args_n, 1, 0) != LUA_OK;
    s->context = CONTEXT_FLOW;
    if (!raised && value_encode(L, -1, value, &e) == 0) return true;
    buf_release(value);
    batch_rewind(g->batch, rows);
    promise_rewind(g, promises);
    book_rewind(s->event, books);
    if (raised) sandbox_said(L, NULL);
    else lua_pushfstring(L, "usher.decide '%s': %s", name.data, e.text);
    return false;
}

// That it failed is a fact like any answer: a flow that catches the error meets it again in every replay.
static struct step *decide(lua_State *L, struct script *s, struct branch *b, struct text name)
{
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    bool decided = run_decision(L, s, name, lua_gettop(L) - 2, &value);
    struct ask ask = {.kind = STEP_KIND_DECIDE, .name = name, .line = context_line(L), .failed = !decided};
    if (decided) ask.value = (struct record){(uint8_t *)value.data, value.len};
    else ask.note = (struct text){lua_tostring(L, -1), lua_rawlen(L, -1)};
    struct step *step = step_ask(s->engine, b, &ask);
    buf_release(&value);
    return step;
}

/// usher.decide(name, fn, ...) -> value
/// Runs fn(...) once and keeps what it returns: later, and after any restart, the kept answer is handed out
/// and fn is not called. The only way for a flow to look at books; what fn changes in them is committed
/// together with the answer. fn may not wait. Errors: whatever fn raises; an answer that can't be kept (a
/// function, a cycle).
/// Example: local lucky = usher.decide("lucky", function() return usher.book("answers"):count() > 10 end)
static int api_decide(lua_State *L)
{
    struct script *s = context_check(L, "usher.decide", CALL_IN_FLOW);
    struct branch *b = context_branch(L);
    struct text name = context_name(L, 1, "usher.decide");
    luaL_checktype(L, 2, LUA_TFUNCTION);
    bool refused;
    struct step *known = step_known(s->engine, b, STEP_KIND_DECIDE, name, (struct text){0}, context_line(L),
        &refused);
    if (refused) return context_refuse(L);
    if (!known) known = decide(L, s, b, name);
    if (!known) return context_refuse(L);
    if (known->state == STEP_FAILED) {
        lua_pushstring(L, known->note);
        return lua_error(L);
    }
    value_push(L, known->value); // as it was stored, also the first time
    return context_return(L, 1);
}

// ---- other flows ------------------------------------------------------------------------------------------

// Encodes the field of the options table; the bytes live in the flow or script that asks.
static struct record encode_field(lua_State *L, int index, const char *field, const char *func,
    struct buf *out)
{
    struct err e = {0};
    buf_init(out, RECORD_LEN_MAX);
    if (lua_getfield(L, index, field) == LUA_TNIL) return (struct record){0};
    if (value_encode(L, -1, out, &e)) {
        buf_release(out);
        luaL_error(L, "%s: %s: %s", func, field, e.text);
    }
    return (struct record){(uint8_t *)out->data, out->len};
}

static int declare_start(lua_State *L, struct script *s, struct text name, struct text key, struct text label)
{
    struct buf input;
    struct record r = encode_field(L, 2, "input", "usher.start", &input);
    struct start_decl *d = mem_alloc(sizeof *d);
    d->name = mem_copy(name.data, name.len);
    d->key = mem_copy(key.data, key.len);
    d->label = mem_copy(label.data, label.len);
    if (r.data) d->input.data = (uint8_t *)buf_take(&input, &d->input.len);
    if (s->starts_last) s->starts_last->next = d;
    else s->starts = d;
    s->starts_last = d;
    s->starts_n++;
    return 0;
}

static int step_start(lua_State *L, struct script *s, struct text name, struct text key, struct text label)
{
    struct branch *b = context_branch(L);
    struct buf input; // encoded first, so that what can't be kept is refused in every replay, too
    struct record r = encode_field(L, 2, "input", "usher.start", &input);
    bool refused;
    struct step *known = step_known(s->engine, b, STEP_KIND_START, name, key, context_line(L), &refused);
    if (refused || known) {
        buf_release(&input);
        return refused ? context_refuse(L) : context_return(L, 0);
    }
    struct ask ask = {.kind = STEP_KIND_START, .name = name, .subject = key, .line = context_line(L)};
    known = step_ask(s->engine, b, &ask);
    if (known) engine_start_flow(s->engine, s, name, key, label, r, b->flow->id);
    buf_release(&input);
    return known ? context_return(L, 0) : context_refuse(L);
}

/// usher.start(flow, options) -> nothing
/// Starts a flow, unless one of that name and key is there already. options.key (text: whose flow it is),
/// options.input (what its function gets), options.label (how people call it). At the top level it declares
/// that the flow must exist. Errors: a flow name that the script does not have; a missing key.
/// Example: usher.flow("guest", function(g) usher.log(g.name) end)
/// usher.start("guest", { key = "P1", label = "Dasho Karma", input = { name = "Dasho Karma" } })
static int api_start(lua_State *L)
{
    static const struct option options[] = {{"key", "text"}, {"input", "any?"}, {"label", "text?"}, {0}};
    struct script *s = context_check(L, "usher.start",
        CALL_AT_TOP | CALL_IN_FLOW | CALL_IN_DECIDE | CALL_IN_HANDLER);
    struct text name = context_name(L, 1, "usher.start");
    check_options(L, 2, "usher.start", options, 0);
    lua_getfield(L, 2, "key");
    struct text key = context_name(L, -1, "usher.start");
    struct text label = option_text(L, 2, "label");
    if (s->context == CONTEXT_LOADING) return declare_start(L, s, name, key, label);
    if (!script_flow(s, name)) return luaL_error(L, "usher.start: this script has no flow '%s'", name.data);
    if (s->context == CONTEXT_FLOW) return step_start(L, s, name, key, label);
    struct buf input;
    struct record r = encode_field(L, 2, "input", "usher.start", &input);
    engine_start_flow(s->engine, s, name, key, label, r, 0);
    buf_release(&input);
    return 0;
}

static int step_signal(lua_State *L, struct script *s, struct text flow, struct text key, struct text name,
    struct text dedup)
{
    struct branch *b = context_branch(L);
    bool refused;
    char subject[300];
    int n = snprintf(subject, sizeof subject, "%s/%s", flow.data, key.data);
    struct text to = {subject, (size_t)n < sizeof subject ? (size_t)n : sizeof subject - 1};
    struct buf value;
    struct err e = {0};
    buf_init(&value, RECORD_LEN_MAX);
    if (value_encode(L, 4, &value, &e)) {
        buf_release(&value);
        return luaL_error(L, "usher.signal: %s", e.text);
    }
    struct step *known = step_known(s->engine, b, STEP_KIND_SIGNAL, name, to, context_line(L), &refused);
    if (refused || known) {
        buf_release(&value);
        return refused ? context_refuse(L) : context_return(L, 0);
    }
    struct ask ask = {.kind = STEP_KIND_SIGNAL, .name = name, .subject = to, .line = context_line(L)};
    known = step_ask(s->engine, b, &ask);
    if (known) {
        char once[640]; // of this step of this flow: another flow's signal of the same name is another one
        snprintf(once, sizeof once, "%lld %s", (long long)b->flow->id, known->key);
        inbox_signal(s->engine, text_of(s->event->name), flow, key, name,
            (struct record){(uint8_t *)value.data, value.len}, dedup.len ? dedup : text_of(once));
    }
    buf_release(&value);
    return known ? context_return(L, 0) : context_refuse(L);
}

/// usher.signal(flow, key, name, value, options) -> nothing
/// Tells another flow something: it comes out of that flow's usher.wait(name). A flow that has not begun yet
/// finds it waiting. options.dedup (text): the same text twice counts once. Errors: a value that can't be
/// kept.
/// Example: usher.on("rsvp", function(r)
/// usher.signal("guest", r.key, "rsvp", { yes = true }, { dedup = r.id }) end)
static int api_signal(lua_State *L)
{
    static const struct option options[] = {{"dedup", "text?"}, {0}};
    struct script *s = context_check(L, "usher.signal", CALL_IN_FLOW | CALL_IN_DECIDE | CALL_IN_HANDLER);
    struct text flow = context_name(L, 1, "usher.signal"), key = context_name(L, 2, "usher.signal");
    struct text name = context_name(L, 3, "usher.signal"), dedup = {0};
    lua_settop(L, 5);
    if (!lua_isnil(L, 5)) {
        check_options(L, 5, "usher.signal", options, 0);
        dedup = option_text(L, 5, "dedup");
    }
    if (s->context == CONTEXT_FLOW) return step_signal(L, s, flow, key, name, dedup);
    struct buf value;
    struct err e = {0};
    buf_init(&value, RECORD_LEN_MAX);
    if (value_encode(L, 4, &value, &e)) {
        buf_release(&value);
        return luaL_error(L, "usher.signal: %s", e.text);
    }
    char unique[48]; // nothing to recognise a repetition by: every call counts, also after a restart
    snprintf(unique, sizeof unique, "%lld-%lld", (long long)s->engine->now.ms,
        (long long)s->engine->last_inbox + 1);
    inbox_signal(s->engine, text_of(s->event->name), flow, key, name,
        (struct record){(uint8_t *)value.data, value.len}, dedup.len ? dedup : text_of(unique));
    buf_release(&value);
    return 0;
}

/// usher.recall(flow, key, why) -> nothing
/// Takes back a mail of that flow that has not left yet: it waits for room, or to be tried again. There
/// usher.mail comes back with { sent = false, why = why }. A mail that is on its way goes on, and one that is
/// asked for later is not meant. Errors: a use elsewhere than in usher.decide, handlers and POST routes.
/// Example: usher.on("answered", function(r) usher.recall("nudge", r.key, "has answered meanwhile") end)
static int api_recall(lua_State *L)
{
    struct script *s = context_check(L, "usher.recall", CALL_IN_DECIDE | CALL_IN_HANDLER);
    engine_recall(s->engine, text_of(s->event->name), context_name(L, 1, "usher.recall"),
        context_name(L, 2, "usher.recall"), check_text(L, 3, "usher.recall", "why"));
    return 0;
}

void api_flow_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"sleep", api_sleep}, {"due", api_due}, {"first", api_first},
        {"wait", api_wait}, {"decide", api_decide}, {"start", api_start}, {"signal", api_signal},
        {"recall", api_recall}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
