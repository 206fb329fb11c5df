-- SPDX-License-Identifier: MIT
-- join_page: /j/TOKEN, one link for the life of the event. Before: how long it is until then, and the
-- programme by the reader's own clock. From half an hour before: a button that counts attendance and leads
-- to the meeting, wherever the script says that it is by then, so an old mail still works. After: what
-- there is to read, to see and to answer.
local answers = require "usher.answers"
local attendance = require "usher.attendance"
local bearer = require "usher.bearer"
local cancelled = require "usher.cancelled"
local countdown = require "usher.countdown"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local lang = require "usher.lang"
local links = require "usher.links"
local offers = require "usher.offers"
local sessions = require "usher.sessions"
local sheet = require "usher.sheet"
local on_now = require "usher.show"
local zoom_place = require "usher.zoom_place"

local join_page = {}

local HOUR_MS <const> = 3600 * 1000
local LOOKS_AGAIN_S <const> = 3

local function phase_of(session, now)
  if now < attendance.opens_at(session) then return "before" end
  return now < session.ends.utc and "open" or "after"
end

-- Which session the page is about: the first to which they come and to which the way in is not closed yet.
local function session_of(said, now)
  local found
  for _, session in ipairs(sessions.all()) do
    local theirs = not said or said.answer ~= "yes" or sessions.chosen(said, session)
    local comes = theirs and now < attendance.closes_at(session)
    if comes and (not found or session.starts.utc < found.starts.utc) then found = session end
  end
  return found or sessions.last()
end

local function view_of(who, request)
  local now, reader, said = usher.now(), bearer.speaker(who), answers.of(who.key)
  local session = session_of(said, now)
  local view = { who = who, request = request, reader = reader, code = lang.of(reader), now = now,
    session = session, phase = phase_of(session, now), zone = reader.zone or facts.event.zone, said = said }
  function view.say(key, values) return lang.text(view.code, "join." .. key, values) end
  return view
end

-- Whoever was invited may come without having answered; of those who signed up, who has a seat.
local function may_join(view)
  local person = view.who.person
  if view.who.as == "former" or view.who.as ~= "deputy" and person.stands_in_for then return false end
  return not person.signed_up or view.said ~= nil and view.said.answer == "yes"
end

local function is_open(view)
  return view.now >= attendance.opens_at(view.session) and view.now < attendance.closes_at(view.session)
end

-- Who speaks, hosts or organises tries things out before: the way in is theirs at any time.
local function may_enter(view)
  return may_join(view) and (is_open(view) or not view.who.person.guest)
end

-- The meeting, with what is known of it by now (zoom_place.lua).
local function meeting(view) return zoom_place.now(view.session) end

local function own_way_in(view) return zoom_place.way_in(view.who.person, view.session) end

-- ---- the parts of the page ----------------------------------------------------------------------------

local function button(view, key, class)
  return h.form { method = "post", action = links.here("join", view.request),
    h.div { class = "choices", h.button { class = class, view.say(key) } } }
end

-- For whoever has no browser in the meeting room.
local function by_room(view, room)
  if not room.id or room.own then return false end
  return h.details { h.summary { view.say "by_room" },
    h.p { view.say("meeting_id", { id = room.id }) },
    room.code and h.p { view.say("passcode", { code = room.code }) } or false }
end

local function way_in(view)
  local room = meeting(view)
  if not room then return false end
  if not may_join(view) then return h.p { view.say "no_seat" } end
  return { button(view, "join", "main-button join"),
    h.p { class = "hint", view.say(is_open(view) and "join_hint" or "join_early") }, by_room(view, room) }
end

local function own_answer(view)
  local here = links.path(links.to_answer(view.reader), view.reader)
  if not view.said then
    return h.p { view.say "not_answered", " ", h.a { href = here, view.say "answer_now" } }
  end
  if view.said.answer == "no" then
    return h.p { view.say "you_declined", " ", h.a { href = here, view.say "change" } }
  end
  local answer = lang.text(view.code, "answer.said_" .. view.said.answer)
  return h.p { view.say "your_answer", " ", h.strong { answer }, " ", h.a { href = here, view.say "change" } }
end

