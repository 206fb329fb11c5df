// SPDX-License-Identifier: MIT
// What --guest may say, and what is wrong with it.
#include "usher/guests.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static void reads_as(const char *said, const char *json)
{
    struct buf map, text;
    struct err e = {0};
    buf_init(&map, 65536);
    buf_init(&text, 65536);
    if (guests_parse(text_of(said), &map, &e)) fail_msg("%s: %s", said, e.text);
    assert_int_equal(record_check((struct record){(uint8_t *)map.data, map.len}, &e), 0);
    record_print_json((struct record){(uint8_t *)map.data, map.len}, &text);
    assert_string_equal(buf_z(&text), json);
    buf_release(&map);
    buf_release(&text);
}

static void is_refused(const char *said, const char *sentence)
{
    struct buf map;
    struct err e = {0};
    buf_init(&map, 65536);
    assert_int_equal(guests_parse(text_of(said), &map, &e), -ERR_USAGE);
    assert_int_equal(map.len, 0);
    assert_string_equal(e.text, sentence);
    buf_release(&map);
}

static void one_word_is_everybody(void **state)
{
    reads_as("late", "{\"mix\":[{\"how\":\"late\",\"share\":100}],\"people\":{}}");
    reads_as(" no-show ", "{\"mix\":[{\"how\":\"no-show\",\"share\":100}],\"people\":{}}");
}

static void a_mixture_keeps_its_order(void **state)
{
    reads_as("no-show 20%, accepts 70 %,late 10%",
        "{\"mix\":[{\"how\":\"no-show\",\"share\":20},{\"how\":\"accepts\",\"share\":70},"
        "{\"how\":\"late\",\"share\":10}],\"people\":{}}");
}

static void one_person_may_differ(void **state)
{
    reads_as("P0042=declines", "{\"mix\":[],\"people\":{\"P0042\":\"declines\"}}");
    reads_as("silent, P2 = late,P1=bounces",
        "{\"mix\":[{\"how\":\"silent\",\"share\":100}],\"people\":{\"P1\":\"bounces\",\"P2\":\"late\"}}");
}

static void a_word_that_nobody_knows_has_its_nearest(void **state)
{
    is_refused("decline", "--guest: guests don't do 'decline' (did you mean 'declines'?)");
    is_refused("noshow 10%", "--guest: guests don't do 'noshow' (did you mean 'no-show'?)");
    is_refused("P1=lat", "--guest: guests don't do 'lat' (did you mean 'late'?)");
    is_refused("sing", "--guest: guests don't do 'sing'; what they do is accepts, declines, silent, late, "
                       "cancels, no-show or bounces");
    is_refused("", "--guest: one of its parts is empty");
}

static void shares_are_whole_and_together_at_most_a_hundred(void **state)
{
    is_refused("late 60%, silent 50%", "--guest: these are 110% of the guests: there are only a hundred");
    is_refused("late 0%", "--guest: 'late 0%' is no share of the guests: write it as in 'late 10%'");
    is_refused("late 1.5%", "--guest: 'late 1.5%' is no share of the guests: write it as in 'late 10%'");
    is_refused("late%", "--guest: guests don't do 'late%' (did you mean 'late'?)");
    is_refused("late, silent",
        "--guest: say how many of the guests do each, as in \"late 10%, no-show 20%\"");
    is_refused("late 10%, silent",
        "--guest: say how many of the guests do each, as in \"late 10%, no-show 20%\"");
}

static void a_person_is_named_once_and_by_a_key(void **state)
{
    is_refused("P1=late, P1=silent", "--guest: one person is there twice");
    is_refused("=late", "--guest: write the key of a person before =, as in P0042=late");
}

static void there_is_a_limit(void **state)
{
    char said[20 * (GUESTS_PARTS_MAX + 2)] = "";
    for (int i = 0; i <= GUESTS_PARTS_MAX; i++)
        snprintf(said + strlen(said), 20, "%sP%d=late", i ? "," : "", i);
    is_refused(said, "--guest: more than 100 parts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_word_is_everybody),
        cmocka_unit_test(a_mixture_keeps_its_order),
        cmocka_unit_test(one_person_may_differ),
        cmocka_unit_test(a_word_that_nobody_knows_has_its_nearest),
        cmocka_unit_test(shares_are_whole_and_together_at_most_a_hundred),
        cmocka_unit_test(a_person_is_named_once_and_by_a_key),
        cmocka_unit_test(there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
