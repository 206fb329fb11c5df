// SPDX-License-Identifier: MIT
// api_http: usher.http.*, steps that ask another server over HTTP.
#include "engine/value.h"
#include "lua/api.h"
#include "lua/check.h"
#include "lua/context.h"

#include <string.h>

static const struct option http_options[] = {{"url", "text"}, {"method", "text?"}, {"headers", "table?"},
    {"json", "any?"}, {"body", "text?"}, {"timeout", "span?"}, {"as", "text?"}, {"was", "text?"},
    {"unsure", "text?"}, {"give_up", "moment?"}, {"rehearse", "table?"}, {"oauth", "table?"},
    {"repeatable", "bool?"}, {"about", "table?"}, {"to", "text?"}, {"approval", "table?"}, {0}};

static const struct option oauth_options[] = {{"token", "text"}, {"client", "text"}, {"secret", "text"},
    {"form", "table?"}, {0}};

// The step's name, or method and path of the URL when it has none: "GET api.example/people".
static struct text name_of(lua_State *L, const char *method)
{
    if (lua_geti(L, 1, 1) != LUA_TNIL) return context_name(L, -1, "usher.http");
    struct text url = option_text(L, 1, "url");
    const char *from = strstr(url.data, "://");
    from = from ? from + 3 : url.data;
    lua_pushfstring(L, "%s %s", method, from);
    char *name = (char *)lua_tostring(L, -1);
    size_t len = strcspn(name, "?#");
    lua_pushlstring(L, name, len > 120 ? 120 : len);
    return context_name(L, -1, "usher.http");
}

static void put_json(struct record_map *map, const char *key, struct record value)
{
    struct buf json;
    buf_init(&json, RECORD_LEN_MAX);
    record_print_json(value, &json);
    record_map_text(map, key, buf_text(&json));
    buf_release(&json);
}

static int encode_option(lua_State *L, const char *name, struct buf *out, struct err *e)
{
    bool there = lua_getfield(L, 1, name) != LUA_TNIL;
    int failed = there ? value_encode(L, -1, out, e) : 0;
    lua_pop(L, 1);
    return failed ? err_in(e, "%s", name) : 0;
}

static int put_option(lua_State *L, const char *name, struct record_map *map, struct err *e)
{
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    int failed = encode_option(L, name, &value, e);
    if (!failed && value.len) record_map_value(map, name, (struct record){(uint8_t *)value.data, value.len});
    buf_release(&value);
    return failed;
}

// What is written into a script stands in its versions, which are kept for good.
static void check_oauth(lua_State *L)
{
    if (lua_getfield(L, 1, "oauth") != LUA_TNIL) {
        check_options(L, lua_gettop(L), "usher.http: oauth", oauth_options, 0);
        if (strncmp(option_text(L, lua_gettop(L), "secret").data, "{{secret:", 9) != 0)
            luaL_error(L,
                "usher.http: oauth: secret is kept outside the script: write usher.secret(\"NAME\")");
    }
    lua_pop(L, 1);
}

// hash(flow, key): a server that knows the header does the thing once, however often it is asked.
static void put_idempotency_key(struct engine *g, struct branch *b, const char *key, struct record_map *map)
{
    struct hash seed = flow_seed(g, b->flow);
    struct hash id = hash_derive((struct text){(char *)seed.bytes, HASH_LEN}, text_of(key));
    struct buf text;
    buf_init(&text, 64);
    hash_base64url((struct text){(char *)id.bytes, 16}, &text);
    record_map_text(map, "idempotency_key", buf_text(&text));
    buf_release(&text);
}

// What goes on the wire, whole or not at all. Nothing in here raises.
static int put_args(lua_State *L, struct branch *b, const char *method, struct text name, int64_t timeout_ms,
    struct buf *out, struct err *e)
{
    struct engine *g = script_of(L)->engine;
    struct text as = option_text(L, 1, "as");
    static const char *const same[] = {"headers", "rehearse", "oauth", "about", "to", "approval"};
    struct record_map map;
    struct buf json;
    buf_init(&json, RECORD_LEN_MAX);
    int failed = encode_option(L, "json", &json, e);
    record_map_init(&map);
    record_map_text(&map, "method", text_of(method));
    record_map_text(&map, "url", option_text(L, 1, "url"));
    record_map_int(&map, "timeout_ms", timeout_ms);
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!failed) failed = put_option(L, same[i], &map, e);
    if (option_there(L, 1, "body")) record_map_text(&map, "body", option_text(L, 1, "body"));
    if (json.len) {
        put_json(&map, "body", (struct record){(uint8_t *)json.data, json.len});
        record_map_bool(&map, "is_json", true);
    }
    if (option_bool(L, 1, "repeatable", true))
        put_idempotency_key(g, b, step_next_key(b, STEP_KIND_HTTP, name, as), &map);
    record_map_end(&map, out);
    buf_release(&json);
    if (!failed && out->over) failed = err_set(e, ERR_LIMIT, "the request is longer than 8 MiB");
    return failed;
}