local function leads_on(view)
  local nodes = {}
  for i, offer in ipairs(offers.of(view.reader, view.phase, view.code)) do
    nodes[i] = h.a { class = offer.main and "button main-button" or "button", href = offer.path or offer.url,
      offer.text }
  end
  if view.phase == "after" and facts.event.recording then
    nodes[#nodes + 1] = h.a { class = "button", href = facts.event.recording, view.say "recording" }
  end
  return #nodes > 0 and h.p { class = "choices", nodes } or false
end

-- When and where; of a series, of the session that the page is about.
local function about(view)
  if not sessions.is_series() then return sheet.facts(view.reader, view.code) end
  return { h.p { class = "lead", h.strong { sessions.name(view.session, view.code) } },
    sheet.facts(view.reader, view.code, view.session) }
end

local phases <const> = {}

function phases.before(view)
  local starts = view.session.starts.utc
  return view.say("begins", { countdown = countdown.text(view.code, view.now, starts, view.zone) }), {
    may_enter(view) and way_in(view)
      or h.p { class = "lead", view.say(meeting(view) and "lead_before" or "lead_place") },
    about(view), own_answer(view), leads_on(view),
    sheet.sessions(view.reader, view.code), sheet.programme(view.reader, view.code),
  }
end

function phases.open(view)
  local starts = view.session.starts.utc
  local title = view.say "on_now"
  if view.now < starts then
    title = view.say("begins", { countdown = countdown.text(view.code, view.now, starts, view.zone) })
  end
  local block, current = on_now.now_next(view.code, view.zone)
  return title, {
    way_in(view), block or false, leads_on(view), about(view),
    sheet.sessions(view.reader, view.code),
    sheet.programme(view.reader, view.code, current and { [current] = true }),
  }
end

function phases.after(view)
  local was_there = attendance.was_there(view.who.key)
  return view.say "over", {
    was_there and h.p { class = "lead", view.say "thanks_present" } or false,
    leads_on(view),
    meeting(view) and may_enter(view) and button(view, "still", "small") or false,
    about(view), sheet.sessions(view.reader, view.code), sheet.programme(view.reader, view.code),
  }
end

-- The link of a guest whose deputy comes, and of a deputy who does not.
local function not_theirs(view)
  local deputy = view.who.person
  if view.who.as == "former" then
    return lang.text(view.code, "answer.former_title"), { h.p { class = "lead",
      lang.text(view.code, "answer.former", { guest = facts.full_name(view.who.own) }) } }
  end
  return view.say "title", {
    h.p { class = "lead", view.say("deputy_comes", { deputy = facts.full_name(deputy) }) },
    sheet.facts(view.reader, view.code),
    h.p { h.a { class = "button", href = links.path("answer", view.reader), view.say "take_back" } },
  }
end

local function is_theirs(view)
  return view.who.as == "deputy" or view.who.as ~= "former" and not view.who.person.stands_in_for
end

-- The page renews itself once, when the button is to appear.
local function refresh_of(view)
  local left = attendance.opens_at(view.session) - view.now
  return left > 0 and left < HOUR_MS and left // 1000 + 1 or nil
end

-- ---- routes -------------------------------------------------------------------------------------------

local function page(view)
  local tell = is_theirs(view) and phases[view.phase] or not_theirs
  local title, body = tell(view)
  return frame.guest { lang = view.code, title = title, refresh = refresh_of(view),
    leads_to = meeting(view) and (own_way_in(view) or meeting(view).link),
    body = h.list { h.h1 { title }, body } }
end

local function go_in(view)
  local room = meeting(view)
  if not (room and may_enter(view)) then return { redirect = links.here("join", view.request) } end
  if is_open(view) then attendance.joined(view.who.key, "page") end
  local link = own_way_in(view)
  if link then return { away = link } end
  zoom_place.begin(view.who.person, view.session)
  return { redirect = links.here("join", view.request, "/in") }
end

-- Their way in is being made: the page looks again by itself, and leads in when it is there.
local function wait_for_way_in(view)
  local may = meeting(view) and may_enter(view)
  if not may then return { redirect = links.here("join", view.request) } end
  local link = own_way_in(view)
  if link then return { away = link } end
  return frame.guest { lang = view.code, title = view.say "making", refresh = LOOKS_AGAIN_S,
    body = h.list { h.h1 { view.say "making" }, h.p { class = "lead", view.say "making_lead" } } }
end

local function route(fn)
  return function(request)
    local who, why = bearer.of("join", request)
    if not who then return frame.gone(why) end
    local view = view_of(who, request)
    if cancelled.of() then return cancelled.page(view.code, request.method) end
    return fn(view)
  end
end

-- Called once, by the word `event`.
function join_page.register()
  usher.http.route("GET", links.route "join", route(page))
  usher.http.route("POST", links.route "join", route(go_in))
  usher.http.route("GET", links.route("join", "/in"), route(wait_for_way_in))
end

return join_page
