// SPDX-License-Identifier: MIT
#include "mail/classify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

// What a mail is, in a line: "report hard 5.1.1", "automatic", "unsubscribe all".
static const char *judged(const char *json)
{
    static char line[1000];
    struct buf bytes;
    struct err e = {0};
    struct verdict v;
    buf_init(&bytes, 1 << 20);
    if (record_from_json(text_of(json), &bytes, &e)) fail_msg("%s: %s", e.text, json);
    classify((struct record){(uint8_t *)bytes.data, bytes.len}, &v);
    snprintf(line, sizeof line, "%s%s%s%s%s%s%s", mail_kind_name(v.kind), v.fate ? " " : "",
        mail_fate_name(v.fate), v.status[0] ? " " : "", v.status, v.purpose[0] ? " " : "", v.purpose);
    buf_release(&bytes);
    return line;
}

#define is(json, line) assert_string_equal(judged(json), line)

// A report of RFC 3464 with these per-recipient fields.
static const char *report(const char *action, const char *status, const char *diagnostic)
{
    static char json[2000];
    snprintf(json, sizeof json,
        "{\"from\":\"MAILER-DAEMON@mx.example\",\"subject\":\"Undelivered Mail Returned to Sender\","
        "\"return_path\":\"\",\"type\":\"multipart/report\",\"report\":\"delivery-status\","
        "\"marks\":{\"auto-submitted\":\"auto-replied\"},\"reports\":["
        "{\"reporting-mta\":\"dns; mx.example\"},"
        "{\"final-recipient\":\"rfc822; karma@moic.example\",\"action\":\"%s\",\"status\":\"%s\","
        "\"diagnostic-code\":\"%s\"}]}",
        action, status, diagnostic);
    return judged(json);
}

#define reports(action, status, diagnostic, line) \
    assert_string_equal(report(action, status, diagnostic), line)

static void an_address_that_is_none_is_a_hard_bounce(void **state)
{
    reports("failed", "5.1.1", "smtp; 550 5.1.1 no such user", "report hard 5.1.1");
    reports("failed", "5.1.10", "smtp;550 5.1.10 RecipientNotFound", "report hard 5.1.10");
    reports("Failed", "5.1.2", "", "report hard 5.1.2");
    reports("failed", "5.2.1", "smtp; 550 5.2.1 account disabled", "report hard 5.2.1");
    reports("failed", "5.4.1", "smtp; 550 5.4.1 Recipient address rejected", "report hard 5.4.1");
    reports("failed (final)", "5.0.0", "smtp; 550 Requested action not taken", "report hard 5.0.0");
}

static void a_refused_mail_is_no_dead_address(void **state)
{
    reports("failed", "5.2.2", "smtp; 552 5.2.2 mailbox full", "report soft 5.2.2");
    reports("failed", "5.7.1", "smtp; 550 5.7.1 looks like spam", "report soft 5.7.1");
    reports("failed", "5.3.4", "smtp; message too big", "report soft 5.3.4");
    reports("failed", "5.4.6", "", "report soft 5.4.6");
    reports("failed", "4.4.1", "smtp; connection timed out", "report soft 4.4.1");
    reports("failed", "4.4.7", "smtp; 400 4.4.7 message delayed", "report soft 4.4.7");
}

static void a_quoted_code_counts_where_the_server_names_none(void **state)
{
    reports("failed", "5.0.0", "smtp; 550 5.1.1 <karma@moic.example> user unknown", "report hard 5.1.1");
    reports("failed", "5.0.0", "smtp; 552 5.2.2 over quota", "report soft 5.2.2");
    reports("failed", "", "smtp; 450 try later", "report soft");
    reports("failed", "", "smtp; 550 no", "report hard");
    reports("failed", "nonsense", "x-unix; unknown", "report hard");
}

static void delayed_and_delivered_are_no_bounces(void **state)
{
    reports("delayed", "4.4.1", "smtp; connect to moic.example: timed out", "report delayed 4.4.1");
    reports("relayed", "2.1.9", "", "report delivered 2.1.9");
    reports("delivered", "2.1.5", "", "report delivered 2.1.5");
    reports("expanded", "2.2.5", "", "report delivered 2.2.5");
}

