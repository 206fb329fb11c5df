#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The office of the tests: a real event with mails and pages, weeks long, in seconds."""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import live
import office
from errands import equal, holds, main

SCRIPT = """
usher.describe { id = "tea", title = "Tea", zone = "Asia/Thimphu" }
local guests = { karma = "karma@guests.example", sonam = "sonam@guests.example" }
local function write(key, name, text)
  usher.mail { name, to = guests[key], from = "desk@office.example", subject = name, text = text, as = key }
end
local function on(day) return usher.time.at("2021-02-" .. day, "Asia/Thimphu") end
usher.flow("guest", function(key)
  usher.due("invite", on "08 09:00")
  write(key, "Invitation", "Please say: " .. usher.http.url("/a/" .. usher.link.make("answer", key)) .. ".")
  local says = usher.wait("answer")
  usher.due("remind", on "24 15:00")
  write(key, "Tomorrow", "You said " .. says .. ".")
end)
local form = [[<form method="post"><input name="says" value="yes"><select name="tea">
  <option value="green">Green</option><option value="black" selected>Black</option></select></form>]]
usher.http.route("GET", "/a/:token", function(request)
  local key = usher.link.read("answer", request.params.token)
  return key and { body = "<p>Dear " .. key .. "</p>" .. form } or { status = 404, body = "no such link" }
end)
usher.http.route("POST", "/a/:token", function(request)
  local key, form = usher.link.read("answer", request.params.token), request.form
  usher.signal("guest", key, "answer", form.says .. " to " .. form.tea, { dedup = "answer" })
  return { redirect = "/thanks", cookies = { { name = "seen", value = key, path = "/" } } }
end)
usher.http.route("GET", "/thanks", function(request)
  return { body = "Thank you, " .. (request.cookies.seen or "?") }
end)
for key in pairs(guests) do usher.start("guest", { key = key, input = key }) end
"""


def check_weeks_go_by_in_seconds_with_real_mails_and_pages():
    with office.Office(text=SCRIPT, now="2021-02-01 12:00 Asia/Thimphu") as place:
        place.run()
        place.settle()
        equal(place.mails(), [])
        place.go_to("2021-02-08 09:00 Asia/Thimphu")
        invitation = place.wait_mail("karma@guests.example", "Invitation")
        holds(str(invitation.message["Date"]), "8 Feb 2021 0")
        equal(len(place.mails()), 2)
        [link] = place.links_in(invitation)
        guest = place.visitor()
        page = guest.get(link).page
        holds(page.said, "Dear karma")
        equal(page.forms[0]["fields"], {"says": "yes", "tea": "black"})
        equal(guest.fill(page, {"tea": "green"}).text, "Thank you, karma")
        equal(place.visitor().get("/thanks").text, "Thank you, ?")
        place.go_to("2021-02-23 15:00 Asia/Thimphu")
        equal(len(place.mails()), 2)
        place.go_to("2021-02-24 15:00 Asia/Thimphu")
        holds(place.wait_mail("karma@guests.example", "Tomorrow").text, "You said yes to green.")
        equal(len(place.mails_to("sonam@guests.example")), 1)
        equal(place.stop(), 0)


def check_the_clock_goes_on_after_a_kill_and_a_moved_clock_is_noticed_at_the_next_start():
    with office.Office(text=SCRIPT, now="2021-02-08 08:59:59 Asia/Thimphu") as place:
        place.run()
        place.wait_mail("sonam@guests.example", "Invitation")  # a second later, by itself
        place.kill()
        place.move_clock("2021-02-24 15:00 Asia/Thimphu")
        place.run()
        live.wait_until("both wait for the next moment", lambda: place.states() == {"waiting": 2})
        equal(place.stop(), 0)
        equal(len(place.mails()), 2)


main(globals())
