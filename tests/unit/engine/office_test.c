// SPDX-License-Identifier: MIT
// The organisers' pages: what each role may do there, forms, and what people wrote.
#include "office_rig.h"

// ---- what each role may do ------------------------------------------------------------------------------

struct right {
    const char *what;
    bool owner, organiser, approver, host, viewer;
};

static bool may(const struct right *right, const char *role)
{
    return strcmp(role, "owner") == 0       ? right->owner
           : strcmp(role, "organiser") == 0 ? right->organiser
           : strcmp(role, "approver") == 0  ? right->approver
           : strcmp(role, "host") == 0      ? right->host
                                            : right->viewer;
}

static const char *const roles[] = {"owner", "organiser", "approver", "host", "viewer"};
#define ROLES_N (sizeof roles / sizeof *roles)

static void each_role_sees_what_it_may(void **state)
{
    static const struct right pages[] = {
        {"/e/one", true, true, true, false, true},
        {"/e/one/people", true, true, true, false, true},
        {"/e/one/guests.csv", true, true, true, false, true},
        {"/e/one/guests.xlsx", true, true, true, false, true},
        {"/e/one/missing", true, true, true, false, true},
        {"/e/one/attendance", true, true, true, false, true},
        {"/e/one/signups", true, true, true, false, true},
        {"/e/one/schedule", true, true, true, false, true},
        {"/e/one/outbox", true, true, true, false, true},
        {"/e/one/outbox/invitation", true, true, true, false, true},
        {"/e/one/survey", true, true, true, false, true},
        {"/e/one/interest", true, true, true, false, true},
        {"/e/one/questions", true, true, true, true, true},
        {"/e/one/questions.csv", true, true, true, true, true},
        {"/e/one/questions.xlsx", true, true, true, true, true},
        {"/e/one/you", true, true, true, true, true},
        {"/e/one/live", true, true, true, false, true},
        {"/e/one/log", true, true, true, false, false},
        {"/e/one/change", true, true, true, false, true},
        {"/run/one", true, true, true, true, true},
        {"/run/one/live", true, true, true, true, true},
    };
    struct rig *r = rig_of_office("2021-02-25 08:00");
    for (size_t k = 0; k < ROLES_N; k++) {
        const char *cookie = cookie_for(r, "one", roles[k]);
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
            const char *said = look(r, cookie, pages[i].what);
            if (atoi(said) != (may(&pages[i], roles[k]) ? 200 : 403))
                fail_msg("%s at %s: %.100s", roles[k], pages[i].what, said);
        }
    }
    rig_end(r);
}

static void each_role_does_what_it_may(void **state)
{
    static const struct {
        struct right right;
        const char *fields;
    } acts[] = {
        {{"answer", true, true, false, false, false}, "\"person\": \"S1\", \"answer\": \"yes\""},
        {{"present", true, true, false, false, false}, "\"person\": \"S1\""},
        {{"attendance-assign", true, true, false, false, false}, "\"stranger\": \"x\""}, // nobody: 400
        {{"attendance-report", true, true, false, false, false}, ""},                    // no file: 400
        {{"attended-list", true, true, false, false, false}, ""},                        // likewise
        {{"address", true, true, false, false, false}, "\"person\": \"S1\", \"mail\": \"s@y.example\""},
        {{"unsure", true, true, true, false, false},
            "\"word\": \"arrived\""}, // taken, and nothing is unsure: 400
        {{"approve", true, false, true, false, false}, "\"names\": \"invitation\""}, // nobody is needed: 400
        {{"disapprove", true, false, true, false, false}, "\"names\": \"invitation\""},
        {{"test-mail", true, true, true, false, false}, "\"rule\": \"invitation\", \"as\": \"S1\""},
        {{"question", true, true, false, true, false}, "\"id\": \"none\", \"state\": \"open\""}, // likewise
        {{"hold", true, true, true, false, false}, "\"why\": \"a wrong link\""},
        {{"release", true, true, true, false, false}, ""},
        {{"logout", true, true, true, true, true}, ""},
    };
    struct rig *r = rig_of_office("2021-02-25 08:00");
    for (size_t k = 0; k < ROLES_N; k++) {
        const char *cookie = cookie_for(r, "one", roles[k]);
        for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
            const char *said = act(r, cookie, acts[i].right.what, acts[i].fields);
            bool refused = atoi(said) == 403;
            if (refused == may(&acts[i].right, roles[k]))
                fail_msg("%s does %s: %.100s", roles[k], acts[i].right.what, said);
        }
    }
    rig_end(r);
}

