// SPDX-License-Identifier: MIT
#include "lua/check.h"

#include "base/nearest.h"
#include "engine/meta.h"
#include "time/span.h"

#include <stdio.h>
#include <string.h>

// ---- types ----------------------------------------------------------------------------------------------

static bool is_moment(lua_State *L, int index)
{
    if (lua_isinteger(L, index)) return true;
    if (!lua_istable(L, index)) return false;
    bool moment = lua_getfield(L, index, "utc") == LUA_TNUMBER && lua_isinteger(L, -1);
    lua_pop(L, 1);
    return moment;
}

// 30 and also 60 / 2, which is 30.0 to Lua.
static bool is_whole(lua_State *L, int index)
{
    int whole = 0;
    if (lua_type(L, index) == LUA_TNUMBER) lua_tointegerx(L, index, &whole);
    return whole;
}

// "" when the value at index is of the option's type, else what it should be.
static const char *wanted(lua_State *L, int index, const char *type)
{
    size_t len = strcspn(type, "?");
    int found = lua_type(L, index);
    struct text name = {type, len};
    if (text_is(name, "text")) return found == LUA_TSTRING ? "" : "a text";
    if (text_is(name, "span"))
        return found == LUA_TSTRING ? "" : "a duration such as \"2h\" or \"30 minutes\"";
    if (text_is(name, "int")) return is_whole(L, index) ? "" : "a whole number";
    if (text_is(name, "number")) return found == LUA_TNUMBER ? "" : "a number";
    if (text_is(name, "bool")) return found == LUA_TBOOLEAN ? "" : "true or false";
    if (text_is(name, "table")) return found == LUA_TTABLE ? "" : "a table";
    if (text_is(name, "function")) return found == LUA_TFUNCTION ? "" : "a function";
    if (text_is(name, "moment")) return is_moment(L, index) ? "" : "a moment (usher.time.at makes one)";
    return ""; // "any"
}

// ---- options --------------------------------------------------------------------------------------------

#define OPTIONS_MAX 64

static const struct option *option_find(const struct option *options, struct text name)
{
    for (const struct option *o = options; o->name; o++) {
        if (text_is(name, o->name)) return o;
    }
    return NULL;
}

static void refuse_unknown(lua_State *L, const char *func, const struct option *options, struct text name)
{
    const char *names[OPTIONS_MAX] = {NULL};
    size_t n = 0;
    for (const struct option *o = options; o->name && n < OPTIONS_MAX; o++) names[n++] = o->name;
    const char *nearest = nearest_word(name, names, n);
    if (nearest) luaL_error(L, "%s: no option '%s' (did you mean '%s'?)", func, name.data, nearest);
    struct buf all;
    char list[400];
    buf_init(&all, sizeof list - 1);
    for (size_t i = 0; i < n; i++) buf_addf(&all, "%s%s", i ? ", " : "", names[i]);
    snprintf(list, sizeof list, "%s", buf_z(&all)); // nothing is held when the error is raised
    buf_release(&all);
    luaL_error(L, "%s: no option '%s'; there are: %s", func, name.data, list);
}

// One key of the table, at -2, and its value, at -1. Unknown names are for later: which one lua_next meets
// first depends on the hash seed, and messages may not.
static void check_position(lua_State *L, const char *func, int positional)
{
    if (lua_isinteger(L, -2) && lua_tointeger(L, -2) >= 1 && lua_tointeger(L, -2) <= positional) return;
    if (lua_isinteger(L, -2)) {
        luaL_error(L,
            positional ? "%s: there are too many values without a name"
                       : "%s: every value needs a name, name = value",
            func);
    }
    luaL_error(L, "%s: a %s can't be the name of an option", func, luaL_typename(L, -2));
}

// Finds the unknown name that sorts first; data == NULL when there is none.
static struct text first_unknown(lua_State *L, int contents, const char *func, const struct option *options,
    int positional)
{
    struct text first = {NULL, 0};
    for (lua_pushnil(L); lua_next(L, contents); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            check_position(L, func, positional);
            continue;
        }
        struct text name;
        name.data = lua_tolstring(L, -2, &name.len); // stays valid while the table holds the key
        if (option_find(options, name)) continue;
        if (!first.data || strcmp(name.data, first.data) < 0) first = name;
    }
    return first;
}

