// SPDX-License-Identifier: MIT
// token: the alphabets of HTTP (RFC 9110, 5.6), one table for all of them.
#pragma once

#include "base/buf.h"

bool token_valid(struct text t); // one or more of the characters that names of headers and methods have
bool token_value(struct text t); // what a header's value may hold: no CR, LF, NUL or other control but TAB
bool token_is(struct text t, const char *lower); // the same, whatever the case; `lower` is in lower case
bool token_digits(struct text t);                // one or more of 0-9
bool token_path(char c);  // may stand in a path as it is (RFC 3986 pchar, "/", and "%")
bool token_query(char c); // may stand in a query as it is; browsers send more than pchar
bool token_host(char c);  // may stand in a host name or address
char token_lower(char c);
int token_hex(char c);                 // 0-15, or -1
struct text token_trim(struct text t); // without spaces and TABs at both ends

// Takes the next of a list that is separated by `mark` off the front of *rest, trimmed; false at its end.
bool token_next(struct text *rest, char mark, struct text *item);
