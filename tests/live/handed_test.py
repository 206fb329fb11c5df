#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The list of one event's form is the guest list of the next, with the real program, pages over HTTP and kill -9.

The clock is a practised one, which begins anew at each start; mails are files in the outbox.
"""
import contextlib
import re
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import visitor
from errands import equal, holds, main

BRIEFING = """
event "hlb" { title = "Briefing", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", from = "d@b.example" }
guests {
  { key = "S1", name = "Sonam", mail = "s1@guests.example" }, { key = "S2", name = "Pema", mail = "s2@guests.example" },
  { key = "S3", name = "Karma", mail = "s3@guests.example" }, { key = "S4", name = "Dorji", mail = "s4@guests.example" } }
interest "trainings" { to = invited, quiet = true, choose = { "Data", "Social media" }, purpose = "trainings on it" }
local links, roster = require "usher.links", require "usher.roster"
usher.on("path", function(r) return links.path("interest", roster.person(r.key)) .. "/trainings" end)
"""
SERIES = """
event "series" { title = "Data for offices", when = "Tue 6 Apr 2021 14:00-16:00 Asia/Thimphu", from = "d@b.example" }
guests { interested_in = "hlb/trainings", choice = "Data" }
mail "come" { to = invited, at = "10 working days before, 09:00", subject = "Come", text = "You chose {chosen}." }
mail "soon" { to = invited, at = "1 working day before, 09:00", subject = "Soon", text = "Soon." }
"""


class Story:
    """usher with both scripts, at one hour after the other."""

    def __init__(self):
        port = live.free_port()
        self.base = "http://127.0.0.1:%d" % port
        self.place = live.Place(BRIEFING, 'web = { listen = "127.0.0.1:%d", base_url = "%s" }\n' % (port, self.base))
        self.place.write("series.lua", SERIES)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.place.close()

    def at(self, moment, *scripts):
        """Kills usher if it runs, and starts it with these scripts at that time."""
        if self.place.kill():
            there = datetime.strptime(moment + " +0600", "%d %b %Y %H:%M %z").timestamp()
            shift = int((there - time.time()) * 1000)  # CBOR's negative numbers beyond 32 bits begin with 3b
            with contextlib.closing(sqlite3.connect(self.place.path / "usher.db")) as db, db:
                db.execute("UPDATE setting SET value = ? WHERE name = 'practice'",
                           (b"\x3b" + (-1 - shift).to_bytes(8, "big"),))
        self.place.run("--as-if", moment + " Asia/Thimphu", *scripts[:-1], script=scripts[-1])

    def send(self, key, **form):
        """Somebody sends the form; the answer is on disk when it is there."""
        path = self.place.ask("call", event="hlb", call="path", **{"with": {"key": key}})["reply"]
        answer = visitor.Visitor(self.base).post(path, form)
        equal(answer.status, 303)

    def outbox(self, subject):
        """To whom mails with that subject went."""
        mails = [path.read_text() for path in (self.place.path / "outbox").rglob("*.eml")]
        return sorted(re.search(r"^To: .*?(\w+)@guests", mail, re.M).group(1) for mail in mails
                      if "\nSubject: %s\n" % subject in mail.replace("\r", ""))

    def states(self):
        """States of the series' mails."""
        return {row["state"] for row in self.place.rows("flows", event="series") if row["name"] in ("come", "soon")}

    def why(self, key):
        return self.place.command("why", key, "--event", "series")[1]


def chosen(*topics):
    return {"ask: What would you like to hear of?": list(topics), "consent": "yes"}


def check_who_chose_it_is_invited_and_who_takes_it_back_is_left_alone_through_kill_9():
    with Story() as story:
        story.at("26 Feb 2021 09:00", "script.lua")
        story.send("S1", **chosen("Data"))
        story.send("S2", **chosen("Social media"))
        story.send("S3", **chosen("Data", "Social media"))
        story.at("22 Mar 2021 09:00", "script.lua", "series.lua")  # killed behind the last answer
        equal(story.outbox("Come"), [])
        story.at("23 Mar 2021 09:00", "script.lua", "series.lua")
        live.wait_until("both are invited", lambda: len(story.outbox("Come")) == 2)
        equal(story.outbox("Come"), ["s1", "s3"])
        story.send("S1", back="yes")
        story.at("5 Apr 2021 09:00", "script.lua", "series.lua")
        live.wait_until("the other is reminded", lambda: len(story.outbox("Soon")) == 1)
        live.wait_until("nothing more is under way", lambda: "waiting" not in story.states())
        equal((story.outbox("Come"), story.outbox("Soon")), (["s1", "s3"], ["s3"]))
        holds(story.why("S1"), "has taken back the wish to hear of trainings")


def check_the_later_event_goes_on_without_the_script_of_the_first():
    with Story() as story:
        story.at("26 Feb 2021 09:00", "script.lua")
        story.send("S1", **chosen("Data"))
        story.at("23 Mar 2021 09:00", "series.lua")
        live.wait_until("she is invited", lambda: story.outbox("Come") == ["s1"])
        story.at("5 Apr 2021 09:00", "series.lua")
        live.wait_until("she is reminded", lambda: story.outbox("Soon") == ["s1"])


def check_who_chooses_it_later_comes_in_by_reload_with_a_plan():
    with Story() as story:
        story.at("26 Feb 2021 09:00", "script.lua")
        story.send("S1", **chosen("Data"))
        story.at("1 Mar 2021 09:00", "script.lua", "series.lua")
        story.send("S4", **chosen("Data"))
        code, told, _ = story.place.command("plan", "series.lua")
        equal(code, 0)
        holds(told, "Dorji")
        equal(story.place.command("reload", "series.lua", "--yes")[0], 0)
        story.at("23 Mar 2021 09:00", "script.lua", "series.lua")
        live.wait_until("both are invited", lambda: len(story.outbox("Come")) == 2)
        equal(story.outbox("Come"), ["s1", "s4"])


main(globals())
