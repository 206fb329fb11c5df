// SPDX-License-Identifier: MIT
// The files that usher brings: each is there, with the hash that its bytes have.
#include "base/embedded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void every_file_has_the_hash_of_its_bytes(void **state)
{
    size_t n = 0;
    for (const struct embedded_file *f = embedded_files; f->name; f++, n++) {
        assert_true(hash_eq(f->hash, hash_of((struct text){f->data, f->len})));
    }
    assert_true(n > 50);
}

static void the_hash_of_another_text_under_that_name_is_worked_out(void **state)
{
    struct text own = embedded_find("scripts/usher/mail.lua");
    assert_non_null(own.data);
    assert_true(hash_eq(embedded_hash("scripts/usher/mail.lua", own), hash_of(own)));
    own.len--;
    assert_true(hash_eq(embedded_hash("scripts/usher/mail.lua", own), hash_of(own)));
    assert_true(hash_eq(embedded_hash("no such file", TEXT("abc")), hash_of(TEXT("abc"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_has_the_hash_of_its_bytes),
        cmocka_unit_test(the_hash_of_another_text_under_that_name_is_worked_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
