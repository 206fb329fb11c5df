// SPDX-License-Identifier: MIT
// The page is one centred column of at most 600 pixels. Outlook lays out with Word: it knows the table's
// width attribute and not max-width, phones the other way round, so both are there. Styles stand on the tags
// because several mail programs drop style sheets. Colours are dark on white and declared for light only:
// programs with a dark mode turn such a page themselves, and better than half a dark theme would.
#include "mail/frame.h"

#include "mail/encode.h"
#include "mail/mail.h"

// clang-format off
#define FONT "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,'DDC Uchen',Jomolhari," \
    "'Noto Serif Tibetan',sans-serif;"
// clang-format on

static const struct markdown_style styles[] = {
    {"p", "margin:0 0 16px"},
    {"h1", "margin:0 0 16px;font-size:24px;line-height:1.3;font-weight:bold"},
    {"h2", "margin:24px 0 12px;font-size:20px;line-height:1.3;font-weight:bold"},
    {"h3", "margin:20px 0 8px;font-size:17px;line-height:1.3;font-weight:bold"},
    // Links are long and have no spaces. The second word for it is for programs that do not know the first.
    {"a", "color:#0b57a4;text-decoration:underline;overflow-wrap:anywhere;word-break:break-word"},
    {"ul", "margin:0 0 16px;padding:0 0 0 24px"},
    {"ol", "margin:0 0 16px;padding:0 0 0 24px"},
    {"li", "margin:0 0 4px"},
    {"blockquote", "margin:0 0 16px;padding:0 0 0 12px;border-left:3px solid #c8ccd0;color:#44484c"},
    {"pre", "margin:0 0 16px;padding:12px;background:#f3f4f5;font-family:Consolas,Menlo,monospace;"
            "font-size:14px;white-space:pre-wrap"},
    {"code", "font-family:Consolas,Menlo,monospace;font-size:14px"},
    {"hr", "margin:24px 0;border:0;border-top:1px solid #c8ccd0"},
    {"table", "margin:0 0 16px;border-collapse:collapse;font-size:15px"},
    {"th", "padding:6px 12px 6px 0;border-bottom:2px solid #c8ccd0;vertical-align:top"},
    {"td", "padding:6px 12px 6px 0;border-bottom:1px solid #e3e5e8;vertical-align:top"},
    {0},
};

// Letters that are stacked need room above and below, and are smaller than Latin ones of the same size.
static bool has_tall_letters(struct text lang)
{
    return text_is(lang, "dz") || text_is(lang, "bo");
}

void frame_html(struct text markdown, struct text title, struct text lang, struct buf *out)
{
    buf_addz(out, "<!DOCTYPE html>\n<html");
    if (lang.len) {
        buf_addz(out, " lang=\"");
        encode_html(lang, out);
        buf_addz(out, "\"");
    }
    buf_addz(out, ">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light\">\n<title>");
    encode_html(title, out);
    buf_addz(out,
        "</title>\n</head>\n"
        "<body style=\"margin:0;padding:0;background:#ffffff\">\n"
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\n"
        "<tr><td align=\"center\" style=\"padding:24px 16px\">\n"
        "<table role=\"presentation\" width=\"600\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" "
        "style=\"width:100%;max-width:600px\">\n"
        "<tr><td align=\"left\" style=\"" FONT);
    buf_addf(out, "font-size:%s;color:#1c1f22\">\n",
        has_tall_letters(lang) ? "17px;line-height:1.8" : "16px;line-height:1.5");
    markdown_html_styled(markdown, styles, out);
    buf_addz(out, "</td></tr>\n</table>\n</td></tr>\n</table>\n</body>\n</html>\n");
}
