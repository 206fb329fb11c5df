-- SPDX-License-Identifier: MIT
-- zones: a feed for each zone of cases.json, with sessions at the instants that stand there.
local ics = require "usher.ics"

local cases = usher.json.decode(usher.file "cases.json")

usher.describe { id = "zones", title = "Zones", zone = "Asia/Thimphu" }

-- A moment of usher's for an instant: its wall time, and whether that is the second pass.
local function moment_of(ms, zone)
  local parts = usher.time.format(ms, zone, "%Y-%m-%d %H:%M")
  local first = usher.time.at(parts, zone, { clock = "earlier" })
  return first.utc == ms and first or usher.time.at(parts, zone, { clock = "later" })
end

local function entry_of(i, zone, ms)
  local starts = moment_of(ms, zone)
  return { uid = ("%s-%d@office.example"):format(zone:gsub("/", "-"), i), sequence = 0, stamp = usher.now(),
    starts = starts, ends = usher.time.shift(starts, "90 min"), title = tostring(ms),
    organiser = { mail = "office@office.example" } }
end

usher.flow("zones", function(case)
  local entries = {}
  for i, ms in ipairs(case.instants) do entries[i] = entry_of(i, case.zone, ms) end
  usher.mail { "zones", to = "reader@office.example", from = "office@office.example", subject = "zones",
    text = "zones", attach = { { name = "zones.bin", type = "application/octet-stream",
      data = ics.calendar { method = "PUBLISH", entries = entries } } } }
end)
for _, case in ipairs(cases) do usher.start("zones", { key = case.zone, input = case }) end
