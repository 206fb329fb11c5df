// SPDX-License-Identifier: MIT
#include "mail/mail.h"
#include "pdf/certificate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

// A mail is written as JSON; `more` goes behind the fields that every mail needs.
#define MAIL(more)                                                               \
    "{\"id\":\"k1@usher.example.bt\",\"date\":1614240000000,\"offset_min\":360," \
    "\"from\":\"DoIM <doim@example.bt>\"" more "}"
#define TO ",\"to\":\"pt@example.bt\""

struct letter {
    struct buf record, mail;
    struct err e;
};

static int compose(struct letter *l, const char *json)
{
    *l = (struct letter){0};
    buf_init(&l->record, RECORD_LEN_MAX);
    buf_init(&l->mail, MAIL_LEN_MAX);
    assert_int_equal(record_from_json(text_of(json), &l->record, &l->e), 0);
    return mail_compose((struct record){(const uint8_t *)l->record.data, l->record.len}, &l->mail, &l->e);
}

static void done(struct letter *l)
{
    buf_release(&l->record);
    buf_release(&l->mail);
}

static void expect_holds(const char *json, const char *piece)
{
    struct letter l;
    assert_int_equal(compose(&l, json), 0);
    if (!strstr(buf_z(&l.mail), piece)) fail_msg("\"%s\" is not in:\n%s", piece, buf_z(&l.mail));
    done(&l);
}

static void expect_refused(const char *json, const char *sentence)
{
    struct letter l;
    assert_int_equal(compose(&l, json), -ERR_INPUT);
    assert_string_equal(l.e.text, sentence);
    assert_int_equal(l.mail.len, 0);
    done(&l);
}

#define CERTIFICATE(fields)                                                                                 \
    MAIL(TO ",\"text\":\"Hi\",\"attachments\":[{\"name\":\"certificate.pdf\",\"type\":\"application/pdf\"," \
            "\"certificate\":{" fields "}}]")

static void mail_draws_its_certificate_the_same_each_time(void **state)
{
    struct letter one, two;
    if (!certificate_is_built_in()) skip();
    const char *json = CERTIFICATE("\"title\":\"Certificate\",\"name\":\"Karma\"");
    assert_int_equal(compose(&one, json), 0);
    assert_int_equal(compose(&two, json), 0);
    assert_non_null(strstr(buf_z(&one.mail), "\r\n\r\nJVBERi0")); // %PDF- in base64
    assert_int_equal(one.mail.len, two.mail.len);
    assert_memory_equal(one.mail.data, two.mail.data, one.mail.len);
    assert_true(mail_is_drawn((struct record){(const uint8_t *)one.record.data, one.record.len}));
    done(&one);
    done(&two);
}

static void mail_can_be_sketched_without_drawing(void **state)
{
    struct letter l;
    struct buf sketch;
    compose(&l, CERTIFICATE("\"title\":\"Certificate\",\"name\":\"Karma\""));
    buf_init(&sketch, MAIL_LEN_MAX);
    struct record mail = {(const uint8_t *)l.record.data, l.record.len};
    assert_int_equal(mail_sketch(mail, &sketch, NULL), 0);
    assert_non_null(strstr(buf_z(&sketch), "filename=certificate.pdf.json"));
    assert_null(strstr(buf_z(&sketch), "application/pdf"));
    buf_release(&sketch);
    done(&l);
}

static void mail_says_whose_certificate_can_not_be_drawn(void **state)
{
    struct letter l;
    if (!certificate_is_built_in()) skip();
    assert_int_equal(compose(&l, CERTIFICATE("\"title\":\"C\",\"name\":\"N\",\"logo\":\"00\"")), -ERR_USAGE);
    assert_string_equal(l.e.text,
        "attachment \"certificate.pdf\": the certificate's logo is not here yet: its script "
        "has to be loaded");
    done(&l);
}

static void mail_without_html_is_one_part(void **state)
{
    struct letter l;
    assert_int_equal(compose(&l, MAIL(TO ",\"subject\":\"Hello\",\"text\":\"*Hi*\",\"html\":false")), 0);
    assert_string_equal(buf_z(&l.mail), "From: DoIM <doim@example.bt>\r\n"
                                        "To: pt@example.bt\r\n"
                                        "Subject: Hello\r\n"
                                        "Date: Thu, 25 Feb 2021 14:00:00 +0600\r\n"
                                        "Message-ID: <k1@usher.example.bt>\r\n"
                                        "MIME-Version: 1.0\r\n"
                                        "Content-Type: text/plain; charset=utf-8\r\n"
                                        "Content-Transfer-Encoding: 7bit\r\n"
                                        "\r\n"
                                        "*Hi*\r\n");
    done(&l);
}

static void mail_is_the_same_for_the_same_record(void **state)
{
    const char *json = MAIL(
        TO ",\"text\":\"Hi\",\"attachments\":[{\"name\":\"a\",\"type\":\"text/csv\",\"data\":\"x\"}]");
    struct letter a, b;
    assert_int_equal(compose(&a, json), 0);
    assert_int_equal(compose(&b, json), 0);
    assert_true(text_eq(buf_text(&a.mail), buf_text(&b.mail)));
    done(&b);
    done(&a);
}

