// SPDX-License-Identifier: MIT
// Who runs an event hands it to another: mails, cues, questions and roles follow; what was sent stays.
#include "office_rig.h"

static const char script[] =
    "event 'day' { title = 'Day', when = 'Thu 25 Feb 2021 08:00-09:00 UTC', from = 'o@x.example',\n"
    "  organisers = { 'ann', 'eva' }, host = 'ann' }\n"
    "people { { key = 'ann', name = 'Ann', mail = 'ann@x.example', role = 'owner' },\n"
    "  { key = 'bo', name = 'Bo', mail = 'bo@x.example', zone = 'Asia/Seoul' },\n"
    "  { key = 'cy', name = 'Cy', mail = 'cy@x.example', role = 'viewer' },\n"
    "  { key = 'eva', name = 'Eva', mail = 'eva@x.example' } }\n"
    "guests { { key = 'S1', name = 'Sonam', mail = 'sonam@x.example' } }\n"
    "programme { { '08:00-08:30', 'Opening', by = 'ann' }, { '08:30-09:00', 'Closing' } }\n"
    "mail 'early' { to = organisers, at = '3 days before, 09:00', subject = 's', text = 'Dear {name}' }\n"
    "mail 'late' { to = organisers, at = '1 day before, 09:00', subject = 's', text = 'Dear {name}' }\n"
    "mail 'run' { to = host, at = '1 day before, 10:00', subject = 's', text = 'Dear "
    "{name}:\\n\\n{run_of_show}' }\n"
    "cue 'next' { at = '10 minutes before', subject = '{item}', text = '{item_when}' }\n"
    "undecided 'Closing' { ask = 'ann', at = '2 days before, 10:00', deadline = '1 day before, 11:00' }\n"
    "local roles = require 'usher.office.roles'\n"
    "usher.on('roles', function(r) return roles.text(roles.of(r.key)) end)\n";

static struct rig *day(const char *now)
{
    struct rig *r = rig_new(now);
    r->base_url = "https://events.example";
    r->live = true;
    rig_write(r, "day.lua", script);
    rig_begin(r);
    rig_settle(r);
    return r;
}

static const char *hand(struct rig *r, const char *from, const char *to)
{
    return rig_call(r, "hand-over",
        rig_print(r, "{\"from\":\"%s\",\"to\":\"%s\",\"who\":\"karma\"}", from, to));
}

// The addresses of a rule's mails so far.
static const char *addresses(struct rig *r, const char *rule)
{
    static const char *const keys =
        "[\\\"ann\\\",\\\"bo\\\",\\\"cy\\\",\\\"eva\\\",\\\"Closing\\\",\\\"ann/1\\\"]";
    struct buf bytes;
    const char *list = rig_list(r, "letters", rig_print(r, "{\"event\":\"day\",\"keys\":\"%s\"}", keys));
    const char *said = "";
    buf_init(&bytes, 1 << 20);
    assert_int_equal(record_from_json(text_of(list), &bytes, NULL), 0);
    struct record rows = {(uint8_t *)bytes.data, bytes.len};
    for (struct record_iter it = record_each(rows); record_next(&it);) {
        struct text to = record_get_text(record_get(it.value, "value"), "to");
        if (text_is(record_get_text(it.value, "name"), rule))
            said = rig_print(r, "%s%.*s\n", said, (int)to.len, to.data);
    }
    buf_release(&bytes);
    return said;
}

static void what_is_still_to_come_goes_to_who_took_over(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    rig_run_until(r, "2021-02-22 12:00");
    assert_text(addresses(r, "early"), "\"Ann\" <ann@x.example>\n\"Eva\" <eva@x.example>\n");
    assert_holds_words(hand(r, "ann", "bo"), "Bo has from now on what Ann had");
    rig_run_until(r, "2021-02-25 10:00");
    assert_text(addresses(r, "early"), "\"Ann\" <ann@x.example>\n\"Eva\" <eva@x.example>\n");
    assert_text(addresses(r, "late"), "\"Bo\" <bo@x.example>\n\"Eva\" <eva@x.example>\n");
    assert_text(addresses(r, "run"), "\"Bo\" <bo@x.example>\n");
    assert_text(addresses(r, "undecided"), "\"Bo\" <bo@x.example>\n\"Bo\" <bo@x.example>\n");
    assert_holds_words(addresses(r, "next"), "\"Bo\" <bo@x.example>\n");
    rig_end(r);
}

