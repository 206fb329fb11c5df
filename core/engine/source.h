// SPDX-License-Identifier: MIT
// source: a script's text, looked at before the compiler sees it, and its syntax errors as sentences.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define SOURCE_LEN_MAX (1u << 20)
// Debian's Lua 5.4.4 overflows its C stack in deep brackets (its own limit is 200 levels of everything) and
// takes 10 s, then a crash, to name the culprit in a chain of 60,000 links (safety.md's table, 7923dbbf).
#define SOURCE_NESTING_MAX 190
#define SOURCE_LINKS_MAX 200

// Refuses (-INPUT, "briefing.lua:3: ...") what is no text, too long, too deep or a frequent slip that Lua
// would report badly. `program` becomes the source without its byte order mark.
int source_check(const char *name, struct text source, struct text *program, struct err *e);

// Turns the compiler's message into a sentence with a hint; keeps its words where no hint fits.
int source_explain(const char *name, struct text program, struct text message, struct err *e);
