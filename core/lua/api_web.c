// SPDX-License-Identifier: MIT
// api_web: pages and forms: which function answers to which address, and the tokens in people's links.
#include "engine/link.h"
#include "engine/route.h"
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <string.h>

#define BODY_MAX (8 << 20)
#define FRESH_MAX 64

static struct route *declare(lua_State *L, const char *func, const char *method, int path_at)
{
    struct script *s = context_check(L, func, CALL_AT_TOP);
    const char *path = check_text(L, path_at, func, "path").data;
    const char *problem = route_check(path);
    if (problem) luaL_error(L, "%s: '%s': %s", func, path, problem);
    for (const struct route *r = s->routes; r; r = r->next) {
        if (strcmp(r->method, method) == 0 && strcmp(r->path, path) == 0)
            luaL_error(L, "%s: there is a route %s %s already", func, method, path);
    }
    return route_add(s, method, path);
}

static const char *check_method(lua_State *L, const char *func)
{
    const char *method = check_text(L, 1, func, "method").data;
    if (strcmp(method, "GET") != 0 && strcmp(method, "POST") != 0)
        luaL_error(L, "%s: the method is GET (looks) or POST (changes), not '%s'", func, method);
    return method;
}

/// usher.http.route(method, path, fn, options) -> nothing
/// Answers requests to an address of this installation: fn(request) -> { status = 200, body = , type = ,
/// headers = , cookies = , redirect = "/path", away = "https://...", stream = topic, certificate = { } (a
/// page that is drawn, as in usher.mail; say its type) }, or nil: not mine, and the next event is asked.
/// path: "/a/:token" (a :name stands for one part, in request.params). request has method, path, params,
/// query, form, form_all, files, headers, cookies, body, address, secure, host. A GET route changes nothing;
/// any other is one transaction, and its answer leaves when that is on disk. options.look: fn(request) -> {
/// name = { ask = "pending" } }, lists of the database that come as request.seen.name. options.body: most
/// bytes of a body (64 KiB). options.walk: it goes through all that is known, and may take seconds; for pages
/// behind a login only. options.open: also for forms and programs of other sites. options.all: every
/// event with this route gets the request, and the first answer leaves that refuses nothing (a status under
/// 400), else the first; then look is not asked. Errors: a path or a method that is none; a route twice.
/// Example: usher.http.route("GET", "/hello/:name", function(request)
/// return { type = "text/plain", body = "Hello " .. request.params.name } end)
static int api_route(lua_State *L)
{
    static const struct option options[] = {{"look", "function?"}, {"body", "int?"}, {"open", "bool?"},
        {"all", "bool?"}, {"walk", "bool?"}, {0}};
    const char *method = check_method(L, "usher.http.route");
    luaL_checktype(L, 3, LUA_TFUNCTION);
    lua_settop(L, 4);
    int64_t body_max = ROUTE_BODY_MAX;
    if (!lua_isnil(L, 4)) {
        check_options(L, 4, "usher.http.route", options, 0);
        body_max = option_int(L, 4, "body", ROUTE_BODY_MAX);
        if (body_max < 0 || body_max > BODY_MAX)
            return luaL_error(L, "usher.http.route: body is a number of bytes, at most 8 MiB");
    }
    struct route *r = declare(L, "usher.http.route", method, 2);
    r->body_max = (size_t)body_max;
    lua_pushvalue(L, 3);
    r->function = luaL_ref(L, LUA_REGISTRYINDEX);
    if (lua_isnil(L, 4)) return 0;
    r->open = option_bool(L, 4, "open", false);
    r->all = option_bool(L, 4, "all", false);
    r->walks = option_bool(L, 4, "walk", false);
    if (lua_getfield(L, 4, "look") != LUA_TNIL) r->look = luaL_ref(L, LUA_REGISTRYINDEX);
    return 0;
}

