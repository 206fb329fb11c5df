// SPDX-License-Identifier: MIT
#include "mail/mime.h"

#include "base/hash.h"
#include "base/utf8.h"
#include "mail/encode.h"
#include "mail/header.h"
#include "pdf/certificate.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define TYPE_MAX 127
#define PARAM_NAME_MAX 20
#define PARAMS_MAX 16
#define BOUNDARY_MAX 32
#define NAME_LEN_MAX 1024

// -- bodies

static void add_field(struct buf *part, const char *name, const char *value)
{
    buf_addf(part, "%s: %s\r\n", name, value);
}

// Ends the part's header with the encoding that suits the text, and writes it.
static void add_text_body(struct text text, struct buf *part)
{
    struct buf lines;
    buf_init(&lines, part->max);
    encode_lines(text, &lines);
    part->over |= lines.over;
    enum encoding encoding = encode_choice(buf_text(&lines));
    add_field(part, "Content-Transfer-Encoding", encoding_name(encoding));
    buf_addz(part, "\r\n");
    encode_body(buf_text(&lines), encoding, part);
    buf_release(&lines);
}

void mime_text(const char *type, struct text text, struct buf *part)
{
    buf_addf(part, "Content-Type: %s; charset=utf-8\r\n", type);
    add_text_body(text, part);
}

// -- attachments

static bool is_token(struct text t, size_t max)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.data[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!alnum && (c == 0 || !strchr("!#$&-^_.+", c))) return false; // RFC 6838, 4.2
    }
    return t.len > 0 && t.len <= max;
}

static bool type_begins(struct text type, const char *prefix)
{
    return type.len >= strlen(prefix) && strncasecmp(type.data, prefix, strlen(prefix)) == 0;
}

static int check_type(struct text type, struct err *e)
{
    const char *slash = type.len ? memchr(type.data, '/', type.len) : NULL;
    struct text major = {type.data, slash ? (size_t)(slash - type.data) : 0};
    struct text minor = {slash ? slash + 1 : "", slash ? type.len - major.len - 1 : 0};
    if (!is_token(major, TYPE_MAX) || !is_token(minor, TYPE_MAX))
        return err_set(e, ERR_INPUT,
            "the type must look like \"application/pdf\"; parameters go into params");
    if (type_begins(type, "multipart/") || type_begins(type, "message/"))
        return err_set(e, ERR_INPUT,
            "the type %.*s holds other parts and can't be attached; attach it as "
            "application/octet-stream",
            (int)type.len, type.data);
    return 0;
}

// A file name is shown to people and given to file systems: it names no folder.
static int check_name(struct text name, struct err *e)
{
    if (name.len == 0) return err_set(e, ERR_INPUT, "it has no name; write name = \"programme.pdf\"");
    if (memchr(name.data, '/', name.len) || memchr(name.data, '\\', name.len))
        return err_set(e, ERR_INPUT, "the name has a slash; give the file's name without its folder");
    if (memchr(name.data, '\t', name.len))
        return err_set(e, ERR_INPUT, "the name has a tab; write a space instead");
    return header_check("the name", name, e);
}

// Parameters that would contradict what is written here.
static bool is_ours(const char *param)
{
    return strcasecmp(param, "boundary") == 0 || strcasecmp(param, "name") == 0 ||
           strcasecmp(param, "charset") == 0;
}

static int add_params(struct header *h, struct record params, struct err *e)
{
    struct record_iter it = record_each(params);
    for (size_t n = 0; record_next(&it); n++) {
        struct text key, value;
        char name[PARAM_NAME_MAX + 1] = "";
        if (!record_text(it.key, &key) || !is_token(key, PARAM_NAME_MAX) || n == PARAMS_MAX)
            return err_set(e, ERR_INPUT, "params may have %d names of at most %d letters, digits and \"-\"",
                PARAMS_MAX, PARAM_NAME_MAX);
        memcpy(name, key.data, key.len);
        if (!record_text(it.value, &value)) return err_set(e, ERR_INPUT, "the param %s is not a text", name);
        if (strcasecmp(name, "charset") == 0 && value.len == 5 && strncasecmp(value.data, "utf-8", 5) == 0)
            continue; // said already
        if (is_ours(name))
            return err_set(e, ERR_INPUT, "params can't set \"%s\"; usher writes it itself", name);
        if (header_check("a param", value, e)) return -ERR_INPUT;
        header_param(h, name, value);
    }
    return 0;
}

bool mime_is_invitation(struct record attachment)
{
    struct text type = record_get_text(attachment, "type");
    return record_get_bool(attachment, "inline", false) && type_begins(type, "text/calendar") &&
           type.len == strlen("text/calendar");
}

bool mime_is_file(struct record attachment)
{
    return !mime_is_invitation(attachment) || record_get_text(attachment, "name").len > 0;
}

static int add_type(struct record a, struct text type, struct text data, struct buf *part, struct err *e)
{
    struct header h;
    header_begin(&h, part, "Content-Type");
    header_word(&h, type);
    if (type_begins(type, "text/") && utf8_valid(data)) header_param(&h, "charset", TEXT("utf-8"));
    if (add_params(&h, record_get(a, "params"), e)) return -ERR_INPUT;
    header_end(&h);
    return 0;
}

