#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""People sign up over real HTTP and get real mails: seats, the wait-list, offers that pass, and what is not
to be had from the form: other people's mailboxes, who is invited, and mark-up on anybody's page."""
import concurrent.futures
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, holds, main

SCRIPT = """
event "talk" { title = "Talk", when = "Thu 25 Feb 2021 14:00-15:30 Asia/Thimphu", where = "Hall 2",
  from = "Desk <desk@office.example>", organisers = "o" }
people { { key = "o", name = "The Office", mail = "o@office.example" } }
guests { { key = "vip", name = "Dasho Karma Dorji", mail = "vip@guests.example" } }
signup { %s }
mail "tomorrow" { to = coming, at = "1 day before, 15:00", subject = "Tomorrow: {title}",
  text = "Dear {full_name}, see you at {where}." }
"""
OPEN = "limit = false, "
NOW = "2021-02-01 09:00 Asia/Thimphu"
HOSTILE = ['<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'-alert(1)-'", "{{7*7}}{title}",
           "[x](javascript:alert(1))", "</title><svg/onload=alert(1)>", "a\r\nBcc: victim@x.example"]


def begin(options, now=NOW):
    place = office.Office(text=SCRIPT % options, now=now)
    place.run()
    return place


def fill_in(place, name, address, note, **more):
    return place.visitor().post("/signup/talk", {"name": name, "mail": address, "note": note, **more})


def old_note(place):
    """The sealed note of a page that was read for a while; good for many forms of a test."""
    note = place.visitor().get("/signup/talk").page.forms[0]["fields"]["note"]
    time.sleep(2.1)
    return note


def confirm(place, address, name):
    guest = place.visitor()
    [link] = place.links_in(place.wait_mail(address, "Please confirm"))
    page = guest.get(link).page
    return guest.fill(page, {"name": name} if "name" in page.forms[0]["fields"] else {})


def press(place, address, act):
    """Presses the button of that name on somebody's page."""
    guest = place.visitor()
    [link] = place.links_in(place.wait_mail(address, "Please confirm"))
    page = guest.get(link).page
    numbers = [n for n, form in enumerate(page.forms) if form["fields"].get("act") == act]
    return guest.fill(page, {}, numbers[0]) if numbers else page


def check_seats_the_wait_list_and_an_offer_that_passes():
    with begin(OPEN + 'seats = 2, offer = "2 days"') as place:
        note = old_note(place)
        for n in range(1, 5):
            fill_in(place, "Person %d" % n, "p%d@x.example" % n, note)
            confirm(place, "p%d@x.example" % n, "Person %d" % n)
        seat = place.wait_mail("p1@x.example", "You have a seat")
        holds(seat.text, "Thu 25 Feb 2021, 14:00-15:30 Thimphu (UTC+6)")
        holds(seat.text, "Hall 2")
        equal([kind for kind, name, _ in seat.parts if name], ["application/ics"])
        holds(place.wait_mail("p4@x.example", "wait-list").text, "number 2 on the wait-list")
        holds(press(place, "p1@x.example", "cancel").text, "You have cancelled")
        holds(place.wait_mail("p1@x.example", "cancelled").bytes.decode(), "METHOD:CANCEL")
        place.wait_mail("p3@x.example", "A seat has come free")
        place.go_to("2021-02-03 09:01 Asia/Thimphu")
        place.wait_mail("p3@x.example", "gone to the next")
        place.wait_mail("p4@x.example", "A seat has come free")
        holds(press(place, "p4@x.example", "take").text, "You have a seat")
        place.go_to("2021-02-24 15:00 Asia/Thimphu")
        place.wait_mail("p2@x.example", "Tomorrow")
        place.wait_mail("p4@x.example", "Tomorrow")
        equal([len(place.mails_to("p%d@x.example" % n)) for n in (1, 3)], [3, 4])
        who = place.json("who")["reply"]
        equal([(one["name"], one["answer"]) for one in who],
              [("Dasho Karma Dorji", "none"), ("Person 1", "no"), ("Person 2", "yes"), ("Person 3", "none"),
               ("Person 4", "yes")])
        equal(place.stop(), 0)


