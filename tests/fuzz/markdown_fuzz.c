// SPDX-License-Identifier: MIT
// markdown: any bytes; the HTML holds only our tags, each closed, and links only to http, https and mailto.
#include "mail/mail.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define OUT_MAX (4u << 20)
#define OPEN_MAX 4096

static const char *const tags[] = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "a", "ul", "ol", "li",
    "blockquote", "pre", "code", "hr", "br", "em", "strong", "del", "table", "thead", "tbody", "tr", "th",
    "td"};

static const char *known_tag(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        if (strlen(tags[i]) == len && memcmp(tags[i], name, len) == 0) return tags[i];
    }
    return NULL;
}

static void check_link(const char *tag)
{
    const char *href = strstr(tag, "href=\"");
    if (!href || href > strchr(tag, '>')) return;
    href += 6;
    assert(strncasecmp(href, "http://", 7) == 0 || strncasecmp(href, "https://", 8) == 0 ||
           strncasecmp(href, "mailto:", 7) == 0);
}

static void check_html(const char *html)
{
    const char *open[OPEN_MAX];
    size_t depth = 0;
    for (const char *p = strchr(html, '<'); p; p = strchr(p + 1, '<')) {
        bool closing = p[1] == '/';
        const char *name = p + 1 + closing;
        const char *tag = known_tag(name, strcspn(name, " >"));
        assert(tag && strchr(p, '>'));
        if (strcmp(tag, "hr") == 0 || strcmp(tag, "br") == 0) continue;
        if (closing) {
            assert(depth > 0 && strcmp(open[depth - 1], tag) == 0);
            depth--;
        } else {
            if (strcmp(tag, "a") == 0) check_link(p);
            if (depth == OPEN_MAX) return;
            open[depth++] = tag;
        }
    }
    assert(depth == 0);
}

static void check_plain(struct text plain)
{
    assert(plain.len == 0 || plain.data[plain.len - 1] == '\n');
    for (size_t i = 1; i < plain.len; i++) assert(plain.data[i] != '\n' || plain.data[i - 1] != ' ');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text markdown = {(const char *)data, size};
    struct buf html, plain;
    buf_init(&html, OUT_MAX);
    buf_init(&plain, OUT_MAX);
    markdown_html(markdown, &html);
    markdown_plain(markdown, &plain);
    if (!html.over) check_html(buf_z(&html));
    if (!plain.over) check_plain(buf_text(&plain));
    buf_release(&html);
    buf_release(&plain);
    return 0;
}