static void mail_offers_text_and_html(void **state)
{
    const char *json = MAIL(TO ",\"lang\":\"dz\",\"text\":\"**Hi**\"");
    expect_holds(json,
        "\r\nContent-Language: dz\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; ");
    expect_holds(json, "\r\n\r\n*Hi*\r\n\r\n--=_");
    expect_holds(json, "<html lang=3D\"dz\">");
    expect_holds(json, "<strong>Hi</strong>");
}

static void mail_puts_attachments_around_the_text(void **state)
{
    const char *json = MAIL(TO ",\"text\":\"Hi\",\"attachments\":["
                               "{\"name\":\"ü.pdf\",\"type\":\"application/pdf\",\"data\":\"%PDF\\n\"}]");
    expect_holds(json, "Content-Type: multipart/mixed; ");
    expect_holds(json, "Content-Type: multipart/alternative; ");
    expect_holds(json, "Content-Type: application/pdf\r\n"
                       "Content-Disposition: attachment; filename*=utf-8''%C3%BC.pdf\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\nJVBERgo=\r\n");
}

static void mail_makes_an_invitation_one_more_alternative(void **state)
{
    const char *json = MAIL(
        TO ",\"text\":\"Hi\",\"attachments\":[{\"type\":\"text/calendar\",\"inline\":true,"
           "\"params\":{\"method\":\"REQUEST\"},\"data\":\"BEGIN:VCALENDAR\\r\\n\"}]");
    struct letter l;
    expect_holds(json, "Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n"
                       "Content-Transfer-Encoding: 7bit\r\n\r\nBEGIN:VCALENDAR\r\n");
    assert_int_equal(compose(&l, json), 0);
    assert_null(strstr(buf_z(&l.mail), "multipart/mixed"));
    assert_null(strstr(buf_z(&l.mail), "Content-Disposition"));
    done(&l);
}

static void mail_attaches_a_named_invitation_as_well(void **state)
{
    const char *json = MAIL(
        TO ",\"text\":\"Hi\",\"attachments\":[{\"type\":\"text/calendar\",\"inline\":true,"
           "\"name\":\"invite.ics\",\"params\":{\"method\":\"CANCEL\"},"
           "\"data\":\"BEGIN:VCALENDAR\\r\\n\"}]");
    expect_holds(json, "Content-Type: multipart/mixed; ");
    expect_holds(json, "Content-Type: text/calendar; charset=utf-8; method=CANCEL\r\n"
                       "Content-Transfer-Encoding: 7bit\r\n\r\nBEGIN:VCALENDAR\r\n");
    expect_holds(json, "Content-Type: application/ics\r\n"
                       "Content-Disposition: attachment; filename=invite.ics\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\nQkVHSU46VkNBTEVOREFSDQo=\r\n");
    expect_refused(MAIL(TO ",\"text\":\"Hi\",\"attachments\":[{\"type\":\"text/calendar\",\"inline\":true,"
                           "\"name\":\"a/b\",\"data\":\"BEGIN\"}]"),
        "attachment \"a/b\": the name has a slash; give the file's name without its folder");
}

static void mail_carries_the_headers_a_script_may_set(void **state)
{
    expect_holds(MAIL(TO ",\"headers\":{\"Auto-Submitted\":\"auto-generated\"}"),
        "\r\nAuto-Submitted: auto-generated\r\n");
    expect_holds(MAIL(TO ",\"headers\":{\"X-Usher-Step\":\"ü\"}"), "\r\nX-Usher-Step: =?utf-8?b?w7w=?=\r\n");
    expect_holds(MAIL(TO ",\"reply_to\":\"\\\"A, B\\\" <r@x.bt>\""), "\r\nReply-To: \"A, B\" <r@x.bt>\r\n");
    expect_holds(MAIL(TO ",\"cc\":[\"a@b.bt\",\"C <c@d.bt>\"]"), "\r\nCc: a@b.bt, C <c@d.bt>\r\n");
}

static void mail_never_folds_an_unsubscribe_header(void **state)
{
    expect_holds(MAIL(TO ",\"headers\":{\"List-Unsubscribe\":\"<https://usher.example.bt/u/"
                         "01234567890123456789012345678901234567890123456789>, <mailto:u@example.bt>\"}"),
        "\r\nList-Unsubscribe: <https://usher.example.bt/u/"
        "01234567890123456789012345678901234567890123456789>, <mailto:u@example.bt>\r\n");
}

