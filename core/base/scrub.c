// SPDX-License-Identifier: MIT
#include "base/scrub.h"

#include <ctype.h>
#include <string.h>

// ---- one letter, in any dress ---------------------------------------------------------------------------

static bool starts(struct text t, const char *z)
{
    size_t len = strlen(z);
    return t.len >= len && memcmp(t.data, z, len) == 0;
}

#define FOLDS_MAX 4 // in a row: a text has one, and who writes thousands wants to keep us busy

// How many bytes at the head only break a line: "\r\n " of a calendar entry, "=\r\n" of quoted-printable.
static size_t fold_at(struct text t)
{
    static const char *const folds[] = {"\r\n ", "\r\n\t", "=\r\n", "=\n"};
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        if (starts(t, folds[i])) return strlen(folds[i]);
    }
    return 0;
}

static int hex(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower(c) - 'a' + 10 : -1;
}

static size_t hex_at(struct text t, size_t from, size_t digits, unsigned *value)
{
    *value = 0;
    if (t.len < from + digits) return 0;
    for (size_t i = from; i < from + digits; i++) {
        if (hex(t.data[i]) < 0) return 0;
        *value = *value * 16 + (unsigned)hex(t.data[i]);
    }
    return from + digits;
}

static size_t entity_at(struct text t, unsigned *value)
{
    static const struct {
        const char *entity;
        char sign;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''},
        {"&#x27;", '\''}, {"&#64;", '@'}, {"&#x40;", '@'}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        *value = (unsigned char)known[i].sign;
        if (starts(t, known[i].entity)) return strlen(known[i].entity);
    }
    return 0;
}

// What the escape at the head stands for; 0: there is none.
static size_t escape_at(struct text t, unsigned *value)
{
    size_t len = 0;
    if (*t.data == '%' || *t.data == '=') len = hex_at(t, 1, 2, value);
    else if (*t.data == '&') len = entity_at(t, value);
    else if (starts(t, "\\u")) len = hex_at(t, 2, 4, value);
    if (!len && *t.data == '\\' && t.len > 1) {
        *value = (unsigned char)t.data[1];
        len = 2;
    }
    return len;
}

static bool is_blank(unsigned c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '_';
}

static bool same(unsigned a, unsigned char b)
{
    if (a > 0xff) return false;
    return a < 0x80 && b < 0x80 ? tolower((int)a) == tolower(b) : a == b;
}

// How many bytes of t, which does not begin with a fold, stand for the letter c; 0: they do not.
static size_t plain_letter_at(struct text t, unsigned char c)
{
    unsigned value;
    size_t len = 0;
    if (!t.len) return 0;
    if (c == ' ') {
        while (len < t.len && is_blank((unsigned char)t.data[len])) len++;
        if (len) return len;
    } else if (same((unsigned char)*t.data, c)) return 1;
    len = escape_at(t, &value);
    return len && (c == ' ' ? is_blank(value) : same(value, c)) ? len : 0;
}

static size_t letter_at(struct text t, unsigned char c)
{
    size_t folds = 0, fold, len = plain_letter_at(t, c);
    if (len) return len;
    for (int n = 0; n < FOLDS_MAX && folds < t.len; n++, folds += fold) {
        fold = fold_at((struct text){t.data + folds, t.len - folds});
        if (!fold) break;
    }
    len = folds ? plain_letter_at((struct text){t.data + folds, t.len - folds}, c) : 0;
    return len ? folds + len : 0;
}

// ---- one word -------------------------------------------------------------------------------------------

static bool is_letter(unsigned char c, bool address)
{
    return isalnum(c) || c >= 0x80 || (address && c && strchr("._+-", c));
}

// How many bytes of t, at its head, are the word; 0: it does not begin there.
static size_t word_at(struct text t, struct text word)
{
    size_t at = 0;
    for (size_t i = 0; i < word.len; i++) {
        size_t len = letter_at((struct text){t.data + at, t.len - at}, (unsigned char)word.data[i]);
        if (!len) return 0;
        at += len;
    }
    return at;
}

// The sign before that place; a blank where it ends an escape that stands for some other sign.
static unsigned char sign_before(struct text in, size_t at)
{
    unsigned value;
    if (!at) return ' ';
    if (at >= 2 && in.data[at - 2] == '\\') return ' ';
    bool escaped = at >= 3 && strchr("%=", in.data[at - 3]) && in.data[at - 3] &&
                   hex_at((struct text){in.data + at - 3, 3}, 1, 2, &value);
    return escaped ? (unsigned char)value : (unsigned char)in.data[at - 1];
}

// A full stop or a hyphen behind an address ends a sentence more often than it continues the address.
static bool stands_alone(struct text in, size_t at, size_t len, struct text word)
{
    bool address = memchr(word.data, '@', word.len) != NULL;
    unsigned char first = (unsigned char)word.data[0], last = (unsigned char)word.data[word.len - 1];
    size_t behind = at + len;
    if (is_letter(first, address) && is_letter(sign_before(in, at), address)) return false;
    if (!is_letter(last, false) || behind >= in.len) return true;
    unsigned char next = (unsigned char)in.data[behind];
    if (is_letter(next, false)) return false;
    return !address || !strchr(".-", next) || behind + 1 >= in.len ||
           !is_letter((unsigned char)in.data[behind + 1], false);
}

