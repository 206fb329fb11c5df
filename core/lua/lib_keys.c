// SPDX-License-Identifier: MIT
// pairs and next in a fixed order. Lua's own order comes from a hash seed that is made of addresses and
// the clock: 200 runs gave 200 orders (engine.md, section a).
// pairs takes the keys once, at the start of its loop: what the loop adds is not visited, what it removes
// is passed over.
#include "lua/lib.h"

#include "engine/budget.h"
#include "engine/meta.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

enum key_kind { KEY_INT, KEY_FLOAT, KEY_TEXT, KEY_BOOL };

struct key {
    enum key_kind kind;
    union {
        lua_Integer i;
        lua_Number f;
        struct text t; // valid while the table of keys lives
    };
    lua_Integer at; // in the table of keys
};

struct keys {
    size_t n, next;
    struct key key[];
};

static int compare_texts(struct text a, struct text b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_keys(const void *pa, const void *pb)
{
    const struct key *a = pa, *b = pb;
    if (a->kind != b->kind) return (a->kind > b->kind) - (a->kind < b->kind);
    switch (a->kind) {
    case KEY_FLOAT: return (a->f > b->f) - (a->f < b->f);
    case KEY_TEXT: return compare_texts(a->t, b->t);
    case KEY_INT:
    case KEY_BOOL: break;
    }
    return (a->i > b->i) - (a->i < b->i);
}

static struct key key_read(lua_State *L, int index, const char *func)
{
    struct key key = {.kind = KEY_INT};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            key.i = lua_tointeger(L, index);
        } else {
            key.kind = KEY_FLOAT;
            key.f = lua_tonumber(L, index);
        }
        break;
    case LUA_TSTRING:
        key.kind = KEY_TEXT;
        key.t.data = lua_tolstring(L, index, &key.t.len);
        break;
    case LUA_TBOOLEAN:
        key.kind = KEY_BOOL;
        key.i = lua_toboolean(L, index);
        break;
    default:
        luaL_error(L, "%s: a key is a %s; only texts, numbers, true and false have an order", func,
            luaL_typename(L, index));
    }
    return key;
}

static size_t count_fields(lua_State *L, int table)
{
    size_t n = 0;
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) n++;
    budget_charge(L, n);
    return n;
}

struct keys *lib_keys(lua_State *L, int index, const char *func)
{
    meta_contents(L, index);
    int table = lua_gettop(L);
    size_t n = count_fields(L, table);
    lua_createtable(L, (int)n, 0);
    struct keys *keys = lua_newuserdatauv(L, sizeof *keys + n * sizeof keys->key[0], 0);
    keys->n = keys->next = 0;
    bool sorted = true;
    for (lua_pushnil(L); lua_next(L, table);) {
        lua_pop(L, 1);
        struct key *key = &keys->key[keys->n++];
        *key = key_read(L, -1, func);
        key->at = (lua_Integer)keys->n;
        lua_pushvalue(L, -1);
        lua_rawseti(L, table + 1, key->at);
        sorted = sorted && (keys->n == 1 || compare_keys(key - 1, key) < 0);
    }
    if (!sorted) {
        budget_charge(L, 8 * n);
        qsort(keys->key, keys->n, sizeof keys->key[0], compare_keys);
    }
    lua_remove(L, table);
    return keys;
}

size_t lib_keys_n(const struct keys *keys)
{
    return keys->n;
}

int lib_keys_push(lua_State *L, int index, const struct keys *keys, size_t i)
{
    return lua_rawgeti(L, index, keys->key[i].at);
}

// The iterator of pairs. Upvalues: the fields, the table of keys, the keys.
static int pairs_step(lua_State *L)
{
    struct keys *keys = lua_touserdata(L, lua_upvalueindex(3));
    while (keys->next < keys->n) {
        lua_settop(L, 0);
        lib_keys_push(L, lua_upvalueindex(2), keys, keys->next++);
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) return 2;
    }
    lua_pushnil(L);
    return 1;
}

static int pairs_end(lua_State *L, int status, lua_KContext context)
{
    return 3;
}

int lib_pairs(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_callk(L, 1, 3, 0, pairs_end); // it may wait in there
        return 3;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    meta_contents(L, 1);
    lib_keys(L, 1, "pairs");
    lua_pushcclosure(L, pairs_step, 3);
    lua_pushvalue(L, 1);
    lua_pushnil(L);
    return 3;
}

// The key after the given one is the least that is greater: one look at each, and no state. A loop over
// next is therefore quadratic; pairs is the loop.
int lib_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    meta_contents(L, 1);
    bool first = lua_isnil(L, 2);
    struct key after = {.kind = KEY_INT}, best = {.kind = KEY_INT};
    if (!first) after = key_read(L, 2, "next");
    bool found = false;
    lua_pushnil(L); // 4: the best key so far, kept alive
    uint64_t looked = 0;
    for (lua_pushnil(L); lua_next(L, 3); looked++) {
        lua_pop(L, 1);
        struct key key = key_read(L, -1, "next");
        if (!first && compare_keys(&key, &after) <= 0) continue;
        if (found && compare_keys(&key, &best) >= 0) continue;
        found = true;
        best = key;
        lua_copy(L, -1, 4);
    }
    budget_charge(L, looked);
    lua_settop(L, 4);
    if (!found) return 1; // nil
    lua_pushvalue(L, 4);
    lua_rawget(L, 3);
    return 2;
}
