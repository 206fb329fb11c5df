// SPDX-License-Identifier: MIT
// record: writing, reading and checking the one encoding. JSON is in json.c.
//
// Every reader goes through head_read, which is the only place that looks at foreign lengths: it never
// reads past `end`, and a count that could not fit into the bytes that are left is refused there.
#include "base/record.h"

#include "base/utf8.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum major { UINT, NEGATIVE, BYTES, UTF8, LIST, MAP, TAG, SIMPLE };
enum { SIMPLE_FALSE = 0xf4, SIMPLE_TRUE = 0xf5, SIMPLE_NIL = 0xf6, SIMPLE_NUM = 0xfb };
#define NAN_BITS UINT64_C(0x7ff8000000000000) // the one NaN that is written

// -- writing

// A head is the major type with its argument: inside the byte up to 23, then in 1, 2, 4 or 8 bytes.
static void head_put(struct buf *b, enum major major, uint64_t arg)
{
    uint8_t bytes[9];
    size_t n = arg < 24 ? 0 : arg <= UINT8_MAX ? 1 : arg <= UINT16_MAX ? 2 : arg <= UINT32_MAX ? 4 : 8;
    static const uint8_t code[] = {[1] = 24, [2] = 25, [4] = 26, [8] = 27};
    bytes[0] = (uint8_t)(major << 5 | (n ? code[n] : arg));
    for (size_t i = n; i > 0; i--, arg >>= 8) bytes[i] = (uint8_t)arg;
    buf_add(b, bytes, n + 1);
}

void record_put_nil(struct buf *b)
{
    buf_addc(b, (char)SIMPLE_NIL);
}

void record_put_bool(struct buf *b, bool v)
{
    buf_addc(b, (char)(v ? SIMPLE_TRUE : SIMPLE_FALSE));
}

void record_put_int(struct buf *b, int64_t v)
{
    if (v >= 0) head_put(b, UINT, (uint64_t)v);
    else head_put(b, NEGATIVE, ~(uint64_t)v);
}

void record_put_num(struct buf *b, double v)
{
    uint64_t bits = NAN_BITS;
    if (v == v) memcpy(&bits, &v, sizeof bits);
    uint8_t bytes[9] = {SIMPLE_NUM};
    for (size_t i = 8; i > 0; i--, bits >>= 8) bytes[i] = (uint8_t)bits;
    buf_add(b, bytes, sizeof bytes);
}

void record_put_text(struct buf *b, struct text v)
{
    head_put(b, utf8_valid(v) ? UTF8 : BYTES, v.len);
    buf_addt(b, v);
}

void record_put_list(struct buf *b, size_t n)
{
    head_put(b, LIST, n);
}

void record_put_map(struct buf *b, size_t n)
{
    head_put(b, MAP, n);
}

void record_put(struct buf *b, struct record v)
{
    if (v.data) buf_add(b, v.data, v.len);
    else record_put_nil(b);
}

// -- reading

struct head {
    enum major major;
    uint8_t first;
    uint64_t arg;
    bool shortest;
};

// Reads one head and moves *at behind it. False: no head, one that is not ours, or a count too large for
// the bytes that are left.
static bool head_read(const uint8_t **at, const uint8_t *end, struct head *h)
{
    if (*at >= end) return false;
    const uint8_t *p = *at;
    h->first = *p++;
    h->major = h->first >> 5;
    uint8_t low = h->first & 0x1f;
    if (low > 27) return false; // 28-30 mean nothing; 31 is an indefinite length
    size_t n = low < 24 ? 0 : (size_t)1 << (low - 24);
    if ((size_t)(end - p) < n) return false;
    h->arg = n ? 0 : low;
    for (size_t i = 0; i < n; i++) h->arg = h->arg << 8 | *p++;
    static const uint64_t least[] = {[1] = 24, [2] = 1u << 8, [4] = 1u << 16, [8] = UINT64_C(1) << 32};
    h->shortest = n == 0 || h->arg >= least[n];
    uint64_t left = (uint64_t)(end - p);
    switch (h->major) {
    case UINT:
    case NEGATIVE:
        if (h->arg > INT64_MAX) return false;
        break;
    case BYTES:
    case UTF8:
    case LIST:
        if (h->arg > left) return false;
        break;
    case MAP:
        if (h->arg > left / 2) return false;
        break;
    case TAG: return false;
    case SIMPLE:
        if (h->first < SIMPLE_FALSE || (h->first > SIMPLE_NIL && h->first != SIMPLE_NUM)) return false;
        h->shortest = true; // the eight bytes of a num are no length
        break;
    }
    *at = p;
    return true;
}

#define SHORT 24 // a text of fewer bytes has its length in the one byte of its head

