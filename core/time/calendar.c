// SPDX-License-Identifier: MIT
#include "time/calendar.h"

#include "time/wall.h"

#include <stdlib.h>
#include <string.h>

// A work week has at least one day in seven, and holidays are few: longer searches find nothing any more.
#define SEARCH_DAYS_MAX (400 * 366)

void calendar_init(struct calendar *c)
{
    *c = (struct calendar){.weekend = {[0] = true, [6] = true}};
}

void calendar_release(struct calendar *c)
{
    for (size_t i = 0; i < c->holidays_n; i++) free(c->holidays[i].name);
    free(c->holidays);
    free(c->source);
    free(c->date);
    free(c->place);
    free(c->zone);
    *c = (struct calendar){0};
}

int calendar_set_weekend(struct calendar *c, struct text names, struct err *e)
{
    bool weekend[7] = {false};
    struct scan s = scan_of(names);
    struct text word;
    bool none = scan_this_word(&s, "none");
    while (!none && scan_word(&s, &word)) {
        int weekday = name_weekday(word);
        if (weekday < 0)
            return err_set(e, ERR_INPUT, "weekend: \"%.*s\" is no day of the week: write \"sat sun\"",
                (int)(word.len < 30 ? word.len : 30), word.data);
        weekend[weekday] = true;
        scan_char(&s, ',');
    }
    if (!scan_end(&s))
        return err_set(e, ERR_INPUT,
            "weekend: expected names of days such as \"sat sun\", or \"none\", at column %d",
            scan_column(&s));
    memcpy(c->weekend, weekend, sizeof weekend);
    return 0;
}

// -- holidays

static size_t holiday_slot(const struct calendar *c, int64_t day)
{
    size_t low = 0, high = c->holidays_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->holidays[middle].day < day) low = middle + 1;
        else high = middle;
    }
    return low;
}

const struct holiday *calendar_holiday(const struct calendar *c, int64_t day)
{
    size_t at = holiday_slot(c, day);
    return at < c->holidays_n && c->holidays[at].day == day ? &c->holidays[at] : NULL;
}

static int add_day(struct calendar *c, int64_t day, struct text name, struct err *e)
{
    if (calendar_holiday(c, day)) return 0;
    if (c->holidays_n == HOLIDAYS_MAX) return err_set(e, ERR_LIMIT, "more than %d holidays", HOLIDAYS_MAX);
    if (c->holidays_n == c->room) {
        c->room = c->room ? c->room * 2 : 32;
        c->holidays = mem_grow(c->holidays, c->room * sizeof *c->holidays);
    }
    size_t at = holiday_slot(c, day);
    memmove(&c->holidays[at + 1], &c->holidays[at], (c->holidays_n++ - at) * sizeof *c->holidays);
    c->holidays[at] = (struct holiday){day, mem_copy(name.data, name.len)};
    return 0;
}

static struct text trim(struct text t)
{
    while (t.len && (*t.data == ' ' || *t.data == '\t')) t.data++, t.len--;
    while (t.len && strchr(" \t\r", t.data[t.len - 1])) t.len--;
    return t;
}

int calendar_add(struct calendar *c, struct text holiday, struct err *e)
{
    struct scan s = scan_of(trim(holiday));
    int64_t first, last;
    struct text rest = scan_token(&s);
    const char *dots = rest.len > 10 ? memmem(rest.data, rest.len, "..", 2) : NULL;
    struct text from = {rest.data, dots ? (size_t)(dots - rest.data) : rest.len};
    struct text to = dots ? (struct text){dots + 2, rest.len - from.len - 2} : from;
    if (date_parse(from, &first, e) || date_parse(to, &last, e))
        return err_in(e, "holiday \"%.*s\"", (int)(rest.len < 40 ? rest.len : 40), rest.data);
    if (last < first || last - first >= HOLIDAY_RANGE_MAX)
        return err_set(e, ERR_INPUT, "holiday \"%.*s\": a range goes forward, for a year at most",
            (int)(rest.len < 40 ? rest.len : 40), rest.data);
    struct text name = trim(scan_rest(&s));
    for (int64_t day = first; day <= last; day++) {
        int rc = add_day(c, day, name, e);
        if (rc) return rc;
    }
    return 0;
}

// -- the file

// "source: ..." and its like; false when the line is none of them.
static bool read_head_line(struct calendar *c, struct text line)
{
    const struct {
        const char *word;
        char **into;
    } heads[] = {{"source:", &c->source}, {"date:", &c->date}, {"place:", &c->place}, {"zone:", &c->zone}};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        struct text word = text_of(heads[i].word);
        if (line.len < word.len || !text_eq((struct text){line.data, word.len}, word)) continue;
        struct text value = trim((struct text){line.data + word.len, line.len - word.len});
        free(*heads[i].into);
        *heads[i].into = mem_copy(value.data, value.len);
        return true;
    }
    return false;
}

int calendar_read(struct calendar *c, struct text file, struct err *e)
{
    for (int number = 1; file.len; number++) {
        const char *newline = memchr(file.data, '\n', file.len);
        size_t len = newline ? (size_t)(newline - file.data) : file.len;
        struct text line = trim((struct text){file.data, len});
        bool nothing = !line.len || *line.data == '#' || read_head_line(c, line);
        if (!nothing && calendar_add(c, line, e)) return err_in(e, "line %d", number);
        file.data += len + (newline != NULL);
        file.len -= len + (newline != NULL);
    }
    return 0;
}

// -- asking

bool calendar_is_weekend(const struct calendar *c, int64_t day)
{
    return c->weekend[day_weekday(day)];
}

bool calendar_works(const struct calendar *c, int64_t day)
{
    return !calendar_is_weekend(c, day) && !calendar_holiday(c, day);
}

bool calendar_knows(const struct calendar *c, int64_t year)
{
    size_t at = holiday_slot(c, civil_day(year, 1, 1));
    return at < c->holidays_n && c->holidays[at].day < civil_day(year + 1, 1, 1);
}

int calendar_shift(const struct calendar *c, int64_t day, int n, int64_t *out, struct err *e)
{
    int step = n < 0 ? -1 : 1;
    for (int left = n * step, looked = 0; left > 0; looked++) {
        if (looked == SEARCH_DAYS_MAX)
            return err_set(e, ERR_INPUT,
                "no working day is left: the weekend or the holidays cover them all");
        day += step;
        if (calendar_works(c, day)) left--;
    }
    *out = day;
    return 0;
}
