// SPDX-License-Identifier: MIT
// Lua's patterns, with a meter. The semantics are those of Lua 5.4's lstrlib.c (MIT licence, Copyright
// 1994-2022 Lua.org, PUC-Rio), whose algorithm this follows; tests run both side by side.
//
// No hook fires inside a C function: string.find(("a"):rep(200), ("a*"):rep(4).."b") takes stock Lua 38 s.
// So each step is counted, and every 1,024 of them are charged to the budget of the slice.
#include "lua/lib.h"

#include "engine/budget.h"

#include <ctype.h>
#include <lauxlib.h>
#include <string.h>

#define CAPTURES_MAX 32
#define DEPTH_MAX 200 // of match calling itself, as in Lua
#define STEPS_PER_CHARGE 1024
#define ESCAPE '%'
#define SPECIALS "^$*+?.([%-"

enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

struct match {
    lua_State *L;
    const char *source, *source_end;
    const char *pattern_end;
    int depth_left;
    uint32_t steps;
    int level; // captures, finished or not
    struct {
        const char *start;
        ptrdiff_t len; // or one of the two above
    } capture[CAPTURES_MAX];
};

static const char *match(struct match *m, const char *s, const char *p);

static void step(struct match *m)
{
    if (++m->steps < STEPS_PER_CHARGE) return;
    m->steps = 0;
    budget_charge(m->L, STEPS_PER_CHARGE);
}

// ---- single characters ----------------------------------------------------------------------------------

