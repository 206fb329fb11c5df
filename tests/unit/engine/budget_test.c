// SPDX-License-Identifier: MIT
#include "../lua/snippet.h"

// What a hostile or careless slice does; each must end, and leave the state usable.
static const char *const endless[] = {
    "while true do end",
    "while true do pcall(function() while true do end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "local function f() return f() end f()",
    "local function f() return pcall(f) end while true do f() end",
    "local t = setmetatable({}, { __index = function(t, k) return t[k + 1] end }) while true do "
    "pcall(function() return t[1] end) end",
    "repeat local x <close> = setmetatable({}, { __close = function() while true do end end }) until false",
    "goto on ::on:: goto on",
    "string.find(('a'):rep(200), ('a*'):rep(4) .. 'b')",
    "while true do pcall(string.find, ('a'):rep(200), ('a*'):rep(4) .. 'b') end",
    "string.gsub(('a'):rep(100000), '.-b', '')",
    "for _ in string.gmatch(('x'):rep(200000), '.-y') do end",
    "local t = {} for i = 1, 30000 do t[i] = i end table.sort(t, function() while true do end end)",
    "while true do table.sort({ 3, 1, 2 }, function() return true end) end",
    "for i = 1, math.huge do local t = { a = 1, b = 2 } for k in pairs(t) do t[k] = nil end end",
    "table.move({}, 1, 1 << 40, 2)",
    "while true do table.concat({ 'a', 'b' }) end",
    "while true do usher.json.decode('[1,2,3]') end",
};

static const char *const greedy[] = {
    "local a = 'x' while true do a = a .. a end",
    "local a = 'x' while true do pcall(function() a = a .. a end) end",
    "local a = ('x'):rep(1 << 20) a = a..a..a..a..a..a..a..a..a..a..a..a..a..a..a..a a = "
    "a..a..a..a..a..a..a..a..a..a..a..a..a",
    "local t = {} while true do t[#t + 1] = {} end",
    "local t = {} while true do pcall(function() t[#t + 1] = ('x'):rep(1000) .. #t end) end",
    "local t = {} for i = 1, 1 << 40 do t['k' .. i] = i end",
    "local t = {} for i = 1, 100 do t[i] = ('x'):rep((1 << 20) + i) end",
};

static void assert_struck(struct sandbox *s, const char *code, enum budget_struck struck)
{
    char text[2000];
    struct outcome_of_run o = snippet_run(s, code, text, sizeof text);
    if (o.struck != struck) fail_msg("%s: struck %d, and says: %s", code, o.struck, text);
    assert_true(o.status != LUA_OK);
}

static void assert_usable(struct sandbox *s)
{
    lua_gc(s->L, LUA_GCCOLLECT);
    assert_says(s, "local t = {} for i = 1, 1000 do t[i] = tostring(i) end return #table.concat(t)", "2893");
}

static void budget_ends_what_has_no_end(void **state)
{
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < COUNT_OF(endless); i++) {
        assert_struck(s, endless[i], BUDGET_TIME);
        assert_usable(s);
    }
    sandbox_close(s);
}

static void budget_ends_what_grows_without_end(void **state)
{
    struct sandbox *s = snippet_sandbox();
    s->budget.slice_ms = 60000; // time must not strike first, however slow the machine
    for (size_t i = 0; i < COUNT_OF(greedy); i++) {
        assert_struck(s, greedy[i], BUDGET_MEMORY);
        assert_usable(s);
    }
    sandbox_close(s);
}

static void budget_takes_garbage_for_garbage(void **state)
{
    struct sandbox *s = snippet_sandbox();
    s->budget.slice_ms = 60000; // sanitizers are slow
    assert_says(s, "local n = 0 for i = 1, 100 do local x = ('x'):rep((1 << 20) + i) n = n + #x end return n",
        "104862650");
    sandbox_close(s);
}

static void budget_leaves_deep_recursion_to_lua(void **state)
{
    struct sandbox *s = snippet_sandbox();
    assert_fails(s, "local function f() return 1 + f() end return f()", "");
    assert_usable(s);
    assert_says(s, "local function f() return pcall(f) end return tostring(f())", "true");
    assert_usable(s);
    assert_fails(s,
        "local t = setmetatable({}, {}) getmetatable(t).__index = t setmetatable(t, getmetatable(t)) return "
        "t.x",
        "loop");
    assert_usable(s);
    sandbox_close(s);
}

static void budget_error_names_the_line(void **state)
{
    struct sandbox *s = snippet_sandbox();
    assert_fails(s, "local x = 1\nwhile true do end", "t.lua:2: it computed too long");
    sandbox_close(s);
}

static void budget_counts_each_slice_anew(void **state)
{
    struct sandbox *s = snippet_sandbox();
    for (int i = 0; i < 20; i++) assert_says(s, "for i = 1, 100000 do end return 'done'", "done");
    sandbox_close(s);
}

static void budget_of_any_thread_is_the_states(void **state)
{
    struct sandbox *s = snippet_sandbox();
    lua_State *thread = lua_newthread(s->L);
    assert_ptr_equal(budget_of(thread), &s->budget);
    assert_ptr_equal(sandbox_of(thread), s);
    sandbox_close(s);
}

static void budget_accounts_for_every_byte(void **state)
{
    struct budget b;
    budget_init(&b);
    lua_State *L = lua_newstate(budget_alloc, &b);
    assert_true(b.used > 0);
    assert_int_equal(b.used, (size_t)lua_gc(L, LUA_GCCOUNT) * 1024 + (size_t)lua_gc(L, LUA_GCCOUNTB));
    lua_close(L);
    assert_int_equal(b.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budget_ends_what_has_no_end),
        cmocka_unit_test(budget_ends_what_grows_without_end),
        cmocka_unit_test(budget_takes_garbage_for_garbage),
        cmocka_unit_test(budget_leaves_deep_recursion_to_lua),
        cmocka_unit_test(budget_error_names_the_line),
        cmocka_unit_test(budget_counts_each_slice_anew),
        cmocka_unit_test(budget_of_any_thread_is_the_states),
        cmocka_unit_test(budget_accounts_for_every_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
