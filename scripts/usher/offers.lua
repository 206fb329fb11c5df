-- SPDX-License-Identifier: MIT
-- offers: what a guest's page for the day leads on to besides the meeting: the survey, the question box,
-- the calendar feed. Each word that has such a page adds it here.
local offers = {}

local added <const> = {}

-- offers.add(fn): fn(person, phase, code) -> { path or url, text, main = is the one thing to do now }, or
-- nil phase: "before", "open" (one may go in) or "after". Called while the script loads.
function offers.add(fn) added[#added + 1] = fn end

-- offers.of(person, phase, code) -> list. In handlers and routes.
function offers.of(person, phase, code)
  local list = {}
  for _, fn in ipairs(added) do list[#list + 1] = fn(person, phase, code) end
  return list
end

return offers
