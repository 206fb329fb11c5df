// SPDX-License-Identifier: MIT
// The lists for people, on one small event.
#include "sample.h"

static struct store *store;

static struct journal_row row_of(int64_t flow, int32_t n, int32_t step, enum step_state state,
    const char *key)
{
    struct journal_row row = sample_row(flow, n);
    row.step = step;
    row.state = state;
    row.kind = STEP_KIND_MAIL;
    row.key = text_of(key);
    return row;
}

// Guest a waits for a moment and has a mail that perhaps went out; b sleeps; c waits for nothing.
static int set_up(void **state)
{
    store = sample_open(":memory:", STORE_INLINE);
    struct batch *b = batch_new();
    struct flow_row a = sample_flow(1, "P0001", 5000), c = sample_flow(3, "P0003", 0);
    a.label = TEXT("Kinley Dorji");
    a.rows = 4;
    batch_start(b, &a);
    const struct journal_row rows[] = {row_of(1, 1, 1, STEP_OPEN, "mail:invite/P0001"),
        row_of(1, 2, 1, STEP_STARTED, ""), row_of(1, 3, 1, STEP_UNSURE, ""),
        row_of(1, 4, 2, STEP_OPEN, "due:reminder")};
    for (size_t i = 0; i < 4; i++) batch_journal(b, &rows[i]);
    sample_add_sleeper(b, 2, "P0002", 4000);
    c.rows = 0;
    batch_start(b, &c);
    batch_occurrence(b, TEXT("hlb-2021"), TEXT("digest"), (struct instant){10}, TEXT("ran"),
        (struct instant){11}, TEXT(""));
    batch_occurrence(b, TEXT("hlb-2021"), TEXT("digest"), (struct instant){10}, TEXT("missed"),
        (struct instant){12}, TEXT("kept as it was"));
    batch_audit(b, &(struct audit_row){.at = {5},
                       .who = TEXT("dorji"),
                       .event = TEXT("hlb-2021"),
                       .flow = 1,
                       .what = TEXT("cancel"),
                       .note = TEXT("asked to"),
                       .about = TEXT("P0001")});
    sample_commit(store, b);
    return 0;
}

static int tear_down(void **state)
{
    store_close(store);
    return 0;
}

// The list as JSON, for arguments as JSON. The caller releases it.
static struct buf list_json(const char *what, const char *args)
{
    struct buf record, json;
    struct err e = {0};
    buf_init(&record, 10000);
    buf_init(&json, 1u << 20);
    if (record_from_json(text_of(args), &record, &e)) fail_msg("%s", e.text);
    store_list(store, what, sample_record(&record));
    struct store_answer a = sample_answer(store);
    assert_int_equal(record_check(a.list, &e), 0);
    record_print_json(a.list, &json);
    store_answer_release(&a);
    buf_release(&record);
    return json;
}

static void assert_list(const char *what, const char *args, const char *expected)
{
    struct buf json = list_json(what, args);
    assert_string_equal(buf_z(&json), expected);
    buf_release(&json);
}

static void assert_list_has(const char *what, const char *args, size_t n, const char *piece)
{
    struct buf json = list_json(what, args), record;
    buf_init(&record, 1u << 20);
    assert_int_equal(record_from_json(buf_text(&json), &record, NULL), 0);
    assert_int_equal(record_count(sample_record(&record)), n);
    if (!strstr(buf_z(&json), piece)) fail_msg("%s has no %s", buf_z(&json), piece);
    buf_release(&record);
    buf_release(&json);
}

static void flows_are_listed_and_filtered(void **state)
{
    assert_list_has("flows", "{}", 3, "\"label\":\"Kinley Dorji\"");
    assert_list_has("flows", "{\"state\":\"waiting\",\"key\":\"P0002\"}", 1, "\"next_due\":4000");
    assert_list_has("flows", "{\"after\":1,\"limit\":1}", 1, "\"id\":2");
    assert_list("flows", "{\"event\":\"other\"}", "[]");
    assert_list("counts", "{}", "[{\"n\":3,\"state\":\"waiting\"}]");
}

