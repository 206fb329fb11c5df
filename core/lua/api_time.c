// SPDX-License-Identifier: MIT
// api_time: usher.time: zones, moments, phrases, spans and series. Pure: the same arguments and the same zone
// files give the same answer, so these may be called anywhere.
//
// A moment in Lua is a plain table { utc = ms, wall = "2021-02-25 14:00", zone = "Asia/Thimphu" } with
// clock = "later" for the second pass of an overlap, derive = the phrase that it came from, and note = what
// had to be decided.
#include "lua/api.h"
#include "lua/check.h"
#include "lua/check_calendar.h"
#include "time/cron.h"
#include "time/observance.h"
#include "time/phrase.h"
#include "time/recur.h"

#include <stdio.h>
#include <string.h>

#define LIST_MAX 1000 // dates in one answer
#define LIST_USUAL 100
#define OBSERVANCES_MAX 200                              // fifty years of the most restless zone
#define UTC_LEAST_MS (INT64_C(-62135596800) * SECOND_MS) // the years 1 to 9999
#define UTC_MOST_MS (INT64_C(253402300799) * SECOND_MS)

// -- arguments

static int raise(lua_State *L, const char *func, const struct err *e)
{
    return luaL_error(L, "%s: %s", func, e->text);
}

static const struct zone *check_zone_text(lua_State *L, struct text name, const char *func)
{
    struct err e = {0};
    const struct zone *z = zone_find(name, &e);
    if (!z) raise(L, func, &e);
    return z;
}

static const struct zone *check_zone(lua_State *L, int index, const char *func)
{
    return check_zone_text(L, check_text(L, index, func, "zone"), func);
}

// An instant whose year has four digits.
static struct instant check_instant(lua_State *L, int index, const char *func, const char *what)
{
    struct instant at = check_moment(L, index, func, what);
    if (at.ms < UTC_LEAST_MS || at.ms > UTC_MOST_MS)
        luaL_error(L, "%s: %s lies outside of the years 1 to 9999", func, what);
    return at;
}

// A moment table with its zone; an integer instant has none, and "which zone's day?" would be a guess.
static struct moment check_placed(lua_State *L, int index, const char *func, const char *what)
{
    struct instant at = check_instant(L, index, func, what);
    if (!lua_istable(L, index) || lua_getfield(L, index, "zone") != LUA_TSTRING)
        luaL_error(L, "%s: %s needs a zone: use a moment from usher.time.at, not a bare number", func, what);
    size_t len;
    const char *name = lua_tolstring(L, -1, &len);
    const struct zone *z = check_zone_text(L, (struct text){name, len}, func);
    lua_pop(L, 1);
    return moment_of(z, at);
}

// The zone argument, or the moment's own when it is left out.
static const struct zone *check_zone_or_own(lua_State *L, int index, int moment_index, const char *func)
{
    if (!lua_isnoneornil(L, index)) return check_zone(L, index, func);
    return check_placed(L, moment_index, func, "the moment").zone;
}

// -- results

static void push_moment(lua_State *L, const struct moment *m, struct text derive)
{
    char wall[WALL_TEXT_MAX];
    lua_createtable(L, 0, 5);
    lua_pushinteger(L, m->at.ms);
    lua_setfield(L, -2, "utc");
    lua_pushstring(L, wall_print(m->wall, wall));
    lua_setfield(L, -2, "wall");
    lua_pushstring(L, zone_name(m->zone));
    lua_setfield(L, -2, "zone");
    if (m->second) {
        lua_pushliteral(L, "later");
        lua_setfield(L, -2, "clock");
    }
    if (derive.len) {
        lua_pushlstring(L, derive.data, derive.len);
        lua_setfield(L, -2, "derive");
    }
    if (m->note[0]) {
        lua_pushstring(L, m->note);
        lua_setfield(L, -2, "note");
    }
}

// -- moments

