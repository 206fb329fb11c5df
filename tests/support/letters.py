# SPDX-License-Identifier: MIT
"""letters: the mails that come back to an office, in the shapes in which servers, calendars and people send them.

Each function answers the bytes of one mail. `sent` is a mail of usher's as a Sent: its Message-ID, to whom it went
and who hears of its bounces. The shapes follow the RFCs (3464, 3834, 5546) and what such mails look like in the
open; names and texts are our own.
"""
from collections import namedtuple
from email.utils import format_datetime
import base64
import datetime

Sent = namedtuple("Sent", "id to sender subject")
BOX = "office@box.example"
COUNT = [0]


def fresh_id(host):
    COUNT[0] += 1
    return "<%d.letter@%s>" % (COUNT[0], host)


def now():
    return format_datetime(datetime.datetime.now(datetime.timezone.utc))


def mail(lines, body):
    """A mail of header lines and a body; both with CRLF. Date and Message-ID are added when they are not there."""
    names = {line.split(":")[0].lower() for line in lines}
    if "date" not in names:
        lines = lines + ["Date: " + now()]
    if "message-id" not in names:
        lines = lines + ["Message-ID: " + fresh_id("somewhere.example")]
    text = "\n".join(lines) + "\n\n" + body
    return text.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def multipart(kind, *parts):
    """The Content-Type line and the body of a multipart."""
    body = "".join("--=_b\n%s\n" % part for part in parts) + "--=_b--\n"
    return ["MIME-Version: 1.0", 'Content-Type: multipart/%s; boundary="=_b"' % kind], body


def returned(sent, more=""):
    return "Message-ID: %s\nFrom: Office <%s>\nTo: %s\nSubject: %s\n%s" % (sent.id, BOX, sent.to, sent.subject, more)


# ---- reports (RFC 3464) ---------------------------------------------------------------------------------------

def postfix_bounce(sent, status="5.1.1", words="550 5.1.1 <%s>: Recipient address rejected: User unknown",
                   action="failed", original=True):
    words = words % sent.to if "%s" in words else words
    head, body = multipart(
        "report; report-type=delivery-status",
        "Content-Description: Notification\nContent-Type: text/plain; charset=us-ascii\n\nThis is the mail system at "
        "host mx.moic.example.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or "
        "more recipients.\n\n<%s>: host mail[192.0.2.7] said: %s\n" % (sent.to, words),
        "Content-Description: Delivery report\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; "
        "mx.moic.example\nX-Postfix-Queue-ID: 4Df1\nArrival-Date: %s\n\nFinal-Recipient: rfc822; %s\n"
        "Original-Recipient: rfc822;%s\nAction: %s\nStatus: %s\nRemote-MTA: dns; mail\nDiagnostic-Code: smtp; %s\n"
        % (now(), sent.to, sent.to, action, status, words),
        "Content-Description: Undelivered Message\nContent-Type: message/rfc822\n\n%s\nDear guest\n"
        % returned(sent if original else sent._replace(id="<none@nowhere.example>")))
    return mail(["Return-Path: <>", "Delivered-To: " + sent.sender, "Auto-Submitted: auto-replied",
                 "From: MAILER-DAEMON@mx.moic.example (Mail Delivery System)", "To: " + sent.sender,
                 "Subject: Undelivered Mail Returned to Sender"] + head, body)


def postfix_delay(sent):
    return postfix_bounce(sent, "4.4.1", "connect to mail[192.0.2.7]:25: Connection timed out", "delayed")


