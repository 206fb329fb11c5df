-- SPDX-License-Identifier: MIT
-- roster: everybody as they are now. The lists beside the script say who was asked; the book "roster" says
-- what has changed since: who signed up, who comes in somebody's place, whose address was corrected. Only
-- inside usher.decide, handlers and routes.
--
--   book roster: key -> { name, salutation, mail, zone, language, group, phone, ... what differs from the
--     list (false: is not there any more); signed_up = true for whoever is on no list;
--     handed_to = key of who has what this person had (handover.lua);
--     stands_in_for = { name, salutation, mail } of whom a deputy replaces, generation = the number in the
--     deputy's links, own = what stood here before the deputy came }
local facts = require "usher.facts"
local people = require "usher.people"

local roster = {}

local function merged(key, listed, change)
  local person = {}
  for name, value in pairs(listed or {}) do person[name] = value end
  for name, value in pairs(change) do person[name] = value or nil end
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

-- roster.now(listed) -> list: the same people as of now, whoever is still there. For many: of the book only
-- what it has is read.
function roster.now(listed)
  local changed, list = {}, {}
  for key in usher.book("roster"):each() do changed[key] = true end
  for _, person in ipairs(listed) do
    local now = person
    if changed[person.key] then now = roster.person(person.key) end
    list[#list + 1] = now
  end
  return list
end

-- roster.changed() -> key -> true: whose place somebody else has taken, or of whom something else is said
-- than the list says
function roster.changed()
  local changed = {}
  for key, change in usher.book("roster"):each() do
    if facts.by_key[key] or change.stands_in_for then changed[key] = true end
  end
  return changed
end

-- roster.own(key) -> the person whose place it is, whether or not a deputy comes; or nil
function roster.own(key)
  local person, change = roster.person(key), usher.book("roster"):get(key)
  if not person or not person.stands_in_for then return person end
  return change.own and merged(key, facts.by_key[key], change.own) or facts.by_key[key]
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

-- roster.signup(key) -> what the sign-up's book has of the person (signup_acts.lua), or nil
function roster.signup(key) return usher.book("signup"):get(key) end

-- roster.waits(key): is the person on the wait-list of the sign-up, or asked whether they take a seat?
function roster.waits(key)
  local entry = roster.signup(key)
  return entry ~= nil and (entry.state == "waiting" or entry.state == "offered")
end

-- roster.everybody() -> list: who runs the event, as the list says, then all who are guests now
function roster.everybody()
  local all = table.move(facts.people, 1, #facts.people, 1, {})
  local guests = roster.guests()
  return table.move(guests, 1, #guests, #all + 1, all)
end

-- roster.find(text) -> person as of now, or nil and a sentence: by key, by the name of who comes, or by the
-- name of the guest in whose place they come.
function roster.find(text)
  local found, why = people.find(text, roster.everybody())
  if found then return found end
  local listed = people.find(text)
  local now = listed and roster.person(listed.key)
  if now then return now end
  return nil, why
end

-- roster.by_mail(address) -> the guest with that address now, or nil
function roster.by_mail(address)
  address = address:lower()
  for _, guest in ipairs(roster.guests()) do
    if guest.mail and guest.mail:lower() == address then return guest end
  end
end

-- roster.shown(person) -> "Karma Dorji for Dasho Sonam Wangmo": for the organisers
function roster.shown(person)
  local name, whose = facts.full_name(person), person.stands_in_for
  return whose and ("%s for %s"):format(name, facts.full_name(whose)) or name
end

local sources <const> = { guest = "the guest", assistant = "the assistant", deputy = "the deputy",
  calendar = "the guest's calendar", mail = "a mail of the guest", ["sign-up"] = "the sign-up" }

-- roster.said_by(who) -> text: who is meant by "guest", "office:karma" and the like, for the trail
function roster.said_by(who)
  return who and (sources[who] or who:match("^office:(.+)$")) or who or "somebody"
end

return roster
