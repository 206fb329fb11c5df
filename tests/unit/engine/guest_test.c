// SPDX-License-Identifier: MIT
// The pages of guests on the whole engine: answers, deputies, joining, unsubscribing; links that are none.
#include "engine_rig.h"

#include "engine/link.h"

#define EVENT                                                                                          \
    "event 'hall' { title = 'Hall', when = 'Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu',\n"              \
    "  from = 'Desk <desk@b.example>', where = zoom { link = 'https://zoom.example/j/1' } }\n"         \
    "people { { key = 'desk', name = 'Desk', role = 'organiser', mail = 'desk@b.example' } }\n"        \
    "guests { { key = 'a', name = 'Aum Dechen', mail = 'a@b.example', assistant = 'pa@b.example' },\n" \
    "  { key = 'b', name = 'Bob', mail = 'b@b.example' } }\n"                                          \
    "mail 'nudge' { to = not_answered, at = '2 days before, 10:00', subject = 'S', text = 'T',\n"      \
    "  late = 'until start' }\n"                                                                       \
    "usher.on('book', function(r) return usher.book(r.name):get(r.key) or usher.json.null end)\n"      \
    "usher.on('put', function(r) usher.book(r.name):set(r.key, r.value) end)\n"

// "/a/TOKEN" as usher itself makes it; `purpose` may be one that opens something else.
static const char *path_of(struct rig *r, const char *place, const char *event, const char *purpose,
    const char *key, uint32_t generation)
{
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, text_of(event), text_of(purpose), text_of(key), (struct instant){0}, generation,
        &token);
    const char *path = rig_print(r, "%s%s", place, buf_z(&token));
    buf_release(&token);
    return path;
}

static const char *answer_path(struct rig *r, const char *key)
{
    return path_of(r, "/a/", "hall", "answer", key, 0);
}

static const char *book(struct rig *r, const char *name, const char *key)
{
    return rig_call(r, "book", rig_print(r, "{\"name\": \"%s\", \"key\": \"%s\"}", name, key));
}

#define ON_THE_DAY "2021-02-25 08:10" // ten past two in Thimphu
#define LONG_BEFORE "2021-02-10 03:00"
#define YES "{\"form\": {\"answer\": \"yes\"}}"
#define NO "{\"form\": {\"answer\": \"no\"}}"
#define SONAM "{\"form\": {\"name\": \"Sonam\", \"mail\": \"sonam@b.example\"}}"

static void an_answer_is_on_disk_before_the_page_says_thank_you(void **state)
{
    struct rig *r = rig_new(LONG_BEFORE);
    r->on_disk = true;
    rig_write(r, "hall.lua", EVENT);
    rig_begin(r);
    const char *path = answer_path(r, "a");
    assert_text(rig_visit(r, "POST", path, YES), rig_print(r, "303 %s/thanks", path));
    rig_kill(r);
    rig_begin(r);
    assert_holds_words(rig_visit(r, "GET", rig_print(r, "%s/thanks", path), NULL), "We look forward");
    assert_holds_words(rig_visit(r, "GET", path, NULL), "<strong>Yes</strong>");
    rig_run_until(r, "2021-02-10 03:01");
    assert_text(rig_effects(r), "02-10 03:00 a mail:mail/a\n02-10 03:00 a mail:copy/a\n");
    rig_end(r);
}

static void a_page_that_is_looked_at_changes_nothing(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    rig_visit(r, "POST", answer_path(r, "b"), YES);
    const char *const pages[] = {answer_path(r, "a"), rig_print(r, "%s/deputy", answer_path(r, "a")),
        rig_print(r, "%s/thanks", answer_path(r, "b")), path_of(r, "/j/", "hall", "join", "a", 0),
        path_of(r, "/u/", "hall", "unsubscribe", "a", 0),
        path_of(r, "/u/", "hall", "unsubscribe-assistant", "a", 0),
        path_of(r, "/a/", "hall", "answer-assistant", "a", 0)};
    const char *const books[] = {"answers", "attendance", "deputies", "suppressed", "roster", "letters"};
    const char *flows = rig_list(r, "flows", "{}"), *inbox = rig_list(r, "inbox", "{}");
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        assert_holds_words(rig_visit(r, "GET", pages[i], NULL), "200 <!doctype html>");
    assert_text(rig_list(r, "flows", "{}"), flows);
    assert_text(rig_list(r, "inbox", "{}"), inbox);
    for (size_t i = 0; i < sizeof books / sizeof *books; i++) assert_text(book(r, books[i], "a"), "null");
    rig_end(r);
}

