// SPDX-License-Identifier: MIT
#include "world/live_clock.h"

#include "base/log.h"
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define STEP_WORTH_SAYING_MS (2 * SECOND_MS)
#define FAR_S INT64_C(253402300799) // the end of the year 9999, for "never"

struct live_clock {
    uv_poll_t poll;
    int fd;
    int64_t shift_ms;
    int64_t boot_ms; // when the machine started, by the wall clock; moves only when the clock is set
    struct instant at;
    void (*on_due)(void *ctx);
    void *ctx;
};

static int64_t read_ms(clockid_t id)
{
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000;
}

struct instant live_clock_now(const struct live_clock *c)
{
    return (struct instant){read_ms(CLOCK_REALTIME) + c->shift_ms};
}

static void arm(struct live_clock *c)
{
    struct itimerspec when = {.it_value = {.tv_sec = FAR_S}};
    bool never = c->at.ms == INSTANT_NEVER.ms; // which a shift into the past would overflow
    int64_t wall_ms = never ? 0 : c->at.ms - c->shift_ms;
    if (!never && wall_ms / SECOND_MS < FAR_S) {
        if (wall_ms < 1) wall_ms = 1; // zero would disarm; any moment in the past fires at once
        when.it_value.tv_sec = wall_ms / SECOND_MS;
        when.it_value.tv_nsec = wall_ms % SECOND_MS * 1000000;
    }
    timerfd_settime(c->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

void live_clock_wake_at(struct live_clock *c, struct instant at)
{
    c->at = at;
    arm(c);
}

void live_clock_describe_step(int64_t step_ms, struct buf *out)
{
    int64_t size_ms = step_ms < 0 ? -step_ms : step_ms;
    if (size_ms < STEP_WORTH_SAYING_MS) return;
    int64_t s = size_ms / SECOND_MS;
    buf_addf(out, "clock set %s ", step_ms < 0 ? "back" : "forward");
    if (s >= 86400) buf_addf(out, "%" PRId64 " d ", s / 86400);
    if (s >= 3600) buf_addf(out, "%" PRId64 " h ", s / 3600 % 24);
    if (s >= 60) buf_addf(out, "%02" PRId64 " m ", s / 60 % 60);
    buf_addf(out, "%02" PRId64 " s", s % 60);
}

static void notice_step(struct live_clock *c)
{
    int64_t boot_ms = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
    struct buf words;
    buf_init(&words, 80);
    live_clock_describe_step(boot_ms - c->boot_ms, &words);
    if (words.len) log_line(LOG_WARN, buf_z(&words), NULL);
    buf_release(&words);
    c->boot_ms = boot_ms;
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct live_clock *c = poll->data;
    uint64_t expirations;
    ssize_t n = read(c->fd, &expirations, sizeof expirations);
    if (n < 0 && errno == ECANCELED) {
        notice_step(c);
        arm(c);
    }
    c->on_due(c->ctx);
}

struct live_clock *live_clock_open(uv_loop_t *loop, int64_t shift_ms, void (*on_due)(void *ctx), void *ctx,
    struct err *e)
{
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (fd < 0) {
        err_set(e, ERR_LIMIT, "the system gives no timer: %s; look at the limit of open files (ulimit -n)",
            strerror(errno));
        return NULL;
    }
    struct live_clock *c = mem_alloc(sizeof *c);
    c->fd = fd;
    c->shift_ms = shift_ms;
    c->boot_ms = read_ms(CLOCK_REALTIME) - read_ms(CLOCK_BOOTTIME);
    c->on_due = on_due;
    c->ctx = ctx;
    c->poll.data = c;
    uv_poll_init(loop, &c->poll, fd);
    uv_poll_start(&c->poll, UV_READABLE, on_readable);
    live_clock_wake_at(c, INSTANT_NEVER);
    return c;
}

static void on_closed(uv_handle_t *poll)
{
    struct live_clock *c = poll->data;
    close(c->fd);
    free(c);
}

void live_clock_close(struct live_clock *c)
{
    if (c) uv_close((uv_handle_t *)&c->poll, on_closed);
}
