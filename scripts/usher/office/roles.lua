-- SPDX-License-Identifier: MIT
-- roles: who may do what on the organisers' pages. A person has the roles of the column `role` in people.csv;
-- whom the event names as organisers or host has these too. Whoever took over from somebody has theirs, and
-- these have none any more. Roles are looked up with every request: who is taken off the list is out at once.
local facts = require "usher.facts"
local handover = require "usher.handover"

local roles = {}

-- The one place that says it. Each act, and the roles that may do it.
local may <const> = {
  see = { owner = true, organiser = true, approver = true, viewer = true },  -- people, answers, mails, plans
  answer = { owner = true, organiser = true },                -- write down answers, presence, addresses
  decide = { owner = true, organiser = true, approver = true }, -- settle mails whose fate is not known
  hold = { owner = true, organiser = true, approver = true },   -- stop every mail of the event, and release
  approve = { owner = true, approver = true },                -- say that the mails of a rule may leave
  try = { owner = true, organiser = true, approver = true },  -- have one sent to themselves
  change = { owner = true, organiser = true },  -- let a changed script take its place, or discard it
  trail = { owner = true, organiser = true, approver = true },  -- who did what
  -- the run of show and the questions of guests; its clock, and marking these
  show = { owner = true, organiser = true, approver = true, host = true, viewer = true },
  steer = { owner = true, organiser = true, host = true },
}

-- For people, in the order of what they may do.
roles.names = { "owner", "organiser", "approver", "host", "viewer" }

-- The subject of a link that the console asked for: no key of a person has a # in it.
roles.CONSOLE = "#console"

local function holds(list, key)
  for _, one in ipairs(list) do
    if one == key then return true end
  end
  return false
end

-- Those that the list and the event give.
local function add_own(key, has)
  local person = facts.by_key[key]
  if not person or not person.roles then return end
  for _, name in ipairs(roles.names) do has[name] = has[name] or person.roles[name] end
  if holds(facts.event.organisers, key) then has.organiser = true end
  if holds(facts.event.approvers, key) then has.approver = true end
  if facts.event.host == key then has.host = true end
end

-- roles.listed(key) -> role -> true: as the list and the event say, whoever has them now. Also where no book
-- can be read.
function roles.listed(key)
  local has = {}
  add_own(key, has)
  return has
end

-- roles.of(key) -> role -> true; empty for whoever has none
function roles.of(key)
  local has = {}
  if key == roles.CONSOLE then return { owner = true } end
  if handover.has_left(key) then return has end
  add_own(key, has)
  for _, from in ipairs(handover.from(key)) do add_own(from, has) end
  return has
end

-- roles.may(has, act) -> yes or no. An act that nobody wrote down here is a mistake of ours.
function roles.may(has, act)
  local who = may[act] or error(("roles: there is no act '%s'"):format(act), 0)
  for role in pairs(has) do
    if who[role] then return true end
  end
  return false
end

-- "organiser, host"
function roles.text(has)
  local list = {}
  for _, name in ipairs(roles.names) do
    if has[name] then list[#list + 1] = name end
  end
  return table.concat(list, ", ")
end

-- roles.by_mail(address) -> the person with that address and a role, or nil. Looks at every person whichever
-- is meant, so that the time says nothing about who is one.
function roles.by_mail(address)
  local found
  for _, person in ipairs(facts.people) do
    if person.mail and person.mail:lower() == address and next(roles.of(person.key)) then
      found = found or person
    end
  end
  return found
end

-- For tests and documents: act -> role -> true.
function roles.table() return may end

return roles
