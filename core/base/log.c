// SPDX-License-Identifier: MIT
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_LEN 8192

static struct {
    enum log_level level;
    struct instant (*now)(void *ctx);
    void *now_ctx;
    void (*sink)(void *ctx, struct text line);
    void *sink_ctx;
} target = {.level = LOG_INFO};

void log_set_level(enum log_level level)
{
    target.level = level;
}

void log_set_clock(struct instant (*now)(void *), void *ctx)
{
    target.now = now;
    target.now_ctx = ctx;
}

void log_set_sink(void (*sink)(void *ctx, struct text line), void *ctx)
{
    target.sink = sink;
    target.sink_ctx = ctx;
}

// 2021-02-25T07:00:03.120Z. Here because a log line must not depend on the zone files of core/time.
static void add_utc(struct buf *out, struct instant at)
{
    int64_t day = at.ms / DAY_MS - (at.ms % DAY_MS < 0), ms = at.ms - day * DAY_MS;
    int64_t z = day + 719468; // days since 0000-03-01: years that start in March end with the leap day
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
    buf_addf(out, "%04" PRId64 "-%02d-%02dT%02d:%02d:%02d.%03dZ ", year, (int)month,
        (int)(doy - (153 * mp + 2) / 5 + 1), (int)(ms / HOUR_MS), (int)(ms / MINUTE_MS % 60),
        (int)(ms / SECOND_MS % 60), (int)(ms % 1000));
}

static bool is_plain(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        uint8_t c = (uint8_t)t.data[i];
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
    }
    return t.len > 0;
}

void log_quote(struct buf *out, struct text value)
{
    if (is_plain(value)) {
        buf_addt(out, value);
        return;
    }
    buf_addc(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        uint8_t c = (uint8_t)value.data[i];
        if (c == '"' || c == '\\') buf_addf(out, "\\%c", c);
        else if (c == '\n') buf_addz(out, "\\n");
        else if (c < ' ' || c == 0x7f) buf_addf(out, "\\x%02x", c);
        else buf_addc(out, (char)c);
    }
    buf_addc(out, '"');
}

static void end_line(struct buf *line)
{
    static const char cut[] = "... cut=yes";
    line->max += sizeof cut;
    if (line->over) {
        line->over = false;
        buf_addz(line, cut);
    }
    buf_addc(line, '\n');
}

void log_line(enum log_level level, const char *msg, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (level > target.level) return;
    struct buf line;
    buf_init(&line, LINE_MAX_LEN);
    if (target.now) add_utc(&line, target.now(target.now_ctx));
    buf_addf(&line, "%s msg=", names[level]);
    log_quote(&line, text_of(msg));
    va_list pairs;
    va_start(pairs, msg);
    for (const char *key; (key = va_arg(pairs, const char *));) {
        buf_addf(&line, " %s=", key);
        log_quote(&line, text_of(va_arg(pairs, const char *)));
    }
    va_end(pairs);
    end_line(&line);
    if (target.sink) target.sink(target.sink_ctx, buf_text(&line));
    else fwrite(line.data, 1, line.len, stderr); // one write: lines of two threads do not mix
    buf_release(&line);
}
