// SPDX-License-Identifier: MIT
// err: what went wrong, as a code and one sentence for a person.
//
// The world says no: a function returns a negative code and puts one sentence into `struct err *e`,
// its last parameter. Callers add the place on the way up with err_in; main prints it once.
// A NULL `e` is allowed everywhere and means that the caller does not want the words.
#pragma once

#include <stdarg.h>
#include <stdbool.h>

// One list gives the enum and the word in logs. EXIT is the exit code a command ends with.
#define ERR_CODES(X)                                                          \
    X(INPUT, 1)   /* a script, a list, a message: somebody's text is wrong */ \
    X(USAGE, 2)   /* the call itself is wrong */                              \
    X(STORAGE, 3) /* disk or database failed */                               \
    X(MEMORY, 3)  /* no memory */                                             \
    X(NET, 1)     /* a peer or the network failed */                          \
    X(BUSY, 1)    /* somebody else holds it */                                \
    X(LIMIT, 1)   /* a limit of ours was reached */

enum err_code {
    ERR_NONE = 0,
#define X(name, exit) ERR_##name,
    ERR_CODES(X)
#undef X
};

struct err {
    enum err_code code;
    char text[1024]; // always ends in NUL; never holds a secret
};

// Sets code and sentence and returns -code, so that `return err_set(e, ...)` reads well.
int err_set(struct err *e, enum err_code code, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

// Puts "place: " in front of the sentence that is there; returns -code.
int err_in(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

// "input", "storage", ...
const char *err_code_name(enum err_code code);

// The exit code of a command that ends with this error; 0 for ERR_NONE.
int err_exit_code(const struct err *e);