def check_hundreds_of_forms_at_once_for_thirty_seats():
    with begin(OPEN + "seats = 30, confirm = false") as place:
        note = old_note(place)

        def send(n):
            return fill_in(place, "Person %d" % n, "p%d@x.example" % (n % 100), note).status

        with concurrent.futures.ThreadPoolExecutor(16) as many:  # every address four times
            equal(set(many.map(send, range(400))), {303})
        place.settle()
        mails = place.mails()
        equal(sum("You have a seat" in mail.subject for mail in mails), 30)
        numbers = [int(re.search(r"number (\d+) on the", mail.text).group(1)) for mail in mails
                   if "wait-list" in mail.subject]
        equal(sorted(numbers), list(range(1, 71)))
        equal(len(mails), 100)


def check_the_form_mails_nobody_more_than_once_an_hour_whatever_is_sent():
    with begin("limit = 20, seats = 5") as place:
        note = old_note(place)
        statuses = [fill_in(place, "Pills %d" % n, "victim%d@x.example" % (n % 30), note).status
                    for n in range(100)]
        equal(statuses, [303] * 20 + [429] * 80)
        place.settle()
        equal(len(place.mails()), 20)
        for mail in place.mails():
            equal("Pills" in mail.bytes.decode(), False)
        place.go_to("2021-02-01 10:05 Asia/Thimphu")
        for n in range(20):  # the same addresses, in the next hour: once more, and no more
            fill_in(place, "Pills", "victim%d@x.example" % (n % 10), note)
        place.settle()
        equal(max(len(place.mails_to("victim%d@x.example" % n)) for n in range(30)), 2)


def check_known_and_unknown_addresses_are_answered_alike():
    with begin(OPEN) as place:
        note = old_note(place)
        answers = [fill_in(place, "Somebody", address, note)
                   for address in ("vip@guests.example", "new@x.example", "new@x.example", "VIP@guests.example")]
        equal({(one.status, one.headers["location"], one.body) for one in answers},
              {(303, answers[0].headers["location"], answers[0].body)})
        holds(confirm(place, "vip@guests.example", "").text, "You have a seat")
        holds(place.wait_mail("vip@guests.example", "You have a seat").text, "Dear Dasho Karma Dorji")


def check_looking_changes_nothing_and_a_foreign_form_neither():
    with begin(OPEN) as place:
        note = old_note(place)
        fill_in(place, "Person", "p@x.example", note)
        [link] = place.links_in(place.wait_mail("p@x.example", "Please confirm"))
        for method in ("GET", "HEAD"):
            equal(place.visitor().ask(method, link).status, 200)
        evil = {"Origin": "https://evil.example"}
        equal(place.visitor().post(link, {"act": "confirm", "name": "X"}, **evil).status, 403)
        equal(place.visitor().post("/signup/talk", {"name": "X"}, **evil).status, 403)
        holds(place.visitor().get(link).text, "Confirm my sign-up")
        for wrong in (link[:-1], link[:-1] + ("A" if link[-1] != "A" else "B"), link + "A"):
            equal(place.visitor().get(wrong).status, 404)


def check_what_people_type_stays_text():
    with begin(OPEN + 'ask = { "Your office" }') as place:
        note = old_note(place)
        for n, text in enumerate(HOSTILE):
            address = "h%d@x.example" % n
            answer = fill_in(place, text, "nobody", note, **{"ask: Your office": text})
            equal(answer.status, 422)
            assert_clean(answer.text)
            equal(fill_in(place, text, address, note, **{"ask: Your office": text}).status, 303)
            page = confirm(place, address, text)
            holds(page.text, "You have a seat")
            assert_clean(page.text)
            seat = place.wait_mail(address, "You have a seat")
            equal(seat.message["Bcc"], None)
            assert_clean(seat.html)


def assert_clean(text):
    for mark in ("<script>", "<img src=x", "<svg", 'href="javascript:', "onerror=alert(1)>"):
        equal(mark in text, False)


main(globals())
