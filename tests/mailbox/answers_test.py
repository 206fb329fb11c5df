#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What guests say by mail: a calendar's buttons, yes and no in a reply, a request to be left alone; and what is
passed on to a person because usher is not sure. A real mailbox (dovecot), a mail server, the real usher run.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import letters
import live
from errands import equal, holds, main
from mail_event import Event, unsubscribe_link

EVENT = []


def event():
    """The one that all checks share; it is up when the first of them asks."""
    if not EVENT:
        EVENT.append(Event().__enter__())
        EVENT[0].place.run()
        EVENT[0].invitation("dawa")
    return EVENT[0]


def passed_on(words):
    """The mail to the organiser whose text holds these words, once it is there."""
    def look():
        for _, parsed in event().mails_to("desk@ministry.example"):
            if words in parsed.get_payload(decode=True).decode():
                return parsed
        return None
    return live.wait_until("'%s' is passed on" % words, look)


def check_outlooks_accept_moves_the_answer():
    e = event()
    e.read(letters.outlook_calendar(e.uid("karma"), "karma@guests.example", comment="I come by car"))
    equal((e.answer("karma"), e.who()["karma"]["who"]), ("yes", "calendar"))
    holds(e.who()["karma"]["note"], "I come by car")


def check_googles_accept_moves_the_answer_although_it_is_automatic():
    e = event()
    e.read(letters.google_calendar(e.uid("sonam"), "sonam@guests.example"))
    equal(e.answer("sonam"), "yes")


def check_apples_decline_moves_the_answer():
    e = event()
    e.read(letters.apple_calendar(e.uid("pema"), "pema@guests.example"))
    equal(e.answer("pema"), "no")


def check_tentative_is_an_answer_of_its_own():
    e = event()
    e.read(letters.outlook_calendar(e.uid("tashi"), "tashi@guests.example", "TENTATIVE"))
    equal(e.answer("tashi"), "tentative")
    holds(e.place.command("who")[1], "tentative")


def check_an_older_answer_that_comes_late_moves_nothing():
    e = event()
    uid = e.uid("dorji")
    e.read(letters.outlook_calendar(uid, "dorji@guests.example", "DECLINED", at=letters.stamp()))
    e.read(letters.outlook_calendar(uid, "dorji@guests.example", "ACCEPTED", at=letters.stamp(minutes=-30)))
    equal(e.answer("dorji"), "no")
    e.read(letters.outlook_calendar(uid, "dorji@guests.example", "ACCEPTED", at=letters.stamp(minutes=1)))
    equal(e.answer("dorji"), "yes")


def check_nobody_answers_for_another_guest():
    e = event()
    e.read(letters.outlook_calendar(e.uid("ugyen"), "ugyen@guests.example", sender="stranger@elsewhere.example"))
    equal(e.answer("ugyen"), "none")
    passed_on("came from somebody else")


def check_an_answer_to_something_else_is_nobodys():
    e = event()
    before = e.cursor()["wanted"]
    e.read(letters.outlook_calendar("other@elsewhere.example", "ugyen@guests.example"))
    equal((e.answer("ugyen"), e.cursor()["wanted"]), ("none", before))


def check_a_yes_in_a_reply_is_an_answer():
    e = event()
    e.read(letters.reply(e.invitation("kinley"), "Yes!"))
    equal((e.answer("kinley"), e.who()["kinley"]["who"]), ("yes", "mail"))


def check_a_no_in_outlooks_html_is_an_answer():
    e = event()
    e.read(letters.outlook_reply(e.invitation("choden"), "No, thank you."))
    equal(e.answer("choden"), "no")


def check_a_yes_with_a_but_is_written_down_and_read_by_a_person():
    e = event()
    e.read(letters.reply(e.invitation("jigme"), "yes\n\nbut I must leave at noon"))
    equal(e.answer("jigme"), "yes")
    mail = passed_on("I must leave at noon")
    holds(mail.get_payload(decode=True).decode(), "usher has written down: yes.")


