-- SPDX-License-Identifier: MIT
-- calendar: holidays by zone. A person's holidays are those of the zone they live in; the event's working
-- days are those of its own zone. A file is plain text:
--   source: where the days were announced     (source, place, zone: for people)
--   2021-02-12 Losar                          one day
--   2021-02-21..2021-02-23 Birthday           a run of days; # begins a comment
local check = require "usher.check"
local facts = require "usher.facts"

local calendar = {}

local DAYS_MAX <const> = 1000

local function next_day(date)
  local moment = usher.time.at(date .. " 12:00", "UTC")
  return usher.time.shift(moment, "1 day").wall:sub(1, 10)
end

local function add_days(cal, first, last, name, where, found)
  local day = first
  while day <= last do
    if #cal.days == DAYS_MAX then return found.add("%s: more than %d days", where, DAYS_MAX) end
    cal.days[#cal.days + 1] = day
    cal.names[day], cal.years[day:sub(1, 4)] = name, true
    day = next_day(day)
  end
end

local function is_date(text)
  return text:find("^%d%d%d%d%-%d%d%-%d%d$") and pcall(usher.time.at, text .. " 12:00", "UTC")
end

local function read_line(cal, line, where, found)
  line = line:gsub("#.*", ""):match("^%s*(.-)%s*$")
  if line == "" or line:find("^%a+:") then return end
  local first, rest = line:match("^(%d[%d-]+)%s*(.*)$")
  if not first then return found.add("%s: a line is a date and a name, as in 2021-02-12  Losar", where) end
  local last, name = rest:match("^%.%.%s*(%d[%d-]+)%s*(.*)$")
  last, name = last or first, name or rest
  if not is_date(first) or not is_date(last) then
    return found.add("%s: '%s' is no date: write year-month-day, as in 2021-02-12", where, line)
  end
  if last < first then return found.add("%s: the days end before they begin", where) end
  add_days(cal, first, last, name ~= "" and name or "holiday", where, found)
end

-- "bt 2021" is a file that comes with usher; anything else is a file beside the script.
local function open_calendar(name)
  local country, year = name:match("^(%a%a) (%d%d%d%d)$")
  if not country then return check.file("holidays", name), name end
  local shipped = ("holidays/%s-%s.txt"):format(country:lower(), year)
  local fine, text = pcall(usher.shipped, shipped)
  if fine and text then return text, shipped end
  check.refuse('holidays: no list "%s" comes with usher: name a file of your own, one day on a line', name)
end

local function read_calendar(name)
  if type(name) ~= "string" then check.refuse('holidays: name a list, as in  holidays "bt 2021"') end
  local text, file = open_calendar(name)
  local cal = { days = {}, names = {}, years = {}, source = file }
  local found, number = check.problems(file), 0
  for line in (text .. "\n"):gmatch("(.-)\r?\n") do
    number = number + 1
    read_line(cal, line, ("%s:%d"):format(file, number), found)
  end
  found.raise()
  return cal
end

-- "Manila" or "Asia/Manila" -> the zone's name.
local function zone_of(place)
  for _, person in ipairs(facts.everybody()) do
    if calendar.place(person.zone) == place then return person.zone end
  end
  if calendar.place(facts.event.zone) == place then return facts.event.zone end
  local fine, zone = pcall(usher.time.zone, place)
  if fine then return zone end
  check.refuse("holidays: nobody lives in '%s': name a zone of the event or of a person, as in Asia/Manila",
    tostring(place))
end

-- Lists of several years go together.
local function add_calendar(zone, name)
  local new, old = read_calendar(name), facts.calendars[zone]
  if old then
    for _, day in ipairs(new.days) do
      old.days[#old.days + 1], old.names[day] = day, new.names[day]
    end
    for year in pairs(new.years) do old.years[year] = true end
    return
  end
  facts.calendars[zone] = new
end

function calendar.add(given)
  local event = facts.need_event("holidays")
  if facts.series then check.refuse("holidays: they belong above series, which leaves them out") end
  facts.need_no_rules("holidays")
  if type(given) ~= "table" then return add_calendar(event.zone, given) end
  for place, names in pairs(given) do
    local zone = type(place) == "number" and event.zone or zone_of(place)
    for _, name in ipairs(type(names) == "table" and names or { names }) do add_calendar(zone, name) end
  end
end

--- holidays "bt 2021" -> nothing
--- Says which days are not worked: a list that comes with usher (country and year) or a file beside the
--- script, for the event's own zone. { Seoul = "kr 2021", Manila = "ph 2021" } gives each zone its own.
--- Example: holidays { Thimphu = "bt 2021", ["Asia/Manila"] = "ph 2021" }
calendar.holidays = check.word(calendar.add)

-- "Asia/Thimphu" -> "Thimphu"; "America/New_York" -> "New York".
function calendar.place(zone)
  return (zone:match("[^/]+$"):gsub("_", " "))
end

function calendar.days(zone)
  local cal = facts.calendars[zone]
  return cal and cal.days or {}
end

-- calendar.holiday(date, zone) -> the holiday's name, or nil
function calendar.holiday(date, zone)
  local cal = facts.calendars[zone]
  return cal and cal.names[date]
end

-- Why nobody works there on that date: the holiday's name, "weekend", or nil.
function calendar.day_off(date, zone)
  local name = calendar.holiday(date, zone)
  if name then return name end
  local works, why = usher.time.working(date, { weekend = facts.event and facts.event.weekend })
  if not works then return why end
end

-- Sentences about years for which nothing is known.
function calendar.check(add)
  local first, last = facts.event.starts.wall:sub(1, 4), facts.event.ends.wall:sub(1, 4)
  for year = tonumber(first), tonumber(last) do
    for zone, cal in pairs(facts.calendars) do
      if not cal.years[("%d"):format(year)] then
        add("no holidays known for %d in %s: add a list of that year", year, calendar.place(zone))
      end
    end
  end
end

return calendar
