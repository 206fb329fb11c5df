// SPDX-License-Identifier: MIT
#include "web/fields.h"

#include "base/record.h"
#include "base/utf8.h"
#include "web/token.h"

#include <stdlib.h>
#include <string.h>

void fields_init(struct fields *f, size_t room)
{
    f->n = f->len = 0;
    f->room = room;
    f->bytes = room ? mem_alloc(room) : NULL;
}

void fields_release(struct fields *f)
{
    free(f->bytes);
    f->bytes = NULL;
}

// ---- reading ----------------------------------------------------------------------------------------

int fields_add(struct fields *f, struct text name, struct text value, struct refusal *r)
{
    if (name.len == 0) return 0;
    if (f->n == FIELDS_MAX) return refuse(r, 400, "The form or the address has more than 256 fields.");
    if (name.len > FIELDS_NAME_MAX) return refuse(r, 400, "The name of a field is longer than 256 bytes.");
    f->list[f->n++] = (struct field){name, value};
    return 0;
}

ssize_t fields_decode(struct text in, bool plus_is_space, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < in.len; i++) {
        char c = in.data[i];
        if (c == '%') {
            int high = i + 2 < in.len ? token_hex(in.data[i + 1]) : -1;
            int low = i + 2 < in.len ? token_hex(in.data[i + 2]) : -1;
            if (high < 0 || low < 0) return -1;
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) c = ' ';
        out[n++] = c;
    }
    return (ssize_t)n;
}

// Decodes into the bytes of f.
static int read_part(struct fields *f, struct text in, struct text *out, struct refusal *r)
{
    char *at = f->bytes + f->len;
    ssize_t len = fields_decode(in, true, at);
    if (len < 0) return refuse(r, 400, "A percent sign in a field is not followed by two digits.");
    *out = (struct text){at, (size_t)len};
    f->len += (size_t)len;
    if (!utf8_valid(*out)) return refuse(r, 400, "A field is no text in UTF-8.");
    if (len && memchr(at, 0, (size_t)len)) return refuse(r, 400, "A field holds a NUL.");
    return 0;
}

int fields_read(struct fields *f, struct text encoded, struct refusal *r)
{
    while (encoded.len) {
        const char *end = memchr(encoded.data, '&', encoded.len);
        struct text pair = {encoded.data, end ? (size_t)(end - encoded.data) : encoded.len}, name, value;
        encoded = end ? (struct text){end + 1, encoded.len - pair.len - 1} : TEXT("");
        const char *mark = pair.len ? memchr(pair.data, '=', pair.len) : NULL;
        size_t name_len = mark ? (size_t)(mark - pair.data) : pair.len;
        struct text rest = mark ? (struct text){mark + 1, pair.len - name_len - 1} : TEXT("");
        if (read_part(f, (struct text){pair.data, name_len}, &name, r)) return -1;
        if (read_part(f, rest, &value, r) || fields_add(f, name, value, r)) return -1;
    }
    return 0;
}

// ---- as records -------------------------------------------------------------------------------------

// The order of a record's keys: by length first, then by bytes. Equal names stay in the order they came in.
static int by_name(const void *a, const void *b)
{
    const struct field *x = *(const struct field *const *)a, *y = *(const struct field *const *)b;
    if (x->name.len != y->name.len) return x->name.len < y->name.len ? -1 : 1;
    int order = memcmp(x->name.data, y->name.data, x->name.len);
    return order ? order : x < y ? -1 : x > y;
}

// Sorts pointers to the fields, and answers how many different names there are.
static size_t sort(const struct fields *f, const struct field **sorted)
{
    size_t names = 0;
    for (size_t i = 0; i < f->n; i++) sorted[i] = &f->list[i];
    qsort(sorted, f->n, sizeof *sorted, by_name);
    for (size_t i = 0; i < f->n; i++) names += i == 0 || !text_eq(sorted[i - 1]->name, sorted[i]->name);
    return names;
}

// How many fields from `at` on share its name.
static size_t run_len(const struct field **sorted, size_t at, size_t n)
{
    size_t len = 1;
    while (at + len < n && text_eq(sorted[at]->name, sorted[at + len]->name)) len++;
    return len;
}

void fields_put_first(const struct fields *f, struct buf *out)
{
    const struct field *sorted[FIELDS_MAX];
    record_put_map(out, sort(f, sorted));
    for (size_t i = 0; i < f->n; i += run_len(sorted, i, f->n)) {
        record_put_text(out, sorted[i]->name);
        record_put_text(out, sorted[i]->value);
    }
}

void fields_put_all(const struct fields *f, struct buf *out)
{
    const struct field *sorted[FIELDS_MAX];
    record_put_map(out, sort(f, sorted));
    for (size_t i = 0; i < f->n;) {
        size_t n = run_len(sorted, i, f->n);
        record_put_text(out, sorted[i]->name);
        record_put_list(out, n);
        for (; n > 0; n--) record_put_text(out, sorted[i++]->value);
    }
}
