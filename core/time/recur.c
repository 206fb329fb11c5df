// SPDX-License-Identifier: MIT
#include "time/recur.h"

#include "time/recur_parts.h"

#include <stdlib.h>
#include <string.h>

#define LOOKED_MAX (400 * 366) // days without a match, or steps of a sub-daily rule
#define YEAR_LAST 9999

// -- which days

static int days_in_year(int64_t year)
{
    return month_days(year, 2) == 29 ? 366 : 365;
}

// Position of a day, from the front and from the back, in a stretch: 1 and -1 are its ends.
struct place {
    int front, back;
};

static struct place place_in(int64_t day, int64_t first, int64_t n)
{
    return (struct place){(int)(day - first) + 1, (int)(first + n - day)};
}

static bool place_matches(struct place p, const struct recur_set *front, const struct recur_set *back)
{
    return set_has(front, p.front) || set_has(back, p.back);
}

// Where week 1 of a year begins: the first week with at least four days in it.
static int64_t first_week(const struct recur *r, int64_t year)
{
    int64_t fourth = civil_day(year, 1, 4);
    return fourth - floor_mod(day_weekday(fourth) - r->week_start, 7);
}

// The number of the day's own week, which at both ends of a year may belong to its neighbour.
static bool week_matches(const struct recur *r, int64_t day, int64_t year)
{
    if (day < first_week(r, year)) year--;
    else if (day >= first_week(r, year + 1)) year++;
    int64_t first = first_week(r, year), weeks = (first_week(r, year + 1) - first) / 7;
    int64_t week = (day - first) / 7;
    return set_has(&r->weeks, (int)week + 1) || set_has(&r->weeks_back, (int)(weeks - week));
}

// 2TU counts within the month when the rule is monthly or names months, else within the year.
static bool weekday_matches(const struct recur *r, int64_t day, const struct civil *c)
{
    bool in_month = r->freq == MONTHLY || recur_has(r, PART_BYMONTH);
    int64_t first = in_month ? civil_day(c->year, c->month, 1) : civil_day(c->year, 1, 1);
    int64_t n = in_month ? month_days(c->year, c->month) : days_in_year(c->year);
    struct place p = place_in(day, first, n);
    int weekday = day_weekday(day), nth = (p.front - 1) / 7 + 1, nth_back = -((p.back - 1) / 7 + 1);
    for (int i = 0; i < r->days_n; i++) {
        const struct recur_day *d = &r->days[i];
        if (d->weekday == weekday && (d->nth == 0 || d->nth == nth || d->nth == nth_back)) return true;
    }
    return false;
}

// What the rule leaves open is taken from the start: the date in the year, the day of the month or week.
static bool open_part_matches(const struct recur *r, int64_t day, const struct civil *c, struct wall starts)
{
    const uint32_t by_day = PART_BIT(PART_BYDAY) | PART_BIT(PART_BYMONTHDAY) | PART_BIT(PART_BYYEARDAY);
    if (r->freq <= DAILY || (r->parts & by_day)) return true;
    if (r->freq == WEEKLY || recur_has(r, PART_BYWEEKNO))
        return day_weekday(day) == day_weekday(wall_day(starts));
    struct civil first = day_civil(wall_day(starts));
    if (c->day != first.day) return false;
    return r->freq == MONTHLY || recur_has(r, PART_BYMONTH) || c->month == first.month;
}

static bool day_matches(const struct recur *r, int64_t day, struct wall starts)
{
    struct civil c = day_civil(day);
    if (recur_has(r, PART_BYMONTH) && !set_has(&r->months, c.month)) return false;
    if (recur_has(r, PART_BYMONTHDAY)) {
        struct place p = place_in(day, civil_day(c.year, c.month, 1), month_days(c.year, c.month));
        if (!place_matches(p, &r->month_days, &r->month_days_back)) return false;
    }
    if (recur_has(r, PART_BYYEARDAY)) {
        struct place p = place_in(day, civil_day(c.year, 1, 1), days_in_year(c.year));
        if (!place_matches(p, &r->year_days, &r->year_days_back)) return false;
    }
    if (recur_has(r, PART_BYWEEKNO) && !week_matches(r, day, c.year)) return false;
    if (recur_has(r, PART_BYDAY) && !weekday_matches(r, day, &c)) return false;
    return open_part_matches(r, day, &c, starts);
}

// -- periods

static struct wall period_of(const struct recur *r, struct wall w)
{
    struct civil c = wall_civil(w);
    int64_t day = wall_day(w);
    switch (r->freq) {
    case SECONDLY: return w;
    case MINUTELY: return (struct wall){w.seconds - c.second};
    case HOURLY: return (struct wall){w.seconds - c.second - c.minute * 60};
    case DAILY: return wall_at(day, 0);
    case WEEKLY: return wall_at(day - floor_mod(day_weekday(day) - r->week_start, 7), 0);
    case MONTHLY: return wall_at(civil_day(c.year, c.month, 1), 0);
    case YEARLY: return wall_at(civil_day(c.year, 1, 1), 0);
    }
    return w;
}

