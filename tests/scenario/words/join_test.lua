-- SPDX-License-Identifier: MIT
-- The page for the day: before, during and after; who was there; whoever is let in on the day.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local lists = [[
people { { key = "ko", name = "Kiyoug Ko", role = "speaker", mail = "ko@b.example", zone = "Asia/Seoul" } }
guests {
  { key = "a", name = "Aum Dechen", mail = "a@b.example" },
  { key = "b", name = "Bob", mail = "b@b.example", zone = "Asia/Seoul" },
  { key = "d", name = "ཀརྨ་", mail = "d@b.example", language = "dz" } }
programme { { "14:00-14:05", "Welcome" }, { "Group Photo" }, { "14:05-16:30", "Talk", by = "ko" } }
]]
local event = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  from = "Desk <desk@b.example>", %s }
]]
local room <const> = 'where = zoom { link = "https://zoom.example/j/1?pwd=2", id = "1", code = "2" }'

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function loaded(now, options, more)
  local world = stub.load(event:format(options or room) .. lists .. (more or ""))
  world.now = at(now)
  local roster, links = require "usher.roster", require "usher.links"
  function world.path(key) return links.path("join", roster.person(key)) end
  function world.show(key) return world.visit("GET", world.path(key)) end
  function world.join(key) return world.visit("POST", world.path(key)) end
  function world.attended(key) return world.usher.book("attendance"):get(key) end
  return world
end

function tests.before_the_day_it_says_how_long_it_is_until_then()
  for _, case in ipairs {
    { "2021-02-10 09:00", "It begins in 15 days" }, { "2021-02-23 23:59", "It begins in 2 days" },
    { "2021-02-24 00:01", "It begins tomorrow" }, { "2021-02-25 00:01", "It begins in 14 hours" },
    { "2021-02-25 13:00", "It begins in 1 hour" }, { "2021-02-25 13:01", "It begins in 59 minutes" },
  } do
    local body = loaded(case[1]).show("a").body
    expect.contains(body, case[2])
    expect.lacks(body, "Join now")
    expect.lacks(body, "zoom.example")
  end
end

function tests.days_are_those_of_the_readers_calendar()
  local world = loaded "2021-02-24 22:00" -- in Seoul it is the day itself
  expect.contains(world.show("a").body, "It begins tomorrow")
  expect.contains(world.show("b").body, "It begins in 16 hours")
end

function tests.the_programme_is_by_the_readers_own_clock()
  local body = loaded("2021-02-10 09:00").show("b").body
  expect.contains(body, "Times of Seoul (UTC+9)")
  expect.contains(body, "17:05-19:30")
  expect.contains(body, "14:00-16:30 Thimphu (UTC+6)")
end

function tests.half_an_hour_before_the_button_appears()
  local world = loaded "2021-02-25 13:29"
  expect.equal(world.join("a").redirect, world.path("a"))
  expect.equal(world.attended("a"), nil)
  expect.contains(world.show("a").body, 'content="61"')
  world.now = at "2021-02-25 13:30"
  expect.contains(world.show("a").body, "Join now")
  expect.contains(world.show("a").body, "Meeting ID: 1")
end

