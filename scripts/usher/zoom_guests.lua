-- SPDX-License-Identifier: MIT
-- zoom_guests: one link for each person, which Zoom calls a registrant's. Two hours before a session
-- everybody is registered who may come to it; whoever is let in later, sends a deputy, or tries the way in
-- days before, is registered when they press the button of their page. So Zoom never hears of whoever has
-- declined by then, or whose place somebody else has taken.
--   pages: https://developers.zoom.us/docs/api/meetings/#tag/invitation--registration
--
-- Zoom knows a registrant by the mail address: the same address again is the same registrant, but no more
-- than three times a day. So after an answer that got lost usher looks into Zoom's list first.
--
--   book "zoom links": sessions.key(person, session) -> { link, registrant, mail = whom Zoom knows by it }
local facts = require "usher.facts"
local personal = require "usher.personal"
local roster = require "usher.roster"
local sessions = require "usher.sessions"
local zoom_api = require "usher.zoom_api"
local zoom_meeting = require "usher.zoom_meeting"
local zoom_trouble = require "usher.zoom_trouble"

local zoom_guests = {}

local BULK <const>, ONE <const> = "zoom guests", "zoom registrant"
local BEFORE_MS <const> = 2 * 3600 * 1000
local AT_ONCE <const> = 100 -- people in one decision: some milliseconds
local NAME_MAX <const> = 64 -- Zoom's, of a first name
local LOOKS_MAX <const> = 5

local function book() return usher.book("zoom links") end

local function api_of(session)
  local api = zoom_meeting.api(session)
  return api and api.registrants and api or nil
end

-- ---- one person ---------------------------------------------------------------------------------------

-- zoom_guests.link_of(person, session) -> link, or nil. It is this person's: a deputy has another than who
-- was asked first.
function zoom_guests.link_of(person, session)
  if not person.mail then return nil end
  local kept = book():get(sessions.key(person.key, session))
  return kept and kept.mail == person.mail:lower() and kept.link or nil
end

-- Zoom wants a first name and can do without a last one: a name is one, as the list gives it.
local function name_of(person)
  local name = facts.full_name(person)
  while utf8.len(name) > NAME_MAX do name = name:sub(1, utf8.offset(name, -1) - 1) end
  return name
end

-- Inside usher.decide: whom to register where, or why not.
local function look(key, session_id)
  local session, person = sessions.find(session_id), roster.person(key)
  local meeting = session and zoom_meeting.of(session)
  if not session or not person then return { why = "is no longer on the list" } end
  if zoom_guests.link_of(person, session) then return { why = "has a link already" } end
  if not meeting then return { wait = "the meeting is not made yet" } end
  return { meeting = meeting.id, mail = person.mail:lower(), name = name_of(person) }
end

local function keep(key, session_id, entry)
  book():set(sessions.key(key, sessions.find(session_id)), entry)
end

local function find(api, who, about)
  local path, found = zoom_api.path("meetings", who.meeting, "registrants"), nil
  local _, trouble = zoom_api.pages(api, path, "registrants", {
    step = "look for the registrant", class = "medium", about = about, query = { status = "approved" },
    stop = function(row)
      local is_it = tostring(row.email):lower() == who.mail
      found = is_it and { registrant_id = row.id, join_url = row.join_url } or nil
      return is_it
    end })
  return found, trouble
end

local function add(api, who, about)
  for _ = 1, LOOKS_MAX do
    local added, trouble = zoom_api.ask(api, "POST", zoom_api.path("meetings", who.meeting, "registrants"), {
      step = "register", once = true, about = about, body = { email = who.mail, first_name = who.name },
      rehearse = { registrant_id = "rehearsal", join_url = "https://zoom.example/w/945?tk=rehearsal" } })
    if added or not trouble.unsure then return added, trouble end
    local found
    found, trouble = find(api, who, about)
    if found or trouble then return found, trouble end
  end
  return nil, { text = "Zoom answers so badly that nobody knows whether the person is registered" }
end

