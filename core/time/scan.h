// SPDX-License-Identifier: MIT
// scan: reading what people write about time, from left to right: numbers, words, marks.
//
// Borrows the text. Nothing here fails with words: each function says whether it took something, and the
// parser that calls it knows which sentence to say, with scan_column for the place.
#pragma once

#include "base/buf.h"

struct scan {
    struct text all;
    size_t at;
};

struct scan scan_of(struct text t);
void scan_spaces(struct scan *s);
bool scan_end(struct scan *s);          // nothing but spaces is left; passes over them
char scan_peek(const struct scan *s);   // the next byte, or 0 at the end
bool scan_char(struct scan *s, char c); // takes c if it is next
struct text scan_rest(const struct scan *s);
int scan_column(const struct scan *s); // of the next byte, counted from 1

// A run of digits, at least `least` and at most `most` (<= 9); takes nothing when it is longer.
bool scan_digits(struct scan *s, int least, int most, int *out);
// A run of ASCII letters; passes over spaces in front of it. Empty and false when there is none.
bool scan_word(struct scan *s, struct text *out);
// Takes the next word if it is this one, whatever its case.
bool scan_this_word(struct scan *s, const char *word);
// A run of anything but spaces.
struct text scan_token(struct scan *s);
// What separates two times of day: "-", "~" or an en dash, with or without spaces around it.
bool scan_dash(struct scan *s);

bool text_is_word(struct text t, const char *word); // whatever the case

// Names of days and months in English, in full or cut after three letters or more ("tue", "Tues").
int name_weekday(struct text t);        // 0 Sunday .. 6 Saturday, or -1
int name_month(struct text t);          // 1 .. 12, or -1
const char *weekday_name(int weekday);  // "Thursday"
const char *month_name(int month);      // "February"
const char *weekday_short(int weekday); // "Thu"
const char *month_short(int month);     // "Feb"
