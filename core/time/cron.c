// SPDX-License-Identifier: MIT
#include "time/cron.h"

#define MINUTE 60
#define LOOKED_DAYS_MAX (400 * 366) // the calendar repeats after 400 years
#define SEARCH_MS (LOOKED_DAYS_MAX * DAY_MS)
#define EXPR_SHOWN 60

static bool bit(uint64_t set, int i)
{
    return set >> i & 1;
}

// -- reading

struct field {
    const char *name;
    int least, most;
    int (*value_of)(struct text name); // for names of months and days; or NULL
};

static const struct field fields[] = {
    {"minute", 0, 59, NULL},
    {"hour", 0, 23, NULL},
    {"day of month", 1, 31, NULL},
    {"month", 1, 12, name_month},
    {"day of week", 0, 7, name_weekday},
};

static int bad_field(const struct field *f, struct text t, struct err *e)
{
    return err_set(e, ERR_INPUT,
        "the %s \"%.*s\" is wrong: write *, numbers from %d to %d, ranges 1-5, lists 1,15, steps */10",
        f->name, (int)(t.len < 30 ? t.len : 30), t.data, f->least, f->most);
}

static bool scan_value(struct scan *s, const struct field *f, int *out)
{
    struct text word;
    if (scan_digits(s, 1, 2, out)) return *out >= f->least && *out <= f->most;
    if (!f->value_of || !scan_word(s, &word) || word.len != 3) return false;
    *out = f->value_of(word);
    return *out >= 0;
}

// "*", "5", "1-5", "*/10", "1-30/5"
static bool scan_item(struct scan *s, const struct field *f, uint64_t *set)
{
    int low = f->least, high = f->most, step = 1;
    bool range = scan_char(s, '*');
    if (!range) {
        if (!scan_value(s, f, &low)) return false;
        high = low;
        range = scan_char(s, '-');
        bool named = scan_peek(s) > '9';
        if (range && !scan_value(s, f, &high)) return false;
        if (range && named && high == 0) high = 7; // fri-sun: the week may end with it
        if (high < low || high > f->most) return false;
    }
    // "5/15" is read in two ways by others, so a step needs a range.
    if (scan_char(s, '/') && (!range || !scan_digits(s, 1, 3, &step) || step == 0)) return false;
    for (int i = low; i <= high; i += step) *set |= UINT64_C(1) << i;
    return true;
}

static bool scan_items(struct text t, const struct field *f, uint64_t *set)
{
    struct scan s = scan_of(t);
    do {
        if (!scan_item(&s, f, set)) return false;
    } while (scan_char(&s, ','));
    return s.at == t.len;
}

static int parse(struct text expr, struct cron *out, struct err *e)
{
    struct scan s = scan_of(expr);
    uint64_t sets[5] = {0};
    bool any[5];
    for (int i = 0; i < 5; i++) {
        struct text t = scan_token(&s);
        if (!t.len || *t.data == '@')
            return err_set(e, ERR_INPUT, "it needs five fields: minute hour day-of-month month day-of-week");
        any[i] = *t.data == '*';
        if (!scan_items(t, &fields[i], &sets[i])) return bad_field(&fields[i], t, e);
    }
    if (!scan_end(&s))
        return err_set(e, ERR_INPUT, "it has more than five fields, at column %d", scan_column(&s));
    if (bit(sets[4], 7)) sets[4] |= 1; // 7 is Sunday too
    *out = (struct cron){sets[0], sets[1], sets[2], sets[3], sets[4], any[2], any[4], any[0] || any[1]};
    return 0;
}

int cron_parse(struct text expr, struct cron *out, struct err *e)
{
    int rc = parse(expr, out, e);
    return rc ? err_in(e, "cron \"%.*s\"", (int)(expr.len < EXPR_SHOWN ? expr.len : EXPR_SHOWN), expr.data)
              : 0;
}

// "15 minutes": every multiple of it on the clock.
static bool scan_every_span(struct scan *s, struct cron *out)
{
    struct span span;
    if (!scan_span(s, &span, NULL) || !scan_end(s) || span_is_calendar(&span)) return false;
    bool in_hour = span.ms >= MINUTE_MS && span.ms < HOUR_MS && HOUR_MS % span.ms == 0 &&
                   span.ms % MINUTE_MS == 0;
    bool in_day = span.ms >= HOUR_MS && span.ms <= DAY_MS && DAY_MS % span.ms == 0 && span.ms % HOUR_MS == 0;
    if (!in_hour && !in_day) return false;
    for (int i = 0; i < 60; i += in_hour ? (int)(span.ms / MINUTE_MS) : 60) out->minutes |= UINT64_C(1) << i;
    for (int i = 0; i < 24; i += in_day ? (int)(span.ms / HOUR_MS) : 1) out->hours |= UINT64_C(1) << i;
    out->wildcard = true;
    return true;
}

static bool scan_every_day(struct scan *s, struct cron *out)
{
    struct text word;
    int clock, weekday;
    if (!scan_word(s, &word)) return false;
    if (text_is_word(word, "day")) out->weekdays = 0x7f;
    else if (text_is_word(word, "weekday")) out->weekdays = 0x3e; // Monday to Friday
    else if ((weekday = name_weekday(word)) >= 0) out->weekdays = UINT64_C(1) << weekday;
    else return false;
    scan_char(s, ',');
    scan_this_word(s, "at");
    scan_spaces(s);
    if (scan_clock(s, &clock, NULL) || clock % MINUTE || !scan_end(s)) return false;
    out->hours = UINT64_C(1) << clock / 3600;
    out->minutes = UINT64_C(1) << clock / MINUTE % 60;
    return true;
}

