// SPDX-License-Identifier: MIT
// Retries and their end, and what becomes of a mail when nobody knows whether it arrived.
#include "engine_rig.h"

#define MAIL(name, more) "usher.mail { '" name "', to = 'a@x.example', subject = 's', text = 't'" more " }"
#define FLOW(body) "usher.flow('f', function()\n" body "\nend)\nusher.start('f', { key = 'P1' })\n"

// A mail server that says `says` to the first `times` mails and takes the rest.
struct server {
    enum outcome says;
    const char *words;
    int times;
};

static enum outcome on_mail(void *ctx, const struct rig_effect *effect, const char **note, const char **value)
{
    struct server *s = ctx;
    (void)effect, (void)value;
    if (s->times == 0) return OUTCOME_OK;
    s->times--;
    *note = s->words;
    return s->says;
}

static struct rig *rig_with_server(const char *script, struct server *s)
{
    struct rig *r = rig_with("2021-02-25 08:00", script);
    r->peer = on_mail;
    r->peer_ctx = s;
    return r;
}

static void a_mail_that_is_refused_for_now_is_tried_again_later_and_later(void **state)
{
    struct server busy = {OUTCOME_AGAIN, "451 come again", 4};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", "")), &busy);
    rig_run(r);
    assert_int_equal(r->effects_n, 5);
    int64_t pause = 0;
    for (struct rig_effect *x = r->effects; x->next; x = x->next) {
        int64_t next = instant_since(x->next->at, x->at);
        assert_true(next >= MINUTE_MS * 8 / 10 && next > pause); // a fifth of spread does not hide a doubling
        assert_text(x->next->message_id, r->effects->message_id);
        pause = next;
    }
    assert_text(rig_result(r, "f", "P1"), "{\"sent\":true,\"reply\":\"250 fine\"}");
    rig_end(r);
}

static void retries_end_at_the_limit_of_lateness_and_are_told_within_a_minute(void **state)
{
    struct server never = {OUTCOME_AGAIN, "451 come again", -1};
    struct rig *r = rig_with_server(
        FLOW("usher.due('before', usher.time.at('2021-02-25 09:00', 'UTC'), { late = 'within 30 min' })\n"
             "return " MAIL("reminder", "")),
        &never);
    rig_run_until(r, "2021-02-25 09:29");
    assert_text(rig_state(r, "f", "P1"), "waiting");
    rig_run_until(r, "2021-02-25 09:31");
    assert_text(rig_state(r, "f", "P1"), "done");
    assert_holds_words(rig_result(r, "f", "P1"), "\"sent\":false");
    assert_holds_words(rig_result(r, "f", "P1"), "451 come again");
    assert_holds_words(rig_notices(r), "f/P1 mail:reminder: given up after ");
    int tried = r->effects_n;
    rig_run(r);
    assert_int_equal(r->effects_n, tried); // and never again
    for (struct rig_effect *x = r->effects; x; x = x->next) {
        assert_true(x->at.ms <= rig_at("2021-02-25 09:30").ms);
    }
    rig_end(r);
}

static void the_limit_of_lateness_holds_over_a_restart(void **state)
{
    struct server never = {OUTCOME_AGAIN, "451 come again", -1};
    struct rig *r = rig_with_server(
        FLOW("usher.due('before', usher.time.at('2021-02-25 09:00', 'UTC'), { late = 'within 30 min' })\n"
             "return " MAIL("reminder", "")),
        &never);
    rig_run_until(r, "2021-02-25 09:10");
    int before = r->effects_n;
    rig_kill(r);
    rig_clock(r, "2021-02-25 16:00");
    rig_begin(r);
    rig_run(r);
    assert_holds_words(rig_result(r, "f", "P1"), "\"sent\":false");
    assert_int_equal(r->effects_n, before); // six hours late, the reminder is not even tried
    rig_end(r);
}

static void a_mail_with_a_limit_of_its_own_keeps_to_it(void **state)
{
    struct server never = {OUTCOME_AGAIN, "451 come again", -1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m",
                                        ", give_up = usher.time.at('2021-02-25 10:00', 'UTC')")),
        &never);
    rig_run_until(r, "2021-02-25 10:01");
    assert_holds_words(rig_result(r, "f", "P1"), "\"sent\":false");
    rig_end(r);
}