/// usher.http.static(path, options) -> nothing
/// Answers GET requests to an address with what never changes while this version of the script runs: a style
/// sheet, a picture. options.type ("text/css"), options.data (the bytes). Browsers that have it are told so.
/// Errors: a path that is none; a route twice.
/// Example: usher.http.static("/static/hello.txt", { type = "text/plain", data = "Hello" })
static int api_static(lua_State *L)
{
    static const struct option options[] = {{"type", "text"}, {"data", "text"}, {0}};
    check_options(L, 2, "usher.http.static", options, 0);
    struct text type = option_text(L, 2, "type"), data = option_text(L, 2, "data");
    struct route *r = declare(L, "usher.http.static", "GET", 1);
    struct hash hash = hash_of(data);
    struct record_map map, headers;
    struct buf etag, response;
    buf_init(&etag, 128);
    buf_init(&response, RECORD_LEN_MAX + 4096);
    buf_addc(&etag, '"');
    hash_base64url((struct text){(char *)hash.bytes, 12}, &etag);
    buf_addc(&etag, '"');
    record_map_init(&map);
    record_map_int(&map, "status", 200);
    record_map_text(&map, "type", type);
    record_map_text(&map, "body", data);
    record_map_text(&map, "etag", buf_text(&etag));
    record_map_init(&headers);
    record_map_text(&headers, "cache-control", TEXT("public, max-age=300"));
    record_map_end(&headers, record_map_key(&map, "headers"));
    record_map_end(&map, &response);
    r->fixed.data = (const uint8_t *)buf_take(&response, &r->fixed.len);
    buf_release(&etag);
    return 0;
}

/// usher.http.url(path) -> text | nil
/// The whole web address of a path of this installation, for mails; nil when it has no web address. Errors: a
/// path that does not begin with /.
/// Example: local page = usher.http.url("/about") or "our office"
static int api_url(lua_State *L)
{
    struct script *s = script_of(L);
    struct text path = check_text(L, 1, "usher.http.url", "path");
    if (path.data[0] != '/') return luaL_error(L, "usher.http.url: a path begins with /");
    if (s->engine->options.base_url) lua_pushfstring(L, "%s%s", s->engine->options.base_url, path.data);
    else lua_pushnil(L);
    return 1;
}

/// usher.http.push(topic, text) -> nothing
/// Tells whoever has a page open that hears this topic (a route that returned { stream = topic }), once what
/// is changed here is on disk. Nobody hearing it is no error. Errors: a use in a flow's own code or a GET
/// route.
/// Example: usher.on("tell", function(r) usher.http.push("news", r.text) end)
static int api_push(lua_State *L)
{
    struct script *s = context_check(L, "usher.http.push", CALL_IN_DECIDE | CALL_IN_HANDLER);
    promise_push(s->engine, check_text(L, 1, "usher.http.push", "topic"),
        check_text(L, 2, "usher.http.push", "text"));
    return 0;
}

static struct text event_name(const struct script *s)
{
    return text_of(s->event ? s->event->name : s->event_name);
}

/// usher.link.make(purpose, subject, options) -> text
/// A token for a link: it stands for the subject (a person's key, at most 200 bytes), for this purpose and
/// this event. Nobody can guess, read or change one. options.expires: a time in milliseconds, else it holds
/// for ever; options.generation: a number that usher.link.read gives back. Errors: a subject too long.
/// Example: usher.on("token", function(r) return usher.link.make("join", r.person) end)
static int api_link_make(lua_State *L)
{
    static const struct option options[] = {{"expires", "int?"}, {"generation", "int?"}, {0}};
    struct script *s = context_check(L, "usher.link.make", CALL_ANYWHERE);
    struct text purpose = context_name(L, 1, "usher.link.make");
    struct text subject = check_text(L, 2, "usher.link.make", "subject");
    if (subject.len > LINK_SUBJECT_MAX)
        return luaL_error(L, "usher.link.make: the subject has more than %d bytes", LINK_SUBJECT_MAX);
    struct instant expires = {0};
    uint32_t generation = 0;
    if (!lua_isnoneornil(L, 3)) {
        check_options(L, 3, "usher.link.make", options, 0);
        expires.ms = option_int(L, 3, "expires", 0);
        generation = (uint32_t)option_int(L, 3, "generation", 0);
    }
    struct buf token;
    buf_init(&token, 1024);
    link_make(s->engine, event_name(s), purpose, subject, expires, generation, &token);
    lua_pushlstring(L, buf_z(&token), token.len);
    buf_release(&token);
    return 1;
}