static void a_link_that_is_none_opens_nothing(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    const char *cut = rig_print(r, "%.20s", answer_path(r, "a"));
    const char *const wrong[] = {"/a/AAAA", cut, path_of(r, "/a/", "hall", "join", "a", 0),
        path_of(r, "/a/", "other", "answer", "a", 0), path_of(r, "/j/", "hall", "answer", "a", 0),
        path_of(r, "/u/", "hall", "join", "a", 0), path_of(r, "/j/", "other", "join", "a", 0)};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_holds_words(rig_visit(r, "GET", wrong[i], NULL), "404: ");
        assert_holds_words(rig_visit(r, "POST", wrong[i], YES), "404: ");
    }
    assert_holds_words(rig_visit(r, "GET", answer_path(r, "nobody"), NULL), "410 ");
    assert_text(book(r, "answers", "a"), "null");
    rig_end(r);
}

static void a_link_made_for_a_time_says_when_it_is_over(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("hall"), TEXT("answer"), TEXT("a"), rig_at("2021-02-25 08:09"), 0, &token);
    const char *path = rig_print(r, "/a/%s", buf_z(&token));
    assert_holds_words(rig_visit(r, "GET", path, NULL), "410 ");
    assert_holds_words(rig_visit(r, "POST", path, YES), "This link is no longer valid");
    buf_release(&token);
    rig_end(r);
}

// Every form of every page, sent from another site.
static void a_form_of_another_site_changes_nothing(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    const char *const forms[] = {answer_path(r, "a"), rig_print(r, "%s/deputy", answer_path(r, "a")),
        path_of(r, "/j/", "hall", "join", "a", 0),
        rig_print(r, "%s/choose", path_of(r, "/u/", "hall", "unsubscribe", "a", 0))};
    const char *foreign =
        "{\"host\": \"events.example\", \"headers\": {\"origin\": \"https://evil.example\"}, "
        "\"form\": {\"answer\": \"yes\", \"name\": \"S\", \"mail\": \"s@b.example\", "
        "\"purpose\": \"all\"}}";
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        assert_holds_words(rig_visit(r, "POST", forms[i], foreign), "403: ");
    assert_text(book(r, "answers", "a"), "null");
    assert_text(book(r, "attendance", "a"), "null");
    assert_text(book(r, "suppressed", "a@b.example"), "null");
    rig_end(r);
}

static void one_click_of_a_mail_program_needs_no_origin(void **state)
{
    struct rig *r = rig_with(LONG_BEFORE, EVENT);
    const char *path = path_of(r, "/u/", "hall", "unsubscribe", "a", 0);
    const char *click = "{\"headers\": {\"origin\": \"https://mail.example\"}, "
                        "\"form\": {\"List-Unsubscribe\": \"One-Click\"}}";
    assert_text(rig_visit(r, "POST", path, click), "200 Done: no more mails about this event.\n");
    assert_holds_words(rig_visit(r, "GET", path, NULL), "a@b.example gets no more mails about this event.");
    rig_run(r);
    assert_holds_words(rig_result(r, "nudge", "a"), "one click");
    assert_holds_words(rig_result(r, "nudge", "b"), "\"sent\":true");
    rig_end(r);
}

static void a_place_goes_to_the_deputy_and_comes_back(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    const char *own = answer_path(r, "a"), *deputys = path_of(r, "/a/", "hall", "answer", "a", 1);
    const char *join = path_of(r, "/j/", "hall", "join", "a", 0);
    const char *deputys_join = path_of(r, "/j/", "hall", "join", "a", 1);
    assert_text(rig_visit(r, "POST", rig_print(r, "%s/deputy", own), SONAM),
        rig_print(r, "303 %s/thanks", own));
    assert_text(rig_visit(r, "POST", join, NULL), rig_print(r, "303 %s", join));
    assert_text(rig_visit(r, "POST", deputys_join, NULL), "303 https://zoom.example/j/1");
    assert_text(rig_visit(r, "POST", own, YES), rig_print(r, "303 %s/thanks", own));
    assert_holds_words(rig_visit(r, "GET", deputys, NULL), "You are no longer expected");
    assert_text(rig_visit(r, "POST", deputys_join, NULL), rig_print(r, "303 %s", deputys_join));
    assert_text(rig_visit(r, "POST", join, NULL), "303 https://zoom.example/j/1");
    assert_text(rig_visit(r, "GET", path_of(r, "/a/", "hall", "answer", "a", 2), NULL),
        rig_visit(r, "GET", deputys, NULL)); // a number that nobody has had yet
    rig_end(r);
}

