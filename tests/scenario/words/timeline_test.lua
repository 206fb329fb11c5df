-- SPDX-License-Identifier: MIT
-- The timeline without words, as a script on the primitives gets it.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function report(effects, about)
  stub.new()
  _G.usher = stub.new().usher
  return require("usher.timeline").report { effects = effects, about = about }
end

local function mail(wall, key, more)
  local effect = { at = stub.time.at(wall, "Asia/Thimphu").utc, kind = "mail", flow = "x", key = key,
    label = key, args = {} }
  for name, value in pairs(more or {}) do effect[name] = value end
  return effect
end

function tests.a_script_without_words_gets_the_same_picture()
  local text = report({ mail("2021-02-24 09:00", "karma") }, { id = "e", zone = "Asia/Thimphu",
    zones = { { name = "Thimphu", zone = "Asia/Thimphu" }, { name = "Seoul", zone = "Asia/Seoul" } } }).text
  expect.contains(text, "Wed 24 Feb 09:00  12:00  mail x \u{2192} karma")
end

function tests.another_weekday_is_shown()
  local text = report({ mail("2021-02-24 22:00", "karma") }, { zone = "Asia/Thimphu",
    zones = { { name = "Thimphu", zone = "Asia/Thimphu" }, { name = "Seoul", zone = "Asia/Seoul" } } }).text
  -- karma lives in Thimphu: no mark for Seoul
  expect.contains(text, "Wed 24 Feb 22:00 night  Thu 01:00  mail x")
end

function tests.nothing_described_is_utc()
  expect.contains(report({ mail("2021-02-24 09:00", "karma") }).text, "Wed 24 Feb 03:00 night")
end

function tests.no_effects_make_an_empty_timeline()
  expect.contains(report({}).text, "most mails one guest gets: 0 (median 0)")
end

function tests.two_mails_within_an_hour_are_told()
  local text = report({ mail("2021-02-24 12:00", "a"), mail("2021-02-24 12:30", "a", { flow = "y" }) },
    { zone = "Asia/Thimphu" }).text
  expect.contains(text, "x and y come within an hour to 1 person")
end

return tests
