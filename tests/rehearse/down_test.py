#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The engine is gone for a while in a rehearsal, and is opened again on what is on disk."""
import json

from support import event, live, rehearse
from errands import equal, holds, main

DAILY = """
usher.describe { id = "daily", zone = "Asia/Thimphu" }
usher.flow("digest", function(o)
  usher.mail { "digest", to = "karma@office.example", from = "Office <office@office.example>",
    subject = ("%d missed"):format(o.missed), text = "Good morning" }
end)
usher.schedule { "morning", every = "day 09:00", flow = "digest", zone = "Asia/Thimphu" MISSED }
"""


def check_what_is_still_of_use_leaves_late_and_the_rest_is_skipped_with_the_reason():
    with event() as place:
        told = rehearse(place, "--down", "2021-02-11 08:00..2021-02-11 12:00",
                        "--down", "2021-02-25 13:00..14:20")
        holds(told, "\nusher was down Thu 11 Feb 08:00 to 12:00; Thu 25 Feb 13:00 to 14:20 (Thimphu, UTC+6).\n")
        holds(told, "Because of that: 4 mails skipped, 8 at another time; 4 as before.\n")
        holds(told, " invitation\n   at another time: Thu 11 Feb 09:00 → Thu 11 Feb 12:00 Thimphu (UTC+6) = "
              "Thu 11 Feb 12:00 → Thu 11 Feb 15:00 Seoul (UTC+9) · 4 people\n")
        holds(told, " starting\n   skipped: Thu 25 Feb 13:30 Thimphu (UTC+6) = Thu 25 Feb 16:30 Seoul (UTC+9) · "
              "4 people: 50 min late, which is later than allowed\n")


def check_whoever_finds_no_page_comes_again():
    with event() as place:
        told = rehearse(place, "--down", "2021-02-25 14:00..14:40")
        holds(told, " - 4 visits found no page, and came again\n")
        holds(told, "Because of that: nothing; 16 as before.\n")  # they came in, late, and were thanked


def check_a_page_that_is_gone_too_long_makes_absent_who_wanted_to_come():
    with event() as place:
        told = rehearse(place, "--down", "2021-02-25 14:00..17:30")
        holds(told, " thank-you\n   skipped: Fri 26 Feb 10:00")
        holds(told, " missed\n   new: Fri 26 Feb 10:00")


def check_a_report_waits_in_the_mailbox():
    with event() as place:
        told = rehearse(place, "--guest", "bounces", "--down", "2021-02-11 09:01..2021-02-12 09:00")
        holds(told, " - 4 mails came back")
        holds(told, "Because of that: nothing; 4 as before.\n")


def check_nothing_of_a_downtime_is_lost_through_every_crash_besides():
    with event() as place:
        holds(rehearse(place, "--down", "2021-02-25 13:00..13:45", "--crash-everywhere"), ": 0 lost")


def subjects(missed, *options):
    """when -> subject, of a daily mail that is missed on three mornings."""
    with live.Place(DAILY.replace("MISSED", missed)) as place:
        told = rehearse(place, "--down", "2021-02-03 08:00..2021-02-05 10:30", "--until",
                        "2021-02-07 08:00 Asia/Thimphu", "--json", *options)
        return [(e["at"], e["args"]["subject"]) for e in json.loads(told)["effects"]]


def at(day, hour, minute=0):
    return 1612137600000 + ((day - 1) * 24 * 60 + (hour - 6) * 60 + minute) * 60000


def check_three_missed_occurrences_are_one_run_that_is_told_of_three():
    equal(subjects(""), [(at(2, 9), "0 missed"), (at(5, 10, 30), "3 missed"), (at(6, 9), "0 missed")])


def check_three_missed_occurrences_are_no_run_or_three_when_the_schedule_says_so():
    equal(subjects(', missed = "none", late = "10 minutes"'), [(at(2, 9), "0 missed"), (at(6, 9), "0 missed")])
    equal([moment for moment, _ in subjects(', missed = "each"')],
          [at(2, 9), at(5, 10, 30), at(5, 10, 30), at(5, 10, 30), at(6, 9)])


def check_the_page_says_it_too():
    with event() as place:
        rehearse(place, "--down", "2021-02-25 13:00..14:20", "--out", "out")
        holds((place.path / "out/index.html").read_text(), "<h2>usher was down Thu 25 Feb 13:00 to 14:20")


def check_it_is_saved_and_compared_as_it_was_played():
    with event() as place:
        rehearse(place, "--down", "2021-02-25 13:00..14:20", "--save", "a.jsonl")
        equal(rehearse(place, "--diff", "a.jsonl"), "Since the saved rehearsal: nothing; 12 as before.\n")


def check_what_is_no_time_is_a_sentence_and_the_exit_code_is_2():
    with event() as place:
        for said, sentence in (
                ("2021-02-25 13:00", 'write from when to when, as in "2021-02-24 13:00..18:00"'),
                ("2021-02-25 13:00..12:00", "ends before it begins"),
                ("2021-02-25 13:00..2021-02-30 12:00", "--down: "),
                ("2021-02-25 13:00..14:00; 2021-02-25 13:30..15:00", "overlap: write them as one"),
                ("2021-01-25 13:00..14:00", "begins before the rehearsal does"),
                ("2021-02-25 13:00 Asia/Thimpu..14:00", "did you mean Asia/Thimphu?")):
            holds(rehearse(place, "--down", said, code=2), sentence)


main(globals())
