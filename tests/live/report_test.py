#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""usher report beside a running engine and without one: the page, the tables, and what is wrong with a call."""
import csv
import io
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

HOSTILE = "=cmd|'/C calc'!A0</title><script>alert(1)</script>"
SCRIPT = """
event "briefing" { title = "Trends & <more>", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", where = "Hall 2",
  from = "Office <office@office.example>", organisers = { "office" } }
people { { key = "office", name = "Office", mail = "office@office.example", zone = "Asia/Seoul" } }
guests { { key = "g1", name = %r, mail = "g1@office.example", group = "A" },
  { key = "g2", name = "Pema", mail = "g2@office.example", group = "B" },
  { key = "g3", name = "Sonam", mail = "g3@office.example", group = "B" } }
mail "invitation" { to = invited, at = "10 days before, 09:00", subject = "Come", text = "Come" }
report { at = "2 working days after, 09:00", tables = "csv" }
"""


def ended(place, *words):
    code, out, errors = place.command(*words)
    if code:
        raise AssertionError("%s ended with %d: %s" % (" ".join(words), code, errors))
    return out


def refused(place, code, part, *words):
    got, _, errors = place.command(*words)
    equal(got, code)
    holds(errors, part)


def begin():
    """Two of three have answered, two weeks before."""
    place = live.Place(SCRIPT % HOSTILE)
    place.run("--as-if", "Thu 11 Feb 2021 09:00 Asia/Thimphu")
    ended(place, "answer", "g1", "yes")
    ended(place, "answer", "Pema", "no")
    return place


def check_it_is_printed_beside_a_running_engine():
    with begin() as place:
        page = ended(place, "report", "briefing")
        holds(page, "Trends &amp; &lt;more&gt;")
        holds(page, "17:00-19:30 Seoul (UTC+9)")
        holds(page, "<span>Answered</span> <strong>2 of 3</strong>")
        holds(page, "still to come")
        equal("<script" in page, False)


def check_it_is_made_without_an_engine():
    with begin() as place:
        equal(ended(place, "report", "briefing", "--html", "running.html"), "")
        place.stop()
        equal(ended(place, "report", "briefing", "--html", "alone.html"), "")
        for name in ("running.html", "alone.html"):
            page = (place.path / name).read_text()
            holds(page, "<h1>Trends")
            holds(page, "<strong>2 of 3</strong>")


def check_tables_are_written():
    with begin() as place:
        equal(ended(place, "report", "briefing", "--csv", "tables", "--xlsx", "tables.xlsx"), "")
        text = (place.path / "tables/briefing-guests.csv").read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        equal([row["answer"] for row in rows], ["yes", "no", "none"])
        equal(rows[0]["name"][:5], "'=cmd")
        with zipfile.ZipFile(place.path / "tables.xlsx") as book:
            for name in ("guests", "mails", "mail reasons", "questions"):
                holds(book.read("xl/workbook.xml").decode(), 'name="%s"' % name)
            equal(any(b"<f>" in book.read(name) for name in book.namelist()), False)


def check_what_is_wrong_is_said():
    with begin() as place:
        refused(place, 1, "no script that runs here answers to 'report'", "report", "breifing")
        refused(place, 2, "an event's name", "report")
        refused(place, 1, "can't be made", "report", "briefing", "--csv", "/proc/no")


main(globals())