/// usher.link.read(purpose, token) -> subject, generation | nil, why
/// For whom a token of usher.link.make was made. why: "wrong" (none of this purpose and event, or changed on
/// the way) or "expired". Errors: none.
/// Example: usher.on("read", function(r) return { usher.link.read("join", r.token) } end)
static int api_link_read(lua_State *L)
{
    struct script *s = context_check(L, "usher.link.read", CALL_ANYWHERE);
    struct text purpose = context_name(L, 1, "usher.link.read");
    struct text token = check_text(L, 2, "usher.link.read", "token");
    struct buf subject;
    uint32_t generation;
    buf_init(&subject, LINK_SUBJECT_MAX);
    enum link_state state = link_read(s->engine, event_name(s), purpose, token, &subject, &generation);
    if (state == LINK_FINE) {
        lua_pushlstring(L, buf_z(&subject), subject.len);
        lua_pushinteger(L, generation);
    } else {
        lua_pushnil(L);
        lua_pushstring(L, state == LINK_EXPIRED ? "expired" : "wrong");
    }
    buf_release(&subject);
    return 2;
}

/// usher.fresh(bytes) -> text
/// Letters, digits, - and _ from so many random bytes (default 16): a key that nobody can guess and that says
/// nothing. Only in handlers and POST routes: a flow has usher.token. Errors: a use elsewhere.
/// Example: usher.on("ticket", function() return usher.fresh() end)
static int api_fresh(lua_State *L)
{
    struct script *s = context_check(L, "usher.fresh", CALL_IN_HANDLER);
    struct engine *g = s->engine;
    size_t n = (size_t)luaL_optinteger(L, 1, 16);
    uint8_t bytes[FRESH_MAX];
    luaL_argcheck(L, n >= 1 && n <= FRESH_MAX, 1, "usher.fresh: from 1 to 64 bytes");
    if (!g->options.rehearsal) random_bytes(bytes, n);
    for (size_t i = 0; g->options.rehearsal && i < n;
         i += HASH_LEN) { // two rehearsals are the same to the byte
        char count[32];
        snprintf(count, sizeof count, "fresh %llu", (unsigned long long)++g->fresh_n);
        struct hash h = hash_derive((struct text){g->secret, HASH_LEN}, text_of(count));
        memcpy(bytes + i, h.bytes, n - i < HASH_LEN ? n - i : HASH_LEN);
    }
    struct buf text;
    buf_init(&text, 2 * FRESH_MAX);
    hash_base64url((struct text){(char *)bytes, n}, &text);
    lua_pushlstring(L, buf_z(&text), text.len);
    buf_release(&text);
    return 1;
}

/// usher.events() -> list of { id = , title = , zone = }
/// The events that this usher runs, in the order in which they were loaded. Errors: a use outside handlers
/// and routes.
/// Example: usher.on("all", function() return usher.events() end)
static int api_events(lua_State *L)
{
    struct script *s = context_check(L, "usher.events", CALL_IN_HANDLER | CALL_IN_LOOK);
    lua_Integer n = 0;
    lua_newtable(L);
    for (struct event *ev = s->engine->events; ev; ev = ev->next) {
        struct record about = ev->current->about;
        struct text title = record_get_text(about, "title"), zone = record_get_text(about, "zone");
        lua_createtable(L, 0, 3);
        lua_pushstring(L, ev->name);
        lua_setfield(L, -2, "id");
        lua_pushlstring(L, title.len ? title.data : ev->name, title.len ? title.len : strlen(ev->name));
        lua_setfield(L, -2, "title");
        lua_pushlstring(L, zone.len ? zone.data : "UTC", zone.len ? zone.len : 3);
        lua_setfield(L, -2, "zone");
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

void api_web_open(lua_State *L, int usher)
{
    static const luaL_Reg http[] = {{"route", api_route}, {"static", api_static}, {"url", api_url},
        {"push", api_push}, {0}};
    static const luaL_Reg link[] = {{"make", api_link_make}, {"read", api_link_read}, {0}};
    static const luaL_Reg functions[] = {{"fresh", api_fresh}, {"events", api_events}, {0}};
    lua_getfield(L, usher, "http");
    luaL_setfuncs(L, http, 0);
    lua_pop(L, 1);
    luaL_newlib(L, link);
    lua_setfield(L, usher, "link");
    lua_pushvalue(L, usher);
    luaL_setfuncs(L, functions, 0);
    lua_pop(L, 1);
}
