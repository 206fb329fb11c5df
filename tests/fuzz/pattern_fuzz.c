// SPDX-License-Identifier: MIT
// Any pattern on any text, through find, gmatch, gsub and format, and the input as a script: ends within
// its budget, and nothing is read outside. The first line is the pattern, the rest the text.
#include "engine/sandbox.h"
#include "lua/api.h"

#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

static void open_library(lua_State *L, int env)
{
    lib_base_open(L, env);
    lib_string_open(L, env);
    lib_table_open(L, env);
}

static const char program[] = "local text, pattern = ...\n"
                              "pcall(string.find, text, pattern)\n"
                              "pcall(string.find, text, pattern, -3)\n"
                              "pcall(string.gsub, text, pattern, '%0%1')\n"
                              "pcall(string.gsub, text, pattern, function(...) return ... end)\n"
                              "pcall(string.gsub, text, text, pattern)\n"
                              "pcall(string.format, pattern, text, 1, 2.5, text, 3)\n"
                              "pcall(function() for a in text:gmatch(pattern) do end end)\n";

static void run(struct sandbox *s, struct text source, struct text pattern, struct text text)
{
    struct err e = {0};
    lua_State *thread = lua_newthread(s->L);
    if (!sandbox_load(s, thread, "fuzz.lua", source, &e)) {
        int n;
        lua_pushlstring(thread, text.data, text.len);
        lua_pushlstring(thread, pattern.data, pattern.len);
        budget_begin(&s->budget, thread);
        lua_resume(thread, NULL, 2, &n);
        budget_end(&s->budget);
    }
    lua_settop(s->L, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sandbox *s;
    sandbox_set_library(open_library);
    if (!s) s = sandbox_open(NULL);
    s->budget.slice_ms = 20; // many inputs, little time
    struct text all = {(const char *)data, size};
    const char *newline = size ? memchr(data, '\n', size) : NULL;
    struct text pattern = {all.data, newline ? (size_t)(newline - all.data) : size};
    struct text text = {newline ? newline + 1 : "", newline ? size - pattern.len - 1 : 0};
    run(s, TEXT(program), pattern, text);
    run(s, all, pattern, text); // whatever compiles is a hostile script
    lua_gc(s->L, LUA_GCCOLLECT);
    return 0;
}
