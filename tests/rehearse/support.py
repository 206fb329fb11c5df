# SPDX-License-Identifier: MIT
"""A small event that a rehearsal plays in no time, and what its tests share."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live

FROM = ("--from", "2021-02-01 09:00 Asia/Thimphu")
EVENT = """
event "small" {
  title = "Briefing on digital trends",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = "https://zoom.example/j/77" },
  from = "Office <office@office.example>",
  organisers = { "office" },
}
people { { key = "office", name = "Karma Dorji", mail = "office@office.example", role = "organiser" } }
guests {
  { key = "karma", name = "Karma Tshering", mail = "karma@office.example" },
  { key = "kim", name = "Kim Min-su", mail = "kim@office.example", zone = "Asia/Seoul" },
  { key = "pema", name = "Pema Lhamo", mail = "pema@office.example" },
  { key = "sonam", name = "Sonam Wangmo", mail = "sonam@office.example" },
}
"""
INVITATION = """
mail "invitation" { to = invited, at = "10 working days before, 09:00", subject = "Please come: {title}",
  text = "Dear {full_name}, will you come? {answer_link}" }
"""
REMINDER = """
mail "starting" { to = coming, at = "30 minutes before", subject = "Soon", text = "Dear {full_name}, soon." }
"""
THANKS = """
mail "thank-you" { to = present, at = "1 working day after, 10:00", subject = "Thanks", text = "Thanks, {name}." }
mail "missed" { to = absent, at = "1 working day after, 10:00", subject = "Pity", text = "A pity, {name}." }
"""
RULES = INVITATION + REMINDER + THANKS


NOBODY = EVENT.split("guests {", maxsplit=1)[0]  # the same without a list of guests


def event(rules=RULES, guests=EVENT):
    """A place with script.lua in it."""
    return live.Place(guests + rules)


def rehearse(place, *options, code=0):
    """The text of a rehearsal that ends with this code."""
    got, out, errors = place.command("rehearse", *FROM, *options, "script.lua")
    if got != code:
        raise AssertionError("usher ended with %d, not %d: %s%s" % (got, code, out[-1500:], errors[-1500:]))
    return out + errors
