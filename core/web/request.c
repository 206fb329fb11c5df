// SPDX-License-Identifier: MIT
#include "web/request.h"

#include "base/record.h"
#include "base/utf8.h"
#include "web/fields.h"
#include "web/form.h"
#include "web/token.h"

#include <string.h>

// ---- the path ---------------------------------------------------------------------------------------

static int check_segment(struct text s, bool last, struct refusal *r)
{
    if (!s.len && !last) return refuse(r, 400, "The address of the page has two slashes in a row.");
    if (text_is(s, ".") || text_is(s, ".."))
        return refuse(r, 400, "The address of the page goes up or around.");
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.data[i] < ' ' || s.data[i] == 0x7f || s.data[i] == '\\')
            return refuse(r, 400, "The address of the page has a character that no page has.");
    return 0;
}

// An encoded slash would make one segment look like two to whoever decodes at another moment than we do.
static bool hides_slash(struct text encoded)
{
    for (size_t i = 0; i + 2 < encoded.len; i++)
        if (encoded.data[i] == '%' && encoded.data[i + 1] == '2' && token_lower(encoded.data[i + 2]) == 'f')
            return true;
    return false;
}

ssize_t request_path(const struct head *h, char *out, struct refusal *r)
{
    ssize_t len = fields_decode(h->path, false, out);
    if (len < 0) return refuse(r, 400, "A percent sign in the address is not followed by two digits.");
    if (hides_slash(h->path)) return refuse(r, 400, "The address of the page has an encoded slash.");
    struct text path = {out, (size_t)len};
    if (!utf8_valid(path)) return refuse(r, 400, "The address of the page is no text in UTF-8.");
    for (size_t from = 1; from <= path.len;) {
        const char *slash = from < path.len ? memchr(out + from, '/', path.len - from) : NULL;
        size_t end = slash ? (size_t)(slash - out) : path.len;
        if (check_segment((struct text){out + from, end - from}, !slash, r)) return -1;
        from = end + 1;
    }
    return len;
}

// ---- headers and cookies ----------------------------------------------------------------------------

// What a proxy says of its client. From anybody else it is a claim, and no handler shall come to trust it.
static bool is_claim(struct text name)
{
    return token_is(name, "x-forwarded-for") || token_is(name, "x-forwarded-proto") ||
           token_is(name, "x-forwarded-host") || token_is(name, "x-real-ip") || token_is(name, "forwarded");
}

static struct text lower(struct fields *f, struct text t)
{
    char *at = f->bytes + f->len;
    for (size_t i = 0; i < t.len; i++) at[i] = token_lower(t.data[i]);
    f->len += t.len;
    return (struct text){at, t.len};
}

static bool same_name(const struct head_field *a, const struct head_field *b)
{
    return a->name.len == b->name.len && strncasecmp(a->name.data, b->name.data, a->name.len) == 0;
}

static void append(struct fields *f, struct text t)
{
    if (t.len) memcpy(f->bytes + f->len, t.data, t.len);
    f->len += t.len;
}

// The value of header i and of those of the same name behind it, joined.
static struct text joined_value(struct fields *f, const struct head *h, size_t i)
{
    struct text value = h->fields[i].value;
    bool copied = false;
    for (size_t k = i + 1; k < h->fields_n; k++) {
        if (!same_name(&h->fields[i], &h->fields[k])) continue;
        char *at = copied ? (char *)value.data : f->bytes + f->len;
        if (!copied) append(f, value);
        append(f, TEXT(", "));
        append(f, h->fields[k].value);
        value = (struct text){at, (size_t)(f->bytes + f->len - at)};
        copied = true;
    }
    return value;
}

static bool is_first(const struct head *h, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (same_name(&h->fields[k], &h->fields[i])) return false;
    return true;
}

