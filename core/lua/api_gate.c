// SPDX-License-Identifier: MIT
// api_gate: what people say about what may leave: a hold, its end, and that held mails are to be looked at.
#include "engine/gate.h"
#include "engine/hold.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#define WHY_MAX 300 // bytes; it stands in the sentence of every mail that is held

static struct text short_text(lua_State *L, int index, const char *func, const char *what)
{
    struct text t = check_text(L, index, func, what);
    if (t.len > WHY_MAX) luaL_error(L, "%s: %s is longer than %d bytes", func, what, WHY_MAX);
    return t;
}

/// usher.hold(who, why) -> true | false
/// Puts this event on hold: no mail of it leaves, nor a request that may change something elsewhere, also
/// those that wait for their turn or are tried again. Moments pass and answers come in as before. who, and
/// why (or nil), stand in the sentence that each held mail says of itself. False: it was on hold already.
/// Errors: a use outside handlers.
/// Example: usher.on("stop", function(r) return usher.hold(r.by, "the link is wrong") end)
static int api_hold(lua_State *L)
{
    struct script *s = context_check(L, "usher.hold", CALL_IN_HANDLER);
    struct text who = short_text(L, 1, "usher.hold", "who"), why = {0};
    if (!lua_isnoneornil(L, 2)) why = short_text(L, 2, "usher.hold", "why");
    lua_pushboolean(L, hold_begin(s->engine, s->event, s->event, who, why));
    return 1;
}

/// usher.release(who) -> true | false
/// Lifts the hold of this event: what was held leaves, unless another reason is left or it is too late.
/// False: it was not on hold by itself. A hold on everything is lifted by whoever keeps the machine. Errors:
/// a use outside handlers.
/// Example: usher.on("go", function(r) return usher.release(r.by) end)
static int api_release(lua_State *L)
{
    struct script *s = context_check(L, "usher.release", CALL_IN_HANDLER);
    struct text who = short_text(L, 1, "usher.release", "who");
    lua_pushboolean(L, hold_end(s->engine, s->event, s->event, who));
    return 1;
}

/// usher.outgoing() -> state
/// What keeps mails of this event from leaving: a table, empty when nothing does. away = the sentence why
/// nothing leaves from this copy of the database; only = list of the domains to which mails leave; hold =
/// { at = , who = , why = , all = true for a hold on everything, note = the sentence }. Errors: a use outside
/// handlers and routes.
/// Example: usher.on("held", function() return usher.outgoing().hold ~= nil end)
static int api_outgoing(lua_State *L)
{
    struct script *s = context_check(L, "usher.outgoing", CALL_IN_HANDLER | CALL_IN_LOOK);
    struct buf state;
    buf_init(&state, RECORD_LEN_MAX);
    gate_describe(s->engine, s->event, &state);
    value_push(L, (struct record){(uint8_t *)state.data, state.len});
    buf_release(&state);
    return 1;
}

/// usher.recheck() -> nothing
/// Says that something has changed for which mails are held, such as an approval: once it is on disk, the
/// held mails of this event are looked at again, and those for which no reason is left are sent. Errors: a
/// use outside handlers.
/// Example: usher.on("approve", function(r)
/// usher.book("approvals"):set(r.rule, { hash = r.hash })
/// usher.recheck()
/// end)
static int api_recheck(lua_State *L)
{
    struct script *s = context_check(L, "usher.recheck", CALL_IN_HANDLER);
    gate_recheck(s->engine, s->event);
    return 0;
}

void api_gate_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"hold", api_hold}, {"release", api_release},
        {"outgoing", api_outgoing}, {"recheck", api_recheck}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
