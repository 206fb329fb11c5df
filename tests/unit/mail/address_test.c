// SPDX-License-Identifier: MIT
#include "mail/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void expect(const char *in, const char *name, const char *address)
{
    struct mail_address a;
    struct err e = {0};
    assert_int_equal(mail_address_parse(text_of(in), &a, &e), 0);
    assert_string_equal(a.name, name);
    assert_string_equal(a.address, address);
}

static void expect_refused(const char *in, const char *because)
{
    struct mail_address a;
    struct err e = {0};
    assert_int_equal(mail_address_parse(text_of(in), &a, &e), -ERR_INPUT);
    if (!strstr(e.text, because)) fail_msg("\"%s\" was refused with: %s", in, e.text);
}

static void address_may_stand_alone_or_behind_a_name(void **state)
{
    expect("pt@example.bt", "", "pt@example.bt");
    expect("  <pt@example.bt> ", "", "pt@example.bt");
    expect("Dasho Phuntsho Tobgay <pt@example.bt>", "Dasho Phuntsho Tobgay", "pt@example.bt");
    expect("\"Lallana, Emmanuel C.\" <el@example.ph>", "Lallana, Emmanuel C.", "el@example.ph");
    expect("\"a \\\"b\\\" \\\\ c\" <x@y.bt>", "a \"b\" \\ c", "x@y.bt");
    expect("བཀྲ་ཤིས། <t@example.bt>", "བཀྲ་ཤིས།", "t@example.bt");
    expect("O'Neil+list=a@mail-1.example", "", "O'Neil+list=a@mail-1.example");
    expect("root@localhost", "", "root@localhost");
}

static void address_takes_a_name_literally(void **state)
{
    expect("=?utf-8?q?Bcc?= <a@b.c>", "=?utf-8?q?Bcc?=", "a@b.c");
}

static void address_is_never_two(void **state)
{
    expect_refused("a@b.c, d@e.f", "not allowed");
    expect_refused("a@b.c, D <d@e.f>", "double quotes");
    expect_refused("\"A\" <a@b.c>, \"B\" <d@e.f>", "not allowed");
    expect_refused("<a@b.c> <d@e.f>", "not allowed");
    expect_refused("Team: a@b.c;", "not allowed");
    expect_refused("<@relay.example:a@b.c>", "not allowed");
    expect_refused("a@b.c (comment)", "only letters");
    expect_refused("Kinley (MoIC) <k@b.c>", "double quotes");
}

static void address_says_what_is_wrong(void **state)
{
    expect_refused("", "empty");
    expect_refused("kinley", "no @");
    expect_refused("@b.c", "before the @");
    expect_refused("a@", "behind the @");
    expect_refused("a..b@c.d", "two dots");
    expect_refused(".a@c.d", "a dot");
    expect_refused("a@c..d", "a dot");
    expect_refused("a@-c.d", "\"-\"");
    expect_refused("a@[127.0.0.1]", "only letters");
    expect_refused("\"a b\"@c.d", "must follow");
    expect_refused("\"A <a@b.c>", "closing");
    expect_refused("A <a@b.c", "must end with >");
    expect_refused("=?x?q?y?=@b.c", "decode");
    expect_refused("a@b\u00fccher.example", "xn--");
    expect_refused("a\u2028@b.c", "invisible");
    expect_refused("a\r\nBcc: x@y@b.c", "line break");
    expect_refused("a\xff@b.c", "UTF-8");
}

static void address_keeps_to_the_lengths_of_smtp(void **state)
{
    char in[400];
    memset(in, 'a', sizeof in);
    memcpy(in + 64, "@b.c", 5);
    expect(in, "", in);
    in[64] = 'a';
    memcpy(in + 65, "@b.c", 5);
    expect_refused(in, "64 bytes");
    memset(in, 'n', 256);
    memcpy(in + 256, " <a@b.c>", 9);
    expect_refused(in, "255 bytes");
    memcpy(in, "a@", 2);
    memset(in + 2, 'd', 64);
    memcpy(in + 66, ".bt", 4);
    expect_refused(in, "63 bytes");
}

static void address_may_be_utf8_before_the_at(void **state)
{
    expect("\u00fc@example.bt", "", "\u00fc@example.bt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(address_may_stand_alone_or_behind_a_name),
        cmocka_unit_test(address_takes_a_name_literally),
        cmocka_unit_test(address_is_never_two),
        cmocka_unit_test(address_says_what_is_wrong),
        cmocka_unit_test(address_keeps_to_the_lengths_of_smtp),
        cmocka_unit_test(address_may_be_utf8_before_the_at),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
