// SPDX-License-Identifier: MIT
// sandbox: the Lua state of one event: what a script may see, and what flows may not share.
//
// sandbox_open makes a state with the deterministic base library (lua/lib_*.c registers it through
// sandbox_set_library, because engine may not include lua/). sandbox_load compiles text only, after looking
// at the source: valid UTF-8 (a BOM is passed over), at most 1 MiB, no chain or nesting that makes Lua
// 5.4.4 overflow its C stack. Globals: reading an unknown one and making one are errors with the nearest
// known word.
// After the script's top level has run, sandbox_freeze walks everything that its functions can reach and
// (a) turns each table, in place, into a read-only one (contents move to a shadow behind __index, so the
// table keeps its identity), (b) remembers every variable of the script that its functions share.
// The walk begins at the globals, at what LUA_LOADED_TABLE of the registry holds (modules, each of them the
// script's to require again) and at every other reference in the registry (flows, handlers).
// sandbox_guard, called after each slice, finds a shared variable that was changed, puts it back and says
// which: flows wait for weeks and share nothing.
#pragma once

#include "base/buf.h"
#include "base/err.h"
#include "engine/budget.h"
#include <lua.h>

struct sandbox {
    lua_State *L;
    struct budget budget;
    int env_ref;     // registry: the globals of scripts; C adds words here with lua_rawset
    int globals_ref; // registry: what a chunk has as _ENV, a read-only face of env
    int guard_ref;   // registry: what sandbox_freeze remembered
    void *owner;     // the event that it belongs to; lua/api_* read it by sandbox_of
};

// The functions that fill a fresh state: called with L and the script environment on top of the stack.
// The engine's assembler (usher.c) sets it once, before the first sandbox_open.
void sandbox_set_library(void (*open)(lua_State *L, int env));

struct sandbox *sandbox_open(void *owner);
void sandbox_close(struct sandbox *s);

// What an error says, for the journal. Runs no code of the script's and shows no address: only a text or a
// number says something. Leaves the text on top.
const char *sandbox_said(lua_State *L, size_t *len);
struct sandbox *sandbox_of(lua_State *L);

// Pushes the compiled chunk with the script environment. `name` is what messages call it: "briefing.lua".
// A syntax error becomes one sentence: file:line, the word, and a hint for what people do most (smart
// quotes, a missing comma, two chained tables, `end` as an option name).
int sandbox_load(struct sandbox *s, lua_State *L, const char *name, struct text source, struct err *e);

void sandbox_freeze(struct sandbox *s);
// 0, or -INPUT with a sentence that names the variable and where its function stands. L: the thread that ran.
int sandbox_guard(struct sandbox *s, struct err *e);
