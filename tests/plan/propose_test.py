#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A changed script on the organisers' page: proposed by hand or at every save, answered, confirmed; live."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, holds, main

SCRIPT = """event "talk" { title = "Talk", when = "Thu 25 Feb 2021 14:00-15:00 Asia/Thimphu",
  from = "office@office.example", organisers = { "org" } }
people { { key = "org", name = "Pema Choden", mail = "pema@office.example", role = "organiser" } }
guests { { key = "P1", name = "Sonam", mail = "sonam@x.example", group = "A" },
  { key = "P2", name = "Karma", mail = "karma@x.example", group = "A" } }
mail "invitation" { to = invited, at = "14 days before, 09:00", subject = "Invitation", text = file "dear.md" }
mail "reminder" { to = invited, at = "1 day before, 09:00", subject = "Reminder", text = "Dear {name}" }
"""
MOVED = SCRIPT.replace("Thu 25 Feb", "Fri 26 Feb")
RENAMED = SCRIPT.replace('mail "invitation"', 'mail "welcome"')
BROKEN = SCRIPT.replace("Thu 25 Feb", "Mon 25 Feb")
NOW = "2021-02-13 10:00 Asia/Thimphu"
WAITS = "A changed script waits for your word"


class Desk(office.Office):
    """An office with an organiser who is logged in."""

    def __init__(self):
        super().__init__("talk.lua", text=SCRIPT, files={"dear.md": "Dear {name}"}, now="2021-02-11 08:00 Asia/Thimphu")

    def __enter__(self):
        self.run(*self.options)
        self.go_to(NOW)  # the invitations have left
        code, out, errors = self.command("login", "pema@office.example")
        equal((code, errors), (0, ""))
        self.me = self.visitor()
        self.me.post(re.search(r"https?://\S+", out).group(), {})
        return self

    def page(self, path="change"):
        return self.me.get("/e/talk/" + path).page

    def sees(self, words, path="change"):
        live.wait_until("the page says '%s'" % words, lambda: words in self.page(path).said)

    def lacks(self, words, path="change"):
        live.wait_until("the page says no more '%s'" % words, lambda: words not in self.page(path).said)

    def send(self, name, **fields):
        """Sends that form of the page, with these fields besides what stands in it."""
        page = self.page()
        which = [form["action"].rsplit("/", 1)[1] for form in page.forms].index(name)
        self.me.fill(page, fields, which)

    def reminders(self):
        return [row["due"] for row in self.rows("upcoming", event="talk") if row["name"] == "reminder"]


class Watched(Desk):
    options = ["--watch"]


class Unwatched(Desk):
    options = []


MOVED_TO = office.instant_ms("2021-02-25 09:00 Asia/Thimphu")
STOOD_AT = office.instant_ms("2021-02-24 09:00 Asia/Thimphu")


def check_nothing_is_looked_at_without_watch():
    with Unwatched() as desk:
        desk.write("talk.lua", MOVED)
        desk.settle()
        equal(WAITS in desk.page("people").said, False)
        equal("its plan is being made" in desk.log(), False)


def check_a_plan_that_is_proposed_by_hand_is_confirmed_on_the_page():
    with Unwatched() as desk:
        desk.write("talk.lua", MOVED)
        code, out, errors = desk.command("plan", "talk.lua", "--propose", "--by", "Karma")
        equal((code, errors), (0, ""))
        holds(out, "the organisers decide")
        desk.sees(WAITS, "people")
        holds(desk.page().said, "proposed by Karma")
        equal(desk.reminders(), [STOOD_AT])
        desk.send("change", word="apply")
        desk.sees("of the script runs since")
        equal(desk.reminders(), [MOVED_TO])
        acts = [(row["who"], row["what"]) for row in desk.rows("audit", event="talk")]
        equal(("Pema Choden", "script changed") in acts, True)


def check_what_is_saved_is_proposed_by_itself_and_a_burst_of_saves_is_one_plan():
    with Watched() as desk:
        for day in (26, 27, 28):
            desk.write("talk.lua", SCRIPT.replace("Thu 25 Feb", "%s %d Feb" % (["Fri", "Sat", "Sun"][day - 26], day)))
        desk.sees(WAITS, "people")
        holds(desk.page().said, "Sat 27 Feb 09:00")  # the day before the last of them
        equal(desk.log().count("its plan is being made"), 1)
        equal(desk.reminders(), [STOOD_AT])


def check_a_file_beside_the_script_is_looked_at_too_also_when_an_editor_replaces_it():
    with Watched() as desk:
        desk.write("new.md", "Dear {name}, come")
        os.rename(desk.path / "new.md", desk.path / "dear.md")
        desk.sees(WAITS, "people")
        desk.write("dear.md", "Dear {name}")
        desk.lacks(WAITS, "people")  # it is the script that runs again
        holds(desk.page().said, "No changed script waits")


def check_a_script_that_does_not_load_says_so_in_the_log_and_on_the_page_until_it_is_mended():
    with Watched() as desk:
        desk.write("talk.lua", BROKEN)
        desk.sees("A changed script can't be used", "people")
        holds(desk.page().said, "25 Feb 2021 is")
        holds(desk.log(), "the changed script can't be used")
        desk.write("talk.lua", MOVED)
        desk.sees(WAITS, "people")
        desk.send("change", word="discard")
        desk.lacks(WAITS, "people")
        equal(desk.reminders(), [STOOD_AT])


def check_answers_on_the_page_make_a_new_plan_that_can_be_confirmed():
    with Watched() as desk:
        desk.write("talk.lua", RENAMED)
        desk.sees("This needs an answer before anything changes")
        equal("Let it take its place" in desk.page().said, False)
        desk.send("change-answers", q1="skip")
        desk.sees("Answered so far")
        equal("This needs an answer" in desk.page().said, False)
        desk.send("change", word="apply")
        desk.sees("of the script runs since")
        equal(len([mail for mail in desk.mails() if "Invitation" in mail.subject]), 2)  # nobody got it twice


def check_answers_can_be_taken_back():
    with Watched() as desk:
        desk.write("talk.lua", RENAMED)
        desk.sees("This needs an answer before anything changes")
        desk.send("change-answers", q1="skip")
        desk.sees("Answered so far")
        desk.send("change-answers")
        desk.sees("This needs an answer before anything changes")


def check_it_is_there_after_a_kill():
    with Watched() as desk:
        desk.write("talk.lua", MOVED)
        desk.sees(WAITS, "people")
        desk.kill()
        desk.write("talk.lua", SCRIPT)  # or the start itself would let it take its place
        desk.run()
        desk.sees(WAITS, "people")


def check_a_window_shows_the_plan_at_every_save():
    with Unwatched() as desk:
        with open(desk.path / "plans", "wb") as out:
            window = subprocess.Popen([desk.program, "plan", "talk.lua", "--watch"], cwd=desk.path, stdout=out,
                                      stdin=subprocess.DEVNULL, env=live.environment(**desk.clock()))
        try:
            plans = desk.path / "plans"
            live.wait_until("the first plan is there", lambda: "nothing changes" in plans.read_text())
            desk.write("talk.lua", MOVED)
            live.wait_until("the second plan is there", lambda: "Thu 25 Feb 09:00 Thimphu" in plans.read_text())
            holds(plans.read_text(), "talk.lua was saved")
        finally:
            window.send_signal(signal.SIGTERM)
            window.wait()


if __name__ == "__main__":
    sys.exit(main(globals()))
