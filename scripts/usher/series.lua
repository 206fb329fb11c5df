-- SPDX-License-Identifier: MIT
-- series: an event of several dates, with one set of rules. The dates come from a phrase ("Tuesday
-- 14:00-16:00"), a recurrence rule or a list; `session` changes one of them, or adds one.
--
-- `sessions = 6` means six that take place: a date that is left out, because nobody works or the script says
-- so, is made up for at the end. COUNT in a recurrence rule means what the RFC says: then it is one less.
--
-- An id is the number in the series, "1", "2", ... as text, and stays when a session moves; that of a session
-- which is added is a name. A session is { id, number, title, starts, ends, where, dated = true: its date is
-- written down, and does not follow from a phrase and a list of holidays; speaks = keys of people, makes_up =
-- id or "any" }.
local calendar = require "usher.calendar"
local check = require "usher.check"
local event = require "usher.event"
local every_phrase = require "usher.every"
local facts = require "usher.facts"

local series = {}

local SESSIONS_MAX <const> = 100
local LOOK_MAX <const> = 1000 -- dates that are looked at before a series counts as endless

local known <const> = { every = "text?", rrule = "text?", dates = "list?", from = "text?", sessions = "any?",
  skip = "holidays|nothing?", except = "list?", titles = "list?", pass = "any?", choice = "all|some?" }

-- ---- dates --------------------------------------------------------------------------------------------

local function moved_by()
  local _, told = usher.rehearsing()
  return told and told.moved
end

-- "Tue 6 Apr 2021 14:00-16:00" by the event's clock, or a refusal.
local function read_span(where, text)
  local zone = facts.event.zone
  local fine, starts, ends = pcall(usher.time.parse, ("%s %s"):format(text, zone))
  if not fine then check.refuse("%s: %s", where, check.clean(starts)) end
  if not ends then
    check.refuse('%s: "%s" has no end: write a time from-to, as in 14:00-16:00', where, text)
  end
  return { starts = starts, ends = ends }
end

local function shifted(span)
  local by = moved_by()
  if not by then return span end
  return { starts = usher.time.shift(span.starts, by), ends = usher.time.shift(span.ends, by) }
end

local function date_of(moment) return moment.wall:sub(1, 10) end

local function excepted(o)
  local dates = {}
  for i, text in ipairs(o.except or {}) do
    local fine, moment = pcall(usher.time.at, ("%s 12:00"):format(tostring(text)), facts.event.zone)
    if not fine then check.refuse("series: except: number %d: %s", i, check.clean(moment)) end
    dates[date_of(moment)] = true
  end
  return dates
end

-- Why no session is held on that date, or nil.
local function why_not(date, o, except)
  if except[date] then except[date] = "met" return "except" end
  return o.skip ~= "nothing" and calendar.holiday(date, facts.event.zone)
end

local function check_except(except)
  for date, met in pairs(except) do
    if met ~= "met" then check.refuse("series: except: no session would be on %s", date) end
  end
end

local function count_of(o)
  if math.type(o.sessions) == "integer" and o.sessions >= 1 and o.sessions <= SESSIONS_MAX then
    return o.sessions
  end
  check.refuse("series: say how many are held:  sessions = 6  (at most %d)", SESSIONS_MAX)
end

-- The wall clock of another day.
local function on(date, first)
  local zone = facts.event.zone
  local function at(moment)
    local fine, placed = pcall(usher.time.at, ("%s %s"):format(date, moment.wall:sub(12)), zone)
    if not fine then check.refuse("series: %s", check.clean(placed)) end
    return placed
  end
  return { starts = at(first.starts), ends = at(first.ends) }
end

local function occurrences(rule, starts)
  local fine, list = pcall(usher.time.rrule, { starts = starts, rule = rule, limit = LOOK_MAX })
  if not fine then check.refuse("series: %s", check.clean(list)) end
  return list
end

local function add_held(list, o, except, first, most, dates)
  for _, moment in ipairs(dates) do
    if #list == most then return end
    local date = date_of(moment)
    local off = why_not(date, o, except)
    if not off then list[#list + 1] = on(date, first)
    elseif off ~= "except" then
      facts.note("series: no session on %s: %s", usher.time.format(moment, moment.zone, "%a %d %b %Y"), off)
    end
  end
end

-- every = "Tuesday 14:00-16:00": so many that are held.
local function by_phrase(o)
  local rule, clocks, problem = every_phrase.read(o.every, facts.event.weekend)
  if not rule then check.refuse("series: every: %s", problem) end
  if not o.from then check.refuse('series: from when on? Add  from = "6 Apr 2021"') end
  local first = read_span("series: from", ("%s %s"):format(o.from, clocks))
  local list, except, most = {}, excepted(o), count_of(o)
  add_held(list, o, except, first, most, occurrences(rule, first.starts))
  if #list < most then check.refuse("series: every: only %d dates of %d are found", #list, most) end
  check_except(except)
  return list
end

-- rrule = "FREQ=WEEKLY;BYDAY=TU;COUNT=6": what the rule says, less what is left out.
local function by_rule(o)
  if not o.from then check.refuse('series: from when on? Add  from = "6 Apr 2021 14:00-16:00"') end
  if o.sessions then
    check.refuse("series: an rrule says itself how many, with COUNT or UNTIL: leave  sessions  out")
  end
  local first, list, except = read_span("series: from", o.from), {}, excepted(o)
  local dates = occurrences(o.rrule, first.starts)
  if #dates > SESSIONS_MAX then
    check.refuse("series: rrule: these are more than %d sessions", SESSIONS_MAX)
  end
  add_held(list, o, except, first, SESSIONS_MAX, dates)
  check_except(except)
  return list
end

local function by_list(o)
  local list = {}
  if #o.dates == 0 or #o.dates > SESSIONS_MAX then
    check.refuse("series: dates: list from 1 to %d of them", SESSIONS_MAX)
  end
  for i, text in ipairs(o.dates) do
    if type(text) ~= "string" then check.refuse("series: dates: number %d is not a text", i) end
    list[i] = read_span(("series: dates: number %d"):format(i), text)
  end
  return list
end

local ways <const> = { every = by_phrase, rrule = by_rule, dates = by_list }

local function read_dates(o)
  local way
  for name in pairs(ways) do
    if o[name] and way then check.refuse("series: say one of every, rrule and dates, not two") end
    if o[name] then way = name end
  end
  if not way then
    check.refuse('series: when is it? Add  every = "Tuesday 14:00-16:00", from = "6 Apr 2021", sessions = 6')
  end
  return ways[way](o)
end

-- ---- the whole ----------------------------------------------------------------------------------------

local function by_start(a, b) return a.starts.utc < b.starts.utc end

-- The event lasts from the first session to the last.
local function set_event()
  local about, first, last = facts.event, facts.sessions[1], facts.sessions[1]
  for _, session in ipairs(facts.sessions) do
    if by_start(session, first) then first = session end
    if last.ends.utc < session.ends.utc then last = session end
  end
  about.starts, about.ends = first.starts, last.ends
end

local function regular()
  local n = 0
  for _, session in ipairs(facts.sessions) do n = n + (session.makes_up and 0 or 1) end
  return n
end

-- "5 of 6", "all", 5 -> 5
local function read_pass(pass)
  if pass == nil or pass == "all" then return pass end
  local n = math.type(pass) == "integer" and pass
  local some, all = tostring(pass):match("^(%d+) of (%d+)$")
  if all and tonumber(all) ~= regular() then
    check.refuse("series: pass: there are %d sessions, not %s", regular(), all)
  end
  n = n or math.tointeger(tonumber(some))
  if not n or n < 1 or n > regular() then
    check.refuse('series: pass is "all", or how many of the sessions: "%d of %d"',
      math.max(1, regular() - 1), regular())
  end
  return n
end

local function check_titles(titles, n)
  for i, title in ipairs(titles or {}) do
    if type(title) ~= "string" then check.refuse("series: titles: number %d is not a text", i) end
  end
  if titles and #titles ~= n then
    check.refuse("series: titles: there are %d for %d sessions", #titles, n)
  end
end

local function declare(given)
  local about = facts.need_event("series")
  facts.need_no_rules("series")
  if facts.series then check.refuse("series: a script has one series") end
  if about.starts then
    check.refuse('series: the event has a date of its own: write  zone = "%s"  instead of  when = ...',
      about.zone)
  end
  local o = check.options("series", given, known)
  local spans = read_dates(o)
  check_titles(o.titles, #spans)
  for i, span in ipairs(spans) do
    span = shifted(span)
    facts.sessions[i] = { id = ("%d"):format(i), number = i, title = o.titles and o.titles[i],
      starts = span.starts, ends = span.ends, dated = o.dates ~= nil or nil, where = about.where }
  end
  facts.series = { pass = read_pass(o.pass), choice = o.choice or "all" }
  set_event()
end

--- series { every = "Tuesday 14:00-16:00", from = "6 Apr 2021", sessions = 6 } -> nothing
--- Says that the event takes place several times, by one set of rules. every: weekdays and a time from-to
--- ("Tuesday and Thursday 10:00-12:00", "other Friday 9:00-12:00", "first Monday of the month 14:00-15:00",
--- "working day 9:00-10:00"); sessions: how many are held. Dates on which nobody works (holidays, above) are
--- left out and made up for at the end, unless skip = "nothing"; except lists further dates. Instead of
--- every: dates, a list ("Tue 6 Apr 2021 14:00-16:00"), or rrule, a rule of RFC 5545 with from = "6 Apr 2021
--- 14:00-16:00", where COUNT counts what is left out as well. titles: one for each session. pass: who has
--- passed, "5 of 6" or "all" (the audience `passed`). choice = "some": guests say to which they come.
--- Rules whose audience depends on the session (coming, present, absent, speakers, host, organisers) hold for
--- each; others, and those that say each_session = false, once for the whole series.
--- Example: event "course" { title = "Course", zone = "Asia/Thimphu", from = "Office <a@moic.example>" }
--- series { every = "Tuesday 14:00-16:00", from = "6 Apr 2021", sessions = 6, pass = "5 of 6" }
series.series = check.word(declare)

-- ---- one session --------------------------------------------------------------------------------------

local of_session <const> = { when = "text?", title = "text?", where = "any?", speakers = "names?",
  makes_up = "any?", off = "yes_no?" }

local function position(id)
  for i, session in ipairs(facts.sessions) do
    if session.id == id then return i, session end
  end
end

local function ids()
  local list = {}
  for i, session in ipairs(facts.sessions) do list[i] = session.id end
  return list
end

local function read_makes_up(title, o)
  local id = o.makes_up
  if id == nil or id == "any" then return id end
  id = tostring(id)
  local _, session = position(id)
  if not session or session.makes_up then
    check.refuse('%s: makes_up is "any", or the number of a session, not %s%s', title, id,
      check.meant(id, ids()))
  end
  return id
end

local function add_session(title, id, o)
  if not o.makes_up then
    check.refuse('%s: there is no such session%s; one that is added says what it is for: makes_up = "any"',
      title, check.meant(id, ids()))
  end
  if not o.when then check.refuse('%s: when is it? Add  when = "Thu 20 May 2021 14:00-16:00"', title) end
  if #facts.sessions == SESSIONS_MAX then
    check.refuse("%s: a series has at most %d sessions", title, SESSIONS_MAX)
  end
  local session = { id = id, number = #facts.sessions + 1, where = facts.event.where }
  facts.sessions[#facts.sessions + 1] = session
  return session
end

-- Taken out, with its id: whoever has heard of it is told, and what waits for it ends.
local function call_off(title, at, session)
  if regular() == 1 and not session.makes_up then
    check.refuse("%s: no session is left: to call the whole event off, use  usher cancel", title)
  end
  table.remove(facts.sessions, at)
  facts.sessions_off[session.id] = session
end

local function change(id, given)
  local title = ('session "%s"'):format(id)
  local o = check.options(title, given, of_session)
  local at, session = position(id)
  if session and o.makes_up then check.refuse("%s: it is one of the series, and makes up for none", title) end
  session = session or add_session(title, id, o)
  if o.when then
    local span = shifted(read_span(title, o.when))
    session.starts, session.ends, session.dated = span.starts, span.ends, true
  end
  session.title = o.title or session.title
  session.makes_up = read_makes_up(title, o)
  if o.where then session.where = event.place(title, o.where) end
  session.speaks = type(o.speakers) == "string" and { o.speakers } or o.speakers
  if o.off then call_off(title, at or #facts.sessions, session) end
  set_event()
end

--- session "3" { when =, title =, where =, speakers =, off = } -> nothing
--- Changes one session of the series, below `series`: another date ("Thu 22 Apr 2021 14:00-16:00"), its
--- title, its place, who speaks at it (keys of people: the audience `speakers` of that session), or off =
--- true: it does not take place, and whoever has heard of it is told so. With a name that is no session's it
--- adds one: makes_up = "any", or the number of the session that it makes up for. Whoever was at it counts as
--- having been at one that they missed.
--- Example: event "course" { title = "Course", zone = "Asia/Thimphu", from = "Office <a@moic.example>" }
--- series { dates = { "Tue 6 Apr 2021 14:00-16:00", "Tue 13 Apr 2021 14:00-16:00" } }
--- session "2" { when = "Thu 15 Apr 2021 14:00-16:00" }
series.session = check.word(function(id)
  facts.need_event("session")
  facts.need_no_rules("session")
  if math.type(id) == "integer" then id = ("%d"):format(id) end
  check.name("session", id)
  if not facts.series then check.refuse('session "%s": it belongs below  series { ... }', id) end
  return check.options_follow("session", id, function(given) change(id, given) end)
end)

return series
