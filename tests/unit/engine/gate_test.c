// SPDX-License-Identifier: MIT
// What may leave now, and what waits for a person's word: no crash loses what is held, or repeats it.
#include "engine_rig.h"

#include "engine/ask.h"

#define APPROVAL "approval = { rule = 'invitation', hash = hash, why = \"waits for Karma's word\" }"
#define MAIL(more) "usher.mail { 'm', to = 'a@x.example', subject = 's', text = words, " APPROVAL more " }"

// Each guest gets one mail, for which somebody's word on these words is needed.
#define SCRIPT(words, hash, more)                                                                            \
    "local words <const>, hash <const> = '" words "', '" hash "'\n"                                          \
    "usher.flow('guest', function() usher.sleep('1 hour') return " MAIL(                                     \
        more) " end)\n"                                                                                      \
              "usher.on('approve', function(hash) usher.book('approvals'):set('invitation', { hash = hash "  \
              "})\n"                                                                                         \
              "  usher.recheck() return 'heard' end)\n"                                                      \
              "usher.on('approve-quietly', function(hash) usher.book('approvals'):set('invitation', { hash " \
              "= hash })\n"                                                                                  \
              "  return 'heard' end)\n"                                                                      \
              "for i = 1, 3 do usher.start('guest', { key = 'P' .. i, label = 'Guest ' .. i }) end\n"

static const char script[] = SCRIPT("Hello", "aa11", "");

static void a_mail_that_needs_a_word_is_held_and_says_so(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run(r);
    assert_int_equal(r->effects_n, 0);
    assert_text(rig_history(r, "guest", "P1"), "sleep:1 hour open\nsleep:1 hour done\n"
                                               "mail:m held: waits for Karma's word\n");
    assert_text(rig_state(r, "guest", "P1"), "waiting");
    const char *held = rig_list(r, "held", "{\"rule\":\"guest\"}");
    assert_holds_words(held, "\"key\":\"P2\"");
    assert_holds_words(held, "\"label\":\"Guest 2\"");
    assert_holds_words(held, "\"note\":\"waits for Karma's word\"");
    rig_end(r);
}

static void the_word_sends_what_was_held(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run_until(r, "2021-02-01 12:00");
    rig_call(r, "approve", "\"aa11\"");
    assert_text(rig_effects(r), "02-01 12:00 P1 mail:m\n02-01 12:00 P2 mail:m\n02-01 12:00 P3 mail:m\n");
    assert_int_equal(rig_count(r, "done"), 3);
    assert_text(rig_list(r, "held", "{}"), "[]");
    rig_end(r);
}

static void a_word_on_other_words_opens_nothing(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run_until(r, "2021-02-01 12:00");
    rig_call(r, "approve", "\"bb22\"");
    rig_run(r);
    assert_int_equal(r->effects_n, 0);
    rig_end(r);
}

static void a_mail_whose_word_was_given_before_is_not_held(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_call(r, "approve", "\"aa11\"");
    rig_run(r);
    assert_int_equal(r->effects_n, 3);
    assert_true(strstr(rig_history(r, "guest", "P1"), "held") == NULL);
    rig_end(r);
}

static void what_is_held_is_looked_at_when_usher_starts(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run_until(r, "2021-02-01 12:00");
    rig_call(r, "approve-quietly", "\"aa11\"");
    rig_run_until(r, "2021-02-01 13:00");
    assert_int_equal(r->effects_n, 0);
    rig_restart(r);
    rig_run(r);
    assert_int_equal(r->effects_n, 3);
    rig_end(r);
}

static void what_is_held_until_its_limit_is_skipped_with_the_reason(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00",
        SCRIPT("Hello", "aa11", ", give_up = usher.time.at('2021-02-01 10:00', 'UTC')"));
    rig_run_until(r, "2021-02-01 09:59");
    assert_text(rig_state(r, "guest", "P1"), "waiting");
    rig_run_until(r, "2021-02-01 10:01");
    assert_holds_words(rig_history(r, "guest", "P1"),
        "mail:m skipped: was held until it was too late: waits for Karma's word");
    assert_holds_words(rig_result(r, "guest", "P1"), "\"sent\":false");
    rig_call(r, "approve", "\"aa11\"");
    rig_run(r);
    assert_int_equal(r->effects_n, 0);
    rig_end(r);
}

