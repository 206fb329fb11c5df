// SPDX-License-Identifier: MIT
#include "time/tzif.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_LEN 44
#define TYPE_LEN 6
#define OFFSET_LEAST (-25 * 3600) // RFC 9636, 3.2
#define OFFSET_MOST (26 * 3600)

// One of the two data blocks, as views into the file.
struct block {
    size_t instant_len; // 4 or 8 bytes
    size_t changes_n, types_n, abbrs_len;
    const uint8_t *changes, *kinds, *types, *abbrs;
    const uint8_t *end;
    uint8_t version;
};

static uint32_t read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t read_instant(const uint8_t *p, size_t len)
{
    if (len == 4) return (int32_t)read_u32(p);
    return (int64_t)((uint64_t)read_u32(p) << 32 | read_u32(p + 4));
}

// Finds the parts of the block that begins at `at`.
static int block_open(struct text bytes, size_t at, size_t instant_len, struct block *b, struct err *e)
{
    const uint8_t *head = (const uint8_t *)bytes.data + at;
    if (bytes.len - at < HEADER_LEN || memcmp(head, "TZif", 4) != 0)
        return err_set(e, ERR_INPUT, "it is not a compiled zone file");
    uint32_t isut = read_u32(head + 20), isstd = read_u32(head + 24), leap = read_u32(head + 28);
    uint32_t time = read_u32(head + 32), type = read_u32(head + 36), chars = read_u32(head + 40);
    // Each count is at most the file's length, so that the sum below can't overflow.
    if (isut > bytes.len || isstd > bytes.len || leap > bytes.len || time > bytes.len || type > 256 ||
        chars > bytes.len)
        return err_set(e, ERR_INPUT, "its tables are longer than the file");
    if (leap) return err_set(e, ERR_INPUT, "it counts leap seconds, which no clock on a wall does");
    *b = (struct block){instant_len, .changes_n = time, .types_n = type, .abbrs_len = chars};
    b->version = head[4];
    b->changes = head + HEADER_LEN;
    size_t len = time * instant_len + time + (size_t)type * TYPE_LEN + chars + isstd + isut;
    if (len > bytes.len - at - HEADER_LEN) return err_set(e, ERR_INPUT, "it ends in the middle of a table");
    b->kinds = b->changes + time * instant_len;
    b->types = b->kinds + time;
    b->abbrs = b->types + (size_t)type * TYPE_LEN;
    b->end = b->changes + len;
    return 0;
}

static int read_type(const struct block *b, size_t i, struct tz_type *t, struct err *e)
{
    const uint8_t *p = b->types + i * TYPE_LEN;
    t->offset = (int32_t)read_u32(p);
    t->dst = p[4] == 1;
    if (p[4] > 1 || t->offset < OFFSET_LEAST || t->offset > OFFSET_MOST)
        return err_set(e, ERR_INPUT, "its offset %zu is impossible", i);
    const char *abbr = (const char *)b->abbrs + p[5];
    size_t left = p[5] < b->abbrs_len ? b->abbrs_len - p[5] : 0;
    size_t len = left ? strnlen(abbr, left) : 0;
    if (len == left || len >= TZ_ABBR_MAX) return err_set(e, ERR_INPUT, "its abbreviation %zu has no end", i);
    memcpy(t->abbr, abbr, len);
    return 0;
}

static void note_offset(struct tzif *z, int32_t offset)
{
    if (offset < z->offset_least) z->offset_least = offset;
    if (offset > z->offset_most) z->offset_most = offset;
}

static int read_types(const struct block *b, struct tzif *z, struct err *e)
{
    if (!b->types_n) return err_set(e, ERR_INPUT, "it has no offset at all");
    z->types = mem_alloc(b->types_n * sizeof *z->types);
    z->types_n = b->types_n;
    for (size_t i = 0; i < b->types_n; i++) {
        int rc = read_type(b, i, &z->types[i], e);
        if (rc) return rc;
        if (i == 0) z->offset_least = z->offset_most = z->types[0].offset;
        note_offset(z, z->types[i].offset);
    }
    return 0;
}

static int read_changes(const struct block *b, struct tzif *z, struct err *e)
{
    z->changes = mem_alloc(b->changes_n * (sizeof *z->changes + 1));
    z->kinds = (uint8_t *)(z->changes + b->changes_n);
    z->changes_n = b->changes_n;
    for (size_t i = 0; i < b->changes_n; i++) {
        z->changes[i] = read_instant(b->changes + i * b->instant_len, b->instant_len);
        z->kinds[i] = b->kinds[i];
        if (z->kinds[i] >= b->types_n) return err_set(e, ERR_INPUT, "its change %zu leads nowhere", i);
        if (i && z->changes[i] <= z->changes[i - 1])
            return err_set(e, ERR_INPUT, "its changes are not in order at %zu", i);
    }
    return 0;
}

static int read_rule(const struct block *b, struct text bytes, struct tzif *z, struct err *e)
{
    const char *begin = (const char *)b->end, *end = bytes.data + bytes.len;
    if (begin == end || *begin != '\n') return err_set(e, ERR_INPUT, "its last line is missing");
    const char *newline = memchr(begin + 1, '\n', (size_t)(end - begin - 1));
    if (!newline) return err_set(e, ERR_INPUT, "its last line has no end");
    struct text rule = {begin + 1, (size_t)(newline - begin - 1)};
    if (!rule.len) return 0; // nothing is known about later years: the last offset stays
    int rc = tz_rule_parse(rule, &z->rule, e);
    if (rc) return rc;
    z->has_rule = true;
    note_offset(z, z->rule.standard.offset);
    if (z->rule.has_dst) note_offset(z, z->rule.saving.offset);
    return 0;
}

int tzif_read(struct text bytes, struct tzif *out, struct err *e)
{
    struct block b;
    *out = (struct tzif){0};
    if (bytes.len > TZIF_LEN_MAX) return err_set(e, ERR_LIMIT, "it is larger than any zone file");
    int rc = block_open(bytes, 0, 4, &b, e);
    if (rc) return rc;
    if (b.version) rc = block_open(bytes, (size_t)(b.end - (const uint8_t *)bytes.data), 8, &b, e);
    if (!rc) rc = read_types(&b, out, e);
    if (!rc) rc = read_changes(&b, out, e);
    if (!rc && b.version) rc = read_rule(&b, bytes, out, e);
    if (rc) tzif_release(out);
    return rc;
}

void tzif_release(struct tzif *z)
{
    free(z->changes);
    free(z->types);
    *z = (struct tzif){0};
}

// How many changes have happened at that instant.
static size_t changes_until(const struct tzif *z, int64_t at)
{
    size_t low = 0, high = z->changes_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (z->changes[middle] <= at) low = middle + 1;
        else high = middle;
    }
    return low;
}

struct tz_period tzif_period(const struct tzif *z, int64_t at)
{
    size_t n = changes_until(z, at);
    int64_t last = n ? z->changes[n - 1] : INT64_MIN;
    if (n == z->changes_n && z->has_rule) {
        struct tz_period p = tz_rule_period(&z->rule, at);
        if (p.begin < last) p.begin = last;
        return p;
    }
    return (struct tz_period){
        .begin = last,
        .end = n < z->changes_n ? z->changes[n] : INT64_MAX,
        .type = &z->types[n ? z->kinds[n - 1] : 0],
    };
}
