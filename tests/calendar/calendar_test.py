#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""calendar: what usher writes for people's calendars, compared with files that a person has read (*.ics
beside this one; --bless writes them anew) and read back by two programs that are not usher.
"""
import email
import email.policy
import json
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import debian_python

debian_python.need("icalendar", "dateutil")
import live
import readers
from errands import equal, holds, main

HERE = Path(__file__).resolve().parent
FROM = "1 Jan 2021 09:00 Asia/Thimphu"
BLESS = "--bless" in sys.argv
LINE_MAX = 75
DAY_MS = 86400000


def rehearse(script, **files):
    """Rehearses a script in a folder of its own: its mails, in order."""
    with tempfile.TemporaryDirectory(prefix="usher-calendar-") as folder:
        for name in (script, "entries.lua"):
            (Path(folder) / name).write_bytes((HERE / name).read_bytes())
        for name, text in files.items():
            (Path(folder) / name.replace("_", ".")).write_text(text)
        done = subprocess.run([live.find_build("usher"), "rehearse", "--out", "out", "--from", FROM, script],
                              cwd=folder, env=live.environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stdout[-3000:] + done.stderr[-3000:])
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                for path in sorted(Path(folder).glob("out/mails/*.eml"))]


def part_of(mail, kind):
    parts = [p for p in mail.walk() if p.get_content_type() == kind]
    equal(len(parts), 1)
    return parts[0]


def bytes_of(mail, kind="text/calendar"):
    return part_of(mail, kind).get_payload(decode=True)


def by_subject(script):
    return {mail["subject"]: mail for mail in rehearse(script)}


def calendars_of(script):
    """subject -> (bytes of the calendar, what usher knows about it)"""
    found = {}
    for subject, mail in by_subject(script).items():
        kind = "application/octet-stream" if subject == "feed" else "text/calendar"
        found[subject] = bytes_of(mail, kind), json.loads(mail.get_body(("plain",)).get_content())
    return found


LIVES = {script: calendars_of(script + ".lua") for script in ("thimphu", "new-york", "series")}


def golden(script, subjects):
    for subject in subjects:
        path = HERE / ("%s-%s.ics" % (script, subject))
        data = LIVES[script][subject][0]
        if BLESS:
            path.write_bytes(data)
        equal(data.decode(), path.read_bytes().decode())


def check_thimphu_is_written_as_a_person_has_read_it():
    golden("thimphu", ("request", "update", "cancel"))


def check_new_york_in_the_nights_of_the_clock_changes_is_written_as_a_person_has_read_it():
    golden("new-york", ("request", "update", "cancel"))


def check_a_series_across_a_change_is_written_as_a_person_has_read_it():
    golden("series", ("one", "gone", "feed"))


def check_two_readers_see_the_instants_that_usher_means():
    for subjects in LIVES.values():
        for data, known in subjects.values():
            events = readers.read(data)[0]["events"]
            equal([(e["starts"], e["ends"], e["summary"]) for e in events],
                  [(s["starts"], s["ends"], s["title"]) for s in known["sessions"]])


def check_a_mail_is_stamped_with_the_time_of_its_decision():
    for script in ("thimphu", "new-york"):
        for data, known in LIVES[script].values():
            equal(readers.read(data)[0]["events"][0]["stamp"], known["now"] - DAY_MS)  # it was decided a day ahead


def check_the_sequence_goes_up_with_what_people_must_know():
    for script in ("thimphu", "new-york"):
        read = {subject: readers.read(data)[0] for subject, (data, _) in LIVES[script].items()}
        events = {subject: calendar["events"][0] for subject, calendar in read.items()}
        equal({s: e["sequence"] for s, e in events.items()},
              {"request": 0, "again": 0, "update": 1, "cancel": 2, "once-more": 3})
        equal({s: c["method"] for s, c in read.items()},
              {"request": "REQUEST", "again": "REQUEST", "update": "REQUEST", "cancel": "CANCEL", "once-more": "REQUEST"})
        equal({e["uid"] for e in events.values()}, {events["request"]["uid"]})
        equal([events[s]["status"] for s in ("update", "cancel")], ["CONFIRMED", "CANCELLED"])
        equal([events[s]["partstat"] for s in ("request", "again")], ["NEEDS-ACTION", "ACCEPTED"])
        equal([events[s].get("rsvp") for s in ("request", "again", "cancel")], ["TRUE", None, None])
        equal(events["again"]["changed"], events["request"]["changed"])


def check_names_arrive_whole():
    event = readers.read(LIVES["thimphu"]["request"][0])[0]["events"][0]
    equal(event["attendee_cn"], "Dasho བསོད་ནམས་དབང་མོ")
    equal(event["organizer_cn"], "MoIC Briefings, DoIM")
    equal(event["alarm"], "-PT15M")
    event = readers.read(LIVES["new-york"]["request"][0])[0]["events"][0]
    equal(event["attendee_cn"], 'Robert "Bob" O^Neill')
    equal(event["attendee"], "mailto:bob+night@un.example")


def check_a_feed_has_every_session_and_no_attendee():
    feed = readers.read(LIVES["series"]["feed"][0])[0]
    equal(feed["method"], "PUBLISH")
    equal((feed["name"], feed["refresh"]), ("Training of trainers", "PT1H"))
    equal([e["uid"] for e in feed["events"]], ["training.%d@un.example" % i for i in range(1, 7)])
    equal([e["status"] for e in feed["events"]].count("CANCELLED"), 1)
    equal([e.get("attendee") for e in feed["events"]], [None] * 6)
    gone, one = (readers.read(LIVES["series"][s][0])[0]["events"][0] for s in ("gone", "one"))
    for event in (gone, one):
        same = [e for e in feed["events"] if e["uid"] == event["uid"]]
        equal([(e["sequence"], e["status"]) for e in same], [(event["sequence"], event["status"])])


def check_the_zone_is_cut_to_what_is_needed():
    def observances(data):
        return data.count(b"BEGIN:STANDARD"), data.count(b"BEGIN:DAYLIGHT")
    equal({observances(data) for data, _ in LIVES["thimphu"].values()}, {(1, 0)})
    equal({observances(data) for data, _ in LIVES["new-york"].values()}, {(1, 1)})
    equal({observances(data) for data, _ in LIVES["series"].values()}, {(1, 1)})


def check_every_line_ends_in_crlf_and_has_75_octets_at_most():
    for subjects in LIVES.values():
        for data, _ in subjects.values():
            lines = data.split(b"\r\n")
            equal(lines.pop(), b"")
            live.at_most("octets", max(map(len, lines)), LINE_MAX)
            for line in lines:
                equal(b"\n" in line or b"\r" in line, False)
                line.decode()  # no letter is cut


def check_the_mail_has_the_entry_where_each_program_looks():
    for script in ("thimphu", "new-york"):
        for subject, mail in by_subject(script + ".lua").items():
            method = "CANCEL" if subject == "cancel" else "REQUEST"
            equal(mail.get_content_type(), "multipart/mixed")
            body, attached = mail.iter_parts()
            equal(body.get_content_type(), "multipart/alternative")
            equal([p.get_content_type() for p in body.iter_parts()], ["text/plain", "text/calendar"])
            entry = part_of(mail, "text/calendar")
            equal((entry.get_param("method"), entry.get_param("charset")), (method, "utf-8"))
            holds(entry.get_payload(decode=True), b"\r\nMETHOD:%s\r\n" % method.encode())
            equal(entry.get_content_disposition(), None)
            equal((attached.get_content_type(), attached.get_content_disposition(), attached.get_filename()),
                  ("application/ics", "attachment", "invite.ics"))
            equal(attached.get_payload(decode=True), entry.get_payload(decode=True))


# ---- an office that changes its mind -------------------------------------------------------------------------

OFFICE = """
event "moved" {
  title = "Briefing", when = "%s 14:00-16:30 Asia/Thimphu", where = "Hall", from = "Desk <desk@moic.example>",
}
guests { { key = "sonam", name = "Sonam Wangmo", mail = "sonam@health.example" } }
mail "invitation" {
  to = invited, at = "10 days before, 09:00", attach = "calendar", subject = "Invitation", text = "Dear {name}",
}
"""
NEW_TIME = """
mail "new-time" { subject = "New time", text = "Dear {name}, your calendar is here: {calendar_link}" }
"""


def mails_in(outbox):
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in outbox.glob("*.eml")]
    return {mail["subject"]: mail for mail in mails}


def entry_in(mail):
    return readers.read(bytes_of(mail))[0]["events"][0]


def fetch(address, **headers):
    """Status, headers and body; a 304 is an answer like others."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers), timeout=live.PATIENCE_S) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def subscribes(mail, event):
    """The feed behind the mail's link says what the mail said, and says when nothing is new."""
    page = re.search(r"http://127\.0\.0\.1:\d+/cal/[\w-]+", mail.get_body(("plain",)).get_content())[0]
    holds(fetch(page)[2].decode(), page.replace("http:", "webcal:") + "/calendar.ics")
    status, headers, body = fetch(page + "/calendar.ics")
    equal((status, headers["content-type"]), (200, "text/calendar; charset=utf-8"))
    feed = readers.read(body)[0]
    equal(feed["method"], "PUBLISH")
    equal([[e[n] for n in ("uid", "sequence", "starts", "ends", "summary", "url")] for e in feed["events"]],
          [[event[n] for n in ("uid", "sequence", "starts", "ends", "summary", "url")]])
    equal(fetch(page + "/calendar.ics", **{"If-None-Match": headers["etag"]})[0], 304)
    equal(fetch(page[:-1] + ("A" if page[-1] != "A" else "B") + "/calendar.ics")[0], 404)


