#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What docs/next-event.md shows is so: the form and the list stand in the examples, and the sentences are usher's."""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

PAGE = (live.ROOT / "docs/next-event.md").read_text()
BRIEFING = (live.ROOT / "examples/03-briefing-2021/hlb.lua").read_text()
TRAININGS = (live.ROOT / "examples/06-training-series/trainings.lua").read_text()


def check_the_form_and_the_list_are_those_of_the_examples():
    form, guests = re.findall("```lua\n(.*?)```", PAGE, re.S)
    holds(BRIEFING, form)
    holds(TRAININGS, guests)


def check_the_options_that_it_names_are_known_or_refused_as_it_says():
    help_text = live.Place().command("help", "rehearse")[1]
    for option in ("load-at", "person", "out", "guest", "lang", "approver", "crash-everywhere"):
        holds(help_text, "--" + option)
    refused = re.search("`--move`.*?are about one event", PAGE, re.S).group()
    equal(sorted(re.findall("`--(.*?)`", refused)), ["cancel-at", "diff", "down", "move", "save"])


def check_the_sentence_is_the_one_that_the_words_say():
    words = (live.ROOT / "scripts/usher/handed.lua").read_text()
    holds(words, "has taken back the wish to hear of %s")
    holds(PAGE, "has taken back the wish to hear of trainings")


main(globals())
