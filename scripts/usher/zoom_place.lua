-- SPDX-License-Identifier: MIT
-- zoom_place: what the rest of usher knows of a meeting on Zoom, given or made: how people get in.
local facts = require "usher.facts"
local zoom_guests = require "usher.zoom_guests"
local zoom_meeting = require "usher.zoom_meeting"
local zoom_report = require "usher.zoom_report"
local zoom_trouble = require "usher.zoom_trouble"

local zoom_place = {}

local function where_of(session)
  local where = session.where or facts.event.where
  return where and where.kind == "zoom" and where or nil
end

-- zoom_place.now(session) -> { link, id, code, own = true: each has a link of their own }, or nil: it is not
-- on Zoom. link is nil while the meeting is being made. Where books may be looked at.
function zoom_place.now(session)
  local where = where_of(session)
  if not where or not where.api then return where end
  local known = zoom_meeting.of(session) or {}
  return { link = where.link or known.link, id = known.id or where.id, code = known.code or where.code,
    own = where.api.registrants or nil }
end

-- zoom_place.way_in(person, session) -> link, or nil: it is being made. Zoom's own form is the way for
-- whoever would wait in vain.
function zoom_place.way_in(person, session)
  local room = zoom_place.now(session)
  if not room or not room.own then return room and room.link end
  return zoom_guests.link_of(person, session)
    or zoom_guests.is_in_trouble(person, session) and room.link or nil
end

-- zoom_place.begin(person, session): their way in is wanted now. In POST routes and handlers.
function zoom_place.begin(person, session) zoom_guests.begin(person, session) end

-- zoom_place.register(): when the script has said everything.
function zoom_place.register()
  if not facts.has_zoom then return end
  zoom_meeting.register()
  zoom_guests.register()
  zoom_report.register()
  usher.on("zoom-again", zoom_trouble.again)
  if not usher.http.url("/j/") then
    facts.note("zoom: people get into a meeting that usher makes by their own page: say web.base_url in "
      .. "usher.conf.lua")
  end
end

return zoom_place
