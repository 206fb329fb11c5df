// SPDX-License-Identifier: MIT
// api_office: what people who run an event do beside their script: the trail of who did what, and their word
// on a mail whose fate is not known.
#include "base/utf8.h"
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

void api_office_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"audit", api_audit}, {"settle", api_settle}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
