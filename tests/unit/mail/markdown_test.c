// SPDX-License-Identifier: MIT
#include "mail/mail.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void expect(void (*render)(struct text, struct buf *), const char *markdown, const char *want)
{
    struct buf out;
    buf_init(&out, 1 << 20);
    render(text_of(markdown), &out);
    assert_false(out.over);
    assert_string_equal(buf_z(&out), want);
    buf_release(&out);
}

static void expect_html(const char *markdown, const char *want)
{
    expect(markdown_html, markdown, want);
}

static void expect_plain(const char *markdown, const char *want)
{
    expect(markdown_plain, markdown, want);
}

static void markdown_html_writes_paragraphs_lists_and_emphasis(void **state)
{
    expect_html("# Hi\n\na *b* **c**\n\n- d\n- e\n",
        "<h1>Hi</h1>\n<p>a <em>b</em> <strong>c</strong></p>\n<ul><li>d</li>\n<li>e</li>\n</ul>\n");
}

static void markdown_html_keeps_raw_html_as_text(void **state)
{
    expect_html("<script>x</script> &lt;b&gt;", "<p>&lt;script&gt;x&lt;/script&gt; &lt;b&gt;</p>\n");
    expect_html("<div onclick=x>\n", "<p>&lt;div onclick=x&gt;</p>\n");
}

static void markdown_html_links_only_to_http_and_mailto(void **state)
{
    expect_html("[a](https://x.bt/?b=1&c=2)", "<p><a href=\"https://x.bt/?b=1&amp;c=2\">a</a></p>\n");
    expect_html("[a](mailto:x@y.bt)", "<p><a href=\"mailto:x@y.bt\">a</a></p>\n");
    expect_html("[a](javascript:alert)", "<p>a</p>\n");
    expect_html("[a](JaVaScRiPt:alert)", "<p>a</p>\n");
    expect_html("[a](&#106;avascript&colon;alert)", "<p>a</p>\n");
    expect_html("[a](data:text/html,x)", "<p>a</p>\n");
    expect_html("[a](//x.bt/)", "<p>a</p>\n");
    expect_html("[a](/local)", "<p>a</p>\n");
    expect_html("[a](https://)", "<p>a</p>\n");
}

static void markdown_html_link_cannot_leave_its_attribute(void **state)
{
    expect_html("[a](<https://x.bt/\" onclick=\"b>)",
        "<p><a href=\"https://x.bt/%22%20onclick=%22b\">a</a></p>\n");
    expect_html("[a](https://x.bt/&quot;&#10;)", "<p><a href=\"https://x.bt/%22%0A\">a</a></p>\n");
}

static void markdown_html_links_images_instead_of_loading_them(void **state)
{
    expect_html("![photo](https://x.bt/p.jpg)", "<p><a href=\"https://x.bt/p.jpg\">photo</a></p>\n");
    expect_html("![](https://x.bt/p.jpg)", "<p><a href=\"https://x.bt/p.jpg\">https://x.bt/p.jpg</a></p>\n");
    expect_html("[![photo](https://x.bt/p.jpg)](https://x.bt/)",
        "<p><a href=\"https://x.bt/\">photo</a></p>\n");
}

static void markdown_html_closes_what_md4c_forgets(void **state)
{
    expect_html("~http://x.t~y\n\nz",
        "<p><del><a href=\"http://x.t~y\">http://x.t~y</a></del></p>\n<p>z</p>\n");
}

static void markdown_html_aligns_columns(void **state)
{
    expect_html("| a | b |\n|---|--:|\n| 1 | 2 |\n",
        "<table><thead><tr><th align=\"left\">a</th>\n<th align=\"right\">b</th>\n</tr>\n</thead>\n"
        "<tbody><tr><td>1</td>\n<td align=\"right\">2</td>\n</tr>\n</tbody>\n</table>\n");
}

static void markdown_html_puts_styles_on_tags(void **state)
{
    const struct markdown_style styles[] = {{"p", "margin:0"}, {0}};
    struct buf out;
    buf_init(&out, 1 << 10);
    markdown_html_styled(TEXT("a"), styles, &out);
    assert_string_equal(buf_z(&out), "<p style=\"margin:0\">a</p>\n");
    buf_release(&out);
}

