// SPDX-License-Identifier: MIT
#include "web/reply.h"

#include "web/etag.h"
#include "web/token.h"

#include <string.h>

#define TYPE_DEFAULT "text/html; charset=utf-8"
#define COOKIES_MAX 16u

// What the server and scripts may answer with.
#define STATUSES(X)                           \
    X(200, "OK")                              \
    X(201, "Created")                         \
    X(202, "Accepted")                        \
    X(204, "No Content")                      \
    X(301, "Moved Permanently")               \
    X(302, "Found")                           \
    X(303, "See Other")                       \
    X(304, "Not Modified")                    \
    X(307, "Temporary Redirect")              \
    X(308, "Permanent Redirect")              \
    X(400, "Bad Request")                     \
    X(401, "Unauthorized")                    \
    X(403, "Forbidden")                       \
    X(404, "Not Found")                       \
    X(405, "Method Not Allowed")              \
    X(408, "Request Timeout")                 \
    X(409, "Conflict")                        \
    X(410, "Gone")                            \
    X(413, "Content Too Large")               \
    X(414, "URI Too Long")                    \
    X(415, "Unsupported Media Type")          \
    X(417, "Expectation Failed")              \
    X(422, "Unprocessable Content")           \
    X(429, "Too Many Requests")               \
    X(431, "Request Header Fields Too Large") \
    X(500, "Internal Server Error")           \
    X(501, "Not Implemented")                 \
    X(502, "Bad Gateway")                     \
    X(503, "Service Unavailable")             \
    X(504, "Gateway Timeout")                 \
    X(505, "HTTP Version Not Supported")

// Said with every page unless it says otherwise. Referrers stay within the site rather than going away
// altogether, because without them browsers send forms with Origin: null, and own forms could not be told
// from foreign ones.
#define CONTENT_POLICY                                                                                    \
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; " \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
static const struct {
    const char *name, *line;
} guards[] = {
    {"content-security-policy", "content-security-policy: " CONTENT_POLICY "\r\n"},
    {"x-content-type-options", "x-content-type-options: nosniff\r\n"},
    {"referrer-policy", "referrer-policy: same-origin\r\n"},
    {"x-frame-options", "x-frame-options: DENY\r\n"},
};
#define GUARDS_N (sizeof guards / sizeof *guards)

const char *reply_reason(int status)
{
    switch (status) {
#define X(number, reason) \
    case number: return reason;
        STATUSES(X)
#undef X
    }
    return "";
}

// ---- what a record may say --------------------------------------------------------------------------

