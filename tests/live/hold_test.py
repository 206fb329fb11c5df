#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A hold on a running usher with a real mail server: nothing leaves, through kill -9 and restarts, until
somebody has seen what would and says so.
"""
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "hall", title = "Town hall", zone = "Asia/Thimphu" }
usher.flow("starting", function(key)
  return usher.mail { "starting", to = key .. "@guests.example", from = "desk@office.example", subject = "Now",
    text = "We begin.", as = key }
end)
usher.flow("brief", function(key)
  return usher.mail { "brief", to = key .. "@guests.example", from = "desk@office.example", subject = "Soon",
    text = "Too late later.", as = key, give_up = usher.now() + 2000 }
end)
usher.on("begin", function()
  for i = 1, 12 do usher.start("starting", { key = "G" .. i, label = "Guest " .. i, input = "g" .. i }) end
  for i = 1, 3 do usher.start("brief", { key = "B" .. i, label = "Short " .. i, input = "b" .. i }) end
end)
"""


def on_hold(server):
    """A place whose mails were held, and whose brief ones have become too late."""
    place = live.Place(SCRIPT, server.config()).run()
    code, out, errors = place.command("hold", "--by", "karma", "--note", "a wrong link")
    equal((code, errors), (0, ""))
    holds(out, "everything is on hold since")
    holds(out, "Thimphu, by karma (a wrong link): usher release")
    place.ask("call", call="begin")
    live.wait_until("all are held or too late", lambda: len(place.rows("held")) == 12
                    and place.states().get("done", 0) == 3)
    equal(server.accepted(), [])
    return place


def check_a_hold_survives_kills_and_shows_what_is_overdue():
    with live.MailServer() as server, on_hold(server) as place:
        for _ in range(3):
            place.kill()
            place.run()
        time.sleep(1)
        equal(server.accepted(), [])
        code, out, errors = place.command("release")
        equal(code, 1)
        holds(errors, "say --yes, or --skip RULE")
        holds(out, "12 mails of 'starting' were due ")
        holds(out, "3 mails of 'brief' were due ")
        holds(out, "; they are too late and are skipped")
        equal(server.accepted(), [])
        code, out, errors = place.command("why", "G3")
        holds(out, "on hold since")
        equal(place.command("release", "--yes", "--by", "sonam")[0], 0)
        live.wait_until("the twelve leave", lambda: len(server.accepted()) == 12)
        equal(len({to for to, _ in server.accepted()}), 12)
        code, out, _ = place.command("log")
        holds(out, "karma")
        holds(out, "sonam")
        code, out, errors = place.command("release", "--yes")
        equal((code, "nothing is on hold" in errors), (1, True))


def check_a_rule_can_be_left_out():
    with live.MailServer() as server, on_hold(server) as place:
        code, out, errors = place.command("release", "--skip", "starting", "--by", "sonam")
        equal((code, errors), (0, ""))
        holds(out, "12 left out")
        live.wait_until("all have ended", lambda: place.states().get("done", 0) == 15)
        equal(server.accepted(), [])


def check_without_an_engine_hold_and_release_are_kept_for_the_next_start():
    with live.MailServer() as server, on_hold(server) as place:
        place.kill()
        equal(place.command("release", "--yes")[0], 0)
        equal(place.command("hold", "hall", "--note", "again")[0], 0)
        place.run()
        time.sleep(1)
        equal(server.accepted(), [])
        place.kill()
        code, out, errors = place.command("release", "hall", "--yes")
        equal((code, errors), (0, ""))
        holds(out, "12 mails of 'starting' were due ")
        equal(server.accepted(), [])
        place.run()
        live.wait_until("the twelve leave", lambda: len(server.accepted()) == 12)


def at_a_terminal(place, answer):
    """What `usher release` says to somebody who types that answer; and its exit code."""
    ours, theirs = pty.openpty()
    done = subprocess.Popen([place.program, "release"], cwd=place.path, env=live.environment(), stdin=theirs,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    os.write(ours, answer)
    out = done.communicate(timeout=live.PATIENCE_S)[0].decode()
    os.close(ours)
    os.close(theirs)
    return done.returncode, out


def check_at_a_terminal_somebody_is_asked():
    with live.MailServer() as server, on_hold(server) as place:
        code, out = at_a_terminal(place, b"n\n")
        equal(code, 1)
        holds(out, "Release? [y/N]")
        holds(out, "nothing was changed")
        equal(server.accepted(), [])
        equal(at_a_terminal(place, b"y\n")[0], 0)
        live.wait_until("the twelve leave", lambda: len(server.accepted()) == 12)


main(globals())
