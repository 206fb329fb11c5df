// SPDX-License-Identifier: MIT
// A program beside the engine: how it ended is told once, with what it complained about.
#include "world/child.h"
#include "world/watcher.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

struct seen {
    int times, code;
    char complaint[10000];
};

static void on_ended(void *ctx, int code, struct text complaint)
{
    struct seen *seen = ctx;
    seen->times++;
    seen->code = code;
    snprintf(seen->complaint, sizeof seen->complaint, "%.*s", (int)complaint.len, complaint.data);
}

// Runs a line of the shell to its end.
static struct seen run(const char *line)
{
    uv_loop_t loop;
    struct seen seen = {0};
    struct err e = {0};
    const char *argv[] = {"/bin/sh", "-c", line, NULL};
    uv_loop_init(&loop);
    assert_non_null(child_start(&loop, argv, on_ended, &seen, &e));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0); // nothing is left open
    return seen;
}

static void it_ends_with_its_code_and_its_complaint(void **state)
{
    (void)state;
    struct seen seen = run("echo nobody hears this; echo usher: no >&2; exit 2");
    assert_int_equal(seen.times, 1);
    assert_int_equal(seen.code, 2);
    assert_string_equal(seen.complaint, "usher: no\n");
}

static void one_that_a_signal_ends_has_no_code(void **state)
{
    (void)state;
    assert_int_equal(run("kill -9 $$").code, -1);
}

static void a_long_complaint_is_read_to_its_end_and_its_beginning_is_kept(void **state)
{
    (void)state;
    struct seen seen = run("i=0; while [ $i -lt 3000 ]; do echo 0123456789 >&2; i=$((i + 1)); done; exit 3");
    assert_int_equal(seen.code, 3);
    assert_true(strlen(seen.complaint) <= 8192);
    assert_memory_equal(seen.complaint, "0123456789\n", 11);
}

static void one_that_is_stopped_tells_nobody(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct seen seen = {0};
    struct err e;
    const char *argv[] = {"/bin/sh", "-c", "sleep 1000", NULL};
    uv_loop_init(&loop);
    child_stop(child_start(&loop, argv, on_ended, &seen, &e));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(seen.times, 0);
}

static void a_program_that_is_not_there_is_said_so(void **state)
{
    (void)state;
    uv_loop_t loop;
    struct seen seen = {0};
    struct err e;
    const char *argv[] = {"/nowhere/usher", NULL};
    uv_loop_init(&loop);
    assert_null(child_start(&loop, argv, on_ended, &seen, &e));
    assert_non_null(strstr(e.text, "/nowhere/usher can't be started"));
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    assert_int_equal(seen.times, 0);
}

// ---- a watcher -----------------------------------------------------------------------------------------

struct told {
    struct watcher *watcher;
    int times;
};

static void on_saved(void *ctx)
{
    struct told *told = ctx;
    told->times++;
    watcher_close(told->watcher); // the loop ends with it
}

static void a_burst_of_saves_is_told_once(void **state)
{
    (void)state;
    char folder[] = "/tmp/usher-watcher-XXXXXX", path[64];
    uv_loop_t loop;
    struct err e;
    struct told told = {0};
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/event.lua", folder);
    uv_loop_init(&loop);
    told.watcher = watcher_open(&loop, on_saved, &told, &e);
    assert_int_equal(watcher_add(told.watcher, path, &e), 0);
    for (int i = 0; i < 5; i++) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fclose(file);
        uv_run(&loop, UV_RUN_NOWAIT);
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(told.times, 1);
    assert_int_equal(uv_loop_close(&loop), 0);
    unlink(path);
    rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_ends_with_its_code_and_its_complaint),
        cmocka_unit_test(one_that_a_signal_ends_has_no_code),
        cmocka_unit_test(a_long_complaint_is_read_to_its_end_and_its_beginning_is_kept),
        cmocka_unit_test(one_that_is_stopped_tells_nobody),
        cmocka_unit_test(a_program_that_is_not_there_is_said_so),
        cmocka_unit_test(a_burst_of_saves_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
