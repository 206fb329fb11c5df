// SPDX-License-Identifier: MIT
#include "lua/config.h"

#include "base/nearest.h"
#include "engine/value.h"

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

// "section.name": type. What is not here is not known.
static const struct {
    const char *section, *name, *type;
} known[] = {
    {NULL, "smtp", "table"},
    {NULL, "mail", "table"},
    {NULL, "web", "table"},
    {NULL, "mailbox", "table"},
    {NULL, "limits", "table"},
    {NULL, "allow_private", "table"},
    {NULL, "database", "string"},
    {NULL, "outbox", "string"},
    {NULL, "control", "string"},
    {NULL, "secrets", "string"},
    {"smtp", "host", "string"},
    {"smtp", "port", "number"},
    {"smtp", "tls", "string"},
    {"smtp", "user", "string"},
    {"smtp", "password", "string"},
    {"smtp", "connections", "number"},
    {"smtp", "per_hour", "number"},
    {"smtp", "per_minute", "number"},
    {"smtp", "hello", "string"},
    {"smtp", "timeout_seconds", "number"},
    {"smtp", "ca_file", "string"},
    {"mail", "from", "string"},
    {"web", "listen", "string"},
    {"web", "base_url", "string"},
    {"web", "proxies", "table"},
    {"web", "tls_cert", "string"},
    {"web", "tls_key", "string"},
    {"web", "connections", "number"},
    {"web", "per_address", "number"},
    {"web", "head_seconds", "number"},
    {"web", "body_seconds", "number"},
    {"web", "idle_seconds", "number"},
    {"mail", "bounces", "string"},
    {"mail", "hourly_max", "number"},
    {"mail", "only", "table"},
    {NULL, "machine_id", "string"},
    {"mailbox", "host", "string"},
    {"mailbox", "port", "number"},
    {"mailbox", "tls", "string"},
    {"mailbox", "user", "string"},
    {"mailbox", "password", "string"},
    {"mailbox", "folder", "string"},
    {"mailbox", "every_seconds", "number"},
    {"mailbox", "timeout_seconds", "number"},
    {"mailbox", "ca_file", "string"},
    {"limits", "http_connections", "number"},
};
#define KNOWN_N (sizeof known / sizeof *known)

struct secrets {
    int (*find)(void *ctx, const char *name, struct buf *out, struct err *e);
    void *ctx;
};

static int get_secret(lua_State *L)
{
    struct secrets *s = lua_touserdata(L, lua_upvalueindex(1));
    struct buf value;
    struct err e = {0};
    const char *name = luaL_checkstring(L, 1);
    buf_init(&value, 65536);
    int failed = s->find(s->ctx, name, &value, &e);
    lua_pushlstring(L, buf_z(&value), value.len);
    buf_release(&value);
    return failed ? luaL_error(L, "%s", e.text) : 1;
}

static bool same_section(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static int check_name(const char *section, const char *name, const char *type, struct err *e)
{
    const char *words[KNOWN_N];
    size_t n = 0;
    const char *dot = section ? "." : "";
    for (size_t i = 0; i < KNOWN_N; i++) {
        if (!same_section(known[i].section, section)) continue;
        words[n++] = known[i].name;
        if (strcmp(known[i].name, name) != 0) continue;
        if (strcmp(known[i].type, type) == 0) return 0;
        return err_set(e, ERR_INPUT, "'%s%s%s' must be a %s and is a %s", section ? section : "", dot, name,
            known[i].type, type);
    }
    const char *near = nearest_word(text_of(name), words, n);
    return err_set(e, ERR_INPUT, "no setting '%s%s%s'%s%s%s", section ? section : "", dot, name,
        near ? " (did you mean '" : "", near ? near : "", near ? "'?)" : "");
}

// Checks the table on top of the stack, and the tables in it that are sections.
static int check_table(lua_State *L, const char *section, struct err *e)
{
    int failed = 0;
    for (lua_pushnil(L); !failed && lua_next(L, -2);) {
        if (lua_type(L, -2) != LUA_TSTRING) {
            failed = err_set(e, ERR_INPUT, "settings have names: write name = value");
        } else {
            const char *name = lua_tostring(L, -2);
            failed = check_name(section, name, luaL_typename(L, -1), e);
            if (!failed && !section && lua_istable(L, -1) && strcmp(name, "allow_private") != 0)
                failed = check_table(L, name, e);
        }
        lua_pop(L, failed ? 2 : 1);
    }
    return failed;
}

static int run(lua_State *L, const char *path, struct text source, struct buf *out, struct err *e)
{
    if (luaL_loadbufferx(L, source.data, source.len, lua_pushfstring(L, "@%s", path), "t")) {
        return err_set(e, ERR_INPUT, "%s", lua_tostring(L, -1));
    }
    lua_newtable(L); // what the file sets
    lua_newtable(L); // its metatable: what the file may call
    lua_newtable(L);
    lua_getfield(L, LUA_REGISTRYINDEX, "usher.secret");
    lua_setfield(L, -2, "secret");
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setupvalue(L, -3, 1);
    lua_insert(L, -2);
    if (lua_pcall(L, 0, 1, 0)) return err_set(e, ERR_INPUT, "%s", lua_tostring(L, -1));
    if (!lua_isnil(L, -1)) // the habit of other programs; taken in silence it would mean "no settings at all"
        return err_set(e, ERR_INPUT, "%s: write the settings as name = value, without return", path);
    lua_pop(L, 1);
    int failed = check_table(L, NULL, e);
    if (failed) return err_in(e, "%s", path);
    lua_pushnil(L);
    lua_setmetatable(L, -2);
    return value_encode(L, -1, out, e);
}

int config_read(const char *path, struct text source,
    int (*secret)(void *ctx, const char *name, struct buf *out, struct err *e), void *ctx, struct buf *out,
    struct err *e)
{
    struct secrets secrets = {secret, ctx};
    lua_State *L = luaL_newstate(); // a file of the operator's own: no budget, but also no library
    lua_pushlightuserdata(L, &secrets);
    lua_pushcclosure(L, get_secret, 1);
    lua_setfield(L, LUA_REGISTRYINDEX, "usher.secret");
    int failed = run(L, path, source, out, e);
    lua_close(L);
    return failed;
}