static void a_flow_is_found_by_a_piece_of_its_name(void **state)
{
    assert_list_has("find", "{\"text\":\"kinley\"}", 1, "\"id\":1");
    assert_list_has("find", "{\"text\":\"p000\"}", 3, "P0003");
    assert_list("find", "{\"text\":\"%\"}", "[]");
}

static void a_history_names_the_step_on_every_row(void **state)
{
    assert_list_has("history", "{\"flow\":1}", 4, "\"key\":\"mail:invite/P0001\"");
    assert_list_has("history", "{\"flow\":1,\"after\":2,\"limit\":1}", 1,
        "\"key\":\"mail:invite/"
        "P0001\",\"dseq\":0,\"kind\":\"mail\",\"line\":12,\"step\":1,\"event\":\"hlb-2021\",\"state\":"
        "\"unsure\"");
}

static void pending_steps_come_by_their_moment(void **state)
{
    assert_list_has("pending", "{}", 2, "\"flow_key\":\"P0002\"");
    assert_list_has("pending", "{\"limit\":1}", 1, "\"flow\":2");
}

static void pending_steps_before_a_moment_are_those_that_are_overdue(void **state)
{
    assert_list_has("pending", "{\"before\":5000}", 1, "\"flow_key\":\"P0002\"");
    assert_list("pending", "{\"before\":4000}", "[]");
}

// How many flows of a name go on when: one is named, several are counted.
static void what_is_to_come_is_counted_by_moment_and_name(void **state)
{
    assert_list_has("upcoming", "{}", 2,
        "\"due\":5000,\"flow\":1,\"name\":\"guest\",\"event\":\"hlb-2021\",\"label\":\"Kinley Dorji\"");
    assert_list_has("upcoming", "{}", 2, "\"flow_key\":\"P0002\"");
    struct batch *b = batch_new();
    sample_add_sleeper(b, 4, "P0004", 4000);
    sample_add_sleeper(b, 5, "P0005", 4000);
    sample_commit(store, b);
    assert_list("upcoming", "{\"before\":4500,\"event\":\"hlb-2021\"}",
        "[{\"n\":3,\"due\":4000,\"flow\":2,\"name\":\"guest\",\"event\":\"hlb-2021\"}]");
    assert_list("upcoming", "{\"event\":\"other\"}", "[]");
    assert_list("upcoming", "{\"limit\":0}", "[]");
}

// Adds a mail of that flow which ended so at that time; `n` is its first row.
static void add_mail(struct batch *b, int64_t flow, int32_t n, enum step_state state, int64_t at,
    const char *note)
{
    struct journal_row begun = row_of(flow, n, n, STEP_STARTED, "mail:joining/P");
    struct journal_row end = row_of(flow, n + 1, n, state, "");
    end.at.ms = begun.at.ms = at;
    end.due.ms = begun.due.ms = 0;
    begun.attempt = end.attempt = 1;
    end.note = text_of(note);
    batch_journal(b, &begun);
    batch_journal(b, &end);
}

static void mails_that_ended_are_counted_by_how_they_ended(void **state)
{
    struct batch *b = batch_new();
    add_mail(b, 2, 2, STEP_DONE, 100, "250 ok");
    add_mail(b, 3, 1, STEP_DONE, 200, "250 ok");
    add_mail(b, 1, 5, STEP_FAILED, 300, "550 nobody here");
    sample_commit(store, b);
    assert_list_has("sent", "{\"since\":0}", 2,
        "\"n\":2,\"last\":200,\"name\":\"guest\",\"event\":\"hlb-2021\",\"first\":100,\"mails\":2,\"state\":"
        "\"done\"");
    assert_list_has("sent", "{\"since\":150,\"before\":250}", 1, "\"mails\":1");
    assert_list_has("sent", "{\"since\":300}", 1, "\"state\":\"failed\"");
    assert_list_has("refused", "{\"since\":0}", 1, "\"note\":\"550 nobody here\"");
    assert_list("refused", "{\"since\":301}", "[]");
    assert_list("sent", "{\"since\":0,\"event\":\"other\"}", "[]");
}

