// SPDX-License-Identifier: MIT
// Straight from the Lua stack to the canonical bytes, and back. Encoding uses only what can't raise in
// Lua's API: raw access, no text from numbers, no new objects.
#include "engine/value.h"

#include "engine/meta.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Where the encoder is: names the path of a refused value. Lives on the C stack.
struct place {
    const struct place *above;
    const void *table; // its address, to find a cycle
    int key;           // stack index of the key under way; 0: none
};

struct encoder {
    lua_State *L;
    struct buf *out;
    struct err *e;
};

static int encode(struct encoder *c, int index, const struct place *above, int depth);

// ---- errors -------------------------------------------------------------------------------------------

static void add_path(lua_State *L, const struct place *place, struct buf *path)
{
    if (!place) return;
    add_path(L, place->above, path);
    if (!place->key) return;
    if (lua_type(L, place->key) == LUA_TSTRING) buf_addf(path, ".%s", lua_tostring(L, place->key));
    else if (lua_isinteger(L, place->key)) buf_addf(path, "[%lld]", (long long)lua_tointeger(L, place->key));
}

static int refuse(struct encoder *c, const struct place *place, const char *sentence)
{
    struct buf path;
    buf_init(&path, 300);
    buf_addz(&path, "value");
    add_path(c->L, place, &path);
    err_set(c->e, ERR_INPUT, "%s: %s", buf_z(&path), sentence);
    buf_release(&path);
    return -(int)ERR_INPUT;
}

static int refuse_type(struct encoder *c, const struct place *place, int index)
{
    char sentence[160];
    snprintf(sentence, sizeof sentence,
        "a %s can't be kept: a step keeps texts, numbers, true, false, and tables of these",
        lua_typename(c->L, lua_type(c->L, index)));
    return refuse(c, place, sentence);
}

static int refuse_depth(struct encoder *c, const struct place *place, const void *table)
{
    for (const struct place *p = place; p; p = p->above) {
        if (p->table == table) return refuse(c, place, "this table is inside itself, so it has no end");
    }
    return refuse(c, place, "tables are nested more than 64 deep");
}

// ---- tables -------------------------------------------------------------------------------------------

bool value_is_list(lua_State *L, int index, size_t *n)
{
    size_t len = lua_rawlen(L, index), found = 0;
    index = lua_absindex(L, index);
    if (len == 0) return false;
    for (lua_pushnil(L); lua_next(L, index); found++) {
        lua_pop(L, 1);
        lua_Unsigned key = lua_isinteger(L, -1) ? (lua_Unsigned)lua_tointeger(L, -1) : 0;
        if (key - 1 < len) continue;
        lua_pop(L, 1);
        return false;
    }
    *n = len;
    return found == len;
}

static int encode_list(struct encoder *c, int contents, size_t n, struct place *place, int depth)
{
    lua_State *L = c->L;
    record_put_list(c->out, n);
    lua_pushnil(L); // the key, as the path shows it
    place->key = lua_gettop(L);
    for (size_t i = 1; i <= n; i++) {
        lua_pushinteger(L, (lua_Integer)i);
        lua_replace(L, place->key);
        lua_rawgeti(L, contents, (lua_Integer)i);
        if (encode(c, lua_gettop(L), place, depth)) return -(int)ERR_INPUT;
        lua_pop(L, 1);
    }
    return 0;
}

// One pair as it was written, in the order of lua_next.
struct pair {
    const char *bytes; // key and value; NULL until all are written
    size_t at, key_len, len;
};

