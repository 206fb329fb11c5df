// SPDX-License-Identifier: MIT
#include "mail/incoming.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// A mail as a record, for as long as the test lasts.
struct mail {
    struct buf bytes;
    struct record record;
};

static void mail_read(struct mail *m, struct text bytes)
{
    struct err e = {0};
    buf_init(&m->bytes, RECORD_LEN_MAX);
    if (incoming_read(bytes, false, &m->bytes, &e)) fail_msg("%s", e.text);
    m->record = (struct record){(uint8_t *)m->bytes.data, m->bytes.len};
    assert_int_equal(record_check(m->record, &e), 0);
}

static struct mail mail_of(const char *bytes)
{
    struct mail m;
    mail_read(&m, text_of(bytes));
    return m;
}

// What stands under a key, as JSON.
static const char *shown(const struct mail *m, const char *key)
{
    static char line[4000];
    struct buf json;
    struct record value = record_get(m->record, key);
    buf_init(&json, 1 << 20);
    if (value.data) record_print_json(value, &json);
    snprintf(line, sizeof line, "%s", buf_z(&json));
    buf_release(&json);
    return line;
}

#define shows(mail, key, json) assert_string_equal(shown(&(mail), key), json)

static void headers_are_decoded(void **state)
{
    struct mail m = mail_of(
        "Return-Path: <karma@moic.example>\r\nReceived: from a by b; Tue, 16 Feb 2021 10:15:00 +0600\r\n"
        "From: =?utf-8?B?4L2A4L2i4L6o?= <Karma@moic.example>\r\nTo: office@box.example, \"B, C\" "
        "<c@d.example>\r\n"
        "Delivered-To: bounces+1-abc@box.example\r\nSubject: =?utf-8?Q?R=C3=A9:_yes?=\r\n"
        "Date: Tue, 16 Feb 2021 10:14:59 +0600\r\nMessage-ID: <r1@moic.example>\r\n"
        "In-Reply-To: <m2@box.example>\r\nReferences: <m1@box.example>\r\n <m2@box.example>\r\n"
        "Auto-Submitted: no\r\nReply-To: K <k2@moic.example>\r\n\r\nyes\r\n");
    shows(m, "from", "\"Karma@moic.example\"");
    shows(m, "from_name", "\"ཀརྨ\"");
    shows(m, "to", "[\"office@box.example\",\"c@d.example\",\"bounces+1-abc@box.example\"]");
    shows(m, "subject", "\"Ré: yes\"");
    shows(m, "id", "\"r1@moic.example\"");
    shows(m, "answers", "[\"m2@box.example\",\"m2@box.example\",\"m1@box.example\"]");
    shows(m, "return_path", "\"karma@moic.example\"");
    shows(m, "reply_to", "\"k2@moic.example\"");
    shows(m, "received", "1613448900000");
    shows(m, "date", "1613448899000");
    shows(m, "marks", "{\"auto-submitted\":\"no\"}");
    shows(m, "text", "\"yes\\n\"");
    shows(m, "cut", "");
    buf_release(&m.bytes);
}

static void an_empty_return_path_is_told_from_none(void **state)
{
    struct mail m = mail_of("Return-Path: <>\r\nFrom: a@b.example\r\n\r\n");
    shows(m, "return_path", "\"\"");
    buf_release(&m.bytes);
    m = mail_of("From: a@b.example\r\n\r\n");
    shows(m, "return_path", "");
    buf_release(&m.bytes);
}

#define REPORT                                                                                        \
    "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; report-type=delivery-status; " \
    "boundary=b\r\nMIME-Version: 1.0\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\n" \
    "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nX-Twice: 1\r\n"   \
    "X-Twice: 2\r\n\r\nFinal-Recipient: rfc822;\r\n karma@moic.example\r\nAction: failed\r\nStatus: " \
    "5.1.1\r\n"                                                                                       \
    "\r\n--b\r\n"

static void a_report_and_its_returned_headers_are_read(void **state)
{
    struct mail m = mail_of(
        REPORT "Content-Type: text/rfc822-headers\r\n\r\nMessage-ID:\r\n "
               "<m1.7@box.example>\r\nTo: Karma <karma@moic.example>\r\nSubject: Invitation\r\n"
               "--b--\r\n");
    shows(m, "type", "\"multipart/report\"");
    shows(m, "report", "\"delivery-status\"");
    shows(m, "reports",
        "[{\"x-twice\":\"1\",\"reporting-mta\":\"dns; mx.example\"},{\"action\":\"failed\",\"status\":"
        "\"5.1.1\",\"final-recipient\":\"rfc822; karma@moic.example\"}]");
    shows(m, "original",
        "{\"id\":\"m1.7@box.example\",\"to\":\"karma@moic.example\",\"subject\":\"Invitation\"}");
    shows(m, "text", "\"Sorry.\"");
    buf_release(&m.bytes);
}

