#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""How the web server ends: a stop answers what has come; and event streams, from their beginning to their end."""
import signal
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main
from raw_http import Talk
from web_server import Server

STOPS = 5
CLIENTS = 8


class Client(threading.Thread):
    """Asks for pages and sends forms, each on a connection that stays, until the server is gone."""

    def __init__(self, port):
        super().__init__()
        self.port, self.answered, self.unanswered = port, 0, []
        self.start()

    def run(self):
        while True:
            try:
                talk = Talk(self.port)
            except ConnectionRefusedError:
                return
            self.use(talk)
            talk.socket.close()

    def use(self, talk):
        for i in range(20):
            sent = time.monotonic()
            try:
                answer = talk.post("/push/nobody", "data=x") if i % 2 else talk.get("/after")
            except (ConnectionResetError, AssertionError) as e:
                # The first request of a connection must be answered; an idle one may be closed at any time.
                if i == 0:
                    self.unanswered.append("%s after %.3f s" % (e, time.monotonic() - sent))
                return
            equal(answer.status, 200)
            self.answered += 1
            if answer.header("connection") == "close":
                equal(talk.ended(), True)
                return


def check_a_stop_answers_what_was_accepted():
    answered = 0
    for _ in range(STOPS):
        server = Server(per_address=1000).start()
        clients = [Client(server.port) for _ in range(CLIENTS)]
        live.wait_until("they are at it", lambda: all(c.answered > 3 for c in clients))
        server.stop()
        for client in clients:
            client.join()
            equal(client.unanswered, [])
            answered += client.answered
        server.place.close()
    print("%d requests answered over %d stops, none that was accepted left without" % (answered, STOPS))


def check_a_stop_waits_for_the_rest_of_a_request():
    with Server() as server:
        head, form, idle = Talk(server.port), Talk(server.port), Talk(server.port)
        head.send("GET /after HTTP/1.1\r\n")
        form.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        equal(idle.get("/after").body, b"after")
        server.place.signal(signal.SIGTERM)
        equal(idle.ended(), True)
        for talk, rest, body in ((head, "Host: a\r\n\r\n", b"after"), (form, "lo", b"5")):
            answer = talk.ask(rest)
            equal((answer.body, answer.header("connection"), talk.ended()), (body, "close", True))
        equal(server.place.process.wait(live.PATIENCE_S), 0)


def check_a_stop_does_not_wait_for_who_says_nothing():
    with Server(head_seconds=60, body_seconds=60) as server:
        silent = [Talk(server.port) for _ in range(5)]
        silent[0].send("GET /after HTTP/1.1\r\n")
        equal(server.place.stop(), 0)
        equal([talk.ended() for talk in silent[1:]], [True] * 4)


def check_a_second_signal_ends_at_once():
    with Server() as server, Talk(server.port) as talk:
        talk.send("POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel")
        with Talk(server.port) as other:
            equal(other.get("/after").status, 200)
        server.place.signal(signal.SIGTERM)
        live.wait_until("it stops", lambda: "stopping" in server.place.log())
        equal(server.place.stop(), 0)


# ---- event streams ------------------------------------------------------------------------------------

def listen(server, topic):
    talk = Talk(server.port)
    talk.send("GET /stream/%s HTTP/1.1\r\nHost: a\r\n\r\n" % topic)
    head = talk.until(b"\r\n\r\n").decode()
    holds(head, "content-type: text/event-stream")
    holds(head, "cache-control: no-store")
    equal(talk.until(b"\n\n"), b":")
    return talk


def check_what_is_pushed_reaches_every_stream_of_its_topic():
    with Server() as server, Talk(server.port) as talk:
        first, second, other = listen(server, "news"), listen(server, "news"), listen(server, "other")
        equal(talk.post("/push/news", "data=hello").body, b"pushed")
        equal((first.until(b"\n\n"), second.until(b"\n\n")), (b"data: hello", b"data: hello"))
        equal(talk.post("/push/other", "data=one%0D%0Atwo%0Athree%0Devent: x").body, b"pushed")
        equal(other.until(b"\n\n"), b"data: one\ndata: two\ndata: three\ndata: event: x")
        equal(first.kept, b"")
        first.socket.close()
        equal(talk.post("/push/news", "data=again").body, b"pushed")
        equal(second.until(b"\n\n"), b"data: again")


def check_a_stream_that_nobody_reads_is_closed():
    with Server() as server, Talk(server.port) as talk:
        deaf = Talk(server.port)
        deaf.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.send("GET /stream/news HTTP/1.1\r\nHost: a\r\n\r\n")
        quiet = server.settled_files()
        for _ in range(200):
            equal(talk.post("/push/news", "data=" + 60000 * "x").body, b"pushed")
            if server.open_files() < quiet:
                break
        live.wait_until("it is gone", lambda: server.open_files() == quiet - 1)
        deaf.socket.close()


def check_streams_take_at_most_half_of_the_connections():
    with Server(connections=20, per_address=100) as server:
        streams = [listen(server, "news") for _ in range(10)]
        with Talk(server.port) as talk:
            equal(talk.get("/stream/news").status, 503)
            equal(talk.get("/after").body, b"after")
        streams[0].socket.close()
        live.wait_until("one is free", lambda: len(streams) and can_listen(server))


def can_listen(server):
    with Talk(server.port) as talk:
        talk.send("GET /stream/news HTTP/1.1\r\nHost: a\r\n\r\n")
        return b"200 OK" in talk.until(b"\r\n")


def check_a_stream_is_never_silent_for_long():
    with Server() as server:
        stream = listen(server, "news")
        equal(stream.until(b"\n\n"), b":")  # the first came at once, this one after twenty seconds


def check_a_stream_ends_when_the_server_stops():
    with Server() as server:
        stream = listen(server, "news")
        equal(server.place.stop(), 0)
        equal(stream.ended(), True)


def check_head_of_a_stream_has_an_end():
    with Server() as server, Talk(server.port) as talk:
        answer = talk.ask("HEAD /stream/news HTTP/1.1\r\nHost: a\r\n\r\n", head=True)
        equal((answer.status, answer.header("content-type")), (200, "text/event-stream"))
        equal(talk.get("/after").body, b"after")


main(globals())
