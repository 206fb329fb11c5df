// SPDX-License-Identifier: MIT
// api_declare: what a script's top level says: flows, schedules, handlers, and about which event.
#include "engine/schedule.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <string.h>

static char *copy_option(lua_State *L, int index, const char *name)
{
    struct text t = option_text(L, index, name);
    return t.len ? mem_copy(t.data, t.len) : NULL;
}

/// usher.describe(about) -> nothing
/// Names the event that this script is about. `about` holds id (text; default: the file's name), title
/// (text), zone (text, an IANA name), zones (list of { name = , zone = }: the audiences whose local time a
/// rehearsal shows), mails_an_hour_max (when more mails would leave within an hour, the event goes on hold by
/// itself; default 1000, or mail.hourly_max of the installation), hands_on (name of a list -> what is said of
/// it: lists of people that later events read with usher.handed). At most once in a script. Errors: a second
/// call; an unknown option.
/// Example: usher.describe { id = "hello", zone = "Asia/Thimphu" }
static int api_describe(lua_State *L)
{
    static const struct option options[] = {{"id", "text?"}, {"title", "text?"}, {"zone", "text?"},
        {"zones", "table?"}, {"mails_an_hour_max", "int?"}, {"hands_on", "table?"}, {0}};
    struct script *s = context_check(L, "usher.describe", CALL_AT_TOP);
    check_options(L, 1, "usher.describe", options, 0);
    int64_t mails_max = option_int(L, 1, "mails_an_hour_max", 1);
    if (mails_max < 1 || mails_max > GUARD_MAILS_MOST)
        return luaL_error(L, "usher.describe: mails_an_hour_max is a number from 1 to %d", GUARD_MAILS_MOST);
    if (s->about.data)
        return luaL_error(L, "usher.describe: a script is about one event, and this one was described above");
    struct buf about;
    struct err e = {0};
    buf_init(&about, RECORD_LEN_MAX);
    if (value_encode(L, 1, &about, &e)) {
        buf_release(&about);
        return luaL_error(L, "usher.describe: %s", e.text);
    }
    size_t len;
    s->about.data = (const uint8_t *)buf_take(&about, &len);
    s->about.len = len;
    s->event_name = copy_option(L, 1, "id");
    return 0;
}

/// usher.flow(name, fn, options) -> nothing
/// Declares a flow: fn(input) is its whole life and may wait for weeks. What it returns is the flow's result.
/// options.was: the name that it had in the version before, so that those that live are known under the new
/// one. Errors: two flows of one name; a call anywhere but at the top level.
/// Example: usher.flow("hello", function(input) usher.log("hello " .. input.who) end)
static int api_flow(lua_State *L)
{
    static const struct option options[] = {{"was", "text?"}, {0}};
    struct script *s = context_check(L, "usher.flow", CALL_AT_TOP);
    struct text name = context_name(L, 1, "usher.flow");
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (script_flow(s, name)) return luaL_error(L, "usher.flow: there is a flow '%s' already", name.data);
    if (!lua_isnoneornil(L, 3)) check_options(L, 3, "usher.flow", options, 0);
    struct text was = lua_istable(L, 3) ? option_text(L, 3, "was") : (struct text){0};
    struct flow_def *d = mem_alloc(sizeof *d);
    d->was = was.len ? mem_copy(was.data, was.len) : NULL;
    d->name = mem_copy(name.data, name.len);
    d->line = context_line(L);
    lua_pushvalue(L, 2);
    d->function = luaL_ref(L, LUA_REGISTRYINDEX);
    d->next = s->flows;
    s->flows = d;
    return 0;
}

/// usher.on(name, fn, options) -> nothing
/// Declares a handler: fn(request) -> reply. It runs to its end in one turn, so everything it changes (books,
/// signals, starts) is one transaction, and the reply leaves when that is on disk. Commands and pages call
/// it. The handler "incoming" gets each mail that comes into the configured mailbox, { kind = "reply",
/// "report", "calendar", "unsubscribe" or "automatic", from, subject, text, sent = the mail of ours that it
/// is about, ... }; what it returns, when it is not nil, takes the mail, and no other event is asked.
/// options.look: fn(request) -> { name = { ask = "pending" } }, lists of the database that come as
/// request.seen.name, as in usher.http.route; such a handler is called with a table, looks, and changes
/// nothing. Errors: two handlers of one name; a call anywhere but at the top level.
/// Example: usher.on("ping", function(request) return { pong = true } end)
static int api_on(lua_State *L)
{
    static const struct option options[] = {{"look", "function?"}, {0}};
    struct script *s = context_check(L, "usher.on", CALL_AT_TOP);
    struct text name = context_name(L, 1, "usher.on");
    luaL_checktype(L, 2, LUA_TFUNCTION);
    if (lua_gettop(L) > 2) check_options(L, 3, "usher.on", options, 0);
    lua_settop(L, 3);
    if (script_handler(s, name)) return luaL_error(L, "usher.on: there is a handler '%s' already", name.data);
    struct handler *h = mem_alloc(sizeof *h);
    h->name = mem_copy(name.data, name.len);
    h->look = 0;
    if (lua_istable(L, 3) && lua_getfield(L, 3, "look") != LUA_TNIL) h->look = luaL_ref(L, LUA_REGISTRYINDEX);
    lua_pushvalue(L, 2);
    h->function = luaL_ref(L, LUA_REGISTRYINDEX);
    h->next = s->handlers;
    s->handlers = h;
    return 0;
}

