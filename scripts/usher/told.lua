-- SPDX-License-Identifier: MIT
-- told: which date each person has heard of. Whoever was written to before the event has it in their diary,
-- whatever words the mail had, and hears of it when the date changes (editions.lua) or the event
-- is cancelled (cancel.lua).
--
--   book "told": person's key -> { starts, ends = ms of the date that they heard of last, entry = true: it
--     went into their calendar, edition, since = which edition of the event their reminders are for, and from
--     when on (ms); not there: the first }
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

-- told.begin_edition(key) -> number: from now on their reminders are for another date.
function told.begin_edition(key)
  local last = told.of(key)
  last.edition, last.since = (last.edition or 1) + 1, usher.now()
  usher.book("told"):set(key, last)
  return last.edition
end

-- told.unit(key) -> the key of the flow of a rule for that person: "P0042", "P0042/@2" of a second edition
function told.unit(key)
  local last = told.of(key)
  return last and last.edition and ("%s/@%d"):format(key, last.edition) or key
end

-- told.goes_again(key, edition, moment): is a mail of that edition one that goes out for a later one as well?
function told.goes_again(key, edition, moment)
  local last = told.of(key)
  return last and last.edition and last.edition > (edition or 1) and moment.utc > last.since
end

return told
