-- SPDX-License-Identifier: MIT
-- told: which date each person has heard of. Whoever was written to before the event has it in their diary,
-- whatever words the mail had, and hears of it when the date changes (editions.lua) or the event
-- is cancelled (cancel.lua).
--
--   book "told": person's key -> { starts, ends = ms of the date that they heard of last, entry = true: it
--     went into their calendar, edition = which edition of the event their reminders are for (not there: the
--     first), since = when it began (ms), for_starts = for which start, was = { starts, ends } of the one
--     before }
--
-- It is written down where it is decided that a mail goes out: from there on it may be with somebody. That a
-- mail server refuses it later means one mail too many, and the other way round somebody would wait in an
-- empty room.
-- Only inside usher.decide, handlers and routes.
local facts = require "usher.facts"
local roster = require "usher.roster"

local told = {}

-- told.of(key) -> what the person has heard of, or nil
function told.of(key) return usher.book("told"):get(key) end

-- told.whom(key) -> the person, when they are still to be told of a change: nobody who has declined, whose
-- sign-up is over, or who is on no list any more
function told.whom(key)
  local person, answer = roster.person(key), usher.book("answers"):get(key)
  if not person or answer and answer.answer == "no" then return nil end
  local entry = not facts.by_key[key] and roster.signup(key)
  return (not entry or entry.state == "seat" or roster.waits(key)) and person or nil
end

-- told.some(from, n) -> list of { key, last }: the next n of those who have heard of it, behind that key;
-- and the key of the last of them, or false at the end
function told.some(from, n)
  local list = {}
  for key, last in usher.book("told"):each() do
    if #list == n then return list, list[n].key end
    if key > from then list[#list + 1] = { key = key, last = last } end
  end
  return list, false
end

-- told.knows(last): is what they have heard of the date as it is?
function told.knows(last)
  return last.starts == facts.event.starts.utc and last.ends == facts.event.ends.utc
end

-- told.note(key, entry): a mail about the event as it is goes to them. entry: with its calendar entry.
function told.note(key, entry)
  local last = told.of(key)
  if usher.now() >= facts.event.ends.utc then return end
  if last and told.knows(last) and (last.entry or not entry) then return end
  last = last or {}
  last.starts, last.ends = facts.event.starts.utc, facts.event.ends.utc
  last.entry = last.entry or entry or nil
  usher.book("told"):set(key, last)
end

-- told.begin_edition(key) -> number, or nil: it has begun. From now on their reminders are for another date.
function told.begin_edition(key)
  local last = told.of(key)
  if last.for_starts == facts.event.starts.utc then return nil end
  last.edition, last.since, last.for_starts = (last.edition or 1) + 1, usher.now(), facts.event.starts.utc
  last.was = { starts = last.starts, ends = last.ends }
  usher.book("told"):set(key, last)
  return last.edition
end

-- told.unit(key, edition) -> the key of the flow of a rule for that person in a later edition: "P0042/@2"
function told.unit(key, edition) return ("%s/@%d"):format(key, edition) end

-- told.units(key) -> list of the keys of flows that a rule may have for that person by now
function told.units(key)
  local last = told.of(key)
  return { key, last and last.edition and told.unit(key, last.edition) or nil }
end

-- told.again(key, edition, moment_of): has a mail a unit of its own in the person's edition, which is later
-- than `edition`? It has when its moment had come for the date before and is to come for this one; what was
-- waiting then has moved by itself. moment_of(anchor) -> the mail's moment, by the event's clock or another.
function told.again(key, edition, moment_of)
  local last = told.of(key)
  if not last or not last.edition or last.edition <= (edition or 1) then return false end
  return moment_of(facts.event).utc > last.since and moment_of(told.date(last.was)).utc <= last.since
end

-- told.date{ starts, ends } -> anchor for a moment, out of ms
function told.date(was)
  local zone = facts.event.zone
  local function moment(ms)
    return usher.time.at(usher.time.format(ms, zone, "%Y-%m-%d %H:%M"), zone, { clock = "earlier" })
  end
  return { starts = moment(was.starts), ends = moment(was.ends) }
end

return told
