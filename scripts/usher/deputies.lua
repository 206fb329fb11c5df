-- SPDX-License-Identifier: MIT
-- deputies: somebody else comes in a guest's place. Seat, reminders and links go to them; the guest's own
-- links stay the guest's, and can take the place back. One deputy at a time, who can't send another one.
--
-- A deputy is a change in the roster under the guest's key, so every rule writes to them from then on. Each
-- gets a number of their own, which is in their links: the links of one who is no longer needed open
-- nothing.
--
--   book deputies: key -> { named = how many there were, tries = how often somebody was to be named,
--     list = list of { name, salutation, mail, generation, at, by, ended_at, ended_by }, the latest first }
-- Only inside handlers and routes.
local facts = require "usher.facts"
local lang = require "usher.lang"
local letters = require "usher.letters"
local live = require "usher.live"
local people = require "usher.people"
local roster = require "usher.roster"

local deputies = {}

-- By whoever holds a link a stranger can be written to, so there is an end to it (the office has none).
local NAMED_MAX <const>, TRIES_MAX <const> = 5, 20
local NAME_MAX <const>, SALUTATION_MAX <const> = 180, 60 -- bytes: both, before an address, have 255
local LISTED_MAX <const> = 20 -- of those there were, whom the book remembers

-- deputies.of(key) -> what the book says: { named, tries, list }
function deputies.of(key)
  return usher.book("deputies"):get(key) or { named = 0, tries = 0, list = {} }
end

local function keep(key, kept) usher.book("deputies"):set(key, kept) end

local function short(text, bytes_max)
  local line = people.one_line(tostring(text or ""))
  return #line <= bytes_max and line or nil
end

-- The deputy as typed in, or nil and which field is wrong: "name", "mail", "salutation".
local function read(given)
  local name, salutation = short(given.name, NAME_MAX), short(given.salutation, SALUTATION_MAX)
  local mail = people.one_line(tostring(given.mail or ""))
  if not name or name == "" then return nil, "name" end
  if not salutation then return nil, "salutation" end
  if not people.is_address(mail) or mail:find("[\x80-\xff]") then return nil, "mail" end
  return { name = name, mail = mail, salutation = salutation ~= "" and salutation or nil }
end

-- Nobody may learn here who else is invited, so whatever is wrong with an address has one name.
local function is_taken(key, mail)
  local other, own = roster.by_mail(mail), roster.own(key)
  return other ~= nil and other.key ~= key or own.mail ~= nil and own.mail:lower() == mail:lower()
end

-- Everything of the guest that is about the person and not about the place.
local function change_for(own_change, own, deputy, generation)
  local change = {}
  for name, value in pairs(own_change or {}) do change[name] = value end
  change.name, change.mail, change.salutation = deputy.name, deputy.mail, deputy.salutation or false
  change.assistant, change.phone, change.position = false, false, false
  change.stands_in_for = { name = own.name, salutation = own.salutation, mail = own.mail }
  change.generation, change.own = generation, own_change
  return change
end

-- Tells the organisers, unless it was they who did it: there may be a name to put on a door, or a call to
-- make.
local function tell_office(what, own, deputy, who)
  if who:find("^office:") then return end
  local names = { guest = facts.full_name(own), deputy = facts.full_name(deputy) }
  letters.send_office("deputy-news", { deputy_mail = deputy.mail,
    news = lang.text(facts.event.language, "letters.news_" .. what, names) })
end

local function trail(what, deputy, key, who)
  usher.audit(what, ("%s, %s"):format(facts.full_name(deputy), deputy.mail), roster.said_by(who), key)
  live.changed()
end

local function add(kept, deputy, who)
  kept.named = kept.named + 1
  table.insert(kept.list, 1, { name = deputy.name, salutation = deputy.salutation, mail = deputy.mail,
    generation = kept.named, at = usher.now(), by = who })
  kept.list[LISTED_MAX + 1] = nil
end

-- Ends the place of the deputy who comes now: the roster says again what it said before, and the deputy is
-- told by a letter that takes the entry out of their calendar.
local function stop(key, who, letter)
  local deputy, own, kept = roster.person(key), roster.own(key), deputies.of(key)
  roster.set(key, roster.change(key).own)
  for _, one in ipairs(kept.list) do
    if one.generation == deputy.generation then one.ended_at, one.ended_by = usher.now(), who end
  end
  keep(key, kept)
  letters.send(letter, deputy, { guest = facts.full_name(own) })
  trail("no longer comes", deputy, key, who)
  return deputy, own
end

-- The place goes from the guest to the deputy, and both get a letter for their calendars.
local function hand_over(key, deputy, who)
  local own, own_change, kept = roster.own(key), roster.change(key), deputies.of(key)
  add(kept, deputy, who)
  keep(key, kept)
  roster.set(key, change_for(own_change, own, deputy, kept.named))
  local person = roster.person(key)
  letters.send("deputy-sent", own, { deputy = facts.full_name(person), deputy_mail = person.mail })
  letters.send("deputy", person, { guest = facts.full_name(own) })
  tell_office("named", own, person, who)
  trail("comes instead", person, key, who)
  return person
end

-- Whether this guest may try once more; counts the tries of all but the office.
local function may_try(key, who)
  local kept = deputies.of(key)
  if who:find("^office:") then return true end
  if kept.named >= NAMED_MAX or kept.tries >= TRIES_MAX then return false end
  kept.tries = kept.tries + 1
  keep(key, kept)
  return true
end

-- deputies.name(key, { name, salutation, mail }, who) -> deputy, or nil and what is wrong with it: "name",
-- "salutation", "mail", "taken" or "limit"
function deputies.name(key, given, who)
  if not may_try(key, who) then return nil, "limit" end
  local deputy, problem = read(given)
  if not deputy then return nil, problem end
  if is_taken(key, deputy.mail) then return nil, "taken" end
  if roster.person(key).stands_in_for then stop(key, who, "deputy-ended") end
  return hand_over(key, deputy, who)
end

-- deputies.take_back(key, who): the guest comes after all.
function deputies.take_back(key, who)
  local deputy, own = stop(key, who, "deputy-ended")
  tell_office("back", own, deputy, who)
  return deputy
end

-- deputies.forget(addresses): takes those with such an address (in lower case -> true) out, and tells nobody.
-- Where one of them comes just now, it is the guest's place again.
function deputies.forget(addresses)
  local changed = {}
  for key, kept in usher.book("deputies"):each() do
    local list = {}
    for _, one in ipairs(kept.list) do
      if not addresses[one.mail:lower()] then list[#list + 1] = one end
    end
    if #list < #kept.list then
      kept.list = list
      changed[key] = kept
    end
  end
  for key, kept in pairs(changed) do
    local change = roster.change(key)
    local comes = change and change.generation and addresses[tostring(change.mail):lower()]
    if comes then roster.set(key, change.own) end
    keep(key, kept)
  end
end

local by_the_guest <const> = { guest = true, assistant = true }

-- deputies.ended(key, who): nobody comes in this place: so says the guest, or the deputy (by themselves, by
-- their calendar or through the office); then the guest is told, and may come or name another.
function deputies.ended(key, who)
  local is_guest = by_the_guest[who]
  local deputy, own = stop(key, who, is_guest and "deputy-ended" or "withdrawn")
  if not is_guest then letters.send("deputy-declined", own, { deputy = facts.full_name(deputy) }) end
  tell_office(is_guest and "nobody" or "declined", own, deputy, who)
end

return deputies
