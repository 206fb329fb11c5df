// SPDX-License-Identifier: MIT
// The look whether anybody is left without an owner finds whoever is.
#include "engine_rig.h"

#define SLEEPER                                                   \
    "usher.flow('guest', function() usher.sleep('2 days') end)\n" \
    "usher.start('guest', { key = 'P1' })\n"                      \
    "usher.flow('other', function() usher.sleep('1 day') end)\n"  \
    "usher.start('other', { key = 'P2' })\n"

static struct rig *asleep(void)
{
    struct rig *r = rig_with("2021-02-25 08:00", SLEEPER);
    r->may_orphan = true;
    rig_run_until(r, "2021-02-25 09:00");
    assert_text(r->owners.first, "");
    assert_true(r->owners.looks > 0);
    return r;
}

// Writes the row of the sleeping flow as a bug would.
static void spoil(struct rig *r, enum flow_state state, struct instant due)
{
    struct flow_row row = {.id = 1,
        .script = 1,
        .state = state,
        .next_due = due,
        .updated_at = virtual_now(r->world),
        .rows = 1,
        .steps = 1};
    batch_flow(r->engine->batch, &row);
    rig_settle(r);
}

static void end(struct rig *r)
{
    rig_kill(r); // what was spoilt is not sound
    rig_end(r);
}

static void a_flow_that_waits_without_a_moment_is_found(void **state)
{
    struct rig *r = asleep();
    spoil(r, FLOW_WAITING, (struct instant){0});
    assert_holds_words(r->owners.first, "guest/P1");
    assert_holds_words(r->owners.first, "nothing would wake it");
    end(r);
}

static void a_flow_that_is_ready_and_in_nobodys_hand_is_found(void **state)
{
    struct rig *r = asleep();
    spoil(r, FLOW_READY, (struct instant){0});
    assert_holds_words(r->owners.first, "it is ready, and nobody has it in hand");
    end(r);
}

static void a_moment_before_the_alarm_is_found(void **state)
{
    struct rig *r = asleep();
    spoil(r, FLOW_WAITING, rig_at("2021-02-25 10:00"));
    assert_holds_words(r->owners.first, "its moment comes before the alarm");
    end(r);
}

static void a_flow_that_stopped_without_a_word_is_found(void **state)
{
    struct rig *r = asleep();
    spoil(r, FLOW_FAILED, (struct instant){0});
    assert_holds_words(r->owners.first, "it was stopped, and nobody is told why");
    end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_that_waits_without_a_moment_is_found),
        cmocka_unit_test(a_flow_that_is_ready_and_in_nobodys_hand_is_found),
        cmocka_unit_test(a_moment_before_the_alarm_is_found),
        cmocka_unit_test(a_flow_that_stopped_without_a_word_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
