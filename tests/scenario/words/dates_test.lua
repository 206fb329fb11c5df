-- SPDX-License-Identifier: MIT
-- Dates in the language of who reads them.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function dates_with(more)
  stub.load('event "test" { title = "T", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", ' .. more .. " }")
  return package.loaded["usher.dates"] or require "usher.dates", package.loaded["usher.facts"].event
end

local bt <const> = "Asia/Thimphu"

function tests.english_dates_name_day_place_and_offset()
  local dates, event = dates_with ""
  expect.equal(dates.long(event.starts, bt, "en"), "Thu 25 Feb 2021, 14:00 Thimphu (UTC+6)")
  expect.equal(dates.span(event, "Asia/Seoul", "en"), "Thu 25 Feb 2021, 17:00-19:30 Seoul (UTC+9)")
  expect.equal(dates.clocks(event, bt, "en"), "14:00-16:30 Thimphu (UTC+6)")
  expect.equal(dates.day(0, "UTC", "en"), "Thu 01 Jan 1970")
end

function tests.an_end_on_another_day_has_its_day()
  local dates, event = dates_with ""
  local night = { starts = event.starts, ends = stub.time.at("2021-02-26 00:30", bt) }
  expect.equal(dates.span(night, bt, "en"),
    "Thu 25 Feb 2021, 14:00 to Fri 26 Feb 2021, 00:30 Thimphu (UTC+6)")
end

function tests.dzongkha_dates_have_dzongkha_names()
  local dates, event = dates_with ""
  expect.equal(dates.long(event.starts, bt, "dz"),
    "གཟའ་པ་སངས་ སྤྱི་ལོ་2021 སྤྱི་ཟླ་གཉིས་པ་ ཚེས་25, ཆུ་ཚོད་ 14:00 Thimphu (UTC+6)")
end

function tests.digits_are_the_choice_of_the_event()
  local dates, event = dates_with 'digits = "own"'
  expect.equal(dates.long(event.starts, bt, "dz"),
    "གཟའ་པ་སངས་ སྤྱི་ལོ་༢༠༢༡ སྤྱི་ཟླ་གཉིས་པ་ ཚེས་༢༥, ཆུ་ཚོད་ ༡༤:༠༠ Thimphu (UTC+༦)")
  expect.equal(dates.clock(event.ends, bt, "dz"), "༡༦:༣༠")
  expect.equal(dates.long(event.starts, bt, "en"), "Thu 25 Feb 2021, 14:00 Thimphu (UTC+6)")
end

function tests.every_day_and_month_has_a_name_in_every_language()
  local dates = dates_with ""
  for day = 0, 365 do
    local ms = stub.time.at("2021-01-01 12:00", bt).utc + day * 86400000
    for _, code in ipairs { "en", "dz" } do expect.lacks(dates.day(ms, bt, code), "{") end
  end
end

function tests.an_unknown_choice_of_digits_is_refused()
  local event = 'event "t" { title = "T", when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu", digits = "dz" }'
  expect.refused(event, nil, "digits must be one of 'latin', 'own'")
end

return tests
