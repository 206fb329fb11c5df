// SPDX-License-Identifier: MIT
#include "world/http_request.h"

#include "base/instant.h"
#include "world/oauth.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define URL_MAX 8000
#define HEADER_MAX 8192
#define HEADERS_MAX 64

static const struct method {
    const char *name;
    bool repeatable; // by its definition, RFC 9110 9.2.2
    bool body;
} methods[] = {
    {"GET", true, false},
    {"HEAD", true, false},
    {"OPTIONS", true, false},
    {"POST", false, true},
    {"PUT", true, true},
    {"PATCH", false, true},
    {"DELETE", true, true},
};

static const struct method *find_method(struct text name)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_is(name, methods[i].name)) return &methods[i];
    return NULL;
}

static void set_method(struct http_request *r, const struct method *method)
{
    memcpy(r->method, method->name, strlen(method->name) + 1);
    r->repeatable = method->repeatable;
}

// Headers that say how the message is framed or where it goes are the transport's.
static bool is_transport_header(struct text name)
{
    static const char *const names[] = {"host", "content-length", "transfer-encoding", "connection",
        "keep-alive", "upgrade", "te", "trailer", "expect", "proxy-authorization", "proxy-connection"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (name.len == strlen(names[i]) && !strncasecmp(name.data, names[i], name.len)) return true;
    return false;
}

static bool is_token(struct text t)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i], low = c | 0x20;
        bool fine = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || (c && strchr(others, c));
        if (!fine) return false;
    }
    return t.len > 0;
}

static bool is_one_line(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f) return false;
    }
    return true;
}

static int add_header(struct http_request *r, struct text name, struct text value, struct err *e)
{
    int shown = name.len > 80 ? 80 : (int)name.len;
    if (!is_token(name))
        return err_set(e, ERR_INPUT, "\"%.*s\" is no name of a header; use letters, digits and hyphens",
            shown, name.data);
    if (is_transport_header(name))
        return err_set(e, ERR_INPUT, "the header %.*s is set by usher itself; leave it out", shown,
            name.data);
    if (!is_one_line(value) || value.len > HEADER_MAX)
        return err_set(e, ERR_INPUT, "the header %.*s must be one line of at most %d bytes", shown, name.data,
            HEADER_MAX);
    struct buf line;
    buf_init(&line, URL_MAX + HEADER_MAX);
    buf_addt(&line, name);
    buf_addz(&line, value.len ? ": " : ";"); // curl's way to send a header without a value
    buf_addt(&line, value);
    r->headers = curl_slist_append(r->headers, buf_z(&line));
    buf_release(&line);
    return 0;
}

static bool has_header(const struct curl_slist *headers, const char *name)
{
    size_t len = strlen(name);
    for (; headers; headers = headers->next)
        if (!strncasecmp(headers->data, name, len) && strchr(":;", headers->data[len])) return true;
    return false;
}

static int read_headers(struct http_request *r, struct record args, struct err *e)
{
    struct record headers = record_get(args, "headers");
    if (record_count(headers) > HEADERS_MAX)
        return err_set(e, ERR_INPUT, "a request may have at most %d headers", HEADERS_MAX);
    for (struct record_iter it = record_each(headers); record_next(&it);) {
        struct text name, value;
        if (!it.map || !record_text(it.key, &name) || !record_text(it.value, &value))
            return err_set(e, ERR_INPUT, "headers must be a table of names and texts");
        if (add_header(r, name, value, e)) return -ERR_INPUT;
    }
    struct text key = record_get_text(args, "idempotency_key");
    if (key.len) {
        if (add_header(r, TEXT("Idempotency-Key"), key, e)) return -ERR_INPUT;
        r->repeatable = true;
    }
    if (!has_header(r->headers, "user-agent"))
        r->headers = curl_slist_append(r->headers, "User-Agent: usher/" USHER_VERSION);
    r->headers = curl_slist_append(r->headers, "Expect:"); // no pause before a body
    bool is_json = record_get_bool(args, "is_json", false);
    if (r->has_body && !has_header(r->headers, "content-type")) // curl would call it a form
        r->headers = curl_slist_append(r->headers,
            is_json ? "Content-Type: application/json" : "Content-Type:");
    return 0;
}

// The origin of a URL that is http or https and whole; NULL when it is not.
static char *origin_of(const char *url)
{
    CURLU *u = curl_url();
    char *scheme = NULL, *host = NULL, *port = NULL, *origin = NULL;
    if (curl_url_set(u, CURLUPART_URL, url, 0) || curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
        curl_url_get(u, CURLUPART_HOST, &host, 0) ||
        curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT))
        goto done;
    if (strcmp(scheme, "http") && strcmp(scheme, "https")) goto done;
    struct buf b;
    buf_init(&b, URL_MAX);
    buf_addf(&b, "%s://%s", scheme, host);
    if (strcmp(port, strcmp(scheme, "http") ? "443" : "80")) buf_addf(&b, ":%s", port);
    origin = buf_take(&b, NULL);
done:
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_url_cleanup(u);
    return origin;
}

