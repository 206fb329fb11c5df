// SPDX-License-Identifier: MIT
// meta: what our metatables carry beside Lua's events, and tables that can be read but not changed.
//
// A script never holds a metatable that is in effect: setmetatable takes a copy (lua/lib_meta.c), freezing
// makes one. Their private fields are the slots below, under keys that no script can name.
// A frozen table is empty itself; __index and the slot CONTENTS lead to what it shows, so the table keeps
// its identity and reading costs one more look. Code that goes round metatables (lua_next, lua_rawget,
// lua_rawlen) asks meta_contents first.
#pragma once

#include <lua.h>
#include <stdbool.h>

enum meta_slot {
    META_CONTENTS, // of a frozen table: the table with its fields
    META_NAME,     // of a frozen table: what messages call it
    META_ORIGINAL, // the metatable that the script gave to setmetatable
    META_ARRAY,    // true: made by usher.json.array, a list even when empty
    META_SLOTS,
};

// Pushes the slot of the metatable of the value at index; pushes nothing and answers false when it has none.
bool meta_push(lua_State *L, int index, enum meta_slot slot);
// Sets the slot of the metatable at index to the value on top, and pops it.
void meta_set(lua_State *L, int index, enum meta_slot slot);
// True when the slot is there.
bool meta_has(lua_State *L, int index, enum meta_slot slot);

static inline bool meta_frozen(lua_State *L, int index)
{
    return meta_has(L, index, META_CONTENTS);
}

// Pushes what the table at index shows: itself, or the contents of a frozen one. Never raises.
void meta_contents(lua_State *L, int index);
// Freezes the table at index in place. `refuse` is its __newindex. May raise for memory.
void meta_freeze(lua_State *L, int index, const char *name, lua_CFunction refuse);
// Raises the sentence for whoever tries to change the frozen table at index; also usable as __newindex.
int meta_refuse(lua_State *L);
void meta_refuse_at(lua_State *L, int index);