def exchange_report(sent, status="5.1.10"):
    head, body = multipart(
        "report; report-type=delivery-status",
        "Content-Type: multipart/alternative; differences=Content-Type;\n boundary=\"=_inner\"\n\n--=_inner\n"
        "Content-Type: text/plain; charset=\"us-ascii\"\nContent-Transfer-Encoding: quoted-printable\n\nDelivery has "
        "failed to these recipients or groups:=0A=0A%s=0AThe email address you entered couldn't be found.\n--=_inner\n"
        "Content-Type: text/html; charset=\"us-ascii\"\n\n<html><body><p>Delivery has failed</p></body></html>\n"
        "--=_inner--\n" % sent.to,
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns;SG2PR01.prod.exchange.example\n"
        "Received-From-MTA: dns;SG2PR02.prod.exchange.example\nArrival-Date: %s\n\nFinal-Recipient: rfc822;%s\n"
        "Action: failed\nStatus: %s\nDiagnostic-Code: smtp;550 %s RESOLVER.ADR.RecipientNotFound; Recipient not found "
        "by SMTP address lookup\n" % (now(), sent.to, status, status),
        "Content-Type: message/rfc822\n\n" + returned(sent, "X-MS-Exchange-Organization-SCL: -1\n\nDear guest\n"))
    return mail(["Return-Path: <>", "From: MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@moic.example",
                 "To: " + sent.sender, "Subject: Undeliverable: " + sent.subject, "In-Reply-To: " + sent.id,
                 "References: " + sent.id, "Auto-Submitted: auto-replied", "X-MS-Exchange-Message-Is-Ndr:"] + head, body)


def gmail_bounce(sent, status="5.1.1"):
    head, body = multipart(
        "report; report-type=delivery-status",
        "Content-Type: text/plain; charset=\"UTF-8\"\n\n** Address not found **\n\nYour message wasn't delivered to %s "
        "because the address couldn't be found, or is unable to receive mail.\n" % sent.to,
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; googlemail.example\nArrival-Date: %s\n"
        "X-Original-Message-ID: %s\n\nFinal-Recipient: rfc822; %s\nAction: failed\nStatus: %s\nRemote-MTA: dns; "
        "gmail-smtp-in.example. (192.0.2.8, the server for\n the domain gmail.example.)\nDiagnostic-Code: smtp; 550-%s "
        "The email account that you tried to reach does\n not exist. Please try double-checking the recipient's email "
        "address\n" % (now(), sent.id, sent.to, status, status),
        "Content-Type: message/rfc822\n\n" + returned(sent, "\nDear guest\n"))
    return mail(["Return-Path: <>", "From: Mail Delivery Subsystem <mailer-daemon@googlemail.example>",
                 "To: " + sent.sender, "Subject: Delivery Status Notification (Failure)", "References: " + sent.id,
                 "In-Reply-To: " + sent.id, "Auto-Submitted: auto-replied",
                 "X-Failed-Recipients: " + sent.to] + head, body)


# ---- reports without that form --------------------------------------------------------------------------------

def qmail_bounce(sent):
    return mail(["Return-Path: <>", "From: MAILER-DAEMON@isp.example", "To: " + BOX, "Subject: failure notice"],
                "Hi. This is the qmail-send program at isp.example.\nI'm afraid I wasn't able to deliver your message to "
                "the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<%s>:\n"
                "Sorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\n"
                "Return-Path: <%s>\nReceived: (qmail 4711 invoked from network)\n%s\nDear guest\n"
                % (sent.to, sent.sender, returned(sent)))


def exim_bounce(sent):
    return mail(["Return-Path: <>", "From: Mail Delivery System <Mailer-Daemon@mx.isp.example>", "To: " + sent.sender,
                 "X-Failed-Recipients: " + sent.to, "Auto-Submitted: auto-replied",
                 "Subject: Mail delivery failed: returning message to sender"],
                "This message was created automatically by mail delivery software.\n\nA message that you sent could not "
                "be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) "
                "failed:\n\n  %s\n    SMTP error from remote mail server after RCPT TO:<%s>:\n    550 Unknown user\n\n"
                "------ This is a copy of the message, including all the headers. ------\n\nhello\n" % (sent.to, sent.to))


def old_exchange_report(sent):
    """Exchange 2003 through a gateway that dropped all structure: the address it came to is all that is left."""
    return mail(["Return-Path: <>", "From: System Administrator <postmaster@moic.example>", "To: " + sent.sender,
                 "Subject: Undeliverable: " + sent.subject, 'Content-Type: text/html; charset="windows-1252"'],
                "<html><body><p>Your message</p><p>&nbsp; To: %s<br>&nbsp; Subject: x</p><p>did not reach the following "
                "recipient(s):</p><p>%s on Tue<br>The e-mail account does not exist at the organization this message was "
                "sent to. Check the e-mail address, or contact the recipient directly to find out the correct "
                "address.</p></body></html>" % (sent.to, sent.to))


