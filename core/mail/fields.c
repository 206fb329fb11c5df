// SPDX-License-Identifier: MIT
#include "mail/fields.h"

#include <string.h>

#define ID_MAX 320

static struct text take_line(struct text *block)
{
    const char *lf = block->len ? memchr(block->data, '\n', block->len) : NULL;
    size_t whole = lf ? (size_t)(lf - block->data) + 1 : block->len;
    struct text line = {block->data, lf ? whole - 1 : whole};
    if (line.len && line.data[line.len - 1] == '\r') line.len--;
    block->data += whole;
    block->len -= whole;
    return line;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

// Adds to the value what fits, with single spaces for folds; spaces at both ends are left out.
static size_t add_value(char *value, size_t len, struct text piece)
{
    while (piece.len && is_space(piece.data[0])) piece.data++, piece.len--;
    while (piece.len && is_space(piece.data[piece.len - 1])) piece.len--;
    if (len && piece.len && len < FIELD_VALUE_MAX) value[len++] = ' ';
    size_t n = piece.len < FIELD_VALUE_MAX - len ? piece.len : FIELD_VALUE_MAX - len;
    if (n) memcpy(value + len, piece.data, n);
    return len + n;
}

static bool take_name(struct text line, char *name, size_t *colon)
{
    size_t n = 0;
    while (n < line.len && n < FIELD_NAME_MAX && line.data[n] != ':') {
        char c = line.data[n];
        if (c <= ' ' || c >= 0x7f) return false;
        name[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
    }
    name[n] = 0;
    *colon = n;
    return n && n < line.len && line.data[n] == ':';
}

bool fields_next(struct text *block, struct field *out)
{
    while (block->len) {
        struct text line = take_line(block);
        size_t colon, len;
        if (line.len == 0) return false;
        if (!take_name(line, out->name, &colon)) continue;
        len = add_value(out->value, 0, (struct text){line.data + colon + 1, line.len - colon - 1});
        while (block->len && (block->data[0] == ' ' || block->data[0] == '\t'))
            len = add_value(out->value, len, take_line(block));
        out->value[len] = 0;
        return true;
    }
    return false;
}

static bool is_id(struct text t)
{
    const char *at = t.len ? memchr(t.data, '@', t.len) : NULL;
    if (!at || at == t.data || at == t.data + t.len - 1 || t.len > ID_MAX) return false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] <= ' ' || t.data[i] >= 0x7f || t.data[i] == '<' || t.data[i] == '>') return false;
    }
    return true;
}

bool fields_next_id(struct text *rest, struct text *id)
{
    while (rest->len) {
        const char *open = memchr(rest->data, '<', rest->len);
        if (!open) break;
        size_t left = rest->len - (size_t)(open - rest->data);
        const char *close = memchr(open, '>', left);
        if (!close) break;
        struct text inner = {open + 1, (size_t)(close - open) - 1};
        const char *nested = inner.len ? memrchr(inner.data, '<', inner.len) : NULL;
        if (nested) inner = (struct text){nested + 1, (size_t)(close - nested) - 1};
        rest->len -= (size_t)(close + 1 - rest->data);
        rest->data = close + 1;
        if (!is_id(inner)) continue;
        *id = inner;
        return true;
    }
    rest->data += rest->len;
    rest->len = 0;
    return false;
}