static void a_report_keeps_the_servers_words_and_the_recipient(void **state)
{
    struct buf bytes;
    struct verdict v;
    buf_init(&bytes, 65536);
    record_from_json(
        TEXT("{\"reports\":[{\"reporting-mta\":\"dns; a\"},{\"action\":\"failed\","
             "\"status\":\"5.1.1 (bad mailbox)\",\"final-recipient\":\"rfc822;forwarded@isp.example\","
             "\"original-recipient\":\"rfc822;karma@moic.example\","
             "\"diagnostic-code\":\"smtp; 550 unknown\"}]}"),
        &bytes, NULL);
    classify((struct record){(uint8_t *)bytes.data, bytes.len}, &v);
    assert_string_equal(v.recipient, "karma@moic.example");
    assert_string_equal(v.diagnostic, "550 unknown");
    assert_string_equal(v.status, "5.1.1");
    assert_string_equal(v.why, "a delivery report, hard: 550 unknown");
    buf_release(&bytes);
}

static void reports_without_form_are_known_by_their_sender_and_words(void **state)
{
    is("{\"from\":\"MAILER-DAEMON@isp.example\",\"return_path\":\"\",\"subject\":\"failure notice\",\"text\":"
       "\"Hi. This is the qmail-send program at isp.example.\\nI'm afraid I wasn't able to deliver your "
       "message.\\n\\n<karma@moic.example>:\\nSorry, no mailbox here by that name. (#5.1.1)\\n\\n--- Below "
       "this line is a copy of the message.\\n\\n550 5.7.1 in the copy\"}",
        "report hard 5.1.1");
    is("{\"from\":\"Mailer-Daemon@exim.example\",\"subject\":\"Mail delivery failed: returning message to "
       "sender\",\"marks\":{\"x-failed-recipients\":\"karma@moic.example\"},\"text\":\"  "
       "karma@moic.example\\n"
       "    host mx [192.0.2.1]\\n    SMTP error from remote mail server after RCPT TO:\\n    550 Unknown "
       "user\"}",
        "report hard");
    is("{\"from\":\"postmaster@moic.example\",\"return_path\":\"\",\"subject\":\"Undeliverable: Invitation\","
       "\"text\":\"Delivery has failed to these recipients or groups:\\n\\nKarma\\nThe email address you "
       "entered couldn't be found.\"}",
        "report hard");
    is("{\"from\":\"postmaster@moic.example\",\"return_path\":\"\",\"subject\":\"Undeliverable: Invitation\","
       "\"text\":\"The recipient's mailbox is full.\"}",
        "report soft");
    is("{\"from\":\"mailer-daemon@moic.example\",\"return_path\":\"\",\"subject\":\"Returned mail\","
       "\"text\":\"It did not work out.\"}",
        "report soft");
    is("{\"from\":\"mailer-daemon@moic.example\",\"return_path\":\"\",\"subject\":\"Warning: could not send "
       "message for past 4 hours\",\"text\":\"550 is not said\"}",
        "report delayed");
    is("{\"from\":\"mailer-daemon@moic.example\",\"return_path\":\"\",\"subject\":\"Delivery Status "
       "Notification (Delay)\",\"text\":\"Delivery will continue to be attempted.\"}",
        "report delayed");
}

static void numbers_that_look_like_codes_are_none(void **state)
{
    is("{\"from\":\"mailer-daemon@moic.example\",\"return_path\":\"\",\"subject\":\"Returned mail\",\"text\":"
       "\"connect to mx[5.1.1.20]:25, order 5501, 4.4.4.4.4\"}",
        "report soft");
}

static void a_person_who_passes_a_bounce_on_is_a_person(void **state)
{
    is("{\"from\":\"karma@moic.example\",\"return_path\":\"karma@moic.example\",\"subject\":\"Fwd: "
       "Undelivered "
       "Mail Returned to Sender\",\"text\":\"See below\\n> 550 5.1.1 user unknown\\n> Message-ID: <a@b>\"}",
        "reply");
    is("{\"from\":\"karma@moic.example\",\"subject\":\"Re: Undeliverable things\",\"text\":\"550\"}",
        "reply");
}

static void machines_are_known_by_their_headers(void **state)
{
    is("{\"from\":\"a@b.example\",\"marks\":{\"auto-submitted\":\"auto-replied\"},\"text\":\"yes\"}",
        "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"auto-submitted\":\"auto-generated; owner=x\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"auto-submitted\":\"no\"},\"text\":\"yes\"}", "reply");
    is("{\"from\":\"a@b.example\",\"marks\":{\"precedence\":\"bulk\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"precedence\":\"auto_reply\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"precedence\":\"first-class\"}}", "reply");
    is("{\"from\":\"a@b.example\",\"marks\":{\"x-autoreply\":\"yes\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"x-autorespond\":\"\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"list-id\":\"<news.example>\"}}", "automatic");
    is("{\"from\":\"a@b.example\",\"marks\":{\"x-auto-response-suppress\":\"All\"},\"text\":\"yes\"}",
        "reply");
}

