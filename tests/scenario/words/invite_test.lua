-- SPDX-License-Identifier: MIT
-- Calendar entries: which number they have, whose they are, and the feed.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local guests = 'guests { { key = "a", name = "Aum Dechen", mail = "a@b.example" }, '
  .. '{ key = "b", name = "Bob", mail = "b@b.example" } }\n'
local office = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", where = "Hall",
  from = "Desk <desk@b.example>", alarm = "1 h" }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function rule(name, to, phrase, more)
  return ('mail "%s" { to = %s, at = "%s", subject = "S", text = "T", %s }\n'):format(name, to, phrase, more)
end

local function line(text, name)
  return (text:gsub("\r\n ", "")):match("\r\n" .. name .. "([^\r\n]*)")
end

local function loaded(more)
  local world = stub.load(office .. guests .. (more or ""))
  return world, package.loaded["usher.invite"], package.loaded["usher.facts"]
end

local function get(world, path, token, headers)
  return world.usher.routes["GET " .. path] { params = { token = token }, headers = headers or {} }
end

function tests.a_mail_carries_the_entry_of_its_reader()
  local world = loaded(rule("x", "invited", "2 days before, 09:00", 'attach = "calendar"'))
  world.run(at "2021-02-01 09:00")
  local entry = world.usher.mails[2].attach[1]
  expect.equal(entry.type .. " " .. entry.name, "text/calendar invite.ics")
  expect.equal(entry.params.method, "REQUEST")
  expect.contains(line(entry.data, "ATTENDEE"), 'CN="Bob":mailto:b@b.example')
  expect.equal(line(entry.data, "UID"), ":test@b.example")
  expect.equal(line(entry.data, "TRIGGER"), ":-PT60M")
  expect.equal(line(entry.data, "LOCATION"), ":Hall")
end