static int read_url(struct http_request *r, struct text url, struct err *e)
{
    if (!url.len) return err_set(e, ERR_INPUT, "the request has no url");
    if (url.len > URL_MAX) return err_set(e, ERR_INPUT, "the url is longer than %d bytes", URL_MAX);
    r->url = mem_copy(url.data, url.len);
    r->origin = is_one_line(url) ? origin_of(r->url) : NULL;
    if (r->origin) return 0;
    return err_set(e, ERR_INPUT,
        "the url is not one that usher can ask; write it whole, like "
        "\"https://example.org/path\"");
}

static int64_t bounded(struct record args, const char *key, int64_t usual, int64_t least, int64_t most)
{
    int64_t n = record_get_int(args, key, usual);
    return n < least ? least : n > most ? most : n;
}

int http_request_init(struct http_request *r, struct record args, struct err *e)
{
    *r = (struct http_request){
        .timeout_ms = bounded(args, "timeout_ms", 30 * SECOND_MS, 1, 10 * MINUTE_MS),
        .redirects = bounded(args, "redirects", 5, 0, 20),
        .body_max = (size_t)bounded(args, "body_max", 1 << 20, 0, 7 << 20), // the result is one record
    };
    buf_init(&r->body, RECORD_LEN_MAX);
    struct text name = record_get_text(args, "method"), body = {0};
    const struct method *method = find_method(name.len ? name : TEXT("GET"));
    if (!method)
        return err_set(e, ERR_INPUT,
            "\"%.*s\" is no method that usher knows; use GET, HEAD, OPTIONS, POST, PUT, "
            "PATCH or DELETE",
            name.len > 20 ? 20 : (int)name.len, name.data);
    set_method(r, method);
    r->has_body = record_text(record_get(args, "body"), &body);
    if (r->has_body && !method->body)
        return err_set(e, ERR_INPUT, "a %s request has no body; use POST or PUT", method->name);
    buf_addt(&r->body, body);
    r->has_body = method->body && (r->has_body || !text_is(TEXT("DELETE"), method->name));
    if (read_url(r, record_get_text(args, "url"), e)) return -ERR_INPUT;
    if (record_get(args, "oauth").data && oauth_check_url(text_of(r->url), "the url", e)) return -ERR_INPUT;
    return read_headers(r, args, e);
}

void http_request_release(struct http_request *r)
{
    free(r->url);
    free(r->origin);
    curl_slist_free_all(r->headers);
    buf_release(&r->body);
    *r = (struct http_request){0};
}

static void drop_headers(struct http_request *r, bool (*goes)(const char *line))
{
    struct curl_slist *kept = NULL;
    for (struct curl_slist *h = r->headers; h; h = h->next)
        if (!goes(h->data)) kept = curl_slist_append(kept, h->data);
    curl_slist_free_all(r->headers);
    r->headers = kept;
}

static bool is_authorization(const char *line)
{
    return !strncasecmp(line, "authorization", 13) && strchr(":;", line[13]);
}

void http_request_authorize(struct http_request *r, const char *token)
{
    struct buf line;
    buf_init(&line, URL_MAX + HEADER_MAX);
    buf_addf(&line, "Authorization: Bearer %s", token);
    drop_headers(r, is_authorization);
    r->headers = curl_slist_append(r->headers, buf_z(&line));
    buf_release(&line);
}

// The POST before it was answered, but repeating this GET means repeating the whole: what was not
// repeatable stays so.
static void drop_body(struct http_request *r)
{
    bool repeatable = r->repeatable;
    set_method(r, find_method(TEXT("GET")));
    r->repeatable = repeatable;
    r->has_body = false;
    buf_clear(&r->body);
}

// What another origin must not see.
static bool is_private(const char *line)
{
    return strncasecmp(line, "accept", 6) && strncasecmp(line, "content-type:", 13) &&
           strncasecmp(line, "user-agent:", 11) && strcasecmp(line, "expect:");
}

int http_request_follow(struct http_request *r, long status, const char *to, struct err *e)
{
    if (strlen(to) > URL_MAX) return err_set(e, ERR_INPUT, "%s redirects to an endless address", r->origin);
    char *origin = origin_of(to);
    if (!origin)
        return err_set(e, ERR_INPUT, "%s redirects to something that is neither http nor https", r->origin);
    bool elsewhere = strcmp(origin, r->origin) != 0;
    bool keeps_body = status == 307 || status == 308 || !r->has_body;
    if (!strncmp(r->origin, "https:", 6) && strncmp(origin, "https:", 6)) {
        err_set(e, ERR_INPUT, "%s redirects from https to http, which is not followed", r->origin);
        goto refused;
    }
    if (elsewhere && keeps_body && r->has_body) {
        err_set(e, ERR_INPUT, "%s redirects a body to %s, which is not followed; ask there directly",
            r->origin, origin);
        goto refused;
    }
    if (!keeps_body) drop_body(r);
    if (elsewhere) drop_headers(r, is_private);
    free(r->url);
    free(r->origin);
    r->url = mem_copyz(to);
    r->origin = origin;
    return 0;
refused:
    free(origin);
    return -ERR_INPUT;
}
