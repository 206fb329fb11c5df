// SPDX-License-Identifier: MIT
#include "mail/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void expect_text(const char *value, const char *want)
{
    struct header h;
    struct buf out;
    buf_init(&out, 1 << 16);
    header_begin(&h, &out, "Subject");
    header_text(&h, text_of(value));
    header_end(&h);
    assert_string_equal(buf_z(&out), want);
    buf_release(&out);
}

static void expect_phrase(const char *name, const char *want)
{
    struct header h;
    struct buf out;
    buf_init(&out, 1 << 16);
    header_begin(&h, &out, "To");
    header_phrase(&h, text_of(name));
    assert_string_equal(buf_z(&out), want);
    buf_release(&out);
}

static void expect_param(const char *value, const char *want)
{
    struct header h;
    struct buf out;
    buf_init(&out, 1 << 16);
    header_begin(&h, &out, "Content-Disposition");
    header_word(&h, TEXT("attachment"));
    header_param(&h, "filename", text_of(value));
    assert_string_equal(buf_z(&out), want);
    buf_release(&out);
}

static void header_leaves_plain_words_alone(void **state)
{
    expect_text("Join us at 14:00", "Subject: Join us at 14:00\r\n");
    expect_text("", "Subject:\r\n");
}

static void header_folds_at_spaces(void **state)
{
    expect_text("one two three four five six seven eight nine ten eleven twelve thirteen fourteen",
        "Subject: one two three four five six seven eight nine ten eleven twelve\r\n"
        " thirteen fourteen\r\n");
}

static void header_encodes_what_is_not_ascii(void **state)
{
    expect_text("Grüße aus Genf", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_aus_Genf?=\r\n");
    expect_text("བཀྲ་ཤིས", "Subject: =?utf-8?b?4L2W4L2A4L6y4LyL4L2k4L2y4L2m?=\r\n");
    expect_text("a\u2028Bcc: b", "Subject: =?utf-8?b?YeKAqEJjYzogYg==?=\r\n");
}

static void header_encodes_what_looks_encoded(void **state)
{
    expect_text("=?utf-8?q?Bcc?=", "Subject: =?utf-8?b?PT91dGYtOD9xP0JjYz89?=\r\n");
}

static void header_keeps_spaces_that_a_fold_might_eat(void **state)
{
    expect_text(" a", "Subject: =?utf-8?q?_a?=\r\n");
    expect_text("a ", "Subject: =?utf-8?q?a_?=\r\n");
    expect_text("a  b", "Subject: =?utf-8?q?a__b?=\r\n");
    expect_text("a\tb", "Subject: =?utf-8?b?YQli?=\r\n");
}

static void header_splits_encoded_words_between_characters(void **state)
{
    struct header h;
    struct buf out, value;
    buf_init(&out, 1 << 16);
    buf_init(&value, 1 << 16);
    for (int i = 0; i < 100; i++) buf_addz(&value, i % 3 ? "ཀ" : "a");
    header_begin(&h, &out, "Subject");
    header_text(&h, buf_text(&value));
    header_end(&h);
    for (const char *line = buf_z(&out); *line; line = strstr(line, "\r\n") + 2) {
        size_t len = (size_t)(strstr(line, "\r\n") - line);
        assert_true(len <= 76);
        assert_memory_equal(line + len - 2, "?=", 2);
    }
    buf_release(&value);
    buf_release(&out);
}

static void header_quotes_names_only_where_it_must(void **state)
{
    expect_phrase("Dasho Phuntsho", "To: Dasho Phuntsho");
    expect_phrase("Dr. E. Lallana", "To: \"Dr. E. Lallana\"");
    expect_phrase("a \"b\" \\c", "To: \"a \\\"b\\\" \\\\c\"");
    expect_phrase("<x@y>, B", "To: \"<x@y>, B\"");
    expect_phrase("Ünal", "To: =?utf-8?b?w5xuYWw=?=");
}

static void header_writes_file_names_by_rfc_2231(void **state)
{
    expect_param("a.pdf", "Content-Disposition: attachment; filename=a.pdf");
    expect_param("my file.pdf", "Content-Disposition: attachment; filename=\"my file.pdf\"");
    expect_param("ü\".pdf", "Content-Disposition: attachment; filename*=utf-8''%C3%BC%22.pdf");
    expect_param("a-file-name-that-goes-on-and-on-until-it-does-not-fit-on-one-line.pdf",
        "Content-Disposition: attachment; filename*0*=utf-8''a-file-name-that-;\r\n"
        " filename*1*=goes-on-and-on-un; filename*2*=til-it-does-not-f;\r\n"
        " filename*3*=it-on-one-line.pd; filename*4*=f");
}

static void header_refuses_control_characters(void **state)
{
    struct err e = {0};
    assert_int_equal(header_check("the subject", TEXT("a\r\nBcc: b"), &e), -ERR_INPUT);
    assert_string_equal(e.text, "the subject has a line break at byte 2; a header is one line: remove it");
    assert_int_equal(header_check("the subject", TEXT("a\0b"), &e), -ERR_INPUT);
    assert_int_equal(header_check("the subject", TEXT("a\x7f"), &e), -ERR_INPUT);
    assert_int_equal(header_check("the subject", TEXT("a\xff"), &e), -ERR_INPUT);
    assert_int_equal(header_check("the subject", TEXT("a\tb \u202e"), &e), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_leaves_plain_words_alone),
        cmocka_unit_test(header_folds_at_spaces),
        cmocka_unit_test(header_encodes_what_is_not_ascii),
        cmocka_unit_test(header_encodes_what_looks_encoded),
        cmocka_unit_test(header_keeps_spaces_that_a_fold_might_eat),
        cmocka_unit_test(header_splits_encoded_words_between_characters),
        cmocka_unit_test(header_quotes_names_only_where_it_must),
        cmocka_unit_test(header_writes_file_names_by_rfc_2231),
        cmocka_unit_test(header_refuses_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
