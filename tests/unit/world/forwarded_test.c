// SPDX-License-Identifier: MIT
#include "world/forwarded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

static const char *const proxies[] = {"10.0.0.0/8", "127.0.0.1", "fd00::/8", NULL};

// Who asks, when `peer` holds the connection and says these headers.
static const char *client(const char *peer, const char *lines, bool *secure)
{
    static char out[ADDRESS_TEXT_MAX];
    char bytes[2000];
    struct address_policy policy;
    struct head h;
    struct refusal r;
    uint8_t address[16];
    int len = snprintf(bytes, sizeof bytes, "GET / HTTP/1.1\r\nHost: a\r\n%s\r\n", lines);
    assert_int_equal(head_parse((struct text){bytes, (size_t)len}, &h, &r), 0);
    assert_int_equal(address_policy_init(&policy, proxies, "web.proxies", NULL), 0);
    assert_true(address_read(peer, address));
    struct forwarded f = forwarded_read(&h, &policy, address);
    address_print_bytes(f.address, out);
    if (secure) *secure = f.secure;
    address_policy_release(&policy);
    return out;
}

static void who_holds_the_connection_asks(void **state)
{
    assert_string_equal(client("192.0.2.1", "", NULL), "192.0.2.1");
    assert_string_equal(client("10.1.2.3", "", NULL), "10.1.2.3");
    assert_string_equal(client("2001:db8::1", "", NULL), "2001:db8::1");
}

static void a_stranger_claims_in_vain(void **state)
{
    bool secure;
    assert_string_equal(client("192.0.2.1", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n",
                            &secure),
        "192.0.2.1");
    assert_false(secure);
}

static void a_listed_proxy_is_believed(void **state)
{
    bool secure;
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n",
                            &secure),
        "192.0.2.7");
    assert_true(secure);
    client("127.0.0.1", "X-Forwarded-Proto: https, http\r\n", &secure);
    assert_false(secure);
}

static void only_what_proxies_added_counts(void **state)
{
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 1.2.3.4, 192.0.2.7\r\n", NULL), "192.0.2.7");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 1.2.3.4, 192.0.2.7, 10.0.0.9\r\n", NULL),
        "192.0.2.7");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 192.0.2.7\r\n",
                            NULL),
        "192.0.2.7");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 10.0.0.8, 10.0.0.9\r\n", NULL), "10.0.0.8");
}

static void what_is_no_address_ends_the_walk(void **state)
{
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 1.2.3.4, unknown, 10.0.0.9\r\n", NULL),
        "10.0.0.9");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: \r\n", NULL), "127.0.0.1");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: ,,,\r\n", NULL), "127.0.0.1");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: <script>\r\n", NULL), "127.0.0.1");
}

static void addresses_may_come_with_a_port(void **state)
{
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 192.0.2.7:4711\r\n", NULL), "192.0.2.7");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: [2001:db8::7]:4711\r\n", NULL), "2001:db8::7");
    assert_string_equal(client("127.0.0.1", "X-Forwarded-For: 2001:db8::7\r\n", NULL), "2001:db8::7");
    assert_string_equal(client("fd00::1", "X-Forwarded-For: ::ffff:192.0.2.7\r\n", NULL), "192.0.2.7");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_holds_the_connection_asks),
        cmocka_unit_test(a_stranger_claims_in_vain),
        cmocka_unit_test(a_listed_proxy_is_believed),
        cmocka_unit_test(only_what_proxies_added_counts),
        cmocka_unit_test(what_is_no_address_ends_the_walk),
        cmocka_unit_test(addresses_may_come_with_a_port),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
