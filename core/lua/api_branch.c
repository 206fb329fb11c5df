// SPDX-License-Identifier: MIT
// api_branch: several things at once inside one flow. See engine/flow.h for who runs when.
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <stdio.h>
#include <string.h>

#define BRANCHES_MAX 1000
#define PATH_MAX_LEN 300

// Makes a branch of the function and the args_n values above it on the stack.
static struct branch *spawn(lua_State *L, struct text name, int args_n)
{
    struct branch *parent = context_branch(L);
    struct flow *f = parent->flow;
    if (f->branches_n >= BRANCHES_MAX) luaL_error(L, "a flow has at most %d branches", BRANCHES_MAX);
    char path[PATH_MAX_LEN];
    int n = snprintf(path, sizeof path, "%s%s%.*s", parent->path, *parent->path ? ">" : "", (int)name.len,
        name.data);
    if (n < 0 || n >= PATH_MAX_LEN)
        luaL_error(L, "the names of nested branches are longer than %d bytes", PATH_MAX_LEN);
    struct branch *b = branch_new(f, flow_keep(f, (struct text){path, (size_t)n}), L, args_n);
    b->now = parent->now;
    b->give_up = parent->give_up;
    b->made_up = parent->made_up;
    return b;
}

/// usher.spawn(name, fn, ...) -> branch
/// Begins a branch: fn(...) goes on beside this code, in the same flow. The flow ends when all its branches
/// have. An error in a branch is raised by usher.join, or fails the flow. Errors: more than 1,000 branches.
/// Example: local b = usher.spawn("nudge", function() usher.sleep("2 days") usher.log("nudge") end)
/// usher.join(b)
static int api_spawn(lua_State *L)
{
    context_check(L, "usher.spawn", CALL_IN_FLOW);
    struct text name = context_name(L, 1, "usher.spawn");
    luaL_checktype(L, 2, LUA_TFUNCTION);
    struct branch *b = spawn(L, name, lua_gettop(L) - 2);
    lua_pushlightuserdata(L, b);
    return 1;
}

static struct branch *check_branch(lua_State *L, int index)
{
    const void *p = lua_touserdata(L, index);
    for (struct branch *b = context_branch(L)->flow->first_branch; b; b = b->next) {
        if (b == p && lua_islightuserdata(L, index)) return b;
    }
    luaL_error(L, "usher.join: give it what usher.spawn returned in this flow");
    return NULL;
}

static void raise_failed(lua_State *L, struct branch *b)
{
    b->joined = true;
    lua_pushstring(L, b->error);
    lua_error(L);
}

// Waits until b has ended: true when it has; else the caller yields and is called again.
static bool await_end(lua_State *L, struct branch *b)
{
    if (b->state == BRANCH_FAILED) raise_failed(L, b);
    b->joined = true;
    if (b->state == BRANCH_ENDED) return true;
    struct branch *self = context_branch(L);
    self->state = BRANCH_AT_JOIN;
    self->joins = b;
    return false;
}

static void push_results(lua_State *L, struct branch *b, int most)
{
    int n = lua_gettop(b->L);
    if (n > most) n = most;
    luaL_checkstack(L, n, "too many results");
    for (int i = 1; i <= n; i++) {
        lua_pushvalue(b->L, i);
        lua_xmove(b->L, L, 1);
    }
}

static int join_from(lua_State *L, int status, lua_KContext from)
{
    (void)status;
    int n = lua_gettop(L);
    for (int i = (int)from; i <= n; i++) {
        if (!await_end(L, check_branch(L, i))) return lua_yieldk(L, 0, i, join_from);
    }
    for (int i = 1; i <= n; i++) push_results(L, check_branch(L, i), n == 1 ? 250 : 1);
    return lua_gettop(L) - n;
}

