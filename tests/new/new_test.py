#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`usher new`: the folder that an event begins with is fine as it stands, and nothing is written over."""
import os
import re
import resource
import shutil
import signal
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

KINDS = sorted(path.name for path in (live.ROOT / "scripts/starters").iterdir())
WHEN = re.compile(r'when = "(\w{3}) (\d+ \w{3} \d{4}) (\d\d:\d\d)-(\d\d:\d\d) (\S+)"')


def ended(place, *words):
    code, out, errors = place.command(*words)
    equal((words, code, errors), (words, 0, ""))
    return out


def refused(place, code, sentence, *words):
    got, out, errors = place.command(*words)
    equal((words, got, out), (words, code, ""))
    holds(errors, sentence)


def check_every_starter_passes_unedited_and_its_days_are_to_come():
    for kind in KINDS:
        with live.Place() as place:
            holds(ended(place, "new", kind, "my-training", "--zone", "Asia/Thimphu"), "my-training/my-training.lua")
            equal(ended(place, "check"), "my-training/my-training.lua: fine\n")
            timeline = ended(place, "rehearse")
            holds(timeline, "Thimphu (UTC+6)")
            equal("Please look at" in timeline, False)
            equal(ended(place, "rehearse", "my-training/"), timeline)
            place.path = place.path / "my-training"
            equal(ended(place, "rehearse"), timeline)


def check_a_briefing_is_on_a_thursday_in_two_months_whatever_the_day():
    with live.Place() as place:
        ended(place, "new", "briefing", "soon")
        weekday, day, begins, ends, zone = WHEN.search((place.path / "soon/soon.lua").read_text()).groups()
        when = datetime.strptime(day, "%d %b %Y").date()
        equal((weekday, when.weekday(), begins, ends), ("Thu", 3, "14:00", "16:30"))
        ahead = (when - date.today()) / timedelta(weeks=1)
        equal(7.8 <= ahead <= 9.2, True)


def check_when_and_zone_are_as_said():
    with live.Place() as place:
        ended(place, "new", "briefing", "later", "--when", "6 Apr 2027 09:00-11:00", "--zone", "Asia/Seoul")
        holds((place.path / "later/later.lua").read_text(), '"Tue 6 Apr 2027 09:00-11:00 Asia/Seoul"')
        equal(ended(place, "check", "later"), "later/later.lua: fine\n")  # its programme fits into two hours
        ended(place, "new", "briefing", "own", "--when", "6 Apr 2027 22:00 - 7 Apr 2027 01:00 Asia/Manila")
        holds((place.path / "own/own.lua").read_text(), '"Tue 6 Apr 2027 22:00 - Wed 7 Apr 2027 01:00 Asia/Manila"')
        equal(ended(place, "check", "own"), "own/own.lua: fine\n")
        refused(place, 1, "is a Mon, not a Tue", "new", "briefing", "x", "--when", "Tue 5 Apr 2027 14:00-15:00")
        refused(place, 1, "has no end", "new", "briefing", "x", "--when", "5 Apr 2027 14:00")
        refused(place, 1, "Asia/Thimphu", "new", "briefing", "x", "--zone", "Thimpu")
        equal((place.path / "x").exists(), False)


def check_the_machine_says_whose_clock_it_is():
    with live.Place() as place:
        code, _, errors = place.command("new", "briefing", "here", TZ="Asia/Manila")
        equal((code, errors), (0, ""))
        holds((place.path / "here/here.lua").read_text(), "Asia/Manila")


def check_the_id_and_the_title_are_made_of_the_name():
    with live.Place() as place:
        ended(place, "new", "briefing", "Dzongda's e-Forum (2027)")
        script = (place.path / "Dzongda's e-Forum (2027)/dzongda-s-e-forum-2027.lua").read_text()
        holds(script, 'event "dzongda-s-e-forum-2027"')
        holds(script, 'title = "Dzongda\'s e Forum (2027)"')
        ended(place, "new", "briefing", "Schön 1")
        equal(ended(place, "check", "Schön 1/"), "Schön 1/sch-n-1.lua: fine\n")


def check_nothing_is_written_over():
    with live.Place() as place:
        place.write("mine/guests.csv", "name,mail\n")
        refused(place, 1, "is here already", "new", "briefing", "mine")
        place.write("file", "x")
        refused(place, 1, "is here already", "new", "briefing", "file")
        os.symlink("/nowhere", place.path / "link")
        refused(place, 1, "is here already", "new", "briefing", "link")
        equal((place.path / "mine/guests.csv").read_text(), "name,mail\n")
        equal(sorted(os.listdir(place.path / "mine")), ["guests.csv"])


def check_a_name_that_leads_elsewhere_is_refused():
    with live.Place() as place:
        for name in ("../up", "/tmp/usher-new-absolute", "a/b", "..", ".", "a\\b"):
            refused(place, 1, name, "new", "briefing", name)
        for name in (".hidden", "-x", "a\nb", 'a"b', "[[a", "a]]", "\u00fc", "name ", "x" * 65, "@id@"):
            code, out, errors = place.command("new", "briefing", "--", name)
            equal((name, code, out), (name, 1, ""))
        refused(place, 1, "give it one of 1 to 64", "new", "briefing", "")
        equal(os.listdir(place.path), [])


