-- SPDX-License-Identifier: MIT
-- every: what people say of a series ("Tuesday and Thursday 10:00-12:00"), as a recurrence rule.
--   WEEKDAYS CLOCKS                        Tuesday 14:00-16:00; Mon, Wed and Fri 9:00-12:00
--   other WEEKDAYS CLOCKS                  each second week
--   first|second|third|fourth|last WEEKDAY of the month CLOCKS
--   day CLOCKS, working day CLOCKS
local check = require "usher.check"

local every = {}

local days <const> = { monday = "MO", tuesday = "TU", wednesday = "WE", thursday = "TH", friday = "FR",
  saturday = "SA", sunday = "SU" }
local places <const> = { first = 1, second = 2, third = 3, fourth = 4, last = -1 }

-- "tue", "tues", "tuesdays" -> "TU"; or nil and a sentence
local function weekday(word)
  local plain = word:lower():gsub("s$", "")
  for name, code in pairs(days) do
    if #plain >= 3 and name:sub(1, #plain) == plain then return code end
  end
  return nil, ("'%s' is no weekday%s"):format(word, check.meant(word:lower(), check.names(days)))
end

local function weekdays(text)
  local codes = {}
  for word in text:gsub("%f[%a]and%f[%A]", ","):gmatch("[^%s,]+") do
    local code, problem = weekday(word)
    if not code then return nil, problem end
    codes[#codes + 1] = code
  end
  if #codes == 0 then return nil, "name a weekday and a time from-to, as in Tuesday 14:00-16:00" end
  return table.concat(codes, ",")
end

local function working_days(weekend)
  local off, codes = {}, {}
  for _, day in ipairs(weekend) do off[day:sub(1, 2):upper()] = true end
  for _, code in ipairs { "MO", "TU", "WE", "TH", "FR", "SA", "SU" } do
    if not off[code] then codes[#codes + 1] = code end
  end
  return "FREQ=WEEKLY;BYDAY=" .. table.concat(codes, ",")
end

local function rule_of(text, weekend)
  if text == "day" then return "FREQ=DAILY" end
  if text == "working day" then return working_days(weekend) end
  local place, name = text:match("^(%a+)%s+(%a+)%s+of%s+the%s+month$")
  if place and places[place:lower()] then
    local code, problem = weekday(name)
    return code and ("FREQ=MONTHLY;BYDAY=%d%s"):format(places[place:lower()], code), problem
  end
  local rest = text:match("^other%s+(.+)$")
  local codes, problem = weekdays(rest or text)
  return codes and ("FREQ=WEEKLY;%sBYDAY=%s"):format(rest and "INTERVAL=2;" or "", codes), problem
end

-- every.read(text, weekend) -> rule of RFC 5545, "14:00-16:00"; or nil, nil and a sentence
function every.read(text, weekend)
  local plain = text:gsub("\u{2013}", "-") -- what a word processor makes of a hyphen
  local what, clocks = plain:match("^%s*(.-),?%s+(%d%d?:%d%d%s*[-~]%s*%d%d?:%d%d)%s*$")
  if not what then
    return nil, nil, ("'%s' has no time from-to at its end, as in Tuesday 14:00-16:00"):format(text)
  end
  local rule, problem = rule_of((what:gsub("^every%s+", "")), weekend)
  return rule, clocks:gsub("%f[%d]%d:", "0%0"), problem
end

return every