// Steps over a text of at most 255 bytes: most values are one of these, and keys are. False: it is another
// value, or ends early.
static inline bool step_over_text(const uint8_t **at, const uint8_t *end)
{
    const uint8_t *p = *at;
    size_t left = (size_t)(end - p);
    if (left < 2 || (p[0] >> 5 != UTF8 && p[0] >> 5 != BYTES)) return false;
    size_t arg = p[0] & 0x1f, len = arg < SHORT ? 1 + arg : arg == SHORT ? 2 + (size_t)p[1] : SIZE_MAX;
    if (len > left) return false;
    *at = p + len;
    return true;
}

// The end of the value at `at`, or NULL. Counts values instead of recursing, so depth costs nothing.
static const uint8_t *value_end(const uint8_t *at, const uint8_t *end)
{
    for (uint64_t left = 1; left > 0; left--) {
        struct head h;
        if (step_over_text(&at, end)) continue;
        if (!head_read(&at, end, &h)) return NULL;
        if (h.major == LIST) left += h.arg;
        if (h.major == MAP) left += 2 * h.arg;
        if (h.major == BYTES || h.major == UTF8) at += h.arg;
    }
    return at;
}

static bool record_head(struct record r, struct head *h, const uint8_t **body)
{
    *body = r.data;
    return r.data && head_read(body, r.data + r.len, h);
}

enum record_kind record_kind(struct record r)
{
    struct head h;
    const uint8_t *body;
    if (!record_head(r, &h, &body)) return RECORD_NONE;
    switch (h.major) {
    case UINT:
    case NEGATIVE: return RECORD_INT;
    case BYTES:
    case UTF8: return RECORD_TEXT;
    case LIST: return RECORD_LIST;
    case MAP: return RECORD_MAP;
    case SIMPLE: break;
    case TAG: return RECORD_NONE;
    }
    return h.first == SIMPLE_NIL ? RECORD_NIL : h.first == SIMPLE_NUM ? RECORD_NUM : RECORD_BOOL;
}

bool record_bool(struct record r, bool *out)
{
    if (record_kind(r) != RECORD_BOOL) return false;
    *out = r.data[0] == SIMPLE_TRUE;
    return true;
}

static double num_of(struct head h)
{
    double v;
    memcpy(&v, &h.arg, sizeof v);
    return v;
}

static int64_t int_of(struct head h)
{
    return h.major == UINT ? (int64_t)h.arg : -1 - (int64_t)h.arg;
}

bool record_int(struct record r, int64_t *out)
{
    struct head h;
    const uint8_t *body;
    if (!record_head(r, &h, &body)) return false;
    if (h.major == UINT || h.major == NEGATIVE) {
        *out = int_of(h);
        return true;
    }
    if (h.first != SIMPLE_NUM) return false;
    double v = num_of(h);
    if (!(v >= -0x1p63 && v < 0x1p63) || (double)(int64_t)v != v) return false;
    *out = (int64_t)v;
    return true;
}

bool record_num(struct record r, double *out)
{
    struct head h;
    const uint8_t *body;
    if (!record_head(r, &h, &body)) return false;
    if (h.first == SIMPLE_NUM) *out = num_of(h);
    else if (h.major == UINT || h.major == NEGATIVE) *out = (double)int_of(h);
    else return false;
    return true;
}

bool record_text(struct record r, struct text *out)
{
    struct head h;
    const uint8_t *body;
    if (!record_head(r, &h, &body) || (h.major != UTF8 && h.major != BYTES)) return false;
    *out = (struct text){(const char *)body, h.arg};
    return true;
}

struct record_iter record_each(struct record r)
{
    struct head h;
    const uint8_t *body;
    if (!record_head(r, &h, &body) || (h.major != LIST && h.major != MAP)) return (struct record_iter){0};
    return (struct record_iter){.at = body, .end = r.data + r.len, .left = h.arg, .map = h.major == MAP};
}

static bool take_value(struct record_iter *it, struct record *out)
{
    const uint8_t *next = value_end(it->at, it->end);
    if (!next) return false;
    *out = (struct record){it->at, (size_t)(next - it->at)};
    it->at = next;
    return true;
}

bool record_next(struct record_iter *it)
{
    if (it->left == 0) return false;
    it->left--;
    if ((!it->map || take_value(it, &it->key)) && take_value(it, &it->value)) return true;
    it->left = 0; // broken bytes end the walk; record_check is what reports them
    return false;
}

size_t record_count(struct record r)
{
    return record_each(r).left;
}

