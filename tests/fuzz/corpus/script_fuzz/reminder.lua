-- SPDX-License-Identifier: MIT
-- A reminder written on the primitives alone: what the words do underneath. Each guest has a flow; it sleeps
-- until the day before, asks once, and waits for the answer until the meeting begins.
-- Try it:  usher rehearse reminder.lua

local zone <const> = "Asia/Thimphu"
local guests <const> = {
  { key = "karma", name = "Karma Tshering", mail = "karma@office.example" },
  { key = "sonam", name = "Sonam Wangmo", mail = "sonam@office.example" },
}

usher.describe { id = "reminder", title = "Monthly meeting", zone = zone }

local starts <const> = usher.time.at("2031-02-25 14:00", zone)
local day_before <const> = usher.time.shift(starts, "-1 day")

local function write(guest, name, subject, text)
  return usher.mail {
    name, to = guest.mail, as = guest.key, from = "Office <office@office.example>",
    subject = subject, text = text, give_up = starts,
  }
end

usher.flow("reminder", function(guest)
  local when = usher.time.format(starts, zone, "%a %d %b, %H:%M %P (%z)")
  if not usher.due("the day before", day_before, { late = "within 12h" }) then return "too late to remind" end
  write(guest, "reminder", "Tomorrow: monthly meeting", ("Dear %s, we meet on %s."):format(guest.name, when))

  local answer = usher.wait("rsvp", { deadline = starts })
  if not answer then return "no answer" end
  if answer.yes then write(guest, "thanks", "See you tomorrow", "Good to hear that you are coming.") end
  return answer.yes and "comes" or "does not come"
end)

-- Whoever hears from a guest tells the flow; twice the same answer counts once.
usher.on("rsvp", function(request)
  usher.signal("reminder", request.key, "rsvp", { yes = request.yes }, { dedup = tostring(request.yes) })
  return { heard = request.key }
end)

for _, guest in ipairs(guests) do
  usher.start("reminder", { key = guest.key, label = guest.name, input = guest })
end
