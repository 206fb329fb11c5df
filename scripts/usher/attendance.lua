-- SPDX-License-Identifier: MIT
-- attendance: who was there. The join page counts whoever goes through it; the office marks by hand whom it
-- saw or missed, and a hand has the last word.
--
--   book attendance: key -> list of { at = ms, via = "page" or "hand:NAME", absent = true (by hand only) },
--     in order; at most 50, of which the first stays
-- Reading goes in usher.decide, handlers and routes; writing in handlers and routes.
local facts = require "usher.facts"
local links = require "usher.links"
local live = require "usher.live"
local pretend = require "usher.pretend"
local roster = require "usher.roster"
local sessions = require "usher.sessions"

local attendance = {}

local KEPT_MAX <const> = 50
local MINUTE_MS <const> = 60 * 1000
local SAME_MS <const> = 5 * MINUTE_MS -- a button that is pressed twice, a page that is loaded again

-- From when to when the join page leads in. After the end, because events overrun and connections break.
local BEFORE_MS <const>, AFTER_MS <const> = 30 * MINUTE_MS, 30 * MINUTE_MS

-- attendance.opens_at(session) -> ms, attendance.closes_at(session) -> ms; without one: of the event
function attendance.opens_at(session) return (session or facts.event).starts.utc - BEFORE_MS end
function attendance.closes_at(session) return (session or facts.event).ends.utc + AFTER_MS end

-- attendance.of(key) -> list of what is known, or nil
function attendance.of(key)
  return usher.book("attendance"):get(key)
end

local function add(key, entry)
  local list = attendance.of(key) or {}
  if #list >= KEPT_MAX then table.remove(list, 2) end
  list[#list + 1] = entry
  usher.book("attendance"):set(key, list)
  live.moved()
end

-- attendance.joined(key, via): somebody went in.
function attendance.joined(key, via)
  local list, now = attendance.of(key) or {}, usher.now()
  local last = list[#list]
  if last and last.via == via and now - last.at < SAME_MS then return end
  add(key, { at = now, via = via })
end

-- attendance.was_there(key, session) -> yes or no
function attendance.was_there(key, session)
  local list = {}
  for _, one in ipairs(attendance.of(key) or {}) do
    local about = sessions.around(one.at, BEFORE_MS, AFTER_MS)
    if not session or not sessions.is_series() or about == session then list[#list + 1] = one end
  end
  for i = #list, 1, -1 do
    if list[i].via:find("^hand:") then return not list[i].absent end
  end
  return #list > 0
end

-- attendance.mark{ person, present, who } -> { key, name, present, text }: the handler of `usher attended`
function attendance.mark(request)
  local person, why = roster.find(tostring(request.person or ""))
  if not person then error(why, 0) end
  local present = request.present ~= false
  add(person.key, { at = usher.now(), via = "hand:" .. tostring(request.who or ""),
    absent = not present or nil })
  usher.audit(present and "marked as present" or "marked as absent", nil, tostring(request.who or "office"),
    person.key)
  local name = roster.shown(person)
  return { key = person.key, name = name, present = present,
    text = ("%s: %s"):format(name, present and "was there" or "was not there") }
end

local joins_after <const> = { confirmation = true, ["signup-seat"] = true }

-- In a rehearsal whoever has said yes goes in five minutes after the start, by their own link.
pretend.add(function(mail)
  local about = mail.args and mail.args.about or {}
  local person = roster.person(about.person or "")
  local confirms = joins_after[about.rule] or tostring(about.audience):find("^coming")
  if not person or not person.guest or not confirms or not pretend.is_there(mail.guest) then return nil end
  local acts = {}
  for _, session in ipairs(sessions.all()) do
    local at = session.starts.utc + SAME_MS
    if usher.now() < at then
      acts[#acts + 1] = { at = at, about = { person = person.key, did = "joined" },
        visit = { method = "POST", path = links.path("join", person) } }
    end
  end
  return acts
end)

return attendance
