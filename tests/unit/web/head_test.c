// SPDX-License-Identifier: MIT
#include "web/head.h"

#include "web_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct head parse(const char *bytes)
{
    struct head h;
    struct refusal r = {0};
    if (head_find(text_of(bytes), 0, &r) != (ssize_t)strlen(bytes)) fail_msg("no whole head: %s", bytes);
    if (head_parse(text_of(bytes), &h, &r)) fail_msg("refused: %d %s", r.status, r.why);
    return h;
}

static void expect_text(struct text got, const char *want)
{
    if (!text_is(got, want)) fail_msg("got %.*s, wanted %s", (int)got.len, got.data, want);
}

static void a_plain_head_is_read(void **state)
{
    struct head h = parse(
        "GET /a/b?x=1 HTTP/1.1\r\nHost: events.example:8080\r\nAccept:  text/html \r\n\r\n");
    assert_int_equal(h.method, HEAD_GET);
    expect_text(h.path, "/a/b");
    expect_text(h.query, "x=1");
    expect_text(h.host, "events.example:8080");
    expect_text(head_value(&h, "accept"), "text/html");
    assert_int_equal(h.fields_n, 2);
    assert_true(h.stays);
    assert_false(h.chunked);
    assert_int_equal(h.length, 0);
}

static void one_empty_line_before_a_request_is_skipped(void **state)
{
    expect_text(parse("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
    assert_int_equal(web_refused("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

static void the_end_of_a_head_is_found_however_it_is_cut(void **state)
{
    const char *all = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
    size_t len = strlen(all), head_len = len - 3, looked = 0;
    struct refusal r;
    for (size_t n = 1; n <= len; n++) {
        char *exact = malloc(n); // so that a look beyond its end is seen
        memcpy(exact, all, n);
        ssize_t found = head_find((struct text){exact, n}, looked, &r);
        assert_int_equal(found, n < head_len ? 0 : head_len);
        if (!found) looked = n;
        free(exact);
    }
}

static void a_connection_stays_as_its_version_and_words_say(void **state)
{
    assert_true(parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n").stays);
    assert_false(parse("GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, Close\r\n\r\n").stays);
    assert_false(parse("GET / HTTP/1.0\r\n\r\n").stays);
    assert_true(parse("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").stays);
    assert_false(parse("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").stays);
}

static void the_body_is_framed_by_a_length_or_by_chunks(void **state)
{
    assert_int_equal(parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0042\r\n\r\n").length, 42);
    assert_true(parse("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n").chunked);
    assert_true(
        parse("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-Continue\r\n\r\n").asks_first);
    assert_false(parse("POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n").asks_first);
}

static void what_two_readers_could_frame_differently_is_refused(void **state)
{
#define POST(lines) "POST / HTTP/1.1\r\nHost: a\r\n" lines "\r\n"
    assert_int_equal(web_refused(POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 5\r\nContent-Length: 6\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 5\r\nContent-Length: 5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 5, 5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: +5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: -5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 0x5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 5 5\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length:\r\n")), 400);
    assert_int_equal(web_refused(POST("Content-Length: 9999999999999999999\r\n")), 400);
    assert_int_equal(web_refused(POST("Transfer-Encoding: xchunked\r\n")), 501);
    assert_int_equal(web_refused(POST("Transfer-Encoding: gzip, chunked\r\n")), 501);
    assert_int_equal(web_refused(POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400);
    assert_int_equal(web_refused(POST("Transfer-Encoding : chunked\r\n")), 400);
    assert_int_equal(web_refused(POST("Transfer-Encoding: chunked\r\n folded\r\n")), 400);
    assert_int_equal(web_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"), 400);
}

static void every_request_names_one_host(void **state)
{
    assert_int_equal(web_refused("GET / HTTP/1.1\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.0\r\n\r\n"), 0);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost:\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n"), 0);
}

static void an_address_may_name_the_host_that_is_asked(void **state)
{
    struct head h = parse("GET http://Events.example/a?b HTTP/1.1\r\nHost: events.example\r\n\r\n");
    expect_text(h.path, "/a");
    expect_text(h.query, "b");
    expect_text(parse("GET https://a HTTP/1.1\r\nHost: a\r\n\r\n").path, "/");
    assert_int_equal(web_refused("GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET http:/// HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET a/b HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
    assert_int_equal(web_refused("GET * HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
}

static void a_first_line_is_three_words_and_nothing_else(void **state)
{
#define LINE(line) line "\r\nHost: a\r\n\r\n"
    assert_int_equal(web_refused(LINE("GET /")), 400);
    assert_int_equal(web_refused(LINE("GET  / HTTP/1.1")), 400);
    assert_int_equal(web_refused(LINE("GET /  HTTP/1.1")), 400);
    assert_int_equal(web_refused(LINE("GET / HTTP/1.1 ")), 400);
    assert_int_equal(web_refused(LINE(" GET / HTTP/1.1")), 400);
    assert_int_equal(web_refused(LINE("GET\t/ HTTP/1.1")), 400);
    assert_int_equal(web_refused(LINE("GET / http/1.1")), 400);
    assert_int_equal(web_refused(LINE("GET / HTTP/1.10")), 400);
    assert_int_equal(web_refused(LINE("GET / HTTP/2.0")), 505);
    assert_int_equal(web_refused(LINE("GET / HTTP/1.2")), 505);
    assert_int_equal(web_refused(LINE("G(T / HTTP/1.1")), 400);
    assert_int_equal(web_refused(LINE("get / HTTP/1.1")), 501);
    assert_int_equal(web_refused(LINE("BREW / HTTP/1.1")), 501);
    assert_int_equal(web_refused(LINE("DELETE / HTTP/1.1")), 405);
    assert_int_equal(web_refused(LINE("PRI * HTTP/2.0")), 505);
}

static void control_characters_are_refused_where_they_come(void **state)
{
    static const char *const heads[] = {"GET / HTTP/1.1\nHost: a\n\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: a\x01\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX: a\x7f\r\n\r\n", "\x16\x03\x01\x02", "\n"};
    struct refusal r;
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        assert_int_equal(head_find(text_of(heads[i]), 0, &r), -1);
    assert_int_equal(head_find((struct text){"GET /\0", 6}, 0, &r), -1);
    assert_int_equal(web_refused("GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"), 400); // must be encoded
    assert_int_equal(web_refused("GET / HTTP/1.1\r\nHost: a\r\nX: \xe9t\xe9\r\n\r\n"),
        0); // old, and harmless
}

static void a_header_is_a_name_a_colon_and_a_value(void **state)
{
#define FIELD(line) "GET / HTTP/1.1\r\nHost: a\r\n" line "\r\n\r\n"
    assert_int_equal(web_refused(FIELD("X-A: b")), 0);
    assert_int_equal(web_refused(FIELD("X-A:")), 0);
    assert_int_equal(web_refused(FIELD("X A: b")), 400);
    assert_int_equal(web_refused(FIELD("X-A : b")), 400);
    assert_int_equal(web_refused(FIELD(": b")), 400);
    assert_int_equal(web_refused(FIELD("X-A")), 400);
    assert_int_equal(web_refused(FIELD("X-A: b\r\n c")), 400);
    assert_int_equal(web_refused(FIELD("Expect: the worst")), 417);
    assert_int_equal(web_refused(FIELD("Content-Encoding: gzip")), 415);
}

// A head with `n` headers of `each` bytes beside Host.
static int refused_with(size_t n, size_t each)
{
    struct buf b;
    struct head h;
    struct refusal r = {0};
    buf_init(&b, 1 << 20);
    buf_addz(&b, "GET / HTTP/1.1\r\nHost: a\r\n");
    for (size_t i = 0; i < n; i++) {
        buf_addz(&b, "X: ");
        for (size_t k = 5; k < each; k++) buf_addc(&b, 'x');
        buf_addz(&b, "\r\n");
    }
    buf_addz(&b, "\r\n");
    ssize_t len = head_find(buf_text(&b), 0, &r);
    if (len > 0) head_parse(buf_text(&b), &h, &r);
    buf_release(&b);
    return r.status;
}

static void a_head_has_at_most_64_headers_and_16_kib(void **state)
{
    assert_int_equal(refused_with(63, 20), 0);
    assert_int_equal(refused_with(64, 20), 431);
    assert_int_equal(refused_with(1, 16384 - 27), 0);
    assert_int_equal(refused_with(1, 16384 - 26), 431);
    assert_int_equal(refused_with(5000, 20), 431);
}

static int refused_address(size_t len)
{
    struct buf b;
    struct head h;
    struct refusal r = {0};
    buf_init(&b, 1 << 20);
    buf_addz(&b, "GET /");
    for (size_t i = 1; i < len; i++) buf_addc(&b, 'x');
    buf_addz(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
    ssize_t end = head_find(buf_text(&b), 0, &r);
    if (end > 0) head_parse(buf_text(&b), &h, &r);
    buf_release(&b);
    return r.status;
}

static void an_address_has_at_most_8000_bytes(void **state)
{
    assert_int_equal(refused_address(8000), 0);
    assert_int_equal(refused_address(8001), 414);
    assert_int_equal(refused_address(20000), 414);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_head_is_read),
        cmocka_unit_test(one_empty_line_before_a_request_is_skipped),
        cmocka_unit_test(the_end_of_a_head_is_found_however_it_is_cut),
        cmocka_unit_test(a_connection_stays_as_its_version_and_words_say),
        cmocka_unit_test(the_body_is_framed_by_a_length_or_by_chunks),
        cmocka_unit_test(what_two_readers_could_frame_differently_is_refused),
        cmocka_unit_test(every_request_names_one_host),
        cmocka_unit_test(an_address_may_name_the_host_that_is_asked),
        cmocka_unit_test(a_first_line_is_three_words_and_nothing_else),
        cmocka_unit_test(control_characters_are_refused_where_they_come),
        cmocka_unit_test(a_header_is_a_name_a_colon_and_a_value),
        cmocka_unit_test(a_head_has_at_most_64_headers_and_16_kib),
        cmocka_unit_test(an_address_has_at_most_8000_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
