#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/series.md shows is so: its pieces are one script that usher takes, and plays as the page says."""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

PAGE = (live.ROOT / "docs/series.md").read_text()
FIRST, RULES, SESSIONS = re.findall("```lua\n(.*?)```", PAGE, re.S)
GUESTS = "key,name,mail\nP1,Sonam Wangmo,sonam@health.example\nP2,Karma Dorji,karma@roads.example\n"


def rehearsed(script, holidays="2031-01-28 Office day\n"):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "course.lua").write_text(script)
        (folder / "guests.csv").write_text(GUESTS)
        (folder / "holidays.txt").write_text(holidays)
        done = subprocess.run([str(live.find_build("usher")), "rehearse", "course.lua"], cwd=folder,
                              env=live.environment(), text=True, timeout=100, stdin=subprocess.DEVNULL,
                              capture_output=True)
    equal((done.returncode, done.stderr), (0, ""))
    return done.stdout


def check_its_pieces_are_one_script():
    told = rehearsed(FIRST + SESSIONS + RULES)
    holds(told, "joining (3. Under pressure)")
    holds(told, "Wed 22 Jan 15:00")  # a working day before the session that was moved
    holds(told, "materials (4. Your own text)")


def check_a_holiday_is_left_out_and_four_are_held():
    told = rehearsed(FIRST + RULES)
    holds(told, "series: no session on Tue 28 Jan 2031: Office day")
    holds(told, "Tue 04 Feb 13:30")
    equal(len(re.findall("mail starting", told)), 4)


def check_each_rule_goes_once_or_for_each_session_as_the_table_says():
    once, each = "invited not_answered passed", "coming present absent speakers organisers"
    row = re.search(r"\n\| `coming`.*", PAGE).group()
    left, right = row.strip().strip("|").split("|")
    for words, cell in ((each, left), (once, right)):
        for word in words.split():
            holds(cell, "`%s`" % word)
            rule = 'mail "probe" { to = %s, at = "1 day after, 12:00", subject = "s", text = "t" }\n' % word
            equal(len(re.findall(" 12:00 .*probe", rehearsed(FIRST + rule))) > 1, words == each)


def check_other_phrases_are_understood():
    phrases = re.findall('`"(.*? \\d+:\\d+-\\d+:\\d+)"`', PAGE.replace("month\n  ", "month "))
    equal(len(phrases), 4)
    for phrase in phrases:
        rehearsed(FIRST.replace("Tuesday 14:00-16:00", phrase) + RULES)


main(globals())
