// SPDX-License-Identifier: MIT
#include "mail/encode.h"

#include <string.h>

#define LINE_PLAIN_MAX 78  // RFC 5322, 2.1.1
#define LINE_QUOTED_MAX 76 // with the "=" of a soft line break

const char *encoding_name(enum encoding encoding)
{
    static const char *const names[] = {"7bit", "quoted-printable", "base64"};
    return names[encoding];
}

void encode_lines(struct text text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        bool cr = text.data[i] == '\r';
        if (cr && i + 1 < text.len && text.data[i + 1] == '\n') continue; // its LF speaks for both
        buf_addc(out, cr ? '\n' : text.data[i]);
    }
    if (text.len && text.data[text.len - 1] != '\n' && text.data[text.len - 1] != '\r') buf_addc(out, '\n');
}

// A line that begins so would be touched on the way: dots are doubled, mailboxes write ">From ".
static bool is_touchy(struct text line)
{
    return line.len && (line.data[0] == '.' || (line.len >= 5 && memcmp(line.data, "From ", 5) == 0));
}

// The line at the start of t, without its LF.
static struct text line_of(struct text t)
{
    const char *end = t.len ? memchr(t.data, '\n', t.len) : NULL;
    return (struct text){t.data, end ? (size_t)(end - t.data) : t.len};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_printable(char c)
{
    return (c >= 0x20 && c <= 0x7e) || c == '\t';
}

enum encoding encode_choice(struct text text)
{
    bool plain = true;
    size_t escaped = 0; // octets that quoted-printable writes as three
    for (size_t i = 0; i < text.len;) {
        struct text line = line_of((struct text){text.data + i, text.len - i});
        if (line.len > LINE_PLAIN_MAX || is_touchy(line)) plain = false;
        if (line.len && is_blank(line.data[line.len - 1])) plain = false;
        for (size_t k = 0; k < line.len; k++) {
            if (!is_printable(line.data[k])) plain = false;
            escaped += !is_printable(line.data[k]) || line.data[k] == '=';
        }
        i += line.len + 1;
    }
    if (plain) return ENCODING_7BIT;
    // len + 2 * escaped against len * 4 / 3; Dzongkha is three octets a character, all escaped
    return escaped > text.len / 6 ? ENCODING_BASE64 : ENCODING_QUOTED;
}

// -- quoted-printable

static void quoted_line(struct text line, struct buf *out)
{
    size_t column = 0;
    for (size_t i = 0; i < line.len;) {
        struct text rest = {line.data + i, line.len - i};
        char c = rest.data[0];
        bool last = rest.len == 1;
        bool escape = !is_printable(c) || c == '=' || (last && is_blank(c)) ||
                      (column == 0 && is_touchy(rest));
        size_t len = escape ? 3 : 1;
        if (column + len + !last > LINE_QUOTED_MAX) { // the last octet needs no room for a soft break
            buf_addz(out, "=\r\n");
            column = 0;
            continue; // the same octet again: one that begins a line is judged anew
        }
        if (escape) buf_addf(out, "=%02X", (unsigned char)c);
        else buf_addc(out, c);
        column += len;
        i++;
    }
    buf_addz(out, "\r\n");
}

void encode_body(struct text text, enum encoding encoding, struct buf *out)
{
    struct buf lines; // base64 covers the canonical form, which has CRLF
    if (encoding == ENCODING_BASE64) buf_init(&lines, 2 * text.len + 2);
    for (size_t i = 0; i < text.len;) {
        struct text line = line_of((struct text){text.data + i, text.len - i});
        if (encoding == ENCODING_QUOTED) {
            quoted_line(line, out);
        } else {
            struct buf *to = encoding == ENCODING_BASE64 ? &lines : out;
            buf_addt(to, line);
            buf_addz(to, "\r\n");
        }
        i += line.len + 1;
    }
    if (encoding != ENCODING_BASE64) return;
    encode_base64(buf_text(&lines), ENCODE_BASE64_LINE, out);
    buf_release(&lines);
}

// -- base64

void encode_base64(struct text data, size_t line, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)data.data;
    size_t column = 0;
    for (size_t i = 0; i < data.len; i += 3) {
        size_t n = data.len - i < 3 ? data.len - i : 3;
        unsigned three = (unsigned)p[i] << 16 | (n > 1 ? (unsigned)p[i + 1] << 8 : 0) |
                         (n > 2 ? p[i + 2] : 0);
        char four[4] = {digits[three >> 18], digits[three >> 12 & 63], digits[three >> 6 & 63],
            digits[three & 63]};
        memset(four + n + 1, '=', 3 - n);
        buf_add(out, four, sizeof four);
        column += sizeof four;
        if (line && (column >= line || i + 3 >= data.len)) {
            buf_addz(out, "\r\n");
            column = 0;
        }
    }
}

// -- HTML

void encode_html(struct text text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        switch (text.data[i]) {
        case '&': buf_addz(out, "&amp;"); break;
        case '<': buf_addz(out, "&lt;"); break;
        case '>': buf_addz(out, "&gt;"); break;
        case '"': buf_addz(out, "&quot;"); break;
        case 0: buf_addz(out, "\ufffd"); break; // HTML has no NUL
        default: buf_addc(out, text.data[i]);
        }
    }
}
