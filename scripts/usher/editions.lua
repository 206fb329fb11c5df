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
local sessions = require "usher.sessions"
local told = require "usher.told"

local editions = {}

local DAY_MS <const> = 24 * 3600 * 1000
local LARGE_MS <const> = 2 * DAY_MS
local AT_ONCE <const> = 100 -- people in one decision: some milliseconds
local FLOW <const> = "event moves" -- no rule can be called so: their names have no spaces

-- ---- who hears of it ----------------------------------------------------------------------------------

-- one: of told.some. The person, when the session still takes place and they have heard of another date.
local function concerned(one)
  return not one.off and not told.knows(one.last, one.session) and told.whom(one.key, one.session) or nil
end

-- The person, when they have heard of a session that is no more and was still to come.
local function has_lost(one)
  return one.off and usher.now() < one.last.starts and told.whom(one.key, one.session) or nil
end

-- Of the guest list: whoever signed up says so by their seat. In a series one session is no reason to ask
-- anew.
local function has_said(person)
  return person.guest and not sessions.is_series() and not roster.signup(person.key)
    and answers.of(person.key) ~= nil
end

local function everyone()
  local list, from = {}, ""
  while from do
    local some
    some, from = told.some(from, AT_ONCE)
    table.move(some, 1, #some, #list + 1, list)
  end
  return list
end

local function starts_of(one) return (one.session or facts.event).starts.utc end

-- A move as people see it: how many have heard of another date, how far that is away (ms), when the last of
-- those dates is over, when the new one begins, and how many have said whether they come. Of a series one for
-- each session that moves, in their order.
local function add_to(move, one, person)
  local by = starts_of(one) - one.last.starts
  if math.abs(by) > math.abs(move.by) then move.by = by end
  move.people, move.over_at = move.people + 1, math.max(move.over_at, one.last.ends)
  move.answers = move.answers + (has_said(person) and 1 or 0)
end

local function by_id_of_session(a, b)
  return (a.session and a.session.id or "") < (b.session and b.session.id or "")
end

-- What has changed for those who have heard of it: list of moves; list of { session, people } that are off.
local function look()
  local moves, off, by_id = {}, {}, {}
  for _, one in ipairs(everyone()) do
    local person, lost = concerned(one), has_lost(one)
    local id = one.session and one.session.id or ""
    if person then
      if not by_id[id] then
        by_id[id] = { session = one.session, people = 0, by = 0, over_at = 0, answers = 0,
          begins = starts_of(one) }
        moves[#moves + 1] = by_id[id]
      end
      add_to(by_id[id], one, person)
    elseif lost then
      if not by_id[id] then
        by_id[id] = { session = one.session, people = 0 }
        off[#off + 1] = by_id[id]
      end
      by_id[id].people = by_id[id].people + 1
    end
  end
  table.sort(moves, by_id_of_session)
  table.sort(off, by_id_of_session)
  return moves, off
end

-- ---- telling them -------------------------------------------------------------------------------------

local function begin_again(person, session)
  local edition = told.begin_edition(person.key, session)
  if not edition then return end
  if has_said(person) then answers.reopen(person, "the event has moved") end
  sending.again(person, session, edition)
end

-- Of a session that began meanwhile nobody needs to hear any more.
local function tell(person, one, is_new)
  local last, session = one.last, one.session
  if starts_of(one) <= usher.now() then return end
  if is_new and math.abs(starts_of(one) - last.starts) >= LARGE_MS then begin_again(person, session) end
  local is_sent = letters.send("new-time", person, nil, { plain = not last.entry, session = session,
    with = { before = { starts = last.starts, ends = last.ends },
      asks = is_new and not sessions.is_series() or nil } })
  -- the script wants it so: there is nothing left to tell
  if not is_sent then told.note(person.key, nil, session) end
end

local function tell_off(person, one)
  local was, last = one.session, one.last
  letters.send("session-off", person, nil, { plain = not last.entry,
    session_was = { id = was.id, number = was.number or tonumber(was.id) or 0, title = was.title,
      starts = last.starts, ends = last.ends } })
  told.forget(one.key, was)
end

-- Inside usher.decide: the next ones behind the place `from`; answers the last of them, or false at the end.
local function tell_some(is_new, from)
  local list, place = told.some(from, AT_ONCE)
  for _, one in ipairs(list) do
    local person, lost = concerned(one), has_lost(one)
    if person then tell(person, one, is_new) elseif lost then tell_off(lost, one) end
  end
  return place
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

local function what(move) return move.session and "session " .. move.session.id or "the event" end

local function how(move)
  if move.by == 0 then return ("the end of %s moves"):format(what(move)) end
  local back = move.by < 0 and ", to an earlier date" or ""
  return ("%s moves by %s%s"):format(what(move), how_far(move.by), back)
end

local function upper(sentence) return sentence:sub(1, 1):upper() .. sentence:sub(2) end

-- Why nobody is told, or nil.
local function is_past(move)
  if move.over_at <= usher.now() then return "it has taken place" end
  if move.begins <= usher.now() then return "that is in the past" end
end

local function sum(moves, name)
  local n = 0
  for _, move in ipairs(moves) do n = n + move[name] end
  return n
end

local function all_of(moves)
  local texts = {}
  for i, move in ipairs(moves) do texts[i] = how(move) end
  return table.concat(texts, "; ")
end

local function question(moves)
  local n, answered = sum(moves, "people"), sum(moves, "answers")
  local new = "Reminders go out once more for the new date"
  if not sessions.is_series() then
    new = ("%s, and %d who have answered are asked again"):format(new, answered)
  end
  return { id = "edition", n = n,
    text = ("%s after %s heard of the date."):format(upper(all_of(moves)), people_text(n)),
    choices = { { "new", new }, { "same", "Only the new time is told" } },
    say = ("Say  --edition new  (%s) or  --edition same  (only the new time is told)."):format(
      new:gsub("^R", "r")) }
end

local function notes_of(moves, off)
  local notes = {}
  for _, move in ipairs(moves) do
    local past = is_past(move)
    notes[#notes + 1] = past and ("%s, and %s: nobody is told."):format(upper(how(move)), past)
      or ("%s: %s heard of the date, and are told the new one."):format(upper(how(move)),
        people_text(move.people))
  end
  for _, one in ipairs(off) do
    notes[#notes + 1] = ("Session %s does not take place: %s heard of it, and are told so."):format(
      one.session.id, people_text(one.people))
  end
  return notes
end

-- Which of them somebody has to say yes to: large ones, and sessions whose dates nobody has written. There a
-- holiday that was added to a list is enough to move what people have in their diaries.
local function to_be_asked(moves)
  local list = {}
  for _, move in ipairs(moves) do
    local follows = move.session and not move.session.dated
    if math.abs(move.by) >= LARGE_MS or follows then list[#list + 1] = move end
  end
  return list
end

local function still_to_come(moves)
  local list = {}
  for _, move in ipairs(moves) do
    if not is_past(move) then list[#list + 1] = move end
  end
  return list
end

local function answer_in(request, id, allowed)
  local answer = (request.answers or {})[id]
  for _, one in ipairs(allowed) do
    if answer == nil or answer == one then return answer end
  end
  error(("--%s is %s, not '%s'"):format(id, table.concat(allowed, " or "), tostring(answer)), 0)
end

local also <const> = {}

-- editions.also(fn): fn(request) is called at every edit, in the same transaction.
function editions.also(fn) also[#also + 1] = fn end

-- editions.reloaded{ answers, version } -> { asks, notes } of reload.h, or nil: the handler of an edit.
function editions.reloaded(request)
  for _, fn in ipairs(also) do fn(request) end
  local answer = answer_in(request, "edition", { "new", "same" })
  local moves, off = look()
  if #moves + #off == 0 or cancelled.of() then return nil end
  local notes, coming = notes_of(moves, off), still_to_come(moves)
  if #coming + #off == 0 then return { notes = notes } end
  local label = #coming > 0 and all_of(coming) or "a session is off"
  usher.start(FLOW, { key = ("%d"):format(request.version), label = label,
    input = { new_edition = answer == "new" } })
  usher.audit("event moved", label .. (answer and (" (--edition %s)"):format(answer) or ""), request.who)
  local asked = to_be_asked(coming)
  return { asks = #asked > 0 and not answer and { question(asked) } or nil, notes = notes }
end

-- Called once, by the word `event`.
function editions.register()
  usher.flow(FLOW, life)
  usher.on("reloaded", editions.reloaded)
end

return editions
