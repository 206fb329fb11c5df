// SPDX-License-Identifier: MIT
// string.format as Lua 5.4 has it, without %p: an address differs from run to run.
#include "lua/lib.h"

#include <ctype.h>
#include <float.h>
#include <inttypes.h>
#include <lauxlib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

// "%-+#0 " + two digits + "." + two digits + "ll" + the letter + NUL, with room to spare
#define SPEC_MAX 32
// The longest item: %.99f of the greatest number
#define ITEM_MAX (110 + DBL_MAX_10_EXP)

struct format {
    lua_State *L;
    const char *at, *end;
    int arg;
    luaL_Buffer out;
};

static const char *take_digits(const char *p, const char *end)
{
    for (int i = 0; i < 2 && p < end && isdigit((unsigned char)*p); i++) p++;
    return p;
}

// Reads flags, width and precision after the %, and leaves f->at at the letter. Only the flags and the
// precision that this letter has are let through, so the C library meets nothing undefined.
static void read_spec(struct format *f, char spec[SPEC_MAX])
{
    const char *start = f->at, *p = start;
    while (p < f->end && *p && strchr("-+#0 ", *p)) p++;
    const char *flags_end = p;
    p = take_digits(p, f->end);
    bool precision = p < f->end && *p == '.';
    if (precision) p = take_digits(p + 1, f->end);
    char letter = p < f->end ? *p : 0;
    static const struct {
        const char *letters, *flags;
        bool precision;
    } rules[] = {{"c", "-", false}, {"di", "-+0 ", true}, {"u", "-0", true}, {"aAeEfFgG", "-+#0 ", true},
        {"oxX", "-#0", true}, {"s", "-", true}, {"q", "", false}};
    bool fits = false;
    for (size_t i = 0; letter && i < sizeof rules / sizeof rules[0]; i++) {
        if (!strchr(rules[i].letters, letter)) continue;
        fits = strspn(start, rules[i].flags) >= (size_t)(flags_end - start) &&
               (rules[i].precision || !precision);
        if (letter == 'q' && p != start) luaL_error(f->L, "specifier '%%q' cannot have modifiers");
    }
    if (letter == 'p') luaL_error(f->L, "'%%p' is not there: an address differs from run to run");
    if (!fits || p - start > 20) {
        int len = (int)(p - start) + (letter != 0);
        lua_pushlstring(f->L, start, len > 20 ? 20u : (size_t)len);
        luaL_error(f->L, "invalid conversion '%%%s' to 'format'", lua_tostring(f->L, -1));
    }
    spec[0] = '%';
    memcpy(spec + 1, start, (size_t)(p - start));
    spec[1 + (p - start)] = 0;
    f->at = p;
}

static void add_item(struct format *f, int len, const char *item)
{
    luaL_addlstring(&f->out, item, (size_t)len);
}

static void add_integer(struct format *f, char spec[SPEC_MAX], char letter)
{
    char item[ITEM_MAX];
    size_t len = strlen(spec);
    memcpy(spec + len, (char[]){'l', 'l', letter, 0}, 4);
    add_item(f, snprintf(item, sizeof item, spec, (long long)luaL_checkinteger(f->L, f->arg)), item);
}

static void add_float(struct format *f, char spec[SPEC_MAX], char letter)
{
    char item[ITEM_MAX];
    size_t len = strlen(spec);
    memcpy(spec + len, (char[]){letter, 0}, 2);
    add_item(f, snprintf(item, sizeof item, spec, (double)luaL_checknumber(f->L, f->arg)), item);
}

static void add_char(struct format *f, char spec[SPEC_MAX])
{
    char item[ITEM_MAX];
    size_t len = strlen(spec);
    memcpy(spec + len, "c", 2);
    add_item(f, snprintf(item, sizeof item, spec, (int)luaL_checkinteger(f->L, f->arg)), item);
}

