-- SPDX-License-Identifier: MIT
-- One evening in a meeting house whose lamps a program of our own switches: see embed.c beside this file.
-- The effect "lamp" is the program's; to a script it is a step like any other, so a lamp that was switched
-- is not switched again after a crash.

usher.describe { id = "evening", title = "An evening", zone = "Asia/Thimphu" }

-- Switches a lamp; comes back with the watts that it takes. A rehearsal has no lamps, and so no answer.
local function switch(room, on)
  local answer = usher.effect("lamp", { on and "on" or "off", as = "room" .. room,
    args = { room = room, on = on } })
  return answer and answer.watts or 0
end

usher.flow("evening", function(rooms)
  local watts = 0
  for _, room in ipairs(rooms) do watts = watts + switch(room, true) end
  usher.sleep "200ms" -- the meeting
  for _, room in ipairs(rooms) do switch(room, false) end
  usher.effect("report", { "evening", args = { rooms = #rooms, watts = watts } })
end)

usher.start("evening", { key = "25 Feb", input = { 1, 2, 3 } })
