// SPDX-License-Identifier: MIT
// The string library but for patterns (lib_pattern.c) and format (lib_format.c). dump is missing: it
// writes bytecode, which nothing here reads.
#include "lua/api.h"
#include "lua/lib.h"

#include "engine/budget.h"

#include <ctype.h>
#include <lauxlib.h>
#include <limits.h>
#include <string.h>

// The longest text that one call makes: well within a slice's memory.
#define REP_MAX (8u << 20)

// A position counted from the end when negative; before the start becomes 1.
static size_t first_of(lua_Integer at, size_t len)
{
    if (at > 0) return (size_t)at;
    if (at == 0 || at < -(lua_Integer)len) return 1;
    return len + (size_t)at + 1;
}

// The other end of a range; after the end becomes the length.
static size_t last_of(lua_Integer at, size_t len)
{
    if (at > (lua_Integer)len) return len;
    if (at >= 0) return (size_t)at;
    return at < -(lua_Integer)len ? 0 : len + (size_t)at + 1;
}

static int string_byte(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer at = luaL_optinteger(L, 2, 1);
    size_t first = first_of(at, len), last = last_of(luaL_optinteger(L, 3, at), len);
    if (first > last) return 0;
    luaL_argcheck(L, last - first < INT_MAX, 3, "string slice too long");
    int n = (int)(last - first) + 1;
    luaL_checkstack(L, n, "string slice too long");
    for (int i = 0; i < n; i++) lua_pushinteger(L, (unsigned char)s[first - 1 + (size_t)i]);
    return n;
}

static int string_char(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, (size_t)n);
    for (int i = 1; i <= n; i++) {
        lua_Integer c = luaL_checkinteger(L, i);
        luaL_argcheck(L, 0 <= c && c <= UCHAR_MAX, i, "value out of range");
        to[i - 1] = (char)c;
    }
    luaL_pushresultsize(&out, (size_t)n);
    return 1;
}

static int string_len(lua_State *L)
{
    size_t len;
    luaL_checklstring(L, 1, &len);
    lua_pushinteger(L, (lua_Integer)len);
    return 1;
}

static int change_case(lua_State *L, int (*change)(int))
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, len);
    for (size_t i = 0; i < len; i++) to[i] = (char)change((unsigned char)s[i]);
    luaL_pushresultsize(&out, len);
    return 1;
}

static int string_lower(lua_State *L)
{
    return change_case(L, tolower);
}

static int string_upper(lua_State *L)
{
    return change_case(L, toupper);
}

static int string_reverse(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, len);
    for (size_t i = 0; i < len; i++) to[i] = s[len - 1 - i];
    luaL_pushresultsize(&out, len);
    return 1;
}

// An empty text times a huge number would keep stock Lua busy for ever (5cfc725a).
static int string_rep(lua_State *L)
{
    size_t len, separator_len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer n = luaL_checkinteger(L, 2);
    const char *separator = luaL_optlstring(L, 3, "", &separator_len);
    if (n <= 0 || len + separator_len == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    if ((lua_Unsigned)n > REP_MAX / (len + separator_len)) {
        return luaL_error(L, "string.rep: the result would be longer than 8 MiB");
    }
    size_t whole = (size_t)n * (len + separator_len) - separator_len;
    budget_charge(L, (uint64_t)n);
    luaL_Buffer out;
    char *to = luaL_buffinitsize(L, &out, whole);
    for (lua_Integer i = 0; i < n; i++) {
        memcpy(to, s, len);
        to += len;
        if (i == n - 1) break;
        memcpy(to, separator, separator_len);
        to += separator_len;
    }
    luaL_pushresultsize(&out, whole);
    return 1;
}

static int string_sub(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    size_t first = first_of(luaL_checkinteger(L, 2), len), last = last_of(luaL_optinteger(L, 3, -1), len);
    if (first > last) lua_pushliteral(L, "");
    else lua_pushlstring(L, s + first - 1, last - first + 1);
    return 1;
}

// ---- arithmetic on texts ----------------------------------------------------------------------------------
// "10" + 1 is 11 in Lua, by the metatable of texts.

static bool push_number(lua_State *L, int index)
{
    size_t len;
    const char *s = lua_tolstring(L, index, &len);
    if (lua_type(L, index) == LUA_TNUMBER) lua_pushvalue(L, index);
    return lua_type(L, index) == LUA_TNUMBER || (s && lua_stringtonumber(L, s) == len + 1);
}

// Upvalues: the operator for lua_arith, the name of its event.
static int text_arith(lua_State *L)
{
    const char *event = lua_tostring(L, lua_upvalueindex(2));
    if (lua_type(L, 1) == LUA_TNUMBER) lua_pushvalue(L, 1);
    lua_settop(L, 2);
    for (int i = 1; i <= 2; i++) {
        bool convertible = lua_type(L, i) == LUA_TNUMBER || lua_type(L, i) == LUA_TSTRING;
        if (convertible && push_number(L, i)) continue;
        // Not a number: the other side may know what to do.
        if (lua_type(L, 2) != LUA_TSTRING && luaL_getmetafield(L, 2, event) != LUA_TNIL) {
            lua_pushvalue(L, 1);
            lua_pushvalue(L, 2);
            lua_call(L, 2, 1);
            return 1;
        }
        return luaL_error(L, "attempt to perform arithmetic on a %s value that is no number",
            luaL_typename(L, i));
    }
    lua_arith(L, (int)lua_tointeger(L, lua_upvalueindex(1)));
    return 1;
}

static void add_arithmetic(lua_State *L)
{
    static const struct {
        const char *event;
        int op;
    } events[] = {{"__add", LUA_OPADD}, {"__sub", LUA_OPSUB}, {"__mul", LUA_OPMUL}, {"__mod", LUA_OPMOD},
        {"__pow", LUA_OPPOW}, {"__div", LUA_OPDIV}, {"__idiv", LUA_OPIDIV}, {"__unm", LUA_OPUNM}};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        lua_pushinteger(L, events[i].op);
        lua_pushstring(L, events[i].event);
        lua_pushcclosure(L, text_arith, 2);
        lua_setfield(L, -2, events[i].event);
    }
}

void lib_string_open(lua_State *L, int env)
{
    static const luaL_Reg functions[] = {
        {"byte", string_byte},
        {"char", string_char},
        {"find", lib_find},
        {"format", lib_format},
        {"gmatch", lib_gmatch},
        {"gsub", lib_gsub},
        {"len", string_len},
        {"lower", string_lower},
        {"match", lib_match},
        {"rep", string_rep},
        {"reverse", string_reverse},
        {"sub", string_sub},
        {"upper", string_upper},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_pushliteral(L, "");
    lua_createtable(L, 0, 10); // the metatable of all texts
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    add_arithmetic(L);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_setfield(L, env, "string");
}
