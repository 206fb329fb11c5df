-- SPDX-License-Identifier: MIT
-- zoom_meeting: the meeting itself, one for each session: it is made or looked up once, and follows the date.
--   pages: https://developers.zoom.us/docs/api/meetings/#tag/meetings
--
-- Zoom makes a second meeting when it is asked a second time. So each has a mark in its description that
-- nothing else has, and usher looks for the mark before it makes one: after a crash, an answer that got lost,
-- or with a database from the backup, the meeting that is there is taken.
--
--   book "zoom": session's id -> { id = meeting's number, link, code, starts, ends = ms as Zoom has them,
--     title }
local editions = require "usher.editions"
local facts = require "usher.facts"
local sessions = require "usher.sessions"
local zoom_api = require "usher.zoom_api"
local zoom_trouble = require "usher.zoom_trouble"

local zoom_meeting = {}

local FLOW <const> = "zoom meeting" -- no rule can be called so: their names have no spaces
local MINUTE_MS <const> = 60 * 1000
local TOPIC_MAX <const> = 200 -- Zoom's
local LOOKS_MAX <const> = 5   -- how often one attempt looks for a meeting that may be there
local MARK_LEN <const> = 16

local function where_of(session) return session.where or facts.event.where end

-- zoom_meeting.api(session) -> what usher may do at Zoom for that session, or nil
function zoom_meeting.api(session)
  local where = where_of(session)
  return where and where.kind == "zoom" and where.api or nil
end

-- zoom_meeting.of(session) -> { id, link, code, ... } as far as it is known, or nil. Where books may be
-- looked at.
function zoom_meeting.of(session) return usher.book("zoom"):get(session.id) end

-- ---- what Zoom is told --------------------------------------------------------------------------------

local function title_of(session)
  local title = session.title or facts.event.title
  while utf8.len(title) > TOPIC_MAX do title = title:sub(1, utf8.offset(title, -1) - 1) end
  return title
end

local function mark_of(session)
  return "usher:" .. usher.link.make("zoom-meeting", session.id):sub(-MARK_LEN)
end

local function stamp(ms) return usher.time.format(ms, "UTC", "%Y-%m-%dT%H:%M:%SZ") end

-- What may change later.
local function dates_of(session)
  local minutes = (session.ends.utc - session.starts.utc + MINUTE_MS - 1) // MINUTE_MS
  return { topic = title_of(session), start_time = stamp(session.starts.utc), duration = minutes,
    timezone = session.zone or facts.event.zone }
end

-- usher writes to people itself: Zoom's mails would say the same once more.
local function new_meeting(session, api)
  local body = dates_of(session)
  body.type, body.agenda = 2, mark_of(session)
  body.settings = { approval_type = api.registrants and 0 or 2, registration_type = 1,
    registrants_email_notification = false, registrants_confirmation_email = false }
  return body
end

-- ---- the meeting --------------------------------------------------------------------------------------

local function rehearsed(session)
  return { id = 94500000000, join_url = "https://zoom.example/j/94500000000", password = "123456",
    topic = title_of(session), settings = { approval_type = 0 } }
end

local function about_of(session) return { whom = session.title or facts.event.title } end

local function find(session, api)
  local mark, found = mark_of(session), nil
  local _, trouble = zoom_api.pages(api, zoom_api.path("users", api.host, "meetings"), "meetings", {
    step = "look for the meeting", class = "medium", about = about_of(session),
    query = { type = "scheduled" },
    stop = function(row)
      if tostring(row.agenda):find(mark, 1, true) then found = row.id end
      return found ~= nil
    end })
  return found, trouble
end

local function look_up(session, api, id)
  return zoom_api.ask(api, "GET", zoom_api.path("meetings", id), { step = "look at the meeting",
    rehearse = rehearsed(session), about = about_of(session) })
end

-- The meeting as Zoom answers it, or nil, trouble.
local function make(session, api)
  for _ = 1, LOOKS_MAX do
    local id, trouble = find(session, api)
    if trouble then return nil, trouble end
    if id then return look_up(session, api, math.tointeger(id) or id) end
    local made
    made, trouble = zoom_api.ask(api, "POST", zoom_api.path("users", api.host, "meetings"), {
      step = "make the meeting", class = "medium", once = true, body = new_meeting(session, api),
      rehearse = rehearsed(session), about = about_of(session) })
    if made or not trouble.unsure then return made, trouble end
    usher.sleep("20 seconds", "Zoom may have made the meeting") -- its list may lag behind
  end
  return nil, { text = "Zoom answers so badly that nobody knows whether the meeting is made" }
