// SPDX-License-Identifier: MIT
// A database away from home plans and decides, and nothing leaves before a person says that it belongs here.
#include "engine_rig.h"

#define MAIL "usher.mail { 'm', to = 'a@x.example', subject = 's', text = 't' }"

static const char script[] = //
    "usher.describe { id = 'test', zone = 'Asia/Thimphu' }\n"
    "usher.on('outgoing', function() return usher.outgoing() end)\n"
    "usher.flow('guest', function() usher.sleep('1 day') " MAIL " end)\n"
    "usher.flow('reader', function() usher.sleep('1 day') usher.http.get { 'a', url = 'https://x.example/' } "
    "end)\n"
    "for i = 1, 3 do usher.start('guest', { key = 'P' .. i }) end usher.start('reader', { key = 'R' })\n";

// A database that was begun on machine A; the mails are due on 2 February.
static struct rig *begun(void)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->live = r->on_disk = true;
    r->machine = "machine A";
    r->file = "1 1612166400.0";
    rig_write(r, "test.lua", script);
    rig_begin(r);
    rig_run_until(r, "2021-02-01 12:00");
    return r;
}

static const char *away(struct rig *r)
{
    return rig_call(r, "outgoing", "{}");
}

static void where_it_was_made_everything_leaves(void **state)
{
    struct rig *r = begun();
    rig_restart(r);
    rig_run_until(r, "2021-02-03 08:00");
    assert_int_equal(r->effects_n, 4);
    assert_text(away(r), "{}");
    rig_end(r);
}

static void assert_nothing_leaves(struct rig *r, const char *because)
{
    rig_begin(r);
    rig_run_until(r, "2021-02-03 08:00");
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_list(r, "held", "{}"), because);
    assert_holds_words(rig_history(r, "reader", "R"), because); // no request either: nothing at all leaves
    assert_holds_words(away(r), because);
    rig_restart(r); // it stays so
    rig_run_until(r, "2021-02-03 09:00");
    assert_int_equal(r->effects_n, 0);
    assert_true(home_adopt(r->engine, TEXT("karma")));
    rig_settle(r);
    assert_int_equal(r->effects_n, 4);
    assert_text(away(r), "{}");
    assert_holds_words(rig_list(r, "audit", "{\"event\":\"test\"}"), "\"what\":\"adopt\"");
    rig_restart(r); // and so does this
    assert_false(home_adopt(r->engine, TEXT("karma")));
    rig_end(r);
}

static void on_another_machine_nothing_leaves_until_it_is_adopted(void **state)
{
    struct rig *r = begun();
    rig_kill(r);
    r->machine = "machine B";
    assert_nothing_leaves(r,
        "nothing leaves, because this database comes from another machine: if no other usher "
        "works on it any more, usher adopt");
}

static void a_copy_beside_the_original_sends_nothing(void **state)
{
    struct rig *r = begun();
    rig_kill(r);
    r->file = "2 1612180000.0";
    assert_nothing_leaves(r,
        "nothing leaves, because this database is a copy, or was moved here from another disk");
}

static void a_database_of_which_nobody_knows_the_home_sends_nothing(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->live = r->on_disk = true;
    rig_write(r, "test.lua", script);
    rig_begin(r);
    rig_run_until(r, "2021-02-01 12:00");
    rig_kill(r);
    r->machine = "machine A";
    r->file = "1 1612166400.0";
    assert_nothing_leaves(r, "nobody has said where this database belongs");
}

static void a_clock_that_went_back_stops_everything_until_it_is_right_again(void **state)
{
    struct rig *r = begun();
    rig_run_until(r, "2021-02-03 08:00");
    assert_int_equal(r->effects_n, 4);
    rig_kill(r);
    rig_clock(r, "2021-02-02 07:00");
    rig_write(r, "test.lua",
        "usher.on('outgoing', function() return usher.outgoing() end)\n"
        "usher.on('more', function() usher.start('again', { key = 'P' }) return true end)\n"
        "usher.flow('again', function() " MAIL " end)\n");
    rig_begin(r);
    rig_call(r, "more", "{}");
    assert_int_equal(r->effects_n, 4);
    assert_holds_words(away(r),
        "min before the newest entry of the database: set it right, or usher adopt if it is "
        "right");
    rig_run_until(r, "2021-02-02 07:50");
    assert_int_equal(r->effects_n, 4);
    rig_clock(r, "2021-02-02 08:30");
    rig_run_until(r, "2021-02-02 08:31");
    rig_call(r, "outgoing", "{}");
    assert_int_equal(r->effects_n, 5);
    assert_text(away(r), "{}");
    rig_end(r);
}

static void a_clock_that_is_set_back_while_usher_runs_is_noticed(void **state)
{
    struct rig *r = begun();
    rig_run_until(r, "2021-02-02 07:00");
    assert_text(away(r), "{}");
    rig_clock(r, "2021-02-01 07:00");
    rig_settle(r);
    assert_holds_words(away(r), "1440 min before");
    rig_clock(r, "2021-02-02 06:57");
    rig_settle(r);
    assert_holds_words(away(r), "1440 min before"); // not right yet
    rig_clock(r, "2021-02-02 07:01");
    assert_holds_words(rig_call(r, "outgoing", "{}"), "{");
    rig_run_until(r, "2021-02-03 08:00");
    assert_int_equal(r->effects_n, 4);
    rig_end(r);
}

