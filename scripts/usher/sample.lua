-- SPDX-License-Identifier: MIT
-- sample: one mail of a rule as one person would get it now, without sending it and without writing anything
-- into a book. For the outbox, where somebody reads before they approve; and for mails for trial.
local audience = require "usher.audience"
local cues = require "usher.cues"
local facts = require "usher.facts"
local invite = require "usher.invite"
local letters = require "usher.letters"
local moments = require "usher.moments"
local roster = require "usher.roster"
local sending = require "usher.sending"
local sessions = require "usher.sessions"

local sample = {}

-- sample.rules() -> list of every rule of the event: the script's in its order, then mails that go out by
-- themselves
function sample.rules()
  local list = table.move(facts.rules, 1, #facts.rules, 1, {})
  local more = letters.rules()
  return table.move(more, 1, #more, #list + 1, list)
end

local function add(list, seen, person, item)
  if seen[person.key] then return end
  seen[person.key], list[#list + 1] = true, { person = person, item = item }
end

local function add_sign_ups(list, seen, rule)
  for _, guest in ipairs(roster.guests()) do
    if not facts.by_key[guest.key] and (rule.by_itself or audience.may_include(rule.parts, guest)) then
      add(list, seen, guest)
    end
  end
end

-- Whom the lists name for it.
local function listed(rule)
  if rule.for_office then return audience.organisers() end
  if not rule.by_itself then return audience.candidates(rule.parts) end
  return rule.word == "signup" and {} or facts.guests
end

-- sample.people(rule) -> list of { person, item of a cue }: everybody to whom it may go, as they are now,
-- each once. Of a mail that people cause that is every guest.
function sample.people(rule)
  local list, seen = {}, {}
  if rule.word == "cue" then
    for _, unit in ipairs(cues.units()) do add(list, seen, unit.person, unit.item) end
    return list
  end
  for _, person in ipairs(roster.now(listed(rule))) do add(list, seen, person) end
  if facts.signup and not rule.for_office then add_sign_ups(list, seen, rule) end
  return list
end

-- Somebody invented, for a rule to which nobody belongs yet.
local function invented(rule)
  local open = facts.signup and (rule.word == "signup" or audience.takes_sign_ups(rule.parts))
  local list = {}
  for i, person in ipairs(open and facts.signup.samples or {}) do list[i] = { person = person } end
  return list
end

local function length(unit)
  local name = facts.full_name(unit.person)
  return utf8.len(name) or #name
end

-- Somebody who reads another language than those; nil when everybody reads the same.
local function other_reader(list, chosen)
  local read = {}
  for _, unit in ipairs(chosen) do read[unit.person.language or facts.event.language] = true end
  for _, unit in ipairs(list) do
    if not read[unit.person.language or facts.event.language] then return unit end
  end
end

local function anybody_else(list, chosen)
  for _, unit in ipairs(list) do
    local is_new = true
    for _, one in ipairs(chosen) do is_new = is_new and one ~= unit end
    if is_new then return unit end
  end
end

-- sample.three(people) -> at most three of them whose mails differ most: the shortest name, the longest, and
-- somebody who reads another language.
function sample.three(list)
  local short, long, least, most = nil, nil, math.huge, -1
  for _, unit in ipairs(list) do
    local n = length(unit)
    if n < least then short, least = unit, n end
    if n > most then long, most = unit, n end
  end
  local chosen = { short }
  if long ~= short then chosen[#chosen + 1] = long end
  chosen[#chosen + 1] = other_reader(list, chosen) or anybody_else(list, chosen)
  return chosen
end

-- sample.units(rule) -> everybody to whom it may go, else somebody invented; and how many are real
function sample.units(rule)
  local list = sample.people(rule)
  return #list > 0 and list or invented(rule), #list
end

-- sample.units_of(rule) -> list of { person, key = of the flow }, one for each mail of a rule with a moment
function sample.units_of(rule)
  if rule.word == "cue" then return cues.units() end
  local units = {}
  for _, session in ipairs(sending.sessions_of(rule)) do
    for _, unit in ipairs(sample.people(rule)) do
      units[#units + 1] = { person = unit.person, key = sessions.key(unit.person.key, session or nil) }
    end
  end
  return units
end

-- sample.first(rule) -> one of them, found without a walk over everybody; or nil
function sample.first(rule)
  local unit = rule.example or rule.by_itself and { person = listed(rule)[1] }
  local person = unit and unit.person and roster.person(unit.person.key)
  return person and { person = person, item = unit.item } or invented(rule)[1]
end

local function may_get(rule, person)
  if rule.for_office then return not person.guest end
  if rule.word == "signup" then return roster.signup(person.key) ~= nil end
  if rule.by_itself then return person.guest end
  return audience.concerns(rule.parts, person)
end

local function with_key(list, key)
  for _, unit in ipairs(list) do
    if unit.person.key == key then return unit end
  end
end

-- sample.unit(rule, key) -> the one of them with that key, or nil
function sample.unit(rule, key)
  if rule.word == "cue" then return with_key(cues.units(), key) end
  local person = roster.person(key)
  if person and may_get(rule, person) then return { person = person } end
  return with_key(invented(rule), key)
end

local function moment_of(rule, person, anchor)
  if rule.at then return moments.of(rule, person, anchor) end
  return { utc = usher.now(), zone = facts.event.zone, wall = "", derive = "at once" }
end

local function examples_of(rule, person)
  local values = { missed = "" }
  for name, value in pairs(rule.examples and rule.examples(person) or {}) do values[name] = value end
  return values
end

-- Of a rule for each session: the next one.
local function session_of(rule)
  if not rule.each_session then return nil end
  return sessions.next(usher.now()) or sessions.all()[#sessions.all()]
end

local function bare_case(rule, unit)
  local person, session = unit.person, session_of(rule)
  local anchor = unit.item or session or rule.anchor or facts.event
  return { person = person, rule = rule, item = unit.item, session = session, anchor = anchor,
    moment = moment_of(rule, person, anchor), values = examples_of(rule, person) }
end

-- sample.subject(rule, unit) -> the subject alone: for a list of many rules
function sample.subject(rule, unit) return sending.subject(rule, bare_case(rule, unit)) end

-- sample.look(rule, person) -> { asked, entry }: what a mail needs to know of the books
function sample.look(rule, person)
  return { asked = sending.asked(rule, person), chosen = sending.chosen(person),
    entry = rule.entry and invite.look(person, rule.entry == "cancellation", session_of(rule)) }
end

-- sample.case(rule, unit, seen) -> the case, as sending.lua knows it. seen: what sample.look said, for flows,
-- which may not look themselves.
function sample.case(rule, unit, seen)
  local case = bare_case(rule, unit)
  seen = seen or sample.look(rule, unit.person)
  case.asked, case.entry, case.chosen = seen.asked, seen.entry, seen.chosen
  return case
end

-- sample.mail(rule, unit) -> the mail, as usher.mail takes it
function sample.mail(rule, unit) return sending.compose(rule, sample.case(rule, unit)) end

return sample