def mess(sent):
    """A list server that passes on what another server said, with everything quoted twice."""
    return mail(["Return-Path: <>", "From: Mail-Daemon <mailer-daemon@relay.example>", "To: undisclosed-recipients:;",
                 "Delivered-To: " + BOX, "Subject: Returned mail: see transcript for details"],
                "The original message was received at Tue\nfrom relay\n\n> > ----- Transcript of session follows -----\n"
                "> > ... while talking to mail.moic.example.:\n> > >>> DATA\n> > <<< 550 5.1.1 No such user here\n> >\n"
                "> > Message-ID:\n> >  %s\n> > To: somebody\n" % sent.id)


def full_box(sent):
    return postfix_bounce(sent, "5.2.2", "552 5.2.2 Mailbox full")


def refused_content(sent):
    return postfix_bounce(sent, "5.7.1", "550 5.7.1 Message contains spam or virus")


def forged_bounce(sent):
    """Somebody who knows the guest's address but has seen no mail of ours."""
    return postfix_bounce(sent._replace(id="<AAAAAAAAAAAAAAAAAAAAAA.1@box.example>",
                                        sender="office+1-abcdefghijklmnop@box.example"))


def passed_on_bounce(sent, person):
    """A person forwards a bounce: it is they who write."""
    return mail(["Return-Path: <%s>" % person, "From: Pema <%s>" % person, "To: " + BOX,
                 "Subject: Fwd: Undelivered Mail Returned to Sender"],
                "Please check this address.\n\n---------- Forwarded message ---------\n> 550 5.1.1 User unknown\n"
                "> Message-ID: %s\n" % sent.id)


# ---- machines that answer -------------------------------------------------------------------------------------

def vacation(sent):
    """Sieve's vacation (RFC 5230)."""
    return mail(["Return-Path: <>", "From: Guest <%s>" % sent.to, "To: " + sent.sender,
                 "Subject: Auto: " + sent.subject, "Auto-Submitted: auto-replied (vacation)", "In-Reply-To: " + sent.id,
                 "References: " + sent.id, "Precedence: bulk"], "yes\n\nI am away until Monday.\n")


def outlook_away(sent):
    return mail(["From: Guest <%s>" % sent.to, "To: Office <%s>" % BOX, "Subject: Automatic reply: " + sent.subject,
                 "In-Reply-To: " + sent.id, "X-Auto-Response-Suppress: All", "Auto-Submitted: auto-generated",
                 "X-MS-Exchange-Inbox-Rules-Loop: " + sent.to], "no\n")


def old_autoresponder(sent):
    """Says of itself nothing but its subject."""
    return mail(["From: Guest <%s>" % sent.to, "To: " + BOX, "Subject: Out of Office: " + sent.subject,
                 "In-Reply-To: " + sent.id], "yes\n")


# ---- calendars ------------------------------------------------------------------------------------------------

def stamp(minutes=0):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    return moment.strftime("%Y%m%dT%H%M%SZ")


def folded(line):
    pieces = []
    while len(line) > 74:
        pieces.append(line[:74])
        line = " " + line[74:]
    return "\r\n".join(pieces + [line])


def ics(*lines):
    return "\r\n".join(folded(line) for line in lines) + "\r\n"


def outlook_calendar(uid, guest, answer="ACCEPTED", sender=None, at=None, comment=None):
    subject = {"ACCEPTED": "Accepted", "DECLINED": "Declined", "TENTATIVE": "Tentative"}[answer]
    text = ics("BEGIN:VCALENDAR", "METHOD:REPLY", "PRODID:Microsoft Exchange Server 2010", "VERSION:2.0",
               "BEGIN:VTIMEZONE", "TZID:Bangladesh Standard Time", "BEGIN:STANDARD", "DTSTART:16010101T000000",
               "TZOFFSETFROM:+0600", "TZOFFSETTO:+0600", "END:STANDARD", "END:VTIMEZONE", "BEGIN:VEVENT",
               'ATTENDEE;PARTSTAT=%s;CN="Guest, The: Honourable":MAILTO:%s' % (answer, guest.upper()),
               "COMMENT;LANGUAGE=en-US:%s" % (comment or "\\n"), "UID:" + uid,
               "SUMMARY;LANGUAGE=en-US:%s: Briefing" % subject,
               "DTSTART;TZID=Bangladesh Standard Time:20210225T140000", "CLASS:PUBLIC", "PRIORITY:5",
               "DTSTAMP:" + (at or stamp()), "TRANSP:OPAQUE", "STATUS:CONFIRMED", "SEQUENCE:0",
               "X-MICROSOFT-CDO-APPT-SEQUENCE:0", "X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY", "END:VEVENT", "END:VCALENDAR")
    head, body = multipart(
        "alternative", 'Content-Type: text/plain; charset="us-ascii"\n\n\n',
        'Content-Type: text/html; charset="us-ascii"\n\n<html><body></body></html>\n',
        'Content-Type: text/calendar; charset="utf-8"; method=REPLY\nContent-Transfer-Encoding: base64\n\n%s\n'
        % base64.encodebytes(text.encode()).decode())
    return mail(["From: \"Guest, The: Honourable\" <%s>" % (sender or guest), "To: Office <%s>" % BOX,
                 "Subject: %s: Briefing" % subject, "Thread-Topic: Briefing", "Thread-Index: AQHW",
                 "X-MS-Has-Attach:"] + head, body)


