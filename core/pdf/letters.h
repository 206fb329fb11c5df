// SPDX-License-Identifier: MIT
// letters: text as it is set: fonts for its scripts, a size at which it fits, a sentence when a letter has no
// font here. For certificate.c, which holds the lock.
#pragma once

#include "base/buf.h"
#include "pdf/late.h"

struct colour {
    double red, green, blue;
};

struct letters {
    struct text text;
    double size;    // points, before it is made to fit
    double gap;     // of space above it, in points
    double spacing; // between its letters, in points
    bool one_line;  // is first set smaller, and broken only when that is not enough
    struct colour colour;
    // set:
    PangoLayout *layout;
    double height;
};

enum { LETTERS_LEFT, LETTERS_CENTRE };

// Sets the text at `scale` times its size within `width` points. -USAGE: a letter has no font.
int letters_set(PangoContext *context, struct letters *l, double scale, double width, int align,
    struct err *e);
void letters_show(const struct letters *l, cairo_t *cr, double x, double y);
void letters_release(struct letters *l);