static void a_returned_mail_is_looked_at_from_outside(void **state)
{
    struct mail m = mail_of(
        REPORT "Content-Type: message/rfc822\r\n\r\nMessage-ID: <m1.7@box.example>\r\n"
               "To: karma@moic.example\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\n"
               "--b--\r\n");
    shows(m, "original", "{\"id\":\"m1.7@box.example\",\"to\":\"karma@moic.example\"}");
    shows(m, "calendars", "");
    buf_release(&m.bytes);
}

static void ids_that_a_text_quotes_are_found(void **state)
{
    struct mail m = mail_of(
        "From: a@b.example\r\n\r\nHi.\r\n--- Below this line\r\nMessage-ID: <a.1@box.example>\r\n"
        "> message-id:\r\n>  <b.2@box.example>\r\nMessage-ID: none\r\n<c@d> is none\r\n");
    shows(m, "quoted", "[\"a.1@box.example\",\"b.2@box.example\"]");
    buf_release(&m.bytes);
}

static void calendars_are_found_wherever_they_are(void **state)
{
    struct mail m = mail_of(
        "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
        "Content-Type: multipart/alternative; boundary=a\r\n\r\n--a\r\nContent-Type: text/plain\r\n\r\nI "
        "come.\r\n"
        "--a\r\nContent-Type: text/calendar; charset=\"utf-8\"; method=REPLY\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nQkVHSU46VkNBTEVOREFSDQpYOmENCiBi\r\n--a--\r\n--m\r\n"
        "Content-Type: application/ics; name=\"invite.ics\"\r\nContent-Disposition: "
        "attachment\r\n\r\nBEGIN:X\r\n"
        "--m--\r\n");
    shows(m, "calendars", "[\"BEGIN:VCALENDAR\\nX:ab\",\"BEGIN:X\"]");
    shows(m, "text", "\"I come.\"");
    shows(m, "parts",
        "[{\"type\":\"text/plain\",\"bytes\":7},{\"type\":\"text/calendar\",\"bytes\":32},{\"name\":"
        "\"invite.ics\",\"type\":\"application/ics\",\"bytes\":7}]");
    buf_release(&m.bytes);
}

static void charsets_become_utf_8(void **state)
{
    struct mail m = mail_of(
        "From: a@b.example\r\nContent-Type: text/plain; charset=windows-1252\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\nOui, =E0 bient=F4t =93ok=94\r\n");
    shows(m, "text", "\"Oui, à bientôt “ok”\\n\"");
    buf_release(&m.bytes);
    m = mail_of("From: a@b.example\r\nContent-Type: text/plain; charset=no-such\r\n\r\nfine \xff\r\n");
    assert_non_null(strstr(shown(&m, "text"), "fine "));
    buf_release(&m.bytes);
}

static void html_alone_is_read_as_text(void **state)
{
    struct mail m = mail_of(
        "From: a@b.example\r\nContent-Type: text/html\r\n\r\n<html><head><title>t</title><style>p{}"
        "</style></head><body><div>Yes,&nbsp;I <b>come</b>&#33;</div><p>A &lt;b&gt; &unknown; c"
        "</p><!-- no --><blockquote>old<br>words</blockquote><script>x<y</script></body></html>");
    shows(m, "text", "\"Yes, I come!\\nA <b> &unknown; c\\n\\n> old\\n> words\\n\"");
    buf_release(&m.bytes);
}

static void an_attached_text_is_not_the_message(void **state)
{
    struct mail m = mail_of(
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n"
        "Content-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nyes\r\n"
        "--m\r\nContent-Type: text/plain\r\n\r\nsee the file\r\n--m--\r\n");
    shows(m, "text", "\"see the file\"");
    buf_release(&m.bytes);
}

static void control_characters_are_left_out(void **state)
{
    struct mail m;
    mail_read(&m, TEXT("From: a@b.example\r\nSubject: a\x1b[31mb\x7f\r\n\r\na\0b\x07\x1b]0;c\r\n"));
    shows(m, "subject", "\"a[31mb\"");
    assert_null(memchr(record_get_text(m.record, "text").data, 0, record_get_text(m.record, "text").len));
    assert_null(strchr(shown(&m, "text"), '\x1b'));
    buf_release(&m.bytes);
}