static void put_headers(const struct head *h, bool proxied, struct fields *f, struct buf *out)
{
    size_t room = 0;
    for (size_t i = 0; i < h->fields_n; i++) room += h->fields[i].name.len + h->fields[i].value.len + 2;
    fields_init(f, room);
    for (size_t i = 0; i < h->fields_n; i++) {
        if (!is_first(h, i) || (!proxied && is_claim(h->fields[i].name))) continue;
        struct text name = lower(f, h->fields[i].name);
        f->list[f->n++] = (struct field){name, joined_value(f, h, i)};
    }
    fields_put_first(f, out);
    fields_release(f);
}

// A cookie that is none of ours may look like anything, and must not lock anybody out: what is no cookie is
// passed over.
static void put_cookies(const struct head *h, struct fields *f, struct buf *out)
{
    struct refusal ignored;
    fields_init(f, 0);
    for (size_t i = 0; i < h->fields_n; i++) {
        struct text rest = h->fields[i].value, cookie;
        if (!token_is(h->fields[i].name, "cookie")) continue;
        while (token_next(&rest, ';', &cookie)) {
            const char *mark = cookie.len ? memchr(cookie.data, '=', cookie.len) : NULL;
            if (!mark) continue;
            struct text name = {cookie.data, (size_t)(mark - cookie.data)};
            struct text value = {mark + 1, cookie.len - name.len - 1};
            if (token_valid(name) && utf8_valid(value)) fields_add(f, name, value, &ignored);
        }
    }
    fields_put_first(f, out);
}

// ---- the record -------------------------------------------------------------------------------------

static void put_host(const struct head *h, struct buf *out)
{
    char host[HEAD_TARGET_MAX];
    for (size_t i = 0; i < h->host.len; i++) host[i] = token_lower(h->host.data[i]);
    record_put_text(out, (struct text){host, h->host.len});
}

static int put_path(const struct head *h, struct buf *out, struct refusal *r)
{
    char path[HEAD_TARGET_MAX];
    ssize_t len = request_path(h, path, r);
    if (len < 0) return -1;
    record_put_text(out, (struct text){path, (size_t)len});
    return 0;
}

static int put_query(const struct head *h, struct fields *f, struct buf *out, struct refusal *r)
{
    fields_init(f, h->query.len);
    int failed = fields_read(f, h->query, r);
    if (!failed) fields_put_first(f, out);
    fields_release(f);
    return failed;
}

static void put_key(struct buf *out, const char *key)
{
    record_put_text(out, text_of(key));
}

// The keys come in the order that records have: by length, then by bytes.
static int put_pairs(const struct head *h, struct text body, const struct request_origin *from,
    struct form *form, struct fields *scratch, struct buf *out, struct refusal *r)
{
    record_put_map(out, 13);
    put_key(out, "body");
    record_put_text(out, form->is_form ? TEXT("") : body);
    put_key(out, "form");
    fields_put_first(&form->fields, out);
    put_key(out, "head");
    record_put_bool(out, h->method == HEAD_HEAD);
    put_key(out, "host");
    put_host(h, out);
    put_key(out, "path");
    if (put_path(h, out, r)) return -1;
    put_key(out, "files");
    form_put_files(form, out);
    put_key(out, "query");
    if (put_query(h, scratch, out, r)) return -1;
    put_key(out, "method");
    record_put_text(out, h->method == HEAD_POST ? TEXT("POST") : TEXT("GET"));
    put_key(out, "secure");
    record_put_bool(out, from->secure);
    put_key(out, "address");
    record_put_text(out, from->address);
    put_key(out, "cookies");
    put_cookies(h, scratch, out);
    put_key(out, "headers");
    put_headers(h, from->proxied, scratch, out);
    put_key(out, "form_all");
    fields_put_all(&form->fields, out);
    return 0;
}

int request_record(const struct head *h, struct text body, const struct request_origin *from, struct buf *out,
    struct refusal *r)
{
    struct form form;
    struct fields scratch;
    int failed = form_read(&form, h->type, body, r);
    if (!failed) failed = put_pairs(h, body, from, &form, &scratch, out, r);
    if (!failed && out->over) failed = refuse(r, 413, "The request is too large.");
    form_release(&form);
    return failed;
}
