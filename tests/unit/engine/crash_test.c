// SPDX-License-Identifier: MIT
// kill -9 at every commit and at every effect: before it, and after it before anybody knows.
// Every boundary of every story below is tried; the story must end as it does when nothing happens.
#include "engine_rig.h"

#define ADDRESS ", to = 'a@x.example', subject = 's', text = 't' "

static const char reminders[] = //
    "usher.flow('guest', function()\n"
    "  usher.mail { 'invitation'" ADDRESS ", unsure = 'resend' }\n"
    "  local reminders = usher.spawn('reminders', function()\n"
    "    for _, days in ipairs { '1 day', '2 days' } do\n"
    "      usher.sleep(days, days)\n"
    "      usher.mail { 'reminder-' .. days" ADDRESS ", unsure = 'resend' }\n"
    "    end\n"
    "  end)\n"
    "  local which, yes = usher.first('rsvp?', { answer = { signal = 'rsvp' }, deadline = { after = '2 days' "
    "} })\n"
    "  if which == 'answer' then\n"
    "    usher.decide('seat', function() usher.book('seats'):set('P1', yes) return true end)\n"
    "    usher.start('thanks', { key = 'P1' })\n"
    "  end\n"
    "  usher.join(reminders)\n"
    "  return which\n"
    "end)\n"
    "usher.flow('thanks', function()\n"
    "  usher.mail { 'thanks'" ADDRESS ", unsure = 'resend' }\n"
    "  usher.signal('guest', 'P1', 'thanked', true)\n"
    "end)\n"
    "usher.on('rsvp', function(r) usher.signal('guest', 'P1', 'rsvp', r.yes, { dedup = 'form' }) return "
    "'heard' end)\n"
    "usher.on('seats', function() return usher.book('seats'):count() end)\n"
    "usher.start('guest', { key = 'P1' })\n";

static const char careful[] = //
    "usher.flow('guest', function()\n"
    "  usher.mail { 'invitation'" ADDRESS " }\n" // unsure = 'ask'
    "  usher.sleep('1 day')\n"
    "  return usher.mail { 'certificate'" ADDRESS ", unsure = 'leave' }\n"
    "end)\n"
    "usher.on('rsvp', function() return 'heard' end)\n"
    "usher.on('seats', function() return 0 end)\n"
    "usher.start('guest', { key = 'P1' })\nusher.start('guest', { key = 'P2' })\n";

struct story {
    const char *script;
    const char *answer_at; // when the answer comes; NULL: never
    bool resend;           // else a person decides, or nobody
};

// Who is asked whether a mail arrived says that it did, as often as somebody asks.
static void say_that_all_arrived(struct rig *r)
{
    while (strcmp(rig_list(r, "unsure", "{}"), "[]") != 0) {
        for (int person = 1; person <= 2; person++) {
            for (int32_t word = 0; word < 9; word++) {
                engine_decide_unsure(r->engine, text_of(r->engine->events->name), TEXT("guest"),
                    text_of(person == 1 ? "P1" : "P2"), 1 + word % 3, 1 + word / 3, false);
            }
        }
        rig_settle(r);
    }
}

// Plays the story with a crash at that boundary (0: none). The guest presses the button until it is heard.
static struct rig *play(const struct story *story, int64_t boundary)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    rig_write(r, "test.lua", story->script);
    virtual_crash_at(r->world, boundary);
    rig_begin(r);
    rig_run_until(r, story->answer_at ? story->answer_at : "2021-02-01 09:00");
    while (story->answer_at && strcmp(rig_call(r, "rsvp", "{\"yes\":true}"), "\"heard\"") != 0) continue;
    rig_run_until(r, "2021-02-10 00:00");
    if (!story->resend) say_that_all_arrived(r);
    rig_run_until(r, "2021-02-20 00:00");
    return r;
}

// The mails' keys, each once, in order; *repeats: how many were sent again, each with the id that it had.
static const char *mails_of(struct rig *r, int *repeats)
{
    const char *text = "";
    *repeats = 0;
    for (struct rig_effect *x = r->effects; x; x = x->next) {
        const struct rig_effect *same = r->effects;
        while (same != x && (strcmp(same->step, x->step) || strcmp(same->key, x->key))) same = same->next;
        if (same != x) {
            assert_text(x->message_id, same->message_id);
            ++*repeats;
        } else {
            text = rig_print(r, "%s%s %s\n", text, x->key, x->step);
        }
    }
    return text;
}

