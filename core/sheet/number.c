// SPDX-License-Identifier: MIT
#include "sheet/number.h"

#include "time/wall.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS_MAX 64        // of a number that is kept as it is; longer ones are no number of a list
#define SERIAL_END 2958466.0 // the day after 9999-12-31

// ---- formats ----------------------------------------------------------------------------------------

// What stands in quotes, behind a backslash or an underscore, and in brackets is no instruction: only the
// letters of the first section are left. [h], [mm] and [s] are: they count on beyond the day.
static size_t instructions(struct text code, char *out, size_t room, bool *elapsed)
{
    size_t n = 0;
    for (size_t i = 0; i < code.len && code.data[i] != ';' && n < room; i++) {
        char c = code.data[i];
        const char *end = NULL;
        if (c == '"') end = memchr(code.data + i + 1, '"', code.len - i - 1);
        else if (c == '[') end = memchr(code.data + i, ']', code.len - i);
        if (c == '[' && end && strchr("hHmMsS", code.data[i + 1])) {
            *elapsed = true;
            continue; // its letters count
        }
        if (c == '\\' || c == '_' || c == '*') i++;
        else if (end) i = (size_t)(end - code.data);
        else if (c == ']') continue;
        else out[n++] = (char)tolower((unsigned char)c);
    }
    return n;
}

// An m is a month, but for one behind hours or before seconds.
static bool is_minute(const char *code, size_t n, size_t at)
{
    size_t i = at;
    while (i > 0 && (code[i - 1] == 'm' || !isalpha((unsigned char)code[i - 1]))) i--;
    if (i > 0 && code[i - 1] == 'h') return true;
    for (i = at; i < n && (code[i] == 'm' || !isalpha((unsigned char)code[i]));) i++;
    return i < n && code[i] == 's';
}

static bool is_word(const char *code, size_t n, const char *word)
{
    return memmem(code, n, word, strlen(word)) != NULL;
}

struct number_format number_format_read(struct text code)
{
    char left[256];
    struct number_format f = {0};
    size_t n = instructions(code, left, sizeof left, &f.elapsed), zeros = 0;
    if (is_word(left, n, "general")) return (struct number_format){0}; // its letters are none
    for (size_t i = 0; i < n; i++) {
        bool minute = left[i] == 'm' && is_minute(left, n, i);
        f.date |= left[i] == 'y' || left[i] == 'd' || (left[i] == 'm' && !minute);
        f.clock |= left[i] == 'h' || left[i] == 's' || minute;
        f.seconds |= left[i] == 's';
        f.percent |= left[i] == '%';
        zeros += left[i] == '0';
    }
    f.clock |= f.elapsed;
    if (zeros > 1 && zeros == n && n < DIGITS_MAX / 2) f.zeros = (int8_t)zeros;
    return f;
}

struct number_format number_format_of(int64_t id)
{
    struct number_format f = {0};
    f.percent = id == 9 || id == 10;
    f.date = (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) || id == 36 ||
             (id >= 50 && id <= 58);
    f.clock = (id >= 18 && id <= 22) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47);
    f.seconds = id == 19 || id == 21 || id == 33 || (id >= 45 && id <= 47);
    f.elapsed = id == 46;
    return f;
}

// ---- moments ----------------------------------------------------------------------------------------

// Excel's calendar of 1900 has a 29 February, which that year had not: before it, days are one off.
static void print_date(int64_t serial, bool since_1904, struct buf *out)
{
    char text[WALL_TEXT_MAX];
    if (since_1904) buf_addz(out, date_print(civil_day(1904, 1, 1) + serial, text));
    else if (serial == 60) buf_addz(out, "1900-02-29");
    else buf_addz(out, date_print(civil_day(1899, 12, serial < 60 ? 31 : 30) + serial, text));
}

