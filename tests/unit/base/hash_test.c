// SPDX-License-Identifier: MIT
// Known answers of the hashes, and what tells two inputs apart.
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void a_hash_is_sha256(void **state)
{
    char hex[2 * HASH_LEN + 1];
    hash_hex(hash_of(TEXT("abc")), hex);
    assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void two_lists_with_the_same_bytes_hash_differently(void **state)
{
    struct hasher a, b;
    hasher_init(&a);
    hasher_init(&b);
    hasher_add(&a, TEXT("ab"));
    hasher_add(&a, TEXT("c"));
    hasher_add(&b, TEXT("a"));
    hasher_add(&b, TEXT("bc"));
    assert_false(hash_eq(hasher_end(&a), hasher_end(&b)));
}

static void a_derivation_is_hmac_sha256(void **state)
{
    char hex[2 * HASH_LEN + 1];
    hash_hex(hash_derive(TEXT("Jefe"), TEXT("what do ya want for nothing?")), hex); // RFC 4231, case 2
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void a_sum_depends_on_the_one_before(void **state)
{
    uint64_t first = hash_sum(0, TEXT("row"));
    assert_true(first == hash_sum(0, TEXT("row")));
    assert_true(first != hash_sum(0, TEXT("rov")));
    assert_true(first != hash_sum(1, TEXT("row")));
    assert_true(hash_sum(first, TEXT("row")) != first);
}

static void base64url_has_no_padding(void **state)
{
    struct buf out;
    buf_init(&out, 200);
    hash_base64url(TEXT("\xfb\xff\xfe?"), &out);
    assert_string_equal(buf_z(&out), "-__-Pw");
    buf_clear(&out);
    char zeros[50] = {0}; // longer than the piece it is written in
    hash_base64url((struct text){zeros, sizeof zeros}, &out);
    assert_int_equal(out.len, 67);
    assert_int_equal(strspn(out.data, "A"), 67);
    buf_release(&out);
}

static void random_bytes_differ(void **state)
{
    uint8_t a[16], b[16];
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_sha256),
        cmocka_unit_test(two_lists_with_the_same_bytes_hash_differently),
        cmocka_unit_test(a_derivation_is_hmac_sha256),
        cmocka_unit_test(a_sum_depends_on_the_one_before),
        cmocka_unit_test(base64url_has_no_padding),
        cmocka_unit_test(random_bytes_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