/// usher.time.at(wall, zone, options) -> moment
/// The moment of a wall time ("2021-02-25 14:00") in a zone ("Asia/Thimphu"). options.clock ("earlier" or
/// "later") says which one when the clock skips that time or shows it twice. Errors: a time that does not
/// exist or happens twice, with both readings; an unknown zone.
/// Example: local ms = usher.time.at("2021-02-25 14:00", "Asia/Thimphu").utc
static int api_at(lua_State *L)
{
    static const char func[] = "usher.time.at";
    static const struct option options[] = {{"clock", "text?"}, {0}};
    struct text wall = check_text(L, 1, func, "wall");
    const struct zone *z = check_zone(L, 2, func);
    enum zone_choice choice = ZONE_STRICT;
    struct err e = {0};
    struct wall w;
    struct moment m;
    if (!lua_isnoneornil(L, 3)) {
        check_options(L, 3, func, options, 0);
        struct text clock = option_text(L, 3, "clock");
        if (clock.len && clock_choice(clock, &choice, &e)) return raise(L, func, &e);
    }
    if (wall_parse(wall, &w, &e) || moment_at(z, w, choice, &m, &e)) return raise(L, func, &e);
    push_moment(L, &m, (struct text){0});
    return 1;
}

/// usher.time.parse(text, zone) -> starts, ends
/// Reads the time of an event: "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", "2021-02-25 14:00". Two moments;
/// ends is nil when the text has none. zone is taken when the text names none. A weekday is checked. Errors:
/// "25 Feb 2021 is a Thu, not a Fri"; dates that can be read in two ways, such as 25/02/2021.
/// Example: usher.time.parse("Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu")
static int api_parse(lua_State *L)
{
    static const char func[] = "usher.time.parse";
    struct text t = check_text(L, 1, func, "text");
    const struct zone *z = lua_isnoneornil(L, 2) ? NULL : check_zone(L, 2, func);
    struct err e = {0};
    struct when when;
    if (when_parse(t, z, &when, &e)) return raise(L, func, &e);
    push_moment(L, &when.starts, (struct text){0});
    if (when.has_end) push_moment(L, &when.ends, (struct text){0});
    else lua_pushnil(L);
    return 2;
}

/// usher.time.phrase(phrase, event) -> moment
/// The moment that a phrase means for an event: "3 working days before, 09:00", "30 minutes before", "2h
/// after end", "the Monday after, 10:00", "at the end", or a date of its own. event holds starts and ends
/// (moments), weekend (list of days, default sat and sun), holidays (list of dates and ranges, a file's text,
/// or the name of a list that comes with usher, "bt 2021") and zone (where a clock time is read instead of in
/// the event's). Errors: a word that can't be read, with its column; a "before" that does not fall before its
/// anchor.
/// Example: usher.time.phrase("at start", { starts = usher.time.at("2021-02-25 14:00", "Asia/Thimphu") })
static int api_phrase(lua_State *L)
{
    static const char func[] = "usher.time.phrase";
    static const struct option options[] = {{"starts", "moment"}, {"ends", "moment?"}, {"weekend", "any?"},
        {"holidays", "any?"}, {"zone", "text?"}, {0}};
    struct text words = check_text(L, 1, func, "phrase");
    check_options(L, 2, func, options, 0);
    struct calendar *work = check_calendar(L, 2, func);
    struct when event = {0};
    struct phrase phrase;
    struct moment m;
    struct err e = {0};
    lua_getfield(L, 2, "starts");
    event.starts = event.ends = check_placed(L, lua_gettop(L), func, "starts");
    event.has_end = lua_getfield(L, 2, "ends") != LUA_TNIL;
    if (event.has_end) event.ends = check_placed(L, lua_gettop(L), func, "ends");
    if (phrase_parse(words, &phrase, &e)) return raise(L, func, &e);
    struct text zone = option_text(L, 2, "zone");
    bool has_clock = phrase.clock >= 0 || phrase.kind == PHRASE_DATE;
    if (zone.len && has_clock && !phrase.zone) phrase.zone = check_zone_text(L, zone, func);
    if (phrase_resolve(&phrase, &event, work, &m, &e))
        return luaL_error(L, "%s: \"%s\": %s", func, lua_tostring(L, 1), e.text);
    push_moment(L, &m, words);
    return 1;
}

