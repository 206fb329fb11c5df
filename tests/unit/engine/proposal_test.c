// SPDX-License-Identifier: MIT
// A changed script waits for the organisers' word, and does exactly what they were shown.
#include "office_rig.h"

#include "engine/proposal.h"
#include "engine/reload.h"

#define MORE "mail 'extra' { to = invited, at = '1 day before, 09:00', subject = 's', text = 't' }\n"
#define PAGE "/e/one/change"
#define WAITS "A changed script waits for your word."

// The digest of the plan as things stand: one.lua has been written over.
static const char *digest_of(struct rig *r)
{
    struct buf outline;
    struct err e = {0};
    buf_init(&outline, RECORD_LEN_MAX);
    if (engine_reload(r->engine, TEXT("one"), "one.lua", (struct record){0}, &outline, &e))
        fail_msg("%s", e.text);
    struct text digest = record_get_text((struct record){(uint8_t *)outline.data, outline.len}, "digest");
    const char *kept = rig_print(r, "%.*s", (int)digest.len, digest.data);
    buf_release(&outline);
    return kept;
}

// What `usher plan one.lua --propose` hands over. `more` is JSON for further fields, or "".
static const char *propose(struct rig *r, const char *digest, const char *text, const char *more)
{
    struct buf map;
    struct err e = {0};
    buf_init(&map, RECORD_LEN_MAX);
    const char *json = rig_print(r,
        "{\"event\": \"one\", \"script\": \"one.lua\", \"who\": \"Pema\", \"digest\": \"%s\", \"text\": "
        "\"%s\","
        " \"html\": \"<p>%s</p>\", \"needs\": 0, \"questions\": []%s}",
        digest, text, text, more);
    if (record_from_json(text_of(json), &map, &e)) fail_msg("%s: %s", json, e.text);
    int failed = proposal_take(r->engine, (struct record){(uint8_t *)map.data, map.len}, &e);
    buf_release(&map);
    rig_settle(r);
    return failed ? rig_print(r, "error: %s", e.text) : "taken";
}

static const char *word_fields(struct rig *r, const char *word, const char *digest)
{
    return rig_print(r, "\"word\": \"%s\", \"digest\": \"%s\"", word, digest);
}

static struct rig *rig_with_change(const char **digest)
{
    struct rig *r = rig_of_office("2021-02-23 08:00");
    rig_write(r, "one.lua", EVENT("one") MORE);
    *digest = digest_of(r);
    assert_text(propose(r, *digest, "2 mails new", ""), "taken");
    return r;
}

static void a_proposed_plan_is_on_every_page_until_it_is_discarded(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    assert_holds_words(look(r, cookie, "/e/one/people"), WAITS);
    assert_holds_words(look(r, cookie, PAGE), "<p>2 mails new</p>");
    assert_status(r, act(r, cookie, "change", word_fields(r, "discard", digest)), 303);
    assert_null(strstr(look(r, cookie, "/e/one/people"), WAITS));
    assert_holds_words(look(r, cookie, PAGE), "No changed script waits");
    assert_holds_words(look(r, cookie, "/e/one/log"), "script discarded");
    assert_holds_words(look(r, cookie, "/e/one/log"), "The organiser");
    rig_end(r);
}

static void it_is_there_after_a_restart(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    rig_write(r, "one.lua", EVENT("one"));
    rig_restart(r);
    assert_holds_words(look(r, cookie_for(r, "one", "viewer"), "/e/one"), WAITS);
    rig_end(r);
}

static void it_goes_when_the_script_takes_its_place_another_way(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    rig_restart(r); // the changed script is loaded, and nothing needs an answer
    assert_null(proposal_of(r->engine->events));
    assert_holds_words(look(r, cookie_for(r, "one", "owner"), PAGE), "Version 3 of the script runs since");
    rig_end(r);
}

static void what_was_shown_takes_its_place(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    rig_settle(r);
    propose(r, digest = digest_of(r), "2 mails new", "");
    assert_text(act(r, cookie, "change", word_fields(r, "apply", digest)), "303 /e/one/change");
    assert_holds_words(look(r, cookie, PAGE), "Version 3 of the script runs since");
    assert_holds_words(look(r, cookie, "/e/one/log"), "The organiser");
    assert_null(proposal_of(r->engine->events));
    rig_end(r);
}

static void only_owner_and_organiser_have_a_word(void **state)
{
    static const char *const others[] = {"approver", "host", "viewer"};
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    for (size_t i = 0; i < 3; i++) {
        const char *cookie = cookie_for(r, "one", others[i]);
        assert_status(r, act(r, cookie, "change", word_fields(r, "apply", digest)), 403);
        assert_status(r, act(r, cookie, "change-answers", word_fields(r, "", digest)), 403);
        assert_null(strstr(look(r, cookie, PAGE), "Let it take its place"));
    }
    assert_non_null(proposal_of(r->engine->events));
    rig_end(r);
}

static void a_word_on_another_plan_does_not_count(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "owner");
    act(r, cookie, "change", word_fields(r, "apply", "0123456789abcdef"));
    assert_holds_words(look(r, cookie, PAGE), "another plan has come since you looked");
    rig_end(r);
}

static void a_script_that_cannot_be_used_says_why_and_cannot_be_confirmed(void **state)
{
    const char *digest;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    propose(r, "", "", ", \"problem\": \"one.lua:3: '=' expected\"");
    assert_holds_words(look(r, cookie, "/e/one"), "A changed script can&#39;t be used.");
    const char *page = look(r, cookie, PAGE);
    assert_holds_words(page, "one.lua:3: &#39;=&#39; expected");
    assert_null(strstr(page, "Let it take its place"));
    act(r, cookie, "change", word_fields(r, "apply", ""));
    assert_int_equal(proposal_state(proposal_of(r->engine->events)), PROPOSAL_WAITS);
    rig_end(r);
}