/// usher.at_end(fn) -> nothing
/// Calls fn() once the whole top level has run: the place to check what was said and to start its flows.
/// Errors: a second call.
/// Example: usher.at_end(function() usher.log("all declared") end)
static int api_at_end(lua_State *L)
{
    struct script *s = context_check(L, "usher.at_end", CALL_AT_TOP);
    luaL_checktype(L, 1, LUA_TFUNCTION);
    if (s->at_end_ref) return luaL_error(L, "usher.at_end: it was called before");
    lua_pushvalue(L, 1);
    s->at_end_ref = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

static int word_of(lua_State *L, const char *option, const char *const *words, const char *func)
{
    struct text t = option_text(L, 1, option);
    if (t.len == 0) return 0;
    for (int i = 0; words[i]; i++) {
        if (text_is(t, words[i])) return i;
    }
    return luaL_error(L, "%s: %s = '%s' is not known: write '%s', '%s' or '%s'", func, option, t.data,
        words[0], words[1], words[2]);
}

/// usher.schedule(options) -> nothing
/// Declares recurring work. The first value is its name; `flow` names the flow that each occurrence starts,
/// with { nominal = ms, missed = how many missed ones this run stands for, itself included; 0 when it is on
/// time } as its input. When: every ("15 minutes", "day 09:00", "weekday 09:00", "monday 09:00") or cron
/// (five fields), in zone (IANA name). missed: "latest" (one run for all that were missed, the default),
/// "none", "each". late: a duration after which an occurrence counts as missed. overlap: "skip" (default),
/// "queue", "replace". Changing the expression never reaches back. Errors: both or neither of every and cron;
/// an unknown zone; an expression that never fires.
/// Example: usher.flow("digest", function(o) usher.log("at " .. o.nominal) end)
/// usher.schedule { "weekly", every = "monday 09:00", zone = "Asia/Thimphu", flow = "digest" }
static int api_schedule(lua_State *L)
{
    static const struct option options[] = {{"every", "text?"}, {"cron", "text?"}, {"zone", "text?"},
        {"flow", "text"}, {"missed", "text?"}, {"late", "span?"}, {"overlap", "text?"}, {0}};
    static const char *const missed[] = {"latest", "none", "each", NULL};
    static const char *const overlap[] = {"skip", "queue", "replace", NULL};
    struct script *s = context_check(L, "usher.schedule", CALL_AT_TOP);
    check_options(L, 1, "usher.schedule", options, 1);
    lua_geti(L, 1, 1);
    struct text name = context_name(L, -1, "usher.schedule");
    int missed_word = word_of(L, "missed", missed, "usher.schedule");
    int overlap_word = word_of(L, "overlap", overlap, "usher.schedule");
    int64_t late_ms = 0;
    if (lua_getfield(L, 1, "late") != LUA_TNIL) late_ms = check_span(L, -1, "usher.schedule", "late");
    struct schedule *d = mem_alloc(sizeof *d); // belongs to the script from here on
    d->next = s->schedules;
    s->schedules = d;
    d->name = mem_copy(name.data, name.len);
    d->flow = copy_option(L, 1, "flow");
    d->zone = copy_option(L, 1, "zone");
    d->missed = (enum missed)missed_word;
    d->overlap = (enum overlap)overlap_word;
    d->late_ms = late_ms;
    struct err e = {0};
    if (schedule_parse(d, option_text(L, 1, "cron").data, option_text(L, 1, "every").data, &e)) {
        return luaL_error(L, "usher.schedule: %s", e.text);
    }
    return 0;
}

void api_declare_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"describe", api_describe}, {"flow", api_flow}, {"on", api_on},
        {"at_end", api_at_end}, {"schedule", api_schedule}, {0}};
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