// Whether a longer text that is another's covers these bytes.
static bool is_kept(const struct scrub *s, struct text in, size_t at, size_t len)
{
    struct text keep;
    for (struct record_iter it = record_each(s->keep); record_next(&it);) {
        if (!record_text(it.value, &keep) || keep.len < len) continue;
        size_t from = at + len > keep.len ? at + len - keep.len : 0;
        for (; from <= at && from < in.len; from++) {
            size_t covers = word_at((struct text){in.data + from, in.len - from}, keep);
            if (covers && from + covers >= at + len && stands_alone(in, from, covers, keep)) return true;
        }
    }
    return false;
}

// The word that begins at that place, the one that takes most bytes; how many, and what stands there
// instead.
static size_t find_at(const struct scrub *s, struct text in, size_t at, struct text *put)
{
    size_t most = 0;
    for (struct record_iter it = record_each(s->words); record_next(&it);) {
        struct text find = record_get_text(it.value, "find");
        size_t len = find.len ? word_at((struct text){in.data + at, in.len - at}, find) : 0;
        if (len <= most || !stands_alone(in, at, len, find) || is_kept(s, in, at, len)) continue;
        most = len;
        *put = record_get_text(it.value, "put");
    }
    return most;
}

int scrub_init(struct scrub *s, struct record words, struct record keep, struct err *e)
{
    size_t n = 0;
    *s = (struct scrub){.words = words, .keep = keep};
    for (const char *c = "%=&\\\r"; *c; c++) s->may_begin[(unsigned char)*c] = true;
    for (struct record_iter it = record_each(words); record_next(&it); n++) {
        struct text find = record_get_text(it.value, "find");
        if (find.len < SCRUB_WORD_LEN_MIN)
            return err_set(e, ERR_INPUT, "'%.*s' is too short to be taken out of everything", (int)find.len,
                find.data ? find.data : "");
        s->may_begin[(unsigned char)tolower((unsigned char)*find.data)] = true;
        s->may_begin[(unsigned char)toupper((unsigned char)*find.data)] = true;
    }
    if (n <= SCRUB_WORDS_MAX) return 0;
    return err_set(e, ERR_LIMIT, "%zu texts are to be taken out of everything, and %d at a time is the limit",
        n, SCRUB_WORDS_MAX);
}

// ---- texts and records ----------------------------------------------------------------------------------

bool scrub_text(const struct scrub *s, struct text in, struct buf *out)
{
    struct text put;
    bool changed = false;
    for (size_t at = 0, from = 0; at <= in.len;) {
        size_t len = at < in.len && s->may_begin[(unsigned char)in.data[at]] ? find_at(s, in, at, &put) : 0;
        if (len || at == in.len) buf_add(out, in.data + from, at - from);
        if (at == in.len) break;
        at += len ? len : 1;
        if (!len) continue;
        buf_addt(out, put);
        from = at;
        changed = true;
    }
    return changed;
}

bool scrub_finds(const struct scrub *s, struct text in)
{
    struct text put;
    for (size_t at = 0; at < in.len; at++) {
        if (s->may_begin[(unsigned char)in.data[at]] && find_at(s, in, at, &put)) return true;
    }
    return false;
}

size_t scrub_line(const struct scrub *s, struct text in)
{
    struct text put;
    size_t line = 1;
    for (size_t at = 0; at < in.len; at++) {
        if (s->may_begin[(unsigned char)in.data[at]] && find_at(s, in, at, &put)) return line;
        line += in.data[at] == '\n';
    }
    return 0;
}

bool scrub_finds_in(const struct scrub *s, struct record in)
{
    const uint8_t *at = in.data, *end = in.data + in.len;
    struct record_item item;
    while (in.data && at < end && record_take(&at, end, &item)) {
        if (item.kind == RECORD_TEXT && scrub_finds(s, item.text)) return true;
    }
    return false;
}

static bool is_word(const struct scrub *s, struct text t, bool address)
{
    for (struct record_iter it = record_each(s->words); t.len && record_next(&it);) {
        struct text find = record_get_text(it.value, "find");
        if (address && !memchr(find.data, '@', find.len)) continue;
        if (word_at(t, find) == t.len) return true;
    }
    return false;
}

bool scrub_names_address(const struct scrub *s, struct record in)
{
    const uint8_t *at = in.data, *end = in.data + in.len;
    struct record_item item;
    while (in.data && at < end && record_take(&at, end, &item)) {
        if (item.kind == RECORD_TEXT && is_word(s, item.text, true)) return true;
    }
    return false;
}

