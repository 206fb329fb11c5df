// SPDX-License-Identifier: MIT
// Answers from outside: deadlines, repetitions, flows that are not there yet, handlers and their books.
#include "engine_rig.h"

#define RSVP \
    "usher.on('rsvp', function(r) usher.signal('guest', r.key, 'rsvp', r.yes, { dedup = r.id }) end)\n"

#define GUEST                                                                                             \
    "usher.flow('guest', function()\n"                                                                    \
    "  local noon = usher.time.at('2021-02-25 12:00', 'UTC')\n"                                           \
    "  local which, yes = usher.first('rsvp?', { answer = { signal = 'rsvp' }, deadline = { at = noon } " \
    "})\n"                                                                                                \
    "  return { which, yes or false }\n"                                                                  \
    "end)\n"                                                                                              \
    "usher.start('guest', { key = 'P1' })\n" RSVP

// A disk file, because the engine that takes the answer dies before the flow has heard of it.
static struct rig *guest_on_disk(void)
{
    struct rig *r = rig_new("2021-02-25 08:00");
    r->on_disk = true;
    rig_write(r, "test.lua", GUEST);
    rig_begin(r);
    rig_settle(r);
    return r;
}

// The answer is on disk, and the engine dies before it could give it to the flow.
static void answer_and_die(struct rig *r)
{
    struct buf value;
    buf_init(&value, 64);
    record_put_bool(&value, true);
    r->engine->now = virtual_now(r->world);
    inbox_signal(r->engine, TEXT("test"), TEXT("guest"), TEXT("P1"), TEXT("rsvp"),
        (struct record){(uint8_t *)value.data, value.len}, TEXT("form-1"));
    buf_release(&value);
    virtual_crash_at(r->world, virtual_boundaries(r->world) + 2); // after the commit, before anybody knows
    for (int turn = 0; turn < 9 && !virtual_crashed(r->world); turn++) engine_tick(r->engine);
    assert_true(virtual_crashed(r->world));
    virtual_crash_at(r->world, 0);
}

static void an_answer_at_11_59_beats_the_noon_deadline_after_downtime(void **state)
{
    struct rig *r = guest_on_disk();
    rig_run_until(r, "2021-02-25 11:59");
    answer_and_die(r);
    rig_kill(r);
    rig_clock(r, "2021-02-25 16:00");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "[\"answer\",true]");
    rig_end(r);
}

static void an_answer_at_12_01_loses_against_the_noon_deadline(void **state)
{
    struct rig *r = guest_on_disk();
    rig_kill(r); // down over noon
    rig_clock(r, "2021-02-25 12:01");
    rig_begin(r);
    answer_and_die(r);
    rig_kill(r);
    rig_clock(r, "2021-02-25 16:00");
    rig_begin(r);
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "[\"deadline\",false]");
    assert_holds_words(rig_list(r, "inbox", "{}"), "\"dedup\":\"form-1\""); // it is kept and can be shown
    rig_end(r);
}

static void the_same_form_sent_twice_counts_once(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function()\n"
        "  local first = usher.wait('rsvp') local second = usher.wait('rsvp', { timeout = '1h' })\n"
        "  return { first, second or 'nothing' }\n"
        "end)\n"
        "usher.start('guest', { key = 'P1' })\n" RSVP);
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"yes\",\"id\":\"form-1\"}");
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"yes\",\"id\":\"form-1\"}");
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "[\"yes\",\"nothing\"]");
    rig_end(r);
}

static void two_forms_are_two_answers_in_their_order(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function()\n"
        "  usher.sleep('1h')\n"
        "  return { usher.wait('rsvp'), usher.wait('rsvp') }\n"
        "end)\n"
        "usher.start('guest', { key = 'P1' })\n" RSVP);
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"one\",\"id\":\"1\"}");
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"two\",\"id\":\"2\"}");
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "[\"one\",\"two\"]");
    rig_end(r);
}

