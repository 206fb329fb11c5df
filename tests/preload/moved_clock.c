// SPDX-License-Identifier: MIT
// moved_clock: preloaded into a program, moves its wall clock by what a file says, while the program runs.
//
// The file that MOVED_CLOCK names holds one 64-bit number of milliseconds; tests/support/office.py writes it.
// The program sees what it would if somebody set the machine's clock: real sockets and disks, another date.
// Alarms on the wall clock that want to hear when it is set (timerfd) are rung every LOOK_MS instead of being
// told: who has such an alarm looks at the clock again after each.
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 20
#define MS_NS 1000000
#define PUBLIC __attribute__((visibility("default")))

static const volatile int64_t *moved_ms; // NULL: by nothing

__attribute__((constructor)) static void open_file(void)
{
    const char *path = getenv("MOVED_CLOCK");
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) return;
    void *bytes = mmap(NULL, sizeof *moved_ms, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes != MAP_FAILED) moved_ms = bytes;
    close(fd);
}

PUBLIC int clock_gettime(clockid_t clock, struct timespec *t)
{
    int failed = (int)syscall(SYS_clock_gettime, clock, t);
    if (failed || !moved_ms || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE)) return failed;
    int64_t ns = t->tv_nsec + *moved_ms % 1000 * MS_NS;
    t->tv_sec += *moved_ms / 1000 + ns / (1000 * MS_NS) - (ns < 0);
    t->tv_nsec = (ns + 1000 * MS_NS) % (1000 * MS_NS);
    return 0;
}

PUBLIC int gettimeofday(struct timeval *restrict t, void *restrict zone)
{
    struct timespec now;
    (void)zone;
    int failed = clock_gettime(CLOCK_REALTIME, &now);
    *t = (struct timeval){now.tv_sec, now.tv_nsec / 1000};
    return failed;
}

PUBLIC time_t time(time_t *out)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (out) *out = now.tv_sec;
    return now.tv_sec;
}

PUBLIC int timerfd_settime(int fd, int flags, const struct itimerspec *when, struct itimerspec *before)
{
    static const struct itimerspec often = {{0, (long)LOOK_MS * MS_NS}, {0, (long)LOOK_MS * MS_NS}};
    if (moved_ms && flags & TFD_TIMER_CANCEL_ON_SET) {
        flags = 0;
        when = &often;
    }
    return (int)syscall(SYS_timerfd_settime, fd, flags, when, before);
}
