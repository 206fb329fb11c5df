// SPDX-License-Identifier: MIT
#include "lua/check_calendar.h"

#include "base/embedded.h"
#include "lua/check.h"
#include "time/wall.h"

#include <stdio.h>
#include <string.h>

#define CALENDAR_TYPE "usher.time.calendar"

static int calendar_gc(lua_State *L)
{
    calendar_release(lua_touserdata(L, 1));
    return 0;
}

static struct calendar *push_calendar(lua_State *L)
{
    struct calendar *c = lua_newuserdatauv(L, sizeof *c, 0);
    calendar_init(c);
    if (luaL_newmetatable(L, CALENDAR_TYPE)) {
        lua_pushcfunction(L, calendar_gc);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return c;
}

// "bt 2021": a list that comes with usher.
static struct text shipped_holidays(struct text name)
{
    struct scan s = scan_of(name);
    struct text place;
    int year;
    char file[64];
    if (!scan_word(&s, &place) || place.len > 8) return (struct text){0};
    scan_spaces(&s);
    if (!scan_digits(&s, 4, 4, &year) || !scan_end(&s)) return (struct text){0};
    snprintf(file, sizeof file, "scripts/holidays/%.*s-%d.txt", (int)place.len, place.data, year);
    return embedded_find(file);
}

// A date, a range, the name of a shipped list, or a whole file's text.
static int add_holidays(struct calendar *c, struct text t, struct err *e)
{
    struct text shipped = shipped_holidays(t);
    if (shipped.data) return calendar_read(c, shipped, e);
    if (memchr(t.data, '\n', t.len)) return calendar_read(c, t, e);
    return calendar_add(c, t, e);
}

struct text check_item(lua_State *L, const char *func, const char *what)
{
    size_t len;
    if (lua_type(L, -1) != LUA_TSTRING) luaL_error(L, "%s: %s must hold texts", func, what);
    const char *data = lua_tolstring(L, -1, &len);
    lua_pop(L, 1);
    return (struct text){data, len};
}

static void read_weekend(lua_State *L, int index, struct calendar *c, const char *func)
{
    struct err e = {0};
    luaL_Buffer names;
    if (lua_getfield(L, index, "weekend") == LUA_TTABLE) {
        int list = lua_gettop(L);
        lua_Integer n = luaL_len(L, list);
        luaL_buffinit(L, &names);
        for (lua_Integer i = 1; i <= n && i <= 7; i++) {
            if (lua_geti(L, list, i) != LUA_TSTRING) luaL_error(L, "%s: weekend must hold texts", func);
            luaL_addvalue(&names);
            luaL_addchar(&names, ' ');
        }
        if (n == 0) luaL_addstring(&names, "none");
        luaL_pushresult(&names);
    }
    if (!lua_isnil(L, -1)) {
        size_t len;
        const char *data = luaL_checklstring(L, -1, &len);
        if (calendar_set_weekend(c, (struct text){data, len}, &e)) luaL_error(L, "%s: %s", func, e.text);
    }
}

static void read_holidays(lua_State *L, int index, struct calendar *c, const char *func)
{
    struct err e = {0};
    int kind = lua_getfield(L, index, "holidays"), list = lua_gettop(L);
    if (kind == LUA_TSTRING) {
        if (add_holidays(c, check_item(L, func, "holidays"), &e)) luaL_error(L, "%s: %s", func, e.text);
        return;
    }
    lua_Integer n = kind == LUA_TTABLE ? luaL_len(L, list) : 0;
    for (lua_Integer i = 1; i <= n; i++) {
        lua_geti(L, list, i);
        if (add_holidays(c, check_item(L, func, "holidays"), &e)) luaL_error(L, "%s: %s", func, e.text);
    }
    lua_pop(L, 1);
}

struct calendar *check_calendar(lua_State *L, int index, const char *func)
{
    struct calendar *c = push_calendar(L);
    int top = lua_gettop(L);
    if (lua_istable(L, index)) {
        read_weekend(L, index, c, func);
        read_holidays(L, index, c, func);
    }
    lua_settop(L, top);
    return c;
}
