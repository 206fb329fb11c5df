// SPDX-License-Identifier: MIT
// api_proof: whether a program that calls one of our addresses (a webhook) knows a secret of ours, and the
// proof that we know it too.
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <string.h>

#define GIVEN_MAX 512
#define SECRET_MAX 65536

// The two ways in which people write a hash: hexadecimal, and base64 with any of its letters and endings.
static bool is_hash(struct text given, struct hash hash)
{
    char hex[2 * HASH_LEN + 1], plain[GIVEN_MAX];
    struct buf base64;
    const char *equals = memchr(given.data, '=', given.len);
    if (equals && equals + 1 < given.data + given.len && equals - given.data < 16) { // "sha256=", "v1="
        given.len -= (size_t)(equals + 1 - given.data);
        given.data = equals + 1;
    }
    while (given.len && given.data[given.len - 1] == '=') given.len--;
    hash_hex(hash, hex);
    buf_init(&base64, 64);
    hash_base64url((struct text){(char *)hash.bytes, HASH_LEN}, &base64);
    for (size_t i = 0; i < given.len; i++) {
        char c = given.data[i];
        plain[i] = c;
        if (given.len == 2 * HASH_LEN && c >= 'A' && c <= 'F') plain[i] = (char)(c - 'A' + 'a');
        else if (given.len != 2 * HASH_LEN) plain[i] = c == '+' ? '-' : c == '/' ? '_' : c;
    }
    bool same = given.len == 2 * HASH_LEN
                    ? hash_same(plain, hex, given.len)
                    : given.len == base64.len && hash_same(plain, base64.data, given.len);
    buf_release(&base64);
    return same;
}

// Compared by their hashes, so that the time says nothing about the secret, not even its length.
static bool is_secret(struct text given, struct text secret)
{
    return hash_eq(hash_of(given), hash_of(secret));
}

static int reveal(struct script *s, struct text token, struct buf *out, struct err *e)
{
    struct buf record, revealed;
    struct text value;
    buf_init(&record, SECRET_MAX);
    buf_init(&revealed, SECRET_MAX);
    record_put_text(&record, token);
    int failed = engine_reveal(s->engine, (struct record){(uint8_t *)record.data, record.len}, &revealed, e);
    if (!failed && record_text((struct record){(uint8_t *)revealed.data, revealed.len}, &value))
        buf_addt(out, value);
    buf_release(&record);
    buf_release(&revealed);
    return failed;
}

/// usher.http.proven(secret, given, data) -> true | false
/// Whether what another program sends along proves that it knows the secret (of usher.secret). With data:
/// `given` is the HMAC-SHA-256 of the data under the secret, in hexadecimal or base64, perhaps behind
/// "sha256=". Without: `given` is the secret itself. Takes the same time whatever is given. Only in handlers
/// and routes. Errors: the secret is not there any more.
/// Example: usher.on("hook", function(r) return usher.http.proven(r.secret, r.signature, r.body) end)
static int api_proven(lua_State *L)
{
    struct script *s = context_check(L, "usher.http.proven", CALL_IN_HANDLER | CALL_IN_LOOK);
    struct text token = check_text(L, 1, "usher.http.proven", "secret");
    struct text given = lua_isnil(L, 2) ? TEXT("") : check_text(L, 2, "usher.http.proven", "what was given");
    bool with_data = !lua_isnoneornil(L, 3), proven = false;
    struct text data = with_data ? check_text(L, 3, "usher.http.proven", "data") : TEXT("");
    struct buf secret;
    struct err e = {0};
    buf_init(&secret, SECRET_MAX);
    int failed = reveal(s, token, &secret, &e);
    if (!failed && secret.len && given.len && given.len < GIVEN_MAX) {
        struct text key = buf_text(&secret);
        proven = with_data ? is_hash(given, hash_derive(key, data)) : is_secret(given, key);
    }
    buf_release(&secret);
    if (failed) return luaL_error(L, "usher.http.proven: %s", e.text);
    lua_pushboolean(L, proven);
    return 1;
}

/// usher.http.sign(secret, data) -> text
/// The HMAC-SHA-256 of the data under the secret (of usher.secret), in hexadecimal: what another site wants
/// to see before it believes that an address of ours is ours. Whoever has it can pass it on, so sign nothing
/// that strangers choose, unless they proved that they know the secret (usher.http.proven). Only in handlers
/// and routes. Errors: the secret is not there any more.
/// Example: usher.on("challenge", function(r)
/// return usher.http.proven(r.secret, r.signature, r.body) and usher.http.sign(r.secret, r.token) end)
static int api_sign(lua_State *L)
{
    struct script *s = context_check(L, "usher.http.sign", CALL_IN_HANDLER | CALL_IN_LOOK);
    struct text token = check_text(L, 1, "usher.http.sign", "secret");
    struct text data = check_text(L, 2, "usher.http.sign", "data");
    char hex[2 * HASH_LEN + 1];
    struct buf secret;
    struct err e = {0};
    buf_init(&secret, SECRET_MAX);
    int failed = reveal(s, token, &secret, &e);
    if (!failed) hash_hex(hash_derive(buf_text(&secret), data), hex);
    buf_release(&secret);
    if (failed) return luaL_error(L, "usher.http.sign: %s", e.text);
    lua_pushstring(L, hex);
    return 1;
}

void api_proof_open(lua_State *L, int usher)
{
    lua_getfield(L, usher, "http");
    lua_pushcfunction(L, api_proven);
    lua_setfield(L, -2, "proven");
    lua_pushcfunction(L, api_sign);
    lua_setfield(L, -2, "sign");
    lua_pop(L, 1);
}
