// SPDX-License-Identifier: MIT
#include "snippet.h"

#include "lua/check.h"

// try(options) goes through every kind of check as a binding would.
static int try_options(lua_State *L)
{
    static const struct option options[] = {{"to", "text"}, {"subject", "text?"}, {"count", "int?"},
        {"share", "number?"}, {"html", "bool?"}, {"list", "table?"}, {"by", "function?"},
        {"timeout", "span?"}, {"at", "moment?"}, {"about", "any?"}, {NULL, NULL}};
    check_options(L, 1, "usher.try", options, 1);
    struct text to = option_text(L, 1, "to");
    lua_pushfstring(L, "%s %d %s %s", to.data, (int)option_int(L, 1, "count", -1),
        option_bool(L, 1, "html", true) ? "html" : "plain",
        option_there(L, 1, "about") ? "about" : "nothing");
    return 1;
}

static int try_arguments(lua_State *L)
{
    struct text name = check_text(L, 1, "usher.try", "name");
    int64_t n = check_int(L, 2, "usher.try", "count", 1, 10);
    int64_t ms = check_span(L, 3, "usher.try", "duration");
    struct instant at = check_moment(L, 4, "usher.try", "moment");
    lua_pushfstring(L, "%s %d %d %d", name.data, (int)n, (int)ms, (int)at.ms);
    return 1;
}

static void open_library(lua_State *L, int env)
{
    snippet_library(L, env);
    lua_pushcfunction(L, try_options);
    lua_setfield(L, env, "try");
    lua_pushcfunction(L, try_arguments);
    lua_setfield(L, env, "arguments");
}

static void check_options_accepts_what_fits(void **state)
{
    static const struct snippet list[] = {
        {"return try { to = 'a' }", "a -1 html nothing"},
        {"return try { 'name', to = 'a', count = 60 / 2, html = false, about = { 1 } }", "a 30 plain about"},
        {"return try { to = 'a', share = 1, list = {}, by = print, timeout = '2h', at = { utc = 5 } }",
            "a -1 html nothing"},
        {"return arguments('x', 3, '1h30m', 7)", "x 3 5400000 7"},
        {"return arguments('x', 3.0, '2s', { utc = 9 })", "x 3 2000 9"},
    };
    sandbox_set_library(open_library);
    struct sandbox *s = sandbox_open(NULL);
    for (size_t i = 0; i < COUNT_OF(list); i++) assert_says(s, list[i].code, list[i].says);
    sandbox_close(s);
}

static void check_says_what_is_wrong_where_and_what_to_do(void **state)
{
    static const struct snippet list[] = {
        {"\n\ntry { to = 'a', subjct = 'b' }",
            "t.lua:3: usher.try: no option 'subjct' (did you mean 'subject'?)"},
        {"try { to = 'a', zzzzzz = 'b' }", "no option 'zzzzzz'; there are: to, subject, count"},
        {"try { to = 'a', zb = 1, za = 2, zc = 3 }", "no option 'za'"},
        {"try { subject = 'b' }", "usher.try: the option 'to' is missing"},
        {"try { to = 5 }", "usher.try: 'to' must be a text, but it is a number"},
        {"try { to = 'a', count = 1.5 }", "'count' must be a whole number"},
        {"try { to = 'a', at = 'x' }", "'at' must be a moment"},
        {"try { to = 'a', by = 'x' }", "'by' must be a function"},
        {"try { 'a', 'b', to = 'a' }", "too many values without a name"},
        {"try { to = 'a', [true] = 1 }", "a boolean can't be the name of an option"},
        {"try 'x'", "usher.try: a table of options is needed"},
        {"arguments()", "usher.try: name is missing: it must be a text"},
        {"arguments('x', 11)", "count must be from 1 to 10, but it is 11"},
        {"arguments('x', '3')", "count must be a whole number, but it is a string"},
        {"arguments('x', 3, '2 parsecs')", "usher.try: duration: "},
        {"arguments('x', 3, '2h', {})", "moment must be a moment"},
    };
    sandbox_set_library(open_library);
    struct sandbox *s = sandbox_open(NULL);
    for (size_t i = 0; i < COUNT_OF(list); i++) assert_fails(s, list[i].code, list[i].says);
    sandbox_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_options_accepts_what_fits),
        cmocka_unit_test(check_says_what_is_wrong_where_and_what_to_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
