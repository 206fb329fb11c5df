// SPDX-License-Identifier: MIT
// The answers are written after the shapes that these programs send, with names of our own.
#include "mail/itip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct itip answer; // the last one that was read

// "accepted karma@moic.example 2", or the error.
static const char *reading(const char *calendar)
{
    static char line[2000];
    struct err e = {0};
    if (itip_read(text_of(calendar), &answer, &e)) snprintf(line, sizeof line, "%s", e.text);
    else
        snprintf(line, sizeof line, "%s %s %lld", answer.answer, answer.attendee, (long long)answer.sequence);
    return line;
}

#define reads(calendar, line) assert_string_equal(reading(calendar), line)
#define IN_EVENT(lines)                                                  \
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n" \
    "UID:hlb-2021@moic.example\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"

static void outlooks_answer_is_read(void **state)
{
    reads("BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\n"
          "BEGIN:VTIMEZONE\r\nTZID:Bangladesh Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n"
          "TZOFFSETFROM:+0600\r\nTZOFFSETTO:+0600\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
          "BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=TENTATIVE;CN=\"Tshering, Karma: DITT\":MAILTO:Karma@MoIC.\r\n"
          " example\r\nCOMMENT;LANGUAGE=en-US:Perhaps\\, I am\\ntravelling\\; "
          "sorry\r\nUID:hlb-2021@moic.example\r\n"
          "SUMMARY;LANGUAGE=en-US:Tentative: Briefing\r\nDTSTART;TZID=Bangladesh Standard "
          "Time:20210225T140000\r\n"
          "DTEND;TZID=Bangladesh Standard Time:20210225T163000\r\nCLASS:PUBLIC\r\nPRIORITY:5\r\n"
          "DTSTAMP:20210216T041500Z\r\nTRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nSEQUENCE:2\r\n"
          "X-MICROSOFT-CDO-APPT-SEQUENCE:7\r\nX-ALT-DESC;FMTTYPE=text/html:<a:b;c>\r\nEND:VEVENT\r\n"
          "END:VCALENDAR\r\n",
        "tentative karma@moic.example 2");
    assert_string_equal(answer.uid, "hlb-2021@moic.example");
    assert_string_equal(answer.method, "reply");
    assert_string_equal(answer.comment, "Perhaps, I am\ntravelling; sorry");
    assert_int_equal(answer.stamp_ms, 1613448900000);
}

