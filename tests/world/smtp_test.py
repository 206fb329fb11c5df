# SPDX-License-Identifier: MIT
"""Mail by the real world, to a scripted server and to aiosmtpd (plain, STARTTLS, log-in)."""
import email
import os
import socket
import ssl
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import errands
import http_peer
import smtp_peer

try:
    from aiosmtpd.controller import Controller
except ImportError:  # it belongs to Debian's Python, and another one may come first in PATH
    if sys.executable == "/usr/bin/python3":
        raise
    os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)
from aiosmtpd.smtp import AuthResult
from errands import equal, holds


def mail(to, text="Dear guest,\n\nwelcome.\n", number=0, **more):
    args = {"id": "m%d@ministry.example" % number, "date": 1614236400000, "zone": "UTC",
            "from": "Ministry <desk@ministry.example>", "to": to, "subject": "Briefing", "text": text}
    args.update(more)
    return {"kind": "mail", "args": args}


def settings(port, **more):
    smtp = {"host": "127.0.0.1", "port": port, "hello": "usher.example"}
    smtp.update(more)
    return {"smtp": smtp}


def with_peer(*effects, smtp=None, **traits):
    """The endings, and the peer that took part."""
    peer = smtp_peer.Peer(**traits)
    try:
        return errands.perform(settings(peer.port, **(smtp or {})), *effects), peer
    finally:
        peer.close()


def outcome_of(wish, smtp=None, **traits):
    endings, peer = with_peer(mail(wish + "@guests.example"), smtp=smtp, **traits)
    return endings[0]["outcome"], endings[0]["note"], peer


def check_a_mail_arrives_and_the_servers_words_are_the_result():
    endings, peer = with_peer(mail("ok@guests.example"))
    equal(endings[0]["outcome"], "OK")
    equal(endings[0]["value"], {"reply": "250 2.0.0 queued as 1"})
    equal(peer.mails[0][0], "ok@guests.example")
    holds(peer.commands, "EHLO usher.example")
    holds(peer.commands, "MAIL FROM:<desk@ministry.example>")


def check_refusals_for_now_are_tried_again():
    for wish in ("rcpt-450", "data-451", "dot-451"):
        outcome, note, _ = outcome_of(wish)
        equal((wish, outcome), (wish, "AGAIN"))
        holds(note, "as you wished")


def check_refusals_for_good_fail_with_the_servers_words():
    for wish, stage in (("rcpt-550", "RCPT TO"), ("data-554", "DATA"), ("dot-550", "the message")):
        outcome, note, _ = outcome_of(wish)
        equal((wish, outcome), (wish, "FAILED"))
        holds(note, "answered %s with: %s" % (stage, wish.split("-")[1]))


def check_a_loss_before_the_final_dot_is_tried_again():
    for wish in ("cut-rcpt", "cut-data"):
        equal((wish, outcome_of(wish)[0]), (wish, "AGAIN"))
    # larger than what the two sockets hold: else the whole mail may be out before the loss is noticed
    film = {"name": "film.bin", "type": "application/octet-stream", "data": "x" * 5000000}
    long_mail = mail("cut-middle@guests.example", attachments=[film])
    endings, _ = with_peer(long_mail)
    equal(endings[0]["outcome"], "AGAIN")


def check_a_loss_after_the_final_dot_is_unsure():
    outcome, note, peer = outcome_of("cut-dot")
    equal((outcome, len(peer.mails)), ("UNSURE", 1))
    holds(note, "lost after the whole mail was sent")


def check_silence_after_the_final_dot_is_unsure():
    outcome, _, peer = outcome_of("mute-dot", smtp={"timeout_ms": 1000})
    equal((outcome, len(peer.mails)), ("UNSURE", 1))


def check_nobody_listening_is_tried_again():
    peer = smtp_peer.Peer()
    peer.close()
    ending = errands.perform(settings(peer.port), mail("ok@guests.example"))[0]
    equal(ending["outcome"], "AGAIN")
    holds(ending["note"], "could not be handed to 127.0.0.1")


def check_a_refused_house_is_tried_again_and_said_loudly():
    for traits, smtp in (({"greeting": "554 5.7.1 not you"}, {}),
                         ({"mail_reply": "530 5.7.0 log in first"}, {}),
                         ({"login": "535 5.7.8 wrong password", "offers": ("AUTH PLAIN",)},
                          {"user": "desk", "password": "guess"})):
        peer = smtp_peer.Peer(**traits)
        run = errands.Run(settings(peer.port, **smtp), [mail("ok@guests.example")]).finish()
        peer.close()
        equal((traits, run.endings[0]["outcome"]), (traits, "AGAIN"))
        holds(run.endings[0]["note"], "look at the smtp settings")
        holds(run.errors, "lets usher send nothing")
        equal("guess" in run.errors, False)


