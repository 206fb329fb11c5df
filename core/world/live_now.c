// SPDX-License-Identifier: MIT
#include "world/live_now.h"

#include <time.h>

struct instant live_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (struct instant){(int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000};
}