static bool is_frame(struct text name)
{
    static const char *const ours[] = {"connection", "content-length", "content-type", "date", "keep-alive",
        "set-cookie", "trailer", "transfer-encoding", "upgrade"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        if (token_is(name, ours[i])) return true;
    return false;
}

static bool says(struct record headers, const char *lower)
{
    struct text name;
    for (struct record_iter it = record_each(headers); record_next(&it);)
        if (record_text(it.key, &name) && token_is(name, lower)) return true;
    return false;
}

static void add_line(struct buf *out, struct text name, struct text value)
{
    buf_addt(out, name);
    buf_add(out, ": ", 2);
    buf_addt(out, value);
    buf_add(out, "\r\n", 2);
}

// A header whose value is empty is left out: that is how a page does without one of the guards.
static int add_headers(struct record headers, struct buf *out, struct err *e)
{
    struct text name, value;
    for (struct record_iter it = record_each(headers); record_next(&it);) {
        if (!record_text(it.key, &name) || !token_valid(name))
            return err_set(e, ERR_INPUT, "the name of a header is no word");
        if (!record_text(it.value, &value) || !token_value(value))
            return err_set(e, ERR_INPUT, "the header %.*s is no text of one line", (int)name.len, name.data);
        if (is_frame(name))
            return err_set(e, ERR_INPUT, "the header %.*s belongs to the server", (int)name.len, name.data);
        if (value.len) add_line(out, name, value);
    }
    return 0;
}

static int add_cookies(struct record cookies, struct buf *out, struct err *e)
{
    struct text value;
    if (record_count(cookies) > COOKIES_MAX) return err_set(e, ERR_INPUT, "there are more than 16 cookies");
    for (struct record_iter it = record_each(cookies); record_next(&it);) {
        if (!record_text(it.value, &value) || !value.len || !token_value(value))
            return err_set(e, ERR_INPUT, "a cookie is no text of one line");
        add_line(out, TEXT("set-cookie"), value);
    }
    return 0;
}

static void add_guards(struct record headers, struct buf *out)
{
    bool any = record_count(headers) > 0;
    for (size_t i = 0; i < GUARDS_N; i++)
        if (!any || !says(headers, guards[i].name)) buf_addz(out, guards[i].line);
}

// ---- the message ------------------------------------------------------------------------------------

static void add_status(int status, const struct reply_frame *frame, struct buf *out)
{
    const char *reason = reply_reason(status);
    char line[] = "HTTP/1.1 000 ";
    line[9] = (char)('0' + status / 100);
    line[10] = (char)('0' + status / 10 % 10);
    line[11] = (char)('0' + status % 10);
    buf_add(out, line, sizeof line - 1);
    buf_addz(out, reason);
    buf_add(out, "\r\n", 2);
    add_line(out, TEXT("date"), frame->date);
}

static void add_connection(const struct reply_frame *frame, struct buf *out)
{
    if (!frame->stays) buf_addz(out, "connection: close\r\n");
    else if (frame->old) buf_addz(out, "connection: keep-alive\r\n");
}

static void add_length(size_t len, struct buf *out)
{
    char digits[24], *at = digits + sizeof digits;
    do *--at = (char)('0' + len % 10);
    while (len /= 10);
    add_line(out, TEXT("content-length"), (struct text){at, (size_t)(digits + sizeof digits - at)});
}

static int add_type(struct record response, struct buf *out, struct err *e)
{
    struct record given = record_get(response, "type");
    struct text type = TEXT(TYPE_DEFAULT);
    if (given.data && (!record_text(given, &type) || !type.len || !token_value(type)))
        return err_set(e, ERR_INPUT, "the type of the page is no text of one line");
    add_line(out, TEXT("content-type"), type);
    return 0;
}

// Whether the client has this very body already; writes its ETag.
static int add_etag(struct text etag, const struct reply_frame *frame, struct buf *out, bool *known,
    struct err *e)
{
    if (!token_value(etag)) return err_set(e, ERR_INPUT, "the etag of the page is no text of one line");
    if (etag.len) add_line(out, TEXT("etag"), etag);
    *known = etag.len && etag_matches(frame->if_none_match, etag);
    return 0;
}

static void add_stream(struct buf *out)
{
    // The last is for nginx, which would collect events until they fill a buffer.
    buf_addz(out, "content-type: text/event-stream\r\nx-accel-buffering: no\r\n");
}

static int read_status(struct record response, struct err *e)
{
    int64_t status = record_get_int(response, "status", 200);
    if (status < 200 || status > 599)
        return err_set(e, ERR_INPUT, "the status %lld is none that a page can have", (long long)status);
    return (int)status;
}

static int write_head(int status, struct record response, const struct reply_frame *frame, struct buf *out,
    struct text *body, struct text *topic, struct err *e)
{
    struct record headers = record_get(response, "headers");
    struct text etag = record_get_text(response, "etag");
    size_t at = out->len;
    bool known = false;
    add_status(status, frame, out);
    if (status == 200 && add_etag(etag, frame, out, &known, e)) return -1;
    if (known) status = 304, out->len = at, add_status(status, frame, out), add_line(out, TEXT("etag"), etag);
    bool bare = status == 204 || status == 304; // has no body, whatever the record says
    if (topic->len) add_stream(out);
    else if (!bare && add_type(response, out, e)) return -1;
    if (add_headers(headers, out, e) || add_cookies(record_get(response, "cookies"), out, e)) return -1;
    add_guards(headers, out);
    if (!says(headers, "cache-control"))
        add_line(out, TEXT("cache-control"), etag.len ? TEXT("no-cache") : TEXT("no-store"));
    if (!bare && !topic->len) add_length(body->len, out);
    if (topic->len && !frame->head) buf_addz(out, "connection: close\r\n"); // it ends with the stream
    else add_connection(frame, out);
    buf_add(out, "\r\n", 2);
    if (bare || frame->head || topic->len) *body = TEXT("");
    return 0;
}

int reply_write(struct record response, const struct reply_frame *frame, struct buf *out, struct text *body,
    struct text *topic, struct err *e)
{
    size_t at = out->len;
    int status = read_status(response, e), failed = status < 0 ? status : 0;
    *body = record_get_text(response, "body");
    *topic = record_get_text(response, "stream");
    if (!failed) failed = write_head(status, response, frame, out, body, topic, e);
    if (!failed && (out->over || out->len - at > REPLY_HEAD_MAX))
        failed = err_set(e, ERR_LIMIT, "the headers of the page are longer than 16 KiB together");
    if (failed) {
        out->over = false;
        out->len = at;
    }
    return failed;
}

static void add_escaped(struct buf *out, const char *z)
{
    for (; *z; z++) {
        if (*z == '&') buf_addz(out, "&amp;");
        else if (*z == '<') buf_addz(out, "&lt;");
        else buf_addc(out, *z);
    }
}

static void write_page(int status, const char *sentence, const char *reference, struct buf *page)
{
    buf_addf(page,
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n<title>%d %s</title>\n<p>",
        status, reply_reason(status));
    add_escaped(page, sentence);
    if (reference) buf_addf(page, "</p>\n<p>Reference: %s", reference);
    buf_addz(page, "</p>\n</html>\n");
}

void reply_page(int status, const char *sentence, const char *reference, const struct reply_frame *frame,
    struct buf *out)
{
    struct buf page;
    buf_init(&page, REPLY_HEAD_MAX);
    write_page(status, sentence, reference, &page);
    add_status(status, frame, out);
    add_line(out, TEXT("content-type"), TEXT(TYPE_DEFAULT));
    if (status == 405) buf_addz(out, "allow: GET, HEAD, POST\r\n");
    if (status == 503) buf_addz(out, "retry-after: 5\r\n");
    add_guards((struct record){0}, out);
    buf_addz(out, "cache-control: no-store\r\n");
    add_length(page.len, out);
    add_connection(frame, out);
    buf_add(out, "\r\n", 2);
    if (!frame->head) buf_addt(out, buf_text(&page));
    buf_release(&page);
}
