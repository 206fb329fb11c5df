// SPDX-License-Identifier: MIT
// A rehearsal tells the truth: the engine as it runs live, on a file and a thread, under the same clock, with
// restarts in between, does the same at the same times.
#include "engine_rig.h"

static const char script[] = //
    "usher.describe { id = 'briefing', zone = 'Asia/Thimphu' }\n"
    "local starts <const> = usher.time.at('2021-02-25 14:00', 'Asia/Thimphu')\n"
    "local function send(name, person)\n"
    "  return usher.mail { name, to = person .. '@x.example', subject = name, text = 'Hello', as = person }\n"
    "end\n"
    "usher.flow('guest', function(person)\n"
    "  send('invitation', person)\n"
    "  local nudges = usher.spawn('nudges', function()\n"
    "    for _, days in ipairs { '-7 days', '-1 day' } do\n"
    "      if usher.due('nudge' .. days, usher.time.shift(starts, days), { late = 'within 2h' }) then\n"
    "        send('nudge' .. days, person)\n"
    "      end\n"
    "    end\n"
    "  end)\n"
    "  local which = usher.first('rsvp?', { yes = { signal = 'rsvp' }, no = { at = usher.time.shift(starts, "
    "'-3 days') } })\n"
    "  usher.join(nudges)\n"
    "  usher.due('begins', starts, { late = 'within 15 min' })\n"
    "  usher.decide('came', function() usher.book('present'):set(person, which) return true end)\n"
    "  usher.sleep('2h', 'briefing')\n"
    "  return send('survey', person).sent and which\n"
    "end)\n"
    "usher.flow('digest', function(o) send('digest', 'office') return o.missed end)\n"
    "usher.schedule { 'weekly', every = 'monday 09:00', zone = 'Asia/Thimphu', flow = 'digest' }\n"
    "usher.on('rsvp', function(r) usher.signal('guest', r.key, 'rsvp', true) return true end)\n"
    "for _, p in ipairs { 'P1', 'P2', 'P3' } do usher.start('guest', { key = p, input = p }) end\n";

static void live_until(struct rig *r, const char *time, bool restless)
{
    rig_run_until(r, time);
    if (restless) rig_restart(r);
}

static void play(struct rig *r, bool restless)
{
    static const char *const days[] = {"2021-02-03 10:00", "2021-02-10 10:00", "2021-02-18 08:00:01",
        "2021-02-22 08:00", "2021-02-24 08:00", "2021-02-25 09:59"};
    rig_write(r, "test.lua", script);
    rig_begin(r);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
        live_until(r, days[i], restless);
        if (i == 1) assert_text(rig_call(r, "rsvp", "{\"key\":\"P2\"}"), "true");
    }
    rig_run_until(r, "2021-02-27 00:00");
}

static void assert_same(struct rig *a, struct rig *b)
{
    assert_text(rig_effects(a), rig_effects(b));
    for (const char *const *key = (const char *const[]){"P1", "P2", "P3", NULL}; *key; key++) {
        assert_text(rig_history(a, "guest", *key), rig_history(b, "guest", *key));
        assert_text(rig_result(a, "guest", *key), rig_result(b, "guest", *key));
    }
    assert_text(rig_list(a, "occurrences", "{}"), rig_list(b, "occurrences", "{}"));
    assert_text(rig_list(a, "counts", "{}"), rig_list(b, "counts", "{}"));
}

static void what_was_rehearsed_is_what_happens(void **state)
{
    struct rig *rehearsed = rig_new("2021-02-01 09:00"), *real = rig_new("2021-02-01 09:00");
    real->live = real->threaded = real->on_disk = true;
    play(rehearsed, false);
    play(real, false);
    assert_same(rehearsed, real);
    assert_int_equal(rehearsed->effects_n, 3 * 4 + 3); // four mails each, three Mondays
    rig_end(rehearsed);
    rig_end(real);
}

static void what_was_rehearsed_is_what_happens_with_restarts_in_between(void **state)
{
    struct rig *rehearsed = rig_new("2021-02-01 09:00"), *real = rig_new("2021-02-01 09:00");
    real->live = real->threaded = real->on_disk = true;
    play(rehearsed, false);
    play(real, true);
    assert_same(rehearsed, real);
    rig_end(rehearsed);
    rig_end(real);
}

static void two_rehearsals_have_the_same_mails_to_the_byte(void **state)
{
    struct rig *one = rig_new("2021-02-01 09:00"), *two = rig_new("2021-02-01 09:00");
    play(one, false);
    play(two, false);
    assert_same(one, two);
    for (struct rig_effect *a = one->effects, *b = two->effects; a; a = a->next, b = b->next) {
        assert_text(a->message_id, b->message_id);
    }
    rig_end(one);
    rig_end(two);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_rehearsed_is_what_happens),
        cmocka_unit_test(what_was_rehearsed_is_what_happens_with_restarts_in_between),
        cmocka_unit_test(two_rehearsals_have_the_same_mails_to_the_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