static void the_clock_of_the_day_is_moved_by_those_who_run_it(void **state)
{
    static const bool steers[] = {true, true, false, true, false};
    struct rig *r = rig_of_office("2021-02-25 08:00");
    for (size_t k = 0; k < ROLES_N; k++) {
        const char *cookie = cookie_for(r, "one", roles[k]);
        const char *before = rig_list(r, "audit", "{\"limit\": 1}");
        const char *page = look(r, cookie, "/run/one");
        const char *n = strstr(page, "name=\"n\"");
        assert_int_equal(n != NULL, steers[k]);
        const char *more = rig_print(r,
            "{\"form\": {\"token\": \"%s\", \"press\": \"later\", \"n\": \"%d\"}}",
            token_for(r, "one", cookie, "run"),
            k < 2   ? (int)k
            : k < 4 ? 2
                    : 3);
        assert_text(rig_visit(r, "POST", "/run/one", rig_with_cookie(r, cookie, more)), "303 /run/one");
        bool moved = strcmp(before, rig_list(r, "audit", "{\"limit\": 1}")) != 0;
        if (moved != steers[k]) fail_msg("%s", roles[k]);
    }
    rig_end(r);
}

// ---- forms ----------------------------------------------------------------------------------------------

static void a_form_without_its_own_token_does_nothing(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner"), *other = cookie_for(r, "one", "organiser");
    const char *const tokens[] = {"", "AAAA", token_for(r, "one", cookie, "present"),
        token_for(r, "one", other, "answer"), token_for(r, "two", cookie_for(r, "two", "owner"), "answer")};
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        const char *more = rig_print(r,
            "{\"form\": {\"token\": \"%s\", \"person\": \"S1\", \"answer\": \"yes\"}}", tokens[i]);
        assert_status(r, rig_visit(r, "POST", "/e/one/answer", rig_with_cookie(r, cookie, more)), 403);
    }
    assert_holds_words(look(r, cookie, "/e/one"), "<strong>0</strong> coming");
    assert_status(r, rig_visit(r, "POST", "/e/one/answer", rig_with_cookie(r, cookie, NULL)), 403);
    assert_text(rig_visit(r, "POST", "/e/one/answer", NULL), "303 /login");
    assert_status(r, act(r, cookie, "answer", "\"person\": \"S1\", \"answer\": \"yes\""), 303);
    assert_holds_words(look(r, cookie, "/e/one"), "<strong>1</strong> coming");
    rig_end(r);
}

static void a_form_of_another_site_is_refused_before_anything_else(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner");
    const char *more = rig_print(r,
        "{\"headers\": {\"origin\": \"https://evil.example\"}, \"form\": {\"token\": \"%s\", \"person\": "
        "\"S1\", "
        "\"answer\": \"yes\"}}",
        token_for(r, "one", cookie, "answer"));
    assert_holds_words(rig_visit(r, "POST", "/e/one/answer", rig_with_cookie(r, cookie, more)),
        "403: This form");
    rig_end(r);
}

static void the_way_back_stays_on_these_pages(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner");
    static const struct {
        const char *back, *to;
    } ways[] = {
        {"/e/one/missing?all=yes", "303 /e/one/missing?all=yes"},
        {"//evil.example", "303 /e/one/person?key=S1"},
        {"https://evil.example", "303 /e/one/person?key=S1"},
        {"/e/one/../two", "303 /e/one/../two"}, // a path of this site, and two asks for its own log-in
        {"/e/oneself", "303 /e/one/person?key=S1"},
        {"/e/one/\\r\\nset-cookie: x", "303 /e/one/person?key=S1"},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        const char *fields = rig_print(r, "\"person\": \"S1\", \"back\": \"%s\"", ways[i].back);
        assert_text(act(r, cookie, "present", fields), ways[i].to);
    }
    rig_end(r);
}

