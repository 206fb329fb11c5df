// SPDX-License-Identifier: MIT
#include "world/smtp_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void add(struct smtp_reply *r, const char *line)
{
    smtp_reply_add(r, text_of(line));
}

static void lines_of_one_reply_are_joined(void **state)
{
    struct smtp_reply r = {0};
    add(&r, "550-5.1.1 The account\r\n");
    assert_false(r.whole);
    add(&r, "550 5.1.1 does not exist\r\n");
    assert_true(r.whole);
    assert_int_equal(r.code, 550);
    assert_string_equal(r.text, "5.1.1 The account 5.1.1 does not exist");
}

static void a_line_after_a_whole_reply_begins_the_next(void **state)
{
    struct smtp_reply r = {0};
    add(&r, "250 fine\r\n");
    add(&r, "354 go on\n");
    assert_int_equal(r.code, 354);
    assert_string_equal(r.text, "go on");
}

static void a_bare_code_is_a_reply(void **state)
{
    struct smtp_reply r = {0};
    add(&r, "250\r\n");
    assert_int_equal(r.code, 250);
    assert_true(r.whole);
    assert_string_equal(r.text, "");
}

static void what_is_no_reply_has_no_code(void **state)
{
    static const char *const lines[] = {"", "25", "2500 x", "abc", "199 x", "600 x", "HTTP/1.1 200 OK"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct smtp_reply r = {0};
        add(&r, lines[i]);
        assert_int_equal(r.code, 0);
    }
}

static void control_bytes_do_not_get_through(void **state)
{
    struct smtp_reply r = {0};
    add(&r, "550 \x1b[31mno\x07 \xff\r\n");
    assert_string_equal(r.text, "?[31mno? ?");
}

static void an_endless_reply_is_cut(void **state)
{
    struct smtp_reply r = {0};
    for (int i = 0; i < 1000; i++) add(&r, "250-more and more\r\n");
    assert_int_equal(r.len, SMTP_REPLY_MAX);
    assert_int_equal(strlen(r.text), SMTP_REPLY_MAX);
}

static void an_offer_is_a_whole_word(void **state)
{
    assert_true(smtp_reply_offers(TEXT("250-SMTPUTF8\r\n"), "SMTPUTF8"));
    assert_true(smtp_reply_offers(TEXT("250 smtputf8\r\n"), "SMTPUTF8"));
    assert_true(smtp_reply_offers(TEXT("250 SIZE 1000\r\n"), "SIZE"));
    assert_false(smtp_reply_offers(TEXT("250-SMTPUTF8X\r\n"), "SMTPUTF8"));
    assert_false(smtp_reply_offers(TEXT("250-X SMTPUTF8\r\n"), "SMTPUTF8"));
    assert_false(smtp_reply_offers(TEXT("550-SMTPUTF8\r\n"), "SMTPUTF8"));
}

static bool greylists(const char *line)
{
    struct smtp_reply r = {0};
    add(&r, line);
    return smtp_reply_greylists(&r);
}

static void greylisting_is_told_from_other_refusals(void **state)
{
    assert_true(
        greylists("450 4.2.0 <a@b>: Recipient address rejected: Greylisted, see http://postgrey\r\n"));
    assert_true(greylists("451 4.7.1 Please try again later\r\n"));
    assert_true(greylists("450 4.7.1 come back in 300 seconds\r\n"));
    assert_true(greylists("421 graylisting in action\r\n"));
    assert_false(greylists("450 4.2.1 mailbox busy\r\n"));
    assert_false(greylists("421 4.7.1 too many connections\r\n"));
    assert_false(greylists("550 5.7.1 greylist\r\n"));
    assert_false(greylists("250 greylisted no more\r\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_one_reply_are_joined),
        cmocka_unit_test(a_line_after_a_whole_reply_begins_the_next),
        cmocka_unit_test(a_bare_code_is_a_reply),
        cmocka_unit_test(what_is_no_reply_has_no_code),
        cmocka_unit_test(control_bytes_do_not_get_through),
        cmocka_unit_test(an_endless_reply_is_cut),
        cmocka_unit_test(an_offer_is_a_whole_word),
        cmocka_unit_test(greylisting_is_told_from_other_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
