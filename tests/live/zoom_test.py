#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A meeting on Zoom from its making to the report of who was there, with a stand-in for Zoom (support/zoom_api.py).

usher is killed with -9 where it hurts: while Zoom makes the meeting, and while it takes people up. There is one
meeting afterwards, and everybody is in it once.
"""
import http.client
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
import zoom_api
from errands import equal, holds, main

SECRETS = {"USHER_SECRET_ZOOM_ACCOUNT": zoom_api.ACCOUNT, "USHER_SECRET_ZOOM_CLIENT": zoom_api.CLIENT,
           "USHER_SECRET_ZOOM_SECRET": zoom_api.SECRET}
SCRIPT = """
event "briefing" { title = "A briefing", when = "%(when)s", from = "Desk <desk@office.example>",
  where = zoom { api = "%(origin)s/v2", token = "%(origin)s/oauth/token", %(place)s } }
guests {
  { key = "P1", name = "Aum Dechen", mail = "dechen@office.example" },
  { key = "P2", name = "Sonam Wangmo", mail = "sonam@office.example" },
  { key = "P3", name = "Karma Dorji", mail = "karma@office.example" } }
usher.on("zoom-troubles", function() return require("usher.zoom_trouble").list() end)
usher.on("zoom-report", function()
  local kept = usher.book("zoom report"):get("briefing")
  return kept and kept.rows
end)
usher.on("join-paths", function()
  local paths, links, roster = {}, require "usher.links", require "usher.roster"
  for i = 1, 3 do paths[i] = links.path("join", roster.person("P" .. i)) end
  return paths
end)
"""
SERIES = """
event "briefing" { title = "Trainings", zone = "Asia/Thimphu", from = "Desk <desk@office.example>",
  where = zoom { api = "%(origin)s/v2", token = "%(origin)s/oauth/token", create = true } }
