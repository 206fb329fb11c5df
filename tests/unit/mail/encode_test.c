// SPDX-License-Identifier: MIT
#include "mail/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static void expect_body(const char *text, enum encoding encoding, const char *want)
{
    struct buf lines, out;
    buf_init(&lines, 1 << 16);
    buf_init(&out, 1 << 16);
    encode_lines(text_of(text), &lines);
    assert_int_equal(encode_choice(buf_text(&lines)), encoding);
    encode_body(buf_text(&lines), encoding, &out);
    assert_string_equal(buf_z(&out), want);
    buf_release(&out);
    buf_release(&lines);
}

static void encode_sends_plain_lines_as_they_are(void **state)
{
    expect_body("Dear all,\n\nsee you.\n", ENCODING_7BIT, "Dear all,\r\n\r\nsee you.\r\n");
    expect_body("", ENCODING_7BIT, "");
}

static void encode_makes_one_line_end_of_all(void **state)
{
    expect_body("a\rb\nc\r\nd\n\re", ENCODING_7BIT, "a\r\nb\r\nc\r\nd\r\n\r\ne\r\n");
}

static void encode_guards_dots_and_from_at_the_start_of_a_line(void **state)
{
    expect_body(".\n", ENCODING_QUOTED, "=2E\r\n");
    expect_body("From a to b\nFrom\n", ENCODING_QUOTED, "=46rom a to b\r\nFrom\r\n");
}

static void encode_guards_spaces_at_the_end_of_a_line(void **state)
{
    expect_body("-- \nKinley\n", ENCODING_QUOTED, "--=20\r\nKinley\r\n");
}

static void encode_breaks_long_lines_softly(void **state)
{
    char text[81], want[96];
    memset(text, 'x', 75);
    memcpy(text + 75, ".yyyy", 6);
    snprintf(want, sizeof want, "%.75s=\r\n=2Eyyyy\r\n", text);
    expect_body(text, ENCODING_QUOTED, want);
}

static void encode_takes_base64_where_it_is_shorter(void **state)
{
    expect_body("Grüße an alle, bis bald\n", ENCODING_QUOTED, "Gr=C3=BC=C3=9Fe an alle, bis bald\r\n");
    expect_body("བཀྲ་ཤིས\n", ENCODING_BASE64, "4L2W4L2A4L6y4LyL4L2k4L2y4L2mDQo=\r\n");
}

static void encode_base64_breaks_at_76(void **state)
{
    struct buf out;
    char data[58];
    memset(data, 0, sizeof data);
    buf_init(&out, 1 << 10);
    encode_base64((struct text){data, 57}, ENCODE_BASE64_LINE, &out);
    assert_int_equal(out.len, 78);
    buf_clear(&out);
    encode_base64((struct text){data, 58}, ENCODE_BASE64_LINE, &out);
    assert_string_equal(buf_z(&out) + 76, "\r\nAA==\r\n");
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encode_sends_plain_lines_as_they_are),
        cmocka_unit_test(encode_makes_one_line_end_of_all),
        cmocka_unit_test(encode_guards_dots_and_from_at_the_start_of_a_line),
        cmocka_unit_test(encode_guards_spaces_at_the_end_of_a_line),
        cmocka_unit_test(encode_breaks_long_lines_softly),
        cmocka_unit_test(encode_takes_base64_where_it_is_shorter),
        cmocka_unit_test(encode_base64_breaks_at_76),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
