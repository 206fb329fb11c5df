#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""office: what an event needs, for real, in one folder: usher with its pages, a mail server, a mailbox.

    with office.Office("hlb.lua", example="examples/03-briefing-2021",
                       now="2021-02-08 08:59 Asia/Thimphu") as o:
        o.run()
        o.go_to("2021-02-08 09:00 Asia/Thimphu")
        invitation = o.wait_mail("secretary@health.example", "Invitation")
        page = o.visitor().get(o.links_in(invitation)[0]).page

Sockets, files and processes are real; only usher's wall clock can be moved (preload/moved_clock.c), since an
event takes weeks. Started as a program it answers tests in JavaScript, see office.mjs.
"""
import datetime
import email
import email.policy
import json
import os
import re
import shutil
import struct
import sys
import time
import traceback
import zoneinfo
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import live
import visitor

LINK = re.compile(r"https?://[^\s<>\"')\]]+")


def instant_ms(text):
    """"2021-02-08 09:00 Asia/Thimphu" in milliseconds since 1970; seconds may follow the minutes."""
    day, clock, zone = text.split(" ")
    at = datetime.datetime.fromisoformat("%s %s" % (day, clock)).replace(tzinfo=zoneinfo.ZoneInfo(zone))
    return round(at.timestamp() * 1000)


class Mail:
    """A mail as its reader has it: to (of the envelope), subject, text, html, links, parts, bytes."""

    def __init__(self, to, content):
        self.to, self.bytes = to, content
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.subject = str(self.message["Subject"])
        self.text, self.html = self.body("plain"), self.body("html")
        self.links = [link.rstrip(".,;") for link in LINK.findall(self.text)]

    def body(self, kind):
        part = self.message.get_body((kind,))
        return part.get_content() if part else ""

    @property
    def parts(self):
        """Everything that is no multipart: (content type, file name or None, bytes)."""
        return [(part.get_content_type(), part.get_filename(), part.get_payload(decode=True))
                for part in self.message.walk() if not part.is_multipart()]

    def as_json(self):
        parts = [{"type": kind, "name": name, "text": content.decode("utf-8", "replace")}
                 for kind, name, content in self.parts]
        headers = {name.lower(): str(value) for name, value in self.message.items()}
        return {"to": self.to, "subject": self.subject, "text": self.text, "html": self.html,
                "links": self.links, "headers": headers, "parts": parts}


class Office(live.Place):
    def __init__(self, script="script.lua", text=None, example=None, files=None, config="", mailbox=False,
                 now=None, program=None):
        """script: the file that runs, with this text, or from the folder example, which is copied whole."""
        super().__init__(files=files, program=program)
        self.script, self.box, self.shift = script, None, None
        if example:
            shutil.copytree(live.ROOT / example, self.path, dirs_exist_ok=True)
        if text:
            self.write(script, text)
        self.server = live.MailServer()
        self.port = live.free_port()
        self.site = "http://127.0.0.1:%d" % self.port
        if mailbox:
            import imap_peer  # dovecot is there only for those who want it
            self.box = imap_peer.Mailbox(self.path / "box")
        self.write("usher.conf.lua", self.settings() + config)
        if now:
            self.move_clock(now)

    def settings(self):
        web = 'web = { listen = "127.0.0.1:%d", base_url = "%s" }\n' % (self.port, self.site)
        return self.server.config() + web + (self.box.config() if self.box else "")

    def start(self, *more, script=None, **variables):
        return super().start(*more, script=script or self.script, **self.clock(), **variables)

    def command(self, *words, **variables):
        return super().command(*words, **self.clock(), **variables)

    def close(self):
        self.kill()
        if self.box:
            self.box.close()
        self.server.close()
        super().close()

    # ---- the clock ----------------------------------------------------------------------------------

    def clock(self):
        """The environment that makes a program see the moved clock."""
        if not self.shift:
            return {}
        return {"MOVED_CLOCK": str(self.shift), "LD_PRELOAD": str(live.find_build("tests/moved_clock.so"))}

    def move_clock(self, now):
        """From here on it is that time for usher, and the clock goes on from there."""
        self.shift = self.path / "clock"
        self.shift.touch()
        with open(self.shift, "r+b") as kept:  # in place, because a program may look at it
            kept.write(struct.pack("=q", instant_ms(now) - round(time.time() * 1000)))

    def go_to(self, now):
        """Moves the clock and waits until usher has done what falls due by then."""
        self.move_clock(now)
        self.settle()

    def settle(self):
        """Waits until nothing more happens by itself: nothing is ready or on its way, and nothing is new."""
        quiet = {"since": time.monotonic(), "seen": None}

        def nothing_new():
            status = self.ask("status")["reply"]
            seen = (status, self.states(), len(self.server.accepted()))
            if seen != quiet["seen"] or status["on_the_way"]:
                quiet.update(seen=seen, since=time.monotonic())
            return time.monotonic() - quiet["since"] > 0.5

        live.wait_until("usher has done what is due", nothing_new)

    # ---- mails --------------------------------------------------------------------------------------

    def mails(self):
        """Every mail that the server took, in order."""
        return [Mail(to, content) for to, content in self.server.mails()]

    def mails_to(self, address):
        return [mail for mail in self.mails() if address in mail.to.split(",")]

    def wait_mail(self, address, subject="", nth=1):
        """Waits for the nth mail to that address whose subject holds these words."""
        def look():
            found = [mail for mail in self.mails_to(address) if subject in mail.subject]
            return found[nth - 1] if len(found) >= nth else None

        return live.wait_until("%s has mail %d about '%s'" % (address, nth, subject), look)

    def links_in(self, mail):
        """The links of a mail that lead to this office's pages."""
        return [link for link in mail.links if link.startswith(self.site + "/")]

    def deliver(self, content):
        """A mail, as text or bytes, arrives in the office's mailbox."""
        self.box.put(content.encode() if isinstance(content, str) else content)

    def visitor(self, **more):
        return visitor.Visitor(self.site, **more)


# ---- for other languages --------------------------------------------------------------------------------

def plain(value):
    """What JSON can say of it."""
    if isinstance(value, Mail):
        return value.as_json()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (dict, str, int, float, type(None))) else None


CALLS = {"run", "stop", "kill", "go_to", "settle", "mails", "mails_to", "wait_mail", "deliver", "command",
         "json", "ask", "log", "write"}


def serve():
    """Each line of stdin is {"call": name, "with": [...]}, answered by {"is": value} or {"error": text}. The
    first is "open" with the options of an Office. Everything ends with stdin."""
    place = None
    for line in sys.stdin:
        request = json.loads(line)
        name, given = request["call"], request.get("with") or []
        try:
            if name == "open":
                place = Office(**given[0])
                answer = {"site": place.site, "path": str(place.path)}
            elif name in CALLS:
                answer = plain(getattr(place, name)(*given))
            else:
                raise AssertionError("an office has no %s" % name)
            print(json.dumps({"is": answer}), flush=True)
        except Exception as error:  # the other side decides what it means
            print(json.dumps({"error": "%s\n%s" % (error, traceback.format_exc())}), flush=True)
    if place:
        place.close()


if __name__ == "__main__":
    serve()