def shown(place):
    code, out, errors = place.command("ics", "Sonam")
    equal((code, errors), (0, ""))
    return readers.read(out.encode())[0]["events"][0]


def check_an_edited_date_reaches_calendars_as_an_update():
    with live.Place(OFFICE % "Thu 25 Feb 2021") as place:
        outbox = place.path / "outbox"
        place.run("--as-if", "15 Feb 2021 09:00 Asia/Thimphu")
        live.wait_until("the invitation is written", lambda: len(list(outbox.glob("*.eml"))) == 1)
        equal(place.stop(), 0)
        place.write("script.lua", OFFICE % "Fri 26 Feb 2021" + NEW_TIME)
        place.run("--as-if", "15 Feb 2021 09:00 Asia/Thimphu")  # the practice goes on where it was
        live.wait_until("the update is written", lambda: len(list(outbox.glob("*.eml"))) == 2)
        mails = mails_in(outbox)
        first, update = entry_in(mails["Invitation"]), entry_in(mails["New time"])
        equal((first["uid"], first["sequence"], first["starts"]), ("moved@moic.example", 0, 1614240000000))
        equal((update["uid"], update["sequence"], update["starts"]), ("moved@moic.example", 1, 1614240000000 + DAY_MS))
        subscribes(mails["New time"], update)
        beside = shown(place)
        equal(place.stop(), 0)
        alone = shown(place)
        for event in (beside, alone):
            equal([event[n] for n in ("uid", "sequence", "starts", "changed")],
                  [update[n] for n in ("uid", "sequence", "starts", "changed")])


