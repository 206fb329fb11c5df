// SPDX-License-Identifier: MIT
#include "time/span.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum unit_kind { EXACT, DAYS, MONTHS };

// The one table of units. `size` is in ms, days or months.
static const struct unit {
    const char *word;
    enum unit_kind kind;
    int64_t size;
} units[] = {
    {"ms", EXACT, 1},
    {"s", EXACT, SECOND_MS},
    {"sec", EXACT, SECOND_MS},
    {"secs", EXACT, SECOND_MS},
    {"second", EXACT, SECOND_MS},
    {"seconds", EXACT, SECOND_MS},
    {"m", EXACT, MINUTE_MS},
    {"min", EXACT, MINUTE_MS},
    {"mins", EXACT, MINUTE_MS},
    {"minute", EXACT, MINUTE_MS},
    {"minutes", EXACT, MINUTE_MS},
    {"h", EXACT, HOUR_MS},
    {"hr", EXACT, HOUR_MS},
    {"hrs", EXACT, HOUR_MS},
    {"hour", EXACT, HOUR_MS},
    {"hours", EXACT, HOUR_MS},
    {"d", DAYS, 1},
    {"day", DAYS, 1},
    {"days", DAYS, 1},
    {"w", DAYS, 7},
    {"week", DAYS, 7},
    {"weeks", DAYS, 7},
    {"month", MONTHS, 1},
    {"months", MONTHS, 1},
};

static const struct unit *unit_find(struct text word)
{
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (text_is_word(word, units[i].word)) return &units[i];
    return NULL;
}

static int check_size(const struct span *s, struct err *e)
{
    if (s->ms > SPAN_MS_MAX || s->days > SPAN_DAYS_MAX || s->working_days > SPAN_DAYS_MAX || s->months > 1200)
        return err_set(e, ERR_INPUT, "a span may be 100 years long at most");
    return 0;
}

// Adds "N unit" to the span.
static int add_part(struct span *out, int n, struct text word, bool working, struct err *e)
{
    const struct unit *unit = unit_find(word);
    if (!unit || (working && (unit->kind != DAYS || unit->size != 1)))
        return err_set(e, ERR_INPUT,
            "\"%.*s\" is no unit of time: write s, min, h, days, weeks, months or working days",
            (int)(word.len < 30 ? word.len : 30), word.data);
    if (working) out->working_days += n;
    else if (unit->kind == EXACT) out->ms += n * unit->size;
    else if (unit->kind == DAYS && n <= SPAN_DAYS_MAX) out->days += n * (int)unit->size;
    else if (unit->kind == MONTHS && n <= SPAN_DAYS_MAX) out->months += n;
    else out->days = SPAN_DAYS_MAX + 1; // so that the check below says it
    return check_size(out, e);
}

bool scan_span(struct scan *s, struct span *out, struct err *e)
{
    bool any = false;
    *out = (struct span){0};
    for (;;) {
        struct scan ahead = *s;
        struct text word;
        int n;
        scan_spaces(&ahead);
        if (!scan_digits(&ahead, 1, SPAN_NUMBER_DIGITS, &n)) return any;
        bool working = scan_this_word(&ahead, "working");
        if (!scan_word(&ahead, &word)) {
            err_set(e, ERR_INPUT, "expected a unit such as min, h or days at column %d", scan_column(&ahead));
            return false;
        }
        if (add_part(out, n, word, working, e)) return false;
        any = true;
        *s = ahead;
    }
}

struct span span_back(struct span s)
{
    return (struct span){-s.ms, -s.months, -s.days, -s.working_days};
}

