// SPDX-License-Identifier: MIT
// Typing errors, counted and forgiven.
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static const char *const words[] = {"before", "subject", "to", "sleep", "sleep_until"};

static const char *near(const char *word)
{
    return nearest_word(text_of(word), words, sizeof words / sizeof *words);
}

static void a_distance_counts_typing_errors(void **state)
{
    assert_int_equal(nearest_distance(TEXT("sleep"), TEXT("sleep"), 3), 0);
    assert_int_equal(nearest_distance(TEXT("SLEEP"), TEXT("sleep"), 3), 0);
    assert_int_equal(nearest_distance(TEXT("slep"), TEXT("sleep"), 3), 1);
    assert_int_equal(nearest_distance(TEXT("slepe"), TEXT("sleep"), 3), 1); // swapped
    assert_int_equal(nearest_distance(TEXT("kitten"), TEXT("sitting"), 3), 3);
    assert_int_equal(nearest_distance(TEXT("mail"), TEXT("schedule"), 3), 4); // cut
}

static void the_nearest_word_is_offered(void **state)
{
    assert_string_equal(near("befor"), "before");
    assert_string_equal(near("subejct"), "subject");
    assert_string_equal(near("sleep_untill"), "sleep_until");
}

static void nothing_is_offered_when_nothing_is_near(void **state)
{
    assert_null(near("attachment"));
    assert_null(near("xxxxx"));
    char longer[200];
    memset(longer, 's', sizeof longer);
    assert_null(nearest_word((struct text){longer, sizeof longer}, words, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_distance_counts_typing_errors),
        cmocka_unit_test(the_nearest_word_is_offered),
        cmocka_unit_test(nothing_is_offered_when_nothing_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
