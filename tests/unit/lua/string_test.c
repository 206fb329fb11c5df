// SPDX-License-Identifier: MIT
// The string library side by side with the one of the system's Lua.
#include "snippet.h"

#include <lualib.h>
#include <stdlib.h>

// ---- side by side -----------------------------------------------------------------------------------------

struct pair_of_states {
    struct sandbox *sandbox;
    lua_State *ours, *stock;
};

static struct pair_of_states pair_open(void)
{
    struct pair_of_states p = {.sandbox = snippet_sandbox(), .stock = luaL_newstate()};
    p.ours = p.sandbox->L;
    luaL_openlibs(p.stock);
    return p;
}

static void pair_close(struct pair_of_states *p)
{
    lua_close(p->stock);
    sandbox_close(p->sandbox);
}

// A chunk that is called with (a, b, c) and gives one text.
static void pair_load(struct pair_of_states *p, const char *code)
{
    struct err e = {0};
    lua_settop(p->ours, 0);
    lua_settop(p->stock, 0);
    if (sandbox_load(p->sandbox, p->ours, "t.lua", text_of(code), &e)) fail_msg("%s", e.text);
    assert_int_equal(luaL_loadstring(p->stock, code), LUA_OK);
}

static int call(lua_State *L, struct text a, struct text b, struct text c)
{
    lua_settop(L, 1);
    lua_pushvalue(L, 1);
    lua_pushlstring(L, a.data, a.len);
    lua_pushlstring(L, b.data, b.len);
    lua_pushlstring(L, c.data, c.len);
    return lua_pcall(L, 3, 1, 0);
}

// Equal results, or an error on both sides.
static void assert_same(struct pair_of_states *p, struct text a, struct text b, struct text c)
{
    int ours = call(p->ours, a, b, c), stock = call(p->stock, a, b, c);
    bool same = (ours == LUA_OK) == (stock == LUA_OK);
    if (same && ours == LUA_OK) {
        struct text x, y;
        x.data = lua_tolstring(p->ours, -1, &x.len);
        y.data = lua_tolstring(p->stock, -1, &y.len);
        same = text_eq(x, y);
    }
    if (!same) {
        fail_msg("'%.*s' '%.*s' '%.*s': %s here, %s in Lua", (int)a.len, a.data, (int)b.len, b.data,
            (int)c.len, c.data, lua_tostring(p->ours, -1), lua_tostring(p->stock, -1));
    }
}

// ---- random patterns --------------------------------------------------------------------------------------

static uint64_t random_state;

static uint32_t roll(uint32_t sides)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % sides;
}

static const char *const pieces[] = {"a", "b", "ab", ".", "%a", "%d", "%s", "%w", "%W", "[ab]", "[^a]",
    "[a-c]", "[%d_]", "[]]", "[^]a]", "[a-]", "%b()", "%f[%w]", "%f[%W]", "(", ")", "()", "(a*)", "(.)", "%1",
    "%2", "*", "+", "-", "?", "^", "$", "%", "[", "%%", "%.", "x", "(", ")", "é", "%g", "%p", "%x", "%u",
    "%l", "%c"};
static const char *const letters[] = {"a", "b", "c", "ab", "(", ")", " ", "1", "_", "é", "]", "-", ".", "%",
    "A", "\n"};

static struct text random_text(struct buf *b, const char *const *list, uint32_t list_n, uint32_t most)
{
    buf_clear(b);
    for (uint32_t n = roll(most + 1); n; n--) buf_addz(b, list[roll(list_n)]);
    if (roll(40) == 0) buf_addc(b, 0);
    return buf_text(b);
}

static void run_random(const char *code, int rounds, uint64_t seed)
{
    struct pair_of_states p = pair_open();
    struct buf a, b, c;
    buf_init(&a, 1000);
    buf_init(&b, 1000);
    buf_init(&c, 1000);
    random_state = seed;
    pair_load(&p, code);
    static const char *const replacements[] = {"%0", "%1", "x", "%%", "%2", "<", ">", "%"};
    for (int i = 0; i < rounds; i++) {
        struct text subject = random_text(&a, letters, COUNT_OF(letters), 14);
        struct text pattern = random_text(&b, pieces, COUNT_OF(pieces), 6);
        assert_same(&p, subject, pattern, random_text(&c, replacements, COUNT_OF(replacements), 3));
    }
    buf_release(&a);
    buf_release(&b);
    buf_release(&c);
    pair_close(&p);
}