static void a_clock_that_is_said_to_be_right_is_taken_as_it_is(void **state)
{
    struct rig *r = begun();
    rig_run_until(r, "2021-02-02 07:00");
    rig_kill(r);
    rig_clock(r, "2021-01-20 07:00");
    rig_begin(r);
    assert_holds_words(away(r), "the clock of this machine stands");
    assert_true(home_adopt(r->engine, TEXT("karma")));
    rig_settle(r);
    rig_restart(r);
    assert_text(away(r), "{}");
    rig_end(r);
}

static void a_few_minutes_are_no_reason(void **state)
{
    struct rig *r = begun();
    rig_run_until(r, "2021-02-02 08:00");
    rig_clock(r, "2021-02-02 07:56");
    rig_restart(r);
    assert_text(away(r), "{}");
    rig_end(r);
}

static void a_crash_around_an_adoption_sends_nothing_before_it_and_all_after_it(void **state)
{
    int64_t boundary = 1;
    for (bool crashes = true; crashes; boundary++) {
        struct rig *r = begun();
        rig_kill(r);
        r->machine = "machine B";
        r->deaths = 0;
        rig_begin(r);
        rig_run_until(r, "2021-02-03 08:00");
        assert_int_equal(r->effects_n, 0);
        virtual_crash_at(r->world, virtual_boundaries(r->world) + boundary);
        for (bool adopted = false; !adopted;) {
            home_adopt(r->engine, TEXT("karma"));
            rig_settle(r);
            adopted = strcmp(away(r), "{}") == 0;
        }
        rig_run_until(r, "2021-02-04 08:00");
        crashes = r->deaths > 0;
        for (struct rig_effect *x = r->effects; x; x = x->next)
            assert_true(x->attempt == 1 || strcmp(x->step, "mail:m") != 0);
        for (int i = 1; i <= 3; i++) { // a mail that was on its way waits for a person
            const char *key = rig_print(r, "P%d", i);
            bool asked = strstr(rig_list(r, "unsure", "{}"), key) != NULL;
            assert_text(rig_state(r, "guest", key), asked ? "waiting" : "done");
        }
        rig_end(r);
    }
    assert_true(boundary > 6);
    print_message("%d boundaries\n", (int)boundary - 2);
}

// ---- only some domains ------------------------------------------------------------------------------------

static void mails_leave_only_to_the_domains_that_were_said(void **state)
{
    static const char *const only[] = {"moic.example", "doim.example", NULL};
    struct rig *r = rig_new("2021-02-01 08:00");
    r->only = only;
    rig_write(r, "test.lua",
        "for i, to in ipairs { 'a@moic.example', 'Karma <b@MOIC.example>', 'c@doim.example', "
        "'d@other.example',\n"
        "    'e@evil-moic.example', 'f@moic.example.org', 'g@sub.moic.example' } do\n"
        "  usher.flow('f' .. i, function() return usher.mail { 'm', to = to, subject = 's', text = 't' } "
        "end)\n"
        "  usher.start('f' .. i, { key = 'K' })\nend\n"
        "usher.on('outgoing', function() return usher.outgoing() end)\n");
    rig_begin(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 3);
    assert_text(rig_result(r, "f4", "K"),
        "{\"why\":\"only mails to moic.example and doim.example leave from here\",\"sent\":false}");
    assert_holds_words(rig_history(r, "f7", "K"), "mail:m skipped: only mails to moic.example");
    assert_int_equal(rig_count(r, "done"), 7);
    assert_holds_words(rig_list(r, "mail", "{\"flow\":4,\"step\":1}"),
        "d@other.example"); // what it was is kept
    assert_text(rig_call(r, "outgoing", "{}"), "{\"only\":[\"moic.example\",\"doim.example\"]}");
    rig_restart(r); // and read again
    rig_run(r);
    assert_int_equal(r->effects_n, 3);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_it_was_made_everything_leaves),
        cmocka_unit_test(on_another_machine_nothing_leaves_until_it_is_adopted),
        cmocka_unit_test(a_copy_beside_the_original_sends_nothing),
        cmocka_unit_test(a_database_of_which_nobody_knows_the_home_sends_nothing),
        cmocka_unit_test(a_clock_that_went_back_stops_everything_until_it_is_right_again),
        cmocka_unit_test(a_clock_that_is_set_back_while_usher_runs_is_noticed),
        cmocka_unit_test(a_clock_that_is_said_to_be_right_is_taken_as_it_is),
        cmocka_unit_test(a_few_minutes_are_no_reason),
        cmocka_unit_test(a_crash_around_an_adoption_sends_nothing_before_it_and_all_after_it),
        cmocka_unit_test(mails_leave_only_to_the_domains_that_were_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
