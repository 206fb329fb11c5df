// SPDX-License-Identifier: MIT
// The word before the first mail of a rule, with the words for events on the whole engine.
#include "office_rig.h"

#define TEA(text)                                                                                       \
    "event 'one' { title = 'Tea', when = 'Thu 25 Feb 2021 14:00-15:00 UTC', from = 'o@x.example',\n"    \
    "  approver = 'karma' }\n"                                                                          \
    "people { { key = 'karma', name = 'Karma', role = 'organiser', mail = 'karma@one.example' } }\n"    \
    "guests { { key = 'S1', name = 'Sonam', mail = 's@x.example', assistant = 'pa@x.example' } }\n"     \
    "mail 'invitation' { to = invited, at = '10 days before, 09:00', subject = 's', text = '" text "' " \
    "}\n"                                                                                               \
    "usher.on('form-one', function(r)\n"                                                                \
    "  local subject = usher.link.read('session', r.cookie)\n"                                          \
    "  return usher.link.make('form', subject:match('^%S+') .. ' ' .. r.form) end)\n"                   \
    "usher.on('mark', function(r) return usher.hash(table.unpack(r)) end)\n"                            \
    "usher.on('page', function(r) return usher.preview(r) end)\n"

#define APPROVE "{\"rules\":[\"invitation\"],\"who\":\"karma\"}"

static void a_mail_is_held_until_somebody_has_approved_its_rule(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_run_until(r, "2021-02-15 10:00");
    assert_holds_words(rig_effects(r), "02-12 09:00 "); // a working day before: Friday
    assert_holds_words(rig_history(r, "invitation", "S1"),
        "mail:mail/S1 held: waits for the word of Karma: usher approve one invitation");
    assert_holds_words(rig_call(r, "approve", APPROVE), "approved by Karma: invitation");
    assert_holds_words(rig_effects(r),
        "02-15 10:00 S1 mail:mail/S1\n02-15 10:00 S1 mail:copy/S1"); // the same word is enough for the copy
    assert_holds_words(rig_result(r, "invitation", "S1"), "\"sent\":true");
    rig_end(r);
}

static void what_was_held_goes_to_who_is_right_when_it_leaves(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_run_until(r, "2021-02-15 10:00");
    rig_call(r, "deputy", "{\"person\":\"S1\",\"name\":\"Tashi\",\"mail\":\"t@x.example\"}");
    rig_call(r, "approve", APPROVE);
    assert_holds_words(rig_history(r, "invitation", "S1"),
        "mail:mail/S1 held: waits for the word of Karma: usher approve one invitation\n"
        "mail:mail/S1 skipped: was approved, and is looked at again\n"
        "decide:audience#2 done\n"
        "mail:mail/S1#2 started\n"
        "mail:mail/S1#2 done");
    assert_holds_words(rig_list(r, "letters", "{\"event\":\"one\",\"keys\":\"[\\\"S1\\\"]\"}"), "Dear Tashi");
    rig_end(r);
}

static void approved_in_advance_it_leaves_in_time_and_nobody_is_asked(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    rig_call(r, "approve", APPROVE);
    rig_run(r);
    assert_text(rig_effects(r), "02-15 09:00 S1 mail:mail/S1\n02-15 09:00 S1 mail:copy/S1\n");
    rig_end(r);
}

static void nobody_approves_and_it_is_not_sent(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_run(r);
    assert_holds_words(rig_result(r, "invitation", "S1"),
        "was held until it was too late: waits for the word of Karma");
    rig_end(r);
}

static void an_edit_asks_again_while_flows_of_the_first_text_go_on(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    rig_call(r, "approve", APPROVE);
    rig_kill(r);
    rig_write(r, "test.lua", TEA("Dearest {name}"));
    rig_begin(r);
    rig_settle(r);
    assert_holds_words(rig_call(r, "outbox", "{\"rule\":\"invitation\"}"),
        "\"sentence\":\"changed since approval by Karma, Mon 01 Feb 2021, 08:00 UTC (UTC): waits again\"");
    assert_holds_words(rig_call(r, "approve", APPROVE), "approved by Karma: invitation");
    rig_run(r); // this flow began with the first text, which was approved as well
    assert_text(rig_effects(r), "02-15 09:00 S1 mail:mail/S1\n02-15 09:00 S1 mail:copy/S1\n");
    rig_end(r);
}

