#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every example is crashed at every commit and every effect of its life, and played twice for determinism.

A crash is a rehearsed one: the shipped binary throws its engine away at that boundary and starts again on
what is on disk. (tests/live kills real processes.) Uses the release build: there are hundreds of lives.
"""
import collections
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

COUNTS = re.compile(r"(\d+) crashes: (\d+) lost, (\d+) sent once more .*, (\d+) decided by a person")
USHER = live.find_build("usher", "release", "dev")
BRIEFING = live.ROOT / "examples/03-briefing-2021/hlb.lua"
SERIES = live.ROOT / "examples/06-training-series/trainings.lua"
GUESTS = 3  # of the series that is crashed
USED = re.compile(r'^use "([\w-]+)"', re.M)


def events():
    """The examples that are an event of their own: not those that another script takes in with  use "..."."""
    scripts = sorted((live.ROOT / "examples").glob("*/*.lua"))
    parts = {script.with_name(name + ".lua") for script in scripts for name in USED.findall(script.read_text())}
    return [script for script in scripts if script not in parts]


EXAMPLES = events()

place = live.Place(program=USHER)


def crash(script):
    """The lives of one script, each with one crash; prints and answers the counts."""
    code, out, errors = place.command("rehearse", "--crash-everywhere", script)
    print("%s: %s" % (script.name, out.strip() or errors.strip()))
    equal(code, 0)
    found = COUNTS.search(out)
    if not found:
        raise AssertionError("no counts in %r" % out)
    return [int(n) for n in found.groups()]


def short_series():
    """Six sessions of nine guests have thousands of boundaries that are all alike; `./dev crash SCRIPT` has the time.
    Here: the same script with two sessions and the first guests who are interested."""
    lists = {name: (SERIES.parent / name).read_text() for name in ("people.csv", "interested.csv")}
    head, *rows = lists["interested.csv"].splitlines(keepends=True)
    lists["interested.csv"] = head + "".join([row for row in rows if "Social media" in row][:GUESTS])
    script = SERIES.read_text()
    for pattern, instead in ((r"sessions = 6,", "sessions = 2,"), (r"  except = .*\n", ""),
                             (r'"5 of 6"', '"1 of 2"'), (r'session "4".*\n', ""),
                             (r'(titles = \{\n(?:.*\n){2})(?:    ".*\n)+', r"\1")):
        script, n = re.subn(pattern, instead, script)
        live.at_least("places of " + pattern, n, 1)
    for name, text in lists.items():
        place.write(name, text)
    place.write(SERIES.name, script)
    return place.path / SERIES.name


def lives_of(script):
    def check():
        crashes, lost, _, _ = crash(short_series() if script == SERIES else script)
        equal(lost, 0)
        live.at_least("crashes", crashes, 1)
    return check


def mails_of(*options):
    """(rule, person, step) -> what left for it in one life of the briefing: a hash of each mail's bytes."""
    code, out, errors = place.command("rehearse", "--json", *options, BRIEFING)
    equal((code, errors), (0, ""))
    left = collections.defaultdict(list)
    for e in json.loads(out)["effects"]:
        if e["kind"] == "mail":
            left[e["flow"], e["key"], e["step"]].append(e["sha256"])
    return left


def check_what_leaves_twice_is_the_same_mail_of_a_rule_that_says_resend():
    """Lives are compared by rule, person and step: people may answer in another order after a crash, and a
    Message-ID counts the steps of its flow. Within one life, what is repeated is the same to the byte."""
    whole, repeated = mails_of(), collections.Counter()
    for boundary in range(1, 478, 7):
        crashed = mails_of("--crash-at", str(boundary))
        equal(sorted(crashed), sorted(whole))
        for (rule, person, step), hashes in crashed.items():
            extra = len(hashes) - len(whole[rule, person, step])
            live.at_least("mails of %s to %s" % (rule, person), extra, 0)
            if extra:
                repeated[rule] += extra
                equal(len(hashes) - len(set(hashes)), extra)
    equal(sorted(repeated), ["confirmation", "starting", "you-are-next"])


def check_every_example_is_the_same_twice():
    code, out, errors = place.command("selftest", "determinism", *EXAMPLES)
    print(out.strip())
    equal((code, errors), (0, ""))
    equal(out.count("twice the same"), len(EXAMPLES))


def check_the_selftest_of_everything_that_could_depend_on_the_machine():
    code, out, errors = place.command("selftest", "determinism")
    equal((code, errors), (0, ""))
    holds(out, "twice the same")


def check_a_difference_is_noticed():
    """What the comparison is worth: a script that asks the outside world is refused, not quietly accepted."""
    place.write("leaky.lua", 'usher.describe { id = "leaky" }\nusher.log(os.time())\n')
    code, _, errors = place.command("selftest", "determinism", place.path / "leaky.lua")
    equal(code, 1)
    holds(errors, "leaky.lua:2")


for number, example in enumerate(EXAMPLES):
    globals()["check_%d_%s_survives_a_crash_at_every_boundary" % (number, example.stem.replace("-", "_"))] = \
        lives_of(example)
main(globals())