int span_parse(struct text t, struct span *out, struct err *e)
{
    struct scan s = scan_of(t);
    struct err inner = {0};
    scan_spaces(&s);
    bool back = scan_char(&s, '-');
    int shown = (int)(t.len < 60 ? t.len : 60);
    if (!scan_span(&s, out, &inner)) {
        if (inner.code) return err_set(e, ERR_INPUT, "\"%.*s\": %s", shown, t.data, inner.text);
        return err_set(e, ERR_INPUT,
            "\"%.*s\" is no span of time: write 90 min, 1h30m, 3 days or 2 working days", shown, t.data);
    }
    if (!scan_end(&s))
        return err_set(e, ERR_INPUT, "\"%.*s\": expected a number and a unit, or the end, at column %d",
            shown, t.data, scan_column(&s));
    if (back) *out = span_back(*out);
    return 0;
}

bool span_is_calendar(const struct span *s)
{
    return s->days || s->months || s->working_days;
}

int span_exact_ms(struct text t, int64_t *ms, struct err *e)
{
    struct span s;
    int rc = span_parse(t, &s, e);
    if (rc) return rc;
    if (span_is_calendar(&s))
        return err_set(e, ERR_INPUT,
            "\"%.*s\" counts by the calendar, and this needs an exact span: write 24h for a day",
            (int)(t.len < 60 ? t.len : 60), t.data);
    *ms = s.ms;
    return 0;
}

int span_elapsed_ms(struct text t, int64_t *ms, struct err *e)
{
    struct span s;
    int rc = span_parse(t, &s, e);
    if (rc) return rc;
    if (s.months || s.working_days)
        return err_set(e, ERR_INPUT, "\"%.*s\" has no fixed length: write it in days, h or min",
            (int)(t.len < 60 ? t.len : 60), t.data);
    *ms = s.ms + s.days * DAY_MS;
    return 0;
}

// -- writing

// Appends "3 days" or "1 h" to the text of length *n.
static void print_part(char out[SPAN_TEXT_MAX], int *n, int64_t count, const char *one, const char *many)
{
    if (!count || *n >= SPAN_TEXT_MAX) return;
    *n += snprintf(out + *n, (size_t)(SPAN_TEXT_MAX - *n), "%s%" PRId64 " %s",
        *n > 0 && out[*n - 1] != '-' ? " " : "", count, count == 1 ? one : many);
}

static void print_exact(char out[SPAN_TEXT_MAX], int *n, int64_t ms)
{
    print_part(out, n, ms / HOUR_MS, "h", "h");
    print_part(out, n, ms % HOUR_MS / MINUTE_MS, "min", "min");
    print_part(out, n, ms % MINUTE_MS / SECOND_MS, "s", "s");
    print_part(out, n, ms % SECOND_MS, "ms", "ms");
}

const char *span_print(const struct span *s, char out[SPAN_TEXT_MAX])
{
    int n = 0;
    struct span abs = *s;
    if (s->ms < 0 || s->days < 0 || s->months < 0 || s->working_days < 0) {
        out[n++] = '-';
        abs = span_back(abs);
    }
    print_part(out, &n, abs.months, "month", "months");
    if (abs.days % 7 == 0) print_part(out, &n, abs.days / 7, "week", "weeks");
    else print_part(out, &n, abs.days, "day", "days");
    print_part(out, &n, abs.working_days, "working day", "working days");
    print_exact(out, &n, abs.ms);
    if (n == 0) snprintf(out, SPAN_TEXT_MAX, "0 s");
    return out;
}

const char *span_print_ms(int64_t ms, char out[SPAN_TEXT_MAX])
{
    int n = 0;
    if (ms < 0) out[n++] = '-';
    if (ms < -SPAN_MS_MAX || ms > SPAN_MS_MAX) ms = SPAN_MS_MAX;
    ms = ms < 0 ? -ms : ms;
    if (ms >= 2 * DAY_MS) {
        print_part(out, &n, ms / DAY_MS, "day", "days");
        print_part(out, &n, ms % DAY_MS / HOUR_MS, "h", "h");
    } else if (ms >= HOUR_MS) {
        print_exact(out, &n, ms - ms % MINUTE_MS);
    } else {
        print_exact(out, &n, ms >= SECOND_MS ? ms - ms % SECOND_MS : ms);
    }
    if (n == 0) snprintf(out, SPAN_TEXT_MAX, "0 s");
    return out;
}
