// SPDX-License-Identifier: MIT
// chunks: usher's own words, compiled once for all events and rehearsals of a process.
//
// Only for the text that is part of the binary: it was checked when usher was built, and its compiled form
// comes from this process's own compiler, which is the only one whose bytecode Lua can trust. A file is kept
// compiled from its second load on, so that an usher with one event, which loads each once, keeps nothing.
#pragma once

#include "base/buf.h"
#include <lua.h>
#include <stdbool.h>

// Files are kept from their first load on: whoever says this is going to load them again.
void chunks_keep(void);
// Pushes the chunk, as luaL_loadbufferx does. False: the text is not ours, or can't be compiled.
bool chunks_load(lua_State *L, const char *name, struct text source);
