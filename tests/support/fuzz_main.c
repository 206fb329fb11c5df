// SPDX-License-Identifier: MIT
// fuzz_main: a short run of a fuzz target without libFuzzer, so that every test run has one.
//
//   x_fuzz [SECONDS]   the corpus (tests/fuzz/corpus/x_fuzz/*, or a few patterns), then mutations of it
//   x_fuzz FILE...     these inputs once: replays a crash
//
// The mutations are the same in every run: only how many of them fit into the seconds differs. An input
// that ends the process, or that runs for longer than HANG_S, is left beside the program, in x_fuzz.crash.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    SEEDS_MAX = 256,
    INPUT_MAX = 4096, // libFuzzer's default
    HANG_S = 20,      // far above what an input of 4 KiB may take, with sanitizers on a busy machine
};

struct input {
    uint8_t bytes[INPUT_MAX];
    size_t len;
};

static struct input seeds[SEEDS_MAX];
static size_t seeds_n;
static struct input current; // what the target sees now: the handlers save it
static char crash_path[1024];
static volatile sig_atomic_t time_is_up;

// The sanitizers end in abort(), so that one handler saves the input of every kind of end.
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

const char *__asan_default_options(void)
{
    return "abort_on_error=1";
}

const char *__ubsan_default_options(void)
{
    return "abort_on_error=1:print_stacktrace=1";
}

static void complain(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) _exit(1);
}

// Async-signal-safe.
static void save_current(void)
{
    int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, current.bytes, current.len) < 0) return;
    close(fd);
    complain("fuzz: the input is in ");
    complain(crash_path);
    complain("\n");
}

static void on_abort(int number)
{
    save_current();
    complain("0 passed, 1 failed\n");
    _exit(1);
}

// First the time is up; if the input then goes on for HANG_S more, it hangs.
static void on_alarm(int number)
{
    if (time_is_up) {
        complain("fuzz: one input runs without end\n");
        on_abort(number);
    }
    time_is_up = 1;
    alarm(HANG_S);
}

static void run_current(void)
{
    // A copy of exact size: reading one byte past the end is then an error that ASan sees.
    uint8_t *exact = malloc(current.len ? current.len : 1);
    if (!exact) exit(3);
    memcpy(exact, current.bytes, current.len);
    LLVMFuzzerTestOneInput(exact, current.len);
    free(exact);
}

static void seed_add(const void *bytes, size_t len)
{
    if (seeds_n == SEEDS_MAX || len > INPUT_MAX) return;
    if (len) memcpy(seeds[seeds_n].bytes, bytes, len);
    seeds[seeds_n++].len = len;
}

static int seed_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) return -1;
    seed_add(bytes, fread(bytes, 1, sizeof bytes, file));
    fclose(file);
    return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name); // alphasort would ask the locale
}

static void seed_corpus(const char *target)
{
    char path[1024];
    struct dirent **entries = NULL;
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", target);
    int n = scandir(path, &entries, NULL, by_name);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "tests/fuzz/corpus/%s/%s", target, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') seed_file(path);
        free(entries[i]);
    }
    free(entries);
}

// Shapes that parsers of text and of lengths meet first.
static void seed_patterns(void)
{
    static const char *const texts[] = {"a", "0", "-1", "9223372036854775808", "1e309", "\n", "\r\n\r\n",
        "\"\\u0000\"", "{\"a\":[1,null,true]}", "[[[[[[[[", "\xff\xfe", "\xed\xa0\x80",
        "2 days before, 09:00", "FREQ=DAILY;COUNT=3", "0 9 * * MON", "a: b\r\n c\r\n", "<a href='x'>*b*</a>",
        "=?utf-8?q?=41?=", "a@b.example, <c@d.example>", "%s%n"};
    static const uint8_t zeros[64];
    seed_add("", 0);
    seed_add(zeros, sizeof zeros);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) seed_add(texts[i], strlen(texts[i]));
}

// xorshift64*: fixed seed, so that iteration n is the same input everywhere.
static uint64_t dice_state = 0x9e3779b97f4a7c15u;

static size_t dice(size_t below)
{
    dice_state ^= dice_state >> 12;
    dice_state ^= dice_state << 25;
    dice_state ^= dice_state >> 27;
    return (dice_state * 0x2545f4914f6cdd1du >> 32) % below;
}

static void replace_byte(struct input *in)
{
    static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', '\r', '"', '\\', '%', '<', ' ', '0', '9',
        '-'};
    if (!in->len) return;
    in->bytes[dice(in->len)] = dice(2) ? telling[dice(sizeof telling)] : (uint8_t)dice(256);
}

static void flip_bit(struct input *in)
{
    if (in->len) in->bytes[dice(in->len)] ^= (uint8_t)(1u << dice(8));
}

static void cut_piece(struct input *in)
{
    if (!in->len) return;
    size_t from = dice(in->len), n = 1 + dice(in->len - from);
    memmove(in->bytes + from, in->bytes + from + n, in->len - from - n);
    in->len -= n;
}

// Inserts a piece of any seed, or of the input itself: repeats and nests what is there.
static void insert_piece(struct input *in)
{
    static struct input copy;
    copy = dice(3) ? *in : seeds[dice(seeds_n)];
    if (!copy.len) return;
    size_t from = dice(copy.len), n = 1 + dice(copy.len - from), to = dice(in->len + 1);
    if (in->len + n > INPUT_MAX) return;
    memmove(in->bytes + to + n, in->bytes + to, in->len - to);
    memcpy(in->bytes + to, copy.bytes + from, n);
    in->len += n;
}

static void mutate(struct input *in)
{
    static void (*const ways[])(
        struct input *) = {replace_byte, flip_bit, cut_piece, insert_piece, insert_piece};
    for (size_t times = 1 + dice(6); times > 0; times--) ways[dice(sizeof ways / sizeof *ways)](in);
}

static unsigned long fuzz(unsigned seconds)
{
    unsigned long runs = 0;
    alarm(seconds);
    for (size_t i = 0; i < seeds_n && !time_is_up; i++, runs++) {
        current = seeds[i];
        run_current();
    }
    for (; !time_is_up; runs++) {
        current = seeds[dice(seeds_n)];
        mutate(&current);
        run_current();
    }
    return runs;
}

static unsigned long replay(char **paths, int n)
{
    for (int i = 0; i < n; i++) {
        if (seed_file(paths[i]) == 0) continue;
        perror(paths[i]);
        exit(2);
    }
    for (size_t i = 0; i < seeds_n; i++) {
        current = seeds[i];
        run_current();
    }
    return seeds_n;
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/');
    const char *target = slash ? slash + 1 : argv[0];
    char *end = NULL;
    long seconds = argc > 1 ? strtol(argv[1], &end, 10) : 3;
    bool files = argc > 1 && *end;

    snprintf(crash_path, sizeof crash_path, "%s.crash", argv[0]);
    signal(SIGABRT, on_abort);
    signal(SIGILL, on_abort);
    signal(SIGFPE, on_abort);
    signal(SIGALRM, on_alarm);
    if (!files) {
        seed_corpus(target);
        seed_patterns();
    }
    unsigned long runs = files ? replay(argv + 1, argc - 1) : fuzz(seconds > 0 ? (unsigned)seconds : 3);
    printf("%s: %lu inputs\n1 passed, 0 failed\n", target, runs);
    return 0;
}
