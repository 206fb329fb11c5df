// SPDX-License-Identifier: MIT
// response: see response.h.
#include "engine/response.h"

#include "base/hash.h"

#include <string.h>

static const char *const known[] = {"status", "body", "type", "headers", "stream", "note", "redirect", "away",
    "cookies", "certificate"};

void response_short(int status, const char *note, struct buf *out)
{
    struct record_map map;
    record_map_init(&map);
    record_map_int(&map, "status", status);
    record_map_text(&map, "note", text_of(note));
    record_map_end(&map, out);
}

// A misspelt field would quietly be no field at all.
static int check_fields(struct record said, struct err *e)
{
    if (record_kind(said) != RECORD_MAP)
        return err_set(e, ERR_INPUT, "a route returns a table { status =, body =, ... }, or nil");
    for (struct record_iter it = record_each(said); record_next(&it);) {
        struct text name = {0};
        bool found = false;
        record_text(it.key, &name);
        for (size_t i = 0; i < sizeof known / sizeof *known; i++) found |= text_is(name, known[i]);
        if (!found) return err_set(e, ERR_INPUT, "a response has no field '%.*s'", (int)name.len, name.data);
    }
    return 0;
}

// Visible ASCII without what ends or splits a header.
static bool is_clean(struct text t, const char *without)
{
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] <= ' ' || t.data[i] > '~' || strchr(without, t.data[i])) return false;
    }
    return t.len > 0;
}

static int put_cookie(struct buf *list, struct record cookie, bool secure, struct err *e)
{
    struct text name = record_get_text(cookie, "name"), value = record_get_text(cookie, "value");
    struct text path = record_get_text(cookie, "path");
    int64_t max_age = record_get_int(cookie, "max_age", -1);
    struct buf text;
    if (!is_clean(name, "()<>@,;:\\\"/[]?={}") || (value.len && !is_clean(value, "\",;\\")) ||
        (path.len && !is_clean(path, ";,\"")))
        return err_set(e, ERR_INPUT,
            "a cookie's name, value and path are plain letters without ; , and quotes");
    buf_init(&text, 4096);
    buf_addt(&text, name);
    buf_addc(&text, '=');
    buf_addt(&text, value);
    buf_addz(&text, "; Path=");
    buf_addt(&text, path.len ? path : TEXT("/"));
    if (max_age >= 0) buf_addf(&text, "; Max-Age=%lld", (long long)max_age);
    buf_addz(&text, "; HttpOnly; SameSite=");
    buf_addz(&text, record_get_bool(cookie, "strict", false) ? "Strict" : "Lax");
    if (secure) buf_addz(&text, "; Secure");
    record_put_text(list, buf_text(&text));
    int failed = text.over ? err_set(e, ERR_LIMIT, "a cookie has at most 4 KiB") : 0;
    buf_release(&text);
    return failed;
}

static int put_cookies(struct record_map *map, struct record cookies, bool secure, struct err *e)
{
    if (!cookies.data) return 0;
    struct buf *list = record_map_key(map, "cookies");
    int failed = 0;
    record_put_list(list, record_count(cookies));
    for (struct record_iter it = record_each(cookies); record_next(&it);) {
        if (failed || (failed = put_cookie(list, it.value, secure, e))) record_put_nil(list);
    }
    return failed;
}

// Where to go on: a path of ours, which can't name another host, or an address that the script itself says.
static int check_location(struct text redirect, struct text away, struct err *e)
{
    bool local = redirect.len && redirect.data[0] == '/' && is_clean(redirect, "\\\"<>") &&
                 (redirect.len == 1 || redirect.data[1] != '/');
    if (redirect.len && !local)
        return err_set(e, ERR_INPUT,
            "redirect goes to a path of this site, as in \"/thanks\": for another site write away");
    bool web = away.len > 8 && (!memcmp(away.data, "https://", 8) || !memcmp(away.data, "http://", 7));
    if (away.len && (!web || !is_clean(away, "\\\"<>")))
        return err_set(e, ERR_INPUT, "away is a whole web address, as in \"https://zoom.example/j/1\"");
    return redirect.len && away.len ? err_set(e, ERR_INPUT, "redirect and away: say one of them") : 0;
}

static void put_headers(struct record_map *map, struct record given, struct text location)
{
    struct record_map headers;
    record_map_init(&headers);
    for (struct record_iter it = record_each(given); record_next(&it);) {
        struct buf *pair = record_map_pair(&headers);
        record_put(pair, it.key);
        record_put(pair, it.value);
    }
    if (location.len) record_map_text(&headers, "location", location);
    record_map_close(&headers, record_map_key(map, "headers"));
}

// The page follows from what it says, so who has it already need not have it drawn again.
static void put_certificate(struct record_map *map, struct record certificate)
{
    struct buf etag;
    struct hash hash = hash_of((struct text){(const char *)certificate.data, certificate.len});
    buf_init(&etag, 64);
    buf_addc(&etag, '"');
    hash_base64url((struct text){(char *)hash.bytes, 12}, &etag);
    buf_addc(&etag, '"');
    record_map_text(map, "etag", buf_text(&etag));
    record_map_value(map, "certificate", certificate);
    buf_release(&etag);
}

static int make(struct record said, bool secure, struct buf *out, struct err *e)
{
    static const char *const same[] = {"body", "type", "stream", "note"};
    struct text redirect = record_get_text(said, "redirect"), away = record_get_text(said, "away");
    struct record_map map;
    int failed = check_fields(said, e);
    if (!failed) failed = check_location(redirect, away, e);
    if (failed) return failed;
    record_map_init(&map);
    record_map_int(&map, "status", record_get_int(said, "status", redirect.len || away.len ? 303 : 200));
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        record_map_value(&map, same[i], record_get(said, same[i]));
    struct record certificate = record_get(said, "certificate");
    if (certificate.data) put_certificate(&map, certificate);
    put_headers(&map, record_get(said, "headers"), redirect.len ? redirect : away);
    failed = put_cookies(&map, record_get(said, "cookies"), secure, e);
    record_map_end(&map, out);
    return failed;
}

int response_make(struct engine *g, struct record said, bool secure, struct buf *out, struct err *e)
{
    struct buf revealed;
    buf_init(&revealed, RECORD_LEN_MAX);
    int failed = engine_reveal(g, said, &revealed, e);
    if (!failed) failed = make((struct record){(uint8_t *)revealed.data, revealed.len}, secure, out, e);
    buf_release(&revealed);
    return failed;
}