# ---- properties ---------------------------------------------------------------------------------------------

LETTERS = ["\r\n", "\n", "\r", ";", ",", '"', "^", "^n", "^'", ":", "\\", "\\n", "\\,", "=", "%", " ", "  ", "\t",
           "\x07", "\x1b", "\x7f", "\x0b", "\x0c", "\u0085", "\u2028", "\u2029", "\u00a0", "\ufeff", "a", "Z", "9", "é", "ü",
           "བསོད་ནམས", "དབང་མོ", "漢字", "👩‍💻", "🇧🇹", "e\u0301", "سلام", "<b>", "{name}",
           "\r\nATTENDEE:mailto:evil@evil.example", "\nEND:VEVENT\nBEGIN:VEVENT\nUID:evil", '";X-EVIL="1', ":mailto:evil@evil.example",
           "\r\n X", "BEGIN:VALARM", "\\\\;", "x" * 70, "ཀ" * 30]


def some_text(dice):
    return "".join(dice.choice(LETTERS) for _ in range(dice.randint(1, 25)))


def cleaned(text):
    """What must arrive: every line break as one, other control characters not at all, nothing around it."""
    for line_break in ("\r\n", "\r", "\x0b", "\x0c", "\u0085", "\u2028", "\u2029"):
        text = text.replace(line_break, "\n")
    return "".join(c for c in text if c in "\n\t" or not (ord(c) < 32 or ord(c) == 127)).strip(" \t\n")


def texts_of(cases):
    """The calendars that usher writes for these texts, as one stream."""
    mails = rehearse("texts.lua", cases_json=json.dumps(cases))
    return b"".join(bytes_of(mail, "application/octet-stream") for mail in mails)


