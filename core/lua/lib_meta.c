// SPDX-License-Identifier: MIT
// setmetatable and getmetatable.
//
// What is in effect is a private copy of the events in the table that the script gives: a __mode or __gc
// that is added later does nothing, so nothing that the garbage collector decides can be seen, and two
// crashes of Lua 5.4.4 are out of reach (safety.md's table, 1b0f943d). The price: an event that is added
// to the table later counts from the next setmetatable with it. getmetatable gives the script its own table.
#include "lua/lib.h"

#include "engine/meta.h"

#include <lauxlib.h>

static const char copies; // registry: original -> copy

// Pushes the table of copies. Its keys are weak, so that a metatable can go with its last object.
static void push_copies(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &copies) == LUA_TTABLE) return;
    lua_pop(L, 1);
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &copies);
}

static void copy_events(lua_State *L, int original, int copy)
{
    static const char *const events[] = {"__index", "__newindex", "__call", "__tostring", "__name", "__pairs",
        "__len", "__eq", "__lt", "__le", "__concat", "__unm", "__add", "__sub", "__mul", "__div", "__mod",
        "__pow", "__idiv", "__band", "__bor", "__bxor", "__shl", "__shr", "__bnot", "__close", "__metatable"};
    meta_contents(L, original);
    int from = lua_gettop(L);
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        lua_pushstring(L, events[i]);
        lua_pushvalue(L, -1);
        lua_rawget(L, from);
        lua_rawset(L, copy);
    }
    lua_settop(L, from - 1);
}

// Pushes the copy that is in effect for the metatable at `original`, brought up to date.
static void push_copy(lua_State *L, int original)
{
    push_copies(L);
    lua_pushvalue(L, original);
    if (lua_rawget(L, -2) != LUA_TTABLE) {
        lua_pop(L, 1);
        lua_createtable(L, 0, 4);
        lua_pushvalue(L, original);
        meta_set(L, -2, META_ORIGINAL);
        lua_pushvalue(L, original);
        lua_pushvalue(L, -2);
        lua_rawset(L, -4);
    }
    lua_remove(L, -2);
    copy_events(L, original, lua_gettop(L));
}

static void refuse_event(lua_State *L, const char *event)
{
    meta_contents(L, 2);
    lua_pushstring(L, event);
    if (lua_rawget(L, -2) != LUA_TNIL) {
        luaL_error(L,
            "setmetatable: %s is not there: when memory is cleaned up may not change what a script does",
            event);
    }
    lua_pop(L, 2);
}

int lib_setmetatable(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, lua_isnil(L, 2) || lua_istable(L, 2), 2, "nil or table");
    lua_settop(L, 2);
    if (meta_frozen(L, 1)) meta_refuse_at(L, 1);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) {
        return luaL_error(L, "setmetatable: the metatable of this table is protected");
    }
    if (lua_istable(L, 2)) {
        refuse_event(L, "__gc");
        refuse_event(L, "__mode");
        push_copy(L, 2);
    }
    lua_setmetatable(L, 1);
    lua_settop(L, 1);
    return 1;
}

// What the script gave itself, and nothing of ours: the one of texts is shared by all flows.
int lib_getmetatable(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL) return 1;
    if (!meta_push(L, 1, META_ORIGINAL)) lua_pushnil(L);
    return 1;
}
