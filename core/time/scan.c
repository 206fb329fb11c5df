// SPDX-License-Identifier: MIT
#include "time/scan.h"

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

// -- the text

struct scan scan_of(struct text t)
{
    return (struct scan){.all = t};
}

char scan_peek(const struct scan *s)
{
    return s->at < s->all.len ? s->all.data[s->at] : 0;
}

void scan_spaces(struct scan *s)
{
    while (is_space(scan_peek(s))) s->at++;
}

bool scan_end(struct scan *s)
{
    scan_spaces(s);
    return s->at == s->all.len;
}

bool scan_char(struct scan *s, char c)
{
    if (s->at == s->all.len || scan_peek(s) != c) return false;
    s->at++;
    return true;
}

struct text scan_rest(const struct scan *s)
{
    return (struct text){s->all.data + s->at, s->all.len - s->at};
}

int scan_column(const struct scan *s)
{
    return (int)s->at + 1;
}

bool scan_digits(struct scan *s, int least, int most, int *out)
{
    size_t at = s->at;
    int value = 0, n = 0;
    for (; at < s->all.len && is_digit(s->all.data[at]); at++, n++) {
        if (n == most) return false;
        value = value * 10 + (s->all.data[at] - '0');
    }
    if (n < least) return false;
    s->at = at;
    *out = value;
    return true;
}

bool scan_word(struct scan *s, struct text *out)
{
    scan_spaces(s);
    size_t begin = s->at;
    while (is_letter(scan_peek(s))) s->at++;
    *out = (struct text){s->all.data + begin, s->at - begin};
    return out->len > 0;
}

bool scan_this_word(struct scan *s, const char *word)
{
    struct scan ahead = *s;
    struct text found;
    if (!scan_word(&ahead, &found) || !text_is_word(found, word)) return false;
    *s = ahead;
    return true;
}

struct text scan_token(struct scan *s)
{
    scan_spaces(s);
    size_t begin = s->at;
    while (s->at < s->all.len && !is_space(s->all.data[s->at])) s->at++;
    return (struct text){s->all.data + begin, s->at - begin};
}

bool scan_dash(struct scan *s)
{
    static const char *const dashes[] = {"-", "~", "\xe2\x80\x93"}; // the last is an en dash in UTF-8
    struct scan ahead = *s;
    scan_spaces(&ahead);
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        struct text dash = text_of(dashes[i]), rest = scan_rest(&ahead);
        if (rest.len < dash.len || !text_eq((struct text){rest.data, dash.len}, dash)) continue;
        ahead.at += dash.len;
        scan_spaces(&ahead);
        *s = ahead;
        return true;
    }
    return false;
}

// -- names

bool text_is_word(struct text t, const char *word)
{
    size_t i = 0;
    for (; i < t.len && word[i]; i++)
        if (lower(t.data[i]) != lower(word[i])) return false;
    return i == t.len && !word[i];
}

static const char *const weekdays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
    "Saturday"};
static const char *const weekdays_short[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August",
    "September", "October", "November", "December"};
static const char *const months_short[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
    "Oct", "Nov", "Dec"};

// The index of the name that t is, or begins with at least three letters; -1.
static int name_find(struct text t, const char *const *names, int n)
{
    if (t.len < 3) return -1;
    for (int i = 0; i < n; i++) {
        struct text name = text_of(names[i]);
        if (t.len > name.len) continue;
        size_t same = 0;
        while (same < t.len && lower(t.data[same]) == lower(name.data[same])) same++;
        if (same == t.len) return i;
    }
    return -1;
}

int name_weekday(struct text t)
{
    return name_find(t, weekdays, 7);
}

int name_month(struct text t)
{
    int i = name_find(t, months, 12);
    return i < 0 ? -1 : i + 1;
}

const char *weekday_name(int weekday)
{
    return weekdays[weekday];
}

const char *month_name(int month)
{
    return months[month - 1];
}

const char *weekday_short(int weekday)
{
    return weekdays_short[weekday];
}

const char *month_short(int month)
{
    return months_short[month - 1];
}
