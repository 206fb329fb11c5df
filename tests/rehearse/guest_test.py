#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What-if people: each of them through the same pages and the same mailbox as live."""
import re

from support import NOBODY, RULES, event, rehearse
from errands import equal, holds, main

SIGNUP = """
signup { opens = "15 working days before, 09:00", closes = "2 hours before" }
mail "starting" { to = coming, at = "30 minutes before", subject = "Soon", text = "Dear {full_name}, soon." }
mail "joining" { to = coming, at = "2 working days before, 15:00", subject = "How", text = "Dear {full_name}, so." }
mail "thank-you" { to = present, at = "1 working day after, 10:00", subject = "Thanks", text = "Thanks, {name}." }
mail "missed" { to = absent, at = "1 working day after, 10:00", subject = "Pity", text = "A pity, {name}." }
"""


def with_guests(how):
    with event() as place:
        return rehearse(place, "--guest", how)


def rows(text):
    """rule -> (when, to whom), in the order of the rows; of two with one name the last."""
    found = re.findall(r"^ (\w{3} \d\d \w{3} \d\d:\d\d).*?mail ([\w-]+)(?: \(.*?\))? → ([^\n]+)$", text, re.M)
    return {rule: (when, whom.strip()) for when, rule, whom in found}


def check_late_guests_answer_the_day_before_the_start_and_are_there():
    told = rows(with_guests("late"))
    equal(told["confirmation"], ("Wed 24 Feb 14:00", "4"))
    equal(told["thank-you"], ("Fri 26 Feb 10:00", "4"))


def check_guests_who_cancel_say_yes_and_two_days_before_no():
    told = rows(with_guests("cancels"))
    equal(told["confirmation"], ("Fri 12 Feb 09:00", "4"))
    equal(told["withdrawn"], ("Tue 23 Feb 14:00", "4"))
    holds(told["starting"][1], "0, 4 skipped: answered no")
    holds(told["missed"][1], "0, 4 skipped: was not there, and answered no")


def check_no_shows_say_yes_and_are_missed():
    told = rows(with_guests("no-show"))
    equal(told["starting"][1], "4")
    equal(told["missed"], ("Fri 26 Feb 10:00", "4"))
    holds(told["thank-you"][1], "0, 4 skipped: was not there")


def check_a_mail_that_comes_back_stops_the_others_and_is_told():
    text = with_guests("bounces")
    holds(text, " - 4 mails came back: the address takes no mail\n")
    told = rows(text)
    equal(told["invitation"][1], "4")
    holds(told["starting"][1], "0, 4 skipped: has not answered")


def check_later_mails_to_such_an_address_say_why_they_are_not_sent():
    with event(RULES + """
mail "please-answer" { to = not_answered, at = "3 working days before, 10:00", subject = "Well?", text = "Dear {name}" }
""") as place:
        told = rows(rehearse(place, "--guest", "karma=bounces, silent"))
        equal(told["please-answer"], ("Mon 22 Feb 10:00",
                                      "3, 1 skipped: mail to this address comes back (550 5.1.1 no such user)"))


def check_the_report_goes_the_way_of_a_real_one_through_every_crash():
    with event() as place:
        holds(rehearse(place, "--guest", "bounces", "--crash-everywhere"), "0 lost")


def check_a_mixture_is_the_same_in_two_rehearsals_to_the_byte():
    with event() as place:
        mixture = "accepts 30%, late 40%, no-show 30%, kim=declines"
        rehearse(place, "--guest", mixture, "--save", "a.jsonl", "--out", "a")
        rehearse(place, "--guest", mixture, "--save", "b.jsonl", "--out", "b")
        for a, b in (("a.jsonl", "b.jsonl"), ("a/rehearsal.mbox", "b/rehearsal.mbox"), ("a/index.html", "b/index.html")):
            equal((place.path / a).read_bytes(), (place.path / b).read_bytes())


def check_one_guest_may_differ_by_key():
    told = rows(with_guests("pema=declines"))
    equal(told["confirmation"][1], "3")
    equal(told["starting"][1], "3, 1 skipped: answered no")


def check_unknown_words_and_people_are_sentences_and_the_exit_code_is_2_or_1():
    with event() as place:
        holds(rehearse(place, "--guest", "lat", code=2), "--guest: guests don't do 'lat' (did you mean 'late'?)")
        holds(rehearse(place, "--guest", "karna=late", code=1),
              "--guest: no guest has the key 'karna' (did you mean 'karma'?)")


def sign_up(how):
    with event(SIGNUP, NOBODY) as place:
        return rehearse(place, "--guest", how)


def check_late_sign_ups_come_the_day_before_and_what_they_missed_is_in_their_confirmation():
    told = rows(sign_up("late"))
    equal(told["signup-check"][0], "Wed 24 Feb 14:00")
    equal(told["signup-seat"][0], "Wed 24 Feb 16:00")
    holds(told["joining"][1], "0, 5 skipped: was told with the confirmation of the sign-up")
    equal(told["thank-you"][1], "5")


def check_sign_ups_who_cancel_or_do_not_come():
    cancels, no_show = rows(sign_up("cancels")), rows(sign_up("no-show"))
    holds(cancels["starting"][1], "5 skipped: answered no")
    equal(no_show["missed"][1], "5")


def check_sign_ups_with_an_address_that_takes_no_mail_get_one():
    text = sign_up("bounces")
    equal(list(rows(text)), ["signup-check"])
    holds(text, "mails came back")


main(globals())
