// SPDX-License-Identifier: MIT
// lives: see lives.h.
#include "usher/lives.h"

#include "mail/encode.h"
#include "mail/mail.h"

// The mail that an entry is about; not there: it is about none.
static struct record mail_of(const struct rehearsal *r, struct record entry)
{
    int64_t number = record_get_int(entry, "mail", 0);
    if (number < 1 || number > (int64_t)virtual_history_count(r->world)) return (struct record){0};
    return record_get(virtual_history(r->world, (size_t)number - 1), "args");
}

static void put_count(struct record life, struct buf *out)
{
    int64_t n = record_get_int(life, "mails", 0);
    buf_addf(out, n == 1 ? "1 mail" : "%lld mails", (long long)n);
}

// ---- for a terminal -----------------------------------------------------------------------------------

static void put_header(struct buf *out, const char *name, struct text value)
{
    if (value.len) buf_addf(out, "    %s: %.*s\n", name, (int)value.len, value.data);
}

static void put_indented(struct buf *out, struct text text)
{
    for (size_t i = 0; i < text.len;) {
        size_t end = i;
        while (end < text.len && text.data[end] != '\n') end++;
        if (end > i) buf_addz(out, "    ");
        buf_add(out, text.data + i, end - i);
        buf_addc(out, '\n');
        i = end + 1;
    }
}

static void put_mail_text(struct record mail, struct buf *out)
{
    struct text text = record_get_text(mail, "text");
    struct buf plain;
    buf_init(&plain, MAIL_LEN_MAX);
    if (record_get_bool(mail, "html", true)) markdown_plain(text, &plain);
    else buf_addt(&plain, text);
    put_header(out, "To", record_get_text(mail, "to"));
    put_header(out, "Subject", record_get_text(mail, "subject"));
    for (struct record_iter it = record_each(record_get(mail, "attachments")); record_next(&it);)
        put_header(out, "Attached", record_get_text(it.value, "name"));
    buf_addc(out, '\n');
    put_indented(out, buf_text(&plain));
    buf_release(&plain);
}

// The month that begins with this entry, in a life that tells them; `before` is that of the one before.
static bool begins_month(struct record entry, struct text *before)
{
    struct text month = record_get_text(entry, "month");
    bool begins = month.len && !text_eq(month, *before);
    *before = month;
    return begins;
}

void lives_text(const struct rehearsal *r, struct record life, struct buf *out)
{
    struct text name = record_get_text(life, "name"), place = record_get_text(life, "place");
    buf_addf(out, "%.*s: ", (int)name.len, name.data);
    put_count(life, out);
    buf_addf(out, ", times of %.*s\n", (int)place.len, place.data);
    struct text month = {0};
    for (struct record_iter it = record_each(record_get(life, "entries")); record_next(&it);) {
        struct text when = record_get_text(it.value, "when"), what = record_get_text(it.value, "what");
        struct record mail = mail_of(r, it.value);
        if (begins_month(it.value, &month)) buf_addf(out, "\n== %.*s\n", (int)month.len, month.data);
        buf_addf(out, "\n%.*s  %.*s\n", (int)when.len, when.data, (int)what.len, what.data);
        if (mail.data) put_mail_text(mail, out);
    }
}

// ---- for a browser --------------------------------------------------------------------------------------

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>body{font:16px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em;color:#222;"
    "background:#fff;overflow-wrap:anywhere}"
    "h1{font-size:1.4em;line-height:1.25}h2{font-size:1.1em;margin:0 0 .5em}"
    "h2.month{margin:2em 0 0;border-bottom:1px solid #bbb}"
    "p.head{color:#555}p.did{margin:1em 0;padding-left:1em;border-left:3px solid #888}"
    "p.quiet{color:#666;border-color:#ccc}time{display:block;color:#555;font-size:.9em}"
    "article{border:1px solid #bbb;border-radius:4px;padding:1em;margin:1em 0}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:0 1em;padding:.5em 1em;background:#f4f4f1}"
    "dt{color:#555}dd{margin:0}a{color:#06c}pre{white-space:pre-wrap}</style>\n<title>";

static void put_time(struct record entry, struct buf *out)
{
    buf_addz(out, "<time>");
    encode_html(record_get_text(entry, "when"), out);
    buf_addz(out, "</time>");
}

static void put_mail_page(struct record entry, struct record mail, struct buf *out)
{
    buf_addz(out, "<article>\n");
    put_time(entry, out);
    buf_addz(out, "<h2>");
    encode_html(record_get_text(mail, "subject"), out);
    buf_addz(out, "</h2>\n<p class=\"head\">");
    encode_html(record_get_text(entry, "what"), out);
    buf_addz(out, "</p>\n");
    mail_preview_part(mail, out);
    buf_addz(out, "</article>\n");
}

static void put_deed(struct record entry, struct buf *out)
{
    buf_addz(out, record_get_bool(entry, "quiet", false) ? "<p class=\"did quiet\">" : "<p class=\"did\">");
    put_time(entry, out);
    encode_html(record_get_text(entry, "what"), out);
    buf_addz(out, "</p>\n");
}

static void put_month(struct text month, struct buf *out)
{
    buf_addz(out, "<h2 class=\"month\">");
    encode_html(month, out);
    buf_addz(out, "</h2>\n");
}

void lives_page(const struct rehearsal *r, struct record life, struct buf *out)
{
    struct text month = {0};
    buf_addz(out, page_head);
    encode_html(record_get_text(life, "name"), out);
    buf_addz(out, "</title></head><body>\n<nav><a href=\"../index.html\">all mails</a></nav>\n<main>\n<h1>");
    encode_html(record_get_text(life, "name"), out);
    buf_addz(out, "</h1>\n<p class=\"head\">");
    put_count(life, out);
    buf_addz(out, ", from first to last; times of ");
    encode_html(record_get_text(life, "place"), out);
    buf_addz(out, "</p>\n");
    for (struct record_iter it = record_each(record_get(life, "entries")); record_next(&it);) {
        struct record mail = mail_of(r, it.value);
        if (begins_month(it.value, &month)) put_month(month, out);
        if (mail.data) put_mail_page(it.value, mail, out);
        else put_deed(it.value, out);
    }
    buf_addz(out, "</main>\n</body></html>\n");
}