static void what_is_held_without_a_limit_is_tried_for_days_once_it_may_leave(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run_until(r, "2021-02-20 12:00");
    rig_call(r, "approve", "\"aa11\"");
    assert_int_equal(r->effects_n, 3);
    struct instant first = rig_at("2021-02-20 12:00");
    assert_int_equal(r->effects->at.ms, first.ms);
    rig_end(r);
}

// The web address of the installation stands in for an edit: the same flow asks for the same mail in other
// words.
static void a_mail_is_held_in_the_words_that_the_script_has_now(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    rig_write(r, "test.lua",
        "usher.on('approve', function() usher.book('approvals'):set('r', { hash = 'h' }) usher.recheck() "
        "end)\n"
        "usher.flow('f', function()\n"
        "  usher.mail { 'm', to = 'a@x.example', subject = 's', text = usher.http.url('/a'),\n"
        "    approval = { rule = 'r', hash = 'h', why = 'waits' } } end)\n"
        "usher.start('f', { key = 'P1' })\n");
    r->base_url = "https://old.example";
    rig_begin(r);
    rig_run_until(r, "2021-02-01 09:00");
    assert_holds_words(rig_list(r, "mail", "{\"flow\":1,\"step\":1}"), "https://old.example/a");
    r->base_url = "https://new.example";
    rig_restart(r);
    rig_run_until(r, "2021-02-01 10:00");
    assert_holds_words(rig_list(r, "mail", "{\"flow\":1,\"step\":1}"), "https://new.example/a");
    rig_restart(r); // the same words once more are no new row
    rig_run_until(r, "2021-02-01 11:00");
    assert_text(rig_history(r, "f", "P1"), "mail:m held: waits\nmail:m held: waits\n");
    rig_call(r, "approve", "null");
    assert_int_equal(r->effects_n, 1);
    assert_text(rig_history(r, "f", "P1"),
        "mail:m held: waits\nmail:m held: waits\nmail:m started\nmail:m done\n");
    rig_end(r);
}

static void a_held_mail_is_taken_back_like_any_other(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", script);
    rig_run_until(r, "2021-02-01 12:00");
    engine_recall(r->engine, TEXT("test"), TEXT("guest"), TEXT("P1"), TEXT("the event is cancelled"));
    rig_call(r, "approve", "\"aa11\"");
    assert_int_equal(r->effects_n, 2);
    assert_holds_words(rig_history(r, "guest", "P1"), "mail:m skipped: the event is cancelled");
    rig_end(r);
}

static void thousands_that_are_held_wait_on_disk_and_all_leave(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00",
        "usher.describe { id = 'test', mails_an_hour_max = 2600 }\n"
        "local words <const>, hash <const> = 'Hello', 'aa11'\n"
        "usher.flow('guest', function() return " MAIL(
            "") " end)\n"
                "usher.on('fill', function(from) for i = from, from + 99 do usher.start('guest', { key = 'P' "
                ".. i }) "
                "end end)\n"
                "usher.on('approve', function(hash) usher.book('approvals'):set('invitation', { hash = hash "
                "})\n"
                "  usher.recheck() return 'heard' end)\n");
    char from[16];
    for (int i = 0; i < 2600; i += 100) {
        snprintf(from, sizeof from, "%d", i);
        rig_call(r, "fill", from);
    }
    rig_run_until(r, "2021-02-01 12:00");
    assert_int_equal(r->engine->warm_n, 0);
    rig_call(r, "approve", "\"aa11\"");
    rig_run(r);
    assert_int_equal(rig_count(r, "done"), 2600);
    assert_int_equal(r->effects_n, 2600);
    rig_end(r);
}

