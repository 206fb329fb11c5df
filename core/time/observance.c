// SPDX-License-Identifier: MIT
#include "time/observance.h"

#include <stdio.h>
#include <string.h>

// Weekdays and dates come round after 28 years; zone files end their tables in 2037 at the latest, and what
// is behind them is a rule. So 40 years show every case of both.
#define RULE_YEARS 40

static struct instant before_instant(struct instant at)
{
    return (struct instant){at.ms - 1};
}

// -- the rule

// A weekday of a month by its number from the front (1 to 4), or the last one (-1).
struct yearly {
    int month, weekday, nth;
    int clock; // seconds after 00:00, on the clock that ends
};

static int64_t yearly_day(const struct yearly *y, int64_t year)
{
    int64_t first = civil_day(year, y->month, 1);
    if (y->nth > 0) return first + floor_mod(y->weekday - day_weekday(first), 7) + 7 * (y->nth - 1);
    int64_t last = first + month_days(year, y->month) - 1;
    return last - floor_mod(day_weekday(last) - y->weekday, 7);
}

// Whether the zone changes between the same two offsets at that moment of the year.
static bool changes_then(const struct zone *z, const struct yearly *y, int64_t year,
    const struct observance *o)
{
    struct wall w = wall_at(yearly_day(y, year), y->clock);
    struct instant at = {(w.seconds - o->before) * SECOND_MS};
    struct zone_stretch now = zone_stretch(z, at);
    return now.begin.ms == at.ms && now.offset == o->behind &&
           zone_stretch(z, before_instant(at)).offset == o->before;
}

static bool comes_back(const struct zone *z, const struct yearly *y, int64_t year, const struct observance *o)
{
    for (int64_t i = 0; i <= RULE_YEARS; i++) {
        if (!changes_then(z, y, year + i, o)) return false;
    }
    return true;
}

static void find_rule(const struct zone *z, struct observance *o)
{
    static const char *const weekdays[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
    struct civil c = wall_civil(o->onset);
    struct yearly y = {c.month, day_weekday(wall_day(o->onset)), -1, wall_clock(o->onset)};
    bool found = c.day + 7 > month_days(c.year, c.month) && comes_back(z, &y, c.year, o);
    if (!found && c.day <= 28) {
        y.nth = (c.day - 1) / 7 + 1;
        found = comes_back(z, &y, c.year, o);
    }
    if (!found) return;
    snprintf(o->rule, sizeof o->rule, "FREQ=YEARLY;BYMONTH=%d;BYDAY=%d%s", y.month, y.nth,
        weekdays[y.weekday]);
}

// -- the list

static struct observance observance_of(const struct zone *z, struct instant at)
{
    struct zone_stretch s = zone_stretch(z, at);
    struct local local = zone_local(z, at);
    struct observance o = {.at = s.begin, .before = s.offset, .behind = s.offset, .dst = local.dst};
    snprintf(o.abbr, sizeof o.abbr, "%s", local.abbr);
    if (s.begin.ms == INT64_MIN) return o;
    o.before = zone_stretch(z, before_instant(s.begin)).offset;
    o.onset = (struct wall){floor_div(s.begin.ms, SECOND_MS) + o.before};
    find_rule(z, &o);
    return o;
}

int zone_observances(const struct zone *z, struct instant from, struct instant to, struct observance *out,
    int max, struct err *e)
{
    int n = 0;
    for (struct instant at = from;; at = zone_stretch(z, at).end) {
        if (n == max)
            return err_set(e, ERR_LIMIT, "the clocks of %s change more than %d times then", zone_name(z),
                max);
        out[n++] = observance_of(z, at);
        if (zone_stretch(z, at).end.ms > to.ms) return n;
    }
}
