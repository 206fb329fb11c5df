// SPDX-License-Identifier: MIT
// Zone files that are replaced while somebody uses them: a directory of our own plays the system's.
#include "time/moment.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

// A version 1 file with one offset, in two versions.
static const char header[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                             "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4";
static const char six_hours[] = "\0\0\124\140\0\0+06";  // 21600 s
static const char five_hours[] = "\0\0\106\120\0\0+05"; // 18000 s

static char directory[64], variable[96];

static void write_file(const char *name, const char *data, size_t len, const char *more, size_t more_len)
{
    char path[128], draft[128];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(draft, sizeof draft, "%s/draft", directory);
    FILE *f = fopen(draft, "wb");
    assert_non_null(f);
    fwrite(data, 1, len, f);
    fwrite(more, 1, more_len, f);
    fclose(f);
    assert_int_equal(rename(draft, path), 0); // as packages replace files
}

static int set_up(void **state)
{
    snprintf(directory, sizeof directory, "/tmp/usher-zones-XXXXXX");
    assert_non_null(mkdtemp(directory));
    snprintf(variable, sizeof variable, "USHER_ZONEINFO=%s", directory);
    assert_int_equal(putenv(variable), 0);
    write_file("Place", header, sizeof header - 1, six_hours, sizeof six_hours);
    write_file("tzdata.zi", "# version 2026a\n", 16, "Z Place 6 - +06\n", 16);
    return 0;
}

static int tear_down(void **state)
{
    char path[128];
    const char *const names[] = {"Place", "tzdata.zi"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        unlink(path);
    }
    return rmdir(directory);
}

static int64_t two_o_clock(void)
{
    struct moment m;
    struct err e = {0};
    moment_resolve(TEXT("2021-02-25 14:00"), TEXT("Place"), TEXT(""), &m, &e);
    assert_string_equal(e.text, "");
    return m.at.ms;
}

static void a_replaced_file_moves_the_moment(void **state)
{
    int64_t before = two_o_clock();
    assert_string_equal(zone_release(), "2026a");
    assert_int_equal(zone_reload(), 0);
    write_file("Place", header, sizeof header - 1, five_hours, sizeof five_hours);
    write_file("tzdata.zi", "# version 2026b\n", 16, "", 0);
    assert_int_equal(two_o_clock(), before); // nothing moves by itself
    assert_int_equal(zone_reload(), 1);
    assert_int_equal(two_o_clock() - before, HOUR_MS);
    assert_string_equal(zone_release(), "2026b");
}

static void a_broken_file_keeps_the_old_rules(void **state)
{
    int64_t before = two_o_clock();
    write_file("Place", "TZif", 4, "", 0);
    assert_int_equal(zone_reload(), 0);
    assert_int_equal(two_o_clock(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_replaced_file_moves_the_moment),
        cmocka_unit_test(a_broken_file_keeps_the_old_rules),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
