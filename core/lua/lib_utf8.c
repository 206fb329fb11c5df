// SPDX-License-Identifier: MIT
// The utf8 library. codes and len refuse the malformed texts that Lua 5.4.4 lets through (a1089b41), and
// take strict UTF-8 only unless `lax` is asked for, as Lua's do.
#include "lua/api.h"

#include "engine/budget.h"

#include <lauxlib.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#define CODE_MAX 0x7FFFFFFFu // of lax texts
#define CODE_STRICT_MAX 0x10FFFFu

static bool is_continuation(const char *s)
{
    return ((unsigned char)*s & 0xC0) == 0x80;
}

// A position as the user gives it; before the start becomes 0.
static lua_Integer position(lua_Integer at, size_t len)
{
    if (at >= 0) return at;
    return (size_t)-at > len ? 0 : (lua_Integer)len + at + 1;
}

// Decodes one character of a NUL-terminated text; NULL when it is malformed.
static const char *decode(const char *s, uint32_t *code, bool strict)
{
    static const uint32_t least[] = {~0u, 0x80, 0x800, 0x10000, 0x200000, 0x4000000};
    unsigned int c = (unsigned char)*s;
    uint32_t result = 0;
    int n = 0;
    if (c < 0x80) {
        result = c;
    } else {
        for (; c & 0x40; c <<= 1) {
            unsigned int next = (unsigned char)s[++n];
            if ((next & 0xC0) != 0x80) return NULL;
            result = (result << 6) | (next & 0x3F);
        }
        result |= (uint32_t)(c & 0x7F) << (n * 5);
        if (n == 0 || n > 5 || result > CODE_MAX || result < least[n]) return NULL;
    }
    if (strict && (result > CODE_STRICT_MAX || (0xD800 <= result && result <= 0xDFFF))) return NULL;
    if (code) *code = result;
    return s + n + 1;
}

static int utf8_len(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer at = position(luaL_optinteger(L, 2, 1), len);
    lua_Integer last = position(luaL_optinteger(L, 3, -1), len);
    bool lax = lua_toboolean(L, 4);
    luaL_argcheck(L, 1 <= at && --at <= (lua_Integer)len, 2, "initial position out of bounds");
    luaL_argcheck(L, --last < (lua_Integer)len, 3, "final position out of bounds");
    lua_Integer n = 0;
    for (; at <= last; n++) {
        const char *next = decode(s + at, NULL, !lax);
        if (!next) {
            lua_pushnil(L);
            lua_pushinteger(L, at + 1);
            return 2;
        }
        at = next - s;
    }
    budget_charge(L, (uint64_t)n);
    lua_pushinteger(L, n);
    return 1;
}

static int utf8_codepoint(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer first = position(luaL_optinteger(L, 2, 1), len);
    lua_Integer last = position(luaL_optinteger(L, 3, first), len);
    bool lax = lua_toboolean(L, 4);
    luaL_argcheck(L, first >= 1, 2, "out of bounds");
    luaL_argcheck(L, last <= (lua_Integer)len, 3, "out of bounds");
    if (first > last) return 0;
    if (last - first >= INT_MAX) return luaL_error(L, "string slice too long");
    luaL_checkstack(L, (int)(last - first) + 1, "string slice too long");
    int n = 0;
    const char *end = s + last;
    for (s += first - 1; s < end; n++) {
        uint32_t code;
        s = decode(s, &code, !lax);
        if (!s) return luaL_error(L, "invalid UTF-8 code");
        lua_pushinteger(L, code);
    }
    return n;
}

static void push_char(lua_State *L, int arg)
{
    lua_Unsigned code = (lua_Unsigned)luaL_checkinteger(L, arg);
    luaL_argcheck(L, code <= CODE_MAX, arg, "value out of range");
    lua_pushfstring(L, "%U", (long)code);
}

static int utf8_char(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (int i = 1; i <= n; i++) {
        push_char(L, i);
        luaL_addvalue(&out);
    }
    luaL_pushresult(&out);
    return 1;
}

// Moves n characters on from `at`; false when the text ends first.
static bool move_on(const char *s, lua_Integer len, lua_Integer *at, lua_Integer n)
{
    for (; n < 0 && *at > 0; n++) {
        do --*at;
        while (*at > 0 && is_continuation(s + *at));
    }
    for (; n > 0 && *at < len; n--) {
        do ++*at;
        while (is_continuation(s + *at)); // stops at the final NUL
    }
    return n == 0;
}

static int utf8_offset(lua_State *L)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Integer n = luaL_checkinteger(L, 2);
    lua_Integer at = position(luaL_optinteger(L, 3, n > 0 ? 1 : (lua_Integer)len + 1), len);
    luaL_argcheck(L, 1 <= at && --at <= (lua_Integer)len, 3, "position out of bounds");
    bool there = true;
    if (n == 0) {
        while (at > 0 && is_continuation(s + at)) at--;
    } else {
        if (is_continuation(s + at)) return luaL_error(L, "initial position is a continuation byte");
        there = move_on(s, (lua_Integer)len, &at, n > 0 ? n - 1 : n);
    }
    if (there) lua_pushinteger(L, at + 1);
    else lua_pushnil(L);
    return 1;
}

static int codes_step(lua_State *L, bool strict)
{
    size_t len;
    const char *s = luaL_checklstring(L, 1, &len);
    lua_Unsigned at = (lua_Unsigned)lua_tointeger(L, 2);
    while (at < len && is_continuation(s + at)) at++; // of the character before
    if (at >= len) return 0;
    uint32_t code;
    const char *next = decode(s + at, &code, strict);
    if (!next || is_continuation(next)) return luaL_error(L, "invalid UTF-8 code");
    lua_pushinteger(L, (lua_Integer)at + 1);
    lua_pushinteger(L, code);
    return 2;
}

static int codes_strict(lua_State *L)
{
    return codes_step(L, true);
}

static int codes_lax(lua_State *L)
{
    return codes_step(L, false);
}

static int utf8_codes(lua_State *L)
{
    bool lax = lua_toboolean(L, 2);
    const char *s = luaL_checkstring(L, 1);
    luaL_argcheck(L, !is_continuation(s), 1, "invalid UTF-8 code");
    lua_pushcfunction(L, lax ? codes_lax : codes_strict);
    lua_pushvalue(L, 1);
    lua_pushinteger(L, 0);
    return 3;
}

void lib_utf8_open(lua_State *L, int env)
{
    static const luaL_Reg functions[] = {
        {"char", utf8_char},
        {"codepoint", utf8_codepoint},
        {"codes", utf8_codes},
        {"len", utf8_len},
        {"offset", utf8_offset},
        {NULL, NULL},
    };
    static const char pattern[] = "[\0-\x7F\xC2-\xFD][\x80-\xBF]*";
    luaL_newlib(L, functions);
    lua_pushlstring(L, pattern, sizeof pattern - 1);
    lua_setfield(L, -2, "charpattern");
    lua_setfield(L, env, "utf8");
}
