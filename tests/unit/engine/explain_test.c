// SPDX-License-Identifier: MIT
// The sentences that people read: where something stands, what can be done, what has happened.
#include "engine/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Thu 25 Feb 2021 08:00 UTC, 14:00 in Thimphu, and an hour later
#define AT "1614240000000"
#define LATER "1614243600000"

static char *sentence(const char *list, const char *json, const char *field, int64_t now)
{
    struct buf row, out;
    struct err e = {0};
    buf_init(&row, 1 << 20);
    buf_init(&out, 1 << 20);
    assert_int_equal(record_from_json(text_of(json), &row, &e), 0);
    struct explaining x = {zone_find(TEXT("Asia/Thimphu"), NULL), {now}};
    explain_row(&x, text_of(list), (struct record){(uint8_t *)row.data, row.len}, &out);
    struct record told = {(uint8_t *)out.data, out.len};
    assert_int_equal(record_check(told, NULL), 0);
    struct text words = record_get_text(told, field);
    char *copy = mem_copy(words.data, words.len);
    buf_release(&row);
    buf_release(&out);
    return copy;
}

static void assert_says(const char *list, const char *json, const char *field, const char *expected)
{
    char *said = sentence(list, json, field, 0);
    assert_string_equal(said, expected);
    free(said);
}

#define WAITS "\"flow\":7,\"name\":\"invitation\",\"flow_key\":\"P1\",\"state\":\"waiting\","

static void a_moment_says_until_when_and_that_it_goes_on_by_itself(void **state)
{
    assert_says("why",
        "{" WAITS "\"kind\":\"due\",\"step_state\":\"open\",\"at\":" AT ",\"due\":" LATER
        ",\"note\":\"2021-02-25 15:00 Asia/Thimphu (1 hour after)\"}",
        "says",
        "waits until Thu 25 Feb 2021 15:00 (1 hour after), since Thu 25 Feb 2021 14:00; then it goes on by "
        "itself");
}

static void a_moment_that_has_passed_says_that_usher_must_run(void **state)
{
    char *said = sentence("why",
        "{" WAITS "\"kind\":\"due\",\"step_state\":\"open\",\"at\":" AT ",\"due\":" AT "}", "says",
        1614243600000);
    assert_non_null(strstr(said, "That has passed: it goes on as soon as usher runs"));
    free(said);
}

static void an_answer_is_waited_for_by_its_name(void **state)
{
    assert_says("why",
        "{" WAITS "\"kind\":\"first\",\"key\":\"nudges|first:rsvp#2\",\"step_state\":\"open\",\"at\":" AT "}",
        "says", "waits for 'rsvp' since Thu 25 Feb 2021 14:00; it goes on when that comes, and not before");
}

static void a_mail_that_is_tried_again_says_how_often_and_when(void **state)
{
    assert_says("why",
        "{" WAITS
        "\"kind\":\"mail\",\"key\":\"mail:mail/P1\",\"step_state\":\"open\",\"attempt\":2,\"at\":" AT
        ",\"due\":" LATER ",\"note\":\"451 later\"}",
        "says",
        "did not get through (2 tries, the last Thu 25 Feb 2021 14:00): 451 later; it is tried again Thu 25 "
        "Feb 2021 15:00, until it would come too late");
}

static void an_unsure_mail_says_who_decides_and_how(void **state)
{
    const char *row = "{" WAITS "\"kind\":\"mail\",\"step_state\":\"unsure\",\"at\":" AT ",\"note\":\"cut\"}";
    assert_says("why", row, "says",
        "left Thu 25 Feb 2021 14:00, and it is not known whether it arrived: cut");
    assert_says("why", row, "todo",
        "ask whoever should have it, then: usher unsure 7 sent, or usher unsure 7 again");
}

static void a_held_mail_says_what_its_note_says(void **state)
{
    assert_says("why",
        "{" WAITS "\"kind\":\"mail\",\"step_state\":\"held\",\"at\":" AT
        ",\"note\":\"waits for Karma's word: usher approve hlb invitation\"}",
        "says", "is held since Thu 25 Feb 2021 14:00: waits for Karma's word: usher approve hlb invitation");
}

static void what_stopped_says_why_and_what_to_do(void **state)
{
    const char *row = "{\"flow\":7,\"state\":\"failed\",\"updated_at\":" AT ",\"why\":\"x.lua:3: no hall\"}";
    assert_says("attention", row, "says", "stopped Thu 25 Feb 2021 14:00: x.lua:3: no hall");
    assert_says("attention", row, "todo", "put the script right, then: usher retry 7");
    assert_says("attention", row, "because", "x.lua:3: no hall");
}

