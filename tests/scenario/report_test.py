#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The report of a rehearsed event: the briefing of examples/03-briefing-2021, word for word, and its mail.

  report_test.py [--bless]

tests/scenario/report/briefing.txt is what a reader sees of the page, a line for each line, row or number; --bless
writes it anew: read it before. The numbers that follow from the guest list and from what the guests of this rehearsal
do are worked out here once more.
"""
import csv
import email
import email.policy
import glob
import html.parser
import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
USHER = os.path.abspath(os.environ.get("USHER") or next(
    (p for p in ("build/dev/usher", "build/release/usher") if os.path.exists(p)), "build/release/usher"))
EXPECTED = ROOT / "tests/scenario/report/briefing.txt"
# One no-show, one who declines, one who never answers; all others come.
GUESTS = "S01=no-show,D02=declines,H03=silent"

passed = failed = 0


def check(sentence, fine, more=""):
    global passed, failed
    print(("ok    " if fine else "FAIL  ") + sentence + (": %s" % more if more and not fine else ""))
    passed, failed = passed + bool(fine), failed + (not fine)


class Words(html.parser.HTMLParser):
    """What a reader sees: a line for each block, the cells of a row beside each other."""

    BLOCKS = {"h1", "h2", "h3", "p", "li", "tr", "caption", "dt", "dd", "div", "svg", "section", "figure"}
    SILENT = {"style", "title", "desc"}

    def __init__(self, page):
        super().__init__()
        self.lines, self.line, self.silent = [], [], 0
        self.feed(page)
        self.end_line()

    def end_line(self):
        text = " ".join(" ".join(self.line).split())
        self.line = []
        if text:
            self.lines.append(text)

    def handle_starttag(self, tag, attributes):
        self.silent += tag in self.SILENT
        if tag in self.BLOCKS:
            self.end_line()
        elif tag in ("td", "th"):
            self.line.append("|")

    def handle_endtag(self, tag):
        self.silent -= tag in self.SILENT
        if tag in self.BLOCKS:
            self.end_line()

    def handle_data(self, data):
        if not self.silent:
            self.line.append(data)


def rehearse(folder, script, *more):
    words = [USHER, "rehearse", script, "--from", "2021-01-25 09:00 Asia/Thimphu", "--out", str(folder / "out"), *more]
    return subprocess.run(words, cwd=ROOT / "examples/03-briefing-2021", capture_output=True, text=True, timeout=110)


def briefing(folder):
    played = rehearse(folder, "hlb.lua", "--guest", GUESTS)
    check("the briefing is rehearsed, and its report is in the folder", played.returncode == 0, played.stderr)
    return (folder / "out/report.html").read_text()


def compare(lines):
    text = "\n".join(lines) + "\n"
    if "--bless" in sys.argv:
        EXPECTED.write_text(text)
    expected = EXPECTED.read_text() if EXPECTED.exists() else ""
    check("the report says what tests/scenario/report/briefing.txt says", text == expected)
    for got, wanted in zip(lines, expected.splitlines()):
        if got != wanted:
            print("      got    %s\n      wanted %s" % (got, wanted))


def count_by_hand(lines):
    """From the list and from GUESTS alone."""
    with open(ROOT / "examples/03-briefing-2021/guests.csv", newline="", encoding="utf-8-sig") as f:
        guests = list(csv.DictReader(f))
    n = len(guests)
    check("all %d of the list are invited" % n, "%d invited" % n in lines)
    check("all but the silent one have answered", "Answered %d of %d" % (n - 1, n) in lines)
    check("all but the one who declined and the silent one said yes",
          "%d yes , 1 no , 1 without an answer" % (n - 2) in lines)
    check("the no-show did not come", "Came %d of %d" % (n - 3, n) in lines)
    groups = {}
    for guest in guests:
        groups.setdefault(guest["group"], []).append(guest["key"])
    for group, keys in groups.items():
        yes = len(set(keys) - {"D02", "H03"})
        came = len(set(keys) - {"D02", "H03", "S01"})
        row = [line for line in lines if line.startswith("| %s |" % group)]
        cells = row[0].split(" | ") if row else []
        check("%s: invited %d, yes %d, came %d" % (group, len(keys), yes, came),
              len(cells) > 5 and cells[1] == str(len(keys)) and cells[2] == str(yes) and cells[-2] == str(came), row)
    check("whoever came has answered the survey", "Anonymous; %d answers of %d shown here." % (n - 3, n - 3) in lines)
    check("the invitation went to all", "| invitation | everybody invited | %d | \u2013" % n in lines)


def nothing_else_is_needed(page):
    for fetches in ("<script", "<link", "src=", "url(", "@import", "<iframe", "<img"):
        check("the page has no %s" % fetches, fetches not in page)
    check("the page is small enough for a mail", len(page) < 100_000, len(page))


def mailed(folder):
    """The same script with the word report: each organiser gets it by their own clock, and it names no guest."""
    script = (ROOT / "examples/03-briefing-2021/hlb.lua").read_text()
    if "\nreport " not in script:
        script += '\nreport { to = organisers, at = "6 working days after, 09:00", tables = "csv", approve = false }\n'
    for name in ("people.csv", "guests.csv", "programme.txt", "invitation.md"):
        (folder / name).write_text((ROOT / "examples/03-briefing-2021" / name).read_text())
    (folder / "hlb.lua").write_text(script)
    played = rehearse(folder, str(folder / "hlb.lua"), "--guest", GUESTS)
    check("the mail with the report is rehearsed", played.returncode == 0, played.stderr)
    reports = []
    for path in sorted(glob.glob(str(folder / "out/mails/*.eml"))):
        with open(path, "rb") as f:
            mail = email.message_from_binary_file(f, policy=email.policy.default)
        if mail["subject"].startswith("Report: "):
            reports.append(mail)
    check("both organisers get it", sorted(m["to"].addresses[0].addr_spec for m in reports) ==
          ["doim@moic.example", "programmes@apcict.example"], [str(m["to"]) for m in reports])
    check("each at nine in the morning by their own clock", "mail report" in played.stdout and
          "09:00  12:00" in played.stdout and "06:00  09:00" in played.stdout, played.stdout)
    for mail in reports:
        files = {a.get_filename(): a.get_payload(decode=True).decode("utf-8-sig") for a in mail.iter_attachments()}
        page = files.get("hlb-2021-report.html", "")
        check("the page is attached", "High-Level Briefing" in page)
        check("its page names no guest", "Wangmo" not in page and "Dorji" not in page)
        rows = list(csv.DictReader(io.StringIO(files.get("hlb-2021-guests.csv", ""))))
        check("the table of guests has them all", len(rows) == 24 and rows[0]["key"] == "S01", len(rows))
        body = mail.get_body(("plain",)).get_content()
        check("the mail itself says how many came", "- 24 invited: 22 said yes, 1 said no, 1 did not answer" in body
              and "- 21 came" in body, body)


with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
    page = briefing(Path(one))
    lines = Words(page).lines
    compare(lines)
    count_by_hand(lines)
    nothing_else_is_needed(page)
    mailed(Path(other))
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed != 0)
