// SPDX-License-Identifier: MIT
// forwarded: who really asks when a proxy asks for somebody (X-Forwarded-For, X-Forwarded-Proto).
//
// Only what a listed proxy says counts. Each proxy adds, at the right, the address that it heard from; so
// from the right, the first address that is no listed proxy is the client, and whatever stands left of it is
// only what the client claims.
#pragma once

#include "web/head.h"
#include "world/address.h"

struct forwarded {
    uint8_t address[16]; // of the client
    bool proxied;        // a listed proxy asked for it
    bool secure;         // between the client and the first proxy there is TLS
};

// `peer` is who holds the connection.
struct forwarded forwarded_read(const struct head *h, const struct address_policy *proxies,
    const uint8_t peer[16]);