// How many seconds a period of fixed length has; 0 for months and years.
static int64_t period_seconds(const struct recur *r)
{
    static const int64_t seconds[] = {1, 60, 3600, DAY_SECONDS, 7 * DAY_SECONDS, 0, 0};
    return seconds[r->freq];
}

static int64_t period_days(const struct recur *r, struct wall period)
{
    struct civil c = wall_civil(period);
    if (r->freq == YEARLY) return days_in_year(c.year);
    if (r->freq == MONTHLY) return month_days(c.year, c.month);
    return r->freq == WEEKLY ? 7 : 1;
}

// The first period of the series at or behind `target`, when that is behind the next one.
static void period_advance(struct recur_walk *walk, struct wall target)
{
    const struct recur *r = walk->rule;
    int64_t seconds = period_seconds(r) * r->interval;
    if (seconds) {
        int64_t ahead = target.seconds - walk->period.seconds;
        walk->period.seconds += ahead <= seconds ? seconds
                                                 : floor_div(ahead + seconds - 1, seconds) * seconds;
        return;
    }
    struct civil c = wall_civil(walk->period);
    int64_t month = c.year * 12 + c.month - 1 + (r->freq == YEARLY ? INT64_C(12) : 1) * r->interval;
    walk->period = wall_at(civil_day(floor_div(month, 12), (int)floor_mod(month, 12) + 1, 1), 0);
}

// -- times of day

static int set_list(const struct recur_set *set, int most, uint8_t *out)
{
    int n = 0;
    for (int i = 0; i <= most; i++)
        if (set_has(set, i)) out[n++] = (uint8_t)i;
    return n;
}

// One unit of time: written in the rule, fixed by the period, or taken from the start. A sub-daily period
// that the rule does not name has none.
static int unit_list(const struct recur_set *set, bool written, bool fixed, int in_period, int in_start,
    int most, uint8_t *out)
{
    if (fixed && written && !set_has(set, in_period)) return 0;
    if (written && !fixed) return set_list(set, most, out);
    out[0] = (uint8_t)(fixed ? in_period : in_start);
    return 1;
}

static void times_fill(struct recur_walk *w)
{
    const struct recur *r = w->rule;
    struct civil p = wall_civil(w->period), s = wall_civil(w->starts);
    w->hours_n = w->minutes_n = w->seconds_n = 0;
    w->hours_n = unit_list(&r->hours, recur_has(r, PART_BYHOUR), r->freq <= HOURLY, p.hour, s.hour, 23,
        w->hours);
    if (!w->hours_n) return;
    w->minutes_n = unit_list(&r->minutes, recur_has(r, PART_BYMINUTE), r->freq <= MINUTELY, p.minute,
        s.minute, 59, w->minutes);
    if (!w->minutes_n) return;
    // 60 is allowed for leap seconds, which no zone file of ours has: it never comes.
    w->seconds_n = unit_list(&r->seconds, recur_has(r, PART_BYSECOND), r->freq == SECONDLY, p.second,
        s.second, 59, w->seconds);
}

static int64_t times_n(const struct recur_walk *w)
{
    return (int64_t)w->hours_n * w->minutes_n * w->seconds_n;
}

static struct wall wall_of_index(const struct recur_walk *w, int64_t i)
{
    int64_t per_day = times_n(w), time = i % per_day;
    int second = w->seconds[time % w->seconds_n];
    int minute = w->minutes[time / w->seconds_n % w->minutes_n];
    int hour = w->hours[time / w->seconds_n / w->minutes_n];
    return wall_at(w->days[i / per_day], hour * 3600 + minute * 60 + second);
}

// -- walking

