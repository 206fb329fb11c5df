// SPDX-License-Identifier: MIT
// tzif: a compiled zone file (RFC 9636), versions 1 to 4, fat or slim.
//
// The file, all numbers big-endian:
//   "TZif" version(1) reserved(15), six counts of 4 bytes: isutcnt isstdcnt leapcnt timecnt typecnt charcnt
//   timecnt instants (4 bytes, from version 2 on 8) · timecnt indices of types (1)
//   typecnt types: offset(4) dst(1) index of abbreviation(1) · charcnt bytes of abbreviations
//   leapcnt leap seconds (4 + 4, or 8 + 4) · isstdcnt + isutcnt flags
// Version 2 and later: the same once more with 8 bytes, then "\n" rule "\n" (time/tzrule.h) for what comes
// behind the last instant. Files that count leap seconds ("right/") are refused: usher's days have 86,400.
//
// Holds always: instants ascend, each index is inside of its table, no offset is beyond a day and two hours.
#pragma once

#include "time/tzrule.h"

#define TZIF_LEN_MAX (256u << 10) // the largest of 2026's files has 4 KiB

struct tzif {
    int64_t *changes; // seconds since 1970 UTC, ascending; the block also holds kinds
    uint8_t *kinds;   // the type that begins with each
    size_t changes_n;
    struct tz_type *types; // types[0] holds before the first change
    size_t types_n;
    bool has_rule;
    struct tz_rule rule;
    int32_t offset_least, offset_most; // of all that occur
};

int tzif_read(struct text bytes, struct tzif *out, struct err *e);
void tzif_release(struct tzif *z);
// The stretch of one offset around an instant (seconds since 1970 UTC).
struct tz_period tzif_period(const struct tzif *z, int64_t at);
