#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Who was there, with the real program: Zoom's calls over HTTP, its report, the office's list, and the commands.

The calls stand in for Zoom's and are written from its documentation:
  https://developers.zoom.us/docs/api/webhooks/#verify-webhook-events
  https://developers.zoom.us/docs/api/meetings/events/
"""
import datetime
import hashlib
import hmac
import http.client
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
from errands import equal, holds, main

SECRET = "a secret token of Zoom's"
MEETING = "94512345678"
SCRIPT = """
event "hall" { title = "In the hall", when = "Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu",
  from = "Desk <desk@office.example>", attended = "60 minutes",
  where = zoom { link = "https://zoom.example/j/%s", webhook = secret "ZOOM_WEBHOOK" } }
guests "guests.csv"
mail "thanks" { to = present, at = "1 day after, 10:00", subject = "Thanks", text = "Thanks" }
mail "missed" { to = absent, at = "1 day after, 10:00", subject = "Missed", text = "Missed" }
""" % MEETING
GUESTS = """key,name,mail,group
a,Aum Dechen,dechen@moh.example,Secretaries
b,Bob Builder,bob@moh.example,Secretaries
c,Choki,choki@moh.example,Dzongdas
"""
REPORT = """Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
945 1234 5678,In the hall,02/25/2021 01:55:00 PM,02/25/2021 04:05:00 PM,desk@office.example,130,3

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent,In Waiting Room
Dechen,dechen@moh.example,02/25/2021 02:00:00 PM,02/25/2021 03:30:00 PM,90,Yes,,No
Bob (Bob Builder),,02/25/2021 02:00:00 PM,02/25/2021 02:20:00 PM,20,Yes,,No
iPhone,,02/25/2021 02:10:00 PM,02/25/2021 03:40:00 PM,90,Yes,,No
"""


class Hall:
    """The event at a clock of the day, with its web server."""

    def __init__(self, clock="14:30", more=""):
        self.port = live.free_port()
        config = 'web = { listen = "127.0.0.1:%d", base_url = "http://127.0.0.1:%d" }\n' % (self.port, self.port)
        self.place = live.Place(SCRIPT + more, config, {"guests.csv": GUESTS})
        self.now = datetime.datetime.fromisoformat("2021-02-25 %s+06:00" % clock)
        self.place.run("--as-if", "25 Feb 2021 %s Asia/Thimphu" % clock, USHER_SECRET_ZOOM_WEBHOOK=SECRET)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.place.close()

    def call(self, about, late_s=0, secret=SECRET, sign=None):
        """Sends it as Zoom does; status and what came back."""
        body = about if isinstance(about, str) else json.dumps(about)
        stamp = str(int(self.now.timestamp()) - late_s)
        proof = hmac.new(secret.encode(), ("v0:%s:%s" % (stamp, body)).encode(), hashlib.sha256).hexdigest()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("POST", "/zoom/webhook", body, {"content-type": "application/json; charset=utf-8",
                           "x-zm-request-timestamp": stamp, "x-zm-signature": sign or "v0=" + proof})
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def shown(self, *words):
        return self.place.json("attendance", *words)["reply"]

    def minutes(self):
        return {row["key"]: row.get("minutes") for row in self.shown()["people"]}


def visit(word, clock, name="Dechen's iPad", mail="Dechen@moh.example", device="1"):
    at = "2021-02-25T%s:00Z" % clock
    stamp = round(datetime.datetime.fromisoformat(at[:-1] + "+00:00").timestamp() * 1000)
    return {"event": "meeting.participant_" + word, "event_ts": stamp, "payload": {"account_id": "A", "object": {
        "id": MEETING, "uuid": "4444AAAiAAAAAiAiAiiAii==", "topic": "In the hall", "type": 2, "participant": {
            "user_id": device, "participant_uuid": "p" + device, "user_name": name, "email": mail,
            "join_time" if word == "joined" else "leave_time": at}}}}


def check_a_signed_call_is_answered_and_counts():
    with Hall() as hall:
        equal(hall.call(visit("joined", "08:05")), (204, ""))
        live.wait_until("the call is taken in", lambda: hall.minutes().get("a") is not None)
        equal(hall.call(visit("left", "08:25")), (204, ""))
        live.wait_until("both are", lambda: hall.minutes() == {"a": 20})
        for _ in range(3):
            equal(hall.call(visit("left", "08:25")), (204, ""))
        equal(hall.minutes(), {"a": 20})
        equal(hall.place.stop(), 0)


def check_who_is_not_zoom_is_refused_and_the_log_says_why():
    with Hall() as hall:
        call = visit("joined", "08:05")
        for wrong in dict(sign="v0=00"), dict(sign="-"), dict(secret="another"), dict(late_s=301):
            equal(hall.call(call, **wrong)[0], 401)
        equal(hall.call("{", secret=SECRET)[0], 400)
        equal(hall.minutes(), {})
        log = hall.place.log()
        holds(log, "a call at /zoom/webhook was refused: it is not signed with this event's secret")
        holds(log, "more than 5 minutes are too many")
        if SECRET in log:
            raise AssertionError("the secret is in the log")


def check_the_address_proves_itself():
    with Hall() as hall:
        status, text = hall.call({"event": "endpoint.url_validation", "event_ts": 1,
                                  "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}})
        proof = hmac.new(SECRET.encode(), b"qgg8vlvZRS6UYooatFL8Aw", hashlib.sha256).hexdigest()
        equal(status, 200)
        equal(json.loads(text), {"plainToken": "qgg8vlvZRS6UYooatFL8Aw", "encryptedToken": proof})


def check_what_was_answered_outlives_kill_9():
    with Hall() as hall:
        for n in range(20):
            equal(hall.call(visit("joined", "08:05", "Guest %d" % n, "", str(n))), (204, ""))
        hall.place.kill()
        hall.place.run("--as-if", "25 Feb 2021 14:35 Asia/Thimphu", USHER_SECRET_ZOOM_WEBHOOK=SECRET)
        live.wait_until("all of them are taken in", lambda: len(hall.shown()["strangers"]) == 20)


def check_the_report_is_handed_in_and_what_is_unknown_is_asked_about():
    with Hall("16:30") as hall:
        place = hall.place
        place.write("participants.csv", REPORT)
        code, out, errors = place.command("attendance", "hall", "--csv", "participants.csv")
        equal((code, out), (0, "participants.csv: 3 rows, 3 of them new; 2 people of ours, 1 participant nobody "
                               "knows\n"))
        equal(place.command("attendance", "--csv", "participants.csv")[1][:38], "participants.csv: 3 rows, 0 of them ne")
        equal(hall.minutes(), {"a": 90, "b": 20})
        code, out, errors = place.command("attendance")
        for part in ("In the hall\n", "Aum Dechen", "there", "not there", " 90 min  report 90 min",
                     "1 of 2 were there", "Nobody knows who these are", " 90 min  iPhone"):
            holds(out, part)
        code, out, errors = place.command("attendance", "--participant", "iphone", "--is", "choki")
        equal((code, out), (0, "iPhone is Choki\n"))
        equal(hall.minutes(), {"a": 90, "b": 20, "c": 90})
        holds(place.command("log")[1], "told who a participant is")


def check_a_wrong_report_is_refused_row_by_row():
    with Hall("16:30") as hall:
        hall.place.write("wrong.csv", REPORT.replace("02/25/2021 02:20:00 PM", "soon").replace("iPhone", ""))
        code, _, errors = hall.place.command("attendance", "--csv", "wrong.csv")
        equal(code, 1)
        for part in ("wrong.csv was not taken, 2 things are wrong", "wrong.csv:6: 'soon' is no moment",
                     "wrong.csv:7: a participant without a name and an address"):
            holds(errors, part)
        equal(hall.minutes(), {})
        code, _, errors = hall.place.command("attendance", "--csv", "nowhere.csv")
        equal(code, 1)
        holds(errors, "nowhere.csv can't be read")


def check_the_offices_list_has_the_last_word():
    with Hall("16:30") as hall:
        place = hall.place
        place.write("participants.csv", REPORT)
        place.command("attendance", "--csv", "participants.csv")
        place.write("list.csv", "name,present\nAum Dechen,no\nChoki,yes\n")
        code, out, _ = place.command("attended", "--csv", "list.csv", "--by", "Karma")
        equal((code, out), (0, "list.csv: 1 person present, 1 absent, 2 of them new\n"))
        equal(place.command("attended", "bob", "yes", "--by", "Karma")[1], "Bob Builder: was there\n")
        doubts = [row["text"] for row in hall.shown()["disagreements"]]
        equal(doubts, ["marked as absent by Karma, and Zoom has 90 minutes",
                       "marked as present by Karma, and Zoom has 20 of the 60 minutes",
                       "marked as present by Karma, and neither Zoom nor the join page has seen them"])
        code, _, errors = place.command("attended", "choki", "--session", "2")
        equal(code, 1)
        holds(errors, "this event is no series")


def check_a_report_of_a_thousand_participants_is_taken():
    with Hall("16:30") as hall:
        rows = ["Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest"]
        for n in range(1000):
            rows.append("Participant %d of them,p%d@moh.example,02/25/2021 02:%02d:00 PM,02/25/2021 03:30:00 PM,60,Yes"
                        % (n, n, n % 60))
        hall.place.write("many.csv", "\n".join(rows) + "\n")
        code, out, errors = hall.place.command("attendance", "--csv", "many.csv")
        equal((code, errors), (0, ""))
        holds(out, "1000 participants nobody knows")


main(globals())