static void a_mail_that_is_refused_for_ever_is_not_tried_again(void **state)
{
    struct server no = {OUTCOME_FAILED, "550 no such box", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", "")), &no);
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_result(r, "f", "P1"), "{\"why\":\"550 no such box\",\"sent\":false}");
    assert_holds_words(rig_history(r, "f", "P1"), "mail:m failed: 550 no such box");
    rig_end(r);
}

static void four_hundred_retries_do_not_come_in_the_same_second(void **state)
{
    struct server busy = {OUTCOME_AGAIN, "451 come again", 100};
    struct rig *r = rig_with_server("usher.flow('f', function() " MAIL("m",
                                        "") " end)\n"
                                            "for i = 1, 100 do usher.start('f', { key = 'P' .. i }) end\n",
        &busy);
    rig_run(r);
    int same = 0;
    struct rig_effect *x = r->effects;
    for (int i = 0; i < 100; i++) x = x->next; // the second try of each
    for (struct instant first = x->at; x; x = x->next) same += x->at.ms / SECOND_MS == first.ms / SECOND_MS;
    assert_true(same < 30);
    assert_int_equal(rig_count(r, "done"), 100);
    rig_end(r);
}

static void a_mail_of_a_later_wait_does_not_inherit_the_limit(void **state)
{
    struct server busy = {OUTCOME_AGAIN, "451 come again", 3};
    struct rig *r = rig_with_server(
        FLOW("usher.due('before', usher.time.at('2021-02-25 09:00', 'UTC'), { late = 'within 30 min' })\n"
             "usher.wait('rsvp', { timeout = '1 day' })\n"
             "return " MAIL("thanks", "") ".sent"),
        &busy);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "true"); // it is tried like any mail, and not only once
    rig_end(r);
}

static void mails_that_find_no_room_before_their_limit_are_given_up(void **state)
{
    struct server slow = {OUTCOME_AGAIN, "451 come again", -1};
    struct rig *r = rig_with_server(
        "local limit = usher.time.at('2021-02-25 08:05', 'UTC')\n"
        "usher.flow('f', function() return " MAIL("m",
            ", give_up = limit") " end)\n"
                                 "for i = 1, 200 do usher.start('f', { key = 'P' .. i }) end\n",
        &slow);
    rig_run(r);
    assert_int_equal(rig_count(r, "done"), 200);
    for (struct rig_effect *x = r->effects; x; x = x->next)
        assert_true(x->at.ms <= rig_at("2021-02-25 08:05").ms);
    rig_end(r);
}

static size_t mail_room; // what the mail server takes at once

static size_t room_of(void *self, enum step_kind kind)
{
    return kind == STEP_KIND_MAIL ? mail_room : 64;
}

#define MANY 2600 // more flows than memory is for

// Mails for MANY, and one flow that wants no mail.
static struct rig *rig_with_crowd(void)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.describe { id = 'test', mails_an_hour_max = 3000 }\n"
        "usher.flow('f', function() return " MAIL("m",
            "") ".sent end)\n"
                "usher.flow('nap', function() usher.sleep('1 min') return 'awake' end)\n"
                "usher.on('fill', function(from) for i = from, from + 99 do usher.start('f', { key = 'P' .. "
                "i }) end end)\n"
                "usher.on('nap', function() usher.start('nap', { key = 'N' }) end)\n");
    char from[16];
    r->engine->world.room = room_of;
    mail_room = 0;
    for (int i = 0; i < MANY; i += 100) {
        snprintf(from, sizeof from, "%d", i);
        rig_call(r, "fill", from);
    }
    rig_call(r, "nap", "null");
    return r;
}

static void mails_that_find_no_room_keep_nobody_else_from_memory(void **state)
{
    struct rig *r = rig_with_crowd();
    rig_run_until(r, "2021-02-25 08:05");
    assert_text(rig_result(r, "nap", "N"), "\"awake\"");
    assert_int_equal(r->effects_n, 0);
    assert_true(r->engine->warm_n < FLOWS_WARM_MAX);
    mail_room = 64;
    rig_run(r);
    assert_int_equal(rig_count(r, "done"), MANY + 1);
    assert_int_equal(r->effects_n, MANY);
    rig_end(r);
}

