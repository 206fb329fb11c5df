// SPDX-License-Identifier: MIT
// budget: how much processor time and memory a slice of Lua may use, in a way that pcall can't catch.
//
// One budget belongs to one lua_State. budget_begin starts a slice on a Lua thread, budget_end ends it and
// says whether it struck. A CPU timer of the loop's thread (timer_create on CLOCK_THREAD_CPUTIME_ID,
// SIGEV_THREAD_ID) and the allocator both do the same thing: arm a count hook of 1 on the running thread;
// the hook raises, and every pcall of ours raises again while `struck` is set. A slice that ran too long is
// struck at once; one that grew too much only if it is still too big after its garbage was collected.
// C loops of ours (patterns, sort, concat) call budget_charge, which raises by itself.
// The allocator lets one allocation pass over the cap, up to a hard end, because failing an allocation
// inside Debian's Lua 5.4.4 is unsafe (safety.md's table, 983bc433); the hook comes at the next instruction.
#pragma once

#include <lua.h>
#include <stdbool.h>
#include <stdint.h>

enum budget_struck { BUDGET_FINE, BUDGET_TIME, BUDGET_MEMORY };

struct budget {
    int64_t slice_ms;      // processor time of a slice; default 50
    size_t memory_max;     // bytes of the whole state; default 64 MiB
    size_t slice_grow_max; // growth inside one slice; default 8 MiB
    size_t used, used_at_begin;
    lua_State *running;  // the thread whose slice it is, or NULL
    volatile int struck; // enum budget_struck
    uint64_t charged;
    volatile int64_t spent_ms; // counted by the timer's ticks
    volatile bool crowded;     // over a memory limit: garbage is collected before it strikes
};

// Fills in the defaults.
void budget_init(struct budget *b);
// The allocator for lua_newstate; ud is the budget.
void *budget_alloc(void *ud, void *ptr, size_t osize, size_t nsize);
void budget_begin(struct budget *b, lua_State *thread);
enum budget_struck budget_end(struct budget *b); // disarms
// The budget of a state, whichever thread of it.
struct budget *budget_of(lua_State *L);
// Charges n units of work of a C loop (about a nanosecond to ten each); raises when the slice is used up.
void budget_charge(lua_State *L, uint64_t n);
// One sentence about what struck, for the flow's `why`.
const char *budget_sentence(enum budget_struck struck);
