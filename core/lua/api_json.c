// SPDX-License-Identifier: MIT
// usher.json: RFC 8259 straight on the Lua stack. Integers stay exact, keys come out sorted, so the same
// value gives the same bytes; texts that are no UTF-8 and numbers that JSON does not have are refused.
#include "lua/api.h"
#include "lua/lib.h"

#include "base/utf8.h"
#include "engine/budget.h"
#include "engine/meta.h"
#include "engine/value.h"

#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 64
#define LEN_MAX (8u << 20)

static const char array_meta; // registry: the metatable that marks arrays

// Marks the table on top as an array.
static void mark_array(lua_State *L)
{
    if (lua_rawgetp(L, LUA_REGISTRYINDEX, &array_meta) == LUA_TNIL) {
        lua_pop(L, 1);
        lua_newtable(L);
        lua_pushboolean(L, 1);
        meta_set(L, -2, META_ARRAY);
        lua_pushvalue(L, -1);
        lua_rawsetp(L, LUA_REGISTRYINDEX, &array_meta);
    }
    lua_setmetatable(L, -2);
}

// ---- encoding -------------------------------------------------------------------------------------------

// The bytes written so far, in a userdata that grows: a raised error leaves nothing behind to free.
struct writer {
    lua_State *L;
    int at; // stack index of the userdata
    char *data;
    size_t len, room;
};

static void write_bytes(struct writer *w, const char *data, size_t len)
{
    if (w->len + len > w->room) {
        if (w->len + len > LEN_MAX) luaL_error(w->L, "usher.json.encode: the result is longer than 8 MiB");
        size_t room = 2 * w->room + len;
        char *grown = lua_newuserdatauv(w->L, room, 0);
        memcpy(grown, w->data, w->len);
        lua_replace(w->L, w->at);
        w->data = grown;
        w->room = room;
    }
    memcpy(w->data + w->len, data, len);
    w->len += len;
}

static void write_text(struct writer *w, struct text t)
{
    static const char hex[] = "0123456789abcdef";
    if (!utf8_valid(t)) luaL_error(w->L, "usher.json.encode: a text is not valid UTF-8");
    budget_charge(w->L, t.len / 16);
    write_bytes(w, "\"", 1);
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        static const char named[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
        const char *at = memchr(named, c, sizeof named - 1);
        char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        if (at) escape[1] = letters[at - named];
        write_bytes(w, t.data + from, i - from);
        write_bytes(w, escape, at ? 2 : 6);
        from = i + 1;
    }
    write_bytes(w, t.data + from, t.len - from);
    write_bytes(w, "\"", 1);
}

// The shortest form that reads back as the same number, and as a float: 1.0 and not 1.
static void write_number(struct writer *w, int index)
{
    char digits[40];
    if (lua_isinteger(w->L, index)) {
        snprintf(digits, sizeof digits, "%lld", (long long)lua_tointeger(w->L, index));
        write_bytes(w, digits, strlen(digits));
        return;
    }
    double n = lua_tonumber(w->L, index);
    if (!isfinite(n)) luaL_error(w->L, "usher.json.encode: JSON has no infinity and no NaN");
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, n);
        if (strtod(digits, NULL) == n) break;
    }
    write_bytes(w, digits, strlen(digits));
    if (!strpbrk(digits, ".e")) write_bytes(w, ".0", 2);
}

static void write_value(struct writer *w, int index, int depth);

static void write_array(struct writer *w, int contents, size_t n, int depth)
{
    write_bytes(w, "[", 1);
    for (size_t i = 1; i <= n; i++) {
        if (i > 1) write_bytes(w, ",", 1);
        lua_rawgeti(w->L, contents, (lua_Integer)i);
        write_value(w, lua_gettop(w->L), depth);
        lua_pop(w->L, 1);
    }
    write_bytes(w, "]", 1);
}

static void write_object(struct writer *w, int contents, int depth)
{
    lua_State *L = w->L;
    struct keys *keys = lib_keys(L, contents, "usher.json.encode");
    int names = lua_gettop(L) - 1;
    write_bytes(w, "{", 1);
    for (size_t i = 0; i < lib_keys_n(keys); i++) {
        if (i) write_bytes(w, ",", 1);
        if (lib_keys_push(L, names, keys, i) != LUA_TSTRING) {
            luaL_error(L, "usher.json.encode: a table has keys that are not texts and not 1 to n; "
                          "JSON has objects with texts and arrays");
        }
        struct text name;
        name.data = lua_tolstring(L, -1, &name.len);
        write_text(w, name);
        write_bytes(w, ":", 1);
        lua_rawget(L, contents);
        write_value(w, lua_gettop(L), depth);
        lua_pop(L, 1);
    }
    write_bytes(w, "}", 1);
}

