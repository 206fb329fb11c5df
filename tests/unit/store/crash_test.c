// SPDX-License-Identifier: MIT
// What was answered is there, whatever happens to the process.
#include "sample.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define KILLS 15
#define ROWS_EACH 3

// Adds a flow with ROWS_EACH rows.
static struct batch *batch_of(int64_t id)
{
    char key[16];
    snprintf(key, sizeof key, "P%d", (int)id);
    struct batch *b = batch_new();
    struct flow_row flow = sample_flow(id, key, 5000);
    flow.rows = ROWS_EACH;
    batch_start(b, &flow);
    for (int32_t n = 1; n <= ROWS_EACH; n++) {
        struct journal_row row = sample_row(id, n);
        batch_journal(b, &row);
    }
    return b;
}

// In a child: commits flow after flow, and says each that was answered. Ends by being killed, or by a fault.
static _Noreturn void commit_and_tell(const char *path, int64_t first, int tell, enum store_fault fault,
    int64_t n)
{
    struct store *s = store_open(&(struct store_options){.path = path, .mode = STORE_THREAD}, NULL);
    struct store_answer a;
    if (!s) _exit(1);
    store_set_fault(s, fault, n);
    for (int64_t id = first;; id++) {
        store_submit(s, batch_of(id));
        if (id % 4) continue; // four at a time, so that groups form
        while (store_outstanding(s)) {
            store_wait(s);
            while (store_next(s, &a)) {
                batch_free(a.batch);
                if (write(tell, "y", 1) != 1) _exit(1);
            }
        }
    }
}

static int64_t count_bytes(int fd)
{
    char bytes[256];
    int64_t n = 0;
    for (ssize_t got; (got = read(fd, bytes, sizeof bytes)) > 0;) n += got;
    return n;
}

// Every flow up to `id` is there with all its rows, and nothing is half there. The greatest id.
static int64_t assert_holds(const char *path, int64_t id)
{
    struct store *s = sample_open(path, STORE_INLINE);
    struct store_facts facts;
    assert_int_equal(store_facts(s, &facts, NULL), 0);
    assert_true(facts.last_flow >= id);
    for (int64_t i = 1; i <= facts.last_flow; i++) {
        store_load(s, &i, 1);
        struct store_answer a = sample_answer(s);
        assert_int_equal(a.flows_n, 1);
        assert_int_equal(a.flows[0].journal_n, ROWS_EACH);
        assert_false(a.flows[0].broken);
        store_answer_release(&a);
    }
    store_close(s);
    return facts.last_flow;
}

static void what_was_answered_survives_kill_9(void **state)
{
    struct sample *sample = *state;
    int64_t last = 0;
    for (int i = 0; i < KILLS; i++) {
        int tell[2];
        assert_int_equal(pipe(tell), 0);
        pid_t child = fork();
        if (child == 0) commit_and_tell(sample->path, last + 1, tell[1], STORE_FAULT_NONE, 0);
        close(tell[1]);
        struct pollfd first_answer = {.fd = tell[0], .events = POLLIN};
        poll(&first_answer, 1, 10000);
        usleep((useconds_t)(i * 700)); // another moment of the commit each time
        kill(child, SIGKILL);
        int64_t answered = count_bytes(tell[0]);
        waitpid(child, NULL, 0);
        close(tell[0]);
        assert_true(answered > 0);
        last = assert_holds(sample->path, last + answered);
    }
}

