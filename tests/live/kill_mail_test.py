#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""500 mails are due; usher is killed with -9 at random instants while they go out to a real mail server.

unsure = "resend": nobody misses a mail; a mail that comes twice has the same Message-ID; and there are at
most as many repeats as mails could be on the wire when a kill came (kills x connections).
The default ("ask"): nobody gets a mail twice; each mail arrived or stands in `usher unsure`.
"""
import collections
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, main

MAILS = 500
KILLS = 200
KILLS_AT_WORK = 150  # that many at least must have come while mails were still to be sent
SLOW_MS = 60         # the server's own pace: kills must find mails on the wire

random = live.seed()

SCRIPT = """
usher.describe { id = "kill-mail", title = "Mail under fire", zone = "Asia/Thimphu" }
usher.flow("reminder", function(guest)
  local answer = usher.mail { "reminder", to = guest.mail, from = "desk@ministry.example",
    subject = "Tomorrow", text = "Dear guest, we meet tomorrow.", as = guest.key%s }
  return answer.sent
end)
for i = 1, %d do
  local key = ("guest%%03d"):format(i)
  usher.start("reminder", { key = key, input = { key = key, mail = key .. "@guests.example" } })
end
"""


def wanted():
    return {"guest%03d@guests.example" % i for i in range(1, MAILS + 1)}


def time_to_readiness(place):
    """How long a start takes here, so that kills come before, in and after the first sending."""
    began = time.monotonic()
    place.run()
    return time.monotonic() - began


def shoot(place, server, start_s):
    """Kills and restarts; answers how many kills came while mails were still to be sent."""
    at_work = 0
    for n in range(KILLS):
        before = len({to for to, _ in server.accepted()})
        ahead = before * KILLS > MAILS * n  # lives are shorter then, so that work is left for the last kills
        time.sleep(random.random() * (start_s + SLOW_MS / 1000) * (1 if ahead else 2))
        if not place.kill():
            raise AssertionError("usher ended by itself: " + place.log()[-3000:])
        at_work += before < MAILS
        place.start()
    return at_work


def settled(place):
    """True when every mail is sent or waits for a person's word."""
    if place.ask("status")["reply"]["on_the_way"]:
        return False
    return place.states().get("done", 0) + len(place.rows("unsure")) == MAILS


def play(unsure, connections):
    """The whole story: kills, then peace until all is settled."""
    with live.MailServer(SLOW_MS) as server:
        place = live.Place(SCRIPT % (unsure, MAILS), server.config(connections=connections))
        with place:
            at_work = shoot(place, server, time_to_readiness(place))
            live.wait_until("usher answers", place.answers)
            live.wait_until("all is settled", lambda: settled(place))
            listed = {row["flow_key"] + "@guests.example" for row in place.json("unsure")["rows"]}
            equal(place.rows("fsck"), [])
            equal(place.stop(), 0)
        accepted = server.accepted()
    return accepted, listed, at_work


def say(title, accepted, listed, at_work):
    repeats = len(accepted) - len({to for to, _ in accepted})
    print("%s: %d kills (%d while mails were to be sent), %d of %d people have the mail, %d lost, %d repeats, "
          "%d listed as unsure" % (title, KILLS, at_work, len({to for to, _ in accepted}), MAILS,
                                   len(wanted() - {to for to, _ in accepted} - listed), repeats, len(listed)))
    return repeats


def check_resend_loses_nothing_and_repeats_with_the_same_message_id():
    connections = 4
    accepted, listed, at_work = play(', unsure = "resend"', connections)
    repeats = say("resend", accepted, listed, at_work)
    ids = collections.defaultdict(set)
    for to, message_id in accepted:
        ids[to].add(message_id)
    equal(listed, set())
    equal(set(ids), wanted())
    equal({to: found for to, found in ids.items() if len(found) > 1}, {})
    equal(len({found for several in ids.values() for found in several}), MAILS)
    live.at_most("repeats", repeats, KILLS * connections)
    live.at_least("kills while mails were to be sent", at_work, KILLS_AT_WORK)


def check_the_default_repeats_nothing_and_lists_what_is_unsure():
    accepted, listed, at_work = play("", 2)
    repeats = say("ask", accepted, listed, at_work)
    equal(repeats, 0)
    equal(wanted() - {to for to, _ in accepted} - listed, set())
    live.at_least("kills while mails were to be sent", at_work, KILLS_AT_WORK)


main(globals())
