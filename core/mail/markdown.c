// SPDX-License-Identifier: MIT
// markdown: Markdown to an HTML fragment and to readable text, by md4c's callbacks.
//
// The dialect is CommonMark with tables, strikethrough and autolinks. Indented text is a paragraph, not code:
// scripts indent what they quote. Holds always for the HTML: the only tags are those written here, raw HTML
// of the author is text, every link begins with http://, https:// or mailto:, and nothing is loaded from
// anywhere. (md4c's own renderer lets `javascript:` links through.)
#include "mail/mail.h"

#include "base/utf8.h"
#include "mail/encode.h"
#include "mail/plain.h"

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINK_MAX 4096 // longer ones are cut by mail programs; their text stays, the link goes
#define LIST_DEPTH_MAX 16

#define FLAGS                                                                                   \
    (MD_FLAG_NOHTML | MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_PERMISSIVEURLAUTOLINKS | \
        MD_FLAG_PERMISSIVEEMAILAUTOLINKS | MD_FLAG_NOINDENTEDCODEBLOCKS)

// -- entities: "&hellip;", "&#8230;", "&#x2026;"

static const struct {
    const char *name, *text;
} entities[] = {
    {"&amp;", "&"},
    {"&lt;", "<"},
    {"&gt;", ">"},
    {"&quot;", "\""},
    {"&apos;", "'"},
    {"&colon;", ":"},
    {"&nbsp;", "\u00a0"},
    {"&shy;", "\u00ad"},
    {"&copy;", "\u00a9"},
    {"&reg;", "\u00ae"},
    {"&deg;", "\u00b0"},
    {"&middot;", "\u00b7"},
    {"&times;", "\u00d7"},
    {"&ndash;", "\u2013"},
    {"&mdash;", "\u2014"},
    {"&lsquo;", "\u2018"},
    {"&rsquo;", "\u2019"},
    {"&ldquo;", "\u201c"},
    {"&rdquo;", "\u201d"},
    {"&bull;", "\u2022"},
    {"&hellip;", "\u2026"},
    {"&euro;", "\u20ac"},
    {"&rarr;", "\u2192"},
};

// Appends what the entity stands for. One that is not known stays as it was written.
static void add_entity(struct buf *out, struct text entity)
{
    if (entity.len > 3 && entity.data[1] == '#') {
        bool hex = entity.data[2] == 'x' || entity.data[2] == 'X';
        unsigned long code = strtoul(entity.data + 2 + hex, NULL, hex ? 16 : 10); // stops at the ";"
        bool valid = code && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
        utf8_add(out, valid ? (uint32_t)code : 0xfffd);
        return;
    }
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (!text_is(entity, entities[i].name)) continue;
        buf_addz(out, entities[i].text);
        return;
    }
    buf_addt(out, entity);
}

// One piece of text with its meaning, not its spelling; breaks are spaces here. md4c tells of a NUL only
// outside of code, so NULs are looked for.
static void add_meaning(struct buf *out, MD_TEXTTYPE type, struct text t)
{
    if (type == MD_TEXT_ENTITY) {
        add_entity(out, t);
    } else if (type == MD_TEXT_BR || type == MD_TEXT_SOFTBR) {
        buf_addc(out, ' ');
    } else if (t.len && !memchr(t.data, 0, t.len)) {
        buf_addt(out, t);
    } else {
        for (size_t i = 0; i < t.len; i++) {
            if (t.data[i]) buf_addc(out, t.data[i]);
            else utf8_add(out, 0xfffd);
        }
    }
}

// -- links

static bool begins_with(struct text t, const char *prefix)
{
    size_t len = strlen(prefix);
    return t.len > len && strncasecmp(t.data, prefix, len) == 0;
}

// The target as it will be written, or false when it is none that a mail may hold. Bytes that have no place
// in a URL are percent-encoded, so quotes, spaces and line ends can't end the attribute or the line.
static bool link_target(const MD_ATTRIBUTE *href, struct buf *url)
{
    struct buf raw;
    buf_init(&raw, LINK_MAX);
    for (size_t i = 0; href->size && href->substr_offsets[i] < href->size; i++) {
        size_t begin = href->substr_offsets[i], end = href->substr_offsets[i + 1];
        add_meaning(&raw, href->substr_types[i], (struct text){href->text + begin, end - begin});
    }
    struct text t = buf_text(&raw);
    bool allowed = !raw.over &&
                   (begins_with(t, "https://") || begins_with(t, "http://") || begins_with(t, "mailto:"));
    for (size_t i = 0; allowed && i < t.len; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if (c <= 0x20 || c >= 0x7f || strchr("\"<>\\^`{|}", c)) buf_addf(url, "%%%02X", c);
        else buf_addc(url, (char)c);
    }
    buf_release(&raw);
    return allowed;
}