def google_calendar(uid, guest, answer="ACCEPTED", at=None):
    text = ics("BEGIN:VCALENDAR", "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0",
               "CALSCALE:GREGORIAN", "METHOD:REPLY", "BEGIN:VEVENT", "DTSTART:20210225T080000Z",
               "DTEND:20210225T103000Z", "DTSTAMP:" + (at or stamp()), "ORGANIZER;CN=Office:mailto:" + BOX, "UID:" + uid,
               "ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=%s;CN=%s;X-NUM-GUESTS=0:mailto:%s"
               % (answer, guest, guest), "CREATED:20210215T000000Z", "DESCRIPTION:", "LAST-MODIFIED:20210216T101501Z",
               "SEQUENCE:0", "STATUS:CONFIRMED", "SUMMARY:Briefing", "TRANSP:OPAQUE", "END:VEVENT", "END:VCALENDAR")
    head, body = multipart(
        "mixed", 'Content-Type: multipart/alternative; boundary="=_in"\n\n--=_in\nContent-Type: text/plain; '
        'charset="UTF-8"; format=flowed; delsp=yes\nContent-Transfer-Encoding: base64\n\n%s\n--=_in\nContent-Type: '
        'text/calendar; charset="UTF-8"; method=REPLY\nContent-Transfer-Encoding: 7bit\n\n%s\n--=_in--\n'
        % (base64.encodebytes(b"The guest has answered this invitation.").decode(), text),
        'Content-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment; filename="invite.ics"\n'
        "Content-Transfer-Encoding: base64\n\n%s\n" % base64.encodebytes(text.encode()).decode())
    return mail(["Return-Path: <calendar-notification@google.example>", "From: Guest <%s>" % guest,
                 "Sender: Google Calendar <calendar-notification@google.example>", "Reply-To: Guest <%s>" % guest,
                 "To: " + BOX, "Auto-Submitted: auto-generated", "Subject: Accepted: Briefing"] + head, body)


def apple_calendar(uid, guest, answer="DECLINED", at=None):
    text = ics("BEGIN:VCALENDAR", "CALSCALE:GREGORIAN", "METHOD:REPLY", "PRODID:-//Apple Inc.//macOS 11.2//EN",
               "VERSION:2.0", "BEGIN:VEVENT",
               'ATTENDEE;CN="The Guest";CUTYPE=INDIVIDUAL;EMAIL="%s";PARTSTAT=%s:mailto:%s' % (guest, answer, guest),
               "DTEND:20210225T103000Z", "DTSTAMP:" + (at or stamp()), "DTSTART:20210225T080000Z",
               'ORGANIZER;CN="Office":mailto:' + BOX, "REQUEST-STATUS:2.0;Success", "SEQUENCE:0", "SUMMARY:Briefing",
               "UID:" + uid, "X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:DISABLED", "END:VEVENT", "END:VCALENDAR")
    head, body = multipart(
        "mixed", "Content-Transfer-Encoding: quoted-printable\nContent-Type: text/plain; charset=utf-8\n\nThe Guest has "
        "=e2=80=9cdeclined=e2=80=9d.\n",
        "Content-Disposition: attachment; filename=iCal-20210216-101501.ics\nContent-Type: text/calendar; "
        "x-unix-mode=0644;\n\tmethod=REPLY; name=iCal-20210216-101501.ics\nContent-Transfer-Encoding: quoted-printable\n\n"
        + text.replace("=", "=3D"))
    return mail(["From: The Guest <%s>" % guest, "To: " + BOX, "X-Mailer: iCal 11", "Subject: Declined: Briefing",
                 "Mime-Version: 1.0 (Mac OS X Mail 14.0)"][:4] + head, body)