static void add_string(struct format *f, char spec[SPEC_MAX])
{
    size_t len;
    const char *s = lib_tostring(f->L, f->arg, &len);
    if (spec[1] == 0 || (len >= 100 && !strchr(spec, '.'))) {
        luaL_addvalue(&f->out); // no width, or none that matters
        return;
    }
    luaL_argcheck(f->L, len == strlen(s), f->arg, "string contains zeros");
    char item[ITEM_MAX];
    size_t spec_len = strlen(spec);
    memcpy(spec + spec_len, "s", 2);
    int item_len = snprintf(item, sizeof item, spec, s); // at most 99: width and precision have two digits
    lua_pop(f->L, 1);
    add_item(f, item_len, item);
}

// A text between quotes that the compiler reads back as it was.
static void quote_text(struct format *f, struct text t)
{
    luaL_addchar(&f->out, '"');
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i];
        bool digit_next = i + 1 < t.len && isdigit((unsigned char)t.data[i + 1]);
        if (c == '"' || c == '\\' || c == '\n') {
            luaL_addchar(&f->out, '\\');
            luaL_addchar(&f->out, (char)c);
        } else if (iscntrl(c)) {
            char item[8];
            add_item(f, snprintf(item, sizeof item, digit_next ? "\\%03d" : "\\%d", c), item);
        } else {
            luaL_addchar(&f->out, (char)c);
        }
    }
    luaL_addchar(&f->out, '"');
}

static void quote_number(struct format *f)
{
    char item[ITEM_MAX];
    lua_Number n = lua_tonumber(f->L, f->arg);
    if (lua_isinteger(f->L, f->arg)) {
        lua_Integer i = lua_tointeger(f->L, f->arg);
        const char *spec = i == LUA_MININTEGER ? "0x%llx" : "%lld"; // its decimal form is a float to Lua
        add_item(f, snprintf(item, sizeof item, spec, (long long)i), item);
    } else if (isinf(n)) {
        luaL_addstring(&f->out, n > 0 ? "1e9999" : "-1e9999");
    } else if (isnan(n)) {
        luaL_addstring(&f->out, "(0/0)");
    } else {
        add_item(f, snprintf(item, sizeof item, "%a", n), item);
    }
}

static void add_quoted(struct format *f)
{
    struct text t;
    switch (lua_type(f->L, f->arg)) {
    case LUA_TSTRING:
        t.data = lua_tolstring(f->L, f->arg, &t.len);
        quote_text(f, t);
        break;
    case LUA_TNUMBER: quote_number(f); break;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
        lib_tostring(f->L, f->arg, NULL);
        luaL_addvalue(&f->out);
        break;
    default: luaL_argerror(f->L, f->arg, "value has no literal form");
    }
}

static void add_conversion(struct format *f, int args_n)
{
    char spec[SPEC_MAX];
    if (++f->arg > args_n) luaL_argerror(f->L, f->arg, "no value");
    read_spec(f, spec);
    char letter = *f->at++;
    switch (letter) {
    case 'c': add_char(f, spec); break;
    case 's': add_string(f, spec); break;
    case 'q': add_quoted(f); break;
    case 'd':
    case 'i':
    case 'u':
    case 'o':
    case 'x':
    case 'X': add_integer(f, spec, letter); break;
    default: add_float(f, spec, letter);
    }
}

int lib_format(lua_State *L)
{
    int args_n = lua_gettop(L);
    size_t len;
    const char *pattern = luaL_checklstring(L, 1, &len);
    struct format f = {.L = L, .at = pattern, .end = pattern + len, .arg = 1};
    luaL_buffinit(L, &f.out);
    while (f.at < f.end) {
        const char *percent = memchr(f.at, '%', (size_t)(f.end - f.at));
        const char *plain_end = percent ? percent : f.end;
        luaL_addlstring(&f.out, f.at, (size_t)(plain_end - f.at));
        f.at = plain_end;
        if (!percent) break;
        f.at++;
        if (f.at < f.end && *f.at == '%') luaL_addchar(&f.out, *f.at++);
        else add_conversion(&f, args_n);
    }
    luaL_pushresult(&f.out);
    return 1;
}
