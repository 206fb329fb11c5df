-- SPDX-License-Identifier: MIT
-- feed: a calendar of one's own to subscribe to: /cal/TOKEN is the page that says how,
-- /cal/TOKEN/calendar.ics is what calendar programs ask for again and again. The same entries as in the
-- mails, with the same UID and SEQUENCE; whoever declined a session does not find it here.
local bearer = require "usher.bearer"
local dates = require "usher.dates"
local facts = require "usher.facts"
local frame = require "usher.frame"
local h = require "usher.html"
local ics = require "usher.ics"
local invite = require "usher.invite"
local lang = require "usher.lang"
local links = require "usher.links"
local sessions = require "usher.sessions"

local feed = {}

local REFRESH <const> = "PT1H" -- programs look again after so long; the least that the large ones heed

local function text_of(entries)
  return ics.calendar { method = "PUBLISH", name = facts.event.title, refresh = REFRESH, entries = entries }
end

-- feed.text(person) -> the bytes of their feed. Only inside usher.decide, handlers and routes.
function feed.text(person) return text_of(invite.feed(person)) end

-- FNV-1a: tells one version of a feed from the next. It guards against nothing.
local function checksum(text)
  local hash = 0xcbf29ce484222325
  for i = 1, #text do hash = (hash ~ text:byte(i)) * 0x100000001b3 end
  return ("%016x"):format(hash)
end

-- Whose feed it is, and what stands in it. Who has sent a deputy, and a deputy who is no longer needed, have
-- an empty one: programs that have subscribed take the entries out.
local function feed_of(request)
  local who, why = bearer.of("calendar", request)
  if not who then return nil, why end
  local comes = who.as == "deputy" or who.as ~= "former" and not who.person.stands_in_for
  return who.person, comes and invite.feed(who.person) or {}
end

local function serve(request)
  local person, entries = feed_of(request)
  if not person then return frame.gone(entries) end
  local text = text_of(entries)
  local etag = '"' .. checksum(text) .. '"'
  local headers = { etag = etag, ["cache-control"] = "private, no-cache" }
  local known = request.headers["if-none-match"] or "" -- a proxy that compresses writes W/ in front of it
  if known:find(etag, 1, true) then return { status = 304, headers = headers } end
  return { body = text, type = "text/calendar; charset=utf-8", headers = headers }
end

-- The sessions as the page lists them, by the guest's own clock.
local function list_of(person, code)
  local items = {}
  for i, session in ipairs(sessions.all()) do
    local name = sessions.is_series() and sessions.name(session, code) or facts.event.title
    items[i] = h.li { h.strong { name }, h.br {},
      dates.span(session, person.zone or facts.event.zone, code) }
  end
  return h.ul(items)
end

local function page(request)
  local person, entries = feed_of(request)
  if not person then return frame.gone(entries) end
  local code = lang.of(person)
  local function say(key) return lang.text(code, "calendar." .. key) end
  local path = links.here("calendar", request, "/calendar.ics")
  local address = usher.http.url(path)
  return frame.guest { lang = code, title = say "title", body = h.list {
    h.h1 { say "title" },
    list_of(person, code),
    h.p { class = "lead", say "lead" },
    address and h.p { class = "choices",
      h.a { class = "button main-button", href = address:gsub("^https?:", "webcal:"), say "subscribe" } },
    address and h.p { say "address" },
    address and h.p { h.tag("code", address) },
    h.p { class = "quiet", say "once", " ", h.a { href = path, "calendar.ics" } },
  } }
end

-- Called once, by the word `event`.
function feed.register()
  usher.http.route("GET", links.route "calendar", page)
  usher.http.route("GET", links.route("calendar", "/calendar.ics"), serve)
end

return feed
