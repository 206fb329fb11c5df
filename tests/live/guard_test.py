#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A script with a mistake would send 10,000 mails: the blast guard stops the real program at its limit, also
when it is killed on the way.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

LIMIT = 120
SENTENCE = "by usher (the blast guard: %d mails left within an hour, and more were to follow): usher release blast" % LIMIT
SCRIPT = """
usher.describe { id = "blast", title = "Ten thousand", zone = "Asia/Thimphu", mails_an_hour_max = %d }
usher.flow("reminder", function(key)
  for i = 1, 1000 do
    usher.mail { "reminder-" .. i, to = key .. "@guests.example", from = "desk@office.example",
      subject = "Reminder", text = "We meet.", as = key, unsure = "leave" }
  end
end)
for i = 1, 10 do usher.start("reminder", { key = "g" .. i, label = "Guest " .. i, input = "g" .. i }) end
""" % LIMIT


def is_on_hold(place):
    return any(row["who"] == "usher" for row in place.rows("holds"))


def check_ten_thousand_mails_are_stopped_at_the_limit():
    with live.MailServer() as server, live.Place(SCRIPT, server.config()) as place:
        place.run()
        live.wait_until("the guard strikes", lambda: is_on_hold(place))
        live.wait_until("the last have ended", lambda: place.ask("status")["reply"]["on_the_way"] == 0)
        equal(len(server.accepted()), LIMIT)
        place.kill()
        place.run()
        holds(place.command("why", "Guest 3")[1], SENTENCE)
        holds(place.command("hold")[1], SENTENCE)
        holds(place.command("log")[1], "the blast guard")
        holds(place.log(), "the blast guard")
        equal(len(server.accepted()), LIMIT)
        equal(place.command("release", "--yes")[0], 0)  # the one on everything
        equal(place.command("release", "blast", "--yes")[0], 0)
        live.wait_until("the guard strikes again", lambda: is_on_hold(place))
        live.wait_until("the last have ended", lambda: place.ask("status")["reply"]["on_the_way"] == 0)
        equal(len(server.accepted()), 2 * LIMIT)


def check_kills_on_the_way_let_no_more_out():
    with live.MailServer(slow_ms=20) as server, live.Place(SCRIPT, server.config()) as place:
        for part in range(1, 4):
            place.run()
            live.wait_until("some have left", lambda: len(server.accepted()) >= part * LIMIT // 5)
            place.kill()
        place.run()
        live.wait_until("the guard strikes", lambda: is_on_hold(place))
        live.wait_until("the last have ended", lambda: place.ask("status")["reply"]["on_the_way"] == 0)
        live.at_most("mails", len(server.accepted()), LIMIT)
        begun = [row for flow in place.rows("flows") for row in place.rows("history", flow=flow["id"], limit=10000)
                 if row["state"] == "started"]
        equal(len(begun), LIMIT)


def check_a_rehearsal_says_what_would_be_held():
    with live.Place(SCRIPT) as place:
        code, out, _ = place.command("rehearse", "script.lua")
        equal(code, 0)
        holds(out, "the blast guard would hold the event from here on: %d mails left within an hour" % LIMIT)


main(globals())
