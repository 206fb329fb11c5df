# SPDX-License-Identifier: MIT
"""http_peer: a web server that misbehaves on request, on a free port of this machine.

  /echo            answers 200 with what it saw, as JSON: method, path, headers, body
  /status/503?after=7   answers so, with Retry-After
  /to/307?URL      redirects there
  /cut             reads the request, hangs up without an answer
  /mute            reads the request, never answers (until close)
  /big/N           N bytes of body             /heads/N   N headers of 1 KiB
"""
import http.server
import json
import threading
import urllib.parse


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def respond(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        peer = self.server.peer
        seen = {"method": self.command, "path": self.path, "headers": dict(self.headers.items()),
                "body": body.decode("utf-8", "replace")}
        peer.requests.append(seen)
        part = urllib.parse.urlsplit(self.path)
        place = part.path.strip("/").split("/")
        handler = getattr(self, "on_" + place[0], None)
        if handler:
            handler(place, part.query, seen)
        else:
            self.answer(404)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = respond

    def on_echo(self, place, query, seen):
        self.answer(200, json.dumps(seen).encode(), [("X-Twice", "one"), ("X-Twice", "two")])

    def on_status(self, place, query, seen):
        after = urllib.parse.parse_qs(query).get("after")
        self.answer(int(place[1]), b"as you wished", [("Retry-After", after[0])] if after else [])

    def on_to(self, place, query, seen):
        self.answer(int(place[1]), b"elsewhere", [("Location", urllib.parse.unquote(query))])

    def on_cut(self, place, query, seen):
        self.close_connection = True

    def on_mute(self, place, query, seen):
        self.server.peer.release.wait()
        self.close_connection = True

    def on_big(self, place, query, seen):
        self.answer(200, b"x" * int(place[1]))

    def on_heads(self, place, query, seen):
        self.answer(200, b"", [("X-Head-%d" % i, "y" * 1000) for i in range(int(place[1]))])


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that hung up is a case here, not an error


class Peer:
    def __init__(self):
        self.requests = []
        self.release = threading.Event()
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.peer = self
        self.port = self.server.server_address[1]
        self.origin = "http://127.0.0.1:%d" % self.port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.release.set()
        self.server.shutdown()
        self.server.server_close()
