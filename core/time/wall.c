// SPDX-License-Identifier: MIT
#include "time/wall.h"

#include <inttypes.h>
#include <stdio.h>

#define YEAR_MAX 9999

// -- counting days

// Years begin in March here, so that the leap day is the last of its year; 400 years have 146,097 days,
// and day 719,468 of that count is 1970-01-01 (Howard Hinnant's algorithms).
int64_t civil_day(int64_t year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil day_civil(int64_t day)
{
    int64_t z = day + 719468, era = floor_div(z, 146097), day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int from_march = (int)((5 * day_of_year + 2) / 153);
    int month = from_march < 10 ? from_march + 3 : from_march - 9;
    return (struct civil){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = (int)(day_of_year - (153 * from_march + 2) / 5 + 1),
    };
}

struct wall civil_wall(struct civil c)
{
    return wall_at(civil_day(c.year, c.month, c.day), c.hour * 3600 + c.minute * 60 + c.second);
}

struct civil wall_civil(struct wall w)
{
    struct civil c = day_civil(wall_day(w));
    int clock = wall_clock(w);
    c.hour = clock / 3600;
    c.minute = clock / 60 % 60;
    c.second = clock % 60;
    return c;
}

int month_days(int64_t year, int month)
{
    bool leap = floor_mod(year, 4) == 0 && (floor_mod(year, 100) != 0 || floor_mod(year, 400) == 0);
    if (month == 2) return leap ? 29 : 28;
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

int day_weekday(int64_t day)
{
    return (int)floor_mod(day + 4, 7); // 1970-01-01 was a Thursday
}

int64_t day_add_months(int64_t day, int months)
{
    struct civil c = day_civil(day);
    int64_t month = c.year * 12 + (c.month - 1) + months;
    int64_t year = floor_div(month, 12);
    int in_year = (int)floor_mod(month, 12) + 1;
    int last = month_days(year, in_year);
    return civil_day(year, in_year, c.day < last ? c.day : last);
}

struct wall wall_at(int64_t day, int seconds)
{
    return (struct wall){day * DAY_SECONDS + seconds};
}

int64_t wall_day(struct wall w)
{
    return floor_div(w.seconds, DAY_SECONDS);
}

int wall_clock(struct wall w)
{
    return (int)floor_mod(w.seconds, DAY_SECONDS);
}

// -- reading

static int check_date(int year, int month, int day, int64_t *out, struct err *e)
{
    if (year < 1 || year > YEAR_MAX)
        return err_set(e, ERR_INPUT, "the year %d is outside of 1 to %d", year, YEAR_MAX);
    if (month < 1 || month > 12)
        return err_set(e, ERR_INPUT, "there is no month %d; write dates as 2021-02-25", month);
    int last = month_days(year, month);
    if (day < 1 || day > last)
        return err_set(e, ERR_INPUT, "%s %d has no day %d, only 1 to %d", month_name(month), year, day, last);
    *out = civil_day(year, month, day);
    return 0;
}

static int scan_iso_date(struct scan *s, int64_t *day, struct err *e)
{
    int y, m, d;
    struct scan ahead = *s;
    if (!scan_digits(&ahead, 4, 4, &y) || !scan_char(&ahead, '-') || !scan_digits(&ahead, 2, 2, &m) ||
        !scan_char(&ahead, '-') || !scan_digits(&ahead, 2, 2, &d))
        return err_set(e, ERR_INPUT, "expected a date such as 2021-02-25 or 25 Feb 2021 at column %d",
            scan_column(s));
    *s = ahead;
    return check_date(y, m, d, day, e);
}

// "25 Feb 2021", or "25/02/2021", which half of the world reads as another day than the other half.
static int scan_day_month_year(struct scan *s, int d, int64_t *day, struct err *e)
{
    struct text word;
    int y, m;
    if (scan_peek(s) == '/' || scan_peek(s) == '.')
        return err_set(e, ERR_INPUT, "\"%.*s\" can be read in two ways: write 2021-02-25 or 25 Feb 2021",
            (int)(s->all.len < 60 ? s->all.len : 60), s->all.data);
    int column = scan_column(s);
    if (!scan_word(s, &word) || (m = name_month(word)) < 0)
        return err_set(e, ERR_INPUT,
            "expected the name of a month at column %d: write 2021-02-25 or 25 Feb 2021", column);
    scan_spaces(s);
    if (!scan_digits(s, 4, 4, &y))
        return err_set(e, ERR_INPUT, "expected a year of four digits at column %d", scan_column(s));
    return check_date(y, m, d, day, e);
}

int scan_date(struct scan *s, int64_t *day, struct err *e)
{
    struct text word;
    struct scan number;
    int weekday = -1, d;
    int column = scan_column(s);
    if (scan_word(s, &word)) {
        weekday = name_weekday(word);
        if (weekday < 0)
            return err_set(e, ERR_INPUT, "\"%.*s\" is no day of the week, at column %d: write %s",
                (int)(word.len < 30 ? word.len : 30), word.data, column,
                name_month(word) < 0 ? "2021-02-25 or Thu 25 Feb 2021" : "the day before the month");
        scan_char(s, '.');
        scan_char(s, ',');
        scan_spaces(s);
    }
    number = *s;
    bool by_name = scan_digits(&number, 1, 2, &d) && scan_peek(&number) != '-';
    if (by_name) *s = number;
    int rc = by_name ? scan_day_month_year(s, d, day, e) : scan_iso_date(s, day, e);
    if (rc) return rc;
    char text[WALL_TEXT_MAX];
    if (weekday >= 0 && weekday != day_weekday(*day))
        return err_set(e, ERR_INPUT, "%s is a %s, not a %s", date_print_long(*day, text),
            weekday_short(day_weekday(*day)), weekday_short(weekday));
    return 0;
}

int scan_clock(struct scan *s, int *clock, struct err *e)
{
    int hour, minute, second = 0;
    int column = scan_column(s);
    struct scan ahead = *s;
    if (!scan_digits(&ahead, 2, 2, &hour) || !scan_char(&ahead, ':') || !scan_digits(&ahead, 2, 2, &minute) ||
        (scan_char(&ahead, ':') && !scan_digits(&ahead, 2, 2, &second)))
        return err_set(e, ERR_INPUT, "expected a time such as 09:00 at column %d", column);
    if (hour > 23 || minute > 59 || second > 59)
        return err_set(e, ERR_INPUT, "there is no time %.*s on a clock; it goes from 00:00 to 23:59",
            (int)(ahead.at - s->at), s->all.data + s->at);
    *s = ahead;
    *clock = hour * 3600 + minute * 60 + second;
    return 0;
}

int wall_parse(struct text t, struct wall *out, struct err *e)
{
    struct scan s = scan_of(t);
    int64_t day = 0;
    int clock = 0;
    int rc = scan_iso_date(&s, &day, e);
    if (rc) return rc;
    if (!scan_char(&s, 'T') && !scan_char(&s, ' '))
        return err_set(e, ERR_INPUT, "expected a time behind the date: write 2021-02-25 14:00");
    rc = scan_clock(&s, &clock, e);
    if (rc) return rc;
    if (s.at != t.len)
        return err_set(e, ERR_INPUT, "nothing may follow the time, at column %d", scan_column(&s));
    *out = wall_at(day, clock);
    return 0;
}

int date_parse(struct text t, int64_t *day, struct err *e)
{
    struct scan s = scan_of(t);
    int rc = scan_iso_date(&s, day, e);
    if (rc) return rc;
    if (s.at != t.len)
        return err_set(e, ERR_INPUT, "nothing may follow the date, at column %d", scan_column(&s));
    return 0;
}

// -- writing

const char *date_print(int64_t day, char out[WALL_TEXT_MAX])
{
    struct civil c = day_civil(day);
    snprintf(out, WALL_TEXT_MAX, "%04" PRId64 "-%02d-%02d", c.year, c.month, c.day);
    return out;
}

const char *date_print_long(int64_t day, char out[WALL_TEXT_MAX])
{
    struct civil c = day_civil(day);
    snprintf(out, WALL_TEXT_MAX, "%d %s %" PRId64, c.day, month_short(c.month), c.year);
    return out;
}

const char *clock_print(int clock, char out[WALL_TEXT_MAX])
{
    int n = snprintf(out, WALL_TEXT_MAX, "%02d:%02d", clock / 3600, clock / 60 % 60);
    if (clock % 60) snprintf(out + n, WALL_TEXT_MAX - (size_t)n, ":%02d", clock % 60);
    return out;
}

const char *wall_print(struct wall w, char out[WALL_TEXT_MAX])
{
    char clock[WALL_TEXT_MAX], date[WALL_TEXT_MAX];
    date_print(wall_day(w), date);
    clock_print(wall_clock(w), clock);
    snprintf(out, WALL_TEXT_MAX, "%.24s %.12s", date, clock);
    return out;
}
