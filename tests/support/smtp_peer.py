# SPDX-License-Identifier: MIT
"""smtp_peer: a mail server that misbehaves on request, on a free port of this machine.

What it does is said by the recipient's local part, so that one conversation can hold many cases:

  ok            takes the mail                    rcpt-450, rcpt-550   answers RCPT so
  data-451, data-554   answers DATA so            dot-451, dot-550     answers the message so
  grey          is asked to come back later (greylisting), in Postgrey's words
  cut-rcpt      hangs up instead of answering RCPT
  cut-data      hangs up instead of answering DATA
  cut-middle    hangs up after the first line of the message
  cut-dot       takes the message, keeps it, hangs up without a word
  mute-dot, slow-dot   takes the message, answers when `release` is set, which may be never

Other traits are given at the start: greeting, offers (EHLO lines), mail_reply, tired_after (421 to the MAIL
after the n-th of a connection), idle_421 (421 and the end after each mail), login ("535 ...").
"""
import socket
import threading


class Peer:
    def __init__(self, greeting="220 peer.example ESMTP", offers=("8BITMIME",), mail_reply="250 2.1.0 fine",
                 tired_after=0, idle_421=False, login="235 2.7.0 in"):
        self.greeting, self.offers, self.mail_reply = greeting, offers, mail_reply
        self.tired_after, self.idle_421, self.login = tired_after, idle_421, login
        self.mails = []  # (recipient, bytes without the final dot, still stuffed)
        self.envelopes = []  # the same with the sender before them
        self.commands = []
        self.connections = 0
        self.release = threading.Event()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.release.set()
        self.listener.shutdown(socket.SHUT_RDWR)  # close alone would leave the thread accepting
        self.listener.close()

    def _accept(self):
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(wire,), daemon=True).start()

    def _talk(self, wire):
        try:
            with wire, wire.makefile("rb") as lines:
                Conversation(self, wire, lines).hold()
        except (OSError, HangUp):
            pass


class HangUp(Exception):
    pass


class Conversation:
    def __init__(self, peer, wire, lines):
        self.peer, self.wire, self.lines = peer, wire, lines
        self.mails = 0
        self.to = self.sender = ""

    def say(self, *lines):
        self.wire.sendall("".join(line + "\r\n" for line in lines).encode())

    def hold(self):
        self.say(self.peer.greeting)
        for raw in self.lines:
            command = raw.decode("utf-8", "replace").rstrip("\r\n")
            self.peer.commands.append(command)
            verb = command.split(" ")[0].upper()
            if verb == "QUIT":
                self.say("221 2.0.0 bye")
                return
            getattr(self, "on_" + verb.lower(), self.on_other)(command)

    def on_other(self, command):
        self.say("250 2.0.0 fine")

    def on_ehlo(self, command):
        lines = ["peer.example"] + list(self.peer.offers)
        self.say(*["250-" + line for line in lines[:-1]], "250 " + lines[-1])

    def on_auth(self, command):
        self.say(self.peer.login)

    def on_mail(self, command):
        self.mails += 1
        self.sender = command.split("<", 1)[1].split(">", 1)[0]
        if self.peer.tired_after and self.mails > self.peer.tired_after:
            self.say("421 4.7.0 too many messages on this connection")
            raise HangUp
        self.say(self.peer.mail_reply)

    def on_rcpt(self, command):
        self.to = command.split("<", 1)[1].split(">", 1)[0]
        grey = "450 4.2.0 <%s>: Recipient address rejected: Greylisted" % self.to
        self.answer("rcpt", grey if self.wish() == "grey" else "250 2.1.5 fine")

    def on_data(self, command):
        self.answer("data", "354 go on")
        if self.wish() in ("data-451", "data-554"):
            return
        self.take()

    def wish(self):
        return self.to.split("@")[0]

    def answer(self, place, usual):
        wish = self.wish()
        if wish == "cut-" + place:
            raise HangUp
        if wish.startswith(place + "-"):
            code = wish[len(place) + 1:]
            usual = "%s %s.1.1 as you wished" % (code, code[0])
        self.say(usual)

    def take(self):
        message = b""
        for raw in self.lines:
            if raw == b".\r\n":
                break
            message += raw
            if self.wish() == "cut-middle":
                raise HangUp
        self.peer.mails.append((self.to, message))
        self.peer.envelopes.append((self.sender, self.to, message))
        if self.wish() in ("mute-dot", "slow-dot"):
            self.peer.release.wait()
        self.answer("dot", "250 2.0.0 queued as %d" % len(self.peer.mails))
        if self.peer.idle_421:
            self.say("421 4.4.2 idle too long")
            raise HangUp