// Times were typed as whole minutes, or seconds where the format shows them: what a double made of them is
// rounded.
static bool print_moment(double serial, struct number_format f, bool since_1904, struct buf *out)
{
    if (!(serial >= 0 && serial < SERIAL_END)) return false;
    int64_t step = f.seconds ? 1 : 60;
    int64_t seconds = f.clock ? step * llround(serial * DAY_SECONDS / (double)step)
                              : (int64_t)floor(serial) * DAY_SECONDS;
    int64_t day = seconds / DAY_SECONDS, clock = seconds % DAY_SECONDS;
    char text[WALL_TEXT_MAX];
    if (f.elapsed && !f.date) {
        buf_addf(out, "%lld:%02d", (long long)(seconds / 3600), (int)(seconds / 60 % 60));
        if (f.seconds && seconds % 60) buf_addf(out, ":%02d", (int)(seconds % 60));
        return true;
    }
    if (f.date) print_date(day, since_1904, out);
    if (f.date && f.clock) buf_addc(out, ' ');
    if (f.clock) buf_addz(out, clock_print((int)clock, text));
    return true;
}

void number_print_iso(struct text moment, struct buf *out)
{
    struct wall wall;
    char text[WALL_TEXT_MAX];
    if (moment.len > 19 && (moment.data[19] == 'Z' || moment.data[19] == '.')) moment.len = 19;
    if (wall_parse(moment, &wall, NULL)) buf_addt(out, moment);
    else if (moment.len > 10) buf_addz(out, wall_print(wall, text));
    else buf_addz(out, date_print(wall_day(wall), text));
}

// ---- plain numbers ----------------------------------------------------------------------------------

static bool is_whole(struct text digits)
{
    size_t i = digits.len && digits.data[0] == '-';
    if (i == digits.len) return false;
    while (i < digits.len && isdigit((unsigned char)digits.data[i])) i++;
    return i == digits.len;
}

// Fifteen digits are what a double keeps and what Excel shows; with an exponent only where zeros would not
// end.
static void print_double(double n, struct buf *out)
{
    char text[DIGITS_MAX], *exponent;
    snprintf(text, sizeof text, "%.15g", n);
    exponent = strchr(text, 'e');
    long power = exponent ? strtol(exponent + 1, NULL, 10) : 0;
    if (exponent && power > 0 && power <= 20) snprintf(text, sizeof text, "%.0f", n);
    else if (exponent && power < 0 && power >= -9) {
        snprintf(text, sizeof text, "%.*f", (int)(15 - power), n);
        for (size_t i = strlen(text); text[i - 1] == '0'; i--) text[i - 1] = 0;
    }
    buf_addz(out, strcmp(text, "-0") == 0 ? "0" : text);
}

static void print_whole(struct text digits, int zeros, struct buf *out)
{
    bool minus = digits.data[0] == '-';
    if (minus) buf_addc(out, '-');
    for (size_t n = digits.len - minus; (int)n < zeros; n++) buf_addc(out, '0');
    buf_add(out, digits.data + minus, digits.len - minus);
}

static bool read_double(struct text digits, double *out)
{
    char text[DIGITS_MAX], *end;
    if (!digits.len || digits.len >= sizeof text) return false;
    memcpy(text, digits.data, digits.len);
    text[digits.len] = 0;
    if (strspn(text, "0123456789.eE+-") != digits.len) return false; // strtod knows nan, inf and hexadecimals
    *out = strtod(text, &end);
    return end == text + digits.len && isfinite(*out);
}

bool number_print(struct text digits, struct number_format f, bool since_1904, struct buf *out)
{
    double n;
    struct buf plain;
    if (!read_double(digits, &n)) return false;
    if ((f.date || f.clock) && print_moment(n, f, since_1904, out)) return true;
    if (is_whole(digits) && !f.percent) {
        print_whole(digits, f.zeros, out);
        return true;
    }
    buf_init(&plain, DIGITS_MAX);
    print_double(f.percent ? n * 100 : n, &plain);
    if (is_whole(buf_text(&plain))) print_whole(buf_text(&plain), f.zeros, out);
    else buf_addt(out, buf_text(&plain));
    if (f.percent) buf_addc(out, '%');
    buf_release(&plain);
    return true;
}
