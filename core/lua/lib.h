// SPDX-License-Identifier: MIT
// lib: what the files of the deterministic base library share.
#pragma once

#include "base/buf.h"
#include <lua.h>

// Where print goes: one line, without the newline. NULL: nowhere.
void lib_print_set(void (*print)(lua_State *L, struct text line));

// Pushes what tostring says, and returns it. A table, a function, a thread, a userdata is named by its
// type or its __name: never by its address, which differs from run to run.
const char *lib_tostring(lua_State *L, int index, size_t *len);

// Runs body as a protected call over the arguments on the stack, so that a step in a callback is told
// `a step may not be used inside string.gsub`. Everything else that it raises goes on. Returns its results.
int lib_without_steps(lua_State *L, lua_CFunction body, const char *name);

// lib_keys.c: the keys of a table in an order that no memory address and no hash seed decides: integers,
// floats, texts by their bytes, false, true. Pushes two values: a table of the keys and the struct keys.
// Other kinds of keys are an error, which begins with `func`. Frozen tables are read through.
struct keys *lib_keys(lua_State *L, int index, const char *func);
size_t lib_keys_n(const struct keys *keys);
// Pushes the key at position i, from 0; `index` is that of the table of keys.
int lib_keys_push(lua_State *L, int index, const struct keys *keys, size_t i);
// pairs and next, with their arguments on the stack.
int lib_pairs(lua_State *L);
int lib_next(lua_State *L);

// lib_meta.c: setmetatable, getmetatable.
int lib_setmetatable(lua_State *L);
int lib_getmetatable(lua_State *L);

// lib_pattern.c: find, match, gmatch, gsub, as Lua 5.4 has them, within the budget.
int lib_find(lua_State *L);
int lib_match(lua_State *L);
int lib_gmatch(lua_State *L);
int lib_gsub(lua_State *L);

// lib_format.c
int lib_format(lua_State *L);
