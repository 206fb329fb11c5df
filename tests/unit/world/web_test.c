// SPDX-License-Identifier: MIT
#include "world/web.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

// A loop with a server that answers every request with its path: inside of the call, or when it is told to.
struct pages {
    uv_loop_t loop;
    struct web *web;
    bool later;
    uint64_t waiting[64];
    char paths[64][32];
    size_t n, asked;
};

static void answer(struct pages *p, uint64_t id, const char *path)
{
    struct record_map m;
    struct buf record;
    record_map_init(&m);
    if (strncmp(path, "/stream", 7) == 0) record_map_text(&m, "stream", text_of(path + 7));
    else record_map_text(&m, "body", text_of(path));
    buf_init(&record, 1000);
    record_map_end(&m, &record);
    web_reply(p->web, id, (struct record){(uint8_t *)record.data, record.len});
    buf_release(&record);
}

static void on_request(void *ctx, uint64_t id, struct record request)
{
    struct pages *p = ctx;
    struct text path = record_get_text(request, "path");
    assert_int_equal(record_check(request, NULL), 0);
    snprintf(p->paths[p->n], sizeof p->paths[0], "%.*s", (int)path.len, path.data);
    p->asked++;
    if (p->later) p->waiting[p->n++] = id;
    else {
        answer(p, id, p->paths[p->n]);
        answer(p, id, "/twice"); // a second answer is passed over
    }
}

static void answer_waiting(struct pages *p)
{
    size_t n = p->n;
    p->n = 0;
    for (size_t i = 0; i < n; i++) {
        char path[32];
        memcpy(path, p->paths[i], sizeof path); // the answer may let the next request in
        answer(p, p->waiting[i], path);
    }
}

static void pages_open(struct pages *p, struct web_settings settings)
{
    *p = (struct pages){0};
    if (!settings.listen) settings.listen = "127.0.0.1:0";
    uv_loop_init(&p->loop);
    p->web = web_open(&p->loop, &settings, (struct web_calls){p, on_request, NULL}, NULL);
    assert_non_null(p->web);
}

static void pages_close(struct pages *p)
{
    web_close(p->web);
    uv_run(&p->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&p->loop), 0);
}

static int dial(struct pages *p)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)web_port(p->web))};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void turn(struct pages *p)
{
    for (int i = 0; i < 20; i++) uv_run(&p->loop, UV_RUN_NOWAIT);
}

static void say(struct pages *p, int fd, const char *bytes)
{
    assert_int_equal(send(fd, bytes, strlen(bytes), MSG_NOSIGNAL), strlen(bytes));
    turn(p);
}

// Whether what has come back holds these, in this order.
static void expect(int fd, const char *const *parts, size_t n)
{
    char back[16384] = "", *at = back;
    ssize_t len = recv(fd, back, sizeof back - 1, MSG_DONTWAIT);
    assert_true(len > 0);
    for (size_t i = 0; i < n; i++) {
        at = strstr(at, parts[i]);
        if (!at) fail_msg("%s is not where it should be in\n%s", parts[i], back);
        at += strlen(parts[i]);
    }
}

#define GET(path) "GET " path " HTTP/1.1\r\nHost: a\r\n\r\n"

static void an_answer_may_come_inside_the_call(void **state)
{
    struct pages p;
    pages_open(&p, (struct web_settings){0});
    int fd = dial(&p);
    say(&p, fd,
        GET("/one")
            GET("/two") "POST /three HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok" GET("/four"));
    assert_int_equal(p.asked, 4);
    expect(fd, (const char *[]){"\r\n\r\n/one", "\r\n\r\n/two", "\r\n\r\n/three", "\r\n\r\n/four"}, 4);
    close(fd);
    pages_close(&p);
}

static void requests_that_came_together_are_asked_one_by_one(void **state)
{
    struct pages p;
    pages_open(&p, (struct web_settings){0});
    p.later = true;
    int fd = dial(&p);
    say(&p, fd, GET("/one") GET("/two") GET("/three"));
    for (size_t i = 1; i <= 3; i++) {
        assert_int_equal(p.asked, i);
        answer_waiting(&p);
        turn(&p);
    }
    expect(fd, (const char *[]){"\r\n\r\n/one", "\r\n\r\n/two", "\r\n\r\n/three"}, 3);
    close(fd);
    pages_close(&p);
}

