// SPDX-License-Identifier: MIT
// usher.time as a script sees it.
#include "lua/api.h"

#include <lauxlib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static lua_State *L;

static int set_up(void **state)
{
    L = luaL_newstate();
    lua_newtable(L);
    api_time_open(L, lua_gettop(L));
    lua_setglobal(L, "usher");
    return 0;
}

static int tear_down(void **state)
{
    lua_close(L);
    return 0;
}

// `expression` in Lua, as text; an error's sentence when it raises.
static const char *run(const char *expression)
{
    lua_settop(L, 0);
    lua_pushfstring(L, "local T = usher.time local E = T.at('2021-02-25 14:00', 'Asia/Thimphu') return %s",
        expression);
    if (luaL_loadstring(L, lua_tostring(L, 1)) == LUA_OK) lua_pcall(L, 0, 1, 0);
    return luaL_tolstring(L, -1, NULL);
}

static void assert_ends(const char *expression, const char *end)
{
    const char *text = run(expression);
    size_t len = strlen(text), end_len = strlen(end);
    assert_true(len >= end_len);
    assert_string_equal(text + len - end_len, end);
}

static void moments_are_plain_tables(void **state)
{
    assert_string_equal(run("E.utc"), "1614240000000");
    assert_string_equal(run("E.wall .. ' ' .. E.zone"), "2021-02-25 14:00 Asia/Thimphu");
    assert_string_equal(run("T.at('2027-11-07 01:30', 'America/New_York', { clock = 'later' }).clock"),
        "later");
    assert_string_equal(run("T.shift(E, '-3 days').wall"), "2021-02-22 14:00");
    assert_string_equal(run("T.parse('Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu').wall"), "2021-02-25 14:00");
}

static void phrases_know_holidays(void **state)
{
    assert_string_equal(run("T.phrase('3 working days before, 09:00', { starts = E, holidays = "
                            "{ '2021-02-22..2021-02-23 Birthday' } }).wall"),
        "2021-02-18 09:00");
    assert_string_equal(run("T.phrase('1 day before, 09:00', { starts = E, zone = 'Asia/Seoul' }).zone"),
        "Asia/Seoul");
    assert_string_equal(run("T.phrase('1 day before', { starts = E }).derive"), "1 day before");
    assert_string_equal(run("(T.working('2021-02-27'))"), "false");
}

static void an_instant_is_written_for_a_place(void **state)
{
    assert_string_equal(run("T.format(E, nil, '%a %e %b %Y %H:%M %P (%z)')"),
        "Thu 25 Feb 2021 14:00 Thimphu (UTC+6)");
    assert_string_equal(run("T.format(1614240000000, 'America/New_York', '%H:%M %P')"), "03:00 New York");
    assert_string_equal(run("T.parts(E).weekday"), "thu");
    assert_string_equal(run("T.span_text(T.span('1h30m'))"), "1 h 30 min");
}

static void series_and_schedules_are_lists(void **state)
{
    assert_string_equal(
        run("#T.rrule{ starts = E, rule = 'FREQ=WEEKLY;COUNT=3', except = { '2021-03-04' } }"), "2");
    assert_string_equal(run("T.cron{ expr = '0 9 * * 1', zone = 'Asia/Thimphu', after = E, limit = 2 }[1]"),
        "1614567600000");
    assert_string_equal(run("T.cron{ every = 'weekday 09:00', zone = 'Asia/Thimphu', after = E }[1]"),
        "1614308400000");
}

static void observances_are_what_a_calendar_file_needs(void **state)
{
    assert_string_equal(run("T.observances('America/New_York', E, E.utc + 30 * 86400000)[2].onset"),
        "2021-03-14 02:00");
    assert_string_equal(run("T.observances('America/New_York', E, E)[1].rule"),
        "FREQ=YEARLY;BYMONTH=11;BYDAY=1SU");
    assert_string_equal(run("T.observances('Asia/Thimphu', E, E)[1].offset"), "21600");
    assert_string_equal(run("T.observances('UTC', E, E)[1].utc"), "nil");
}

static void errors_say_what_to_do(void **state)
{
    assert_ends("T.observances('America/New_York', 0, 110 * 365 * 86400000)",
        "usher.time.observances: the clocks of America/New_York change more than 200 times then");
    assert_ends("T.zone('Asia/Thimpu')", "unknown time zone \"Asia/Thimpu\" (did you mean Asia/Thimphu?)");
    assert_ends("T.phrase('3 days befor', { starts = E })",
        "\"3 days befor\": expected before or after at column 8");
    assert_ends("T.shift(5, '1h')",
        "the moment needs a zone: use a moment from usher.time.at, not a bare number");
    assert_ends("T.span('1 day')", "this needs an exact span: write 24h for a day");
    assert_ends("T.parse('Fri 25 Feb 2021 14:00 Asia/Thimphu')", "25 Feb 2021 is a Thu, not a Fri");
    assert_ends("T.working('2021-02-24', { holidays = { 5 } })",
        "usher.time.working: holidays must hold texts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_plain_tables),
        cmocka_unit_test(phrases_know_holidays),
        cmocka_unit_test(an_instant_is_written_for_a_place),
        cmocka_unit_test(series_and_schedules_are_lists),
        cmocka_unit_test(observances_are_what_a_calendar_file_needs),
        cmocka_unit_test(errors_say_what_to_do),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
