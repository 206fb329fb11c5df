// SPDX-License-Identifier: MIT
#include "world/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static bool may(const struct address_policy *p, const char *z)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, z, &four.sin_addr) == 1) return address_may(p, (struct sockaddr *)&four);
    assert_int_equal(inet_pton(AF_INET6, z, &six.sin6_addr), 1);
    return address_may(p, (struct sockaddr *)&six);
}

static void public_addresses_may_be_reached(void **state)
{
    static const char *const addresses[] = {"1.1.1.1", "93.184.216.34", "172.15.255.255", "172.32.0.1",
        "100.63.255.255", "100.128.0.1", "169.253.1.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "::ffff:8.8.8.8"};
    struct address_policy p = {0};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (!may(&p, addresses[i])) fail_msg("%s is refused", addresses[i]);
}

static void inner_addresses_may_not(void **state)
{
    static const char *const addresses[] = {"0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "127.0.0.1",
        "127.255.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.168.1.1",
        "198.19.0.1", "224.0.0.1", "239.1.1.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "100::1", "2001::1", "2001:db8::1",
        "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1"};
    struct address_policy p = {0};
    for (size_t i = 0; i < sizeof addresses / sizeof *addresses; i++)
        if (may(&p, addresses[i])) fail_msg("%s is let through", addresses[i]);
}

static void a_listed_network_may_be_reached_and_its_neighbour_not(void **state)
{
    static const char *const nets[] = {"10.1.0.0/16", "192.168.7.9", "fd00:1::/33", NULL};
    struct address_policy p;
    assert_int_equal(address_policy_init(&p, nets, "allow_private", NULL), 0);
    assert_true(may(&p, "10.1.255.1"));
    assert_true(may(&p, "::ffff:10.1.0.1"));
    assert_false(may(&p, "10.2.0.1"));
    assert_true(may(&p, "192.168.7.9"));
    assert_false(may(&p, "192.168.7.8"));
    assert_true(may(&p, "fd00:1:7fff::1"));
    assert_false(may(&p, "fd00:1:8000::1"));
    address_policy_release(&p);
}

static void what_is_no_network_is_named(void **state)
{
    static const char *const wrong[] = {"10.1", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "fd00::/129",
        "intranet", "", "10.0.0.0/-1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const nets[] = {"127.0.0.1", wrong[i], NULL};
        struct address_policy p;
        struct err e = {0};
        assert_int_equal(address_policy_init(&p, nets, "allow_private", &e), -ERR_USAGE);
        assert_non_null(strstr(e.text, wrong[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(public_addresses_may_be_reached),
        cmocka_unit_test(inner_addresses_may_not),
        cmocka_unit_test(a_listed_network_may_be_reached_and_its_neighbour_not),
        cmocka_unit_test(what_is_no_network_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
