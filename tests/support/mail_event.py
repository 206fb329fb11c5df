# SPDX-License-Identifier: MIT
"""mail_event: an event with guests, a mail server that keeps what was sent, and the mailbox that they reply to."""
import datetime
import email
import re
import tempfile
import urllib.parse

import imap_peer
import letters
import live
import smtp_peer

GUESTS = ["karma", "sonam", "pema", "tashi", "dorji", "ugyen", "kinley", "choden", "jigme", "lhamo", "nima", "dawa"]

SCRIPT = """
event "open-day" {
  title = "Open day", when = "%(when)s",
  organisers = { "desk" }, from = "Office <office@box.example>",
}
people { { key = "desk", name = "Desk Officer", role = "organiser", mail = "desk@ministry.example" } }
guests { %(guests)s }
mail "invitation" { to = invited, at = "60 days before", catch_up = true, attach = "calendar",
  subject = "Invitation: {title}", text = "Dear {name}, do you come? Reply yes or no." }
mail "please-answer" { to = not_answered, at = "%(nudge)s", late = "always", catch_up = true,
  subject = "Your answer, please", text = "Dear {name}, do you come?" }
mail "joining" { to = coming, at = "%(joining)s", late = "always", catch_up = true,
  subject = "How to join", text = "Dear {name}, this is how to join." }
%(more)s
"""


def moment(days):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)
    return at.strftime("%Y-%m-%d") + " 10:00"


class Event:
    """Everything that a check needs: place, box (imap_peer.Mailbox), smtp (smtp_peer.Peer)."""

    def __init__(self, guests=tuple(GUESTS), nudge="1 day before", joining="1 day before", more="", config="",
                 bounces=True, lists=None):
        self.folder = tempfile.TemporaryDirectory(prefix="usher-mailbox-")
        self.box = imap_peer.Mailbox(self.folder.name)
        self.smtp = smtp_peer.Peer()
        rows = lists or ['{ key = "%s", name = "%s", mail = "%s@guests.example" }' % (g, g.title(), g) for g in guests]
        script = SCRIPT % {"when": moment(30) + "-11:00 Asia/Thimphu", "guests": ", ".join(rows), "nudge": nudge,
                           "joining": joining, "more": more}
        self.place = live.Place(script, self.settings(bounces, config))

    def settings(self, bounces=True, more="", **box):
        mail = 'mail = { bounces = "office@box.example" }\n' if bounces else ""
        return ('smtp = { host = "127.0.0.1", port = %d, tls = "none", hello = "usher.example" }\n' % self.smtp.port
                + mail + self.box.config(**box) + more)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.place.close()
        self.box.close()
        self.smtp.close()
        self.folder.cleanup()

    # ---- what was sent ------------------------------------------------------------------------------------

    def sent(self):
        """Every mail that the server took: (Sent, parsed), in order."""
        found = []
        for sender, to, message in list(self.smtp.envelopes):
            parsed = email.message_from_bytes(message.replace(b"\r\n..", b"\r\n."))
            subject = str(email.header.make_header(email.header.decode_header(parsed["Subject"])))
            found.append((letters.Sent(parsed["Message-ID"].strip(), to, sender, subject), parsed))
        return found

    def mails_to(self, address, subject=""):
        return [pair for pair in self.sent() if pair[0].to == address and subject in pair[0].subject]

    def invitation(self, guest):
        """The guest's invitation, once it is there."""
        address = guest + "@guests.example"
        found = live.wait_until("%s is invited" % guest, lambda: self.mails_to(address, "Invitation"))
        return found[0][0]

    def uid(self, guest):
        """The UID of the calendar entry that the guest got."""
        _, parsed = self.mails_to(guest + "@guests.example", "Invitation")[0]
        for part in parsed.walk():
            if part.get_content_type() == "text/calendar":
                text = part.get_payload(decode=True).decode().replace("\r\n ", "")
                return re.search("^UID:(.*?)\r?$", text, re.M).group(1)
        raise AssertionError("the invitation has no calendar entry")

    # ---- what came of it ----------------------------------------------------------------------------------

    def who(self):
        return {row["key"]: row for row in self.place.ask("who")["reply"]}

    def answer(self, guest):
        return self.who()[guest]["answer"]

    def read(self, *mails):
        """Puts mails into the box and waits until usher has read them all."""
        before = self.cursor().get("read", 0)
        self.box.put(*mails)
        live.wait_until("the mails are read", lambda: self.cursor().get("read", 0) >= before + len(mails))

    def cursor(self):
        """Up to where the mailbox is read, and how many of its mails became something."""
        rows = self.place.rows("mailboxes")
        return rows[0]["value"] if rows else {}

    def facts(self, guest, rule="invitation"):
        """What came back for a mail: list of what stands in its history."""
        rows = self.place.rows("inbox", flow_name=rule, flow_key=guest)
        return [dict(row["value"], name=row["name"]) for row in rows]

    def suppressed(self):
        return {row["address"]: row["why"] for row in self.place.ask("call", call="suppressed")["reply"]}


def unsubscribe_link(parsed):
    """The mailto of List-Unsubscribe: address, subject."""
    value = parsed["List-Unsubscribe"]
    to, subject = re.search(r"<mailto:([^?>]+)\?subject=([^>]+)>", value).groups()
    return urllib.parse.unquote(to), urllib.parse.unquote(subject)
