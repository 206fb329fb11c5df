#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The briefing of 25 February 2021 and the trainings that follow from its form, as one story.

series.expect is what `usher rehearse` prints of both. --bless writes it anew, and the list that the second script
reads when it is rehearsed alone; look at the difference before you believe it.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

EXPECTED = Path(__file__).resolve().parent / "series.expect"
FOLDER = live.ROOT / "examples/06-training-series"
BRIEFING, TRAININGS = "../03-briefing-2021/hlb.lua", "trainings.lua"
CHOICE = "Social media for public offices"


def rehearse(*words):
    done = subprocess.run([str(live.find_build("usher")), "rehearse", *words], cwd=FOLDER, env=live.environment(),
                          text=True, timeout=100, stdin=subprocess.DEVNULL, capture_output=True)
    equal((done.returncode, done.stderr), (0, ""))
    return re.sub("tz data [0-9]{4}[a-z]", "tz data (the machine's)", done.stdout)


def handed_on():
    """The list that a rehearsal of the briefing alone hands on."""
    with tempfile.TemporaryDirectory() as folder:
        rehearse(BRIEFING, "--out", folder)
        return (Path(folder) / "lists/hlb-2021-trainings.csv").read_bytes()


def check_the_story_is_told_as_it_was():
    equal(rehearse(BRIEFING, TRAININGS), EXPECTED.read_text())


def check_the_list_beside_the_trainings_is_the_one_that_the_briefing_hands_on():
    equal((FOLDER / "interested.csv").read_bytes(), handed_on())


def check_those_who_chose_the_training_in_the_form_are_invited_to_it_and_nobody_else():
    chose = [line.split(",")[0] for line in handed_on().decode().split("\r\n") if CHOICE in line]
    with tempfile.TemporaryDirectory() as folder:
        told = rehearse(BRIEFING, TRAININGS, "--out", folder)
        mails = [path.read_text() for path in Path(folder, "people").glob("*.html")]
    holds(told, "mail invitation \u2192 %d\n" % len(chose))
    holds(told, "%d of the 24 guests of hlb-2021 are guests of social-media-2021" % len(chose))
    equal(sum("social-media-2021: invitation</p>" in page for page in mails), len(chose))


def check_no_guest_gets_more_than_34_mails_and_it_is_printed():
    most = re.search(r"^most mails one guest gets: (\d+) \(median (\d+)\)$", rehearse(BRIEFING, TRAININGS), re.M)
    print("most mails one guest gets: %s (median %s)" % most.groups())
    live.at_most("mails to one guest", int(most.group(1)), 34)


def check_one_guests_whole_life_from_february_to_may_is_on_one_page_in_their_own_zone():
    with tempfile.TemporaryDirectory() as folder:
        told = rehearse(BRIEFING, TRAININGS, "--out", folder)
        page = Path(folder, "people/D02.html").read_text()
    equal(re.findall('<h2 class="month">(.*?)</h2>', page),
          ["February 2021", "March 2021", "April 2021", "May 2021"])
    holds(page, "times of Thimphu")
    for words in ("hlb-2021: invitation", "hlb-2021: filled in 'trainings'", "social-media-2021: invitation",
                  "social-media-2021: answered 'feedback'"):
        holds(page, words)
    holds(told, "most mails one guest gets: %d " % page.count("<article>"))  # she goes to all of it


if "--bless" in sys.argv:
    (FOLDER / "interested.csv").write_bytes(handed_on())
    EXPECTED.write_text(rehearse(BRIEFING, TRAININGS))
main(globals())
