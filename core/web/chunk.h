// SPDX-License-Identifier: MIT
// chunk: takes a chunked body apart as it comes (RFC 9112, 7.1).
//
// Strict: sizes are hexadecimal digits and nothing else, every line ends in CRLF, extensions and trailers are
// read within limits and forgotten. Bytes may come in pieces of any size; the result is the same.
#pragma once

#include "base/buf.h"
#include "web/refusal.h"

#define CHUNK_EXTRA_MAX 16384u // bytes of all extensions and trailers together

// One list gives the states with their reasons.
#define CHUNK_STATES(X)                                                              \
    X(SIZE)      /* digits of a size */                                              \
    X(EXTENSION) /* behind them, up to the CR */                                     \
    X(SIZE_LF)   /* the LF of a size line */                                         \
    X(DATA)      /* `left` bytes of the body */                                      \
    X(DATA_CR)   /* the CR behind them */                                            \
    X(DATA_LF)   /* and its LF */                                                    \
    X(TRAILER)   /* the beginning of a line behind the last chunk; empty: the end */ \
    X(NAME)      /* in the name of a trailer */                                      \
    X(VALUE)     /* behind its colon */                                              \
    X(VALUE_LF)  /* the LF of a trailer */                                           \
    X(END_LF)    /* the LF of the line that ends it all */                           \
    X(DONE)
enum chunk_state {
#define X(name) CHUNK_##name,
    CHUNK_STATES(X)
#undef X
};

struct chunk {
    enum chunk_state state;
    uint64_t left;
    uint32_t digits; // of this size
    uint32_t extra;  // bytes of extensions and trailers so far
};

void chunk_init(struct chunk *c);
// Takes bytes off the front of *in and appends what they carry to body, until they are used up or the end of
// the body was there (state DONE). -1 with the refusal; 413 when body has no more room.
int chunk_take(struct chunk *c, struct text *in, struct buf *body, struct refusal *r);
