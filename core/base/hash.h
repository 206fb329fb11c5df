// SPDX-License-Identifier: MIT
// hash: the one home of sodium.h. Content hashes, keyed derivations, checksums, tokens.
#pragma once

#include "base/buf.h"

#define HASH_LEN 32
struct hash {
    uint8_t bytes[HASH_LEN];
};

// SHA-256 of one piece or of several.
struct hash hash_of(struct text data);
struct hasher {
    uint64_t state[32]; // crypto_hash_sha256_state, kept opaque here
};
void hasher_init(struct hasher *h);
void hasher_add(struct hasher *h, struct text data); // adds the length first: no two lists collide
struct hash hasher_end(struct hasher *h);

// HMAC-SHA-256 of message under key: every derived value (random, uuid, token, Message-ID) starts here.
struct hash hash_derive(struct text key, struct text message);

// 8 bytes SipHash-2-4 under a fixed key: finds flipped bits, is no defence against a forger.
uint64_t hash_sum(uint64_t previous, struct text data);

bool hash_eq(struct hash a, struct hash b); // in constant time
void hash_hex(struct hash h, char out[2 * HASH_LEN + 1]);
void hash_base64url(struct text data, struct buf *out);         // without padding
bool hash_base64url_read(struct text letters, struct buf *out); // false: not the one way to write some bytes

// XORs data with XChaCha20's stream of that key and nonce: the same call makes it secret and plain again.
#define HASH_NONCE_LEN 24
void hash_stream_xor(struct hash key, const uint8_t nonce[HASH_NONCE_LEN], uint8_t *data, size_t len);
// Whether two pieces of one length are the same, in a time that says nothing about where they differ.
bool hash_same(const void *a, const void *b, size_t len);

// Bytes from the system's generator. Only ids and secrets come from here, never anything a flow sees.
void random_bytes(void *out, size_t len);
