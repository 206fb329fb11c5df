// SPDX-License-Identifier: MIT
// The table library. Reads through frozen tables like any other code, and refuses to change them with
// the line of the script that tried.
#include "lua/api.h"
#include "lua/lib.h"

#include "engine/budget.h"
#include "engine/meta.h"

#include <lauxlib.h>
#include <limits.h>

// Lua arrays longer than this can't be built within the memory of a script.
#define SORT_MAX (1 << 24)

static void check_table(lua_State *L, int index)
{
    luaL_checktype(L, index, LUA_TTABLE);
}

static void check_writable(lua_State *L, int index)
{
    check_table(L, index);
    if (meta_frozen(L, index)) meta_refuse_at(L, index);
}

// Moves [from, last] one step; a bounded loop that no hook would interrupt.
static void shift(lua_State *L, lua_Integer first, lua_Integer last, int step)
{
    if (last < first) return;
    budget_charge(L, (uint64_t)(last - first) + 1);
    lua_Integer n = last - first + 1;
    for (lua_Integer i = 0; i < n; i++) {
        lua_Integer from = step > 0 ? last - i : first + i;
        lua_geti(L, 1, from);
        lua_seti(L, 1, from + step);
    }
}

static int table_insert(lua_State *L)
{
    check_writable(L, 1);
    lua_Integer end = luaL_intop(+, luaL_len(L, 1), 1);
    lua_Integer at = end;
    if (lua_gettop(L) == 3) {
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        shift(L, at, end - 1, 1);
    } else if (lua_gettop(L) != 2) {
        return luaL_error(L, "wrong number of arguments to 'insert'");
    }
    lua_seti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    check_writable(L, 1);
    lua_Integer len = luaL_len(L, 1);
    lua_Integer at = luaL_optinteger(L, 2, len);
    if (at != len) {
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)len, 2, "position out of bounds");
    }
    lua_geti(L, 1, at);
    shift(L, at + 1, len, -1);
    lua_pushnil(L);
    lua_seti(L, 1, at < len ? len : at);
    return 1;
}

