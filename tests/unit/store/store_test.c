// SPDX-License-Identifier: MIT
// The contract of store.h: what was answered is there, in order, in both modes.
#include "sample.h"

static void put_text_record(struct buf *b, const char *text)
{
    buf_init(b, 1000);
    record_put_text(b, text_of(text));
}

static void what_was_committed_is_loaded(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    struct buf input, value;
    put_text_record(&input, "input");
    put_text_record(&value, "value");
    struct flow_row flow = sample_flow(7, "P0042", 5000);
    struct journal_row row = sample_row(7, 1);
    flow.label = TEXT("Kinley");
    flow.parent = 3;
    flow.input = sample_record(&input);
    row.value = sample_record(&value);
    row.note = TEXT("14:00 in Thimphu");
    row.attempt = 2;
    struct batch *b = batch_new();
    batch_start(b, &flow);
    batch_journal(b, &row);
    sample_commit(s, b);
    store_close(s);
    s = sample_open(sample->path, STORE_THREAD);

    store_load(s, (int64_t[]){7, 8}, 2);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 1); // there is no flow 8
    const struct loaded_flow *f = &a.flows[0];
    assert_false(f->broken);
    assert_int_equal(f->flow.id, 7);
    assert_true(text_is(f->flow.event, "hlb-2021") && text_is(f->flow.name, "guest"));
    assert_true(text_is(f->flow.key, "P0042") && text_is(f->flow.label, "Kinley"));
    assert_int_equal(f->flow.parent, 3);
    assert_int_equal(f->flow.state, FLOW_WAITING);
    assert_int_equal(f->flow.next_due.ms, 5000);
    assert_int_equal(f->flow.t0.ms, INT64_C(1614236400000));
    assert_memory_equal(f->flow.input.data, input.data, input.len);
    assert_null(f->flow.result.data);
    assert_int_equal(f->journal_n, 1);
    assert_true(text_is(f->journal[0].key, "sleep:reminder"));
    assert_true(text_is(f->journal[0].note, "14:00 in Thimphu"));
    assert_int_equal(f->journal[0].attempt, 2);
    assert_memory_equal(f->journal[0].value.data, value.data, value.len);
    assert_true(f->journal[0].sum != 0 && f->journal[0].sum == f->flow.sum);
    store_answer_release(&a);
    store_close(s);
    buf_release(&input);
    buf_release(&value);
}

static void a_flow_is_written_over_and_keeps_its_input(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct buf input, result;
    put_text_record(&input, "input");
    put_text_record(&result, "result");
    struct flow_row flow = sample_flow(1, "a", 5000);
    flow.input = sample_record(&input);
    struct batch *b = batch_new();
    batch_start(b, &flow);
    flow.state = FLOW_DONE;
    flow.next_due.ms = 0;
    flow.input = (struct record){0};
    flow.result = sample_record(&result);
    flow.rows = 0;
    flow.why = TEXT("");
    batch_flow(b, &flow);
    flow.result = (struct record){0}; // not there: what is on disk stays
    batch_flow(b, &flow);
    sample_commit(s, b);
    store_find(s, TEXT("hlb-2021"), TEXT("guest"), TEXT("a"));
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    assert_int_equal(a.flows[0].flow.state, FLOW_DONE);
    assert_int_equal(a.flows[0].flow.next_due.ms, 0);
    assert_memory_equal(a.flows[0].flow.input.data, input.data, input.len);
    assert_memory_equal(a.flows[0].flow.result.data, result.data, result.len);
    store_answer_release(&a);
    store_close(s);
    buf_release(&input);
    buf_release(&result);
}

static void a_flow_starts_once(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "a", 5000);
    sample_commit(s, b);

    struct flow_row again = sample_flow(2, "a", 9000), other = sample_flow(3, "b", 9000);
    int64_t flow;
    bool has_inbox;
    b = batch_new();
    batch_start(b, &again);
    batch_start(b, &other);
    store_submit(s, b);
    struct store_answer a = sample_answer(s);
    assert_false(batch_started(a.batch, 0, &flow, &has_inbox));
    assert_int_equal(flow, 1); // the one that was there
    assert_true(batch_started(a.batch, 1, &flow, &has_inbox));
    assert_int_equal(flow, 3);
    assert_false(has_inbox);
    batch_free(a.batch);
    store_close(s);
}