// -- HTML

// md4c 0.4.8 forgets to report the end of a span that closes inside an autolink ("~http://x.t~y"), so what is
// open is kept here: tags are always closed in order, and none outlives its block.
struct html {
    struct buf *out;
    struct buf spans;                    // the open ones, one octet (MD_SPANTYPE) each
    const struct markdown_style *styles; // may be NULL
    int links;      // links and images around this place; only the outermost becomes a link
    bool link_open; // the outermost did
    size_t link_at; // where its text begins
};

static void open_tag(struct html *h, const char *tag, const char *attributes)
{
    buf_addf(h->out, "<%s%s", tag, attributes);
    for (const struct markdown_style *s = h->styles; s && s->tag; s++) {
        if (strcmp(s->tag, tag) == 0) buf_addf(h->out, " style=\"%s\"", s->css);
    }
    buf_addc(h->out, '>');
}

static const char *const block_tags[] = {
    [MD_BLOCK_QUOTE] = "blockquote",
    [MD_BLOCK_UL] = "ul",
    [MD_BLOCK_OL] = "ol",
    [MD_BLOCK_LI] = "li",
    [MD_BLOCK_CODE] = "pre",
    [MD_BLOCK_P] = "p",
    [MD_BLOCK_TABLE] = "table",
    [MD_BLOCK_THEAD] = "thead",
    [MD_BLOCK_TBODY] = "tbody",
    [MD_BLOCK_TR] = "tr",
    [MD_BLOCK_TH] = "th",
    [MD_BLOCK_TD] = "td",
};

static const char *const heading_tags[] = {"h1", "h1", "h2", "h3", "h4", "h5", "h6"};

static const char *const span_tags[] = {
    [MD_SPAN_EM] = "em",
    [MD_SPAN_STRONG] = "strong",
    [MD_SPAN_CODE] = "code",
    [MD_SPAN_DEL] = "del",
};

static int html_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct html *h = ctx;
    char attributes[32] = "";
    if (type == MD_BLOCK_OL && ((MD_BLOCK_OL_DETAIL *)detail)->start != 1)
        snprintf(attributes, sizeof attributes, " start=\"%u\"", ((MD_BLOCK_OL_DETAIL *)detail)->start);
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) {
        static const char *const align[] = {"", " align=\"left\"", " align=\"center\"", " align=\"right\""};
        MD_ALIGN wanted = ((MD_BLOCK_TD_DETAIL *)detail)->align;
        if (wanted == MD_ALIGN_DEFAULT && type == MD_BLOCK_TH) wanted = MD_ALIGN_LEFT; // else it is centred
        snprintf(attributes, sizeof attributes, "%s", align[wanted]);
    }
    if (type == MD_BLOCK_HR) open_tag(h, "hr", "");
    else if (type == MD_BLOCK_H) open_tag(h, heading_tags[((MD_BLOCK_H_DETAIL *)detail)->level], "");
    else if (type != MD_BLOCK_DOC) open_tag(h, block_tags[type], attributes);
    return h->out->over; // ends the parsing: a table of nothing may have more cells than anybody waits for
}

static const MD_ATTRIBUTE *target_of(MD_SPANTYPE type, void *detail)
{
    return type == MD_SPAN_A ? &((MD_SPAN_A_DETAIL *)detail)->href : &((MD_SPAN_IMG_DETAIL *)detail)->src;
}

static void html_open_link(struct html *h, const MD_ATTRIBUTE *target)
{
    if (h->links++) return;
    struct buf url, attributes;
    buf_init(&url, 3 * LINK_MAX);
    buf_init(&attributes, 16 * LINK_MAX);
    h->link_open = link_target(target, &url);
    if (h->link_open) {
        buf_addz(&attributes, " href=\"");
        encode_html(buf_text(&url), &attributes);
        buf_addc(&attributes, '"');
        open_tag(h, "a", buf_z(&attributes));
    }
    h->link_at = h->out->len;
    buf_release(&attributes);
    buf_release(&url);
}

// `target` is NULL when md4c forgot to report the end.
static void html_close_link(struct html *h, const MD_ATTRIBUTE *target)
{
    if (--h->links || !h->link_open) return;
    if (target &&
        h->out->len == h->link_at) { // an image without alt text: its address is all there is to say
        struct buf url;
        buf_init(&url, 3 * LINK_MAX);
        link_target(target, &url);
        encode_html(buf_text(&url), h->out);
        buf_release(&url);
    }
    buf_addz(h->out, "</a>");
}

static bool is_link(MD_SPANTYPE type)
{
    return type == MD_SPAN_A || type == MD_SPAN_IMG;
}

