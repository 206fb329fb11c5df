// SPDX-License-Identifier: MIT
// Books that all events of an installation share.
#include "engine_rig.h"

#define HANDLERS(id)                                                                                         \
    "usher.describe { id = '" id "', zone = 'UTC' }\n"                                                       \
    "local function book() return usher.book('suppressed', { shared = true }) end\n"                         \
    "usher.on('" id "-set', function(r) book():set(r.key, r.value) usher.book('suppressed'):set('own', '" id \
    "') if r.raise then error('no', 0) end end)\n"                                                           \
    "usher.on('" id "-get', function(r) return book():get(r.key) end)\n"                                     \
    "usher.on('" id "-own', function() return usher.book('suppressed'):get('own') end)\n"                    \
    "usher.flow('look', function() return usher.decide('look', function() return book():get('a') or 'none' " \
    "end)"                                                                                                   \
    " end)\n"

static struct rig *two_events(void)
{
    struct rig *r = rig_new("2021-02-16 08:00");
    r->on_disk = true;
    rig_write(r, "one.lua", HANDLERS("one"));
    rig_write(r, "two.lua", HANDLERS("two") "usher.start('look', { key = 'k' })\n");
    rig_begin(r);
    return r;
}

static void what_one_event_writes_the_other_reads(void **state)
{
    struct rig *r = two_events();
    rig_call(r, "one-set", "{\"key\":\"a\",\"value\":\"bounce\"}");
    assert_text(rig_call(r, "two-get", "{\"key\":\"a\"}"), "\"bounce\"");
    assert_text(rig_call(r, "one-own", "null"), "\"one\"");
    assert_text(rig_call(r, "two-own", "null"), "null"); // a book of the same name is each event's own
    rig_run(r);
    assert_text(rig_result(r, "look", "k"), "\"bounce\"");
    rig_end(r);
}

static void it_is_there_after_a_restart(void **state)
{
    struct rig *r = two_events();
    rig_call(r, "one-set", "{\"key\":\"a\",\"value\":\"bounce\"}");
    rig_restart(r);
    assert_text(rig_call(r, "two-get", "{\"key\":\"a\"}"), "\"bounce\"");
    rig_end(r);
}

static void a_handler_that_raises_takes_it_back(void **state)
{
    struct rig *r = two_events();
    rig_call(r, "one-set", "{\"key\":\"a\",\"value\":1}");
    assert_holds_words(rig_call(r, "two-set", "{\"key\":\"a\",\"value\":2,\"raise\":true}"), "error: no");
    assert_text(rig_call(r, "one-get", "{\"key\":\"a\"}"), "1");
    assert_text(rig_call(r, "two-own", "null"), "null");
    rig_restart(r);
    assert_text(rig_call(r, "one-get", "{\"key\":\"a\"}"), "1");
    rig_end(r);
}

static void no_event_is_called_like_the_house(void **state)
{
    struct rig *r = rig_new("2021-02-16 08:00");
    rig_write(r, "one.lua", "usher.describe { id = '*' }");
    assert_holds_words(rig_try_begin(r), "an event can't be called '*'");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_event_writes_the_other_reads),
        cmocka_unit_test(it_is_there_after_a_restart),
        cmocka_unit_test(a_handler_that_raises_takes_it_back),
        cmocka_unit_test(no_event_is_called_like_the_house),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
