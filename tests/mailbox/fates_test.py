#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What comes back for a mail, from a real mailbox, ends in the right fate: bounces, delays, automatic replies.

One run of usher with a mail server and dovecot; each letter is about another guest's invitation.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import letters
import live
from errands import equal, holds, main
from mail_event import Event

EVENT = []


def event():
    """The one that all checks share; it is up when the first of them asks."""
    if not EVENT:
        EVENT.append(Event().__enter__())
        EVENT[0].place.run()
        EVENT[0].invitation("dawa")
    return EVENT[0]


def fate_of(guest, letter):
    """What stands in the history of this guest's invitation after the letter, and whether mail still goes there."""
    e = event()
    sent = e.invitation(guest)
    e.read(letter(sent))
    facts = e.facts(guest)
    return (facts[-1].get("fate") or facts[-1]["kind"]) if facts else None, sent.to in e.suppressed()


def check_postfixs_report_is_a_hard_bounce():
    equal(fate_of("karma", letters.postfix_bounce), ("hard", True))
    holds(event().suppressed()["karma@guests.example"], "User unknown")


def check_exchanges_report_is_a_hard_bounce():
    equal(fate_of("sonam", letters.exchange_report), ("hard", True))


def check_gmails_report_is_a_hard_bounce():
    equal(fate_of("pema", letters.gmail_bounce), ("hard", True))


def check_qmails_words_are_a_hard_bounce():
    equal(fate_of("tashi", letters.qmail_bounce), ("hard", True))


def check_exims_words_are_a_hard_bounce():
    equal(fate_of("dorji", letters.exim_bounce), ("hard", True))


def check_an_address_is_all_that_a_gateway_leaves():
    equal(fate_of("ugyen", letters.old_exchange_report), ("hard", True))


def check_a_mess_is_known_by_the_id_that_it_quotes():
    equal(fate_of("kinley", letters.mess), ("hard", True))


def check_a_full_mailbox_is_counted_and_written_to_again():
    equal(fate_of("choden", letters.full_box), ("soft", False))


def check_a_refused_content_is_no_dead_address():
    equal(fate_of("jigme", letters.refused_content), ("soft", False))


def check_a_delay_is_noted():
    equal(fate_of("lhamo", letters.postfix_delay), ("delayed", False))


def check_automatic_replies_are_no_answers():
    for letter in letters.vacation, letters.outlook_away, letters.old_autoresponder:
        equal(fate_of("nima", letter), ("automatic", False))
    equal(event().answer("nima"), "none")


def check_a_forged_report_changes_nothing():
    before = event().suppressed()
    equal(fate_of("dawa", letters.forged_bounce), (None, False))
    equal(event().suppressed(), before)


def check_a_person_who_passes_a_bounce_on_is_read_by_a_person():
    e = event()
    sent = e.invitation("dawa")
    e.read(letters.passed_on_bounce(sent, "pema@guests.example"))
    equal("dawa@guests.example" in e.suppressed(), False)
    live.wait_until("it is passed on", lambda: e.mails_to("desk@ministry.example"))


def check_the_history_says_it_in_words():
    e = event()
    holds(e.place.command("why", "Karma")[1], "it came back, and that address takes no mail")
    holds(e.place.command("why", "Lhamo")[1], "it is still on its way")
    holds(e.place.command("why", "Nima")[1], "an automatic reply came (from nima@guests.example)")
    flow = e.place.json("flows", "Karma")["rows"][0]["id"]
    holds(e.place.command("history", str(flow))[1], "User unknown")


def check_the_office_decides_about_a_dead_address():
    e = event()
    holds(e.place.command("suppressed")[1], "karma@guests.example")
    holds(e.place.command("suppressed", "karma@guests.example", "allow", "--by", "Pema")[1], "may go there")
    holds(e.place.command("suppressed")[1], "Pema allows")
    holds(e.place.command("suppressed", "karma@guests.example", "lift")[1], "gets mail again")
    equal("karma@guests.example" in e.suppressed(), False)
    code, _, errors = e.place.command("suppressed", "nobody@guests.example", "lift")
    equal(code, 1)
    holds(errors, "nothing stands against mail to 'nobody@guests.example'")


def check_what_usher_dealt_with_is_read_and_the_rest_is_not():
    e = event()
    e.read(letters.fresh_mail("stranger@elsewhere.example", "Lunch?", "Are you hungry?"))
    flags = list(e.box.mails().values())
    live.wait_until("the stranger's mail is unread again", lambda: "\\Seen" not in list(e.box.mails().values())[-1])
    equal("\\Seen" in flags[0], True)
    holds(e.place.log(), "nobody here knows what a mail is about")


def check_z_all_ends_well():
    e = event()
    equal(e.place.stop(), 0)
    e.__exit__()


main(globals())
