// SPDX-License-Identifier: MIT
// At most so many begins within a span, wherever the span is laid.
#include "world/window.h"

#include "base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define BEGIN 1614240000000u

// Begins as many as there is room for, up to `most`; how many that were.
static size_t begin(struct window *w, uint64_t now, size_t most)
{
    size_t n = window_room(w, now, most);
    for (size_t i = 0; i < n; i++) window_note(w, now);
    return n;
}

static void four_hundred_at_a_hundred_an_hour_take_three_hours(void **state)
{
    struct window w;
    window_init(&w, HOUR_MS, 100);
    uint64_t now = BEGIN;
    size_t left = 400;
    for (left -= begin(&w, now, left); left; left -= begin(&w, now, left)) {
        assert_int_equal(window_shut_ms(&w, now), HOUR_MS);
        now += window_shut_ms(&w, now);
    }
    assert_int_equal(now - BEGIN, 3 * HOUR_MS);
    window_release(&w);
}

static void a_span_slides_and_does_not_begin_with_the_clocks_hour(void **state)
{
    struct window w;
    window_init(&w, HOUR_MS, 3);
    assert_int_equal(begin(&w, BEGIN, 2), 2);
    assert_int_equal(begin(&w, BEGIN + 50 * MINUTE_MS, 2), 1);
    assert_int_equal(window_shut_ms(&w, BEGIN + 50 * MINUTE_MS), 10 * MINUTE_MS);
    assert_int_equal(begin(&w, BEGIN + 60 * MINUTE_MS, 5), 2);
    assert_int_equal(begin(&w, BEGIN + 109 * MINUTE_MS, 5), 0);
    assert_int_equal(begin(&w, BEGIN + 110 * MINUTE_MS, 5), 1);
    window_release(&w);
}

static void without_a_limit_there_is_always_room(void **state)
{
    struct window w;
    window_init(&w, HOUR_MS, 0);
    for (int i = 0; i < 1000; i++) assert_int_equal(begin(&w, BEGIN, 64), 64);
    assert_int_equal(window_shut_ms(&w, BEGIN), 0);
    window_release(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_hundred_at_a_hundred_an_hour_take_three_hours),
        cmocka_unit_test(a_span_slides_and_does_not_begin_with_the_clocks_hour),
        cmocka_unit_test(without_a_limit_there_is_always_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
