-- SPDX-License-Identifier: MIT
-- The founding event, rehearsed: what its organisers would have seen in February 2021.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local folder <const> = "examples/03-briefing-2021"

local function rehearse(file)
  local world = stub.new(nil, folder)
  world = stub.load(world.read(folder .. "/" .. file), nil, folder, file)
  world.pretend = true
  world.run(stub.time.at("2021-02-01 09:00", "Asia/Thimphu").utc)
  return world.usher.handlers.rehearsed { effects = world.effects() }, world
end

function tests.the_house_rules_keep_working_days()
  local text = rehearse("hlb.lua").text
  local function line(clocks, what) expect.contains(text, clocks .. (" "):rep(10) .. "mail " .. what) end
  line("Mon 08 Feb 09:00  12:00  11:00", "invitation \u{2192} 24, 1 to assistants")
  line("Tue 16 Feb 10:00  13:00  12:00", "please-answer \u{2192} 0, 24 skipped: answered yes")
  line("Wed 17 Feb 10:00  13:00  12:00", "speaker-briefing \u{2192} Dasho Phuntsho Tobgay")
  line("Fri 19 Feb 07:00  10:00  09:00", "speaker-briefing \u{2192} Mr. Kiyoug Ko")
  line("Fri 19 Feb 10:00  13:00  12:00", "please-answer-again")
end

function tests.either_organiser_is_asked_before_the_first_mail_and_once_for_all()
  local report, world = rehearse("hlb.lua")
  expect.contains(report.text, "Fri 05 Feb 09:00  12:00  11:00          mail please approve \u{2192} 2")
  local asked = 0
  for _, mail in ipairs(world.usher.mails) do asked = asked + (mail.flow == "please approve" and 1 or 0) end
  expect.equal(asked, 2)
end

function tests.cues_come_ten_minutes_before_by_the_clock_of_the_item()
  local report, world = rehearse("hlb.lua")
  expect.contains(report.text, "Thu 25 Feb 13:55  16:55  15:55          cue you-are-next (Remarks at 17:05")
  expect.contains(report.text, "Thu 25 Feb 14:00  17:00  16:00 holiday  cue you-are-next (Social Media")
  local texts = {}
  for _, mail in ipairs(world.usher.mails) do
    if mail.flow == "you-are-next" then texts[mail.key] = mail.text end
  end
  expect.contains(texts.ko, "17:05-17:10 Seoul (UTC+9), which is 14:05-14:10 Thimphu (UTC+6)")
  expect.contains(texts.ko, "After it comes Group Photo, then Social Media")
  expect.contains(texts.lallana, "16:10-18:00 Manila (UTC+8)")
end

function tests.what_somebody_should_look_at_is_said()
  local text = rehearse("hlb.lua").text
  expect.contains(text, "Group Photo has no time: the presentation will start late or the photo takes")
  expect.contains(text, "Closing remarks: nobody is named")
  expect.contains(text, "Thu 25 Feb 2021 is a non-working day for Dr. Emmanuel Lallana in Manila")
  expect.contains(text, "most mails one guest gets: 7 (median 7)")
end

function tests.calendar_days_reach_weekends_holidays_and_nights()
  local text = rehearse("hlb-calendar-days.lua").text
  expect.contains(text, "on Sat 20 Feb, 10:00: weekend")
  expect.contains(text, "who-is-coming reaches 1 person in Thimphu on Mon 22 Feb, 11:00")
  expect.contains(text, "please-answer-again reaches up to 24 people in Thimphu on Tue 23 Feb, 10:00")
  expect.contains(text, "speaker-reminder reaches 1 person in Seoul on Wed 24 Feb, 21:30: night")
end

function tests.no_zone_is_abbreviated()
  local report = rehearse("hlb.lua")
  for _, short in ipairs { "PST", "KST", "BTT", "GMT" } do
    expect.lacks(report.text, short)
    expect.lacks(report.html, short)
  end
end

function tests.the_calendar_entry_is_folded_and_by_the_clock_of_the_event()
  local _, world = rehearse("hlb.lua")
  local entry
  for _, mail in ipairs(world.usher.mails) do
    if mail.flow == "invitation" and mail.attach then entry = entry or mail.attach[1].data end
  end
  expect.contains(entry, "DTSTART;TZID=Asia/Thimphu:20210225T140000\r\n")
  expect.contains(entry, "UID:hlb-2021@moic.example\r\n")
  for line in entry:gmatch("(.-)\r\n") do assert(#line <= 75, line) end
end

function tests.the_page_escapes_what_people_wrote()
  local html = rehearse("hlb.lua").html
  expect.lacks(html, "nobody is named: name a person, or write  undecided \"Closing")
  expect.contains(html, "undecided &quot;Closing remarks&quot;")
end

return tests
