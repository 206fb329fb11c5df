// SPDX-License-Identifier: MIT
// The global functions. What is missing is missing on purpose: load, dofile, require of files, coroutine,
// collectgarbage, os, io and debug see the machine or its memory.
#include "lua/api.h"
#include "lua/lib.h"

#include "engine/budget.h"
#include "engine/meta.h"

#include <ctype.h>
#include <lauxlib.h>
#include <limits.h>
#include <string.h>

// ---- text of a value ----------------------------------------------------------------------------------

static const char *call_tostring(lua_State *L, int index, size_t *len)
{
    lua_pushvalue(L, index); // __tostring is below
    lua_call(L, 1, 1);
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "'__tostring' must return a string");
    return lua_tolstring(L, -1, len);
}

const char *lib_tostring(lua_State *L, int index, size_t *len)
{
    index = lua_absindex(L, index);
    if (luaL_getmetafield(L, index, "__tostring") != LUA_TNIL) return call_tostring(L, index, len);
    switch (lua_type(L, index)) {
    case LUA_TNUMBER: // a copy, because lua_tolstring changes a number in place
    case LUA_TSTRING: lua_pushvalue(L, index); break;
    case LUA_TBOOLEAN: lua_pushstring(L, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TNIL: lua_pushliteral(L, "nil"); break;
    default:
        if (luaL_getmetafield(L, index, "__name") == LUA_TSTRING) break;
        lua_pushstring(L, luaL_typename(L, index));
    }
    return lua_tolstring(L, -1, len);
}

static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    lib_tostring(L, 1, NULL);
    return 1;
}

static void (*print_line)(lua_State *L, struct text line);

void lib_print_set(void (*print)(lua_State *L, struct text line))
{
    print_line = print;
}

