#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A mailbox of 1,000 mails and a few that nobody should send is read while timers go on; and usher, killed with
-9 at random instants while it reads, acts on every mail exactly once.
"""
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import imap_peer
import letters
import live
from errands import equal, main

MAILS = 1000
UNDER_FIRE = 800
KILLS = 60
KILLS_AT_WORK = 30  # that many at least must have come while mails were still to be read
TICK_MS = 20

random = live.seed()

TICKING = """
usher.describe { id = "ticking", zone = "UTC" }
usher.flow("tick", function()
  local start = usher.now() + 1000
  for i = 1, 9000 do usher.due("tick", start + i * %d, { late = "always" }) end
end)
usher.start("tick", { key = "one" })
usher.on("incoming", function(mail)
  if mail.subject == "wanted" then usher.book("mails"):set("u" .. mail.uid, mail.kind) return true end
end)
usher.on("count", function() return usher.book("mails"):count() end)
""" % TICK_MS

COUNTING = """
usher.describe { id = "counting", zone = "UTC" }
usher.flow("answer", function(mail)
  return usher.mail { "answer", to = "someone@guests.example", from = "office@box.example", subject = mail.subject,
    text = "We have read it.", unsure = "resend" }.sent
end)
usher.on("incoming", function(mail)
  local book = usher.book("seen")
  book:set(mail.subject, (book:get(mail.subject) or 0) + 1)
  usher.start("answer", { key = mail.subject .. " " .. book:get(mail.subject), input = { subject = mail.subject } })
  return true
end)
usher.on("seen", function()
  local all = {}
  for subject, n in usher.book("seen"):each() do all[subject] = n end
  return all
end)
"""


def ordinary(i):
    subject = "wanted" if i % 2 else "something else"
    return letters.mail(["From: guest%d@guests.example" % i, "Subject: " + subject, "To: office@box.example",
                         "In-Reply-To: <AAAAAAAAAAAAAAAAAAAAAA.1@box.example>"], "Hello.\n" * 40)


def lateness_ms(place):
    """By how much each tick of the flow was later than its moment, by the journal."""
    flow = place.rows("flows", name="tick")[0]["id"]
    due, late, after = {}, [], 0
    while True:
        rows = place.rows("history", flow=flow, after=after, limit=10000)
        for row in rows:
            if row["state"] == "open" and "due" in row:
                due[row["step"]] = row["due"]
            elif row["state"] == "done" and row["step"] in due:
                late.append(row["at"] - due[row["step"]])
        if not rows:
            return late
        after = rows[-1]["n"]


def cursor(place):
    rows = place.rows("mailboxes")
    return rows[0]["value"] if rows else {"read": 0}


def check_a_large_and_hostile_mailbox_is_read_while_timers_go_on():
    hostile = letters.hostile()
    with tempfile.TemporaryDirectory(prefix="usher-box-") as folder, imap_peer.Mailbox(folder) as box:
        with live.Place(TICKING, box.config(every_seconds=600)) as place:
            box.put_files([ordinary(i) for i in range(MAILS // 2)] + list(hostile.values())
                          + [ordinary(i) for i in range(MAILS // 2, MAILS)])
            whole = MAILS + len(hostile)
            began = time.monotonic()
            place.run()
            live.wait_until("all are read", lambda: cursor(place)["read"] == whole)
            reading_s = time.monotonic() - began
            during = lateness_ms(place)
            time.sleep(2)
            after = lateness_ms(place)[len(during):]
            seen = cursor(place)
            equal((seen["wanted"], place.ask("call", call="count")["reply"]), (MAILS // 2, MAILS // 2))
            equal(place.stop(), 0)
    print("%d mails and %d hostile ones in %.1f s; unreadable %d; lateness of a tick every %d ms: largest %d ms of %d "
          "ticks while it read, %d ms of %d after" % (MAILS, len(hostile), reading_s, seen["unreadable"], TICK_MS,
                                                      max(during), len(during), max(after), len(after)))


def written(place):
    return len(list((place.path / "outbox").glob("*.eml")))


def shoot(place):
    """Kills and restarts. Every other life ends while it reads, shortly after its first answer; the others end at
    any instant of their start. Answers how many kills came while mails were still to be read."""
    at_work = 0
    for n in range(KILLS):
        before = written(place)
        if n % 2 and before < UNDER_FIRE:
            live.wait_until("something is answered", lambda: written(place) > before)
            time.sleep(random.random() * 0.02)
        else:
            time.sleep(random.random() * 0.12)
        place.kill()
        at_work += before < UNDER_FIRE
        place.start()
    return at_work


def check_every_mail_is_acted_on_once_whenever_usher_dies():
    with tempfile.TemporaryDirectory(prefix="usher-box-") as folder, imap_peer.Mailbox(folder) as box:
        with live.Place(COUNTING, box.config()) as place:
            box.put_files([letters.mail(["From: a@b.example", "Subject: letter %03d" % i], "hello")
                           for i in range(UNDER_FIRE)])
            place.start()
            at_work = shoot(place)
            live.wait_until("all are read", lambda: place.answers() and cursor(place)["read"] == UNDER_FIRE)
            live.wait_until("all are answered", lambda: place.states().get("done") == UNDER_FIRE)
            seen = place.ask("call", call="seen")["reply"]
            equal(sorted(seen), ["letter %03d" % i for i in range(UNDER_FIRE)])
            equal(set(seen.values()), {1})
            equal(place.stop(), 0)
    print("killed %d times, %d of them while it read %d mails: each was acted on once" % (KILLS, at_work, UNDER_FIRE))
    live.at_least("kills while mails were to be read", at_work, KILLS_AT_WORK)


main(globals())
