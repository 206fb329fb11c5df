// SPDX-License-Identifier: MIT
// snippet: runs a few lines of Lua in a sandbox with the base library and usher.json, as a slice of a flow.
#pragma once

#include "engine/sandbox.h"
#include "lua/api.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static int snippet_step(lua_State *L)
{
    return lua_yield(L, lua_gettop(L));
}

static inline void snippet_library(lua_State *L, int env)
{
    lib_base_open(L, env);
    lib_string_open(L, env);
    lib_table_open(L, env);
    lib_math_open(L, env);
    lib_utf8_open(L, env);
    lua_newtable(L);
    api_json_open(L, lua_gettop(L));
    lua_pushcfunction(L, snippet_step); // stands for any step: the flow waits and goes on
    lua_setfield(L, -2, "step");
    lua_setfield(L, env, "usher");
}

static inline struct sandbox *snippet_sandbox(void)
{
    sandbox_set_library(snippet_library);
    return sandbox_open(NULL);
}

struct outcome_of_run {
    enum budget_struck struck;
    int status; // of lua_resume, or -1 when it did not compile
};

// Runs code in a thread of its own; `text` gets its first result, or the error, as text. A step gets its
// own arguments back as results.
static inline struct outcome_of_run snippet_run(struct sandbox *s, const char *code, char *text, size_t room)
{
    struct outcome_of_run o = {BUDGET_FINE, -1};
    struct err e = {0};
    lua_State *thread = lua_newthread(s->L);
    if (sandbox_load(s, thread, "t.lua", text_of(code), &e)) {
        snprintf(text, room, "%s", e.text);
        lua_pop(s->L, 1);
        return o;
    }
    int results = 0;
    budget_begin(&s->budget, thread);
    do o.status = lua_resume(thread, NULL, results, &results);
    while (o.status == LUA_YIELD);
    o.struck = budget_end(&s->budget);
    bool any = o.status != LUA_OK || results > 0;
    int first = o.status == LUA_OK ? lua_gettop(thread) - results + 1 : -1;
    snprintf(text, room, "%s", any ? luaL_tolstring(thread, first, NULL) : "");
    lua_settop(thread, 0);
    lua_pop(s->L, 1);
    return o;
}

static inline void assert_says(struct sandbox *s, const char *code, const char *expected)
{
    char text[2000];
    struct outcome_of_run o = snippet_run(s, code, text, sizeof text);
    assert_int_equal(o.struck, BUDGET_FINE);
    assert_string_equal(text, expected);
}

// The snippet ends in an error that holds these words.
static inline void assert_fails(struct sandbox *s, const char *code, const char *words)
{
    char text[2000];
    struct outcome_of_run o = snippet_run(s, code, text, sizeof text);
    if (o.status == LUA_OK) fail_msg("no error, but: %s", text);
    if (!strstr(text, words)) fail_msg("'%s' is not in: %s", words, text);
}

// In tests of a whole table of snippets.
struct snippet {
    const char *code, *says;
};

static inline void assert_all_say(const struct snippet *list, size_t n)
{
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < n; i++) assert_says(s, list[i].code, list[i].says);
    sandbox_close(s);
}

static inline void assert_all_fail(const struct snippet *list, size_t n)
{
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < n; i++) assert_fails(s, list[i].code, list[i].says);
    sandbox_close(s);
}

#define COUNT_OF(list) (sizeof(list) / sizeof(list)[0])
