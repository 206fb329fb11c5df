// SPDX-License-Identifier: MIT
// Bytes on the wire, which no composed mail can show: usher's composer never begins a line with a dot.
#include "world/smtp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include <cmocka.h>

// A mail server that says yes to one client and keeps what it hears.
struct yes {
    int listener, port;
    uv_thread_t thread;
    struct buf heard;
};

static void serve(void *ctx)
{
    struct yes *y = ctx;
    int fd = accept(y->listener, NULL, NULL);
    FILE *wire = fdopen(fd, "r+");
    char line[4096];
    bool data = false;
    setvbuf(wire, NULL, _IONBF, 0);
    fputs("220 yes\r\n", wire);
    while (fgets(line, sizeof line, wire)) {
        buf_addz(&y->heard, line);
        if (data && strcmp(line, ".\r\n")) continue;
        data = !strncmp(line, "DATA", 4);
        fputs(data ? "354 go on\r\n" : "250 yes\r\n", wire);
    }
    fclose(wire);
}

static void yes_open(struct yes *y)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    buf_init(&y->heard, 1 << 24);
    y->listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(y->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(y->listener, 4), 0);
    getsockname(y->listener, (struct sockaddr *)&at, &len);
    y->port = ntohs(at.sin_port);
    uv_thread_create(&y->thread, serve, y);
}

// What the server heard between DATA and QUIT, for one message; the caller releases y->heard.
static const char *send_one(struct yes *y, struct text message)
{
    struct smtp_settings settings = {.host = "127.0.0.1"};
    struct mail_envelope envelope = {.from = "a@b.example", .to = "c@d.example"};
    struct effect effect = {.flow = 1};
    struct errand r;
    yes_open(y);
    settings.port = y->port;
    errand_init(&r, &effect, NULL);
    struct smtp *s = smtp_open(&settings, NULL);
    smtp_send(s, &envelope, message, &r);
    smtp_close(s);
    uv_thread_join(&y->thread);
    close(y->listener);
    assert_int_equal(r.outcome, OUTCOME_OK);
    errand_release(&r);
    return strstr(buf_z(&y->heard), "DATA\r\n") + 6;
}

static void dots_at_the_begin_of_a_line_are_doubled(void **state)
{
    struct yes y;
    const char *heard = send_one(&y, TEXT(".a\r\n..b\r\nc.\r\n.\r\nd\r\n"));
    assert_string_equal(heard, "..a\r\n...b\r\nc.\r\n..\r\nd\r\n.\r\nQUIT\r\n");
    buf_release(&y.heard);
}

static void a_long_message_of_dots_arrives_whole(void **state)
{
    struct yes y;
    struct buf message, want;
    buf_init(&message, 1 << 20);
    buf_init(&want, 1 << 21);
    for (int i = 0; i < 65536; i++) { // longer than curl's buffer, stuffed at every place of it
        buf_addf(&message, ".%x\r\n", i);
        buf_addf(&want, "..%x\r\n", i);
    }
    buf_addz(&want, ".\r\nQUIT\r\n");
    assert_string_equal(send_one(&y, buf_text(&message)), buf_z(&want));
    buf_release(&message);
    buf_release(&want);
    buf_release(&y.heard);
}

static void a_message_without_a_line_end_gets_one(void **state)
{
    struct yes y;
    assert_string_equal(send_one(&y, TEXT("a")), "a\r\n.\r\nQUIT\r\n");
    buf_release(&y.heard);
}

static void an_address_with_a_line_break_opens_no_connection(void **state)
{
    static const char *const wrong[] = {"a@b\r\nRCPT TO:<x@y>", "a@b\n", "a b@c", "a@b>", "<a@b", "a@b\x7f",
        ""};
    struct smtp_settings settings = {.host = "127.0.0.1", .port = 1};
    struct smtp *s = smtp_open(&settings, NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct mail_envelope envelope = {.from = "a@b.example"};
        struct effect effect = {.flow = 1};
        struct errand r;
        strncpy(envelope.to, wrong[i], sizeof envelope.to - 1);
        errand_init(&r, &effect, NULL);
        smtp_send(s, &envelope, TEXT("x\r\n"), &r);
        assert_int_equal(r.outcome, OUTCOME_FAILED); // AGAIN would mean that it tried to connect
        errand_release(&r);
    }
    smtp_close(s);
}

static void a_password_never_goes_over_an_open_wire(void **state)
{
    struct smtp_settings s = {.host = "mail.example", .user = "desk", .password = "canary"};
    struct err e = {0};
    assert_int_equal(smtp_settings_check(&s, &e), -ERR_USAGE);
    assert_null(strstr(e.text, "canary"));
    s.tls = TLS_STARTTLS;
    assert_int_equal(smtp_settings_check(&s, &e), 0);
    s = (struct smtp_settings){.host = "localhost", .user = "desk", .password = "canary"};
    assert_int_equal(smtp_settings_check(&s, &e), 0);
}

static void settings_that_cannot_work_are_refused(void **state)
{
    static const struct smtp_settings wrong[] = {
        {.host = "mail.example/x"},
        {.host = "user@mail.example"},
        {.host = ""},
        {.host = "mail.example", .port = 70000},
        {.host = "mail.example", .hello = "me\r\nMAIL"},
        {.host = "mail.example", .tls = TLS_WHOLE, .user = "desk"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct err e = {0};
        assert_int_equal(smtp_settings_check(&wrong[i], &e), -ERR_USAGE);
        assert_non_null(strstr(e.text, "smtp: "));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dots_at_the_begin_of_a_line_are_doubled),
        cmocka_unit_test(a_long_message_of_dots_arrives_whole),
        cmocka_unit_test(a_message_without_a_line_end_gets_one),
        cmocka_unit_test(an_address_with_a_line_break_opens_no_connection),
        cmocka_unit_test(a_password_never_goes_over_an_open_wire),
        cmocka_unit_test(settings_that_cannot_work_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
