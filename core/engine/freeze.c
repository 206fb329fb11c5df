// SPDX-License-Identifier: MIT
// The second half of sandbox.h: what flows may not share.
//
// The walk starts at everything that C code keeps (the registry): flow functions, handlers, modules. It
// has two sides. On the script's side every table is frozen and every variable of a function is guarded.
// What is reached only through the library's own variables (sources named usher/...) or C is walked, for
// the script's functions that it may keep, but stays as it is: the library looks after itself.
#include "engine/meta.h"
#include "engine/sandbox.h"

#include <lauxlib.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum side { LIBRARY = 1, SCRIPT = 2 };

// Stack indices of the walk's tables.
struct walk {
    lua_State *L;
    int seen;  // value -> side; variable's id -> true
    int queue; // values still to be looked into
    int guard; // see guard_add
    lua_Integer first, last;
    lua_Integer guarded_n;
};

// One table that all paths reach keeps the name that sorts first, so that no hash order shows in messages.
static void name_frozen(lua_State *L, int index, const char *name)
{
    index = lua_absindex(L, index);
    if (!meta_push(L, index, META_NAME)) return;
    bool better = strcmp(name, lua_tostring(L, -1)) < 0;
    lua_pop(L, 1);
    if (!better || !meta_has(L, index, META_CONTENTS)) return;
    lua_getmetatable(L, index);
    lua_getfield(L, -1, "__newindex");
    if (lua_tocfunction(L, -1) == meta_refuse) { // the script's, not the library's
        lua_pushstring(L, name);
        meta_set(L, -3, META_NAME);
    }
    lua_pop(L, 2);
}

// Takes the value on top: freezes it if it has to be, and queues it if there is something to look into.
static void visit(struct walk *w, enum side side, const char *name)
{
    lua_State *L = w->L;
    int type = lua_type(L, -1);
    if (type != LUA_TTABLE && type != LUA_TFUNCTION && type != LUA_TUSERDATA) {
        lua_pop(L, 1);
        return;
    }
    if (type == LUA_TTABLE && side == SCRIPT) {
        if (meta_frozen(L, -1)) name_frozen(L, -1, name);
        else meta_freeze(L, -1, name, meta_refuse);
    }
    lua_pushvalue(L, -1);
    lua_rawget(L, w->seen);
    bool again = lua_tointeger(L, -1) < (lua_Integer)side;
    lua_pop(L, 1);
    if (!again) {
        lua_pop(L, 1);
        return;
    }
    lua_pushvalue(L, -1);
    lua_pushinteger(L, side);
    lua_rawset(L, w->seen);
    lua_rawseti(L, w->queue, ++w->last);
}

// Remembers variable n of the function on top, with the value it has now: guard holds three entries each,
// their number at 0.
static void guard_add(struct walk *w, int n)
{
    lua_State *L = w->L;
    int function = lua_gettop(L);
    lua_rawgetp(L, w->seen, lua_upvalueid(L, function, n));
    bool known = lua_toboolean(L, -1);
    lua_pop(L, 1);
    if (known) return;
    lua_pushboolean(L, 1);
    lua_rawsetp(L, w->seen, lua_upvalueid(L, function, n));
    lua_Integer at = 3 * w->guarded_n++;
    lua_pushvalue(L, function);
    lua_rawseti(L, w->guard, at + 1);
    lua_pushinteger(L, n);
    lua_rawseti(L, w->guard, at + 2);
    lua_getupvalue(L, function, n);
    lua_rawseti(L, w->guard, at + 3);
}

static bool is_library(lua_State *L, int function)
{
    lua_Debug info;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">S", &info);
    return strncmp(info.source, "@usher/", 7) == 0;
}

static void walk_function(struct walk *w)
{
    lua_State *L = w->L;
    int function = lua_gettop(L);
    bool ours = lua_iscfunction(L, function) || is_library(L, function);
    const char *name;
    for (int n = 1; (name = lua_getupvalue(L, function, n)); n++) {
        if (!ours) {
            lua_pop(L, 1);
            guard_add(w, n);
            lua_getupvalue(L, function, n);
        }
        visit(w, ours ? LIBRARY : SCRIPT, name);
    }
}

// Visits keys and values of the table on top, but not the contents of a frozen one: those are the table.
static void walk_fields(struct walk *w, enum side side, int contents)
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    for (lua_pushnil(L); lua_next(L, table);) {
        char name[80] = "a table";
        if (lua_type(L, -2) == LUA_TSTRING) snprintf(name, sizeof name, "%s", lua_tostring(L, -2));
        if (lua_isinteger(L, -2)) snprintf(name, sizeof name, "[%lld]", (long long)lua_tointeger(L, -2));
        if (contents && lua_rawequal(L, -1, contents)) lua_pop(L, 1);
        else visit(w, side, name);
        lua_pushvalue(L, -1);
        visit(w, side, "a key");
    }
}