READ_AS = {"summary": "title", "location": "place", "description": "text", "organizer_cn": "organiser",
           "attendee_cn": "attendee"}


def check_any_text_arrives_whole_and_changes_no_structure():
    dice = live.seed()
    cases = [dict({name: some_text(dice) for name in READ_AS.values()}, mail="guest@guests.example") for _ in range(400)]
    calendars = readers.read(texts_of(cases))
    equal(len(calendars), len(cases))
    for i, (calendar, case) in enumerate(zip(calendars, cases)):
        equal(len(calendar["events"]), 1)
        event, wanted = calendar["events"][0], {name: cleaned(text) for name, text in case.items()}
        equal((event["uid"], event["sequence"]), ("case-%d@office.example" % (i + 1), i + 1))
        for name, read in READ_AS.items():
            equal(event.get(name) or "", wanted[read].replace("\\", "/") if name.endswith("_cn") else wanted[read])
        equal((event["organizer"], event["attendee"]), ("mailto:office@office.example", "mailto:guest@guests.example"))
        some = [name.upper() for name in ("summary", "location", "description") if name in event]
        equal(event["properties"], sorted(["UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "ORGANIZER", "ATTENDEE",
                                           "STATUS"] + some))


def check_every_length_around_the_fold_arrives_whole():
    cases = [dict(title=letter * n, place="x", text="x", organiser="o", attendee=letter * n, mail="guest@guests.example")
             for letter in ("a", "é", "ཀ", "👩") for n in range(1, 100)]
    data = texts_of(cases)
    for line in data.split(b"\r\n"):
        live.at_most("octets", len(line), LINE_MAX)
        line.decode()
    for calendar, case in zip(readers.read(data), cases):
        equal(calendar["events"][0]["summary"], case["title"])
        equal(calendar["events"][0]["attendee_cn"], case["attendee"])


def check_an_address_ends_nothing():
    cases = [dict(title="t", place="p", text="x", organiser="o", attendee="a", mail=mail)
             for mail in ("a?b#c%d@guests.example", "o'brien+x@guests.example", "a`{}|^@guests.example")]
    read = [calendar["events"][0]["attendee"] for calendar in readers.read(texts_of(cases))]
    equal(read, ["mailto:a%3Fb%23c%25d@guests.example", "mailto:o'brien+x@guests.example",
                 "mailto:a%60%7B%7D%7C%5E@guests.example"])


ZONES = ["Asia/Thimphu", "Asia/Kolkata", "Asia/Kathmandu", "Asia/Seoul", "Asia/Manila", "UTC", "Etc/GMT-6", "America/New_York",
         "America/St_Johns", "America/Santiago", "America/Havana", "America/Nuuk", "Europe/Berlin", "Europe/London",
         "Europe/Dublin", "Africa/Cairo", "Africa/Casablanca", "Asia/Jerusalem", "Asia/Beirut", "Asia/Gaza",
         "Australia/Sydney", "Australia/Lord_Howe", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Apia", "Africa/Lagos"]
YEAR_2026, QUARTER_MS = 1767225600000, 15 * 60 * 1000


def some_instants(dice):
    """A few days within three quarters of a year, at quarters of an hour."""
    begin = YEAR_2026 + dice.randrange(9 * 365) * DAY_MS
    return sorted(begin + dice.randrange(270 * 96) * QUARTER_MS for _ in range(8))


def check_readers_see_the_same_instants_in_every_zone():
    dice = live.seed()
    cases = [{"zone": zone, "instants": some_instants(dice)} for zone in ZONES]
    hour = 3600 * 1000
    night = 1825563600000 - 4 * hour  # New York, 7 Nov 2027: an hour comes twice, and each of its quarters is meant
    cases.append({"zone": "America/Detroit", "instants": [night + i * QUARTER_MS for i in range(32)]})
    cases.append({"zone": "America/Toronto", "instants": [1805007600000 - 2 * hour + i * QUARTER_MS for i in range(16)]})
    feeds = [bytes_of(mail, "application/octet-stream") for mail in rehearse("zones.lua", cases_json=json.dumps(cases))]
    equal(len(feeds), len(cases))
    wrong = []
    for data in feeds:
        for event in readers.read(data)[0]["events"]:
            if (event["starts"], event["ends"]) != (int(event["summary"]), int(event["summary"]) + 90 * 60 * 1000):
                wrong.append(event)
    equal(wrong, [])


main(globals())
