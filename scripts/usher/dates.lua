-- SPDX-License-Identifier: MIT
-- dates: days and times as people of a language read them, on pages, in mails and anywhere else: always with
-- the place and its offset, never with an abbreviation. Words and order come from lang/<code>/dates.lua.
--
-- moment: as from usher.time, or ms. code: a language that usher.lang has. anchor: something with starts and
-- ends. With  digits = "own"  in the event the numbers have the language's own digits, where it has some.
local facts = require "usher.facts"
local lang = require "usher.lang"

local dates = {}

-- "14:00" with the digits of the language. They stand in its file in order, from 0 to 9.
local function numerals(text, code)
  if not facts.event or facts.event.digits ~= "own" then return text end
  local digits = lang.text(code, "dates.digits")
  return (text:gsub("%d", function(digit)
    local from = utf8.offset(digits, tonumber(digit) + 1)
    return digits:sub(from, utf8.offset(digits, 2, from) - 1)
  end))
end

-- dates.numerals("5 of 6", code) -> the same, with the digits that the event wants
dates.numerals = numerals

local function say(code, key, values)
  return numerals(lang.text(code, "dates." .. key, values), code)
end

-- dates.day(moment, zone, code) -> "Thu 25 Feb 2021"
function dates.day(moment, zone, code)
  local format = usher.time.format
  return say(code, "day", {
    weekday = lang.text(code, "dates." .. format(moment, zone, "%a"):lower()),
    day = format(moment, zone, "%d"), month = lang.text(code, "dates." .. format(moment, zone, "%b"):lower()),
    year = format(moment, zone, "%Y"),
  })
end

-- dates.clock(moment, zone, code) -> "14:00"
function dates.clock(moment, zone, code)
  return numerals(usher.time.format(moment, zone, "%H:%M"), code)
end

-- dates.place(moment, zone, code) -> "Thimphu (UTC+6)"
function dates.place(moment, zone, code)
  return numerals(usher.time.format(moment, zone, "%P (%z)"), code)
end

-- dates.long(moment, zone, code) -> "Thu 25 Feb 2021, 14:00 Thimphu (UTC+6)"
function dates.long(moment, zone, code)
  return say(code, "long", { day = dates.day(moment, zone, code), clock = dates.clock(moment, zone, code),
    place = dates.place(moment, zone, code) })
end

local function is_one_day(anchor, zone)
  local format = usher.time.format
  return format(anchor.starts, zone, "%Y-%m-%d") == format(anchor.ends, zone, "%Y-%m-%d")
end

-- dates.span(anchor, zone, code) -> "Thu 25 Feb 2021, 14:00-16:30 Thimphu (UTC+6)", with both days when it
-- ends on another
function dates.span(anchor, zone, code)
  return say(code, is_one_day(anchor, zone) and "span" or "span_days", {
    day = dates.day(anchor.starts, zone, code), from = dates.clock(anchor.starts, zone, code),
    last_day = dates.day(anchor.ends, zone, code), to = dates.clock(anchor.ends, zone, code),
    place = dates.place(anchor.starts, zone, code),
  })
end

-- dates.clocks(anchor, zone, code) -> "14:00-16:30 Thimphu (UTC+6)": where the day is known
function dates.clocks(anchor, zone, code)
  return say(code, "clocks", { from = dates.clock(anchor.starts, zone, code),
    to = dates.clock(anchor.ends, zone, code), place = dates.place(anchor.starts, zone, code) })
end

return dates
