-- SPDX-License-Identifier: MIT
-- announce: what calendars were told about each session, and under which SEQUENCE. The number goes up when
-- something that people wrote into their diaries has changed: the times, the title, the place. Then every
-- later mail, the feed and `usher ics` say the same new number, whoever of them comes first.
--
-- The book "calendar":
--   SESSION       { uid, sequence, starts, ends, title, place, at }   what was said last, since when (ms)
--   SESSION/KEY   { ahead, cancelled, at }   whose entry was taken back or given again: each time their
--                 SEQUENCE gets one further ahead of the session's, since a calendar takes no smaller one
-- Only inside usher.decide, handlers and routes; routes only look.
local announce = {}

local told <const> = { "starts", "ends", "title", "place" }

local function is_news(last, session)
  for _, name in ipairs(told) do
    if last[name] ~= session[name] then return true end
  end
  return false
end

-- The session as it stands in calendars from now on, and whether that is news.
local function of_session(book, session, cancels)
  local last = book:get(session.id)
  if last and (cancels or not is_news(last, session)) then return last, false end
  local now = { uid = last and last.uid or session.uid, sequence = last and last.sequence + 1 or 0,
    at = usher.now() }
  for _, name in ipairs(told) do now[name] = session[name] end
  return now, true
end

local function of_person(book, at, cancels)
  local last = book:get(at) or { ahead = 0, cancelled = false, at = 0 }
  if cancels == nil or cancels == last.cancelled then return last, false end
  return { ahead = last.ahead + 1, cancelled = cancels, at = usher.now() }, true
end

local function numbers_of(session, person)
  return { uid = session.uid, sequence = session.sequence + person.ahead, cancelled = person.cancelled,
    changed = math.max(session.at, person.at) }
end

-- announce.look(session, key, cancels) -> { uid, sequence, cancelled, changed = ms }: what the person's
-- calendar would be told now. session = { id, uid, starts = ms, ends = ms, title, place }; cancels: nil as it
-- is
function announce.look(session, key, cancels)
  local book = usher.book("calendar")
  local now, person = of_session(book, session, cancels or false), of_person(book, session.id .. "/" .. key,
    cancels)
  return numbers_of(now, person)
end

-- announce.tell(session, key, cancels) -> the same, and remembers it. cancels: takes the entry back.
function announce.tell(session, key, cancels)
  local book, at = usher.book("calendar"), session.id .. "/" .. key
  local now, is_new = of_session(book, session, cancels)
  local person, is_changed = of_person(book, at, cancels)
  if is_new then book:set(session.id, now) end
  if is_changed then book:set(at, person) end
  return numbers_of(now, person)
end

return announce
