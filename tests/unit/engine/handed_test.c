// SPDX-License-Identifier: MIT
// A list that one event hands on is the guest list of the next: read when that is loaded, kept with its
// version, and asked again at the moment of sending.
#include "office_rig.h"

static const char first[] = //
    "event 'hlb' { title = 'Briefing', when = 'Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu', from = "
    "'m@b.example' }\n"
    "guests { { key = 'S1', name = 'Karma', mail = 'k@b.example' }, { key = 'S2', name = 'Pema', mail = "
    "'p@b.example' },\n"
    "  { key = 'S3', name = 'Sonam', mail = 's@b.example', zone = 'Asia/Seoul' } }\n"
    "interest 'trainings' { to = invited, quiet = true, choose = { 'Data', 'Social media' } }\n"
    "local links, facts = require 'usher.links', require 'usher.facts'\n"
    "local questions = require 'usher.questions'\n"
    "usher.on('visit-of', function(r)\n"
    "  local field = questions.name_of(facts.interest_named.trainings.questions[1])\n"
    "  return { about = links.path('interest', facts.by_key[r.key]) .. '/trainings',\n"
    "    form = r.choice and { consent = 'yes' } or { back = 'yes' }, form_all = { [field] = r.choice } }\n"
    "end)\n";

static const char second[] = //
    "event 'series' { title = 'Training', when = 'Tue 6 Apr 2021 14:00-16:00 Asia/Thimphu', from = "
    "'m@b.example' "
    "}\n"
    "people { { key = 'owner', name = 'Karma', role = 'owner', mail = 'owner@series.example' } }\n"
    "guests { interested_in = 'hlb/trainings', choice = 'Data', file = 'interested.csv' }\n"
    "mail 'invitation' { to = invited, at = '10 working days before, 09:00', subject = 'S', text = '{name}: "
    "{chosen}, {consented_to}' }\n"
    "mail 'reminder' { to = not_answered, at = '1 working day before, 09:00', subject = 'S', text = 'T' }\n";

// What that person does with the form: sends it with that choice (a JSON list), or takes it back.
static void send(struct rig *r, const char *key, const char *choice)
{
    char request[200];
    snprintf(request, sizeof request, "{\"key\":\"%s\",\"choice\":%s}", key, choice);
    const char *said = rig_call_in(r, "hlb", "visit-of", request), *path = strstr(said, "/i/");
    if (!path) fail_msg("%s", said);
    char *own = mem_copy(path, strcspn(path, "\""));
    const char *answer = rig_visit(r, "POST", own, said);
    if (strncmp(answer, "303", 3) != 0) fail_msg("%s", answer);
    free(own);
}

static void take_back(struct rig *r, const char *key)
{
    send(r, key, "null");
}

// The briefing is over, Karma and Sonam have chosen Data, Pema the other; now the series is loaded.
static struct rig *both(const char *loaded_at)
{
    struct rig *r = rig_new("2021-02-20 08:00");
    r->base_url = "https://events.example";
    rig_write(r, "one.lua", first);
    rig_begin(r);
    rig_run_until(r, "2021-02-26 08:00");
    send(r, "S1", "[\"Data\"]");
    send(r, "S2", "[\"Social media\"]");
    send(r, "S3", "[\"Data\"]");
    rig_run_until(r, loaded_at);
    rig_kill(r);
    rig_write(r, "two.lua", second);
    return r;
}

static void exactly_those_who_chose_it_are_invited(void **state)
{
    struct rig *r = both("2021-03-20 08:00");
    rig_begin(r);
    rig_run_until(r, "2021-03-24 08:00");
    assert_text(rig_effects(r), "03-23 03:00 S1 mail:mail/S1\n03-23 03:00 S3 mail:mail/S3\n");
    rig_end(r);
}

static void whoever_takes_it_back_gets_nothing_more_and_it_says_why(void **state)
{
    struct rig *r = both("2021-03-20 08:00");
    rig_begin(r);
    rig_run_until(r, "2021-03-24 08:00");
    rig_restart(r); // in between
    take_back(r, "S1");
    rig_restart(r);
    rig_run(r);
    assert_text(rig_result(r, "reminder", "S1"),
        "{\"skipped\":\"has taken back the wish to hear of trainings\"}");
    assert_text(rig_result(r, "reminder", "S3"), "{\"sent\":true}");
    rig_end(r);
}

static void it_is_asked_when_something_is_to_be_sent(void **state)
{
    struct rig *r = both("2021-03-20 08:00");
    rig_begin(r);
    rig_run_until(r, "2021-03-24 08:00");
    send(r, "S1", "null");
    send(r, "S3", "[\"Social media\"]"); // the form has closed: this is no longer taken
    rig_run(r);
    assert_text(rig_result(r, "reminder", "S1"),
        "{\"skipped\":\"has taken back the wish to hear of trainings\"}");
    assert_text(rig_result(r, "reminder", "S3"), "{\"sent\":true}");
    rig_end(r);
}

