// SPDX-License-Identifier: MIT
#include "web/multipart.h"

#include "base/utf8.h"
#include "web/token.h"

#include <string.h>

#define BOUNDARY_MAX 70u // RFC 2046, 5.1.1
#define PART_HEAD_MAX 4096u
#define PART_LINES_MAX 8u // browsers write two
#define TYPE_MAX 127u     // RFC 6838, 4.2: two names of 63

// What one part says of itself.
struct part {
    struct text name, file_name, type;
    bool disposed, is_file;
};

static struct text rest_from(struct text t, size_t at)
{
    return (struct text){t.data + at, t.len - at};
}

static bool begins(struct text t, const char *z)
{
    size_t len = strlen(z);
    return t.len >= len && memcmp(t.data, z, len) == 0;
}

// ---- parameters: ; name=value; name="value" -----------------------------------------------------------

// The length of a quoted value with its quotes, or 0. A quote behind a backslash does not end it; both stay
// in the value, because older browsers also wrote lone backslashes there.
static size_t quoted_len(struct text t)
{
    for (size_t i = 1; i < t.len; i++) {
        if (t.data[i] == '"') return i + 1;
        if (t.data[i] == '\\' && i + 1 < t.len && t.data[i + 1] == '"') i++;
    }
    return 0;
}

// Takes the next parameter off the front; false at the end or where it is none, which *rest tells.
static bool take_parameter(struct text *rest, struct text *name, struct text *value)
{
    struct text t = token_trim(*rest);
    while (t.len && t.data[0] == ';') t = token_trim(rest_from(t, 1));
    *rest = t;
    const char *mark = t.len ? memchr(t.data, '=', t.len) : NULL;
    if (!mark) return false;
    *name = token_trim((struct text){t.data, (size_t)(mark - t.data)});
    t = token_trim((struct text){mark + 1, t.len - (size_t)(mark + 1 - t.data)});
    bool quoted = t.len && t.data[0] == '"';
    const char *next = t.len ? memchr(t.data, ';', t.len) : NULL;
    size_t len = quoted ? quoted_len(t) : next ? (size_t)(next - t.data) : t.len;
    if (quoted && len < 2) return false;
    *value = quoted ? (struct text){t.data + 1, len - 2} : token_trim((struct text){t.data, len});
    t = token_trim(rest_from(t, len));
    if (!token_valid(*name) || (t.len && t.data[0] != ';')) return false;
    *rest = t;
    return true;
}

static bool is_boundary(struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = token_lower(t.data[i]);
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!letter && (!c || !strchr("'()+_,-./:=? ", c))) return false;
    }
    return t.len > 0 && t.len <= BOUNDARY_MAX;
}

static int find_boundary(struct text parameters, struct text *out, struct refusal *r)
{
    struct text name, value;
    bool found = false;
    while (take_parameter(&parameters, &name, &value)) {
        if (!token_is(name, "boundary")) continue;
        if (found) return refuse(r, 400, "The form names two boundaries.");
        found = true;
        *out = value;
    }
    if (found && !parameters.len && is_boundary(*out)) return 0;
    return refuse(r, 400, "The form does not say how its parts are separated.");
}

// ---- the head of a part -----------------------------------------------------------------------------

static int read_disposition(struct text v, struct part *p, struct refusal *r)
{
    struct text name, value;
    bool named = false;
    if (p->disposed) return refuse(r, 400, "A part of the form says twice what it is.");
    p->disposed = true;
    if (v.len < 9 || !token_is((struct text){v.data, 9}, "form-data"))
        return refuse(r, 400, "A part of the form is no field.");
    v = rest_from(v, 9);
    while (take_parameter(&v, &name, &value)) {
        if (token_is(name, "name")) {
            if (named) return refuse(r, 400, "A part of the form has two names.");
            named = true;
            p->name = value;
        } else if (token_is(name, "filename")) {
            if (p->is_file) return refuse(r, 400, "A file of the form has two names.");
            p->is_file = true;
            p->file_name = value;
        }
    }
    if (v.len || !named) return refuse(r, 400, "A part of the form has no name.");
    return 0;
}

