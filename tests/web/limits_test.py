#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The web server against clients that are slow, greedy, many or gone: each has its limit, and others are served."""
import resource
import socket
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main
from raw_http import Talk
from web_server import SCRIPT, Server

CROWD = 10000


def serves(server):
    with Talk(server.port) as talk:
        equal(talk.get("/after").body, b"after")


def drip(talk, data, pause_s=0.05):
    """Sends byte by byte, slowly, until it is told to stop or answered."""
    talk.socket.settimeout(pause_s)
    for i in range(len(data)):
        if not talk.send(data[i:i + 1]):
            break
        try:
            if talk.more():
                break
        except TimeoutError:
            pass
    talk.socket.settimeout(30)


def check_a_head_that_drips_is_refused_at_its_deadline():
    with Server(head_seconds=0.5) as server, Talk(server.port) as talk:
        drip(talk, b"GET /echo HTTP/1.1\r\nHost: a\r\nX: " + 2000 * b"x")
        equal((talk.answer().status, talk.ended()), (408, True))
        serves(server)


def check_a_body_that_drips_is_refused_at_its_deadline():
    with Server(body_seconds=0.5) as server:
        for framing in ("Content-Length: 2000", "Transfer-Encoding: chunked"):
            with Talk(server.port) as talk:
                talk.send("POST /echo HTTP/1.1\r\nHost: a\r\n%s\r\n\r\n7d0\r\n" % framing)
                drip(talk, 2000 * b"x")
                equal((talk.answer().status, talk.ended()), (408, True))
        serves(server)


def check_a_connection_without_a_request_is_closed_without_a_word():
    with Server(head_seconds=0.5, idle_seconds=0.5) as server:
        with Talk(server.port) as silent, Talk(server.port) as served:
            equal(served.get("/after").status, 200)
            equal((silent.ended(), served.ended()), (True, True))


def check_a_hundred_slow_clients_hold_up_nobody():
    with Server(head_seconds=1, body_seconds=1) as server:
        talks = [Talk(server.port) for _ in range(100)]
        for i, talk in enumerate(talks):
            talk.send("GET /e" if i % 2 else "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab")
        for _ in range(20):
            serves(server)
        for talk in talks:
            equal((talk.answer().status, talk.ended()), (408, True))
            talk.socket.close()
        serves(server)


def check_who_ends_in_the_middle_is_told():
    with Server() as server:
        for data in ("GET /echo HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"):
            with Talk(server.port) as talk:
                talk.send(data)
                talk.socket.shutdown(socket.SHUT_WR)
                equal((talk.answer().status, talk.ended()), (400, True))


def check_who_has_said_all_still_gets_the_answer():
    with Server() as server, Talk(server.port) as talk:
        talk.send("GET /echo?n=1 HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n")
        talk.socket.shutdown(socket.SHUT_WR)
        equal((talk.answer().status, talk.answer().body, talk.ended()), (200, b"after", True))


def check_clients_that_reset_leave_nothing_behind():
    with Server() as server:
        before = server.settled_files()
        for i in range(200):
            talk = Talk(server.port)
            data = b"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET /big HTTP/1.1\r\nHost: a\r\n\r\n"
            talk.send(data[:i % (len(data) + 1)])
            talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            talk.socket.close()
        serves(server)
        live.wait_until("all of them are gone", lambda: server.open_files() <= before)


def check_who_does_not_read_is_hung_up_on():
    with Server(body_seconds=0.2) as server:
        quiet = server.settled_files()
        with Talk(server.port) as talk:
            talk.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            talk.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\n")
            live.wait_until("it is there", lambda: server.open_files() == quiet + 1)
            serves(server)
            live.wait_until("it is gone", lambda: server.open_files() == quiet)


def check_a_slow_reader_gets_it_all():
    with Server() as server, Talk(server.port) as talk:
        talk.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        talk.send("GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /after HTTP/1.1\r\nHost: a\r\n\r\n")
        time.sleep(0.3)
        equal(len(talk.answer().body), 3000000)
        equal(talk.answer().body, b"after")


def check_a_client_that_asks_first_is_told_to_go_on():
    with Server() as server, Talk(server.port) as talk:
        for _ in range(2):
            talk.send("POST /large HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n")
            equal(talk.answer().status, 100)
            equal(talk.ask("hello").body, b"5")