static void limits_mark_what_was_cut(void **state)
{
    struct buf bytes;
    struct mail m;
    buf_init(&bytes, 4u << 20);
    buf_addz(&bytes, "From: a@b.example\r\n");
    for (int i = 0; i < 1000; i++) buf_addf(&bytes, "X-Header-%d: value\r\n", i);
    buf_addz(&bytes, "\r\n");
    for (int i = 0; i < 10000; i++) buf_addz(&bytes, "0123456789\r\n");
    mail_read(&m, buf_text(&bytes));
    shows(m, "cut", "true");
    assert_true(record_get_text(m.record, "text").len <= 65536);
    buf_release(&m.bytes);
    while (bytes.len < 2u << 20) buf_addz(&bytes, "0123456789\r\n");
    mail_read(&m, buf_text(&bytes));
    shows(m, "cut", "true");
    buf_release(&m.bytes);
    buf_release(&bytes);
}

static void deep_and_many_parts_end_at_the_limit(void **state)
{
    struct buf bytes;
    struct mail m;
    buf_init(&bytes, 4u << 20);
    buf_addz(&bytes, "From: a@b.example\r\n");
    for (int i = 0; i < 3000; i++)
        buf_addf(&bytes, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i);
    buf_addz(&bytes, "Content-Type: text/plain\r\n\r\ndeep\r\n");
    mail_read(&m, buf_text(&bytes));
    shows(m, "cut", "true");
    buf_release(&m.bytes);
    buf_clear(&bytes);
    buf_addz(&bytes, "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n");
    for (int i = 0; i < 5000; i++) buf_addz(&bytes, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n");
    mail_read(&m, buf_text(&bytes));
    shows(m, "cut", "true");
    assert_int_equal(record_count(record_get(m.record, "parts")), 100);
    buf_release(&m.bytes);
    buf_release(&bytes);
}

static void broken_bytes_give_what_can_be_read(void **state)
{
    static const char *const mails[] = {
        "From: a@b.example\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: "
        "base64\r\n\r\n!!!!%%%\r\n",
        "From: a@b.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary\r\n",
        "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=\"\"\r\n\r\n--\r\n\r\n----\r\n",
        "From: a@b.example\r\nContent-Type: text/plain; charset=\"utf-8\r\n\r\nx\r\n",
        "From: <<<>>>, @@, (((\r\nTo: group: a@b.example, c@d.example;\r\n\r\nx\r\n",
        "From: a@b.example\r\nDate: yesterday\r\nReceived: nonsense;\r\nMessage-ID: nonsense\r\n\r\nx\r\n",
        "From: a@b.example\r\nContent-Type: message/rfc822\r\n\r\n",
        "From: a@b.example\r\nContent-Type: message/delivery-status\r\n\r\n\r\n\r\n: x\r\n",
    };
    for (size_t i = 0; i < sizeof mails / sizeof *mails; i++) {
        struct mail m = mail_of(mails[i]);
        buf_release(&m.bytes);
    }
}

static void nothing_is_no_mail(void **state)
{
    struct buf out;
    struct err e = {0};
    buf_init(&out, 65536);
    int failed = incoming_read(TEXT(""), false, &out, &e);
    assert_true(failed == 0 || (failed == -ERR_INPUT && out.len == 0));
    buf_release(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headers_are_decoded),
        cmocka_unit_test(an_empty_return_path_is_told_from_none),
        cmocka_unit_test(a_report_and_its_returned_headers_are_read),
        cmocka_unit_test(a_returned_mail_is_looked_at_from_outside),
        cmocka_unit_test(ids_that_a_text_quotes_are_found),
        cmocka_unit_test(calendars_are_found_wherever_they_are),
        cmocka_unit_test(charsets_become_utf_8),
        cmocka_unit_test(html_alone_is_read_as_text),
        cmocka_unit_test(an_attached_text_is_not_the_message),
        cmocka_unit_test(control_characters_are_left_out),
        cmocka_unit_test(limits_mark_what_was_cut),
        cmocka_unit_test(deep_and_many_parts_end_at_the_limit),
        cmocka_unit_test(broken_bytes_give_what_can_be_read),
        cmocka_unit_test(nothing_is_no_mail),
    };
    if (!incoming_is_built_in()) {
        puts("built without GMime: nothing to test\n0 passed, 0 failed");
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