static int read_line(struct text line, struct part *p, struct refusal *r)
{
    const char *colon = memchr(line.data, ':', line.len);
    struct text name = {line.data, colon ? (size_t)(colon - line.data) : 0};
    if (!token_valid(name) || !token_value(line))
        return refuse(r, 400, "A part of the form begins with a line that is no header.");
    struct text value = token_trim(rest_from(line, name.len + 1));
    if (token_is(name, "content-disposition")) return read_disposition(value, p, r);
    if (token_is(name, "content-type")) p->type = value;
    if (token_is(name, "content-transfer-encoding") && !token_is(value, "binary") &&
        !token_is(value, "8bit") && !token_is(value, "7bit"))
        return refuse(r, 400, "A part of the form is encoded, and browsers never do that.");
    return 0;
}

// Reads the lines up to the empty one, and takes them off the front.
static int read_part_head(struct text *rest, struct part *p, struct refusal *r)
{
    size_t most = rest->len < PART_HEAD_MAX ? rest->len : PART_HEAD_MAX;
    *p = (struct part){.type = TEXT("application/octet-stream")};
    for (size_t lines = 0; lines <= PART_LINES_MAX; lines++) {
        const char *end = memmem(rest->data, most, "\r\n", 2);
        if (!end) break;
        struct text line = {rest->data, (size_t)(end - rest->data)};
        *rest = rest_from(*rest, line.len + 2);
        most -= line.len + 2;
        if (!line.len) return p->disposed ? 0 : refuse(r, 400, "A part of the form has no name.");
        if (read_line(line, p, r)) return -1;
    }
    return refuse(r, 400, "A part of the form begins with too many lines.");
}

// ---- parts ------------------------------------------------------------------------------------------

// Older browsers sent the whole path of a file. Only its last piece is a name, and only if it is one.
static struct text last_piece(struct text path)
{
    size_t from = path.len;
    while (from && path.data[from - 1] != '/' && path.data[from - 1] != '\\') from--;
    struct text name = rest_from(path, from);
    return text_is(name, ".") || text_is(name, "..") ? TEXT("") : name;
}

static int add_file(struct form *f, const struct part *p, struct text data, struct refusal *r)
{
    if (!p->file_name.len && !data.len) return 0; // the field was left empty
    struct form_file file = {p->name, last_piece(p->file_name), p->type, data};
    if (f->files_n == FORM_FILES_MAX) return refuse(r, 400, "The form has more than 16 files.");
    if (file.name.len > FORM_FILE_NAME_MAX || !utf8_valid(file.name))
        return refuse(r, 400, "The name of a file is too long or no text in UTF-8.");
    if (file.type.len > TYPE_MAX || !utf8_valid(file.type))
        return refuse(r, 400, "The type of a file is none.");
    f->files[f->files_n++] = file;
    return 0;
}

static int add_part(struct form *f, const struct part *p, struct text data, struct refusal *r)
{
    if (!utf8_valid(p->name)) return refuse(r, 400, "A field is no text in UTF-8.");
    if (!p->name.len || p->name.len > FIELDS_NAME_MAX)
        return refuse(r, 400, "The name of a field is empty or longer than 256 bytes.");
    if (p->is_file) return add_file(f, p, data, r);
    if (!utf8_valid(data)) return refuse(r, 400, "A field is no text in UTF-8.");
    if (data.len && memchr(data.data, 0, data.len)) return refuse(r, 400, "A field holds a NUL.");
    return fields_add(&f->fields, p->name, data, r);
}

int multipart_read(struct form *f, struct text parameters, struct text body, struct refusal *r)
{
    char mark[4 + BOUNDARY_MAX] = "\r\n--"; // what stands in front of each part but the first
    struct text boundary;
    if (find_boundary(parameters, &boundary, r)) return -1;
    memcpy(mark + 4, boundary.data, boundary.len);
    size_t len = 4 + boundary.len;
    if (body.len < len - 2 || memcmp(body.data, mark + 2, len - 2) != 0)
        return refuse(r, 400, "The form does not begin with its boundary.");
    for (body = rest_from(body, len - 2); begins(body, "\r\n");) {
        struct part part;
        body = rest_from(body, 2);
        if (read_part_head(&body, &part, r)) return -1;
        const char *end = memmem(body.data, body.len, mark, len);
        if (!end) return refuse(r, 400, "The form ends in the middle of a field.");
        struct text data = {body.data, (size_t)(end - body.data)};
        if (add_part(f, &part, data, r)) return -1;
        body = rest_from(body, data.len + len);
    }
    if (!begins(body, "--") || (body.len > 2 && !(body.len == 4 && begins(body, "--\r\n"))))
        return refuse(r, 400, "Something follows the end of the form, or it has no end.");
    return 0;
}