static void a_reload_holds_the_new_words_and_asks_for_them_at_once(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_run_until(r, "2021-02-15 10:00");
    int asked = (int)r->effects_n;
    assert_holds_words(rig_reload(r, "test.lua", TEA("Dearest {name}"), NULL), "\"applied\":true");
    rig_settle(r);
    assert_int_equal(r->effects_n, asked + 1);
    rig_call(r, "approve", APPROVE);
    assert_int_equal(r->effects_n, asked + 3); // to the guest, and the assistant's copy
    assert_holds_words(rig_list(r, "letters", "{\"event\":\"one\",\"keys\":\"[\\\"S1\\\"]\"}"),
        "Dearest Sonam");
    rig_end(r);
}

static void who_said_what_stands_in_the_trail(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    rig_call(r, "approve", APPROVE);
    rig_call(r, "disapprove", APPROVE);
    const char *trail = rig_list(r, "audit", "{}");
    assert_holds_words(trail, "\"who\":\"Karma\",\"note\":\"invitation\",\"what\":\"approved\"");
    assert_holds_words(trail, "\"note\":\"invitation\",\"what\":\"took an approval back\"");
    rig_end(r);
}

static void a_test_mail_waits_for_nobody(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    assert_holds_words(rig_call(r, "test-mail", "{\"rule\":\"invitation\",\"to\":\"me@x.example\"}"),
        "invitation as Sonam gets it now is on its way to me@x.example");
    assert_int_equal(r->effects_n, 1);
    rig_end(r);
}

// ---- the page -------------------------------------------------------------------------------------------

static struct rig *rig_of_tea(const char *text)
{
    struct rig *r = rig_new("2021-02-01 08:00");
    r->base_url = "https://events.example";
    r->live = true;
    rig_write(r, "test.lua", text);
    rig_begin(r);
    rig_settle(r);
    return r;
}

// What a page says in a hidden field, as a field of JSON.
static const char *hidden(struct rig *r, const char *page, const char *name)
{
    const char *at = strstr(page, rig_print(r, "name=\"%s\"", name));
    const char *from = page;
    assert_non_null(at);
    for (const char *p = page; p && p < at; p = strstr(p + 1, "<input")) from = p;
    const char *value = strstr(from, "value=\"");
    assert_non_null(value);
    value += strlen("value=\"");
    return rig_print(r, "\"%s\": \"%.*s\"", name, (int)strcspn(value, "\""), value);
}

static void an_approver_approves_on_the_page_what_it_showed(void **state)
{
    struct rig *r = rig_of_tea(TEA("Dear {name}"));
    const char *cookie = cookie_for(r, "one", "karma");
    const char *page = look(r, cookie, "/e/one/outbox/invitation");
    assert_holds_words(page, "waits for the word of Karma");
    assert_holds_words(page, "src=\"/e/one/outbox/invitation/sample?key=S1\"");
    const char *fields = rig_print(r, "%s, %s", hidden(r, page, "names"), hidden(r, page, "marks"));
    assert_text(act(r, cookie, "approve", fields), "303 /e/one/outbox/invitation");
    page = look(r, cookie, "/e/one/outbox/invitation");
    assert_holds_words(page, "approved by Karma, Mon");
    assert_text(act(r, cookie, "disapprove", fields), "303 /e/one/outbox/invitation");
    assert_holds_words(look(r, cookie, "/e/one/outbox"), "approval taken back by Karma");
    rig_end(r);
}