def check_a_sentence_is_read_by_a_person_only():
    e = event()
    sent = e.invitation("lhamo")
    e.read(letters.reply(sent, "Yes, if the road is open"))
    equal(e.answer("lhamo"), "none")
    mail = passed_on("if the road is open")
    equal((mail["Auto-Submitted"], mail["Reply-To"]), ("auto-generated", "lhamo@guests.example"))
    holds(mail["References"], sent.id)
    holds(mail["In-Reply-To"], "letter@somewhere.example")
    holds(mail["Subject"], "Lhamo: Re: Invitation: Open day")


def check_a_yes_without_a_proof_is_read_by_a_person_only():
    e = event()
    e.read(letters.fresh_mail("nima@guests.example", "Open day", "yes"))
    equal(e.answer("nima"), "none")
    passed_on("> yes")


def check_somebody_elses_yes_to_a_guests_mail_is_no_answer():
    e = event()
    e.read(letters.reply(e.invitation("dawa"), "yes", person="assistant@guests.example"))
    equal(e.answer("dawa"), "none")
    passed_on("assistant@guests.example")


def check_a_mail_counts_once_however_often_it_is_read():
    e = event()
    letter = letters.reply(e.invitation("nima"), "no")
    e.read(letter)
    equal(e.answer("nima"), "no")
    equal(e.place.command("answer", "nima", "yes")[0], 0)
    e.read(letter)
    equal(e.answer("nima"), "yes")


def check_the_header_for_programs_is_whole():
    e = event()
    parsed = e.mails_to("ugyen@guests.example", "Invitation")[0][1]
    raw = next(message for _, to, message in e.smtp.envelopes if to == "ugyen@guests.example")
    holds(raw.decode(), "\r\nAuto-Submitted: auto-generated\r\n")
    line = next(line for line in raw.decode().split("\r\n") if line.startswith("List-Unsubscribe:"))
    holds(line, "?subject=unsubscribe%20event>")  # on one line
    equal(parsed["From"], "Office <office@box.example>")
    holds(e.invitation("ugyen").sender, "office+")


def check_a_mail_to_the_unsubscribe_address_is_a_wish():
    e = event()
    sent, parsed = e.mails_to("ugyen@guests.example", "Invitation")[0]
    to, subject = unsubscribe_link(parsed)
    e.read(letters.unsubscribe(sent._replace(sender=to), subject))
    holds(e.suppressed()["ugyen@guests.example"], "no more mail about this event")


def check_nobody_unsubscribes_another_guest():
    e = event()
    e.read(letters.unsubscribe(e.invitation("dawa"), "unsubscribe all", proof=False))
    equal("dawa@guests.example" in e.suppressed(), False)
    passed_on("without a proof of who sent it")


def check_two_mails_of_one_minute_are_passed_on_a_minute_apart():
    e = event()
    sent = e.invitation("karma")
    e.read(letters.reply(sent, "first of two"), letters.reply(sent, "second of two"))
    passed_on("first of two")
    waiting = [row for row in e.place.rows("flows", name="passed on") if row["state"] == "waiting"]
    equal(len(waiting) > 0, True)


def check_a_machine_that_answers_is_never_answered():
    e = event()
    before = len(e.place.rows("flows", name="passed on"))
    e.read(letters.vacation(e.invitation("dawa")), letters.outlook_away(e.invitation("dawa")),
           letters.fresh_mail("dawa@guests.example", "hello", "x", "Precedence: bulk"),
           letters.fresh_mail("office@box.example", "to ourselves", "x"))
    equal(len(e.place.rows("flows", name="passed on")), before)


def check_z_all_ends_well():
    e = event()
    equal(e.place.stop(), 0)
    equal("error" in e.place.log(), False)
    e.__exit__()


main(globals())