static void write_table(struct writer *w, int index, int depth)
{
    lua_State *L = w->L;
    if (depth > DEPTH_MAX)
        luaL_error(L, "usher.json.encode: tables are nested more than 64 deep, or one is inside itself");
    luaL_checkstack(L, 12, NULL);
    int top = lua_gettop(L);
    meta_contents(L, index);
    size_t n = 0;
    bool list = value_is_list(L, top + 1, &n);
    lua_pushnil(L);
    bool empty = !list && !lua_next(L, top + 1);
    lua_settop(L, top + 1);
    if (list || (empty && meta_has(L, index, META_ARRAY))) write_array(w, top + 1, n, depth + 1);
    else write_object(w, top + 1, depth + 1);
    lua_settop(L, top);
}

static void write_value(struct writer *w, int index, int depth)
{
    lua_State *L = w->L;
    struct text t;
    budget_charge(L, 1);
    switch (lua_type(L, index)) {
    case LUA_TNIL: write_bytes(w, "null", 4); break;
    case LUA_TBOOLEAN:
        if (lua_toboolean(L, index)) write_bytes(w, "true", 4);
        else write_bytes(w, "false", 5);
        break;
    case LUA_TNUMBER: write_number(w, index); break;
    case LUA_TSTRING:
        t.data = lua_tolstring(L, index, &t.len);
        write_text(w, t);
        break;
    case LUA_TTABLE: write_table(w, index, depth); break;
    default:
        if (!value_is_null(L, index))
            luaL_error(L, "usher.json.encode: JSON has no %s", luaL_typename(L, index));
        write_bytes(w, "null", 4);
    }
}

/// usher.json.encode(value) -> text
/// Writes a value as JSON, the same bytes for the same value. A table with the keys 1 to n becomes an array,
/// any other an object; an empty one is {} unless usher.json.array made it.
/// Example: assert(usher.json.encode { seats = 30, open = true } == '{"open":true,"seats":30}')
static int api_json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    struct writer w = {.L = L, .at = 2, .room = 256};
    w.data = lua_newuserdatauv(L, w.room, 0);
    write_value(&w, 1, 1);
    lua_pushlstring(L, w.data, w.len);
    return 1;
}

// ---- decoding -------------------------------------------------------------------------------------------

struct reader {
    lua_State *L;
    const char *start, *at, *end;
};

