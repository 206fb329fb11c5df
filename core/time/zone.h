// SPDX-License-Identifier: MIT
// zone: what a wall time means in a place, and what an instant reads there.
//
// Reads the system's zone files itself (time/tzif.h), for no C library answers both ways right, and keeps
// each zone once it was asked for. The files are those of USHER_ZONEINFO, else of the system: Debian's
// updates keep them fresh.
// Owns the table of loaded zones and the tz release's name. Belongs to one thread, the engine's.
// Holds always: a `struct zone *` stays valid while the process lives; zone_reload changes what is inside.
#pragma once

#include "base/err.h"
#include "base/instant.h"
#include "time/wall.h"

#define ZONE_NAME_MAX 64
#define ZONE_WORD_MAX 80

struct zone;

// The zone "Asia/Thimphu". NULL: unknown (the sentence names the nearest), an abbreviation, or a bad file.
const struct zone *zone_find(struct text name, struct err *e);
const char *zone_name(const struct zone *z);                           // "America/New_York"
const char *zone_place(const struct zone *z, char out[ZONE_WORD_MAX]); // "New York"
const char *offset_print(int32_t offset, char out[WALL_TEXT_MAX]);     // "UTC+6", "UTC+5:45", "UTC-4", "UTC"

// -- instant -> wall

struct local {
    struct wall wall; // whole seconds
    int32_t offset;   // seconds east of UTC
    bool dst;
    const char *abbr; // never shown to people: Manila's is PST
};
struct local zone_local(const struct zone *z, struct instant at);

// The stretch of one offset around an instant; begin.ms and end.ms are INT64_MIN and INT64_MAX when open.
struct zone_stretch {
    struct instant begin, end;
    int32_t offset;
};
struct zone_stretch zone_stretch(const struct zone *z, struct instant at);

// -- wall -> instant

enum zone_kind { ZONE_NORMAL, ZONE_GAP, ZONE_OVERLAP };

// What a wall time can mean. Normal: both are the same. Overlap: the first and the second pass. Gap:
// `earlier` reads it with the offset from behind the gap, `later` with the one from before (RFC 5545).
struct zone_meaning {
    enum zone_kind kind;
    struct instant earlier, later;
    struct instant change;  // where the gap is
    int32_t before, behind; // offsets on both sides of the gap or of the overlap
};
struct zone_meaning zone_meaning(const struct zone *z, struct wall w);

enum zone_choice {
    ZONE_COMPATIBLE, // derived times: later in a gap, first in an overlap
    ZONE_EARLIER,
    ZONE_LATER,
    ZONE_STRICT, // typed by a person: a gap and an overlap are errors that name both readings
};
int zone_resolve(const struct zone *z, struct wall w, enum zone_choice choice, struct instant *at,
    struct err *e);
// "02:30 does not exist on 14 Mar; 03:30 (UTC-4) taken", or "" when nothing had to be decided.
const char *zone_note(const struct zone *z, struct wall w, char out[160]);

// -- the files

// "2026b"; "unknown" when the files do not say. Valid until zone_reload.
const char *zone_release(void);
// Looks at the files again and reads those that were replaced; a file that became unreadable keeps its old
// rules. The number of loaded zones that were read anew.
int zone_reload(void);
