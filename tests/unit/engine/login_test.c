// SPDX-License-Identifier: MIT
// Who is let in to the organisers' pages, for how long, and to which event.
#include "office_rig.h"

// ---- being let in ---------------------------------------------------------------------------------------

static void a_link_shows_a_button_and_lets_in_once(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *link = link_for(r, "one", "owner");
    for (int scanner = 0; scanner < 3; scanner++) {
        assert_holds_words(rig_visit(r, "GET", link, NULL), "As <strong>The owner</strong> (owner).");
        assert_text(r->cookie, "");
    }
    assert_text(rig_visit(r, "POST", link, NULL), "303 /e/one");
    assert_holds_words(r->cookie, "usher-one=");
    const char *cookie = r->cookie;
    assert_holds_words(look(r, cookie, "/e/one"), "200 <!doctype html>");
    assert_holds_words(rig_visit(r, "POST", link, NULL), "410 ");
    assert_holds_words(rig_visit(r, "GET", link, NULL), "This link was used already");
    assert_text(r->cookie, "");
    rig_end(r);
}

static void an_older_link_ends_when_a_newer_one_is_used(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *first = link_for(r, "one", "owner"), *second = link_for(r, "one", "owner");
    assert_status(r, rig_visit(r, "POST", second, NULL), 303);
    assert_status(r, rig_visit(r, "POST", first, NULL), 410);
    rig_end(r);
}

static void a_link_holds_for_fifteen_minutes(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *link = link_for(r, "one", "owner");
    rig_run_until(r, "2021-02-01 08:14");
    assert_status(r, rig_visit(r, "GET", link, NULL), 200);
    rig_run_until(r, "2021-02-01 08:16");
    assert_status(r, rig_visit(r, "GET", link, NULL), 410);
    assert_status(r, rig_visit(r, "POST", link, NULL), 410);
    rig_end(r);
}

static void a_log_in_ends_by_itself(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *brief = cookie_for(r, "one", "owner");
    const char *link = link_for(r, "one", "organiser");
    assert_status(r, rig_visit(r, "POST", link, "{\"form\": {\"long\": \"yes\"}}"), 303);
    const char *lasting = r->cookie;
    rig_run_until(r, "2021-02-01 19:59");
    assert_status(r, look(r, brief, "/e/one"), 200);
    rig_run_until(r, "2021-02-01 20:01");
    assert_text(look(r, brief, "/e/one"), "303 /login");
    rig_run_until(r, "2021-03-03 07:59");
    assert_status(r, look(r, lasting, "/e/one"), 200);
    rig_run_until(r, "2021-03-03 08:01");
    assert_text(look(r, lasting, "/e/one"), "303 /login");
    rig_end(r);
}

static void over_tls_the_cookie_is_the_sites_own(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    rig_visit(r, "POST", link_for(r, "one", "owner"), "{\"secure\": true}");
    assert_holds_words(r->cookie, "__Host-usher-one=");
    const char *more = "{\"secure\": true}";
    assert_status(r, rig_visit(r, "GET", "/e/one", rig_with_cookie(r, r->cookie, more)), 200);
    rig_end(r);
}

static void a_changed_cookie_is_nobodys(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner");
    size_t from = (size_t)(strchr(cookie, '=') + 1 - cookie), len = strlen(cookie);
    for (size_t i = from; i < len; i++) {
        char *other = mem_copyz(cookie);
        other[i] = other[i] == 'A' ? 'B' : 'A';
        if (i < len - 1) assert_text(look(r, other, "/e/one"), "303 /login");
        other[i] = 0;
        if (i > from) assert_text(look(r, other, "/e/one"), "303 /login");
        free(other);
    }
    rig_end(r);
}

static void a_log_in_to_one_event_opens_nothing_of_another(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "owner");
    const char *const paths[] = {"", "/people", "/person", "/missing", "/signups", "/schedule", "/log",
        "/live"};
    const char *same = rig_print(r, "usher-two=%s", strchr(cookie, '=') + 1); // under the other's name
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        assert_text(look(r, cookie, rig_print(r, "/e/two%s", paths[i])), "303 /login");
        assert_text(look(r, same, rig_print(r, "/e/two%s", paths[i])), "303 /login");
    }
    assert_text(look(r, same, "/run/two"), "303 /login");
    rig_end(r);
}

static void the_front_door_says_nothing_to_strangers(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    assert_text(rig_visit(r, "GET", "/", NULL), "303 /login");
    const char *page = rig_visit(r, "GET", "/login", NULL);
    assert_null(strstr(page, "Title of two"));
    assert_holds_words(look(r, cookie_for(r, "two", "viewer"), "/"), "<a href=\"/e/one\">Title of one</a>");
    rig_end(r);
}

static void logging_out_everywhere_ends_every_session(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *laptop = cookie_for(r, "one", "owner"), *phone = cookie_for(r, "one", "owner");
    const char *other = cookie_for(r, "one", "organiser");
    assert_text(act(r, phone, "logout-everywhere", ""), "303 /login");
    assert_text(look(r, laptop, "/e/one"), "303 /login");
    assert_text(look(r, phone, "/e/one"), "303 /login");
    assert_status(r, look(r, other, "/e/one"), 200);
    rig_end(r);
}