static void what_is_tried_again_is_listed_until_it_ends(void **state)
{
    struct journal_row begun = row_of(2, 2, 2, STEP_STARTED, "mail:joining/P"), waits, ended;
    waits = row_of(2, 3, 2, STEP_OPEN, "");
    waits.note = TEXT("451 come again");
    waits.attempt = 1;
    waits.at.ms = 500;
    ended = row_of(2, 4, 2, STEP_DONE, "");
    struct batch *b = batch_new();
    batch_journal(b, &begun);
    batch_journal(b, &waits);
    sample_commit(store, b);
    assert_list_has("again", "{\"since\":500}", 1, "\"note\":\"451 come again\"");
    assert_list_has("again", "{\"since\":500}", 1, "\"key\":\"mail:joining/P\"");
    assert_list("again", "{\"since\":501}", "[]");
    b = batch_new();
    batch_journal(b, &ended);
    sample_commit(store, b);
    assert_list("again", "{\"since\":0}", "[]");
}

static void flows_that_stopped_are_listed_with_the_reason(void **state)
{
    assert_list("stuck", "{}", "[]");
    struct flow_row failed = sample_flow(2, "P0002", 0);
    failed.state = FLOW_FAILED;
    failed.why = TEXT("event.lua:12: no such thing");
    struct batch *b = batch_new();
    batch_flow(b, &failed);
    sample_commit(store, b);
    assert_list_has("stuck", "{\"event\":\"hlb-2021\"}", 1, "\"why\":\"event.lua:12: no such thing\"");
}

static void the_fates_of_some_people_are_found_by_their_keys(void **state)
{
    const char *some = "{\"event\":\"hlb-2021\",\"keys\":\"[\\\"P0001\\\",\\\"P0003\\\",\\\"P9\\\"]\"}";
    assert_list_has("fates", some, 2, "\"key\":\"P0003\"");
    assert_list_has("fates", some, 2, "\"unsure\":1614236400500");
    assert_list("fates", "{\"event\":\"other\",\"keys\":\"[\\\"P0001\\\"]\"}", "[]");
}

static void the_mails_of_a_person_are_listed_as_asked_and_as_they_are(void **state)
{
    const char *one = "{\"event\":\"hlb-2021\",\"keys\":\"[\\\"P0002\\\"]\"}";
    struct batch *b = batch_new();
    struct buf value;
    struct journal_row begun = row_of(2, 2, 2, STEP_STARTED, "mail:joining/P0002"), ended;
    buf_init(&value, 100);
    record_put_text(&value, TEXT("as asked"));
    begun.value = sample_record(&value);
    ended = row_of(2, 3, 2, STEP_DONE, "");
    ended.note = TEXT("250 ok");
    batch_journal(b, &begun);
    batch_journal(b, &ended);
    sample_commit(store, b);
    assert_list_has("letters", one, 1,
        "\"note\":\"250 ok\",\"step\":2,\"state\":\"done\",\"value\":\"as asked\"");
    buf_release(&value);
}

static void signal_to(struct batch *b, const char *key, const char *name, const char *dedup, int64_t at)
{
    struct buf value;
    buf_init(&value, 100);
    record_put_text(&value, TEXT("as it came"));
    struct inbox_row row = {.event = TEXT("hlb-2021"),
        .flow_name = TEXT("guest"),
        .flow_key = text_of(key),
        .name = text_of(name),
        .dedup = text_of(dedup),
        .at = {at},
        .value = sample_record(&value)};
    batch_inbox(b, &row);
    buf_release(&value);
}