int every_parse(struct text words, struct cron *out, struct err *e)
{
    struct scan s = scan_of(words);
    *out = (struct cron){.month_days = UINT64_MAX, .months = UINT64_MAX, .weekdays = 0x7f};
    out->any_month_day = out->any_weekday = true;
    scan_spaces(&s);
    bool span = scan_peek(&s) >= '0' && scan_peek(&s) <= '9';
    if (span ? scan_every_span(&s, out) : scan_every_day(&s, out)) return 0;
    return err_set(e, ERR_INPUT,
        "every \"%.*s\" can't be read: write \"day 09:00\", \"weekday 09:00\", \"monday 09:00\", or minutes "
        "that "
        "divide an hour (\"15 minutes\") or hours that divide a day (\"2 hours\")",
        (int)(words.len < EXPR_SHOWN ? words.len : EXPR_SHOWN), words.data);
}

// -- the next wall time

static bool day_matches(const struct cron *c, int64_t day, const struct civil *date)
{
    bool month_day = bit(c->month_days, date->day), weekday = bit(c->weekdays, day_weekday(day));
    if (c->any_month_day || c->any_weekday) return month_day && weekday;
    return month_day || weekday;
}

// The first matching day from `day` on; false when there is none.
static bool next_day(const struct cron *c, int64_t *day)
{
    struct civil date = day_civil(*day);
    for (int looked = 0; looked < LOOKED_DAYS_MAX; looked++) {
        if (bit(c->months, date.month) && day_matches(c, *day, &date)) return true;
        int last = month_days(date.year, date.month);
        int ahead = bit(c->months, date.month) ? 1 : last - date.day + 1;
        *day += ahead;
        date.day += ahead;
        if (date.day > last) date = day_civil(*day);
    }
    return false;
}

// The first bit from `from` on; -1: none.
static int next_bit(uint64_t set, int from)
{
    set = from < 64 ? set >> from : 0;
    return set ? from + __builtin_ctzll(set) : -1;
}

// The first matching time of the day from `minute` of the day on; -1: none.
static int next_minute(const struct cron *c, int minute)
{
    for (int hour = minute / 60; (hour = next_bit(c->hours, hour)) >= 0; hour++) {
        int found = next_bit(c->minutes, hour == minute / 60 ? minute % 60 : 0);
        if (found >= 0) return hour * 60 + found;
    }
    return -1;
}

// The first matching wall time at or behind `from`.
static bool next_wall(const struct cron *c, struct wall from, struct wall *out)
{
    int64_t minute = floor_div(from.seconds + MINUTE - 1, MINUTE); // whole minutes only
    int64_t day = floor_div(minute, 1440), begun = day;
    if (!next_day(c, &day)) return false;
    int found = next_minute(c, day == begun ? (int)floor_mod(minute, 1440) : 0);
    if (found < 0) {
        day++;
        if (!next_day(c, &day)) return false;
        found = next_minute(c, 0);
    }
    *out = wall_at(day, found * MINUTE);
    return found >= 0;
}

// -- the next instant

// Wildcard rules follow the clock through one stretch of constant offset after the other. A rule whose every
// reading falls into gaps ("* 2 12 3 */42": New York's clocks change on a Sunday 12 March) never fires.
static bool next_reading(const struct cron *c, const struct zone *z, struct instant after,
    struct instant *out)
{
    struct instant from = instant_add(after, 1), end = instant_add(after, SEARCH_MS);
    while (instant_before(from, end)) {
        struct zone_stretch stretch = zone_stretch(z, from);
        struct wall w = {floor_div(from.ms + SECOND_MS - 1, SECOND_MS) + stretch.offset};
        if (!next_wall(c, w, &w)) return false;
        out->ms = (w.seconds - stretch.offset) * SECOND_MS;
        if (instant_before(*out, stretch.end)) return true;
        from = stretch.end;
    }
    return false;
}

// How far a wall time before `after` may have been moved forward: by the gap that has just been, if the clock
// still reads a time that gap times were moved to.
static int64_t gap_behind(const struct zone *z, struct instant after)
{
    struct zone_stretch now = zone_stretch(z, after);
    if (now.begin.ms == INT64_MIN) return 0;
    int64_t gap = now.offset - zone_stretch(z, instant_add(now.begin, -1)).offset;
    return gap > 0 && instant_since(after, now.begin) < gap * SECOND_MS ? gap : 0;
}

// Fixed times: wall times in order, each at the instant it means. Times moved out of a gap may come behind
// later wall times, so after one of them the search goes on until the wall reads past it.
static bool next_fixed(const struct cron *c, const struct zone *z, struct instant after, struct instant *out)
{
    struct wall w = {zone_local(z, after).wall.seconds - gap_behind(z, after)};
    bool found = false;
    while (next_wall(c, w, &w)) {
        struct zone_meaning m = zone_meaning(z, w);
        struct instant at = m.kind == ZONE_GAP ? m.later : m.earlier;
        if (found && zone_local(z, *out).wall.seconds <= w.seconds) return true;
        if (instant_before(after, at) && (!found || instant_before(at, *out))) {
            *out = at;
            found = true;
            if (m.kind != ZONE_GAP) return true;
        }
        w.seconds++;
    }
    return found;
}

int cron_next(const struct cron *c, const struct zone *z, struct instant after, struct instant *out,
    struct err *e)
{
    if (c->wildcard ? next_reading(c, z, after, out) : next_fixed(c, z, after, out)) return 0;
    return err_set(e, ERR_INPUT, "the schedule never fires: no date matches within 400 years");
}