static void mail_writes_dates_of_every_kind(void **state)
{
    const struct {
        const char *json, *date;
    } dates[] = {
        {"{\"id\":\"a@b\",\"from\":\"a@b\",\"to\":\"a@b\",\"date\":0}",
            "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n"},
        {"{\"id\":\"a@b\",\"from\":\"a@b\",\"to\":\"a@b\",\"date\":0,\"offset_min\":-210}",
            "Date: Wed, 31 Dec 1969 20:30:00 -0330\r\n"},
        {"{\"id\":\"a@b\",\"from\":\"a@b\",\"to\":\"a@b\",\"date\":1709164799999,\"offset_min\":345}",
            "Date: Thu, 29 Feb 2024 05:44:59 +0545\r\n"},
        {"{\"id\":\"a@b\",\"from\":\"a@b\",\"to\":\"a@b\",\"date\":951868800000}",
            "Date: Wed, 1 Mar 2000 00:00:00 +0000\r\n"},
    };
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct letter l;
        assert_int_equal(compose(&l, dates[i].json), 0);
        if (!strstr(buf_z(&l.mail), dates[i].date)) {
            char *found = strstr(buf_z(&l.mail), "Date:");
            *strchr(found, '\r') = 0;
            fail_msg("want %s got %s", dates[i].date, found);
        }
        done(&l);
    }
}

static void mail_refuses_with_a_sentence(void **state)
{
    expect_refused(MAIL(""), "the mail has no to address");
    expect_refused(MAIL(TO ",\"subject\":\"a\\r\\nBcc: x@y.z\""),
        "the mail's subject has a line break at byte 2; a header is one line: remove it");
    expect_refused(MAIL(TO ",\"subject\":7"), "the mail's subject is not a text");
    expect_refused(MAIL(TO ",\"headers\":{\"Bcc\":\"x@y.z\"}"),
        "the mail's header Bcc: a script can't set this header; it can set X-..., List-..., Auto-Submitted, "
        "In-Reply-To and References");
    expect_refused(MAIL(TO ",\"headers\":{\"X-A\":\"1\",\"x-a\":\"2\"}"),
        "the mail's headers name x-a twice");
    expect_refused(MAIL(TO ",\"attachments\":[{\"name\":\"../a\",\"type\":\"text/plain\",\"data\":\"\"}]"),
        "attachment \"../a\": the name has a slash; give the file's name without its folder");
    expect_refused(MAIL(TO ",\"attachments\":[{\"name\":\"a\",\"type\":\"multipart/mixed\",\"data\":\"\"}]"),
        "attachment \"a\": the type multipart/mixed holds other parts and can't be attached; attach it as "
        "application/octet-stream");
}

static int envelope_of(const char *json, struct mail_envelope *envelope, struct err *e)
{
    struct buf record;
    buf_init(&record, RECORD_LEN_MAX);
    assert_int_equal(record_from_json(text_of(json), &record, e), 0);
    int rc = mail_envelope((struct record){(const uint8_t *)record.data, record.len}, envelope, e);
    buf_release(&record);
    return rc;
}

static void mail_envelope_holds_bare_addresses(void **state)
{
    struct mail_envelope envelope;
    struct err e = {0};
    assert_int_equal(envelope_of(MAIL(",\"to\":\"P <p@x.bt>\""), &envelope, &e), 0);
    assert_string_equal(envelope.from, "doim@example.bt");
    assert_string_equal(envelope.to, "p@x.bt");
    assert_false(envelope.needs_utf8);
    assert_int_equal(envelope_of(MAIL(",\"to\":\"ü@x.bt\",\"sender\":\"b+p=x.bt@example.bt\""), &envelope,
                         &e),
        0);
    assert_string_equal(envelope.from, "b+p=x.bt@example.bt");
    assert_true(envelope.needs_utf8);
    assert_int_equal(envelope_of(MAIL(TO ",\"sender\":\"<>\""), &envelope, &e), 0);
    assert_string_equal(envelope.from, "");
    assert_int_equal(envelope_of(MAIL(",\"to\":\"p@bücher.example\""), &envelope, &e), -ERR_INPUT);
}

static void mail_text_has_a_limit(void **state)
{
    struct letter l;
    struct buf json;
    buf_init(&json, 1 << 20);
    buf_addz(&json, "{\"id\":\"a@b\",\"date\":0,\"from\":\"a@b\",\"to\":\"a@b\",\"text\":\"");
    for (int i = 0; i < 300 << 10; i++) buf_addc(&json, 'x');
    buf_addz(&json, "\"}");
    assert_int_equal(compose(&l, buf_z(&json)), -ERR_LIMIT);
    assert_int_equal(l.mail.len, 0);
    done(&l);
    buf_release(&json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mail_without_html_is_one_part),
        cmocka_unit_test(mail_draws_its_certificate_the_same_each_time),
        cmocka_unit_test(mail_can_be_sketched_without_drawing),
        cmocka_unit_test(mail_says_whose_certificate_can_not_be_drawn),
        cmocka_unit_test(mail_is_the_same_for_the_same_record),
        cmocka_unit_test(mail_offers_text_and_html),
        cmocka_unit_test(mail_puts_attachments_around_the_text),
        cmocka_unit_test(mail_makes_an_invitation_one_more_alternative),
        cmocka_unit_test(mail_attaches_a_named_invitation_as_well),
        cmocka_unit_test(mail_carries_the_headers_a_script_may_set),
        cmocka_unit_test(mail_never_folds_an_unsubscribe_header),
        cmocka_unit_test(mail_writes_dates_of_every_kind),
        cmocka_unit_test(mail_refuses_with_a_sentence),
        cmocka_unit_test(mail_envelope_holds_bare_addresses),
        cmocka_unit_test(mail_text_has_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