static void what_the_office_does_is_written_down_with_its_name(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "organiser");
    act(r, cookie, "answer", "\"person\": \"S1\", \"answer\": \"yes\", \"note\": \"her office phoned\"");
    act(r, cookie, "present", "\"person\": \"S1\"");
    act(r, cookie, "address",
        "\"person\": \"S1\", \"mail\": \"new@x.example\", \"assistant\": \"pa@x.example\"");
    const char *acts = rig_list(r, "acts", "{\"event\":\"one\",\"about\":\"S1\"}");
    assert_holds_words(acts, "\"who\":\"The organiser\",\"note\":\"yes (her office phoned)\"");
    assert_holds_words(acts, "\"what\":\"marked as present\"");
    assert_holds_words(acts,
        "\"note\":\"new@x.example, pa@x.example (it was sonam@x.example, no assistant)\"");
    const char *page = look(r, cookie, "/e/one/person"),
               *person = rig_visit(r, "GET", "/e/one/person",
                   rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}"));
    assert_status(r, page, 404);
    assert_holds_words(person, "The organiser: answer, yes (her office phoned)");
    assert_holds_words(person, "new@x.example");
    rig_end(r);
}

static void what_would_be_skipped_is_told_before(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->base_url = "https://events.example";
    rig_write(r, "one.lua",
        EVENT(
            "one") "mail 'asking' { to = not_answered, at = '1 day before, 09:00', subject = 's', text = 't' "
                   "}\n"
                   "mail 'thanks' { to = present, at = '1 day after, 09:00', subject = 's', text = 't' }\n");
    rig_begin(r);
    rig_settle(r);
    const char *cookie = cookie_for(r, "one", "owner");
    const char *who = rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}");
    assert_null(strstr(rig_visit(r, "GET", "/e/one/person", who), "as things are now"));
    act(r, cookie, "answer", "\"person\": \"S1\", \"answer\": \"yes\"");
    const char *page = rig_visit(r, "GET", "/e/one/person", who);
    assert_holds_words(page, "asking</strong><div class=\"hint\">skipped, as things are now: answered yes");
    assert_holds_words(page, "thanks</strong></li>"); // who will be there nobody knows yet
    rig_end(r);
}

static void what_usher_stops_is_in_the_log_and_on_the_first_page(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->base_url = "https://events.example";
    rig_write(r, "one.lua",
        EVENT("one") "usher.flow('odd', function() error('no such room') end)\n"
                     "usher.start('odd', { key = 'S1', label = 'Sonam' })\n");
    rig_begin(r);
    const char *cookie = cookie_for(r, "one", "owner");
    assert_holds_words(look(r, cookie, "/e/one/log"), "stopped odd");
    assert_holds_words(look(r, cookie, "/e/one/log"), "no such room");
    assert_holds_words(look(r, cookie, "/e/one/log"), "script loaded");
    assert_holds_words(look(r, cookie, "/e/one"), "1 flow stopped");
    assert_holds_words(look(r, cookie, "/e/one"), "put the script right, then: usher retry 3");
    const char *who = rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}");
    assert_holds_words(rig_visit(r, "GET", "/e/one/person", who), "Waits for somebody");
    assert_null(strstr(look(r, cookie, "/e/one"), "Nothing waits for you."));
    rig_end(r);
}

