// SPDX-License-Identifier: MIT
#include "../lua/snippet.h"

#include "engine/value.h"

#include <stdlib.h>

// ---- words ----------------------------------------------------------------------------------------------

static void unknown_words_are_errors_with_the_nearest(void **state)
{
    static const struct snippet list[] = {
        {"local people = {}\n\nreturn #peple", "t.lua:3: unknown word 'peple' (did you mean 'people'?)"},
        {"local people = {} local function f() return people and peopl end f()", "did you mean 'people'?"},
        {"return pirs {}", "unknown word 'pirs' (did you mean 'pairs'?)"},
        {"return quixotic", "unknown word 'quixotic': write local quixotic = ... before it is used"},
        {"\nx = 1", "t.lua:2: a script can't make global 'x': write local x = "},
        {"function f() end", "can't make global 'f'"},
        {"print = 1", "'print' is a word of usher and can't be changed"},
        {"string.find = nil", "'string' belongs to usher and can't be changed"},
        {"usher.json.encode = 1", "'json' belongs to usher"},
        {"rawset(string, 'x', 1)", "can't be changed"},
        {"rawset(_ENV, 'x', 1)", "can't be changed"},
        {"setmetatable(_ENV, {})", "can't be changed"},
        {"getmetatable('').__index = nil", "attempt to index a nil value"},
    };
    assert_all_fail(list, COUNT_OF(list));
    static const struct snippet fine[] = {
        {"local _ENV = { x = 1 } return x", "1"},
        {"local n = 0 for k in pairs(math) do n = n + 1 end return n", "25"},
        {"return ('x'):rep(2) .. #string", "xx0"},
    };
    assert_all_say(fine, COUNT_OF(fine));
}

// ---- the text of a script -------------------------------------------------------------------------------

static void assert_refused(const char *source, size_t len, const char *words)
{
    struct sandbox *s = snippet_sandbox();
    struct err e = {0};
    if (!sandbox_load(s, s->L, "briefing.lua", (struct text){source, len}, &e))
        fail_msg("accepted: %.80s", source);
    if (!strstr(e.text, words)) fail_msg("'%s' is not in: %s", words, e.text);
    assert_int_equal(lua_gettop(s->L), 0);
    sandbox_close(s);
}

static void syntax_errors_are_sentences(void **state)
{
    static const struct snippet list[] = {
        {"local t = {\n  name = 'x'\n  when = 'y' }", "briefing.lua:3: a comma is missing before 'when'"},
        {"local t = { {1} {2} }", "a comma is missing before '{'"},
        {"f(a b)", "briefing.lua:1: a comma or a ) is missing before 'b'"},
        {"local s = \xe2\x80\x9cx\xe2\x80\x9d",
            "briefing.lua:1: \xe2\x80\x9c is a typographic quote: write \" instead"},
        {"local s = 1 \xe2\x80\x93 2", "typographic dash"},
        {"x =\xc2\xa0 1", "no-break space"},
        {"event 'x' { a = 1 }\n{ b = 2 }", "briefing.lua:2: two tables follow each other"},
        {"local t = {\n end = 5 }", "briefing.lua:2: 'end' is a word of Lua itself; write ends = ..."},
        {"f { from = 1,\n  repeat = 2 }",
            "briefing.lua:2: 'repeat' is a word of Lua itself; write repeats = ..."},
        {"local a = 1\nlocal s = 'abc\nlocal b",
            "briefing.lua:2: the text that begins with 'abc has no closing quote"},
        {"local x = = 1", "briefing.lua:1: unexpected symbol near '='"},
        {"if x then", "briefing.lua:1: 'end' expected near <eof>"},
        {"goto nowhere", "briefing.lua:1: no visible label 'nowhere'"},
        {"\033Lua", "compiled Lua"},
        {"x = 1\ny = '\xff'", "briefing.lua:2: this line is not valid UTF-8"},
    };
    for (size_t i = 0; i < COUNT_OF(list); i++)
        assert_refused(list[i].code, strlen(list[i].code), list[i].says);
}