static void an_answer_waits_for_a_flow_that_has_not_begun(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function() return usher.wait('rsvp', { timeout = '1h' }) or 'nothing' end)\n"
        "usher.on('begin', function() usher.start('guest', { key = 'P1' }) end)\n" RSVP);
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"early\",\"id\":\"1\"}");
    assert_text(rig_state(r, "guest", "P1"), "none");
    rig_call(r, "begin", "{}");
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "\"early\"");
    rig_end(r);
}

static void an_answer_after_the_end_is_kept(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00",
        "usher.flow('guest', function() return 'over' end)\nusher.start('guest', { key = 'P1' })\n" RSVP);
    rig_run(r);
    rig_call(r, "rsvp", "{\"key\":\"P1\",\"yes\":\"late\",\"id\":\"1\"}");
    assert_text(rig_state(r, "guest", "P1"), "done");
    assert_holds_words(rig_list(r, "inbox", "{}"), "\"value\":\"late\"");
    rig_end(r);
}

static void one_flow_tells_another(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('guest', function() return usher.wait('rsvp') end)\n"
        "usher.flow('office', function()\n"
        "  usher.signal('guest', 'P1', 'rsvp', { by = 'phone' })\n"
        "  usher.signal('guest', 'P1', 'rsvp', { by = 'phone' })\n"
        "end)\n"
        "usher.start('office', { key = 'O' })\nusher.start('guest', { key = 'P1' })\n");
    rig_run(r);
    assert_text(rig_result(r, "guest", "P1"), "{\"by\":\"phone\"}");
    assert_text(rig_history(r, "office", "O"), "signal:rsvp/guest/P1 done\nsignal:rsvp/guest/P1#2 done\n");
    rig_end(r);
}

// ---- handlers and books -------------------------------------------------------------------------------

#define SEATS                                                         \
    "usher.on('take', function(r)\n"                                  \
    "  local seats = usher.book('seats')\n"                           \
    "  seats:set(r.who, true)\n"                                      \
    "  if seats:count() > 2 then error('no seat is left') end\n"      \
    "  usher.signal('guest', r.who, 'rsvp', true)\n"                  \
    "  usher.start('guest', { key = r.who })\n"                       \
    "  return seats:count()\n"                                        \
    "end)\n"                                                          \
    "usher.flow('guest', function() return usher.wait('rsvp') end)\n" \
    "usher.on('count', function() return usher.book('seats'):count() end)\n"

static void a_handler_that_raises_changes_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", SEATS);
    assert_text(rig_call(r, "take", "{\"who\":\"a\"}"), "1");
    assert_text(rig_call(r, "take", "{\"who\":\"b\"}"), "2");
    assert_holds_words(rig_call(r, "take", "{\"who\":\"c\"}"), "no seat is left");
    assert_text(rig_call(r, "count", "{}"), "2");
    rig_run(r);
    assert_text(rig_state(r, "guest", "c"), "none");
    assert_text(rig_result(r, "guest", "b"), "true");
    rig_restart(r);
    assert_text(rig_call(r, "count", "{}"), "2"); // on disk, too
    rig_end(r);
}

static void what_a_handler_answered_survives_any_later_crash(void **state)
{
    for (int64_t boundary = 1;; boundary++) {
        struct rig *r = rig_with("2021-02-25 08:00", SEATS);
        rig_settle(r);
        virtual_crash_at(r->world, virtual_boundaries(r->world) + boundary);
        bool answered = strcmp(rig_call(r, "take", "{\"who\":\"a\"}"), "1") == 0;
        bool died = r->deaths > 0;
        rig_run(r);
        const char *seats = rig_call(r, "count", "{}");
        if (answered) assert_text(seats, "1");
        bool there = strcmp(seats, "1") == 0;
        assert_text(rig_state(r, "guest", "a"), there ? "done" : "none"); // all of it or nothing
        rig_end(r);
        if (!died) {
            assert_true(boundary > 3);
            return;
        }
    }
}