/// usher.time.shift(moment, span, work) -> moment
/// Moves a moment by a span: "2h" is exact; "3 days", "-1 month", "2 working days" move the date and keep the
/// clock. work holds weekend and holidays for working days, as in usher.time.phrase. Errors: a bare number as
/// moment (which zone's day?); a span that can't be read.
/// Example: local wall = usher.time.shift(usher.time.at("2021-02-25 14:00", "Asia/Thimphu"), "-3 days").wall
static int api_shift(lua_State *L)
{
    static const char func[] = "usher.time.shift";
    static const struct option options[] = {{"weekend", "any?"}, {"holidays", "any?"}, {0}};
    struct moment from = check_placed(L, 1, func, "the moment"), m;
    struct text words = check_text(L, 2, func, "span");
    struct err e = {0};
    struct span span;
    if (!lua_isnoneornil(L, 3)) check_options(L, 3, func, options, 0);
    struct calendar *work = check_calendar(L, 3, func);
    if (span_parse(words, &span, &e) || moment_shift(&from, &span, -1, work, &m, &e))
        return raise(L, func, &e);
    push_moment(L, &m, (struct text){0});
    return 1;
}

// -- spans

/// usher.time.span(text) -> milliseconds
/// An exact span as milliseconds: "90 min", "1h30m". Days have no fixed length: write 24h. Errors: a calendar
/// span ("3 days"); a text that can't be read.
/// Example: usher.time.span("1h30m")
static int api_span(lua_State *L)
{
    static const char func[] = "usher.time.span";
    struct err e = {0};
    int64_t ms;
    if (span_exact_ms(check_text(L, 1, func, "text"), &ms, &e)) return raise(L, func, &e);
    lua_pushinteger(L, ms);
    return 1;
}

/// usher.time.span_text(milliseconds) -> text
/// A length of time for people: "1 h 30 min", "2 days 3 h". Only the largest units.
/// Example: usher.time.span_text(5400000)
static int api_span_text(lua_State *L)
{
    char text[SPAN_TEXT_MAX];
    int64_t ms = check_int(L, 1, "usher.time.span_text", "milliseconds", -SPAN_MS_MAX, SPAN_MS_MAX);
    lua_pushstring(L, span_print_ms(ms, text));
    return 1;
}

// -- reading an instant

static void set_integer(lua_State *L, const char *key, int64_t value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, key);
}

/// usher.time.parts(moment, zone) -> table
/// What calendar and clock show: year, month, day, hour, min, sec (numbers), weekday ("thu"), offset (seconds
/// east of UTC), place ("Thimphu"). moment may be a number of milliseconds; zone is then needed.
/// Example: local day = usher.time.parts(1614240000000, "Asia/Thimphu").weekday
static int api_parts(lua_State *L)
{
    static const char func[] = "usher.time.parts";
    static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
    struct instant at = check_instant(L, 1, func, "the moment");
    const struct zone *z = check_zone_or_own(L, 2, 1, func);
    struct local local = zone_local(z, at);
    struct civil c = wall_civil(local.wall);
    char place[ZONE_WORD_MAX];
    lua_createtable(L, 0, 9);
    set_integer(L, "year", c.year);
    set_integer(L, "month", c.month);
    set_integer(L, "day", c.day);
    set_integer(L, "hour", c.hour);
    set_integer(L, "min", c.minute);
    set_integer(L, "sec", c.second);
    set_integer(L, "offset", local.offset);
    lua_pushstring(L, weekdays[day_weekday(wall_day(local.wall))]);
    lua_setfield(L, -2, "weekday");
    lua_pushstring(L, zone_place(z, place));
    lua_setfield(L, -2, "place");
    return 1;
}