def check_a_body_of_100_mb_is_refused_before_it_comes():
    with Server() as server:
        for expect in ("Expect: 100-continue\r\n", ""):
            with Talk(server.port) as talk:
                before = server.memory()
                talk.send("POST /large HTTP/1.1\r\nHost: a\r\n%sContent-Length: 100000000\r\n\r\n" % expect)
                if not expect:  # a client that does not look while it sends
                    sender = threading.Thread(target=talk.send, args=(100000000 * b"x",))
                    sender.start()
                equal(talk.answer().status, 413)
                live.at_most("memory for it", server.memory() - before, 8 << 20)  # of 100 MB
                if not expect:
                    sender.join()
        serves(server)


def check_a_route_says_how_much_it_takes():
    with Server() as server, Talk(server.port) as talk:
        equal(talk.post("/large", 3999999 * "x", kind="text/plain").body, b"3999999")
        equal(talk.post("/echo", 65536 * "x", kind="text/plain").status, 200)
        equal(talk.post("/large", 4000001 * "x", kind="text/plain").status, 413)


def check_bodies_together_have_a_limit():
    with Server(per_address=100) as server:
        talks = [Talk(server.port) for _ in range(20)]
        threads = []
        for talk in talks:
            data = b"POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n" + 3999999 * b"x"
            threads.append(threading.Thread(target=talk.send, args=(data,)))
            threads[-1].start()
        refused = 0
        for talk in talks:
            talk.socket.settimeout(3)
        for thread in threads:
            thread.join()
        for talk in talks:
            talk.socket.settimeout(0.5)
            try:
                equal(talk.answer().status, 503)
                refused += 1
            except TimeoutError:
                pass  # its last byte is awaited
        live.at_least("refused of 20 with 4 MB each", refused, 3)
        live.at_most("refused of 20 with 4 MB each", refused, 10)
        for talk in talks:
            talk.socket.close()
        serves(server)


def check_one_address_has_its_share():
    with Server(per_address=5, head_seconds=60) as server:
        greedy = [Talk(server.port) for _ in range(5)]
        for talk in greedy:
            talk.send("GET /after HTTP/1.1\r\n")  # busy, so that nobody has to make room
        time.sleep(0.1)
        with Talk(server.port) as sixth:
            refused = sixth.get("/after")
            equal((refused.status, sixth.ended()), (503, True))
            holds(refused.header("retry-after"), "5")
        for talk in greedy:
            equal(talk.ask("Host: a\r\n\r\n").body, b"after")
            talk.socket.close()
        serves(server)


def check_a_full_house_closes_who_has_been_idle_longest():
    with Server(connections=20, per_address=100) as server:
        idle = [Talk(server.port) for _ in range(20)]
        for talk in idle:
            equal(talk.get("/after").status, 200)
        with Talk(server.port) as late:
            equal(late.get("/after").body, b"after")
            equal(idle[0].ended(), True)
            equal(idle[1].get("/after").body, b"after")


def check_proxies_have_as_many_connections_as_there_are():
    with Server(per_address=2, proxies=["127.0.0.1"]) as server:
        talks = [Talk(server.port) for _ in range(20)]
        for talk in talks:
            talk.send("GET /after HTTP/1.1\r\n")
        for talk in talks:
            equal(talk.ask("Host: a\r\n\r\n").body, b"after")


def check_too_few_files_are_a_sentence():
    def starve():
        resource.setrlimit(resource.RLIMIT_NOFILE, (500, 500))
    server = Server(connections=10000)
    code, _, errors = server.place.command("run", "script.lua", preexec=starve)
    equal(code, 1)
    holds(errors, "10000 connections need 10300: raise the limit (LimitNOFILE= in the unit, ulimit -n in a shell), or set "
          "web.connections = 200")


def check_ten_thousand_idle_connections():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    n = min(CROWD, hard - 400)
    program = live.find_build("usher", "release", "dev")
    with Server(program=program, connections=n + 10, per_address=n + 10) as server:
        serves(server)
        before, crowd = server.memory(), []
        while len(crowd) < n:
            crowd.append(Talk(server.port))
            equal(crowd[-1].get("/static/usher.css").status, 200)  # no script: Lua's memory would blur the figure
        each = (server.memory() - before) / n
        print("%d idle connections: %d bytes of the server's memory each" % (n, each))
        live.at_most("bytes each", each, 1500)
        for talk in crowd[::100]:
            equal(talk.get("/after").body, b"after")
        for talk in crowd:
            talk.socket.close()
        serves(server)


main(globals())
