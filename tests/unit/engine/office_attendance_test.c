// SPDX-License-Identifier: MIT
// The organisers' page of attendance: who came, what does not agree, whom nobody knows; files that are handed
// in; who is missing while the event runs.
#include "office_rig.h"

#define SCRIPT                                                                                            \
    "event 'one' { title = 'One', when = 'Thu 25 Feb 2021 08:00-10:00 UTC', from = 'o@x.example',\n"      \
    "  attended = '60 minutes', where = zoom { link = 'https://zoom.example/j/94512345678' } }\n"         \
    "local list = {}\n"                                                                                   \
    "for i, role in ipairs { 'owner', 'viewer' } do\n"                                                    \
    "  list[i] = { key = role, name = 'The ' .. role, role = role, mail = role .. '@one.example' } end\n" \
    "people(list)\n"                                                                                      \
    "guests { { key = 'S1', name = 'Sonam Wangmo', mail = 'sonam@x.example', group = 'Secretaries',\n"    \
    "    phone = '+975 17 11 11 11' },\n"                                                                 \
    "  { key = 'S2', name = 'Karma Dorji', mail = 'karma@x.example', group = 'Secretaries',\n"            \
    "    phone = '+975 17 22 22 22' },\n"                                                                 \
    "  { key = 'D1', name = 'Karma Choden', mail = 'choden@x.example', group = 'Dzongdas' } }\n"          \
    "usher.on('form-one', function(r)\n"                                                                  \
    "  local subject = usher.link.read('session', r.cookie)\n"                                            \
    "  return usher.link.make('form', subject:match('^%S+') .. ' ' .. r.form) end)\n"
#define SERIES                                                                                       \
    "event 'one' { title = 'One', zone = 'Asia/Thimphu', from = 'o@x.example' }\n"                   \
    "series { every = 'Thursday 14:00-16:00', from = '25 Feb 2021', sessions = 2 }\n"                \
    "people { { key = 'owner', name = 'The owner', role = 'owner', mail = 'owner@one.example' } }\n" \
    "guests { { key = 'S1', name = 'Sonam Wangmo', mail = 'sonam@x.example' } }\n"                   \
    "usher.on('form-one', function(r)\n"                                                             \
    "  local subject = usher.link.read('session', r.cookie)\n"                                       \
    "  return usher.link.make('form', subject:match('^%S+') .. ' ' .. r.form) end)\n"

#define REPORT                                                                         \
    "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\\n" \
    "Sonam,sonam@x.example,2021-02-25 08:00:00,2021-02-25 09:30:00,90,Yes\\n"          \
    "Karma Dorji,,2021-02-25 08:00:00,2021-02-25 08:20:00,20,Yes\\n"                   \
    "Karma's iPad,,2021-02-25 08:10:00,2021-02-25 09:50:00,100,Yes\\n"                 \
    "<b>bold</b>,<i>x@x.example,2021-02-25 08:10:00,2021-02-25 09:50:00,100,Yes\\n"

static struct rig *begun(const char *now, const char *script)
{
    struct rig *r = rig_new(now);
    r->base_url = "https://events.example";
    r->live = true;
    rig_write(r, "one.lua", script);
    rig_begin(r);
    rig_settle(r);
    return r;
}

// Sends a file by the form of that name, as its page would. data: as it stands inside JSON.
static const char *hand_in(struct rig *r, const char *cookie, const char *form, const char *data)
{
    const char *token = token_for(r, "one", cookie, form);
    const char *more = rig_print(r,
        "{\"form\": {\"token\": \"%s\", \"zone\": \"UTC\"}, \"files\": [{\"field\": \"file\", \"name\":"
        " \"participants.csv\", \"type\": \"text/csv\", \"data\": \"%s\"}]}",
        token, data);
    return rig_visit(r, "POST", rig_print(r, "/e/one/%s", form), rig_with_cookie(r, cookie, more));
}

// query: JSON.
static const char *look_for(struct rig *r, const char *cookie, const char *path, const char *query)
{
    return rig_visit(r, "GET", path, rig_with_cookie(r, cookie, rig_print(r, "{\"query\": %s}", query)));
}

static void assert_lacks_words(const char *text, const char *words)
{
    if (strstr(text, words)) fail_msg("'%s' is in: %.2000s", words, text);
}