static void googles_answer_is_read(void **state)
{
    reads("BEGIN:VCALENDAR\r\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\r\nVERSION:2.0\r\n"
          "CALSCALE:GREGORIAN\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nDTSTART:20210225T080000Z\r\n"
          "DTEND:20210225T103000Z\r\nDTSTAMP:20210216T101501Z\r\nORGANIZER;CN=Office:mailto:office@moic."
          "example\r\n"
          "UID:hlb-2021@moic.example\r\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN="
          "Karm\r\n"
          " a Tshering;X-NUM-GUESTS=0:mailto:karma@gmail.example\r\nX-MICROSOFT-CDO-OWNERAPPTID:-1\r\n"
          "CREATED:20210215T000000Z\r\nDESCRIPTION:\r\nLAST-MODIFIED:20210216T101501Z\r\nSEQUENCE:0\r\n"
          "STATUS:CONFIRMED\r\nSUMMARY:Briefing\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        "accepted karma@gmail.example 0");
}

static void apples_answer_is_read(void **state)
{
    reads(
        "BEGIN:VCALENDAR\nCALSCALE:GREGORIAN\nMETHOD:REPLY\nPRODID:-//Apple Inc.//Mac OS X 10.15.7//EN\n"
        "VERSION:2.0\nBEGIN:VEVENT\nATTENDEE;CN=\"Karma Tshering\";CUTYPE=INDIVIDUAL;EMAIL=\"karma@icloud.\n"
        " example\";PARTSTAT=DECLINED;ROLE=REQ-PARTICIPANT:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1\n"
        "DTEND:20210225T103000Z\nDTSTAMP:20210216T101501Z\nDTSTART:20210225T080000Z\n"
        "ORGANIZER;CN=\"Office\":mailto:office@moic.example\nREQUEST-STATUS:2.0;Success\nSEQUENCE:1\n"
        "SUMMARY:Briefing\nUID:hlb-2021@moic.example\nEND:VEVENT\nEND:VCALENDAR\n",
        "declined karma@icloud.example 1");
}

static void a_fold_may_cut_a_character(void **state)
{
    reads(IN_EVENT("COMMENT:Tashi \xe0\xbd\r\n \x80!\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:k@m.example\r\n"),
        "accepted k@m.example 0");
    assert_string_equal(answer.comment, "Tashi \xe0\xbd\x80!");
}

static void the_attendee_who_has_answered_counts(void **state)
{
    reads(IN_EVENT("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:a@m.example\r\n"
                   "ATTENDEE;PARTSTAT=DECLINED;SENT-BY=\"mailto:Assistant@M.example\":mailto:b@m.example\r\n"
                   "ATTENDEE;PARTSTAT=ACCEPTED:mailto:c@m.example\r\n"),
        "declined b@m.example 0");
    assert_string_equal(answer.sent_by, "assistant@m.example");
}

static void one_occurrence_and_a_counter_are_told(void **state)
{
    reads(IN_EVENT("RECURRENCE-ID;TZID=Asia/"
                   "Thimphu:20210304T140000\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@m.example\r\n"),
        "accepted a@m.example 0");
    assert_string_equal(answer.recurrence, "20210304T140000");
    reads("BEGIN:VCALENDAR\nMETHOD:COUNTER\nBEGIN:VEVENT\nUID:x\nATTENDEE;PARTSTAT=TENTATIVE:mailto:a@m."
          "example\n"
          "END:VEVENT\nEND:VCALENDAR\n",
        "tentative a@m.example 0");
    assert_string_equal(answer.method, "counter");
}

static void what_is_inside_an_alarm_or_a_second_event_is_not_read(void **state)
{
    reads("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nBEGIN:VALARM\nUID:alarm\n"
          "ATTENDEE;PARTSTAT=ACCEPTED:mailto:alarm@m.example\nEND:VALARM\nUID:first\n"
          "ATTENDEE;PARTSTAT=DECLINED:mailto:a@m.example\nEND:VEVENT\nBEGIN:VEVENT\nUID:second\n"
          "ATTENDEE;PARTSTAT=ACCEPTED:mailto:b@m.example\nEND:VEVENT\nEND:VCALENDAR\n",
        "declined a@m.example 0");
    assert_string_equal(answer.uid, "first");
}

static void what_is_missing_is_said(void **state)
{
    reads("", "it has no VEVENT");
    reads("hello", "it is no calendar");
    reads("BEGIN:VEVENT\nEND:VEVENT\n", "it is no calendar: it does not begin with VCALENDAR");
    reads("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n", "it has no VEVENT");
    reads("BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nEND:VEVENT\nEND:VCALENDAR\n", "it has no METHOD");
    reads("BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "it has no UID");
    reads(IN_EVENT(""), "it names no ATTENDEE with an address");
    reads(IN_EVENT("ATTENDEE;PARTSTAT=ACCEPTED:mailto:no address\r\n"),
        "it names no ATTENDEE with an address");
    reads(IN_EVENT("ATTENDEE;PARTSTAT=ACCEPTED:mailto:a@m.example\\, b@m.example\r\n"),
        "it names no ATTENDEE with an address");
}

static void odd_lines_do_no_harm(void **state)
{
    reads("\xef\xbb\xbf" IN_EVENT(
              "no colon at all\r\n:nothing\r\n;X=1:y\r\n\r\nDTSTAMP:2021\r\nSEQUENCE:-1\r\n"
              "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"never closed:mailto:x@m.example\r\n"
              "ATTENDEE;PARTSTAT=accepted:mailto:a@m.example\r\n"),
        "accepted a@m.example 0");
    assert_int_equal(answer.stamp_ms, 0);
}

static void limits_hold(void **state)
{
    struct buf long_one;
    struct err e = {0};
    buf_init(&long_one, 1 << 20);
    buf_addz(&long_one, "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:");
    for (int i = 0; i < 5000; i++) buf_addc(&long_one, 'u');
    buf_addz(&long_one, "\nATTENDEE;PARTSTAT=ACCEPTED:mailto:a@m.example\nEND:VEVENT\nEND:VCALENDAR\n");
    assert_int_equal(itip_read(buf_text(&long_one), &answer, &e), -ERR_INPUT); // such a line is passed over
    assert_string_equal(e.text, "it has no UID");
    buf_clear(&long_one);
    for (int i = 0; i < 20; i++) buf_addz(&long_one, i ? "BEGIN:X\n" : "BEGIN:VCALENDAR\n");
    assert_int_equal(itip_read(buf_text(&long_one), &answer, &e), -ERR_INPUT);
    while (long_one.len <= ITIP_LEN_MAX) buf_addz(&long_one, "X:y\n");
    assert_int_equal(itip_read(buf_text(&long_one), &answer, &e), -ERR_INPUT);
    assert_string_equal(e.text, "the calendar is longer than 64 KiB");
    buf_release(&long_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outlooks_answer_is_read),
        cmocka_unit_test(googles_answer_is_read),
        cmocka_unit_test(apples_answer_is_read),
        cmocka_unit_test(a_fold_may_cut_a_character),
        cmocka_unit_test(the_attendee_who_has_answered_counts),
        cmocka_unit_test(one_occurrence_and_a_counter_are_told),
        cmocka_unit_test(what_is_inside_an_alarm_or_a_second_event_is_not_read),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(odd_lines_do_no_harm),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
