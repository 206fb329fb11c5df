#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Composes thousands of hostile mails and reads them back with Python's email package.

    tests/mail/hostile_mails_test.py [PATH/TO/mail_compose [COUNT [SEED]]]

Whatever stands in names, subjects, texts, file names and headers, the mail that comes out must have the
header fields that were asked for and no others, one recipient, the same text, the same attachments, and only
CRLF as line ends. The same record must give the same bytes. At the end the check is turned on mails that were
damaged on purpose; it must find every damage, or it proves nothing.
"""
import email
import email.policy
import json
import random
import re
import subprocess
import sys
import traceback
from email.header import decode_header, make_header
from email.utils import parseaddr
from html.parser import HTMLParser

PIECES = [
    "\r\n", "\n", "\r", "\r\nBcc: eve@evil.example\r\n", "\n\n", "\x00", "\x07", "\x1b[2J", "\x7f", "\t",
    " ", "  ", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\u200b", "\x0b", "\x0c",
    "=?utf-8?q?Bcc:_eve?=", "=?utf-8?b?DQpCY2M6IGVAZQ==?=", "=?", "?=", "=0D=0A",
    "=?us-ascii?Q?a?= =?us-ascii?Q?b?=", '"', "\\", "\\\"", "<eve@evil.example>", ">", "<", ",", ";", ":",
    "(", ")", "@", "--", "--=_", ".", "\r\n.\r\n", "From ", "\nFrom eve\n", "\n.\n",
    "Content-Type: text/html", "%0d%0a", "''", "*0*=", "utf-8''", "Dasho ", "Hon'ble ", "Kinley Wangchuk",
    "Dr. Emmanuel C. Lallana", "Ünal Çelik", "བཀྲ་ཤིས་བདེ་ལེགས།", "김기욱", "日本語", "👩🏽‍💻", "e\u0301",
    "x" * 70, "a b " * 30, "ཀ" * 40, "https://x.example/?a=1&b=2", "&amp;", "[a](javascript:1)",
    "![i](http://x.example/i.png)", "[b](<https://x/\"onclick=1>)", "<script>", "<img src=x>",
    "&#106;avascript:", "\n\n", "[c](&#106;avascript&colon;1)", "\n\n- ", "\n> ",
    "\n\n| a | b |\n|---|---|\n| ", "**", "~~", "`", "\n```\n", "\n# ",
]
ADDRESSES = ["pt@example.bt", "a.b+c'd@xn--bcher-kva.example", "=x?y@example.bt", "ü@example.bt"]
BAD_ADDRESSES = [
    "a@b.c, d@e.f", '"A" <a@b.c>, "B" <d@e.f>', "A: a@b.c;", "<a@b.c> <d@e.f>", "a@b.c <d@e.f>", '"A',
    "@x:a@b.c", "a@b.c(x)", "", "a b@c.d", "a@bü.c", "a@[1.2.3.4]", "=?x?q?y?=@example.bt", "ü\u2028@example.bt",
]
BAD_HEADERS = ["Bcc", "To", "Subject", "X-A:", "X-A\r\nBcc", "Content-Type", "X Y"]
MAILBOX = re.compile(r'((?:"(?:\\.|[^"\\])*"|[^",])+)(?:,|$)')
CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]")


def hostile(rng, most=6):
    return "".join(rng.choice(PIECES) for _ in range(rng.randint(0, most)))


def one_line(rng, most=6):
    return CONTROL.sub("", hostile(rng, most))


def mailbox(rng, name, address):
    if not name and rng.random() < 0.5:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def short_name(rng):
    """A name of at most 255 bytes, which is what an address may have."""
    return one_line(rng).encode()[:255].decode(errors="ignore")


def make(rng, n):
    """A mail and what must be found in it."""
    address = rng.choice(ADDRESSES)
    name, from_name = short_name(rng), short_name(rng)
    mail = {
        "id": f"m{n}@usher.example.bt", "date": rng.randrange(0, 4102444800000),
        "offset_min": rng.choice([0, 360, -210]),
        "from": mailbox(rng, from_name, "doim@moic.example.bt"), "to": mailbox(rng, name, address),
        "subject": one_line(rng), "text": hostile(rng, 12), "html": rng.random() < 0.5,
        "x-not-ours": hostile(rng),
    }
    want = {
        "to": (name, address), "from": (from_name, "doim@moic.example.bt"), "subject": mail["subject"],
        "texts": [None, None] if mail["html"] else [lines_of(mail["text"])], "files": [], "refused": False,
        "names": ["from", "to", "subject", "date", "message-id"],
    }
    if rng.random() < 0.4:
        names = [short_name(rng) for _ in range(rng.randint(1, 3))]
        mail["cc"] = [mailbox(rng, cc, f"cc{i}@example.bt") for i, cc in enumerate(names)]
        want["names"].insert(2, "cc")
        want["cc"] = [(cc, f"cc{i}@example.bt") for i, cc in enumerate(names)]
    note = one_line(rng)
    if note and rng.random() < 0.5:
        mail["headers"] = {"X-Note": note, "List-Unsubscribe": "<https://x.example/" + "u" * 80 + ">"}
        want["names"] += ["x-note", "list-unsubscribe"]
        want["note"] = note
    if rng.random() < 0.3:
        mail["lang"] = "dz"
        want["names"].append("content-language")
    for _ in range(rng.choice([0, 0, 1, 3])):
        data = hostile(rng, 12)
        file = "f" + one_line(rng).replace("/", "").replace("\\", "").replace("\t", "")
        mail.setdefault("attachments", []).append({"name": file, "type": "application/x-test", "data": data})
        want["files"].append((file, data.encode()))
    if rng.random() < 0.2:
        spoil(rng, mail)
        want["refused"] = True
    return mail, want


def spoil(rng, mail):
    """Makes one change that must be refused."""
    key = rng.choice(["subject", "to", "from", "headers", "name", "id", "bcc"])
    bad = rng.choice(["\r\n", "\n", "\r", "\x00", "\x1b", "\x7f", "\r\nBcc: eve@evil.example"])
    if key == "headers":
        mail["headers"] = {"X-Note": "a" + bad + "b"}
    elif key == "bcc":
        mail["headers"] = {rng.choice(BAD_HEADERS): "v"}
    elif key == "name":
        mail["attachments"] = [{"name": "a" + bad, "type": "text/plain", "data": ""}]
    elif key == "to":
        mail["to"] = rng.choice(BAD_ADDRESSES + [f"a@b.c{bad}x"])
    else:
        mail[key] = "a" + bad + mail[key]


def compose(program, mails):
    lines = "".join(json.dumps(mail) + "\n" for mail in mails).encode()
    out = subprocess.run([program], input=lines, stdout=subprocess.PIPE, check=True).stdout
    answers, at = [], 0
    while at < len(out):
        end = out.index(b"\n", at)
        line, at = out[at:end], end + 1
        if line.startswith(b"no "):
            answers.append((None, line[3:].decode(errors="replace")))
            continue
        _, length, sender, to = line.split(b" ")
        answers.append((out[at:at + int(length)], (sender.decode(), to.decode())))
        at += int(length)
    assert len(answers) == len(mails), "one answer for each mail"
    return answers


def lines_of(text):
    """The text as it must arrive: each line end is one LF, the last line has one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text + "\n" if text and not text.endswith("\n") else text


