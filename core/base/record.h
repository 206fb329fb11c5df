// SPDX-License-Identifier: MIT
// record: a value without Lua: nil, bool, int, num, text, list, map; and its one encoding.
//
// The encoding is canonical CBOR (RFC 8949, 4.2.1 "core deterministic"), so equal values are equal
// bytes and any CBOR tool can read a journal:
//   nil f6 · false f4 · true f5 · int major 0/1, shortest head · num fb + 8 bytes (always binary64,
//   also when it is whole: 1 and 1.0 are two values to Lua) · text major 3 · list major 4 · map major 5,
//   keys sorted by their encoded bytes, no key twice.
// Text is bytes to Lua; valid UTF-8 is written as major 3, anything else as a byte string (major 2),
// and both read back as text. Keys are texts or ints. No tags, no indefinite lengths.
// Limits: depth 64, 8 MiB, checked by record_check before anything else reads foreign bytes.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define RECORD_DEPTH_MAX 64
#define RECORD_LEN_MAX (8u << 20)

// A borrowed view of one encoded value. data == NULL means "not there".
struct record {
    const uint8_t *data;
    size_t len;
};

enum record_kind {
    RECORD_NONE, // not there, or not a record
    RECORD_NIL,
    RECORD_BOOL,
    RECORD_INT,
    RECORD_NUM,
    RECORD_TEXT,
    RECORD_LIST,
    RECORD_MAP,
};

// -- writing: append to a buf; map keys must come in canonical order (record_map_* does it for you)
void record_put_nil(struct buf *b);
void record_put_bool(struct buf *b, bool v);
void record_put_int(struct buf *b, int64_t v);
void record_put_num(struct buf *b, double v);
void record_put_text(struct buf *b, struct text v);
void record_put_list(struct buf *b, size_t n);   // n values follow
void record_put_map(struct buf *b, size_t n);    // n pairs of key and value follow
void record_put(struct buf *b, struct record v); // a whole value; not there becomes nil

// Collects pairs in any order and writes them sorted.
struct record_map {
    struct buf pairs; // encoded key, encoded value, one after the other
    size_t *at;       // where each pair begins
    size_t n, room;
};
void record_map_init(struct record_map *m);
struct buf *record_map_key(struct record_map *m, const char *key); // write the value into the answer
void record_map_text(struct record_map *m, const char *key, struct text v);
void record_map_int(struct record_map *m, const char *key, int64_t v);
void record_map_bool(struct record_map *m, const char *key, bool v);
void record_map_value(struct record_map *m, const char *key, struct record v); // left out when not there
void record_map_end(struct record_map *m, struct buf *out);                    // writes and releases
// For keys that somebody else chose: write key and value into the answer of record_map_pair; close tells
// whether every key was there once (else what it wrote is no record). Release drops what was collected.
struct buf *record_map_pair(struct record_map *m);
bool record_map_close(struct record_map *m, struct buf *out); // writes and releases
void record_map_release(struct record_map *m);

// -- reading: never beyond len, never with a crash; a wrong kind answers false
int record_check(struct record r, struct err *e); // one whole canonical value within the limits, or -INPUT
enum record_kind record_kind(struct record r);
bool record_bool(struct record r, bool *out);
bool record_int(struct record r, int64_t *out); // also from a num that is whole
bool record_num(struct record r, double *out);  // also from an int
bool record_text(struct record r, struct text *out);
struct record record_get(struct record map, const char *key);    // not there: data == NULL
struct text record_get_text(struct record map, const char *key); // not there: empty
int64_t record_get_int(struct record map, const char *key, int64_t otherwise);
bool record_get_bool(struct record map, const char *key, bool otherwise);

// for (struct record_iter it = record_each(r); record_next(&it);) uses it.key (maps) and it.value
struct record_iter {
    const uint8_t *at, *end;
    size_t left;
    bool map;
    struct record key, value;
};
struct record_iter record_each(struct record r);
bool record_next(struct record_iter *it);
size_t record_count(struct record r);

// One after the other, as they lie in the bytes, for who builds something of a whole value: of a list or a
// map it tells the count, and what is inside comes next. False: the bytes end there, or are broken.
struct record_item {
    enum record_kind kind;
    union {
        bool truth;
        int64_t integer;
        double number;
        struct text text;
        size_t n; // of a list's values, a map's pairs
    };
};
bool record_take(const uint8_t **at, const uint8_t *end, struct record_item *out);

// As JSON: what `--json` prints and what the socket speaks. Bytes that are no UTF-8 become U+FFFD.
void record_print_json(struct record r, struct buf *out);
// From JSON text, strictly RFC 8259, depth and size limited, duplicate keys refused.
int record_from_json(struct text json, struct buf *out, struct err *e);
