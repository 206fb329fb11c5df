-- SPDX-License-Identifier: MIT
-- A series: its dates out of phrases, rules and lists; one session changed; which rules go once and which for
-- each session; and who has passed.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local head = 'event "test" { title = "Course", zone = "Asia/Thimphu", from = "a@b.example" }\n'
local guests = 'guests { { key = "a", name = "Aum", mail = "a@b.example" }, '
  .. '{ key = "b", name = "Bob", mail = "b@b.example" } }\n'

local function read(text, weekend)
  local rule, clocks, problem = require("usher.every").read(text, weekend or { "sat", "sun" })
  return rule and rule .. " " .. clocks or problem
end

function tests.a_phrase_is_a_recurrence_rule()
  stub.load(head .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" } }')
  expect.equal(read "Tuesday 14:00-16:00", "FREQ=WEEKLY;BYDAY=TU 14:00-16:00")
  expect.equal(read "every Tuesday 9:00-11:30", "FREQ=WEEKLY;BYDAY=TU 09:00-11:30")
  expect.equal(read "tue and thu 10:00-12:00", "FREQ=WEEKLY;BYDAY=TU,TH 10:00-12:00")
  expect.equal(read "Mon, Wed and Fri, 10:00–12:00", "FREQ=WEEKLY;BYDAY=MO,WE,FR 10:00-12:00")
  expect.equal(read "other Friday 9:00-10:00", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR 09:00-10:00")
  expect.equal(read "first Monday of the month 14:00-15:00", "FREQ=MONTHLY;BYDAY=1MO 14:00-15:00")
  expect.equal(read "last Friday of the month 14:00-15:00", "FREQ=MONTHLY;BYDAY=-1FR 14:00-15:00")
  expect.equal(read "day 8:00-9:00", "FREQ=DAILY 08:00-09:00")
  expect.equal(read("working day 8:00-9:00", { "fri", "sat" }),
    "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,SU 08:00-09:00")
end

function tests.a_phrase_that_is_none_says_what_is_wrong()
  stub.load(head .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" } }')
  expect.contains(read "Teusday 14:00-16:00", "'Teusday' is no weekday (did you mean 'tuesday'?)")
  expect.contains(read "Tuesday 14:00", "'Tuesday 14:00' has no time from-to at its end")
  expect.contains(read " 14:00-16:00", "name a weekday")
end

local function dated(more)
  return head .. 'people { { key = "lead", name = "Lead", role = "speaker", mail = "l@b.example" } }\n'
    .. guests .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00", "Tue 13 Apr 2021 14:00-16:00", '
    .. '"Tue 20 Apr 2021 14:00-16:00" }, titles = { "One", "Two", "Three" }, pass = "2 of 3" }\n'
    .. (more or "")
end

local rules = [[
mail "all" { to = invited, at = "1 day before, 10:00", subject = "{title}", text = "{sessions}" }
mail "each" { to = coming, at = "1 day before, 10:00", subject = "{title}", text = "{session}" }
mail "once" { to = present, each_session = false, at = "1 day after, 10:00", subject = "S", text = "T" }
]]

local function keys_of(world, rule)
  local keys = {}
  for _, start in ipairs(world.usher.starts) do
    if start.name == rule then keys[#keys + 1] = start.key end
  end
  return table.concat(keys, " ")
end

function tests.a_rule_goes_once_or_for_each_session_as_its_audience_has_it()
  local world = stub.load(dated(rules))
  expect.equal(keys_of(world, "all"), "a b")
  expect.equal(keys_of(world, "each"), "a/1 b/1 a/2 b/2 a/3 b/3")
  expect.equal(keys_of(world, "once"), "a b")
end

function tests.a_rule_about_the_whole_counts_back_from_the_first_and_on_from_the_last()
  stub.load(dated(rules))
  local facts, moments = require "usher.facts", require "usher.moments"
  local function of(at) return moments.of({ at = at }, facts.guests[1], facts.event).wall end
  expect.equal(of "1 day before, 10:00", "2021-04-05 10:00")
  expect.equal(of "1 day after, 10:00", "2021-04-21 10:00")
  expect.equal(of "at the end", "2021-04-20 16:00")
end

function tests.the_event_lasts_from_the_first_session_to_the_last()
  stub.load(dated 'session "3" { when = "Mon 5 Apr 2021 09:30-11:00" }')
  local event = require("usher.facts").event
  expect.equal(event.starts.wall, "2021-04-05 09:30")
  expect.equal(event.ends.wall, "2021-04-13 16:00")
end

function tests.an_id_stays_when_its_session_moves_or_another_is_off()
  stub.load(dated [[
session "1" { off = true }
session "2" { when = "Thu 22 Apr 2021 14:00-16:00", title = "II" }]])
  local sessions = require "usher.sessions"
  expect.equal(#sessions.all(), 2)
  expect.equal(sessions.find "1", nil)
  expect.equal(sessions.name(sessions.find "2", "en"), "2. II")
  expect.equal(sessions.title(sessions.find "3", "en"), "Course, 3 of 3: Three")
end

function tests.a_key_of_a_session_is_read_as_it_was_made()
  stub.load(dated())
  local sessions = require "usher.sessions"
  local third = sessions.find "3"
  local key, session = sessions.split(sessions.key("P/42", third))
  expect.equal(key, "P/42")
  expect.equal(session, third)
  local _, gone, off = sessions.split "P/42/9"
  expect.equal(gone.id .. tostring(off), "9true")
end

local function refused(script, ...) expect.refused(script, nil, ...) end

function tests.what_makes_no_series_is_refused_in_words()
  refused('event "x" { title = "T" }', 'say  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",  or  zone =')
  refused('event "x" { title = "T", zone = "Asia/Thimpu" }', "zone:", "Asia/Thimphu")
  refused('event "x" { title = "T", zone = "Asia/Thimphu" }\n' .. guests
    .. 'mail "m" { to = invited, at = "1 day before", subject = "s", text = "t" }', "nothing says when")
  refused(expect.event .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" } }', "has a date of its own")
  refused(head .. "series { sessions = 6 }", "series: when is it?")
  refused(head .. 'series { dates = { "Fri 6 Apr 2021 14:00-16:00" } }', "6 Apr 2021 is a Tue, not a Fri")
  refused(head .. 'series { dates = { "Tue 6 Apr 2021 14:00" } }', "number 1: ")
  refused(head .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" }, titles = { "a", "b" } }',
    "there are 2 for 1 sessions")
  refused(head .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" }, pass = "5 of 6" }',
    "there are 1 sessions")
  refused(dated 'session "4" { when = "Tue 27 Apr 2021 14:00-16:00" }', "there is no such session")
  refused(dated 'session "x" { makes_up = "7", when = "Tue 27 Apr 2021 14:00-16:00" }',
    "makes_up is")
  refused(dated 'holidays "days.txt"', "holidays: they belong above series")
  refused(head .. guests .. 'series { dates = { "Tue 6 Apr 2021 14:00-16:00" } }\n'
    .. 'mail "m" { to = passed, at = "1 day after", subject = "s", text = "t" }', "nothing says who has")
  refused(expect.event .. guests .. 'mail "m" { to = invited, at = "1 day before", each_session = true, '
    .. 'subject = "s", text = "t" }', "each_session is for a series")
end

return tests