static void add_file(struct text name, struct text data, bool inlined, struct buf *part)
{
    struct header h;
    header_begin(&h, part, "Content-Disposition");
    header_word(&h, text_of(inlined ? "inline" : "attachment"));
    header_param(&h, "filename", name);
    header_end(&h);
    add_field(part, "Content-Transfer-Encoding", encoding_name(ENCODING_BASE64));
    buf_addz(part, "\r\n");
    encode_base64(data, ENCODE_BASE64_LINE, part);
}

static int add_part(struct record a, struct text type, struct text data, struct buf *part, struct err *e)
{
    bool invitation = mime_is_invitation(a);
    if (invitation) add_field(part, "Content-Type", "application/ics");
    else if (add_type(a, type, data, part, e)) return -ERR_INPUT;
    add_file(record_get_text(a, "name"), data, !invitation && record_get_bool(a, "inline", false), part);
    return 0;
}

// What a certificate says, as it is written down.
static void attach_sketch(struct record a, struct record certificate, struct buf *part)
{
    struct buf json, name;
    buf_init(&json, CERTIFICATE_LEN_MAX);
    buf_init(&name, NAME_LEN_MAX);
    record_print_json(certificate, &json);
    buf_addt(&name, record_get_text(a, "name"));
    buf_addz(&name, ".json");
    add_field(part, "Content-Type", "application/json");
    add_file(buf_text(&name), buf_text(&json), false, part);
    buf_release(&json);
    buf_release(&name);
}

static int attach_file(struct record a, bool sketch, struct buf *part, struct err *e)
{
    struct text type = record_get_text(a, "type"), data;
    struct record certificate = record_get(a, "certificate");
    struct buf drawn;
    if (check_type(type, e) || check_name(record_get_text(a, "name"), e)) return -ERR_INPUT;
    if (!certificate.data && !record_text(record_get(a, "data"), &data))
        return err_set(e, ERR_INPUT, "it has no data");
    if (certificate.data && sketch) {
        attach_sketch(a, certificate, part);
        return 0;
    }
    buf_init(&drawn, CERTIFICATE_LEN_MAX);
    int failed = certificate.data ? certificate_draw(certificate, &drawn, e) : 0;
    if (certificate.data) data = buf_text(&drawn);
    if (!failed) failed = add_part(a, type, data, part, e);
    buf_release(&drawn);
    return failed;
}

static int attach_invitation(struct record a, struct buf *part, struct err *e)
{
    struct text data;
    if (!record_text(record_get(a, "data"), &data)) return err_set(e, ERR_INPUT, "it has no data");
    if (!utf8_valid(data)) return err_set(e, ERR_INPUT, "the invitation is not UTF-8 text");
    if (add_type(a, record_get_text(a, "type"), data, part, e)) return -ERR_INPUT;
    add_text_body(data, part);
    return 0;
}

// Whose attachment is wrong, in front of the sentence about it.
static int name_it(struct record a, struct err *e)
{
    struct text name = record_get_text(a, "name");
    if (header_check("the name", name, NULL)) name = TEXT("?"); // its sentence is in *e, its bytes stay out
    return err_in(e, "attachment \"%.*s\"", name.len > 100 ? 100 : (int)name.len, name.data);
}

int mime_file(struct record attachment, bool sketch, struct buf *part, struct err *e)
{
    return attach_file(attachment, sketch, part, e) ? name_it(attachment, e) : 0;
}

int mime_invitation(struct record attachment, struct buf *part, struct err *e)
{
    return attach_invitation(attachment, part, e) ? name_it(attachment, e) : 0;
}

// -- multiparts

static bool occurs(const char *z, const struct buf *parts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (parts[i].len && memmem(parts[i].data, parts[i].len, z, strlen(z))) return true;
    }
    return false;
}

// "=_" can stand neither in quoted-printable nor in base64, so only a text sent as it is could hold the
// boundary, and only if its author knew the Message-ID. The loop makes even that harmless.
static void choose_boundary(const char *kind, struct text message_id, const struct buf *parts, size_t n,
    char boundary[BOUNDARY_MAX])
{
    char hex[2 * HASH_LEN + 1];
    struct buf message;
    buf_init(&message, 64);
    unsigned attempt = 0;
    do {
        buf_clear(&message);
        buf_addf(&message, "mime boundary %s %u", kind, attempt++);
        hash_hex(hash_derive(message_id, buf_text(&message)), hex);
        snprintf(boundary, BOUNDARY_MAX, "=_%.24s", hex);
    } while (occurs(boundary, parts, n));
    buf_release(&message);
}

static void join(const char *kind, struct text message_id, struct buf *parts, size_t n, struct buf *out)
{
    char boundary[BOUNDARY_MAX];
    choose_boundary(kind, message_id, parts, n, boundary);
    buf_addf(out, "Content-Type: multipart/%s; boundary=\"%s\"\r\n\r\n", kind, boundary);
    for (size_t i = 0; i < n; i++) {
        buf_addf(out, "--%s\r\n", boundary);
        buf_addt(out, buf_text(&parts[i]));
        buf_addz(out, "\r\n"); // belongs to the boundary below it
    }
    buf_addf(out, "--%s--\r\n", boundary);
}

void mime_join(const char *kind, struct text message_id, struct buf *parts, size_t n, struct buf *out)
{
    if (n == 1) buf_addt(out, buf_text(&parts[0]));
    else join(kind, message_id, parts, n, out);
    for (size_t i = 0; i < n; i++) {
        out->over |= parts[i].over;
        buf_release(&parts[i]);
    }
}
