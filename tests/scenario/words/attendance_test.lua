-- SPDX-License-Identifier: MIT
-- Who was there, for how long, and who says so: sources beside each other, for an event and for a series.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local EVENT <const> = [[
event "test" { title = "Test", when = "Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu",
  from = "Desk <desk@b.example>", where = zoom { link = "https://zoom.example/j/1", id = "945" }, %s }
guests {
  { key = "a", name = "Aum Dechen", mail = "a@b.example" },
  { key = "b", name = "Bob", mail = "b@b.example" } }
]]

local function at(wall) return stub.time.at(wall, "Asia/Thimphu").utc end

local function day(clock) return at("2021-02-25 " .. clock) end

-- What Zoom says of somebody, as "phone+14:00 phone-15:00".
local function zoom(attendance, key, story, date)
  local entries = {}
  for device, sign, clock in story:gmatch("(%a+)([+-])(%d+:%d+)") do
    entries[#entries + 1] = { at = at((date or "2021-02-25") .. " " .. clock), via = "zoom", meeting = "945",
      device = device, did = sign == "+" and "joined" or "left" }
  end
  return attendance.add(key, entries)
end

local function loaded(now, options)
  local world = stub.load(EVENT:format(options or ""))
  world.now = at(now or "2021-02-25 18:00")
  return world, require "usher.attendance"
end

-- A series of two sessions, a week from each other; what the word `series` makes of its options.
local function series(now, options, dates)
  local world, attendance = loaded(now, options)
  local facts = require "usher.facts"
  for i, date in ipairs(dates or { "2021-02-25", "2021-03-04" }) do
    local starts = date:find(" ") and date or date .. " 14:00"
    local start = stub.time.at(starts, "Asia/Thimphu")
    facts.sessions[i] = { id = tostring(i), number = i, title = "Part " .. i, starts = start,
      ends = stub.time.shift(start, "2 hours"), where = facts.event.where }
  end
  return world, attendance, facts.sessions
end

local function minutes_of(story, now)
  local _, attendance = loaded(now)
  zoom(attendance, "a", story)
  return attendance.minutes("a")
end

-- ---- minutes --------------------------------------------------------------------------------------------

function tests.minutes_are_those_between_coming_and_leaving()
  expect.equal(minutes_of "p+14:00 p-15:10", 70)
end

function tests.two_devices_and_a_rejoin_count_no_minute_twice()
  expect.equal(minutes_of "phone+14:00 laptop+14:30 phone-14:40 laptop-15:00", 60)
  expect.equal(minutes_of "p+14:00 p-14:20 p+15:00 p-15:30", 50)
end

function tests.whoever_never_left_was_there_until_the_end()
  expect.equal(minutes_of "p+14:30", 90)
end

function tests.the_end_of_the_meeting_ends_it_for_all()
  local _, attendance = loaded()
  zoom(attendance, "a", "p+14:30")
  attendance.ended("945", day "15:15")
  expect.equal(attendance.minutes("a"), 45)
  attendance.ended("945", day "13:00") -- an earlier try of the host's ends nothing
  attendance.ended("945", day "15:15")
  expect.equal(attendance.minutes("a"), 45)
end

function tests.while_it_is_on_minutes_run_until_now()
  expect.equal(minutes_of("p+14:00", "2021-02-25 14:25"), 25)
end

function tests.time_before_and_after_counts_as_far_as_the_margins_go()
  expect.equal(minutes_of "p+12:00 p-18:00", 180) -- 13:30 to 16:30
end

function tests.a_leave_without_a_coming_is_known_and_has_no_minutes()
  local _, attendance = loaded()
  zoom(attendance, "a", "p-15:00")
  expect.equal(attendance.minutes("a"), 0)
  expect.equal(attendance.was_there("a"), true)
  local source = attendance.sources("a", require("usher.facts").event)[1]
  expect.equal(source.via .. tostring(source.lone), "zoomtrue")
end

function tests.the_report_and_the_webhook_together_count_once()
  local _, attendance = loaded()
  zoom(attendance, "a", "p+14:00 p-15:00")
  attendance.add("a", { { at = day "14:30", till = day "15:30", via = "csv" } })
  expect.equal(attendance.minutes("a"), 90)
end

function tests.a_sum_without_spans_counts_when_it_is_more()
  local _, attendance = loaded()
  attendance.add("a", { { at = day "14:00", minutes = 55, via = "csv" } })
  expect.equal(attendance.minutes("a"), 55)
  zoom(attendance, "a", "p+14:00 p-15:00")
  expect.equal(attendance.minutes("a"), 60)
