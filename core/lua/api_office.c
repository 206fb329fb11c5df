// SPDX-License-Identifier: MIT
// api_office: what people who run an event do beside their script: the trail of who did what, and their word
// on a mail whose fate is not known, and on a changed script that waits.
#include "base/utf8.h"
#include "engine/proposal.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#define TRAIL_TEXT_MAX 1000 // bytes of one text; what guests write may be longer

// The beginning of a text, whole characters only.
static struct text shortened(struct text t)
{
    size_t n = 0;
    while (n < t.len) {
        size_t step = utf8_step((struct text){t.data + n, t.len - n});
        if (step == 0) step = 1;
        if (n + step > TRAIL_TEXT_MAX) break;
        n += step;
    }
    return (struct text){t.data, n};
}

static struct text optional_text(lua_State *L, int index, const char *what)
{
    if (lua_isnoneornil(L, index)) return (struct text){0};
    return shortened(check_text(L, index, "usher.audit", what));
}

/// usher.audit(what, note, who, about) -> nothing
/// Writes down who did what, in the same transaction as what was done: `usher log` and the organisers' pages
/// show it. what: a few words ("answer"); note: how exactly, or nil; who: a name or an address (else
/// "usher"); about: the key of the person whom it concerns, or nil. Of a long text the first 1,000 bytes are
/// kept. Errors: a use outside handlers and decide.
/// Example: usher.on("phoned", function(r) usher.audit("telephone", r.note, r.by, r.person) end)
static int api_audit(lua_State *L)
{
    struct script *s = context_check(L, "usher.audit", CALL_IN_DECIDE | CALL_IN_HANDLER);
    struct text who = optional_text(L, 3, "who");
    batch_audit(s->engine->batch, &(struct audit_row){.at = s->engine->now,
                                      .who = who.len ? who : TEXT("usher"),
                                      .event = text_of(s->event->name),
                                      .what = shortened(check_text(L, 1, "usher.audit", "what")),
                                      .note = optional_text(L, 2, "note"),
                                      .about = optional_text(L, 4, "about")});
    return 0;
}

/// usher.settle(flow, key, options) -> nothing
/// A person's word on a mail or a request of which nobody knows whether it went out; flow, key,
/// options.step and options.attempt are as the list "unsure" of the database has them. options.again: true
/// sends it once more with the same Message-ID, else it is kept as sent. The first word on an attempt counts;
/// one on a step that is not unsure changes nothing. Errors: a use outside handlers.
/// Example: usher.on("arrived", function(r) usher.settle(r.flow, r.key, { step = r.step, attempt = 1 }) end)
static int api_settle(lua_State *L)
{
    static const struct option options[] = {{"step", "int"}, {"attempt", "int"}, {"again", "bool?"}, {0}};
    struct script *s = context_check(L, "usher.settle", CALL_IN_HANDLER);
    struct text flow = context_name(L, 1, "usher.settle"), key = context_name(L, 2, "usher.settle");
    check_options(L, 3, "usher.settle", options, 0);
    int64_t step = option_int(L, 3, "step", 0), attempt = option_int(L, 3, "attempt", 0);
    luaL_argcheck(L, step >= 1 && step <= INT32_MAX, 3, "usher.settle: step is a number of a step, from 1");
    luaL_argcheck(L, attempt >= 1 && attempt <= INT32_MAX, 3, "usher.settle: attempt counts from 1");
    engine_decide_unsure(s->engine, text_of(s->event->name), flow, key, (int32_t)step, (int32_t)attempt,
        option_bool(L, 3, "again", false));
    return 0;
}

// What is long is handed out to who asks for it by name.
static bool is_long(struct text field)
{
    return text_is(field, "text") || text_is(field, "html");
}

// Among the first n arguments.
static bool is_asked_for(lua_State *L, int n, struct text field)
{
    for (int i = 1; i <= n; i++) {
        if (lua_type(L, i) == LUA_TSTRING && text_is(field, lua_tostring(L, i))) return true;
    }
    return false;
}

/// usher.proposal(...) -> table | nil
/// The changed script that waits for the organisers' word (usher plan --propose, usher run --watch): script
/// (its path), who and at (who proposed it, and when), digest, needs (how much needs an answer), questions
/// (list of { id, text, choices }), answers, problem (why the script can't be used), state ("waits",
/// "planned": the plan is being made, "agreed": it is about to take its place), note (what became of the last
/// word, or ""). Names given ("text", "html") add the plan in words. nil: nothing waits. Errors: a use
/// outside handlers and routes.
/// Example: usher.on("waits", function() return usher.proposal() ~= nil end)
static int api_proposal(lua_State *L)
{
    struct script *s = context_check(L, "usher.proposal", CALL_IN_HANDLER | CALL_IN_LOOK);
    const struct proposal *p = proposal_of(s->event);
    if (!p) return luaL_pushfail(L), 1;
    int wanted = lua_gettop(L);
    lua_newtable(L);
    for (struct record_iter it = record_each(proposal_map(p)); record_next(&it);) {
        struct text field;
        if (!record_text(it.key, &field) || (is_long(field) && !is_asked_for(L, wanted, field))) continue;
        lua_pushlstring(L, field.data, field.len);
        value_push(L, it.value);
        lua_rawset(L, wanted + 1);
    }
    lua_pushstring(L, proposal_state_name(proposal_state(p)));
    lua_setfield(L, wanted + 1, "state");
    lua_pushstring(L, proposal_note(p));
    lua_setfield(L, wanted + 1, "note");
    return 1;
}

/// usher.decide_proposal(word, options) -> nothing
/// The organisers' word on the changed script that waits: "apply" lets it take its place, "discard" forgets
/// it, "answer" has its plan made anew with options.answers ({ skip = list, send = list, stay = list, answers
/// = table }). options.digest: of the plan on which the word is said; on another one it does not count.
/// options.who: for the log. It is done after this handler, so usher.proposal tells later what became of it.
/// Errors: a use outside handlers and POST routes; another word.
/// Example: usher.on("no", function(r) usher.decide_proposal("discard", { digest = r.plan, who = r.by }) end)
static int api_decide_proposal(lua_State *L)
{
    static const struct option options[] = {{"digest", "text?"}, {"who", "text"}, {"answers", "table?"}, {0}};
    struct script *s = context_check(L, "usher.decide_proposal", CALL_IN_HANDLER);
    struct text word = check_text(L, 1, "usher.decide_proposal", "the word");
    struct buf answers;
    struct err e = {0};
    check_options(L, 2, "usher.decide_proposal", options, 0);
    struct text digest = option_text(L, 2, "digest"), who = option_text(L, 2, "who");
    bool there = option_there(L, 2, "answers");
    if (there) lua_getfield(L, 2, "answers");
    buf_init(&answers, RECORD_LEN_MAX);
    int failed = there ? value_encode(L, -1, &answers, &e) : 0;
    bool known = !failed && proposal_word(s->engine, s->event, word, digest, who,
                                (struct record){(uint8_t *)answers.data, answers.len});
    buf_release(&answers);
    if (failed) return luaL_error(L, "usher.decide_proposal: %s", e.text);
    if (!known)
        return luaL_error(L, "usher.decide_proposal: the word is \"apply\", \"answer\" or \"discard\"");
    return 0;
}

void api_office_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"audit", api_audit}, {"settle", api_settle},
        {"proposal", api_proposal}, {"decide_proposal", api_decide_proposal}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