def decoded(raw):
    return str(make_header(decode_header(raw)))


def unfolded(message, name):
    return re.sub("\r\n(?=[ \t])", "", message[name]).strip(" \r\n")


def person(raw):
    name, address = parseaddr(raw)
    return decoded(name) if "=?" in name else name, address


def check_bytes(raw, utf8):
    assert b"\r" not in raw.replace(b"\r\n", b""), "bare CR"
    assert b"\n" not in raw.replace(b"\r\n", b""), "bare LF"
    if not utf8:
        raw.decode("ascii")
    head, _, body = raw.partition(b"\r\n\r\n")
    for line in raw.split(b"\r\n"):
        assert len(line) <= 998 and not line.startswith((b".", b"From ")), line
    for line in head.split(b"\r\n"):
        assert len(line) <= 76 or b" " not in line.strip().split(b": ", 1)[-1], line
    for line in body.split(b"\r\n"):
        assert len(line) <= 78 or line.lstrip().startswith((b"filename", b"Content")), line


def check(raw, envelope, want):
    check_bytes(raw, not want["to"][1].isascii())
    old = email.message_from_bytes(raw, policy=email.policy.compat32)
    new = email.message_from_bytes(raw, policy=email.policy.default.clone(utf8=True))
    names = [key.lower() for key in old.keys()]
    mime = {"mime-version", "content-type", "content-transfer-encoding"}
    assert sorted(key for key in names if key not in mime) == sorted(want["names"]), names
    assert len(set(names)) == len(names), names
    assert envelope == (want["from"][1], want["to"][1]), envelope
    check_header(raw, old, new, want)
    check_parts(new, want)


def check_header(raw, old, new, want):
    head = raw.partition(b"\r\n\r\n")[0].decode()
    fields = dict(line.split(":", 1) for line in re.sub("\r\n ", " ", head).split("\r\n"))
    assert decoded(fields["Subject"].strip(" ")) == want["subject"], fields["Subject"]
    assert person(fields["From"].strip(" ")) == want["from"], fields["From"]
    assert person(fields["To"].strip(" ")) == want["to"], fields["To"]
    recipients = [a.addr_spec.encode(errors="surrogateescape").decode() for a in new["to"].addresses]
    assert recipients == [want["to"][1]], recipients
    if "cc" in want:
        found = [person(a) for a in MAILBOX.findall(fields["Cc"].strip(" "))]
        assert found == want["cc"], found
    if "note" in want:
        assert decoded(fields["X-Note"].strip(" ")) == want["note"], fields["X-Note"]
        assert "\r\nList-Unsubscribe: <https://x.example/" in raw.decode(), "List-Unsubscribe is folded"


