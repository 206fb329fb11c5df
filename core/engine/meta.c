// SPDX-License-Identifier: MIT
#include "engine/meta.h"

#include <lauxlib.h>

static const char slots[META_SLOTS]; // only the addresses count

bool meta_push(lua_State *L, int index, enum meta_slot slot)
{
    if (!lua_getmetatable(L, index)) return false;
    bool there = lua_rawgetp(L, -1, &slots[slot]) != LUA_TNIL;
    lua_remove(L, -2);
    if (!there) lua_pop(L, 1);
    return there;
}

void meta_set(lua_State *L, int index, enum meta_slot slot)
{
    lua_rawsetp(L, index, &slots[slot]);
}

bool meta_has(lua_State *L, int index, enum meta_slot slot)
{
    bool there = meta_push(L, index, slot);
    if (there) lua_pop(L, 1);
    return there;
}

void meta_contents(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (!meta_push(L, index, META_CONTENTS)) lua_pushvalue(L, index);
}

void meta_refuse_at(lua_State *L, int index)
{
    const char *name = meta_push(L, index, META_NAME) ? lua_tostring(L, -1) : "a table";
    luaL_error(L,
        "'%s' belongs to the whole script and can't be changed from a flow: "
        "keep it in a local of the flow, or in usher.book",
        name);
}

int meta_refuse(lua_State *L)
{
    meta_refuse_at(L, 1);
    return 0;
}

static int contents_len(lua_State *L)
{
    meta_contents(L, 1);
    lua_pushinteger(L, (lua_Integer)lua_rawlen(L, -1));
    return 1;
}

// Copies every field of the table at `from` into the one at `to`.
static void copy_fields(lua_State *L, int from, int to)
{
    for (lua_pushnil(L); lua_next(L, from);) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_rawset(L, to);
    }
}

static void clear_fields(lua_State *L, int table)
{
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_pushnil(L);
        lua_rawset(L, table);
    }
}

void meta_freeze(lua_State *L, int index, const char *name, lua_CFunction refuse)
{
    luaL_checkstack(L, 8, NULL);
    int table = lua_absindex(L, index);
    lua_createtable(L, (int)lua_rawlen(L, table), 0);
    int contents = lua_gettop(L);
    lua_createtable(L, 0, 5);
    int meta = lua_gettop(L);
    copy_fields(L, table, contents);
    lua_pushcfunction(L, contents_len);
    lua_setfield(L, meta, "__len");
    if (lua_getmetatable(L, table)) { // __call, __eq, __tostring ... of the script stay in effect
        copy_fields(L, lua_gettop(L), meta);
        lua_setmetatable(L, contents); // and so does __index, one step further
    }
    lua_pushvalue(L, contents);
    lua_setfield(L, meta, "__index");
    lua_pushcfunction(L, refuse);
    lua_setfield(L, meta, "__newindex");
    lua_pushvalue(L, contents);
    meta_set(L, meta, META_CONTENTS);
    lua_pushstring(L, name);
    meta_set(L, meta, META_NAME);
    clear_fields(L, table);
    lua_setmetatable(L, table);
    lua_pop(L, 1);
}
