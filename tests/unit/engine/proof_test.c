// SPDX-License-Identifier: MIT
// Whether a caller knows a secret: each way to write a hash, and everything that is almost one.
#include "engine_rig.h"

#define HEX "59bbe443f29d8c88824927ab16b50692a87ad7ce359a7f4b3e7d4fc73dd6c416"
#define UPPER "59BBE443F29D8C88824927AB16B50692A87AD7CE359A7F4B3E7D4FC73DD6C416"
#define BASE64 "WbvkQ/KdjIiCSSerFrUGkqh61841mn9LPn1Pxz3WxBY="
#define SCRIPT                                                                               \
    "local hook = usher.secret('HOOK')\n" /* HMAC-SHA-256 of "hello" */                      \
    "usher.on('signed', function(r) return usher.http.proven(hook, r.given, 'hello') end)\n" \
    "usher.on('said', function(r) return usher.http.proven(hook, r.given) end)\n"            \
    "usher.on('sign', function(r) return usher.http.sign(hook, r.data) end)\n"

static bool says(struct rig *r, const char *handler, const char *given)
{
    const char *reply = rig_call(r, handler, rig_print(r, "{\"given\": \"%s\"}", given));
    if (strcmp(reply, "true") != 0) assert_text(reply, "false");
    return strcmp(reply, "true") == 0;
}

static void a_signature_is_taken_however_it_is_written(void **state)
{
    static const char *const right[] = {HEX, UPPER, "sha256=" HEX, "v1=" BASE64, BASE64,
        "WbvkQ_KdjIiCSSerFrUGkqh61841mn9LPn1Pxz3WxBY"};
    struct rig *r = rig_new("2021-02-25 08:00");
    r->live = true;
    rig_write(r, "test.lua", SCRIPT);
    rig_begin(r);
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) assert_true(says(r, "signed", right[i]));
    rig_end(r);
}

static void almost_a_signature_is_none(void **state)
{
    static const char *const wrong[] = {"", "=", "sha256=", "sha256=sha256=" HEX, HEX "0", "59bb", "x",
        "=" BASE64 "=x", "WbvkQ/KdjIiCSSerFrUGkqh61841mn9LPn1Pxz3WxBX=", "the value of HOOK", "\\u0000",
        "hello"};
    struct rig *r = rig_new("2021-02-25 08:00");
    r->live = true;
    rig_write(r, "test.lua", SCRIPT);
    rig_begin(r);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) assert_false(says(r, "signed", wrong[i]));
    char given[] = HEX;
    for (size_t i = 0; i < sizeof given - 1; i++) { // each letter changed in turn
        char before = given[i];
        given[i] = before == '0' ? '1' : '0';
        assert_false(says(r, "signed", given));
        given[i] = before;
    }
    assert_false(says(r, "signed", rig_print(r, "%0600d", 7)));
    rig_end(r);
}

static void the_secret_itself_proves_too(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->live = true;
    rig_write(r, "test.lua", SCRIPT);
    rig_begin(r);
    assert_true(says(r, "said", "the value of HOOK"));
    assert_false(says(r, "said", "the value of HOOk"));
    assert_false(says(r, "said", "the value of"));
    assert_false(says(r, "said", ""));
    assert_text(rig_call(r, "said", "{}"), "false");
    rig_end(r);
}

static void what_is_signed_proves_that_we_know_the_secret(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->live = true;
    rig_write(r, "test.lua", SCRIPT);
    rig_begin(r);
    assert_text(rig_call(r, "sign", "{\"data\": \"hello\"}"), "\"" HEX "\"");
    assert_true(strcmp(rig_call(r, "sign", "{\"data\": \"hellp\"}"), "\"" HEX "\"") != 0);
    assert_holds_words(rig_call(r, "sign", "{}"), "usher.http.sign: data");
    rig_end(r);
}

static void a_flow_signs_nothing_because_its_history_would_keep_it(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "local hook = usher.secret('HOOK')\n"
        "usher.flow('f', function() return { pcall(usher.http.sign, hook, 'x') } end)\n"
        "usher.start('f', { key = 'k' })\n");
    rig_run(r);
    assert_holds_words(rig_result(r, "f", "k"), "usher.http.sign");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signature_is_taken_however_it_is_written),
        cmocka_unit_test(almost_a_signature_is_none),
        cmocka_unit_test(the_secret_itself_proves_too),
        cmocka_unit_test(what_is_signed_proves_that_we_know_the_secret),
        cmocka_unit_test(a_flow_signs_nothing_because_its_history_would_keep_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
