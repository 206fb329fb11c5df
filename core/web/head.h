// SPDX-License-Identifier: MIT
// head: the first part of a request, from its bytes to what they say (RFC 9112).
//
// A head is looked at only when it is whole: head_find looks for its end, and refuses what can't become a
// head as soon as it is seen; head_parse then reads it in one pass. There is no half-parsed state. Everything
// that two readers of HTTP could understand differently is refused: obsolete folding, lines that end in LF
// alone, two lengths, a length beside an encoding, spaces before a colon.
// A parsed head borrows the bytes that it was parsed from.
#pragma once

#include "base/buf.h"
#include "web/refusal.h"

#include <sys/types.h>

#define HEAD_LEN_MAX 16384u   // browsers send 500 bytes to 2 KB; a long cookie of another program fits
#define HEAD_FIELDS_MAX 64u   // browsers send 10 to 25
#define HEAD_TARGET_MAX 8000u // RFC 9110, 4.1: as much as should be supported

struct head_field {
    struct text name, value; // the value without spaces around it
};

enum head_method { HEAD_GET, HEAD_HEAD, HEAD_POST };

struct head {
    enum head_method method;
    struct text target; // as it came
    struct text path;   // of it, still encoded; begins with "/"
    struct text query;  // of it, still encoded; without "?"
    struct text host;   // with its port; empty only with HTTP/1.0
    struct text type;   // Content-Type, or empty
    int minor;          // HTTP/1.minor
    bool stays;         // the connection may serve another request
    bool asks_first;    // Expect: 100-continue
    bool chunked;
    uint64_t length; // of the body; 0 when chunked
    struct head_field fields[HEAD_FIELDS_MAX];
    size_t fields_n;
};

// The length of the head with the empty line that ends it, 0 while it is not whole, or -1. Bytes before
// `from` were looked at by an earlier call.
ssize_t head_find(struct text in, size_t from, struct refusal *r);

// 0, or -1 with the refusal. `bytes` is a whole head, as head_find measured it.
int head_parse(struct text bytes, struct head *h, struct refusal *r);

struct text head_value(const struct head *h, const char *lower); // the first of that name, or empty
