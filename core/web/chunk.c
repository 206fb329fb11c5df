// SPDX-License-Identifier: MIT
#include "web/chunk.h"

#include "web/token.h"

#define DIGITS_MAX 15u // fits into 64 bits with room; nobody sends more

void chunk_init(struct chunk *c)
{
    *c = (struct chunk){.state = CHUNK_SIZE};
}

static int take_size(struct chunk *c, char byte, struct refusal *r)
{
    int digit = token_hex(byte);
    if (digit >= 0 && c->digits < DIGITS_MAX) {
        c->left = c->left << 4 | (uint64_t)digit;
        c->digits++;
        return 0;
    }
    if (!c->digits || digit >= 0 || (byte != ';' && byte != '\r'))
        return refuse(r, 400, "The size of a chunk is no hexadecimal number.");
    c->state = byte == ';' ? CHUNK_EXTENSION : CHUNK_SIZE_LF;
    return 0;
}

// Text up to a CR, in an extension or in a trailer.
static int take_text(struct chunk *c, char byte, enum chunk_state next, struct refusal *r)
{
    if (++c->extra > CHUNK_EXTRA_MAX)
        return refuse(r, 400, "What stands between the chunks of the body is too long.");
    if (byte == '\r') c->state = next;
    else if (!token_value((struct text){&byte, 1}))
        return refuse(r, 400, "A line between the chunks has a control character.");
    return 0;
}

static int take_name(struct chunk *c, char byte, struct refusal *r)
{
    if (!token_valid((struct text){&byte, 1}) || ++c->extra > CHUNK_EXTRA_MAX)
        return refuse(r, 400, "What follows the last chunk of the body is no header.");
    return 0;
}

static int want(struct chunk *c, char byte, char wanted, enum chunk_state next, struct refusal *r)
{
    if (byte != wanted) return refuse(r, 400, "The lines between the chunks do not end as they must.");
    c->state = next;
    return 0;
}

static int take_byte(struct chunk *c, char byte, struct refusal *r)
{
    switch (c->state) {
    case CHUNK_SIZE: return take_size(c, byte, r);
    case CHUNK_EXTENSION: return take_text(c, byte, CHUNK_SIZE_LF, r);
    case CHUNK_SIZE_LF: return want(c, byte, '\n', c->left ? CHUNK_DATA : CHUNK_TRAILER, r);
    case CHUNK_DATA_CR: return want(c, byte, '\r', CHUNK_DATA_LF, r);
    case CHUNK_DATA_LF: c->digits = 0; return want(c, byte, '\n', CHUNK_SIZE, r);
    case CHUNK_TRAILER:
        c->state = byte == '\r' ? CHUNK_END_LF : CHUNK_NAME;
        return byte == '\r' ? 0 : take_name(c, byte, r);
    case CHUNK_NAME: return byte == ':' ? want(c, byte, ':', CHUNK_VALUE, r) : take_name(c, byte, r);
    case CHUNK_VALUE: return take_text(c, byte, CHUNK_VALUE_LF, r);
    case CHUNK_VALUE_LF: return want(c, byte, '\n', CHUNK_TRAILER, r);
    case CHUNK_END_LF: return want(c, byte, '\n', CHUNK_DONE, r);
    case CHUNK_DATA:
    case CHUNK_DONE: break;
    }
    return 0;
}

static int take_data(struct chunk *c, struct text *in, struct buf *body, struct refusal *r)
{
    size_t n = in->len < c->left ? in->len : (size_t)c->left;
    buf_add(body, in->data, n);
    if (body->over) return refuse(r, 413, "The body of the request is too large.");
    c->left -= n;
    *in = (struct text){in->data + n, in->len - n};
    if (!c->left) c->state = CHUNK_DATA_CR;
    return 0;
}

int chunk_take(struct chunk *c, struct text *in, struct buf *body, struct refusal *r)
{
    while (in->len && c->state != CHUNK_DONE) {
        if (c->state == CHUNK_DATA) {
            if (c->left > body->max - body->len)
                return refuse(r, 413, "The body of the request is too large.");
            if (take_data(c, in, body, r)) return -1;
            continue;
        }
        char byte = in->data[0];
        if (take_byte(c, byte, r)) return -1;
        *in = (struct text){in->data + 1, in->len - 1};
    }
    return 0;
}