// One "%x" of a pattern; false when there is no such.
static bool format_one(char letter, const struct zone *z, const struct local *local, char out[ZONE_WORD_MAX])
{
    struct civil c = wall_civil(local->wall);
    int weekday = day_weekday(wall_day(local->wall)), year = (int)c.year;
    switch (letter) {
    case 'a': snprintf(out, ZONE_WORD_MAX, "%s", weekday_short(weekday)); return true;
    case 'A': snprintf(out, ZONE_WORD_MAX, "%s", weekday_name(weekday)); return true;
    case 'b': snprintf(out, ZONE_WORD_MAX, "%s", month_short(c.month)); return true;
    case 'B': snprintf(out, ZONE_WORD_MAX, "%s", month_name(c.month)); return true;
    case 'd': snprintf(out, ZONE_WORD_MAX, "%02d", c.day); return true;
    case 'e': snprintf(out, ZONE_WORD_MAX, "%d", c.day); return true;
    case 'm': snprintf(out, ZONE_WORD_MAX, "%02d", c.month); return true;
    case 'Y': snprintf(out, ZONE_WORD_MAX, "%04d", year); return true;
    case 'y': snprintf(out, ZONE_WORD_MAX, "%02d", year % 100); return true;
    case 'H': snprintf(out, ZONE_WORD_MAX, "%02d", c.hour); return true;
    case 'M': snprintf(out, ZONE_WORD_MAX, "%02d", c.minute); return true;
    case 'S': snprintf(out, ZONE_WORD_MAX, "%02d", c.second); return true;
    case 'z': offset_print(local->offset, out); return true;
    case 'P': zone_place(z, out); return true;
    case '%': snprintf(out, ZONE_WORD_MAX, "%%"); return true;
    }
    return false;
}

/// usher.time.format(moment, zone, pattern) -> text
/// Writes a moment (or milliseconds) as people of a zone read it; zone nil means the moment's own. The
/// pattern's words: %a Thu, %A Thursday, %d 05, %e 5, %b Feb, %B February, %m 02, %Y 2021, %y 21, %H %M %S,
/// %z UTC+6, %P the place ("Thimphu"), %% a percent sign. There is no abbreviation: Manila's is PST. Errors:
/// an unknown word after %.
/// Example: usher.time.format(1614240000000, "Asia/Thimphu", "%a %e %b %H:%M %P (%z)")
static int api_format(lua_State *L)
{
    static const char func[] = "usher.time.format";
    struct instant at = check_instant(L, 1, func, "the moment");
    const struct zone *z = check_zone_or_own(L, 2, 1, func);
    struct text pattern = check_text(L, 3, func, "pattern");
    struct local local = zone_local(z, at);
    char word[ZONE_WORD_MAX];
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.data[i] != '%') {
            luaL_addchar(&out, pattern.data[i]);
            continue;
        }
        char letter = ++i < pattern.len ? pattern.data[i] : 0;
        if (!format_one(letter, z, &local, word))
            return luaL_error(L, "%s: the pattern has no %%%c: use a A d e b B m Y y H M S z P or %%%%", func,
                letter > ' ' && letter < 127 ? letter : '?');
        luaL_addstring(&out, word);
    }
    luaL_pushresult(&out);
    return 1;
}

// -- zones and calendars

/// usher.time.zone(name) -> name
/// Checks the name of a zone and gives it back. Errors: unknown time zone "Asia/Thimpu" (did you mean
/// Asia/Thimphu?); abbreviations such as BTT or GMT+6.
/// Example: usher.time.zone("Asia/Thimphu")
static int api_zone(lua_State *L)
{
    lua_pushstring(L, zone_name(check_zone(L, 1, "usher.time.zone")));
    return 1;
}

static void push_observance(lua_State *L, const struct observance *o)
{
    char wall[WALL_TEXT_MAX];
    lua_createtable(L, 0, 7);
    if (o->at.ms >= UTC_LEAST_MS) {
        set_integer(L, "utc", o->at.ms);
        lua_pushstring(L, wall_print(o->onset, wall));
        lua_setfield(L, -2, "onset");
    }
    set_integer(L, "before", o->before);
    set_integer(L, "offset", o->behind);
    lua_pushboolean(L, o->dst);
    lua_setfield(L, -2, "is_dst");
    lua_pushstring(L, o->abbr);
    lua_setfield(L, -2, "abbr");
    if (!o->rule[0]) return;
    lua_pushstring(L, o->rule);
    lua_setfield(L, -2, "rule");
}

