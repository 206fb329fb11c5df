// SPDX-License-Identifier: MIT
// budget: stops a slice of Lua that computes too long or grows too much.
// Owns one timer of the loop's thread, shared by all states. Holds always: where a budget strikes decides
// nothing that is recorded, because a struck slice is dropped whole (engine.md, decision 7).
//
// The timer ticks after each 10 ms of processor time of the thread and is never armed or disarmed again:
// a sleeping process gets no tick, and a slice costs no system call. A count hook that is always on would
// make tight loops two to three times slower, whatever its count; one that the tick arms costs nothing.
#include "engine/budget.h"

#include <lauxlib.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 10
#define TICK_SIGNAL (SIGRTMIN + 5)
#define CHARGE_PER_MS 100000 // a unit of a C loop is taken for 10 ns, so its slice ends before the clock's

// The budget whose slice runs now; the tick reads it on the same thread.
static struct budget *volatile active;

void budget_init(struct budget *b)
{
    *b = (struct budget){.slice_ms = 50, .memory_max = 64u << 20, .slice_grow_max = 8u << 20};
}

struct budget *budget_of(lua_State *L)
{
    void *b;
    lua_getallocf(L, &b);
    return b;
}

const char *budget_sentence(enum budget_struck struck)
{
    switch (struck) {
    case BUDGET_TIME:
        return "it computed too long without waiting (is there a loop without an end?); "
               "nothing of this turn was kept";
    case BUDGET_MEMORY:
        return "it used more memory than a script may (does a table or a text grow without an end?); "
               "nothing of this turn was kept";
    case BUDGET_FINE: break;
    }
    return "it kept within its budget";
}

// `level` is the function whose line the message names: 0 in a hook, 1 in a C function.
static _Noreturn void raise_struck(lua_State *L, int level)
{
    luaL_where(L, level);
    lua_pushstring(L, budget_sentence(budget_of(L)->struck));
    lua_concat(L, 2);
    lua_error(L);
    abort();
}

static bool memory_over(const struct budget *b, size_t whole, size_t growth)
{
    return b->used > whole || (b->used > b->used_at_begin && b->used - b->used_at_begin > growth);
}

// What looks like too much may be garbage: collects it before it strikes. The quarter of air keeps a
// slice that lives at the edge from paying for a collection at each allocation.
static void settle_memory(lua_State *L, struct budget *b)
{
    b->crowded = false;
    lua_gc(L, LUA_GCCOLLECT);
    size_t whole = b->memory_max - b->memory_max / 4;
    if (memory_over(b, whole, b->slice_grow_max - b->slice_grow_max / 4)) b->struck = BUDGET_MEMORY;
}

static void on_hook(lua_State *L, lua_Debug *where)
{
    struct budget *b = budget_of(L);
    if (b->crowded && !b->struck) settle_memory(L, b);
    // A tick between the question and lua_sethook would lose its hook: the next tick arms it again.
    if (b->struck) raise_struck(L, 0);
    lua_sethook(L, NULL, 0, 0);
}

// lua_sethook is the one function of Lua that a signal handler may call.
static void on_tick(int sig)
{
    struct budget *b = active;
    if (!b || !b->running) return;
    b->spent_ms += TICK_MS;
    if (b->spent_ms <= b->slice_ms) return; // the first tick may come at once: never strikes too early
    if (!b->struck) b->struck = BUDGET_TIME;
    lua_sethook(b->running, on_hook, LUA_MASKCOUNT, 1);
}

static bool ticking;

// A process that forks off has no timers (usher/crashes.c makes some); it starts its own with its next slice.
static void on_fork(void)
{
    ticking = false;
}

static void start_ticking(void)
{
    static bool told;
    if (ticking) return;
    struct sigaction act = {.sa_handler = on_tick, .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = TICK_SIGNAL};
    event._sigev_un._tid = (pid_t)syscall(SYS_gettid); // glibc 2.36 has no name for this field
    struct itimerspec each = {.it_interval = {.tv_nsec = TICK_MS * 1000000L},
        .it_value = {.tv_nsec = TICK_MS * 1000000L}};
    timer_t timer;
    if (sigaction(TICK_SIGNAL, &act, NULL) || timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) ||
        timer_settime(timer, 0, &each, NULL)) {
        perror("usher: the system gives no processor-time timer, so no script can be kept in bounds");
        exit(3);
    }
    ticking = true;
    if (!told) pthread_atfork(NULL, NULL, on_fork);
    told = true;
}

void *budget_alloc(void *ud, void *ptr, size_t osize, size_t nsize)
{
    struct budget *b = ud;
    if (!ptr) osize = 0; // for a new object Lua passes its kind here
    if (nsize == 0) {
        free(ptr);
        b->used -= osize;
        return NULL;
    }
    size_t used = b->used - osize + nsize;
    // The hard end. Only a concatenation of large texts gets here: anything else doubles at most, and
    // the hook comes before it doubles again.
    if (nsize > osize && used / 2 > b->memory_max) {
        if (b->running) b->struck = BUDGET_MEMORY;
        return NULL;
    }
    void *grown = realloc(ptr, nsize);
    if (!grown) return NULL;
    b->used = used;
    if (nsize > osize && b->running && !b->crowded && memory_over(b, b->memory_max, b->slice_grow_max)) {
        b->crowded = true;
        lua_sethook(b->running, on_hook, LUA_MASKCOUNT, 1);
    }
    return grown;
}

void budget_begin(struct budget *b, lua_State *thread)
{
    start_ticking();
    b->used_at_begin = b->used;
    b->struck = BUDGET_FINE;
    b->crowded = false;
    b->spent_ms = 0;
    b->charged = 0;
    b->running = thread;
    atomic_signal_fence(memory_order_seq_cst);
    active = b;
}

enum budget_struck budget_end(struct budget *b)
{
    active = NULL;
    atomic_signal_fence(memory_order_seq_cst);
    lua_State *thread = b->running;
    b->running = NULL;
    lua_sethook(thread, NULL, 0, 0);
    if (b->crowded && !b->struck) settle_memory(thread, b);
    enum budget_struck struck = (enum budget_struck)b->struck;
    b->struck = BUDGET_FINE; // the state goes on with other flows
    return struck;
}

void budget_charge(lua_State *L, uint64_t n)
{
    struct budget *b = budget_of(L);
    if (!b->running) return;
    b->charged += n;
    if (b->charged > (uint64_t)b->slice_ms * CHARGE_PER_MS && !b->struck) b->struck = BUDGET_TIME;
    if (b->crowded && !b->struck) settle_memory(L, b);
    if (b->struck) raise_struck(L, 1);
}