// Closes the innermost spans until `left` are open; `target` belongs to the last one.
static void html_close_spans(struct html *h, size_t left, const MD_ATTRIBUTE *target)
{
    while (h->spans.len > left) {
        MD_SPANTYPE type = (MD_SPANTYPE)h->spans.data[--h->spans.len];
        if (is_link(type)) html_close_link(h, h->spans.len == left ? target : NULL);
        else buf_addf(h->out, "</%s>", span_tags[type]);
    }
}

static int html_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct html *h = ctx;
    buf_addc(&h->spans, (char)type);
    if (is_link(type)) html_open_link(h, target_of(type, detail));
    else open_tag(h, span_tags[type], "");
    return h->out->over;
}

static int html_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct html *h = ctx;
    const char *innermost = h->spans.len ? memrchr(h->spans.data, (char)type, h->spans.len) : NULL;
    const MD_ATTRIBUTE *target = is_link(type) ? target_of(type, detail) : NULL;
    if (innermost) html_close_spans(h, (size_t)(innermost - h->spans.data), target);
    return h->out->over;
}

static int html_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct html *h = ctx;
    html_close_spans(h, 0, NULL);
    if (type == MD_BLOCK_HR) buf_addc(h->out, '\n');
    else if (type == MD_BLOCK_H)
        buf_addf(h->out, "</%s>\n", heading_tags[((MD_BLOCK_H_DETAIL *)detail)->level]);
    else if (type != MD_BLOCK_DOC) buf_addf(h->out, "</%s>\n", block_tags[type]);
    return h->out->over;
}

static int html_text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE len, void *ctx)
{
    struct html *h = ctx;
    if (type == MD_TEXT_BR) {
        buf_addz(h->out, "<br>\n");
    } else if (type == MD_TEXT_SOFTBR) {
        buf_addc(h->out, '\n');
    } else if (type == MD_TEXT_ENTITY || type == MD_TEXT_NULLCHAR) {
        struct buf meaning;
        buf_init(&meaning, (size_t)len + 8);
        add_meaning(&meaning, type, (struct text){data, len});
        encode_html(buf_text(&meaning), h->out);
        buf_release(&meaning);
    } else {
        encode_html((struct text){data, len}, h->out);
    }
    return h->out->over;
}

// md4c fails only without memory, or because a callback found `out` full; both mean that text is missing.
static void parse(struct text markdown, const MD_PARSER *parser, void *ctx, struct buf *out)
{
    if (markdown.len > UINT32_MAX / 2 || md_parse(markdown.data, (MD_SIZE)markdown.len, parser, ctx))
        out->over = true;
}

void markdown_html_styled(struct text markdown, const struct markdown_style *styles, struct buf *out)
{
    static const MD_PARSER parser = {.flags = FLAGS,
        .enter_block = html_enter_block,
        .leave_block = html_leave_block,
        .enter_span = html_enter_span,
        .leave_span = html_leave_span,
        .text = html_text};
    struct html h = {.out = out, .styles = styles};
    buf_init(&h.spans, markdown.len); // every span has at least one mark
    parse(markdown, &parser, &h, out);
    buf_release(&h.spans);
}

void markdown_html(struct text markdown, struct buf *out)
{
    markdown_html_styled(markdown, NULL, out);
}

// -- readable text

struct reader {
    struct plain plain;
    struct {
        bool tight, ordered;
        unsigned next; // number of the next item
        bool begun;
    } list[LIST_DEPTH_MAX];
    size_t depth;   // lists around this place; may pass LIST_DEPTH_MAX
    int links;      // links and images around this place
    size_t link_at; // where the outermost link's text begins in plain.line
};

static size_t innermost(const struct reader *r)
{
    return (r->depth < LIST_DEPTH_MAX ? r->depth : LIST_DEPTH_MAX) - 1;
}

static void enter_list(struct reader *r, bool tight, bool ordered, unsigned start)
{
    plain_paragraph(&r->plain); // a tight item's text, which has no paragraph of its own
    if (r->depth && r->list[innermost(r)].tight) r->plain.gap = false;
    r->depth++;
    size_t i = innermost(r);
    r->list[i].tight = tight;
    r->list[i].ordered = ordered;
    r->list[i].next = start;
    r->list[i].begun = false;
}

static void leave_list(struct reader *r)
{
    r->depth--;
    r->plain.gap = r->depth == 0 || !r->list[innermost(r)].tight;
}

static void enter_item(struct reader *r)
{
    size_t i = innermost(r);
    if (r->list[i].tight && r->list[i].begun) r->plain.gap = false;
    r->list[i].begun = true;
    char first[16] = "- ", rest[16] = "  ";
    if (r->list[i].ordered) {
        int len = snprintf(first, sizeof first, "%u. ", r->list[i].next++ % 100000000);
        snprintf(rest, sizeof rest, "%*s", len, "");
    }
    plain_enter(&r->plain, first, rest);
}