void check_options(lua_State *L, int index, const char *func, const struct option *options, int positional)
{
    index = lua_absindex(L, index);
    if (!lua_istable(L, index)) luaL_error(L, "%s: a table of options is needed, %s { ... }", func, func);
    luaL_checkstack(L, 8, NULL);
    meta_contents(L, index);
    int contents = lua_gettop(L);
    struct text unknown = first_unknown(L, contents, func, options, positional);
    if (unknown.data) refuse_unknown(L, func, options, unknown);
    for (const struct option *o = options; o->name; o++) {
        bool optional = strchr(o->type, '?') != NULL;
        if (lua_getfield(L, contents, o->name) == LUA_TNIL) {
            if (!optional) luaL_error(L, "%s: the option '%s' is missing", func, o->name);
        } else {
            const char *type = wanted(L, lua_gettop(L), o->type);
            if (*type) {
                luaL_error(L, "%s: '%s' must be %s, but it is a %s", func, o->name, type,
                    luaL_typename(L, -1));
            }
        }
        lua_pop(L, 1);
    }
    lua_settop(L, contents - 1);
}

// ---- arguments ------------------------------------------------------------------------------------------

static void refuse_argument(lua_State *L, int index, const char *func, const char *what, const char *type)
{
    if (lua_isnoneornil(L, index)) luaL_error(L, "%s: %s is missing: it must be %s", func, what, type);
    luaL_error(L, "%s: %s must be %s, but it is a %s", func, what, type, luaL_typename(L, index));
}

struct text check_text(lua_State *L, int index, const char *func, const char *what)
{
    struct text t;
    if (lua_type(L, index) != LUA_TSTRING) refuse_argument(L, index, func, what, "a text");
    t.data = lua_tolstring(L, index, &t.len);
    return t;
}

int64_t check_int(lua_State *L, int index, const char *func, const char *what, int64_t low, int64_t high)
{
    int whole = 0;
    int64_t n = lua_type(L, index) == LUA_TNUMBER ? lua_tointegerx(L, index, &whole) : 0;
    if (!whole) refuse_argument(L, index, func, what, "a whole number");
    if (n < low || n > high) {
        luaL_error(L, "%s: %s must be from %I to %I, but it is %I", func, what, (LUAI_UACINT)low,
            (LUAI_UACINT)high, (LUAI_UACINT)n);
    }
    return n;
}

int64_t check_span(lua_State *L, int index, const char *func, const char *what)
{
    if (lua_type(L, index) != LUA_TSTRING) {
        refuse_argument(L, index, func, what, "a duration such as \"2h\" or \"30 minutes\"");
    }
    struct text t;
    struct err e = {0};
    int64_t ms = 0;
    t.data = lua_tolstring(L, index, &t.len);
    if (span_elapsed_ms(t, &ms, &e)) luaL_error(L, "%s: %s: %s", func, what, e.text);
    return ms;
}

struct instant check_moment(lua_State *L, int index, const char *func, const char *what)
{
    index = lua_absindex(L, index);
    if (!is_moment(L, index)) refuse_argument(L, index, func, what, "a moment (usher.time.at makes one)");
    if (lua_isinteger(L, index)) return (struct instant){lua_tointeger(L, index)};
    lua_getfield(L, index, "utc");
    struct instant at = {lua_tointeger(L, -1)};
    lua_pop(L, 1);
    return at;
}

// ---- fields of a checked table --------------------------------------------------------------------------

struct text option_text(lua_State *L, int index, const char *name)
{
    struct text t = {"", 0};
    if (lua_getfield(L, index, name) == LUA_TSTRING) t.data = lua_tolstring(L, -1, &t.len);
    lua_pop(L, 1);
    return t;
}

int64_t option_int(lua_State *L, int index, const char *name, int64_t otherwise)
{
    if (lua_getfield(L, index, name) == LUA_TNUMBER) otherwise = lua_tointeger(L, -1);
    lua_pop(L, 1);
    return otherwise;
}

bool option_bool(lua_State *L, int index, const char *name, bool otherwise)
{
    if (lua_getfield(L, index, name) != LUA_TNIL) otherwise = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return otherwise;
}

bool option_there(lua_State *L, int index, const char *name)
{
    bool there = lua_getfield(L, index, name) != LUA_TNIL;
    lua_pop(L, 1);
    return there;
}
