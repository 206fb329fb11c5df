// SPDX-License-Identifier: MIT
#include "engine/queue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void add(struct queue *q, int64_t flow, int64_t asked_at)
{
    queue_add(q, (struct queued){.flow = flow, .asked_at = {asked_at}});
}

static void queue_is_in_the_order_in_which_things_were_asked_for(void **state)
{
    struct queue q = {0};
    for (int64_t i = 1; i <= 500; i++) add(&q, i, i * 10);
    for (int64_t i = 1; i <= 500; i++) { // taken in front, added behind: it goes round in its memory
        assert_int_equal(queue_take_first(&q).flow, i);
        add(&q, 500 + i, (500 + i) * 10);
    }
    assert_int_equal(queue_len(&q), 500);
    assert_true(q.room <= 1024);
    assert_int_equal(queue_take_last(&q).flow, 1000);
    queue_release(&q);
}

static void what_comes_back_goes_before_the_younger_and_behind_its_equals(void **state)
{
    struct queue q = {0};
    add(&q, 1, 10);
    add(&q, 2, 20);
    add(&q, 3, 30);
    assert_int_equal(queue_take_last(&q).flow, 3);
    add(&q, 4, 40);
    add(&q, 3, 30);
    add(&q, 5, 20);
    static const int64_t order[] = {1, 2, 5, 3, 4};
    for (size_t i = 0; i < 5; i++) assert_int_equal(queue_take_first(&q).flow, order[i]);
    assert_int_equal(queue_len(&q), 0);
    queue_release(&q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queue_is_in_the_order_in_which_things_were_asked_for),
        cmocka_unit_test(what_comes_back_goes_before_the_younger_and_behind_its_equals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
