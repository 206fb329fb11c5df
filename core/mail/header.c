// SPDX-License-Identifier: MIT
#include "mail/header.h"

#include "base/utf8.h"
#include "mail/encode.h"

#include <string.h>

// RFC 2047 allows 76 octets on a line with an encoded word and 75 for the word itself; RFC 5322 recommends
// 78 elsewhere, but one rule is enough. What may be followed by a glued "," or ";" leaves one octet for it.
#define LINE_ENCODED_MAX 76
#define LINE_PLAIN_MAX (LINE_ENCODED_MAX - 1)
#define WORD_ENCODED_MAX 75
#define WORD_FRAME (sizeof "=?utf-8?q?" - 1 + sizeof "?=" - 1)
#define WORD_PLAIN_MAX 60 // a longer word or name is encoded, for only an encoded one can be split

int header_check(const char *what, struct text value, struct err *e)
{
    if (value.len > HEADER_VALUE_MAX)
        return err_set(e, ERR_INPUT, "%s has %zu bytes; at most %d fit into a header: shorten it", what,
            value.len, HEADER_VALUE_MAX);
    if (!utf8_valid(value))
        return err_set(e, ERR_INPUT, "%s is not UTF-8 text; save the list or script it comes from as UTF-8",
            what);
    for (size_t i = 0; i < value.len; i++) {
        unsigned char c = (unsigned char)value.data[i];
        if (c == '\r' || c == '\n')
            return err_set(e, ERR_INPUT, "%s has a line break at byte %zu; a header is one line: remove it",
                what, i + 1);
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return err_set(e, ERR_INPUT, "%s has the control character 0x%02x at byte %zu; remove it", what,
                c, i + 1);
    }
    return 0;
}

void header_begin(struct header *h, struct buf *out, const char *name)
{
    *h = (struct header){.out = out};
    header_glue(h, name);
    header_glue(h, ":");
}

void header_end(struct header *h)
{
    buf_addz(h->out, "\r\n");
    h->column = 0;
}

void header_glue(struct header *h, const char *z)
{
    buf_addz(h->out, z);
    h->column += strlen(z);
}

static void fold(struct header *h)
{
    buf_addz(h->out, "\r\n ");
    h->column = 1;
}

// One space, or a fold when what follows would pass the line.
static void space(struct header *h, size_t len, size_t line_max)
{
    if (h->column + 1 + len > line_max) fold(h);
    else header_glue(h, " ");
}

void header_word(struct header *h, struct text word)
{
    space(h, word.len, LINE_PLAIN_MAX);
    buf_addt(h->out, word);
    h->column += word.len;
}

void header_words(struct header *h, struct text words)
{
    while (words.len) {
        const char *end = memchr(words.data, ' ', words.len);
        size_t len = end ? (size_t)(end - words.data) : words.len;
        if (len) header_word(h, (struct text){words.data, len});
        len += end != NULL;
        words.data += len;
        words.len -= len;
    }
}

// -- what may stand as it is

// Printable ASCII whose spaces survive every fold and whose words fit a line. "=?" is not allowed anywhere:
// programs disagree about where an encoded word may begin.
static bool stands_plain(struct text t)
{
    size_t word = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.data[i];
        if (c < 0x20 || c > 0x7e) return false;
        if (c == '=' && i + 1 < t.len && t.data[i + 1] == '?') return false;
        if (c == ' ' && word == 0) return false; // at the start, or twice
        word = c == ' ' ? 0 : word + 1;
        if (word > WORD_PLAIN_MAX) return false;
    }
    return t.len == 0 || word > 0;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool all_of(struct text t, const char *marks)
{
    for (size_t i = 0; i < t.len; i++) {
        if (!is_alnum(t.data[i]) && (t.data[i] == 0 || !strchr(marks, t.data[i]))) return false;
    }
    return true;
}

static void add_quoted(struct buf *out, struct text t)
{
    buf_addc(out, '"');
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] == '"' || t.data[i] == '\\') buf_addc(out, '\\');
        buf_addc(out, t.data[i]);
    }
    buf_addc(out, '"');
}

// -- encoded words (RFC 2047)

// The marks of RFC 2047, 5 (3): safe also inside a display name.
static bool q_safe(char c)
{
    return c == ' ' || is_alnum(c) || (c != 0 && strchr("!*+-/", c));
}

static size_t q_len(struct text t)
{
    size_t len = 0;
    for (size_t i = 0; i < t.len; i++) len += q_safe(t.data[i]) ? 1 : 3;
    return len;
}

static void add_q(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.data[i];
        if (c == ' ') buf_addc(out, '_');
        else if (q_safe(c)) buf_addc(out, c);
        else buf_addf(out, "=%02X", (unsigned char)c);
    }
}