bool record_take(const uint8_t **at, const uint8_t *end, struct record_item *out)
{
    struct head h;
    if (!head_read(at, end, &h)) return false;
    switch (h.major) {
    case UINT:
    case NEGATIVE: *out = (struct record_item){RECORD_INT, .integer = int_of(h)}; break;
    case BYTES:
    case UTF8:
        *out = (struct record_item){RECORD_TEXT, .text = {(const char *)*at, h.arg}};
        *at += h.arg;
        break;
    case LIST: *out = (struct record_item){RECORD_LIST, .n = h.arg}; break;
    case MAP: *out = (struct record_item){RECORD_MAP, .n = h.arg}; break;
    case TAG: return false;
    case SIMPLE:
        if (h.first == SIMPLE_NUM) *out = (struct record_item){RECORD_NUM, .number = num_of(h)};
        else if (h.first == SIMPLE_NIL) *out = (struct record_item){.kind = RECORD_NIL};
        else *out = (struct record_item){RECORD_BOOL, .truth = h.first == SIMPLE_TRUE};
    }
    return true;
}

static bool is_key(struct record r, struct text wanted)
{
    struct text found;
    return record_text(r, &found) && text_eq(found, wanted);
}

// The pair whose key is a short text. Keys are sorted, shorter ones first, so a longer one ends the search.
static struct record get_short(struct record_iter it, struct text wanted)
{
    uint8_t head = (uint8_t)(UTF8 << 5 | wanted.len);
    for (; it.left > 0 && it.at < it.end && *it.at <= head; it.left--) {
        const uint8_t *key = it.at, *value = key;
        if (!step_over_text(&value, it.end) && !(value = value_end(key, it.end))) break;
        bool found = *key == head && memcmp(key + 1, wanted.data, wanted.len) == 0;
        it.at = value;
        if (!step_over_text(&it.at, it.end) && !(it.at = value_end(value, it.end))) break;
        if (found) return (struct record){value, (size_t)(it.at - value)};
    }
    return (struct record){0};
}

struct record record_get(struct record map, const char *key)
{
    struct text wanted = text_of(key);
    struct record_iter it = record_each(map);
    if (!it.map) return (struct record){0};
    if (wanted.len < SHORT) return get_short(it, wanted);
    while (record_next(&it)) {
        if (is_key(it.key, wanted)) return it.value;
    }
    return (struct record){0};
}

struct text record_get_text(struct record map, const char *key)
{
    struct text out = TEXT("");
    record_text(record_get(map, key), &out);
    return out;
}

int64_t record_get_int(struct record map, const char *key, int64_t otherwise)
{
    record_int(record_get(map, key), &otherwise);
    return otherwise;
}

bool record_get_bool(struct record map, const char *key, bool otherwise)
{
    record_bool(record_get(map, key), &otherwise);
    return otherwise;
}

// -- checking

static int key_compare(const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len)
{
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : (a_len > b_len) - (a_len < b_len);
}

static const char *check_value(const uint8_t **at, const uint8_t *end, int depth);

static const char *check_text(const uint8_t **at, struct head h)
{
    bool is_utf8 = utf8_valid((struct text){(const char *)*at, h.arg});
    *at += h.arg;
    if (h.major == UTF8 && !is_utf8) return "a text is no valid UTF-8";
    if (h.major == BYTES && is_utf8) return "a text that is valid UTF-8 is written as bytes";
    return NULL;
}

static const char *check_map(const uint8_t **at, const uint8_t *end, uint64_t n, int depth)
{
    const uint8_t *previous = NULL;
    size_t previous_len = 0;
    for (uint64_t i = 0; i < n; i++) {
        const uint8_t *key = *at;
        if (key >= end || key[0] >> 5 > UTF8) return "a map's key is neither a text nor a whole number";
        const char *wrong = check_value(at, end, depth);
        if (wrong) return wrong;
        size_t key_len = (size_t)(*at - key);
        if (previous && key_compare(previous, previous_len, key, key_len) >= 0)
            return "a map's keys are out of order or come twice";
        previous = key;
        previous_len = key_len;
        if ((wrong = check_value(at, end, depth))) return wrong;
    }
    return NULL;
}

// NULL when the value at *at is canonical; else what is wrong, with *at near the place.
static const char *check_value(const uint8_t **at, const uint8_t *end, int depth)
{
    struct head h;
    if (!head_read(at, end, &h)) return "it ends early or holds a value of no known kind";
    if (!h.shortest) return "a number or a length is not in its shortest form";
    if ((h.major == LIST || h.major == MAP) && depth == RECORD_DEPTH_MAX)
        return "lists and maps are nested more than 64 deep";
    if (h.major == UTF8 || h.major == BYTES) return check_text(at, h);
    if (h.major == MAP) return check_map(at, end, h.arg, depth + 1);
    if (h.first == SIMPLE_NUM && num_of(h) != num_of(h) && h.arg != NAN_BITS)
        return "a number that is none (NaN) is not in its one form";
    for (uint64_t i = 0; h.major == LIST && i < h.arg; i++) {
        const char *wrong = check_value(at, end, depth + 1);
        if (wrong) return wrong;
    }
    return NULL;
}

