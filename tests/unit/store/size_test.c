// SPDX-License-Identifier: MIT
// What a flow and a step cost on disk, indexes included.
#include "sample.h"

#include <sys/stat.h>

#define FLOWS 20000
#define BATCH 500

static int64_t size_of(const char *path)
{
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    return st.st_size;
}

// FLOWS sleepers; the file's size once it is closed.
static int64_t make_sleepers(const char *path)
{
    struct store *s = sample_open(path, STORE_INLINE);
    for (int64_t id = 1; id <= FLOWS;) {
        struct batch *b = batch_new();
        for (int i = 0; i < BATCH; i++, id++) {
            char key[16];
            snprintf(key, sizeof key, "P%06d", (int)id);
            sample_add_sleeper(b, id, key, INT64_C(1614841200000) + id * 60000);
        }
        sample_commit(s, b);
    }
    store_close(s);
    return size_of(path);
}

static void a_sleeping_flow_is_at_most_300_bytes(void **state)
{
    struct sample *sample = *state;
    store_close(sample_open(sample->path, STORE_INLINE));
    int64_t empty = size_of(sample->path), each = (make_sleepers(sample->path) - empty) / FLOWS;
    print_message("a sleeping flow: %d bytes\n", (int)each);
    assert_in_range(each, 1, 300);
}

// An ordinary step: a 35-byte key and an 80-byte value, spread over the flows.
static void an_ordinary_step_is_at_most_220_bytes(void **state)
{
    struct sample *sample = *state;
    int64_t before = make_sleepers(sample->path), made = 0;
    struct store *s = sample_open(sample->path, STORE_INLINE);
    struct buf value;
    char letters[78];
    memset(letters, 'v', sizeof letters);
    buf_init(&value, 100);
    record_put_text(&value, (struct text){letters, sizeof letters});
    assert_int_equal(value.len, 80);
    for (int32_t n = 2; n <= 4; n++) {
        for (int64_t id = 1; id <= FLOWS;) {
            struct batch *b = batch_new();
            for (int i = 0; i < BATCH; i++, id++, made++) {
                struct journal_row row = sample_row(id, n);
                row.kind = STEP_KIND_DECIDE;
                row.state = STEP_DONE;
                row.dseq = n;
                row.due.ms = 0;
                row.key = TEXT("decide:seat-in-the-workshop/P004242");
                assert_int_equal(row.key.len, 35);
                row.value = sample_record(&value);
                batch_journal(b, &row);
            }
            sample_commit(s, b);
        }
    }
    store_close(s);
    buf_release(&value);
    int64_t each = (size_of(sample->path) - before) / made;
    print_message("an ordinary step: %d bytes\n", (int)each);
    assert_in_range(each, 1, 220);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_sleeping_flow_is_at_most_300_bytes),
        TEST(an_ordinary_step_is_at_most_220_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