// The story of the word, with a crash at that boundary (0: none): it is said again until it is heard.
static struct rig *play(const char *told, int64_t boundary)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    rig_write(r, "test.lua", told);
    virtual_crash_at(r->world, boundary);
    rig_begin(r);
    rig_run_until(r, "2021-02-01 12:00");
    while (strcmp(rig_call(r, "approve", "\"aa11\""), "\"heard\"") != 0) continue;
    rig_run_until(r, "2021-02-02 08:00");
    return r;
}

static int times_sent(struct rig *r, const char *key)
{
    int n = 0;
    for (struct rig_effect *x = r->effects; x; x = x->next) n += strcmp(x->key, key) == 0;
    return n;
}

static void nothing_leaves_before_the_word_and_nobody_is_lost(const char *told, int times_max)
{
    static const char *const keys[] = {"P1", "P2", "P3"};
    int64_t boundary = 1;
    for (bool crashes = true; crashes; boundary++) {
        struct rig *r = play(told, boundary);
        crashes = r->deaths > 0;
        for (size_t i = 0; i < 3; i++) {
            const char *unsure = rig_print(r, "\"flow_key\":\"%s\"", keys[i]);
            bool asked = strstr(rig_list(r, "unsure", "{}"), unsure) != NULL;
            int n = times_sent(r, keys[i]);
            if ((n < 1 && !asked) || n > times_max)
                fail_msg("boundary %d: %d times to %s", (int)boundary, n, keys[i]);
            assert_text(rig_state(r, "guest", keys[i]), asked ? "waiting" : "done");
        }
        for (struct rig_effect *x = r->effects; x; x = x->next)
            assert_true(x->at.ms >= rig_at("2021-02-01 12:00").ms);
        rig_end(r);
    }
    assert_true(boundary > 10);
    print_message("%d boundaries\n", (int)boundary - 2);
}

static void a_crash_anywhere_around_a_hold_loses_nothing_and_repeats_nothing(void **state)
{
    nothing_leaves_before_the_word_and_nobody_is_lost(SCRIPT("Hello", "aa11", ""), 1);
}

// What was on its way when everything stopped goes once more, with the same Message-ID.
static void a_crash_anywhere_around_a_hold_sends_again_only_what_was_on_its_way(void **state)
{
    nothing_leaves_before_the_word_and_nobody_is_lost(SCRIPT("Hello", "aa11", ", unsure = 'resend'"), 2);
}

static void approval_is_checked_where_it_is_said(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00",
        "usher.flow('f', function() usher.mail { 'm', to = 'a@x.example', subject = 's', text = 't',\n"
        "  approval = { rule = 'r', hush = 'x' } } end)\nusher.start('f', { key = 'P1' })\n");
    rig_run_until(r, "2021-02-04 08:00");
    assert_holds_words(rig_why(r, "f", "P1"),
        "usher.mail: approval: no option 'hush' (did you mean 'hash'?)");
    rig_end(r);
}

// ---- a hold -------------------------------------------------------------------------------------------

struct asked {
    struct rig *rig;
    const char *answer;
};

static void on_answer(void *ctx, struct record value, const struct err *error)
{
    struct asked *a = ctx;
    struct buf json;
    (void)error;
    buf_init(&json, RECORD_LEN_MAX);
    record_print_json(value, &json);
    a->answer = rig_print(a->rig, "%s", buf_z(&json));
    buf_release(&json);
}

// What a command asks, and what it gets.
static const char *ask(struct rig *r, const char *request)
{
    struct asked a = {r, "(no answer: the engine died)"};
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    assert_int_equal(record_from_json(text_of(request), &bytes, NULL), 0);
    engine_ask(r->engine, (struct record){(uint8_t *)bytes.data, bytes.len}, on_answer, &a);
    buf_release(&bytes);
    rig_settle(r);
    return a.answer;
}

