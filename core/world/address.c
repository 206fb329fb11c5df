// SPDX-License-Identifier: MIT
#include "world/address.h"

#include "base/buf.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// IANA's special-purpose registries, as of 2025, less what is globally reachable.
static const char *const refused_v4[] = {
    "0.0.0.0/8",       // this network; Linux takes 0.0.0.0 for this machine
    "10.0.0.0/8",      // private
    "100.64.0.0/10",   // carrier-grade NAT; one cloud's metadata
    "127.0.0.0/8",     // this machine
    "169.254.0.0/16",  // link-local; most clouds' metadata
    "172.16.0.0/12",   // private
    "192.0.0.0/24",    // protocol assignments; one cloud's metadata
    "192.0.2.0/24",    // documentation
    "192.88.99.0/24",  // 6to4 relays
    "192.168.0.0/16",  // private
    "198.18.0.0/15",   // benchmarks
    "198.51.100.0/24", // documentation
    "203.0.113.0/24",  // documentation
    "224.0.0.0/4",     // multicast
    "240.0.0.0/4",     // reserved, broadcast
};
// Of IPv6 only 2000::/3 is in use for the public; these parts of it lead elsewhere.
static const char *const refused_v6[] = {
    "2001::/23",     // protocol assignments, Teredo
    "2001:db8::/32", // documentation
    "2002::/16",     // 6to4: carries an IPv4 address
    "3fff::/20",     // documentation
};

static const uint8_t mapped_head[12] = {[10] = 0xff, [11] = 0xff}; // of an IPv4 address among IPv6 ones

bool address_read(const char *z, uint8_t bytes[16])
{
    if (inet_pton(AF_INET6, z, bytes) == 1) return true;
    memcpy(bytes, mapped_head, sizeof mapped_head);
    return inet_pton(AF_INET, z, bytes + 12) == 1;
}

static bool read_net(const char *z, struct address_net *net)
{
    char head[ADDRESS_TEXT_MAX];
    size_t len = strcspn(z, "/");
    if (len >= sizeof head) return false;
    memcpy(head, z, len);
    head[len] = 0;
    if (!address_read(head, net->bytes)) return false;
    int size = strchr(head, ':') ? 128 : 32, bits = size;
    if (z[len]) {
        char *end;
        long n = strtol(z + len + 1, &end, 10);
        if (end == z + len + 1 || *end || n < 0 || n > size) return false;
        bits = (int)n;
    }
    net->bits = 128 - size + bits;
    return true;
}

static bool net_holds(const struct address_net *net, const uint8_t bytes[16])
{
    size_t whole = (size_t)net->bits / 8;
    int rest = net->bits % 8;
    if (memcmp(net->bytes, bytes, whole)) return false;
    return rest == 0 || ((net->bytes[whole] ^ bytes[whole]) >> (8 - rest)) == 0;
}

static bool any_holds(const char *const *nets, size_t n, const uint8_t bytes[16])
{
    for (size_t i = 0; i < n; i++) {
        struct address_net net;
        if (read_net(nets[i], &net) && net_holds(&net, bytes)) return true;
    }
    return false;
}

// An IPv4 address written as IPv6 (::ffff:10.0.0.1) is the same sixteen bytes, and so is judged the same.
bool address_bytes(const struct sockaddr *to, uint8_t bytes[16])
{
    char z[ADDRESS_TEXT_MAX];
    switch (to->sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &((const struct sockaddr_in *)to)->sin_addr, z, sizeof z);
        return address_read(z, bytes);
    case AF_INET6: memcpy(bytes, &((const struct sockaddr_in6 *)to)->sin6_addr, 16); return true;
    }
    return false;
}

static bool is_public(const uint8_t bytes[16])
{
    struct address_net mapped, in_use;
    read_net("::ffff:0.0.0.0/96", &mapped);
    if (net_holds(&mapped, bytes))
        return !any_holds(refused_v4, sizeof refused_v4 / sizeof *refused_v4, bytes);
    read_net("2000::/3", &in_use);
    return net_holds(&in_use, bytes) && !any_holds(refused_v6, sizeof refused_v6 / sizeof *refused_v6, bytes);
}

bool address_may(const struct address_policy *p, const struct sockaddr *to)
{
    uint8_t bytes[16];
    return address_bytes(to, bytes) && (address_listed(p, bytes) || is_public(bytes));
}

bool address_listed(const struct address_policy *p, const uint8_t bytes[16])
{
    for (size_t i = 0; i < p->n; i++)
        if (net_holds(&p->allowed[i], bytes)) return true;
    return false;
}

void address_print_bytes(const uint8_t bytes[16], char out[ADDRESS_TEXT_MAX])
{
    bool mapped = memcmp(bytes, mapped_head, sizeof mapped_head) == 0;
    inet_ntop(mapped ? AF_INET : AF_INET6, bytes + (mapped ? sizeof mapped_head : 0), out, ADDRESS_TEXT_MAX);
}

void address_print(const struct sockaddr *to, char out[ADDRESS_TEXT_MAX])
{
    snprintf(out, ADDRESS_TEXT_MAX, "of an unknown kind");
    if (to->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)to)->sin_addr, out, ADDRESS_TEXT_MAX);
    if (to->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)to)->sin6_addr, out, ADDRESS_TEXT_MAX);
}

int address_policy_init(struct address_policy *p, const char *const *nets, const char *setting, struct err *e)
{
    *p = (struct address_policy){0};
    for (size_t i = 0; nets && nets[i]; i++) {
        p->allowed = mem_grow(p->allowed, (i + 1) * sizeof *p->allowed);
        if (!read_net(nets[i], &p->allowed[i])) {
            address_policy_release(p);
            return err_set(e, ERR_USAGE,
                "%s: \"%s\" is no network; write one like \"10.1.0.0/16\", \"192.168.7.9\" or \"fd00::/8\"",
                setting, nets[i]);
        }
        p->n = i + 1;
    }
    return 0;
}

void address_policy_release(struct address_policy *p)
{
    free(p->allowed);
    *p = (struct address_policy){0};
}
