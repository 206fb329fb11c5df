// SPDX-License-Identifier: MIT
#include "time/when.h"

int scan_date_and_clock(struct scan *s, struct wall *out, struct err *e)
{
    int64_t day;
    int clock;
    scan_spaces(s);
    int rc = scan_date(s, &day, e);
    if (rc) return rc;
    if (!scan_char(s, 'T')) {
        scan_char(s, ',');
        scan_this_word(s, "at");
        scan_spaces(s);
    }
    rc = scan_clock(s, &clock, e);
    if (!rc) *out = wall_at(day, clock);
    return rc;
}

int scan_zone(struct scan *s, const struct zone **out, struct err *e)
{
    *out = NULL;
    if (scan_end(s)) return 0;
    struct text name = scan_token(s);
    *out = zone_find(name, e);
    return *out ? 0 : -ERR_INPUT;
}

// The end behind a dash: a time of the same date, or a date and a time.
static int scan_end_wall(struct scan *s, struct wall starts, struct wall *out, struct err *e)
{
    int clock;
    struct scan ahead = *s;
    bool only_clock = scan_clock(&ahead, &clock, NULL) == 0;
    if (!only_clock) return scan_date_and_clock(s, out, e);
    *s = ahead;
    *out = wall_at(wall_day(starts), clock);
    if (out->seconds > starts.seconds) return 0;
    return err_set(e, ERR_INPUT,
        "the end is not behind the start; past midnight write its date too: 22:00 - 26 Feb 2021 02:00");
}

static int parse(struct text t, const struct zone *otherwise, struct when *out, struct err *e)
{
    struct scan s = scan_of(t);
    struct wall starts, ends;
    const struct zone *z;
    int rc = scan_date_and_clock(&s, &starts, e);
    if (rc) return rc;
    bool has_end = scan_dash(&s);
    if (has_end) rc = scan_end_wall(&s, starts, &ends, e);
    if (!rc) rc = scan_zone(&s, &z, e);
    if (rc) return rc;
    if (!scan_end(&s))
        return err_set(e, ERR_INPUT, "nothing may follow the zone, at column %d", scan_column(&s));
    if (!z) z = otherwise;
    if (!z) return err_set(e, ERR_INPUT, "which place's clock? Write the zone at the end: Asia/Thimphu");
    rc = moment_at(z, starts, ZONE_STRICT, &out->starts, e);
    out->ends = out->starts;
    out->has_end = has_end;
    if (!rc && has_end) rc = moment_at(z, ends, ZONE_STRICT, &out->ends, e);
    if (!rc && has_end && !instant_before(out->starts.at, out->ends.at))
        return err_set(e, ERR_INPUT, "the end is not behind the start");
    return rc;
}

int when_parse(struct text t, const struct zone *otherwise, struct when *out, struct err *e)
{
    int rc = parse(t, otherwise, out, e);
    return rc ? err_in(e, "\"%.*s\"", (int)(t.len < 80 ? t.len : 80), t.data) : 0;
}