// An engine as it is live, since in a rehearsal nobody's hold counts. It looks at the zone files every ten
// minutes, so it is never run to the end of time.
static struct rig *live_with(const char *now, const char *text)
{
    struct rig *r = rig_new(now);
    r->live = true;
    rig_write(r, "test.lua", text);
    rig_begin(r);
    return r;
}

#define HOLD "{\"ask\":\"hold\",\"who\":\"karma\",\"note\":\"a wrong link\"}"
#define RELEASE "{\"ask\":\"release\",\"who\":\"sonam\"}"
#define PLAIN(name, more) "usher.mail { '" name "', to = 'a@x.example', subject = 's', text = 't'" more " }"

static const char reminders[] = //
    "usher.describe { id = 'test', zone = 'Asia/Thimphu' }\n"
    "usher.flow('guest', function() usher.sleep('1 hour') " PLAIN("soon",
        "") " usher.sleep('1 day')\n"
            "  return " PLAIN("later", "") " end)\n"
                                           "for i = 1, 3 do usher.start('guest', { key = 'P' .. i }) end\n";

static void a_hold_stops_mails_and_the_plan_goes_on(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00", reminders);
    rig_run_until(r, "2021-02-01 08:30");
    assert_holds_words(ask(r, HOLD),
        "everything is on hold since Mon 1 Feb 2021 14:30 Thimphu, by karma (a wrong "
        "link): usher release\"");
    rig_run_until(r, "2021-02-01 12:00");
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_history(r, "guest", "P1"),
        "sleep:1 hour done\nmail:soon held: everything is on hold");
    ask(r, RELEASE);
    assert_int_equal(r->effects_n, 3);
    rig_run_until(r, "2021-02-04 08:00");
    assert_int_equal(rig_count(r, "done"), 3);
    assert_text(rig_list(r, "held", "{}"), "[]");
    rig_end(r);
}

static void a_hold_survives_a_restart_and_is_audited(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00", reminders);
    ask(r, HOLD);
    rig_restart(r);
    rig_run_until(r, "2021-02-01 12:00");
    rig_restart(r);
    rig_run_until(r, "2021-02-03 12:00");
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(ask(r, "{\"ask\":\"holds\"}"), "\"why\":\"a wrong link\"");
    ask(r, RELEASE);
    assert_int_equal(r->effects_n, 3);
    const char *acts = rig_list(r, "audit", "{\"event\":\"test\"}");
    assert_holds_words(acts, "\"who\":\"karma\"");
    assert_holds_words(acts, "\"what\":\"hold\"");
    assert_holds_words(acts, "\"who\":\"sonam\"");
    assert_holds_words(acts, "\"what\":\"release\"");
    rig_end(r);
}

static void a_hold_on_one_event_leaves_the_others_alone(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->live = true;
    rig_write(r, "a.lua",
        "usher.flow('f', function() " PLAIN("m", "") " end)\nusher.start('f', { key = 'A' })\n");
    rig_write(r, "b.lua",
        "usher.flow('f', function() " PLAIN("m", "") " end)\nusher.start('f', { key = 'B' })\n");
    rig_begin(r);
    assert_holds_words(ask(r, "{\"ask\":\"hold\",\"who\":\"karma\",\"event\":\"a\"}"), "\"event\":\"a\"");
    rig_run_until(r, "2021-02-01 09:00");
    assert_text(rig_effects(r), "02-01 08:00 B mail:m\n");
    assert_holds_words(ask(r, RELEASE), "there is no hold on everything");
    assert_holds_words(ask(r, "{\"ask\":\"release\",\"who\":\"karma\",\"event\":\"b\"}"),
        "'b' is not on hold");
    assert_holds_words(ask(r, "{\"ask\":\"hold\",\"event\":\"bb\"}"),
        "no event 'bb' runs here (did you mean 'b'?)");
    ask(r, "{\"ask\":\"release\",\"who\":\"karma\",\"event\":\"a\"}");
    assert_int_equal(r->effects_n, 2);
    rig_end(r);
}

