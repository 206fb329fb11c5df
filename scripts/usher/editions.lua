-- SPDX-License-Identifier: MIT
-- editions: the event moves. Its script says another date and is reloaded, and what is still to come moves by
-- itself. What is left to do here is to tell whoever has heard of another date (told.lua), at once, with the
-- new entry for their calendar: the letter "new-time".
--
-- A shift of less than two days is only that. A larger one begins, when the organisers say so, a new edition:
-- what has been said of the old date counts no more. Then the reminders that had gone out do so once more, as
-- units of their own (KEY/@2), and whoever is on the guest list is asked again whether they come: a yes was
-- for another day. Whoever signed up keeps the seat, and may give it up. Who has declined is left in peace.
--
-- The handler starts one flow in the transaction of the edit, and that flow writes to people some at a time,
-- so an event of thousands moves like one of ten, and a crash leaves nobody out.
local answers = require "usher.answers"
local cancelled = require "usher.cancelled"
local facts = require "usher.facts"
local letters = require "usher.letters"
local roster = require "usher.roster"
local sending = require "usher.sending"
local told = require "usher.told"

local editions = {}

local DAY_MS <const> = 24 * 3600 * 1000
local LARGE_MS <const> = 2 * DAY_MS
local AT_ONCE <const> = 100 -- people in one decision: some milliseconds
local FLOW <const> = "event moves" -- no rule can be called so: their names have no spaces

-- ---- who hears of it ----------------------------------------------------------------------------------

local function concerned(key, last) return not told.knows(last) and told.whom(key) or nil end

-- Of the guest list: whoever signed up says so by their seat.
local function has_said(person)
  return person.guest and not roster.signup(person.key) and answers.of(person.key) ~= nil
end

-- The move as people see it: how many have heard of another date, how far that is away (ms), when the last of
-- those dates is over, and how many have said whether they come. nil: nobody has.
local function look()
  local move = { people = 0, by = 0, over_at = 0, answers = 0 }
  for key, last in usher.book("told"):each() do
    local person = concerned(key, last)
    if person then
      local by = facts.event.starts.utc - last.starts
      if math.abs(by) > math.abs(move.by) then move.by = by end
      move.people, move.over_at = move.people + 1, math.max(move.over_at, last.ends)
      move.answers = move.answers + (has_said(person) and 1 or 0)
    end
  end
  return move.people > 0 and move or nil
end

-- ---- telling them -------------------------------------------------------------------------------------

local function begin_again(person)
  local edition = told.begin_edition(person.key)
  if not edition then return end
  if has_said(person) then answers.reopen(person, "the event has moved") end
  sending.again(person, edition)
end

local function tell(person, last, is_new)
  if is_new then begin_again(person) end
  local is_sent = letters.send("new-time", person, nil, { plain = not last.entry,
    with = { before = { starts = last.starts, ends = last.ends }, asks = is_new or nil } })
  if not is_sent then told.note(person.key) end -- the script wants it so: there is nothing left to tell
end

-- Inside usher.decide: the next ones behind the key `from`; answers the last of them, or false at the end.
local function tell_some(is_new, from)
  local list, last_key = told.some(from, AT_ONCE)
  for _, one in ipairs(list) do
    local person = concerned(one.key, one.last)
    if person then tell(person, one.last, is_new) end
  end
  return last_key
end

local function life(input)
  local from = ""
  while from do from = usher.decide("people", tell_some, input.new_edition, from) end
  return { told = true }
end

-- ---- the edit -----------------------------------------------------------------------------------------

local function people_text(n) return n == 1 and "1 person has" or n .. " people have" end

-- "14 days", "3 hours"; of an event that is only longer or shorter now: "not at all".
local function how_far(by)
  local ms = math.abs(by)
  local days = (ms + DAY_MS // 2) // DAY_MS
  if ms >= LARGE_MS or ms % DAY_MS == 0 then return days == 1 and "a day" or ("%d days"):format(days) end
  return usher.time.span_text(ms)
end

local function how(move)
  if move.by == 0 then return "the end of the event moves" end
  return ("the event moves by %s%s"):format(how_far(move.by), move.by < 0 and ", to an earlier date" or "")
end

local function upper(sentence) return sentence:sub(1, 1):upper() .. sentence:sub(2) end

-- Why nobody is told, or nil.
local function is_past(move)
  if move.over_at <= usher.now() then return "it has taken place" end
  if facts.event.starts.utc <= usher.now() then return "that is in the past" end
end

local function question(move)
  local new = ("Reminders go out once more for the new date, and %d who have answered are asked again")
    :format(move.answers)
  return { id = "edition", n = move.people,
    text = ("%s after %s heard of the date."):format(upper(how(move)), people_text(move.people)),
    choices = { { "new", new }, { "same", "Only the new time is told" } },
    say = ("Say  --edition new  (%s) or  --edition same  (only the new time is told)."):format(
      new:gsub("^R", "r")) }
end

-- editions.reloaded{ answers, version } -> { asks, notes } of reload.h, or nil: the handler of an edit.
function editions.reloaded(request)
  local move, answer = look(), (request.answers or {}).edition
  if answer and answer ~= "new" and answer ~= "same" then
    error(("--edition is new or same, not '%s'"):format(tostring(answer)), 0)
  end
  if not move or cancelled.of() then return nil end
  local past = is_past(move)
  if past then return { notes = { ("%s, and %s: nobody is told."):format(upper(how(move)), past) } } end
  usher.start(FLOW, { key = ("%d"):format(request.version), label = how(move),
    input = { new_edition = answer == "new" } })
  usher.audit("event moved", how(move) .. (answer and (" (--edition %s)"):format(answer) or ""), request.who)
  local asks = math.abs(move.by) >= LARGE_MS and not answer
  return { asks = asks and { question(move) } or nil,
    notes = { ("%s: %s heard of the date, and are told the new one."):format(upper(how(move)),
      people_text(move.people)) } }
end

-- Called once, by the word `event`.
function editions.register()
  usher.flow(FLOW, life)
  usher.on("reloaded", editions.reloaded)
end

return editions