local function attempt(api, input)
  local who = usher.decide("who", look, input.person, input.session)
  if who.why then return { skipped = who.why } end
  if who.wait then return nil, { text = who.wait } end
  local about = { person = input.person, whom = who.name }
  local added, trouble = add(api, who, about)
  if not added then return nil, trouble end
  if type(added.join_url) ~= "string" then return nil, { text = "Zoom answered without a link" } end
  usher.decide("keep", keep, input.person, input.session,
    { link = added.join_url, registrant = added.registrant_id, mail = who.mail })
  return { done = true }
end

local function life(input)
  local session = sessions.find(input.session)
  local api = session and api_of(session)
  if not api then return { skipped = "needs no link of their own any more" } end
  local done, trouble = zoom_api.until_done(session.ends.utc, function() return attempt(api, input) end,
    zoom_trouble.note)
  return done or { skipped = trouble.text }
end

-- A deputy, or another address of the same person, is somebody new to Zoom, and has a flow of their own.
local function flow_key(person, session)
  return ("%s/@%s"):format(sessions.key(person.key, session), usher.hash(person.mail:lower()):sub(1, 8))
end

local function begin(person, session)
  usher.start(ONE, { key = flow_key(person, session), label = facts.full_name(person),
    input = { person = person.key, session = session.id } })
end

-- ---- everybody ----------------------------------------------------------------------------------------

local function may_come(person, session)
  local answer = usher.book("answers"):get(person.key)
  if not answer then return not person.signed_up end
  return answer.answer == "yes" and sessions.chosen(answer, session)
    or answer.answer == "tentative" and not person.signed_up
end

-- Inside usher.decide: the next ones from that number on; answers the number after them, or false at the end.
local function begin_some(session_id, from)
  local session, everybody = sessions.find(session_id), roster.everybody()
  local last = math.min(from + AT_ONCE - 1, #everybody)
  for i = from, last do
    local person = everybody[i]
    local has_one = zoom_guests.link_of(person, session) ~= nil
    if not has_one and person.mail and may_come(person, session) then begin(person, session) end
  end
  return last < #everybody and last + 1
end

local function bulk(input)
  local session = sessions.find(input.session)
  if not (session and api_of(session)) then return { skipped = "needs no links any more" } end
  local at = session.starts.utc - BEFORE_MS
  local in_time, late = usher.due("two hours before", at, { late = session.ends.utc })
  if not in_time then return { skipped = late } end
  local from = 1
  while from do from = usher.decide("people", begin_some, session.id, from) end
  return { done = true }
end

-- ---- for others ---------------------------------------------------------------------------------------

-- zoom_guests.begin(person, session): their link is wanted now. In a POST route.
function zoom_guests.begin(person, session)
  if api_of(session) and not zoom_guests.link_of(person, session) then begin(person, session) end
end

-- zoom_guests.is_in_trouble(person, session): does making their link not work just now?
function zoom_guests.is_in_trouble(person, session)
  return zoom_trouble.is_there(ONE, flow_key(person, session))
end

-- zoom_guests.people(session) -> registrant -> key of the person: whom usher registered, by Zoom's number
function zoom_guests.people(session)
  local by_number = {}
  for key, kept in book():each() do
    local person, of = sessions.split(key)
    local is_of = not sessions.is_series() or of and of.id == session.id
    if kept.registrant and is_of then by_number[kept.registrant] = person end
  end
  return by_number
end

local function links_of(person)
  local list = {}
  for key, kept in book():each() do
    if sessions.split(key) == person.key then list[key] = kept end
  end
  return list
end

personal.add { name = "links into meetings", books = { "zoom links" },
  export = function(person)
    local list = links_of(person)
    return next(list) and list or nil
  end,
  forget = function(person)
    for key in pairs(links_of(person)) do book():remove(key) end
  end }

-- zoom_guests.register(): when the script has said everything.
function zoom_guests.register()
  usher.flow(BULK, bulk)
  usher.flow(ONE, life)
  for _, session in ipairs(sessions.all()) do
    if api_of(session) then
      usher.start(BULK, { key = session.id, label = session.title or facts.event.title,
        input = { session = session.id } })
    end
  end
end

return zoom_guests
