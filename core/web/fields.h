// SPDX-License-Identifier: MIT
// fields: names with their values, decoded, in the order in which they came: of a query, a form, a cookie.
//
// Owns the bytes that had to be decoded; what needed no decoding borrows from where it was read. Memory is
// taken once, so that what points into it stays.
#pragma once

#include "base/buf.h"
#include "web/refusal.h"

#include <sys/types.h>

#define FIELDS_MAX 256u      // a survey of a matrix with 12 rows and 10 columns has 120
#define FIELDS_NAME_MAX 256u // bytes of a name

struct field {
    struct text name, value;
};

struct fields {
    struct field list[FIELDS_MAX];
    size_t n;
    char *bytes; // what was decoded
    size_t len, room;
};

// `room`: most bytes that decoding will write; never more than were read.
void fields_init(struct fields *f, size_t room);
void fields_release(struct fields *f);

int fields_add(struct fields *f, struct text name, struct text value, struct refusal *r);
// "a=1&b=two+words", with percent encoding, into the list. Text only: what is no UTF-8 or holds a NUL is
// refused. Pairs without a name say nothing and are left out.
int fields_read(struct fields *f, struct text encoded, struct refusal *r);

// A map name -> the first value of that name; and a map name -> a list of all its values.
void fields_put_first(const struct fields *f, struct buf *out);
void fields_put_all(const struct fields *f, struct buf *out);

// Percent-decodes `in` to `out`, which has room for as many bytes. The length, or -1 when "%" is not followed
// by two hexadecimal digits.
ssize_t fields_decode(struct text in, bool plus_is_space, char *out);
