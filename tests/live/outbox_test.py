#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The word before the first mail of a rule, with a real mail server, real commands and weeks of clock."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import office
from errands import equal, holds, main

SCRIPT = """
event "tea" { title = "Tea", when = "Thu 25 Feb 2021 14:00-15:00 Asia/Thimphu", where = "Hall",
  from = "Desk <desk@office.example>", approver = { "karma", "dechen" } }
people { { key = "karma", name = "Karma Tshering", role = "organiser", mail = "karma@office.example" },
  { key = "dechen", name = "Dechen Lhamo", role = "approver", mail = "dechen@office.example" },
  { key = "tashi", name = "Tashi Dorji", role = "host", mail = "tashi@office.example" } }
guests { { key = "S1", name = "Sonam Wangmo", mail = "sonam@guests.example", assistant = "pa@guests.example" },
  { key = "S2", name = "Pema", mail = "pema@guests.example" } }
mail "invitation" { to = invited, at = "10 days before, 09:00", subject = "Invitation: {title}",
  text = "Dear {full_name}, %s", attach = "agenda.txt" }
mail "reminder" { to = invited, at = "1 day before, 09:00", late = "within 2h", subject = "Tomorrow",
  text = "Dear {full_name}" }
mail "notes" { to = organisers, at = "2 days before, 10:00", subject = "Notes", text = "Hi", approve = false }
"""
AGENDA = {"agenda.txt": "14:00 Tea\n"}


def tea(now, words="please come."):
    return office.Office(text=SCRIPT % words, files=AGENDA, now=now + " Asia/Thimphu")


def say(place, *words):
    code, out, errors = place.command(*words)
    return code, (out + errors).strip()


def subjects(place, address):
    return [mail.subject for mail in place.mails_to(address)]


def check_the_first_mail_waits_and_leaves_once_somebody_has_said_so():
    with tea("2021-02-01 12:00") as place:
        place.run()
        place.go_to("2021-02-12 09:01 Asia/Thimphu")  # a working day before: Monday's mail is asked about on Friday
        asked = place.wait_mail("dechen@office.example", "Please approve")
        holds(asked.subject, "Please approve 2 mails: Tea")
        holds(asked.text, "/e/tea/outbox")
        equal(len(place.mails()), 2)
        place.go_to("2021-02-15 07:01 Asia/Thimphu")  # two hours before
        equal(len(place.mails_to("karma@office.example")), 2)
        place.go_to("2021-02-15 09:30 Asia/Thimphu")
        equal(subjects(place, "sonam@guests.example"), [])
        holds(say(place, "why", "Sonam", "invitation")[1],
              "waits for the word of Karma Tshering or Dechen Lhamo: usher approve tea invitation")
        code, said = say(place, "outbox")
        equal(code, 0)
        holds(said, "invitation, to everybody invited: 2")
        holds(said, "2 held now")
        holds(said, "These go out by themselves when somebody's act causes them, and wait for nobody: cancelled, confirmation,")
        equal(say(place, "approve", "tea", "invitation", "--by", "dechen"), (0, "approved by Dechen Lhamo: invitation"))
        place.wait_mail("sonam@guests.example", "Invitation")
        place.wait_mail("pa@guests.example", "Invitation")
        place.settle()
        equal(len(place.mails_to("pema@guests.example")), 1)
        holds(say(place, "outbox", "tea", "invitation")[1], "approved by Dechen Lhamo, Mon 15 Feb 2021, 09:30")
        holds(say(place, "log")[1], "Dechen Lhamo         approved: invitation")
        equal(place.stop(), 0)


def check_nobody_says_so_and_it_is_skipped_with_the_reason():
    with tea("2021-02-22 12:00") as place:
        place.run()
        place.settle()
        say(place, "approve", "tea", "invitation")
        place.go_to("2021-02-24 09:01 Asia/Thimphu")
        equal(subjects(place, "sonam@guests.example"), [])  # the invitation is newer than its moment
        place.go_to("2021-02-24 11:01 Asia/Thimphu")
        holds(say(place, "why", "Sonam", "reminder")[1],
              "was held until it was too late: waits for the word of Karma Tshering or Dechen Lhamo")
        say(place, "approve", "tea", "reminder")
        place.settle()
        equal(subjects(place, "sonam@guests.example"), [])
        holds(place.wait_mail("karma@office.example", "Notes").text, "Hi")  # needs no approval
        equal(place.stop(), 0)


def check_an_edit_after_the_approval_asks_again():
    with tea("2021-02-01 12:00") as place:
        place.run()
        place.settle()
        equal(say(place, "approve", "tea", "--all", "--by", "karma")[1],
              "approved by Karma Tshering: invitation, reminder")
        equal(place.stop(), 0)
        place.write("script.lua", SCRIPT % "please do come.")
        place.run()
        place.settle()
        holds(say(place, "outbox", "tea", "invitation")[1],
              "changed since approval by Karma Tshering, Mon 01 Feb 2021, 12:00 Thimphu (UTC+6): waits again")
        holds(say(place, "outbox", "tea", "reminder")[1], "approved by Karma Tshering")
        equal(say(place, "approve", "tea", "invitation", "--by", "karma")[0], 0)
        equal(place.stop(), 0)
        place.write("agenda.txt", "14:00 Coffee\n")
        place.run()
        place.settle()
        holds(say(place, "outbox", "tea", "invitation")[1], "changed since approval")
        equal(place.stop(), 0)