#define JOIN                                                                                           \
    "local function join(...) local r = {} for i = 1, select('#', ...) do r[i] = tostring((select(i, " \
    "...))) end "                                                                                      \
    "return table.concat(r, '|') end "

static void string_find_is_luas(void **state)
{
    run_random(JOIN "local s, p = ... return join(s:find(p))", 20000, 1);
    run_random(JOIN
        "local s, p = ... return join(s:find(p, -3)) .. join(s:find(p, 3)) .. join(s:find(p, 1, true))",
        10000, 2);
}

static void string_match_is_luas(void **state)
{
    run_random(JOIN "local s, p = ... return join(s:match(p))", 20000, 3);
}

static void string_gmatch_is_luas(void **state)
{
    run_random(JOIN
        "local s, p = ... local r = {} for a, b, c in s:gmatch(p) do r[#r + 1] = join(a, b, c) end "
        "return table.concat(r, '/')",
        20000, 4);
}

static void string_gsub_is_luas(void **state)
{
    run_random(JOIN "local s, p, r = ... return join(s:gsub(p, r))", 20000, 5);
    run_random(JOIN "local s, p = ... return join(s:gsub(p, function(...) return select('#', ...) > 1 and "
                    "join(...) end, 3))",
        10000, 6);
    run_random(JOIN "local s, p = ... return join(s:gsub(p, { a = 'A', ab = 1, b = false }))", 10000, 7);
}

// ---- format -----------------------------------------------------------------------------------------------

static void string_format_is_luas(void **state)
{
    static const char *const specs[] = {"%d", "%5d", "%-5d|", "%05d", "%+d", "% d", "%.3d", "%i", "%u", "%c",
        "%x", "%#x", "%X", "%o", "%e", "%.2E", "%f", "%10.3f", "%-10.1f|", "%+.0f", "%g", "%G", "%#g",
        "%.14g", "%a", "%.3A", "%s", "%10s", "%-10s|", "%.2s", "%q", "%%", "%", "%5", "%y", "%100d", "%.100f",
        "%--d", "%#d", "%05s", "%5q", "%5%", "%.3c", "%-+ 05d", "%------d", "%99.99f", "%ld"};
    static const char *const values[] = {"0", "1", "-1", "3.5", "-0.0", "1e100", "2^53", "math.maxinteger",
        "math.mininteger", "1/3", "'text'", "'12'", "'a\\nb\\0c\"\\\\'", "'\\1\\0012'", "true", "nil", "1/0",
        "-1/0", "('x'):rep(200)", "3.0"};
    struct pair_of_states p = pair_open();
    for (size_t i = 0; i < COUNT_OF(specs); i++) {
        for (size_t j = 0; j < COUNT_OF(values); j++) {
            char code[200];
            snprintf(code, sizeof code, "return string.format(..., %s)", values[j]);
            pair_load(&p, code);
            assert_same(&p, text_of(specs[i]), TEXT(""), TEXT(""));
        }
    }
    pair_close(&p);
}

static void string_functions_are_luas(void **state)
{
    static const char *const codes[] = {
        JOIN "local s = ... return join(s:byte(), s:byte(-1), s:byte(2, 4), s:byte(0), s:byte(-100, 100))",
        JOIN "local s = ... return join(s:sub(2), s:sub(-2), s:sub(2, -2), s:sub(0), s:sub(-100, 2), "
             "s:sub(3, 1), s:sub(1, 100))",
        JOIN "local s = ... return join(s:upper(), s:lower(), s:reverse(), s:len(), #s, s:rep(3, '-'), "
             "s:rep(0), s:rep(-1))",
        JOIN "local s = ... return join(string.char(s:byte(1, -1)))",
        JOIN
        "local s = ... return join(tonumber(s), tonumber(s, 16), tonumber(s, 36), tonumber(s .. '1', 10))",
        JOIN "local s = ... return join('10' + 1, '3' * '4', -'2', '7' // 2, '0x10' + 0, '1e1' % 3, 10 .. s)",
        JOIN "local s = ... return join(s + 1)",
        JOIN "local s = ... return join(utf8.len(s), utf8.len(s, 2), utf8.codepoint(s, 1, -1))",
        JOIN "local s = ... return join(utf8.offset(s, 2), utf8.offset(s, -1), utf8.offset(s, 0, 2))",
        JOIN "local s = ... return join(s:match(utf8.charpattern), utf8.char(72, 228, 8364, 128512))",
        JOIN "local s = ... return join(math.floor(#s / 3), #s // 2, math.tointeger(3.0), math.fmod(-#s, 3), "
             "math.modf(#s + .25))",
        JOIN "local s = ... return join(math.max(#s, 3, 2.5), math.min(#s, 3), math.ceil(#s + .5), "
             "math.abs(-#s), math.ult(1, -1))",
    };
    for (size_t i = 0; i < COUNT_OF(codes); i++) run_random(codes[i], 500, 20 + i);
}

