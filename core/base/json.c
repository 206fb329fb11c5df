// SPDX-License-Identifier: MIT
// record as JSON: what `--json` prints, what the socket speaks, what usher.json reads.
//
// The way in is RFC 8259 and nothing more: no comments, no NaN, no trailing comma, no byte order mark.
// Whole numbers within 64 bits become ints, all others nums; a num that is whole prints as "1.0", so
// print and from_json give the same record again. Half of a surrogate pair stands for no character and
// is refused. An int key of a map prints as a text, for JSON knows no other.
#include "base/record.h"

#include "base/utf8.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// -- printing

static void print_text(struct text t, struct buf *out)
{
    static const char escapes[] = "\"\"\\\\\bb\ff\nn\rr\tt"; // character, letter, character, letter ...
    buf_addc(out, '"');
    while (t.len) {
        size_t step = utf8_step(t);
        const char *escape = step == 1 && *t.data ? strchr(escapes, *t.data) : NULL;
        if (step == 0) buf_addz(out, "\xef\xbf\xbd");
        else if ((uint8_t)*t.data < 0x20 || *t.data == '"' || *t.data == '\\') {
            if (escape) buf_addf(out, "\\%c", escape[1]);
            else buf_addf(out, "\\u%04x", (unsigned)*t.data);
        } else buf_add(out, t.data, step);
        t.data += step ? step : 1;
        t.len -= step ? step : 1;
    }
    buf_addc(out, '"');
}

// The shortest digits that read back as the same number.
static void print_num(double v, struct buf *out)
{
    char digits[40];
    if (!isfinite(v)) {
        buf_addz(out, "null"); // JSON has no word for it
        return;
    }
    for (int precision = 15; precision <= 17; precision++) {
        snprintf(digits, sizeof digits, "%.*g", precision, v);
        if (strtod(digits, NULL) == v) break;
    }
    buf_addz(out, digits);
    if (!strpbrk(digits, ".e")) buf_addz(out, ".0");
}

static void print_key(struct record key, struct buf *out)
{
    struct text name;
    int64_t number = 0;
    if (record_text(key, &name)) print_text(name, out);
    else if (record_int(key, &number)) buf_addf(out, "\"%" PRId64 "\"", number);
    else buf_addz(out, "\"\"");
}

static void print_value(struct record r, struct buf *out, int depth)
{
    struct text text = TEXT("");
    int64_t whole = 0;
    double num = 0;
    bool truth = false;
    switch (depth > RECORD_DEPTH_MAX ? RECORD_NONE : record_kind(r)) {
    case RECORD_NONE:
    case RECORD_NIL: buf_addz(out, "null"); return;
    case RECORD_BOOL:
        record_bool(r, &truth);
        buf_addz(out, truth ? "true" : "false");
        return;
    case RECORD_INT:
        record_int(r, &whole);
        buf_addf(out, "%" PRId64, whole);
        return;
    case RECORD_NUM:
        record_num(r, &num);
        print_num(num, out);
        return;
    case RECORD_TEXT:
        record_text(r, &text);
        print_text(text, out);
        return;
    case RECORD_LIST:
    case RECORD_MAP: break;
    }
    struct record_iter it = record_each(r);
    bool map = it.map;
    buf_addc(out, map ? '{' : '[');
    for (size_t i = 0; record_next(&it); i++) {
        if (i) buf_addc(out, ',');
        if (map) {
            print_key(it.key, out);
            buf_addc(out, ':');
        }
        print_value(it.value, out, depth + 1);
    }
    buf_addc(out, map ? '}' : ']');
}

void record_print_json(struct record r, struct buf *out)
{
    print_value(r, out, 0);
}

// -- reading

struct reader {
    const char *start, *at, *end;
    struct err *e;
};

static int refuse(struct reader *r, const char *what)
{
    size_t line = 1, column = 1;
    for (const char *p = r->start; p < r->at; p++) {
        column = *p == '\n' ? 1 : column + 1;
        line += *p == '\n';
    }
    return err_set(r->e, ERR_INPUT, "This is no JSON: line %zu, column %zu: %s.", line, column, what);
}

