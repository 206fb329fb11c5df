-- SPDX-License-Identifier: MIT
-- facts: what the script has said about its event. The words fill these tables while the script loads; then
-- the engine makes them read-only, because flows wait for weeks and share nothing that changes.
local check = require "usher.check"

local facts = {
  event = nil,       -- { id, title, starts, ends, zone, where, organisers, host, from, ... } of event.lua
  people = {},       -- in the order of people.csv: speakers, organisers, host
  guests = {},       -- in the order of guests.csv
  guests_in = {},    -- group ("": none) -> how many of them
  by_key = {},       -- both of them
  wishes = {},       -- lists of earlier events that make up the guests (handed.lua)
  left = {},         -- key of somebody who is not on the list any more -> why, when known (handed.lua)
  columns = {},      -- names of what the lists say about people, each a placeholder
  groups = {},       -- names of groups, in the script's order
  sessions = {},     -- of a series, in order: see series.lua; else the event itself is the one (sessions.lua)
  sessions_off = {}, -- id -> session that was planned and does not take place
  series = nil,      -- what `series` said: { pass = how many sessions, choice }
  items = {},        -- the programme, in order
  objectives = {},
  signup = nil,      -- what `signup` said, see signup.lua
  calendars = {},    -- zone -> { days = list of dates, names = date -> name, years = year -> true, source }
  groups_were_said = false, -- the list of groups is closed
  rules = {},        -- mail and cue rules, in order
  rule_named = {},
  except = {},       -- rules that `use` is leaving out just now
  has_undecided = false,
  has_zoom = false,  -- a place at which usher has rights of its own, see zoom.lua
  surveys = {},      -- in order: see survey.lua
  survey_named = {},
  compared = {},     -- pairs of surveys that ask the same, before and after: see before_after.lua
  interests = {},    -- forms, in order: see interest.lua
  interest_named = {},
  certificates = {}, -- rules of the word certificate, in order: see certificate.lua
  channels = {},     -- ways other than mail: kind -> see channels.lua
  box = nil,         -- what question_box said: see ask.lua
  notes = {},        -- sentences for `usher check` that are no errors
}

-- What may stand between an event without a date of its own and the series that gives it some.
local before_dates <const> = { holidays = true, series = true, people = true, guests = true, use = true }

-- The event, or a refusal that says which word comes first.
function facts.need_event(word)
  local event = facts.event
  if not event then check.refuse('%s: say what the event is first: event "my-event" { ... }', word) end
  if not event.starts and not before_dates[word] then facts.need_dates(word) end
  return event
end

function facts.need_dates(word)
  if facts.event.starts then return end
  check.refuse('%s: nothing says when "%s" is: add  when = "..."  to the event, or  series { ... }  above',
    word, facts.event.id)
end

-- Rules are checked against everybody where they stand, so what they build on stands above them.
function facts.need_no_rules(word)
  local rule = facts.rules[1]
  if rule then check.refuse('%s: it belongs above the first rule, %s "%s"', word, rule.word, rule.name) end
end

function facts.note(sentence, ...)
  facts.notes[#facts.notes + 1] = sentence:format(...)
end

-- Everybody, people first, then guests.
function facts.everybody()
  local all = table.move(facts.people, 1, #facts.people, 1, {})
  return table.move(facts.guests, 1, #facts.guests, #all + 1, all)
end

-- "Dasho Phuntsho Tobgay": as the list gives it, never built from parts of a name.
function facts.full_name(person)
  return person.salutation and person.salutation .. " " .. person.name or person.name
end

return facts
