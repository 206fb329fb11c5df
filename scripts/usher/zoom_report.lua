-- SPDX-License-Identifier: MIT
-- zoom_report: who was in the meeting, from when to when, as Zoom has it. It is asked soon after the end,
-- since organisers want to thank people the same day, and once more a day later, since meetings overrun.
--   pages: https://developers.zoom.us/docs/api/meetings/#tag/reports
--
-- Zoom keeps a report for each time that the meeting was opened; a host who looked in at noon opened it too.
-- So those of the day are asked for and put together. What they say goes to attendance.lua.
--
--   book "zoom report": session's id -> { at = ms, rows = how many times somebody was in }
local attendance = require "usher.attendance"
local facts = require "usher.facts"
local sessions = require "usher.sessions"
local zoom_api = require "usher.zoom_api"
local zoom_guests = require "usher.zoom_guests"
local zoom_meeting = require "usher.zoom_meeting"
local zoom_trouble = require "usher.zoom_trouble"

local zoom_report = {}

local FLOW <const> = "zoom report"
local MINUTE_MS <const> = 60 * 1000
local DAY_MS <const> = 24 * 60 * MINUTE_MS
local SOON_MS <const> = 20 * MINUTE_MS -- Zoom needs some minutes to write it
local TRIED_MS <const> = 3 * DAY_MS
local AT_ONCE <const> = 100 -- rows in one decision: some milliseconds
local EARLY_MS <const>, LATE_MS <const> = 3 * 60 * MINUTE_MS, 6 * 60 * MINUTE_MS -- around the session

-- "2021-02-25T08:00:05Z" -> ms, or nil
local function instant(text)
  local date, clock, seconds = tostring(text):match("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d):(%d%d)")
  if not date then return nil end
  local fine, moment = pcall(usher.time.at, date .. " " .. clock, "UTC")
  return fine and moment.utc + tonumber(seconds) * 1000 or nil
end

local function text_or_nil(value) return type(value) == "string" and value ~= "" and value or nil end

-- zoom_report.rows(participants) -> list of { name, mail, joined, left, registrant }: what is of use of them.
function zoom_report.rows(participants)
  local rows = {}
  for _, one in ipairs(participants) do
    local joined, left = instant(one.join_time), instant(one.leave_time)
    if joined and left and left >= joined then
      rows[#rows + 1] = { name = text_or_nil(one.name), mail = text_or_nil(one.user_email), joined = joined,
        left = left, registrant = text_or_nil(one.registrant_id) }
    end
  end
  return rows
end

-- The times that the meeting was opened around the session: list of their names for the report's address.
local function openings(api, session, meeting, about)
  local past, trouble = zoom_api.ask(api, "GET", zoom_api.path("past_meetings", meeting, "instances"),
    { step = "when it was open", class = "medium", about = about, rehearse = { meetings = {} } })
  if not past and (trouble.status == 0 or trouble.status == 401) then return nil, trouble end
  local known, list = past and past.meetings, {} -- an app without the right to ask this gets the last one
  for _, one in ipairs(type(known) == "table" and known or {}) do
    local began = instant(one.start_time)
    local is_near = began and began >= session.starts.utc - EARLY_MS and began < session.ends.utc + LATE_MS
    if is_near and type(one.uuid) == "string" then list[#list + 1] = zoom_api.uuid(one.uuid) end
  end
  if #list == 0 then list[1] = meeting end -- the last one, whenever that was
  return list
end

local function ask(api, session, meeting)
  local about, all = { whom = session.title or facts.event.title }, {}
  local list, trouble = openings(api, session, meeting, about)
  if not list then return nil, trouble end
  for _, opening in ipairs(list) do
    local rows
    rows, trouble = zoom_api.pages(api, zoom_api.path("report", "meetings", opening, "participants"),
      "participants", { step = "who was there", class = "heavy", about = about,
        query = { include_fields = "registrant_id" } })
    if not rows then return nil, trouble end
    table.move(zoom_report.rows(rows), 1, #rows, #all + 1, all)
  end
  return all
end

-- Inside usher.decide: some of the rows; all: how many there are.
local function hand_over(session_id, rows, all)
  local session = sessions.find(session_id)
  if not session then return end
  local by_id = zoom_guests.people(session)
  for _, row in ipairs(rows) do row.person = row.registrant and by_id[row.registrant] end
  usher.book("zoom report"):set(session_id, { at = usher.now(), rows = all })
  attendance.report(session, rows)
end

local function attempt(api, session)
  local meeting = usher.decide("meeting", function()
    local known = zoom_meeting.of(session)
    return known and known.id or false
  end)
  if not meeting then return nil, { text = "there is no meeting to ask about" } end
  local rows, trouble = ask(api, session, meeting)
  if not rows then return nil, trouble end
  for first = 1, math.max(#rows, 1), AT_ONCE do
    local some = table.move(rows, first, math.min(first + AT_ONCE - 1, #rows), 1, {})
    usher.decide(("hand over %d"):format(first), hand_over, session.id, some, #rows)
  end
  return { people = #rows }
end

local function life(input)
  local session = sessions.find(input.session)
  local api = session and zoom_meeting.api(session)
  if not (api and api.report) then return { skipped = "Zoom is not to be asked any more" } end
  local ends, result = session.ends.utc, nil
  for _, after in ipairs { SOON_MS, DAY_MS } do
    local in_time, late = usher.due("after the end", ends + after, { late = ends + TRIED_MS })
    if not in_time then return result or { skipped = late } end
    local trouble
    result, trouble = zoom_api.until_done(ends + TRIED_MS, function() return attempt(api, session) end,
      zoom_trouble.note)
    if not result then return { skipped = trouble.text } end
  end
  return result
end

-- zoom_report.register(): when the script has said everything.
function zoom_report.register()
  usher.flow(FLOW, life)
  for _, session in ipairs(sessions.all()) do
    local api = zoom_meeting.api(session)
    if api and api.report then
      usher.start(FLOW, { key = session.id, label = session.title or facts.event.title,
        input = { session = session.id } })
    end
  end
end

return zoom_report
