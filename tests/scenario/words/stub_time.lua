-- SPDX-License-Identifier: MIT
-- stub_time: usher.time for tests of the words: fixed offsets, the phrases that the house rules use.
local time = {}

local offsets <const> = { ["Asia/Thimphu"] = 6, ["Asia/Seoul"] = 9, ["Asia/Manila"] = 8, UTC = 0 }
local days <const> = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" }
local months <const> = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" }
local DAY <const>, HOUR <const>, MINUTE <const> = 86400000, 3600000, 60000

local function days_of(year, month, day)
  return os.time { year = year, month = month, day = day, hour = 12 } // 86400
end

local function offset_of(zone) return offsets[zone] * HOUR end

function time.zone(name)
  if offsets[name] then return name end
  error(('unknown time zone "%s" (did you mean Asia/Thimphu?)'):format(name), 2)
end

local function fields(ms, zone)
  return os.date("!*t", (ms + offset_of(zone)) // 1000)
end

local function moment_of(ms, zone)
  local f = fields(ms, zone)
  return { utc = ms, zone = zone,
    wall = ("%04d-%02d-%02d %02d:%02d"):format(f.year, f.month, f.day, f.hour, f.min) }
end

function time.at(wall, zone)
  local y, m, d, hh, mm = wall:match("^(%d%d%d%d)-(%d%d)-(%d%d) (%d%d):(%d%d)$")
  if not y or tonumber(m) > 12 or tonumber(d) > 31 then error("no such time: " .. wall, 2) end
  return moment_of(days_of(y, m, d) * DAY + hh * HOUR + mm * MINUTE - offset_of(zone), zone)
end

function time.parse(text)
  local pattern = "^(%a+) (%d+) (%a+) (%d+) (%d+:%d+)-(%d+:%d+) (%S+)$"
  local weekday, d, month, y, from, to, zone = text:match(pattern)
  if not weekday then error("not understood: " .. text, 2) end
  for m, name in ipairs(months) do
    if name == month then
      local date = ("%04d-%02d-%02d "):format(y, m, d)
      local starts = time.at(date .. from, time.zone(zone))
      local real = days[fields(starts.utc, zone).wday]
      if real ~= weekday then error(("%s %s %s is a %s, not a %s"):format(d, month, y, real, weekday), 2) end
      return starts, time.at(date .. to, zone)
    end
  end
end

function time.format(what, zone, pattern)
  local ms = type(what) == "table" and what.utc or what
  local f = fields(ms, zone)
  local parts = { a = days[f.wday], d = ("%02d"):format(f.day), b = months[f.month], Y = tostring(f.year),
    m = ("%02d"):format(f.month), H = ("%02d"):format(f.hour), M = ("%02d"):format(f.min),
    S = ("%02d"):format(f.sec), z = ("UTC%+d"):format(offsets[zone]), P = zone:match("[^/]+$") }
  return (pattern:gsub("%%(%a)", parts))
end

function time.working(date, o)
  for _, holiday in ipairs(o.holidays or {}) do
    if holiday == date then return false, "holiday" end
  end
  local wday = fields(time.at(date .. " 12:00", "UTC").utc, "UTC").wday
  if wday == 1 or wday == 7 then return false, "weekend" end
  return true
end

local units <const> = { minute = MINUTE, hour = HOUR, h = HOUR, day = DAY, m = MINUTE, week = 7 * DAY }

function time.shift(moment, span)
  local n, unit = span:match("^(-?%d+)%s*(%a-)s?$")
  if not units[unit] then error("no duration: " .. span, 2) end
  return moment_of(moment.utc + n * units[unit], moment.zone)
end

function time.observances(zone)
  return { { before = offsets[zone] * 3600, offset = offsets[zone] * 3600, is_dst = false, abbr = zone } }
end

local exact <const> = { minute = MINUTE, hour = HOUR, h = HOUR, second = 1000 }

function time.span(text)
  local n, unit = text:match("^(%d+)%s*(%a-)s?$")
  if not exact[unit] then error("this needs an exact span", 2) end
  return n * exact[unit]
end

local function shift_days(date, n, working, o)
  local step, left = n < 0 and -1 or 1, math.abs(n)
  local ms = time.at(date .. " 12:00", "UTC").utc
  while left > 0 do
    ms = ms + step * DAY
    if not working or time.working(time.format(ms, "UTC", "%Y-%m-%d"), o) then left = left - 1 end
  end
  return time.format(ms, "UTC", "%Y-%m-%d")
end

function time.phrase(text, o)
  local zone, from = o.zone or o.starts.zone, o.starts
  if text == "at the end" then return moment_of(o.ends.utc, zone) end
  if text == "at the start" then return moment_of(from.utc, zone) end
  local own = text:match("^on the day at (%d%d?:%d%d)$")
  if own then return time.at(time.format(from, zone, "%Y-%m-%d ") .. own, zone) end
  if text:find(" the end") then text, from = text:gsub(" the end", "", 1), o.ends end
  local n, working, unit, side, clock = text:match("^(%d+) (w?o?r?k?i?n?g? ?)(%a-)s? (%a+),? ?(%d*:?%d*)$")
  if side ~= "before" and side ~= "after" then error('"' .. text .. '": expected before or after', 2) end
  local sign = side == "before" and -1 or 1
  if unit == "day" then
    local date = shift_days(time.format(from, zone, "%Y-%m-%d"), sign * n, working ~= "", o)
    local wall = clock ~= "" and clock or time.format(from, zone, "%H:%M")
    local moment = time.at(date .. " " .. wall, zone)
    moment.derive = text
    return moment
  end
  local moment = moment_of(from.utc + sign * n * units[unit], zone)
  moment.derive = text
  return moment
end

function time.span_text(ms) return ms // HOUR .. " h" end

function time.release() return "test" end

return time
