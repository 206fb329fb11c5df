-- SPDX-License-Identifier: MIT
-- texts: whatever stands in cases.json as titles, places and names, each as an entry of its own.
local ics = require "usher.ics"

local CHUNK <const> = 25 -- entries that are written in one turn
local cases = usher.json.decode(usher.file "cases.json")

usher.describe { id = "texts", title = "Texts", zone = "Asia/Thimphu" }

local function calendar_of(i, case)
  local starts = usher.time.at("2021-02-25 14:00", "Asia/Thimphu")
  return ics.calendar { method = "REQUEST", entries = { {
    uid = ("case-%d@office.example"):format(i), sequence = i, stamp = usher.now(), starts = starts,
    ends = usher.time.shift(starts, "2h"), title = case.title, place = case.place, text = case.text,
    organiser = { name = case.organiser, mail = "office@office.example" },
    attendee = { name = case.attendee, mail = case.mail },
  } } }
end

usher.flow("texts", function(input)
  local calendars = {}
  for i = input.from, math.min(input.from + CHUNK - 1, #cases) do
    calendars[#calendars + 1] = calendar_of(i, cases[i])
  end
  usher.mail { "texts", to = "reader@office.example", from = "office@office.example", subject = "texts",
    text = "texts", attach = { { name = "texts.bin", type = "application/octet-stream",
      data = table.concat(calendars) } } }
end)
for from = 1, #cases, CHUNK do
  usher.start("texts", { key = ("%06d"):format(from), input = { from = from } })
end