end

function tests.a_sum_is_never_longer_than_there_was_time()
  local _, attendance = loaded()
  attendance.add("a", { { at = day "14:00", minutes = 900, via = "csv" } })
  expect.equal(attendance.minutes("a"), 180)
end

function tests.the_page_and_a_hand_have_no_minutes()
  local world, attendance = loaded "2021-02-25 14:10"
  attendance.joined("a", "page")
  world.usher.handlers.attended { person = "b", who = "karma" }
  expect.equal(attendance.minutes("a"), nil)
  expect.equal(attendance.minutes("b"), nil)
  expect.equal(attendance.minutes("nobody"), nil)
end

function tests.said_again_nothing_changes()
  local _, attendance = loaded()
  expect.equal(zoom(attendance, "a", "p+14:00 p-15:00 p+14:00"), 2)
  expect.equal(zoom(attendance, "a", "p-15:00 p+14:00"), 0)
  expect.equal(#attendance.of("a"), 2)
end

function tests.too_many_facts_become_spans_and_no_minute_is_lost()
  local _, attendance = loaded()
  local entries = {}
  for i = 0, 118 do
    for k, did in ipairs { "joined", "left" } do
      entries[#entries + 1] = { at = day "14:00" + i * 60000 + k * 15000, via = "zoom", meeting = "945",
        device = "p", did = did }
    end
  end
  entries[#entries + 1] = { at = day "15:59", via = "zoom", meeting = "945", device = "q", did = "joined" }
  attendance.add("a", entries)
  expect.equal(#attendance.of("a") <= 102, true)
  local open = false
  for _, entry in ipairs(attendance.of("a")) do open = open or entry.device == "q" end
  expect.equal(open, true)
  local minutes = attendance.minutes("a")
  expect.equal(minutes >= 30 and minutes <= 60, true)
end

-- ---- the rule -------------------------------------------------------------------------------------------

function tests.below_the_rules_minutes_nobody_was_there()
  local _, attendance = loaded(nil, 'attended = "60 minutes"')
  zoom(attendance, "a", "p+14:00 p-14:59")
  zoom(attendance, "b", "p+14:00 p-15:00")
  expect.equal(attendance.was_there("a"), false)
  expect.equal(attendance.has_come("a"), true)
  expect.equal(attendance.was_there("b"), true)
end

function tests.half_is_half_of_the_session()
  local _, attendance = loaded(nil, 'attended = "half"')
  zoom(attendance, "a", "p+14:00 p-14:59")
  zoom(attendance, "b", "p+14:00 p-15:00")
  expect.equal(tostring(attendance.was_there("a")) .. tostring(attendance.was_there("b")), "falsetrue")
  expect.equal(attendance.least_minutes(require("usher.facts").event), 60)
end

function tests.without_a_rule_a_minute_is_enough()
  local _, attendance = loaded()
  zoom(attendance, "a", "p+14:00 p-14:01")
  expect.equal(attendance.was_there("a"), true)
end

function tests.the_rule_counts_once_it_is_over()
  local world, attendance = loaded("2021-02-25 14:10", 'attended = "60 minutes"')
  zoom(attendance, "a", "p+14:00")
  expect.equal(attendance.was_there("a"), true)
  zoom(attendance, "a", "p-14:20")
  world.now = day "16:00"
  expect.equal(attendance.was_there("a"), false)
end

function tests.who_is_only_known_from_the_page_was_there()
  local world, attendance = loaded("2021-02-25 14:10", 'attended = "60 minutes"')
  attendance.joined("a", "page")
  world.now = day "18:00"
  expect.equal(attendance.was_there("a"), true)
end

function tests.a_hand_overrules_the_minutes()
  local world, attendance = loaded(nil, 'attended = "60 minutes"')
  zoom(attendance, "a", "p+14:00 p-14:10")
  zoom(attendance, "b", "p+14:00 p-16:00")
  world.usher.handlers.attended { person = "a", who = "karma" }
  world.usher.handlers.attended { person = "b", who = "karma", present = false }
  expect.equal(tostring(attendance.was_there("a")) .. tostring(attendance.was_there("b")), "truefalse")
end

function tests.a_length_that_is_none_is_refused()
  for _, wrong in ipairs { "an hour or so", "30 seconds", "90 minuts" } do
    expect.refused(EVENT:format('attended = "' .. wrong .. '"'), nil, "attended is how long somebody must be "
      .. "there", wrong)
  end
end

-- ---- sessions -------------------------------------------------------------------------------------------

function tests.each_session_has_its_own_minutes()
  local _, attendance, list = series("2021-03-10 09:00", 'attended = "60 minutes"')
  zoom(attendance, "a", "p+14:00 p-16:00")
  zoom(attendance, "a", "p+14:00 p-14:30", "2021-03-04")
  expect.equal(attendance.minutes("a", list[1]), 120)
  expect.equal(attendance.minutes("a", list[2]), 30)
  expect.equal(attendance.minutes("a"), 150)
  expect.equal(attendance.was_there("a", list[1]), true)
  expect.equal(attendance.was_there("a", list[2]), false)
  expect.equal(attendance.was_there("a"), true)
end

function tests.the_page_counts_for_the_session_that_is_on()
  local world, attendance, list = series "2021-03-04 13:40"
  attendance.joined("a", "page")
  world.now = at "2021-03-01 14:00" -- no session is near: nothing to count
  attendance.joined("b", "page")
  expect.equal(attendance.was_there("a", list[1]), false)
  expect.equal(attendance.was_there("a", list[2]), true)
  expect.equal(attendance.of("b"), nil)
end

function tests.a_hand_means_the_session_that_is_on_or_was_last_or_the_one_that_it_names()
  local world, attendance, list = series "2021-02-26 09:00"
  local mark = world.usher.handlers.attended
  expect.equal(mark({ person = "a", who = "karma" }).text, "Aum Dechen: was there, session 1")
  expect.equal(mark({ person = "b", who = "karma", session = "2" }).text, "Bob: was there, session 2")
  expect.equal(attendance.was_there("a", list[1]), true)
  expect.equal(attendance.was_there("a", list[2]), false)
  expect.equal(attendance.was_there("b", list[1]), false)
end

function tests.a_session_that_is_none_is_told()
  local world = series "2021-02-26 09:00"
  local fine, why = pcall(world.usher.handlers.attended, { person = "a", session = "7" })
  expect.equal(fine, false)
  expect.contains(why, "there is no session '7': there are 1, 2")
  world.now = at "2021-02-01 09:00"
  fine, why = pcall(world.usher.handlers.attended, { person = "a" })
  expect.equal(fine, false)
  expect.contains(why, "no session has begun yet")
  local single = loaded()
  fine, why = pcall(single.usher.handlers.attended, { person = "a", session = "2" })
  expect.equal(fine, false)
  expect.contains(why, "this event is no series")
end

function tests.two_sessions_of_one_morning_share_what_is_between_them()
  local _, attendance, list = series(nil, nil, { "2021-02-25 09:00", "2021-02-25 11:20" })
  expect.equal(attendance.closes_at(list[1]), day "11:10")
  expect.equal(attendance.opens_at(list[2]), day "11:10")
  expect.equal(attendance.opens_at(list[1]), day "08:30")
  zoom(attendance, "a", "p+09:00 p-13:20") -- one meeting that went on all the time
  zoom(attendance, "b", "p+09:00 p-11:05")
  expect.equal(attendance.minutes("a", list[1]), 130)
  expect.equal(attendance.minutes("a", list[2]), 130)
  expect.equal(attendance.was_there("b", list[2]), false)
end

function tests.what_is_said_of_a_session_by_name_counts_there_only()
  local _, attendance, list = series "2021-03-10 09:00"
  attendance.add("a", { { at = day "14:00", minutes = 80, via = "csv", session = "1" } })
  expect.equal(attendance.minutes("a", list[1]), 80)
  expect.equal(attendance.minutes("a", list[2]), nil)
end

function tests.a_pretended_guest_goes_into_every_session()
  local world = series "2021-02-01 09:00"
  local acts = world.usher.handlers.pretend { args = { about = { person = "a", rule = "confirmation" } } }
  expect.equal(#acts, 2)
  expect.equal(acts[1].at, day "14:05")
  expect.equal(acts[2].at, at "2021-03-04 14:05")
  acts = world.usher.handlers.pretend { args = { about = { person = "a", rule = "reminder", session = "2",
    audience = "coming" } } }
  expect.equal(#acts, 1)
  expect.equal(acts[1].at, at "2021-03-04 14:05")
end

function tests.of_two_pretended_guests_the_no_show_goes_into_none()
  local world = series "2021-02-01 09:00"
  world.told.guests = { mix = {}, people = { a = "no-show" } }
  local about = { person = "a", rule = "confirmation" }
  expect.equal(#world.usher.handlers.pretend { args = { about = about } }, 0)
  about.person = "b"
  expect.equal(#world.usher.handlers.pretend { args = { about = about } }, 2)
end

return tests