static void a_text_that_was_edited_behind_the_page_is_not_approved(void **state)
{
    struct rig *r = rig_of_tea(TEA("Dear {name}"));
    const char *cookie = cookie_for(r, "one", "karma");
    const char *page = look(r, cookie, "/e/one/outbox/invitation");
    const char *fields = rig_print(r, "%s, %s", hidden(r, page, "names"), hidden(r, page, "marks"));
    rig_kill(r);
    rig_write(r, "test.lua", TEA("Dearest {name}"));
    rig_begin(r);
    rig_settle(r);
    assert_holds_words(act(r, cookie, "approve", fields), "400 ");
    assert_holds_words(rig_call(r, "outbox", "{\"rule\":\"invitation\"}"), "\"state\":\"waits\"");
    rig_end(r);
}

static void a_sample_runs_nothing_and_shows_nobodys_link(void **state)
{
    struct rig *r = rig_of_tea(TEA("Dear {name}, {how_to_answer}"));
    const char *cookie = cookie_for(r, "one", "karma");
    const char *path = "/e/one/outbox/invitation/sample";
    const char *page = rig_visit(r, "GET", path,
        rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}"));
    assert_holds_words(page, "Dear Sonam");
    assert_holds_words(page, "https://events.example/a/\xe2\x80\xa6");
    assert_null(strstr(page, "<script"));
    assert_holds_words(look(r, cookie, path), "404 ");
    assert_text(rig_visit(r, "GET", path, NULL), "303 /login");
    rig_end(r);
}

// ---- the primitives -------------------------------------------------------------------------------------

static void a_mark_is_of_all_texts_and_of_where_they_end(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    const char *mark = rig_print(r, "%s", rig_call(r, "mark", "[\"ab\",\"c\"]"));
    assert_int_equal(strlen(mark), 64 + 2);
    assert_text(rig_call(r, "mark", "[\"ab\",\"c\"]"), mark);
    assert_string_not_equal(rig_call(r, "mark", "[\"a\",\"bc\"]"), mark);
    assert_string_not_equal(rig_call(r, "mark", "[\"abc\"]"), mark);
    assert_string_not_equal(rig_call(r, "mark", "[\"ab\",\"c\",\"\"]"), mark);
    assert_holds_words(rig_call(r, "mark", "[\"ab\",{}]"), "usher.hash: ");
    rig_end(r);
}

static void a_preview_shows_the_mail_and_makes_no_mark_up_of_what_people_wrote(void **state)
{
    struct rig *r = rig_with("2021-02-01 08:00", TEA("Dear {name}"));
    rig_settle(r);
    const char *page = rig_call(r, "page",
        "{\"subject\":\"<b>Hi</b>\",\"text\":\"Dear *Karma* <script>x</script>\",\"to\":\"a@x.example\","
        "\"attach\":[{\"name\":\"slides.pdf\"}]}");
    assert_holds_words(page, "&lt;b&gt;Hi&lt;/b&gt;");
    assert_holds_words(page, "Dear <em>Karma</em>");
    assert_holds_words(page, "slides.pdf");
    assert_null(strstr(page, "<script"));
    assert_holds_words(rig_call(r, "page", "{\"subject\":\"s\",\"text\":\"t\",\"txet\":\"t\"}"),
        "no option 'txet' (did you mean 'text'?)");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mail_is_held_until_somebody_has_approved_its_rule),
        cmocka_unit_test(what_was_held_goes_to_who_is_right_when_it_leaves),
        cmocka_unit_test(approved_in_advance_it_leaves_in_time_and_nobody_is_asked),
        cmocka_unit_test(nobody_approves_and_it_is_not_sent),
        cmocka_unit_test(an_edit_asks_again_while_flows_of_the_first_text_go_on),
        cmocka_unit_test(a_reload_holds_the_new_words_and_asks_for_them_at_once),
        cmocka_unit_test(who_said_what_stands_in_the_trail),
        cmocka_unit_test(a_test_mail_waits_for_nobody),
        cmocka_unit_test(an_approver_approves_on_the_page_what_it_showed),
        cmocka_unit_test(a_text_that_was_edited_behind_the_page_is_not_approved),
        cmocka_unit_test(a_sample_runs_nothing_and_shows_nobodys_link),
        cmocka_unit_test(a_mark_is_of_all_texts_and_of_where_they_end),
        cmocka_unit_test(a_preview_shows_the_mail_and_makes_no_mark_up_of_what_people_wrote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
