-- SPDX-License-Identifier: MIT
-- attendance: who was there, at which session, for how long, and who says so. Four sources are kept side by
-- side, none overwrites another:
--   page  the join page counted somebody who went through it: a moment
--   zoom  Zoom's webhook said that a device came or left: facts, of which intervals.pair makes spans
--   csv   Zoom's participant report, from a file or from its API: spans, or a number of minutes where it adds
--         them up
--   hand  the office marked somebody as present or absent; the last word on it
--
--   book attendance: key of the person -> list of entries, in the order in which they became known
--     { at = ms, via = "page", session }
--     { at = ms, via = "zoom", did = "joined" or "left", device, meeting }
--     { at = ms, till = ms, via = "csv" or "zoom", session }    a span; "zoom": many facts, made fewer
--     { at = ms, minutes = n, via = "csv", session }            a sum, with no spans behind it
--     { at = ms, via = "hand:NAME", absent = true or nothing, session }
--   book meetings: id of a meeting on Zoom -> { ended = list of ms }
--
-- session is an id, and stands where somebody said which one is meant; elsewhere the time tells. A series has
-- several; any other event is one. Minutes are those of the union of all spans within a session and its
-- margins, so two devices, a rejoin and two sources never count twice.
-- Reading goes in usher.decide, handlers and routes; writing in handlers, decisions and POST routes.
local facts = require "usher.facts"
local intervals = require "usher.intervals"
local links = require "usher.links"
local live = require "usher.live"
local pretend = require "usher.pretend"
local roster = require "usher.roster"
local sessions = require "usher.sessions"

local attendance = {}

local MINUTE_MS <const> = 60 * 1000
local SAME_MS <const> = 5 * MINUTE_MS -- a button that is pressed twice, a page that is loaded again
local MOMENTS_MAX <const> = 20        -- of a person at one session, by the page or by hands; the first stays
local FACTS_MAX <const> = 200         -- of a person in all; then those that are paired become spans
local SPANS_MAX <const> = 100         -- of a person from Zoom's facts; then the smallest gaps are filled
local ENDED_MAX <const> = 50          -- ends of one meeting: a room that is used again and again

-- From when to when the join page leads in, and minutes count. After the end, because events overrun and
-- connections break. Where two sessions are nearer than both margins, each has half of what is between.
local BEFORE_MS <const>, AFTER_MS <const> = 30 * MINUTE_MS, 30 * MINUTE_MS

-- ---- when a session is ----------------------------------------------------------------------------------

