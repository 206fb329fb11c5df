// SPDX-License-Identifier: MIT
#include "cli/progress.h"

#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t time_to_say;
static bool shown;

static void on_alarm(int signal)
{
    (void)signal;
    time_to_say = 1;
}

static void set_timer(long first_us, long every_us)
{
    struct itimerval t = {.it_interval = {0, every_us}, .it_value = {first_us / 1000000, first_us % 1000000}};
    setitimer(ITIMER_REAL, &t, NULL);
}

void progress_begin(void)
{
    if (!isatty(STDERR_FILENO)) return;
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    set_timer(1000000, 200000);
}

void progress_say(const char *fmt, ...)
{
    if (!time_to_say) return;
    time_to_say = 0;
    shown = true;
    va_list ap;
    va_start(ap, fmt);
    fputs("\r\033[K", stderr);
    vfprintf(stderr, fmt, ap);
    fflush(stderr);
    va_end(ap);
}

void progress_end(void)
{
    set_timer(0, 0);
    if (shown) fputs("\r\033[K", stderr);
    shown = false;
    time_to_say = 0;
}