static void whoever_loses_the_role_is_out_at_once(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    const char *cookie = cookie_for(r, "one", "organiser");
    const char *less =
        "event 'one' { title = 'One', when = 'Thu 25 Feb 2021 08:00-09:00 UTC', from = "
        "'o@x.example' }\npeople { { key = 'organiser', name = 'X', mail = 'x@one.example' } }\n";
    rig_write(r, "one.lua", less);
    rig_restart(r);
    assert_text(look(r, cookie, "/e/one"), "303 /login");
    rig_end(r);
}

// ---- asking for a link ----------------------------------------------------------------------------------

static const char *ask_for_link(struct rig *r, const char *address, const char *from)
{
    return rig_visit(r, "POST", "/login",
        rig_print(r, "{\"address\": \"%s\", \"form\": {\"address\": \"%s\"}}", from, address));
}

// What there is on disk for somebody who is known and for somebody who is not.
static const char *rows_of(struct rig *r)
{
    return rig_print(r, "%d flows, %s", (int)(rig_count(r, "done") + rig_count(r, "waiting")),
        rig_list(r, "audit", "{\"limit\": 1}"));
}

static void nobody_learns_whose_address_is_known(void **state)
{
    struct rig *known = rig_of_office("2021-02-01 08:00"), *unknown = rig_of_office("2021-02-01 08:00");
    const char *one = ask_for_link(known, "Owner@one.example ", "10.0.0.1");
    const char *other = ask_for_link(unknown, "owner@elsewhere.example", "10.0.0.1");
    assert_text(one, other);
    assert_holds_words(one, "200 <!doctype html>");
    assert_text(rows_of(known), rows_of(unknown));
    assert_int_equal(known->effects_n, 1);
    assert_holds_words(rig_effects(known), "mail:log-in/owner");
    assert_int_equal(unknown->effects_n, 0);
    rig_end(known);
    rig_end(unknown);
}

static void every_event_that_knows_the_address_sends_a_link(void **state)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->base_url = "https://events.example";
    const char *both =
        "event '%s' { title = 'T', when = 'Thu 25 Feb 2021 08:00-09:00 UTC', from = 'o@x.example' }\n"
        "people { { key = 'deki', name = 'Deki', mail = 'deki@x.example', role = 'organiser' } }\n";
    rig_write(r, "one.lua", rig_print(r, both, "one"));
    rig_write(r, "two.lua", rig_print(r, both, "two"));
    rig_begin(r);
    ask_for_link(r, "deki@x.example", "10.0.0.1");
    assert_int_equal(r->effects_n, 2);
    rig_end(r);
}

static void tries_are_counted_by_network_and_by_person(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    for (int i = 0; i < 20; i++) assert_status(r, ask_for_link(r, "owner@one.example", "10.0.0.1"), 200);
    assert_int_equal(r->effects_n, 5); // of one person no more an hour
    assert_status(r, ask_for_link(r, "organiser@one.example", "10.0.0.1"), 429);
    assert_int_equal(r->effects_n, 5);
    assert_status(r, ask_for_link(r, "organiser@one.example", "10.0.0.2"), 200);
    assert_int_equal(r->effects_n, 6);
    rig_run_until(r, "2021-02-01 09:01");
    assert_status(r, ask_for_link(r, "owner@one.example", "10.0.0.1"), 200);
    assert_int_equal(r->effects_n, 7);
    rig_end(r);
}

static void a_speaker_has_no_log_in(void **state)
{
    struct rig *r = rig_of_office("2021-02-01 08:00");
    assert_text(rig_call_in(r, "one", "login-link", "{\"address\":\"speaker@one.example\"}"),
        "{\"none\":true}");
    ask_for_link(r, "speaker@one.example", "10.0.0.1");
    assert_int_equal(r->effects_n, 0);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_link_shows_a_button_and_lets_in_once),
        cmocka_unit_test(an_older_link_ends_when_a_newer_one_is_used),
        cmocka_unit_test(a_link_holds_for_fifteen_minutes),
        cmocka_unit_test(a_log_in_ends_by_itself),
        cmocka_unit_test(over_tls_the_cookie_is_the_sites_own),
        cmocka_unit_test(a_changed_cookie_is_nobodys),
        cmocka_unit_test(a_log_in_to_one_event_opens_nothing_of_another),
        cmocka_unit_test(the_front_door_says_nothing_to_strangers),
        cmocka_unit_test(logging_out_everywhere_ends_every_session),
        cmocka_unit_test(whoever_loses_the_role_is_out_at_once),
        cmocka_unit_test(nobody_learns_whose_address_is_known),
        cmocka_unit_test(every_event_that_knows_the_address_sends_a_link),
        cmocka_unit_test(tries_are_counted_by_network_and_by_person),
        cmocka_unit_test(a_speaker_has_no_log_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
