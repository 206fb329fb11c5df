// SPDX-License-Identifier: MIT
// The math library without random: usher.random derives its numbers from the flow, so that they come
// again. The last bit of sin, exp and their like depends on the C library, as everywhere.
#include "lua/api.h"

#include <lauxlib.h>
#include <math.h>
#include <stdbool.h>

// A float that is whole becomes an integer when it fits.
static void push_whole(lua_State *L, lua_Number n)
{
    lua_Integer i;
    if (lua_numbertointeger(n, &i)) lua_pushinteger(L, i);
    else lua_pushnumber(L, n);
}

#define MATH_OF_ONE(name, function)                          \
    static int math_##name(lua_State *L)                     \
    {                                                        \
        lua_pushnumber(L, function(luaL_checknumber(L, 1))); \
        return 1;                                            \
    }

MATH_OF_ONE(acos, acos)
MATH_OF_ONE(asin, asin)
MATH_OF_ONE(cos, cos)
MATH_OF_ONE(exp, exp)
MATH_OF_ONE(sin, sin)
MATH_OF_ONE(sqrt, sqrt)
MATH_OF_ONE(tan, tan)

static int math_abs(lua_State *L)
{
    if (lua_isinteger(L, 1)) {
        lua_Integer n = lua_tointeger(L, 1);
        lua_pushinteger(L, n < 0 ? (lua_Integer)(0u - (lua_Unsigned)n) : n);
    } else {
        lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
    }
    return 1;
}

static int math_atan(lua_State *L)
{
    lua_pushnumber(L, atan2(luaL_checknumber(L, 1), luaL_optnumber(L, 2, 1)));
    return 1;
}

static int math_ceil(lua_State *L)
{
    if (lua_isinteger(L, 1)) lua_settop(L, 1);
    else push_whole(L, ceil(luaL_checknumber(L, 1)));
    return 1;
}

static int math_floor(lua_State *L)
{
    if (lua_isinteger(L, 1)) lua_settop(L, 1);
    else push_whole(L, floor(luaL_checknumber(L, 1)));
    return 1;
}

static int math_deg(lua_State *L)
{
    lua_pushnumber(L, luaL_checknumber(L, 1) * (180.0 / M_PI));
    return 1;
}

static int math_rad(lua_State *L)
{
    lua_pushnumber(L, luaL_checknumber(L, 1) * (M_PI / 180.0));
    return 1;
}

static int math_fmod(lua_State *L)
{
    if (!lua_isinteger(L, 1) || !lua_isinteger(L, 2)) {
        lua_pushnumber(L, fmod(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
        return 1;
    }
    lua_Integer divisor = lua_tointeger(L, 2);
    luaL_argcheck(L, divisor != 0, 2, "zero");
    // The least integer divided by -1 is a trap of the processor.
    lua_pushinteger(L, divisor == -1 ? 0 : lua_tointeger(L, 1) % divisor);
    return 1;
}

static int math_log(lua_State *L)
{
    lua_Number n = luaL_checknumber(L, 1);
    if (lua_isnoneornil(L, 2)) {
        lua_pushnumber(L, log(n));
        return 1;
    }
    lua_Number base = luaL_checknumber(L, 2);
    if (base == 2.0) lua_pushnumber(L, log2(n));
    else if (base == 10.0) lua_pushnumber(L, log10(n));
    else lua_pushnumber(L, log(n) / log(base));
    return 1;
}

// Pushes the argument that `op` puts before all others: the least, or with swapped sides the greatest.
static int best_of(lua_State *L, bool least)
{
    int n = lua_gettop(L), best = 1;
    luaL_argcheck(L, n >= 1, 1, "number expected");
    for (int i = 1; i <= n; i++) {
        luaL_checknumber(L, i);
        if (least ? lua_compare(L, i, best, LUA_OPLT) : lua_compare(L, best, i, LUA_OPLT)) best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int math_max(lua_State *L)
{
    return best_of(L, false);
}

static int math_min(lua_State *L)
{
    return best_of(L, true);
}

static int math_modf(lua_State *L)
{
    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        lua_pushnumber(L, 0);
        return 2;
    }
    lua_Number n = luaL_checknumber(L, 1);
    lua_Number whole = n < 0 ? ceil(n) : floor(n);
    push_whole(L, whole);
    lua_pushnumber(L, n == whole ? 0.0 : n - whole);
    return 2;
}

static int math_tointeger(lua_State *L)
{
    int fits;
    lua_Integer n = lua_tointegerx(L, 1, &fits);
    if (fits) {
        lua_pushinteger(L, n);
    } else {
        luaL_checkany(L, 1);
        lua_pushnil(L);
    }
    return 1;
}

static int math_type(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_type(L, 1) == LUA_TNUMBER) lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
    else lua_pushnil(L);
    return 1;
}

static int math_ult(lua_State *L)
{
    lua_pushboolean(L, (lua_Unsigned)luaL_checkinteger(L, 1) < (lua_Unsigned)luaL_checkinteger(L, 2));
    return 1;
}

void lib_math_open(lua_State *L, int env)
{
    static const luaL_Reg functions[] = {
        {"abs", math_abs},
        {"acos", math_acos},
        {"asin", math_asin},
        {"atan", math_atan},
        {"ceil", math_ceil},
        {"cos", math_cos},
        {"deg", math_deg},
        {"exp", math_exp},
        {"floor", math_floor},
        {"fmod", math_fmod},
        {"log", math_log},
        {"max", math_max},
        {"min", math_min},
        {"modf", math_modf},
        {"rad", math_rad},
        {"sin", math_sin},
        {"sqrt", math_sqrt},
        {"tan", math_tan},
        {"tointeger", math_tointeger},
        {"type", math_type},
        {"ult", math_ult},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_pushnumber(L, M_PI);
    lua_setfield(L, -2, "pi");
    lua_pushnumber(L, HUGE_VAL);
    lua_setfield(L, -2, "huge");
    lua_pushinteger(L, LUA_MAXINTEGER);
    lua_setfield(L, -2, "maxinteger");
    lua_pushinteger(L, LUA_MININTEGER);
    lua_setfield(L, -2, "mininteger");
    lua_setfield(L, env, "math");
}
