// SPDX-License-Identifier: MIT
// The event is cancelled, on the whole engine: whoever has heard of it is told once, and nothing else leaves.
#include "engine_rig.h"

#include "engine/cancel.h"
#include "engine/link.h"

static const char tea[] = //
    "event 'tea' { title = 'Tea', when = 'Thu 25 Feb 2021 14:00-15:00 UTC', from = 'o@x.example' }\n"
    "people { { key = 'lead', name = 'Karma', role = 'speaker', mail = 'karma@x.example' } }\n"
    "guests { { key = 'S1', name = 'Sonam', mail = 's1@x.example' },\n"
    "  { key = 'S2', name = 'Pema', mail = 's2@x.example' },\n"
    "  { key = 'S3', name = 'Dorji', mail = 's3@x.example' } }\n"
    "mail 'invitation' { to = invited, at = '10 days before, 09:00', subject = 's', text = 't',\n"
    "  attach = 'calendar' }\n"
    "mail 'joining' { to = coming, at = '2 days before, 09:00', subject = 's', text = 't' }\n"
    "mail 'to-speaker' { to = speakers, at = '10 days before, 09:00', subject = 's', text = 't' }\n"
    "survey 'feedback' { to = invited, ask = { text 'How was it?' } }\n"
    "usher.on('calendar', function(r)\n"
    "  return require('usher.feed').text(require('usher.roster').person(r.person)) end)\n";

// Invited on the 15th; S2 does not come.
static struct rig *invited(void)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->base_url = "https://x.example";
    rig_write(r, "test.lua", tea);
    rig_begin(r);
    rig_run_until(r, "2021-02-16 08:00");
    rig_call(r, "answer", "{\"person\":\"S2\",\"answer\":\"no\"}");
    rig_run_until(r, "2021-02-17 08:00");
    return r;
}

// What `usher cancel` asks; the answer's text, or "error: ...".
static const char *cancel(struct rig *r, const char *request)
{
    struct buf asked, answer;
    struct err e = {0};
    buf_init(&asked, 4096);
    buf_init(&answer, RECORD_LEN_MAX);
    record_from_json(text_of(request), &asked, NULL);
    struct record with = {(uint8_t *)asked.data, asked.len};
    int failed = engine_cancel(r->engine, with, &answer, &e);
    struct text said = record_get_text((struct record){(uint8_t *)answer.data, failed ? 0 : answer.len},
        "text");
    const char *text = failed ? rig_print(r, "error: %s", e.text)
                              : rig_print(r, "%.*s", (int)said.len, said.data);
    buf_release(&asked);
    buf_release(&answer);
    rig_settle(r);
    return text;
}

#define LOOK "{\"event\": \"tea\", \"with\": {\"look\": true}}"
#define DO "{\"event\": \"tea\", \"with\": {\"who\": \"karma\", \"note\": \"The speaker is ill.\"}}"

static const char *who_got(struct rig *r, const char *since)
{
    const char *text = "";
    for (const struct rig_effect *x = r->effects; x; x = x->next) {
        if (x->at.ms >= rig_at(since).ms)
            text = rig_print(r, "%s%s%s %s", text, *text ? ", " : "", x->flow, x->key);
    }
    return text;
}

// A person looks whether a mail arrived that nobody knows of, and says so or sends it.
static void answer_for_what_is_unsure(struct rig *r)
{
    struct buf rows;
    buf_init(&rows, 1u << 20);
    record_from_json(text_of(rig_list(r, "unsure", "{}")), &rows, NULL);
    for (struct record_iter it = record_each((struct record){(uint8_t *)rows.data, rows.len});
         record_next(&it);) {
        struct text name = record_get_text(it.value, "name"), key = record_get_text(it.value, "flow_key");
        bool arrived = false;
        for (const struct rig_effect *x = r->effects; x; x = x->next)
            arrived |= text_is(name, x->flow) && text_is(key, x->key);
        engine_decide_unsure(r->engine, TEXT("tea"), name, key, (int32_t)record_get_int(it.value, "step", 0),
            (int32_t)record_get_int(it.value, "attempt", 0), !arrived);
    }
    rig_settle(r);
    buf_release(&rows);
}

static void looking_changes_nothing(void **state)
{
    struct rig *r = invited();
    const char *flows = rig_list(r, "flows", "{}");
    assert_text(cancel(r, LOOK),
        "Cancelling Tea (Thu 25 Feb 2021, 14:00 UTC (UTC)) means:\n"
        "  3 people get the mail \"cancelled\", 2 of them with what takes the entry out of their calendar.\n"
        "  Nothing else leaves any more, and its pages say so.");
    assert_text(rig_list(r, "flows", "{}"), flows);
    rig_end(r);
}