static bool scrub_map(const struct scrub *s, struct record in, struct buf *out)
{
    struct record_map map;
    struct buf whole, key, value;
    bool changed = false;
    record_map_init(&map);
    buf_init(&key, SIZE_MAX / 2);
    buf_init(&value, SIZE_MAX / 2);
    buf_init(&whole, SIZE_MAX / 2);
    for (struct record_iter it = record_each(in); record_next(&it);) {
        buf_clear(&key);
        buf_clear(&value);
        changed |= scrub_record(s, it.key, &key);
        changed |= scrub_record(s, it.value, &value);
        struct buf *pair = record_map_pair(&map);
        buf_addt(pair, buf_text(&key));
        buf_addt(pair, buf_text(&value));
    }
    if (record_map_close(&map, &whole)) buf_addt(out, buf_text(&whole));
    else record_put_map(out, 0); // two people forgotten in one map: what was said of either goes
    buf_release(&whole);
    buf_release(&key);
    buf_release(&value);
    return changed;
}

bool scrub_record(const struct scrub *s, struct record in, struct buf *out)
{
    struct text t;
    struct buf words;
    bool changed = false;
    switch (record_kind(in)) {
    case RECORD_TEXT:
        record_text(in, &t);
        buf_init(&words, SIZE_MAX / 2);
        changed = scrub_text(s, t, &words);
        record_put_text(out, buf_text(&words));
        buf_release(&words);
        return changed;
    case RECORD_LIST:
        record_put_list(out, record_count(in));
        for (struct record_iter it = record_each(in); record_next(&it);)
            changed |= scrub_record(s, it.value, out);
        return changed;
    case RECORD_MAP: return scrub_map(s, in, out);
    default: record_put(out, in); return false;
    }
}

// ---- mails ----------------------------------------------------------------------------------------------

static int base64_value(unsigned char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(letters, c) : NULL;
    return at ? (int)(at - letters) : -1;
}

// A line break with a letter of base64 behind it; an empty line ends a part's head. `at` is left on its
// last byte.
static bool breaks_line(struct text t, size_t *at)
{
    size_t next = *at;
    if (t.data[next] == '\r' && next + 1 < t.len) next++;
    if (t.data[next] != '\n' || next + 1 >= t.len || base64_value((unsigned char)t.data[next + 1]) < 0)
        return false;
    *at = next;
    return true;
}

// The letters of base64 at the head, over line breaks, as the bytes that they stand for. How many were
// taken.
static size_t decode_base64(struct text t, struct buf *out)
{
    unsigned bits = 0;
    size_t at = 0, n = 0;
    for (; at < t.len; at++) {
        int value = base64_value((unsigned char)t.data[at]);
        if (value < 0 && n && breaks_line(t, &at)) continue;
        if (value < 0) break;
        bits = bits << 6 | (unsigned)value;
        if (n++ % 4) buf_addc(out, (char)(bits >> (6 - 2 * ((n - 1) % 4))));
    }
    return at;
}

// A line of this length holds no word of a text: it is one of base64, as is what follows it.
#define BASE64_RUN_MIN 16

bool scrub_finds_mail(const struct scrub *s, struct text mail)
{
    if (scrub_finds(s, mail)) return true;
    struct buf plain;
    bool found = false;
    buf_init(&plain, SIZE_MAX / 2);
    for (size_t at = 0; at < mail.len && !found;) {
        buf_clear(&plain);
        size_t len = decode_base64((struct text){mail.data + at, mail.len - at}, &plain);
        if (len >= BASE64_RUN_MIN) found = scrub_finds(s, buf_text(&plain));
        at += len ? len : 1;
    }
    buf_release(&plain);
    return found;
}

// ---- lists of people ------------------------------------------------------------------------------------

size_t scrub_row_len(struct text t)
{
    bool quoted = false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.data[i] == '"') quoted = !quoted;
        if (t.data[i] == '\n' && !quoted) return i + 1;
    }
    return t.len;
}

static struct text trimmed(struct text t)
{
    while (t.len && (isspace((unsigned char)*t.data) || *t.data == '"')) t.data++, t.len--;
    while (t.len && (isspace((unsigned char)t.data[t.len - 1]) || t.data[t.len - 1] == '"')) t.len--;
    return t;
}

static bool row_is_theirs(const struct scrub *s, struct text row)
{
    bool quoted = false;
    size_t from = 0;
    for (size_t i = 0; i <= row.len; i++) {
        if (i < row.len && row.data[i] == '"') quoted = !quoted;
        bool ends = i == row.len || (!quoted && strchr(",;\t", row.data[i]) && row.data[i]);
        if (!ends) continue;
        if (is_word(s, trimmed((struct text){row.data + from, i - from}), false)) return true;
        from = i + 1;
    }
    return false;
}

size_t scrub_rows(const struct scrub *s, struct text csv, struct buf *out, size_t *first_line)
{
    size_t n = 0, line = 1;
    while (csv.len) {
        struct text row = {csv.data, scrub_row_len(csv)};
        bool theirs = row_is_theirs(s, row);
        if (!theirs) buf_addt(out, row);
        else if (n++ == 0 && first_line) *first_line = line;
        for (size_t i = 0; i < row.len; i++) line += row.data[i] == '\n';
        csv.data += row.len;
        csv.len -= row.len;
    }
    return n;
}
