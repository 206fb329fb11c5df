-- SPDX-License-Identifier: MIT
-- Mails that wait because the mail server takes only so many.
local expect = require "expect"
local stub = require "stub"

local tests = {}

local function at(wall) return stub.time.at("2021-02-25 " .. wall, "Asia/Thimphu").utc end

local function said(effects, limits, starts, ends)
  _G.usher = stub.new().usher
  local lines = {}
  require("usher.rates").say(limits, effects,
    { zone = "Asia/Thimphu", starts = starts and { utc = at(starts) }, ends = ends and { utc = at(ends) } },
    function(pattern, ...) lines[#lines + 1] = pattern:format(...) end)
  return table.concat(lines, "\n")
end

local function mail(asked, left, more)
  local effect = { kind = "mail", rule = "starting", asked = at(asked), at = at(left) }
  for name, value in pairs(more or {}) do effect[name] = value end
  return effect
end

local HOURLY <const> = { per_hour = 2, per_minute = 0 }

function tests.mails_that_leave_when_they_should_are_not_told()
  expect.equal(said({ mail("13:00", "13:00"), mail("13:00", "13:00") }, HOURLY), "")
end

function tests.the_last_of_those_that_wait_is_told()
  expect.equal(said({ mail("13:00", "13:00"), mail("13:00", "13:00"), mail("13:00", "14:00") }, HOURLY),
    "starting: 3 mails at 2 an hour: the last leaves Thu 25 Feb, 14:00 Thimphu")
end

function tests.both_limits_are_named()
  expect.contains(said({ mail("13:00", "13:01") }, { per_hour = 100, per_minute = 1 }),
    "at 1 a minute and 100 an hour")
end

function tests.what_the_event_has_come_to_meanwhile_is_said()
  local effects = { mail("13:00", "14:30") }
  expect.contains(said(effects, HOURLY, "14:00", "16:30"), "14:30 Thimphu, after the start")
  expect.contains(said(effects, HOURLY, "12:00", "14:15"), "14:30 Thimphu, after the end")
  expect.lacks(said(effects, HOURLY, "12:00", "16:30"), "after")
end

function tests.what_never_left_is_counted_with_its_rule()
  local lost = { kind = "failed", rule = "starting", at = at "14:30",
    why = "given up after 0 tries, because it would be too late" }
  expect.equal(said({ mail("13:00", "13:00"), lost, lost }, HOURLY),
    "starting: 3 mails at 2 an hour: 2 never leave, because it would be too late")
end

function tests.without_a_limit_nothing_is_said()
  expect.equal(said({ mail("13:00", "14:30") }, {}), "")
end

return tests
