#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mail server that takes only so many mails an hour: the rehearsal plays it, with the courier's own window."""
import json

from support import EVENT, INVITATION, NOBODY, REMINDER, event, rehearse
from errands import equal, holds, main

GUESTS = 'guests "guests.csv"\n'
THANKS = 'mail "thank-you" { to = present, at = "1 hour after end", subject = "Thanks", text = "Thanks, {name}." }\n'


def crowd(limits, n=400, rules=INVITATION):
    place = event(GUESTS + rules, NOBODY)
    rows = ["G%03d,Guest %d,guest%d@office.example" % (i, i, i) for i in range(1, n + 1)]
    place.write("guests.csv", "key,name,mail\n" + "\n".join(rows) + "\n")
    place.write("usher.conf.lua", 'smtp = { host = "127.0.0.1", tls = "none", %s }\n' % limits)
    return place


def leaving(place, rule, *options):
    """When each mail of the rule leaves, in minutes after the first."""
    effects = json.loads(rehearse(place, "--json", *options))["effects"]
    at = [e["at"] for e in effects if e["kind"] == "mail" and e["flow"] == rule]
    return [(moment - at[0]) / 60000 for moment in at]


def check_the_last_of_four_hundred_at_a_hundred_an_hour_leaves_three_hours_later():
    with crowd("per_hour = 100") as place:
        told = rehearse(place, "--guest", "silent")
        holds(told, "Thu 11 Feb 09:00  mail invitation → 400, until 12:00\n")
        holds(told, " - invitation: 400 mails at 100 an hour: the last leaves Thu 11 Feb, 12:00 Thimphu\n")
        equal(leaving(place, "invitation", "--guest", "silent"), [hour * 60 for hour in range(4) for _ in range(100)])


def check_a_limit_per_minute_and_one_per_hour_hold_together():
    with crowd("per_hour = 40, per_minute = 15", n=60) as place:
        equal(leaving(place, "invitation", "--guest", "silent"),
              [0] * 15 + [1] * 15 + [2] * 10 + [60] * 15 + [61] * 5)


def check_what_is_too_late_by_then_never_leaves_and_is_told_in_one_line():
    with crowd("per_hour = 100", rules=INVITATION + REMINDER) as place:
        told = rehearse(place)
        holds(told, " - starting: 400 mails at 100 an hour: 300 never leave, because it would be too late\n")
        equal(told.count("given up"), 1)  # in the row of what is skipped, and not once for each of them


def check_a_mail_that_leaves_after_the_start_says_so():
    late = REMINDER.replace('subject', 'late = "always", subject')
    with crowd("per_hour = 100", n=150, rules=INVITATION + late) as place:
        holds(rehearse(place), " - starting: 150 mails at 100 an hour: the last leaves Thu 25 Feb, 14:30 Thimphu, "
              "after the start\n")


def check_a_night_that_the_last_mails_reach_is_told():
    evening = INVITATION.replace("09:00", "20:30")
    with crowd("per_hour = 100", rules=evening) as place:
        holds(rehearse(place, "--guest", "silent"), "in Thimphu on Thu 11 Feb, 23:30: night")


def check_without_limits_and_without_a_mail_server_all_leave_at_once():
    with crowd("") as place:
        equal(set(leaving(place, "invitation")), {0})
    with event(INVITATION, EVENT) as place:
        equal(set(leaving(place, "invitation")), {0})


def check_a_downtime_and_crashes_lose_none_of_those_that_wait():
    with crowd("per_hour = 5", n=12) as place:
        told = rehearse(place, "--guest", "silent", "--down", "2021-02-11 09:30..10:30")
        holds(told, "Because of that: 7 mails at another time; 5 as before.\n")
        holds(rehearse(place, "--guest", "silent", "--crash-everywhere"), ": 0 lost")


main(globals())
