// SPDX-License-Identifier: MIT
// api_log: what a flow says of itself, what time it is for it, and numbers that nobody can guess.
#include "base/log.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <stdio.h>
#include <string.h>

// A flow that replays says nothing: it said it when it first ran.
static bool replaying(const struct script *s)
{
    const struct flow *f = s->running ? s->running->flow : NULL;
    return f && (f->edit || f->asked < f->replayed);
}

/// usher.log(text) -> nothing
/// A line in the program's log; silent while a flow only catches up with what it did before. Errors: none.
/// Example: usher.log("the list is ready")
static int api_log(lua_State *L)
{
    struct script *s = context_check(L, "usher.log", CALL_ANYWHERE);
    size_t len;
    const char *text = luaL_tolstring(L, 1, &len);
    if (replaying(s)) return 0;
    const struct flow *f = s->running ? s->running->flow : NULL;
    const char *event = s->event ? s->event->name : s->path;
    if (f) log_line(LOG_INFO, text, "event", event, "name", f->name, "key", f->key, NULL);
    else log_line(LOG_INFO, text, "event", event, NULL);
    return 0;
}

/// usher.status(text) -> nothing
/// How people see this flow in `usher flows`: what it is about now. Errors: a use outside a flow.
/// Example: usher.flow("f", function() usher.status("waiting for the minister") end)
static int api_status(lua_State *L)
{
    context_check(L, "usher.status", CALL_IN_FLOW);
    struct flow *f = context_branch(L)->flow;
    const char *text = flow_keep(f, check_text(L, 1, "usher.status", "text"));
    if (strcmp(f->why, text) != 0) f->written = false;
    f->why = text; // not the label: usher.self must answer the same in every replay
    return 0;
}

/// usher.now() -> milliseconds
/// The time, in milliseconds since 1970 (UTC). In a flow it is the stamp of the last thing that the flow
/// learned, so it is the same after a restart. Errors: none.
/// Example: local started = usher.now()
static int api_now(lua_State *L)
{
    struct script *s = context_check(L, "usher.now", CALL_ANYWHERE);
    lua_pushinteger(L, s->running ? s->running->now.ms : s->engine->now.ms);
    return 1;
}

/// usher.self() -> { event = , flow = , key = , label = }
/// Which flow this is. Errors: a use outside a flow.
/// Example: usher.flow("f", function() usher.log(usher.self().key) end)
static int api_self(lua_State *L)
{
    struct script *s = context_check(L, "usher.self", CALL_IN_FLOW | CALL_IN_DECIDE);
    const struct flow *f = s->running->flow;
    const char *const pairs[] = {"event", s->event->name, "flow", f->name, "key", f->key, "label", f->label};
    lua_createtable(L, 0, 4);
    for (size_t i = 0; i < 8; i += 2) {
        lua_pushstring(L, pairs[i + 1]);
        lua_setfield(L, -2, pairs[i]);
    }
    return 1;
}

// HMAC(flow seed, branch | purpose : name): needs no record, depends on no order, survives edits.
static struct hash derive(lua_State *L, const char *func, const char *purpose)
{
    struct script *s = context_check(L, func, CALL_IN_FLOW | CALL_IN_DECIDE);
    struct text name = context_name(L, 1, func);
    struct hash seed = flow_seed(s->engine, s->running->flow);
    lua_pushfstring(L, "%s|%s:%s", s->running->path, purpose, name.data);
    struct text message = {lua_tostring(L, -1), lua_rawlen(L, -1)};
    return hash_derive((struct text){(char *)seed.bytes, HASH_LEN}, message);
}

/// usher.random(name, low, high) -> whole number
/// A number from low to high that this flow always gets for that name. Errors: low above high.
/// Example: usher.flow("f", function() usher.log(usher.random("dice", 1, 6)) end)
static int api_random(lua_State *L)
{
    int64_t low = check_int(L, 2, "usher.random", "low", INT64_MIN / 2, INT64_MAX / 2);
    int64_t high = check_int(L, 3, "usher.random", "high", INT64_MIN / 2, INT64_MAX / 2);
    if (low > high) return luaL_error(L, "usher.random: low is above high");
    struct hash h = derive(L, "usher.random", "random");
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++) bits = bits << 8 | h.bytes[i];
    lua_pushinteger(L, low + (int64_t)(bits % ((uint64_t)(high - low) + 1)));
    return 1;
}

/// usher.uuid(name) -> text
/// A UUID that this flow always gets for that name. Errors: a use outside a flow.
/// Example: usher.flow("f", function() usher.log(usher.uuid("ticket")) end)
static int api_uuid(lua_State *L)
{
    struct hash h = derive(L, "usher.uuid", "uuid");
    h.bytes[6] = (uint8_t)((h.bytes[6] & 0x0f) | 0x80); // version 8: made by our own rule (RFC 9562)
    h.bytes[8] = (uint8_t)((h.bytes[8] & 0x3f) | 0x80);
    char text[37], *at = text;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *at++ = '-';
        at += snprintf(at, 3, "%02x", h.bytes[i]);
    }
    lua_pushlstring(L, text, 36);
    return 1;
}

/// usher.token(name) -> text
/// 22 letters, digits, - and _ that nobody can guess and that this flow always gets for that name. Errors: a
/// use outside a flow.
/// Example: usher.flow("f", function() usher.log(usher.token("survey")) end)
static int api_token(lua_State *L)
{
    struct hash h = derive(L, "usher.token", "token");
    struct buf text;
    buf_init(&text, 64);
    hash_base64url((struct text){(char *)h.bytes, 16}, &text);
    lua_pushlstring(L, buf_z(&text), text.len);
    buf_release(&text);
    return 1;
}

void api_log_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"log", api_log}, {"status", api_status}, {"now", api_now},
        {"self", api_self}, {"random", api_random}, {"uuid", api_uuid}, {"token", api_token}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
