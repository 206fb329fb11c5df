// SPDX-License-Identifier: MIT
// Which files are opened, by whom, and what a person finds in them.
#include "sample.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

// Carries out SQL behind the store's back, while it is closed.
static void run_sql(const char *path, const char *sql)
{
    sqlite3 *db;
    char *wrong = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, sql, NULL, NULL, &wrong);
    if (wrong) fail_msg("%s", wrong);
    sqlite3_close(db);
}

static int keep_first_column(void *out, int n, char **values, char **names)
{
    snprintf(out, 100, "%s", values[0] ? values[0] : "NULL");
    return 0;
}

static void assert_sql(const char *path, const char *sql, const char *expected)
{
    sqlite3 *db;
    char got[100] = "no row", *wrong = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_exec(db, sql, keep_first_column, got, &wrong);
    if (wrong) fail_msg("%s", wrong);
    assert_string_equal(got, expected);
    sqlite3_close(db);
}

static void assert_refused(const char *path, bool look, enum err_code code, const char *why)
{
    struct err e = {0};
    assert_null(
        store_open(&(struct store_options){.path = path, .mode = STORE_THREAD, .read_only_look = look}, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.text, why)) fail_msg("%s", e.text);
}

static void make_empty(const char *path)
{
    store_close(sample_open(path, STORE_INLINE));
}

static void a_second_engine_is_refused_with_the_process_id(void **state)
{
    struct sample *sample = *state;
    int ready[2];
    char byte, words[40];
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        struct store *s = store_open(&(struct store_options){.path = sample->path, .mode = STORE_INLINE},
            NULL);
        if (s && write(ready[1], "y", 1) == 1) pause();
        _exit(1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    snprintf(words, sizeof words, "in use by usher, process %d", (int)child);
    assert_refused(sample->path, false, ERR_BUSY, words);
    assert_refused(sample->path, true, ERR_BUSY, words);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    make_empty(sample->path); // the lock went with its holder
}

static void an_engine_is_refused_twice_in_one_process(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    assert_refused(sample->path, false, ERR_BUSY, "in use by usher");
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "a", 1); // the refusal did not take the first one's locks away
    sample_commit(s, b);
    store_close(s);
}

static void a_newer_format_is_refused(void **state)
{
    struct sample *sample = *state;
    make_empty(sample->path);
    run_sql(sample->path, "PRAGMA user_version = 1000");
    assert_refused(sample->path, false, ERR_STORAGE, "written by a newer usher");
    assert_sql(sample->path, "PRAGMA user_version", "1000");
}

static void another_programs_file_is_refused_and_left_alone(void **state)
{
    struct sample *sample = *state;
    run_sql(sample->path, "CREATE TABLE recipe (name TEXT)");
    assert_refused(sample->path, false, ERR_STORAGE, "belongs to another program");
    assert_sql(sample->path, "SELECT group_concat(name) FROM sqlite_schema", "recipe");
    assert_sql(sample->path, "PRAGMA journal_mode", "delete");
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    struct sample *sample = *state;
    FILE *f = fopen(sample->path, "w");
    for (int i = 0; i < 1000; i++) fputs("Dear participant, ", f);
    fclose(f);
    assert_refused(sample->path, false, ERR_STORAGE, "is no database");
}

static void a_place_that_is_not_there_is_named(void **state)
{
    assert_refused("/nowhere/at/all/usher.db", false, ERR_STORAGE,
        "/nowhere/at/all/usher.db can't be opened");
}