static void a_kill_at_every_boundary_tells_everybody_once_and_nothing_else_leaves(void **state)
{
    for (int64_t boundary = 1, deaths = 1; deaths; boundary++) {
        struct rig *r = invited();
        virtual_crash_at(r->world, virtual_boundaries(r->world) + boundary);
        cancel(r, DO);
        assert_holds_words(cancel(r, DO), "Tea is cancelled"); // whoever saw it die says it again
        deaths = r->deaths;
        answer_for_what_is_unsure(r);
        rig_run(r);
        const char *told = who_got(r, "2021-02-17 08:00");
        for (const char *const *key = (const char *const[]){"S1", "S3", "lead", NULL}; *key; key++)
            assert_holds_words(told, rig_print(r, "cancelled %s", *key));
        if (strlen(told) != strlen("cancelled S1, cancelled S3, cancelled lead"))
            fail_msg("boundary %d: %s", (int)boundary, told);
        assert_text(rig_state(r, "joining", "S1"), "cancelled");
        assert_text(rig_why(r, "joining", "S1"), "the event was cancelled");
        assert_int_equal(rig_count(r, "waiting") + rig_count(r, "ready"), 0);
        if (!deaths) print_message("%d boundaries\n", (int)boundary - 1);
        rig_end(r);
    }
}

static void a_second_time_says_since_when(void **state)
{
    struct rig *r = invited();
    assert_holds_words(cancel(r, DO), "Tea is cancelled. 3 people get the mail");
    rig_run_until(r, "2021-02-18 08:00");
    assert_text(cancel(r, DO), "Tea is cancelled since Wed 17 Feb 2021, 08:00 UTC (UTC) (karma).");
    assert_holds_words(rig_list(r, "audit", "{\"event\":\"tea\"}"), "event cancelled");
    rig_end(r);
}

static const char *path_of(struct rig *r, const char *root, const char *kind, const char *key)
{
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("tea"), text_of(kind), text_of(key), (struct instant){0}, 0, &token);
    const char *path = rig_print(r, "%s%s", root, buf_z(&token));
    buf_release(&token);
    return path;
}

static void pages_say_so_and_take_nothing(void **state)
{
    struct rig *r = invited();
    cancel(r, DO);
    const char *answer = path_of(r, "/a/", "answer", "S3"), *join = path_of(r, "/j/", "join", "S3");
    assert_holds_words(rig_visit(r, "GET", answer, NULL), "200 ");
    assert_holds_words(rig_visit(r, "GET", answer, NULL), "The event is cancelled");
    assert_holds_words(rig_visit(r, "GET", join, NULL), "The speaker is ill.");
    assert_holds_words(rig_visit(r, "POST", answer, "{\"form\": {\"answer\": \"yes\"}}"), "410 ");
    assert_holds_words(rig_visit(r, "POST", join, NULL), "410 ");
    rig_end(r);
}

static void the_calendar_that_is_subscribed_to_says_so(void **state)
{
    struct rig *r = invited();
    assert_holds_words(rig_call(r, "calendar", "{\"person\":\"S1\"}"), "STATUS:CONFIRMED");
    cancel(r, DO);
    const char *feed = rig_call(r, "calendar", "{\"person\":\"S1\"}");
    assert_holds_words(feed, "STATUS:CANCELLED");
    assert_holds_words(feed, "SEQUENCE:1");
    assert_holds_words(rig_call(r, "calendar", "{\"person\":\"lead\"}"), "STATUS:CANCELLED");
    rig_end(r);
}

static void an_event_that_is_over_or_unknown_is_refused(void **state)
{
    struct rig *r = invited();
    assert_text(cancel(r, "{\"event\": \"coffee\"}"), "error: no event 'coffee' runs here");
    rig_run_until(r, "2021-02-26 08:00");
    assert_text(cancel(r, DO), "error: the event is over: nothing is left to cancel");
    rig_end(r);
}

static void an_edit_does_not_bring_it_back(void **state)
{
    struct rig *r = invited();
    cancel(r, DO);
    const char *moved = rig_print(r,
        "%s\nmail 'more' { to = invited, at = '1 day before', subject = 's', "
        "text = 't' }\n",
        tea);
    assert_holds_words(rig_reload(r, "test.lua", moved, NULL), "\"applied\":true");
    rig_run(r);
    assert_text(who_got(r, "2021-02-17 09:00"), "");
    assert_holds_words(rig_result(r, "more", "S1"), "the event was cancelled");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(a_kill_at_every_boundary_tells_everybody_once_and_nothing_else_leaves),
        cmocka_unit_test(a_second_time_says_since_when),
        cmocka_unit_test(pages_say_so_and_take_nothing),
        cmocka_unit_test(the_calendar_that_is_subscribed_to_says_so),
        cmocka_unit_test(an_event_that_is_over_or_unknown_is_refused),
        cmocka_unit_test(an_edit_does_not_bring_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
