-- SPDX-License-Identifier: MIT
-- handover: somebody who runs the event hands what they have to another: the mails and cues that are still to
-- come, the questions that wait for them, the roles on the organisers' pages. A guest has deputies, who get
-- letters and links of their own and can give the place back; who runs an event is on the list, and so is who
-- takes over, so a hand-over needs neither. What it shares with a deputy is the roster: under the key of who
-- hands over stands the name and the address of who has it now, and whatever asks at the moment of sending
-- writes to them. What was mailed before stays whose it was.
--
--   book "handed over": key -> { to = key, at, by, own = what the roster said before }
-- Only inside usher.decide, handlers and routes.
local facts = require "usher.facts"
local live = require "usher.live"
local people = require "usher.people"
local roster = require "usher.roster"

local handover = {}

-- What a mail needs of a person; the rest of a row of the list says what they are in the event, and stays.
local personal <const> = { "name", "salutation", "mail", "zone", "language", "phone", "position" }

local function book() return usher.book("handed over") end

-- handover.holder(key) -> the key of who has it now
function handover.holder(key)
  local entry = book():get(key)
  return entry and entry.to or key
end

-- handover.has_left(key): has this person handed over what they had?
function handover.has_left(key) return book():has(key) end

-- handover.from(key) -> list of the keys of those who have handed over to this person, sorted
function handover.from(key)
  local list = {}
  for from, to in pairs(book():column("to")) do
    if to == key then list[#list + 1] = from end
  end
  table.sort(list)
  return list
end

-- handover.holders(list of people) -> list of those who have it now, as they are now, each once
function handover.holders(list)
  local holders, seen = {}, {}
  for _, person in ipairs(list) do
    local key = handover.holder(person.key)
    if not seen[key] then
      seen[key] = true
      holders[#holders + 1] = roster.person(key) or person
    end
  end
  return holders
end

-- The roster's change for `from` while `to` has what was theirs.
local function change_for(own, to)
  local change = {}
  for name, value in pairs(own or {}) do change[name] = value end
  for _, name in ipairs(personal) do change[name] = to[name] or false end
  change.assistant, change.handed_to = false, to.key
  return change
end

local function hand(from, to, own, who)
  book():set(from, { to = to.key, at = usher.now(), by = who, own = own })
  roster.set(from, change_for(own, to))
end

local function someone(text, what)
  local person, why = people.find(tostring(text or ""), facts.people)
  if not person then
    error(("%s: %s (guests have deputies: usher deputy)"):format(what, why), 0)
  end
  return person
end

local function check_heir(from, to)
  if from.key == to.key then error("it is the same person", 0) end
  if handover.has_left(to.key) then
    local now = facts.by_key[handover.holder(to.key)]
    error(("%s has handed over to %s: hand it to them"):format(facts.full_name(to), facts.full_name(now)), 0)
  end
end

local role_words <const> = { "owner", "organiser", "approver", "host", "viewer", "speaker" }

local function holds(list, key)
  for _, one in ipairs(list) do
    if one == key then return true end
  end
  return false
end

-- What goes over, in words.
local function extent(from)
  local list, has = {}, from.roles or {}
  for _, word in ipairs(role_words) do
    local named = word == "organiser" and holds(facts.event.organisers, from.key)
      or word == "host" and facts.event.host == from.key
    if has[word] or named then list[#list + 1] = "the role " .. word end
  end
  for _, item in ipairs(facts.items) do
    if item.asked == from.key and not usher.book("decided"):has(item.title) then
      list[#list + 1] = ("the question who gives '%s'"):format(item.title)
    end
    for _, person in ipairs(item.people) do
      if person.key == from.key then list[#list + 1] = ("'%s' in the programme"):format(item.title) end
    end
  end
  list[#list + 1] = "every mail that is still to come"
  return table.concat(list, ", ")
end

local function take_back(from, who)
  local entry = book():get(from.key)
  if not entry then error(("%s has handed over nothing"):format(facts.full_name(from)), 0) end
  book():remove(from.key)
  roster.set(from.key, entry.own)
  usher.audit("took it back", facts.full_name(facts.by_key[entry.to]), who, from.key)
  live.changed()
  return { text = ("%s has everything again that %s had since"):format(facts.full_name(from),
    facts.full_name(facts.by_key[entry.to])) }
end

-- handover.by_office{ from, to = key or name, or "none", who } -> { text }: the handler behind
-- `usher hand-over`. Whatever others had handed to `from` goes along.
function handover.by_office(request)
  local from, who = someone(request.from, "who hands over"), request.who or "office"
  if request.to == "none" then return take_back(from, who) end
  local to = someone(request.to, "who takes over")
  check_heir(from, to)
  local before = book():get(from.key)
  local own = before and before.own
  if not before then own = roster.change(from.key) end
  for _, key in ipairs(handover.from(from.key)) do hand(key, to, book():get(key).own, who) end
  hand(from.key, to, own, who)
  usher.audit("handed over", ("to %s"):format(facts.full_name(to)), who, from.key)
  live.changed()
  return { text = ("%s has from now on what %s had: %s"):format(facts.full_name(to), facts.full_name(from),
    extent(from)) }
end

return handover