int record_check(struct record r, struct err *e)
{
    if (!r.data || r.len == 0) return err_set(e, ERR_INPUT, "The record is empty.");
    if (r.len > RECORD_LEN_MAX)
        return err_set(e, ERR_INPUT, "The record has %zu bytes; the most is %u.", r.len, RECORD_LEN_MAX);
    const uint8_t *at = r.data, *end = r.data + r.len;
    const char *wrong = check_value(&at, end, 0);
    if (!wrong && at != end) wrong = "something follows the value";
    if (!wrong) return 0;
    return err_set(e, ERR_INPUT, "The record is damaged at byte %td of %zu: %s.", at - r.data, r.len, wrong);
}

// -- maps in any order

void record_map_init(struct record_map *m)
{
    *m = (struct record_map){0};
    buf_init(&m->pairs, SIZE_MAX / 2); // the limit is that of the buf into which it is written
}

struct buf *record_map_pair(struct record_map *m)
{
    if (m->n == m->room) {
        m->room = m->room ? 2 * m->room : 8;
        m->at = mem_grow(m->at, m->room * sizeof *m->at);
    }
    m->at[m->n++] = m->pairs.len;
    return &m->pairs;
}

struct buf *record_map_key(struct record_map *m, const char *key)
{
    struct buf *b = record_map_pair(m);
    record_put_text(b, text_of(key));
    return b;
}

void record_map_text(struct record_map *m, const char *key, struct text v)
{
    record_put_text(record_map_key(m, key), v);
}

void record_map_int(struct record_map *m, const char *key, int64_t v)
{
    record_put_int(record_map_key(m, key), v);
}

void record_map_bool(struct record_map *m, const char *key, bool v)
{
    record_put_bool(record_map_key(m, key), v);
}

void record_map_value(struct record_map *m, const char *key, struct record v)
{
    if (v.data) record_put(record_map_key(m, key), v);
}

#define PAIRS_FEW 16

struct pair {
    const uint8_t *data; // the key, then the value
    size_t key_len, len;
};

static int pair_compare(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return key_compare(x->data, x->key_len, y->data, y->key_len);
}

static void split_pairs(const struct record_map *m, struct pair *pairs)
{
    if (!m->n) return; // there is no memory then
    const uint8_t *data = (const uint8_t *)m->pairs.data, *end = data + m->pairs.len;
    for (size_t i = 0; i < m->n; i++) {
        const uint8_t *pair = data + m->at[i];
        const uint8_t *next = i + 1 < m->n ? data + m->at[i + 1] : end;
        const uint8_t *value = value_end(pair, next);
        assert(value && value < next); // a key and a value were written
        pairs[i] = (struct pair){pair, (size_t)(value - pair), (size_t)(next - pair)};
    }
}

// Our own maps have a handful of keys: for those qsort is the slower way.
static void sort_pairs(struct pair *pairs, size_t n)
{
    if (n > PAIRS_FEW) {
        qsort(pairs, n, sizeof *pairs, pair_compare);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        struct pair pair = pairs[i];
        size_t at = i;
        for (; at > 0 && pair_compare(&pair, &pairs[at - 1]) < 0; at--) pairs[at] = pairs[at - 1];
        pairs[at] = pair;
    }
}

bool record_map_close(struct record_map *m, struct buf *out)
{
    bool unique = true;
    if (m->pairs.over) {
        out->over = true;
    } else {
        struct pair few[PAIRS_FEW], *pairs = m->n > PAIRS_FEW ? mem_alloc(m->n * sizeof *pairs) : few;
        split_pairs(m, pairs);
        sort_pairs(pairs, m->n);
        record_put_map(out, m->n);
        for (size_t i = 0; i < m->n; i++) {
            if (i > 0 && pair_compare(&pairs[i - 1], &pairs[i]) == 0) unique = false;
            buf_add(out, pairs[i].data, pairs[i].len);
        }
        if (pairs != few) free(pairs);
    }
    record_map_release(m);
    return unique;
}

void record_map_end(struct record_map *m, struct buf *out)
{
    bool unique = record_map_close(m, out);
    assert(unique); // our own code names its keys
    (void)unique;
}

void record_map_release(struct record_map *m)
{
    buf_release(&m->pairs);
    free(m->at);
    *m = (struct record_map){0};
}
