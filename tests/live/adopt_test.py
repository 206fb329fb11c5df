#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A database that is copied, moved to another machine or put back from a backup sends nothing until somebody
says that it belongs there; one file is never run twice; and --only keeps mails to the domains that were said.
"""
import os
import shutil
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "tea", title = "Tea", zone = "Asia/Thimphu" }
usher.flow("reminder", function(key)
  return usher.mail { "reminder", to = key .. "@guests.example", from = "desk@office.example", subject = "Soon",
    text = "We meet.", as = key }
end)
usher.on("begin", function(from)
  for i = from, from + 4 do usher.start("reminder", { key = "g" .. i, label = "Guest " .. i, input = "g" .. i }) end
end)
"""
AWAY = "nothing leaves, because "


def office(server, machine="first", more=""):
    """A place on a machine of that name: its id is in a file that the settings name."""
    place = live.Place(SCRIPT, server.config() + 'machine_id = "machine"\n' + more)
    place.write("machine", machine * 8 + "\n")
    return place


def invite(place, number):
    place.ask("call", call="begin", **{"with": number})


def all_are(place, state, n):
    return live.wait_until("%d are %s" % (n, state), lambda: place.states().get(state, 0) == n)


def copied(place, to):
    """The database of a usher that has stopped, in another folder."""
    shutil.copy(place.path / "usher.db", to.path / "usher.db")
    return to


def sends_nothing_until_adopted(place, server, because):
    place.run()
    before = len(server.accepted())
    invite(place, 100)
    live.wait_until("all are held", lambda: len(place.rows("held")) == 5)
    holds(place.log(), AWAY + because)
    holds(place.command("why", "Guest 102")[1], AWAY + because)
    place.kill()
    place.run()
    time.sleep(0.5)
    equal(len(server.accepted()), before)
    code, out, errors = place.command("adopt")
    equal(code, 1)
    holds(errors, "say --yes")
    holds(out, AWAY + because)
    holds(out, "5 mails of 'reminder' were due ")
    equal(place.command("release", "--yes")[0], 1)  # that is no hold, and a release does not lift it
    equal(len(server.accepted()), before)
    code, out, errors = place.command("adopt", "--yes", "--by", "karma")
    equal((code, errors), (0, ""))
    live.wait_until("the five leave", lambda: len(server.accepted()) == before + 5)
    holds(place.command("log")[1], "karma")
    place.kill()
    place.run()
    invite(place, 200)
    live.wait_until("five more leave", lambda: len(server.accepted()) == before + 10)
    equal(place.command("adopt", "--yes")[0], 1)  # it belongs here


def begin(place, server):
    place.run()
    invite(place, 1)
    live.wait_until("five leave", lambda: len(server.accepted()) == 5)
    all_are(place, "done", 5)
    equal(place.stop(), 0)


def check_on_another_machine_nothing_leaves_until_it_is_adopted():
    with live.MailServer() as server, office(server) as first:
        begin(first, server)
        first.write("machine", "second" * 8 + "\n")
        sends_nothing_until_adopted(first, server, "this database comes from another machine")


def check_a_copy_beside_the_original_sends_nothing_and_the_original_goes_on():
    with live.MailServer() as server, office(server) as first, office(server) as second:
        begin(first, server)
        copied(first, second)
        sends_nothing_until_adopted(second, server, "this database is a copy")
        first.run()
        before = len(server.accepted())
        invite(first, 300)
        live.wait_until("the original sends", lambda: len(server.accepted()) == before + 5)


def check_a_backup_that_is_copied_over_the_file_sends_nothing():
    with live.MailServer() as server, office(server) as place:
        begin(place, server)
        shutil.copy(place.path / "usher.db", place.path / "backup.db")
        place.run()
        invite(place, 50)
        live.wait_until("five more leave", lambda: len(server.accepted()) == 10)
        all_are(place, "done", 10)
        equal(place.stop(), 0)
        shutil.copyfile(place.path / "backup.db", place.path / "usher.db")  # into the same file
        if not has_attributes(place.path / "usher.db"):
            print("this file system keeps no attributes, so an older state can't be known")
            return
        sends_nothing_until_adopted(place, server, "this is an older state of the database")


def has_attributes(path):
    return "user.usher.seq" in os.listxattr(path)


def check_a_file_that_is_renamed_on_its_disk_stays_at_home():
    with live.MailServer() as server, office(server) as place:
        begin(place, server)
        (place.path / "usher.db").rename(place.path / "away.db")
        (place.path / "away.db").rename(place.path / "usher.db")
        place.run()
        invite(place, 50)
        live.wait_until("five more leave", lambda: len(server.accepted()) == 10)


def check_without_an_engine_a_copy_is_adopted_as_well():
    with live.MailServer() as server, office(server) as first, office(server) as second:
        begin(first, server)
        copied(first, second)
        code, out, errors = second.command("adopt", "--yes")
        equal((code, errors), (0, ""))
        second.run()
        invite(second, 50)
        live.wait_until("five more leave", lambda: len(server.accepted()) == 10)


def check_the_same_file_is_not_run_twice():
    with live.MailServer() as server, office(server) as place:
        place.run()
        code, out, errors = place.command("run", "script.lua")
        equal(code, 1)
        holds(errors, "usher.db is in use by usher, process %d: ask that one (usher flows), or stop it first"
              % place.process.pid)
        invite(place, 1)
        live.wait_until("the first goes on", lambda: len(server.accepted()) == 5)


def check_only_some_domains_get_mail():
    script = SCRIPT.replace('key .. "@guests.example"', '(key == "g3" and "g3@other.example" or key .. "@guests.example")')
    with live.MailServer() as server, office(server, more='mail = { only = { "nowhere.example" } }\n') as place:
        place.write("script.lua", script)
        place.run("--only", "guests.example")
        invite(place, 1)
        all_are(place, "done", 5)
        equal(len(server.accepted()), 4)
        holds(place.log(), "mails leave to these domains only")
        holds(place.command("why", "Guest 3")[1], "only mails to guests.example leave from here")
        place.kill()
        place.run()
        invite(place, 50)
        all_are(place, "done", 10)
        equal(len(server.accepted()), 4)
        place.kill()
        code, _, errors = place.command("run", "--only", "everybody", "script.lua")
        equal((code, "'everybody' is no domain" in errors), (1, True))


main(globals())
