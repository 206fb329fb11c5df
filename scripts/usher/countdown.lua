-- SPDX-License-Identifier: MIT
-- countdown: how long it is until something begins, in the words that people use for it.
local lang = require "usher.lang"

local countdown = {}

local MINUTE_MS <const> = 60 * 1000
local DAY_MS <const> = 24 * 60 * MINUTE_MS

local function day_number(ms, zone)
  return usher.time.at(usher.time.format(ms, zone, "%Y-%m-%d") .. " 12:00", "UTC").utc // DAY_MS
end

-- countdown.text(code, now, at, zone) -> "in 3 days", "tomorrow", "in 2 hours", "in 1 minute": days are
-- those of the zone's calendar, since "in 1 day" on the evening before is no help.
function countdown.text(code, now, at, zone)
  local function say(key, n) return lang.text(code, "countdown." .. key, { n = n }) end
  local minutes = math.max(1, -((now - at) // MINUTE_MS)) -- a part of a minute counts as one
  if minutes < 60 then return say(minutes == 1 and "in_minute" or "in_minutes", minutes) end
  local days, hours = day_number(at, zone) - day_number(now, zone), (minutes + 30) // 60
  if days == 0 or hours < 6 then return say(hours == 1 and "in_hour" or "in_hours", hours) end
  return days == 1 and say "tomorrow" or say("in_days", days)
end

return countdown
