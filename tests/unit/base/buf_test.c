// SPDX-License-Identifier: MIT
// Growing bytes with a limit, and errors in words.
#include "base/buf.h"
#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void what_does_not_fit_marks_the_buf(void **state)
{
    struct buf b;
    buf_init(&b, 10);
    buf_addz(&b, "12345678");
    buf_addz(&b, "90x");
    assert_true(b.over);
    assert_string_equal(buf_z(&b), "12345678");
    buf_addz(&b, "9"); // would fit, but what came before is missing
    assert_int_equal(b.len, 8);
    buf_clear(&b);
    assert_false(b.over);
    buf_addf(&b, "%d+%s", 1, "1");
    assert_string_equal(buf_z(&b), "1+1");
    buf_release(&b);
}

static void a_long_format_is_written_whole(void **state)
{
    struct buf b;
    char z[1000];
    memset(z, 'z', sizeof z - 1);
    z[sizeof z - 1] = 0;
    buf_init(&b, 5000);
    buf_addf(&b, "<%s>", z);
    assert_int_equal(b.len, 1001);
    assert_int_equal(b.data[1000], '>');
    size_t len;
    char *taken = buf_take(&b, &len);
    assert_int_equal(len, 1001);
    assert_int_equal(b.len, 0);
    free(taken);
    buf_release(&b);
}

static void an_error_gathers_its_place_on_the_way_up(void **state)
{
    struct err e = {0};
    assert_int_equal(err_set(&e, ERR_INPUT, "line %d is wrong", 3), -ERR_INPUT);
    assert_int_equal(err_in(&e, "reload %s", "a.lua"), -ERR_INPUT);
    assert_string_equal(e.text, "reload a.lua: line 3 is wrong");
    assert_int_equal(err_exit_code(&e), 1);
    assert_int_equal(err_set(NULL, ERR_STORAGE, "nobody reads this"), -ERR_STORAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_does_not_fit_marks_the_buf),
        cmocka_unit_test(a_long_format_is_written_whole),
        cmocka_unit_test(an_error_gathers_its_place_on_the_way_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
