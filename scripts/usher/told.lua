-- SPDX-License-Identifier: MIT
-- told: which date each person has heard of. Whoever was written to before the event has it in their diary,
-- whatever words the mail had, and hears of it when the date changes (editions.lua) or the event
-- is cancelled (cancel.lua). Of a series it is told session by session: one moves, the others stay.
--
--   book "told": person's key, of a series with the session's id behind it (sessions.key) -> { starts, ends =
--     ms of the date that they heard of last, entry = true: it went into their calendar, edition = which
--     edition of the event their reminders are for (not there: the first), since = when it began (ms),
--     for_starts = for which start, was = { starts, ends } of the one before }
--
-- It is written down where it is decided that a mail goes out: from there on it may be with somebody. That a
-- mail server refuses it later means one mail too many, and the other way round somebody would wait in an
-- empty room.
-- Only inside usher.decide, handlers and routes. session: nil in an event that is no series.
local facts = require "usher.facts"
local roster = require "usher.roster"
local sessions = require "usher.sessions"

local told = {}

-- told.of(key, session) -> what the person has heard of, or nil
function told.of(key, session) return usher.book("told"):get(sessions.key(key, session)) end

-- told.whom(key, session) -> the person, when they are still to be told of a change: nobody who has declined,
-- whose sign-up is over, who comes to other sessions, or who is on no list any more
function told.whom(key, session)
  local person, answer = roster.person(key), usher.book("answers"):get(key)
  if not person or answer and answer.answer == "no" then return nil end
  if answer and not sessions.chosen(answer, session) then return nil end -- they come to other sessions
  local entry = not facts.by_key[key] and roster.signup(key)
  return (not entry or entry.state == "seat" or roster.waits(key)) and person or nil
end

-- told.some(from, n) -> list of { key, session, last, off = true: the session does not take place }: the next
-- n of those who have heard of a date, behind that place; and the place of the last of them, or false at the
-- end
function told.some(from, n)
  local list, place = {}, nil
  for at, last in usher.book("told"):each() do
    if at > from then
      if #list == n then return list, place end
      local key, session, off = sessions.split(at)
      place, list[#list + 1] = at, { key = key, session = session, off = off, last = last }
    end
  end
  return list, false
end

-- told.knows(last, session): is what they have heard of the date as it is?
function told.knows(last, session)
  local now = session or facts.event
  return last.starts == now.starts.utc and last.ends == now.ends.utc
end

local function note(key, entry, session)
  local last, now = told.of(key, session), session or facts.event
  if usher.now() >= now.ends.utc then return end
  if last and told.knows(last, session) and (last.entry or not entry) then return end
  last = last or {}
  last.starts, last.ends = now.starts.utc, now.ends.utc
  last.entry = last.entry or entry or nil
  usher.book("told"):set(sessions.key(key, session), last)
end

-- told.note(key, entry, session): a mail about the event as it is goes to them; of a series without a session
-- it is about all of it. entry: with its calendar entry.
function told.note(key, entry, session)
  if session or not sessions.is_series() then return note(key, entry, session) end
  for _, each in ipairs(sessions.all()) do note(key, entry, each) end
end

-- told.forget(key, session): the session is no more, and they have been told so.
function told.forget(key, session) usher.book("told"):remove(sessions.key(key, session)) end

-- told.begin_edition(key, session) -> number, or nil: it has begun. From now on their reminders are for
-- another date.
function told.begin_edition(key, session)
  local last, starts = told.of(key, session), (session or facts.event).starts.utc
  if last.for_starts == starts then return nil end
  last.edition, last.since, last.for_starts = (last.edition or 1) + 1, usher.now(), starts
  last.was = { starts = last.starts, ends = last.ends }
  usher.book("told"):set(sessions.key(key, session), last)
  return last.edition
end

-- told.unit(key, session, edition) -> the key of the flow of a rule for that person in a later edition:
-- "P0042/@2", "P0042/3/@2"
function told.unit(key, session, edition)
  return ("%s/@%d"):format(sessions.key(key, session), edition)
end

-- told.units(key, session) -> list of the keys of flows that a rule may have for that person by now
function told.units(key, session)
  local last = told.of(key, session)
  local again = last and last.edition and told.unit(key, session, last.edition) or nil
  return { sessions.key(key, session), again }
end

-- told.again(key, session, edition, moment_of): has a mail a unit of its own in the person's edition, which
-- is later than `edition`? It has when its moment had come for the date before and is to come for this one;
-- what was waiting then has moved by itself. moment_of(anchor) -> the mail's moment, by the event's clock or
-- another.
function told.again(key, session, edition, moment_of)
  local last = told.of(key, session)
  if not last or not last.edition or last.edition <= (edition or 1) then return false end
  return moment_of(session or facts.event).utc > last.since
    and moment_of(told.date(last.was)).utc <= last.since
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