static void the_deputys_letters_leave_and_the_office_is_told(void **state)
{
    struct rig *r = rig_with(LONG_BEFORE, EVENT);
    rig_visit(r, "POST", rig_print(r, "%s/deputy", answer_path(r, "a")), SONAM);
    rig_run_until(r, "2021-02-10 03:01");
    assert_text(rig_state(r, "deputy", "a"), "done");
    assert_text(rig_state(r, "deputy-sent", "a"), "done");
    assert_text(rig_state(r, "deputy-news", "desk"), "done");
    assert_text(rig_result(r, "deputy", "a"), "{\"sent\":true}");
    rig_end(r);
}

// A mail server that has no time for the first mails.
static enum outcome busy(void *ctx, const struct rig_effect *effect, const char **note, const char **value)
{
    int *times = ctx;
    (void)effect, (void)value;
    *note = "451 come again";
    return (*times)-- > 0 ? OUTCOME_AGAIN : OUTCOME_OK;
}

static void a_nudge_that_waits_for_the_mail_server_is_taken_back_by_an_answer(void **state)
{
    int times = 2;
    struct rig *r = rig_with("2021-02-23 03:59", EVENT);
    r->peer = busy;
    r->peer_ctx = &times;
    rig_run_until(r, "2021-02-23 04:00");
    assert_int_equal(r->effects_n, 2);
    rig_visit(r, "POST", answer_path(r, "a"), NO);
    rig_run(r);
    assert_holds_words(rig_result(r, "nudge", "a"), "answered no");
    assert_holds_words(rig_result(r, "nudge", "b"), "\"sent\":true");
    rig_end(r);
}

static void forms_that_are_none_of_ours_do_no_harm(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    const char *const forms[] = {NULL, "{\"form\": {}}", "{\"form\": {\"answer\": \"\"}}",
        "{\"form\": {\"answer\": \"tentative\"}}", "{\"form\": {\"answer\": \"YES\"}}",
        "{\"form\": {\"note\": \"only a note\"}}", "{\"body\": \"answer=yes\"}"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        assert_holds_words(rig_visit(r, "POST", answer_path(r, "a"), forms[i]), "400 ");
        assert_holds_words(rig_visit(r, "POST", rig_print(r, "%s/deputy", answer_path(r, "b")), forms[i]),
            "422 ");
    }
    assert_text(book(r, "answers", "a"), "null");
    rig_end(r);
}

static void the_office_lets_somebody_in_on_the_day(void **state)
{
    struct rig *r = rig_with(ON_THE_DAY, EVENT);
    const char *reply = rig_call(r, "invite-now",
        "{\"mail\": \"new@b.example\", \"name\": \"Pema\", \"who\": \"k\"}");
    assert_holds_words(reply, "Pema: the link is on its way to new@b.example");
    assert_holds_words(rig_call(r, "who", "{}"), "\"Pema\"");
    rig_run_until(r, "2021-02-25 08:11");
    assert_int_equal(r->effects_n, 1);
    assert_holds_words(rig_effects(r), "mail:mail/now-");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_is_on_disk_before_the_page_says_thank_you),
        cmocka_unit_test(a_page_that_is_looked_at_changes_nothing),
        cmocka_unit_test(a_link_that_is_none_opens_nothing),
        cmocka_unit_test(a_link_made_for_a_time_says_when_it_is_over),
        cmocka_unit_test(a_form_of_another_site_changes_nothing),
        cmocka_unit_test(one_click_of_a_mail_program_needs_no_origin),
        cmocka_unit_test(a_place_goes_to_the_deputy_and_comes_back),
        cmocka_unit_test(the_deputys_letters_leave_and_the_office_is_told),
        cmocka_unit_test(a_nudge_that_waits_for_the_mail_server_is_taken_back_by_an_answer),
        cmocka_unit_test(forms_that_are_none_of_ours_do_no_harm),
        cmocka_unit_test(the_office_lets_somebody_in_on_the_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