static void each_state_of_a_flow_has_a_sentence_and_so_has_one_that_nobody_knows(void **state)
{
    static const char *const states[] = {"ready", "waiting", "done", "failed", "cancelled", "pinned", "held",
        "diverged", "over-budget", "asleep"};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++) {
        char row[200];
        snprintf(row, sizeof row, "{\"flow\":7,\"state\":\"%s\",\"updated_at\":" AT "}", states[i]);
        char *said = sentence("why", row, "says", 0);
        assert_non_null(strstr(said, "Thu 25 Feb 2021 14:00"));
        free(said);
    }
    assert_says("why", "{\"state\":\"asleep\",\"updated_at\":" AT ",\"why\":\"x\"}", "says",
        "is asleep since Thu 25 Feb 2021 14:00: x");
}

static void a_step_in_a_state_that_nobody_knows_has_a_sentence(void **state)
{
    assert_says("why",
        "{" WAITS "\"kind\":\"mail\",\"key\":\"mail:hello\",\"step_state\":\"parked\",\"at\":" AT
        ",\"note\":\"no stamp\"}",
        "says", "'hello' is parked since Thu 25 Feb 2021 14:00: no stamp");
}

static void a_refused_mail_is_sent_again_by_a_command(void **state)
{
    const char *row = "{\"flow\":7,\"name\":\"invitation\",\"flow_key\":\"P1\",\"state\":\"done\","
                      "\"updated_at\":" AT ",\"kind\":\"mail\",\"step_state\":\"failed\",\"note\":\"550 no\","
                      "\"result\":{\"skipped\":\"550 no\"}}";
    assert_says("why", row, "says", "was not delivered, Thu 25 Feb 2021 14:00: 550 no");
    assert_says("why", row, "todo", "correct the address, then: usher resend 'invitation' 'P1'");
}

static void what_is_on_an_older_script_says_so_and_why(void **state)
{
    assert_says("pinned",
        "{" WAITS "\"pinned\":\"stays on version 3 of the script: line 12 and line 14 differ\","
        "\"pinned_at\":" AT ",\"kind\":\"sleep\",\"step_state\":\"open\",\"at\":" AT ",\"due\":" LATER "}",
        "says",
        "waits until Thu 25 Feb 2021 15:00, since Thu 25 Feb 2021 14:00; then it goes on by itself. It stays "
        "on version 3 of the script: line 12 and line 14 differ (since Thu 25 Feb 2021 14:00)");
}

static void what_an_edit_has_left_with_a_question_is_answered_by_a_reload(void **state)
{
    const char *row = "{\"flow\":7,\"state\":\"held\",\"updated_at\":" AT ",\"kind\":\"edit\",\"step_state\":"
                      "\"open\",\"why\":\"'welcome' would be sent late\"}";
    assert_says("why", row, "says", "is held since Thu 25 Feb 2021 14:00: 'welcome' would be sent late");
    assert_says("why", row, "todo",
        "look at what the edit means with usher plan, and answer with usher reload");
    assert_says("history",
        "{\"kind\":\"edit\",\"key\":\"edit:4\",\"state\":\"done\",\"at\":" AT
        ",\"note\":\"goes on under version 4 of the script\"}",
        "says", "the script was edited: goes on under version 4 of the script");
}

static void a_history_says_what_happened_and_what_it_waited_for_then(void **state)
{
    const char *row = "{\"kind\":\"due\",\"key\":\"due:moment\",\"state\":\"open\",\"at\":" AT
                      ",\"due\":" LATER "}";
    assert_says("history", row, "says", "waits for the moment 'moment' until Thu 25 Feb 2021 15:00");
    assert_says("history", row, "stands",
        "waits until Thu 25 Feb 2021 15:00, since Thu 25 Feb 2021 14:00; then it goes on by itself");
    assert_says("history", "{\"kind\":\"due\",\"key\":\"due:moment\",\"state\":\"done\",\"at\":" AT "}",
        "stands", "");
    assert_says("history",
        "{\"kind\":\"decide\",\"key\":\"decide:audience\",\"state\":\"done\",\"at\":" AT
        ",\"value\":{\"why\":\"has declined\"}}",
        "says", "'audience' looked up: has declined");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_moment_says_until_when_and_that_it_goes_on_by_itself),
        cmocka_unit_test(a_moment_that_has_passed_says_that_usher_must_run),
        cmocka_unit_test(an_answer_is_waited_for_by_its_name),
        cmocka_unit_test(a_mail_that_is_tried_again_says_how_often_and_when),
        cmocka_unit_test(an_unsure_mail_says_who_decides_and_how),
        cmocka_unit_test(a_held_mail_says_what_its_note_says),
        cmocka_unit_test(what_stopped_says_why_and_what_to_do),
        cmocka_unit_test(each_state_of_a_flow_has_a_sentence_and_so_has_one_that_nobody_knows),
        cmocka_unit_test(a_step_in_a_state_that_nobody_knows_has_a_sentence),
        cmocka_unit_test(a_refused_mail_is_sent_again_by_a_command),
        cmocka_unit_test(what_is_on_an_older_script_says_so_and_why),
        cmocka_unit_test(what_an_edit_has_left_with_a_question_is_answered_by_a_reload),
        cmocka_unit_test(a_history_says_what_happened_and_what_it_waited_for_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