static int refuse(struct reader *r, const char *what)
{
    size_t line = 1, column = 1;
    for (const char *p = r->start; p < r->at; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return luaL_error(r->L, "usher.json.decode: line %d, column %d: %s", (int)line, (int)column, what);
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\n\r", *r->at, 4)) r->at++;
}

static bool accept(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at >= r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static uint32_t read_hex(struct reader *r)
{
    uint32_t code = 0;
    if (r->end - r->at < 4) refuse(r, "\\u needs four hexadecimal digits");
    for (int i = 0; i < 4; i++, r->at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *at = memchr(digits, *r->at, sizeof digits - 1);
        if (!at) refuse(r, "\\u needs four hexadecimal digits");
        uint32_t digit = (uint32_t)(at - digits);
        code = code * 16 + (digit > 15 ? digit - 6 : digit);
    }
    return code;
}

// After \u: one code point, of two halves where need be.
static uint32_t read_code(struct reader *r)
{
    uint32_t code = read_hex(r);
    if (code < 0xD800 || code > 0xDFFF) return code;
    bool pair = code < 0xDC00 && r->end - r->at >= 2 && r->at[0] == '\\' && r->at[1] == 'u';
    if (pair) r->at += 2;
    uint32_t low = pair ? read_hex(r) : 0;
    if (low < 0xDC00 || low > 0xDFFF) refuse(r, "half a character: \\ud800 to \\udfff come in pairs");
    return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

static void read_escape(struct reader *r, luaL_Buffer *out)
{
    static const char letters[] = "\"\\/bfnrt", plain[] = "\"\\/\b\f\n\r\t";
    char c = r->at < r->end ? *r->at : 0;
    const char *at = c ? strchr(letters, c) : NULL;
    if (!at && c != 'u') refuse(r, "unknown escape in a text");
    r->at++;
    if (at) {
        luaL_addchar(out, plain[at - letters]);
        return;
    }
    lua_pushfstring(r->L, "%U", (long)read_code(r));
    luaL_addvalue(out);
}

// The text after its opening quote.
static void read_text(struct reader *r)
{
    luaL_Buffer out;
    luaL_buffinit(r->L, &out);
    for (;;) {
        const char *from = r->at;
        while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (unsigned char)*r->at >= 0x20) r->at++;
        struct text plain = {from, (size_t)(r->at - from)};
        if (!utf8_valid(plain)) refuse(r, "a text is not valid UTF-8");
        luaL_addlstring(&out, plain.data, plain.len);
        if (r->at >= r->end) refuse(r, "a text has no closing quote");
        char c = *r->at;
        if (c != '"' && c != '\\') refuse(r, "a text has a control character that is not escaped");
        r->at++;
        if (c == '"') break;
        read_escape(r, &out);
    }
    luaL_pushresult(&out);
}

static const char *skip_digits(struct reader *r)
{
    const char *from = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') r->at++;
    if (r->at == from) refuse(r, "a number needs a digit here");
    return from;
}

// lua_stringtonumber reads at most what RFC 8259's grammar let through, and keeps integers exact.
static void read_number(struct reader *r)
{
    const char *start = r->at;
    bool whole = true;
    if (*r->at == '-') r->at++;
    const char *digits = skip_digits(r);
    if (*digits == '0' && r->at - digits > 1) refuse(r, "a number begins with a zero");
    if (r->at < r->end && *r->at == '.') {
        r->at++;
        skip_digits(r);
        whole = false;
    }
    if (r->at < r->end && (*r->at == 'e' || *r->at == 'E')) {
        r->at++;
        if (r->at < r->end && (*r->at == '+' || *r->at == '-')) r->at++;
        skip_digits(r);
        whole = false;
    }
    char number[400];
    size_t len = (size_t)(r->at - start);
    if (len >= sizeof number) refuse(r, "a number has more than 399 characters");
    memcpy(number, start, len);
    number[len] = 0;
    lua_stringtonumber(r->L, number);
    if (whole && !lua_isinteger(r->L, -1)) refuse(r, "this whole number is too large to be kept exactly");
    if (!isfinite(lua_tonumber(r->L, -1))) refuse(r, "this number is too large");
}

static void read_value(struct reader *r, int depth);

static void read_array(struct reader *r, int depth)
{
    lua_newtable(r->L);
    mark_array(r->L);
    if (accept(r, ']')) return;
    lua_Integer n = 0;
    do {
        read_value(r, depth);
        lua_rawseti(r->L, -2, ++n);
    } while (accept(r, ','));
    if (!accept(r, ']')) refuse(r, "an array needs , or ] here");
}

static void read_object(struct reader *r, int depth)
{
    lua_newtable(r->L);
    if (accept(r, '}')) return;
    do {
        if (!accept(r, '"')) refuse(r, "an object needs a name in quotes here");
        read_text(r);
        lua_pushvalue(r->L, -1);
        if (lua_rawget(r->L, -3) != LUA_TNIL) refuse(r, "this name stands twice in one object");
        lua_pop(r->L, 1);
        if (!accept(r, ':')) refuse(r, "a colon is missing after a name");
        read_value(r, depth);
        lua_rawset(r->L, -3);
    } while (accept(r, ','));
    if (!accept(r, '}')) refuse(r, "an object needs , or } here");
}

static bool accept_word(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    if ((size_t)(r->end - r->at) < len || memcmp(r->at, word, len) != 0) return false;
    r->at += len;
    return true;
}

static void read_value(struct reader *r, int depth)
{
    luaL_checkstack(r->L, 8, NULL);
    budget_charge(r->L, 1);
    skip_blanks(r);
    char c = r->at < r->end ? *r->at : 0;
    if ((c == '[' || c == '{') && depth > DEPTH_MAX) refuse(r, "nested more than 64 deep");
    if (accept(r, '{')) read_object(r, depth + 1);
    else if (accept(r, '[')) read_array(r, depth + 1);
    else if (accept(r, '"')) read_text(r);
    else if (c == '-' || (c >= '0' && c <= '9')) read_number(r);
    else if (accept_word(r, "true")) lua_pushboolean(r->L, 1);
    else if (accept_word(r, "false")) lua_pushboolean(r->L, 0);
    else if (accept_word(r, "null")) lua_pushlightuserdata(r->L, NULL);
    else refuse(r, r->at == r->end ? "the text ends where a value is needed" : "no value begins like this");
}

/// usher.json.decode(text) -> value
/// Reads JSON strictly. Arrays stay arrays when they are empty, and null is usher.json.null; whole numbers
/// stay exact. An error says the line and column.
/// Example: assert(usher.json.decode('{"seats": [30, 12]}').seats[2] == 12)
static int api_json_decode(lua_State *L)
{
    size_t len;
    const char *text = luaL_checklstring(L, 1, &len);
    if (len > LEN_MAX) return luaL_error(L, "usher.json.decode: the text is longer than 8 MiB");
    struct reader r = {L, text, text, text + len};
    read_value(&r, 1);
    skip_blanks(&r);
    if (r.at < r.end) return refuse(&r, "something follows after the value");
    return 1;
}

/// usher.json.array(table) -> table
/// Marks a table as an array, so that it is written as [] even when it is empty.
/// Example: assert(usher.json.encode(usher.json.array {}) == "[]")
static int api_json_array(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (meta_frozen(L, 1)) meta_refuse_at(L, 1);
    mark_array(L);
    return 1;
}

void api_json_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {
        {"array", api_json_array},
        {"decode", api_json_decode},
        {"encode", api_json_encode},
        {NULL, NULL},
    };
    luaL_newlib(L, functions);
    /// usher.json.null -> null
    /// What JSON's null becomes, because nil can't stand in a table. A step keeps it as nothing.
    /// Example: assert(usher.json.decode("null") == usher.json.null)
    lua_pushlightuserdata(L, NULL);
    lua_setfield(L, -2, "null");
    lua_setfield(L, usher, "json");
}