static void markdown_plain_wraps_at_72(void **state)
{
    expect_plain(
        "This paragraph has been written by somebody who never pressed the return key while writing.",
        "This paragraph has been written by somebody who never pressed the return\n"
        "key while writing.\n");
    expect_plain("a\nb  \nc", "a b\nc\n");
}

static void markdown_plain_never_breaks_a_link(void **state)
{
    expect_plain(
        "Please join [by this link](https://usher.example.bt/j/0123456789012345678901234567890123456789).",
        "Please join by this link\n"
        "(https://usher.example.bt/j/0123456789012345678901234567890123456789).\n");
    expect_plain("<https://x.bt/> www.x.bt a@b.bt [a@b.bt](mailto:a@b.bt)",
        "https://x.bt/ www.x.bt a@b.bt a@b.bt\n");
}

static void markdown_plain_indents_lists_and_quotations(void **state)
{
    expect_plain("Bring:\n\n- pen\n- paper\n  1. white\n  2. blue\n- ink\n\n> so it was\n> said\n\nEnd",
        "Bring:\n\n- pen\n- paper\n  1. white\n  2. blue\n- ink\n\n> so it was said\n\nEnd\n");
    expect_plain("- a\n\n  b\n\n- c\n", "- a\n\n  b\n\n- c\n");
}

static void markdown_plain_lays_tables_out_in_columns(void **state)
{
    expect_plain("| Time | What |\n|---|---|\n| 14:00 | Introduction |\n| 14:05 | Remarks |\n",
        "Time   What\n-----  ------------\n14:00  Introduction\n14:05  Remarks\n");
}

static void markdown_plain_underlines_headings(void **state)
{
    expect_plain("# Briefing\nText", "Briefing\n========\n\nText\n");
}

static void markdown_plain_keeps_what_changes_the_meaning(void **state)
{
    expect_plain("**now** ~~never~~ `code` &amp; &#8230;", "*now* ~~never~~ code & …\n");
}

static void markdown_stops_when_a_table_of_nothing_grows(void **state)
{
    struct buf markdown, out;
    buf_init(&markdown, 1 << 20);
    buf_init(&out, 1 << 16);
    for (int i = 0; i < 100; i++) buf_addz(&markdown, "|a");
    buf_addz(&markdown, "|\n");
    for (int i = 0; i < 100; i++) buf_addz(&markdown, "|---");
    buf_addz(&markdown, "|\n");
    for (int i = 0; i < 10000; i++) buf_addz(&markdown, "|\n");
    markdown_html(buf_text(&markdown), &out);
    assert_true(out.over);
    buf_clear(&out);
    markdown_plain(buf_text(&markdown), &out);
    assert_true(out.over);
    buf_release(&out);
    buf_release(&markdown);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markdown_html_writes_paragraphs_lists_and_emphasis),
        cmocka_unit_test(markdown_html_keeps_raw_html_as_text),
        cmocka_unit_test(markdown_html_links_only_to_http_and_mailto),
        cmocka_unit_test(markdown_html_link_cannot_leave_its_attribute),
        cmocka_unit_test(markdown_html_links_images_instead_of_loading_them),
        cmocka_unit_test(markdown_html_closes_what_md4c_forgets),
        cmocka_unit_test(markdown_html_aligns_columns),
        cmocka_unit_test(markdown_html_puts_styles_on_tags),
        cmocka_unit_test(markdown_plain_wraps_at_72),
        cmocka_unit_test(markdown_plain_never_breaks_a_link),
        cmocka_unit_test(markdown_plain_indents_lists_and_quotations),
        cmocka_unit_test(markdown_plain_lays_tables_out_in_columns),
        cmocka_unit_test(markdown_plain_underlines_headings),
        cmocka_unit_test(markdown_plain_keeps_what_changes_the_meaning),
        cmocka_unit_test(markdown_stops_when_a_table_of_nothing_grows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