static void a_release_can_leave_out_the_mails_of_a_rule(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00",
        "usher.flow('starting', function() return " PLAIN("m",
            "") " end)\n"
                "usher.flow('survey', function() return " PLAIN("m",
                    "") " end)\n"
                        "for i = 1, 3 do usher.start('starting', { key = 'P' .. i }) usher.start('survey', { "
                        "key = 'P' .. i }) end\n");
    ask(r, HOLD);
    rig_run_until(r, "2021-02-01 09:00");
    assert_holds_words(ask(r, "{\"ask\":\"release\",\"who\":\"karma\",\"skip\":[\"starting\"]}"),
        "\"skipped\":3");
    rig_run_until(r, "2021-02-04 08:00");
    assert_int_equal(r->effects_n, 3);
    assert_holds_words(rig_history(r, "starting", "P2"),
        "mail:m skipped: karma left it out when the others were released");
    rig_end(r);
}

static void what_is_too_late_when_a_hold_ends_is_counted(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00",
        "usher.flow('starting', function() return " PLAIN("m",
            ", give_up = usher.time.at('2021-02-01 08:30', 'UTC')") " end)\n"
                                                                    "for i = 1, 3 do usher.start('starting', "
                                                                    "{ key = 'P' .. i }) end\n");
    ask(r, HOLD);
    rig_run_until(r, "2021-02-01 09:00");
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_history(r, "starting", "P1"),
        "mail:m skipped: was held until it was too late: everything is on hold");
    assert_holds_words(rig_list(r, "held_too_late", "{\"since\":0}"), "\"n\":3");
    rig_end(r);
}

// ---- what waits for room, and what is tried again, is held as well

static enum outcome never_takes(void *ctx, const struct rig_effect *effect, const char **note,
    const char **value)
{
    (void)ctx, (void)effect, (void)value;
    *note = "451 come again";
    return OUTCOME_AGAIN;
}

static void a_mail_that_is_tried_again_is_held_when_its_turn_comes(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00", reminders);
    r->peer = never_takes;
    rig_run_until(r, "2021-02-01 09:10");
    int tried = r->effects_n;
    assert_true(tried > 3);
    ask(r, HOLD);
    rig_run_until(r, "2021-02-01 20:00");
    assert_int_equal(r->effects_n, tried);
    r->peer = NULL;
    ask(r, RELEASE);
    assert_int_equal(r->effects_n, tried + 3);
    rig_run_until(r, "2021-02-04 08:00");
    assert_int_equal(rig_count(r, "done"), 3);
    rig_end(r);
}

static size_t no_room(void *self, enum step_kind kind)
{
    (void)self, (void)kind;
    return 0;
}

static void a_mail_that_waits_for_room_is_held_at_once(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00", reminders);
    size_t (*room)(void *, enum step_kind) = r->engine->world.room;
    r->engine->world.room = no_room;
    rig_run_until(r, "2021-02-01 09:10");
    assert_int_equal(effect_waiting(r->engine), 3);
    ask(r, HOLD);
    assert_int_equal(effect_waiting(r->engine), 0);
    assert_holds_words(rig_history(r, "guest", "P3"), "mail:soon open\nmail:soon held: ");
    r->engine->world.room = room;
    rig_run_until(r, "2021-02-01 12:00");
    assert_int_equal(r->effects_n, 0);
    ask(r, RELEASE);
    assert_int_equal(r->effects_n, 3);
    rig_end(r);
}

static void a_mail_whose_fate_is_not_known_is_not_sent_again_during_a_hold(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00",
        "usher.flow('f', function() return " PLAIN("m", "") ".sent end)\nusher.start('f', { key = 'P1' })\n");
    virtual_crash_at(r->world, 6); // the mail has left, and nobody hears how it ended
    rig_run_until(r, "2021-02-01 09:00");
    assert_int_equal(r->effects_n, 1);
    assert_holds_words(rig_list(r, "unsure", "{}"), "P1");
    ask(r, HOLD);
    engine_decide_unsure(r->engine, TEXT("test"), TEXT("f"), TEXT("P1"), 1, 1, true);
    rig_run_until(r, "2021-02-01 10:00");
    assert_int_equal(r->effects_n, 1);
    assert_holds_words(rig_list(r, "held", "{}"), "P1");
    ask(r, RELEASE);
    assert_int_equal(r->effects_n, 2);
    assert_text(rig_result(r, "f", "P1"), "true");
    rig_end(r);
}

