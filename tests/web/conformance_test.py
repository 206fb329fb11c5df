#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What the web server answers to requests as they come and as they should not: the table requests.txt.

Each case is sent whole, in two halves and byte by byte; what is answered must not depend on it. After each of
them the server must serve the next one as if nothing had happened.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import raw_http
from errands import equal, main
from raw_http import Talk
from web_server import Server

BYTE_BY_BYTE_MAX = 3000
TABLE = Path(__file__).resolve().parent / "requests.txt"


def pieces_of(data, way):
    if way == "whole":
        return [data]
    if way == "halves":
        return [data[:len(data) // 2], data[len(data) // 2:]]
    return [data[i:i + 1] for i in range(len(data))]


def run_case(port, case, way):
    with Talk(port) as talk:
        for piece in pieces_of(case.data, way):
            if not talk.send(piece):
                break
        answers = [talk.last_answer(head) for _, head in case.statuses]
        equal([answer.status for answer in answers], [status for status, _ in case.statuses])
        for part in case.parts:
            if part not in answers[-1].body:
                raise AssertionError("%r is not in %r" % (part, answers[-1].body[:1000]))
        if case.stays:
            equal(talk.get("/after").body, b"after")
        else:
            equal(answers[-1].header("connection"), "close")
            equal(talk.ended(), True)


def define(case):
    def check():
        for way in ("whole", "halves", "bytes"):
            if way == "bytes" and len(case.data) > BYTE_BY_BYTE_MAX:
                continue
            try:
                run_case(server.port, case, way)
            except Exception as e:
                raise AssertionError("sent %s: %s" % (way, e)) from e
        with Talk(server.port) as other:
            equal(other.get("/after").body, b"after")
    return check


server = Server().start()
table = raw_http.cases(TABLE)
equal(len({case.name for case in table}), len(table))
checks = {"check_" + case.name.replace(" ", "_"): define(case) for case in table}
checks["check_it_stops_in_order_after_all_of_that"] = server.stop
print("%d cases" % len(table))
main(checks)
