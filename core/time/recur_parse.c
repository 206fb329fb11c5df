// SPDX-License-Identifier: MIT
// recur_parse: the strict reader of RRULE texts, and which parts the RFC lets stand together.
#include "time/recur.h"

#include "time/recur_parts.h"

#include <string.h>

static const char *const freq_words[] = {"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY",
    "YEARLY"};
static const char *const day_words[] = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

// -- lists of numbers

static void set_add(struct recur_set *s, int value)
{
    if (!set_has(s, value)) s->n++;
    s->bits[value / 64] |= UINT64_C(1) << value % 64;
}

// What a list may hold; `below` is where numbers under zero go, NULL when there are none.
struct range {
    int least, most;
    struct recur_set *above, *below;
};

static int bad_value(struct scan *s, const char *part, struct err *e)
{
    return err_set(e, ERR_INPUT, "%s has a value that RFC 5545 does not allow, at column %d", part,
        scan_column(s));
}

static int scan_number(struct scan *s, const char *part, const struct range *range, struct err *e)
{
    struct scan from = *s;
    int n;
    bool back = scan_char(s, '-');
    if (!back) scan_char(s, '+');
    if (!scan_digits(s, 1, 3, &n) || n > range->most || n < range->least ||
        (back && (!range->below || n == 0)))
        return bad_value(&from, part, e);
    set_add(back ? range->below : range->above, n);
    return 0;
}

static int scan_numbers(struct scan *s, const char *part, struct range range, struct err *e)
{
    do {
        int rc = scan_number(s, part, &range, e);
        if (rc) return rc;
    } while (scan_char(s, ','));
    return 0;
}

static int scan_positions(struct scan *s, struct recur *r, struct err *e)
{
    do {
        struct scan from = *s;
        int n, sign = scan_char(s, '-') ? -1 : (scan_char(s, '+'), 1);
        if (!scan_digits(s, 1, 3, &n) || n < 1 || n > 366) return bad_value(&from, "BYSETPOS", e);
        if (r->positions_n == RECUR_POSITIONS_MAX)
            return err_set(e, ERR_LIMIT, "BYSETPOS has more than %d values", RECUR_POSITIONS_MAX);
        r->positions[r->positions_n++] = sign * n;
    } while (scan_char(s, ','));
    return 0;
}

static bool scan_day_word(struct scan *s, int *weekday)
{
    struct text word;
    struct scan ahead = *s;
    if (!scan_word(&ahead, &word)) return false;
    for (int i = 0; i < 7; i++)
        if (text_is_word(word, day_words[i])) {
            *weekday = i;
            *s = ahead;
            return true;
        }
    return false;
}

static int scan_days(struct scan *s, struct recur *r, struct err *e)
{
    do {
        struct scan from = *s;
        struct recur_day d = {0};
        bool back = scan_char(s, '-'), sign = back || scan_char(s, '+');
        bool numbered = scan_digits(s, 1, 2, &d.nth);
        if ((sign && !numbered) || (numbered && (d.nth < 1 || d.nth > 53)) || !scan_day_word(s, &d.weekday))
            return bad_value(&from, "BYDAY", e);
        if (r->days_n == RECUR_DAYS_MAX)
            return err_set(e, ERR_LIMIT, "BYDAY has more than %d values", RECUR_DAYS_MAX);
        if (back) d.nth = -d.nth;
        r->days[r->days_n++] = d;
    } while (scan_char(s, ','));
    return 0;
}

// -- single values

static int scan_freq(struct scan *s, struct recur *r, struct err *e)
{
    struct scan from = *s;
    struct text word;
    if (scan_word(s, &word))
        for (int i = SECONDLY; i <= YEARLY; i++)
            if (text_is_word(word, freq_words[i])) {
                r->freq = (enum recur_freq)i;
                return 0;
            }
    return err_set(e, ERR_INPUT,
        "FREQ is DAILY, WEEKLY, MONTHLY or YEARLY (or HOURLY, MINUTELY, SECONDLY), at column %d",
        scan_column(&from));
}

static int scan_positive(struct scan *s, const char *part, int *out, struct err *e)
{
    struct scan from = *s;
    if (scan_digits(s, 1, 9, out) && *out > 0) return 0;
    return err_set(e, ERR_INPUT, "%s must be a whole number from 1 on, at column %d", part,
        scan_column(&from));
}

// 20240212T123000Z
static int scan_until(struct scan *s, struct recur *r, struct err *e)
{
    struct scan from = *s;
    struct civil c = {0};
    struct text digits = scan_rest(s);
    bool shape = digits.len >= 16 && digits.data[8] == 'T' && digits.data[15] == 'Z';
    int date = 0, clock = 0;
    if (shape) {
        struct scan d = scan_of((struct text){digits.data, 8}),
                    t = scan_of((struct text){digits.data + 9, 6});
        shape = scan_digits(&d, 8, 8, &date) && scan_digits(&t, 6, 6, &clock);
    }
    c = (struct civil){date / 10000, date / 100 % 100, date % 100, clock / 10000, clock / 100 % 100,
        clock % 100};
    if (!shape || c.year < 1 || c.month < 1 || c.month > 12 || c.day < 1 ||
        c.day > month_days(c.year, c.month) || c.hour > 23 || c.minute > 59 || c.second > 59)
        return err_set(e, ERR_INPUT, "UNTIL must be a time in UTC such as 20210430T120000Z, at column %d",
            scan_column(&from));
    s->at += 16;
    r->has_until = true;
    r->until = (struct instant){civil_wall(c).seconds * SECOND_MS};
    return 0;
}

static int scan_week_start(struct scan *s, struct recur *r, struct err *e)
{
    return scan_day_word(s, &r->week_start) ? 0 : bad_value(s, "WKST", e);
}