static size_t b_len(struct text t)
{
    return (t.len + 2) / 3 * 4;
}

// As many whole characters as fit into `room` octets once encoded; at least one, so that work goes on.
static struct text take_encodable(struct text *rest, bool base64, size_t room)
{
    struct text piece = {rest->data, 0};
    while (piece.len < rest->len) {
        size_t step = utf8_step((struct text){rest->data + piece.len, rest->len - piece.len});
        struct text more = {rest->data, piece.len + (step ? step : 1)};
        if (piece.len && (base64 ? b_len(more) : q_len(more)) > room) break;
        piece = more;
    }
    rest->data += piece.len;
    rest->len -= piece.len;
    return piece;
}

static void encoded_words(struct header *h, struct text t)
{
    bool base64 = b_len(t) < q_len(t); // the shorter one; Q on a tie, people can read it
    while (t.len) {
        // A first word behind the header's name takes what room is left there, if that is worth a word.
        size_t room = h->column + 1 < LINE_ENCODED_MAX ? LINE_ENCODED_MAX - h->column - 1 : 0;
        if (room < WORD_FRAME + 24) {
            fold(h);
            room = LINE_ENCODED_MAX - 1;
        } else {
            header_glue(h, " ");
        }
        if (room > WORD_ENCODED_MAX) room = WORD_ENCODED_MAX;
        struct text piece = take_encodable(&t, base64, room - WORD_FRAME);
        size_t before = h->out->len;
        buf_addz(h->out, base64 ? "=?utf-8?b?" : "=?utf-8?q?");
        if (base64) encode_base64(piece, 0, h->out);
        else add_q(h->out, piece);
        buf_addz(h->out, "?=");
        h->column += h->out->len - before;
    }
}

void header_text(struct header *h, struct text value)
{
    if (stands_plain(value)) header_words(h, value);
    else encoded_words(h, value);
}

void header_phrase(struct header *h, struct text name)
{
    if (!stands_plain(name) || name.len > WORD_PLAIN_MAX) {
        encoded_words(h, name);
    } else if (all_of(name, " !#$%&'*+-/=?^_`{|}~")) { // atoms: RFC 5322, 3.2.3
        header_words(h, name);
    } else {
        struct buf quoted;
        buf_init(&quoted, 2 * WORD_PLAIN_MAX + 2);
        add_quoted(&quoted, name);
        header_word(h, buf_text(&quoted));
        buf_release(&quoted);
    }
}

// -- parameters (RFC 2045, RFC 2231)

static void add_percent(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.data[i];
        if (is_alnum(c) || (c != 0 && strchr("-._", c))) buf_addc(out, c);
        else buf_addf(out, "%%%02X", (unsigned char)c);
    }
}

// Writes name*=utf-8''..., or name*0*=utf-8''...; name*1*=... when one line does not hold it.
static void param_encoded(struct header *h, const char *name, struct text value)
{
    const size_t room = LINE_PLAIN_MAX - sizeof " *00*=utf-8'';" - strlen(name);
    struct buf piece;
    buf_init(&piece, LINE_PLAIN_MAX + 32);
    bool whole = 3 * value.len <= room;
    for (int n = 0; value.len || n == 0; n++) {
        if (n) header_glue(h, ";");
        buf_clear(&piece);
        if (whole) buf_addf(&piece, "%s*=", name);
        else buf_addf(&piece, "%s*%d*=", name, n);
        if (n == 0) buf_addz(&piece, "utf-8''");
        size_t used = 0;
        do { // whole characters only: some programs decode each piece by itself
            size_t step = utf8_step(value);
            if (step == 0 || used + 3 * step > room) break;
            add_percent(&piece, (struct text){value.data, step});
            value.data += step;
            value.len -= step;
            used += 3 * step;
        } while (value.len);
        header_word(h, buf_text(&piece));
    }
    buf_release(&piece);
}

void header_param(struct header *h, const char *name, struct text value)
{
    header_glue(h, ";");
    if (!stands_plain(value) || value.len == 0 || value.len > WORD_PLAIN_MAX - strlen(name) ||
        memchr(value.data, '"', value.len) || memchr(value.data, '\\', value.len)) {
        param_encoded(h, name, value);
        return;
    }
    struct buf word;
    buf_init(&word, LINE_PLAIN_MAX);
    buf_addf(&word, "%s=", name);
    if (all_of(value, "!#$&+-.^_`{|}~")) buf_addt(&word, value); // a token
    else add_quoted(&word, value);
    header_word(h, buf_text(&word));
    buf_release(&word);
}
