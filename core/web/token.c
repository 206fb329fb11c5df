// SPDX-License-Identifier: MIT
#include "web/token.h"

#include <string.h>

enum { NAME = 1, VALUE = 2, PATH = 4, QUERY = 8, HOST = 16 };

// What each character may be part of, written so that a reader can compare it with the RFCs.
static const uint8_t table[256] = {
    ['0' ... '9'] = NAME | VALUE | PATH | QUERY | HOST,
    ['A' ... 'Z'] = NAME | VALUE | PATH | QUERY | HOST,
    ['a' ... 'z'] = NAME | VALUE | PATH | QUERY | HOST,
    ['\t'] = VALUE,
    [' '] = VALUE,
    ['!'] = NAME | VALUE | PATH | QUERY,
    ['"'] = VALUE,
    ['#'] = NAME | VALUE, // begins a fragment, which never travels
    ['$'] = NAME | VALUE | PATH | QUERY,
    ['%'] = NAME | VALUE | PATH | QUERY,
    ['&'] = NAME | VALUE | PATH | QUERY,
    ['\''] = NAME | VALUE | PATH | QUERY,
    ['('] = VALUE | PATH | QUERY,
    [')'] = VALUE | PATH | QUERY,
    ['*'] = NAME | VALUE | PATH | QUERY,
    ['+'] = NAME | VALUE | PATH | QUERY,
    [','] = VALUE | PATH | QUERY,
    ['-'] = NAME | VALUE | PATH | QUERY | HOST,
    ['.'] = NAME | VALUE | PATH | QUERY | HOST,
    ['/'] = VALUE | PATH | QUERY,
    [':'] = VALUE | PATH | QUERY | HOST,
    [';'] = VALUE | PATH | QUERY,
    ['<'] = VALUE,
    ['='] = VALUE | PATH | QUERY,
    ['>'] = VALUE,
    ['?'] = VALUE | QUERY,
    ['@'] = VALUE | PATH | QUERY,
    ['['] = VALUE | QUERY | HOST,
    ['\\'] = VALUE,
    [']'] = VALUE | QUERY | HOST,
    ['^'] = NAME | VALUE | QUERY,
    ['_'] = NAME | VALUE | PATH | QUERY | HOST, // no host name has it, but names inside an office do
    ['`'] = NAME | VALUE | QUERY,
    ['{'] = VALUE | QUERY,
    ['|'] = NAME | VALUE | QUERY,
    ['}'] = VALUE | QUERY,
    ['~'] = NAME | VALUE | PATH | QUERY,
};

static bool is(char c, unsigned bits)
{
    return table[(uint8_t)c] & bits;
}

bool token_valid(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is(t.data[i], NAME)) return false;
    return t.len > 0;
}

bool token_value(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (!is(t.data[i], VALUE) && (uint8_t)t.data[i] < 0x80) return false;
    return true;
}

char token_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

int token_hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = token_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool token_is(struct text t, const char *lower)
{
    for (size_t i = 0; i < t.len; i++)
        if (!lower[i] || token_lower(t.data[i]) != lower[i]) return false;
    return lower[t.len] == 0;
}

bool token_digits(struct text t)
{
    for (size_t i = 0; i < t.len; i++)
        if (t.data[i] < '0' || t.data[i] > '9') return false;
    return t.len > 0;
}

bool token_path(char c)
{
    return is(c, PATH);
}

bool token_query(char c)
{
    return is(c, QUERY);
}

bool token_host(char c)
{
    return is(c, HOST);
}

struct text token_trim(struct text t)
{
    while (t.len && (t.data[0] == ' ' || t.data[0] == '\t')) t.data++, t.len--;
    while (t.len && (t.data[t.len - 1] == ' ' || t.data[t.len - 1] == '\t')) t.len--;
    return t;
}

bool token_next(struct text *rest, char mark, struct text *item)
{
    if (!rest->data) return false;
    const char *end = memchr(rest->data, mark, rest->len);
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    *item = token_trim((struct text){rest->data, len});
    *rest = end ? (struct text){end + 1, rest->len - len - 1} : (struct text){NULL, 0};
    return true;
}
