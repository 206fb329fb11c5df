#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An engine whose flows sleep, decide and signal each other is killed with -9 again and again.

Afterwards every journal is whole, every flow has finished exactly once, every decision was kept once, and
what a handler has answered to a person is still there.
"""
import collections
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, main

PAIRS = 40
ROUNDS = 30
KILLS = 80

random = live.seed()

# Two flows of a pair throw a ball to and fro; each throw is counted in a book, in the same commit as the
# decision that counts it. A third one only sleeps; a flow of its own is born for every fifth throw.
SCRIPT = """
usher.describe { id = "kill-database", title = "Ball games", zone = "Asia/Thimphu" }
local function count(what)
  local book = usher.book("tally")
  book:set(what, (book:get(what) or 0) + 1)
  return book:get(what)
end
usher.flow("player", function(me)
  local seen = 0
  for round = 1, %(rounds)d do
    if me.serves or round > 1 then usher.sleep("%(pause)dms") end
    if me.serves then usher.signal("player", me.other, "ball", round, { dedup = me.key .. round }) end
    local ball = usher.wait("ball")
    assert(ball == round, "the ball of another round")
    seen = seen + usher.decide("count", count, me.key .. "/" .. round)
    if not me.serves then usher.signal("player", me.other, "ball", round, { dedup = me.key .. round }) end
    if me.serves and round %% 5 == 0 then usher.start("child", { key = me.key .. "-" .. round }) end
  end
  return seen
end)
usher.flow("child", function() usher.sleep("20ms"); return usher.decide("born", count, "child/" .. usher.self().key) end)
usher.flow("sleeper", function(key)
  for n = 1, %(rounds)d do usher.sleep("%(pause)dms") end
  return usher.decide("woke", count, "sleeper/" .. key)
end)
usher.on("note", function(request) usher.book("notes"):set(request.key, request.text); return "kept" end)
usher.on("books", function()
  local tally, notes = {}, {}
  for key, n in usher.book("tally"):each() do tally[key] = n end
  for key, text in usher.book("notes"):each() do notes[key] = text end
  return { tally = tally, notes = notes }
end)
for i = 1, %(pairs)d do
  local a, b = ("a%%02d"):format(i), ("b%%02d"):format(i)
  usher.start("player", { key = a, input = { key = a, other = b, serves = true } })
  usher.start("player", { key = b, input = { key = b, other = a } })
  usher.start("sleeper", { key = ("s%%02d"):format(i), input = ("s%%02d"):format(i) })
end
""" % {"pairs": PAIRS, "rounds": ROUNDS, "pause": 150}

CHILDREN = PAIRS * (ROUNDS // 5)
FLOWS = 3 * PAIRS + CHILDREN


def keep_notes(place, until, kept):
    """Asks for notes to be kept until then; only those that were answered count."""
    while time.monotonic() < until:
        key = "note%04d" % len(kept)
        try:
            if place.ask("call", call="note", **{"with": {"key": key, "text": key * 3}}).get("reply") == "kept":
                kept[key] = key * 3
        except live.Ended:
            time.sleep(0.002)


def shoot(place, kept):
    """Kills and restarts; answers how many kills came before all was done."""
    began = time.monotonic()
    place.run()
    longest_s = 3 * (time.monotonic() - began)
    at_work = 0
    for _ in range(KILLS):
        keep_notes(place, time.monotonic() + random.random() * longest_s, kept)
        if not place.kill():
            raise AssertionError("usher ended by itself: " + place.log()[-3000:])
        flows = place.json("flows")["rows"]  # nobody runs: this reads the file
        at_work += sum(flow["state"] == "done" for flow in flows) < FLOWS
        place.start()
    return at_work


def read_journals(place, flows):
    """Every step of every flow has ended, once."""
    steps = 0
    for flow in flows:
        rows = place.rows("history", flow=flow["id"], limit=10000)
        equal([row["n"] for row in rows], list(range(rows[0]["n"], rows[0]["n"] + len(rows))))
        ends = collections.Counter(row["step"] for row in rows if row["state"] == "done")
        equal([step for step, n in ends.items() if n != 1], [])
        steps += len(ends)
    return steps


def check_every_flow_finishes_once_and_nothing_answered_is_lost():
    kept = {}
    with live.Place(SCRIPT) as place:
        at_work = shoot(place, kept)
        live.wait_until("usher answers", place.answers)
        live.wait_until("every flow has finished", lambda: place.states() == {"done": FLOWS})
        equal(place.rows("fsck"), [])
        flows = place.rows("flows", limit=10000)
        equal(len({(flow["name"], flow["key"]) for flow in flows}), FLOWS)
        equal({flow["result"] for flow in flows if flow["name"] == "player"}, {ROUNDS})
        steps = read_journals(place, flows)
        books = place.ask("call", call="books")["reply"]
        equal(len(books["tally"]), 2 * PAIRS * ROUNDS + CHILDREN + PAIRS)
        equal({key: n for key, n in books["tally"].items() if n != 1}, {})
        equal({key: text for key, text in kept.items() if books["notes"].get(key) != text}, {})
        equal(place.stop(), 0)
        equal(len(place.json("flows")["rows"]), FLOWS)  # the same without an engine
    print("%d kills (%d before every flow had finished), %d flows, %d steps, %d notes answered and kept"
          % (KILLS, at_work, FLOWS, steps, len(kept)))


main(globals())
