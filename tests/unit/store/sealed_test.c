// SPDX-License-Identifier: MIT
// Sealed books: their bytes follow from what they hold, nothing of an older state stays in the file, and the
// write-ahead log is empty behind each commit.
#include "sample.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ENTRIES 110
#define BOOKS 11 // their rows share pages, and each grows from a few bytes to more than a page holds of a row

// A mark at each end, "a017q" and "z017q", and padding between: of the two at most one is cut in two by the
// end of a page. Keys are not in the order of the marks.
static void entry(int i, char key[16], char value[200])
{
    snprintf(key, 16, "k%03d", i * 37 % ENTRIES);
    snprintf(value, 200, "a%03dq%0*dz%03dq", i, 20 + i * 53 % 150, 7, i);
}

static const char *book_of(int i)
{
    static const char *const names[BOOKS] = {"b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9",
        "b10"};
    return names[i % BOOKS];
}

static void seal(struct store *s, const char *book, const char *key, const char *value)
{
    struct buf bytes;
    struct batch *b = batch_new();
    buf_init(&bytes, 4000);
    if (value) record_put_text(&bytes, text_of(value));
    struct record record = value ? sample_record(&bytes) : (struct record){0};
    batch_sealed(b, TEXT("hlb-2021"), text_of(book), text_of(key), record);
    sample_commit(s, b);
    buf_release(&bytes);
}

static void seal_entry(struct store *s, const char *book, int i)
{
    char key[16], value[200];
    entry(i, key, value);
    seal(s, book, key, value);
}

static struct buf bytes_of(const struct sample *sample, const char *behind)
{
    char path[128];
    struct buf all;
    struct stat st;
    buf_init(&all, 64u << 20);
    snprintf(path, sizeof path, "%s%s", sample->path, behind);
    int fd = open(path, O_RDONLY);
    if (fd < 0) return all;
    assert_int_equal(fstat(fd, &st), 0);
    char *data = mem_alloc((size_t)st.st_size + 1);
    assert_int_equal(read(fd, data, (size_t)st.st_size), st.st_size);
    buf_add(&all, data, (size_t)st.st_size);
    free(data);
    close(fd);
    return all;
}

static int times(const struct buf *all, const char *what)
{
    int n = 0;
    const char *at = all->data, *end = all->data + all->len;
    while (at && (at = memmem(at, (size_t)(end - at), what, strlen(what)))) n++, at++;
    return n;
}

