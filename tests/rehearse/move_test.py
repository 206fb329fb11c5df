#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usher rehearse --move SPAN --at TIME: the event is moved in the middle of its life, and who is told what."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

BRIEFING = live.ROOT / "examples/03-briefing-2021/hlb.lua"
place = live.Place()


def moved(*words):
    return place.command("rehearse", BRIEFING, *words)


def check_a_day_later_everybody_is_told_once_and_what_is_pending_moves():
    code, out, errors = moved("--move", "+1 day", "--at", "23 Feb 2021 10:00")
    equal((code, errors), (0, ""))
    holds(out, "Tue 23 Feb 10:00 holiday  13:00  12:00   mail new-time \u2192 27")
    holds(out, "Fri 26 Feb 13:30          16:30  15:30   mail starting \u2192 24")
    equal(out.count("mail invitation"), 1)


def check_two_weeks_later_asks_for_an_edition():
    code, _, errors = moved("--move", "+14 days", "--at", "23 Feb 2021 10:00")
    equal(code, 1)
    holds(errors, "say --edition new or --edition same")
    code, out, _ = moved("--move", "+14 days", "--at", "23 Feb 2021 10:00", "--edition", "same")
    equal(code, 0)
    holds(out, "Thu 11 Mar 13:30")


def check_before_anything_was_announced_nobody_is_told():
    code, out, _ = moved("--move", "+1 day", "--at", "5 Feb 2021 12:00")
    equal((code, "new-time" in out), (0, False))
    holds(out, "Tue 09 Feb 09:00  12:00  11:00   mail invitation \u2192 24")


def check_half_of_it_is_refused():
    code, _, errors = moved("--move", "+1 day")
    equal(code, 2)
    holds(errors, "say both")
    equal(moved("--move", "soon", "--at", "23 Feb 2021 10:00")[0], 1)


main(globals())
