#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The anonymous survey: whoever has the database file can't tell whose answer is whose.

Guests answer over HTTP in a known order, the engine is stopped or killed, and the file is read byte by byte. Every
order that can be read in it (of keys, of bytes, of cells within a page, of first appearance in the write-ahead log,
of the marks of who has answered) is compared with the order in which people answered, over several runs, against
shuffled orders. The same comparison finds two naive ways to keep answers: under counted keys, and under random keys in
an ordinary book, where nothing but the place of the bytes gives people away.
"""
import contextlib
import http.client
import math
import os
import re
import signal
import sqlite3
import statistics
import sys
import tempfile
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import cbor_read  # noqa: E402
import live  # noqa: E402

GUESTS, FEW = 30, 12  # the answers of a few fit on one page, where nothing moves what came first
RUNS = [(GUESTS, False), (FEW, True)] * 3  # how many answer; whether kill -9 ends it
SHUFFLES = 200
FAR = 5  # standard deviations: by chance one comparison in a million is further away
PAGE = 4096
TABLES = ("flow", "journal", "inbox", "book", "audit", "occurrence", "schedule", "flow_kind")

EVENT = """
event "briefing" { title = "Briefing", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Office <office@office.example>", organisers = { "office" } }
people { { key = "office", name = "Office", mail = "office@office.example" } }
local list = {}
for i = 0, %d do list[#list + 1] = { key = ("guest-%%02d-"):format(i), name = ("Guest %%02d"):format(i),
  mail = ("g%%d@office.example"):format(i) } end
guests(list)
usher.on("tokens", function()
  local tokens = {}
  for _, guest in ipairs(list) do tokens[guest.key] = usher.link.make("survey", guest.key) end
  return tokens
end)
""" % (GUESTS - 1)

SURVEY = EVENT + """
survey "feedback" { to = invited, anonymous = true, nudges = {}, opens = "1 hour after the end",
  ask = { rating "How was it?" { "bad", "good" }, text "Why?" { long = true } } }
"""

# What somebody might write who thinks of keys only.
NAIVE = EVENT + """
usher.http.route("POST", "/s/:token/feedback", function(request)
  local key = usher.link.read("survey", request.params.token)
  local answers = usher.book("feedback-answers")
  usher.book("feedback-answered"):set(key, true)
  answers:set(KEY, { answers = { ["How was it?"] = request.form["ask: How was it?"],
    ["Why?"] = request.form["ask: Why?"] } })
  return { redirect = "/thanks" }
end)
"""
COUNTED = NAIVE.replace("KEY", '("%06d"):format(answers:count() + 1)')
RANDOM_KEYS = NAIVE.replace("KEY", "usher.fresh()")


# ---- a run -------------------------------------------------------------------------------------------------

class Answer:
    """What one guest sends. Its text begins and ends with a mark, of which the end of a page can cut one at most."""

    def __init__(self, dice, key):
        number = "%08x" % dice.getrandbits(32)
        self.key, self.head, self.tail = key, "h%sh" % number, "t%st" % number
        self.rating = str(dice.randint(1, 5))
        self.text = self.head + "." * dice.randint(20, 120) + self.tail

    def form(self):
        return urllib.parse.urlencode({"ask: How was it?": self.rating, "ask: Why?": self.text})


class Run:
    """Guests who answered in an order, and the files that are left."""

    def __init__(self, dice, script, how_many, kill):
        port = live.free_port()
        config = 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1:%d" }\n' % (port, port)
        with live.Place(script, config) as place:
            place.run("--as-if", "Thu 25 Feb 2021 18:00 Asia/Thimphu")
            live.wait_until("nothing is under way", lambda: not place.states().get("ready"))
            if script is SURVEY:
                place.stop()
                self.before = tables_of(place.path / "usher.db")
                place.run("--as-if", "Thu 25 Feb 2021 18:00 Asia/Thimphu")
            tokens = place.ask("call", call="tokens")["reply"]
            keys = dice.sample(sorted(tokens), how_many)
            self.answers = [Answer(dice, key) for key in keys]
            for answer in self.answers:
                post(port, tokens[answer.key], answer.form())
            self.again = post(port, tokens[keys[0]], Answer(dice, keys[0]).form())
            place.kill() if kill else place.stop()
            self.file = (place.path / "usher.db").read_bytes()
            log = place.path / "usher.db-wal"
            self.wal = log.read_bytes() if log.exists() else b""
            self.after = tables_of(place.path / "usher.db")
            self.sealed = sealed_of(place.path / "usher.db")
            self.log, self.tokens = place.log(), tokens

            self.disk = self.file + self.wal  # what is written last counts

    def place_of(self, answer):
        """Where the answer stands on the disk."""
        return (find_all(self.disk, answer.head) or find_all(self.disk, answer.tail))[-1]


def post(port, token, form):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=live.PATIENCE_S)
    connection.request("POST", "/s/%s/feedback" % token, form, {"content-type": "application/x-www-form-urlencoded"})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 303:
        raise AssertionError("the form was answered with %d: %s" % (response.status, body[-1000:]))
    return response.getheader("location")


def find_all(data, mark):
    return [match.start() for match in re.finditer(re.escape(mark.encode()), data)]


def tables_of(path):
    """What is in the tables, but for the log-in on the console: each start of usher makes a new one."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        rows = {table: db.execute("SELECT * FROM %s" % table).fetchall() for table in TABLES}
    rows["book"] = [row for row in rows["book"] if row[1:3] != ("login", "#console")]
    rows["audit"] = [row for row in rows["audit"] if row[6] != "on the console"]
    return rows


def sealed_of(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {book: cbor_read.value(entries) for book, entries in db.execute("SELECT book, entries FROM sealed")}


# ---- comparing orders ----------------------------------------------------------------------------------------

def agreement(order, near=None):
    """Pairs that stand in the order in which they came, less those that stand the other way round. near: which pairs
    count, by their places."""
    score = 0
    for i, one in enumerate(order):
        for other in order[i + 1:]:
            if near is None or near(one, other):
                score += (one < other) - (one > other)
    return score


def on_one_page(one, other):
    return one // PAGE == other // PAGE


def last_is_outside(order):
    """How far the last one to come stands from the middle, from 0 to 1."""
    rank = sorted(order).index(order[-1])
    return abs(2 * rank / (len(order) - 1) - 1)


def first_appearances(run):
    """Where each answer first appears in the log; those that are not there stand nowhere."""
    found = [find_all(run.wal, answer.head) for answer in run.answers]
    return [places[0] for places in found if places]


def key_order(run):
    """Places of the answers among the keys of their book, in whichever table it is kept."""
    kept = run.sealed.get("feedback-answers") or {
        row[2]: cbor_read.value(row[3]) for row in run.after["book"] if row[1] == "feedback-answers"}
    texts = [kept[key]["answers"]["Why?"] for key in sorted(kept)]
    return [texts.index(answer.text) for answer in run.answers]


def marks_and_answers(run):
    """How many guests' marks are the n-th of their kind when their answers are, read in the order of the bytes."""
    region = mark_region(run)
    marks = sorted(run.answers, key=lambda answer: region.get(answer.key, 0))
    answers = sorted(run.answers, key=run.place_of)
    return sum(a is b for a, b in zip(marks, answers)), sum(a is b for a, b in zip(marks, reversed(answers)))


def mark_region(run):
    """Where each guest's mark stands: key and true, as CBOR has it, or as SQLite's row has it."""
    places = {}
    for answer in run.answers:
        key = answer.key.encode()
        sealed = [at for at in find_all(run.disk, answer.key) if run.disk[at + len(key)] == 0xf5]
        rows = find_all(run.disk, "feedback-answered" + answer.key)
        places[answer.key] = (rows or sealed or [0])[-1]
    return places


COMPARISONS = {
    "the order of bytes": lambda run: (agreement, [run.place_of(a) for a in run.answers]),
    "the order of cells in a page":
        lambda run: (lambda order: agreement(order, on_one_page), [run.place_of(a) for a in run.answers]),
    "the order of keys": lambda run: (agreement, key_order(run)),
    "the order in the log": lambda run: (agreement, first_appearances(run)),
    "the place of the last one": lambda run: (last_is_outside, [run.place_of(a) for a in run.answers]),
    "the order of marks": lambda run: (agreement, list(mark_region(run)[a.key] for a in run.answers)),
}


def distances(runs, dice):
    """For each comparison: how many standard deviations all runs together are from what shuffled orders give."""
    found = {}
    for name, look in COMPARISONS.items():
        excess = variance = 0.0
        for run in runs:
            score, order = look(run)
            if len(order) < 2:
                continue
            shuffled = [score(dice.sample(order, len(order))) for _ in range(SHUFFLES)]
            excess += score(order) - statistics.mean(shuffled)
            variance += statistics.pvariance(shuffled)
        found[name] = excess / math.sqrt(variance) if variance else 0.0
    matches = [marks_and_answers(run) for run in runs]
    for i, name in enumerate(("the n-th mark and the n-th answer", "the n-th mark and the last but n-th answer")):
        found[name] = (sum(m[i] for m in matches) - len(runs)) / math.sqrt(len(runs))  # by chance one match in a run
    return found


def show(title, found):
    print("  %s:" % title)
    for name, far in found.items():
        print("    %-45s %6.1f standard deviations" % (name, far))


# ---- the checks ----------------------------------------------------------------------------------------------

def no_order_in_the_file_says_who_answered_when(real, dice):
    found = distances(real, dice)
    show("sealed books, %d runs" % len(real), found)
    for name, far in found.items():
        live.at_most(name, abs(far), FAR)


def the_same_comparison_finds_counted_keys(real, dice):
    found = distances([Run(dice, COUNTED, GUESTS, False) for _ in range(2)], dice)
    show("an ordinary book with counted keys", found)
    live.at_least("the order of keys", abs(found["the order of keys"]), FAR)


def the_same_comparison_finds_random_keys_in_an_ordinary_book(real, dice):
    found = distances([Run(dice, RANDOM_KEYS, FEW, kill) for kill in [False, True] * 3], dice)
    show("an ordinary book with random keys", found)
    live.at_most("the order of keys", abs(found["the order of keys"]), FAR)  # they are random indeed
    live.at_least("the order of cells in a page", abs(found["the order of cells in a page"]), FAR)
    live.at_least("the order in the log", abs(found["the order in the log"]), FAR)
    live.at_least("the n-th mark and the n-th answer", found["the n-th mark and the n-th answer"], FAR)


def each_answer_stands_in_the_file_once_and_the_log_is_empty(real, dice):
    for run in real:
        live.at_most("bytes of the log", len(run.wal), 0)
        for answer in run.answers:
            for mark in (answer.head, answer.tail):
                live.at_most("%s stands there so often" % mark, len(find_all(run.file, mark)), 1)


def nothing_else_in_the_database_has_changed(real, dice):
    for run in real:
        for table in TABLES:
            if run.before[table] != run.after[table]:
                raise AssertionError("the table %s has changed: %s" % (table, run.after[table]))


def the_books_hold_nothing_but_marks_and_answers(real, dice):
    for run in real:
        if set(run.sealed) != {"feedback-answered", "feedback-answers"}:
            raise AssertionError("the sealed books are %s" % sorted(run.sealed))
        if run.sealed["feedback-answered"] != {answer.key: True for answer in run.answers}:
            raise AssertionError("the marks are %s" % run.sealed["feedback-answered"])
        for key, sheet in run.sealed["feedback-answers"].items():
            known = set(sheet) <= {"answers", "shown"} and set(sheet["answers"]) == {"How was it?", "Why?"}
            if not known or not re.fullmatch(r"[\w-]{22}", key) or "guest" in str(sheet):
                raise AssertionError("an answer is kept as %s: %s" % (key, sheet))


def at_least_five_answers_are_never_told_apart(real, dice):
    for run in real:
        shown = sum("shown" in sheet for sheet in run.sealed["feedback-answers"].values())
        if shown % 5 or not 5 <= len(run.answers) - shown <= 9:
            raise AssertionError("%d of %d answers may be looked at" % (shown, len(run.answers)))


def a_second_answer_of_somebody_counts_for_nothing(real, dice):
    for run in real:
        if len(run.sealed["feedback-answers"]) != len(run.answers):
            raise AssertionError("%d answers are kept" % len(run.sealed["feedback-answers"]))


def the_log_of_the_program_names_nobody(real, dice):
    for run in real:
        for answer in run.answers:
            for word in (answer.key, answer.head, run.tokens[answer.key]):
                if word in run.log:
                    raise AssertionError("the log says %s" % word)


CHECKS = (no_order_in_the_file_says_who_answered_when, the_same_comparison_finds_counted_keys,
          the_same_comparison_finds_random_keys_in_an_ordinary_book,
          each_answer_stands_in_the_file_once_and_the_log_is_empty, nothing_else_in_the_database_has_changed,
          the_books_hold_nothing_but_marks_and_answers, at_least_five_answers_are_never_told_apart,
          a_second_answer_of_somebody_counts_for_nothing, the_log_of_the_program_names_nobody)


def main():
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"  # some hundred answers with three syncs each; the bytes are the same
    dice = live.seed()
    real = [Run(dice, SURVEY, how_many, kill) for how_many, kill in RUNS]
    passed = failed = 0
    for check in CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            check(real, dice)
            passed += 1
            print("ok   ", name)
        except AssertionError as wrong:
            failed += 1
            print("FAIL ", name, "\n     ", str(wrong)[:1000])
    print("%d passed, %d failed" % (passed, failed))
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