static void an_outside_fact_counts_once_and_waits_for_its_flow(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct inbox_row fact = {.event = TEXT("hlb-2021"),
        .flow_name = TEXT("guest"),
        .flow_key = TEXT("a"),
        .name = TEXT("rsvp"),
        .dedup = TEXT("form-1"),
        .at = {7}};
    struct flow_row flow = sample_flow(1, "a", 5000);
    int64_t id;
    bool has_inbox;
    flow.rows = 0;
    struct batch *b = batch_new();
    batch_inbox(b, &fact);
    batch_inbox(b, &fact);
    batch_start(b, &flow);
    store_submit(s, b);
    struct store_answer a = sample_answer(s);
    assert_true(batch_inbox_id(b, 0) > 0);
    assert_int_equal(batch_inbox_id(b, 1), 0);
    assert_true(batch_started(b, 0, &id, &has_inbox) && has_inbox);
    int64_t fact_id = batch_inbox_id(b, 0);
    batch_free(a.batch);

    store_load(s, (int64_t[]){1}, 1);
    a = sample_answer(s);
    assert_int_equal(a.flows[0].inbox_n, 1);
    assert_int_equal(a.flows[0].inbox[0].id, fact_id);
    assert_true(text_is(a.flows[0].inbox[0].name, "rsvp"));
    store_answer_release(&a);

    b = batch_new();
    batch_take(b, fact_id, 1, 4);
    sample_commit(s, b);
    store_load(s, (int64_t[]){1}, 1);
    a = sample_answer(s);
    assert_int_equal(a.flows[0].inbox_n, 0);
    store_answer_release(&a);
    store_close(s);
}

static void answers_come_in_the_order_of_requests(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    uint64_t tickets[300];
    struct store_answer a;
    for (int i = 0; i < 300; i += 2) {
        char key[16];
        snprintf(key, sizeof key, "P%d", i);
        struct batch *b = batch_new();
        sample_add_sleeper(b, i + 1, key, 5000 + i);
        tickets[i] = store_submit(s, b);
        tickets[i + 1] = store_load(s, (int64_t[]){i + 1}, 1); // sees the batch before it
    }
    assert_int_equal(store_outstanding(s), 300);
    for (int i = 0; i < 300; i++) {
        a = sample_answer(s);
        assert_int_equal(a.ticket, tickets[i]);
        assert_int_equal(a.ask, i % 2 ? STORE_LOAD : STORE_COMMIT);
        if (i % 2) assert_int_equal(a.flows_n, 1);
        else batch_free(a.batch);
        store_answer_release(&a);
    }
    assert_int_equal(store_outstanding(s), 0);
    assert_false(store_next(s, &a));
    store_wait(s); // nothing is to come: does not block
    store_close(s);
}

static void due_flows_come_earliest_first_and_tell_the_next(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "a", 3000);
    sample_add_sleeper(b, 2, "b", 1000);
    sample_add_sleeper(b, 3, "c", 1000);
    sample_add_sleeper(b, 4, "d", 9000);
    sample_commit(s, b);
    static const struct {
        int64_t until;
        size_t limit, n;
        int64_t first, next;
    } cases[] = {{500, 10, 0, 0, 1000}, {3000, 10, 3, 2, 9000}, {3000, 2, 2, 2, 3000}, {3000, 1, 1, 2, 1000},
        {9000, 10, 4, 2, INT64_MAX}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        store_due(s, (struct instant){cases[i].until}, cases[i].limit);
        struct store_answer a = sample_answer(s);
        assert_int_equal(a.flows_n, cases[i].n);
        if (a.flows_n) assert_int_equal(a.flows[0].flow.id, cases[i].first);
        assert_true(a.next_due.ms == cases[i].next);
        store_answer_release(&a);
    }
    store_close(s);
}

static void ready_flows_come_by_id(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct batch *b = batch_new();
    for (int64_t id = 1; id <= 5; id++) {
        char key[2] = {(char)('a' + id), 0};
        struct flow_row flow = sample_flow(id, key, 0);
        flow.state = id == 2 ? FLOW_DONE : FLOW_READY;
        flow.rows = 0;
        batch_start(b, &flow);
    }
    sample_commit(s, b);
    store_ready(s, 1, 2);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 2);
    assert_int_equal(a.flows[0].flow.id, 3);
    assert_int_equal(a.flows[1].flow.id, 4);
    store_answer_release(&a);
    store_close(s);
}

static void what_was_rewound_is_not_written(void **state)
{
    struct store *s = sample_open(":memory:", STORE_INLINE);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "a", 5000);
    struct batch_mark mark = batch_mark(b);
    sample_add_sleeper(b, 2, "b", 5000);
    assert_int_equal(batch_starts(b), 2);
    batch_rewind(b, mark);
    assert_int_equal(batch_starts(b), 1);
    assert_int_equal(batch_rows(b), 2);
    sample_add_sleeper(b, 3, "c", 5000);
    sample_commit(s, b);
    store_load(s, (int64_t[]){1, 2, 3}, 3);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 2);
    assert_int_equal(a.flows[1].flow.id, 3);
    store_answer_release(&a);
    store_close(s);
}

