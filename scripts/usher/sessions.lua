-- SPDX-License-Identifier: MIT
-- sessions: the dates on which an event takes place. A series has several, each with an id of its own that
-- stays when it moves; any other event is one session, itself. What is kept of a person for one session
-- (their reminder, whether they were there) has the person's key with the session's id behind it.
--
-- A session is { id, number, title, starts, ends, where, makes_up }: see series.lua.
local facts = require "usher.facts"

local sessions = {}

-- sessions.is_series() -> yes or no
function sessions.is_series() return #facts.sessions > 0 end

-- sessions.all() -> list, in the order of their numbers: those of a series, or the event
function sessions.all()
  return sessions.is_series() and facts.sessions or { facts.event }
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

-- sessions.split("P0042/3") -> "P0042", session; "P0042", nil when it names none
function sessions.split(key)
  if not sessions.is_series() then return key, nil end
  local person_key, id = key:match("^(.*)/([^/@]+)$")
  local session = id and sessions.find(id)
  if session then return person_key, session end
  return key, nil
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

return sessions
