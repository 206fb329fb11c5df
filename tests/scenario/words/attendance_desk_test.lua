-- SPDX-License-Identifier: MIT
-- What the office hands in about attendance: Zoom's report in its forms, lists of its own, who is who; and
-- where the sources do not agree. The reports are written from Zoom's, as people publish them; the help page
-- is https://support.zoom.com/hc/en/article?id=zm_kb&sysparm_article=KB0064859 (meeting reports).
local expect = require "expect"
local stub = require "stub"

local tests = {}

local EVENT <const> = [[
event "test" { title = "Test", when = "Tue 06 Apr 2021 14:00-16:00 Asia/Thimphu",
  from = "Desk <desk@b.example>", %s,
  where = zoom { link = "https://zoom.example/j/1", id = "945 1234 5678" } }
guests {
  { key = "a", name = "Aum Dechen", mail = "a@b.example", group = "Secretaries" },
  { key = "b", name = "Bob Builder", mail = "b@b.example", salutation = "Dasho" },
  { key = "k1", name = "Karma Dorji", mail = "k1@b.example" },
  { key = "k2", name = "Karma Dorji", mail = "k2@b.example" } }
]]

local HEAD <const> = [[
Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
945 1234 5678,Training,04/06/2021 01:50:00 PM,04/06/2021 04:05:00 PM,host@b.example,135,4

]]
local VISITS <const> = [[
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,In Waiting Room
Aum Dechen,a@b.example,04/06/2021 02:00:00 PM,04/06/2021 03:00:00 PM,60,Yes,No
"Aum's phone (Aum Dechen)",,04/06/2021 02:30:00 PM,04/06/2021 03:20:00 PM,50,Yes,No
DASHO  bob builder,,04/06/2021 01:55:10 PM,04/06/2021 04:01:00 PM,126,Yes,No
DASHO  bob builder,,04/06/2021 01:50:00 PM,04/06/2021 01:55:10 PM,6,Yes,Yes
Karma Dorji,,04/06/2021 02:00:00 PM,04/06/2021 02:10:00 PM,10,Yes,No
]]
local SUMS <const> = [[
Name (original name),Email,Total duration (minutes),Guest
Aum Dechen,a@b.example,75,Yes
Bob Builder,,20,Yes
]]

local function at(clock, date)
  return stub.time.at((date or "2021-04-06") .. " " .. clock, "Asia/Thimphu").utc
end

local function loaded(options)
  local world = stub.load(EVENT:format(options or 'host = nil'))
  world.now = at "18:00"
  local attendance = require "usher.attendance"
  function world.hand_in(csv, more)
    local request = { csv = csv, file = "participants.csv", who = "karma" }
    for name, value in pairs(more or {}) do request[name] = value end
    return world.usher.handlers["attendance-report"](request)
  end
  function world.list(csv, more)
    local request = { csv = csv, file = "list.csv", who = "karma" }
    for name, value in pairs(more or {}) do request[name] = value end
    return world.usher.handlers["attended-list"](request)
  end
  return world, attendance
end

local function series()
  local world, attendance = loaded()
  local facts = require "usher.facts"
  for i, date in ipairs { "2021-04-06", "2021-04-13" } do
    local start = stub.time.at(date .. " 14:00", "Asia/Thimphu")
    facts.sessions[i] = { id = tostring(i), number = i, starts = start,
      ends = stub.time.shift(start, "2 hours"), where = facts.event.where }
  end
  world.now = at("18:00", "2021-04-13")
  return world, attendance, facts.sessions
end

local function refused(fn, ...)
  local fine, problem = pcall(fn)
  if fine then error("it was taken", 2) end
  for _, part in ipairs { ... } do expect.contains(problem, part) end
end

-- ---- Zoom's report --------------------------------------------------------------------------------------

function tests.a_report_with_the_meeting_above_it_and_one_without_say_the_same()
  for _, csv in ipairs { VISITS, HEAD .. VISITS, "\u{FEFF}" .. HEAD .. VISITS,
    ((HEAD .. VISITS):gsub("\n", "\r\n")) } do
    local world, attendance = loaded()
    expect.equal(world.hand_in(csv).text,
      "participants.csv: 4 rows, 4 of them new; 2 people of ours, 1 participant nobody knows")
    expect.equal(attendance.minutes("a"), 80) -- two devices, once
    expect.equal(attendance.minutes("b"), 125) -- not the minutes before the door
  end
end

function tests.a_report_that_adds_up_has_minutes_and_no_times()
  local world, attendance = loaded 'attended = "60 minutes"'
  world.hand_in(SUMS)
  expect.equal(attendance.minutes("a"), 75)
  expect.equal(attendance.minutes("b"), 20)
  expect.equal(tostring(attendance.was_there("a")) .. tostring(attendance.was_there("b")), "truefalse")
end