// -- parts

static int scan_part(struct scan *s, enum recur_part part, struct recur *r, struct err *e)
{
    const char *word = recur_part_name(part);
    int number, rc;
    switch (part) {
    case PART_FREQ: return scan_freq(s, r, e);
    case PART_UNTIL: return scan_until(s, r, e);
    case PART_COUNT:
        rc = scan_positive(s, word, &number, e);
        r->count = rc ? 0 : number;
        return rc;
    case PART_INTERVAL: return scan_positive(s, word, &r->interval, e);
    case PART_BYSECOND: return scan_numbers(s, word, (struct range){0, 60, &r->seconds, NULL}, e);
    case PART_BYMINUTE: return scan_numbers(s, word, (struct range){0, 59, &r->minutes, NULL}, e);
    case PART_BYHOUR: return scan_numbers(s, word, (struct range){0, 23, &r->hours, NULL}, e);
    case PART_BYDAY: return scan_days(s, r, e);
    case PART_BYMONTHDAY:
        return scan_numbers(s, word, (struct range){1, 31, &r->month_days, &r->month_days_back}, e);
    case PART_BYYEARDAY:
        return scan_numbers(s, word, (struct range){1, 366, &r->year_days, &r->year_days_back}, e);
    case PART_BYWEEKNO: return scan_numbers(s, word, (struct range){1, 53, &r->weeks, &r->weeks_back}, e);
    case PART_BYMONTH: return scan_numbers(s, word, (struct range){1, 12, &r->months, NULL}, e);
    case PART_BYSETPOS: return scan_positions(s, r, e);
    case PART_WKST: return scan_week_start(s, r, e);
    case PARTS_N: break;
    }
    return err_set(e, ERR_INPUT, "unknown part");
}

static int scan_named_part(struct scan *s, struct recur *r, struct err *e)
{
    struct text word;
    int column = scan_column(s), part = 0;
    if (scan_peek(s) == ' ' || !scan_word(s, &word))
        return err_set(e, ERR_INPUT, "expected a part such as FREQ=WEEKLY at column %d", column);
    while (part < PARTS_N && !text_is_word(word, recur_part_name((enum recur_part)part))) part++;
    if (text_is_word(word, "RSCALE") || text_is_word(word, "SKIP"))
        return err_set(e, ERR_INPUT,
            "RSCALE and SKIP (RFC 7529) are not supported; the last day is BYMONTHDAY=-1");
    if (part == PARTS_N || !scan_char(s, '='))
        return err_set(e, ERR_INPUT, "\"%.*s\" is no part of a rule, at column %d",
            (int)(word.len < 30 ? word.len : 30), word.data, column);
    if (r->parts & PART_BIT(part))
        return err_set(e, ERR_INPUT, "%.*s stands there twice", (int)word.len, word.data);
    r->parts |= PART_BIT(part);
    return scan_part(s, (enum recur_part)part, r, e);
}

static bool has_numbered_day(const struct recur *r)
{
    for (int i = 0; i < r->days_n; i++)
        if (r->days[i].nth) return true;
    return false;
}

// What the table and the notes of RFC 5545, 3.3.10 forbid.
static int check_together(const struct recur *r, struct err *e)
{
    const uint32_t by = PART_BIT(PART_BYSECOND) | PART_BIT(PART_BYMINUTE) | PART_BIT(PART_BYHOUR) |
                        PART_BIT(PART_BYDAY) | PART_BIT(PART_BYMONTHDAY) | PART_BIT(PART_BYYEARDAY) |
                        PART_BIT(PART_BYWEEKNO) | PART_BIT(PART_BYMONTH);
    const char *freq = freq_words[r->freq];
    if (!recur_has(r, PART_FREQ)) return err_set(e, ERR_INPUT, "FREQ is missing: write FREQ=WEEKLY");
    if (recur_has(r, PART_COUNT) && r->has_until)
        return err_set(e, ERR_INPUT, "COUNT and UNTIL can't stand together");
    if (recur_has(r, PART_BYSETPOS) && !(r->parts & by))
        return err_set(e, ERR_INPUT, "BYSETPOS needs another BY part to pick from");
    if (recur_has(r, PART_BYWEEKNO) && r->freq != YEARLY)
        return err_set(e, ERR_INPUT, "BYWEEKNO can't stand with FREQ=%s, only with YEARLY", freq);
    if (recur_has(r, PART_BYYEARDAY) && r->freq >= DAILY && r->freq <= MONTHLY)
        return err_set(e, ERR_INPUT, "BYYEARDAY can't stand with FREQ=%s", freq);
    if (recur_has(r, PART_BYMONTHDAY) && r->freq == WEEKLY)
        return err_set(e, ERR_INPUT, "BYMONTHDAY can't stand with FREQ=WEEKLY");
    if (has_numbered_day(r) && (r->freq < MONTHLY || recur_has(r, PART_BYWEEKNO)))
        return err_set(e, ERR_INPUT,
            "BYDAY with a number such as 2TU needs FREQ=MONTHLY or YEARLY, and no BYWEEKNO");
    return 0;
}

int recur_parse(struct text rule, struct recur *out, struct err *e)
{
    struct scan s = scan_of(rule);
    int rc;
    *out = (struct recur){.interval = 1, .week_start = 1};
    do {
        rc = scan_named_part(&s, out, e);
    } while (!rc && scan_char(&s, ';'));
    if (!rc && s.at != rule.len)
        rc = err_set(e, ERR_INPUT, "expected \";\" or the end at column %d", scan_column(&s));
    if (!rc) rc = check_together(out, e);
    return rc ? err_in(e, "rule \"%.*s\"", (int)(rule.len < 120 ? rule.len : 120), rule.data) : 0;
}