static int base_print(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= n; i++) {
        if (i > 1) luaL_addchar(&line, '\t');
        lib_tostring(L, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    struct text text;
    text.data = lua_tolstring(L, -1, &text.len);
    if (print_line) print_line(L, text);
    return 0;
}

// ---- numbers, types, arguments --------------------------------------------------------------------------

static int digit_of(char c)
{
    if (isdigit((unsigned char)c)) return c - '0';
    return isalpha((unsigned char)c) ? toupper((unsigned char)c) - 'A' + 10 : 99;
}

// tonumber("ff", 16): wraps around like Lua's.
static bool number_in_base(struct text t, int base, lua_Integer *out)
{
    const char *s = t.data, *end = s + t.len;
    while (s < end && isspace((unsigned char)*s)) s++;
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (s == end || digit_of(*s) >= base) return false;
    lua_Unsigned n = 0;
    for (; s < end && digit_of(*s) < base; s++) n = n * (lua_Unsigned)base + (lua_Unsigned)digit_of(*s);
    while (s < end && isspace((unsigned char)*s)) s++;
    *out = (lua_Integer)(negative ? 0u - n : n);
    return s == end;
}

static int base_tonumber(lua_State *L)
{
    if (lua_isnoneornil(L, 2)) {
        luaL_checkany(L, 1);
        size_t len;
        const char *s = lua_type(L, 1) == LUA_TSTRING ? lua_tolstring(L, 1, &len) : NULL;
        if (lua_type(L, 1) == LUA_TNUMBER) lua_settop(L, 1);
        else if (!s || lua_stringtonumber(L, s) != len + 1) lua_pushnil(L);
        return 1;
    }
    struct text digits;
    luaL_checktype(L, 1, LUA_TSTRING);
    digits.data = lua_tolstring(L, 1, &digits.len);
    lua_Integer base = luaL_checkinteger(L, 2), n;
    luaL_argcheck(L, 2 <= base && base <= 36, 2, "base out of range");
    if (number_in_base(digits, (int)base, &n)) lua_pushinteger(L, n);
    else lua_pushnil(L);
    return 1;
}

static int base_type(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushstring(L, luaL_typename(L, 1));
    return 1;
}

static int base_select(lua_State *L)
{
    int n = lua_gettop(L);
    if (lua_type(L, 1) == LUA_TSTRING && *lua_tostring(L, 1) == '#') {
        lua_pushinteger(L, n - 1);
        return 1;
    }
    lua_Integer i = luaL_checkinteger(L, 1);
    if (i < 0) i = n + i;
    else if (i > n) i = n;
    luaL_argcheck(L, 1 <= i, 1, "index out of range");
    return n - (int)i;
}

static int ipairs_step(lua_State *L)
{
    lua_Integer i = luaL_intop(+, luaL_checkinteger(L, 2), 1);
    lua_pushinteger(L, i);
    return lua_geti(L, 1, i) == LUA_TNIL ? 1 : 2;
}

static int base_ipairs(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushcfunction(L, ipairs_step);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

// ---- errors -------------------------------------------------------------------------------------------

static int base_assert(lua_State *L)
{
    if (lua_toboolean(L, 1)) return lua_gettop(L);
    luaL_checkany(L, 1);
    lua_remove(L, 1);
    lua_pushliteral(L, "assertion failed!");
    lua_settop(L, 1); // the message, or that default
    return lua_error(L);
}

static int base_error(lua_State *L)
{
    int level = (int)luaL_optinteger(L, 2, 1);
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING && level > 0) {
        luaL_where(L, level);
        lua_insert(L, 1);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

// Length of "briefing.lua:12: " at the start of a message, or 0.
static size_t position_len(const char *message)
{
    const char *name_end = strstr(message, ".lua:");
    const char *first_colon = strchr(message, ':');
    if (!name_end || first_colon != name_end + 4) return 0;
    const char *s = first_colon + 1;
    if (!isdigit((unsigned char)*s)) return 0;
    while (isdigit((unsigned char)*s)) s++;
    return s[0] == ':' && s[1] == ' ' ? (size_t)(s + 2 - message) : 0;
}

// The error on top becomes a value that a script may keep or mail: it loses the line, which moves with
// every edit of the script.
static void strip_position(lua_State *L)
{
    if (lua_type(L, -1) != LUA_TSTRING) return;
    size_t len;
    const char *message = lua_tolstring(L, -1, &len);
    size_t position = position_len(message);
    if (!position) return;
    lua_pushlstring(L, message + position, len - position);
    lua_replace(L, -2);
}

// After every protected call: a budget that struck can't be caught.
static bool call_failed(lua_State *L, int status)
{
    budget_charge(L, 0);
    if (status == LUA_OK || status == LUA_YIELD) return false;
    strip_position(L);
    return true;
}

// Stack on success: true, results
static int pcall_end(lua_State *L, int status, lua_KContext context)
{
    if (!call_failed(L, status)) return lua_gettop(L);
    lua_pushboolean(L, 0);
    lua_insert(L, -2);
    return 2;
}

static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return pcall_end(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, pcall_end), 0);
}

// Stack: false, results of the handler or what it raised
static int handler_end(lua_State *L, int status, lua_KContext context)
{
    call_failed(L, status);
    return lua_gettop(L);
}

// Stack: handler, true, results; or handler, true, error
static int xpcall_end(lua_State *L, int status, lua_KContext context)
{
    if (!call_failed(L, status)) return lua_gettop(L) - 1;
    lua_pushboolean(L, 0);
    lua_replace(L, 2);
    lua_pushvalue(L, 1);
    lua_insert(L, 3);
    lua_remove(L, 1);
    return handler_end(L, lua_pcallk(L, 1, LUA_MULTRET, 0, 0, handler_end), 0);
}

// Calls the handler after the stack is unwound, as a plain call: Lua's own message handlers crash 5.4.4
// (safety.md's table, 3fe7be95), and without tracebacks nobody can tell the difference.
static int base_xpcall(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_insert(L, 1); // handler, f, handler, arguments
    lua_pushboolean(L, 1);
    lua_replace(L, 3); // handler, f, true, arguments
    lua_pushvalue(L, 2);
    lua_insert(L, 4); // handler, f, true, f, arguments
    lua_remove(L, 2); // handler, true, f, arguments
    return xpcall_end(L, lua_pcallk(L, lua_gettop(L) - 3, LUA_MULTRET, 0, 0, xpcall_end), 0);
}

int lib_without_steps(lua_State *L, lua_CFunction body, const char *name)
{
    lua_pushcfunction(L, body);
    lua_insert(L, 1);
    int status = lua_pcall(L, lua_gettop(L) - 1, LUA_MULTRET, 0);
    if (status == LUA_OK) return lua_gettop(L);
    const char *message = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";
    if (!strstr(message, "attempt to yield across a C-call boundary")) return lua_error(L);
    return luaL_error(L, "a step may not be used inside %s", name);
}

// ---- raw access -----------------------------------------------------------------------------------------

static int base_rawequal(lua_State *L)
{
    luaL_checkany(L, 1);
    luaL_checkany(L, 2);
    lua_pushboolean(L, lua_rawequal(L, 1, 2));
    return 1;
}

static int base_rawlen(lua_State *L)
{
    int type = lua_type(L, 1);
    luaL_argexpected(L, type == LUA_TTABLE || type == LUA_TSTRING, 1, "table or string");
    if (type == LUA_TTABLE) meta_contents(L, 1);
    else lua_pushvalue(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

static int base_rawget(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    meta_contents(L, 1);
    lua_pushvalue(L, 2);
    lua_rawget(L, -2);
    return 1;
}

static int base_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (meta_frozen(L, 1)) meta_refuse_at(L, 1);
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

void lib_base_open(lua_State *L, int env)
{
    static const luaL_Reg functions[] = {
        {"assert", base_assert},
        {"error", base_error},
        {"getmetatable", lib_getmetatable},
        {"ipairs", base_ipairs},
        {"next", lib_next},
        {"pairs", lib_pairs},
        {"pcall", base_pcall},
        {"print", base_print},
        {"rawequal", base_rawequal},
        {"rawget", base_rawget},
        {"rawlen", base_rawlen},
        {"rawset", base_rawset},
        {"select", base_select},
        {"setmetatable", lib_setmetatable},
        {"tonumber", base_tonumber},
        {"tostring", base_tostring},
        {"type", base_type},
        {"xpcall", base_xpcall},
        {NULL, NULL},
    };
    lua_pushvalue(L, env);
    luaL_setfuncs(L, functions, 0);
    lua_pushliteral(L, "Lua 5.4");
    lua_setfield(L, -2, "_VERSION");
    lua_pop(L, 1);
}