def check_a_test_mail_is_what_that_guest_would_get():
    with tea("2021-02-01 12:00") as place:
        place.run()
        place.settle()
        equal(say(place, "test-mail", "tea", "invitation", "me@office.example", "--as", "Pema"),
              (0, "invitation as Pema gets it now is on its way to me@office.example"))
        mail = place.wait_mail("me@office.example", "TEST: ")
        equal(mail.subject, "TEST: Invitation: Tea")
        holds(mail.text, "This is a test. It was written for Pema")
        holds(mail.text, "Dear Pema, please come.")
        equal([(name, content) for _, name, content in mail.parts if name == "agenda.txt"],
              [("agenda.txt", b"14:00 Tea\n")])
        equal("List-Unsubscribe" in mail.message, False)
        place.settle()
        equal(len(place.mails()), 1)
        say(place, "approve", "tea", "--all")
        place.go_to("2021-02-15 09:01 Asia/Thimphu")
        equal(subjects(place, "pema@guests.example"), ["Invitation: Tea"])  # the test counted for nobody
        equal(place.stop(), 0)


def check_a_sample_may_do_nothing_and_stands_in_our_own_pages_only():
    with tea("2021-02-01 12:00") as place:
        place.run()
        place.settle()
        organiser = place.visitor()
        link = say(place, "login", "dechen@office.example")[1].split("\n")[1]
        organiser.fill(organiser.get(link).page, {})
        page = organiser.get("/e/tea/outbox/invitation")
        holds(page.headers["content-security-policy"], "frame-src 'self'")
        holds(page.text, 'sandbox=""')
        sample = organiser.get("/e/tea/outbox/invitation/sample?key=S2")
        holds(sample.text, "Dear Pema")
        for part in ("default-src 'none'", "; sandbox;", "frame-ancestors 'self'", "form-action 'none'"):
            holds(sample.headers["content-security-policy"], part)
        equal(sample.headers["x-frame-options"], "SAMEORIGIN")
        holds(organiser.get("/e/tea/outbox").headers["content-security-policy"], "default-src 'none'")
        stranger = place.visitor().get("/e/tea/outbox/invitation/sample?key=S2")
        equal("Pema" in stranger.text, False)
        equal(place.stop(), 0)


def check_a_rehearsal_shows_what_becomes_of_it_when_nobody_says_so():
    with tea("2021-02-01 12:00") as place:
        code, said = say(place, "rehearse", "--from", "1 Feb 2021 12:00 Asia/Thimphu", "script.lua")
        equal(code, 0)
        holds(said, "Fri 12 Feb 09:00  mail please approve \u2192 2")
        holds(said, "mail invitation \u2192 2, 1 to assistants")
        code, said = say(place, "rehearse", "--from", "1 Feb 2021 12:00 Asia/Thimphu", "--approver", "silent", "script.lua")
        equal(code, 0)
        equal(said.count("mail please approve \u2192 2"), 4)  # each rule twice
        holds(said, "mail invitation \u2192 0, ")
        holds(said, "skipped: was held until it was too late: waits for the word of Karma Tshering or Dechen Lhamo: "
                    "usher approve tea invitation")
        holds(said, "mail notes \u2192 Karma Tshering")
        code, said = say(place, "rehearse", "--approver", "never", "script.lua")
        equal(code, 1)
        holds(said, "--approver: what approvers do is approves or silent, not 'never'")


def check_what_is_wrong_is_said_in_a_sentence_with_its_code():
    with tea("2021-02-01 12:00") as place:
        place.run()
        place.settle()
        for words, code, sentence in [
                (["approve", "tea", "invitatoin"], 1, "did you mean 'invitation'?"),
                (["approve", "tea", "invitation", "--by", "tashi"], 1,
                 "Tashi Dorji may not approve: that is for Karma Tshering or Dechen Lhamo"),
                (["approve", "tea", "notes"], 1, "notes needs no approval"),
                (["approve", "coffee", "--all"], 1, "no event 'coffee' runs here"),
                (["approve", "tea"], 2, "usher approve EVENT RULE..., or usher approve EVENT --all"),
                (["approve"], 2, "usher approve EVENT RULE..."),
                (["disapprove", "tea", "invitation"], 1, "invitation is not approved"),
                (["outbox", "tea", "a", "b"], 2, "usher outbox [EVENT]"),
                (["outbox", "coffee"], 1, "no event 'coffee' runs here"),
                (["test-mail", "tea", "invitation"], 2, "usher test-mail EVENT RULE ADDRESS [--as GUEST]"),
                (["test-mail", "tea", "invitation", "me"], 1, "'me' is not a mail address"),
                (["test-mail", "tea", "invitation", "m@x.example", "--as", "Zorro"], 1, "nobody is called 'Zorro'")]:
            got = say(place, *words)
            equal(got[0], code)
            holds(got[1], sentence)
        equal(place.stop(), 0)


main(globals())
