// SPDX-License-Identifier: MIT
// check_calendar: the options weekend and holidays of a table, as a calendar.
//
//   weekend = { "fri", "sat" } or "fri sat"      { } or "none": every day counts
//   holidays = { "2021-02-12 Losar", "2021-02-21..2021-02-23", "bt 2021" }, the text of a file, or "bt 2021"
// "bt 2021" is a list that comes with usher (scripts/holidays). The calendar lives in a userdata that frees
// it, because reading tables may raise.
#pragma once

#include "base/buf.h"
#include "time/calendar.h"
#include <lua.h>

// Leaves the calendar of the table at index on the stack; no table: Saturday and Sunday, no holidays.
struct calendar *check_calendar(lua_State *L, int index, const char *func);
// Pops the item of a list, which must be a text; it lives in the table that it came from.
struct text check_item(lua_State *L, const char *func, const char *what);