def check_two_hundred_mails_go_over_one_connection():
    mails = [mail("ok@guests.example", number=i) for i in range(200)]
    endings, peer = with_peer(*mails, smtp={"connections": 1})
    equal([e["outcome"] for e in endings], ["OK"] * 200)
    equal((len(peer.mails), peer.connections), (200, 1))


def check_a_tired_connection_is_replaced_at_once():
    mails = [mail("ok@guests.example", number=i) for i in range(10)]
    endings, peer = with_peer(*mails, smtp={"connections": 1}, tired_after=4)
    equal([e["outcome"] for e in endings], ["OK"] * 10)
    equal((len(peer.mails), peer.connections), (10, 3))


def check_a_connection_closed_while_idle_is_replaced_at_once():
    mails = [mail("ok@guests.example", number=i) for i in range(5)]
    endings, peer = with_peer(*mails, smtp={"connections": 1}, idle_421=True)
    equal([e["outcome"] for e in endings], ["OK"] * 5)
    equal(len(peer.mails), 5)


def check_a_421_on_a_fresh_connection_is_tried_again_later():
    outcome, note, peer = outcome_of("ok", mail_reply="421 4.3.2 shutting down")
    equal((outcome, peer.connections), ("AGAIN", 1))
    holds(note, "shutting down")


def check_a_text_of_dots_arrives_as_it_was():
    text = "".join(".%d\n\n" % i for i in range(20000)) + ".\n\nthe end\n"
    endings, peer = with_peer(mail("ok@guests.example", text=text, html=False))
    equal(endings[0]["outcome"], "OK")
    arrived = email.message_from_bytes(peer.mails[0][1].replace(b"\r\n..", b"\r\n."))
    equal(arrived.get_payload(decode=True).replace(b"\r\n", b"\n"), text.encode())


def check_line_breaks_in_addresses_never_reach_the_server():
    for to in ("a@b.example>\r\nRCPT TO:<victim@c.example", "a@b.example\nDATA", "a b@c.example",
               "<a@b.example"):
        endings, peer = with_peer(mail(to))
        equal((to, endings[0]["outcome"]), (to, "FAILED"))
        equal(peer.commands, [])


def check_a_server_without_smtputf8_gets_no_utf8_address():
    endings, peer = with_peer(mail("jos\u00e9@guests.example"))
    equal(endings[0]["outcome"], "FAILED")
    holds(endings[0]["note"], "SMTPUTF8")
    equal([c for c in peer.commands if c.startswith("RCPT")], [])


def check_a_server_with_smtputf8_gets_it():
    endings, peer = with_peer(mail("jos\u00e9@guests.example"), offers=("SMTPUTF8", "8BITMIME"))
    equal(endings[0]["outcome"], "OK")
    equal(peer.mails[0][0], "jos\u00e9@guests.example")


def check_a_server_that_thinks_long_holds_up_nobody_else():
    slow, quick = smtp_peer.Peer(), http_peer.Peer()
    setup = settings(slow.port)
    setup["allow_private"] = ["127.0.0.1"]
    run = errands.Run(setup, [mail("slow-dot@guests.example"),
                              {"kind": "http", "args": {"url": quick.origin + "/echo"}}])
    equal(run.next()["n"], 2)  # the mail waits for us: nothing but the request can have ended
    slow.release.set()
    equal(run.next()["outcome"], "OK")
    run.finish()
    slow.close()
    quick.close()


def check_the_hourly_limit_holds_mails_back():
    peer = smtp_peer.Peer()
    setup = settings(peer.port, per_hour=3)
    setup["stop_after"] = 3
    run = errands.Run(setup, [mail("ok@guests.example", number=i) for i in range(8)]).finish()
    equal((len(peer.mails), run.left), (3, 5))
    peer.close()


def check_the_limit_of_a_minute_holds_mails_back():
    peer = smtp_peer.Peer()
    setup = settings(peer.port, per_hour=100, per_minute=2)
    setup["stop_after"] = 2
    run = errands.Run(setup, [mail("ok@guests.example", number=i) for i in range(5)]).finish()
    equal((len(peer.mails), run.left), (2, 3))
    peer.close()


def check_a_greylisting_server_is_given_time_at_the_first_try_only():
    endings, _ = with_peer(mail("grey@guests.example"), dict(mail("grey@guests.example", number=1), attempt=2),
                           mail("rcpt-450@guests.example", number=2))
    equal([(e["outcome"], e["retry_after_ms"]) for e in endings],
          [("AGAIN", 300000), ("AGAIN", 0), ("AGAIN", 0)])


