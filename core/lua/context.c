// SPDX-License-Identifier: MIT
#include "lua/context.h"

#include "lua/check.h"

#include <string.h>

static const char *const places[] = {
    [CONTEXT_LOADING] = "at the top level of a script",
    [CONTEXT_FLOW] = "inside a flow",
    [CONTEXT_DECIDE] = "inside usher.decide",
    [CONTEXT_HANDLER] = "inside a handler (usher.on, a POST route)",
    [CONTEXT_LOOK] = "inside a GET route, which changes nothing",
};

struct script *context_check(lua_State *L, const char *func, int where)
{
    struct script *s = script_of(L);
    if (where & (1 << s->context)) return s;
    luaL_Buffer allowed;
    luaL_buffinit(L, &allowed);
    for (int c = CONTEXT_LOADING, n = 0; c <= CONTEXT_LOOK; c++) {
        if (!(where & (1 << c))) continue;
        if (n++) luaL_addstring(&allowed, " or ");
        luaL_addstring(&allowed, places[c]);
    }
    luaL_pushresult(&allowed);
    const char *here = s->context ? places[s->context] : "here";
    luaL_error(L, "%s can't be used %s: it belongs %s", func, here, lua_tostring(L, -1));
    return NULL;
}

struct script *context_check_wait(lua_State *L, const char *func)
{
    struct script *s = context_check(L, func, CALL_IN_FLOW);
    if (!lua_isyieldable(L))
        luaL_error(L, "%s: a step may not be used inside a function that string.gsub or table.sort calls",
            func);
    return s;
}

struct branch *context_branch(lua_State *L)
{
    return script_of(L)->running;
}

// Library chunks are named "usher/...": people want the line of their own script.
int32_t context_line(lua_State *L)
{
    lua_Debug ar;
    for (int level = 1; level < 12 && lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline > 0 && strncmp(ar.short_src, "usher/", 6) != 0) return ar.currentline;
    }
    return 0;
}

struct text context_name(lua_State *L, int index, const char *func)
{
    struct text name;
    name.data = luaL_checklstring(L, index, &name.len);
    bool fine = name.len >= 1 && name.len <= 120;
    for (size_t i = 0; fine && i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        fine = c >= 32 && c != 127 && c != '|' && c != '#';
    }
    if (!fine) luaL_error(L, "%s: a name has 1 to 120 printable characters, without | and #", func);
    return name;
}

enum unsure check_unsure(lua_State *L, const char *func, enum unsure otherwise)
{
    struct text word = option_text(L, 1, "unsure");
    if (word.len == 0) return otherwise;
    if (text_is(word, "ask")) return UNSURE_ASK;
    if (text_is(word, "resend")) return UNSURE_RESEND;
    if (text_is(word, "leave")) return UNSURE_LEAVE;
    return luaL_error(L, "%s: unsure = '%s' is not known: write 'ask', 'resend' or 'leave'", func, word.data);
}

static int waited(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct step *s = (struct step *)ctx;
    context_push push = (context_push)lua_touserdata(L, -1);
    lua_pop(L, 1);
    return push(L, s);
}

int context_refuse(lua_State *L)
{
    if (context_branch(L)->state == BRANCH_AT_EDGE) return lua_yield(L, 0); // and is never resumed
    return luaL_error(L, STEP_REFUSED);
}

int context_wait(lua_State *L, struct step *s, context_push push)
{
    if (!s) return context_refuse(L);
    lua_pushlightuserdata(L, (void *)push);
    return lua_yieldk(L, 0, (lua_KContext)s, waited);
}

static int returned(lua_State *L, int status, lua_KContext results_n)
{
    (void)L, (void)status;
    return (int)results_n;
}

int context_return(lua_State *L, int results_n)
{
    struct script *s = script_of(L);
    if (s->context != CONTEXT_FLOW || s->running->flow->edit ||
        batch_rows(s->engine->batch) < BATCH_OPS_MAX || !lua_isyieldable(L)) {
        return results_n;
    }
    s->running->flow->paused = true;
    return lua_yieldk(L, 0, results_n, returned);
}