static void assert_same_end(struct rig *crashed, struct rig *quiet, const struct story *story,
    int64_t boundary)
{
    int repeats, none;
    const char *mails = mails_of(crashed, &repeats), *expected = mails_of(quiet, &none);
    assert_int_equal(none, 0);
    if (story->resend && strcmp(mails, expected) != 0)
        fail_msg("boundary %d: sent\n%s", (int)boundary, mails);
    if (repeats > (story->resend ? 1 : 0))
        fail_msg("boundary %d: sent again\n%s", (int)boundary, rig_effects(crashed));
    for (const char *const *key = (const char *const[]){"P1", "P2", NULL}; *key; key++) {
        assert_text(rig_why(crashed, "guest", *key), "");
        assert_text(rig_state(crashed, "guest", *key), rig_state(quiet, "guest", *key));
    }
    if (story->resend) assert_text(rig_result(crashed, "guest", "P1"), rig_result(quiet, "guest", "P1"));
    assert_text(rig_call(crashed, "seats", "{}"), rig_call(quiet, "seats", "{}"));
    assert_int_equal(rig_count(crashed, "diverged") + rig_count(crashed, "failed") +
                         rig_count(crashed, "held"),
        0);
}

static void crash_everywhere(const struct story *story, int at_least)
{
    struct rig *quiet = play(story, 0);
    int64_t boundary = 1;
    for (;; boundary++) {
        struct rig *crashed = play(story, boundary);
        bool crashes = crashed->deaths > 0;
        if (crashes) assert_same_end(crashed, quiet, story, boundary);
        rig_end(crashed);
        if (!crashes) break;
    }
    assert_true(boundary > at_least);
    print_message("%d boundaries\n", (int)boundary - 1);
    rig_end(quiet);
}

static void a_crash_anywhere_loses_nothing_when_nobody_answers(void **state)
{
    crash_everywhere(&(struct story){reminders, NULL, true}, 20);
}

static void a_crash_anywhere_loses_nothing_around_an_answer(void **state)
{
    crash_everywhere(&(struct story){reminders, "2021-02-02 12:00", true}, 30);
}

static void a_crash_anywhere_loses_nothing_when_the_answer_meets_a_reminder(void **state)
{
    crash_everywhere(&(struct story){reminders, "2021-02-02 08:00", true}, 30);
}

static void a_crash_anywhere_loses_nothing_when_the_answer_is_late(void **state)
{
    crash_everywhere(&(struct story){reminders, "2021-02-03 08:00", true}, 20);
}

static void a_crash_anywhere_sends_nothing_twice_that_a_person_decides_about(void **state)
{
    crash_everywhere(&(struct story){careful, NULL, false}, 10);
}

// Two crashes: the second one hits the engine that recovers from the first.
static void a_crash_while_recovering_loses_nothing(void **state)
{
    const struct story story = {reminders, "2021-02-02 12:00", true};
    struct rig *quiet = play(&story, 0);
    int64_t last = virtual_boundaries(quiet->world);
    for (int64_t boundary = 1; boundary <= last; boundary += 3) {
        for (int64_t later = 1; later <= 4; later++) {
            struct rig *r = rig_new("2021-02-01 08:00");
            rig_write(r, "test.lua", reminders);
            virtual_crash_at(r->world, boundary);
            rig_begin(r);
            for (const char *until = "2021-02-02 12:00";; until = "2021-02-20 00:00") {
                while (r->deaths == 0 && virtual_run(r->world, rig_at(until), NULL) == 0) {
                    if (!virtual_crashed(r->world)) break;
                    rig_kill(r);
                    virtual_crash_at(r->world, boundary + later);
                    rig_begin(r);
                }
                rig_run_until(r, until);
                if (strstr(until, "02-20")) break;
                while (strcmp(rig_call(r, "rsvp", "{\"yes\":true}"), "\"heard\"") != 0) continue;
            }
            int repeats, none;
            assert_text(mails_of(r, &repeats), mails_of(quiet, &none));
            assert_true(repeats <= r->deaths);
            assert_text(rig_result(r, "guest", "P1"), "\"answer\"");
            rig_end(r);
        }
    }
    rig_end(quiet);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_anywhere_loses_nothing_when_nobody_answers),
        cmocka_unit_test(a_crash_anywhere_loses_nothing_around_an_answer),
        cmocka_unit_test(a_crash_anywhere_loses_nothing_when_the_answer_meets_a_reminder),
        cmocka_unit_test(a_crash_anywhere_loses_nothing_when_the_answer_is_late),
        cmocka_unit_test(a_crash_anywhere_sends_nothing_twice_that_a_person_decides_about),
        cmocka_unit_test(a_crash_while_recovering_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
