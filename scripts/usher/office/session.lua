-- SPDX-License-Identifier: MIT
-- session: who is looking at a page of the organisers. The cookie is a sealed token: nobody can make or
-- read one, and it ends by itself. Each event has a cookie and a key of its own, so who is let in to one
-- event sees nothing of another.
--
--   book login: person's key -> { asked = links made so far, used = the newest link that was used,
--     generation = counted up by "log out everywhere" }
--   token of a session: purpose "session", subject "<random> <key>", generation
--   token of a form: purpose "form", subject "<random> <name of the form>": of this session and this form
local facts = require "usher.facts"
local roles = require "usher.office.roles"

local session = {}

local HOUR_MS <const> = 3600 * 1000
local SHORT_MS <const> = 12 * HOUR_MS -- a working day, on anybody's computer
local LONG_MS <const> = 30 * 24 * HOUR_MS -- on one's own

-- A browser takes a cookie called __Host- only over TLS and only from the site itself.
local function cookie_name(request)
  return (request.secure and "__Host-" or "") .. "usher-" .. facts.event.id
end

-- session.record(key) -> what the book says about somebody's links and sessions
function session.record(key)
  return usher.book("login"):get(key) or { asked = 0, used = 0, generation = 0 }
end

-- session.visitor_of(key, id) -> visitor, or nil for whoever has no role.
--   visitor = { key, name, mail, zone, has = roles, id = of the session }
function session.visitor_of(key, id)
  local has = roles.of(key)
  if not next(has) then return nil end
  local person = facts.by_key[key]
  return { key = key, id = id, has = has, name = person and facts.full_name(person) or "the owner",
    mail = person and person.mail, zone = person and person.zone or facts.event.zone }
end

-- session.visitor(request) -> visitor, or nil for whoever is not logged in
function session.visitor(request)
  local token = (request.cookies or {})[cookie_name(request)]
  if not token then return nil end
  local subject, generation = usher.link.read("session", token)
  local id, key = (subject or ""):match("^(%S+) (.+)$")
  if not id or generation ~= session.record(key).generation then return nil end
  return session.visitor_of(key, id)
end

-- session.begin(key, request, long) -> cookie. Only in POST routes.
function session.begin(key, request, long)
  local lasts = long and LONG_MS or SHORT_MS
  local token = usher.link.make("session", ("%s %s"):format(usher.fresh(12), key),
    { expires = usher.now() + lasts, generation = session.record(key).generation })
  return { name = cookie_name(request), value = token, path = "/", max_age = long and lasts // 1000 or nil }
end

-- session.leave(request) -> cookie that takes the cookie away
function session.leave(request)
  return { name = cookie_name(request), value = "", path = "/", max_age = 0 }
end

-- session.leave_everywhere(key): no session of theirs holds any more.
function session.leave_everywhere(key)
  local record = session.record(key)
  record.generation = record.generation + 1
  usher.book("login"):set(key, record)
end

-- session.token(visitor, form) -> text for the hidden field `token` of that form
function session.token(visitor, form)
  return usher.link.make("form", ("%s %s"):format(visitor.id, form))
end

-- session.holds(visitor, form, request) -> whether the form was sent from a page of this session
function session.holds(visitor, form, request)
  local subject = usher.link.read("form", (request.form or {}).token or "")
  return subject == ("%s %s"):format(visitor.id, form)
end

return session
