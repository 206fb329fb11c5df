// SPDX-License-Identifier: MIT
#include "web/request.h"

#include "web_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define GET_WITH(lines) "GET / HTTP/1.1\r\nHost: a\r\n" lines "\r\n"

static void a_request_is_one_sound_record(void **state)
{
    assert_string_equal(
        web_json("POST /a%20b?x=1 HTTP/1.1\r\nHost: Events.Example\r\n"
                 "Content-Type: application/x-www-form-urlencoded\r\nCookie: s=t\r\n\r\ny=2&y=3",
            NULL),
        "{\"body\":\"\",\"form\":{\"y\":\"2\"},\"head\":false,\"host\":\"events.example\",\"path\":\"/a b\","
        "\"files\":[],\"query\":{\"x\":\"1\"},\"method\":\"POST\",\"secure\":false,\"address\":\"192.0.2.1\","
        "\"cookies\":{\"s\":\"t\"},\"headers\":{\"host\":\"Events.Example\",\"cookie\":\"s=t\","
        "\"content-type\":\"application/x-www-form-urlencoded\"},\"form_all\":{\"y\":[\"2\",\"3\"]}}");
}

static void head_arrives_as_get(void **state)
{
    assert_string_equal(web_json("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "method"), "\"GET\"");
    assert_string_equal(web_json("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", "head"), "true");
}

static void paths_are_decoded(void **state)
{
    assert_string_equal(web_json(GET("/"), "path"), "\"/\"");
    assert_string_equal(web_json(GET("/a/"), "path"), "\"/a/\"");
    assert_string_equal(web_json(GET("/%61%2Db/c+d"), "path"), "\"/a-b/c+d\"");
    assert_string_equal(web_json(GET("/%E0%BD%96"), "path"), "\"/བ\"");
    assert_string_equal(web_json(GET("/a%25b"), "path"), "\"/a%b\""); // decoded once
    assert_string_equal(web_json(GET("/..a/.b/c..d/..."), "path"), "\"/..a/.b/c..d/...\"");
}

static void paths_that_go_around_are_refused(void **state)
{
    static const char *const paths[] = {"//", "/a//b", "//a", "/.", "/..", "/a/..", "/a/../b", "/./a", "/a/.",
        "/%2e", "/%2E%2e", "/%2e%2e/etc/passwd", "/a/%2e./b", "/a%2fb", "/a%2Fb", "/a%5cb", "/..%5c..%5cx",
        "/a%00", "/a%0ab", "/a%7f", "/%", "/%4", "/%zz", "/%ff", "/%c0%af", "/%ed%a0%80", "/a\\b", "/a<b>",
        "/a\"b", "/a#b", "/a{b}"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char request[200] = "GET ";
        strncat(request, paths[i], 100);
        strncat(request, " HTTP/1.1\r\nHost: a\r\n\r\n", 50);
        if (web_refused(request) != 400) fail_msg("%s is not refused", paths[i]);
    }
}

static void queries_are_decoded(void **state)
{
    assert_string_equal(web_json(GET("/?a=1&b=two+words&c=%26%3d&d&=e&&a=2"), "query"),
        "{\"a\":\"1\",\"b\":\"two words\",\"c\":\"&=\",\"d\":\"\"}");
    assert_string_equal(web_json(GET("/?"), "query"), "{}");
    assert_string_equal(web_json(GET("/?a=b=c?d"), "query"), "{\"a\":\"b=c?d\"}");
    assert_string_equal(web_json(GET("/?long=1&z=2&b=3"), "query"),
        "{\"b\":\"3\",\"z\":\"2\",\"long\":\"1\"}");
}

static void queries_that_are_no_text_are_refused(void **state)
{
    assert_int_equal(web_refused(GET("/?a=%")), 400);
    assert_int_equal(web_refused(GET("/?a=%g1")), 400);
    assert_int_equal(web_refused(GET("/?a=%ff")), 400);
    assert_int_equal(web_refused(GET("/?%ff=a")), 400);
    assert_int_equal(web_refused(GET("/?a=%00")), 400);
    assert_int_equal(web_refused(GET("/?a=\xff")), 400);
}

static void equal_headers_are_joined_in_their_order(void **state)
{
    assert_string_equal(web_json(GET_WITH("X-A: 1\r\nx-b: 2\r\nX-a: 3\r\nX-A:\r\n"), "headers"),
        "{\"x-a\":\"1, 3, \",\"x-b\":\"2\",\"host\":\"a\"}");
}

static void what_only_a_proxy_may_claim_is_left_out(void **state)
{
    assert_string_equal(web_json(GET_WITH("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n"
                                          "Forwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n"
                                          "X-Forwarded-Host: evil.example\r\n"),
                            "headers"),
        "{\"host\":\"a\"}");
}

static void cookies_that_are_none_lock_nobody_out(void **state)
{
    assert_string_equal(web_json(GET_WITH(
                                     "Cookie: a=1; b=2;c=3 ; =x; d; bad name=1; a=4\r\nCookie: e=f=g\r\n"),
                            "cookies"),
        "{\"a\":\"1\",\"b\":\"2\",\"c\":\"3\",\"e\":\"f=g\"}");
    assert_string_equal(web_json(GET_WITH("Cookie: a=\xff; b=2\r\n"), "cookies"), "{\"b\":\"2\"}");
    assert_string_equal(web_json(GET_WITH("Cookie:\r\n"), "cookies"), "{}");
}

static void a_body_of_another_type_is_given_as_it_is(void **state)
{
    assert_string_equal(web_json("POST / HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n\r\n{}",
                            "body"),
        "\"{}\"");
    assert_string_equal(web_json("POST / HTTP/1.1\r\nHost: a\r\n\r\na=1", "form"), "{}");
}

static void there_are_at_most_256_fields(void **state)
{
    struct buf b;
    buf_init(&b, 1 << 20);
    buf_addz(&b, "GET /?");
    for (int i = 0; i < 256; i++) buf_addz(&b, "a=1&");
    size_t at = b.len;
    buf_addz(&b, " HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(web_refused(buf_z(&b)), 0);
    b.len = at;
    buf_addz(&b, "a HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_int_equal(web_refused(buf_z(&b)), 400);
    buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_one_sound_record),
        cmocka_unit_test(head_arrives_as_get),
        cmocka_unit_test(paths_are_decoded),
        cmocka_unit_test(paths_that_go_around_are_refused),
        cmocka_unit_test(queries_are_decoded),
        cmocka_unit_test(queries_that_are_no_text_are_refused),
        cmocka_unit_test(equal_headers_are_joined_in_their_order),
        cmocka_unit_test(what_only_a_proxy_may_claim_is_left_out),
        cmocka_unit_test(cookies_that_are_none_lock_nobody_out),
        cmocka_unit_test(a_body_of_another_type_is_given_as_it_is),
        cmocka_unit_test(there_are_at_most_256_fields),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