static void walk_meta(struct walk *w, enum side side, int index, int contents)
{
    if (!lua_getmetatable(w->L, index)) return;
    walk_fields(w, side, contents);
    lua_pop(w->L, 1);
}

static void walk_table(struct walk *w, enum side side)
{
    lua_State *L = w->L;
    int table = lua_gettop(L);
    meta_contents(L, table);
    int contents = lua_gettop(L);
    bool frozen = !lua_rawequal(L, table, contents);
    walk_fields(w, side, 0);
    walk_meta(w, side, table, frozen ? contents : 0);
    if (frozen) walk_meta(w, side, contents, contents);
}

static void walk_all(struct walk *w)
{
    lua_State *L = w->L;
    while (w->first < w->last) {
        int top = lua_gettop(L);
        int type = lua_rawgeti(L, w->queue, ++w->first);
        lua_pushvalue(L, -1);
        lua_rawget(L, w->seen);
        enum side side = (enum side)lua_tointeger(L, -1);
        lua_pop(L, 1);
        lua_pushnil(L);
        lua_rawseti(L, w->queue, w->first);
        if (type == LUA_TFUNCTION) walk_function(w);
        else if (type == LUA_TTABLE) walk_table(w, side);
        else {
            lua_getiuservalue(L, -1, 1);
            visit(w, LIBRARY, "a value");
            walk_meta(w, LIBRARY, lua_gettop(L), 0);
        }
        lua_settop(L, top);
    }
}

// The fields of the table on top are the script's to read: globals, and modules that it may require again.
static void visit_fields(struct walk *w)
{
    int table = lua_gettop(w->L);
    for (lua_pushnil(w->L); lua_next(w->L, table);) {
        visit(w, SCRIPT, lua_type(w->L, -2) == LUA_TSTRING ? lua_tostring(w->L, -2) : "a module");
    }
    lua_pop(w->L, 1);
}

void sandbox_freeze(struct sandbox *s)
{
    lua_State *L = s->L;
    // Freezing doubles the script's tables at most; it is ours and not the script's growth.
    size_t memory_max = s->budget.memory_max;
    s->budget.memory_max = SIZE_MAX / 4;
    luaL_checkstack(L, 20, NULL);
    luaL_unref(L, LUA_REGISTRYINDEX, s->guard_ref);
    int top = lua_gettop(L);
    lua_newtable(L);
    lua_newtable(L);
    lua_newtable(L);
    struct walk w = {.L = L, .seen = top + 1, .queue = top + 2, .guard = top + 3};
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->env_ref);
    visit_fields(&w);
    if (lua_getfield(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE) == LUA_TTABLE) visit_fields(&w);
    else lua_pop(L, 1);
    lua_pushvalue(L, LUA_REGISTRYINDEX);
    visit(&w, LIBRARY, "the registry");
    walk_all(&w);
    lua_pushinteger(L, w.guarded_n);
    lua_rawseti(L, w.guard, 0);
    s->guard_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_settop(L, top);
    s->budget.memory_max = memory_max;
}

// ---- the guard --------------------------------------------------------------------------------------

// What sandbox_guard found: the changed variable whose name sorts first.
struct change {
    char name[80];
    char source[LUA_IDSIZE];
    int line;
};

// The function is at -3; its variable n was changed and is put back (the remembered value is on top).
static void put_back(lua_State *L, int n, struct change *change)
{
    int function = lua_gettop(L) - 2;
    const char *name = lua_setupvalue(L, function, n);
    if (change->line && strcmp(name, change->name) >= 0) return;
    lua_Debug info;
    lua_pushvalue(L, function);
    lua_getinfo(L, ">S", &info);
    snprintf(change->name, sizeof change->name, "%s", name);
    snprintf(change->source, sizeof change->source, "%s", info.short_src);
    change->line = info.linedefined ? info.linedefined : 1;
}

int sandbox_guard(struct sandbox *s, struct err *e)
{
    lua_State *L = s->L;
    if (s->guard_ref == LUA_NOREF || !lua_checkstack(L, 8)) return 0;
    int top = lua_gettop(L);
    struct change change = {.line = 0};
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->guard_ref);
    lua_rawgeti(L, top + 1, 0);
    lua_Integer n = lua_tointeger(L, -1);
    for (lua_Integer i = 0; i < n; i++) {
        lua_settop(L, top + 1);
        lua_rawgeti(L, top + 1, 3 * i + 1);
        lua_rawgeti(L, top + 1, 3 * i + 2);
        int variable = (int)lua_tointeger(L, -1);
        lua_pop(L, 1);
        lua_getupvalue(L, -1, variable);
        lua_rawgeti(L, top + 1, 3 * i + 3);
        if (!lua_rawequal(L, -1, -2)) put_back(L, variable, &change);
    }
    lua_settop(L, top);
    if (!change.line) return 0;
    return err_set(e, ERR_INPUT,
        "%s:%d: '%s' belongs to the whole script and can't be changed from a flow: "
        "keep it in a local of the flow, or in usher.book",
        change.source, change.line, change.name);
}
