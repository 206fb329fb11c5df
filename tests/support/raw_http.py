# SPDX-License-Identifier: MIT
"""raw_http: HTTP by hand over a socket, for requests that no client library would send; and a table of them.

The table is read by cases(); a case looks like this:

    case a bare LF in a header
    > GET /echo HTTP/1.1
    > Host: a\\nX: b
    >
    = 400 closed

  "> " is a line that is sent with CRLF at its end, ">|" text that is sent as it is. Both know \\r \\n \\t \\0 \\\\
  \\xNN, {64 * text} for repeated text, and {length} for the length of what follows the head. "=" says the statuses of the answers in their order (200h: an answer
  to HEAD, which has no body), and whether the connection is open or closed behind them. "~" is a part of the
  last body.
"""
import re
import socket

PATIENCE_S = 30


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def header(self, name):
        return ", ".join(value for key, value in self.headers if key == name)


class Talk:
    """One connection. What is read beyond an answer is kept for the next."""

    def __init__(self, port, host="127.0.0.1", patience_s=PATIENCE_S, wrap=None, source=None):
        self.socket = socket.create_connection((host, port), patience_s, (source, 0) if source else None)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if wrap:
            self.socket = wrap(self.socket)
        self.kept = b""

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.socket.close()

    def send(self, data):
        """False when the server would hear no more: what it said before can still be read."""
        try:
            self.socket.sendall(data.encode() if isinstance(data, str) else data)
            return True
        except (BrokenPipeError, ConnectionResetError):
            return False

    def more(self):
        piece = self.socket.recv(65536)
        self.kept += piece
        return bool(piece)

    def until(self, mark):
        while mark not in self.kept:
            if not self.more():
                raise AssertionError("the connection ended in the middle of an answer: %r" % self.kept[:300])
        part, _, self.kept = self.kept.partition(mark)
        return part

    def answer(self, head=False):
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        status = int(re.fullmatch(r"HTTP/1\.1 (\d\d\d) [A-Za-z ]*", lines[0]).group(1))
        headers = [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines[1:])]
        answer = Answer(status, headers, b"")
        if status >= 200 and status not in (204, 304) and not head:
            answer.body = self.body(answer.header("content-length"))
        return answer

    def last_answer(self, head=False):
        """The answer behind any "100 Continue": a server may say that first to whoever asked, or not at all when the
        body is there already (RFC 9110, 10.1.1)."""
        answer = self.answer(head)
        while answer.status == 100:
            answer = self.answer(head)
        return answer

    def body(self, length):
        if not length:
            while self.more():
                pass
            body, self.kept = self.kept, b""
            return body
        while len(self.kept) < int(length):
            if not self.more():
                raise AssertionError("the body ended after %d of %s bytes" % (len(self.kept), length))
        body, self.kept = self.kept[:int(length)], self.kept[int(length):]
        return body

    def ask(self, data, head=False):
        self.send(data)
        return self.answer(head)

    def get(self, path, *lines):
        return self.ask("GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n" % (path, "".join(line + "\r\n" for line in lines)))

    def post(self, path, body="", *lines, kind="application/x-www-form-urlencoded"):
        body = body.encode() if isinstance(body, str) else body
        head = "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n%s\r\n" % (
            path, kind, len(body), "".join(line + "\r\n" for line in lines))
        return self.ask(head.encode() + body)

    def ended(self):
        """Whether the server has ended the connection in an orderly way, with nothing more to say."""
        try:
            return not self.kept and self.socket.recv(1) == b""
        except ConnectionResetError:
            return False


class Case:
    def __init__(self, name):
        self.name, self.data, self.statuses, self.stays, self.parts = name, b"", [], None, []


ESCAPES = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


def unescape(text):
    def put(match):
        return ESCAPES.get(match.group(1)) or chr(int(match.group(1)[1:], 16))
    text = re.sub(r"\{(\d+) \* ([^}]*)\}", lambda match: int(match.group(1)) * match.group(2), text)
    return re.sub(r"\\([rnt0\\]|x[0-9a-f]{2})", put, text).encode("latin-1")


def cases(path):
    """The cases of a table, in its order."""
    found = []
    for line in path.read_text().splitlines():
        if line.startswith("case "):
            found.append(Case(line[5:]))
        elif line.startswith(">|"):
            found[-1].data += unescape(line[2:])
        elif line.startswith(">"):
            found[-1].data += unescape(line[2:]) + b"\r\n"
        elif line.startswith("="):
            *statuses, last = line[1:].split()
            found[-1].statuses = [(int(word.rstrip("h")), word.endswith("h")) for word in statuses]
            found[-1].stays = {"open": True, "closed": False}[last]
        elif line.startswith("~"):
            found[-1].parts.append(line[1:].strip().encode())
        elif line and not line.startswith("#"):
            raise ValueError("%s: what is this line? %s" % (path, line))
    for case in found:
        body = case.data.partition(b"\r\n\r\n")[2]
        case.data = case.data.replace(b"{length}", b"%d" % len(body))
    return found