static void mails_that_made_way_leave_once_after_a_restart(void **state)
{
    struct rig *r = rig_with_crowd();
    rig_run_until(r, "2021-02-25 08:05");
    rig_restart(r);
    rig_run(r); // this engine has room
    assert_int_equal(rig_count(r, "done"), MANY + 1);
    assert_int_equal(r->effects_n, MANY);
    rig_end(r);
}

static void a_mail_that_waited_to_be_sent_again_is_sent_after_a_restart(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", ", unsure = 'resend'") ".sent"), &cut);
    while (r->effects_n == 0) engine_tick(r->engine);
    engine_stop(r->engine); // its end comes while usher stops, and there is no room any more
    rig_settle(r);
    assert_int_equal(r->effects_n, 1);
    rig_restart(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 2);
    assert_text(rig_result(r, "f", "P1"), "true");
    rig_end(r);
}

// ---- perhaps it arrived ---------------------------------------------------------------------------------

static void an_unsure_mail_waits_for_a_person_who_says_send_it_again(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "the connection broke after the final dot", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", "")), &cut);
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "waiting");
    assert_int_equal(r->effects_n, 1);
    assert_holds_words(rig_list(r, "unsure", "{}"), "the connection broke after the final dot");
    assert_holds_words(rig_notices(r), "f/P1 mail:m: the connection broke");
    rig_restart(r); // it does not help to start again
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, true);
    rig_run(r);
    assert_int_equal(r->effects_n, 2);
    assert_text(r->effects->next->message_id, r->effects->message_id);
    assert_text(rig_list(r, "unsure", "{}"), "[]");
    assert_text(rig_result(r, "f", "P1"), "{\"sent\":true,\"reply\":\"250 fine\"}");
    rig_end(r);
}

static void an_unsure_mail_that_arrived_is_not_sent_again(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", "") ".sent"), &cut);
    rig_run(r);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, false);
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_result(r, "f", "P1"), "true");
    rig_end(r);
}

// Two people press "send again", or one presses twice; what is then unsure once more is a new question.
static void a_second_word_on_one_attempt_is_not_kept_for_the_next(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 2};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", "")), &cut);
    rig_run(r);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, true);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, true);
    rig_run(r);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, true);
    rig_run(r);
    assert_int_equal(r->effects_n, 2);
    assert_holds_words(rig_list(r, "unsure", "{}"), "\"attempt\":2");
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 2, false);
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "{\"sent\":true,\"reply\":\"a person says that it arrived\"}");
    rig_end(r);
}

static void a_page_settles_an_unsure_mail_and_says_who_did_it(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 1};
    struct rig *r =
        rig_with_server(FLOW("return " MAIL("m",
                            "") ".sent") "usher.on('arrived', function(r) usher.settle('f', 'P1', { step = "
                                         "1, attempt = r.attempt })\n"
                                         "  usher.audit('it arrived', r.note, 'Deki', 'P1') end)\n",
            &cut);
    rig_run(r);
    assert_holds_words(rig_call(r, "arrived", "{\"attempt\":0}"), "attempt counts from 1");
    assert_text(rig_call(r, "arrived", "{\"attempt\":1,\"note\":\"she told me\"}"), "null");
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "true");
    assert_holds_words(rig_list(r, "acts", "{\"event\":\"test\",\"about\":\"P1\"}"),
        "\"who\":\"Deki\",\"note\":\"she told me\",\"what\":\"it arrived\"");
    rig_end(r);
}

static void an_unsure_mail_is_sent_again_when_the_script_says_so(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", ", unsure = 'resend'") ".sent"), &cut);
    rig_run(r);
    assert_int_equal(r->effects_n, 2);
    assert_text(r->effects->next->message_id, r->effects->message_id);
    assert_text(rig_result(r, "f", "P1"), "true");
    rig_end(r);
}

static void an_unsure_mail_is_left_when_the_script_says_so(void **state)
{
    struct server cut = {OUTCOME_UNSURE, "cut", 1};
    struct rig *r = rig_with_server(FLOW("return " MAIL("m", ", unsure = 'leave'")), &cut);
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_result(r, "f", "P1"), "{\"why\":\"cut\",\"sent\":false,\"unsure\":true}");
    rig_end(r);
}

static enum outcome on_mail_that_kills(void *ctx, const struct rig_effect *effect, const char **note,
    const char **value)
{
    struct rig *r = ctx;
    (void)effect, (void)note, (void)value;
    virtual_crash_at(r->world,
        virtual_boundaries(r->world) + 1); // the mail has left, and nobody hears how it ended
    return OUTCOME_OK;
}