// The end of the single-character item at p.
static const char *item_end(struct match *m, const char *p)
{
    if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    char first = *p++;
    if (first == ESCAPE) {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (first != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do { // a ] in the first place stands for itself
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == ESCAPE) {
            if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
            p++;
        }
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

static bool in_class(int c, int class)
{
    bool in;
    switch (tolower(class)) {
    case 'a': in = isalpha(c); break;
    case 'c': in = iscntrl(c); break;
    case 'd': in = isdigit(c); break;
    case 'g': in = isgraph(c); break;
    case 'l': in = islower(c); break;
    case 'p': in = ispunct(c); break;
    case 's': in = isspace(c); break;
    case 'u': in = isupper(c); break;
    case 'w': in = isalnum(c); break;
    case 'x': in = isxdigit(c); break;
    default: return class == c;
    }
    return isupper(class) ? !in : in;
}

// [set] at p, whose ] is at last.
static bool in_set(int c, const char *p, const char *last)
{
    bool wanted = true;
    if (p[1] == '^') {
        wanted = false;
        p++;
    }
    while (++p < last) {
        if (*p == ESCAPE) {
            p++;
            if (in_class(c, (unsigned char)*p)) return wanted;
        } else if (p[1] == '-' && p + 2 < last) {
            p += 2;
            if ((unsigned char)p[-2] <= c && c <= (unsigned char)*p) return wanted;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool matches_one(struct match *m, const char *s, const char *p, const char *end)
{
    step(m);
    if (s >= m->source_end) return false;
    int c = (unsigned char)*s;
    switch (*p) {
    case '.': return true;
    case ESCAPE: return in_class(c, (unsigned char)p[1]);
    case '[': return in_set(c, p, end - 1);
    default: return (unsigned char)*p == c;
    }
}

// ---- items of several characters --------------------------------------------------------------------------

static const char *match_balance(struct match *m, const char *s, const char *p)
{
    if (p >= m->pattern_end - 1) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->source_end || *s != *p) return NULL;
    int open = 1;
    for (char begin = *p, end = p[1]; ++s < m->source_end;) {
        step(m);
        if (*s == end) {
            if (--open == 0) return s + 1;
        } else if (*s == begin) {
            open++;
        }
    }
    return NULL;
}

static const char *match_longest(struct match *m, const char *s, const char *p, const char *end)
{
    ptrdiff_t n = 0;
    while (matches_one(m, s + n, p, end)) n++;
    for (; n >= 0; n--) {
        const char *rest = match(m, s + n, end + 1);
        if (rest) return rest;
    }
    return NULL;
}

static const char *match_shortest(struct match *m, const char *s, const char *p, const char *end)
{
    for (;;) {
        const char *rest = match(m, s, end + 1);
        if (rest) return rest;
        if (!matches_one(m, s, p, end)) return NULL;
        s++;
    }
}

// ---- captures -------------------------------------------------------------------------------------------

static const char *capture_begin(struct match *m, const char *s, const char *p, ptrdiff_t what)
{
    if (m->level >= CAPTURES_MAX) luaL_error(m->L, "too many captures");
    m->capture[m->level].start = s;
    m->capture[m->level].len = what;
    m->level++;
    const char *end = match(m, s, p);
    if (!end) m->level--;
    return end;
}

static const char *capture_end(struct match *m, const char *s, const char *p)
{
    int l = m->level - 1;
    while (l >= 0 && m->capture[l].len != CAPTURE_OPEN) l--;
    if (l < 0) luaL_error(m->L, "invalid pattern capture");
    m->capture[l].len = s - m->capture[l].start;
    const char *end = match(m, s, p);
    if (!end) m->capture[l].len = CAPTURE_OPEN;
    return end;
}

static const char *match_capture(struct match *m, const char *s, char digit)
{
    int l = digit - '1';
    if (l < 0 || l >= m->level || m->capture[l].len == CAPTURE_OPEN) {
        luaL_error(m->L, "invalid capture index %%%d", l + 1);
    }
    // A position capture has no text: as in Lua, a length that can't be there.
    size_t len = (size_t)m->capture[l].len;
    if ((size_t)(m->source_end - s) < len || memcmp(m->capture[l].start, s, len) != 0) return NULL;
    budget_charge(m->L, len / 16);
    return s + len;
}

static const char *match_frontier(struct match *m, const char *s, const char **p)
{
    if (*p == m->pattern_end || **p != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
    const char *end = item_end(m, *p);
    int before = s == m->source ? 0 : (unsigned char)s[-1];
    int here = s == m->source_end ? 0 : (unsigned char)*s;
    bool frontier = !in_set(before, *p, end - 1) && in_set(here, *p, end - 1);
    *p = end;
    return frontier ? s : NULL;
}

// ---- the matcher ------------------------------------------------------------------------------------------

// A character class with its repetition. True: the pattern goes on at *p with *s; false: *s is the answer.
static bool match_item(struct match *m, const char **s, const char **p)
{
    const char *end = item_end(m, *p);
    char repeat = end < m->pattern_end ? *end : 0;
    switch (repeat) {
    case '*': *s = match_longest(m, *s, *p, end); return false;
    case '-': *s = match_shortest(m, *s, *p, end); return false;
    case '+': *s = matches_one(m, *s, *p, end) ? match_longest(m, *s + 1, *p, end) : NULL; return false;
    case '?': {
        const char *with = matches_one(m, *s, *p, end) ? match(m, *s + 1, end + 1) : NULL;
        *p = end + 1;
        if (!with) return true;
        *s = with;
        return false;
    }
    default:
        if (!matches_one(m, *s, *p, end)) {
            *s = NULL;
            return false;
        }
        ++*s;
        *p = end;
        return true;
    }
}

// Items that begin with %: balance, frontier, back reference. The same answer as match_item's.
static bool match_escape(struct match *m, const char **s, const char **p)
{
    char kind = *p + 1 < m->pattern_end ? (*p)[1] : 0;
    if (kind == 'b') {
        *s = match_balance(m, *s, *p + 2);
        *p += 4;
    } else if (kind == 'f') {
        *p += 2;
        *s = match_frontier(m, *s, p);
    } else if (isdigit((unsigned char)kind)) {
        *s = match_capture(m, *s, kind);
        *p += 2;
    } else {
        return match_item(m, s, p);
    }
    return *s != NULL;
}

// The end of the match of the pattern from p at s, or NULL.
static const char *match(struct match *m, const char *s, const char *p)
{
    if (m->depth_left-- == 0) luaL_error(m->L, "pattern too complex");
    step(m);
    bool on = true;
    while (on && p != m->pattern_end) {
        if (*p == '(') {
            bool position = p + 1 < m->pattern_end && p[1] == ')';
            s = capture_begin(m, s, p + (position ? 2 : 1), position ? CAPTURE_POSITION : CAPTURE_OPEN);
            on = false;
        } else if (*p == ')') {
            s = capture_end(m, s, p + 1);
            on = false;
        } else if (*p == '$' && p + 1 == m->pattern_end) {
            s = s == m->source_end ? s : NULL;
            on = false;
        } else if (*p == ESCAPE) {
            on = match_escape(m, &s, &p);
        } else {
            on = match_item(m, &s, &p);
        }
    }
    m->depth_left++;
    return s;
}

// ---- results --------------------------------------------------------------------------------------------

static void push_capture(struct match *m, int l, const char *s, const char *end)
{
    if (l >= m->level) {
        if (l != 0) luaL_error(m->L, "invalid capture index %%%d", l + 1);
        lua_pushlstring(m->L, s, (size_t)(end - s)); // no capture at all: the whole match
    } else if (m->capture[l].len == CAPTURE_OPEN) {
        luaL_error(m->L, "unfinished capture");
    } else if (m->capture[l].len == CAPTURE_POSITION) {
        lua_pushinteger(m->L, m->capture[l].start - m->source + 1);
    } else {
        lua_pushlstring(m->L, m->capture[l].start, (size_t)m->capture[l].len);
    }
}

// All captures; the whole match if there are none and s is given.
static int push_captures(struct match *m, const char *s, const char *end)
{
    int n = m->level == 0 && s ? 1 : m->level;
    luaL_checkstack(m->L, n, "too many captures");
    for (int l = 0; l < n; l++) push_capture(m, l, s, end);
    return n;
}

static struct match match_of(lua_State *L, struct text source, struct text pattern)
{
    return (struct match){.L = L,
        .source = source.data,
        .source_end = source.data + source.len,
        .pattern_end = pattern.data + pattern.len};
}

static const char *match_at(struct match *m, const char *s, const char *p)
{
    m->level = 0;
    m->depth_left = DEPTH_MAX;
    return match(m, s, p);
}

static struct text text_arg(lua_State *L, int index)
{
    struct text t;
    t.data = luaL_checklstring(L, index, &t.len);
    return t;
}

// The optional start of a search, as an offset; more than the length means that nothing can be found.
static size_t start_arg(lua_State *L, int index, size_t len)
{
    lua_Integer at = luaL_optinteger(L, index, 1);
    if (at > 0) return (size_t)at - 1;
    if (at == 0 || at < -(lua_Integer)len) return 0;
    return len - (size_t)-at;
}

static bool has_specials(struct text pattern)
{
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.data[i] && strchr(SPECIALS, pattern.data[i])) return true;
    }
    return false;
}

// memmem is linear, where a plain search by memcmp can be made to take minutes.
static int find_plain(lua_State *L, struct text source, struct text wanted, size_t start)
{
    budget_charge(L, (source.len - start) / 16);
    const char *found = memmem(source.data + start, source.len - start, wanted.data, wanted.len);
    if (!found) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, found - source.data + 1);
    lua_pushinteger(L, (lua_Integer)((size_t)(found - source.data) + wanted.len));
    return 2;
}

static int search(lua_State *L, bool find)
{
    struct text source = text_arg(L, 1), pattern = text_arg(L, 2);
    size_t start = start_arg(L, 3, source.len);
    if (start > source.len) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || !has_specials(pattern))) return find_plain(L, source, pattern, start);
    bool anchor = pattern.len && *pattern.data == '^';
    const char *p = pattern.data + anchor;
    struct match m = match_of(L, source, pattern);
    for (const char *s = source.data + start; s <= m.source_end; s++) {
        const char *end = match_at(&m, s, p);
        if (end && find) {
            lua_pushinteger(L, s - source.data + 1);
            lua_pushinteger(L, end - source.data);
            return push_captures(&m, NULL, NULL) + 2;
        }
        if (end) return push_captures(&m, s, end);
        if (anchor) break;
    }
    lua_pushnil(L);
    return 1;
}

int lib_find(lua_State *L)
{
    return search(L, true);
}

int lib_match(lua_State *L)
{
    return search(L, false);
}

// Upvalues: source, pattern, offset to go on at, end of the last match (-1: none yet).
static int gmatch_step(lua_State *L)
{
    struct text source = text_arg(L, lua_upvalueindex(1)), pattern = text_arg(L, lua_upvalueindex(2));
    size_t at = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last_end = lua_tointeger(L, lua_upvalueindex(4));
    struct match m = match_of(L, source, pattern);
    for (; at <= source.len; at++) {
        const char *end = match_at(&m, source.data + at, pattern.data);
        if (!end || end - source.data == last_end) continue; // an empty match right after the last one
        lua_pushinteger(L, end - source.data);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, source.data + at, end);
    }
    return 0;
}

