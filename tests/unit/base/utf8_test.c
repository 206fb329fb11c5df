// SPDX-License-Identifier: MIT
// Which bytes are text.
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void every_code_point_is_written_and_accepted(void **state)
{
    struct buf b;
    buf_init(&b, 10);
    for (uint32_t code = 0; code <= 0x10ffff; code++) {
        if (code >= 0xd800 && code <= 0xdfff) continue;
        buf_clear(&b);
        utf8_add(&b, code);
        if (utf8_step(buf_text(&b)) != b.len) fail_msg("U+%04X", (unsigned)code);
    }
    buf_release(&b);
}

static void ill_formed_bytes_are_refused(void **state)
{
    static const struct text cases[] = {
        TEXT("\x80"), TEXT("\xc0\x80"), TEXT("\xc1\xbf"), TEXT("\xc3"), TEXT("\xc3("), // stray, overlong, cut
        TEXT("\xe0\x9f\xbf"), TEXT("\xed\xa0\x80"), TEXT("\xe2\x82"), // overlong, surrogate, cut
        TEXT("\xf0\x8f\xbf\xbf"), TEXT("\xf4\x90\x80\x80"), TEXT("\xf5\x80\x80\x80"), // overlong, too large
        TEXT("twelve bytes\xff"), TEXT("sixteen bytes ok\xe2\x82"),                   // behind plain ASCII
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (utf8_valid(cases[i])) fail_msg("case %zu", i);
    }
    assert_true(utf8_valid(TEXT("")));
    assert_true(
        utf8_valid(TEXT("Thimphu \xe0\xbd\x90\xe0\xbd\xb2\xe0\xbd\x98\xe0\xbc\x8b and Gen\xc3\xa8ve")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_point_is_written_and_accepted),
        cmocka_unit_test(ill_formed_bytes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
