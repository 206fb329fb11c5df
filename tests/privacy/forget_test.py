#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`usher forget`: a person with a word of their own in every column and every channel, and then in no byte of the disk.

Two events run in one real usher with a real mail server and mailbox. The canary is a guest of one (answers, asks,
fills in forms, is asked by a survey, was there, wants no more mail, a mail to them comes back) and a speaker of the
other, where they also stand in for somebody, and has written a mail. Afterwards every file of the installation is
searched for every word, in every dress that a word can wear.
"""
import base64
import contextlib
import fnmatch
import json
import os
import quopri
import re
import shutil
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import letters
import live
import office
from errands import equal, holds, main

NAME, MAIL = "Zyxwina Quölbert", "zyx.quolbert@canary-host.example"
WORDS = {  # 12 of them
    "name": NAME, "mail": MAIL, "assistant": "pa-vexolin@canary-desk.example", "phone": "+975-17-998877-66",
    "position": "Vice Warblekeeper of Ploom", "diet": "gluxfree nutmeal", "note": "I arrive by wumblecart",
    "question": "Why does the snorkfish plim?", "interest": "teach me flurboding please",
    "survey": "the chairs were grimblesome", "written": "I wrote you about the yaffle case",
    "calendar": "my zibbet is late that day",
}
KEY = "C7"
NOW, EVE, DAY, AFTER = ("2031-02-13 09:01 Asia/Thimphu", "2031-02-26 16:00 Asia/Thimphu", "2031-02-27 14:05 Asia/Thimphu",
                        "2031-02-27 17:00 Asia/Thimphu")

ALPHA = """
event "alpha" { title = "Alpha", when = "Thu 27 Feb 2031 14:00-16:30 Asia/Thimphu", organisers = { "desk" },
  where = zoom { link = "https://zoom.example/j/1" }, from = "Office <office@box.example>", mails_an_hour = 1000 }
people { { key = "desk", name = "Desk Officer", role = "organiser", mail = "desk@ministry.example" } }
guests "guests.csv"
mail "invitation" { to = invited, at = "10 working days before, 09:00", catch_up = true, late = "always",
  attach = "calendar", subject = "Invitation: {title}",
  text = "Dear {full_name},\\n\\n{answer_link}\\n\\n{ask_link}\\n\\n{unsubscribe_link}" }
mail "who-is-coming" { to = organisers, at = "1 working day before, 15:00", text = "{answers}" }
mail "joining" { to = coming, at = "1 working day before, 15:00", text = "Dear {name}, {join_link}" }
mail "thanks" { to = present, at = "1 working day after, 10:00", subject = "Thanks",
  text = "Dear {name}, {survey_link} {interest_link}" }
question_box { }
survey "named" { to = invited, opens = "at the end", nudges = {}, ask = { text "How were the rooms?" } }
survey "hidden" { to = invited, anonymous = true, opens = "at the end", nudges = {},
  ask = { text "What else?" } }
interest "more" { to = invited, opens = "at the end", quiet = true, choose = { "One", "Two" }, text = "What more?" }
"""
BETA = """
event "beta" { title = "Beta", when = "Thu 27 Feb 2031 14:00-16:30 Asia/Thimphu", organisers = { "desk" },
  where = "Hall 1", host = "desk", from = "Office <office@box.example>", mails_an_hour = 1000 }
people "people.csv"
guests { { key = "H1", name = "Hana Mori", mail = "hana@office.example" },
  { key = "H2", name = "Quill Ott", mail = "quill@office.example" } }
programme "programme.txt"
mail "invitation" { to = invited, at = "10 working days before, 09:00", catch_up = true, late = "always",
  text = "Dear {name}, {answer_link}" }