-- Half of the time to the nearest session on that side, as far as it is less than the margin.
local function margin_of(session, usual, gap_to)
  for _, other in ipairs(sessions.all()) do
    local gap = gap_to(other)
    if other.id ~= session.id and gap >= 0 then usual = math.min(usual, gap // 2) end
  end
  return usual
end

-- attendance.opens_at(session) -> ms, attendance.closes_at(session) -> ms. Without a session: of the event,
-- which for a series is from the first to the last.
function attendance.opens_at(session)
  if not session then return facts.event.starts.utc - BEFORE_MS end
  return session.starts.utc - margin_of(session, BEFORE_MS, function(other)
    return session.starts.utc - other.ends.utc
  end)
end

function attendance.closes_at(session)
  if not session then return facts.event.ends.utc + AFTER_MS end
  return session.ends.utc + margin_of(session, AFTER_MS, function(other)
    return other.starts.utc - session.ends.utc
  end)
end

-- attendance.current() -> session: the one that is on, else the last that began, else the first
function attendance.current()
  local now = usher.now()
  local found = sessions.around(now, BEFORE_MS, AFTER_MS)
  if found then return found end
  local all = sessions.all()
  for _, session in ipairs(all) do
    local began = session.starts.utc <= now
    if began and (not found or session.starts.utc > found.starts.utc) then found = session end
  end
  return found or all[1]
end

-- attendance.nearest(ms) -> session during which it was, or the nearest; how far away it is, in milliseconds
function attendance.nearest(ms)
  local best, least
  for _, session in ipairs(sessions.all()) do
    local far = math.max(session.starts.utc - ms, ms - session.ends.utc, 0)
    if not least or far < least then best, least = session, far end
  end
  return best, least
end

-- ---- what is kept ---------------------------------------------------------------------------------------

-- attendance.of(key) -> list of what is known, or nil
function attendance.of(key)
  return usher.book("attendance"):get(key)
end

local function keep(key, list)
  if #list > 0 then usher.book("attendance"):set(key, list) else usher.book("attendance"):remove(key) end
  live.moved()
end

local function is_about(entry, session)
  return entry.session == nil or entry.session == session.id
end

-- When somebody was in the meeting who was never seen to leave: until Zoom said that it is over, until the
-- session's end, or until now, while it is on.
local function closer(ended)
  local now = usher.now()
  return function(at)
    for _, moment in ipairs(ended) do
      if moment >= at then return moment end
    end
    return math.min(attendance.nearest(at).ends.utc, math.max(now, at))
  end
end

local function by_meeting(list)
  local meetings = {}
  for _, entry in ipairs(list) do
    if entry.did then
      local meeting = entry.meeting or ""
      meetings[meeting] = meetings[meeting] or {}
      table.insert(meetings[meeting], entry)
    end
  end
  return meetings
end

local function ended_of(meeting)
  local known = usher.book("meetings"):get(meeting)
  return known and known.ended or {}
end

-- What Zoom's facts of a person mean: spans, and the moments of leaving of which no coming is known.
local function zoom_spans(list)
  local spans, lone, meetings = {}, {}, by_meeting(list)
  local ids = {}
  for meeting in pairs(meetings) do ids[#ids + 1] = meeting end
  table.sort(ids)
  for _, meeting in ipairs(ids) do
    local some, left = intervals.pair(meetings[meeting], closer(ended_of(meeting)))
    table.move(some, 1, #some, #spans + 1, spans)
    table.move(left, 1, #left, #lone + 1, lone)
  end
  return spans, lone
end

-- Too many facts become spans: the time stays, the devices are forgotten. What is open or lone is kept as it
-- is, because its other half may still arrive.
local function squeeze(list)
  local n, kept, spans = 0, {}, {}
  for _, entry in ipairs(list) do n = n + (entry.via == "zoom" and 1 or 0) end
  if n <= FACTS_MAX then return list end
  local paired, open = {}, {}
  for _, facts_of_one in pairs(by_meeting(list)) do
    local all, lone = intervals.pair(facts_of_one, function() return math.huge end)
    for _, span in ipairs(all) do
      if span[2] < math.huge then paired[#paired + 1] = span else open[span[1]] = true end
    end
    for _, at in ipairs(lone) do open[at] = true end
  end
  for _, entry in ipairs(list) do
    if entry.via ~= "zoom" or entry.did and open[entry.at] then kept[#kept + 1] = entry
    elseif entry.till then spans[#spans + 1] = { entry.at, entry.till } end
  end
  table.move(paired, 1, #paired, #spans + 1, spans)
  for _, span in ipairs(intervals.squeeze(spans, SPANS_MAX)) do
    kept[#kept + 1] = { at = span[1], till = span[2], via = "zoom" }
  end
  return kept
end

-- What is said again of the same time is nothing new.
local function is_same(a, b)
  return a.at == b.at and a.via == b.via and a.did == b.did and a.device == b.device and a.till == b.till
    and a.minutes == b.minutes and a.session == b.session and a.meeting == b.meeting
end

local function has(list, entry)
  for _, known in ipairs(list) do
    if is_same(known, entry) then return true end
  end
  return false
end

-- attendance.add(key, entries) -> how many of them are new. What is known already is passed over.
function attendance.add(key, entries)
  local list, n = attendance.of(key) or {}, 0
  for _, entry in ipairs(entries) do
    if not has(list, entry) then list[#list + 1], n = entry, n + 1 end
  end
  if n > 0 then keep(key, squeeze(list)) end
  return n
end

-- attendance.ended(meeting, ms): Zoom said that the meeting is over.
function attendance.ended(meeting, ms)
  local list = ended_of(meeting)
  for _, known in ipairs(list) do
    if known == ms then return end
  end
  list[#list + 1] = ms
  table.sort(list)
  if #list > ENDED_MAX then table.remove(list, 1) end
  usher.book("meetings"):set(meeting, { ended = list })
  live.moved()
end

-- Adds a moment (of the page, of a hand), and forgets the second of too many of its kind at that session.
local function add_moment(key, kind, entry)
  local list, places = attendance.of(key) or {}, {}
  for i, known in ipairs(list) do
    if known.via:find(kind) and known.session == entry.session then places[#places + 1] = i end
  end
  if #places >= MOMENTS_MAX then table.remove(list, places[2]) end
  list[#list + 1] = entry
  keep(key, list)
end

local function last_page(key, id)
  local last
  for _, entry in ipairs(attendance.of(key) or {}) do
    if entry.via == "page" and entry.session == id then last = entry end
  end
  return last
end

-- attendance.joined(key, via): somebody went in while the way in was open; of a series, to the session that
-- is on.
function attendance.joined(key, via)
  local now, id = usher.now(), nil
  if sessions.is_series() then
    local session = sessions.around(now, BEFORE_MS, AFTER_MS)
    if not session then return end
    id = session.id
  end
  local last = last_page(key, id)
  if last and now - last.at < SAME_MS then return end
  add_moment(key, "^page$", { at = now, via = via, session = id })
end

-- ---- what it says ---------------------------------------------------------------------------------------

-- The last thing that a hand wrote down about a session, or nil.
local function hand_of(list, session)
  for i = #list, 1, -1 do
    if list[i].via:find("^hand:") and is_about(list[i], session) then return list[i] end
  end
end

local function page_of(list, session)
  for _, entry in ipairs(list) do
    if entry.via == "page" and is_about(entry, session) then return entry end
  end
end

-- What zoom or csv says of a session: { spans, lone (moments), sum, ms = how long in all, present }, or nil.
local function said_by(list, via, session, from, to)
  local said = { spans = {}, lone = {}, sum = 0 }
  if via == "zoom" then
    local spans, lone = zoom_spans(list)
    said.spans = intervals.clip(spans, from, to)
    for _, at in ipairs(lone) do
      if at >= from and at <= to then said.lone[#said.lone + 1] = at end
    end
  end
  for _, entry in ipairs(list) do
    if entry.via == via and is_about(entry, session) then
      if entry.till then
        said.spans[#said.spans + 1] = intervals.clip({ { entry.at, entry.till } }, from, to)[1]
      elseif entry.minutes then
        said.sum = math.max(said.sum, math.min(entry.minutes * MINUTE_MS, to - from))
      end
    end
  end
  said.ms = math.max(intervals.total(said.spans), said.sum)
  return (#said.spans > 0 or #said.lone > 0 or said.sum > 0) and said or nil
end

local function is_measured(list)
  for _, entry in ipairs(list) do
    if entry.via == "zoom" or entry.via == "csv" then return true end
  end
  return false
end

-- How long in all: two sources never count a minute twice. nil: nothing tells.
local function both(zoom, csv)
  if not zoom or not csv then return (zoom or csv or {}).ms end
  local spans = table.move(csv.spans, 1, #csv.spans, #zoom.spans + 1, { table.unpack(zoom.spans) })
  return math.max(intervals.total(spans), zoom.sum, csv.sum)
end

-- How long somebody must be there to have been there, or nil.
local function least_ms(session)
  local rule = facts.event.attended
  if not rule then return nil end
  if rule.half then return (session.ends.utc - session.starts.utc) // 2 end
  return rule.minutes * MINUTE_MS
end

-- The rule counts once the session is over: before, nobody could have been there for long enough. Who is only
-- known from the page has no minutes, and was there.
local function judge(seen, session)
  if seen.hand then
    seen.come = not seen.hand.absent
    seen.present = seen.come
    return seen
  end
  seen.come = seen.page ~= nil or seen.ms ~= nil
  local least = seen.ms and usher.now() >= session.ends.utc and least_ms(session)
  seen.present = seen.come and (not least or seen.ms >= least)
  return seen
end

-- What is known of one person at one session: { page, hand = entries, zoom, csv = as said_by has it, ms,
-- come, present }. Most people are only known from the page: of thousands that is looked at first.
local function look(list, session)
  local from, to = attendance.opens_at(session), attendance.closes_at(session)
  local seen = { page = page_of(list, session), hand = hand_of(list, session) }
  if is_measured(list) then
    seen.zoom, seen.csv = said_by(list, "zoom", session, from, to), said_by(list, "csv", session, from, to)
    seen.ms = both(seen.zoom, seen.csv)
  end
  return judge(seen, session)
end

local function sources_of(seen)
  local sources, page, hand = {}, seen.page, seen.hand
  if page then sources[1] = { via = "page", present = true, at = page.at } end
  for _, via in ipairs { "zoom", "csv" } do
    local said = seen[via]
    if said then
      local first = intervals.union(said.spans)[1]
      sources[#sources + 1] = { via = via, present = true, minutes = said.ms // MINUTE_MS,
        at = first and first[1] or said.lone[1], lone = #said.lone > 0 and #said.spans == 0 or nil }
    end
  end
  if hand then
    sources[#sources + 1] = { via = "hand", present = not hand.absent, at = hand.at,
      who = hand.via:match("^hand:(.*)$") }
  end
  return sources
end

-- attendance.seen(key, session) -> { present, come, minutes (or nil), sources }
function attendance.seen(key, session)
  local seen = look(attendance.of(key) or {}, session)
  return { present = seen.present, come = seen.come, minutes = seen.ms and seen.ms // MINUTE_MS,
    sources = sources_of(seen) }
end

-- attendance.sources(key, session) -> list of { via = "page", "zoom", "csv" or "hand", present, minutes, at =
-- ms when it begins, who = whose hand it was, lone = Zoom saw them leave and not come }
function attendance.sources(key, session) return attendance.seen(key, session).sources end

-- attendance.minutes_of(list, session) -> whole minutes, or nil: of entries that may be nobody's yet
function attendance.minutes_of(list, session)
  local ms = look(list, session).ms
  return ms and ms // MINUTE_MS
end

-- attendance.minutes(key, session) -> whole minutes, or nil when nothing tells: a page and a hand have none.
-- Without a session those of all together.
function attendance.minutes(key, session)
  local list, sum = attendance.of(key), nil
  if not list then return nil end
  for _, one in ipairs(session and { session } or sessions.all()) do
    local minutes = attendance.minutes_of(list, one)
    if minutes then sum = (sum or 0) + minutes end
  end
  return sum
end

local function any_session(key, session, field)
  local list = attendance.of(key)
  if not list then return false end
  if session then return look(list, session)[field] end
  for _, one in ipairs(sessions.all()) do
    if look(list, one)[field] then return true end
  end
  return false
end

-- attendance.was_there(key, session) -> yes or no, by the event's rule about minutes. Without a session: at
-- one of them at least. A hand has the last word.
function attendance.was_there(key, session) return any_session(key, session, "present") end

-- attendance.has_come(key, session) -> yes or no: however short it was. What counts while it is on.
function attendance.has_come(key, session) return any_session(key, session, "come") end

-- attendance.least_minutes(session) -> how many are needed, or nil
function attendance.least_minutes(session)
  local least = least_ms(session)
  return least and least // MINUTE_MS
end

-- ---- by hand --------------------------------------------------------------------------------------------

-- attendance.session_of(text) -> session that is meant: its id; nil: the one that is on, or was last. Raises
-- a sentence.
function attendance.session_of(text)
  if text == nil or text == "" then
    if not sessions.is_series() or attendance.current().starts.utc - BEFORE_MS <= usher.now() then
      return attendance.current()
    end
    error("no session has begun yet: say which one is meant, as in  --session " .. sessions.all()[1].id, 0)
  end
  local found = sessions.find(tostring(text))
  if found then return found end
  if not sessions.is_series() then error("this event is no series: leave the session out", 0) end
  local ids = {}
  for i, session in ipairs(sessions.all()) do ids[i] = session.id end
  error(("there is no session '%s': there are %s"):format(tostring(text), table.concat(ids, ", ")), 0)
end

-- attendance.title(session) -> "session 3", or nil for an event that is one
function attendance.title(session)
  return sessions.is_series() and "session " .. session.id or nil
end

-- attendance.write(person, session, present, who): what a hand says.
function attendance.write(person, session, present, who)
  add_moment(person.key, "^hand:", { at = usher.now(), via = "hand:" .. who, absent = not present or nil,
    session = sessions.is_series() and session.id or nil })
  usher.audit(present and "marked as present" or "marked as absent", attendance.title(session), who,
    person.key)
end

-- attendance.mark{ person, present, who, session } -> { key, name, present, text }: the handler of
-- `usher attended`
function attendance.mark(request)
  local person, why = roster.find(tostring(request.person or ""))
  if not person then error(why, 0) end
  local session = attendance.session_of(request.session)
  local present, who = request.present ~= false, tostring(request.who or "")
  attendance.write(person, session, present, who)
  local name, title = roster.shown(person), attendance.title(session)
  return { key = person.key, name = name, present = present,
    text = ("%s: %s%s"):format(name, present and "was there" or "was not there",
      title and ", " .. title or "") }
end

-- ---- in a rehearsal -------------------------------------------------------------------------------------

local joins_after <const> = { confirmation = true, ["signup-seat"] = true }

-- The sessions to which a mail makes somebody come: that of which it speaks; what confirms, those that they
-- have chosen, or all of them. Only who is asked to make up for one comes to a session that does.
local function sessions_of(about)
  if about.session then return { sessions.find(about.session) } end
  if sessions.is_series() and not joins_after[about.rule] then return {} end
  local answer, list = usher.book("answers"):get(about.person), {}
  if not sessions.is_series() or not answer or not answer.sessions then return sessions.regular() end
  for _, id in ipairs(answer.sessions) do list[#list + 1] = sessions.find(id) end
  return list
end

-- Whoever has said yes goes in five minutes after the start of each session, by their own link.
pretend.add(function(mail)
  local about = mail.args and mail.args.about or {}
  local person = roster.person(about.person or "")
  local confirms = joins_after[about.rule] or tostring(about.audience):find("^coming")
  if not person or not person.guest or not confirms or not pretend.is_there(mail.guest) then return nil end
  local acts = {}
  for _, session in ipairs(sessions_of(about)) do
    local at = session.starts.utc + SAME_MS
    if usher.now() < at then
      acts[#acts + 1] = { at = at, about = { person = person.key, did = "joined" },
        visit = { method = "POST", path = links.path("join", person) } }
    end
  end
  return #acts > 0 and acts or nil
end)

return attendance
