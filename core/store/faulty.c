// SPDX-License-Identifier: MIT
#include "store/faulty.h"

#include <time.h>
#include <unistd.h>

#define CRASH_CODE 99
#define SLOW_NS 200000000L // far longer than anything that could hide a byte that left too early

static bool is_now(const struct faulty *f, enum store_fault fault)
{
    return f->fault == fault && f->commits == f->n;
}

void faulty_before_commit(struct faulty *f)
{
    f->commits++;
    if (is_now(f, STORE_FAULT_CRASH_BEFORE)) _exit(CRASH_CODE);
    if (f->fault == STORE_FAULT_SLOW) nanosleep(&(struct timespec){.tv_nsec = SLOW_NS}, NULL);
}

void faulty_after_commit(struct faulty *f)
{
    if (is_now(f, STORE_FAULT_CRASH_AFTER)) _exit(CRASH_CODE);
}

bool faulty_fails(const struct faulty *f)
{
    return is_now(f, STORE_FAULT_FAIL);
}