/// usher.join(branch, ...) -> results
/// Waits until the branches have ended: all results of one branch, or the first result of each of several.
/// Raises what a branch raised.
/// Example: local b = usher.spawn("sum", function() return 1 + 1 end)
/// local two = usher.join(b)
static int api_join(lua_State *L)
{
    context_check_wait(L, "usher.join");
    luaL_checkany(L, 1);
    return join_from(L, LUA_OK, 1);
}

// ---- each -----------------------------------------------------------------------------------------------
// Stack of a running each: 1 list, 2 options or nil, 3 function, 4 the branches so far and their keys, 5 how
// many were joined.

static struct text key_of_item(lua_State *L)
{
    int item = lua_gettop(L);
    if (lua_istable(L, 2) && lua_getfield(L, 2, "by") == LUA_TSTRING) {
        if (!lua_istable(L, item))
            luaL_error(L, "usher.each: an item is no table, so it has no '%s'", lua_tostring(L, -1));
        lua_gettable(L, item);
    } else if (lua_istable(L, 2) && lua_isfunction(L, -1)) {
        lua_pushvalue(L, item);
        lua_call(L, 1, 1);
    } else {
        lua_pushvalue(L, item);
    }
    if (lua_type(L, -1) != LUA_TSTRING) {
        luaL_error(L, "usher.each: every item needs a text to be known by: write { by = \"key\" }");
    }
    return context_name(L, -1, "usher.each");
}

static void spawn_item(lua_State *L, lua_Integer i)
{
    lua_settop(L, 5);
    lua_geti(L, 1, i);
    struct text key = key_of_item(L);
    if (lua_getfield(L, 4, key.data) != LUA_TNIL) {
        luaL_error(L, "usher.each: two items are known by '%s': each needs a text of its own", key.data);
    }
    lua_pop(L, 1);
    lua_pushboolean(L, 1);
    lua_setfield(L, 4, key.data);
    lua_pushvalue(L, 3);
    lua_pushvalue(L, 6);
    struct branch *b = spawn(L, key, 1);
    lua_pushlightuserdata(L, b);
    lua_rawseti(L, 4, i);
    lua_settop(L, 5);
}

static int each_from(lua_State *L, int status, lua_KContext max)
{
    (void)status;
    lua_Integer n = luaL_len(L, 1), begun = (lua_Integer)lua_rawlen(L, 4), joined = lua_tointeger(L, 5);
    while (joined < n) {
        while (begun < n && begun - joined < max) spawn_item(L, ++begun);
        lua_rawgeti(L, 4, joined + 1);
        struct branch *b = lua_touserdata(L, -1);
        lua_pop(L, 1);
        if (!await_end(L, b)) {
            lua_pushinteger(L, joined);
            lua_replace(L, 5);
            return lua_yieldk(L, 0, max, each_from);
        }
        joined++;
    }
    return 0;
}

/// usher.each(list, options, fn) -> nothing
/// A branch fn(item) for every item, known by options.by (the name of a field, or a function of the item) and
/// never by its place, so a list may grow or change its order. options.max: how many go on at once (default
/// 1,000). Waits until all have ended; raises what one raised. Errors: an item without that field; two items
/// with one key.
/// Example: usher.each({ { key = "a" }, { key = "b" } }, { by = "key" }, function(item) usher.log(item.key)
/// end)
static int api_each(lua_State *L)
{
    static const struct option options[] = {{"by", "any?"}, {"max", "int?"}, {0}};
    context_check_wait(L, "usher.each");
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 3);
    int64_t max = BRANCHES_MAX;
    if (!lua_isnil(L, 2)) {
        check_options(L, 2, "usher.each", options, 0);
        max = option_int(L, 2, "max", BRANCHES_MAX);
    }
    if (max < 1) return luaL_error(L, "usher.each: max is at least 1");
    lua_newtable(L);
    lua_pushinteger(L, 0);
    return each_from(L, LUA_OK, (lua_KContext)max);
}

void api_branch_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"spawn", api_spawn}, {"join", api_join}, {"each", api_each}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
