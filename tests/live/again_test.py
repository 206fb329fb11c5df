#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a person wants done once more: `usher retry` for what stopped, `usher resend` for a mail nobody got.

A script whose hall is missing at first, and a mail server that takes, refuses and loses mails.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "again", zone = "Asia/Thimphu" }
usher.flow("invitation", function(guest)
  local reply = usher.mail { "mail", to = guest .. "@x.example", from = "office@x.example", subject = "Hello",
    text = "As it was.", as = guest }
  return reply.sent and { sent = true } or { skipped = reply.why }
end)
usher.flow("seat", function(guest)
  local hall = usher.decide("hall", function() return usher.book("halls"):get("one") or error("there is no hall", 0) end)
  usher.mail { "seat", to = guest .. "@x.example", from = "office@x.example", subject = "Seat", text = hall }
end)
usher.on("build", function() usher.book("halls"):set("one", "the big one") end)
for _, guest in ipairs { "karma", "rcpt-550" } do usher.start("invitation", { key = guest, label = guest, input = guest }) end
for _, guest in ipairs { "sonam", "pema" } do usher.start("seat", { key = guest, label = guest, input = guest }) end
"""


def settled(place, **states):
    live.wait_until("states are %s" % states, lambda: place.states() == states)


def ended(place, *words):
    code, out, errors = place.command(*words)
    equal((words, code, errors), (words, 0, ""))
    return out


def refused(place, sentence, *words):
    code, _, errors = place.command(*words)
    equal((words, code), (words, 1))
    holds(errors, sentence)


def check_what_stopped_is_tried_again_from_where_it_stood():
    with live.MailServer() as server, live.Place(SCRIPT, server.config()) as place:
        place.run()
        settled(place, done=2, failed=2)
        holds(ended(place, "why"), "seat, 2 of them: stopped")
        holds(ended(place, "why", "again"), "all at once: usher retry again --failed")
        refused(place, "has come to its end", "retry", "invitation/karma")
        holds(ended(place, "retry", "seat/sonam"), "seat for sonam is tried again")
        settled(place, done=2, failed=2)  # the hall is still missing
        holds(ended(place, "why", "sonam"), "stopped")
        place.ask("call", call="build")
        holds(ended(place, "retry", "sonam", "seat"), "is tried again")
        settled(place, done=3, failed=1)
        code, out, _ = place.command("retry", "again", "--failed")
        equal(code, 1)
        holds(out, "1 have stopped")
        holds(ended(place, "retry", "again", "--failed", "--yes"), "1 are tried again")
        settled(place, done=4)
        equal(sorted(to for to, _ in server.accepted() if to != "karma@x.example" and "rcpt" not in to),
              ["pema@x.example", "sonam@x.example"])
        equal([row["what"] for row in place.rows("audit")].count("tried again"), 3)
        holds(ended(place, "why"), "nothing waits for a person")
        equal(place.rows("fsck"), [])
        equal(place.stop(), 0)


def check_a_retry_that_is_asked_for_while_usher_is_down_happens_at_the_next_start():
    with live.Place(SCRIPT) as place:
        place.run()
        settled(place, done=2, failed=2)
        place.ask("call", call="build")
        equal(place.stop(), 0)
        holds(ended(place, "retry", "seat/pema"), "is tried again")
        place.run()
        settled(place, done=3, failed=1)
        equal(place.stop(), 0)


def check_a_mail_is_sent_again_as_a_mail_of_its_own():
    with live.MailServer() as server, live.Place(SCRIPT, server.config()) as place:
        place.run()
        settled(place, done=2, failed=2)
        equal(len(server.accepted()), 2)
        holds(ended(place, "resend", "invitation", "karma"), "invitation goes out again, to karma@x.example")
        settled(place, done=3, failed=2)
        holds(ended(place, "resend", "invitation", "karma", "--to", "assistant@x.example"), "to assistant@x.example")
        settled(place, done=4, failed=2)
        ids = [message_id for _, message_id in server.accepted()]
        equal(len(set(ids)), 4)
        said = [body.split(b"Subject:")[1] for to, body in server.mails() if to != "rcpt-550@x.example"]
        equal(all(b"As it was." in text for text in said), True)
        history = ended(place, "history", "invitation/karma")
        holds(history, "sent again")
        holds(ended(place, "why", "karma", "invitation"), "invitation, sent again 2 for karma")
        refused(place, "nothing here is called", "resend", "invitation", "nobody")
        refused(place, "no mail has left there", "resend", "seat", "sonam")
        refused(place, "is not a mail address", "resend", "invitation", "karma", "--to", "nowhere")
        equal([row["what"] for row in place.rows("audit")].count("sent again"), 2)
        equal(place.stop(), 0)


main(globals())