// The stored answer, with its body decoded when it is JSON.
static int push_response(lua_State *L, struct step *s)
{
    value_push(L, s->value);
    struct text body = record_get_text(s->value, "body");
    struct text type = record_get_text(record_get(s->value, "headers"), "content-type");
    bool json = type.len >= 16 && strncmp(type.data, "application/json", 16) == 0;
    struct buf value;
    buf_init(&value, RECORD_LEN_MAX);
    if (json && record_from_json(body, &value, NULL) == 0) {
        value_push(L, (struct record){(uint8_t *)value.data, value.len});
        lua_setfield(L, -2, "json");
    }
    buf_release(&value);
    return 1;
}

static int request(lua_State *L, const char *method)
{
    struct script *s = context_check_wait(L, "usher.http");
    check_options(L, 1, "usher.http", http_options, 1);
    lua_settop(L, 1);
    struct branch *b = context_branch(L);
    struct text name = name_of(L, method);
    if (option_there(L, 1, "json") && option_there(L, 1, "body"))
        return luaL_error(L, "usher.http: say json or body, not both");
    check_oauth(L);
    enum unsure unsure = check_unsure(L, "usher.http", UNSURE_RESEND);
    int64_t timeout_ms = 30 * SECOND_MS;
    if (lua_getfield(L, 1, "timeout") != LUA_TNIL) timeout_ms = check_span(L, -1, "usher.http", "timeout");
    struct instant give_up = {0};
    if (lua_getfield(L, 1, "give_up") != LUA_TNIL) give_up = check_moment(L, -1, "usher.http", "give_up");
    struct buf args;
    buf_init(&args, RECORD_LEN_MAX);
    struct err e = {0};
    if (put_args(L, b, method, name, timeout_ms, &args, &e)) {
        buf_release(&args);
        return luaL_error(L, "usher.http: %s", e.text);
    }
    struct ask ask = {.kind = STEP_KIND_HTTP,
        .name = name,
        .subject = option_text(L, 1, "as"),
        .was = option_text(L, 1, "was"),
        .line = context_line(L),
        .late_after = give_up,
        .args = {(uint8_t *)args.data, args.len},
        .unsure = unsure};
    struct step *step = step_ask(s->engine, b, &ask);
    buf_release(&args);
    return context_wait(L, step, push_response);
}

/// usher.http.get(options) -> response
/// Asks another server by GET. The first value is the step's name (default: method and path). url: https or
/// http; headers: map; timeout: a duration for the whole exchange (default 30 s); as: part of the step's
/// identity; was: its name in the version before; give_up: a moment; unsure: as in usher.mail (default
/// "resend", with an Idempotency-Key); repeatable = false: without that key, for servers that do not know it,
/// so what a POST may have done already is not asked again by itself; oauth: { token = URL, client = , secret
/// = usher.secret(NAME), form = { grant_type = ... } }: the request shows a token of OAuth 2.0, which usher
/// fetches there, keeps in memory only and renews; about and approval: as in usher.mail; to: whom the request
/// reaches, when it is a message to somebody: then it leaves neither for practice nor where only some mails
/// may (mail.only); rehearse: { status = , json = or body = }, the answer in a rehearsal. Comes back with
/// { status = , headers = , body = , json = } or { status = 0, why = }, with unsure = true when nobody knows
/// whether it was done. 408, 425, 429 and 5xx are tried again. Addresses inside the own network are refused
/// unless the configuration allows them. Errors: an unknown option; a secret of oauth that the script shows.
/// Example: usher.flow("news", function()
/// local r = usher.http.get { "news", url = "https://news.example/today.json",
/// rehearse = { status = 200, json = { items = {} } } } end)
static int api_get(lua_State *L)
{
    return request(L, "GET");
}

/// usher.http.post(options) -> response
/// Like usher.http.get, by POST: json (any value) or body (text) is what is sent. The Idempotency-Key header,
/// the same in every attempt, lets the other server do it once. Errors: both json and body.
/// Example: usher.flow("ready", function()
/// usher.http.post { "chat", url = "https://chat.example/hook", json = { text = "ready" },
/// rehearse = { status = 200 } } end)
static int api_post(lua_State *L)
{
    return request(L, "POST");
}

/// usher.http.put(options) -> response
/// Like usher.http.post, by PUT. Errors: both json and body.
/// Example: usher.flow("seats", function()
/// usher.http.put { "seat", url = "https://rooms.example/1", json = { seats = 30 },
/// rehearse = { status = 204 } } end)
static int api_put(lua_State *L)
{
    return request(L, "PUT");
}

/// usher.http.patch(options) -> response
/// Like usher.http.post, by PATCH. Errors: both json and body.
/// Example: usher.flow("seats", function()
/// usher.http.patch { "seat", url = "https://rooms.example/1", json = { seats = 31 },
/// rehearse = { status = 200 } } end)
static int api_patch(lua_State *L)
{
    return request(L, "PATCH");
}

/// usher.http.delete(options) -> response
/// Like usher.http.get, by DELETE. Errors: an unknown option.
/// Example: usher.flow("seats", function()
/// usher.http.delete { "seat", url = "https://rooms.example/1", rehearse = { status = 204 } } end)
static int api_delete(lua_State *L)
{
    return request(L, "DELETE");
}

void api_http_open(lua_State *L, int usher)
{
    static const luaL_Reg functions[] = {{"get", api_get}, {"post", api_post}, {"put", api_put},
        {"patch", api_patch}, {"delete", api_delete}, {0}};
    luaL_newlib(L, functions);
    lua_setfield(L, usher, "http");
}
