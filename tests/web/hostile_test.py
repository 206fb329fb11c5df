#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What people who mean harm put into addresses, headers and forms, on the server itself: a check for each kind."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main
from raw_http import Talk
from web_server import Server

FORM = "application/x-www-form-urlencoded"
server = Server(files={"secret.txt": "the secret"}).start()


def ask(data):
    with Talk(server.port) as talk:
        return talk.ask(data)


def get(path, *lines):
    with Talk(server.port) as talk:
        return talk.get(path, *lines)


def check_host_header():
    """Links begin with the configured address, whatever host somebody asks for."""
    for host in ("evil.example", "evil.example:80", "127.0.0.1.evil.example"):
        answer = ask("GET /echo HTTP/1.1\r\nHost: %s\r\nX-Forwarded-Host: %s\r\n\r\n" % (host, host))
        holds(answer.body.decode(), '"url":"http://127.0.0.1:%d/echo"' % server.port)
    for host in ("evil.example/a", "a@evil.example", "a\tb", "a b", "<b>", "a\\b", "a?b", "", "a, b", "a%00b"):
        equal((host, ask("GET /echo HTTP/1.1\r\nHost: %s\r\n\r\n" % host).status), (host, 400))
    equal(ask("GET http://evil.example/echo HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").status, 400)


def check_path_traversal():
    """No spelling of a path leaves the pages that scripts declare."""
    ups = ("..", "%2e%2e", ".%2e", "%2E.", "..%00", "..;", "%c0%ae%c0%ae", "%252e%252e", "..%5c..", "....")
    slashes = ("/", "%2f", "%5c", "//", "%252f", "\\")
    files = ("secret.txt", "etc/passwd", "static/usher.css")
    for up in ups:
        for slash in slashes:
            for file in files:
                for front in ("/", "/static/", "/echo/"):
                    answer = get(front + up + slash + file)
                    if answer.status not in (400, 404) or b"secret" in answer.body or b"root:" in answer.body:
                        raise AssertionError("%s: %d" % (front + up + slash + file, answer.status))
    equal(get("/static/usher.css").status, 200)


def check_header_injection():
    """A text that reaches a header can't end it: the page fails, and the log says which header."""
    for name, value in (("x", "a%0d%0aset-cookie: b=c"), ("x", "a%0ab"), ("x", "a%0db"), ("x%0d%0ay", "a"),
                        ("x: y", "a"), ("content-length", "0"), ("transfer-encoding", "chunked"),
                        ("Set-Cookie", "a=b"), ("connection", "upgrade")):
        answer = get("/headers?name=%s&value=%s" % (name.replace(" ", "%20"), value.replace(" ", "%20")))
        equal((name, value, answer.status, answer.header("set-cookie")), (name, value, 500, ""))
        equal(b"Reference" in answer.body or b"number" in answer.body, True)
    equal(get("/headers?name=x-ok&value=fine").header("x-ok"), "fine")
    for path in ("//evil.example", "/%0d%0ax: y", "https://evil.example", "/\\evil.example", "evil"):
        answer = get("/to?path=" + path.replace(" ", "%20").replace("\\", "%5c"))
        equal((path, answer.status, answer.header("location")), (path, 500, ""))
    equal(get("/to?path=/after").header("location"), "/after")
    holds(server.place.log(), "belongs to the server")


def check_oversized_forms():
    """More than a page takes is refused: bytes, fields, names, files, lines of a part."""
    def post(body, kind=FORM):
        with Talk(server.port) as talk:
            return talk.post("/echo", body, kind=kind).status
    equal(post("a=" + 65534 * "x"), 200)
    equal(post("a=" + 65535 * "x"), 413)
    equal((post("&".join(256 * ["a=1"])), post("&".join(257 * ["a=1"]))), (200, 400))
    equal((post(256 * "n" + "=1"), post(257 * "n" + "=1")), (200, 400))
    multi = "multipart/form-data; boundary=X"
    part = "--X\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n1\r\n"
    equal((post(16 * part + "--X--", multi), post(17 * part + "--X--", multi)), (200, 400))
    line = "--X\r\nContent-Disposition: form-data; name=f; filename=%s\r\n\r\n1\r\n--X--"
    equal((post(line % (255 * "f"), multi), post(line % (256 * "f"), multi)), (200, 400))
    equal(post("--X\r\nX: " + 5000 * "y" + "\r\n\r\n1\r\n--X--", multi), 400)


def check_malformed_forms():
    """What is no form is refused as a whole: nothing of it reaches a script."""
    multi = "multipart/form-data; boundary=X"
    disposition = "Content-Disposition: form-data; name=a"
    broken = [(FORM, "a=%"), (FORM, "a=%zz"), (FORM, "a=%ff"), (FORM, "%00=1"), (FORM, b"a=\xff"), (FORM, b"\0"),
              ("multipart/form-data", ""), ("multipart/form-data; boundary=\"", "--\"--"), (multi, ""), (multi, "--X"),
              (multi, "--X\r\n"), (multi, "--X\r\n\r\n--X--"), (multi, "--X\r\n" + disposition + "\r\n\r\n1"),
              (multi, "--X\r\n" + disposition + "\r\n\r\n1\r\n--X"), (multi, "--X\n" + disposition + "\n\n1\n--X--\n"),
              (multi, "--X\r\n" + disposition + "; name=b\r\n\r\n1\r\n--X--"), (multi, "--X--\r\nGET / HTTP/1.1\r\n"),
              (multi, b"--X\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\n1\r\n--X--"),
              (multi, b"--X\r\n" + disposition.encode() + b"\r\n\r\n\xff\r\n--X--")]
    for kind, body in broken:
        with Talk(server.port) as talk:
            answer = talk.post("/echo", body, kind=kind)
            equal((kind, body, answer.status, talk.ended()), (kind, body, 400, True))


def check_the_log_cant_be_written_by_requests():
    """Whatever comes in, a line of the log is a line of ours."""
    for data in ("GET /\x1b[31m HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nX: \n2026 error msg=\"x\"\r\n\r\n"):
        equal(ask(data).status, 400)
    equal("\x1b" in server.place.log(), False)
    for line in server.place.log().splitlines():
        if " msg=" not in line:
            raise AssertionError("a strange line: %r" % line)


def check_a_flood_of_refusals_is_counted_and_not_written_down():
    """At most sixty lines a minute."""
    for _ in range(200):
        ask("nonsense\r\n\r\n")
    written = server.place.log().count("a request was refused")
    live.at_most("lines in a minute or two", written, 130)


def check_it_stops_in_order_after_all_of_that():
    server.stop()


main(globals())