static bool at_char(const struct reader *r, char c)
{
    return r->at < r->end && *r->at == c;
}

static bool at_digit(const struct reader *r)
{
    return r->at < r->end && *r->at >= '0' && *r->at <= '9';
}

static bool skip_char(struct reader *r, char c)
{
    if (!at_char(r, c)) return false;
    r->at++;
    return true;
}

static void skip_space(struct reader *r)
{
    while (r->at < r->end && memchr(" \t\n\r", *r->at, 4)) r->at++;
}

static void skip_digits(struct reader *r)
{
    while (at_digit(r)) r->at++;
}

static int read_number(struct reader *r, struct buf *out)
{
    char digits[64];
    const char *from = r->at;
    skip_char(r, '-');
    if (!skip_char(r, '0')) {
        if (!at_digit(r)) return refuse(r, "a value was expected");
        skip_digits(r);
    }
    const char *whole_end = r->at;
    if (skip_char(r, '.')) {
        if (!at_digit(r)) return refuse(r, "a digit must follow the point");
        skip_digits(r);
    }
    if (skip_char(r, 'e') || skip_char(r, 'E')) {
        if (!skip_char(r, '-')) skip_char(r, '+');
        if (!at_digit(r)) return refuse(r, "a digit must follow the exponent's sign");
        skip_digits(r);
    }
    size_t len = (size_t)(r->at - from);
    if (len >= sizeof digits) return refuse(r, "a number has more than 63 characters");
    memcpy(digits, from, len);
    digits[len] = 0;
    errno = 0;
    long long whole = strtoll(digits, NULL, 10);
    if (r->at == whole_end && errno == 0) {
        record_put_int(out, whole);
        return 0;
    }
    double num = strtod(digits, NULL);
    if (!isfinite(num)) return refuse(r, "a number is too large");
    record_put_num(out, num);
    return 0;
}

static int read_hex4(struct reader *r, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, r->at++) {
        const char *known = "0123456789abcdef0123456789ABCDEF";
        const char *digit = r->at < r->end && *r->at ? strchr(known, *r->at) : NULL;
        if (!digit) return refuse(r, "four hexadecimal digits must follow \\u");
        *out = *out << 4 | (uint32_t)((digit - known) & 15);
    }
    return 0;
}