static void the_list_that_was_read_is_kept_with_the_version(void **state)
{
    struct rig *r = both("2021-03-20 08:00");
    rig_begin(r);
    rig_settle(r);
    assert_holds_words(rig_list(r, "scripts", "{\"event\":\"series\"}"), "\"id\":2");
    rig_restart(r);
    rig_settle(r);
    assert_int_equal(r->engine->last_script, 2); // the same list is the same version
    rig_end(r);
}

static void who_was_added_since_comes_in_by_reload_and_who_has_left_goes(void **state)
{
    struct rig *r = both("2021-03-05 08:00");
    rig_begin(r);
    rig_settle(r);
    take_back(r, "S1");
    send(r, "S2", "[\"Data\"]");
    const char *outline = rig_reload(r, "two.lua", second, "{\"apply\":true,\"end_gone\":true}");
    assert_holds_words(outline, "\"applied\":true");
    rig_run_until(r, "2021-03-24 08:00");
    assert_text(rig_effects(r), "03-23 03:00 S3 mail:mail/S3\n03-23 03:00 S2 mail:mail/S2\n");
    rig_end(r);
}

static void the_office_sees_to_what_a_guest_consented_and_what_has_changed_since(void **state)
{
    struct rig *r = both("2021-03-05 08:00");
    rig_begin(r);
    rig_settle(r);
    const char *cookie = rig_print(r, "%s", cookie_for(r, "series", "owner"));
    const char *asked = rig_with_cookie(r, cookie, "{\"query\": {\"key\": \"S1\"}}");
    const char *page = rig_visit(r, "GET", "/e/series/person", asked);
    assert_holds_words(page, "Consented to");
    assert_holds_words(page, "(2021-02-26 14:00)");
    assert_null(strstr(look(r, cookie, "/e/series"), "since in hlb/trainings"));
    send(r, "S2", "[\"Data\"]");
    send(r, "S3", "null");
    page = look(r, cookie, "/e/series");
    assert_holds_words(page, "1 person has said so since in hlb/trainings (Data)");
    assert_holds_words(page, "1 person has taken it back since in hlb/trainings (Data)");
    rig_end(r);
}

static void a_list_that_it_has_not_is_told_with_the_nearest_name(void **state)
{
    struct rig *r = both("2021-03-20 08:00");
    rig_write(r, "two.lua",
        "event 'series' { title = 'T', when = 'Tue 6 Apr 2021 14:00-16:00 Asia/Thimphu', from = "
        "'m@b.example' }\n"
        "guests { interested_in = 'hlb/trainigs' }\n");
    assert_holds_words(rig_try_begin(r), "two.lua:2: guests: the event 'hlb' hands on no list 'trainigs'");
    rig_end(r);
}

static void without_that_event_the_file_is_read(void **state)
{
    struct rig *r = rig_new("2021-03-20 08:00");
    r->base_url = "https://events.example";
    rig_write(r, "two.lua", second);
    rig_write(r, "interested.csv",
        "key,name,mail,chosen,consented_to\nS7,Dawa,d@b.example,Data,more\nS8,Ugyen,u@b.example,Social "
        "media,more\n");
    rig_begin(r);
    rig_run_until(r, "2021-03-24 08:00");
    assert_text(rig_effects(r), "03-23 03:00 S7 mail:mail/S7\n");
    rig_end(r);
}

static void a_name_of_a_file_does_not_begin_as_what_is_handed_on(void **state)
{
    struct rig *r = rig_new("2021-03-20 08:00");
    rig_write(r, "one.lua", "usher.file('@handed/hlb/trainings')");
    assert_holds_words(rig_try_begin(r), "is no file beside the script");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exactly_those_who_chose_it_are_invited),
        cmocka_unit_test(whoever_takes_it_back_gets_nothing_more_and_it_says_why),
        cmocka_unit_test(it_is_asked_when_something_is_to_be_sent),
        cmocka_unit_test(the_list_that_was_read_is_kept_with_the_version),
        cmocka_unit_test(who_was_added_since_comes_in_by_reload_and_who_has_left_goes),
        cmocka_unit_test(the_office_sees_to_what_a_guest_consented_and_what_has_changed_since),
        cmocka_unit_test(a_list_that_it_has_not_is_told_with_the_nearest_name),
        cmocka_unit_test(without_that_event_the_file_is_read),
        cmocka_unit_test(a_name_of_a_file_does_not_begin_as_what_is_handed_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
