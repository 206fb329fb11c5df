// SPDX-License-Identifier: MIT
// number: from the number in a cell and the format of the cell to what people see there. Pure.
//
// Excel keeps every number as a binary double, and a date as days since a day of its own: what makes
// 44252.583 into 25 February 2021, 14:00 is only the format. Of formats this much is read: whether there
// are a date and a clock in it, hours that go on beyond a day ([h]), a percent sign, and zeros that are
// shown in front (00000). Everything else (colours, currencies, thousands) changes how a number looks and
// not what it says.
#pragma once

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

struct number_format {
    bool date, clock, seconds; // what of a moment it shows
    bool elapsed;              // [h]: hours in all
    bool percent;
    int8_t zeros; // digits at least; 0: as many as there are
};

// A format code, as in "yyyy\-mm\-dd hh:mm;@".
struct number_format number_format_read(struct text code);
// One of those that have a number and no code (ECMA-376, 18.8.30).
struct number_format number_format_of(int64_t id);

// Appends what is shown for the digits of a cell ("44252.583", "1.2E+10"); false when they are no number, and
// then nothing was added. since_1904: the other of the two calendars.
bool number_print(struct text digits, struct number_format format, bool since_1904, struct buf *out);

// "2021-02-25T14:00:00Z", as some programs write dates, in the same form; anything else as it is.
void number_print_iso(struct text moment, struct buf *out);