static void a_hold_lets_flows_read_and_holds_what_changes_something_elsewhere(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00",
        "usher.flow('read', function() return usher.http.get { 'a', url = 'https://x.example/' } "
        "end)\n"
        "usher.flow('write', function() return usher.http.post { 'a', url = 'https://x.example/', body = '1' "
        "} "
        "end)\nusher.start('read', { key = 'K' }) usher.start('write', { key = 'K' })\n");
    ask(r, HOLD);
    rig_run_until(r, "2021-02-01 09:00");
    assert_text(rig_state(r, "read", "K"), "done");
    assert_holds_words(rig_history(r, "write", "K"), "held: everything is on hold");
    ask(r, RELEASE);
    assert_text(rig_state(r, "write", "K"), "done");
    rig_end(r);
}

static const char steered[] = //
    "usher.describe { id = 'test', zone = 'Asia/Thimphu' }\n"
    "usher.on('hold', function() return { heard = usher.hold('karma', 'a wrong link') } end)\n"
    "usher.on('release', function() usher.release('sonam') return 'heard' end)\n"
    "usher.on('outgoing', function() return usher.outgoing() end)\n"
    "usher.on('in vain', function() usher.release('sonam') error('no', 0) end)\n"
    "usher.flow('guest', function() usher.sleep('1 hour') return " PLAIN("soon",
        "") " end)\n"
            "for i = 1, 3 do usher.start('guest', { key = 'P' .. i }) end\n";

// A hold in the morning and a release in the evening, with a crash at that boundary (0: none).
static void a_crash_anywhere_around_a_release_loses_nothing_and_repeats_nothing(void **state)
{
    static const char *const keys[] = {"P1", "P2", "P3"};
    int64_t boundary = 1;
    for (bool crashes = true; crashes; boundary++) {
        struct rig *r = rig_new("2021-02-01 08:00");
        r->live = true;
        rig_write(r, "test.lua", steered);
        virtual_crash_at(r->world, boundary);
        rig_begin(r);
        rig_run_until(r, "2021-02-01 08:30");
        while (!strstr(rig_call(r, "hold", "{}"), "heard")) continue;
        rig_run_until(r, "2021-02-01 20:00");
        assert_int_equal(r->effects_n, 0);
        while (!strstr(rig_call(r, "release", "{}"), "heard")) continue;
        rig_run_until(r, "2021-02-01 23:00");
        crashes = r->deaths > 0;
        for (size_t i = 0; i < 3; i++) {
            bool asked = strstr(rig_list(r, "unsure", "{}"), keys[i]) != NULL;
            int n = times_sent(r, keys[i]);
            if (n > 1 || (n == 0 && !asked)) fail_msg("boundary %d: %d to %s", (int)boundary, n, keys[i]);
        }
        rig_end(r);
    }
    assert_true(boundary > 10);
    print_message("%d boundaries\n", (int)boundary - 2);
}

static void a_handler_that_fails_lifts_no_hold(void **state)
{
    struct rig *r = live_with("2021-02-01 08:00", steered);
    assert_text(rig_call(r, "outgoing", "{}"), "{}");
    assert_text(rig_call(r, "hold", "{}"), "{\"heard\":true}");
    assert_text(rig_call(r, "hold", "{}"), "{\"heard\":false}");
    assert_holds_words(rig_call(r, "outgoing", "{}"), "\"who\":\"karma\"");
    rig_call(r, "in vain", "{}");
    rig_run_until(r, "2021-02-01 20:00");
    assert_int_equal(r->effects_n, 0);
    assert_holds_words(rig_list(r, "held", "{}"),
        "on hold since Mon 1 Feb 2021 14:00 Thimphu, by karma (a wrong link): usher release test");
    rig_end(r);
}

