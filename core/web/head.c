// SPDX-License-Identifier: MIT
#include "web/head.h"

#include "web/token.h"

#include <string.h>

// Of an empty line before a request: one is skipped, as RFC 9112, 2.2 wants.
#define EMPTY_LINE 2

// ---- the end of a head ------------------------------------------------------------------------------

static int refuse_byte(struct text in, size_t at, struct refusal *r)
{
    char c = in.data[at];
    if (at == 0 && c == 0x16) return refuse(r, 400, "This port speaks HTTP and not HTTPS.");
    if (c == '\n') return refuse(r, 400, "A line of the request ends without a carriage return.");
    if (c == '\r') return refuse(r, 400, "There is a carriage return inside a line of the request.");
    return refuse(r, 400, "The request has a control character where only text may be.");
}

static int refuse_length(struct text in, struct refusal *r)
{
    if (!memchr(in.data + EMPTY_LINE, '\n', HEAD_LEN_MAX - EMPTY_LINE))
        return refuse(r, 414, "The address of the page is too long.");
    return refuse(r, 431, "The head of the request is too long.");
}

ssize_t head_find(struct text in, size_t from, struct refusal *r)
{
    size_t most = in.len < HEAD_LEN_MAX ? in.len : HEAD_LEN_MAX;
    for (size_t i = from > 3 ? from - 3 : 0; i < most; i++) {
        unsigned char c = (unsigned char)in.data[i];
        if ((c >= ' ' && c != 0x7f) || c == '\t') continue;
        if (c == '\r' && (i + 1 == in.len || in.data[i + 1] == '\n')) continue;
        if (c != '\n' || i == 0 || in.data[i - 1] != '\r') return refuse_byte(in, i, r);
        if (i < 3 || in.data[i - 2] != '\n') continue;
        return i > 3 ? (ssize_t)i + 1 : refuse(r, 400, "The request begins with empty lines.");
    }
    return most == HEAD_LEN_MAX ? refuse_length(in, r) : 0;
}

// ---- the request line -------------------------------------------------------------------------------

// The next line without its CRLF, off the front of *rest; head_find has seen that lines end so.
static struct text take_line(struct text *rest)
{
    const char *end = memchr(rest->data, '\r', rest->len);
    struct text line = {rest->data, (size_t)(end - rest->data)};
    *rest = (struct text){end + 2, rest->len - line.len - 2};
    return line;
}

static bool take_word(struct text *line, struct text *word)
{
    const char *end = memchr(line->data, ' ', line->len);
    if (!end) return false;
    *word = (struct text){line->data, (size_t)(end - line->data)};
    *line = (struct text){end + 1, line->len - word->len - 1};
    return word->len > 0;
}

static int read_method(struct text t, struct head *h, struct refusal *r)
{
    static const char *const others[] = {"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"};
    if (text_is(t, "GET")) h->method = HEAD_GET;
    else if (text_is(t, "POST")) h->method = HEAD_POST;
    else if (text_is(t, "HEAD")) h->method = HEAD_HEAD;
    else {
        if (!token_valid(t)) return refuse(r, 400, "The method of the request is no word.");
        for (size_t i = 0; i < sizeof others / sizeof *others; i++)
            if (text_is(t, others[i])) return refuse(r, 405, "Only GET, HEAD and POST are served here.");
        return refuse(r, 501, "The method of the request is not known here.");
    }
    return 0;
}

