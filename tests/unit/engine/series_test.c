// SPDX-License-Identifier: MIT
// A series on the whole engine: one session moves, one is called off, a holiday is found out late; and who
// has passed in the end.
#include "engine_rig.h"

#include "engine/link.h"

#define HEAD                                                                                        \
    "event 'test' { title = 'Course', zone = 'UTC', from = 'o@x.example',\n"                        \
    "  where = zoom { link = 'https://zoom.example/j/1' } }\n"                                      \
    "people { { key = 'lead', name = 'Karma', role = 'speaker', mail = 'karma@x.example' } }\n"     \
    "guests { { key = 'S1', name = 'Sonam', mail = 's1@x.example' },\n"                             \
    "  { key = 'S2', name = 'Pema', mail = 's2@x.example' },\n"                                     \
    "  { key = 'S3', name = 'Dorji', mail = 's3@x.example' },\n"                                    \
    "  { key = 'S4', name = 'Dema', mail = 's4@x.example' } }\n"                                    \
    "holidays 'days.txt'\n"                                                                         \
    "series { every = 'Tuesday 14:00-16:00', from = '6 Apr 2021', sessions = 4, choice = 'some',\n" \
    "  pass = '3 of 4' }\n"
#define RULES                                                                                          \
    "mail 'invitation' { to = invited, at = '10 days before, 09:00', subject = 's', text = 't' }\n"    \
    "mail 'joining' { to = coming, at = '2 days before, 09:00', subject = 's', text = '{session}' }\n" \
    "mail 'to-speaker' { to = speakers, at = '1 day before, 09:00', subject = 's', text = 't' }\n"     \
    "mail 'passed' { to = passed, at = '1 day after, 09:00', subject = 's', text = 't' }\n"
#define COURSE HEAD RULES
#define THIRD_MOVES HEAD "session '3' { when = 'Thu 22 Apr 2021 14:00-16:00' }\n" RULES
#define THIRD_A_DAY_LATER HEAD "session '3' { when = 'Wed 21 Apr 2021 14:00-16:00' }\n" RULES
#define THIRD_IS_OFF HEAD "session '3' { off = true }\n" RULES
#define WITH_A_FIFTH HEAD "session 'again' { when = 'Thu 6 May 2021 14:00-16:00', makes_up = 'any' }\n" RULES

static const char no_days[] = "2021-12-17 National Day\n";
static const char found_out[] = "2021-12-17 National Day\n2021-04-20 Zhabdrung Kuchoe\n";

static void says(struct rig *r, const char *key, const char *sessions)
{
    rig_call(r, "answer",
        rig_print(r, "{\"person\":\"%s\",\"answer\":\"yes\",\"sessions\":[%s]}", key, sessions));
}

// Invited on 27 March. S1 comes to all, S2 to the first two, S3 to the third alone; S4 says nothing.
static struct rig *invited(const char *script)
{
    struct rig *r = rig_new("2021-03-20 08:00");
    rig_write(r, "days.txt", no_days);
    rig_write(r, "test.lua", script);
    rig_begin(r);
    rig_run_until(r, "2021-03-28 08:00");
    says(r, "S1", "\"1\",\"2\",\"3\",\"4\"");
    says(r, "S2", "\"1\",\"2\"");
    says(r, "S3", "\"3\"");
    rig_run_until(r, "2021-03-29 08:00");
    return r;
}

// "S1 S3", in order: who got mails of that rule since.
static const char *who_got(struct rig *r, const char *rule, const char *since)
{
    const char *text = "";
    for (const struct rig_effect *x = r->effects; x; x = x->next) {
        if (strcmp(x->flow, rule) != 0 || x->at.ms < rig_at(since).ms) continue;
        text = rig_print(r, "%s%s%s", text, *text ? " " : "", x->key);
    }
    return text;
}

static void what_is_for_all_goes_once_and_the_rest_session_by_session(void **state)
{
    struct rig *r = invited(COURSE);
    rig_run(r);
    assert_text(who_got(r, "invitation", "2021-03-20 08:00"), "S1 S2 S3 S4");
    assert_text(who_got(r, "joining", "2021-03-20 08:00"), "S1/1 S2/1 S1/2 S2/2 S1/3 S3/3 S1/4");
    assert_text(who_got(r, "to-speaker", "2021-03-20 08:00"), "lead/1 lead/2 lead/3 lead/4");
    rig_end(r);
}

static void a_session_moves_and_only_its_guests_are_told(void **state)
{
    struct rig *r = invited(COURSE);
    rig_run_until(r, "2021-04-08 08:00");
    rig_reload(r, "test.lua", THIRD_A_DAY_LATER, NULL);
    rig_run(r);
    assert_text(who_got(r, "new-time", "2021-04-08 08:00"), "S1 S3 S4"); // S4 may still come
    assert_text(who_got(r, "joining", "2021-04-19 09:00"), "S1/3 S3/3 S1/4");
    rig_end(r);
}