static void repeat_text(struct buf *b, const char *head, const char *piece, int n, const char *tail)
{
    buf_clear(b);
    buf_addz(b, head);
    for (int i = 0; i < n; i++) buf_addz(b, piece);
    buf_addz(b, tail);
}

static void sources_that_would_crash_lua_are_refused(void **state)
{
    struct buf b;
    buf_init(&b, 4u << 20);
    static const struct {
        const char *head, *piece, *tail, *words;
        int n;
    } list[] = {
        {"local t = {}\nreturn t", ".a", "", "briefing.lua:2: more than 200 links", 60000},
        {"return t", "[1]", "", "more than 200 links", 5000},
        {"return f", "()", "", "more than 200 links", 5000},
        {"return f", "'x'", "", "more than 200 links", 5000},
        {"return f", ":m()", "", "more than 200 links", 5000},
        {"return 'x'", "..'x'", "", "more than 200 links", 5000},
        {"return ", "(", "", "nested more than 190", 191},
        {"return ", "{", "", "nested more than 190", 5000},
        {"return ", "- ", "1", "", 300},
        {"", "do ", "", "", 300},
        {"--", "x", "", "longer than 1 MiB", 1 << 20},
    };
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        repeat_text(&b, list[i].head, list[i].piece, list[i].n, list[i].tail);
        assert_refused(b.data, b.len, list[i].words);
    }
    assert_refused("x = 1\0", 6, "not valid UTF-8");
    buf_release(&b);
}

static void sources_as_people_write_them_load(void **state)
{
    struct sandbox *s = snippet_sandbox();
    struct buf b;
    buf_init(&b, 1 << 20);
    repeat_text(&b, "", "usher.step(1, 2.5, { a = 'x' }, [[y]])\n", 1000, "return 'done'");
    assert_says(s, buf_z(&b), "done");
    repeat_text(&b, "local t = {", "{ name = 'a', list = { 1, 2 } },\n", 1000, "} return #t");
    assert_says(s, buf_z(&b), "1000");
    buf_release(&b);
    static const char *const fine[] = {
        "\xef\xbb\xbfreturn 1",
        "-- \xe2\x80\x9c\nreturn 1",
        "return #'\xe2\x80\x9c' - 2",
        "--[==[ ]] (((( ]==] return 1",
        "return #[==[x]==]",
        "local function event(n) return function(t) return n end end return event 'x' { 1 } and 1",
        "local s = 'a\\'b' return 1",
        "return #'\\z   \n x'",
        "return 0x1p0 // 1 | 0",
        "return 1 --",
        "return 1 --[[",
        "return 3 .. '' == '3' and 1",
    };
    for (size_t i = 0; i + 2 < COUNT_OF(fine); i++) assert_says(s, fine[i], "1");
    assert_says(s, fine[COUNT_OF(fine) - 1], "1");
    sandbox_close(s);
}

// ---- what flows may not share ---------------------------------------------------------------------------

// Loads and runs a script that returns its flow, freezes, and leaves a reference to the flow.
static int load_flow(struct sandbox *s, const char *name, const char *code)
{
    struct err e = {0};
    if (sandbox_load(s, s->L, name, text_of(code), &e)) fail_msg("%s", e.text);
    if (lua_pcall(s->L, 0, 1, 0)) fail_msg("%s", lua_tostring(s->L, -1));
    int ref = luaL_ref(s->L, LUA_REGISTRYINDEX);
    sandbox_freeze(s);
    assert_int_equal(lua_gettop(s->L), 0);
    return ref;
}

static void call_flow(struct sandbox *s, int ref, const char *says)
{
    lua_State *thread = lua_newthread(s->L);
    int n;
    lua_rawgeti(thread, LUA_REGISTRYINDEX, ref);
    lua_resume(thread, NULL, 0, &n);
    const char *text = luaL_tolstring(thread, -1, NULL);
    if (!strstr(text, says)) fail_msg("'%s' is not in: %s", says, text);
    lua_pop(s->L, 1);
}

