// SPDX-License-Identifier: MIT
#include "base/err.h"

#include <stdio.h>
#include <string.h>

int err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
    if (e) {
        va_list ap;
        va_start(ap, fmt);
        e->code = code;
        vsnprintf(e->text, sizeof e->text, fmt, ap);
        va_end(ap);
    }
    return -(int)code;
}

int err_in(struct err *e, const char *fmt, ...)
{
    if (!e) return -(int)ERR_INPUT;
    char place[sizeof e->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(place, sizeof place, fmt, ap);
    va_end(ap);
    char whole[2 * sizeof e->text + 2];
    snprintf(whole, sizeof whole, "%s: %s", place, e->text);
    memcpy(e->text, whole, sizeof e->text - 1);
    e->text[sizeof e->text - 1] = 0;
    return -(int)e->code;
}

const char *err_code_name(enum err_code code)
{
    switch (code) {
    case ERR_NONE: return "fine";
#define X(name, exit) \
    case ERR_##name: return #name;
        ERR_CODES(X)
#undef X
    }
    return "unknown";
}

int err_exit_code(const struct err *e)
{
    switch (e->code) {
    case ERR_NONE: return 0;
#define X(name, exit) \
    case ERR_##name: return exit;
        ERR_CODES(X)
#undef X
    }
    return 1;
}