static void a_large_move_of_a_session_is_asked_about(void **state)
{
    struct rig *r = invited(COURSE);
    rig_run_until(r, "2021-04-18 10:00"); // the joining mail of the third is out
    const char *answer = rig_reload(r, "test.lua", THIRD_MOVES, NULL);
    assert_holds_words(answer, "\"applied\":false");
    assert_holds_words(answer, "Session 3 moves by 2 days after 3 people have heard of the date");
    rig_reload(r, "test.lua", THIRD_MOVES, "{\"apply\":true,\"answers\":{\"edition\":\"new\"}}");
    rig_run(r);
    assert_text(who_got(r, "new-time", "2021-04-18 10:00"), "S1 S3 S4");
    assert_text(who_got(r, "joining", "2021-04-18 10:00"), "S1/3/@2 S3/3/@2 S1/4");
    rig_end(r);
}

static void a_session_that_is_off_is_told_to_its_guests(void **state)
{
    struct rig *r = invited(COURSE);
    rig_run_until(r, "2021-04-08 08:00");
    rig_reload(r, "test.lua", THIRD_IS_OFF, NULL);
    rig_run(r);
    assert_text(who_got(r, "session-off", "2021-04-08 08:00"), "S1 S3 S4");
    assert_text(who_got(r, "joining", "2021-04-08 08:00"), "S1/2 S2/2 S1/4");
    rig_end(r);
}

static void a_holiday_that_is_found_out_moves_nothing_by_itself(void **state)
{
    struct rig *r = invited(COURSE);
    rig_run_until(r, "2021-04-08 08:00");
    rig_write(r, "days.txt", found_out);
    const char *answer = rig_reload(r, "test.lua", COURSE, NULL);
    assert_holds_words(answer, "\"applied\":false");
    assert_holds_words(answer, "session 4 moves by 7 days");
    rig_run_until(r, "2021-04-19 08:00");
    assert_text(who_got(r, "new-time", "2021-04-08 08:00"), "");
    assert_text(who_got(r, "joining", "2021-04-17 08:00"), "S1/3 S3/3"); // on the old date
    rig_end(r);
}

static void a_day_of_sessions_that_moves_by_a_holiday_is_asked_about_too(void **state)
{
    struct rig *r = invited(
        "event 'test' { title = 'Course', zone = 'UTC', from = 'o@x.example' }\n"
        "guests { { key = 'S1', name = 'Sonam', mail = 's1@x.example' },\n"
        "  { key = 'S2', name = 'P', mail = 's2@x.example' },\n"
        "  { key = 'S3', name = 'D', mail = 's3@x.example' } }\n"
        "holidays 'days.txt'\n"
        "series { every = 'working day 9:00-10:00', from = '20 Apr 2021', sessions = 4 }\n"
        "mail 'invitation' { to = invited, at = '30 days before, 09:00', subject = 's',\n"
        "  text = 't' }\n");
    rig_write(r, "days.txt", found_out);
    const char *script = r->files[1].text;
    assert_holds_words(rig_reload(r, "test.lua", script, NULL), "\"applied\":false");
    rig_end(r);
}

static void attended(struct rig *r, const char *key, const char *day)
{
    rig_run_until(r, day);
    rig_call(r, "attended", rig_print(r, "{\"person\":\"%s\"}", key));
}

static void three_of_four_have_passed_and_one_more_makes_up(void **state)
{
    struct rig *r = invited(WITH_A_FIFTH);
    static const char *const days[] = {"2021-04-06 15:00", "2021-04-13 15:00", "2021-04-20 15:00",
        "2021-04-27 15:00", "2021-05-06 15:00"};
    for (size_t i = 0; i < 5; i++) {
        if (i < 3) attended(r, "S1", days[i]);            // three of four
        if (i != 1 && i != 2) attended(r, "S2", days[i]); // two, and the one that makes up
        if (i == 2) attended(r, "S3", days[i]);
    }
    rig_run(r);
    assert_text(who_got(r, "passed", "2021-03-20 08:00"), "S1 S2");
    assert_text(who_got(r, "joining", "2021-05-04 08:00"), "S1/again S2/again"); // who missed one of theirs
    rig_end(r);
}

static const char *path_of(struct rig *r, const char *place, const char *purpose, const char *key)
{
    struct buf token;
    buf_init(&token, 1024);
    link_make(r->engine, TEXT("test"), text_of(purpose), text_of(key), (struct instant){0}, 0, &token);
    const char *path = rig_print(r, "%s%s", place, buf_z(&token));
    buf_release(&token);
    return path;
}