class Page(HTMLParser):
    """Refuses every tag that is not the composer's, every link that leads elsewhere, everything remote."""
    TAGS = set("html head meta title body table thead tbody tr th td p h1 h2 h3 h4 h5 h6 a ul ol li "
               "blockquote pre code hr br em strong del".split())
    ATTRIBUTES = set("lang charset name content role width cellpadding cellspacing border align style href "
                     "start".split())

    def handle_starttag(self, tag, attrs):
        assert tag in self.TAGS, tag
        for name, value in attrs:
            assert name in self.ATTRIBUTES and "url(" not in value, (name, value)
            assert name != "href" or re.match("(https?://|mailto:).", value, re.I), value


def check_parts(message, want):
    leaves = [part for part in message.walk() if not part.is_multipart()]
    assert all(not part.defects for part in message.walk()), [part.defects for part in message.walk()]
    texts = [part for part in leaves if part.get_content_disposition() is None]
    files = [part for part in leaves if part.get_content_disposition() == "attachment"]
    types = [part.get_content_type() for part in texts]
    assert types == ["text/plain", "text/html"][:len(want["texts"])], types
    for part, text in zip(texts, want["texts"]):
        if text is not None:
            assert part.get_payload(decode=True).decode() == text.replace("\n", "\r\n"), part.as_string()
    for part in texts[1:]:
        Page().feed(part.get_payload(decode=True).decode())
    found = [(part.get_filename().strip(), part.get_payload(decode=True)) for part in files]
    assert found == [(name.strip(), data) for name, data in want["files"]], found  # Python strips file names


def damages(raw):
    """Mails that a faulty composer could have made of this one."""
    head, _, body = raw.partition(b"\r\n\r\n")
    yield "a bare LF", head + b"\r\n\r\n" + body.replace(b"\r\n", b"\n", 1)
    yield "a bare CR", raw + b"\r"
    yield "one more header", head + b"\r\nBcc: eve@evil.example\r\n\r\n" + body
    yield "two recipients", head.replace(b"\r\nTo: ", b"\r\nTo: eve@evil.example, ") + b"\r\n\r\n" + body
    yield "another subject", head.replace(b"\r\nSubject:", b"\r\nSubject: a") + b"\r\n\r\n" + body
    yield "a line with a dot", raw + b".\r\n"
    yield "more text", raw + b"more\r\n"


def fails(raw, envelope, want):
    try:
        check(raw, envelope, want)
    except (AssertionError, ValueError):
        return True
    return False


def check_the_check(program):
    mail = {"id": "m@x.example", "date": 0, "from": "a@x.example", "to": "b@x.example", "subject": "s",
            "text": "t", "html": False}
    want = {"to": ("", "b@x.example"), "from": ("", "a@x.example"), "subject": "s", "texts": ["t\n"],
            "files": [], "names": ["from", "to", "subject", "date", "message-id"]}
    raw, envelope = compose(program, [mail])[0]
    check(raw, envelope, want)
    for name, damaged in damages(raw):
        assert fails(damaged, envelope, want), f"the check does not see {name}"


def check_all(cases, answers):
    refused = 0
    for (mail, want), (raw, said) in zip(cases, answers):
        try:
            assert (raw is None) == want["refused"], said
            refused += raw is None
            if raw is not None:
                check(raw, said, want)
        except Exception:
            print(json.dumps(mail), raw.decode(errors="replace") if raw else said, sep="\n", file=sys.stderr)
            raise
    print(f"{len(cases)} hostile mails: {len(cases) - refused} read back whole, {refused} refused as they must be")


def check_same_bytes(program, mails, answers):
    assert answers == compose(program, mails), "the same record gives other bytes"


def main(program="build/dev/tests/mail_compose", count=4000, seed=1):
    rng = random.Random(int(seed))
    cases = [make(rng, n) for n in range(int(count))]
    mails = [mail for mail, _ in cases]
    answers = compose(program, mails)
    checks = [lambda: check_all(cases, answers), lambda: check_same_bytes(program, mails, answers),
              lambda: check_the_check(program)]
    passed = 0
    for one in checks:
        try:
            one()
            passed += 1
        except Exception:
            traceback.print_exc()
    print(f"{passed} passed, {len(checks) - passed} failed")
    return passed < len(checks)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