static int read_enter_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct reader *r = ctx;
    switch (type) {
    case MD_BLOCK_UL: enter_list(r, ((MD_BLOCK_UL_DETAIL *)detail)->is_tight, false, 0); break;
    case MD_BLOCK_OL:
        enter_list(r, ((MD_BLOCK_OL_DETAIL *)detail)->is_tight, true, ((MD_BLOCK_OL_DETAIL *)detail)->start);
        break;
    case MD_BLOCK_LI: enter_item(r); break;
    case MD_BLOCK_TABLE: plain_table(&r->plain, ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count); break;
    case MD_BLOCK_QUOTE:
        plain_paragraph(&r->plain);
        plain_enter(&r->plain, "> ", "> ");
        break;
    case MD_BLOCK_CODE:
        plain_paragraph(&r->plain);
        plain_enter(&r->plain, "    ", "    ");
        break;
    case MD_BLOCK_HR:
        plain_paragraph(&r->plain);
        buf_addz(&r->plain.line, "* * *");
        break;
    case MD_BLOCK_P:
    case MD_BLOCK_H: plain_paragraph(&r->plain); break;
    default: break;
    }
    return r->plain.out->over;
}

static int read_leave_block(MD_BLOCKTYPE type, void *detail, void *ctx)
{
    struct reader *r = ctx;
    struct plain *p = &r->plain;
    r->links = 0; // see struct html
    unsigned level = type == MD_BLOCK_H ? ((MD_BLOCK_H_DETAIL *)detail)->level : 0;
    if (type == MD_BLOCK_TH || type == MD_BLOCK_TD) plain_cell(p);
    else if (type == MD_BLOCK_CODE) plain_verbatim(p);
    else if (level == 1 || level == 2) plain_heading(p, level == 1 ? '=' : '-');
    else plain_paragraph(p);
    switch (type) {
    case MD_BLOCK_UL:
    case MD_BLOCK_OL: leave_list(r); break;
    case MD_BLOCK_LI: plain_leave(p); break;
    case MD_BLOCK_QUOTE:
    case MD_BLOCK_CODE: plain_leave(p), p->gap = true; break;
    case MD_BLOCK_TABLE: plain_table_end(p), p->gap = true; break;
    case MD_BLOCK_P:
    case MD_BLOCK_H:
    case MD_BLOCK_HR: p->gap = true; break;
    default: break;
    }
    return p->out->over;
}

static const char *span_mark(MD_SPANTYPE type)
{
    if (type == MD_SPAN_STRONG) return "*";
    if (type == MD_SPAN_DEL) return "~~"; // without it the text would say the opposite
    return "";
}

static int read_enter_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct reader *r = ctx;
    if (is_link(type) && r->links++ == 0) r->link_at = r->plain.line.len;
    buf_addz(&r->plain.line, span_mark(type));
    return r->plain.out->over;
}

// Puts the target behind the link's text, unless the text says it already.
static void read_close_link(struct reader *r, const MD_ATTRIBUTE *target)
{
    struct buf *line = &r->plain.line, url;
    buf_init(&url, 3 * LINK_MAX);
    if (link_target(target, &url)) {
        struct text label = {buf_z(line) + r->link_at, line->len - r->link_at};
        struct text shown = buf_text(&url);
        if (begins_with(shown, "mailto:")) shown.data += 7, shown.len -= 7;
        if (label.len == 0) buf_addt(line, shown);
        else if (!text_eq(label, shown)) buf_addf(line, " (%.*s)", (int)shown.len, shown.data);
    }
    buf_release(&url);
}

static int read_leave_span(MD_SPANTYPE type, void *detail, void *ctx)
{
    struct reader *r = ctx;
    buf_addz(&r->plain.line, span_mark(type));
    if (is_link(type) && r->links && --r->links == 0) read_close_link(r, target_of(type, detail));
    return r->plain.out->over;
}

static int read_text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE len, void *ctx)
{
    struct reader *r = ctx;
    if (type == MD_TEXT_BR) buf_addc(&r->plain.line, '\n');
    else add_meaning(&r->plain.line, type, (struct text){data, len});
    return r->plain.out->over;
}

void markdown_plain(struct text markdown, struct buf *out)
{
    static const MD_PARSER parser = {.flags = FLAGS,
        .enter_block = read_enter_block,
        .leave_block = read_leave_block,
        .enter_span = read_enter_span,
        .leave_span = read_leave_span,
        .text = read_text};
    struct reader r = {0};
    plain_init(&r.plain, out);
    parse(markdown, &parser, &r, out);
    plain_release(&r.plain);
}
