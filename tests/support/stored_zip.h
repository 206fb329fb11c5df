// SPDX-License-Identifier: MIT
// stored_zip: a ZIP whose entries are not packed, written by hand: what the tests put into an .xlsx stays
// readable.
#pragma once

#include "base/buf.h"

#include <string.h>

struct stored_zip {
    struct buf bytes, directory;
    unsigned entries;
};

static inline void stored_zip_begin(struct stored_zip *z)
{
    *z = (struct stored_zip){0};
    buf_init(&z->bytes, 64u << 20);
    buf_init(&z->directory, 8u << 20);
}

static inline uint32_t stored_zip_crc(struct text t)
{
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < t.len; i++) {
        crc ^= (uint8_t)t.data[i];
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

// Little-endian.
static inline void stored_zip_put(struct buf *b, uint32_t n, int bytes)
{
    for (int i = 0; i < bytes; i++) buf_addc(b, (char)(n >> 8 * i));
}

// What local and central headers have in common, from "version needed" to the length of the extra field.
static inline void stored_zip_describe(struct buf *b, struct text name, struct text content)
{
    stored_zip_put(b, 20, 2);
    stored_zip_put(b, 0, 2);          // flags
    stored_zip_put(b, 0, 2);          // stored
    stored_zip_put(b, 0x00210000, 4); // 1980-01-01 00:00
    stored_zip_put(b, stored_zip_crc(content), 4);
    stored_zip_put(b, (uint32_t)content.len, 4);
    stored_zip_put(b, (uint32_t)content.len, 4);
    stored_zip_put(b, (uint32_t)name.len, 2);
    stored_zip_put(b, 0, 2);
}

static inline void stored_zip_add(struct stored_zip *z, struct text name, struct text content)
{
    uint32_t at = (uint32_t)z->bytes.len;
    buf_addz(&z->bytes, "PK\3\4");
    stored_zip_describe(&z->bytes, name, content);
    buf_addt(&z->bytes, name);
    buf_addt(&z->bytes, content);
    buf_addz(&z->directory, "PK\1\2");
    stored_zip_put(&z->directory, 20, 2);
    stored_zip_describe(&z->directory, name, content);
    stored_zip_put(&z->directory, 0, 4); // comment, disk
    stored_zip_put(&z->directory, 0, 2);
    stored_zip_put(&z->directory, 0, 4);
    stored_zip_put(&z->directory, at, 4);
    buf_addt(&z->directory, name);
    z->entries++;
}

// The whole file, in `bytes`.
static inline struct text stored_zip_end(struct stored_zip *z)
{
    uint32_t at = (uint32_t)z->bytes.len;
    buf_addt(&z->bytes, buf_text(&z->directory));
    buf_addz(&z->bytes, "PK\5\6");
    stored_zip_put(&z->bytes, 0, 4);
    stored_zip_put(&z->bytes, z->entries, 2);
    stored_zip_put(&z->bytes, z->entries, 2);
    stored_zip_put(&z->bytes, (uint32_t)z->directory.len, 4);
    stored_zip_put(&z->bytes, at, 4);
    stored_zip_put(&z->bytes, 0, 2);
    buf_release(&z->directory);
    return buf_text(&z->bytes);
}
