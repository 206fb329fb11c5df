#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a plan announces is what is sent: 100 random edits of the examples, each in the middle of its event's life.

Each life is played with pretended guests up to a random moment; there the plan is made, the edited script takes its
place, and nobody does anything any more. The mails that the plan names and those that then leave are compared one
by one: rule, person, step, minute, content. PLAN_FROM and PLAN_RUNS choose other seeds.
"""
import collections
import datetime
import json
import os
import random
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import edits
import live
from errands import equal, main

TOOL = live.find_build("tests/edited", "release", "dev")
FROM, RUNS = int(os.environ.get("PLAN_FROM", "0")), int(os.environ.get("PLAN_RUNS", "100"))
GUESTS = ["accepts", "silent", "declines", "accepts 60%, declines 10%, silent 30%"]
MOVES = max(8, RUNS // 8)  # lives in which nothing but the date changes
PARALLEL = 2
# Which example, when its life begins, and when an edit may come.
STORIES = [
    ("03-briefing-2021/hlb.lua", "2021-02-01", "2021-02-06", "2021-03-04"),
    ("03-briefing-2021/hlb-calendar-days.lua", "2021-02-01", "2021-02-06", "2021-03-04"),
    ("05-signup-and-survey/webinar.lua", "2021-01-20", "2021-01-30", "2021-03-02"),
    ("02-reminder/reminder.lua", "2031-02-01", "2031-02-05", "2031-02-25"),
]

place = live.Place(program=live.find_build("usher", "release", "dev"))


def ms(day):
    return int(datetime.datetime.fromisoformat(day + "T00:00:00+00:00").timestamp() * 1000)


def mails(effects):
    return sorted((e["flow"], e["key"], e["step"], e["at"] // 60000, e["hash"]) for e in effects if e["kind"] == "mail")


class Case:
    def __init__(self, seed, kinds):
        dice = random.Random("story %d" % seed)
        example, begins, first, last = dice.choice(STORIES)
        old = edits.first_edition(place, example, place.path / ("old-%d" % seed))
        self.new, self.done = edits.edit("edit %d" % seed, old, place.path / ("new-%d" % seed), kinds)
        self.at = dice.randrange(ms(first), ms(last), 60000)
        self.name = "seed %d, %s: %s" % (seed, example, ", ".join(self.done))
        self.process = subprocess.Popen(
            [str(TOOL), str(old.path), str(self.new.path), str(ms(begins)), str(self.at), dice.choice(GUESTS),
             dice.choice(["new", "same"])],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def outcome(self):
        out, errors = self.process.communicate(timeout=120)
        equal((self.name, self.process.returncode, errors), (self.name, 0, ""))
        return json.loads(out)


def compare(seeds, kinds):
    """Whether each of the lives leaves what its plan says; how many mails of which rules were compared."""
    compared, edited, answers = collections.Counter(), 0, 0
    waiting = []
    for seed in range(seeds.start, seeds.stop + PARALLEL):
        if seed < seeds.stop:
            waiting.append(Case(seed, kinds))
        if len(waiting) < PARALLEL and seed < seeds.stop:
            continue
        if not waiting:
            break
        case = waiting.pop(0)
        outcome = case.outcome()
        edited += len(case.done)
        if outcome["needs"]:  # nothing is changed before somebody has answered
            answers += 1
            continue
        planned, sent = mails(outcome["planned"]), mails(outcome["sent"])
        equal((case.name, [m for m in planned if m not in sent]), (case.name, []))
        equal((case.name, [m for m in sent if m not in planned]), (case.name, []))
        equal(len(planned), len(sent))
        compared.update(mail[0] for mail in sent)
    print("%d lives, %d edits: %d mails announced and sent alike; %d times an answer was needed first" % (
        len(seeds), edited, compared.total(), answers))
    live.at_least("mails that were compared", compared.total(), len(seeds))
    return compared


def check_what_a_plan_announces_is_what_is_sent():
    compare(range(FROM, FROM + RUNS), edits.EDITS)


def check_it_is_so_when_the_event_moves():
    compared = compare(range(FROM + RUNS, FROM + RUNS + MOVES), [edits.move_event])
    live.at_least("mails about a new time", compared["new-time"], MOVES)


main(globals())