static int read_version(struct text t, struct head *h, struct refusal *r)
{
    bool named = t.len == 8 && memcmp(t.data, "HTTP/", 5) == 0 && t.data[6] == '.';
    if (!named || !token_digits((struct text){t.data + 5, 1}) || !token_digits((struct text){t.data + 7, 1}))
        return refuse(r, 400, "The first line of the request does not end in a version of HTTP.");
    if (t.data[5] != '1' || t.data[7] > '1')
        return refuse(r, 505, "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    h->minor = t.data[7] - '0';
    return 0;
}

// Takes "http://host" off an address that names it (RFC 9112, 3.2.2).
static int read_absolute(struct text *t, struct head *h, struct refusal *r)
{
    size_t scheme = t->len > 8 && token_is((struct text){t->data, 8}, "https://")  ? 8
                    : t->len > 7 && token_is((struct text){t->data, 7}, "http://") ? 7
                                                                                   : 0;
    if (!scheme) return refuse(r, 400, "The address of the page does not begin with a slash.");
    const char *from = t->data + scheme;
    size_t left = t->len - scheme, len = 0;
    while (len < left && token_host(from[len])) len++;
    if (!len || (len < left && from[len] != '/' && from[len] != '?'))
        return refuse(r, 400, "The address of the page names no host.");
    h->host = (struct text){from, len};
    *t = (struct text){from + len, left - len};
    return 0;
}

static int read_target(struct text t, struct head *h, struct refusal *r)
{
    if (t.len > HEAD_TARGET_MAX) return refuse(r, 414, "The address of the page is too long.");
    h->target = t;
    if (t.data[0] != '/' && read_absolute(&t, h, r)) return -1;
    const char *mark = t.len ? memchr(t.data, '?', t.len) : NULL;
    h->path = (struct text){t.data, mark ? (size_t)(mark - t.data) : t.len};
    if (mark) h->query = (struct text){mark + 1, t.len - h->path.len - 1};
    if (!h->path.len) h->path = TEXT("/");
    for (size_t i = 0; i < h->path.len; i++)
        if (!token_path(h->path.data[i]))
            return refuse(r, 400, "The address of the page has a character that must be encoded.");
    for (size_t i = 0; i < h->query.len; i++)
        if (!token_query(h->query.data[i]))
            return refuse(r, 400, "The address of the page has a character that must be encoded.");
    return 0;
}

static int read_request_line(struct text line, struct head *h, struct refusal *r)
{
    struct text method, target;
    if (!take_word(&line, &method) || !take_word(&line, &target))
        return refuse(r, 400, "The first line of the request is not a method, an address and a version.");
    if (read_version(line, h, r) || read_method(method, h, r)) return -1;
    return read_target(target, h, r);
}

// ---- the fields -------------------------------------------------------------------------------------

struct seen {
    size_t hosts, lengths, encodings, types, expects;
    bool closes, keeps;
};

static int read_host(struct text v, struct head *h, struct refusal *r)
{
    for (size_t i = 0; i < v.len; i++)
        if (!token_host(v.data[i])) return refuse(r, 400, "The Host of the request is no name.");
    bool absolute = h->host.data != NULL;
    if (v.len > 260 || (!v.len && !absolute)) return refuse(r, 400, "The Host of the request is no name.");
    if (absolute && !(v.len == h->host.len && strncasecmp(v.data, h->host.data, v.len) == 0))
        return refuse(r, 400, "The request names two hosts.");
    h->host = v;
    return 0;
}

static int read_length(struct text v, struct head *h, struct refusal *r)
{
    if (!token_digits(v) || v.len > 18) return refuse(r, 400, "The Content-Length is no number.");
    for (size_t i = 0; i < v.len; i++) h->length = h->length * 10 + (uint64_t)(v.data[i] - '0');
    return 0;
}

static int read_encoding(struct text v, struct head *h, struct refusal *r)
{
    if (!token_is(v, "chunked"))
        return refuse(r, 501, "The only Transfer-Encoding that is understood here is chunked.");
    if (h->minor == 0) return refuse(r, 400, "HTTP/1.0 has no Transfer-Encoding.");
    h->chunked = true;
    return 0;
}

static int read_expect(struct text v, struct head *h, struct refusal *r)
{
    if (!token_is(v, "100-continue"))
        return refuse(r, 417, "The only Expect that is understood here is 100-continue.");
    h->asks_first = h->minor > 0;
    return 0;
}

static void read_connection(struct text v, struct seen *seen)
{
    struct text item;
    while (token_next(&v, ',', &item)) {
        if (token_is(item, "close")) seen->closes = true;
        if (token_is(item, "keep-alive")) seen->keeps = true;
    }
}

// What the server itself must understand of a field.
static int read_known(const struct head_field *f, struct head *h, struct seen *seen, struct refusal *r)
{
    switch (f->name.len) {
    case 4:
        if (!token_is(f->name, "host")) return 0;
        if (seen->hosts++) return refuse(r, 400, "The request has two Host lines.");
        return read_host(f->value, h, r);
    case 6:
        if (!token_is(f->name, "expect")) return 0;
        if (seen->expects++) return refuse(r, 417, "The request has two Expect lines.");
        return read_expect(f->value, h, r);
    case 10:
        if (token_is(f->name, "connection")) read_connection(f->value, seen);
        return 0;
    case 12:
        if (!token_is(f->name, "content-type")) return 0;
        if (seen->types++) return refuse(r, 400, "The request has two Content-Type lines.");
        h->type = f->value;
        return 0;
    case 14:
        if (!token_is(f->name, "content-length")) return 0;
        if (seen->lengths++) return refuse(r, 400, "The request has two Content-Length lines.");
        return read_length(f->value, h, r);
    case 16:
        if (!token_is(f->name, "content-encoding") || token_is(f->value, "identity")) return 0;
        return refuse(r, 415, "A body that is compressed is not understood here.");
    case 17:
        if (!token_is(f->name, "transfer-encoding")) return 0;
        if (seen->encodings++) return refuse(r, 400, "The request has two Transfer-Encoding lines.");
        return read_encoding(f->value, h, r);
    }
    return 0;
}

static int read_field(struct text line, struct head *h, struct seen *seen, struct refusal *r)
{
    const char *colon = memchr(line.data, ':', line.len);
    if (line.data[0] == ' ' || line.data[0] == '\t')
        return refuse(r, 400, "A header of the request goes on in the next line.");
    if (!colon) return refuse(r, 400, "A header of the request has no colon.");
    if (h->fields_n == HEAD_FIELDS_MAX) return refuse(r, 431, "The request has too many headers.");
    struct head_field *f = &h->fields[h->fields_n++];
    f->name = (struct text){line.data, (size_t)(colon - line.data)};
    f->value = token_trim((struct text){colon + 1, line.len - f->name.len - 1});
    if (!token_valid(f->name)) return refuse(r, 400, "The name of a header is no word.");
    return read_known(f, h, seen, r);
}

static int check_whole(struct head *h, const struct seen *seen, struct refusal *r)
{
    if (seen->lengths && seen->encodings)
        return refuse(r, 400, "The request has a Content-Length and a Transfer-Encoding.");
    if (!seen->hosts && h->minor > 0) return refuse(r, 400, "The request has no Host line.");
    h->stays = !seen->closes && (h->minor > 0 || seen->keeps);
    return 0;
}

int head_parse(struct text bytes, struct head *h, struct refusal *r)
{
    struct seen seen = {0};
    h->host = h->type = h->query = (struct text){NULL, 0};
    h->asks_first = h->chunked = false;
    h->length = h->fields_n = 0;
    if (bytes.data[0] == '\r') bytes = (struct text){bytes.data + EMPTY_LINE, bytes.len - EMPTY_LINE};
    if (read_request_line(take_line(&bytes), h, r)) return -1;
    for (struct text line; (line = take_line(&bytes)).len > 0;)
        if (read_field(line, h, &seen, r)) return -1;
    return check_whole(h, &seen, r);
}

struct text head_value(const struct head *h, const char *lower)
{
    for (size_t i = 0; i < h->fields_n; i++)
        if (token_is(h->fields[i].name, lower)) return h->fields[i].value;
    return TEXT("");
}