static void small_facts_are_read_in_the_call(void **state)
{
    struct store *s = sample_open(":memory:", STORE_THREAD);
    struct store_facts facts;
    struct schedule_row schedule;
    struct buf out, value;
    struct err e = {0};
    struct hash hash = hash_of(TEXT("script"));
    buf_init(&out, 1000);
    put_text_record(&value, "v");
    assert_int_equal(store_facts(s, &facts, &e), 0);
    assert_int_equal(facts.last_flow, 0);
    assert_true(facts.next_due.ms == INT64_MAX);
    assert_int_equal(store_setting(s, "secret", &out, &e), 0);
    assert_int_equal(out.len, 0);

    struct batch *b = batch_new();
    sample_add_sleeper(b, 9, "a", 5000);
    batch_setting(b, TEXT("secret"), sample_record(&value));
    batch_script(b, 4, TEXT("hlb-2021"), hash, sample_record(&value), (struct instant){1});
    batch_schedule(b, TEXT("hlb-2021"), TEXT("digest"), TEXT("0 9 * * MON"), (struct instant){0},
        (struct instant){77});
    sample_commit(s, b);
    assert_int_equal(store_facts(s, &facts, &e), 0);
    assert_int_equal(facts.last_flow, 9);
    assert_int_equal(facts.last_script, 4);
    assert_int_equal(facts.next_due.ms, 5000);
    assert_int_equal(facts.newest.ms, INT64_C(1614236400500));
    assert_int_equal(store_setting(s, "secret", &out, &e), 0);
    assert_memory_equal(out.data, value.data, value.len);
    assert_int_equal(store_script(s, TEXT("hlb-2021"), hash, &e), 4);
    assert_int_equal(store_script(s, TEXT("other"), hash, &e), 0);
    buf_clear(&out);
    assert_int_equal(store_sources(s, 4, &out, &e), 0);
    assert_memory_equal(out.data, value.data, value.len);
    assert_int_equal(store_sources(s, 5, &out, &e), -ERR_INPUT);
    assert_int_equal(store_schedule(s, TEXT("hlb-2021"), TEXT("digest"), &schedule, &e), 0);
    assert_true(schedule.known && schedule.next.ms == 77 && schedule.last.ms == 0);
    assert_string_equal(schedule.spec, "0 9 * * MON");
    assert_int_equal(store_schedule(s, TEXT("hlb-2021"), TEXT("none"), &schedule, &e), 0);
    assert_false(schedule.known);
    store_close(s);
    buf_release(&out);
    buf_release(&value);
}

static void note_wake(void *ctx)
{
    __atomic_store_n((int *)ctx, 1, __ATOMIC_SEQ_CST);
}

static void an_answer_wakes_the_loop(void **state)
{
    int woken = 0;
    struct store *s = store_open(&(struct store_options){.path = ":memory:",
                                     .mode = STORE_THREAD,
                                     .wake = note_wake,
                                     .wake_ctx = &woken},
        NULL);
    sample_commit(s, batch_new());
    store_close(s); // the call comes after the answer, and before the thread ends
    assert_int_equal(woken, 1);
}

static void closing_carries_out_what_was_submitted(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    for (int64_t id = 1; id <= 50; id++) {
        char key[16];
        snprintf(key, sizeof key, "P%d", (int)id);
        struct batch *b = batch_new();
        sample_add_sleeper(b, id, key, 5000);
        store_submit(s, b);
    }
    store_close(s);
    struct store_facts facts;
    s = sample_open(sample->path, STORE_INLINE);
    assert_int_equal(store_facts(s, &facts, NULL), 0);
    assert_int_equal(facts.last_flow, 50);
    store_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_committed_is_loaded),
        TEST(a_flow_is_written_over_and_keeps_its_input),
        TEST(a_flow_starts_once),
        TEST(an_outside_fact_counts_once_and_waits_for_its_flow),
        TEST(answers_come_in_the_order_of_requests),
        TEST(due_flows_come_earliest_first_and_tell_the_next),
        TEST(ready_flows_come_by_id),
        TEST(what_was_rewound_is_not_written),
        TEST(small_facts_are_read_in_the_call),
        TEST(an_answer_wakes_the_loop),
        TEST(closing_carries_out_what_was_submitted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
