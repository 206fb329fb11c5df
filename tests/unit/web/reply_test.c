// SPDX-License-Identifier: MIT
#include "web/reply.h"

#include "web/etag.h"
#include "web/httpdate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static struct buf head;
static struct text body, topic;
static struct buf kept; // the record that body and topic are of
static struct err error;

static struct reply_frame frame(void)
{
    return (struct reply_frame){.date = TEXT("Sun, 06 Nov 1994 08:49:37 GMT"), .stays = true};
}

// Writes the answer that is given as JSON; the head, or NULL when it can't be sent.
static const char *write_as(const char *json, const struct reply_frame *f)
{
    buf_release(&head);
    buf_release(&kept);
    buf_init(&head, 1 << 20);
    buf_init(&kept, 1 << 20);
    error = (struct err){0};
    if (record_from_json(text_of(json), &kept, &error)) fail_msg("%s", error.text);
    struct record record = {(uint8_t *)kept.data, kept.len};
    return reply_write(record, f, &head, &body, &topic, &error) ? NULL : buf_z(&head);
}

static const char *write(const char *json)
{
    struct reply_frame f = frame();
    return write_as(json, &f);
}

static void expect_line(const char *line)
{
    if (!strstr(buf_z(&head), line)) fail_msg("%s is not in\n%s", line, buf_z(&head));
}

static void expect_none(const char *line)
{
    if (strstr(buf_z(&head), line)) fail_msg("%s is in\n%s", line, buf_z(&head));
}

static void a_page_is_guarded_when_it_says_nothing(void **state)
{
    assert_string_equal(write("{\"body\":\"Hello\"}"),
        "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-type: text/html; charset=utf-8\r\n"
        "content-security-policy: default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' "
        "data:; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'\r\n"
        "x-content-type-options: nosniff\r\nreferrer-policy: same-origin\r\nx-frame-options: DENY\r\n"
        "cache-control: no-store\r\ncontent-length: 5\r\n\r\n");
    assert_true(text_is(body, "Hello"));
}

static void a_page_may_say_its_own_guards(void **state)
{
    write("{\"headers\":{\"Content-Security-Policy\":\"default-src 'self'\",\"X-Frame-Options\":\"\"}}");
    expect_line("Content-Security-Policy: default-src 'self'\r\n");
    expect_none("default-src 'none'");
    expect_none("rame-");
    expect_line("referrer-policy: same-origin\r\n");
}

static void cookies_have_a_line_each(void **state)
{
    write("{\"cookies\":[\"a=1; HttpOnly\",\"b=2\"]}");
    expect_line("set-cookie: a=1; HttpOnly\r\nset-cookie: b=2\r\n");
}

static void what_would_split_the_answer_is_not_sent(void **state)
{
    static const char *const answers[] = {"{\"headers\":{\"x\":\"a\\r\\nb: c\"}}",
        "{\"headers\":{\"x\":\"a\\nb\"}}", "{\"headers\":{\"x\":\"a\\u0000\"}}",
        "{\"headers\":{\"x y\":\"a\"}}", "{\"headers\":{\"x\\r\\ny\":\"a\"}}", "{\"headers\":{\"\":\"a\"}}",
        "{\"headers\":{\"x\":1}}", "{\"headers\":{\"Content-Length\":\"1\"}}",
        "{\"headers\":{\"transfer-encoding\":\"chunked\"}}", "{\"headers\":{\"set-cookie\":\"a=b\"}}",
        "{\"headers\":{\"connection\":\"close\"}}", "{\"cookies\":[\"a=1\\r\\nx: y\"]}", "{\"cookies\":[1]}",
        "{\"cookies\":[\"\"]}", "{\"type\":\"text/html\\r\\nx: y\"}", "{\"type\":1}", "{\"etag\":\"a\\nb\"}",
        "{\"status\":99}", "{\"status\":100}", "{\"status\":600}", "{\"status\":-1}"};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (write(answers[i])) fail_msg("%s was sent", answers[i]);
        assert_true(error.text[0]);
        assert_int_equal(head.len, 0);
    }
}

static void headers_have_16_kib_together(void **state)
{
    struct buf json;
    buf_init(&json, 1 << 20);
    buf_addz(&json, "{\"headers\":{\"x\":\"");
    for (int i = 0; i < 16000; i++) buf_addc(&json, 'x');
    buf_addz(&json, "\"}}");
    assert_null(write(buf_z(&json)));
    buf_release(&json);
}