// ---- the blast guard ------------------------------------------------------------------------------------

// A script with a mistake: it goes on sending.
static const char runaway[] = //
    "usher.describe { id = 'test', zone = 'Asia/Thimphu', mails_an_hour_max = 100 }\n"
    "usher.on('release', function() usher.release('sonam') return 'heard' end)\n"
    "usher.flow('loop', function() for i = 1, 4000 do " PLAIN("m",
        "") " end end)\n"
            "for i = 1, 3 do usher.start('loop', { key = 'P' .. i }) end\n";

static void a_loop_that_would_send_thousands_is_stopped_at_the_limit(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->live = true;
    rig_write(r, "test.lua", runaway);
    rig_begin(r);
    rig_run_until(r, "2021-02-05 08:00");
    assert_int_equal(r->effects_n, 100);
    assert_holds_words(rig_list(r, "held", "{}"), "by usher (the blast guard: 100 mails left within an hour, "
                                                  "and more were to follow): usher release test");
    assert_holds_words(rig_list(r, "audit", "{}"), "the blast guard");
    rig_end(r);
}

static void a_rehearsal_says_what_the_guard_would_hold(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", runaway);
    rig_run(r);
    assert_int_equal(r->effects_n, 100);
    assert_holds_words(rig_notices(r), "mail:m#");
    assert_holds_words(rig_notices(r), ": the blast guard would hold the event from here on: ");
    rig_end(r);
}

static void after_a_release_an_hour_begins_anew(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", runaway);
    rig_run_until(r, "2021-02-01 08:10");
    rig_call(r, "release", "{}");
    rig_run_until(r, "2021-02-02 08:00");
    assert_int_equal(r->effects_n, 200);
    rig_end(r);
}

static void the_guard_counts_what_left_before_a_restart(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", "usher.describe { id = 'test', mails_an_hour_max = 100 }\n"
                                                 "usher.on('more', function(from) for i = from, from + 59 do "
                                                 "usher.start('f', { key = 'P' .. i }) end end)\n"
                                                 "usher.flow('f', function() " PLAIN("m", "") " end)\n");
    rig_call(r, "more", "1");
    rig_restart(r);
    rig_run_until(r, "2021-02-01 08:59");
    rig_call(r, "more", "101");
    assert_int_equal(r->effects_n, 100);
    rig_end(r);
}

static void no_hour_has_more_mails_than_the_limit_and_a_longer_time_may(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", "usher.describe { id = 'test', mails_an_hour_max = 100 }\n"
                                                 "usher.on('more', function(from) for i = from, from + 59 do "
                                                 "usher.start('f', { key = 'P' .. i }) end end)\n"
                                                 "usher.flow('f', function() " PLAIN("m", "") " end)\n");
    rig_call(r, "more", "1");
    rig_run_until(r, "2021-02-01 09:00");
    rig_call(r, "more", "101");
    assert_int_equal(r->effects_n, 120);
    rig_run_until(r, "2021-02-01 09:59:59");
    rig_call(r, "more", "201");
    assert_int_equal(r->effects_n, 160);
    rig_end(r);
}

static void tries_of_one_mail_are_one_mail(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00",
        "usher.describe { id = 'test', mails_an_hour_max = 5 }\n"
        "usher.flow('f', function() " PLAIN("m",
            "") " end)\nfor i = 1, 5 do usher.start('f', { key = 'P' .. i }) end\n");
    r->peer = never_takes;
    rig_run_until(r, "2021-02-01 08:30");
    assert_true(r->effects_n > 10);
    assert_text(rig_list(r, "held", "{}"), "[]");
    rig_end(r);
}

static void a_rehearsal_lets_the_holds_of_persons_alone(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", steered);
    rig_call(r, "hold", "{}");
    rig_run(r);
    assert_int_equal(r->effects_n, 3);
    rig_end(r);
}

