// SPDX-License-Identifier: MIT
// preview: a mail as a page, for the rehearsal's folder. Self-contained: no script, nothing remote.
#include "mail/mail.h"

#include "mail/encode.h"

static const char page_head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<style>body{font:16px/1.5 sans-serif;max-width:42em;margin:2em auto;padding:0 1em;color:#222;"
    "overflow-wrap:anywhere}"
    "h1{font-size:1.2em}"
    "dl{display:grid;grid-template-columns:auto 1fr;gap:0 1em;padding:1em;background:#f4f4f1}"
    "dt{color:#666}dd{margin:0}a{color:#06c}</style>\n<title>";

static void put_header(struct buf *out, const char *name, struct text value)
{
    if (value.len == 0) return;
    buf_addf(out, "<dt>%s</dt><dd>", name);
    encode_html(value, out);
    buf_addz(out, "</dd>\n");
}

static void put_attachments(struct buf *out, struct record list)
{
    for (struct record_iter it = record_each(list); record_next(&it);) {
        put_header(out, "Attached", record_get_text(it.value, "name"));
    }
}

void mail_preview_part(struct record mail, struct buf *out)
{
    buf_addz(out, "<dl>\n");
    put_header(out, "From", record_get_text(mail, "from"));
    put_header(out, "To", record_get_text(mail, "to"));
    put_header(out, "Reply to", record_get_text(mail, "reply_to"));
    put_attachments(out, record_get(mail, "attachments"));
    buf_addz(out, "</dl>\n");
    if (record_get_bool(mail, "html", true)) {
        markdown_html(record_get_text(mail, "text"), out);
    } else {
        buf_addz(out, "<pre>");
        encode_html(record_get_text(mail, "text"), out);
        buf_addz(out, "</pre>\n");
    }
}

void mail_preview(struct record mail, struct text home, struct buf *out)
{
    buf_addz(out, page_head);
    encode_html(record_get_text(mail, "subject"), out);
    buf_addz(out, "</title></head><body>\n");
    if (home.len) {
        buf_addz(out, "<nav><a href=\"");
        encode_html(home, out);
        buf_addz(out, "\">all mails</a></nav>\n");
    }
    buf_addz(out, "<main>\n<h1>");
    encode_html(record_get_text(mail, "subject"), out);
    buf_addz(out, "</h1>\n");
    mail_preview_part(mail, out);
    buf_addz(out, "</main>\n</body></html>\n");
}