def check_a_stop_lets_mails_under_way_end():
    peer = smtp_peer.Peer()
    setup = settings(peer.port, connections=2)
    setup["stop_after"] = 1
    run = errands.Run(setup, [mail("ok@guests.example"), mail("slow-dot@guests.example", number=1),
                              mail("ok@guests.example", number=2)])
    equal(run.next()["n"], 1)
    peer.release.set()
    run.finish()
    equal((run.run, run.endings[-1]["outcome"]), (0, "OK"))
    peer.close()


def check_a_stop_does_not_wait_for_ever():
    peer = smtp_peer.Peer()
    setup = settings(peer.port, connections=2)
    setup.update(stop_after=1, drain_ms=200)
    run = errands.Run(setup, [mail("ok@guests.example"), mail("mute-dot@guests.example", number=1)]).finish()
    equal((run.run, len(run.endings)), (-7, 1))
    peer.close()


class Inbox:
    """What aiosmtpd hands over."""

    def __init__(self):
        self.mails, self.connections = [], set()

    async def handle_DATA(self, server, session, envelope):
        encrypted = session.ssl is not None
        self.mails.append((envelope.rcpt_tos, envelope.content, encrypted, session.authenticated))
        self.connections.add(session.peer)
        return "250 2.0.0 taken"


def let_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"desk" and data.password == b"right")


def with_aiosmtpd(effects, smtp, ca_file=None, **traits):
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=0, **traits)
    controller.port = free_port()
    controller.start()
    try:
        setup = settings(controller.port, **smtp)
        setup["ca_file"] = ca_file
        return errands.perform(setup, *effects), inbox
    finally:
        controller.stop()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as s:
        return s.getsockname()[1]


def check_aiosmtpd_takes_two_hundred_mails_over_one_connection():
    mails = [mail("guest%d@guests.example" % i, number=i) for i in range(200)]
    endings, inbox = with_aiosmtpd(mails, {"connections": 1})
    equal([e["outcome"] for e in endings], ["OK"] * 200)
    equal(sorted(m[0][0] for m in inbox.mails), sorted("guest%d@guests.example" % i for i in range(200)))
    equal(len(inbox.connections), 1)


def check_starttls_and_log_in():
    with tempfile.TemporaryDirectory() as folder:
        errands.certificate(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder + "/cert.pem", folder + "/key.pem")
        # Without LOGIN: aiosmtpd 1.4.3 falls silent when it is tried after a refused PLAIN.
        traits = {"auth_exclude_mechanism": ["LOGIN"], "tls_context": context, "require_starttls": True,
                  "auth_required": True, "authenticator": let_in}
        smtp = {"tls": "starttls", "user": "desk", "password": "right", "connections": 1}
        trusted = folder + "/cert.pem"
        mails = [mail("a@guests.example"), mail("b@guests.example")]
        endings, inbox = with_aiosmtpd(mails, smtp, trusted, **traits)
        equal([e["outcome"] for e in endings], ["OK", "OK"])
        equal([m[2:] for m in inbox.mails], [(True, True)] * 2)

        wrong = dict(smtp, password="wrong")
        endings, inbox = with_aiosmtpd(mails[:1], wrong, trusted, **traits)
        equal((endings[0]["outcome"], inbox.mails), ("AGAIN", []))
        holds(endings[0]["note"], "the log-in")

        endings, inbox = with_aiosmtpd(mails[:1], smtp, None, **traits)
        equal((endings[0]["outcome"], inbox.mails), ("AGAIN", []))
        holds(endings[0]["note"], "certificate")


def check_a_server_without_starttls_gets_nothing():
    outcome, _, peer = outcome_of("ok", smtp={"tls": "starttls"})
    equal((outcome, peer.mails), ("AGAIN", []))
    equal([c for c in peer.commands if c.startswith("MAIL")], [])


def check_without_a_mail_server_mails_go_to_the_outbox():
    with tempfile.TemporaryDirectory() as folder:
        outbox = folder + "/outbox"
        twice = mail("ok@guests.example")
        other = mail("ok@guests.example", number=7)
        endings = errands.perform({"outbox": outbox}, twice, twice, other)
        first = outbox + "/20210225T070000Z-guest-P0042.eml"
        second = outbox + "/20210225T070000Z-guest-P0042-2.eml"
        equal([e["value"]["reply"] for e in endings],
              ["written to " + first, "written to " + first, "written to " + second])
        equal(sorted(os.listdir(outbox)), [os.path.basename(second), os.path.basename(first)])
        holds(open(first, newline="").read(), "Subject: Briefing\r\n")


def check_in_practice_nothing_reaches_the_server():
    with tempfile.TemporaryDirectory() as folder:
        peer = smtp_peer.Peer()
        setup = dict(settings(peer.port), practice=True, outbox=folder)
        ending = errands.perform(setup, mail("ok@guests.example"))[0]
        peer.close()
        equal((ending["outcome"], peer.connections, len(os.listdir(folder))), ("OK", 0, 1))


if __name__ == "__main__":
    errands.main(globals())
