-- SPDX-License-Identifier: MIT
-- suppression: which addresses get no mail any more, for all events of the installation. Asked at the moment
-- of sending, so that a mail that waits for weeks honours what was said yesterday.
--
--   book "suppressed", shared: address in lower case -> {
--     bounce = { at, why }     the address takes no mail
--     all, trainings = { at, why }, events = { [event's id] = { at, why } }   the person wants no more of it
--     allowed = { at, who } }  the office says: what a guest must have who comes may go there all the same
local check = require "usher.check"
local facts = require "usher.facts"
local handed = require "usher.handed"

local suppression = {}

-- From the narrowest to the widest.
local purposes <const> = { "event", "trainings", "all" }

local function book() return usher.book("suppressed", { shared = true }) end

local function key_of(address)
  return (address:match("<([^<>]+)>%s*$") or address):lower()
end

local function entry_of(address)
  return book():get(key_of(address)) or {}
end

-- suppression.add(address, purpose, why) -> nothing. purpose: "event" (this one), "trainings", "all", or
-- "bounce". The first reason stays; a new bounce takes back what the office had allowed.
function suppression.add(address, purpose, why)
  local entry, said = entry_of(address), { at = usher.now(), why = why }
  if purpose == "event" then
    entry.events = entry.events or {}
    entry.events[facts.event.id] = entry.events[facts.event.id] or said
  else
    if purpose == "bounce" then entry.allowed = nil end
    entry[purpose] = entry[purpose] or said
  end
  book():set(key_of(address), entry)
end

-- suppression.addresses() -> address in lower case -> true: against which anything stands, in any event
function suppression.addresses()
  local all = {}
  for address in book():each() do all[address] = true end
  return all
end

-- suppression.lift(address, purpose): the person wants it again, or the address works again. Without a
-- purpose: whatever stands against it.
function suppression.lift(address, purpose)
  local entry = entry_of(address)
  if purpose == "event" then
    if entry.events then entry.events[facts.event.id] = nil end
    if entry.events and next(entry.events) == nil then entry.events = nil end
  elseif purpose then
    entry[purpose] = nil
  end
  local left = entry.bounce or entry.trainings or entry.all or entry.events
  if purpose and left then book():set(key_of(address), entry) else book():remove(key_of(address)) end
end

-- suppression.allow(address, who): although mail to it comes back, what a guest needs who comes may go there.
function suppression.allow(address, who)
  local entry = entry_of(address)
  entry.allowed = { at = usher.now(), who = who }
  book():set(key_of(address), entry)
end

local words <const> = {
  bounce = "mail to this address comes back (%s)",
  event = "wants no more mail about this event (%s)",
  trainings = "wants no more mail about trainings (%s)",
  all = "wants no more mail at all (%s)",
}

local function sentence(purpose, said)
  return said and words[purpose]:format(said.why)
end

local function wish_of(entry, purpose)
  local event = purpose == "event" and entry.events and entry.events[facts.event.id]
  return sentence("event", event) or purpose ~= "all" and sentence("trainings", entry.trainings)
    or sentence("all", entry.all)
end

-- suppression.why(address, purpose) -> sentence, or nil when the address may be written to. purpose: what the
-- mail is about: "event" (the default: this event), "trainings", "all" (neither).
function suppression.why(address, purpose)
  local entry = entry_of(address)
  return sentence("bounce", entry.bounce) or wish_of(entry, purpose or "event")
end

-- suppression.reasons(address) -> { bounce, event, trainings, all: sentences; allowed: who allowed it }
function suppression.reasons(address)
  local entry = entry_of(address)
  return { bounce = sentence("bounce", entry.bounce), trainings = sentence("trainings", entry.trainings),
    all = sentence("all", entry.all), allowed = entry.allowed and entry.allowed.who,
    event = sentence("event", entry.events and entry.events[facts.event.id]) }
end

-- suppression.wish(address, purpose) -> sentence, or nil: the same without what stands in the way against the
-- person's will
function suppression.wish(address, purpose)
  return wish_of(entry_of(address), purpose or "event")
end

-- What somebody needs who comes: not the invitation, and not the asking.
local to_be_asked <const> = { invited = true, not_answered = true, declined = true }

local function is_critical(rule, person)
  for _, part in ipairs(rule.parts) do
    if to_be_asked[part.word] then return false end
  end
  local answer = usher.book("answers"):get(person.key)
  return not person.guest or answer ~= nil and answer.answer == "yes"
end

-- suppression.refusal(rule, person) -> why this person does not get this rule's mail, or nil. Whoever has
-- said yes still hears what they need for it; where mail comes back, only after somebody in the office has
-- allowed it. Whoever runs the event has no such wish. Whoever was asked because of what they said in an
-- event before, and takes that back, is as one who wants no more.
function suppression.refusal(rule, person)
  local entry, taken_back = entry_of(person.mail), handed.refusal(person)
  if next(entry) == nil and not taken_back then return nil end
  local critical = is_critical(rule, person)
  if entry.bounce and not (critical and entry.allowed) then return sentence("bounce", entry.bounce) end
  return not critical and (wish_of(entry, "event") or taken_back) or nil
end

-- The handler "suppressed": list of { address, why, at, allowed }, by address.
function suppression.list()
  local list = {}
  for address, entry in book():each() do
    local said = entry.bounce or entry.all or entry.trainings
    local purpose = entry.bounce and "bounce" or entry.all and "all" or "trainings"
    for _, one in pairs(entry.events or {}) do
      if not said then said, purpose = one, "event" end
    end
    list[#list + 1] = { address = address, why = sentence(purpose, said), at = said.at,
      allowed = entry.allowed and entry.allowed.who }
  end
  return list
end

-- What the office may say about an address: word -> what it does, and then says.
local decisions <const> = {}

function decisions.add(address, request)
  local purpose = request.purpose or "all"
  if not words[purpose] then
    error(("a purpose is %s or bounce, not '%s'"):format(table.concat(purposes, ", "), purpose), 0)
  end
  suppression.add(address, purpose, "the office says so")
  return suppression.why(address)
end

function decisions.lift(address)
  suppression.lift(address)
  return "gets mail again"
end

function decisions.allow(address, request)
  suppression.allow(address, request.who)
  return "what a guest needs who comes may go there"
end

-- The handler "suppress": { address, word = "add" | "allow" | "lift", purpose, who } -> { text }
function suppression.decide(request)
  local address, word = key_of(tostring(request.address or "")), tostring(request.word)
  if not decisions[word] then
    error(("'%s': say allow, lift or add%s"):format(word, check.meant(word, check.names(decisions))), 0)
  end
  if word ~= "add" and not book():has(address) then
    error(("nothing stands against mail to '%s'"):format(address), 0)
  end
  local said = decisions[word](address, request)
  usher.audit("mail to an address", ("%s: %s"):format(address, said), request.who)
  return { text = ("%s: %s"):format(address, said) }
end

return suppression
