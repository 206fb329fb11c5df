// SPDX-License-Identifier: MIT
#include "web/chunk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

// What came of a body: its bytes, whether it ended, what was left over, and the status when it was refused.
struct outcome {
    struct buf body;
    bool done;
    size_t rest;
    int status;
};

static struct outcome decode(struct text in, size_t piece, size_t max)
{
    struct outcome o = {0};
    struct chunk c;
    struct refusal r = {0};
    chunk_init(&c);
    buf_init(&o.body, max);
    while (in.len && !r.status && c.state != CHUNK_DONE) {
        size_t n = in.len < piece ? in.len : piece;
        char *exact = malloc(n);
        memcpy(exact, in.data, n);
        struct text part = {exact, n};
        chunk_take(&c, &part, &o.body, &r);
        size_t used = n - part.len;
        in = (struct text){in.data + used, in.len - used};
        free(exact);
    }
    o.done = c.state == CHUNK_DONE;
    o.rest = in.len;
    o.status = r.status;
    return o;
}

static void expect(const char *in, const char *body, const char *rest)
{
    for (size_t piece = 1; piece <= strlen(in); piece++) {
        struct outcome o = decode(text_of(in), piece, 1000);
        assert_int_equal(o.status, 0);
        assert_true(o.done);
        assert_string_equal(buf_z(&o.body), body);
        assert_int_equal(o.rest, strlen(rest));
        buf_release(&o.body);
    }
}

static int refused(const char *in)
{
    struct outcome whole = decode(text_of(in), 1000, 1000), bytes = decode(text_of(in), 1, 1000);
    assert_int_equal(whole.status, bytes.status);
    assert_false(whole.done);
    buf_release(&whole.body);
    buf_release(&bytes.body);
    return whole.status;
}

static void chunks_are_put_together_however_they_are_cut(void **state)
{
    expect("5\r\nhello\r\n0\r\n\r\n", "hello", "");
    expect("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", "hello world", "");
    expect("00A\r\n0123456789\r\na\r\n0123456789\r\n000\r\n\r\n", "01234567890123456789", "");
    expect("0\r\n\r\n", "", "");
}

static void what_follows_the_end_is_left_alone(void **state)
{
    expect("1\r\nx\r\n0\r\n\r\nGET / HTTP/1.1\r\n", "x", "GET / HTTP/1.1\r\n");
}

static void extensions_and_trailers_are_forgotten(void **state)
{
    expect("1;a=b;c=\"d\"\r\nx\r\n0;last\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n", "x", "");
}

static void sizes_are_hexadecimal_and_nothing_else(void **state)
{
    static const char *const sizes[] = {"", " 5", "5 ", "0x5", "+5", "-5", "5 5", "g", "\t5", "5h", ";a",
        "1000000000000000", "ffffffffffffffff"};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char in[100] = "";
        strncat(in, sizes[i], 50);
        strncat(in, "\r\nhello\r\n0\r\n\r\n", 40);
        assert_int_equal(refused(in), 400);
    }
}

static void lines_end_in_crlf_and_nothing_else(void **state)
{
    assert_int_equal(refused("5\nhello\r\n0\r\n\r\n"), 400);
    assert_int_equal(refused("5\r\nhello\n0\r\n\r\n"), 400);
    assert_int_equal(refused("5\r\nhello0\r\n\r\n"), 400);
    assert_int_equal(refused("5\r\nhello\r\n0\n\r\n"), 400);
    assert_int_equal(refused("0\r\n\n"), 400);
    assert_int_equal(refused("0\r\nX: y\n\r\n"), 400);
    assert_int_equal(refused("5\rhello"), 400);
    assert_int_equal(refused("5;a\nb\r\nhello\r\n0\r\n\r\n"), 400);
}

static void trailers_are_headers(void **state)
{
    assert_int_equal(refused("0\r\nno colon\r\n\r\n"), 400);
    assert_int_equal(refused("0\r\n folded\r\n\r\n"), 400);
    assert_int_equal(refused("0\r\nX\x01: y\r\n\r\n"), 400);
    assert_int_equal(refused("0\r\nX: \x01\r\n\r\n"), 400);
}

static void a_body_has_no_more_than_its_limit(void **state)
{
    struct outcome o = decode(TEXT("5\r\nhello\r\n0\r\n\r\n"), 3, 5);
    assert_int_equal(o.status, 0);
    buf_release(&o.body);
    o = decode(TEXT("6\r\nhello!\r\n0\r\n\r\n"), 3, 5);
    assert_int_equal(o.status, 413);
    assert_int_equal(o.body.len, 0); // it is refused by its size, before it comes
    buf_release(&o.body);
    o = decode(TEXT("fffffffffffffff\r\nx"), 3, 5);
    assert_int_equal(o.status, 413);
    buf_release(&o.body);
}

static void what_stands_between_chunks_has_a_limit(void **state)
{
    struct buf in;
    buf_init(&in, 1 << 20);
    for (int i = 0; i < 5000; i++) buf_addz(&in, "1;abc\r\nx\r\n");
    struct outcome o = decode(buf_text(&in), 10000, 10000);
    assert_int_equal(o.status, 400);
    buf_release(&o.body);
    buf_release(&in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chunks_are_put_together_however_they_are_cut),
        cmocka_unit_test(what_follows_the_end_is_left_alone),
        cmocka_unit_test(extensions_and_trailers_are_forgotten),
        cmocka_unit_test(sizes_are_hexadecimal_and_nothing_else),
        cmocka_unit_test(lines_end_in_crlf_and_nothing_else),
        cmocka_unit_test(trailers_are_headers),
        cmocka_unit_test(a_body_has_no_more_than_its_limit),
        cmocka_unit_test(what_stands_between_chunks_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
