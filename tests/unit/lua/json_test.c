// SPDX-License-Identifier: MIT
#include "snippet.h"

static void json_encode_is_the_same_each_time(void **state)
{
    static const struct snippet list[] = {
        {"return usher.json.encode { b = 1, a = { 1, 2, { c = true } }, [''] = 'x' }",
            "{\"\":\"x\",\"a\":[1,2,{\"c\":true}],\"b\":1}"},
        {"return usher.json.encode { 1, 1.0, 0.1, 1e300, -0.0, 9007199254740993, 1 / 3 }",
            "[1,1.0,0.1,1e+300,-0.0,9007199254740993,0.3333333333333333]"},
        {"return usher.json.encode('\"\\\\/\\n\\t\\1é€')", "\"\\\"\\\\/\\n\\t\\u0001é€\""},
        {"return usher.json.encode {} .. usher.json.encode(usher.json.array {}) .. "
         "usher.json.encode(usher.json.null)",
            "{}[]null"},
        {"return usher.json.encode(nil)", "null"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void json_encode_refuses_what_json_has_not(void **state)
{
    static const struct snippet list[] = {
        {"usher.json.encode(0 / 0)", "t.lua:1: usher.json.encode: JSON has no infinity and no NaN"},
        {"usher.json.encode { print }", "JSON has no function"},
        {"usher.json.encode { 1, nil, 3 }", "keys that are not texts"},
        {"usher.json.encode { 1, x = 2 }", "keys that are not texts"},
        {"usher.json.encode '\\xff'", "not valid UTF-8"},
        {"local t = {} t.t = t usher.json.encode(t)", "nested more than 64 deep"},
    };
    assert_all_fail(list, COUNT_OF(list));
}

static void json_decode_gives_back_what_was_written(void **state)
{
    static const struct snippet list[] = {
        {"local text = '{\"a\":[],\"b\":{},\"c\":[1,2.5,\"x\",null,true],\"d\":1.0}' "
         "return tostring(usher.json.encode(usher.json.decode(text)) == text)",
            "true"},
        {"local v = usher.json.decode ' [ 1 , 1.0 , -0 , 1e2 , 9223372036854775807 ] ' "
         "return math.type(v[1]) .. math.type(v[2]) .. v[4] .. ' ' .. v[5]",
            "integerfloat100.0 9223372036854775807"},
        {"return usher.json.decode '\"\\\\u00e9\\\\ud83d\\\\ude00\\\\/\\\\n\"'", "é😀/\n"},
        {"return tostring(usher.json.decode 'null' == usher.json.null)", "true"},
    };
    assert_all_say(list, COUNT_OF(list));
}

static void json_decode_is_strict(void **state)
{
    static const struct snippet list[] = {
        {"usher.json.decode ''", "line 1, column 1: the text ends"},
        {"usher.json.decode '{\"a\":1,\\n\"a\":2}'", "line 2, column 4: this name stands twice"},
        {"usher.json.decode '[1,]'", "no value begins like this"},
        {"usher.json.decode '{\"a\" 1}'", "a colon is missing"},
        {"usher.json.decode '[1 2]'", "an array needs"},
        {"usher.json.decode '{a:1}'", "a name in quotes"},
        {"usher.json.decode '01'", "begins with a zero"},
        {"usher.json.decode '1.'", "needs a digit"},
        {"usher.json.decode '0x10'", "something follows"},
        {"usher.json.decode 'NaN'", "no value begins"},
        {"usher.json.decode '-'", "needs a digit"},
        {"usher.json.decode '9223372036854775808'", "too large to be kept exactly"},
        {"usher.json.decode '1e999'", "too large"},
        {"usher.json.decode '\"a\\nb\"'", "control character"},
        {"usher.json.decode '\"\\xff\"'", "not valid UTF-8"},
        {"usher.json.decode '\"\\\\ud800\"'", "half a character"},
        {"usher.json.decode '\"\\\\udc00\\\\ud800\"'", "half a character"},
        {"usher.json.decode '\"\\\\u12g4\"'", "four hexadecimal digits"},
        {"usher.json.decode '\"abc'", "no closing quote"},
        {"usher.json.decode '\"\\\\x\"'", "unknown escape"},
        {"usher.json.decode(('['):rep(65) .. (']'):rep(65))", "nested more than 64 deep"},
        {"usher.json.decode '1 2'", "something follows"},
        {"usher.json.decode '\\239\\187\\1911'", "no value begins"},
    };
    assert_all_fail(list, COUNT_OF(list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_encode_is_the_same_each_time),
        cmocka_unit_test(json_encode_refuses_what_json_has_not),
        cmocka_unit_test(json_decode_gives_back_what_was_written),
        cmocka_unit_test(json_decode_is_strict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