static void what_has_no_body_says_no_length(void **state)
{
    write("{\"status\":204,\"body\":\"x\"}");
    expect_line("204 No Content");
    expect_none("content-length");
    expect_none("\r\ncontent-type");
    assert_int_equal(body.len, 0);
}

static void head_keeps_the_length_and_not_the_body(void **state)
{
    struct reply_frame f = frame();
    f.head = true;
    write_as("{\"body\":\"Hello\"}", &f);
    expect_line("content-length: 5\r\n");
    assert_int_equal(body.len, 0);
}

static void the_connection_is_told_when_it_differs(void **state)
{
    struct reply_frame f = frame();
    f.stays = false;
    write_as("{}", &f);
    expect_line("connection: close\r\n");
    f.old = f.stays = true;
    write_as("{}", &f);
    expect_line("connection: keep-alive\r\n");
}

static void who_has_a_version_gets_no_body(void **state)
{
    struct reply_frame f = frame();
    f.if_none_match = TEXT("\"b\", W/\"a\"");
    write_as("{\"etag\":\"\\\"a\\\"\",\"body\":\"Hello\",\"type\":\"text/css\"}", &f);
    assert_memory_equal(head.data, "HTTP/1.1 304 Not Modified\r\n", 27);
    expect_line("etag: \"a\"\r\n");
    expect_line("cache-control: no-cache\r\n");
    expect_none("content-length");
    assert_int_equal(body.len, 0);
    f.if_none_match = TEXT("\"b\"");
    write_as("{\"etag\":\"\\\"a\\\"\",\"body\":\"Hello\"}", &f);
    expect_line("200 OK");
    assert_int_equal(body.len, 5);
}

static void etags_match_by_their_text(void **state)
{
    assert_true(etag_matches(TEXT("\"a\""), TEXT("\"a\"")));
    assert_true(etag_matches(TEXT("*"), TEXT("\"a\"")));
    assert_true(etag_matches(TEXT(" \"x,y\" ,\"a\""), TEXT("\"a\"")));
    assert_false(etag_matches(TEXT(""), TEXT("\"a\"")));
    assert_false(etag_matches(TEXT("a"), TEXT("\"a\"")));
    assert_false(etag_matches(TEXT("\"aa\""), TEXT("\"a\"")));
    assert_false(etag_matches(TEXT(",,,"), TEXT("\"a\"")));
}

static void a_stream_has_no_length(void **state)
{
    write("{\"stream\":\"news\"}");
    expect_line("content-type: text/event-stream\r\n");
    expect_line("x-accel-buffering: no\r\n");
    expect_none("content-length");
    assert_true(text_is(topic, "news"));
}

static void a_page_of_our_own_escapes_its_sentence(void **state)
{
    struct reply_frame f = frame();
    buf_release(&head);
    buf_init(&head, 1 << 20);
    reply_page(405, "Not <b> & co", "1234", &f, &head);
    expect_line("HTTP/1.1 405 Method Not Allowed\r\n");
    expect_line("allow: GET, HEAD, POST\r\n");
    expect_line("<p>Not &lt;b> &amp; co</p>\n<p>Reference: 1234</p>");
    f.head = true;
    buf_clear(&head);
    reply_page(404, "Nothing.", NULL, &f, &head);
    expect_none("<p>");
}

static void dates_are_written_as_http_wants(void **state)
{
    char date[HTTPDATE_LEN + 1];
    httpdate_print((struct instant){INT64_C(784111777) * 1000 + 999}, date);
    assert_string_equal(date, "Sun, 06 Nov 1994 08:49:37 GMT");
}

static int release(void **state)
{
    buf_release(&head);
    buf_release(&kept);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_guarded_when_it_says_nothing),
        cmocka_unit_test(a_page_may_say_its_own_guards),
        cmocka_unit_test(cookies_have_a_line_each),
        cmocka_unit_test(what_would_split_the_answer_is_not_sent),
        cmocka_unit_test(headers_have_16_kib_together),
        cmocka_unit_test(what_has_no_body_says_no_length),
        cmocka_unit_test(head_keeps_the_length_and_not_the_body),
        cmocka_unit_test(the_connection_is_told_when_it_differs),
        cmocka_unit_test(who_has_a_version_gets_no_body),
        cmocka_unit_test(etags_match_by_their_text),
        cmocka_unit_test(a_stream_has_no_length),
        cmocka_unit_test(a_page_of_our_own_escapes_its_sentence),
        cmocka_unit_test(dates_are_written_as_http_wants),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
