#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The setting `mailbox`: TLS in both forms, what is refused and in which words, a server that is gone for a while, a
mailbox that is numbered anew, another one after SIGHUP, and practice.
"""
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import imap_peer
import letters
import live
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "settings", zone = "UTC" }
usher.on("incoming", function(mail)
  local book = usher.book("seen")
  book:set(mail.subject, (book:get(mail.subject) or 0) + 1)
  return true
end)
usher.on("seen", function()
  local all = {}
  for subject, n in usher.book("seen"):each() do all[#all + 1] = subject .. "=" .. n end
  return table.concat(all, " ")
end)
"""


class Box:
    """A mailbox in a folder of its own, and usher beside it."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-box-")
        self.box = imap_peer.Mailbox(self.folder.name)
        self.places = []
        return self

    def __exit__(self, *args):
        for place in self.places:
            place.close()
        self.box.close()
        self.folder.cleanup()

    def place(self, **settings):
        self.places.append(live.Place(SCRIPT, self.box.config(**settings)))
        return self.places[-1]


def letter(subject):
    return letters.mail(["From: a@b.example", "Subject: " + subject], "hello")


def seen(place):
    return place.ask("call", call="seen")["reply"]


def has_read(place, words):
    live.wait_until("'%s' is read" % words, lambda: words in seen(place))


def check_both_forms_of_tls_are_read():
    with Box() as b:
        b.box.put(letter("one"))
        for tls in "starttls", "tls":
            place = b.place(tls=tls, ca_file=str(b.box.run / "cert.pem")).run()
            has_read(place, "one=1")
            equal(place.stop(), 0)


def check_a_certificate_that_nobody_vouches_for_is_refused():
    with Box() as b:
        place = b.place(tls="tls").run()
        live.wait_until("it is told", lambda: "the mailbox can't be read" in place.log())
        holds(place.log(), "certificate")
        equal(place.stop(), 0)


def check_a_wrong_password_is_told_once_and_usher_goes_on():
    with Box() as b:
        place = b.place(password="wrong").run()
        live.wait_until("it is told", lambda: "does not let usher in" in place.log())
        holds(place.log(), "look at the mailbox settings")
        live.wait_until("it was tried again", lambda: b.box.log().count("auth failed") >= 2)
        equal(place.log().count("does not let usher in"), 1)
        equal("wrong" in place.log(), False)
        equal(place.stop(), 0)


def check_a_server_that_is_gone_for_a_while_is_read_on():
    with Box() as b:
        place = b.place().run()
        b.box.put(letter("before"))
        has_read(place, "before=1")
        b.box.close()
        live.wait_until("it is told", lambda: "the mailbox can't be read" in place.log())
        b.box.start()
        b.box.put(letter("after"))
        has_read(place, "after=1")
        live.wait_until("it is told", lambda: "the mailbox can be read again" in place.log())
        equal(place.stop(), 0)


def check_a_mailbox_that_is_numbered_anew_is_read_from_its_beginning():
    with Box() as b:
        place = b.place().run()
        b.box.put(letter("one"), letter("two"))
        has_read(place, "two=1")
        b.box.close()
        for name in "dovecot-uidlist", "dovecot-uidvalidity":  # as after a move to another server
            for path in (b.box.run / "mail").glob(name + "*"):
                path.unlink()
        for path in (b.box.run / "mail").glob("dovecot.index*"):
            path.unlink()
        b.box.start()
        b.box.put(letter("three"))
        has_read(place, "three=1")
        holds(place.log(), "the mailbox was numbered anew")
        equal(place.rows("mailboxes")[0]["value"]["uid"], 3)
        equal(place.stop(), 0)


def check_another_mailbox_is_taken_up_by_sighup():
    with Box() as b, Box() as other:
        place = b.place().run()
        b.box.put(letter("first"))
        has_read(place, "first=1")
        other.box.put(letter("second"))
        place.write("usher.conf.lua", other.box.config())
        place.signal(signal.SIGHUP)
        has_read(place, "second=1")
        equal(len(place.rows("mailboxes")), 2)
        place.write("usher.conf.lua", b.box.config())  # and back: what was read there stays read
        place.signal(signal.SIGHUP)
        b.box.put(letter("third"))
        has_read(place, "third=1")
        holds(seen(place), "first=1")
        place.write("usher.conf.lua", b.box.config().replace("127.0.0.1", "no host"))
        place.signal(signal.SIGHUP)
        live.wait_until("it is refused", lambda: "is no name of a mail server" in place.log())
        b.box.put(letter("fourth"))
        has_read(place, "fourth=1")
        equal(place.stop(), 0)


def check_another_folder_is_read_when_it_is_named():
    with Box() as b:
        session = b.box.session()
        session.create("Replies")
        session.append("Replies", None, None, letter("in the folder"))
        session.logout()
        b.box.put(letter("in the inbox"))
        place = b.place(folder="Replies").run()
        has_read(place, "in the folder=1")
        equal("inbox" in seen(place), False)
        equal(place.stop(), 0)


def check_practice_reads_nothing():
    with Box() as b:
        b.box.put(letter("real"))
        place = b.place()
        place.run("--as-if", "1 Feb 2021 09:00 Asia/Thimphu")
        holds(place.log(), "practice: the mailbox is not read")
        equal("\\Seen" in b.box.mails()[1], False)
        equal(place.stop(), 0)


def refused(settings, sentence):
    with live.Place(SCRIPT, settings) as place:
        code, _, errors = place.command("run", "script.lua")
        equal(code != 0, True)
        holds(errors, sentence)


def check_what_is_wrong_is_said_in_a_sentence():
    refused("mailbox = { port = 993 }", "mailbox.host is missing: which server keeps the mailbox?")
    refused('mailbox = { host = "imap.example" }', "the user is missing: whose mailbox is it?")
    refused('mailbox = { host = "imap.example", user = "office" }', "the user office has no password")
    refused('mailbox = { host = "imap.example", user = "o", password = "p", tls = "none" }',
            "without TLS the password would be readable on the way to imap.example; set tls")
    refused('mailbox = { host = "imap.example", user = "o", password = "p", tls = "maybe" }',
            'mailbox.tls = "maybe" is not known: write "starttls", "tls" or "none"')
    refused('mailbox = { hots = "imap.example" }', "no setting 'mailbox.hots' (did you mean 'host'?)")
    refused('mailbox = { host = "a b", user = "o", password = "p" }', '"a b" is no name of a mail server')
    refused('mail = { bounces = "bounces+x@box.example" }', "write a bare address without a plus sign")
    refused('mail = { bounces = "nobody" }', "mail.bounces")


main(globals())
