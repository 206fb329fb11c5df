-- SPDX-License-Identifier: MIT
-- attendance_report: Zoom's participant report, as Zoom's API tells it or as a CSV file. That comes in these
-- forms, in English:
--   Name (Original Name), User Email, Join Time, Leave Time, Duration (Minutes), Guest, ...   a row a visit
--   Name (Original Name), User Email, Total Duration (Minutes), Guest          a row a person, added up
-- with or without two lines about the meeting above them (Meeting ID, Topic, Start Time, ...), and with the
-- newer names of the columns (Name (original name), Email, Join time).
--
-- Its clock times have no zone: they are those of whoever has the account. They are read in the event's, or
-- in the zone that is said. 04/06/2021 is the 6th of April or the 4th of June: whichever lies in the time of
-- a session, since a report of another day would be the wrong one anyway.
-- Nothing of a file is taken until all of it is right, and what is known already is passed over: reading a
-- file twice changes nothing.
local attendance = require "usher.attendance"
local check = require "usher.check"
local csv = require "usher.csv"
local facts = require "usher.facts"
local match = require "usher.attendance_match"
local sessions = require "usher.sessions"
local strangers = require "usher.attendance_strangers"

local report = {}

local MINUTE_MS <const> = 60 * 1000
local DAY_MINUTES <const> = 24 * 60
local NEAR_MS <const> = 12 * 60 * MINUTE_MS -- a host who opens the room in the morning is in the report, too

-- ---- the table in the file ----------------------------------------------------------------------------

local aliases <const> = { user_name = "name", user_email = "mail", email = "mail", join_time = "joined",
  leave_time = "left", duration = "minutes", total_duration = "minutes", in_waiting_room = "waited" }

-- "total_duration_(minutes)" as csv.read makes it of a column's name -> "minutes"
local function column_of(name)
  local plain = name:gsub("_?%b()", "")
  return aliases[plain] or plain
end

-- The line in which the table of participants begins, by its number and where it stands; nil: there is none.
local function find_table(text)
  local at, line = 1, 1
  while at <= #text do
    local stop = text:find("\n", at, true) or #text + 1
    local words = text:sub(at, stop - 1):lower():gsub('"', "")
    local named = words:find("name (original name)", 1, true) or words:find("^name[,;\t]")
    local timed = words:find("duration", 1, true) or words:find("join time", 1, true)
    if named and timed then return at, line end
    at, line = stop + 1, line + 1
  end
end

-- The two lines about the meeting: { meeting_id or id, start_time, ... }, or nothing.
local function read_head(text, file)
  local rows = csv.read(text, file, check.problems(file))
  return rows[1] and rows[1].cells or {}
end

local function plain_cells(row)
  local cells = {}
  for name, value in pairs(row.cells) do cells[column_of(name)] = value end
  return cells
end

-- The rows of the table, and what stands above it.
local function read_table(text, file, found)
  text = text:gsub("^\u{FEFF}", "")
  local at, line = find_table(text)
  if not at then
    check.refuse("%s is no participant report of Zoom's: no line has the columns Name (Original Name) and "
      .. "Duration (Minutes)", file)
  end
  local rows = csv.read(("\n"):rep(line - 1) .. text:sub(at), file, found)
  return rows, at > 1 and read_head(text:sub(1, at - 1), file) or {}
end

-- ---- clock times --------------------------------------------------------------------------------------

local function hour_of(hour, half)
  hour = tonumber(hour)
  if half == "" then return hour end
  if hour < 1 or hour > 12 then return nil end
  return hour % 12 + (half:lower() == "p" and 12 or 0)
end