end

local function registers(meeting)
  return type(meeting.settings) == "table" and meeting.settings.approval_type ~= 2
end

local function fetch(session, api)
  if api.creates then return make(session, api) end
  local meeting, trouble = look_up(session, api, where_of(session).id)
  if meeting and api.registrants and not registers(meeting) then
    return nil, { text = "the meeting at Zoom takes no registrations: switch \"Registration\" on in it, or "
      .. "leave  registrants = true  out" }
  end
  return meeting, trouble
end

-- Inside usher.decide.
local function keep(session_id, meeting)
  local session = sessions.find(session_id)
  usher.book("zoom"):set(session_id, { id = meeting.id, link = meeting.link, code = meeting.code,
    starts = meeting.starts, ends = meeting.ends, title = session and title_of(session) })
  usher.audit("meeting at Zoom", meeting.id, "Zoom")
  zoom_trouble.wake() -- who waits for the meeting
end

local function take(session, meeting)
  local id = math.tointeger(meeting.id)
  if not id or type(meeting.join_url) ~= "string" then
    return nil, { text = "Zoom answered without the meeting's number and link" }
  end
  local code = meeting.password ~= "" and meeting.password or nil
  usher.decide("keep", keep, session.id, { id = ("%d"):format(id), link = meeting.join_url, code = code,
    starts = session.starts.utc, ends = session.ends.utc })
  return true
end

-- ---- when the date moves ------------------------------------------------------------------------------

local function differs(session, known)
  return known.starts ~= session.starts.utc or known.ends ~= session.ends.utc
    or known.title ~= title_of(session)
end

local function noted_date(session_id, starts, ends)
  local known, session = usher.book("zoom"):get(session_id), sessions.find(session_id)
  known.starts, known.ends, known.title = starts, ends, session and title_of(session)
  usher.book("zoom"):set(session_id, known)
end

local function move(session, api, known)
  local done, trouble = zoom_api.ask(api, "PATCH", zoom_api.path("meetings", known.id), {
    step = "move the meeting", body = dates_of(session), about = about_of(session) })
  if done then
    usher.decide("moved", noted_date, session.id, session.starts.utc, session.ends.utc)
  end
  return done, trouble
end

-- ---- the flow -----------------------------------------------------------------------------------------

local function attempt(session, api)
  local known = usher.decide("known", function() return zoom_meeting.of(session) or false end)
  if known and (not api.creates or not differs(session, known)) then return true end
  if known then return move(session, api, known) end
  local meeting, trouble = fetch(session, api)
  if not meeting then return nil, trouble end
  return take(session, meeting)
end

local function life(input)
  local session = sessions.find(input.session)
  local api = session and zoom_meeting.api(session)
  if not api then return { skipped = "has no meeting at Zoom any more" } end
  if usher.now() >= session.ends.utc then return { skipped = "is over" } end
  local done, trouble = zoom_api.until_done(session.ends.utc, function() return attempt(session, api) end,
    zoom_trouble.note)
  return done and { done = true } or { skipped = trouble.text }
end

-- zoom_meeting.reloaded(request): the script was edited. Whatever meeting has another date by now follows.
function zoom_meeting.reloaded(request)
  for _, session in ipairs(sessions.all()) do
    local api, known = zoom_meeting.api(session), zoom_meeting.of(session)
    if api and api.creates and known and differs(session, known) and usher.now() < session.ends.utc then
      usher.start(FLOW, { key = ("%s/v%d"):format(session.id, request.version),
        label = session.title or facts.event.title, input = { session = session.id } })
    end
  end
end

-- zoom_meeting.register(): when the script has said everything.
function zoom_meeting.register()
  usher.flow(FLOW, life)
  editions.also(zoom_meeting.reloaded)
  for _, session in ipairs(sessions.all()) do
    if zoom_meeting.api(session) then
      usher.start(FLOW, { key = session.id, label = session.title or facts.event.title,
        input = { session = session.id } })
    end
  end
end

return zoom_meeting