function tests.a_second_mail_says_the_same_number()
  local world = loaded(rule("x", "invited", "2 days before, 09:00", 'attach = "calendar"')
    .. rule("y", "invited", "1 day before, 09:00", 'attach = "calendar"'))
  world.run(at "2021-02-01 09:00")
  expect.equal(#world.usher.mails, 4)
  for _, mail in ipairs(world.usher.mails) do expect.equal(line(mail.attach[1].data, "SEQUENCE"), ":0") end
end

function tests.a_cancellation_takes_the_entry_back()
  local world = loaded(rule("x", "invited", "2 days before, 09:00", 'attach = "calendar"')
    .. rule("y", "declined", "1 day before, 09:00", 'attach = "cancellation"'))
  world.usher.book("answers"):set("b", { answer = "no" })
  world.run(at "2021-02-01 09:00")
  local last = world.usher.mails[3]
  expect.equal(last.as, "b")
  expect.equal(last.attach[1].params.method, "CANCEL")
  expect.contains(last.attach[1].data, "\r\nMETHOD:CANCEL\r\n")
  expect.equal(line(last.attach[1].data, "SEQUENCE"), ":1")
  expect.equal(line(last.attach[1].data, "STATUS"), ":CANCELLED")
  expect.lacks(last.attach[1].data, "BEGIN:VALARM")
end

function tests.what_people_must_know_is_news()
  local _, invite, facts = loaded()
  local person, event = facts.by_key.a, facts.event
  local function sequence() return invite.decide(person, false).sequence end
  expect.equal(sequence(), 0)
  event.title = "Another"
  expect.equal(sequence(), 1)
  expect.equal(sequence(), 1)
  event.starts = stub.time.at("2021-02-26 14:00", "Asia/Thimphu")
  expect.equal(sequence(), 2)
  event.ends = stub.time.at("2021-02-26 16:00", "Asia/Thimphu")
  expect.equal(sequence(), 3)
  event.where = { kind = "place", text = "Garden" }
  expect.equal(sequence(), 4)
  event.alarm, event.host = nil, "a"
  expect.equal(sequence(), 4)
end

function tests.one_person_taken_back_moves_nobody_else()
  local _, invite, facts = loaded()
  local a, b = facts.by_key.a, facts.by_key.b
  local function sequence(person, cancels) return invite.decide(person, cancels).sequence end
  expect.equal(sequence(a, false) .. sequence(b, false), "00")
  expect.equal(sequence(a, true), 1)
  expect.equal(sequence(a, true), 1) -- sent again, it is the same
  expect.equal(sequence(b, false), 0)
  expect.equal(sequence(a, false), 2)
  facts.event.title = "Another"
  expect.equal(sequence(b, false) .. sequence(a, false), "13")
end

function tests.a_deputy_gets_what_the_guest_loses()
  local _, invite, facts = loaded()
  local guest = facts.by_key.a
  local deputy = { key = "a", name = "Sonam", mail = "sonam@b.example", zone = guest.zone, guest = true }
  invite.request(guest)
  local lost, got = invite.cancel(guest), invite.request(deputy)
  expect.equal(lost.params.method .. " " .. got.params.method, "CANCEL REQUEST")
  expect.contains(lost.data, "mailto:a@b.example")
  expect.contains(got.data, "mailto:sonam@b.example")
  expect.equal(line(lost.data, "UID"), line(got.data, "UID"))
  expect.equal(line(got.data, "SEQUENCE"), ":2")
end

function tests.the_uid_outlives_the_address_of_the_office()
  local _, invite, facts = loaded()
  invite.decide(facts.by_key.a, false)
  facts.event.from = "New desk <desk@new.example>"
  local text = invite.show { person = "Aum" }.text
  expect.equal(line(text, "UID"), ":test@b.example")
  expect.contains(text, "mailto:desk@new.example")
  expect.equal(invite.session_of("test@b.example"), facts.event)
  expect.equal(invite.session_of("test@new.example"), nil)
end

function tests.showing_an_entry_tells_nobody()
  local world, invite = loaded()
  expect.equal(line(invite.show { person = "Bob" }.text, "SEQUENCE"), ":0")
  expect.equal(next(world.usher.books.calendar), nil)
  expect.contains(select(2, pcall(invite.show, { person = "Zorro" })), "nobody is called 'Zorro'")
end

function tests.the_feed_follows_what_was_told()
  local world, invite, facts = loaded()
  local path = "/cal/:token/calendar.ics"
  invite.decide(facts.by_key.a, false)
  local first = get(world, path, "calendar.a")
  expect.contains(first.type, "text/calendar")
  expect.contains(first.body, "\r\nMETHOD:PUBLISH\r\n")
  expect.lacks(first.body, "ATTENDEE")
  expect.equal(get(world, path, "calendar.a", { ["if-none-match"] = "W/" .. first.headers.etag }).status, 304)
  facts.event.title = "Another"
  local second = get(world, path, "calendar.a", { ["if-none-match"] = first.headers.etag })
  expect.equal(line(second.body, "SEQUENCE"), ":1")
  expect.equal(world.usher.books.calendar.test.sequence, 0) -- looking is not telling
end

function tests.whoever_declined_has_an_empty_feed()
  local world = loaded()
  world.usher.book("answers"):set("b", { answer = "no" })
  expect.lacks(get(world, "/cal/:token/calendar.ics", "calendar.b").body, "VEVENT")
  expect.contains(get(world, "/cal/:token/calendar.ics", "calendar.a").body, "VEVENT")
end

function tests.a_feed_opens_with_its_own_link_only()
  local world = loaded()
  expect.equal(get(world, "/cal/:token/calendar.ics", "join.a"), nil)
  expect.equal(get(world, "/cal/:token/calendar.ics", "calendar.nobody").status, 410)
  expect.equal(get(world, "/cal/:token", "join.a"), nil)
end

function tests.the_page_says_how_to_subscribe()
  local world = loaded()
  local page = get(world, "/cal/:token", "calendar.a").body
  expect.contains(page, "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)")
  expect.contains(page, 'href="webcal://127.0.0.1:8080/cal/calendar.a/calendar.ics"')
  expect.contains(page, "<code>http://127.0.0.1:8080/cal/calendar.a/calendar.ics</code>")
end

function tests.a_series_is_an_entry_for_each_session()
  local world, invite, facts = loaded()
  for i, day in ipairs { "2021-03-02", "2021-03-09" } do
    local function moment(clock) return stub.time.at(day .. clock, "Asia/Thimphu") end
    facts.sessions[i] = { id = tostring(i), number = i, title = "Session " .. i, where = facts.event.where,
      starts = moment " 10:00", ends = moment " 12:00" }
  end
  local feed = get(world, "/cal/:token/calendar.ics", "calendar.a").body
  expect.contains(feed, "UID:test.1@b.example")
  expect.contains(feed, "UID:test.2@b.example")
  invite.decide(facts.by_key.a, false, facts.sessions[1])
  facts.sessions[1].title = "First"
  expect.equal(invite.decide(facts.by_key.a, false, facts.sessions[1]).sequence, 1)
  expect.equal(invite.decide(facts.by_key.a, false, facts.sessions[2]).sequence, 0)
  expect.equal(invite.session_of("test.2@b.example"), facts.sessions[2])
end

function tests.a_mail_has_one_entry()
  local both = rule("x", "invited", "1 day before", 'attach = { "calendar", "cancellation" }')
  expect.refused(office .. guests .. both, nil,
    'a mail has one calendar entry: "calendar" or "cancellation"')
end

function tests.an_alarm_is_whole_minutes()
  for _, alarm in ipairs { "90 seconds", "2 days", "soon" } do
    expect.refused(office:gsub("1 h", alarm), nil, "alarm")
  end
end

return tests