static int compare_pairs(const void *pa, const void *pb)
{
    const struct pair *a = pa, *b = pb;
    int order = memcmp(a->bytes, b->bytes, a->key_len < b->key_len ? a->key_len : b->key_len);
    return order ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

// Brings the pairs at the end of out, from `start`, into canonical order.
static void sort_pairs(struct buf *out, size_t start, struct pair *pairs, size_t n)
{
    bool sorted = true;
    for (size_t i = 0; i < n; i++) {
        pairs[i].bytes = out->data + pairs[i].at;
        sorted = sorted && (i == 0 || compare_pairs(&pairs[i - 1], &pairs[i]) < 0);
    }
    if (sorted) return;
    char small[512];
    size_t len = out->len - start, written = 0;
    char *copy = len <= sizeof small ? small : mem_alloc(len);
    qsort(pairs, n, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < n; i++) {
        memcpy(copy + written, pairs[i].bytes, pairs[i].len);
        written += pairs[i].len;
    }
    memcpy(out->data + start, copy, len);
    if (copy != small) free(copy);
}

static int encode_key(struct encoder *c, const struct place *place)
{
    lua_State *L = c->L;
    struct text text;
    if (lua_type(L, place->key) == LUA_TSTRING) {
        text.data = lua_tolstring(L, place->key, &text.len);
        record_put_text(c->out, text);
    } else if (lua_isinteger(L, place->key)) {
        record_put_int(c->out, lua_tointeger(L, place->key));
    } else {
        return refuse(c, place, "a key of a table that is kept is a text or a whole number");
    }
    return 0;
}

static int encode_pairs(struct encoder *c, int contents, struct pair *pairs, struct place *place, int depth)
{
    lua_State *L = c->L;
    size_t i = 0;
    for (lua_pushnil(L); lua_next(L, contents); lua_pop(L, 1), i++) {
        struct pair *pair = &pairs[i];
        place->key = lua_gettop(L) - 1;
        pair->at = c->out->len;
        if (encode_key(c, place)) return -(int)ERR_INPUT;
        pair->key_len = c->out->len - pair->at;
        if (encode(c, place->key + 1, place, depth)) return -(int)ERR_INPUT;
        pair->len = c->out->len - pair->at;
    }
    return 0;
}

static int encode_map(struct encoder *c, int contents, struct place *place, int depth)
{
    struct pair few[16], *pairs = few;
    size_t n = 0;
    for (lua_pushnil(c->L); lua_next(c->L, contents); lua_pop(c->L, 1)) n++;
    if (n > sizeof few / sizeof few[0]) pairs = mem_alloc(n * sizeof *pairs);
    record_put_map(c->out, n);
    size_t start = c->out->len;
    int failed = encode_pairs(c, contents, pairs, place, depth);
    if (!failed && !c->out->over && n > 1) sort_pairs(c->out, start, pairs, n);
    if (pairs != few) free(pairs);
    return failed;
}

static int encode_table(struct encoder *c, int index, const struct place *above, int depth)
{
    lua_State *L = c->L;
    struct place place = {above, lua_topointer(L, index), 0};
    if (depth > RECORD_DEPTH_MAX || !lua_checkstack(L, 8)) return refuse_depth(c, above, place.table);
    int top = lua_gettop(L);
    meta_contents(L, index);
    size_t n;
    int failed;
    if (value_is_list(L, top + 1, &n)) {
        failed = encode_list(c, top + 1, n, &place, depth + 1);
    } else if (meta_has(L, index, META_ARRAY)) {
        // A list with holes, or one that became empty. Only the empty one is still a list.
        bool empty = (lua_pushnil(L), !lua_next(L, top + 1));
        if (empty) record_put_list(c->out, 0);
        failed = empty ? 0 : refuse(c, above, "this list has holes: usher.json.array wants the keys 1 to n");
    } else {
        failed = encode_map(c, top + 1, &place, depth + 1);
    }
    lua_settop(L, top);
    return failed;
}

// ---- one value ------------------------------------------------------------------------------------------

static int encode(struct encoder *c, int index, const struct place *above, int depth)
{
    lua_State *L = c->L;
    struct text text;
    switch (lua_type(L, index)) {
    case LUA_TNIL: record_put_nil(c->out); return 0;
    case LUA_TBOOLEAN: record_put_bool(c->out, lua_toboolean(L, index)); return 0;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) record_put_int(c->out, lua_tointeger(L, index));
        else record_put_num(c->out, lua_tonumber(L, index));
        return 0;
    case LUA_TSTRING:
        text.data = lua_tolstring(L, index, &text.len);
        record_put_text(c->out, text);
        return 0;
    case LUA_TTABLE: return encode_table(c, index, above, depth);
    case LUA_TLIGHTUSERDATA:
        if (!value_is_null(L, index)) return refuse_type(c, above, index);
        record_put_nil(c->out);
        return 0;
    default: return refuse_type(c, above, index);
    }
}

int value_encode(lua_State *L, int index, struct buf *out, struct err *e)
{
    struct encoder c = {L, out, e};
    int top = lua_gettop(L);
    size_t start = out->len;
    int failed = encode(&c, lua_absindex(L, index), NULL, 1);
    lua_settop(L, top);
    if (failed) return failed;
    if (out->over || out->len - start > RECORD_LEN_MAX) {
        return err_set(e, ERR_INPUT, "value: it is longer than 8 MiB, the most that a step keeps");
    }
    return 0;
}

// ---- back -----------------------------------------------------------------------------------------------

static bool push_next(lua_State *L, const uint8_t **at, const uint8_t *end);

// Broken bytes end the table there; record_check is what reports them.
static bool push_list(lua_State *L, size_t n, const uint8_t **at, const uint8_t *end)
{
    luaL_checkstack(L, 4, "tables are nested too deep");
    lua_createtable(L, (int)n, 0);
    int table = lua_gettop(L);
    for (size_t i = 1; i <= n; i++) {
        if (!push_next(L, at, end)) {
            lua_settop(L, table);
            return false;
        }
        lua_rawseti(L, table, (lua_Integer)i);
    }
    return true;
}

static bool push_map(lua_State *L, size_t n, const uint8_t **at, const uint8_t *end)
{
    luaL_checkstack(L, 4, "tables are nested too deep");
    lua_createtable(L, 0, (int)n);
    int table = lua_gettop(L);
    for (; n > 0; n--) {
        if (!push_next(L, at, end) || lua_isnil(L, -1) || !push_next(L, at, end)) {
            lua_settop(L, table);
            return false;
        }
        lua_rawset(L, table);
    }
    return true;
}

// Pushes one value and moves *at behind it. False: nothing, or only the beginning, was there and was pushed.
static bool push_next(lua_State *L, const uint8_t **at, const uint8_t *end)
{
    struct record_item item;
    if (!record_take(at, end, &item)) {
        lua_pushnil(L);
        return false;
    }
    switch (item.kind) {
    case RECORD_NONE:
    case RECORD_NIL: lua_pushnil(L); break;
    case RECORD_BOOL: lua_pushboolean(L, item.truth); break;
    case RECORD_INT: lua_pushinteger(L, item.integer); break;
    case RECORD_NUM: lua_pushnumber(L, item.number); break;
    case RECORD_TEXT: lua_pushlstring(L, item.text.data, item.text.len); break;
    case RECORD_LIST: return push_list(L, item.n, at, end);
    case RECORD_MAP: return push_map(L, item.n, at, end);
    }
    return true;
}

void value_push(lua_State *L, struct record r)
{
    const uint8_t *at = r.data;
    luaL_checkstack(L, 2, NULL);
    if (at) push_next(L, &at, at + r.len);
    else lua_pushnil(L);
}