// Runs a child into a fault; its exit code, and how many batches were answered.
static int run_into(const char *path, enum store_fault fault, int64_t n, int64_t *answered, char *words,
    size_t len)
{
    int tell[2], errors[2], status;
    assert_int_equal(pipe(tell), 0);
    assert_int_equal(pipe(errors), 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(errors[1], STDERR_FILENO);
        commit_and_tell(path, 1, tell[1], fault, n);
    }
    close(tell[1]);
    close(errors[1]);
    *answered = count_bytes(tell[0]);
    ssize_t got = read(errors[0], words, len - 1);
    words[got > 0 ? got : 0] = 0;
    waitpid(child, &status, 0);
    close(tell[0]);
    close(errors[0]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_crash_before_the_commit_loses_that_batch_only(void **state)
{
    struct sample *sample = *state;
    char words[500];
    int64_t answered;
    assert_int_equal(run_into(sample->path, STORE_FAULT_CRASH_BEFORE, 6, &answered, words, sizeof words), 99);
    assert_int_equal(assert_holds(sample->path, answered), 5);
}

static void a_crash_after_the_commit_keeps_the_batch(void **state)
{
    struct sample *sample = *state;
    char words[500];
    int64_t answered;
    assert_int_equal(run_into(sample->path, STORE_FAULT_CRASH_AFTER, 6, &answered, words, sizeof words), 99);
    assert_true(answered < 6); // nobody was told
    assert_int_equal(assert_holds(sample->path, answered), 6);
}

static void a_commit_that_fails_ends_the_process_with_one_sentence(void **state)
{
    struct sample *sample = *state;
    char words[500];
    int64_t answered;
    assert_int_equal(run_into(sample->path, STORE_FAULT_FAIL, 6, &answered, words, sizeof words), 3);
    assert_non_null(strstr(words, "what was to be kept"));
    assert_non_null(strstr(words, "stopping at once"));
    assert_ptr_equal(strchr(words, '\n'), words + strlen(words) - 1);
    assert_true(answered < 6);
    assert_holds(sample->path, answered);
}

// A limit on the size of files stands for a disk that takes no more.
static void a_disk_that_takes_no_more_ends_the_process(void **state)
{
    struct sample *sample = *state;
    int tell[2], status;
    assert_int_equal(pipe(tell), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){300000, 300000});
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        commit_and_tell(sample->path, 1, tell[1], STORE_FAULT_NONE, 0);
    }
    close(tell[1]);
    int64_t answered = count_bytes(tell[0]);
    waitpid(child, &status, 0);
    close(tell[0]);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 3);
    assert_holds(sample->path, answered);
}

// Frames of the write-ahead log that end a transaction: bytes 4-7 of their heads are not zero.
static int commits_in_wal(const char *path)
{
    char wal[100];
    uint8_t head[24];
    int commits = 0;
    snprintf(wal, sizeof wal, "%s-wal", path);
    FILE *f = fopen(wal, "rb");
    assert_non_null(f);
    fseek(f, 32, SEEK_SET);
    for (; fread(head, sizeof head, 1, f) == 1; fseek(f, 4096, SEEK_CUR))
        commits += (head[4] | head[5] | head[6] | head[7]) != 0;
    fclose(f);
    return commits;
}

static void batches_that_wait_share_a_commit(void **state)
{
    struct sample *sample = *state;
    struct store *s = sample_open(sample->path, STORE_THREAD);
    int before = commits_in_wal(sample->path);
    store_set_fault(s, STORE_FAULT_SLOW, 0); // the others come while the first is under way
    for (int64_t id = 1; id <= 40; id++) store_submit(s, batch_of(id));
    for (int i = 0; i < 40; i++) {
        struct store_answer a = sample_answer(s);
        assert_int_equal(batch_rows(a.batch), 1 + ROWS_EACH); // each batch comes back by itself
        batch_free(a.batch);
    }
    assert_true(commits_in_wal(sample->path) - before < 40);
    store_close(s);
    assert_int_equal(assert_holds(sample->path, 40), 40);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, sample_set_up, sample_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_answered_survives_kill_9),
        TEST(a_crash_before_the_commit_loses_that_batch_only),
        TEST(a_crash_after_the_commit_keeps_the_batch),
        TEST(a_commit_that_fails_ends_the_process_with_one_sentence),
        TEST(a_disk_that_takes_no_more_ends_the_process),
        TEST(batches_that_wait_share_a_commit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
