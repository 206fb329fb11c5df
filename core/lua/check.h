// SPDX-License-Identifier: MIT
// check: arguments and options, with messages at the script's line.
//
// Every message starts with the function's name as the script writes it and ends in what to do:
//   usher.mail: no option 'subjct' (did you mean 'subject'?)
// luaL_error adds "briefing.lua:12: " in front. All of these may raise: hold no C resource.
#pragma once

#include "base/buf.h"
#include "base/instant.h"
#include <lauxlib.h>
#include <lua.h>

// One option of an options table.
struct option {
    const char *name;
    // "text" "int" "number" "bool" "table" "function" "span" "moment" "any"; a trailing "?" = optional
    const char *type;
};

// Checks the table at index against the list (ends with name NULL): unknown names (nearest word), missing
// ones, wrong types. `positional` > 0 allows integer keys 1..positional.
void check_options(lua_State *L, int index, const char *func, const struct option *options, int positional);

struct text check_text(lua_State *L, int index, const char *func, const char *what);
int64_t check_int(lua_State *L, int index, const char *func, const char *what, int64_t low, int64_t high);
// "2h", "30 minutes", "1h30m", and "2 days" as 48 hours, for waiting -> ms
int64_t check_span(lua_State *L, int index, const char *func, const char *what);
// A moment table { utc = ms, ... } or an integer instant -> instant
struct instant check_moment(lua_State *L, int index, const char *func, const char *what);

// Fields of a table at index, by option name; the table was checked before. Missing: empty / `otherwise`.
struct text option_text(lua_State *L, int index, const char *name); // valid while the table lives
int64_t option_int(lua_State *L, int index, const char *name, int64_t otherwise);
bool option_bool(lua_State *L, int index, const char *name, bool otherwise);
bool option_there(lua_State *L, int index, const char *name);
