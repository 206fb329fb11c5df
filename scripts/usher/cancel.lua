-- SPDX-License-Identifier: MIT
-- cancel: the handler of `usher cancel`: the event does not take place. Whoever has heard of the date
-- (told.lua)
-- gets the letter "cancelled", which takes the entry out of their calendar. Everything else of the event ends
-- in the same commit (engine/cancel.h).
local cancelled = require "usher.cancelled"
local dates = require "usher.dates"
local facts = require "usher.facts"
local letters = require "usher.letters"
local people = require "usher.people"
local sessions = require "usher.sessions"
local told = require "usher.told"

local cancel = {}

local AT_ONCE <const> = 100 -- people in one decision: some milliseconds
local NOTE_MAX <const> = 2000 -- bytes: a paragraph for everybody
local FLOW <const> = "event cancelled" -- no rule can be called so: their names have no spaces

-- Of a series people have heard session by session, and get one mail: for the first to which they come.
local function is_first(one)
  if not one.session then return true end
  for _, session in ipairs(sessions.all()) do
    if told.of(one.key, session) and told.whom(one.key, session) then return session.id == one.session.id end
  end
  return false
end

-- Inside usher.decide: the next ones behind the key `from`; answers the last of them, or false at the end.
local function write_some(note, from)
  local list, last_key = told.some(from, AT_ONCE)
  for _, one in ipairs(list) do
    local person = told.whom(one.key, one.session)
    if person and is_first(one) then
      letters.send("cancelled", person, { note = note }, { plain = not one.last.entry })
    end
  end
  return last_key
end

local function life(input)
  local from = ""
  while from do from = usher.decide("people", write_some, input.note, from) end
  return { told = true }
end

-- How many hear of it, and how many of them have it in their calendar.
local function count()
  local n, entries, from = 0, 0, ""
  while from do
    local list
    list, from = told.some(from, AT_ONCE)
    for _, one in ipairs(list) do
      if told.whom(one.key, one.session) and is_first(one) then
        n, entries = n + 1, entries + (one.last.entry and 1 or 0)
      end
    end
  end
  return n, entries
end

local function people_text(n) return n == 1 and "1 person" or n .. " people" end

local function when(ms) return dates.long(ms, facts.event.zone, "en") end

local function who_hears()
  local n, entries = count()
  if n == 0 then return "Nobody has heard of the date so far, so nobody is written to." end
  if not letters.is_sent "cancelled" then return 'Nobody is written to: mail "cancelled" { off = true }.' end
  return ('%s get the mail "cancelled", %d of them with what takes the entry out of their calendar.'):format(
    people_text(n), entries)
end

local function what_it_means()
  return ("Cancelling %s (%s) means:\n  %s\n  Nothing else leaves any more, and its pages say so."):format(
    facts.event.title, when(facts.event.starts), who_hears())
end

local function note_of(request)
  local note = people.one_line(tostring(request.note or ""))
  if #note > NOTE_MAX then error(("the note has more than %d bytes"):format(NOTE_MAX), 0) end
  return note ~= "" and note or nil
end

-- cancel.cancel{ who, note, look = true: only what it would mean } -> { text, may, ends } of engine/cancel.h
function cancel.cancel(request)
  local before, note = cancelled.of(), note_of(request)
  if before then
    return { text = ("%s is cancelled since %s (%s)."):format(facts.event.title, when(before.at),
      before.who) }
  end
  if usher.now() >= facts.event.ends.utc then error("the event is over: nothing is left to cancel", 0) end
  if request.look then return { may = true, text = what_it_means() } end
  local who, hears = tostring(request.who or "office"), who_hears()
  cancelled.note(who, note)
  usher.start(FLOW, { key = "event", label = "cancelled", input = { note = note or "" } })
  usher.audit("event cancelled", note or hears, who)
  return { ends = cancelled.WHY, text = ("%s is cancelled. %s"):format(facts.event.title, hears) }
end

-- Called once, by the word `event`.
function cancel.register()
  usher.flow(FLOW, life)
  usher.on("cancel", cancel.cancel)
end

return cancel