static int pick_order(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

// The positions of BYSETPOS as indices, ascending, no index twice.
static int64_t picks_fill(struct recur_walk *w, int64_t total)
{
    int64_t n = 0, kept = 0;
    for (int i = 0; i < w->rule->positions_n; i++) {
        int position = w->rule->positions[i];
        int64_t index = position > 0 ? position - 1 : total + position;
        if (index >= 0 && index < total) w->picks[n++] = index;
    }
    qsort(w->picks, (size_t)n, sizeof *w->picks, pick_order);
    for (int64_t i = 0; i < n; i++)
        if (!kept || w->picks[i] != w->picks[kept - 1]) w->picks[kept++] = w->picks[i];
    return kept;
}

static void period_fill(struct recur_walk *w)
{
    int64_t first = wall_day(w->period), n = period_days(w->rule, w->period);
    w->days_n = 0;
    w->next = w->end = 0;
    w->looked += n;
    for (int64_t day = first; day < first + n; day++)
        if (day_matches(w->rule, day, w->starts)) w->days[w->days_n++] = day;
    if (!w->days_n) return;
    times_fill(w);
    int64_t total = w->days_n * times_n(w);
    if (!total) return;
    w->end = w->rule->positions_n ? picks_fill(w, total) : total;
    if (w->rule->positions_n) return;
    // Whole days before the start need not be looked at one by one.
    int skip = 0;
    while (skip < w->days_n && w->days[skip] < wall_day(w->starts)) skip++;
    w->next = skip * times_n(w);
}

// Where a sub-daily rule may go on: behind the day, the hour or the minute that it does not name.
static struct wall next_target(const struct recur_walk *w)
{
    int64_t at = w->period.seconds;
    if (w->rule->freq >= DAILY) return w->period;
    if (!w->days_n) return wall_at(wall_day(w->period) + 1, 0);
    if (!w->hours_n) return (struct wall){(floor_div(at, 3600) + 1) * 3600};
    if (!w->minutes_n) return (struct wall){(floor_div(at, 60) + 1) * 60};
    return w->period;
}

void recur_begin(struct recur_walk *w, const struct recur *rule, const struct zone *z, struct wall starts)
{
    *w = (struct recur_walk){.rule = rule, .zone = z, .starts = starts};
    w->period = period_of(rule, starts);
    period_fill(w);
}

// The next wall time of the rule, wherever its limits are.
static int next_wall(struct recur_walk *w, struct wall *out, struct err *e)
{
    for (w->looked = 0;;) {
        while (w->next < w->end) {
            int64_t i = w->next++;
            *out = wall_of_index(w, w->rule->positions_n ? w->picks[i] : i);
            if (out->seconds >= w->starts.seconds) return 1;
        }
        if (w->looked > LOOKED_MAX)
            return err_set(e, ERR_INPUT, "no date matches the rule within %s",
                w->rule->freq >= DAILY ? "400 years" : "146400 steps");
        period_advance(w, next_target(w));
        if (wall_civil(w->period).year > YEAR_LAST) return 0;
        period_fill(w);
    }
}

int recur_next(struct recur_walk *w, struct wall *wall, struct instant *at, struct err *e)
{
    if (w->over || (w->rule->count && w->given == w->rule->count)) return 0;
    int rc = next_wall(w, wall, e);
    if (rc == 1) rc = zone_resolve(w->zone, *wall, ZONE_COMPATIBLE, at, e) ? -ERR_INPUT : 1;
    if (rc == 1 && w->rule->has_until && instant_before(w->rule->until, *at)) rc = 0;
    w->over = rc != 1;
    w->given += rc == 1;
    return rc;
}

// -- a whole series

static int moment_order(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;
    return (x->at.ms > y->at.ms) - (x->at.ms < y->at.ms);
}

static bool is_left_out(const struct recur_series *s, struct instant at)
{
    for (size_t i = 0; i < s->except_n; i++) {
        struct instant out;
        if (zone_resolve(s->zone, s->except[i], ZONE_COMPATIBLE, &out, NULL) == 0 && out.ms == at.ms)
            return true;
    }
    return false;
}

// Sorts, and drops doubles (two wall times around a gap may be one instant).
static int put_in_order(struct moment *list, int n)
{
    int kept = 0;
    qsort(list, (size_t)n, sizeof *list, moment_order);
    for (int i = 0; i < n; i++)
        if (!kept || list[i].at.ms != list[kept - 1].at.ms) list[kept++] = list[i];
    return kept;
}

static int list_add(const struct recur_series *s, struct moment *list, int n, struct wall wall)
{
    struct moment m;
    if (moment_at(s->zone, wall, ZONE_COMPATIBLE, &m, NULL) || is_left_out(s, m.at)) return n;
    list[n] = m;
    return n + 1;
}

int recur_list(const struct recur_series *s, struct moment *out, int limit, struct err *e)
{
    struct recur_walk *walk = mem_alloc(sizeof *walk);
    size_t room = (size_t)limit + s->extra_n;
    struct moment *list = mem_alloc(room * sizeof *list);
    struct wall wall;
    struct instant at;
    int n = 0, rc = 1;
    recur_begin(walk, s->rule, s->zone, s->starts);
    while (n < limit && (rc = recur_next(walk, &wall, &at, n ? NULL : e)) == 1)
        n = list_add(s, list, n, wall);
    // A rule that dries up after some dates has said all that it has to say.
    bool none = rc < 0 && n == 0 && s->extra_n == 0;
    for (size_t i = 0; i < s->extra_n; i++) n = list_add(s, list, n, s->extra[i]);
    n = put_in_order(list, n);
    if (n > limit) n = limit;
    memcpy(out, list, (size_t)n * sizeof *out);
    free(list);
    free(walk);
    return none ? rc : n;
}
