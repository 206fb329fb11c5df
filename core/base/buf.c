// SPDX-License-Identifier: MIT
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text text_of(const char *z)
{
    return (struct text){z ? z : "", z ? strlen(z) : 0};
}

bool text_eq(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool text_is(struct text t, const char *z)
{
    return text_eq(t, text_of(z));
}

// A failed allocation ends the process: nothing was promised yet that is not on disk, so this is as
// safe as kill -9, and no caller has to have a story for it.
static _Noreturn void out_of_memory(size_t size)
{
    fprintf(stderr, "usher: no memory for %zu bytes; stopping. What was on disk stays true.\n", size);
    exit(3);
}

void *mem_alloc(size_t size)
{
    void *p = calloc(1, size ? size : 1);
    if (!p) out_of_memory(size);
    return p;
}

void *mem_grow(void *p, size_t size)
{
    p = realloc(p, size ? size : 1);
    if (!p) out_of_memory(size);
    return p;
}

void *mem_copy(const void *p, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len) memcpy(copy, p, len);
    return copy;
}

char *mem_copyz(const char *z)
{
    return z ? mem_copy(z, strlen(z)) : NULL;
}

void buf_init(struct buf *b, size_t max)
{
    *b = (struct buf){.max = max};
}

void buf_release(struct buf *b)
{
    free(b->data);
    *b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    b->over = false;
    if (b->data) b->data[0] = 0;
}

static bool make_room(struct buf *b, size_t len)
{
    if (b->over || len > b->max - b->len) {
        b->over = true;
        return false;
    }
    if (b->len + len + 1 > b->room) {
        size_t room = b->room ? b->room * 2 : 64;
        while (room < b->len + len + 1) room *= 2;
        b->data = mem_grow(b->data, room);
        b->room = room;
    }
    return true;
}

void buf_add(struct buf *b, const void *data, size_t len)
{
    if (!make_room(b, len)) return;
    if (len) memcpy(b->data + b->len, data, len);
    b->len += len;
    b->data[b->len] = 0;
}

void buf_addz(struct buf *b, const char *z)
{
    buf_add(b, z, strlen(z));
}

void buf_addt(struct buf *b, struct text t)
{
    buf_add(b, t.data, t.len);
}

void buf_addc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
    char small[256];
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(small, sizeof small, fmt, ap);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_add(b, small, (size_t)n);
    } else if (n >= 0 && make_room(b, (size_t)n)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vaddf(b, fmt, ap);
    va_end(ap);
}

struct text buf_text(const struct buf *b)
{
    return (struct text){b->data ? b->data : "", b->len};
}

const char *buf_z(struct buf *b)
{
    return b->data ? b->data : "";
}

char *buf_take(struct buf *b, size_t *len)
{
    char *data = b->data ? b->data : mem_alloc(1);
    if (len) *len = b->len;
    *b = (struct buf){.max = b->max};
    return data;
}
