// SPDX-License-Identifier: MIT
// Ids to pointers, put and taken in any order.
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static int things[5000];

static void what_was_put_is_found(void **state)
{
    struct map m;
    map_init(&m);
    assert_null(map_find(&m, 1));
    for (int64_t id = 1; id < 5000; id++) map_put(&m, id, &things[id]);
    map_put(&m, 7, &things[0]); // replaces
    assert_int_equal(m.n, 4999);
    assert_ptr_equal(map_find(&m, 7), &things[0]);
    assert_ptr_equal(map_find(&m, 4999), &things[4999]);
    assert_null(map_find(&m, 5000));
    map_release(&m);
}

static void what_was_taken_is_gone_and_the_rest_stays(void **state)
{
    struct map m;
    map_init(&m);
    for (int64_t id = 1; id < 5000; id++) map_put(&m, id * INT64_C(1000003), &things[id]);
    for (int64_t id = 1; id < 5000; id += 3)
        assert_ptr_equal(map_take(&m, id * INT64_C(1000003)), &things[id]);
    for (int64_t id = 1; id < 5000; id++)
        assert_ptr_equal(map_find(&m, id * INT64_C(1000003)), id % 3 == 1 ? NULL : &things[id]);
    assert_null(map_take(&m, 1));
    map_release(&m);
}

static void each_visits_everything_once(void **state)
{
    struct map m;
    void *value;
    int visits[50] = {0};
    map_init(&m);
    for (int64_t id = 1; id < 50; id++) map_put(&m, -id, &visits[id]);
    for (size_t i = 0; map_each(&m, &i, &value);) ++*(int *)value;
    for (int id = 1; id < 50; id++) assert_int_equal(visits[id], 1);
    map_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_found),
        cmocka_unit_test(what_was_taken_is_gone_and_the_rest_stays),
        cmocka_unit_test(each_visits_everything_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
