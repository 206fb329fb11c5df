// SPDX-License-Identifier: MIT
// Any bytes as a value: what record_check accepts goes to Lua and comes back as the same bytes, but for
// what Lua's tables can't tell apart: nil in a map or a list, an empty list.
#include "engine/sandbox.h"
#include "engine/value.h"

#include <stdlib.h>
#include <string.h>

static bool holds_nil_or_empty_list(struct record r)
{
    enum record_kind kind = record_kind(r);
    if (kind == RECORD_NIL) return true;
    if (kind == RECORD_LIST && record_count(r) == 0) return true;
    if (kind != RECORD_LIST && kind != RECORD_MAP) return false;
    for (struct record_iter it = record_each(r); record_next(&it);) {
        if (holds_nil_or_empty_list(it.value)) return true;
    }
    return false;
}

// { [1] = "a" } and { "a" } are one table to Lua.
static bool has_map_like_a_list(struct record r)
{
    enum record_kind kind = record_kind(r);
    if (kind != RECORD_LIST && kind != RECORD_MAP) return false;
    bool like = kind == RECORD_MAP && record_count(r) > 0;
    for (struct record_iter it = record_each(r); record_next(&it);) {
        int64_t key;
        if (kind == RECORD_MAP && !(record_int(it.key, &key) && key >= 1)) like = false;
        if (has_map_like_a_list(it.value)) return true;
    }
    return like;
}

static int push(lua_State *L)
{
    value_push(L, *(struct record *)lua_touserdata(L, 1));
    return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct sandbox *s;
    if (!s) s = sandbox_open(NULL);
    struct record r = {data, size};
    struct err e = {0};
    if (record_check(r, &e)) return 0;
    lua_State *L = s->L;
    lua_pushcfunction(L, push);
    lua_pushlightuserdata(L, &r);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) abort();
    struct buf out;
    buf_init(&out, 2 * RECORD_LEN_MAX);
    if (value_encode(L, -1, &out, &e)) abort();
    struct record again = {(const uint8_t *)out.data, out.len};
    if (record_check(again, &e)) abort();
    bool exact = !holds_nil_or_empty_list(r) && !has_map_like_a_list(r);
    if (exact && (out.len != size || memcmp(out.data, data, size) != 0)) abort();
    buf_release(&out);
    lua_settop(L, 0);
    return 0;
}