static void mails_of_a_flow_that_failed_at_once_do_not_count(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00",
        "usher.describe { id = 'test', mails_an_hour_max = 5 }\n"
        "usher.flow('bad', function() usher.spawn('a', function() " PLAIN("m",
            "") " end)\n"
                "  usher.spawn('b', function() " PLAIN("n",
                    "") " end) error('no', 0) end)\n"
                        "usher.flow('f', function() " PLAIN("m",
                            "") " end)\n"
                                "for i = 1, 5 do usher.start('bad', { key = 'B' .. i }) end\n"
                                "for i = 1, 5 do usher.start('f', { key = 'P' .. i }) end\n");
    rig_run_until(r, "2021-02-01 08:30");
    assert_int_equal(r->effects_n, 5);
    assert_int_equal(rig_count(r, "done"), 5);
    rig_end(r);
}

static void the_guards_limit_is_checked(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    rig_write(r, "test.lua", "usher.describe { id = 'test', mails_an_hour_max = 0 }\n");
    assert_holds_words(rig_try_begin(r), "mails_an_hour_max is a number from 1 to 1000000");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_that_needs_a_word_is_held_and_says_so),
        cmocka_unit_test(the_word_sends_what_was_held),
        cmocka_unit_test(a_word_on_other_words_opens_nothing),
        cmocka_unit_test(a_mail_whose_word_was_given_before_is_not_held),
        cmocka_unit_test(what_is_held_is_looked_at_when_usher_starts),
        cmocka_unit_test(what_is_held_until_its_limit_is_skipped_with_the_reason),
        cmocka_unit_test(what_is_held_without_a_limit_is_tried_for_days_once_it_may_leave),
        cmocka_unit_test(a_mail_is_held_in_the_words_that_the_script_has_now),
        cmocka_unit_test(a_held_mail_is_taken_back_like_any_other),
        cmocka_unit_test(thousands_that_are_held_wait_on_disk_and_all_leave),
        cmocka_unit_test(a_crash_anywhere_around_a_hold_loses_nothing_and_repeats_nothing),
        cmocka_unit_test(a_crash_anywhere_around_a_hold_sends_again_only_what_was_on_its_way),
        cmocka_unit_test(approval_is_checked_where_it_is_said),
        cmocka_unit_test(a_hold_stops_mails_and_the_plan_goes_on),
        cmocka_unit_test(a_hold_survives_a_restart_and_is_audited),
        cmocka_unit_test(a_hold_on_one_event_leaves_the_others_alone),
        cmocka_unit_test(a_release_can_leave_out_the_mails_of_a_rule),
        cmocka_unit_test(what_is_too_late_when_a_hold_ends_is_counted),
        cmocka_unit_test(a_mail_that_is_tried_again_is_held_when_its_turn_comes),
        cmocka_unit_test(a_mail_that_waits_for_room_is_held_at_once),
        cmocka_unit_test(a_mail_whose_fate_is_not_known_is_not_sent_again_during_a_hold),
        cmocka_unit_test(a_hold_lets_flows_read_and_holds_what_changes_something_elsewhere),
        cmocka_unit_test(a_crash_anywhere_around_a_release_loses_nothing_and_repeats_nothing),
        cmocka_unit_test(a_handler_that_fails_lifts_no_hold),
        cmocka_unit_test(a_loop_that_would_send_thousands_is_stopped_at_the_limit),
        cmocka_unit_test(a_rehearsal_says_what_the_guard_would_hold),
        cmocka_unit_test(after_a_release_an_hour_begins_anew),
        cmocka_unit_test(the_guard_counts_what_left_before_a_restart),
        cmocka_unit_test(no_hour_has_more_mails_than_the_limit_and_a_longer_time_may),
        cmocka_unit_test(tries_of_one_mail_are_one_mail),
        cmocka_unit_test(a_rehearsal_lets_the_holds_of_persons_alone),
        cmocka_unit_test(mails_of_a_flow_that_failed_at_once_do_not_count),
        cmocka_unit_test(the_guards_limit_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