-- The parts of "04/06/2021 02:05:10 PM", "2021-04-06 14:05:10" or "2021-04-06T14:05": year, the two others in
-- their order, whether that order is open, the clock.
local function parts_of(text)
  local date, clock = text:match("^(%S-)[T ]+(%d.*)$")
  if not date then return nil end
  local year, month, day = date:match("^(%d%d%d%d)%-(%d%d?)%-(%d%d?)$")
  local a, b, last = date:match("^(%d%d?)[/.](%d%d?)[/.](%d%d%d%d)$")
  local hour, minute, second, half = clock:match("^(%d%d?):(%d%d):?(%d*) ?([AaPp]?)[Mm]?$")
  local h = hour and hour_of(hour, half)
  if not h or not (year or a) then return nil end
  return { year = year or last, a = tonumber(month or a), b = tonumber(day or b), is_open = a ~= nil,
    clock = ("%02d:%s"):format(h, minute), seconds = tonumber(second) or 0 }
end

-- ms, or nil. order: "month" or "day", which of the two comes first where that is open.
local function read_time(text, order, zone)
  local parts = text and parts_of(text)
  if not parts then return nil end
  local month, day = parts.a, parts.b
  if parts.is_open and order == "day" then month, day = day, month end
  local wall = ("%s-%02d-%02d %s"):format(parts.year, month, day, parts.clock)
  local fine, moment = pcall(usher.time.at, wall, zone, { clock = "earlier" })
  return fine and moment.utc + parts.seconds * 1000 or nil
end

-- ---- a row --------------------------------------------------------------------------------------------

local function minutes_in(cells)
  local n = math.tointeger(tonumber(cells.minutes or ""))
  return n and n >= 0 and n <= DAY_MINUTES and n or nil
end

local function read_visit(cells, where, with, found)
  local from = read_time(cells.joined, with.order, with.zone)
  local to = read_time(cells.left, with.order, with.zone)
  if not from or not to then
    found.add("%s: '%s' is no moment: write it as 2021-02-25 14:05:00 or 02/25/2021 02:05:00 PM", where,
      not from and cells.joined or not to and cells.left or "")
    return nil
  end
  if to < from then
    found.add("%s: left at %s, before having come at %s", where, cells.left, cells.joined)
    return nil
  end
  return { at = from, till = to, via = "csv", session = with.id }
end

local function read_sum(cells, where, with, found)
  local minutes = minutes_in(cells)
  if not minutes then
    found.add("%s: '%s' is no number of minutes", where, cells.minutes or "")
    return nil
  end
  return { at = with.session.starts.utc, minutes = minutes, via = "csv", session = with.id }
end

local function read_row(row, file, with, found)
  local cells, where = plain_cells(row), ("%s:%d"):format(file, row.line)
  local name, mail = match.tidy(cells.name), match.tidy(cells.mail)
  if (cells.waited or ""):lower() == "yes" then return nil end -- before the door, not in the meeting
  if not name and not mail then
    found.add("%s: a participant without a name and an address", where)
    return nil
  end
  local read = (cells.joined or cells.left) and read_visit or read_sum
  local entry = read(cells, where, with, found)
  return entry and { participant = { name = name, mail = mail }, entry = entry }
end

