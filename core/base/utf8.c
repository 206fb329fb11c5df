// SPDX-License-Identifier: MIT
#include "base/utf8.h"

#include <assert.h>
#include <string.h>

// How many bytes follow this first byte, and the range that the second byte must be in: that one range
// is what keeps overlong forms, surrogates and code points above U+10FFFF out.
static size_t tail_after(uint8_t first, uint8_t *low, uint8_t *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (first >= 0xc2 && first <= 0xdf) return 1;
    if (first >= 0xe0 && first <= 0xef) {
        if (first == 0xe0) *low = 0xa0;
        if (first == 0xed) *high = 0x9f;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        if (first == 0xf0) *low = 0x90;
        if (first == 0xf4) *high = 0x8f;
        return 3;
    }
    return 0;
}

size_t utf8_step(struct text t)
{
    const uint8_t *p = (const uint8_t *)t.data;
    if (t.len == 0) return 0;
    if (p[0] < 0x80) return 1;
    uint8_t low, high;
    size_t tail = tail_after(p[0], &low, &high);
    if (tail == 0 || t.len <= tail || p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i <= tail; i++) {
        if ((p[i] & 0xc0) != 0x80) return 0;
    }
    return tail + 1;
}

bool utf8_valid(struct text t)
{
    while (t.len) {
        uint64_t eight;
        if (t.len >= sizeof eight) { // most text is ASCII: look at eight bytes at once
            memcpy(&eight, t.data, sizeof eight);
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                t.data += sizeof eight;
                t.len -= sizeof eight;
                continue;
            }
        }
        size_t step = utf8_step(t);
        if (step == 0) return false;
        t.data += step;
        t.len -= step;
    }
    return true;
}

void utf8_add(struct buf *b, uint32_t code)
{
    assert(code <= 0x10ffff && (code < 0xd800 || code > 0xdfff));
    if (code < 0x80) {
        buf_addc(b, (char)code);
        return;
    }
    char bytes[4];
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n; i-- > 1; code >>= 6) bytes[i] = (char)(0x80 | (code & 0x3f));
    bytes[0] = (char)(first[n] | code);
    buf_add(b, bytes, n);
}
