// SPDX-License-Identifier: MIT
// Files that are saved are noticed, whichever way an editor does it, and others are not.
#include "base/watch.h"

#include "base/buf.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char folder[64], path[96], other[96], fresh[96];
    struct watch *watch;
};

static void put(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int begin(void **state)
{
    struct place *p = mem_alloc(sizeof *p);
    struct err e;
    strcpy(p->folder, "/tmp/usher-watch-XXXXXX");
    if (!mkdtemp(p->folder)) return -1;
    snprintf(p->path, sizeof p->path, "%s/event.lua", p->folder);
    snprintf(p->other, sizeof p->other, "%s/usher.db", p->folder);
    snprintf(p->fresh, sizeof p->fresh, "%s/event.lua.new", p->folder);
    put(p->path, "before");
    p->watch = watch_open(&e);
    *state = p;
    return p->watch && watch_add(p->watch, p->path, &e) == 0 ? 0 : -1;
}

static int end(void **state)
{
    struct place *p = *state;
    watch_close(p->watch);
    unlink(p->path);
    unlink(p->other);
    unlink(p->fresh);
    rmdir(p->folder);
    free(p);
    return 0;
}

static bool is_readable(const struct watch *w)
{
    struct pollfd happens = {.fd = watch_fd(w), .events = POLLIN};
    return poll(&happens, 1, 0) == 1;
}

static void nothing_was_saved_at_first(void **state)
{
    struct place *p = *state;
    assert_false(is_readable(p->watch));
    assert_false(watch_saved(p->watch));
}

static void a_file_that_is_written_was_saved_once(void **state)
{
    struct place *p = *state;
    put(p->path, "after");
    put(p->path, "and again");
    assert_true(is_readable(p->watch));
    assert_true(watch_saved(p->watch));
    assert_false(watch_saved(p->watch));
}

static void a_file_that_another_one_replaces_was_saved(void **state)
{
    struct place *p = *state;
    put(p->fresh, "after");
    assert_false(watch_saved(p->watch));
    assert_int_equal(rename(p->fresh, p->path), 0);
    assert_true(watch_saved(p->watch));
}

static void other_files_of_the_folder_are_none_of_ours(void **state)
{
    struct place *p = *state;
    put(p->other, "a database writes here all the time");
    assert_false(watch_saved(p->watch));
}

static void a_file_that_is_not_there_yet_can_be_waited_for(void **state)
{
    struct place *p = *state;
    struct err e;
    assert_int_equal(watch_add(p->watch, p->other, &e), 0);
    assert_int_equal(watch_add(p->watch, p->other, &e), 0);
    put(p->other, "here it is");
    assert_true(watch_saved(p->watch));
}

static void a_folder_that_is_not_there_is_said_so(void **state)
{
    struct place *p = *state;
    struct err e;
    assert_true(watch_add(p->watch, "/nowhere/event.lua", &e) < 0);
    assert_non_null(strstr(e.text, "/nowhere/"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nothing_was_saved_at_first, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_written_was_saved_once, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_another_one_replaces_was_saved, begin, end),
        cmocka_unit_test_setup_teardown(other_files_of_the_folder_are_none_of_ours, begin, end),
        cmocka_unit_test_setup_teardown(a_file_that_is_not_there_yet_can_be_waited_for, begin, end),
        cmocka_unit_test_setup_teardown(a_folder_that_is_not_there_is_said_so, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