def check_a_kind_that_is_not_there_is_told_with_those_that_are():
    with live.Place() as place:
        refused(place, 1, "did you mean 'briefing'?", "new", "brieffing", "x")
        refused(place, 1, "usher new briefing NAME", "new", "..", "x")
        refused(place, 2, "usher new KIND NAME", "new", "briefing")
        equal(os.listdir(place.path), [])


def check_a_folder_where_nothing_can_be_written_stays_as_it_was():
    with live.Place() as place:
        (place.path / "shut").mkdir(mode=0o500)
        if os.access(place.path / "shut", os.W_OK):  # the superuser writes everywhere: a full disk instead
            def small():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))
            code, _, errors = place.command("new", "briefing", "full", preexec=small)
            equal(code, 3)
            holds(errors, "can't be written")
            equal((place.path / "full").exists(), False)
        else:
            place.path = place.path / "shut"
            code, _, errors = place.command("new", "briefing", "x")
            equal(code, 1)
            holds(errors, "can't be made")


def check_several_scripts_are_not_guessed_among():
    with live.Place() as place:
        refused(place, 2, "there is no script here", "rehearse")
        ended(place, "new", "briefing", "one")
        ended(place, "new", "briefing", "two")
        refused(place, 2, "there are 2 scripts here", "rehearse")
        place.write("one/rules.lua", "mail 'x' {}\n")
        refused(place, 2, "there are 2 scripts in one", "check", "one")
        equal(ended(place, "check", "two"), "two/two.lua: fine\n")


# ---- like another event ------------------------------------------------------------------------------------

def with_pages():
    port = live.free_port()
    return 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1:%d" }\n' % (port, port)


BRIEFING = live.ROOT / "examples/03-briefing-2021"


def check_a_clone_keeps_the_rules_and_asks_for_the_date_and_the_guests():
    with live.Place() as place:
        out = ended(place, "new", "--like", BRIEFING, "again")
        holds(out, "guests.csv has its first line only: whom do you invite?")
        equal(sorted(os.listdir(place.path / "again")),
              ["again.lua", "guests.csv", "invitation.md", "people.csv", "programme.txt"])
        equal((place.path / "again/guests.csv").read_text(), "key,name,salutation,group,mail,assistant,language\n")
        script = (place.path / "again/again.lua").read_text()
        holds(script, 'event "again" {')
        before, after = (BRIEFING / "hlb.lua").read_text().split("\n"), script.split("\n")
        equal([i for i in range(len(before)) if before[i] != after[i]], [5, 7])  # its id and its date
        refused(place, 1, 'event "again": when: "say when, as in Thu 25 Feb 2031', "check", "again")
        script = script.replace("say when, as in Thu 25 Feb 2031", "Thu 27 Feb 2031")
        place.write("again/again.lua", script)
        refused(place, 1, "guests.csv: nobody is in it", "check", "again")


def check_a_clone_with_its_guests_and_a_date_is_an_event():
    with live.Place() as place:
        ended(place, "new", "series", "first", "--zone", "Asia/Thimphu")
        ended(place, "new", "--like", "first", "second", "--with-guests", "--when", "6 Apr 2032 10:00-12:00",
              "--zone", "Asia/Thimphu")
        equal(ended(place, "check", "second"), "second/second.lua: fine\n")
        holds(ended(place, "rehearse", "second"), "Thimphu (UTC+6)")
        holds((place.path / "second/second.lua").read_text(), 'from = "6 Apr 2032"')


def check_a_clone_from_the_database_brings_no_guest_along_and_arms_nothing():
    with live.Place(config=with_pages()) as place:
        ended(place, "new", "briefing", "past", "--when", "6 Apr 2032 14:00-16:30", "--zone", "Asia/Thimphu")
        place.run(script="past/past.lua")
        before = sum(place.states().values())
        ended(place, "new", "--like", "past", "next", "--when", "7 Apr 2033 14:00-16:30", "--zone", "Asia/Thimphu")
        equal(sum(place.states().values()), before)
        equal((place.path / "next/guests.csv").read_text().count("\n"), 1)
        for name in ("Sonam Wangmo", "sonam.wangmo@finance.example"):
            for path in (place.path / "next").iterdir():
                equal((path.name, name in path.read_text()), (path.name, False))
        holds((place.path / "next/next.lua").read_text(), 'when = "Thu 7 Apr 2033 14:00-16:30 Asia/Thimphu"')
        shutil.copy(place.path / "past/guests.csv", place.path / "next/guests.csv")
        equal(ended(place, "check", "next"), "next/next.lua: fine\n")
        equal(place.stop(), 0)
        ended(place, "new", "--like", "past", "stopped")  # nobody has to run for it


def check_a_clone_of_nothing_or_with_a_bad_name_is_refused():
    with live.Place(config=with_pages()) as place:
        place.write("empty/notes.txt", "x")
        refused(place, 1, "there is no script with the word event", "new", "--like", "empty", "x")
        ended(place, "new", "briefing", "one")
        refused(place, 1, "is a path", "new", "--like", "one", "../x")
        refused(place, 1, "is here already", "new", "--like", "one", "one")
        refused(place, 2, "--like EVENT NAME", "new", "--like", "one", "briefing", "x")
        place.run(script="one/one.lua")
        refused(place, 1, "neither an event of this database nor a folder here", "new", "--like", "two", "x")
        equal(sorted(path.name for path in place.path.iterdir() if path.is_dir() and path.name != "outbox"),
              ["empty", "one"])


main(globals())