series { every = "Tuesday 14:00-16:00", from = "2 Mar 2027", sessions = 2, titles = { "The first", "The second" } }
guests { { key = "P1", name = "Aum Dechen", mail = "dechen@office.example" } }
"""
WHEN = "Thu 25 Feb 2027 14:00-16:30 Asia/Thimphu"
MEETINGS = "/users/me/meetings"


def at(wall):
    return wall + " Asia/Thimphu"


class Event(office.Office):
    """usher with the event, a mail server, and Zoom beside it."""

    def __init__(self, zoom, place="create = true", when=WHEN, now="2027-02-01 09:00"):
        self.zoom = zoom
        super().__init__(text=self.text(place, when), config='allow_private = { "127.0.0.0/8" }\n', now=at(now))

    def text(self, place, when=WHEN):
        return SCRIPT % {"origin": self.zoom.origin, "place": place, "when": when}

    def begin(self, now=None):
        if now:
            self.move_clock(at(now))
        return self.run(**SECRETS)

    def flows(self, name):
        return {row["key"]: row["state"] for row in self.rows("flows") if row["name"] == name}

    def ends(self, name, key="briefing"):
        live.wait_until("%s %s is done" % (name, key), lambda: self.flows(name).get(key) == "done")

    def troubles(self):
        return [row["text"] for row in self.ask("call", call="zoom-troubles")["reply"]]

    def visit(self, path, method="GET"):
        """Status and Location of a page."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=live.PATIENCE_S)
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if method == "POST" else {}
        connection.request(method, path, body="" if method == "POST" else None, headers=headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status, answer.getheader("Location")


def slow(zoom, path):
    """The next request for that path is done and not answered before the event is set."""
    event = threading.Event()
    zoom.trouble(path, hold=event)
    return event


def check_a_meeting_is_made_as_the_script_says():
    with zoom_api.Zoom() as zoom, Event(zoom) as event:
        event.begin().ends("zoom meeting")
        made = zoom.asked("POST", MEETINGS)
        equal(len(made), 1)
        equal((made[0]["topic"], made[0]["type"], made[0]["start_time"], made[0]["duration"], made[0]["timezone"]),
              ("A briefing", 2, "2027-02-25T08:00:00Z", 150, "Asia/Thimphu"))
        equal(made[0]["settings"]["approval_type"], 2)
        equal(event.stop(), 0)
        for path in event.path.rglob("usher.db*"):
            if path.is_file():
                data = path.read_bytes()
                equal((zoom_api.SECRET.encode() in data, b"zoom-token" in data), (False, False))


def check_a_kill_while_zoom_makes_the_meeting_makes_no_second_one():
    with zoom_api.Zoom() as zoom, Event(zoom) as event:
        answered = slow(zoom, MEETINGS)
        zoom.plan.insert(0, (MEETINGS, {}))  # the look before goes through
        event.begin()
        live.wait_until("Zoom has made the meeting", lambda: zoom.meetings)
        event.kill()
        answered.set()
        event.begin().ends("zoom meeting")
        equal(len(zoom.meetings), 1)
        equal(len(zoom.asked("POST", MEETINGS)), 1)


def check_the_meeting_follows_the_date():
    with zoom_api.Zoom() as zoom, Event(zoom) as event:
        event.begin().ends("zoom meeting")
        number = next(iter(zoom.meetings))
        event.write("script.lua", event.text("create = true", WHEN.replace("14:00-16:30", "15:00-16:30")))
        equal(event.command("reload", "script.lua", "--yes", **SECRETS)[0], 0)
        live.wait_until("the meeting is moved", lambda: zoom.meetings[number]["duration"] == 90)
        equal(zoom.meetings[number]["start_time"], "2027-02-25T09:00:00Z")
        equal(len(zoom.meetings), 1)


def check_a_missing_scope_is_said_in_words_and_tried_again():
    few = [scope for scope in zoom_api.ALL_SCOPES if "write:meeting" not in scope]
    with zoom_api.Zoom(scopes=few) as zoom, Event(zoom) as event:
        event.begin()
        said = live.wait_until("the trouble is told", event.troubles)
        holds(said[0], "Zoom says: Invalid access token, does not contain scopes:[meeting:write:meeting:admin] "
                       "(code 4711): add that scope to the app")
        zoom.scopes.append("meeting:write:meeting:admin")
        event.ask("call", call="zoom-again")
        event.ends("zoom meeting")
        equal(event.troubles(), [])


def check_a_meeting_that_is_there_is_looked_up():
    with zoom_api.Zoom() as zoom:
        zoom.add_meeting({"topic": "Made by hand", "settings": {"approval_type": 2}}, "94512345678")
        with Event(zoom, 'id = "945 1234 5678"') as event:
            event.begin().ends("zoom meeting")
            equal([m for m, _, _, _ in zoom.requests if m != "POST"], ["GET"])


def joins(event):
    return event.ask("call", call="join-paths")["reply"]


def check_each_person_has_a_link_of_their_own():
    with zoom_api.Zoom(page_size_max=2) as zoom, Event(zoom, "create = true, registrants = true") as event:
        event.begin().ends("zoom meeting")
        number = next(iter(zoom.meetings))
        equal(zoom.registrants, {})
        answered = slow(zoom, "/meetings/%s/registrants" % number)
        event.move_clock(at("2027-02-25 12:30"))
        live.wait_until("somebody is registered", lambda: zoom.registrants)
        event.kill()
        answered.set()
        event.begin("2027-02-25 13:45")
        live.wait_until("all are registered", lambda: list(event.flows("zoom registrant").values()) == ["done"] * 3)
        equal(sorted(zoom.registrants[number]), ["dechen@office.example", "karma@office.example", "sonam@office.example"])
        equal({n for (_, mail), n in zoom.asked_for.items()}, {1})
        links = [event.visit(path, "POST")[1] for path in joins(event)]
        equal(links, [zoom.registrants[number][mail]["join_url"] for mail in (
            "dechen@office.example", "sonam@office.example", "karma@office.example")])


def check_whoever_comes_as_a_deputy_has_a_link_of_their_own_too():
    with zoom_api.Zoom() as zoom, Event(zoom, "create = true, registrants = true") as event:
        event.begin("2027-02-25 13:40")
        live.wait_until("all are registered", lambda: list(event.flows("zoom registrant").values()) == ["done"] * 3)
        event.ask("call", call="deputy", **{"with": {"person": "P1", "name": "Tashi Om", "mail": "tashi@office.example"}})
        path = joins(event)[0]
        status, here = event.visit(path, "POST")
        equal((status, here), (303, path + "/in"))
        link = live.wait_until("the link is there", lambda: event.visit(path + "/in")[1])
        number = next(iter(zoom.meetings))
        equal(link, zoom.registrants[number]["tashi@office.example"]["join_url"])


def check_a_series_has_a_meeting_for_each_session():
    text = SERIES % {"origin": "%(origin)s"}
    with zoom_api.Zoom() as zoom, Event(zoom) as event:
        event.write("script.lua", text % {"origin": zoom.origin})
        event.begin().ends("zoom meeting", "2")
        event.ends("zoom meeting", "1")
        equal(sorted((m["start_time"], m["topic"]) for m in zoom.meetings.values()),
              [("2027-03-02T08:00:00Z", "The first"), ("2027-03-09T08:00:00Z", "The second")])


def check_a_rehearsal_shows_what_zoom_would_be_asked_and_asks_nothing():
    with zoom_api.Zoom() as zoom, Event(zoom, "create = true, registrants = true") as event:
        code, out, _ = event.command("rehearse", "script.lua", **SECRETS)
        equal(code, 0)
        for line in ("zoom make the meeting \u2192 A briefing", "Thu 25 Feb 12:00  zoom register \u2192 3",
                     "Thu 25 Feb 16:50  zoom who was there \u2192 A briefing"):
            holds(out, line)
        equal(zoom.requests, [])


def row(mail, joined, left, registrant=""):
    return {"id": "", "user_id": "1", "name": mail.split("@")[0], "user_email": mail, "registrant_id": registrant,
            "join_time": "2027-02-25T%sZ" % joined, "leave_time": "2027-02-25T%sZ" % left, "duration": 60}


def check_the_report_is_fetched_soon_after_the_end_page_by_page():
    with zoom_api.Zoom(page_size_max=2) as zoom, Event(zoom, "create = true, registrants = true") as event:
        event.begin("2027-02-25 13:40")
        live.wait_until("all are registered", lambda: list(event.flows("zoom registrant").values()) == ["done"] * 3)
        number = next(iter(zoom.meetings))
        zoom.took_place(number, "2027-02-25T02:00:00Z", [row("host@office.example", "02:00:00", "02:10:00")])
        zoom.took_place(number, "2027-02-25T07:50:00Z", [
            row("dechen@office.example", "08:00:00", "09:00:05", "reg-%s-1" % number),
            row("dechen@office.example", "09:10:00", "10:30:00", "reg-%s-1" % number),
            row("", "08:30:00", "10:00:00", "reg-%s-3" % number)])
        event.move_clock(at("2027-02-25 16:55"))
        rows = live.wait_until("the report is there", lambda: event.ask("call", call="zoom-report")["reply"])
        equal(rows, 3)
        asked = [q for _, path, q, _ in zoom.requests if path.startswith("/report/")]
        equal(len(asked), 2)
        equal({q["include_fields"] for q in asked}, {"registrant_id"})
        shown = event.ask("call", call="attendance", **{"with": {}})["reply"]
        minutes = {row["name"]: row["minutes"] for row in shown["people"]}
        equal(minutes, {"Aum Dechen": 140, "Karma Dorji": 90})


main(globals())
