// SPDX-License-Identifier: MIT
#include "world/control.h"

#include "world/control_client.h"
#include "world/line.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[80];

// A loop with a control socket that answers every request with itself.
struct echo {
    uv_loop_t loop;
    struct control *control;
    size_t asked;
};

static void on_request(void *ctx, uint64_t reply_id, struct record request)
{
    struct echo *s = ctx;
    s->asked++;
    control_reply(s->control, reply_id, request);
    control_reply(s->control, reply_id, request); // a second answer is passed over
}

static void echo_open(struct echo *s)
{
    *s = (struct echo){0};
    uv_loop_init(&s->loop);
    s->control = control_open(&s->loop, path, on_request, s, NULL);
    assert_non_null(s->control);
}

static void echo_close(struct echo *s)
{
    control_close(s->control);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&s->loop), 0);
    assert_int_equal(access(path, F_OK), -1);
}

static int dial(void)
{
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    assert_int_equal(control_address(path, &address, NULL), 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

// Sends, then turns the loop until n lines came back.
static void talk(struct echo *s, int fd, struct text out, int n, struct buf *back)
{
    char piece[65536];
    while (out.len || n) {
        ssize_t sent = out.len ? send(fd, out.data, out.len, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;
        if (sent > 0) out = (struct text){out.data + sent, out.len - (size_t)sent};
        uv_run(&s->loop, UV_RUN_NOWAIT);
        ssize_t got = recv(fd, piece, sizeof piece, MSG_DONTWAIT);
        if (got == 0) return;
        for (ssize_t i = 0; i < got; i++) n -= piece[i] == '\n';
        if (got > 0) buf_add(back, piece, (size_t)got);
    }
}

static void lines_are_answered_in_the_order_of_asking(void **state)
{
    struct echo s;
    struct buf back;
    echo_open(&s);
    buf_init(&back, 1000);
    int fd = dial();
    talk(&s, fd, TEXT("{\"a\":1}\n{\"a\":2}\r\n{\"a\":3}\n"), 3, &back);
    assert_string_equal(buf_z(&back), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n");
    close(fd);
    buf_release(&back);
    echo_close(&s);
}

static void what_is_no_object_is_answered_with_a_sentence(void **state)
{
    struct echo s;
    struct buf back;
    echo_open(&s);
    buf_init(&back, 10000);
    int fd = dial();
    talk(&s, fd, TEXT("[1]\nnonsense\n\n{\"a\":1}\n"), 4, &back);
    assert_int_equal(s.asked, 1);
    assert_int_equal(strncmp(buf_z(&back), "{\"error\":\"", 10), 0);
    assert_non_null(strstr(buf_z(&back), "{\"a\":1}\n"));
    close(fd);
    buf_release(&back);
    echo_close(&s);
}

static void a_line_over_a_mebibyte_ends_the_conversation(void **state)
{
    struct echo s;
    struct buf back, long_line;
    echo_open(&s);
    buf_init(&back, 10000);
    buf_init(&long_line, 3 << 20);
    for (int i = 0; i < 2 << 20; i++) buf_addc(&long_line, 'x');
    int fd = dial();
    talk(&s, fd, buf_text(&long_line), 1, &back);
    assert_non_null(strstr(buf_z(&back), "1 MiB at most"));
    close(fd);
    buf_release(&back);
    buf_release(&long_line);
    echo_close(&s);
}

static void a_client_may_leave_at_any_time(void **state)
{
    struct echo s;
    echo_open(&s);
    for (int i = 0; i < 20; i++) {
        int fd = dial();
        if (i % 2) assert_int_equal(send(fd, "{\"a\":1}\n{\"a\":2}\n", 8 + i % 8, 0), 8 + i % 8);
        if (i % 3) uv_run(&s.loop, UV_RUN_NOWAIT);
        close(fd);
        uv_run(&s.loop, UV_RUN_NOWAIT);
    }
    echo_close(&s);
}

static void only_the_owner_may_open_the_socket(void **state)
{
    struct echo s;
    struct stat st;
    echo_open(&s);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    echo_close(&s);
}

static void a_socket_left_behind_is_replaced(void **state)
{
    struct echo s;
    struct sockaddr_un address;
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    control_address(path, &address, NULL);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    assert_int_equal(access(path, F_OK), 0);
    echo_open(&s);
    echo_close(&s);
}

static void a_second_listener_is_told_so(void **state)
{
    struct echo s;
    struct err e = {0};
    echo_open(&s);
    assert_null(control_open(&s.loop, path, on_request, &s, &e));
    assert_int_equal(e.code, ERR_BUSY);
    assert_non_null(strstr(e.text, "another usher"));
    echo_close(&s);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
    uv_loop_t loop;
    struct err e = {0};
    FILE *f = fopen(path, "w");
    fclose(f);
    uv_loop_init(&loop);
    assert_null(control_open(&loop, path, on_request, NULL, &e));
    assert_non_null(strstr(e.text, "is no socket"));
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    assert_int_equal(unlink(path), 0);
}

static void a_path_too_long_is_a_sentence(void **state)
{
    char too_long[200] = "/";
    struct err e = {0};
    struct record none = {0};
    memset(too_long + 1, 'x', 150);
    assert_int_equal(control_ask(too_long, none, NULL, &e), -ERR_USAGE);
    assert_non_null(strstr(e.text, "choose a shorter one"));
}

static void asking_where_nobody_listens_says_what_to_do(void **state)
{
    struct err e = {0};
    struct record none = {0};
    assert_int_equal(control_ask(path, none, NULL, &e), -ERR_BUSY);
    assert_non_null(strstr(e.text, "usher run"));
}

static void ask(void *ctx)
{
    struct buf *answer = ctx;
    struct record_map m;
    struct buf request;
    record_map_init(&m);
    record_map_text(&m, "command", TEXT("status"));
    buf_init(&request, 1000);
    record_map_end(&m, &request);
    assert_int_equal(control_ask(path, (struct record){(uint8_t *)request.data, request.len}, answer, NULL),
        0);
    buf_release(&request);
}

static void the_client_gets_its_answer(void **state)
{
    struct echo s;
    struct buf answer;
    uv_thread_t client;
    echo_open(&s);
    buf_init(&answer, 1000);
    uv_thread_create(&client, ask, &answer);
    while (!s.asked) uv_run(&s.loop, UV_RUN_ONCE);
    uv_run(&s.loop, UV_RUN_ONCE);
    uv_thread_join(&client);
    struct text command = record_get_text((struct record){(uint8_t *)answer.data, answer.len}, "command");
    assert_true(text_is(command, "status"));
    buf_release(&answer);
    echo_close(&s);
}

static int make_folder(void **state)
{
    signal(SIGPIPE, SIG_IGN); // as live_open does
    snprintf(folder, sizeof folder, "/tmp/usher-control-XXXXXX");
    if (!mkdtemp(folder)) return -1;
    snprintf(path, sizeof path, "%s/control", folder);
    return 0;
}

static int remove_folder(void **state)
{
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_answered_in_the_order_of_asking),
        cmocka_unit_test(what_is_no_object_is_answered_with_a_sentence),
        cmocka_unit_test(a_line_over_a_mebibyte_ends_the_conversation),
        cmocka_unit_test(a_client_may_leave_at_any_time),
        cmocka_unit_test(only_the_owner_may_open_the_socket),
        cmocka_unit_test(a_socket_left_behind_is_replaced),
        cmocka_unit_test(a_second_listener_is_told_so),
        cmocka_unit_test(a_file_that_is_no_socket_is_left_alone),
        cmocka_unit_test(a_path_too_long_is_a_sentence),
        cmocka_unit_test(asking_where_nobody_listens_says_what_to_do),
        cmocka_unit_test(the_client_gets_its_answer),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