static void what_is_no_plan_is_refused(void **state)
{
    struct rig *r = rig_of_office("2021-02-20 08:00");
    assert_holds_words(propose(r, "", "", ""), "that is no plan");
    assert_holds_words(propose(r, "1", "x", ", \"same\": true"), "taken");
    assert_null(proposal_of(r->engine->events));
    rig_end(r);
}

// ---- when something has happened meanwhile ------------------------------------------------------------

struct planner {
    struct rig *rig;
    const char *text;
    struct buf asked;
};

static void on_plan(void *ctx, struct text event, struct text script, struct record answers, struct text who)
{
    struct planner *p = ctx;
    buf_addf(&p->asked, "%.*s %.*s %.*s ", (int)event.len, event.data, (int)script.len, script.data,
        (int)who.len, who.data);
    if (answers.data) record_print_json(answers, &p->asked);
}

static void begin_planner(struct planner *p, struct rig *r)
{
    *p = (struct planner){.rig = r};
    buf_init(&p->asked, 10000);
    r->engine->options.plan = on_plan;
    r->engine->options.plan_ctx = p;
}

static void something_happens(struct rig *r)
{
    rig_run_until(r, "2021-02-23 10:00"); // the invitations leave
}

static void a_plan_that_has_grown_old_is_carried_out_when_it_still_says_the_same(void **state)
{
    const char *digest;
    struct planner p;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    begin_planner(&p, r);
    something_happens(r);
    act(r, cookie, "change", word_fields(r, "apply", digest));
    assert_text(buf_z(&p.asked), "one one.lua The organiser ");
    assert_holds_words(look(r, cookie, PAGE), "It takes its place");
    propose(r, digest_of(r), "2 mails new", "");
    assert_holds_words(look(r, cookie, PAGE), "Version 3 of the script runs since");
    buf_release(&p.asked);
    rig_end(r);
}

static void a_plan_that_says_something_else_by_now_is_shown_again(void **state)
{
    const char *digest;
    struct planner p;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    begin_planner(&p, r);
    something_happens(r);
    act(r, cookie, "change", word_fields(r, "apply", digest));
    propose(r, digest_of(r), "1 mail new", "");
    const char *page = look(r, cookie, PAGE);
    assert_holds_words(page, "something has happened since you looked");
    assert_holds_words(page, "<p>1 mail new</p>");
    buf_release(&p.asked);
    rig_end(r);
}

#define QUESTIONS                                                                                           \
    ", \"questions\": [{\"id\": \"extra\", \"text\": \"extra, 2 people\", \"n\": 2, \"choices\": "          \
    "[[\"skip\", \"Nobody gets it\"], [\"send\", \"Everybody gets it now\"]]}, {\"id\": \"edition\", "      \
    "\"text\": \"It moves by 14 days\", \"n\": 1, \"choices\": [[\"new\", \"Tell everybody\"], [\"same\", " \
    "\"Tell nobody\"]]}]"

static void answers_on_the_page_have_the_plan_made_anew(void **state)
{
    const char *digest;
    struct planner p;
    struct rig *r = rig_with_change(&digest);
    const char *cookie = cookie_for(r, "one", "organiser");
    begin_planner(&p, r);
    const char *json = rig_print(r,
        "{\"event\": \"one\", \"script\": \"one.lua\", \"digest\": \"%s\", \"text\": \"t\", \"needs\": "
        "2" QUESTIONS "}",
        digest);
    struct buf map;
    struct err e = {0};
    buf_init(&map, RECORD_LEN_MAX);
    assert_int_equal(record_from_json(text_of(json), &map, &e), 0);
    assert_int_equal(proposal_take(r->engine, (struct record){(uint8_t *)map.data, map.len}, &e), 0);
    buf_release(&map);
    const char *page = look(r, cookie, PAGE);
    assert_holds_words(page, "This needs an answer before anything changes");
    assert_null(strstr(page, "Let it take its place"));
    act(r, cookie, "change", word_fields(r, "apply", digest));
    assert_int_equal(proposal_state(proposal_of(r->engine->events)), PROPOSAL_WAITS);
    act(r, cookie, "change-answers",
        rig_print(r, "\"digest\": \"%s\", \"q1\": \"skip\", \"q2\": \"new\"", digest));
    assert_text(buf_z(&p.asked),
        "one one.lua The organiser {\"skip\":[\"extra\"],\"told\":[{\"answer\":\"Nobody gets "
        "it\",\"question\":\"extra, 2 people\"},{\"answer\":\"Tell everybody\",\"question\":\"It moves by 14 "
        "days\"}],\"answers\":{\"edition\":\"new\"}}");
    assert_holds_words(look(r, cookie, PAGE), "The plan is being made");
    buf_release(&p.asked);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_proposed_plan_is_on_every_page_until_it_is_discarded),
        cmocka_unit_test(it_is_there_after_a_restart),
        cmocka_unit_test(it_goes_when_the_script_takes_its_place_another_way),
        cmocka_unit_test(what_was_shown_takes_its_place),
        cmocka_unit_test(only_owner_and_organiser_have_a_word),
        cmocka_unit_test(a_word_on_another_plan_does_not_count),
        cmocka_unit_test(a_script_that_cannot_be_used_says_why_and_cannot_be_confirmed),
        cmocka_unit_test(what_is_no_plan_is_refused),
        cmocka_unit_test(a_plan_that_has_grown_old_is_carried_out_when_it_still_says_the_same),
        cmocka_unit_test(a_plan_that_says_something_else_by_now_is_shown_again),
        cmocka_unit_test(answers_on_the_page_have_the_plan_made_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
