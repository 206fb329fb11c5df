// SPDX-License-Identifier: MIT
// What an arena keeps stays where it is.
#include "base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void copies_stay_where_they_are(void **state)
{
    struct arena a;
    struct text kept[2000];
    char source[64];
    arena_init(&a);
    for (size_t i = 0; i < 2000; i++) {
        memset(source, (int)(i % 251), sizeof source);
        kept[i] = arena_text(&a, (struct text){source, i % sizeof source});
    }
    for (size_t i = 0; i < 2000; i++) {
        memset(source, (int)(i % 251), sizeof source);
        assert_true(text_eq(kept[i], (struct text){source, i % sizeof source}));
    }
    arena_release(&a);
    assert_null(a.chunk);
}

static void large_and_aligned_pieces_are_fine(void **state)
{
    struct arena a;
    arena_init(&a);
    arena_alloc(&a, 1);
    int64_t *number = arena_alloc(&a, sizeof *number);
    assert_int_equal((uintptr_t)number % sizeof(int64_t), 0);
    memset(arena_alloc(&a, 1u << 20), 1, 1u << 20);
    memset(arena_alloc(&a, 100), 1, 100);
    arena_release(&a);
}

static void what_is_not_there_stays_so(void **state)
{
    struct arena a;
    arena_init(&a);
    assert_null(arena_record(&a, (struct record){0}).data);
    assert_int_equal(arena_text(&a, (struct text){0}).len, 0);
    assert_null(a.chunk); // and costs nothing
    arena_release(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies_stay_where_they_are),
        cmocka_unit_test(large_and_aligned_pieces_are_fine),
        cmocka_unit_test(what_is_not_there_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