local function read_rows(rows, file, with)
  local found, taken, near = check.problems(file), {}, 0
  for _, row in ipairs(rows) do
    local one = read_row(row, file, with, found)
    taken[#taken + 1] = one
    if one and (one.entry.minutes or report.is_near(one.entry, with.session)) then near = near + 1 end
  end
  return { rows = taken, found = found, near = near }
end

-- report.is_near(entry, session) -> does the span touch the time of a session (or of that one)?
function report.is_near(entry, session)
  local function touches(one)
    return entry.till >= attendance.opens_at(one) and entry.at <= attendance.closes_at(one)
  end
  if session then return touches(session) end
  for _, one in ipairs(sessions.all()) do
    if touches(one) then return true end
  end
  return false
end

-- ---- a file -------------------------------------------------------------------------------------------

local function digits(text) return (tostring(text or ""):gsub("%D", "")) end

local function check_meeting(head, file)
  local id = digits(head.meeting_id or head.id)
  local own = facts.event.where and facts.event.where.kind == "zoom" and digits(facts.event.where.id) or ""
  for _, session in ipairs(sessions.all()) do
    local where = session.where
    if where and where.kind == "zoom" and digits(where.id) == id then return end
  end
  if id ~= "" and own ~= "" and id ~= own then
    check.refuse("%s is about the meeting %s, and this event's is %s", file, id, own)
  end
end

-- Sums have no times: which session is meant must be said, or follow from the meeting's start.
local function session_of_sums(head, zone)
  for _, order in ipairs { "month", "day" } do
    local at = read_time(head.start_time, order, zone)
    local session, far = attendance.nearest(at or 0)
    if at and far <= NEAR_MS then return session end
  end
  if sessions.is_series() then
    check.refuse("this report adds the minutes up and has no times: say which session it is of, as in  "
      .. "--session %s", attendance.current().id)
  end
  return attendance.current()
end

local function has_times(rows)
  for _, row in ipairs(rows) do
    local cells = plain_cells(row)
    if cells.joined or cells.left then return true end
  end
  return false
end

local function where_it_lies(session)
  local title = session and attendance.title(session)
  return title and "in the time of " .. title or sessions.is_series() and "in the time of any session"
    or "in the time of the event"
end

-- The reading in which more of the file lies near a session; of two that are as good, the first.
local function best_reading(rows, file, with)
  local best
  for _, order in ipairs { "month", "day" } do
    with.order = order
    local reading = read_rows(rows, file, with)
    local better = best and (#reading.found.list < #best.found.list or reading.near > best.near)
    if not best or better then best = reading end
  end
  return best
end

-- report.read(text, file, { session = id, zone }) -> list of { participant, entry }. Raises a refusal with
-- every problem of the file.
function report.read(text, file, given)
  local found = check.problems(file)
  local rows, head = read_table(text, file, found)
  found.raise()
  check_meeting(head, file)
  local zone = given.zone or facts.event.zone
  local session = given.session and attendance.session_of(given.session)
  if not session and not has_times(rows) then session = session_of_sums(head, zone) end
  local reading = best_reading(rows, file, { zone = zone, session = session,
    id = session and sessions.is_series() and session.id or nil })
  reading.found.raise()
  if #reading.rows == 0 then check.refuse("%s: nobody is in it", file) end
  if reading.near == 0 then
    check.refuse("%s: nothing of it lies %s. Its clock times are read in %s: say  --zone  when they are of "
      .. "another place", file, where_it_lies(session), zone)
  end
  return reading.rows
end

-- report.take(rows) -> { rows, new, people, strangers }: how many there were, how many of them said something
-- new, of how many people, and how many participants nobody knows
function report.take(rows)
  local index, sum, seen = match.index(), { rows = #rows, new = 0, people = 0, strangers = 0 }, {}
  for _, row in ipairs(rows) do
    local session = row.entry.session and sessions.find(row.entry.session)
      or attendance.nearest(row.entry.at)
    local key, new = strangers.receive(index, row.participant, session, { row.entry })
    local who = key or "?" .. (row.participant.mail or row.participant.name)
    sum.new = sum.new + new
    if not seen[who] then
      local field = key and "people" or "strangers"
      seen[who], sum[field] = true, sum[field] + 1
    end
  end
  return sum
end

-- attendance.report(session, rows): the same report as Zoom's API tells it. rows = list of { name, mail,
-- joined, left = ms, registrant, person = key of whom usher registered so }. Some hundred at once.
function attendance.report(session, rows)
  local index = match.index()
  for _, row in ipairs(rows) do
    strangers.receive(index, { name = match.tidy(row.name), mail = match.tidy(row.mail),
      registrant = row.registrant, key = row.person }, session, { { at = row.joined,
      till = row.left, via = "csv", session = sessions.is_series() and session.id or nil } })
  end
end

return report