int lib_gmatch(lua_State *L)
{
    struct text source = text_arg(L, 1);
    text_arg(L, 2);
    size_t start = start_arg(L, 3, source.len);
    lua_settop(L, 2);
    lua_pushinteger(L, start > source.len ? (lua_Integer)source.len + 1 : (lua_Integer)start);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_step, 4);
    return 1;
}

// ---- gsub -----------------------------------------------------------------------------------------------

enum { REPLACEMENT = 3 };

// Adds the replacement text with its %0 to %9.
static void add_template(struct match *m, luaL_Buffer *out, const char *s, const char *end)
{
    lua_State *L = m->L;
    size_t len;
    const char *at = lua_tolstring(L, REPLACEMENT, &len), *stop = at + len;
    const char *percent;
    for (; (percent = memchr(at, ESCAPE, (size_t)(stop - at))); at = percent + 2) {
        luaL_addlstring(out, at, (size_t)(percent - at));
        char c = percent + 1 < stop ? percent[1] : 0;
        if (c == ESCAPE) {
            luaL_addchar(out, c);
        } else if (c == '0') {
            luaL_addlstring(out, s, (size_t)(end - s));
        } else if (isdigit((unsigned char)c)) {
            push_capture(m, c - '1', s, end);
            luaL_addvalue(out);
        } else {
            luaL_error(L, "invalid use of '%c' in replacement string", ESCAPE);
        }
        budget_charge(L, 1);
    }
    luaL_addlstring(out, at, (size_t)(stop - at));
}

