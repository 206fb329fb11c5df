// SPDX-License-Identifier: MIT
// The first half of sandbox.h: the state and its globals. freeze.c is the second, source.c looks at scripts.
#include "engine/sandbox.h"

#include "engine/chunks.h"

#include "base/nearest.h"
#include "engine/meta.h"
#include "engine/source.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void (*open_library)(lua_State *L, int env);

void sandbox_set_library(void (*open)(lua_State *L, int env))
{
    open_library = open;
}

struct sandbox *sandbox_of(lua_State *L)
{
    return *(struct sandbox **)lua_getextraspace(L); // new threads get a copy of the main thread's
}

// ---- words that are not there -----------------------------------------------------------------------

// The words that the running function could have meant: its locals, the locals around it, the globals.
struct words {
    const char *list[400];
    size_t n;
};

static void words_add(struct words *w, const char *name)
{
    bool temporary = name[0] == '(' || name[0] == 0; // "(temporary)", "(for state)"
    if (!temporary && w->n < sizeof w->list / sizeof w->list[0]) w->list[w->n++] = name;
}

static void words_around(lua_State *L, struct words *w)
{
    lua_Debug caller;
    if (!lua_getstack(L, 1, &caller)) return;
    const char *name;
    for (int i = 1; (name = lua_getlocal(L, &caller, i)); i++) {
        words_add(w, name);
        lua_pop(L, 1);
    }
    lua_getinfo(L, "f", &caller);
    for (int i = 1; (name = lua_getupvalue(L, -1, i)); i++) {
        if (strcmp(name, "_ENV") != 0) words_add(w, name);
        lua_pop(L, 1);
    }
    lua_pop(L, 1);
}

static void words_of_env(lua_State *L, int env, struct words *w)
{
    for (lua_pushnil(L); lua_next(L, env); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) words_add(w, lua_tostring(L, -2));
    }
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

// __index of env: (env, word)
static int unknown_word(lua_State *L)
{
    struct words words = {.n = 0};
    if (lua_type(L, 2) != LUA_TSTRING) return 0; // _ENV[1]
    size_t len;
    const char *word = lua_tolstring(L, 2, &len);
    words_around(L, &words);
    words_of_env(L, 1, &words);
    qsort(words.list, words.n, sizeof words.list[0], by_bytes); // no table's order shows in a message
    const char *nearest = nearest_word((struct text){word, len}, words.list, words.n);
    if (nearest) return luaL_error(L, "unknown word '%s' (did you mean '%s'?)", word, nearest);
    return luaL_error(L, "unknown word '%s': write local %s = ... before it is used", word, word);
}

// __newindex of globals: (globals, name, value); upvalue 1 is env
static int refuse_global(lua_State *L)
{
    const char *name = luaL_tolstring(L, 2, NULL);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) {
        return luaL_error(L, "'%s' is a word of usher and can't be changed: write local %s = ...", name,
            name);
    }
    return luaL_error(L, "a script can't make global '%s': write local %s = ...", name, name);
}

static int refuse_library(lua_State *L)
{
    meta_push(L, 1, META_NAME);
    return luaL_error(L, "'%s' belongs to usher and can't be changed: use a local of your own",
        lua_tostring(L, -1));
}

// ---- opening ----------------------------------------------------------------------------------------

// The tables of the library, and the tables in them, are read-only from the start.
static void freeze_library(lua_State *L, int table)
{
    luaL_checkstack(L, 8, NULL);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING || !lua_istable(L, -1) || meta_frozen(L, -1)) continue;
        freeze_library(L, lua_gettop(L));
        meta_freeze(L, -1, lua_tostring(L, -2), refuse_library);
    }
}

// What chunks have as _ENV: empty itself, so that every new name meets __newindex.
static void make_globals(lua_State *L, int env)
{
    lua_newtable(L);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, env);
    lua_setfield(L, -2, "__index");
    lua_pushvalue(L, env);
    lua_pushcclosure(L, refuse_global, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushvalue(L, env);
    meta_set(L, -2, META_CONTENTS);
    lua_pushliteral(L, "_ENV");
    meta_set(L, -2, META_NAME);
    lua_setmetatable(L, -2);
}

// Only a fault of usher or an empty machine gets here: all scripts run in protected calls.
static int on_panic(lua_State *L)
{
    const char *why = lua_tostring(L, -1);
    fprintf(stderr, "usher: Lua gave up outside a script: %s; stopping. What was on disk stays true.\n",
        why ? why : "no reason given");
    exit(3);
}

// How much Lua collects for what it allocates. With its own 100 a slice that allocates 200 KB goes through
// the whole heap, and with 5,000 guests (40 MB) that alone used up the 50 ms of an innocent flow. With 8 a
// cycle is spread over some megabytes.
#define GC_STEP_MULTIPLIER 8

struct sandbox *sandbox_open(void *owner)
{
    struct sandbox *s = mem_alloc(sizeof *s);
    s->owner = owner;
    s->guard_ref = LUA_NOREF;
    budget_init(&s->budget);
    lua_State *L = s->L = lua_newstate(budget_alloc, &s->budget);
    if (!L) exit(3);
    lua_atpanic(L, on_panic);
    lua_gc(L, LUA_GCINC, 0, GC_STEP_MULTIPLIER, 0);
    *(struct sandbox **)lua_getextraspace(L) = s;
    lua_newtable(L);
    int env = lua_gettop(L);
    if (open_library) open_library(L, env);
    lua_settop(L, env);
    freeze_library(L, env);
    make_globals(L, env);
    s->globals_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_word);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, env);
    s->env_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return s;
}

const char *sandbox_said(lua_State *L, size_t *len)
{
    int type = lua_type(L, -1);
    if (type != LUA_TSTRING && type != LUA_TNUMBER)
        lua_pushfstring(L, "a %s was raised as an error: write error(\"a sentence\")", lua_typename(L, type));
    return lua_tolstring(L, -1, len);
}

void sandbox_close(struct sandbox *s)
{
    if (!s) return;
    lua_close(s->L);
    free(s);
}

// ---- loading ----------------------------------------------------------------------------------------

static int compile(lua_State *L, const char *name, struct text source, struct err *e)
{
    struct text program;
    if (source_check(name, source, &program, e)) return -(int)ERR_INPUT;
    char chunk[256];
    snprintf(chunk, sizeof chunk, "@%s", name);
    if (luaL_loadbufferx(L, program.data, program.len, chunk, "t") == LUA_OK) return 0;
    source_explain(name, program, text_of(lua_tostring(L, -1)), e);
    lua_pop(L, 1);
    return -(int)ERR_INPUT;
}

int sandbox_load(struct sandbox *s, lua_State *L, const char *name, struct text source, struct err *e)
{
    if (!chunks_load(L, name, source) && compile(L, name, source, e)) return -(int)ERR_INPUT;
    lua_rawgeti(L, LUA_REGISTRYINDEX, s->globals_ref);
    lua_setupvalue(L, -2, 1);
    return 0;
}