static void guests_choose_on_their_page_to_which_sessions_they_come(void **state)
{
    struct rig *r = invited(COURSE);
    const char *path = path_of(r, "/a/", "answer", "S4");
    assert_holds_words(rig_visit(r, "GET", path, NULL), "To which sessions do you come?");
    assert_holds_words(rig_visit(r, "POST", path, "{\"form\":{\"answer\":\"yes\"}}"),
        "Please choose at least one session");
    assert_text(rig_visit(r, "POST", path,
                    "{\"form\":{\"answer\":\"yes\",\"sessions\":\"2\"},"
                    "\"form_all\":{\"answer\":[\"yes\"],\"sessions\":[\"2\",\"4\",\"none\"]}}"),
        rig_print(r, "303 %s/thanks", path));
    rig_run(r);
    assert_text(who_got(r, "joining", "2021-04-12 08:00"), "S1/3 S3/3 S1/4 S4/4");
    assert_holds_words(rig_effects(r), "S4/2 mail:mail/S4");
    rig_end(r);
}

static void the_join_page_is_about_the_next_session_of_its_reader(void **state)
{
    struct rig *r = invited(COURSE);
    const char *path = path_of(r, "/j/", "join", "S3"); // who comes to the third alone
    rig_run_until(r, "2021-04-13 15:00");               // the second goes on
    assert_holds_words(rig_visit(r, "GET", path, NULL), "It begins in 7 days");
    rig_run_until(r, "2021-04-20 14:05");
    assert_text(rig_visit(r, "POST", path, NULL), "303 https://zoom.example/j/1");
    rig_run_until(r, "2021-04-20 17:00");
    assert_holds_words(rig_visit(r, "GET", path, NULL), "you were there");
    rig_end(r);
}

#define OPEN                                                                                         \
    "event 'test' { title = 'Course', zone = 'UTC', from = 'o@x.example', where = 'Hall',\n"         \
    "  organisers = { 'o' } }\n"                                                                     \
    "people { { key = 'o', name = 'Office', mail = 'o@x.example' } }\n"                              \
    "series { every = 'Tuesday 14:00-16:00', from = '6 Apr 2021', sessions = 4, choice = 'some' }\n" \
    "signup { seats = 10, confirm = false }\n"                                                       \
    "mail 'joining' { to = coming, at = '2 days before, 09:00', subject = 's', text = '{session}' }\n"

// Signs up for some sessions, and swaps one of them later on the page behind the mailed link.
static void whoever_signs_up_chooses_sessions_and_may_swap_them(void **state)
{
    struct rig *r = rig_new("2021-03-20 08:00");
    r->base_url = "http://127.0.0.1:8080";
    rig_write(r, "test.lua", OPEN);
    rig_begin(r);
    assert_holds_words(rig_visit(r, "GET", "/signup/test", NULL), "To which sessions do you come?");
    const char *made = rig_print(r, "%lld", (long long)rig_at("2021-03-20 07:55").ms);
    const char *form = rig_print(r,
        "{\"form\":{\"name\":\"Sonam\",\"mail\":\"s@x.example\",\"note\":\"%s\"},"
        "\"form_all\":{\"sessions\":[\"1\",\"2\"]},\"address\":\"192.0.2.1\"}",
        path_of(r, "", "door", made));
    assert_text(rig_visit(r, "POST", "/signup/test", form), "303 /signup/test/thanks?lang=en");
    rig_run_until(r, "2021-04-05 08:00");
    assert_text(who_got(r, "joining", "2021-03-20 08:00"), "signup-000001/1");
    const char *page = path_of(r, "/p/", "signup", "signup-000001");
    assert_text(rig_visit(r, "POST", page,
                    "{\"form\":{\"act\":\"change\",\"name\":\"Sonam\"},"
                    "\"form_all\":{\"sessions\":[\"1\",\"4\"]}}"),
        rig_print(r, "303 %s?done=saved", page));
    rig_run(r);
    assert_text(who_got(r, "joining", "2021-03-20 08:00"), "signup-000001/1 signup-000001/4");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_for_all_goes_once_and_the_rest_session_by_session),
        cmocka_unit_test(a_session_moves_and_only_its_guests_are_told),
        cmocka_unit_test(a_large_move_of_a_session_is_asked_about),
        cmocka_unit_test(a_session_that_is_off_is_told_to_its_guests),
        cmocka_unit_test(a_holiday_that_is_found_out_moves_nothing_by_itself),
        cmocka_unit_test(a_day_of_sessions_that_moves_by_a_holiday_is_asked_about_too),
        cmocka_unit_test(three_of_four_have_passed_and_one_more_makes_up),
        cmocka_unit_test(guests_choose_on_their_page_to_which_sessions_they_come),
        cmocka_unit_test(the_join_page_is_about_the_next_session_of_its_reader),
        cmocka_unit_test(whoever_signs_up_chooses_sessions_and_may_swap_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