static void what_can_not_be_taken_is_told(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner");
    static const char *const wrong[][3] = {
        {"answer", "\"person\": \"S1\", \"answer\": \"perhaps not\"", "An answer is yes or no."},
        {"answer", "\"person\": \"nobody\", \"answer\": \"yes\"", "on no list any more"},
        {"answer", "\"person\": \"host\", \"answer\": \"yes\"", "on no list any more"},
        {"address", "\"person\": \"S1\", \"mail\": \"no address\"", "is not a mail address"},
        {"address", "\"person\": \"S1\", \"mail\": \"karma@x.example\"", "Karma has this address already"},
        {"unsure", "\"word\": \"maybe\"", "Say whether it arrived"},
        {"unsure", "\"word\": \"again\", \"flow\": \"x\", \"key\": \"y\", \"step\": \"1e9\"",
            "not unsure any more"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *said = act(r, cookie, wrong[i][0], wrong[i][1]);
        assert_status(r, said, 400);
        assert_holds_words(said, wrong[i][2]);
    }
    rig_end(r);
}

// ---- what people wrote is never part of a page ----------------------------------------------------------

#define EVIL "<script>alert(1)</script>\\\"'><img src=x onerror=alert(2)>"

static const char evil_event[] =
    "local evil = \"" EVIL "\"\n"
    "event 'one' { title = evil, when = 'Thu 25 Feb 2021 08:00-09:00 UTC', from = 'o@x.example', where = "
    "evil }\n"
    "people { { key = 'owner', name = evil .. 'o', role = 'owner, speaker', mail = 'owner@one.example', "
    "phone = evil,\n"
    "  position = evil } }\n"
    "guests { { key = 'S1', name = evil, salutation = evil, group = evil, mail = 'a@x.example', position = "
    "evil,\n"
    "  phone = evil, language = 'en' },\n"
    "  { key = 'S' .. evil:sub(1, 40), name = 'x', mail = 'b@x.example' } }\n"
    "programme { { '08:00-08:30', evil, by = 'owner' }, { evil .. '2' }, { '08:30-09:00', evil .. '3' } }\n"
    "mail 'hello' { to = invited, at = '2 days before, 09:00', subject = '{title}', text = '{name}' }\n"
    "survey 'after' { to = invited, opens = '2 days before, 08:00', closes = '1 day after, 17:00', title = "
    "evil,\n"
    "  ask = { text(evil) } }\n"
    "interest 'more' { to = invited, title = evil, opens = '2 days before, 08:00',\n"
    "  choose = { evil }, quiet = true }\n"
    "usher.on('ask', function() usher.book('questions'):set('q', { text = evil, at = usher.now(), state = "
    "'open',\n"
    "  person = 'S1' })\n"
    "  usher.book('interest-more'):set('S1', { answers = { more = { evil } }, consent = evil, at = 1 }) "
    "end)\n"
    "usher.on('form-one', function(r)\n"
    "  local subject = usher.link.read('session', r.cookie)\n"
    "  return usher.link.make('form', subject:match('^%S+') .. ' ' .. r.form) end)\n";

static enum outcome on_evil_mail(void *ctx, const struct rig_effect *effect, const char **note,
    const char **value)
{
    int *n = ctx;
    (void)effect, (void)value;
    *note = "<script>alert(3)</script>\"'";
    return (*n)++ % 2 ? OUTCOME_UNSURE : OUTCOME_FAILED;
}

static void assert_harmless(const char *path, const char *page)
{
    static const char *const never[] = {"<script>alert", "<img", "onerror=alert(2)>", "\"'>"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        if (strstr(page, never[i])) fail_msg("%s has %s: %s", path, never[i], strstr(page, never[i]) - 100);
    }
}

static void whatever_people_wrote_stays_text_on_every_page(void **state)
{
    static const char *const pages[] = {"", "/people", "/missing", "/signups", "/schedule", "/log",
        "/questions", "/survey", "/interest", "/you"};
    struct rig *r = rig_new("2021-02-23 08:00");
    int mails = 0;
    r->base_url = "https://events.example";
    r->peer = on_evil_mail;
    r->peer_ctx = &mails;
    rig_write(r, "one.lua", evil_event);
    rig_begin(r);
    rig_run_until(r, "2021-02-23 10:00");
    rig_call(r, "ask", "{}");
    const char *cookie = cookie_for(r, "one", "owner");
    act(r, cookie, "answer", "\"person\": \"S1\", \"answer\": \"yes\", \"note\": \"" EVIL "\"");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const char *path = rig_print(r, "/e/one%s", pages[i]), *page = look(r, cookie, path);
        assert_status(r, page, 200);
        assert_holds_words(page, "&lt;script&gt;alert(1)");
        assert_harmless(path, page);
    }
    const char *query = "{\"query\": {\"key\": \"S1\", \"q\": \"" EVIL "\", \"group\": \"" EVIL "\"}}";
    const char *const asked[] = {"/e/one/person", "/e/one/people", "/e/one/missing"};
    for (size_t i = 0; i < 3; i++) {
        const char *page = rig_visit(r, "GET", asked[i], rig_with_cookie(r, cookie, query));
        assert_status(r, page, 200);
        assert_harmless(asked[i], page);
    }
    assert_harmless("refusal", act(r, cookie, "address", "\"person\": \"S1\", \"mail\": \"" EVIL "\""));
    rig_run_until(r, "2021-02-25 08:10");
    cookie = cookie_for(r, "one", "owner");
    assert_harmless("/run", look(r, cookie, "/run/one"));
    assert_harmless("/", look(r, cookie, "/"));
    rig_end(r);
}

static enum outcome on_cut(void *ctx, const struct rig_effect *effect, const char **note, const char **value)
{
    int *cuts = ctx;
    (void)effect, (void)value;
    *note = "the line broke";
    return (*cuts)-- > 0 ? OUTCOME_UNSURE : OUTCOME_OK;
}