static void what_came_in_about_mails_is_listed_by_person_and_by_time(void **state)
{
    const char *some = "{\"event\":\"hlb-2021\",\"keys\":\"[\\\"P0001\\\",\\\"P0003\\\"]\"}";
    struct batch *b = batch_new();
    signal_to(b, "P0001", "mail:report", "one", 100);
    signal_to(b, "P0001", "mail:reply", "two", 200);
    signal_to(b, "P0001", "rsvp", "three", 300);
    signal_to(b, "P0002", "mail:report", "four", 400);
    sample_commit(store, b);
    assert_list_has("arrivals", some, 2, "\"value\":\"as it came\"");
    assert_list_has("arrivals", some, 2, "\"what\":\"mail:reply\"");
    assert_list("arrivals", "{\"event\":\"other\",\"keys\":\"[\\\"P0001\\\"]\"}", "[]");
    assert_list_has("reports", "{\"since\":0}", 2, "\"label\":\"Kinley Dorji\"");
    assert_list_has("reports", "{\"since\":101,\"event\":\"hlb-2021\"}", 1, "\"flow_key\":\"P0002\"");
    assert_list("reports", "{\"since\":0,\"event\":\"other\"}", "[]");
}

static void an_unsure_step_is_listed_until_it_is_decided(void **state)
{
    assert_list_has("unsure", "{}", 1, "\"key\":\"mail:invite/P0001\"");
    struct journal_row decided = row_of(1, 5, 1, STEP_DONE, "");
    struct batch *b = batch_new();
    batch_journal(b, &decided);
    sample_commit(store, b);
    assert_list("unsure", "{}", "[]");
}

static void an_occurrence_keeps_its_first_decision(void **state)
{
    assert_list("occurrences", "{\"schedule\":\"digest\"}",
        "[{\"at\":11,\"event\":\"hlb-2021\",\"nominal\":10,\"decision\":\"ran\",\"schedule\":\"digest\"}]");
}

static void the_audit_trail_says_who_did_what(void **state)
{
    assert_list_has("audit", "{}", 1,
        "\"who\":\"dorji\",\"flow\":1,\"note\":\"asked to\",\"what\":\"cancel\"");
    assert_list("audit", "{\"before\":1}", "[]");
    assert_list_has("acts", "{\"event\":\"hlb-2021\",\"about\":\"P0001\"}", 1, "\"what\":\"cancel\"");
    assert_list("acts", "{\"event\":\"hlb-2021\",\"about\":\"P0002\"}", "[]");
}

static void a_script_says_how_many_flows_need_it(void **state)
{
    struct buf sources;
    buf_init(&sources, 10);
    record_put_map(&sources, 0);
    struct batch *b = batch_new();
    batch_script(b, 1, TEXT("hlb-2021"), hash_of(TEXT("x")), sample_record(&sources), (struct instant){3});
    sample_commit(store, b);
    assert_list_has("scripts", "{\"event\":\"hlb-2021\"}", 1, "\"unfinished\":3");
    buf_release(&sources);
}

// The scripts of this event; what its flows run on, and a newer one.
static void add_scripts(struct batch *b)
{
    struct buf sources;
    buf_init(&sources, 10);
    record_put_map(&sources, 0);
    for (int64_t id = 1; id <= 2; id++)
        batch_script(b, id, TEXT("hlb-2021"), hash_of(id == 1 ? TEXT("a") : TEXT("b")),
            sample_record(&sources), (struct instant){id});
    buf_release(&sources);
}

static void fsck_finds_what_nobody_would_wake(void **state)
{
    struct flow_row ended = sample_flow(3, "P0003", 0), sure = sample_flow(1, "P0001", 0);
    struct batch *b = batch_new();
    add_scripts(b);
    sample_commit(store, b);
    assert_list_has("fsck", "{}", 2, "\"flow\":3");
    ended.state = sure.state = FLOW_DONE;
    ended.rows = 0;
    sure.rows = 4;
    b = batch_new();
    batch_flow(b, &ended);
    batch_flow(b, &sure);
    sample_commit(store, b);
    assert_list("fsck", "{}", "[]");
}

