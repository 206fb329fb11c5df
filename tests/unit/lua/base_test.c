// SPDX-License-Identifier: MIT
#include "snippet.h"

#include "lua/lib.h"

static void pairs_visits_keys_in_a_fixed_order(void **state)
{
    static const struct snippet list[] = {
        {"local t = { b = 1, a = 2, [3] = 3, [1] = 1, [2.5] = 4, [-1] = 5, [true] = 6, [false] = 7, B = 8, "
         "[''] = 9 }"
         "local r = {} for k in pairs(t) do r[#r + 1] = tostring(k) end return table.concat(r, ' ')",
            "-1 1 3 2.5  B a b false true"},
        {"local t, n = {}, 0 for i = 100, 1, -1 do t['k' .. i] = i end "
         "for k, v in pairs(t) do n = n + 1 if n == 3 then return k .. ' ' .. v end end",
            "k100 100"},
        {"for k in pairs {} do return k end return 'empty'", "empty"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void pairs_takes_its_keys_at_the_start(void **state)
{
    static const struct snippet list[] = {
        {"local t = { a = 1, b = 2, c = 3 } local r = {} for k in pairs(t) do r[#r + 1] = k t.b = nil t[k .. "
         "'x'] = 1 end "
         "return table.concat(r)",
            "ac"},
        {"local t = {} for i = 1, 50 do t[i] = i end local n = 0 for k in pairs(t) do n = n + 1 t[k] = nil "
         "end return n .. #t",
            "500"},
        {"local t = { x = 1 } for k, v in pairs(t) do usher.step() return k .. v end", "x1"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void pairs_honours_its_metamethod_and_may_wait_there(void **state)
{
    static const struct snippet list[] = {
        {"local t = setmetatable({}, { __pairs = function(t) usher.step() return function(_, k) if not k "
         "then return 1, 2 end end, t end })"
         " for k, v in pairs(t) do return k .. v end",
            "12"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void pairs_refuses_keys_without_an_order(void **state)
{
    static const struct snippet list[] = {
        {"for k in pairs { [{}] = 1 } do end", "t.lua:1: pairs: a key is a table; only texts"},
        {"for k in pairs { [print] = 1 } do end", "a key is a function"},
        {"return next { [{}] = 1 }", "next: a key is a table"},
        {"pairs(nil)", "table expected"},
    };
    assert_all_fail(list, COUNT_OF(list));
}

static void next_goes_in_the_order_of_pairs(void **state)
{
    static const struct snippet list[] = {
        {"local t, r = { b = 1, a = 2, [1] = 3, [2.5] = 4, [true] = 5 }, {} for k in next, t do r[#r + 1] = "
         "tostring(k) end "
         "return table.concat(r, ' ')",
            "1 2.5 a b true"},
        {"return tostring(next {})", "nil"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void pcall_strips_the_position(void **state)
{
    static const struct snippet list[] = {
        {"return (select(2, pcall(error, 'words')))", "words"},
        {"return (select(2, pcall(function() error('words') end)))", "words"},
        {"return (select(2, pcall(function() local x = nil; x.y = 1 end)))",
            "attempt to index a nil value (local 'x')"},
        {"return (select(2, pcall(function() error('12:30: too late', 0) end)))", "12:30: too late"},
        {"return (select(2, pcall(function() error({ 'a' }) end)))[1]", "a"},
        {"return (select(2, xpcall(function() error('words') end, function(m) return m .. '!' end)))",
            "words!"},
        {"return table.concat({ xpcall(function(...) return ... end, print, 1, 2) }, ' ', 2)", "1 2"},
        {"return tostring(xpcall(error, function() error('again') end))", "false"},
        {"return (select(2, xpcall(error, function() error('again') end)))", "again"},
        {"return select('#', pcall(function() return 1, nil, nil end))", "4"},
        {"return tostring(select(2, pcall(error)))", "nil"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void uncaught_errors_keep_the_position(void **state)
{
    static const struct snippet list[] = {
        {"\n\nerror('words')", "t.lua:3: words"},
        {"\nlocal x = nil; x.y = 1", "t.lua:2: attempt to index a nil value (local 'x')"},
        {"assert(false, 'words')", "words"},
        {"assert(nil)", "assertion failed!"},
    };
    assert_all_fail(list, COUNT_OF(list));
}

static void steps_work_through_pcall(void **state)
{
    static const struct snippet list[] = {
        {"return (select(2, pcall(function() return usher.step('a') .. 'b' end)))", "ab"},
        {"return (select(2, pcall(function() usher.step() error('x') end)))", "x"},
        {"return (select(2, xpcall(function() usher.step() error('x') end, function(m) return usher.step(m) "
         ".. 'y' end)))",
            "xy"},
        {"local t = setmetatable({}, { __index = function(_, k) return usher.step(k) end }) return t.name",
            "name"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void setmetatable_takes_the_events_and_nothing_else(void **state)
{
    static const struct snippet list[] = {
        {"local C = {} C.__index = C function C.hello(self) return 'hello ' .. self.name end "
         "return setmetatable({ name = 'Karma' }, C):hello()",
            "hello Karma"},
        {"local mt = {} local t = setmetatable({}, mt) return tostring(getmetatable(t) == mt)", "true"},
        {"local mt = { __eq = function() return true end } return tostring(setmetatable({}, mt) == "
         "setmetatable({}, mt))",
            "true"},
        {"local mt = {} local t = setmetatable({}, mt) mt.__index = { x = 1 } setmetatable({}, mt) return "
         "t.x",
            "1"},
        {"local mt = {} local t = setmetatable({}, mt) mt.__mode = 'k' return tostring(t)", "table"},
        {"return tostring(getmetatable(''))", "nil"},
        {"return getmetatable(setmetatable({}, { __metatable = 'no' }))", "no"},
        {"return tostring(getmetatable(setmetatable(setmetatable({}, {}), nil)))", "nil"},
        {"local t = setmetatable({}, { __lt = function(a, b) return true end, __len = function() return 7 "
         "end, __call = function(_, x) return x end })"
         " return tostring(t < t) .. #t .. t(5)",
            "true75"},
    };
    assert_all_say(list, COUNT_OF(list));
    static const struct snippet errors[] = {
        {"setmetatable({}, { __gc = print })", "setmetatable: __gc is not there"},
        {"setmetatable({}, { __mode = 'k' })", "setmetatable: __mode is not there"},
        {"setmetatable(setmetatable({}, { __metatable = 1 }), {})", "protected"},
        {"setmetatable('', {})", "table expected"},
    };
    assert_all_fail(errors, COUNT_OF(errors));
}

static void machine_and_memory_are_out_of_reach(void **state)
{
    static const char *const words[] = {"os", "io", "debug", "package", "load", "loadstring", "dofile",
        "loadfile", "require", "collectgarbage", "coroutine", "_G", "newproxy"};
    struct sandbox *s = snippet_sandbox();
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        char code[80];
        snprintf(code, sizeof code, "return %s", words[i]);
        assert_fails(s, code, "unknown word");
    }
    assert_says(s, "return tostring(math.random) .. tostring(math.randomseed) .. tostring(string.dump)",
        "nilnilnil");
    sandbox_close(s);
}

static char printed[200];

static void keep_line(lua_State *L, struct text line)
{
    snprintf(printed, sizeof printed, "%.*s", (int)line.len, line.data);
}

static void print_gives_one_line_to_its_hook(void **state)
{
    struct sandbox *s = snippet_sandbox();
    lib_print_set(keep_line);
    assert_says(s, "print(1, 2.0, 'x', nil, true, {})", "");
    assert_string_equal(printed, "1\t2.0\tx\tnil\ttrue\ttable");
    lib_print_set(NULL);
    sandbox_close(s);
}

static void raw_access_sees_what_is_there(void **state)
{
    static const struct snippet list[] = {
        {"local t = setmetatable({}, { __index = { x = 1 } }) return tostring(rawget(t, 'x'))", "nil"},
        {"local t = rawset({}, 'x', 1) return t.x .. rawlen { 1, 2 } .. rawlen 'abc'", "123"},
        {"return select('#', select(2, 'a', 'b', 'c')) .. select(-1, 'a', 'b')", "2b"},
        {"local r = {} for i, v in ipairs { 'a', 'b', nil, 'd' } do r[i] = v end return table.concat(r)",
            "ab"},
    };
    assert_all_say(list, COUNT_OF(list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_visits_keys_in_a_fixed_order),
        cmocka_unit_test(pairs_takes_its_keys_at_the_start),
        cmocka_unit_test(pairs_honours_its_metamethod_and_may_wait_there),
        cmocka_unit_test(pairs_refuses_keys_without_an_order),
        cmocka_unit_test(next_goes_in_the_order_of_pairs),
        cmocka_unit_test(pcall_strips_the_position),
        cmocka_unit_test(uncaught_errors_keep_the_position),
        cmocka_unit_test(steps_work_through_pcall),
        cmocka_unit_test(setmetatable_takes_the_events_and_nothing_else),
        cmocka_unit_test(machine_and_memory_are_out_of_reach),
        cmocka_unit_test(print_gives_one_line_to_its_hook),
        cmocka_unit_test(raw_access_sees_what_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
