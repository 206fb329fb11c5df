// SPDX-License-Identifier: MIT
#include "mail/untag.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define QUOTES_MAX 8 // of quotes in quotes; deeper ones look like the last

struct page {
    struct text left;
    struct buf *out;
    int quotes;         // <blockquote>s that are open
    int breaks;         // line breaks due before the next text
    bool begun, spaced; // something was written; a space is due
};

static bool is_name(struct text t, const char *name)
{
    return t.len == strlen(name) && strncasecmp(t.data, name, t.len) == 0;
}

static bool is_block(struct text name)
{
    static const char *const blocks[] = {"p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4",
        "h5", "h6", "pre", "hr", "blockquote", "title"};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        if (is_name(name, blocks[i])) return true;
    }
    return false;
}

static void due(struct page *p, int breaks)
{
    if (p->breaks < breaks) p->breaks = breaks;
}

static void put(struct page *p, const char *data, size_t len)
{
    if (p->breaks && p->begun) {
        for (int i = 0; i < p->breaks; i++) buf_addc(p->out, '\n');
        p->spaced = false;
    }
    if (p->breaks || !p->begun) {
        for (int i = 0; i < p->quotes && i < QUOTES_MAX; i++) buf_addz(p->out, "> ");
    }
    if (p->spaced && p->begun && !p->breaks) buf_addc(p->out, ' ');
    p->begun = true;
    p->spaced = false;
    p->breaks = 0;
    buf_add(p->out, data, len);
}

static void skip(struct page *p, size_t n)
{
    p->left.data += n;
    p->left.len -= n;
}

// Passes over everything up to the end tag: what is in there is no text.
static void skip_element(struct page *p, struct text name)
{
    for (; p->left.len > name.len + 1; skip(p, 1)) {
        if (p->left.data[0] != '<' || p->left.data[1] != '/') continue;
        if (strncasecmp(p->left.data + 2, name.data, name.len) == 0) return;
    }
    skip(p, p->left.len);
}

static void take_tag(struct page *p)
{
    const char *close = memchr(p->left.data, '>', p->left.len);
    if (p->left.len >= 4 && !memcmp(p->left.data, "<!--", 4)) {
        const char *end = memmem(p->left.data, p->left.len, "-->", 3);
        skip(p, end ? (size_t)(end + 3 - p->left.data) : p->left.len);
        return;
    }
    bool ends = p->left.len > 1 && p->left.data[1] == '/';
    struct text name = {p->left.data + 1 + ends, 0};
    while (
        name.data + name.len < p->left.data + p->left.len && strchr("> /\t\r\n", name.data[name.len]) == NULL)
        name.len++;
    skip(p, close ? (size_t)(close + 1 - p->left.data) : p->left.len);
    if (is_name(name, "br")) due(p, p->breaks + 1 > 2 ? 2 : p->breaks + 1);
    else if (is_block(name)) due(p, 1);
    if (is_name(name, "p") && ends) due(p, 2);
    if (is_name(name, "blockquote")) p->quotes += ends ? (p->quotes > 0 ? -1 : 0) : 1;
    if (!ends && (is_name(name, "style") || is_name(name, "script") || is_name(name, "head")))
        skip_element(p, name);
}

static const struct entity {
    const char *name, *text;
} entities[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "},
    {"rsquo", "’"}, {"lsquo", "‘"}, {"rdquo", "”"}, {"ldquo", "“"}, {"ndash", "–"}, {"mdash", "—"},
    {"hellip", "…"}};

static bool is_code(unsigned long code)
{
    return code >= ' ' && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) && code != 0x7f;
}

// An entity that is not known stays as it was written.
static void take_entity(struct page *p)
{
    size_t n = 1;
    char name[12];
    while (n < p->left.len && n < sizeof name && p->left.data[n] != ';') n++;
    if (n >= p->left.len || n >= sizeof name || p->left.data[n] != ';') {
        put(p, "&", 1);
        skip(p, 1);
        return;
    }
    memcpy(name, p->left.data + 1, n - 1);
    name[n - 1] = 0;
    bool hex = name[0] == '#' && (name[1] == 'x' || name[1] == 'X');
    unsigned long code = name[0] == '#' ? strtoul(name + (hex ? 2 : 1), NULL, hex ? 16 : 10) : 0;
    struct buf letter;
    buf_init(&letter, 8);
    if (is_code(code)) utf8_add(&letter, code == 0xa0 ? ' ' : (uint32_t)code);
    for (size_t i = 0; i < sizeof entities / sizeof *entities && !letter.len; i++) {
        if (strcmp(name, entities[i].name) == 0) buf_addz(&letter, entities[i].text);
    }
    if (letter.len == 1 && letter.data[0] == ' ') p->spaced = true;
    else if (letter.len) put(p, letter.data, letter.len);
    else put(p, p->left.data, n + 1);
    skip(p, n + 1);
    buf_release(&letter);
}

void untag(struct text html, struct buf *out)
{
    struct page p = {.left = html, .out = out};
    while (p.left.len && !out->over) {
        char c = p.left.data[0];
        size_t n = 0;
        if (c == '<') take_tag(&p);
        else if (c == '&') take_entity(&p);
        else if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            p.spaced = true;
            skip(&p, 1);
        } else {
            while (n < p.left.len && !strchr("<& \n\r\t", p.left.data[n])) n++;
            if (!n) n = 1; // NUL: strchr finds the end of its set
            put(&p, p.left.data, n);
            skip(&p, n);
        }
    }
    buf_addc(out, '\n');
}