static void it_says_what_goes_over(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    const char *said = hand(r, "Ann", "Bo");
    assert_holds_words(said, "the role owner");
    assert_holds_words(said, "the role organiser");
    assert_holds_words(said, "the role host");
    assert_holds_words(said, "the question who gives 'Closing'");
    assert_holds_words(said, "'Opening' in the programme");
    assert_holds_words(rig_list(r, "acts", "{\"event\":\"day\",\"about\":\"ann\"}"), "\"note\":\"to Bo\"");
    rig_end(r);
}

static void whoever_is_among_the_same_people_gets_one_mail(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    hand(r, "ann", "eva");
    rig_run_until(r, "2021-02-25 10:00");
    assert_text(addresses(r, "late"), "\"Eva\" <eva@x.example>\n");
    assert_holds_words(rig_result(r, "late", "ann"), "has handed over to Eva, who gets it as well");
    assert_text(addresses(r, "run"), "\"Eva\" <eva@x.example>\n");
    rig_end(r);
}

static void roles_follow_at_once_and_through_a_restart(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    assert_text(rig_call(r, "roles", "{\"key\":\"ann\"}"), "\"owner, organiser, host\"");
    const char *reply = rig_call(r, "login-link", "{\"address\":\"ann@x.example\"}"),
               *at = strstr(reply, "/login/");
    assert_non_null(at);
    rig_visit(r, "POST", rig_print(r, "%.*s", (int)strcspn(at, "\""), at), NULL);
    const char *cookie = r->cookie;
    assert_holds_words(look(r, cookie, "/e/day"), "200 ");
    hand(r, "ann", "cy");
    assert_text(rig_call(r, "roles", "{\"key\":\"ann\"}"), "\"\"");
    assert_text(rig_call(r, "roles", "{\"key\":\"cy\"}"), "\"owner, organiser, host, viewer\"");
    assert_holds_words(look(r, cookie, "/e/day"), "303 /login");
    rig_restart(r);
    rig_settle(r);
    rig_end(r);
}

static void a_chain_ends_at_the_last_and_can_be_taken_back(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    hand(r, "ann", "bo");
    hand(r, "bo", "cy");
    assert_text(rig_call(r, "roles", "{\"key\":\"cy\"}"), "\"owner, organiser, host, viewer\"");
    assert_holds_words(hand(r, "eva", "bo"), "Bo has handed over to Cy: hand it to them");
    assert_holds_words(hand(r, "ann", "none"), "Ann has everything again that Cy had since");
    assert_text(rig_call(r, "roles", "{\"key\":\"ann\"}"), "\"owner, organiser, host\"");
    assert_text(rig_call(r, "roles", "{\"key\":\"cy\"}"), "\"viewer\"");
    rig_run_until(r, "2021-02-25 10:00");
    assert_text(addresses(r, "late"), "\"Ann\" <ann@x.example>\n\"Eva\" <eva@x.example>\n");
    rig_end(r);
}

static void what_makes_no_sense_is_refused(void **state)
{
    struct rig *r = day("2021-02-20 08:00");
    assert_holds_words(hand(r, "ann", "ann"), "it is the same person");
    assert_holds_words(hand(r, "Sonam", "bo"), "guests have deputies");
    assert_holds_words(hand(r, "ann", "nobody"), "who takes over: nobody is called 'nobody'");
    assert_holds_words(hand(r, "ann", "none"), "Ann has handed over nothing");
    rig_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_still_to_come_goes_to_who_took_over),
        cmocka_unit_test(it_says_what_goes_over),
        cmocka_unit_test(whoever_is_among_the_same_people_gets_one_mail),
        cmocka_unit_test(roles_follow_at_once_and_through_a_restart),
        cmocka_unit_test(a_chain_ends_at_the_last_and_can_be_taken_back),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
