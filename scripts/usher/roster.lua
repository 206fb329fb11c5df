-- SPDX-License-Identifier: MIT
-- roster: everybody as they are now. The lists beside the script say who was asked; the book "roster" says
-- what has changed since: who signed up, who comes in somebody's place, whose address was corrected. Only
-- inside usher.decide, handlers and routes.
--
--   book roster: key -> { name, salutation, mail, zone, language, group, phone, ... what differs from the
--     list; signed_up = true for whoever is on no list; stands_in_for = { name, mail } of whom a deputy
--     replaces }
local facts = require "usher.facts"

local roster = {}

local function merged(key, listed, change)
  local person = {}
  for name, value in pairs(listed or {}) do person[name] = value end
  for name, value in pairs(change) do person[name] = value end
  person.key, person.guest = key, person.guest or change.signed_up or false
  return person
end

-- roster.person(key) -> person as of now, or nil
function roster.person(key)
  local listed, change = facts.by_key[key], usher.book("roster"):get(key)
  if not change then return listed end
  if not listed and not change.signed_up then return nil end -- was on a list, and is no longer
  return merged(key, listed, change)
end

-- What differs from the list, or nil: small enough to be kept in a journal.
function roster.change(key)
  return usher.book("roster"):get(key)
end

-- roster.with(listed, change) -> person: the same for flows, which got the change from a decision.
function roster.with(key, listed, change)
  return change and merged(key, listed, change) or listed
end

-- roster.set(key, change): says what differs from now on; nil takes it back.
function roster.set(key, change)
  if change then usher.book("roster"):set(key, change) else usher.book("roster"):remove(key) end
end

-- roster.guests() -> list of everybody who is a guest now: the list's order, then sign-ups by key
function roster.guests()
  local all = {}
  for _, guest in ipairs(facts.guests) do all[#all + 1] = roster.person(guest.key) end
  for key, change in usher.book("roster"):each() do
    if change.signed_up then all[#all + 1] = merged(key, nil, change) end
  end
  return all
end

-- roster.waits(key): is the person on the wait-list of the sign-up, or asked whether they take a seat?
function roster.waits(key)
  local entry = usher.book("signup"):get(key)
  return entry ~= nil and (entry.state == "waiting" or entry.state == "offered")
end

-- roster.everybody() -> list: who runs the event, as the list says, then all who are guests now
function roster.everybody()
  local all = table.move(facts.people, 1, #facts.people, 1, {})
  local guests = roster.guests()
  return table.move(guests, 1, #guests, #all + 1, all)
end

-- roster.by_mail(address) -> the guest with that address now, or nil
function roster.by_mail(address)
  address = address:lower()
  for _, guest in ipairs(roster.guests()) do
    if guest.mail and guest.mail:lower() == address then return guest end
  end
end

return roster