static void a_decision_that_raises_changes_no_book(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  local fine, why = pcall(usher.decide, 'seat', function()\n"
        "    usher.book('seats'):set('a', 1) usher.book('seats'):set('b', 1) error('changed my mind')\n"
        "  end)\n"
        "  local n = usher.decide('count', function()\n"
        "    usher.book('seats'):set('c', 1) return usher.book('seats'):count()\n"
        "  end)\n"
        "  usher.sleep('1h')\n"
        "  return { fine, why, n }\n"
        "end)\n"
        "usher.start('f', { key = 'P1' })\n"
        "usher.on('all', function() local t = {} for k in usher.book('seats'):each() do t[#t + 1] = k end "
        "return t end)\n");
    rig_settle(r);
    assert_text(rig_call(r, "all", "{}"), "[\"c\"]");
    rig_restart(r); // the kept answer is handed out, and the books are as they were
    rig_run(r);
    assert_text(rig_why(r, "f", "P1"), "");
    assert_holds_words(rig_result(r, "f", "P1"), "changed my mind");
    assert_holds_words(rig_result(r, "f", "P1"), ",1]");
    assert_text(rig_call(r, "all", "{}"), "[\"c\"]");
    rig_end(r);
}

static void a_flow_that_fails_takes_its_last_turn_back(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "usher.flow('f', function()\n"
        "  usher.sleep('1h')\n"
        "  usher.decide('seat', function() usher.book('seats'):set('a', 1) end)\n"
        "  usher.start('other', { key = 'P2' })\n"
        "  error('too bad')\n"
        "end)\n"
        "usher.flow('other', function() end)\n"
        "usher.start('f', { key = 'P1' })\n"
        "usher.on('count', function() return usher.book('seats'):count() end)\n");
    rig_run(r);
    assert_text(rig_state(r, "f", "P1"), "failed");
    assert_holds_words(rig_why(r, "f", "P1"), "test.lua:5: too bad");
    assert_text(rig_history(r, "f", "P1"), "sleep:1h open\n");
    assert_text(rig_state(r, "other", "P2"), "none");
    assert_text(rig_call(r, "count", "{}"), "0");
    rig_end(r);
}

static void books_have_a_limit_that_is_a_sentence(void **state)
{
    struct rig *r = rig_with("2021-02-25 08:00", //
        "local page <const> = ('x'):rep(1000000)\n"
        "usher.on('fill', function(r)\n"
        "  for i = 1, 4 do usher.book('b'):set(r.name .. i, page) end\n"
        "  return usher.book('b'):count()\n"
        "end)\n"
        "usher.on('long', function() usher.book('b'):set(('k'):rep(257), 1) end)\n"
        "usher.on('empty', function() usher.book('b'):remove('a1') return usher.book('b'):count() end)\n");
    const char *said = "";
    for (char name = 'a'; name < 'z'; name++) {
        said = rig_call(r, "fill", rig_print(r, "{\"name\":\"%c\"}", name));
        if (strncmp(said, "error", 5) == 0) break;
    }
    assert_holds_words(said, "error");
    assert_holds_words(said, "64");
    assert_holds_words(rig_call(r, "long", "{}"), "256");
    const char *count = rig_call(r, "empty", "{}"); // what was full goes on when something was removed
    assert_int_equal(atoi(count) % 4, 3);           // the call that failed left nothing behind
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_at_11_59_beats_the_noon_deadline_after_downtime),
        cmocka_unit_test(an_answer_at_12_01_loses_against_the_noon_deadline),
        cmocka_unit_test(the_same_form_sent_twice_counts_once),
        cmocka_unit_test(two_forms_are_two_answers_in_their_order),
        cmocka_unit_test(an_answer_waits_for_a_flow_that_has_not_begun),
        cmocka_unit_test(an_answer_after_the_end_is_kept),
        cmocka_unit_test(one_flow_tells_another),
        cmocka_unit_test(a_handler_that_raises_changes_nothing),
        cmocka_unit_test(what_a_handler_answered_survives_any_later_crash),
        cmocka_unit_test(a_decision_that_raises_changes_no_book),
        cmocka_unit_test(a_flow_that_fails_takes_its_last_turn_back),
        cmocka_unit_test(books_have_a_limit_that_is_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