// Adds what the table or the function says for this match; false and nil keep what was there.
static bool add_answer(struct match *m, luaL_Buffer *out, const char *s, const char *end)
{
    lua_State *L = m->L;
    if (lua_type(L, REPLACEMENT) == LUA_TFUNCTION) {
        lua_pushvalue(L, REPLACEMENT);
        lua_call(L, push_captures(m, s, end), 1);
    } else {
        push_capture(m, 0, s, end);
        lua_gettable(L, REPLACEMENT);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(end - s));
        return false;
    }
    if (!lua_isstring(L, -1)) luaL_error(L, "invalid replacement value (a %s)", luaL_typename(L, -1));
    luaL_addvalue(out);
    return true;
}

static bool add_replacement(struct match *m, luaL_Buffer *out, const char *s, const char *end)
{
    int type = lua_type(m->L, REPLACEMENT);
    if (type == LUA_TFUNCTION || type == LUA_TTABLE) return add_answer(m, out, s, end);
    add_template(m, out, s, end);
    return true;
}

static int gsub_body(lua_State *L)
{
    struct text source = text_arg(L, 1), pattern = text_arg(L, 2);
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)source.len + 1), n = 0;
    bool anchor = pattern.len && *pattern.data == '^', changed = false;
    const char *p = pattern.data + anchor, *s = source.data, *last_end = NULL;
    struct match m = match_of(L, source, pattern);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    while (n < most) {
        const char *end = match_at(&m, s, p);
        if (end && end != last_end) {
            n++;
            changed = add_replacement(&m, &out, s, end) | changed;
            s = last_end = end;
        } else if (s < m.source_end) {
            luaL_addchar(&out, *s++);
        } else {
            break;
        }
        if (anchor) break;
    }
    if (!changed) {
        lua_pushvalue(L, 1);
    } else {
        luaL_addlstring(&out, s, (size_t)(m.source_end - s));
        luaL_pushresult(&out);
    }
    lua_pushinteger(L, n);
    return 2;
}

int lib_gsub(lua_State *L)
{
    int type = lua_type(L, REPLACEMENT);
    luaL_argexpected(L,
        type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TTABLE || type == LUA_TFUNCTION,
        REPLACEMENT, "string/function/table");
    if (type == LUA_TNUMBER) lua_tostring(L, REPLACEMENT);
    if (type == LUA_TFUNCTION) return lib_without_steps(L, gsub_body, "string.gsub");
    return gsub_body(L);
}
