// SPDX-License-Identifier: MIT
#include "pdf/picture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// The head of a PNG of that size, with some bytes behind it.
static struct text png_of(unsigned width, unsigned height, char more)
{
    static char png[40];
    memcpy(png, "\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
    for (int i = 0; i < 4; i++) {
        png[16 + i] = (char)(width >> (24 - 8 * i));
        png[20 + i] = (char)(height >> (24 - 8 * i));
    }
    memset(png + 24, more, sizeof png - 24);
    return (struct text){png, sizeof png};
}

static void a_picture_is_found_by_its_hash(void **state)
{
    char hash[2 * HASH_LEN + 1], again[2 * HASH_LEN + 1];
    struct text png = png_of(200, 100, 'a');
    assert_int_equal(picture_keep(png, hash, NULL), 0);
    assert_int_equal(picture_keep(png, again, NULL), 0);
    assert_string_equal(hash, again);
    struct text found = picture_find(text_of(hash));
    assert_int_equal(found.len, png.len);
    assert_memory_equal(found.data, png.data, png.len);
    assert_null(picture_find(TEXT("0")).data);
}

static void only_a_png_of_a_sane_size_is_kept(void **state)
{
    char hash[2 * HASH_LEN + 1];
    struct err e = {0};
    assert_int_equal(picture_keep(TEXT("GIF89a"), hash, &e), -ERR_INPUT);
    assert_int_equal(picture_keep(png_of(PICTURE_SIDE_MAX + 1, 1, 'a'), hash, &e), -ERR_LIMIT);
    assert_int_equal(picture_keep(png_of(1, 0xffffffff, 'a'), hash, &e), -ERR_LIMIT);
    assert_int_equal(picture_keep(png_of(0, 1, 'a'), hash, &e), -ERR_LIMIT);
    char *large = mem_alloc(PICTURE_LEN_MAX + 1);
    assert_int_equal(picture_keep((struct text){large, PICTURE_LEN_MAX + 1}, hash, &e), -ERR_LIMIT);
    free(large);
}

static void there_is_room_for_so_many(void **state)
{
    char hash[2 * HASH_LEN + 1];
    struct err e = {0};
    int kept = 0;
    for (unsigned i = 1; i <= 2 * PICTURES_MAX && !picture_keep(png_of(i, 7, 'b'), hash, &e); i++) kept++;
    assert_in_range(kept, 1, PICTURES_MAX);
    assert_int_equal(e.code, ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_is_found_by_its_hash),
        cmocka_unit_test(only_a_png_of_a_sane_size_is_kept),
        cmocka_unit_test(there_is_room_for_so_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