// Guest a has two steps that wait, b one, and c none at all.
static void where_flows_stand_is_a_row_for_each_step_that_waits(void **state)
{
    assert_list_has("why", "{}", 4, "\"step_state\":\"unsure\"");
    assert_list_has("why", "{\"text\":\"kinley\"}", 2, "\"key\":\"due:reminder\"");
    assert_list_has("why", "{\"flow\":2}", 1, "\"step_state\":\"open\"");
    assert_list_has("why", "{\"flow\":3}", 1, "\"flow_key\":\"P0003\"");
    assert_list("why", "{\"name\":\"other\"}", "[]");
    struct flow_row failed = sample_flow(1, "P0001", 0);
    failed.state = FLOW_FAILED;
    failed.rows = 4;
    failed.why = TEXT("no hall");
    struct batch *b = batch_new();
    batch_flow(b, &failed);
    sample_commit(store, b);
    assert_list_has("why", "{\"flow\":1}", 1, "\"why\":\"no hall\"");
}

static void what_needs_a_person_is_one_list(void **state)
{
    assert_list_has("attention", "{}", 1, "\"part\":\"unsure\"");
    struct flow_row failed = sample_flow(2, "P0002", 0);
    failed.state = FLOW_FAILED;
    failed.why = TEXT("no hall");
    struct batch *b = batch_new();
    batch_flow(b, &failed);
    add_mail(b, 3, 1, STEP_FAILED, 300, "550 nobody here");
    sample_commit(store, b);
    assert_list_has("attention", "{\"event\":\"hlb-2021\"}", 3, "\"part\":\"stopped\"");
    assert_list_has("attention", "{}", 3, "\"part\":\"refused\"");
    assert_list_has("attention", "{\"since\":301}", 2, "\"part\":\"unsure\"");
    assert_list("attention", "{\"event\":\"other\"}", "[]");
}

static void a_mail_that_was_sent_again_needs_nobody_any_more(void **state)
{
    struct flow_row again = sample_flow(4, "P0003", 0);
    again.name = TEXT("guest, sent again");
    struct batch *b = batch_new();
    add_mail(b, 3, 1, STEP_FAILED, 300, "550 nobody here");
    batch_start(b, &again);
    sample_commit(store, b);
    assert_list_has("attention", "{}", 1, "\"part\":\"unsure\"");
}

static void flows_that_an_edit_left_on_an_older_script_are_listed(void **state)
{
    struct journal_row stays = row_of(2, 2, 2, STEP_SKIPPED, "edit:2"),
                       moves = row_of(2, 3, 3, STEP_DONE, "edit:3");
    stays.kind = moves.kind = STEP_KIND_EDIT;
    stays.note = TEXT("stays on version 1 of the script: it fails");
    assert_list("pinned", "{}", "[]");
    struct batch *b = batch_new();
    batch_journal(b, &stays);
    sample_commit(store, b);
    assert_list_has("pinned", "{}", 1, "\"pinned\":\"stays on version 1 of the script: it fails\"");
    assert_list("pinned", "{\"event\":\"other\"}", "[]");
    b = batch_new();
    batch_journal(b, &moves);
    sample_commit(store, b);
    assert_list("pinned", "{}", "[]");
}

static void what_nobody_would_wake_is_an_orphan(void **state)
{
    assert_list_has("orphans", "{}", 5, "its script is not in the database");
    assert_list_has("orphans", "{}", 5, "it waits for a person, and nobody is told why");
    assert_list_has("orphans", "{}", 5, "it waits, and nothing would wake it");
    struct batch *b = batch_new();
    struct journal_row told = row_of(1, 5, 1, STEP_UNSURE, "");
    struct flow_row ended = sample_flow(3, "P0003", 0);
    told.note = TEXT("the line was cut");
    ended.state = FLOW_DONE;
    ended.rows = 0;
    batch_journal(b, &told);
    batch_flow(b, &ended);
    add_scripts(b);
    sample_commit(store, b);
    assert_list("orphans", "{}", "[]");
}