static void an_engine_that_dies_with_a_mail_under_way_asks_a_person(void **state)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    rig_write(r, "test.lua", FLOW("return " MAIL("m", "")));
    r->peer = on_mail_that_kills;
    r->peer_ctx = r;
    rig_begin(r);
    rig_run(r);
    assert_int_equal(r->deaths, 1);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_state(r, "f", "P1"), "waiting");
    assert_holds_words(rig_list(r, "unsure", "{}"), "perhaps");
    rig_end(r);
}

#define RECALL \
    "usher.on('answered', function(r) usher.recall('f', 'P1', r.why) end)\n" FLOW("return " MAIL("m", ""))

static void a_mail_that_waits_to_be_tried_again_can_be_taken_back(void **state)
{
    struct server busy = {OUTCOME_AGAIN, "451 come again", 1};
    struct rig *r = rig_with_server(RECALL, &busy);
    rig_settle(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_call(r, "answered", "{\"why\": \"has answered\"}"), "null");
    assert_text(rig_result(r, "f", "P1"), "{\"why\":\"has answered\",\"sent\":false}");
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    rig_end(r);
}

static void it_is_taken_back_after_a_restart_too(void **state)
{
    struct server busy = {OUTCOME_AGAIN, "451 come again", 1};
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = true;
    r->peer = on_mail;
    r->peer_ctx = &busy;
    rig_write(r, "test.lua", RECALL);
    rig_begin(r);
    rig_settle(r);
    rig_restart(r);
    rig_call(r, "answered", "{\"why\": \"has answered\"}");
    rig_restart(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_state(r, "f", "P1"), "done");
    rig_end(r);
}

static void a_word_from_before_the_mail_takes_nothing_back(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.on('answered', function(r) usher.recall('f', 'P1', 'has answered') end)\n" FLOW(
            "usher.sleep('1 day') return " MAIL("m", "")));
    rig_settle(r);
    rig_call(r, "answered", "{}");
    rig_run(r);
    assert_text(rig_result(r, "f", "P1"), "{\"sent\":true,\"reply\":\"250 fine\"}");
    rig_call(r, "answered", "{}"); // nor does one from afterwards
    assert_int_equal(r->effects_n, 1);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_that_is_refused_for_now_is_tried_again_later_and_later),
        cmocka_unit_test(retries_end_at_the_limit_of_lateness_and_are_told_within_a_minute),
        cmocka_unit_test(the_limit_of_lateness_holds_over_a_restart),
        cmocka_unit_test(a_mail_with_a_limit_of_its_own_keeps_to_it),
        cmocka_unit_test(a_mail_that_is_refused_for_ever_is_not_tried_again),
        cmocka_unit_test(four_hundred_retries_do_not_come_in_the_same_second),
        cmocka_unit_test(a_mail_of_a_later_wait_does_not_inherit_the_limit),
        cmocka_unit_test(mails_that_find_no_room_before_their_limit_are_given_up),
        cmocka_unit_test(mails_that_find_no_room_keep_nobody_else_from_memory),
        cmocka_unit_test(mails_that_made_way_leave_once_after_a_restart),
        cmocka_unit_test(a_mail_that_waited_to_be_sent_again_is_sent_after_a_restart),
        cmocka_unit_test(an_unsure_mail_waits_for_a_person_who_says_send_it_again),
        cmocka_unit_test(an_unsure_mail_that_arrived_is_not_sent_again),
        cmocka_unit_test(a_second_word_on_one_attempt_is_not_kept_for_the_next),
        cmocka_unit_test(a_page_settles_an_unsure_mail_and_says_who_did_it),
        cmocka_unit_test(an_unsure_mail_is_sent_again_when_the_script_says_so),
        cmocka_unit_test(an_unsure_mail_is_left_when_the_script_says_so),
        cmocka_unit_test(an_engine_that_dies_with_a_mail_under_way_asks_a_person),
        cmocka_unit_test(a_mail_that_waits_to_be_tried_again_can_be_taken_back),
        cmocka_unit_test(it_is_taken_back_after_a_restart_too),
        cmocka_unit_test(a_word_from_before_the_mail_takes_nothing_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
