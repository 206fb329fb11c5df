#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usher fork: what would happen to one flow from a point in its life, on its own script or on a changed one."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "fork", zone = "Asia/Thimphu" }
local function mail(name)
  usher.mail { name, to = "karma@office.example", from = "o@office.example", as = "P1", subject = "s", text = "t" }
end
usher.flow("guest", function()
  mail("invitation")
  local answer = usher.wait("rsvp", { timeout = "2 days" })
  mail(answer and "thanks" or "once-more")
  usher.sleep("5 days", "rest")
end)
usher.on("say", function() usher.signal("guest", "P1", "rsvp", true) return {} end)
usher.start("guest", { key = "P1", label = "Karma Dorji" })
"""


def answered():
    """Who has been invited, and has said yes."""
    place = live.Place(SCRIPT).run()
    live.wait_until("the invitation has left", lambda: mails(place) == 1)
    place.ask("call", call="say", **{"with": {}})
    live.wait_until("the thanks have left", lambda: mails(place) == 2)
    return place


def mails(place):
    return len(list((place.path / "outbox").glob("*.eml")))


def fork(place, *words):
    return place.command("fork", "guest/P1", *words, "--dry-run")


def check_an_answer_that_came_is_heard_again():
    with answered() as place:
        code, out, _ = fork(place, "--from", "rsvp")
        equal(code, 0)
        holds(out, "waits for 'rsvp' until")
        holds(out, "'rsvp': answer")
        holds(out, "the pause is over")


def check_a_changed_script_says_what_would_be_otherwise():
    with answered() as place:
        place.write("changed.lua", SCRIPT.replace("5 days", "1 day").replace('"thanks"', '"see-you"'))
        code, out, _ = fork(place, "--from", "thanks", "--script", "changed.lua")
        equal(code, 0)
        holds(out, "'see-you' goes out to karma@office.example")
        equal("'thanks'" in out, False)


def check_nothing_of_it_happens():
    with answered() as place:
        history, files = place.command("history", "guest/P1")[1], sorted(p.name for p in place.path.iterdir())
        fork(place, "--from", "invitation")
        equal(place.command("history", "guest/P1")[1], history)
        equal((mails(place), sorted(p.name for p in place.path.iterdir())), (2, files))


def check_what_can_not_be_done_is_said():
    with answered() as place:
        code, _, errors = fork(place, "--from", "nothing")
        equal(code, 1)
        holds(errors, "this flow has no step 'nothing' so far")
        equal(fork(place)[0], 2)
        equal(place.command("fork", "guest/P1", "--from", "rsvp")[0], 2)


main(globals())