static void the_report_is_handed_in_and_the_page_says_who_came_for_how_long(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    assert_holds_words(look(r, cookie, "/e/one/attendance"), "Nobody has been seen so far.");
    assert_text(hand_in(r, cookie, "attendance-report", REPORT), "303 /e/one/attendance");
    const char *page = look(r, cookie, "/e/one/attendance");
    static const char *const parts[] = {"<strong>1</strong> were there", "<strong>1</strong> too short",
        "<strong>2</strong> not known", "60 minutes or more", "Sonam Wangmo", "was there", "report 90 min",
        "report 20 min", "Handed in last, by The owner", "participants.csv: 4 rows, 4 of them new",
        "Nobody knows who these are", "Karma&#39;s iPad"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_holds_words(page, parts[i]);
    assert_holds_words(rig_list(r, "audit", "{\"limit\": 5}"), "Zoom's report handed in");
    rig_end(r);
}

static void what_is_wrong_with_a_file_is_told_row_by_row_and_nothing_is_taken(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    const char *said = hand_in(r, cookie, "attendance-report",
        "Name (Original Name),Join Time,Leave Time,Duration (Minutes)\\n"
        "Sonam,<soon>,2021-02-25 09:30:00,90\\n,2021-02-25 08:00:00,2021-02-25 09:30:00,90\\n");
    assert_status(r, said, 400);
    assert_holds_words(said, "participants.csv:2: &#39;&lt;soon&gt;&#39; is no moment");
    assert_holds_words(said, "<br>");
    assert_holds_words(said, "participants.csv:3: a participant without a name");
    said = hand_in(r, cookie, "attended-list", "name,present\\nZoe,yes\\n");
    assert_holds_words(said, "participants.csv:2: nobody is called");
    assert_holds_words(hand_in(r, cookie, "attended-list", ""), "Choose a file first.");
    assert_holds_words(look(r, cookie, "/e/one/attendance"), "Nobody has been seen so far.");
    rig_end(r);
}

static void whom_nobody_knows_is_settled_on_the_page(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    hand_in(r, cookie, "attendance-report", REPORT);
    const char *page = look(r, cookie, "/e/one/attendance");
    const char *unknown = strstr(page, "Nobody knows who these are");
    assert_non_null(unknown); // both who are called Karma are suggested
    assert_holds_words(unknown, "value=\"S2\"");
    assert_holds_words(unknown, "value=\"D1\"");
    assert_text(
        act(r, cookie, "attendance-assign",
            "\"stranger\": \"one|karma's ipad\", \"person\": \"D1\", \"back\": \"/e/one/attendance\""),
        "303 /e/one/attendance");
    assert_text(act(r, cookie, "attendance-assign", "\"stranger\": \"<b>bold</b>\", \"person\": \"nobody\""),
        "303 /e/one/attendance");
    page = look(r, cookie, "/e/one/attendance");
    assert_lacks_words(page, "Nobody knows who these are");
    assert_holds_words(page, "<strong>2</strong> were there");
    assert_status(r, act(r, cookie, "attendance-assign", "\"stranger\": \"x\", \"other\": \"Sonam\""), 400);
    rig_end(r);
}

static void what_does_not_agree_stands_first(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    hand_in(r, cookie, "attendance-report", REPORT);
    assert_lacks_words(look(r, cookie, "/e/one/attendance"), "These do not agree");
    assert_text(act(r, cookie, "present", "\"person\": \"S1\", \"present\": \"no\""),
        "303 /e/one/person?key=S1");
    const char *page = look(r, cookie, "/e/one/attendance");
    assert_holds_words(page, "marked as absent by The owner, and Zoom has 90 minutes");
    assert_true(strstr(page, "These do not agree") < strstr(page, "Who came"));
    page = look_for(r, cookie, "/e/one/person", "{\"key\": \"S1\"}");
    assert_holds_words(page, "report 90 min, by hand: absent (The owner)");
    assert_holds_words(page, "was there until 09:30, by Zoom");
    rig_end(r);
}

static void a_list_of_the_office_has_the_last_word(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    hand_in(r, cookie, "attendance-report", REPORT);
    assert_text(hand_in(r, cookie, "attended-list", "name,present\\nKarma Dorji,yes\\nSonam Wangmo,no\\n"),
        "303 /e/one/attendance");
    const char *page = look(r, cookie, "/e/one/attendance");
    assert_holds_words(page, "marked as present by The owner, and Zoom has 20 of the 60 minutes");
    assert_holds_words(page, "1 person present, 1 absent, 2 of them new");
    rig_end(r);
}

static void names_of_participants_stay_text(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    hand_in(r, cookie, "attendance-report", REPORT);
    const char *page = look(r, cookie, "/e/one/attendance");
    assert_holds_words(page, "&lt;b&gt;bold&lt;/b&gt;");
    assert_lacks_words(page, "<b>bold");
    assert_lacks_words(page, "<i>x");
    rig_end(r);
}

static void whoever_only_looks_has_no_forms(void **state)
{
    struct rig *r = begun("2021-02-25 10:30", SCRIPT);
    hand_in(r, cookie_for(r, "one", "owner"), "attendance-report", REPORT);
    const char *page = look(r, cookie_for(r, "one", "viewer"), "/e/one/attendance");
    assert_holds_words(page, "report 90 min");
    assert_lacks_words(page, "attendance-report");
    assert_lacks_words(page, "attendance-assign");
    rig_end(r);
}

static void while_it_runs_the_missing_of_a_group_stand_with_their_telephones(void **state)
{
    struct rig *r = begun("2021-02-25 07:00", SCRIPT);
    const char *cookie = cookie_for(r, "one", "owner");
    for (size_t i = 0; i < 3; i++) {
        static const char *const keys[] = {"S1", "S2", "D1"};
        act(r, cookie, "answer", rig_print(r, "\"person\": \"%s\", \"answer\": \"yes\"", keys[i]));
    }
    rig_run_until(r, "2021-02-25 08:10");
    hand_in(r, cookie, "attendance-report",
        "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\\n"
        "Sonam,sonam@x.example,2021-02-25 08:00:00,2021-02-25 08:05:00,5\\n");
    const char *page = look_for(r, cookie, "/e/one/missing", "{\"group\": \"Secretaries\"}");
    assert_holds_words(page, "1 guest missing");
    assert_holds_words(page, "tel:+97517222222"); // Karma; Sonam has come, however short it was so far
    assert_lacks_words(page, "tel:+97517111111");
    assert_lacks_words(page, "Choden");
    assert_text(act(r, cookie, "present",
                    "\"person\": \"S2\", \"back\": \"/e/one/missing?group=Secretaries\""),
        "303 /e/one/missing?group=Secretaries");
    assert_holds_words(look_for(r, cookie, "/e/one/missing", "{\"group\": \"Secretaries\"}"),
        "Nobody is missing.");
    rig_end(r);
}

static void a_series_is_looked_at_session_by_session(void **state)
{
    struct rig *r = begun("2021-02-25 12:00", SERIES); // after the first
    const char *cookie = cookie_for(r, "one", "owner");
    assert_text(act(r, cookie, "present", "\"person\": \"S1\", \"session\": \"1\""),
        "303 /e/one/person?key=S1");
    assert_holds_words(look(r, cookie, "/e/one/attendance"), "by hand: present (The owner)");
    const char *second = look_for(r, cookie, "/e/one/attendance", "{\"session\": \"2\"}");
    assert_holds_words(second, "Nobody has been seen so far.");
    assert_holds_words(second, "<option selected value=\"2\">Session 2");
    const char *page = look_for(r, cookie, "/e/one/person", "{\"key\": \"S1\"}");
    assert_holds_words(page, "Session 1");
    assert_holds_words(page, "not seen");
    assert_status(r, act(r, cookie, "present", "\"person\": \"S1\", \"session\": \"9\""), 400);
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_report_is_handed_in_and_the_page_says_who_came_for_how_long),
        cmocka_unit_test(what_is_wrong_with_a_file_is_told_row_by_row_and_nothing_is_taken),
        cmocka_unit_test(whom_nobody_knows_is_settled_on_the_page),
        cmocka_unit_test(what_does_not_agree_stands_first),
        cmocka_unit_test(a_list_of_the_office_has_the_last_word),
        cmocka_unit_test(names_of_participants_stay_text),
        cmocka_unit_test(whoever_only_looks_has_no_forms),
        cmocka_unit_test(while_it_runs_the_missing_of_a_group_stand_with_their_telephones),
        cmocka_unit_test(a_series_is_looked_at_session_by_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