static void an_unsure_mail_is_settled_on_the_first_page(void **state)
{
    struct rig *r = rig_of_office("2021-02-22 08:00");
    int cuts = 1;
    const char *cookie = cookie_for(r, "one", "owner");
    r->peer = on_cut;
    r->peer_ctx = &cuts;
    rig_run_until(r, "2021-02-23 09:01");
    cookie = cookie_for(r, "one", "owner");
    const char *page = look(r, cookie, "/e/one");
    assert_holds_words(page, "1 mail unsure: say what became of them");
    const char *fields =
        "\"flow\": \"invitation\", \"key\": \"%s\", \"step\": \"3\", \"attempt\": \"1\", \"word\": "
        "\"%s\"";
    const char *key = strstr(page, "value=\"S1\"") ? "S1" : "S2";
    assert_text(act(r, cookie, "unsure", rig_print(r, fields, key, "again")), "303 /e/one");
    assert_holds_words(act(r, cookie, "unsure", rig_print(r, fields, key, "again")), "not unsure any more");
    rig_settle(r);
    assert_int_equal(r->effects_n, 5); // four mails of two events, and one of them again
    assert_holds_words(look(r, cookie, "/e/one"), "Nothing waits for you.");
    rig_end(r);
}

static void a_hold_stands_on_every_page_until_it_is_released(void **state)
{
    static const char *const pages[] = {"/e/one", "/e/one/people", "/e/one/schedule", "/e/one/log",
        "/e/one/you"};
    struct rig *r = rig_of_office("2021-02-22 08:00");
    const char *cookie = cookie_for(r, "one", "approver");
    assert_holds_words(look(r, cookie, "/e/one"), "Stop every mail");
    assert_text(act(r, cookie, "hold", "\"why\": \"a <wrong> link\""), "303 /e/one/hold");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_holds_words(look(r, cookie, pages[i]),
            "On hold since Mon 22 Feb 08:00, by The approver: a &lt;wrong&gt; "
            "link. Nothing leaves until it is released.");
    assert_null(strstr(look(r, cookie_for(r, "two", "owner"), "/e/two"), "On hold since"));
    rig_run_until(r, "2021-02-23 09:01");
    cookie = cookie_for(r, "one", "approver");
    assert_int_equal(r->effects_n, 2); // those of the other event
    assert_holds_words(look(r, cookie, "/e/one/hold"), "2 mails of <strong>invitation</strong>, due from ");
    assert_holds_words(rig_visit(r, "GET", "/e/one/person",
                           rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}")),
        "held (on hold since Mon 22 Feb 2021 08:00 UTC");
    assert_text(act(r, cookie, "release", ""), "303 /e/one");
    assert_int_equal(r->effects_n, 4);
    assert_null(strstr(look(r, cookie, "/e/one"), "On hold since"));
    assert_holds_words(look(r, cookie, "/e/one/log"), "The approver");
    rig_end(r);
}

static void what_keeps_mails_from_leaving_stands_on_every_page(void **state)
{
    static const char *const only[] = {"moic.example", NULL};
    struct rig *r = rig_of_office("2021-02-22 08:00");
    const char *cookie = cookie_for(r, "one", "viewer");
    rig_kill(r);
    r->only = only;
    r->machine = "a";
    r->file = "1";
    rig_begin(r);
    const char *page = look(r, cookie, "/e/one/people");
    assert_holds_words(page,
        "Nothing leaves, because nobody has said where this database belongs: if no other usher "
        "works on it any more, usher adopt.");
    assert_holds_words(page, "Only mails to moic.example leave from here.");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_role_sees_what_it_may),
        cmocka_unit_test(each_role_does_what_it_may),
        cmocka_unit_test(the_clock_of_the_day_is_moved_by_those_who_run_it),
        cmocka_unit_test(a_form_without_its_own_token_does_nothing),
        cmocka_unit_test(a_form_of_another_site_is_refused_before_anything_else),
        cmocka_unit_test(the_way_back_stays_on_these_pages),
        cmocka_unit_test(what_the_office_does_is_written_down_with_its_name),
        cmocka_unit_test(what_would_be_skipped_is_told_before),
        cmocka_unit_test(what_usher_stops_is_in_the_log_and_on_the_first_page),
        cmocka_unit_test(what_can_not_be_taken_is_told),
        cmocka_unit_test(whatever_people_wrote_stays_text_on_every_page),
        cmocka_unit_test(an_unsure_mail_is_settled_on_the_first_page),
        cmocka_unit_test(what_keeps_mails_from_leaving_stands_on_every_page),
        cmocka_unit_test(a_hold_stands_on_every_page_until_it_is_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