static void frozen_tables_are_read_like_others(void **state)
{
    static const struct snippet list[] = {
        {"return t.b.x .. #t.list .. t.list[2]", "y330"},
        {"local r = {} for k, v in pairs(t) do r[#r + 1] = k end return table.concat(r, ' ')",
            "b list point"},
        {"local r = {} for i, v in ipairs(t.list) do r[i] = v end return table.concat(r, ' ')", "10 30 20"},
        {"return table.concat(t.list, ',') .. select('#', table.unpack(t.list))", "10,30,203"},
        {"return (next(t.b)) .. rawlen(t.list) .. rawget(t.list, 1)", "x310"},
        {"return usher.json.encode(t)", "{\"b\":{\"x\":\"y\"},\"list\":[10,30,20],\"point\":{\"n\":1}}"},
        {"return t.point:twice() .. tostring(t.point) .. tostring(getmetatable(t.point) == P)",
            "2a pointtrue"},
        {"local copy = {} for i, v in ipairs(t.list) do copy[i] = v end table.sort(copy) return "
         "table.concat(copy, ' ')",
            "10 20 30"},
        {"local q = setmetatable({ n = 5 }, P) q.n = 6 return q:twice()", "12"},
        {"return #table.move(t.list, 1, 3, 1, {}) .. #usher.json.encode(none)", "32"},
    };
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        char code[1000];
        snprintf(code, sizeof code,
            "local P = { __tostring = function() return 'a point' end } P.__index = P "
            "function P.twice(self) return 2 * self.n end local none = usher.json.array {} "
            "local t = { b = { x = 'y' }, list = { 10, 30, 20 }, point = setmetatable({ n = 1 }, P) } "
            "return function() local _ = P, none %s end",
            list[i].code);
        call_flow(s, load_flow(s, "t.lua", code), list[i].says);
    }
    sandbox_close(s);
}

static void frozen_tables_refuse_every_change(void **state)
{
    static const char *const changes[] = {"guests.x = 1", "guests[1] = nil", "guests[#guests + 1] = 'z'",
        "table.insert(guests, 'z')", "table.remove(guests)", "table.sort(guests)", "rawset(guests, 1, 2)",
        "setmetatable(guests, nil)", "table.move({ 1 }, 1, 1, 1, guests)", "usher.json.array(guests)"};
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        char code[300];
        snprintf(code, sizeof code,
            "local guests = { 'a', 'b' }\nreturn function() return guests[1],\n(function() %s end)() end",
            changes[i]);
        call_flow(s, load_flow(s, "briefing.lua", code),
            "briefing.lua:3: 'guests' belongs to the whole script and can't be changed from a flow: "
            "keep it in a local of the flow, or in usher.book");
    }
    sandbox_close(s);
}

static void freeze_finds_what_is_deep_inside(void **state)
{
    static const struct snippet list[] = {
        {"local a = {} a.b = {} a.b.c = {} a.self = a return function() a.b.c.x = 1 end", "'c' belongs"},
        {"local x = {} local function g() x.y = 1 end return function() g() end", "'x' belongs"},
        {"local k = {} local t = { [k] = 1 } return function() local _ = t k.x = 1 end", "belongs"},
        {"local C = { new = function() end } C.__index = C local o = setmetatable({}, C) return function() "
         "getmetatable(o).new = 1 end",
            "belongs"},
        {"local t = {} local mt = { __index = function() t.x = 1 end } local o = setmetatable({}, mt) return "
         "function() return o.x end",
            "'t' belongs"},
    };
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < COUNT_OF(list); i++)
        call_flow(s, load_flow(s, "t.lua", list[i].code), list[i].says);
    sandbox_close(s);
}