static void an_orphan_is_also_what_wakes_too_late_or_stopped_without_a_word(void **state)
{
    struct batch *b = batch_new();
    struct flow_row late = sample_flow(2, "P0002", 9000), mute = sample_flow(3, "P0003", 0);
    late.rows = 1;
    mute.state = FLOW_HELD;
    mute.rows = 0;
    batch_flow(b, &late);
    batch_flow(b, &mute);
    add_scripts(b);
    sample_commit(store, b);
    assert_list_has("orphans", "{}", 3, "it would be woken later than it waits for");
    assert_list_has("orphans", "{}", 3, "it was stopped, and nobody is told why");
}

static void books_are_listed_by_event(void **state)
{
    struct buf value, json;
    buf_init(&value, 10);
    buf_init(&json, 1000);
    record_put_int(&value, 1);
    struct batch *b = batch_new();
    batch_book(b, TEXT("hlb-2021"), TEXT("signups"), TEXT("b"), sample_record(&value));
    batch_book(b, TEXT("hlb-2021"), TEXT("signups"), TEXT("a"), sample_record(&value));
    batch_book(b, TEXT("hlb-2021"), TEXT("signups"), TEXT("b"), (struct record){0});
    batch_book(b, TEXT("other"), TEXT("signups"), TEXT("c"), sample_record(&value));
    sample_commit(store, b);
    store_books(store, TEXT("hlb-2021"));
    struct store_answer a = sample_answer(store);
    record_print_json(a.list, &json);
    assert_string_equal(buf_z(&json), "[[\"signups\",\"a\",1]]");
    store_answer_release(&a);
    buf_release(&json);
    buf_release(&value);
}

static void a_wrong_question_is_answered_with_words(void **state)
{
    static const struct {
        const char *what, *args, *why;
    } cases[] = {
        {"flwos", "{}", "did you mean \"flows\""},
        {"flows", "{\"colour\":\"red\"}", "knows no \"colour\""},
        {"flows", "{\"limit\":[1]}", "a text or a whole number"},
        {"history", "{}", "needs a \"flow\""},
        {"fates", "{\"event\":\"hlb-2021\"}", "needs a \"keys\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf record;
        struct store_answer a;
        buf_init(&record, 1000);
        assert_int_equal(record_from_json(text_of(cases[i].args), &record, NULL), 0);
        store_list(store, cases[i].what, sample_record(&record));
        assert_true(store_next(store, &a));
        assert_int_equal(a.error.code, ERR_INPUT);
        if (!strstr(a.error.text, cases[i].why)) fail_msg("%s", a.error.text);
        store_answer_release(&a);
        buf_release(&record);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(flows_are_listed_and_filtered),
        TEST(a_flow_is_found_by_a_piece_of_its_name),
        TEST(a_history_names_the_step_on_every_row),
        TEST(pending_steps_come_by_their_moment),
        TEST(pending_steps_before_a_moment_are_those_that_are_overdue),
        TEST(what_is_to_come_is_counted_by_moment_and_name),
        TEST(mails_that_ended_are_counted_by_how_they_ended),
        TEST(what_is_tried_again_is_listed_until_it_ends),
        TEST(flows_that_stopped_are_listed_with_the_reason),
        TEST(the_fates_of_some_people_are_found_by_their_keys),
        TEST(the_mails_of_a_person_are_listed_as_asked_and_as_they_are),
        TEST(what_came_in_about_mails_is_listed_by_person_and_by_time),
        TEST(an_unsure_step_is_listed_until_it_is_decided),
        TEST(an_occurrence_keeps_its_first_decision),
        TEST(the_audit_trail_says_who_did_what),
        TEST(a_script_says_how_many_flows_need_it),
        TEST(fsck_finds_what_nobody_would_wake),
        TEST(where_flows_stand_is_a_row_for_each_step_that_waits),
        TEST(what_needs_a_person_is_one_list),
        TEST(a_mail_that_was_sent_again_needs_nobody_any_more),
        TEST(flows_that_an_edit_left_on_an_older_script_are_listed),
        TEST(what_nobody_would_wake_is_an_orphan),
        TEST(an_orphan_is_also_what_wakes_too_late_or_stopped_without_a_word),
        TEST(books_are_listed_by_event),
        TEST(a_wrong_question_is_answered_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