static int table_move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    check_table(L, 1);
    check_writable(L, target);
    if (last >= from) {
        luaL_argcheck(L, from > 0 || last < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = last - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wrap around");
        bool forward = to > last || to <= from || (target != 1 && !lua_compare(L, 1, target, LUA_OPEQ));
        for (lua_Integer i = 0; i < n; i++) {
            lua_Integer at = forward ? i : n - 1 - i;
            budget_charge(L, 1);
            lua_geti(L, 1, from + at);
            lua_seti(L, target, to + at);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int table_concat(lua_State *L)
{
    check_table(L, 1);
    size_t separator_len;
    const char *separator = luaL_optlstring(L, 2, "", &separator_len);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    lua_Integer last = lua_isnoneornil(L, 4) ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (; i <= last; i++) {
        budget_charge(L, 1);
        lua_geti(L, 1, i);
        if (!lua_isstring(L, -1)) {
            return luaL_error(L, "invalid value (at index %I) in table for 'concat': a %s", (LUAI_UACINT)i,
                luaL_typename(L, -1));
        }
        luaL_addvalue(&out);
        if (i == last) break; // i + 1 could wrap
        luaL_addlstring(&out, separator, separator_len);
    }
    luaL_pushresult(&out);
    return 1;
}

static int table_pack(lua_State *L)
{
    int n = lua_gettop(L);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--) lua_seti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer first = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (first > last) return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)first;
    if (n >= (lua_Unsigned)INT_MAX || !lua_checkstack(L, (int)(++n))) {
        return luaL_error(L, "too many results to unpack");
    }
    budget_charge(L, n);
    for (; first < last; first++) lua_geti(L, 1, first);
    lua_geti(L, 1, last);
    return (int)n;
}

// ---- sort ---------------------------------------------------------------------------------------------
// A merge sort, because Lua's own picks its pivots by the clock and leaves equal elements in any order.
// Whatever the comparison answers, it ends after n log n of them.

// Stack: the list, the comparison or nil, the values. Sorts their positions and not the values.
struct sorting {
    lua_State *L;
    lua_Integer n;
    int32_t *order, *spare;
};

enum { LIST = 1, COMPARISON = 2, VALUES = 3 };

static bool plain_order(lua_State *L)
{
    int a = lua_type(L, -2), b = lua_type(L, -1);
    bool plain = a == b && (a == LUA_TNUMBER || a == LUA_TSTRING);
    if (!plain && luaL_getmetafield(L, -2, "__lt") == LUA_TNIL &&
        luaL_getmetafield(L, -1, "__lt") == LUA_TNIL) {
        luaL_error(L, "table.sort: a %s and a %s have no order: give a comparison", lua_typename(L, a),
            lua_typename(L, b));
    }
    if (!plain) lua_pop(L, 1);
    bool less = lua_compare(L, -2, -1, LUA_OPLT);
    lua_pop(L, 2);
    return less;
}

static bool comes_before(struct sorting *s, int32_t a, int32_t b)
{
    lua_State *L = s->L;
    budget_charge(L, 1);
    bool given = !lua_isnil(L, COMPARISON);
    if (given) lua_pushvalue(L, COMPARISON);
    lua_rawgeti(L, VALUES, a);
    lua_rawgeti(L, VALUES, b);
    if (!given) return plain_order(L);
    lua_call(L, 2, 1);
    bool before = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return before;
}

// Merges [first, middle) and [middle, end) of order into spare; on a tie the earlier one stays first.
static void merge(struct sorting *s, lua_Integer first, lua_Integer middle, lua_Integer end)
{
    lua_Integer a = first, b = middle;
    for (lua_Integer i = first; i < end; i++) {
        bool take_b = a == middle || (b < end && comes_before(s, s->order[b], s->order[a]));
        s->spare[i] = take_b ? s->order[b++] : s->order[a++];
    }
}

static void sort_positions(struct sorting *s)
{
    for (lua_Integer width = 1; width < s->n; width *= 2) {
        for (lua_Integer first = 0; first < s->n; first += 2 * width) {
            lua_Integer middle = first + width < s->n ? first + width : s->n;
            lua_Integer end = middle + width < s->n ? middle + width : s->n;
            merge(s, first, middle, end);
        }
        int32_t *sorted = s->spare;
        s->spare = s->order;
        s->order = sorted;
    }
}

static int sort_body(lua_State *L)
{
    lua_Integer n = luaL_len(L, LIST);
    luaL_argcheck(L, n < SORT_MAX, 1, "array too big");
    if (n < 2) return 0;
    lua_createtable(L, (int)n, 0);
    int32_t *positions = lua_newuserdatauv(L, 2 * (size_t)n * sizeof *positions, 0);
    struct sorting s = {.L = L, .n = n, .order = positions, .spare = positions + n};
    for (lua_Integer i = 0; i < n; i++) {
        lua_geti(L, LIST, i + 1);
        lua_rawseti(L, VALUES, i + 1);
        positions[i] = (int32_t)i + 1;
    }
    sort_positions(&s);
    for (lua_Integer i = 0; i < n; i++) {
        lua_rawgeti(L, VALUES, s.order[i]);
        lua_seti(L, LIST, i + 1);
    }
    return 0;
}

static int table_sort(lua_State *L)
{
    check_writable(L, LIST);
    if (!lua_isnoneornil(L, COMPARISON)) luaL_checktype(L, COMPARISON, LUA_TFUNCTION);
    lua_settop(L, COMPARISON);
    // Without a comparison only __lt could hold a step; then an error may as well keep its own words.
    return lua_isnil(L, COMPARISON) ? sort_body(L) : lib_without_steps(L, sort_body, "table.sort");
}

void lib_table_open(lua_State *L, int env)
{
    static const luaL_Reg functions[] = {
        {"concat", table_concat},
        {"insert", table_insert},
        {"move", table_move},
        {"pack", table_pack},
        {"remove", table_remove},
        {"sort", table_sort},
        {"unpack", table_unpack},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    lua_setfield(L, env, "table");
}