mail "speaker-reminder" { to = speakers, at = "1 working day before, 10:00" }
cue "you-are-next" { at = "10 minutes before" }
mail "run-of-show" { to = host, at = "2 hours before" }
"""
COLUMNS = "key,name,mail,assistant,phone,position,diet,group\n"
ROW = ",".join([KEY] + [WORDS[w] for w in ("name", "mail", "assistant", "phone", "position", "diet")] + ["North"]) + "\n"
OTHERS = "".join("G%d,Guest %s,g%d@office.example,,,,,North\n" % (n, "ABCDEF"[n], n) for n in range(6))
FILES = {
    "alpha/guests.csv": COLUMNS + OTHERS + ROW, "alpha/alpha.lua": ALPHA, "beta/beta.lua": BETA,
    "beta/people.csv": "key,name,mail,role\ndesk,Desk Officer,desk@ministry.example,organiser / host\n"
                       "qs,%s,%s,speaker\n" % (NAME, MAIL),
    "beta/programme.txt": "14:00 - 15:00 Welcome by %s\n15:00 - 16:30 Talk\n" % NAME,
}
PROGRAMME = "14:00 - 15:00 Welcome\n15:00 - 16:30 Talk\n"


# ---- every dress of a word ---------------------------------------------------------------------------------

def in_base64(data):
    """The letters of base64 that only this data makes, wherever in a group of three it begins."""
    dresses = []
    for shift in range(3):
        letters_of = base64.b64encode(b"\0" * shift + data)
        first, last = -(-shift * 8 // 6) if shift else 0, (shift + len(data)) * 8 // 6
        dresses.append(letters_of[first + (1 if shift else 0):last])
    return dresses


def dresses(word):
    data = word.encode()
    found = {data, word.encode("utf-16-le"), word.encode("utf-16-be"), urllib.parse.quote(word).encode(),
             urllib.parse.quote(word, safe="").encode(), urllib.parse.quote_plus(word).encode(),
             quopri.encodestring(data).strip(), quopri.encodestring(data, header=True).strip(),
             json.dumps(word)[1:-1].encode(), word.replace("@", "\\@").encode(), word.replace(" ", "_").encode()}
    if "@" in word:
        found.add(word.split("@")[1].encode("idna"))
        found.add(word.split("@")[0].encode())
    return {dress.lower() for dress in found}, {dress for dress in in_base64(data) if len(dress) > 8}


def hits(path, words):
    """Where a word stands in a file: list of (file, word, dress)."""
    content, found = path.read_bytes(), []
    lower = content.lower()
    for word in words:
        plain, cased = dresses(word)
        found += [(path.name, word, dress) for dress in plain if dress in lower]
        found += [(path.name, word, dress) for dress in cased if dress in content]
    return found


def searched(place):
    """Every file of the installation: the database and what stands beside it, the outbox, the lists, the log."""
    box = place.path / "box"
    return [path for path in sorted(place.path.rglob("*")) if path.is_file() and box not in path.parents]


def assert_gone(place, words=None):
    files = searched(place)
    equal(any(path.name == "usher.db" for path in files), True)
    found = [hit for path in files for hit in hits(path, words or WORDS.values())]
    equal(found, [])


# ---- the canary's life -------------------------------------------------------------------------------------

class Installation(office.Office):
    def __init__(self, scripts=("alpha/alpha.lua", "beta/beta.lua")):
        super().__init__(scripts[-1], files=FILES, mailbox=True, now=NOW,
                         config='mail = { bounces = "office@box.example" }\n')
        self.before = scripts[:-1]

    def start(self, *more, **variables):
        return super().start(*more, *self.before, **variables)

    def ended(self, *words):
        code, out, errors = self.command(*words)
        equal((words, code, errors), (words, 0, ""))
        return out

    def refused(self, sentence, *words):
        code, _, errors = self.command(*words)
        equal((words, code), (words, 1))
        holds(errors, sentence)

    def link(self, mail, kind):
        return next(link for link in self.links_in(mail) if "/%s/" % kind in link)

    def fill(self, link, **values):
        visitor = self.visitor()
        page = visitor.get(link).page
        form = next(i for i, form in enumerate(page.forms) if not set(values) - set(form["fields"]))
        chosen = {name: choices[0] for name, choices in page.forms[form]["choices"].items() if name.startswith("ask")}
        answer = visitor.fill(page, {**chosen, **values}, form)
        equal((link, answer.status), (link, 200))
        return answer


def sent(mail):
    """The mail as tests/support/letters.py wants it."""
    return letters.Sent(mail.message["Message-ID"], MAIL, letters.BOX, mail.subject)


def uid_of(mail):
    entry = next(content for kind, _, content in mail.parts if kind == "text/calendar").decode()
    return re.search(r"^UID:(\S+)", entry.replace("\r\n ", ""), re.M).group(1)


def life(o):
    """Until the evening of the day."""
    o.run()
    o.settle()
    invitation = o.wait_mail(MAIL, "Alpha")
    holds(invitation.text, NAME)
    o.fill(o.link(invitation, "a"), answer="yes", note=WORDS["note"])
    o.fill(o.link(invitation, "ask"), question=WORDS["question"])
    o.deliver(letters.reply(sent(invitation), WORDS["written"]))
    o.wait_mail("desk@ministry.example", "Re:")
    o.deliver(letters.outlook_calendar(uid_of(invitation), MAIL, comment=WORDS["calendar"]))
    live.wait_until("the calendar's answer counts", lambda: "zibbet" in o.ended("who"))
    o.ended("deputy", "H2", NAME, MAIL, "--event", "beta")
    o.go_to(EVE)
    said = [mail.text for mail in o.mails_to("desk@ministry.example")]
    equal([any(word in text for text in said) for word in ("yaffle", "zibbet")], [True] * 2)
    o.go_to(DAY)
    o.ended("attended", KEY)
    o.deliver(letters.postfix_bounce(sent(o.wait_mail(MAIL, "Alpha")), status="4.2.2"))
    o.go_to(AFTER)
    o.move_clock("2031-02-28 10:00 Asia/Thimphu")
    o.settle()
    thanks = o.wait_mail(MAIL, "Thanks")
    o.fill(o.link(thanks, "s") + "/named", **{"ask: How were the rooms?": WORDS["survey"]})
    o.fill(o.link(thanks, "i") + "/more", **{"ask: What more?": WORDS["interest"], "consent": "yes"})
    o.ended("suppressed", MAIL, "add")


def forget(o, *more):
    return o.ended("forget", MAIL, "--yes", *more)


def copy_of(o, name="copy.db"):
    """The database as it is now, to be read."""
    o.ask("snapshot", to=str(o.path / name))
    return contextlib.closing(sqlite3.connect(o.path / name))


# ---- checks ------------------------------------------------------------------------------------------------

def check_no_byte_of_the_installation_names_them_afterwards():
    with Installation() as o:
        life(o)
        out = o.ended("export-person", MAIL)
        equal([word for word in WORDS.values() if word not in out], [])  # everything is in the export
        assert_books_are_registered(o)
        for name, body in (("b64", base64.b64encode(("Dear %s" % NAME).encode())),
                           ("qp", quopri.encodestring(("Dear %s" % NAME).encode()))):
            o.write("outbox/%s.eml" % name, "To: somebody@office.example\r\n\r\n%s\r\n" % body.decode())
        o.write("outbox/other.eml", "To: g1@office.example\r\n\r\nDear Guest B\r\n")
        o.refused("beta/programme.txt:1 names them", "forget", MAIL, "--yes")
        o.write("beta/programme.txt", PROGRAMME)
        o.refused("alpha/guests.csv:8, beta/people.csv:3 still has them", "forget", MAIL, "--yes")
        equal(len(hits(o.path / "alpha/guests.csv", [MAIL])) > 0, True)
        holds(forget(o, "--lists"), "What remains outside of usher")
        assert_gone(o)
        equal((o.path / "alpha/guests.csv").read_text(), COLUMNS + OTHERS)
        equal(os.listdir(o.path / "outbox"), ["other.eml"])
        equal(o.rows("fsck"), [])
        holds(o.ended("log"), "somebody was forgotten")
        o.refused("nobody here has the key or the address", "forget", MAIL, "--yes")
        equal(o.ask("call", call="who", event="alpha")["reply"] is not None, True)
        equal(o.stop(), 0)
        assert_gone(o)
        o.run()
        o.settle()
        equal(o.states().get("failed", 0) + o.states().get("diverged", 0), 0)
        assert_gone(o)


def assert_books_are_registered(o):
    """Whoever adds a book that says something of people, and does not tell usher.personal so, is found here."""
    known = {event: o.ask("call", call="personal books", event=event)["reply"] for event in ("alpha", "beta")}
    marks = [word.encode() for word in WORDS.values()] + [KEY.encode()]
    with copy_of(o) as db:
        rows = db.execute("SELECT event, book, key, value FROM book").fetchall()
        rows += [(event, book, "", entries) for event, book, entries in
                 db.execute("SELECT event, book, entries FROM sealed").fetchall()]
    (o.path / "copy.db").unlink()
    found = {(event, book) for event, book, key, value in rows
             if any(mark in key.encode() or mark in value for mark in marks)}
    at_least = {("alpha", "answers"), ("alpha", "questions"), ("alpha", "interest-more"), ("alpha", "named-named"),
                ("alpha", "attendance"), ("beta", "deputies"), ("*", "suppressed")}
    equal(at_least - found, set())
    equal([(event, book) for event, book in sorted(found)
           if not any(fnmatch.fnmatch(book, one) for one in known.get(event, known["alpha"]))], [])


def check_who_is_in_the_middle_of_everything_ends_clearly_and_the_others_go_on():
    with Installation() as o:
        o.run()
        o.settle()
        o.wait_mail(MAIL, "Alpha")
        o.write("beta/programme.txt", PROGRAMME)
        forget(o, "--lists")
        assert_gone(o)
        ended = [row for row in o.rows("flows", event="alpha", state="cancelled")]
        equal({row["why"] for row in ended}, {"this person was forgotten"})
        equal(any(KEY in row["key"] for row in ended), False)
        before = len(o.mails_to(MAIL))
        o.ended("answer", "G1", "yes", "--event", "alpha")
        o.go_to(EVE)
        o.go_to("2031-02-27 12:01 Asia/Thimphu")
        o.wait_mail("g1@office.example", "How to join")
        o.wait_mail("desk@ministry.example", "Run of show")
        o.go_to(DAY)
        equal(len(o.mails_to(MAIL)), before)
        equal(o.rows("fsck"), [])
        equal(o.states().get("failed", 0) + o.states().get("diverged", 0), 0)


def check_an_old_list_brings_nobody_back():
    with Installation() as o:
        o.run()
        o.settle()
        o.write("beta/programme.txt", PROGRAMME)
        forget(o, "--lists")
        before = len(o.mails_to(MAIL))
        equal(o.stop(), 0)
        o.write("alpha/guests.csv", FILES["alpha/guests.csv"])
        o.write("beta/people.csv", FILES["beta/people.csv"])
        o.run()
        o.go_to(EVE)
        holds(o.log(), "this person was forgotten on 13 Feb 2031, and gets nothing because of a list")
        holds(o.log(), "alpha/guests.csv:8")
        equal(len(o.mails_to(MAIL)), before)
        equal(o.stop(), 0)
        o.write("alpha/guests.csv", COLUMNS + OTHERS)
        o.write("beta/people.csv", FILES["beta/people.csv"].replace("qs,%s,%s,speaker\n" % (NAME, MAIL), ""))
        assert_gone(o)


def check_nobody_has_to_run_for_it():
    with Installation() as o:
        o.run()
        o.settle()
        equal(o.stop(), 0)
        holds(forget(o), "No list beside a script was looked at")
        for path in ("alpha/guests.csv", "beta/people.csv", "beta/programme.txt"):
            (o.path / path).unlink()
        assert_gone(o)


def check_a_script_that_can_not_do_without_them_is_a_reason_to_stop():
    with Installation() as o:
        o.write("beta/beta.lua", BETA.replace('host = "desk"', 'host = "qs"'))
        o.run()
        o.settle()
        o.write("beta/programme.txt", PROGRAMME)
        o.refused("an event can't do without them", "forget", MAIL, "--yes", "--lists")
        equal(len(hits(o.path / "alpha/guests.csv", [MAIL])) > 0, True)
        holds(o.ended("who"), NAME)


def check_an_event_that_is_long_over_keeps_its_counts_alone():
    with Installation() as o:
        o.run()
        o.settle()
        o.fill(o.link(o.wait_mail(MAIL, "Alpha"), "a"), answer="yes", note=WORDS["note"])
        o.go_to(DAY)
        o.ended("attended", KEY)
        holds(o.ended("forget", "--after", "12mo"), "No event of this database ended so long ago")
        o.move_clock("2032-03-15 09:00 Asia/Thimphu")
        o.refused("the event 'beta' still runs here", "forget", "--after", "12 months", "--yes")
        equal(o.stop(), 0)
        out = o.ended("forget", "--after", "12 months", "--yes")
        holds(out, "alpha: Alpha, ended 27 Feb 2031; 8 people, 1 said yes, 1 came")
        holds(out, "everybody of 2 events")
        for name in FILES:
            (o.path / name).unlink()
        assert_gone(o)
        words = ["Guest A", "g1@office.example", "Hana Mori", "Desk Officer"]
        equal([hit for path in searched(o) if path.name.startswith("usher.db") for hit in hits(path, words)], [])
        o.write("alpha/alpha.lua", ALPHA)
        o.write("alpha/guests.csv", COLUMNS + OTHERS)
        code, _, errors = o.command("run", "alpha/alpha.lua")
        equal(code, 1)
        holds(errors, "the event 'alpha' is over, and its people were forgotten")
        o.refused("--after is at least a day", "forget", "--after", "2h")


def begun(o):
    """How far the killed engine was: the words that it had written down for the next start; None: nothing."""
    folder = o.path / "look"
    folder.mkdir(exist_ok=True)
    for path in o.path.glob("usher.db*"):
        if not path.is_socket():
            (folder / path.name).write_bytes(path.read_bytes())
    with contextlib.closing(sqlite3.connect(folder / "usher.db")) as db:
        row = db.execute("SELECT value FROM setting WHERE name = 'forgetting'").fetchone()
    shutil.rmtree(folder)
    return row and ("asked" if b"asked" in row[0] else "sweep")


def wait_for(o, mark, patience_s):
    """Until the write-ahead log holds the mark, or for so long."""
    wal, end = o.path / "usher.db-wal", time.monotonic() + patience_s
    while time.monotonic() < end and not (wal.exists() and mark in wal.read_bytes()):
        pass


def check_a_kill_in_the_middle_is_made_good_at_the_next_start():
    dice, seen = live.seed(), []
    with Installation(["alpha/alpha.lua"]) as o:
        for name in ("beta/people.csv", "beta/programme.txt"):
            (o.path / name).unlink()
        o.run()
        o.settle()
        o.stop()
        kept = (o.path / "usher.db").read_bytes()
        for mark in [b"asked", b"sweep", None] * 3:
            for path in o.path.glob("usher.db*"):
                path.unlink()
            (o.path / "usher.db").write_bytes(kept)
            o.write("alpha/guests.csv", FILES["alpha/guests.csv"])
            o.run()
            o.ended("adopt", "--yes")
            asked = subprocess.Popen([o.program, "forget", MAIL, "--yes", "--lists"], cwd=o.path,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                     env=live.environment(**o.clock()))
            if mark:
                wait_for(o, mark, 5)
            else:
                time.sleep(dice.uniform(0.05, 0.9))
            asked.kill()  # it would do the work itself, once nobody answers it
            o.kill()
            asked.wait(live.PATIENCE_S)
            seen.append(begun(o))
            o.run()
            gone = NAME not in o.ended("who")
            equal(gone or seen[-1] is None, True)
            if gone:
                assert_gone(o)
            equal(o.rows("fsck"), [])
            o.kill()
    print("killed in the middle: %d times of %d (%s)" % (len([one for one in seen if one]), len(seen), seen))


main(globals())