function tests.the_button_counts_and_leads_to_the_meeting()
  local world = loaded "2021-02-25 14:01"
  expect.equal(world.join("a").away, "https://zoom.example/j/1?pwd=2")
  local list = world.attended("a")
  expect.equal(#list .. list[1].via .. list[1].at, "1page" .. at "2021-02-25 14:01")
end

function tests.a_double_click_counts_once_and_a_rejoin_twice()
  local world = loaded "2021-02-25 14:01"
  world.join("a")
  world.join("a")
  world.now = at "2021-02-25 15:00"
  world.join("a")
  expect.equal(#world.attended("a"), 2)
end

function tests.what_is_remembered_of_joining_has_an_end()
  local world = loaded "2021-02-25 13:30"
  for i = 0, 79 do
    world.now = at "2021-02-25 13:30" + i * 120000 * 3
    if world.now < at "2021-02-25 17:00" then world.join("a") end
  end
  expect.equal(#world.attended("a") <= 50, true)
  expect.equal(world.attended("a")[1].at, at "2021-02-25 13:30")
end

function tests.browsers_are_told_where_the_button_leads()
  local policy = loaded("2021-02-25 14:00").show("a").headers["content-security-policy"]
  expect.contains(policy, "form-action 'self' https://zoom.example;")
  expect.contains(policy, "default-src 'none'")
  policy = loaded("2021-02-25 14:00", 'where = zoom { link = secret "ROOM" }').show("a").headers
  expect.contains(policy["content-security-policy"], "form-action 'self' https:;")
end

function tests.a_secret_room_is_on_no_page()
  local world = loaded("2021-02-25 14:00", 'where = zoom { link = secret "ROOM" }')
  expect.lacks(world.show("a").body, "{{secret")
  expect.equal(world.join("a").away, "{{secret:ROOM}}") -- the engine puts it in
end

function tests.what_is_on_now_and_next_is_shown()
  local world = loaded "2021-02-25 14:02"
  expect.contains(world.show("a").body, "Welcome, until 14:05")
  expect.contains(world.show("a").body, "Talk (Kiyoug Ko), at 14:05")
  expect.contains(world.show("b").body, "Talk (Kiyoug Ko), at 17:05")
  world.now = at "2021-02-25 16:00"
  expect.contains(world.show("a").body, "Talk (Kiyoug Ko), until 16:30")
  expect.lacks(world.show("a").body, "Next")
end

function tests.after_the_end_it_thanks_and_leads_on()
  local world = loaded("2021-02-25 16:00", room .. ', recording = "https://videos.example/1"')
  world.join("a")
  expect.lacks(world.show("a").body, "videos.example")
  world.now = at "2021-02-25 16:30"
  expect.contains(world.show("a").body, "Thank you for having been there.")
  expect.contains(world.show("a").body, 'href="https://videos.example/1"')
  expect.lacks(world.show("b").body, "Thank you")
end

function tests.for_half_an_hour_after_the_end_one_may_still_go_in()
  local world = loaded "2021-02-25 16:59"
  expect.contains(world.show("a").body, "Is it still going on? Join")
  expect.equal(world.join("a").away, "https://zoom.example/j/1?pwd=2")
  world.now = at "2021-02-25 17:00"
  expect.lacks(world.show("a").body, "Is it still going on?")
  expect.equal(world.join("a").redirect, world.path("a"))
end

function tests.who_runs_it_goes_in_at_any_time_and_is_counted_on_the_day()
  local world = loaded "2021-02-20 10:00"
  expect.contains(world.show("ko").body, "You take part in the event")
  expect.equal(world.join("ko").away, "https://zoom.example/j/1?pwd=2")
  expect.equal(world.attended("ko"), nil)
  world.now = at "2021-02-25 13:45"
  world.join("ko")
  expect.equal(#world.attended("ko"), 1)
end

function tests.a_place_has_no_button()
  local world = loaded("2021-02-25 14:00", 'where = "Hall 2"')
  expect.lacks(world.show("a").body, "<button")
  expect.contains(world.show("a").body, "Hall 2")
  expect.equal(world.join("a").redirect, world.path("a"))
end

function tests.other_words_add_what_the_page_leads_on_to()
  local world = loaded "2021-02-25 16:31"
  require("usher.offers").add(function(person, phase)
    return phase == "after" and { path = "/s/" .. person.key, text = "Survey <now>", main = true } or nil
  end)
  expect.contains(world.show("a").body, 'href="/s/a"')
  expect.contains(world.show("a").body, ">Survey &lt;now&gt;</a>")
end

function tests.a_guest_who_reads_dzongkha_sees_it()
  local body = loaded("2021-02-10 09:00").show("d").body
  expect.contains(body, '<html lang="dz">')
  expect.contains(body, "ཉིནམ་ 15 གི་ཤུལ་ལས།")
end

-- ---- who was there ------------------------------------------------------------------------------------

local function told(world)
  world.run(at "2021-02-25 13:00")
  local list = {}
  for _, result in ipairs(world.usher.results) do
    local fate = result.result.sent and "sent" or result.result.skipped
    list[#list + 1] = ("%s/%s: %s"):format(result.name, result.key, fate)
  end
  return table.concat(list, "\n")
end

function tests.the_present_and_the_absent_are_known_afterwards()
  local rule = 'mail "%s" { to = %s, at = "%s", subject = "S", text = "T" }\n'
  local world = loaded("2021-02-25 12:00", nil, rule:format("early", "present", "10 minutes before")
    .. rule:format("thanks", "present", "at the end") .. rule:format("missed", "absent", "at the end"))
  local answers = world.usher.book "answers"
  answers:set("a", { answer = "yes" })
  answers:set("b", { answer = "yes" })
  answers:set("d", { answer = "no" })
  world.usher.book("attendance"):set("a", { { at = at "2021-02-25 14:00", via = "page" } })
  local text = told(world)
  expect.contains(text, "early/a: the event has not begun")
  expect.contains(text, "thanks/a: sent")
  expect.contains(text, "thanks/b: was not there")
  expect.contains(text, "missed/a: was there")
  expect.contains(text, "missed/b: sent")
  expect.contains(text, "missed/d: was not there, and answered no")
end

function tests.a_hand_has_the_last_word()
  local world = loaded "2021-02-25 15:00"
  local attendance = require "usher.attendance"
  local mark = world.usher.handlers.attended
  expect.equal(mark({ person = "bob", who = "karma" }).text, "Bob: was there")
  expect.equal(attendance.was_there("b"), true)
  expect.equal(mark({ person = "b", who = "karma", present = false }).text, "Bob: was not there")
  world.join("b")
  expect.equal(attendance.was_there("b"), false)
  expect.equal(attendance.of("b")[1].via, "hand:karma")
end

function tests.pretended_guests_go_in_five_minutes_after_the_start()
  local world = loaded("2021-02-01 09:00", nil,
    'mail "invitation" { to = invited, at = "10 days before, 09:00", subject = "S", text = "T" }')
  world.pretend = true
  world.run(at "2021-02-01 09:00")
  expect.equal(world.usher.book("answers"):get("a").who, "guest")
  expect.equal(world.attended("a")[1].at, at "2021-02-25 14:05")
end

-- ---- let in on the day --------------------------------------------------------------------------------

local function invite(world, mail, name)
  return world.usher.handlers["invite-now"] { mail = mail, name = name, who = "karma" }
end

function tests.whoever_asks_on_the_day_gets_the_link_at_once()
  local world = loaded("2021-02-25 13:40", nil, [[
    mail "invitation" { to = invited, at = "10 days before, 09:00", subject = "S", text = "T" }
    mail "joining" { to = coming, at = "1 day before, 15:00", subject = "How", text = "Bring a cup." }
    mail "after" { to = coming, at = "1 hour after", subject = "S", text = "T" }]])
  local reply = invite(world, "new@b.example", "Pema <Choden>")
  expect.equal(reply.text, "Pema <Choden>: the link is on its way to new@b.example")
  world.run(at "2021-02-25 13:40")
  local got = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.as == reply.key then got[#got + 1] = mail.flow end
  end
  expect.equal(table.concat(got, " "), "live-link after") -- what went out before is in the first
  expect.contains(world.usher.mails[1].text, "Bring a cup.")
  expect.contains(world.usher.mails[1].text, world.path(reply.key))
  world.now = at "2021-02-25 14:00"
  expect.equal(world.join(reply.key).away, "https://zoom.example/j/1?pwd=2")
end

function tests.a_guest_of_the_list_gets_the_link_again_and_is_not_added()
  local world = loaded "2021-02-25 14:10"
  expect.equal(invite(world, "A@b.example").text,
    "Aum Dechen: the link is on its way to A@b.example (was on the list already)")
  expect.equal(world.usher.book("roster"):count(), 0)
end

function tests.nobody_is_let_in_by_a_wrong_address_or_after_the_end()
  local world = loaded "2021-02-25 14:10"
  local fine, why = pcall(invite, world, "nobody")
  expect.equal(fine, false)
  expect.contains(why, "'nobody' is not a mail address")
  world.now = at "2021-02-25 16:30"
  fine, why = pcall(invite, world, "new@b.example")
  expect.equal(fine, false)
  expect.contains(why, "the event is over")
end

return tests