/// usher.time.observances(zone, from, to) -> list
/// What a calendar file has to say about a zone: the offset that holds at `from` and each that begins until
/// `to` (moments or milliseconds). Each is { utc = when it begins, onset = what the clock that ends then
/// shows, before = , offset = (seconds east of UTC), is_dst = , abbr = , rule = "FREQ=YEARLY;..." }; utc and
/// onset are missing when it has no beginning, rule when no such rule tells all later years. Errors: more
/// than 200 of them.
/// Example: local offset = usher.time.observances("Asia/Thimphu", 1614240000000, 1614249000000)[1].offset
static int api_observances(lua_State *L)
{
    static const char func[] = "usher.time.observances";
    const struct zone *z = check_zone(L, 1, func);
    struct instant from = check_instant(L, 2, func, "from"), to = check_instant(L, 3, func, "to");
    struct observance *list = lua_newuserdatauv(L, OBSERVANCES_MAX * sizeof *list, 0);
    struct err e = {0};
    int n = zone_observances(z, from, to, list, OBSERVANCES_MAX, &e);
    if (n < 0) return raise(L, func, &e);
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        push_observance(L, &list[i]);
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

/// usher.time.working(date, work) -> boolean, why, name
/// Whether people work on a date ("2021-02-24"). why is "weekend" or "holiday" when they don't, name is the
/// holiday's. work holds weekend and holidays, as in usher.time.phrase.
/// Example: usher.time.working("2021-02-22", { holidays = { "2021-02-21..2021-02-23 Birthday" } })
static int api_working(lua_State *L)
{
    static const char func[] = "usher.time.working";
    static const struct option options[] = {{"weekend", "any?"}, {"holidays", "any?"}, {0}};
    struct err e = {0};
    int64_t day;
    if (date_parse(check_text(L, 1, func, "date"), &day, &e)) return raise(L, func, &e);
    if (!lua_isnoneornil(L, 2)) check_options(L, 2, func, options, 0);
    const struct calendar *work = check_calendar(L, 2, func);
    const struct holiday *holiday = calendar_holiday(work, day);
    lua_pushboolean(L, calendar_works(work, day));
    if (holiday) {
        lua_pushliteral(L, "holiday");
        lua_pushstring(L, holiday->name);
        return 3;
    }
    if (!calendar_is_weekend(work, day)) return 1;
    lua_pushliteral(L, "weekend");
    return 2;
}

/// usher.time.release() -> text
/// The release of the zone files: "2026b".
/// Example: usher.time.release()
static int api_release(lua_State *L)
{
    lua_pushstring(L, zone_release());
    return 1;
}

// -- series

static int check_limit(lua_State *L, int index, const char *func)
{
    int64_t limit = option_int(L, index, "limit", LIST_USUAL);
    if (limit < 1 || limit > LIST_MAX) luaL_error(L, "%s: limit must be from 1 to %d", func, LIST_MAX);
    return (int)limit;
}

// The wall times of a list; a date alone has the clock of the start. The memory stays on the stack.
static struct wall *check_walls(lua_State *L, int index, const char *key, const struct moment *starts,
    size_t *n, const char *func)
{
    struct err e = {0};
    lua_getfield(L, index, key);
    int list = lua_gettop(L);
    *n = lua_istable(L, list) ? (size_t)luaL_len(L, list) : 0;
    if (*n > LIST_MAX) luaL_error(L, "%s: %s may hold %d dates at most", func, key, LIST_MAX);
    struct wall *walls = lua_newuserdatauv(L, (*n + 1) * sizeof *walls, 0);
    for (size_t i = 0; i < *n; i++) {
        int64_t day;
        lua_geti(L, list, (lua_Integer)i + 1);
        struct text t = check_item(L, func, key);
        if (t.len == 10 && date_parse(t, &day, NULL) == 0) walls[i] = wall_at(day, wall_clock(starts->wall));
        else if (wall_parse(t, &walls[i], &e)) luaL_error(L, "%s: %s: %s", func, key, e.text);
    }
    return walls;
}

/// usher.time.rrule(series) -> list
/// The moments of a recurrence rule (RFC 5545): series holds starts (moment), rule
/// ("FREQ=WEEKLY;BYDAY=TU;COUNT=6"), except (list of dates or wall times to leave out), extra (wall times to
/// add), limit (default 100, at most 1000). except shortens a rule with COUNT, as the RFC says. Errors: a
/// rule that the RFC does not allow, with its column; a rule that no date matches.
/// Example: usher.time.rrule { starts = usher.time.at("2021-03-02 10:00", "UTC"), rule = "FREQ=DAILY" }
static int api_rrule(lua_State *L)
{
    static const char func[] = "usher.time.rrule";
    static const struct option options[] = {{"starts", "moment"}, {"rule", "text"}, {"except", "table?"},
        {"extra", "table?"}, {"limit", "int?"}, {0}};
    check_options(L, 1, func, options, 0);
    int limit = check_limit(L, 1, func);
    struct err e = {0};
    struct recur rule;
    lua_getfield(L, 1, "starts");
    struct moment starts = check_placed(L, lua_gettop(L), func, "starts");
    if (recur_parse(option_text(L, 1, "rule"), &rule, &e)) return raise(L, func, &e);
    struct recur_series series = {.rule = &rule, .zone = starts.zone, .starts = starts.wall};
    series.except = check_walls(L, 1, "except", &starts, &series.except_n, func);
    series.extra = check_walls(L, 1, "extra", &starts, &series.extra_n, func);
    struct moment *list = lua_newuserdatauv(L, (size_t)limit * sizeof *list, 0);
    int n = recur_list(&series, list, limit, &e);
    if (n < 0) return raise(L, func, &e);
    lua_createtable(L, n, 0);
    for (int i = 0; i < n; i++) {
        push_moment(L, &list[i], (struct text){0});
        lua_seti(L, -2, i + 1);
    }
    return 1;
}

/// usher.time.cron(schedule) -> list
/// The next firings as milliseconds: schedule holds expr ("0 9 * * MON-FRI") or every ("weekday 09:00", "15
/// minutes"), zone, after (moment or milliseconds: the first one is strictly later), limit (default 100).
/// Errors: an expression that can't be read; one that never fires.
/// Example: usher.time.cron { expr = "0 9 * * 1", zone = "Asia/Thimphu", after = 1614240000000, limit = 2 }
static int api_cron(lua_State *L)
{
    static const char func[] = "usher.time.cron";
    static const struct option options[] = {{"expr", "text?"}, {"every", "text?"}, {"zone", "text"},
        {"after", "moment"}, {"limit", "int?"}, {0}};
    check_options(L, 1, func, options, 0);
    int limit = check_limit(L, 1, func);
    struct text expr = option_text(L, 1, "expr"), every = option_text(L, 1, "every");
    const struct zone *z = check_zone_text(L, option_text(L, 1, "zone"), func);
    struct cron cron;
    struct err e = {0};
    if (!expr.len == !every.len) return luaL_error(L, "%s: give either expr or every", func);
    if (expr.len ? cron_parse(expr, &cron, &e) : every_parse(every, &cron, &e)) return raise(L, func, &e);
    lua_getfield(L, 1, "after");
    struct instant at = check_instant(L, lua_gettop(L), func, "after");
    lua_createtable(L, limit, 0);
    for (int i = 1; i <= limit; i++) {
        if (cron_next(&cron, z, at, &at, &e)) return raise(L, func, &e);
        lua_pushinteger(L, at.ms);
        lua_seti(L, -2, i);
    }
    return 1;
}

static const luaL_Reg functions[] = {
    {"at", api_at},
    {"parse", api_parse},
    {"phrase", api_phrase},
    {"shift", api_shift},
    {"span", api_span},
    {"span_text", api_span_text},
    {"parts", api_parts},
    {"format", api_format},
    {"zone", api_zone},
    {"observances", api_observances},
    {"working", api_working},
    {"release", api_release},
    {"rrule", api_rrule},
    {"cron", api_cron},
    {NULL, NULL},
};

void api_time_open(lua_State *L, int usher)
{
    luaL_newlib(L, functions);
    lua_setfield(L, usher, "time");
}
