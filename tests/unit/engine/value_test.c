// SPDX-License-Identifier: MIT
#include "../lua/snippet.h"

#include "engine/value.h"

// Encodes what the snippet returns; hex or the error.
static void encode(struct sandbox *s, const char *code, char *hex, size_t room)
{
    struct err e = {0};
    struct buf out;
    lua_State *L = s->L;
    buf_init(&out, RECORD_LEN_MAX + 1000);
    if (sandbox_load(s, L, "t.lua", text_of(code), &e)) fail_msg("%s", e.text);
    if (lua_pcall(L, 0, 1, 0)) fail_msg("%s", lua_tostring(L, -1));
    int top = lua_gettop(L), failed = value_encode(L, -1, &out, &e);
    assert_int_equal(lua_gettop(L), top);
    if (failed) {
        snprintf(hex, room, "%s", e.text);
    } else {
        struct record r = {(const uint8_t *)out.data, out.len};
        if (record_check(r, &e)) fail_msg("%s: %s", code, e.text);
        hex[0] = 0;
        for (size_t i = 0; i < out.len && 2 * i + 3 < room; i++) snprintf(hex + 2 * i, 3, "%02x", r.data[i]);
    }
    buf_release(&out);
    lua_settop(L, 0);
}

static void value_encode_writes_canonical_cbor(void **state)
{
    static const struct snippet list[] = {
        {"return nil", "f6"},
        {"return true", "f5"},
        {"return 0", "00"},
        {"return -1", "20"},
        {"return 1000000", "1a000f4240"},
        {"return math.mininteger", "3b7fffffffffffffff"},
        {"return 1.0", "fb3ff0000000000000"},
        {"return 'é'", "62c3a9"},
        {"return '\\xff'", "41ff"},
        {"return { 1, 2, 3 }", "83010203"},
        {"return {}", "a0"},
        {"return usher.json.array {}", "80"},
        {"return usher.json.null", "f6"},
        {"return { a = usher.json.null }", "a16161f6"},
        {"return { bb = 1, a = 2, [10] = 3, [-1] = 4, c = 5 }", "a50a032004616102616305626262"
                                                                "01"},
        {"return { { x = 1 }, {} }", "82a1617801a0"},
        {"return { [2] = 'b' }", "a1026162"},
        {"return setmetatable({ x = 1 }, { __index = { y = 2 } })", "a1617801"},
        {"local t = {} local u = { t, t } return u", "82a0a0"},
    };
    struct sandbox *s = snippet_sandbox();
    char hex[400];
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        encode(s, list[i].code, hex, sizeof hex);
        assert_string_equal(hex, list[i].says);
    }
    sandbox_close(s);
}

static void value_encode_names_the_path_of_what_it_refuses(void **state)
{
    static const struct snippet list[] = {
        {"return { people = { { mail = 1 }, {}, { mail = print } } }",
            "value.people[3].mail: a function can't be kept"},
        {"return print", "value: a function can't be kept"},
        {"local t = {} t.self = { t } return t", "value.self[1].self[1]"},
        {"local t = {} t.self = t return t", "this table is inside itself"},
        {"local t = {} for i = 1, 70 do t = { t } end return t", "nested more than 64 deep"},
        {"return { [1.5] = 1 }", "a text or a whole number"},
        {"return { [true] = 1 }", "a text or a whole number"},
        {"local t = {} for i = 1, 1200 do t[i] = ('x'):rep(8000) end return t", "longer than 8 MiB"},
    };
    struct sandbox *s = snippet_sandbox();
    char text[1100];
    for (size_t i = 0; i < COUNT_OF(list); i++) {
        encode(s, list[i].code, text, sizeof text);
        if (!strstr(text, list[i].says)) fail_msg("'%s' is not in: %s", list[i].says, text);
    }
    sandbox_close(s);
}

static void value_push_gives_back_what_was_encoded(void **state)
{
    static const char *const codes[] = {
        "return { 1, 1.0, 'x', true, false, { a = { b = { 1, 2 } } }, { [-5] = 'minus', [5] = 'plus' } }",
        "local t = {} for i = 1, 300 do t['key' .. i] = { i, i / 2 } end return t",
        "return { '\\0\\255', '', 'é' }",
        "local t = {} for i = 1, 63 do t = { t } end return t",
    };
    struct sandbox *s = snippet_sandbox();
    lua_State *L = s->L;
    for (size_t i = 0; i < COUNT_OF(codes); i++) {
        struct err e = {0};
        struct buf first, again;
        buf_init(&first, 1 << 20);
        buf_init(&again, 1 << 20);
        assert_int_equal(sandbox_load(s, L, "t.lua", text_of(codes[i]), &e), 0);
        assert_int_equal(lua_pcall(L, 0, 1, 0), 0);
        assert_int_equal(value_encode(L, -1, &first, &e), 0);
        value_push(L, (struct record){(const uint8_t *)first.data, first.len});
        assert_int_equal(value_encode(L, -1, &again, &e), 0);
        assert_true(text_eq(buf_text(&first), buf_text(&again)));
        buf_release(&first);
        buf_release(&again);
        lua_settop(L, 0);
    }
    sandbox_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(value_encode_writes_canonical_cbor),
        cmocka_unit_test(value_encode_names_the_path_of_what_it_refuses),
        cmocka_unit_test(value_push_gives_back_what_was_encoded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
