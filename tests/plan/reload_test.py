#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usher plan and usher reload on an engine that runs: a briefing with 400 guests, practised a day after its
invitations have left. Nothing is changed before somebody says so; then exactly what was said.
"""
import contextlib
import json
import re
import sqlite3
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

GUESTS = 400
KILLS = 12
AS_IF = "9 Feb 2021 10:00 Asia/Thimphu"

SCRIPT = """
event "briefing" { title = "Briefing", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", where = "Thimphu",
  from = "Office <office@moic.example>" }
guests "guests.csv"
mail "invitation" { to = invited, at = "2021-02-08 09:00", catch_up = true, subject = "Come", text = "Dear {name}" }
mail "reminder" { to = invited, at = "3 days before, 10:00", subject = "Soon", text = "Dear {name}" }
mail "tomorrow" { to = invited, at = "1 day before, 10:00", subject = "Tomorrow", text = "Dear {name}" }
"""

PLAIN = """
usher.describe { id = "plain", zone = "UTC" }
usher.flow("guest", function(key)
  usher.mail { "hello", to = key .. "@x.example", from = "o@x.example", as = key, subject = "s", text = "t" }
  if usher.due("later", usher.time.at("2031-02-25 14:00", "UTC")) then return MORE end
end)
for i = 1, 300 do usher.start("guest", { key = "P" .. i, input = "P" .. i }) end
"""

random = live.seed()


def guests(n=GUESTS):
    rows = ["G%03d,Guest Number %d,guest%d@office.example" % (i, i, i) for i in range(1, n + 1)]
    return "key,name,mail\n" + "\n".join(rows) + "\n"


def running():
    """Everybody is invited, and waits for the reminders."""
    place = live.Place(SCRIPT, files={"guests.csv": guests()})
    place.run("--as-if", AS_IF)
    live.wait_until("all are invited", lambda: mails(place) == GUESTS)
    return place


def mails(place):
    return len(list((place.path / "outbox").glob("*.eml")))


def upcoming(place):
    """What goes out next, without the columns and the phrases."""
    return [re.sub(r" +", " ", line.split(" (")[0]).strip() for line in place.command("next")[1].splitlines()]


def edited(place, old, new):
    assert old in SCRIPT
    place.write("script.lua", SCRIPT.replace(old, new))


def files(place):
    return sorted(path.name for path in place.path.iterdir())


def check_a_moved_date_is_told_in_local_times_and_changes_nothing_yet():
    with running() as place:
        before, flows = files(place), place.rows("flows", limit=5000)
        edited(place, "Thu 25 Feb", "Fri 26 Feb")
        code, out, _ = place.command("plan", "script.lua")
        holds(out, "Mon 22 Feb 10:00 \u2192 Tue 23 Feb 10:00 Thimphu (UTC+6) \u00b7 400 people")
        holds(out, "Wed 24 Feb 10:00 \u2192 Thu 25 Feb 10:00 Thimphu (UTC+6) \u00b7 400 people")
        holds(out, "new-time\n   new: Tue 09 Feb 10:0")
        holds(out, "usher reload script.lua does it")
        equal((code, files(place), mails(place)), (0, before, GUESTS))
        equal(place.rows("flows", limit=5000), flows)


def check_a_reload_moves_everybody_and_is_in_the_log():
    with running() as place:
        edited(place, "Thu 25 Feb", "Fri 26 Feb")
        code, out, errors = place.command("reload", "script.lua", "--yes", "--by", "Karma")
        equal((code, errors), (0, ""))
        holds(out, "Done: version 2 of the script is the one that runs.")
        live.wait_until("the new moments are known", lambda: upcoming(place)[:1] == ["Tue 23 Feb 2021 10:00 reminder 400"])
        holds(place.command("log")[1], "Karma                script changed: version 2 in place of 1: 800 go on under it")
        live.wait_until("everybody is told of the new time", lambda: mails(place) == 2 * GUESTS)


def check_nobody_is_asked_without_a_terminal():
    with running() as place:
        edited(place, "Thu 25 Feb", "Fri 26 Feb")
        code, _, errors = place.command("reload", "script.lua")
        equal(code, 1)
        holds(errors, "say --yes to do it all the same")
        equal(upcoming(place)[0], "Mon 22 Feb 2021 10:00 reminder 400")


def check_an_invitation_under_another_name_is_sent_to_nobody_and_needs_an_answer():
    with running() as place:
        edited(place, 'mail "invitation" {', 'mail "welcome" {')
        place.write("script.lua", place.path.joinpath("script.lua").read_text().replace("catch_up = true, ", "", 1))
        code, out, _ = place.command("plan", "script.lua")
        equal(code, 1)
        holds(out, "welcome \u00b7 400 people: the rule is new, and its moment has passed, so nobody gets it.")
        holds(out, 'or  was = "..."  in the rule when it only has a new name')
        code, _, errors = place.command("reload", "script.lua", "--yes")
        equal(code, 1)
        holds(errors, "nothing was changed: answer what needs an answer")
        code, out, _ = place.command("reload", "script.lua", "--yes", "--skip", "welcome")
        equal(code, 0)
        time.sleep(0.5)
        equal(mails(place), GUESTS)


def check_an_invitation_that_says_its_old_name_is_the_same_invitation():
    with running() as place:
        edited(place, 'mail "invitation" {', 'mail "welcome" { was = "invitation",')
        code, out, _ = place.command("plan", "script.lua")
        equal(code, 0)
        holds(out, "What changes: nothing")
        equal(place.command("reload", "script.lua", "--yes")[0], 0)
        place.write("more.csv", "")
        time.sleep(0.5)
        equal(mails(place), GUESTS)
        holds(place.command("why", "Guest Number 7", "welcome")[1], "welcome")


def check_a_rule_taken_out_ends_and_one_put_in_is_for_all():
    with running() as place:
        line = re.search(r'mail "reminder".*\n', SCRIPT).group(0)
        edited(place, line, line.replace("reminder", "two-days").replace("3 days", "2 days"))
        code, out, _ = place.command("plan", "script.lua")
        equal(code, 0)
        holds(out, "gone: Mon 22 Feb 10:00 Thimphu (UTC+6) \u00b7 400 people")
        holds(out, "new: Tue 23 Feb 10:00 Thimphu (UTC+6) \u00b7 400 people")
        holds(out, "reminder \u00b7 400 people: no more of it; the script has no 'reminder' any more.")


def check_a_script_that_does_not_load_exits_with_2_and_its_own_sentence():
    with running() as place:
        edited(place, "to = invited, at = \"3 days", "to = invitd, at = \"3 days")
        code, _, errors = place.command("plan", "script.lua")
        equal(code, 2)
        holds(errors, "script.lua:6:")
        holds(errors, "did you mean 'invited'")


def check_an_event_that_has_not_begun_is_said_so():
    with live.Place(SCRIPT, files={"guests.csv": guests(3)}) as place:
        code, _, errors = place.command("plan", "script.lua")
        equal(code, 2)
        holds(errors, "there is no database")


def check_without_an_engine_the_database_alone_is_enough():
    with running() as place:
        place.stop()
        edited(place, "Thu 25 Feb", "Fri 26 Feb")
        code, out, _ = place.command("plan", "script.lua")
        holds(out, "400 people")
        equal(code, 0)
        place.run("--as-if", AS_IF)  # an edit that asks nothing takes its place at the start
        live.wait_until("the new moments are known", lambda: "Tue 23 Feb" in place.command("next")[1])
        live.wait_until("everybody is told of the new time", lambda: mails(place) == 2 * GUESTS)


def check_json_says_the_same_for_programs():
    with running() as place:
        edited(place, "Thu 25 Feb", "Fri 26 Feb")
        plan = place.json("plan", "script.lua")
        equal((plan["event"], plan["needs"], plan["changes"]["moved"]), ("briefing", 0, 2 * GUESTS))


def versions(place):
    """How many unfinished flows are on which version."""
    with contextlib.closing(sqlite3.connect("file:%s?mode=ro" % (place.path / "usher.db"), uri=True)) as db:
        return dict(db.execute("SELECT script, count(*) FROM flow WHERE state NOT IN (2, 4) GROUP BY script"))


def check_a_kill_in_the_middle_of_a_reload_leaves_all_on_one_version_and_sends_nothing_twice():
    moved = 0
    with live.Place(PLAIN.replace("MORE", "0")) as place:
        place.run()
        live.wait_until("all are greeted", lambda: mails(place) == 300)
        for i in range(1, KILLS + 1):
            place.write("script.lua", PLAIN.replace("MORE", str(i)))
            place.ask_in_background("reload", script=str(place.path / "script.lua"), apply=True)
            time.sleep(random.uniform(0, 0.06))
            place.kill()
            on = versions(place)
            equal((len(on), sum(on.values())), (1, 300))
            place.run()
            live.wait_until("it rests", lambda: place.states() == {"waiting": 300})
            equal(sum(row["unfinished"] > 0 for row in place.rows("scripts")), 1)
            moved += 1
        print("%d reloads, each killed: 300 flows always on one version" % moved)
        equal(mails(place), 300)


main(globals())