# ---- people ---------------------------------------------------------------------------------------------------

def reply(sent, text, person=None, more=()):
    """As Gmail writes one."""
    quote = "On Tue, 16 Feb 2021 at 10:00, Office <%s> wrote:\n\n> Dear guest,\n> yes or no\n" % BOX
    return mail(["Return-Path: <%s>" % (person or sent.to), "From: Guest <%s>" % (person or sent.to),
                 "To: Office <%s>" % BOX, "Subject: Re: " + sent.subject, "In-Reply-To: " + sent.id,
                 "References: " + sent.id, *more], text + "\n\n" + quote)


def outlook_reply(sent, text):
    """HTML only, the quoted mail below a rule."""
    return mail(["From: Guest <%s>" % sent.to, "To: Office <%s>" % BOX, "Subject: RE: " + sent.subject,
                 "In-Reply-To: " + sent.id, "References: " + sent.id, "MIME-Version: 1.0",
                 "Content-Type: text/html; charset=utf-8"],
                "<html><head><style>p {}</style></head><body><div class=WordSection1><p class=MsoNormal>%s<o:p></o:p></p>"
                "<p class=MsoNormal><o:p>&nbsp;</o:p></p><div style='border-top:solid'><p><b>From:</b> Office &lt;%s&gt;<br>"
                "<b>Sent:</b> Tuesday<br><b>To:</b> Guest<br><b>Subject:</b> x</p></div><p>Dear guest, yes or no</p>"
                "</div></body></html>" % (text, BOX))


def fresh_mail(person, subject, text, *more):
    """A mail that answers none of ours."""
    return mail(["Return-Path: <%s>" % person, "From: Somebody <%s>" % person, "To: Office <%s>" % BOX,
                 "Subject: " + subject, *more], text)


def unsubscribe(sent, subject="unsubscribe event", proof=True):
    return mail(["Return-Path: <%s>" % sent.to, "From: <%s>" % sent.to, "To: " + (sent.sender if proof else BOX),
                 "Subject: " + subject], "")


# ---- what nobody should send ----------------------------------------------------------------------------------

def hostile():
    """name -> bytes"""
    deep = "From: a@b.example\r\n" + "".join(
        "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i) for i in range(3000))
    nested = "From: a@b.example\r\n" + "Content-Type: message/rfc822\r\n\r\n" * 3000
    parts = "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + "--b\r\n\r\nx\r\n" * 20000
    return {
        "deep parts": deep.encode(),
        "mails in mails": nested.encode(),
        "many parts": parts.encode(),
        "a header of 900 kB": b"From: a@b.example\r\nX-Long: " + b"x" * 900000 + b"\r\n\r\nhello\r\n",
        "many headers": b"From: a@b.example\r\n" + b"X-Many: 1\r\n" * 60000 + b"\r\nhello\r\n",
        "broken base64": b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"!@#$%^&*=" * 3000 + b"\r\n",
        "control bytes": b"From: a@b.example\r\nSubject: \x01\x1b[2J\x7f\r\n\r\n" + bytes(range(1, 32)) * 100 + b"\r\n",
        "20 MB": b"From: a@b.example\r\nSubject: large\r\n\r\n" + (b"x" * 76 + b"\r\n") * 270000,
        "no header": b"hello\r\n",
        "nothing": b"\r\n",
        "a line without an end": b"From: a@b.example\r\n\r\n" + b"x" * 500000,
        "calendar bomb": mail(["From: a@b.example", "Content-Type: text/calendar; method=REPLY"],
                              "BEGIN:VCALENDAR\n" * 5000),
        "forged numbers": mail(["From: a@b.example", "References: " + " ".join(
            "<AAAAAAAAAAAAAAAAAAAAAA.%d@x.example>" % i for i in range(1, 200))], "hello"),
    }