// ---- what differs on purpose ------------------------------------------------------------------------------

static void string_library_shows_no_address(void **state)
{
    static const struct snippet list[] = {
        {"return string.format('%s %s', {}, print)", "table function"},
        {"return tostring({}) .. tostring(print)", "tablefunction"},
        {"return tostring(setmetatable({}, { __name = 'person' }))", "person"},
        {"return tostring(setmetatable({}, { __tostring = function() return 'me' end }))", "me"},
        {"return string.format('%5s|%-5s|', true, nil)", " true|nil  |"},
    };
    assert_all_say(list, COUNT_OF(list));
    static const struct snippet errors[] = {
        {"return string.format('%p', {})", "'%p' is not there"},
        {"return string.rep('x', 1 << 40)", "longer than 8 MiB"},
        {"return ('x'):rep(5000, ('y'):rep(1 << 12))", "longer than 8 MiB"},
    };
    assert_all_fail(errors, COUNT_OF(errors));
}

static void string_rep_of_nothing_ends(void **state)
{
    static const struct snippet list[] = {
        {"return #string.rep('', 1 << 60) .. #string.rep('', 1 << 60, '')", "00"}};
    assert_all_say(list, 1);
}

static void string_gsub_refuses_a_step_in_its_callback(void **state)
{
    static const struct snippet list[] = {
        {"\nreturn string.gsub('abc', '%w', usher.step)",
            "t.lua:2: a step may not be used inside string.gsub"},
        {"return ('abc'):gsub('%w', function(c) error('own words') end)", "own words"},
    };
    assert_all_fail(list, COUNT_OF(list));
}

static void utf8_codes_refuses_what_is_malformed(void **state)
{
    static const struct snippet errors[] = {
        {"for _ in utf8.codes('ab\\xff') do end", "invalid UTF-8"},
        {"for _ in utf8.codes('\\x80ab') do end", "invalid UTF-8"},
        {"for _ in utf8.codes('a\\xe4\\xb8') do end", "invalid UTF-8"},
        {"for _ in utf8.codes('\\u{D7FF}\\xbf') do end", "invalid UTF-8"},
        {"for _ in utf8.codes('\\xed\\xa0\\x80') do end", "invalid UTF-8"},
    };
    assert_all_fail(errors, COUNT_OF(errors));
    static const struct snippet list[] = {
        {"local r = {} for p, c in utf8.codes('aé€😀') do r[#r + 1] = p .. ':' .. c end return "
         "table.concat(r, ' ')",
            "1:97 2:233 4:8364 7:128512"},
        {"local n = 0 for _ in utf8.codes('') do n = n + 1 end return n", "0"},
        {"local n = 0 for _ in utf8.codes('\\u{7FFFFFFF}', true) do n = n + 1 end return n", "1"},
    };
    assert_all_say(list, COUNT_OF(list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(string_find_is_luas),
        cmocka_unit_test(string_match_is_luas),
        cmocka_unit_test(string_gmatch_is_luas),
        cmocka_unit_test(string_gsub_is_luas),
        cmocka_unit_test(string_format_is_luas),
        cmocka_unit_test(string_functions_are_luas),
        cmocka_unit_test(string_library_shows_no_address),
        cmocka_unit_test(string_rep_of_nothing_ends),
        cmocka_unit_test(string_gsub_refuses_a_step_in_its_callback),
        cmocka_unit_test(utf8_codes_refuses_what_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
