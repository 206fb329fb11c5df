// SPDX-License-Identifier: MIT
// context: where a script's code is running, and how a binding waits.
//
// Which calls may be used where is one table: CALL_AT_TOP (the script's top level), CALL_IN_FLOW (a flow's
// own code), CALL_IN_DECIDE (inside usher.decide), CALL_IN_HANDLER, CALL_IN_LOOK (a GET route: it may look at
// everything and change nothing).
#pragma once

#include "engine/engine.h"
#include "engine/script.h"
#include "engine/step.h"
#include <lauxlib.h>
#include <lua.h>

#define CALL_AT_TOP (1 << CONTEXT_LOADING)
#define CALL_IN_FLOW (1 << CONTEXT_FLOW)
#define CALL_IN_DECIDE (1 << CONTEXT_DECIDE)
#define CALL_IN_HANDLER (1 << CONTEXT_HANDLER)
#define CALL_IN_LOOK (1 << CONTEXT_LOOK)
#define CALL_ANYWHERE (CALL_AT_TOP | CALL_IN_FLOW | CALL_IN_DECIDE | CALL_IN_HANDLER | CALL_IN_LOOK)

// The script, when its code may call `func` here; else raises a sentence that says where it may.
struct script *context_check(lua_State *L, const char *func, int where);
// The same for a call that waits in a flow: it must be refused before its step is asked for.
struct script *context_check_wait(lua_State *L, const char *func);
// The branch that is running; only after context_check with CALL_IN_FLOW or CALL_IN_DECIDE.
struct branch *context_branch(lua_State *L);
// The line of the script (not of the library) that made this call; 0 when there is none.
int32_t context_line(lua_State *L);
// A name for a step, a flow, a branch: 1 to 120 bytes, printable, without | and #.
struct text context_name(lua_State *L, int index, const char *func);

// The option `unsure` of the table at 1, or what holds when it is not said.
enum unsure check_unsure(lua_State *L, const char *func, enum unsure otherwise);

// Leaves the call when there is no step: the flow was stopped, or (while a version is tried) knows no more.
int context_refuse(lua_State *L);
// Waits for a step that step_ask returned (NULL: context_refuse), then calls push to turn it into results.
typedef int (*context_push)(lua_State *L, struct step *s);
int context_wait(lua_State *L, struct step *s, context_push push);
// After a pure step: lets the batch be committed first when it is full, then returns what is on the stack.
int context_return(lua_State *L, int results_n);
