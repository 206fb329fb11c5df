// SPDX-License-Identifier: MIT
#include "time/tzrule.h"

#include "time/scan.h"
#include "time/wall.h"

#include <string.h>

// -- reading

static bool scan_abbr(struct scan *s, char out[TZ_ABBR_MAX])
{
    bool quoted = scan_char(s, '<');
    size_t begin = s->at;
    for (char c; (c = scan_peek(s)) != 0; s->at++) {
        bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        bool more = quoted && ((c >= '0' && c <= '9') || c == '+' || c == '-');
        if (!letter && !more) break;
    }
    size_t len = s->at - begin;
    if (len < 3 || len >= TZ_ABBR_MAX) return false;
    memcpy(out, s->all.data + begin, len);
    out[len] = 0;
    return !quoted || scan_char(s, '>');
}

// [+-]h[h[h]][:mm[:ss]]
static bool scan_seconds(struct scan *s, int hours_max, int32_t *out)
{
    int sign = scan_char(s, '-') ? -1 : (scan_char(s, '+'), 1);
    int h, m = 0, sec = 0;
    if (!scan_digits(s, 1, 3, &h) || h > hours_max) return false;
    if (scan_char(s, ':')) {
        if (!scan_digits(s, 2, 2, &m) || m > 59) return false;
        if (scan_char(s, ':') && (!scan_digits(s, 2, 2, &sec) || sec > 59)) return false;
    }
    *out = sign * (h * 3600 + m * 60 + sec);
    return true;
}

static bool scan_between(struct scan *s, int least, int most, int *out)
{
    return scan_digits(s, 1, 3, out) && *out >= least && *out <= most;
}

static bool scan_rule_date(struct scan *s, struct tz_date *d)
{
    *d = (struct tz_date){.seconds = 2 * 3600};
    if (!scan_char(s, ',')) return false;
    if (scan_char(s, 'M')) {
        d->form = TZ_MONTH_WEEK_DAY;
        if (!scan_between(s, 1, 12, &d->month) || !scan_char(s, '.') || !scan_between(s, 1, 5, &d->week) ||
            !scan_char(s, '.') || !scan_between(s, 0, 6, &d->day))
            return false;
    } else if (scan_char(s, 'J')) {
        d->form = TZ_DAY_WITHOUT_LEAP;
        if (!scan_between(s, 1, 365, &d->day)) return false;
    } else {
        d->form = TZ_DAY_FROM_ZERO;
        if (!scan_between(s, 0, 365, &d->day)) return false;
    }
    return !scan_char(s, '/') || scan_seconds(s, 167, &d->seconds);
}

static bool scan_rule(struct scan *s, struct tz_rule *r)
{
    *r = (struct tz_rule){0};
    int32_t west;
    if (!scan_abbr(s, r->standard.abbr) || !scan_seconds(s, 24, &west)) return false;
    r->standard.offset = -west;
    if (s->at == s->all.len) return true;
    if (!scan_abbr(s, r->saving.abbr)) return false;
    r->has_dst = r->saving.dst = true;
    west = -r->standard.offset - 3600; // one hour ahead, if it does not say
    if (scan_peek(s) != ',' && !scan_seconds(s, 24, &west)) return false;
    r->saving.offset = -west;
    return scan_rule_date(s, &r->begin) && scan_rule_date(s, &r->end) && s->at == s->all.len;
}

int tz_rule_parse(struct text t, struct tz_rule *out, struct err *e)
{
    struct scan s = scan_of(t);
    if (scan_rule(&s, out)) return 0;
    return err_set(e, ERR_INPUT, "its rule for later years can't be read, at column %d", scan_column(&s));
}

// -- asking

static int64_t date_in_year(const struct tz_date *d, int64_t year)
{
    int64_t new_year = civil_day(year, 1, 1);
    if (d->form == TZ_DAY_FROM_ZERO) return new_year + d->day;
    if (d->form == TZ_DAY_WITHOUT_LEAP)
        return new_year + d->day - 1 + (d->day >= 60 && month_days(year, 2) == 29);
    int64_t first = civil_day(year, d->month, 1);
    int64_t day = first + floor_mod(d->day - day_weekday(first), 7) + 7 * (d->week - 1);
    return day < first + month_days(year, d->month) ? day : day - 7;
}

// One change at `change` to `to`: it begins the stretch if it is the last one up to `at`, and ends it if it
// is the first behind. Changes come in order of years, so of two at one instant the later year's counts:
// that is how "saving all year" is written (0/0 to J365/25).
static void period_cut(struct tz_period *p, int64_t at, int64_t change, const struct tz_type *to)
{
    if (change <= at) {
        if (change >= p->begin) *p = (struct tz_period){change, p->end, to};
    } else if (change < p->end) {
        p->end = change;
    }
}

struct tz_period tz_rule_period(const struct tz_rule *r, int64_t at)
{
    struct tz_period p = {INT64_MIN, INT64_MAX, &r->standard};
    if (!r->has_dst) return p;
    int64_t year = day_civil(floor_div(at, DAY_SECONDS)).year;
    // Times up to a week off may move a change into the year before or behind.
    for (int64_t y = year - 1; y <= year + 1; y++) {
        int64_t begin = date_in_year(&r->begin, y) * DAY_SECONDS + r->begin.seconds - r->standard.offset;
        int64_t end = date_in_year(&r->end, y) * DAY_SECONDS + r->end.seconds - r->saving.offset;
        if (begin <= end) period_cut(&p, at, begin, &r->saving);
        period_cut(&p, at, end, &r->standard);
        if (begin > end) period_cut(&p, at, begin, &r->saving);
    }
    return p;
}
