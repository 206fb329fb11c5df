// SPDX-License-Identifier: MIT
// xml: one part of a package as a stream of elements. A document type is refused, and with it every entity
// that is not one of XML's own five; depth and the length of a text have limits.
#pragma once

#include "sheet/package.h"

#define XML_DEPTH_MAX 64

struct xml; // a part that is being read

struct xml_reader {
    // Names come without their prefix ("x:row" is row). Attributes: name, value, name, value, NULL.
    void (*start)(void *ctx, struct xml *x, const char *name, const char **attributes);
    void (*end)(void *ctx, struct xml *x, const char *name);
    void (*text)(void *ctx, struct xml *x, struct text piece); // NULL: texts are passed over
};

// -INPUT when it is no XML, or what xml_refuse said.
int xml_read(struct package *p, const char *part, const struct xml_reader *reader, void *ctx, struct err *e);

// The value of an attribute whose name, without its prefix, is this; NULL: it is not there.
const char *xml_attribute(const char **attributes, const char *name);
// The same as a truth ("1", "true").
bool xml_truth(const char **attributes, const char *name);

// Ends the reading with this sentence. Nothing more is called.
void xml_refuse(struct xml *x, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

// Whether the library that reads XML can be loaded here.
bool xml_is_there(void);
