// SPDX-License-Identifier: MIT
#include "base/hash.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct hasher) >= sizeof(crypto_hash_sha256_state), "the hasher holds the state");
_Static_assert(HASH_LEN == crypto_hash_sha256_BYTES, "a hash is a SHA-256");

struct hash hash_of(struct text data)
{
    struct hash h;
    crypto_hash_sha256(h.bytes, (const uint8_t *)data.data, data.len);
    return h;
}

static crypto_hash_sha256_state *state_of(struct hasher *h)
{
    return (crypto_hash_sha256_state *)(void *)h->state;
}

void hasher_init(struct hasher *h)
{
    crypto_hash_sha256_init(state_of(h));
}

void hasher_add(struct hasher *h, struct text data)
{
    uint8_t len[8]; // little-endian on every machine: the hash of a script set is on disk
    for (size_t i = 0; i < sizeof len; i++) len[i] = (uint8_t)((uint64_t)data.len >> (8 * i));
    crypto_hash_sha256_update(state_of(h), len, sizeof len);
    crypto_hash_sha256_update(state_of(h), (const uint8_t *)data.data, data.len);
}

struct hash hasher_end(struct hasher *h)
{
    struct hash out;
    crypto_hash_sha256_final(state_of(h), out.bytes);
    return out;
}

struct hash hash_derive(struct text key, struct text message)
{
    struct hash out;
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key.data, key.len);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)message.data, message.len);
    crypto_auth_hmacsha256_final(&state, out.bytes);
    sodium_memzero(&state, sizeof state);
    return out;
}

uint64_t hash_sum(uint64_t previous, struct text data)
{
    // The previous sum goes into the key, so chaining costs no copy of the data.
    uint8_t key[crypto_shorthash_KEYBYTES] = "usher's checksum", out[crypto_shorthash_BYTES];
    uint64_t sum = 0;
    for (size_t i = 0; i < 8; i++) key[i] ^= (uint8_t)(previous >> (8 * i));
    crypto_shorthash(out, (const uint8_t *)data.data, data.len, key);
    for (size_t i = 0; i < 8; i++) sum |= (uint64_t)out[i] << (8 * i);
    return sum;
}

bool hash_eq(struct hash a, struct hash b)
{
    return sodium_memcmp(a.bytes, b.bytes, HASH_LEN) == 0;
}

void hash_hex(struct hash h, char out[2 * HASH_LEN + 1])
{
    sodium_bin2hex(out, 2 * HASH_LEN + 1, h.bytes, HASH_LEN);
}

void hash_base64url(struct text data, struct buf *out)
{
    enum {
        PIECE = 48,
        VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING
    }; // a multiple of 3: no padding inside
    char letters[sodium_base64_ENCODED_LEN(PIECE, VARIANT)];
    for (size_t at = 0; at < data.len; at += PIECE) {
        size_t n = data.len - at < PIECE ? data.len - at : PIECE;
        sodium_bin2base64(letters, sizeof letters, (const uint8_t *)data.data + at, n, VARIANT);
        buf_addz(out, letters);
    }
}

// libsodium 1.0.18 takes some bytes above 127 for letters: one token could then be written in several ways.
static bool all_letters(struct text letters)
{
    for (size_t i = 0; i < letters.len; i++) {
        char c = letters.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '-' && c != '_') return false;
    }
    return true;
}

bool hash_base64url_read(struct text letters, struct buf *out)
{
    if (!all_letters(letters)) return false;
    enum { PIECE = 64, VARIANT = sodium_base64_VARIANT_URLSAFE_NO_PADDING }; // a multiple of 4: whole bytes
    for (size_t at = 0; at < letters.len; at += PIECE) {
        uint8_t bytes[PIECE];
        size_t n = letters.len - at < PIECE ? letters.len - at : PIECE, len;
        if (sodium_base642bin(bytes, sizeof bytes, letters.data + at, n, NULL, &len, NULL, VARIANT))
            return false;
        buf_add(out, bytes, len);
    }
    return true;
}

void hash_stream_xor(struct hash key, const uint8_t nonce[HASH_NONCE_LEN], uint8_t *data, size_t len)
{
    crypto_stream_xchacha20_xor(data, data, len, nonce, key.bytes);
}

bool hash_same(const void *a, const void *b, size_t len)
{
    return sodium_memcmp(a, b, len) == 0;
}

void random_bytes(void *out, size_t len)
{
    if (sodium_init() < 0) {
        fputs("usher: the system's random generator does not answer; stopping.\n", stderr);
        exit(3);
    }
    randombytes_buf(out, len);
}