static void only_the_owner_may_read_it(void **state)
{
    struct sample *sample = *state;
    struct stat st;
    make_empty(sample->path);
    assert_int_equal(stat(sample->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void looking_reads_and_needs_a_database(void **state)
{
    struct sample *sample = *state;
    assert_refused(sample->path, true, ERR_STORAGE, "can't be opened");
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "a", 1);
    sample_commit(s, b);
    store_close(s);
    s = store_open(&(struct store_options){.path = sample->path,
                       .mode = STORE_INLINE,
                       .read_only_look = true},
        NULL);
    assert_non_null(s);
    store_load(s, (int64_t[]){1}, 1);
    struct store_answer a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    store_answer_release(&a);
    store_close(s);
}

static void the_words_on_disk_are_ours(void **state)
{
    struct sample *sample = *state;
    char sql[100];
    make_empty(sample->path);
#define X(name, text)                                                                         \
    snprintf(sql, sizeof sql, "SELECT word FROM flow_state WHERE id = %d", (int)FLOW_##name); \
    assert_sql(sample->path, sql, text);                                                      \
    assert_string_equal(flow_state_name(FLOW_##name), text);
    FLOW_STATES(X)
#undef X
#define X(name, text)                                                                         \
    snprintf(sql, sizeof sql, "SELECT word FROM step_state WHERE id = %d", (int)STEP_##name); \
    assert_sql(sample->path, sql, text);                                                      \
    assert_string_equal(step_state_name(STEP_##name), text);
    STEP_STATES(X)
#undef X
#define X(name, text)                                                                             \
    snprintf(sql, sizeof sql, "SELECT word FROM step_kind WHERE id = %d", (int)STEP_KIND_##name); \
    assert_sql(sample->path, sql, text);                                                          \
    assert_string_equal(step_kind_name(STEP_KIND_##name), text);
    STEP_KINDS(X)
#undef X
}

static void a_person_can_read_the_history(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "P0042", INT64_C(1614841200000));
    struct journal_row done = sample_row(1, 2);
    done.step = 1;
    done.state = STEP_DONE;
    done.key = TEXT("");
    batch_journal(b, &done);
    sample_commit(s, b);
    store_close(s);
    assert_sql(sample->path,
        "SELECT event || ' ' || flow || ' ' || who || ' ' || step || ' ' || state || ' ' || due"
        " FROM history WHERE n = 2",
        "hlb-2021 guest P0042 sleep:reminder done 2021-03-04 07:00:00 UTC");
    assert_sql(sample->path, "SELECT key || ' ' || state || ' ' || next_due FROM flows",
        "P0042 waiting 2021-03-04 07:00:00 UTC");
}

static void a_copy_without_a_name_is_a_database_to_begin_with(void **state)
{
    struct sample *sample = *state;
    struct store_answer a;
    struct err e;
    char path[40];
    int fd = memfd_create("copy", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/%ld/fd/%d", (long)getpid(), fd);
    struct store *s = sample_open(sample->path, STORE_THREAD);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "P0042", 1);
    sample_commit(s, b);
    store_copy(s, path);
    a = sample_answer(s);
    store_close(s);

    s = store_open(&(struct store_options){.path = ":memory:", .from = path, .mode = STORE_INLINE}, &e);
    assert_non_null(s);
    store_load(s, (int64_t[]){1}, 1);
    a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    store_answer_release(&a);
    store_close(s);
    close(fd);
    assert_null(store_open(&(struct store_options){.path = ":memory:", .from = path}, &e));
    assert_non_null(strstr(e.text, "can't be read"));
}

static void a_backup_is_a_database_and_overwrites_nothing(void **state)
{
    struct sample *sample = *state;
    char copy[100];
    struct store_answer a;
    struct stat st;
    snprintf(copy, sizeof copy, "%s/copy.db", sample->dir);
    struct store *s = sample_open(sample->path, STORE_THREAD);
    struct batch *b = batch_new();
    sample_add_sleeper(b, 1, "P0042", 1);
    sample_commit(s, b);
    store_backup(s, copy);
    a = sample_answer(s);
    assert_int_equal(stat(copy, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    store_backup(s, copy);
    store_wait(s);
    assert_true(store_next(s, &a));
    assert_int_equal(a.error.code, ERR_STORAGE);
    assert_non_null(strstr(a.error.text, "File exists"));
    store_close(s);

    s = sample_open(copy, STORE_INLINE);
    store_load(s, (int64_t[]){1}, 1);
    a = sample_answer(s);
    assert_int_equal(a.flows_n, 1);
    store_answer_release(&a);
    store_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_second_engine_is_refused_with_the_process_id),
        TEST(an_engine_is_refused_twice_in_one_process),
        TEST(a_newer_format_is_refused),
        TEST(another_programs_file_is_refused_and_left_alone),
        TEST(a_file_that_is_no_database_is_refused),
        TEST(a_place_that_is_not_there_is_named),
        TEST(only_the_owner_may_read_it),
        TEST(looking_reads_and_needs_a_database),
        TEST(the_words_on_disk_are_ours),
        TEST(a_person_can_read_the_history),
        TEST(a_backup_is_a_database_and_overwrites_nothing),
        TEST(a_copy_without_a_name_is_a_database_to_begin_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