static int read_code_point(struct reader *r, struct buf *out)
{
    uint32_t code, low;
    if (read_hex4(r, &code)) return -ERR_INPUT;
    if (code >= 0xd800 && code <= 0xdbff && skip_char(r, '\\') && skip_char(r, 'u')) {
        if (read_hex4(r, &low)) return -ERR_INPUT;
        if (low >= 0xdc00 && low <= 0xdfff) code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (code >= 0xd800 && code <= 0xdfff) return refuse(r, "half of a surrogate pair stands alone");
    utf8_add(out, code);
    return 0;
}

static int read_escape(struct reader *r, struct buf *out)
{
    static const char letters[] = "\"\\/bfnrt", meaning[] = "\"\\/\b\f\n\r\t";
    if (skip_char(r, 'u')) return read_code_point(r, out);
    const char *letter = r->at < r->end && *r->at ? strchr(letters, *r->at) : NULL;
    if (!letter) return refuse(r, "no such escape; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u");
    r->at++;
    buf_addc(out, meaning[letter - letters]);
    return 0;
}

// The bytes of a text, its first quote already read, into `out`.
static int read_bytes(struct reader *r, struct buf *out)
{
    while (!skip_char(r, '"')) {
        const char *from = r->at;
        while (r->at < r->end && (uint8_t)*r->at >= 0x20 && *r->at != '"' && *r->at != '\\') {
            size_t step = utf8_step((struct text){r->at, (size_t)(r->end - r->at)});
            if (step == 0) return refuse(r, "a byte is no UTF-8");
            r->at += step;
        }
        buf_add(out, from, (size_t)(r->at - from));
        if (r->at == r->end) return refuse(r, "a text is not closed");
        if ((uint8_t)*r->at < 0x20) return refuse(r, "a control character must be escaped");
        if (skip_char(r, '\\') && read_escape(r, out)) return -ERR_INPUT;
    }
    return 0;
}

static int read_text(struct reader *r, struct buf *out)
{
    struct buf bytes;
    buf_init(&bytes, RECORD_LEN_MAX);
    int failed = read_bytes(r, &bytes);
    if (!failed) record_put_text(out, buf_text(&bytes));
    if (bytes.over) out->over = true;
    buf_release(&bytes);
    return failed;
}

static int read_value(struct reader *r, struct buf *out, int depth);

static int read_list(struct reader *r, struct buf *out, int depth)
{
    struct buf values;
    size_t n = 0;
    buf_init(&values, RECORD_LEN_MAX);
    skip_space(r);
    if (skip_char(r, ']')) goto done;
    do {
        if (read_value(r, &values, depth)) goto fail;
        n++;
    } while (skip_char(r, ','));
    if (!skip_char(r, ']')) {
        refuse(r, "a comma or ] was expected");
        goto fail;
    }
done:
    record_put_list(out, n);
    buf_addt(out, buf_text(&values));
    if (values.over) out->over = true;
    buf_release(&values);
    return 0;
fail:
    buf_release(&values);
    return -ERR_INPUT;
}

static int read_pair(struct reader *r, struct record_map *m, int depth)
{
    struct buf *pair = record_map_pair(m);
    skip_space(r);
    if (!skip_char(r, '"')) return refuse(r, "a key in quotes was expected");
    if (read_text(r, pair)) return -ERR_INPUT;
    skip_space(r);
    if (!skip_char(r, ':')) return refuse(r, "a colon was expected");
    return read_value(r, pair, depth);
}

static int read_map(struct reader *r, struct buf *out, int depth)
{
    struct record_map m;
    record_map_init(&m);
    skip_space(r);
    if (!skip_char(r, '}')) {
        do {
            if (read_pair(r, &m, depth)) goto fail;
        } while (skip_char(r, ','));
        if (!skip_char(r, '}')) {
            refuse(r, "a comma or } was expected");
            goto fail;
        }
    }
    if (!record_map_close(&m, out)) return refuse(r, "the map that ends here has a key twice");
    return 0;
fail:
    record_map_release(&m);
    return -ERR_INPUT;
}

static bool skip_word(struct reader *r, struct text word)
{
    if ((size_t)(r->end - r->at) < word.len || memcmp(r->at, word.data, word.len) != 0) return false;
    r->at += word.len;
    return true;
}

// One value with the space around it.
static int read_value(struct reader *r, struct buf *out, int depth)
{
    int failed = 0;
    skip_space(r);
    bool nests = at_char(r, '[') || at_char(r, '{');
    if (nests && depth == RECORD_DEPTH_MAX) return refuse(r, "lists and maps are nested more than 64 deep");
    if (skip_char(r, '{')) failed = read_map(r, out, depth + 1);
    else if (skip_char(r, '[')) failed = read_list(r, out, depth + 1);
    else if (skip_char(r, '"')) failed = read_text(r, out);
    else if (skip_word(r, TEXT("true"))) record_put_bool(out, true);
    else if (skip_word(r, TEXT("false"))) record_put_bool(out, false);
    else if (skip_word(r, TEXT("null"))) record_put_nil(out);
    else failed = read_number(r, out);
    skip_space(r);
    return failed;
}

int record_from_json(struct text json, struct buf *out, struct err *e)
{
    struct reader r = {json.data, json.data, json.data + json.len, e};
    struct buf whole;
    if (json.len > RECORD_LEN_MAX)
        return err_set(e, ERR_INPUT, "The JSON text has %zu bytes; the most is %u.", json.len,
            RECORD_LEN_MAX);
    buf_init(&whole, RECORD_LEN_MAX);
    int failed = read_value(&r, &whole, 0);
    if (!failed && r.at != r.end) failed = refuse(&r, "something follows the value");
    if (!failed && whole.over)
        failed = err_set(e, ERR_INPUT, "The JSON text makes a record of more than %u bytes.", RECORD_LEN_MAX);
    if (!failed) buf_addt(out, buf_text(&whole));
    buf_release(&whole);
    return failed;
}
