# SPDX-License-Identifier: MIT
"""readers: two programs that are not usher read what it writes, and say the same of it.

libical comes by tests/tools/ics_read.c. The other is icalendar, with dateutil for the zones: it makes the
instants from the VTIMEZONE in the file by code of its own.
"""
import io
import json
import re
import subprocess
import sys
from datetime import timezone
from pathlib import Path

import dateutil.tz
import icalendar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live

NAMES = ("uid", "summary", "location", "url", "description", "status", "organizer", "attendee")


def without_backslashes(text):
    return re.sub(r"\\(.)", lambda m: "\n" if m[1] in "nN" else m[1], text)


# icalendar 4 undoes escapes twice, and one kind after the other: of "\\\\n" (a backslash, an n) it makes a line break.
icalendar.parser.escape_string = icalendar.parser.unescape_string = lambda text: text
icalendar.prop.unescape_char = without_backslashes


def by_libical(data):
    """A dict for each calendar in the bytes, as ics_read describes it."""
    done = subprocess.run([live.find_build("tests/ics_read", "release", "dev")], input=data, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode())
    return [json.loads(line) for line in done.stdout.splitlines()]


def without_carets(value):
    """icalendar 4 gives parameters as they stand; RFC 6868 says what they mean."""
    return value and re.sub(r"\^(.)", lambda m: {"n": "\n", "^": "^", "'": '"'}.get(m[1], m[0]), value)


def zones_of(calendar):
    """tzid -> zone, made by dateutil from the text of each VTIMEZONE."""
    zones = {}
    for component in calendar.walk("VTIMEZONE"):
        text = component.to_ical().decode().replace("\r\n", "\n")
        zones[str(component["TZID"])] = dateutil.tz.tzical(io.StringIO(text)).get(str(component["TZID"]))
    return zones


def instant_of(value, zones):
    moment = value.dt
    if "TZID" in value.params:
        moment = moment.replace(tzinfo=zones[value.params["TZID"]])
    return int(moment.astimezone(timezone.utc).timestamp()) * 1000


def event_of(event, zones):
    read = {name: str(event[name]) for name in NAMES if name in event}
    read.update(sequence=int(event["SEQUENCE"]), properties=sorted(event.keys()))
    for name, key in (("DTSTAMP", "stamp"), ("LAST-MODIFIED", "changed"), ("DTSTART", "starts"), ("DTEND", "ends")):
        if name in event:
            read[key] = instant_of(event[name], zones)
    read["organizer_cn"] = without_carets(event["ORGANIZER"].params.get("CN"))
    if "ATTENDEE" in event:
        params = event["ATTENDEE"].params
        read.update(attendee_cn=without_carets(params.get("CN")), partstat=params.get("PARTSTAT"), rsvp=params.get("RSVP"))
    for alarm in event.walk("VALARM"):
        read["alarm"] = alarm["TRIGGER"].to_ical().decode()
    return read


def by_icalendar(data):
    calendars = icalendar.Calendar.from_ical(data.decode(), multiple=True)
    return [{"method": str(c["METHOD"]), "zones": len(c.walk("VTIMEZONE")),
             "events": [event_of(e, zones_of(c)) for e in c.walk("VEVENT")]} for c in calendars]


def same(got, wanted, what):
    if got != wanted:
        raise AssertionError("%s: libical reads %r, icalendar %r" % (what, got, wanted))


def read(data):
    """What both say; an error where they differ."""
    one, other = by_libical(data), by_icalendar(data)
    same(len(one), len(other), "calendars")
    for a, b in zip(one, other):
        same(a["errors"], 0, "errors")
        for name in ("method", "zones"):
            same(a[name], b[name], name)
        same(len(a["events"]), len(b["events"]), "events")
        for x, y in zip(a["events"], b["events"]):
            x["properties"].sort()
            for name in sorted(set(x) | set(y)):
                same(x.get(name), y.get(name), "%s of %s" % (name, x["uid"]))
    return one