static void guard_puts_a_changed_variable_back(void **state)
{
    struct sandbox *s = snippet_sandbox();
    struct err e = {0};
    int ref = load_flow(s, "t.lua",
        "local count = 0\nlocal other = 'x'\nlocal function up() count = count + 1 end\n"
        "return function() up() up() other = nil return count end");
    assert_int_equal(sandbox_guard(s, &e), 0);
    for (int i = 0; i < 3; i++) {
        call_flow(s, ref, "2");
        assert_int_equal(sandbox_guard(s, &e), -(int)ERR_INPUT);
        assert_non_null(
            strstr(e.text, "'count' belongs to the whole script and can't be changed from a flow"));
        assert_non_null(strstr(e.text, "t.lua:"));
        assert_int_equal(sandbox_guard(s, &e), 0);
    }
    assert_int_equal(lua_gettop(s->L), 0);
    sandbox_close(s);
}

static void guard_leaves_locals_of_a_flow_and_the_library_alone(void **state)
{
    struct sandbox *s = snippet_sandbox();
    struct err e = {0};
    int mine = load_flow(s, "t.lua",
        "return function() local n = 0 local function up() n = n + 1 end up() return n end");
    int library = load_flow(s, "usher/count.lua",
        "local n, seen = 0, {} return function() n = n + 1 seen[n] = n return n end");
    call_flow(s, mine, "1");
    call_flow(s, library, "1");
    call_flow(s, library, "2");
    assert_int_equal(sandbox_guard(s, &e), 0);
    sandbox_close(s);
}

static void freeze_reaches_script_functions_that_the_library_keeps(void **state)
{
    struct sandbox *s = snippet_sandbox();
    struct err e = {0};
    int run = load_flow(s, "usher/hooks.lua",
        "local hooks = {} return function(f) if f then hooks[1] = f else return hooks[1]() end end");
    assert_int_equal(sandbox_load(s, s->L, "t.lua",
                         TEXT("local n, t = 0, {} return function() n = n + 1 t.x = 1 end"), &e),
        0);
    assert_int_equal(lua_pcall(s->L, 0, 1, 0), 0);
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, run);
    lua_insert(s->L, 1);
    assert_int_equal(lua_pcall(s->L, 1, 0, 0), 0);
    sandbox_freeze(s);
    call_flow(s, run, "'t' belongs");
    assert_int_equal(sandbox_guard(s, &e), -(int)ERR_INPUT);
    sandbox_close(s);
}

static void value_encode_reads_frozen_tables(void **state)
{
    struct sandbox *s = snippet_sandbox();
    struct err e = {0};
    struct buf out;
    buf_init(&out, 1000);
    int ref = load_flow(s, "t.lua",
        "local t = { list = { 1, 2 }, none = usher.json.array {} } return function() return t end");
    lua_rawgeti(s->L, LUA_REGISTRYINDEX, ref);
    lua_call(s->L, 0, 1);
    assert_int_equal(value_encode(s->L, -1, &out, &e), 0);
    struct record r = {(const uint8_t *)out.data, out.len};
    struct buf json;
    buf_init(&json, 1000);
    record_print_json(r, &json);
    assert_string_equal(buf_z(&json), "{\"list\":[1,2],\"none\":[]}");
    buf_release(&json);
    buf_release(&out);
    sandbox_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_words_are_errors_with_the_nearest),
        cmocka_unit_test(syntax_errors_are_sentences),
        cmocka_unit_test(sources_that_would_crash_lua_are_refused),
        cmocka_unit_test(sources_as_people_write_them_load),
        cmocka_unit_test(frozen_tables_are_read_like_others),
        cmocka_unit_test(frozen_tables_refuse_every_change),
        cmocka_unit_test(freeze_finds_what_is_deep_inside),
        cmocka_unit_test(guard_puts_a_changed_variable_back),
        cmocka_unit_test(guard_leaves_locals_of_a_flow_and_the_library_alone),
        cmocka_unit_test(freeze_reaches_script_functions_that_the_library_keeps),
        cmocka_unit_test(value_encode_reads_frozen_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
