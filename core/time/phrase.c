// SPDX-License-Identifier: MIT
#include "time/phrase.h"

// -- reading

static int expected(struct scan *s, const char *what, struct err *e)
{
    scan_spaces(s);
    return err_set(e, ERR_INPUT, "expected %s at column %d", what, scan_column(s));
}

// [the] start|beginning|end; the start when there is none.
static bool scan_anchor(struct scan *s, struct phrase *p)
{
    struct scan ahead = *s;
    scan_this_word(&ahead, "the");
    p->from_end = scan_this_word(&ahead, "end");
    if (!p->from_end && !scan_this_word(&ahead, "start") && !scan_this_word(&ahead, "beginning"))
        return false;
    *s = ahead;
    return true;
}

static bool scan_direction(struct scan *s, struct phrase *p)
{
    p->after = scan_this_word(s, "after");
    return p->after || scan_this_word(s, "before");
}

// [at HH:MM [ZONE] | , HH:MM [ZONE]] and then nothing more.
static int scan_clock_and_zone(struct scan *s, struct phrase *p, struct err *e)
{
    if (scan_end(s)) return 0;
    bool comma = scan_char(s, ',');
    bool at = scan_this_word(s, "at");
    if (!comma && !at) return expected(s, "\"at 09:00\" or the end", e);
    scan_spaces(s);
    int column = scan_column(s);
    int rc = scan_clock(s, &p->clock, e);
    if (!rc) rc = scan_zone(s, &p->zone, e);
    if (!rc && p->kind == PHRASE_SPAN && p->span.ms)
        return err_set(e, ERR_INPUT,
            "an exact span takes no time of day, at column %d: write days, or leave the time out", column);
    return rc || scan_end(s) ? rc : expected(s, "the end", e);
}

static int scan_counted(struct scan *s, struct phrase *p, struct err *e)
{
    scan_anchor(s, p);
    return scan_clock_and_zone(s, p, e);
}

static int scan_fixed_date(struct scan *s, struct phrase *p, struct err *e)
{
    p->kind = PHRASE_DATE;
    int rc = scan_date_and_clock(s, &p->date, e);
    if (!rc) rc = scan_zone(s, &p->zone, e);
    return rc || scan_end(s) ? rc : expected(s, "the end", e);
}

// A date begins with digits and a mark ("2021-02", "25/02"), or digits and a month ("25 Feb").
static bool looks_like_date(struct scan s)
{
    struct text word;
    int n;
    if (!scan_digits(&s, 1, 4, &n)) return false;
    if (scan_peek(&s) == '-' || scan_peek(&s) == '/' || scan_peek(&s) == '.') return true;
    return scan_word(&s, &word) && name_month(word) > 0;
}

// "the Monday after", "Monday before"; not "Monday 1 March 2021".
static bool scan_weekday_phrase(struct scan *s, struct phrase *p)
{
    struct scan ahead = *s;
    struct text word;
    scan_this_word(&ahead, "the");
    if (!scan_word(&ahead, &word) || (p->weekday = name_weekday(word)) < 0) return false;
    if (!scan_direction(&ahead, p)) return false;
    p->kind = PHRASE_WEEKDAY;
    *s = ahead;
    return true;
}

// "on the day": the words that stand in front of a time on the event's own date.
static bool scan_on_the_day(struct scan *s)
{
    struct scan ahead = *s;
    if (!scan_this_word(&ahead, "on") || !scan_this_word(&ahead, "the") || !scan_this_word(&ahead, "day"))
        return false;
    *s = ahead;
    return true;
}

static int parse(struct scan *s, struct phrase *p, struct err *e)
{
    struct err inner = {0};
    struct text word;
    struct scan ahead;
    scan_spaces(s);
    if (looks_like_date(*s)) return scan_fixed_date(s, p, e);
    if (scan_span(s, &p->span, &inner))
        return scan_direction(s, p) ? scan_counted(s, p, e) : expected(s, "before or after", e);
    if (inner.code) return err_set(e, ERR_INPUT, "%s", inner.text);
    if (scan_weekday_phrase(s, p)) return scan_counted(s, p, e);
    if (scan_on_the_day(s)) {
        p->kind = PHRASE_DAY;
        int rc = scan_clock_and_zone(s, p, e);
        return !rc && p->clock < 0 ? expected(s, "\"at 09:00\"", e) : rc;
    }
    if (scan_direction(s, p)) {
        p->kind = PHRASE_DAY;
        int rc = scan_counted(s, p, e);
        return !rc && p->clock < 0 ? expected(s, "\"at 09:00\"", e) : rc;
    }
    ahead = *s;
    scan_this_word(&ahead, "at");
    if (scan_anchor(&ahead, p)) {
        *s = ahead;
        p->kind = PHRASE_ANCHOR;
        return scan_end(s) ? 0 : expected(s, "the end", e);
    }
    ahead = *s;
    if (scan_word(&ahead, &word) && name_weekday(word) >= 0) return scan_fixed_date(s, p, e);
    return expected(s, "\"3 days before\", \"at the end\" or a date such as 2021-02-25 14:00", e);
}

int phrase_parse(struct text t, struct phrase *out, struct err *e)
{
    struct scan s = scan_of(t);
    *out = (struct phrase){.clock = -1};
    int rc = parse(&s, out, e);
    return rc ? err_in(e, "\"%.*s\"", (int)(t.len < 80 ? t.len : 80), t.data) : 0;
}

// -- resolving

static int64_t weekday_shift(int64_t day, int weekday, bool after)
{
    int64_t ahead = floor_mod(weekday - day_weekday(day), 7);
    if (after) return ahead ? ahead : 7;
    return ahead ? ahead - 7 : -7;
}

static int check_side(const struct phrase *p, const struct moment *anchor, const struct moment *m,
    struct err *e)
{
    char at[WALL_TEXT_MAX], from[WALL_TEXT_MAX];
    bool fits = p->after ? instant_before(anchor->at, m->at) : instant_before(m->at, anchor->at);
    if (fits) return 0;
    return err_set(e, ERR_INPUT, "%s is not %s the %s, %s", wall_print(m->wall, at),
        p->after ? "after" : "before", p->from_end ? "end" : "start",
        wall_print(moment_of(m->zone, anchor->at).wall, from));
}

int phrase_resolve(const struct phrase *p, const struct when *event, const struct calendar *work,
    struct moment *out, struct err *e)
{
    const struct moment *anchor = p->from_end ? &event->ends : &event->starts;
    const struct zone *z = p->zone ? p->zone : anchor->zone;
    struct span by = p->span;
    if (p->kind == PHRASE_DATE) return moment_at(z, p->date, ZONE_STRICT, out, e);
    if (p->from_end && !event->has_end)
        return err_set(e, ERR_INPUT, "the event has no end; write its time as 14:00-16:30");
    struct moment from = z == anchor->zone ? *anchor : moment_of(z, anchor->at);
    if (p->kind == PHRASE_ANCHOR) {
        *out = from;
        return 0;
    }
    if (p->kind == PHRASE_WEEKDAY) by.days = (int)weekday_shift(wall_day(from.wall), p->weekday, p->after);
    else if (!p->after) by = span_back(by);
    int rc = moment_shift(&from, &by, p->clock, work, out, e);
    return rc ? rc : check_side(p, anchor, out, e);
}
