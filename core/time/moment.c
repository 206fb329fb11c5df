// SPDX-License-Identifier: MIT
#include "time/moment.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void moment_remark(struct moment *m, const char *fmt, ...)
{
    size_t len = strlen(m->note);
    if (len + 3 >= sizeof m->note) return;
    if (len) len += (size_t)snprintf(m->note + len, sizeof m->note - len, "; ");
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(m->note + len, sizeof m->note - len, fmt, ap);
    va_end(ap);
}

struct moment moment_of(const struct zone *z, struct instant at)
{
    struct moment m = {.at = at, .wall = zone_local(z, at).wall, .zone = z};
    struct zone_meaning meaning = zone_meaning(z, m.wall);
    m.second = meaning.kind == ZONE_OVERLAP && !instant_before(at, meaning.later);
    return m;
}

int moment_at(const struct zone *z, struct wall w, enum zone_choice choice, struct moment *out, struct err *e)
{
    struct instant at;
    int rc = zone_resolve(z, w, choice, &at, e);
    if (rc) return rc;
    *out = moment_of(z, at);
    if (choice == ZONE_COMPATIBLE) zone_note(z, w, out->note);
    return 0;
}

int clock_choice(struct text clock, enum zone_choice *out, struct err *e)
{
    if (!clock.len) *out = ZONE_COMPATIBLE;
    else if (text_is(clock, "earlier")) *out = ZONE_EARLIER;
    else if (text_is(clock, "later")) *out = ZONE_LATER;
    else
        return err_set(e, ERR_INPUT, "clock is \"earlier\" or \"later\", not \"%.*s\"",
            (int)(clock.len < 30 ? clock.len : 30), clock.data);
    return 0;
}

int moment_resolve(struct text wall, struct text zone, struct text clock, struct moment *out, struct err *e)
{
    struct wall w;
    enum zone_choice choice;
    const struct zone *z = zone_find(zone, e);
    if (!z) return -ERR_INPUT;
    int rc = wall_parse(wall, &w, e);
    if (!rc) rc = clock_choice(clock, &choice, e);
    return rc ? rc : moment_at(z, w, choice, out, e);
}

// A list that ends before the event's year would quietly count holidays as working days.
static void remark_unknown_years(struct moment *m, const struct calendar *work, int64_t from, int64_t to)
{
    int64_t first = day_civil(from < to ? from : to).year, last = day_civil(from < to ? to : from).year;
    if (!work->holidays_n) return;
    for (int64_t year = first; year <= last; year++)
        if (!calendar_knows(work, year)) moment_remark(m, "no holidays known for %" PRId64, year);
}

int moment_shift(const struct moment *from, const struct span *by, int clock, const struct calendar *work,
    struct moment *out, struct err *e)
{
    struct moment shifted = *from;
    int64_t start = wall_day(from->wall), day = day_add_months(start, by->months) + by->days;
    bool moves = span_is_calendar(by) || clock >= 0;
    int rc = by->working_days ? calendar_shift(work, day, by->working_days, &day, e) : 0;
    int time = clock >= 0 ? clock : wall_clock(from->wall);
    if (!rc && moves) rc = moment_at(from->zone, wall_at(day, time), ZONE_COMPATIBLE, &shifted, e);
    if (rc) return rc;
    if (by->ms) {
        struct moment exact = moment_of(from->zone, instant_add(shifted.at, by->ms));
        memcpy(exact.note, shifted.note, sizeof exact.note);
        shifted = exact;
    }
    if (by->working_days) remark_unknown_years(&shifted, work, start, day);
    *out = shifted;
    return 0;
}