function tests.handed_in_twice_it_changes_nothing()
  local world, attendance = loaded()
  world.hand_in(VISITS)
  local before = #attendance.of("a")
  local said = world.hand_in(HEAD .. VISITS)
  expect.equal(said.new, 0)
  expect.equal(#attendance.of("a"), before)
  expect.equal(#world.usher.trail, 1)
end

function tests.both_ways_to_write_a_date_are_read_as_the_one_that_is_near_the_event()
  for _, times in ipairs { "04/06/2021 02:00:00 PM,04/06/2021 03:00:00 PM",
    "06/04/2021 14:00,06/04/2021 15:00",
    "2021-04-06 14:00:00,2021-04-06 15:00:00", "4/6/2021 2:00 PM,4/6/2021 3:00 PM",
    "2021-04-06T14:00:00,2021-04-06T15:00:00", "06.04.2021 14:00:00,06.04.2021 15:00:00" } do
    local world, attendance = loaded()
    world.hand_in("Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
      .. "Aum Dechen,a@b.example," .. times .. ",60\n")
    expect.equal(attendance.minutes("a"), 60)
  end
end

function tests.noon_and_midnight_are_read_as_clocks_show_them()
  local world, attendance = loaded()
  world.hand_in("Name (Original Name),Join Time,Leave Time,Duration (Minutes)\n"
    .. "Aum Dechen,04/06/2021 12:30:00 PM,04/07/2021 12:10:00 AM,700\n")
  expect.equal(attendance.of("a")[1].at, at "12:30")
  expect.equal(attendance.of("a")[1].till, at("00:10", "2021-04-07"))
end

function tests.clock_times_of_another_place_are_read_with_its_zone()
  local world, attendance = loaded()
  local csv = "Name (Original Name),Join Time,Leave Time,Duration (Minutes)\n"
    .. "Aum Dechen,04/06/2021 08:00:00 AM,04/06/2021 09:30:00 AM,90\n"
  refused(function() world.hand_in(csv) end, "nothing of it lies in the time of the event",
    "read in Asia/Thimphu", "--zone")
  world.hand_in(csv, { zone = "UTC" })
  expect.equal(attendance.minutes("a"), 90)
  refused(function() world.hand_in(csv, { zone = "Asia/Thimpu" }) end, "unknown time zone")
end

function tests.every_problem_is_told_with_its_line_and_nothing_is_taken()
  local world, attendance = loaded()
  refused(function()
    world.hand_in(HEAD .. [[
Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)
Aum Dechen,a@b.example,04/06/2021 02:00:00 PM,04/06/2021 03:00:00 PM,60
Bob,b@b.example,soon,04/06/2021 03:00:00 PM,60
,,04/06/2021 02:00:00 PM,04/06/2021 03:00:00 PM,60
Karma,,04/06/2021 03:00:00 PM,04/06/2021 02:00:00 PM,60
Late,,04/06/2021 13:00:00 PM,04/06/2021 02:00:00 PM,60
]])
  end, "participants.csv was not taken, 4 things are wrong",
    "participants.csv:6: 'soon' is no moment",
    "participants.csv:7: a participant without a name and an address",
    "participants.csv:8: left at 04/06/2021 02:00:00 PM, before having come",
    "participants.csv:9: '04/06/2021 13")
  expect.equal(attendance.of("a"), nil)
  for _, wrong in ipairs { "plenty", "-5", "7.5" } do
    refused(function() world.hand_in((SUMS:gsub("75", wrong))) end,
      ("participants.csv:2: '%s' is no number"):format(wrong))
  end
end

function tests.what_is_no_report_is_told()
  local world = loaded()
  refused(function() world.hand_in("name,mail\nAum,a@b.example\n") end, "no participant report of Zoom's",
    "Name (Original Name)")
  refused(function() world.hand_in("") end, "no participant report of Zoom's")
  refused(function() world.hand_in("Name (Original Name),Join Time,Leave Time,Duration (Minutes)\n") end,
    "nobody is in it")
end

function tests.the_report_of_another_meeting_is_refused()
  local world = loaded()
  local csv = (HEAD .. VISITS):gsub("945 1234 5678", "111 2222 3333")
  refused(function() world.hand_in(csv) end,
    "is about the meeting 11122223333, and this event's is 94512345678")
end

function tests.in_a_series_times_tell_the_session_and_sums_need_it_said()
  local world, attendance, list = series()
  world.hand_in(VISITS)
  expect.equal(attendance.minutes("a", list[1]), 80)
  expect.equal(attendance.minutes("a", list[2]), nil)
  refused(function() world.hand_in(SUMS) end, "say which session it is of", "--session")
  world.hand_in(SUMS, { session = "2" })
  expect.equal(attendance.minutes("a", list[2]), 75)
  expect.equal(attendance.minutes("b", list[1]), 125)
  refused(function() world.hand_in(VISITS, { session = "2" }) end,
    "nothing of it lies in the time of session 2")
  local other = series()
  other.hand_in(HEAD .. SUMS) -- the meeting's start says it
  expect.equal(require("usher.attendance").minutes("a", require("usher.facts").sessions[1]), 75)
end

-- ---- who is who -----------------------------------------------------------------------------------------

function tests.two_of_one_name_are_told_apart_by_a_person()
  local world, attendance = loaded()
  world.hand_in(VISITS)
  local shown = world.usher.handlers.attendance {}
  expect.equal(#shown.strangers, 1)
  expect.equal(shown.strangers[1].name .. shown.strangers[1].minutes, "Karma Dorji10")
  local said = world.usher.handlers["attendance-assign"] { stranger = "karma dorji", person = "k2" }
  expect.equal(said.text, "Karma Dorji is Karma Dorji")
  expect.equal(attendance.minutes("k2"), 10)
  expect.equal(attendance.minutes("k1"), nil)
  expect.equal(#world.usher.handlers.attendance({}).strangers, 0)
  expect.equal(world.hand_in(VISITS).new, 0)
end

function tests.whom_nobody_means_is_told()
  local world = loaded()
  world.hand_in(VISITS)
  local assign = world.usher.handlers["attendance-assign"]
  refused(function() assign { stranger = "Nobody Here", person = "a" } end,
    "no unknown participant is called")
  refused(function() assign { stranger = "Karma Dorji", person = "zzz" } end, "nobody is called 'zzz'")
  refused(function() assign { stranger = "Karma Dorji" } end, "say who it is")
end

function tests.a_name_holds_for_its_session_and_an_address_for_all()
  local world, attendance, list = series()
  local function visit(date, name, mail)
    return ("Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\n"
      .. "%s,%s,%s 14:00:00,%s 15:00:00,60\n"):format(name, mail, date, date)
  end
  local assign = world.usher.handlers["attendance-assign"]
  world.hand_in(visit("2021-04-06", "iPhone", ""))
  assign { stranger = "iPhone", person = "a" }
  world.hand_in(visit("2021-04-13", "iPhone", ""))
  expect.equal(attendance.minutes("a", list[2]), nil)
  expect.equal(#world.usher.handlers.attendance({ session = "2" }).strangers, 1)
  world.hand_in(visit("2021-04-06", "B", "bob@home.example"))
  assign { stranger = "bob@home.example", person = "b" }
  world.hand_in(visit("2021-04-13", "Bobby", "Bob@home.example"))
  expect.equal(attendance.minutes("b", list[2]), 60)
end

function tests.names_are_compared_without_case_spaces_and_salutations()
  local world = loaded()
  local match = require "usher.attendance_match"
  world.usher.book("zoom links"):set("k1", { registrant = "r3", link = "x", mail = "k1@b.example" })
  local index = match.index()
  for name, key in pairs { ["aum dechen"] = "a", ["  AUM\u{00A0} Dechen "] = "a", ["Dechen"] = "a",
    ["H.E. Dasho Bob Builder"] = "b", ["Mr. Bob builder"] = "b", ["Bob's iPad (Bob Builder)"] = "b",
    ["Bob Builder (MoH)"] = "b" } do
    expect.equal(match.find(index, { name = name }), key)
  end
  for _, name in ipairs { "Bob", "Builder", "Karma Dorji", "Dr.", "", "(Host)" } do
    expect.equal(match.find(index, { name = name }), nil)
  end
  expect.equal(match.find(index, { name = "Bob Builder", mail = "A@B.example" }), "a")
  expect.equal(match.find(index, { registrant = "r3", mail = "a@b.example" }), "k1")
  expect.equal(match.find(index, { customer_key = "k1", mail = "a@b.example" }), "k1")
  match.add(function() return { r7 = "k2" } end)
  index = match.index()
  expect.equal(match.find(index, { registrant = "r7", mail = "a@b.example" }), "k2")
end

function tests.a_deputy_and_whom_they_stand_in_for_have_one_seat()
  local world = loaded()
  world.usher.book("roster"):set("a", { name = "Pema Lhamo", mail = "p@b.example",
    stands_in_for = { name = "Aum Dechen", mail = "a@b.example" } })
  local match = require "usher.attendance_match"
  local index = match.index()
  for _, participant in ipairs { { name = "pema lhamo" }, { mail = "p@b.example" }, { name = "Aum Dechen" },
    { mail = "a@b.example" } } do
    expect.equal(match.find(index, participant), "a")
  end
end

-- ---- lists of the office --------------------------------------------------------------------------------

function tests.a_list_by_hand_has_the_last_word()
  local world, attendance = loaded()
  world.hand_in(VISITS)
  local said = world.list "name,mail,present\nAum Dechen,,no\n,k1@b.example,yes\nBob,,\n"
  expect.equal(said.text, "list.csv: 1 person present, 1 absent, 2 of them new")
  expect.equal(attendance.was_there("a"), false)
  expect.equal(attendance.was_there("k1"), true)
  expect.equal(attendance.was_there("b"), true) -- nothing was said of him
  expect.equal(world.list("name,mail,present\nAum Dechen,,no\n,k1@b.example,yes\n").new, 0)
end

function tests.a_list_of_keys_is_who_was_there()
  local world, attendance, sessions = series()
  world.list("key\na\nb\n", { session = "2" })
  expect.equal(attendance.was_there("a", sessions[2]), true)
  expect.equal(attendance.was_there("a", sessions[1]), false)
end

function tests.a_list_with_mistakes_is_not_taken_at_all()
  local world, attendance = loaded()
  refused(function()
    world.list "name,present\nAum Dechen,yes\nZoe,yes\nBob Builder,perhaps\nAum Dechen,no\n,yes\n"
  end, "list.csv was not taken, 4 things are wrong", "list.csv:3: nobody is called 'Zoe'",
    "list.csv:4: 'perhaps' is neither yes nor no", "list.csv:5: Aum Dechen is there twice",
    "list.csv:6: a row without a key, an address and a name")
  expect.equal(attendance.of("a"), nil)
  refused(function() world.list "who,present\na,yes\n" end, "has no column key, mail or name")
end

-- ---- where the sources do not agree ---------------------------------------------------------------------

local function doubts(world)
  local list = {}
  for i, one in ipairs(world.usher.handlers.attendance({}).disagreements) do
    list[i] = one.key .. ": " .. one.text
  end
  return table.concat(list, "\n")
end

function tests.sources_that_agree_are_no_news()
  local world, attendance = loaded()
  world.hand_in(VISITS)
  world.now = at "14:02"
  attendance.joined("a", "page")
  world.now = at "18:00"
  expect.equal(doubts(world), "")
end

function tests.the_page_saw_somebody_and_zoom_did_not()
  local world, attendance = loaded()
  world.now = at "14:02"
  attendance.joined("k1", "page")
  world.now = at "18:00"
  expect.equal(doubts(world), "") -- of a meeting of which Zoom says nothing nobody can be missing in it
  world.hand_in(VISITS)
  expect.equal(doubts(world), "k1: went in by the join page at 14:02, and Zoom has not seen them")
end

function tests.a_hand_against_zoom_is_told()
  local world = loaded 'attended = "60 minutes"'
  world.hand_in(SUMS)
  local mark = world.usher.handlers.attended
  mark { person = "a", present = false, who = "Karma" }
  mark { person = "b", who = "Karma" }
  mark { person = "k1", who = "Karma" }
  expect.equal(doubts(world), "a: marked as absent by Karma, and Zoom has 75 minutes\n"
    .. "b: marked as present by Karma, and Zoom has 20 of the 60 minutes\n"
    .. "k1: marked as present by Karma, and neither Zoom nor the join page has seen them")
end

function tests.a_hand_against_the_page_is_told()
  local world, attendance = loaded()
  world.now = at "14:02"
  attendance.joined("a", "page")
  world.usher.handlers.attended { person = "a", present = false }
  expect.equal(doubts(world), "a: marked as absent, and they went in by the join page at 14:02")
end

function tests.zoom_against_its_own_report_is_told()
  local world, attendance = loaded()
  local function told(key, from, to)
    for did, clock in pairs { joined = from, left = to } do
      attendance.add(key, { { at = at(clock), via = "zoom", did = did, device = key, meeting = "9" } })
    end
  end
  told("a", "14:00", "14:30") -- the report has 80 minutes
  told("b", "13:56", "16:00") -- and about the same of him
  told("k1", "14:00", "14:10")
  attendance.add("k2", { { at = at "15:00", via = "zoom", did = "left", device = "x" } })
  world.hand_in(VISITS)
  expect.equal(doubts(world), "a: Zoom told 30 minutes, and its report says 80 minutes\n"
    .. "k1: Zoom told 10 minutes, and its report does not have them\n"
    .. "k2: Zoom told 0 minutes, and its report does not have them\n"
    .. "k2: Zoom saw them leave at 15:00 and never come: the minutes are too few")
end

function tests.the_overview_says_who_for_how_long_and_from_where()
  local world = loaded()
  world.hand_in(VISITS)
  local shown = world.usher.handlers.attendance {}
  expect.equal(shown.title .. "|" .. shown.present .. "|" .. #shown.people, "Test|2|2")
  local a = shown.people[1]
  expect.equal(("%s %s %s %d %s"):format(a.name, a.group, a.present, a.minutes, a.sources[1]),
    "Aum Dechen Secretaries true 80 report 80 min")
end

return tests
