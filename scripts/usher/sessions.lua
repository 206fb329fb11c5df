-- SPDX-License-Identifier: MIT
-- sessions: the dates on which an event takes place. A series has several, each with an id of its own that
-- stays when it moves; any other event is one session, itself. What is kept of a person for one session
-- (their reminder, whether they were there) has the person's key with the session's id behind it.
--
-- A session is { id, number, title, starts, ends, where, makes_up }: see series.lua.
local facts = require "usher.facts"
local lang = require "usher.lang"

local sessions = {}

-- sessions.is_series() -> yes or no
function sessions.is_series() return #facts.sessions > 0 end

-- sessions.all() -> list, in the order of their numbers: those of a series, or the event
function sessions.all()
  return sessions.is_series() and facts.sessions or { facts.event }
end

-- sessions.regular() -> list: without those that make up for another
function sessions.regular()
  local list = {}
  for _, session in ipairs(sessions.all()) do
    if not session.makes_up then list[#list + 1] = session end
  end
  return list
end

-- How many were planned: those that are off have had a number, too.
local function planned()
  local n = #sessions.regular()
  for _, session in pairs(facts.sessions_off) do n = n + (session.makes_up and 0 or 1) end
  return n
end

-- sessions.name(session, code) -> "3. Live streams"; without a title: "Session 3", "Make-up session"
function sessions.name(session, code)
  local values = { n = ("%d"):format(session.number), title = session.title }
  if session.makes_up then return session.title or lang.text(code, "series.makes_up") end
  return lang.text(code, session.title and "series.titled" or "series.untitled", values)
end

-- sessions.title(session, code) -> "Social media for public offices, 3 of 6: Live streams"
function sessions.title(session, code)
  local values = { series = facts.event.title, n = ("%d"):format(session.number),
    all = ("%d"):format(planned()), title = session.title }
  if session.makes_up then
    values.title = session.title or lang.text(code, "series.makes_up")
    return lang.text(code, "series.title_made_up", values)
  end
  return lang.text(code, session.title and "series.title_titled" or "series.title", values)
end

-- sessions.find(id) -> session, or nil
function sessions.find(id)
  for _, session in ipairs(sessions.all()) do
    if session.id == id then return session end
  end
end

-- sessions.key(person_key, session) -> "P0042/3"; of an event that is no series, or without a session: the
-- person's key
function sessions.key(person_key, session)
  if not session or not sessions.is_series() then return person_key end
  return ("%s/%s"):format(person_key, session.id)
end

-- sessions.split("P0042/3") -> "P0042", session, off: what sessions.key made of a series. off = true: it does
-- not take place, and of the session perhaps only the id is known. Without a session: "P0042", nil.
function sessions.split(key)
  local person_key, id
  if sessions.is_series() then person_key, id = key:match("^(.+)/([^/@]+)$") end
  if not id then return key, nil end
  local session = sessions.find(id)
  if session then return person_key, session end
  return person_key, facts.sessions_off[id] or { id = id }, true
end

-- sessions.chosen(answer, session): does somebody who answered so come to that session? answer: of the book
-- "answers"; its `sessions` lists the ids that were chosen, without it all are. One that makes up for another
-- is not chosen: it is for whoever missed that.
function sessions.chosen(answer, session)
  if not session or session.makes_up or not answer.sessions then return true end
  for _, id in ipairs(answer.sessions) do
    if id == session.id then return true end
  end
  return false
end

-- sessions.around(ms, before_ms, after_ms) -> session, or nil: which one takes place then, or so shortly
-- before or after it. Of several the one that begins nearest.
function sessions.around(ms, before_ms, after_ms)
  local found, least = nil, math.huge
  for _, session in ipairs(sessions.all()) do
    local is_near = ms >= session.starts.utc - before_ms and ms < session.ends.utc + after_ms
    local far = math.abs(ms - session.starts.utc)
    if is_near and far < least then found, least = session, far end
  end
  return found
end

-- sessions.next(ms) -> session, or nil: the first that is not over at that moment
function sessions.next(ms)
  local found
  for _, session in ipairs(sessions.all()) do
    local comes = session.ends.utc > ms
    if comes and (not found or session.starts.utc < found.starts.utc) then found = session end
  end
  return found
end

-- sessions.last() -> session: the one that ends last
function sessions.last()
  local found
  for _, session in ipairs(sessions.all()) do
    if not found or session.ends.utc > found.ends.utc then found = session end
  end
  return found
end

return sessions
