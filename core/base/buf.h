// SPDX-License-Identifier: MIT
// buf: bytes that grow up to a limit that must be named.
//
// Sizes that come from outside live in a buf. Passing the limit does not fail at the call: it marks
// the buf `over`, drops what did not fit, and the owner asks once at the end (curl's dynbuf taught
// this). Memory that can't be had ends the process with one sentence and exit code 3.
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
    char *data; // NUL after the last byte, once anything was added
    size_t len;
    size_t room;
    size_t max; // most bytes that it may hold
    bool over;  // something did not fit
};

// Text or bytes that somebody else owns.
struct text {
    const char *data;
    size_t len;
};

#define TEXT(literal) ((struct text){(literal), sizeof(literal) - 1})
struct text text_of(const char *z); // z may be NULL: empty
bool text_is(struct text t, const char *z);
bool text_eq(struct text a, struct text b);

void buf_init(struct buf *b, size_t max);
void buf_release(struct buf *b);
void buf_clear(struct buf *b); // keeps the memory
void buf_add(struct buf *b, const void *data, size_t len);
void buf_addz(struct buf *b, const char *z);
void buf_addt(struct buf *b, struct text t);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vaddf(struct buf *b, const char *fmt, va_list ap);
struct text buf_text(const struct buf *b);
const char *buf_z(struct buf *b);           // NUL-terminated view; "" when empty
char *buf_take(struct buf *b, size_t *len); // hands the memory over (malloc'd); b is empty again

// malloc and friends that never return NULL: they print one sentence and exit(3), writing nothing.
void *mem_alloc(size_t size);         // zeroed
void *mem_grow(void *p, size_t size); // realloc
char *mem_copyz(const char *z);       // NULL stays NULL
void *mem_copy(const void *p, size_t len);