static void an_answer_for_who_has_gone_is_passed_over(void **state)
{
    struct pages p;
    pages_open(&p, (struct web_settings){0});
    p.later = true;
    int fd = dial(&p);
    say(&p, fd, GET("/one"));
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
    close(fd);
    turn(&p);
    answer_waiting(&p);
    web_reply(p.web, 4711, (struct record){0});
    pages_close(&p);
}

static void a_server_closes_whatever_is_under_way(void **state)
{
    static const char *const said[] = {"", "GET /", GET("/one"), GET("/streamx"),
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf", "nonsense\n", "\x16\x03\x01"};
    struct pages p;
    int fds[sizeof said / sizeof *said];
    pages_open(&p, (struct web_settings){0});
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        p.later = i == 2;
        fds[i] = dial(&p);
        say(&p, fds[i], said[i]);
    }
    pages_close(&p);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) close(fds[i]);
}

static void a_stream_hears_its_topic_and_nothing_else(void **state)
{
    struct pages p;
    pages_open(&p, (struct web_settings){0});
    int fd = dial(&p);
    say(&p, fd, GET("/streamnews"));
    web_push(p.web, TEXT("other"), TEXT("not this"));
    web_push(p.web, TEXT("news"), TEXT("this"));
    expect(fd, (const char *[]){"text/event-stream", "connection: close", ":\n\n", "data: this\n\n"}, 4);
    close(fd);
    turn(&p);
    web_push(p.web, TEXT("news"), TEXT("nobody hears this"));
    pages_close(&p);
}

static void when_a_port_is_taken_the_next_one_may_be_tried(void **state)
{
    struct pages first, second;
    struct err e = {0};
    char taken[32];
    pages_open(&first, (struct web_settings){0});
    snprintf(taken, sizeof taken, "127.0.0.1:%d", web_port(first.web));
    struct web_calls none = {&first, on_request, NULL};
    assert_null(web_open(&first.loop, &(struct web_settings){.listen = taken}, none, &e));
    assert_int_equal(e.code, ERR_BUSY);
    assert_non_null(strstr(e.text, taken));
    pages_open(&second, (struct web_settings){.listen = taken, .port_tries = 20});
    assert_true(web_port(second.web) > web_port(first.web));
    pages_close(&second);
    pages_close(&first);
}

static void other_limits_count_from_then_on(void **state)
{
    struct pages p;
    struct err e = {0};
    pages_open(&p, (struct web_settings){0});
    struct web_settings settings = {.listen = "127.0.0.1:0", .per_address = 1};
    assert_int_equal(web_configure(p.web, &settings, &e), 0);
    int busy = dial(&p), refused;
    say(&p, busy, "GET /");
    refused = dial(&p);
    turn(&p);
    expect(refused, (const char *[]){"HTTP/1.1 503 ", "Too many people"}, 2);
    settings.proxies = (const char *const[]){"nobody", NULL};
    assert_int_equal(web_configure(p.web, &settings, &e), -ERR_USAGE);
    close(busy);
    close(refused);
    pages_close(&p);
}

static void a_stop_ends_when_the_last_answer_has_left(void **state)
{
    struct pages p;
    pages_open(&p, (struct web_settings){0});
    p.later = true;
    int fd = dial(&p);
    say(&p, fd, GET("/one"));
    web_drain(p.web);
    while (web_under_way(p.web) > 1) uv_run(&p.loop, UV_RUN_ONCE); // the port is closed
    answer_waiting(&p);
    expect(fd, (const char *[]){"connection: close", "\r\n\r\n/one"}, 2);
    close(fd);
    while (web_under_way(p.web)) uv_run(&p.loop, UV_RUN_ONCE);
    pages_close(&p);
}

static int ignore_signal(void **state)
{
    signal(SIGPIPE, SIG_IGN); // as live_open does
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_may_come_inside_the_call),
        cmocka_unit_test(requests_that_came_together_are_asked_one_by_one),
        cmocka_unit_test(an_answer_for_who_has_gone_is_passed_over),
        cmocka_unit_test(a_server_closes_whatever_is_under_way),
        cmocka_unit_test(a_stream_hears_its_topic_and_nothing_else),
        cmocka_unit_test(when_a_port_is_taken_the_next_one_may_be_tried),
        cmocka_unit_test(other_limits_count_from_then_on),
        cmocka_unit_test(a_stop_ends_when_the_last_answer_has_left),
    };
    return cmocka_run_group_tests(tests, ignore_signal, NULL);
}
