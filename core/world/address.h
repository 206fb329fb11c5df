// SPDX-License-Identifier: MIT
// address: which network addresses a script's requests may reach.
//
// Refused, unless the operator listed the network: this machine, private and link-local networks (the
// cloud's metadata service is one), carrier-grade NAT, multicast, reserved blocks, and every IPv6 form that
// carries an IPv4 address. It judges the address that is really connected to, so neither a spelling
// (0x7f.1, 2130706433) nor a name that changes between look-up and connect gets around it.
#pragma once

#include "base/err.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define ADDRESS_TEXT_MAX 64

struct address_net {
    uint8_t bytes[16]; // IPv4 as ::ffff:a.b.c.d
    int bits;          // of the 128
};

struct address_policy {
    struct address_net *allowed; // what the operator listed
    size_t n;
};

// nets: "10.1.0.0/16", "192.168.7.9", "fd00::/8", ended by NULL; nets itself may be NULL.
// -USAGE with a sentence about the first that is none; `setting` is where they were written.
int address_policy_init(struct address_policy *p, const char *const *nets, const char *setting,
    struct err *e);
void address_policy_release(struct address_policy *p);

bool address_may(const struct address_policy *p, const struct sockaddr *to);
bool address_listed(const struct address_policy *p, const uint8_t bytes[16]); // in what the operator listed
void address_print(const struct sockaddr *to, char out[ADDRESS_TEXT_MAX]);

// The sixteen bytes that stand for an address everywhere here, and back.
bool address_bytes(const struct sockaddr *to, uint8_t bytes[16]);
bool address_read(const char *z, uint8_t bytes[16]); // "192.168.7.9", "fd00::1"
void address_print_bytes(const uint8_t bytes[16], char out[ADDRESS_TEXT_MAX]);
