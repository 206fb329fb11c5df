// SPDX-License-Identifier: MIT
// The checksum chain: what was changed on disk behind usher's back is seen at load.
#include "sample.h"
#include "store/fsck.h"

#include <sqlite3.h>

// One flow with three rows that carry values.
static void make_flow(const char *path)
{
    struct store *s = sample_open(path, STORE_INLINE);
    struct flow_row flow = sample_flow(1, "P0042", 5000);
    struct batch *b = batch_new();
    flow.rows = 3;
    batch_start(b, &flow);
    for (int32_t n = 1; n <= 3; n++) {
        struct journal_row row = sample_row(1, n);
        struct buf value;
        buf_init(&value, 100);
        record_put_text(&value, TEXT("what was said"));
        row.value = sample_record(&value);
        row.note = TEXT("a note");
        batch_journal(b, &row);
        buf_release(&value);
    }
    sample_commit(s, b);
    store_close(s);
}

// How many findings are about damage; that the flow here has no script is found as well.
static size_t count_damaged(struct record findings)
{
    size_t n = 0;
    for (struct record_iter it = record_each(findings); record_next(&it);)
        n += text_is(record_get_text(it.value, "what"), FSCK_DAMAGED);
    return n;
}

static bool is_broken_after(const char *path, const char *sql)
{
    sqlite3 *db;
    make_flow(path);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    struct store *s = sample_open(path, STORE_INLINE);
    store_load(s, (int64_t[]){1}, 1);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    bool broken = a.flows[0].broken;
    store_answer_release(&a);
    store_list(s, "fsck", (struct record){0});
    a = sample_answer(s);
    assert_int_equal(count_damaged(a.list), broken ? 1 : 0);
    store_answer_release(&a);
    store_close(s);
    unlink(path);
    return broken;
}

static void an_untouched_journal_holds(void **state)
{
    assert_false(is_broken_after(((struct sample *)*state)->path, "SELECT 1"));
}

static void any_changed_byte_breaks_the_chain(void **state)
{
    static const char *const changes[] = {
        "UPDATE journal SET value = CAST(x'6d77686174207761732073616965' AS BLOB) WHERE n = 2",
        "UPDATE journal SET value = NULL WHERE n = 2",
        "UPDATE journal SET state = 2 WHERE n = 1",
        "UPDATE journal SET state = 99 WHERE n = 1",
        "UPDATE journal SET due = due + 1 WHERE n = 3",
        "UPDATE journal SET due = NULL WHERE n = 3",
        "UPDATE journal SET key = 'sleep:remindex' WHERE n = 1",
        "UPDATE journal SET note = 'a note ' WHERE n = 1",
        "UPDATE journal SET key = key || note, note = NULL WHERE n = 1",
        "UPDATE journal SET sum = sum + 1 WHERE n = 3",
        "DELETE FROM journal WHERE n = 1",
        "DELETE FROM journal WHERE n = 3",
        "UPDATE journal SET n = 4 WHERE n = 3",
        "UPDATE flow SET state = 99",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        if (!is_broken_after(((struct sample *)*state)->path, changes[i]))
            fail_msg("not seen: %s", changes[i]);
    }
}

// What a later `usher forget` does: the value goes, its sum stays.
static void an_erased_value_keeps_the_chain(void **state)
{
    struct sample *sample = *state;
    struct buf value;
    char sql[200];
    buf_init(&value, 100);
    record_put_text(&value, TEXT("what was said"));
    snprintf(sql, sizeof sql, "UPDATE journal SET value = NULL, erased = %lld WHERE n = 2",
        (long long)hash_sum(0, buf_text(&value)));
    assert_false(is_broken_after(sample->path, sql));
    buf_release(&value);
}

static void a_chain_goes_on_after_a_restart(void **state)
{
    struct sample *sample = *state;
    make_flow(sample->path);
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct batch *b = batch_new();
    struct journal_row row = sample_row(1, 4);
    batch_journal(b, &row);
    sample_commit(s, b);
    store_load(s, (int64_t[]){1}, 1);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows[0].journal_n, 4);
    assert_false(a.flows[0].broken);
    store_answer_release(&a);
    store_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(an_untouched_journal_holds),
        TEST(any_changed_byte_breaks_the_chain),
        TEST(an_erased_value_keeps_the_chain),
        TEST(a_chain_goes_on_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
