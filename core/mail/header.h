// SPDX-License-Identifier: MIT
// header: one header field of a mail, folded and encoded so that whatever the value holds stays value.
//
// What is written is ASCII (but for the local part of an address, RFC 6532), never holds CR or LF except as
// part of a fold, and no line passes 76 octets unless one word without a space does. Anything that could be
// read as something else (other scripts, "=?" look-alikes, spaces that folding might eat) goes into
// RFC 2047 encoded words, each at most 75 octets and ending between two characters.
#pragma once

#include "base/buf.h"
#include "base/err.h"

#define HEADER_VALUE_MAX 4096 // octets of one value as given; a subject of that length is a mistake

// Fails when the value has no place in a header: not UTF-8, too long, or with control characters. `what`
// begins the sentence: "the subject".
int header_check(const char *what, struct text value, struct err *e);

struct header {
    struct buf *out;
    size_t column; // octets on the line so far
};

void header_begin(struct header *h, struct buf *out, const char *name);
void header_end(struct header *h);
void header_glue(struct header *h, const char *z);      // right behind the last word: "," or ";"
void header_word(struct header *h, struct text word);   // ASCII without spaces, on a new line if need be
void header_words(struct header *h, struct text words); // the same for words with single spaces between
void header_text(struct header *h, struct text value);  // unstructured: Subject, X-*
void header_phrase(struct header *h, struct text name); // a display name
void header_param(struct header *h, const char *name, struct text value); // "; name=value", RFC 2231
