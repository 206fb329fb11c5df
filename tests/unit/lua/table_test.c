// SPDX-License-Identifier: MIT
#include "snippet.h"

static void sort_keeps_equal_elements_in_order(void **state)
{
    static const struct snippet list[] = {
        {"local t = {} for i = 1, 3000 do t[i] = { key = i % 7, at = i } end "
         "table.sort(t, function(a, b) return a.key < b.key end) "
         "for i = 2, #t do if t[i - 1].key > t[i].key or (t[i - 1].key == t[i].key and t[i - 1].at > "
         "t[i].at) then "
         "return 'wrong at ' .. i end end return 'stable'",
            "stable"},
        {"local t = { 3, 1, 2.5, -1, 3 } table.sort(t) return table.concat(t, ' ')", "-1 1 2.5 3 3"},
        {"local t = { 'b', 'a', 'é', 'B' } table.sort(t) return table.concat(t, ' ')", "B a b é"},
        {"local t = { 1, 2, 3 } table.sort(t, function(a, b) return a > b end) return table.concat(t, ' ')",
            "3 2 1"},
        {"local t = {} table.sort(t) t[1] = 1 table.sort(t) return #t", "1"},
        {"local mt = { __lt = function(a, b) return a.n < b.n end } local t = {} "
         "for i = 1, 9 do t[i] = setmetatable({ n = i * 5 % 9 }, mt) end table.sort(t) return t[1].n .. "
         "t[9].n",
            "08"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void sort_survives_any_comparison(void **state)
{
    static const struct snippet list[] = {
        {"local t = {} for i = 1, 500 do t[i] = i end table.sort(t, function() return true end) return #t",
            "500"},
        {"local t = { 1, 2, 3 } table.sort(t, function(a, b) t[1] = nil t[2] = nil return a < b end) return "
         "#t",
            "3"},
        {"local t = { 1, 2, 3 } return tostring(pcall(table.sort, t, function() error('x') end)) .. #t",
            "false3"},
    };
    assert_all_say(list, COUNT_OF(list));
    static const struct snippet errors[] = {
        {"\ntable.sort({ 3, 1, 2 }, function(a, b) usher.step() return a < b end)",
            "t.lua:2: a step may not be used inside table.sort"},
        {"table.sort { 1, 'x' }", "t.lua:1: table.sort: a "},
        {"table.sort { {}, {} }", "a table and a table have no order"},
        {"table.sort({ 1, 2 }, 5)", "function expected"},
    };
    assert_all_fail(errors, COUNT_OF(errors));
}

static void table_functions_are_luas(void **state)
{
    static const struct snippet list[] = {
        {"local t = { 1, 2, 3 } table.insert(t, 4) table.insert(t, 1, 0) table.insert(t, 3, 9) return "
         "table.concat(t, ' ')",
            "0 1 9 2 3 4"},
        {"local t = { 1, 2, 3, 4 } return table.remove(t) .. table.remove(t, 1) .. #t .. "
         "tostring(table.remove(t, 3))",
            "412nil"},
        {"return tostring(table.remove {})", "nil"},
        {"local t = { 1, 2, 3 } table.move(t, 1, 3, 2) return table.concat(t, ' ')", "1 1 2 3"},
        {"local t = { 1, 2, 3 } table.move(t, 2, 3, 1) return table.concat(t, ' ')", "2 3 3"},
        {"return #table.move({ 1, 2, 3 }, 1, 3, 1, {})", "3"},
        {"local t = table.pack(1, nil, 3) return t.n .. tostring(t[2])", "3nil"},
        {"return select('#', table.unpack({ 1, 2, nil, 4 }, 1, 4)) .. select(2, table.unpack { 'a', 'b' })",
            "4b"},
        {"return table.concat({ 1, 2, 3 }, ', ', 2) .. table.concat({}, 'x') .. table.concat({ 'a', 2.5 }, "
         "'-')",
            "2, 3a-2.5"},
    };
    assert_all_say(list, COUNT_OF(list));
    static const struct snippet errors[] = {
        {"table.insert({ 1 }, 5, 1)", "position out of bounds"},
        {"table.remove({ 1 }, 5)", "position out of bounds"},
        {"table.insert({}, 1, 2, 3)", "wrong number of arguments"},
        {"table.concat { {} }", "invalid value (at index 1) in table for 'concat': a table"},
        {"table.unpack({}, 1, 1 << 40)", "too many results"},
        {"table.move({}, 1, math.maxinteger, 2)", "wrap around"},
    };
    assert_all_fail(errors, COUNT_OF(errors));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sort_keeps_equal_elements_in_order),
        cmocka_unit_test(sort_survives_any_comparison),
        cmocka_unit_test(table_functions_are_luas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
