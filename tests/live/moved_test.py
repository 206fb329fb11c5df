#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""An event that moves and one that is cancelled, with a running usher and a real mail server: what people get, and
what two other programs read in the calendar entries of it.
"""
import datetime
import email
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "calendar"))
import debian_python

debian_python.need("icalendar", "dateutil")
import live
import readers
from errands import equal, holds, main

ZONE = datetime.timezone(datetime.timedelta(hours=6))
SCRIPT = """
event "tea" { title = "Tea", when = "%s Asia/Thimphu", from = "Desk <desk@office.example>" }
people { { key = "lead", name = "Karma", role = "speaker", mail = "karma@office.example" } }
guests { { key = "S1", name = "Sonam", mail = "s1@guests.example" },
  { key = "S2", name = "Pema", mail = "s2@guests.example" } }
mail "invitation" { to = invited, at = "40 days before, 09:00", late = "until start", catch_up = true,
  attach = "calendar", subject = "Come", text = "Dear {full_name}, {when_both}" }
mail "to-speaker" { to = speakers, at = "40 days before, 09:00", late = "until start", catch_up = true,
  subject = "Speak", text = "Dear {full_name}" }
mail "soon" { to = invited, at = "3 days before, 09:00", subject = "Soon", text = "Dear {full_name}" }
"""


def day(days):
    """That many days from now, at 14:00 in Thimphu."""
    at = datetime.datetime.now(ZONE) + datetime.timedelta(days=days)
    return at.replace(hour=14, minute=0, second=0, microsecond=0)


def script(days):
    return SCRIPT % day(days).strftime("%a %d %b %Y %H:%M-16:30")


def invited(server):
    place = live.Place(script(20), server.config()).run()
    live.wait_until("all are invited", lambda: len(server.accepted()) == 3)
    return place


def entries(server, subject):
    """What the calendar entries of the mails with that subject say: recipient -> their event."""
    found = {}
    for to, data in server.mails():
        message = email.message_from_bytes(data)
        if not str(email.header.make_header(email.header.decode_header(message["subject"]))).startswith(subject):
            continue
        for part in message.walk():
            if part.get_content_type() == "text/calendar" and to not in found:
                calendars = readers.read(part.get_payload(decode=True))
                found[to] = (calendars[0]["method"], calendars[0]["events"][0], part.get_param("method"))
        found.setdefault(to, None)
    return found


def check_a_move_by_days_is_asked_about_and_told_with_the_calendars_update():
    with live.MailServer() as server, invited(server) as place:
        place.write("script.lua", script(34))
        code, out, _ = place.command("plan", "script.lua")
        equal(code, 1)
        holds(out, "The event moves by 14 days after 3 people have heard of the date")
        code, _, errors = place.command("reload", "script.lua", "--yes")
        equal(code, 1)
        holds(errors, "answer what needs an answer")
        code, out, errors = place.command("plan", "script.lua", "--edition", "same")
        equal((code, errors), (0, ""))
        holds(out, "new-time")
        code, out, errors = place.command("reload", "script.lua", "--edition", "same", "--yes")
        equal((code, errors), (0, ""))
        live.wait_until("all are told", lambda: len(server.accepted()) == 6)
        before, after = entries(server, "Come"), entries(server, "New time: Tea")
        equal(sorted(after), ["karma@office.example", "s1@guests.example", "s2@guests.example"])
        equal(after["karma@office.example"], None)  # has no entry of ours
        for guest in ("s1@guests.example", "s2@guests.example"):
            method, event, param = after[guest]
            equal((method, param, event["sequence"]), ("REQUEST", "REQUEST", 1))
            equal(event["uid"], before[guest][1]["uid"])
            equal(event["starts"], int(day(34).timestamp()) * 1000)
        holds(place.command("why", "Sonam", "new-time")[1], "Sonam")


def check_a_word_that_is_no_edition_changes_nothing():
    with live.MailServer() as server, invited(server) as place:
        place.write("script.lua", script(34))
        code, _, errors = place.command("plan", "script.lua", "--edition", "old")
        equal(code, 2)
        holds(errors, "--edition is new or same, not 'old'")


def check_a_cancelled_event_is_told_once_and_nothing_else_leaves():
    with live.MailServer() as server, invited(server) as place:
        code, out, errors = place.command("cancel", "tea", "--by", "karma")
        equal(code, 1)
        holds(out, '3 people get the mail "cancelled", 2 of them with what takes the entry out')
        holds(errors, "say --yes to do it all the same")
        code, out, errors = place.command("cancel", "tea", "--by", "karma", "--note", "The roof leaks.", "--yes")
        equal((code, errors), (0, ""))
        live.wait_until("all are told", lambda: len(server.accepted()) == 6)
        before, after = entries(server, "Come"), entries(server, "Cancelled: Tea")
        for guest in ("s1@guests.example", "s2@guests.example"):
            method, event, param = after[guest]
            equal((method, param, event["sequence"], event["status"]), ("CANCEL", "CANCEL", 1, "CANCELLED"))
            equal(event["uid"], before[guest][1]["uid"])
        holds(place.command("why", "Sonam", "soon")[1], "the event was cancelled")
        place.kill()
        place.run()
        code, out, _ = place.command("cancel", "tea", "--yes")
        equal(code, 0)
        holds(out, "Tea is cancelled since ")
        holds(out, "(karma)")
        equal(len(server.accepted()), 6)
        holds(place.command("log")[1], "The roof leaks.")


main(globals())