static void machines_are_known_by_path_and_name(void **state)
{
    is("{\"from\":\"a@b.example\",\"return_path\":\"\",\"subject\":\"Re: x\"}", "automatic");
    is("{\"from\":\"no-reply@b.example\",\"return_path\":\"no-reply@b.example\"}", "automatic");
    is("{\"from\":\"postmaster@b.example\",\"return_path\":\"postmaster@b.example\",\"subject\":\"Lunch\"}",
        "automatic");
    is("{\"from\":\"noreply-17@b.example\"}", "automatic");
    is("{\"from\":\"noreplyan@b.example\",\"text\":\"my name is so\"}", "reply");
}

static void subjects_are_the_last_sign(void **state)
{
    is("{\"from\":\"a@b.example\",\"subject\":\"Automatic reply: Invitation\"}", "automatic");
    is("{\"from\":\"a@b.example\",\"subject\":\"Out of Office: Invitation\"}", "automatic");
    is("{\"from\":\"a@b.example\",\"subject\":\"자동 회신: 초대\"}", "automatic");
    is("{\"from\":\"a@b.example\",\"subject\":\"Réponse automatique : Invitation\"}", "automatic");
    is("{\"from\":\"a@b.example\",\"subject\":\"Re: Out of office work\"}", "reply");
}

static void receipts_and_complaints_have_their_places(void **state)
{
    is("{\"from\":\"a@b.example\",\"type\":\"multipart/report\",\"report\":\"disposition-notification\"}",
        "automatic");
    is("{\"from\":\"fbl@isp.example\",\"type\":\"multipart/report\",\"report\":\"feedback-report\"}",
        "unsubscribe all");
}

static void an_unsubscribe_mail_is_one_word_or_two(void **state)
{
    is("{\"from\":\"a@b.example\",\"subject\":\"unsubscribe\"}", "unsubscribe");
    is("{\"from\":\"a@b.example\",\"subject\":\" Unsubscribe event \"}", "unsubscribe event");
    is("{\"from\":\"a@b.example\",\"subject\":\"unsubscribe trainings\"}", "unsubscribe trainings");
    is("{\"from\":\"a@b.example\",\"subject\":\"unsubscribe "
       "all\",\"marks\":{\"auto-submitted\":\"auto-generated\"}}",
        "unsubscribe all");
    is("{\"from\":\"a@b.example\",\"subject\":\"unsubscribe me from the lunch list, please\"}", "reply");
    is("{\"from\":\"a@b.example\",\"subject\":\"unsubscribed\"}", "reply");
}

static void a_calendars_answer_comes_before_its_marks(void **state)
{
    is("{\"from\":\"karma@gmail.example\",\"subject\":\"Accepted: Briefing\","
       "\"marks\":{\"auto-submitted\":\"auto-generated\"},\"return_path\":\"\",\"calendars\":[\"junk\","
       "\"BEGIN:VCALENDAR\\nMETHOD:REPLY\\nBEGIN:VEVENT\\nUID:hlb@moic.example\\n"
       "ATTENDEE;PARTSTAT=ACCEPTED:mailto:karma@gmail.example\\nEND:VEVENT\\nEND:VCALENDAR\"]}",
        "calendar");
    is("{\"from\":\"karma@gmail.example\",\"subject\":\"Lunch\",\"calendars\":["
       "\"BEGIN:VCALENDAR\\nMETHOD:REQUEST\\nBEGIN:VEVENT\\nUID:x\\n"
       "ATTENDEE:mailto:karma@gmail.example\\nEND:VEVENT\\nEND:VCALENDAR\"]}",
        "reply");
}

static void an_empty_mail_is_a_reply(void **state)
{
    is("{}", "reply");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_that_is_none_is_a_hard_bounce),
        cmocka_unit_test(a_refused_mail_is_no_dead_address),
        cmocka_unit_test(a_quoted_code_counts_where_the_server_names_none),
        cmocka_unit_test(delayed_and_delivered_are_no_bounces),
        cmocka_unit_test(a_report_keeps_the_servers_words_and_the_recipient),
        cmocka_unit_test(reports_without_form_are_known_by_their_sender_and_words),
        cmocka_unit_test(numbers_that_look_like_codes_are_none),
        cmocka_unit_test(a_person_who_passes_a_bounce_on_is_a_person),
        cmocka_unit_test(machines_are_known_by_their_headers),
        cmocka_unit_test(machines_are_known_by_path_and_name),
        cmocka_unit_test(subjects_are_the_last_sign),
        cmocka_unit_test(receipts_and_complaints_have_their_places),
        cmocka_unit_test(an_unsubscribe_mail_is_one_word_or_two),
        cmocka_unit_test(a_calendars_answer_comes_before_its_marks),
        cmocka_unit_test(an_empty_mail_is_a_reply),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
