// SPDX-License-Identifier: MIT
// value: Lua <-> record. What crosses a step is always decoded from its stored form.
//
// A Lua table is a list when its keys are exactly 1..n (n >= 1) and a map otherwise; an empty table is an
// empty map, unless usher.json.array marked it. Keys are texts or integers. Metatables are not carried,
// frozen script tables (sandbox.h) are read through. usher.json.null becomes nil in a list or map.
#pragma once

#include "base/err.h"
#include "base/record.h"
#include <lua.h>
#include <stdbool.h>

// Appends the value at `index`. Refuses (-INPUT, naming the path: "value.people[3].mail") functions,
// coroutines, userdata, cycles, depth over 64, NaN keys, more than RECORD_LEN_MAX. Never raises.
int value_encode(lua_State *L, int index, struct buf *out, struct err *e);
// Pushes one value; the record was checked. May raise for memory.
void value_push(lua_State *L, struct record r);

// True when the table at index (its contents, not a frozen table itself) has exactly the keys 1..n, n >= 1.
bool value_is_list(lua_State *L, int index, size_t *n);
// usher.json.null is the light userdata of address 0.
static inline bool value_is_null(lua_State *L, int index)
{
    return lua_islightuserdata(L, index) && !lua_touserdata(L, index);
}
