// SPDX-License-Identifier: MIT
// Mails that came back, on the organisers' pages.
#include "office_rig.h"

#include "engine/arrival.h"

static void on_settled(void *ctx, struct record reply, const struct err *error)
{
    if (error) fail_msg("%s", error->text);
    assert_true(record_get_bool(reply, "wanted", false));
}

static const char *id_of_mail_to(struct rig *r, const char *key)
{
    for (struct rig_effect *e = r->effects; e; e = e->next) {
        if (strcmp(e->key, key) == 0 && strcmp(e->flow, "invitation") == 0 && *e->message_id)
            return e->message_id;
    }
    fail_msg("%s got no invitation", key);
    return NULL;
}

// A server reports on the invitation of S1.
static void report(struct rig *r, int64_t uid, const char *action, const char *diagnostic)
{
    struct buf bytes;
    struct err e = {0};
    const char *json = rig_print(r,
        "{\"id\":\"%lld@mx\",\"from\":\"mailer-daemon@mx.example\",\"original\":{\"id\":\"%s\"},"
        "\"reports\":[{\"action\":\"%s\",\"status\":\"5.1.1\",\"diagnostic-code\":\"smtp; %s\"}]}",
        (long long)uid, id_of_mail_to(r, "S1"), action, diagnostic);
    buf_init(&bytes, 65536);
    if (record_from_json(text_of(json), &bytes, &e)) fail_msg("%s: %s", e.text, json);
    struct arrival a = {TEXT("office/INBOX"), 7, uid, {(const uint8_t *)bytes.data, bytes.len}, TEXT("")};
    engine_arrive(r->engine, &a, on_settled, NULL);
    buf_release(&bytes);
    rig_settle(r);
}

static const char *person(struct rig *r, const char *cookie)
{
    return rig_visit(r, "GET", "/e/one/person", rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}"));
}

// The invitations are out; the first of them comes back.
static struct rig *begin(const char *diagnostic)
{
    struct rig *r = rig_of_office("2021-02-23 08:59");
    rig_run_until(r, "2021-02-23 09:01");
    report(r, 1, "failed", diagnostic);
    return r;
}

static void a_mail_that_came_back_is_told_wherever_its_guest_is(void **state)
{
    struct rig *r = begin("550 no such user");
    const char *cookie = cookie_for(r, "one", "owner"), *page = look(r, cookie, "/e/one");
    assert_holds_words(page, "1 person not reached by mail");
    assert_holds_words(page, "mail to this address comes back (550 no such user)");
    assert_null(strstr(page, "Nothing waits for you."));
    assert_holds_words(look(r, cookie, "/e/one/people"),
        "invitation: came back, the address takes no mail: 550 no such user");
    page = person(r, cookie);
    assert_holds_words(page, "Mail to this address comes back (550 no such user).");
    assert_holds_words(page, "invitation: came back, the address takes no mail: 550 no such user");
    assert_null(strstr(page, "mail:report"));
    assert_holds_words(look(r, cookie, "/e/one/log"), "reported on a mail");
    assert_null(strstr(person(r, cookie_for(r, "one", "viewer")), "The address works again"));
    rig_end(r);
}

static void a_corrected_address_is_reached(void **state)
{
    struct rig *r = begin("550 no such user");
    const char *cookie = cookie_for(r, "one", "organiser");
    assert_status(r, act(r, cookie, "address", "\"person\": \"S1\", \"mail\": \"s.w@x.example\""), 303);
    assert_holds_words(look(r, cookie, "/e/one"), "Nothing waits for you.");
    assert_null(strstr(person(r, cookie), "Mail to this address"));
    assert_holds_words(person(r, cookie), "came back, the address takes no mail"); // it did
    rig_end(r);
}

static void the_office_says_that_an_address_works_again(void **state)
{
    struct rig *r = begin("550 no such user");
    const char *cookie = cookie_for(r, "one", "organiser");
    const char *allow = "\"person\": \"S1\", \"word\": \"allow\"",
               *works = "\"person\": \"S1\", \"word\": "
                        "\"works\"",
               *again = "\"person\": \"S1\", \"word\": \"again\"";
    assert_status(r, act(r, cookie, "mailable", again), 400);
    assert_text(act(r, cookie, "mailable", allow), "303 /e/one/person?key=S1");
    assert_holds_words(person(r, cookie), "goes there all the same; The organiser said so.");
    assert_text(act(r, cookie, "mailable", works), "303 /e/one/person?key=S1");
    assert_holds_words(look(r, cookie, "/e/one"), "Nothing waits for you.");
    assert_holds_words(act(r, cookie, "mailable", works),
        "Nothing of that kind stands against mail to Sonam");
    const char *acts = rig_list(r, "acts", "{\"event\":\"one\",\"about\":\"S1\"}");
    assert_holds_words(acts, "sonam@x.example gets what a guest needs who comes");
    assert_holds_words(acts, "sonam@x.example works again");
    const char *approver = cookie_for(r, "one", "approver");
    assert_status(r, act(r, approver, "mailable", works), 403);
    rig_end(r);
}

static void what_is_only_late_waits_for_nobody(void **state)
{
    struct rig *r = rig_of_office("2021-02-23 08:59");
    rig_run_until(r, "2021-02-23 09:01");
    report(r, 1, "delayed", "no route");
    const char *cookie = cookie_for(r, "one", "owner");
    assert_holds_words(look(r, cookie, "/e/one"), "Nothing waits for you.");
    assert_holds_words(person(r, cookie), "invitation: still on its way: no route");
    rig_end(r);
}

static void what_a_server_wrote_stays_text(void **state)
{
    static const char *const pages[] = {"", "/people", "/log"};
    struct rig *r = begin("550 <script>alert(1)</script>\\\"'><img src=x>");
    const char *cookie = cookie_for(r, "one", "owner");
    for (size_t i = 0; i <= sizeof pages / sizeof *pages; i++) {
        const char *page = i < 3 ? look(r, cookie, rig_print(r, "/e/one%s", pages[i])) : person(r, cookie);
        assert_null(strstr(page, "<script>alert"));
        assert_null(strstr(page, "<img"));
        if (i != 2) assert_holds_words(page, "&lt;script&gt;alert(1)");
    }
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_that_came_back_is_told_wherever_its_guest_is),
        cmocka_unit_test(a_corrected_address_is_reached),
        cmocka_unit_test(the_office_says_that_an_address_works_again),
        cmocka_unit_test(what_is_only_late_waits_for_nobody),
        cmocka_unit_test(what_a_server_wrote_stays_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