static char *sealed_bytes(const char *path)
{
    sqlite3 *db;
    sqlite3_stmt *st;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_prepare_v2(db, "SELECT hex(entries) FROM sealed ORDER BY event, book", -1, &st, NULL);
    assert_int_equal(sqlite3_step(st), SQLITE_ROW);
    char *hex = mem_copyz((const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
    return hex;
}

static void the_bytes_do_not_depend_on_the_order(void **state)
{
    struct sample *sample = *state;
    char *bytes[3];
    for (int round = 0; round < 3; round++) {
        static const int steps[] = {1, 7, 59}; // each prime to ENTRIES
        struct store *s = sample_open(sample->path, STORE_INLINE);
        for (int i = 0; i < ENTRIES; i++) seal_entry(s, "answers", i * steps[round] % ENTRIES);
        store_close(s);
        bytes[round] = sealed_bytes(sample->path);
        unlink(sample->path);
    }
    assert_string_equal(bytes[0], bytes[1]);
    assert_string_equal(bytes[0], bytes[2]);
    for (int round = 0; round < 3; round++) free(bytes[round]);
}

// Rows of all sizes come and go around the sealed ones, so that pages are split, shared and given back.
static void disturb(struct store *s, int i)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    char key[16];
    struct buf value;
    struct batch *b = batch_new();
    snprintf(key, sizeof key, "key-%d", i * 31 % 97);
    buf_init(&value, 10000);
    record_put_list(&value, (size_t)(i * 17 % 40));
    for (int n = 0; n < i * 17 % 40; n++) record_put_text(&value, text_of(letters));
    batch_book(b, TEXT("hlb-2021"), TEXT("notes"), text_of(key), sample_record(&value));
    snprintf(key, sizeof key, "key-%d", i * 13 % 97);
    batch_book(b, TEXT("hlb-2021"), TEXT("notes"), text_of(key), (struct record){0});
    sample_add_sleeper(b, i + 1, key, 5000);
    sample_commit(s, b);
    buf_release(&value);
}

static void count_marks(const struct buf *file, int i, int *heads, int *tails)
{
    char mark[24];
    snprintf(mark, sizeof mark, "a%03dq", i);
    *heads = times(file, mark);
    mark[0] = 'z';
    *tails = times(file, mark);
}

static void assert_each_once(const struct sample *sample, int n)
{
    struct buf file = bytes_of(sample, ""), log = bytes_of(sample, "-wal");
    assert_int_equal(log.len, 0);
    for (int i = 0; i < n; i++) {
        int heads, tails;
        count_marks(&file, i, &heads, &tails);
        if (heads > 1 || tails > 1 || heads + tails == 0)
            fail_msg("after %d: entry %d begins %d times and ends %d times", n, i, heads, tails);
    }
    buf_release(&file);
    buf_release(&log);
}

static void each_entry_stands_in_the_file_once(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    for (int i = 0; i < ENTRIES; i++) {
        disturb(s, i);
        seal_entry(s, book_of(i), i);
        if (i % 4 == 0) assert_each_once(sample, i + 1);
    }
    store_close(s);
    assert_each_once(sample, ENTRIES);
}

static void what_is_taken_out_is_nowhere(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    for (int i = 0; i < ENTRIES; i++) seal_entry(s, book_of(i), i);
    for (int i = 0; i < ENTRIES; i++) {
        char key[16], value[200];
        int heads, tails;
        entry(i, key, value);
        disturb(s, i);
        seal(s, book_of(i), key, NULL);
        struct buf file = bytes_of(sample, "");
        count_marks(&file, i, &heads, &tails);
        assert_int_equal(heads + tails, 0);
        buf_release(&file);
    }
    store_close(s);
}

// secure_delete alone would not do: SQLite leaves copies of rows in the slack of a page whose rows made room
// for each other. The column `room` keeps entries off such pages.
static void no_older_state_stays_in_a_shared_page(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    int of_book[30] = {0};
    uint32_t dice = 2; // without `room` this one finds an old state after 80 changes
    for (int i = 1; i <= 400; i++) {
        static const int repeats[] = {10, 60, 120, 300};
        char book[24], value[3000] = "";
        dice = dice * 1664525 + 1013904223;
        int b = dice / 256 % 30, n = 1 + (int)(dice / 65536 % (uint32_t)repeats[dice / 8192 % 4]);
        bool gone = of_book[b] && i % 5 == 0;
        for (int k = 0; k < n; k++) snprintf(value + 8 * k, 24, "<%06d>", i);
        snprintf(book, sizeof book, "b%d", b);
        seal(s, book, "k", gone ? NULL : value);
        of_book[b] = gone ? 0 : i;
        if (i % 10) continue;
        struct buf file = bytes_of(sample, "");
        for (int k = 1; k <= i; k++) {
            bool live = false;
            for (int m = 0; m < 30; m++) live |= of_book[m] == k;
            snprintf(value, sizeof value, "<%06d>", k);
            if (!live && times(&file, value)) fail_msg("after %d: %s is still there", i, value);
        }
        buf_release(&file);
    }
    store_close(s);
}

static void sealed_entries_are_listed_as_such(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    struct buf value, json;
    buf_init(&value, 10);
    buf_init(&json, 1000);
    record_put_int(&value, 1);
    struct batch *b = batch_new();
    batch_sealed(b, TEXT("hlb-2021"), TEXT("marks"), TEXT("P2"), sample_record(&value));
    batch_book(b, TEXT("hlb-2021"), TEXT("notes"), TEXT("a"), sample_record(&value));
    batch_sealed(b, TEXT("hlb-2021"), TEXT("marks"), TEXT("P1"), sample_record(&value));
    batch_sealed(b, TEXT("other"), TEXT("marks"), TEXT("P3"), sample_record(&value));
    sample_commit(s, b);
    store_close(s);
    s = sample_open(sample->path, STORE_THREAD);
    store_books(s, TEXT("hlb-2021"));
    struct store_answer a = sample_answer(s);
    record_print_json(a.list, &json);
    assert_string_equal(buf_z(&json),
        "[[\"notes\",\"a\",1],[\"marks\",\"P1\",1,true],[\"marks\",\"P2\",1,true]]");
    store_answer_release(&a);
    store_close(s);
    buf_release(&json);
    buf_release(&value);
}

// A process that dies between the commit and the folding leaves the log full.
static void a_log_that_was_left_behind_is_folded_at_the_next_start(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    seal_entry(s, "answers", 1);
    store_close(s);
    pid_t child = fork();
    if (child == 0) {
        sqlite3 *db;
        sqlite3_open(sample->path, &db);
        sqlite3_exec(db, "PRAGMA journal_mode = WAL; UPDATE sealed SET entries = x'a0'", NULL, NULL, NULL);
        _exit(0);
    }
    waitpid(child, NULL, 0);
    struct buf log = bytes_of(sample, "-wal");
    assert_true(log.len > 0);
    buf_release(&log);
    s = sample_open(sample->path, STORE_THREAD);
    log = bytes_of(sample, "-wal");
    assert_int_equal(log.len, 0);
    buf_release(&log);
    store_close(s);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(the_bytes_do_not_depend_on_the_order),
        TEST(each_entry_stands_in_the_file_once),
        TEST(what_is_taken_out_is_nowhere),
        TEST(no_older_state_stays_in_a_shared_page),
        TEST(sealed_entries_are_listed_as_such),
        TEST(a_log_that_was_left_behind_is_folded_at_the_next_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
