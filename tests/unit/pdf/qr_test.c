// SPDX-License-Identifier: MIT
#include "pdf/qr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct qr qr_of(const char *text)
{
    struct qr qr = {0};
    struct err e = {0};
    if (qr_make(text_of(text), &qr, &e)) fail_msg("%s", e.text);
    return qr;
}

static void a_code_is_square_and_has_its_three_corners(void **state)
{
    struct qr qr = qr_of("https://events.example/c/7K4M-2Q9X-HT3W");
    assert_int_equal((qr.side - 17) % 4, 0); // ISO 18004, 5.1
    for (int i = 0; i < 7; i++) {
        assert_int_equal(qr.modules[i], 1);
        assert_int_equal(qr.modules[qr.side - 1 - i], 1);
        assert_int_equal(qr.modules[(qr.side - 1) * qr.side + i], 1);
    }
    assert_int_equal(qr.modules[7], 0);
    qr_release(&qr);
}

static void the_path_has_each_black_module_once(void **state)
{
    struct qr qr = qr_of("usher");
    struct buf path;
    int black = 0, drawn = 0;
    buf_init(&path, 1 << 16);
    qr_path(&qr, &path);
    for (int i = 0; i < qr.side * qr.side; i++) black += qr.modules[i];
    for (const char *at = buf_z(&path); (at = strchr(at, 'h')); at++) {
        int n = atoi(at + 1);
        if (n > 0) drawn += n;
    }
    assert_int_equal(drawn, black);
    assert_memory_equal(path.data, "M4 4h7v1h-7z", 12);
    buf_release(&path);
    qr_release(&qr);
}

static void the_same_text_is_the_same_code(void **state)
{
    struct qr a = qr_of("https://events.example/c/7K4M"), b = qr_of("https://events.example/c/7K4M");
    assert_int_equal(a.side, b.side);
    assert_memory_equal(a.modules, b.modules, (size_t)a.side * (size_t)a.side);
    qr_release(&a);
    qr_release(&b);
}

static void a_text_that_is_too_long_or_empty_is_refused(void **state)
{
    char text[QR_TEXT_MAX + 2];
    struct qr qr;
    struct err e = {0};
    memset(text, 'a', sizeof text);
    text[QR_TEXT_MAX + 1] = 0;
    assert_int_equal(qr_make(text_of(text), &qr, &e), -ERR_LIMIT);
    assert_int_equal(qr_make(TEXT(""), &qr, &e), -ERR_LIMIT);
}

int main(void)
{
    if (!qr_is_built_in()) {
        print_message("this usher has no QR codes\n");
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_is_square_and_has_its_three_corners),
        cmocka_unit_test(the_path_has_each_black_module_once),
        cmocka_unit_test(the_same_text_is_the_same_code),
        cmocka_unit_test(a_text_that_is_too_long_or_empty_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
